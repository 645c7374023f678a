"""Verbs on recordings: judge them anew, ask them what the page leaves open, plan what to record next."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from conformance.base.errors import UsageError

__all__ = ["add_plan", "add_readings", "add_rejudge"]


def add_rejudge(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rejudge`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, or a folder of them")
    parser.add_argument("--against", required=True, metavar="REPORT", help="what `rejudge --accept` wrote before")
    parser.add_argument("--accept", action="store_true", help="write today's verdicts to REPORT")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")
    parser.set_defaults(verb=_rejudge)


def _rejudge(options: argparse.Namespace) -> int:
    """Judge recordings with today's contract, and tell each verdict that isn't what it was."""
    from conformance.base.files import check_writable, write_text
    from conformance.base.words import counted
    from conformance.cli.rejudging import beside, changes, of_the_same, read_verdicts, still_there, verdicts_of
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
        text = json.dumps({"recordings": now}, ensure_ascii=True, indent=1)
        write_text("--against", report, f"{text}\n")
        sys.stdout.write(f"{report}: the verdicts on {counted(len(now), 'recording')} are accepted\n")
        return 0
    cases = sum(len(each["cases"]) for each in now.values())
    if found:
        them = "it" if len(found) == 1 else "them"
        sys.stdout.write(f"{counted(len(found), 'verdict')} changed; `--accept` takes {them} for right\n")
        return 1
    sys.stdout.write(f"no verdict changed: {counted(cases, 'case')} of {counted(len(now), 'recording')}\n")
    return 0


def add_readings(parser: argparse.ArgumentParser) -> None:
    """Add the options of `readings`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, or a folder of them")
    parser.add_argument("--all", action="store_true", help="also those of which nothing is known")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")
    parser.set_defaults(verb=_readings)


def _readings(options: argparse.Namespace) -> int:
    """Tell for each ambiguity what is still possible, and by which interactions."""
    from conformance.base.files import check_writable, write_text
    from conformance.cli.evidence import evidence_of, told, values_of
    from conformance.recording.reader import recordings_at

    if options.json is not None:
        check_writable("--json", options.json)
    found = [evidence_of(path, options.max_age) for path in recordings_at(options.paths)]
    for line in told(found, everything=options.all):
        sys.stdout.write(f"{line}\n")
    if options.json is not None:
        write_text("--json", options.json, f"{json.dumps(values_of(found), indent=1)}\n")
    return 0


def add_plan(parser: argparse.ArgumentParser) -> None:
    """Add the options of `plan`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="recordings whose evidence counts; none: all is open")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")
    parser.set_defaults(verb=_plan)


def _plan(options: argparse.Namespace) -> int:
    """Name the fewest requests that would settle what is still open."""
    from conformance.base.files import check_writable, write_text
    from conformance.cli.evidence import evidence_of, possible_after
    from conformance.recording.reader import recordings_at
    from conformance.runs.settling import told_plan

    if options.json is not None:
        check_writable("--json", options.json)
    found = [evidence_of(path, None) for path in recordings_at(options.paths)] if options.paths else []
    lines, values = told_plan(possible_after(found), frozenset().union(*(each.known for each in found)))
    for line in lines:
        sys.stdout.write(f"{line}\n")
    if options.json is not None:
        write_text("--json", options.json, f"{json.dumps(values, indent=1, ensure_ascii=False)}\n")
    return 0
