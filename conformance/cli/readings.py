"""The verb `readings`: what recordings say of the page's ambiguities."""

from __future__ import annotations

import argparse
import json
import sys

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, or a folder of them")
    parser.add_argument("--all", action="store_true", help="also those of which nothing is known")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")


def perform(options: argparse.Namespace) -> int:
    """Tell for each ambiguity what is still possible, and by which interactions."""
    from conformance.base.files import check_writable, write_text
    from conformance.cli.evidence import evidence_of, render, values_of
    from conformance.recording.reader import recordings_at

    if options.json is not None:
        check_writable("--json", options.json)
    found = [evidence_of(path, options.max_age) for path in recordings_at(options.paths)]
    for line in render(found, everything=options.all):
        sys.stdout.write(f"{line}\n")
    if options.json is not None:
        write_text("--json", options.json, f"{json.dumps(values_of(found), indent=1)}\n")
    return 0
