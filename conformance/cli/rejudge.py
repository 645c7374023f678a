"""The verb `rejudge`: recordings judged anew, and each verdict that isn't what it was."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conformance.base.errors import UsageError

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, or a folder of them")
    parser.add_argument("--against", required=True, metavar="REPORT", help="what `rejudge --accept` wrote before")
    parser.add_argument("--accept", action="store_true", help="write today's verdicts to REPORT")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")


def perform(options: argparse.Namespace) -> int:
    """Judge recordings with today's contract, and tell each verdict that isn't what it was."""
    from conformance.base.files import check_writable, write_text
    from conformance.base.words import counted
    from conformance.cli.rejudging import beside, changes, of_the_same, read_verdicts, still_there, verdicts_of, written
    from conformance.recording.reader import recordings_at

    report = Path(options.against)
    if options.accept:
        check_writable("--against", str(report))
    before = read_verdicts(report)
    if before is None and not options.accept:
        raise UsageError(f"--against {report}: there is no such report; `--accept` writes the first")
    now = {beside(report, path): verdicts_of(path, options.max_age) for path in recordings_at(options.paths)}
    before = of_the_same(before, now) if before is not None else None
    found = list(changes(before, now)) if before is not None else []
    for line in found:
        sys.stdout.write(f"{line}\n")
    if options.accept:
        now = {**still_there(report, before or {}), **now}
        write_text("--against", report, written(now))
        sys.stdout.write(f"{report}: the verdicts on {counted(len(now), 'recording')} are accepted\n")
        return 0
    cases = sum(len(each["cases"]) for each in now.values())
    if found:
        them = "it" if len(found) == 1 else "them"
        sys.stdout.write(f"{counted(len(found), 'verdict')} changed; `--accept` takes {them} for right\n")
        return 1
    sys.stdout.write(f"no verdict changed: {counted(cases, 'case')} of {counted(len(now), 'recording')}\n")
    return 0
