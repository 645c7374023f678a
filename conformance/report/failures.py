"""A failure in words, the same in every format: what the page says, what was sent, what came, and how to repeat it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping

from conformance.base.words import counted, visible
from conformance.contract import CLAUSE
from conformance.exchange.cases import Step
from conformance.judging.results import Failure, Staged
from conformance.report.curl import curl_lines
from conformance.report.failure_groups import FailureGroup
from conformance.report.model import Report
from conformance.report.words import delivery, sent

__all__ = ["LABEL_WIDTH", "fields", "frequency", "heading", "text"]

LABEL_WIDTH = 9
# Nobody counts the letters of a text of so many.
_LONG = 20


def heading(title: str, group: FailureGroup) -> str:
    """The clause under which it is shown, or what stands for it, and how the answer departs."""
    return f"{title}: {group.smallest[0].kind.about}"


def frequency(group: FailureGroup) -> str:
    """How often it was seen, and when first."""
    times = "once" if group.count == 1 else f"{group.count} times"
    return f"{times}, first at request {group.first}"


def fields(group: FailureGroup, report: Report) -> Iterator[tuple[str, list[str]]]:
    """What there is to know of the smallest of some failures: a label, and its lines; a request is one of its own."""
    failure = group.smallest[0]
    yield "says", [str(CLAUSE[failure.clause].citations[0])]
    if failure.staged is not None:
        yield from _staged(failure.staged)
    for number, step in enumerate(failure.sent, 1) if failure.staged is None else ():
        yield "sent", [visible(each) for each in _sent(step, is_last=number == len(failure.sent)) if each]
    yield "expected", [visible(line) for line in failure.expected]
    yield "came", [visible(failure.observed)]
    if group.explained:
        yield "explains", [f"what departs from {each} ({counted(n, 'time')})" for each, n in group.explained.items()]
    yield "again", list(_again(failure, report))


def _staged(staged: Staged) -> Iterator[tuple[str, list[str]]]:
    """What was asked of a client, and what the server did."""
    for call in staged.calls:
        yield "called", [visible(f"CreateGroup {_written(call)}")]
    if staged.played:
        yield "served", [visible("; then ".join(staged.played))]


_LONGEST_CALL = 400


def _written(call: Mapping[str, object]) -> str:
    parameters = json.dumps(call["parameters"], ensure_ascii=False)
    shown = parameters if len(parameters) <= _LONGEST_CALL else f"{parameters[:_LONGEST_CALL]}…"
    return ", ".join([shown, *(f"{name} {value}" for name, value in call.items() if name != "parameters")])


def text(clause: str, group: FailureGroup, report: Report) -> str:
    """All of it in lines of plain text."""
    lines = [f"{heading(clause, group)}  ({frequency(group)})"]
    for label, of_label in fields(group, report):
        lines += (f"    {'' if index else label:<{LABEL_WIDTH}}{line}" for index, line in enumerate(of_label))
    return "\n".join(lines)


def _sent(step: Step, *, is_last: bool) -> Iterator[str]:
    """A request, and how it was delivered; of the last one, how long its texts are."""
    yield sent(step)
    yield delivery(step)
    if is_last:
        yield ", ".join(_lengths(step))


def _lengths(step: Step) -> Iterator[str]:
    for name, value in step.request.parameters:
        for index, each in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(each, str) and len(each) >= _LONG:
                where = f"{name}[{index}]" if isinstance(value, list) else name
                size = len(each.encode("utf-8", "surrogatepass"))
                yield f"{where} has {len(each)} characters" + ("" if size == len(each) else f", {size} bytes")


def _again(failure: Failure, report: Report) -> Iterator[str]:
    if failure.staged is not None:
        yield failure.staged.again
        return
    yield curl_lines(failure)
    ways = [f"--header {shlex.quote(f'{name}: …')}" for name, _ in report.settings.gateway_headers]
    if report.settings.ca_file is not None:
        ways.append(f"--ca-file {shlex.quote(visible(report.settings.ca_file))}")
    if ways:
        yield f"(with {' '.join(ways)} as in this run; curl calls them -H and --cacert)"
    if report.target == "embedded":
        switches = "".join(f" --fault {each}" for each in report.settings.faults)
        switches += "".join(f" --reading {id_}={value}" for id_, value in report.settings.readings.items())
        switches += "" if failure.case.quota is None else f" --quota {failure.case.quota}"
        yield f"(with the same emulator behind it: iai-conformance serve{switches})"
