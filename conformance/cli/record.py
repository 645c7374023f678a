"""The verb `record`: as `run`, and everything is recorded."""

from __future__ import annotations

import argparse

from conformance.report.formats import FORMATS
from conformance.runs.options import OPTIONS, add_options

__all__ = ["add_arguments", "perform"]

_OF_RECORD = tuple(each for each in OPTIONS if each.name != "max-age")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_options(parser.add_argument, (*_OF_RECORD, *FORMATS))
    parser.add_argument("--overwrite", action="store_true", help="replace a recording that is there")
    parser.add_argument("--dry-run", action="store_true", help="print the plan of a live run, and send nothing")


def perform(options: argparse.Namespace) -> int:
    """Judge a target and record what it answers."""
    from pathlib import Path

    from conformance.base.errors import UsageError
    from conformance.cli import run
    from conformance.recording.writer import free_folder

    for name in ("target", "to"):
        if getattr(options, name) is None:
            raise UsageError(f"record needs --{name}: write `iai-conformance record --target TARGET --to DIR`")
    options.list, options.record_mode = False, "rewrite" if options.overwrite else "once"
    if not options.overwrite:
        free_folder(Path(options.to), hint=", or say --overwrite")
    return run.perform(options)
