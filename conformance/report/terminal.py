"""The report for people: a line for each subject, a block for each failure, a verdict. Colour on a terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment
from rich.text import Text

from conformance.base.files import let_go_of
from conformance.base.streams import under
from conformance.base.words import counted, shown
from conformance.judging.ledger import is_settled
from conformance.recording.reader import Recording
from conformance.report.failure_groups import FailureGroup
from conformance.report.failures import LABEL_WIDTH, fields, frequency, heading
from conformance.report.model import Report, Status, Verdict
from conformance.runs.bearing import Bearing

__all__ = ["console", "print_report"]

_MARKS = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "bold red"),
    Status.EXPECTED_FAILURE: ("x", "yellow"),
    Status.FINDING: ("!", "yellow"),
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


class _Shown:
    """What is printed, of which a terminal obeys nothing but our own colours."""

    def __init__(self, printed: ConsoleRenderable) -> None:
        self._printed = printed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in console.render(self._printed, options):
            yield Segment(shown(text), style, control)


class _ShownAlone(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(each) for each in renderables]


def console(*, stderr: bool = False) -> Console:
    """A console that wraps nothing that is meant to be copied, colours only a terminal, and shows what it prints."""
    stream = sys.stderr if stderr else sys.stdout
    made = _Console(file=under(stream), stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)
    made.push_render_hook(_ShownAlone())
    return made


def print_report(report: Report, out: Console) -> None:
    """Print a report."""
    _print_table(report, out)
    for each, group in report.findings:
        _print_group(each.status, each.clause.id, group, report, out)
    for group in report.besides:
        _print_group(Status.FAILED, f"{group.smallest[0].clause}, which wasn't asked for", group, report, out)
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


def _print_group(status: Status, title: str, group: FailureGroup, report: Report, out: Console) -> None:
    mark, style = _MARKS[status]
    line = Text(f"{mark} {heading(title, group)}", style=style)
    line.append(f"  ({frequency(group)})", style="dim")
    out.print(line)
    for label, lines in fields(group, report):
        shown = [_clipped(each) for each in lines[: _MOST_EXPECTED if label == "expected" else None]]
        if len(lines) > len(shown):
            shown.append(f"or {len(lines) - len(shown)} more, in the JSON report")
        for index, each in enumerate(shown):
            out.print(Text.assemble((f"    {'' if index else label:<{LABEL_WIDTH}}", "dim"), each))
    out.print()


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
        out.print(Text(f"✗ {stale.written}: expected to fail, but passed: remove line {stale.line}", style="bold red"))
    if report.recording is not None:
        out.print(Text(_source(report.recording), style="dim"))
    for note in report.notes:
        out.print(Text(f"! {note}", style="yellow"))


def _print_verdict(report: Report, out: Console) -> None:
    counts = ", ".join(f"{count} {status}" for status, count in report.counts().items() if count)
    line = Text(f"{report.target} ")
    line.append(str(report.verdict), style=_VERDICTS[report.verdict])
    if report.settings.without:
        line.append(f" (without {', '.join(each.about for each in report.settings.without)})")
    groups = f"{counted(report.groups_created, 'group')} created"
    if report.groups is not None:
        left = len(report.groups.left)
        groups = f"{counted(report.groups.created, 'group')} created, {report.groups.deleted} deleted, {left} left"
    throttled = f" ({report.throttled} throttled)" if report.throttled else ""
    line.append(
        f": {counts}{_departures(report)}; {counted(report.requests, 'request')}{throttled}, {groups}, "
        f"{report.seconds:.1f} s{_ambiguities(report)}"
    )
    out.print(line)


def _ambiguities(report: Report) -> str:
    """How many were settled; empty where none could be."""
    settled = sum(is_settled(each.possible) for each in report.readings)
    of = f"; {settled} of {len(report.readings)} ambiguities of the page settled for this target"
    return of if report.readings else ""


def _departures(report: Report) -> str:
    """How many departures there were, and what they mean for the verdict; empty where there were none."""
    parts = [f"{report.departures[each]} {each}" for each in Bearing if report.departures.get(each)]
    return f"; departures: {', '.join(parts)}" if parts else ""


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
