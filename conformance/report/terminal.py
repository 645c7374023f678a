"""The report for people: a line for each subject, a block for each failure, a verdict. Colour on a terminal alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Console
from rich.text import Text

from conformance.base.files import let_go_of
from conformance.base.words import counted, visible
from conformance.judging.ledger import is_settled
from conformance.judging.results import Failure
from conformance.recording.reader import Recording
from conformance.report.curl import curl_lines
from conformance.report.model import ClauseResult, FailureGroup, Report, Status, Verdict
from conformance.report.words import delivery, sent

__all__ = ["console", "print_report"]

_MARKS = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "bold red"),
    Status.EXPECTED_FAILURE: ("x", "yellow"),
    Status.NOT_EXERCISED: ("?", "yellow"),
    Status.UNSUPPORTED: ("?", "yellow"),
    Status.SKIPPED: ("-", "dim"),
}
_VERDICTS = {Verdict.CONFORMS: "bold green", Verdict.VIOLATES: "bold red", Verdict.INCOMPLETE: "bold yellow"}
_MOST_EXPECTED = 5
_MOST_IDS = 12
_LONGEST_LINE = 1500


class _Console(Console):
    """A console whose reader may end early: the verdict, and its exit code, stand all the same."""

    def on_broken_pipe(self) -> None:
        """Write the rest nowhere."""
        self.quiet = True
        let_go_of(self.file)


def console(*, stderr: bool = False) -> Console:
    """A console that wraps nothing that is meant to be copied, and colours only a terminal."""
    return _Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


def print_report(report: Report, out: Console) -> None:
    """Print a report."""
    _print_table(report, out)
    for each in report.clauses:
        if each.status is Status.FAILED:
            for group in each.failures:
                _print_group(each, group, report, out)
    _print_rest(report, out)
    _print_verdict(report, out)


def _print_table(report: Report, out: Console) -> None:
    width = max(len(each.clause.parameter) for each in report.clauses)
    for subject, group in groupby(report.clauses, key=lambda each: each.clause.parameter):
        line = Text(f"  {subject:<{width}} ")
        margin = len(line)
        results = list(group)
        if all(each.status is Status.SKIPPED for each in results):
            line.append(f" - {counted(len(results), 'clause')} {results[0].reason}", style="dim")
            out.print(line)
            continue
        for each in results:
            mark, style = _MARKS[each.status]
            told = f" {mark} {each.clause.id.removeprefix(f'{subject}.')}"
            if out.is_terminal and len(line) > margin and len(line) + len(told) > out.width:
                out.print(line)
                line = Text(" " * margin)
            line.append(told, style=style)
        out.print(line)
    out.print()


def _print_group(result: ClauseResult, group: FailureGroup, report: Report, out: Console) -> None:
    failure = group.smallest[0]
    times = "once" if group.count == 1 else f"{group.count} times"
    heading = Text(f"✗ {result.clause.id}: {failure.kind}", style="bold red")
    heading.append(f"  ({times}, first at request {group.first})", style="dim")
    out.print(heading)
    _print_field("says", str(result.clause.citations[0]), out)
    for step in failure.sent:
        _print_field("sent", _clipped(visible(sent(step))), out)
        if how := delivery(step):
            _print_field("", _clipped(visible(how)), out)
    lengths = ", ".join(_lengths(failure))
    if lengths:
        _print_field("", lengths, out)
    for place, line in enumerate(failure.expected[:_MOST_EXPECTED]):
        _print_field("" if place else "expected", visible(line), out)
    if len(failure.expected) > _MOST_EXPECTED:
        _print_field("", f"or {len(failure.expected) - _MOST_EXPECTED} more, in the JSON report", out)
    _print_field("came", _clipped(visible(failure.observed)), out)
    _print_field("again", _clipped(curl_lines(failure)), out)
    if report.target == "embedded":
        switches = "".join(f" --fault {each}" for each in report.settings.faults)
        switches += "".join(f" --reading {id_}={value}" for id_, value in report.settings.readings.items())
        switches += "" if failure.case.quota is None else f" --quota {failure.case.quota}"
        _print_field("", f"(with the same emulator behind it: iai-conformance serve{switches})", out)
    out.print()


def _print_field(name: str, text: str, out: Console) -> None:
    out.print(Text.assemble((f"    {name:<9}", "dim"), text))


def _lengths(failure: Failure) -> Iterator[str]:
    """The lengths of the long texts of the last request: nobody counts 61 letters."""
    for name, value in failure.sent[-1].request.parameters:
        for place, text in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(text, str) and len(text) >= 20:
                where = f"{name}[{place}]" if isinstance(value, list) else name
                size = len(text.encode("utf-8", "surrogatepass"))
                yield f"{where} has {len(text)} characters" + ("" if size == len(text) else f", {size} bytes")


def _print_rest(report: Report, out: Console) -> None:
    by_reason: dict[tuple[Status, str], list[str]] = {}
    for each in report.clauses:
        if each.status in {Status.EXPECTED_FAILURE, Status.NOT_EXERCISED, Status.UNSUPPORTED}:
            by_reason.setdefault((each.status, each.reason), []).append(each.clause.id)
    for (status, reason), ids in by_reason.items():
        mark, style = _MARKS[status]
        some = ", ".join(ids[:_MOST_IDS])
        more = f" and {counted(len(ids) - _MOST_IDS, 'other')}" if len(ids) > _MOST_IDS else ""
        out.print(Text(f"{mark} {status}: {reason}: {some}{more}", style=style))
    for stale in report.stale:
        out.print(Text(f"✗ {stale.pattern}: expected to fail, but passed: remove line {stale.line}", style="bold red"))
    if report.recording is not None:
        out.print(Text(_source(report.recording), style="dim"))
    for note in report.notes:
        out.print(Text(f"! {note}", style="yellow"))


def _print_verdict(report: Report, out: Console) -> None:
    settled = sum(is_settled(each.possible) for each in report.readings)
    counts = ", ".join(f"{count} {status}" for status, count in report.counts().items() if count)
    line = Text(f"{report.target} ")
    line.append(str(report.verdict), style=_VERDICTS[report.verdict])
    groups = f"{counted(report.groups_created, 'group')} created"
    if report.groups is not None:
        left = len(report.groups.left)
        groups = f"{counted(report.groups.created, 'group')} created, {report.groups.deleted} deleted, {left} left"
    throttled = f" ({report.throttled} throttled)" if report.throttled else ""
    line.append(
        f": {counts}; {counted(report.requests, 'request')}{throttled}, {groups}, {report.seconds:.1f} s; "
        f"{settled} of {len(report.readings)} ambiguities of the page settled for this target"
    )
    out.print(line)


def _source(recording: Recording) -> str:
    """Where a recording comes from, and how old it is."""
    provenance = recording.provenance
    days = (datetime.now(UTC).date() - provenance.moment.astimezone(UTC).date()).days
    age = "today" if days < 1 else f"{days} day{'' if days == 1 else 's'} ago"
    account = f", account: {recording.account}" if recording.account else ""
    return (
        f"recorded {provenance.date[:10]} ({age}) from {provenance.endpoint or 'the page'} ({provenance.kind}) by "
        f"{provenance.client}{account}"
    )


def _clipped(text: str) -> str:
    if len(text) <= _LONGEST_LINE:
        return text
    return f"{text[:_LONGEST_LINE]}… ({len(text)} characters, whole in the JSON report)"
