"""The verb `plan`: few requests that would settle what is still open."""

from __future__ import annotations

import argparse
import json
import sys

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="recordings whose evidence counts; none: all is open")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")


def perform(options: argparse.Namespace) -> int:
    """Name few requests that would settle what is still open."""
    from conformance.base.files import check_writable, write_text
    from conformance.cli.evidence import evidence_of, possible_after
    from conformance.recording.reader import recordings_at
    from conformance.runs.settling import render_plan

    if options.json is not None:
        check_writable("--json", options.json)
    found = [evidence_of(path, None) for path in recordings_at(options.paths)] if options.paths else []
    lines, values = render_plan(possible_after(found), frozenset().union(*(each.known for each in found)))
    for line in lines:
        sys.stdout.write(f"{line}\n")
    if options.json is not None:
        write_text("--json", options.json, f"{json.dumps(values, indent=1, ensure_ascii=False)}\n")
    return 0
