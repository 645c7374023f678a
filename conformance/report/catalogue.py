"""What there is, as lines of text: for `list` and `show`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from conformance.contract import CLAUSE, CLAUSES, CODES, READING, READINGS
from conformance.emulator.faults import FAULT, FAULTS
from conformance.errors import UsageError
from conformance.suite.smoke import smoke

__all__ = ["listed", "shown"]


def listed(what: str) -> Iterator[str]:
    """A line for each clause, reading, fault, code or smoke case."""
    match what:
        case "readings":
            yield from (f"{each.id}: {' | '.join(value.name for value in each.values)}" for each in READINGS)
        case "faults":
            yield from (f"{each.name}: {each.about}" for each in FAULTS)
        case "codes":
            yield from (f"{each.code}: {each.message} ({each.kind})" for each in CODES.values())
        case "cases":
            for case in smoke():
                yield f"{case.id} {case.clause}: {case.about} ({len(case.steps)} requests)"
        case _:
            width = max(len(each.id) for each in CLAUSES)
            yield from (f"{each.id:<{width}}  {each.strength:<11}  {each.citations[0]}" for each in CLAUSES)


def shown(name: str) -> Iterator[str]:
    """Everything about one clause, reading, fault, error code or smoke case. Raises UsageError for an unknown one."""
    cases = {each.id: each for each in smoke()}
    if name in CLAUSE:
        yield from _clause(name)
    elif name in READING:
        yield from _reading(name)
    elif name in FAULT:
        yield f"{name}: {FAULT[name].about}"
        yield f"  breaks    {', '.join(FAULT[name].clauses)}"
    elif name in CODES:
        code = CODES[name]
        yield f"{code.code}: {code.message}"
        yield f"  kind      {code.kind}"
        yield f"  stands    {f'page, line {code.line}' if code.line else 'common error codes'}"
        yield from (f"  answers   {each.id}" for each in CLAUSES if name in each.codes)
    elif name in cases:
        yield cases[name].to_line()
    else:
        known = [*CLAUSE, *READING, *FAULT, *CODES]
        close = difflib.get_close_matches(name, known, n=1)
        raise UsageError(f"there is nothing called {name}" + (f"; did you mean {close[0]}?" if close else ""))


def _clause(id_: str) -> Iterator[str]:
    clause = CLAUSE[id_]
    yield f"{clause.id} ({clause.strength})"
    yield from (f"  says      {each}" for each in clause.citations)
    yield from (f"  answered  {code}" for code in clause.codes)
    if clause.reading:
        yield f"  by        the reading {clause.reading}"
    yield from (f"  unclear   {each.question} ({each.id})" for each in READINGS if each.clause == id_)
    cases = [each for each in smoke() if each.clause == id_]
    yield f"  cases     {len(cases)} in the smoke list"


def _reading(id_: str) -> Iterator[str]:
    reading = READING[id_]
    yield f"{reading.id}: {reading.question}"
    yield from (f"  {value.name}: {value.why}" + (f" → {value.code}" if value.code else "") for value in reading.values)
    yield f"  clause      {reading.clause}"
    yield f"  told apart  by {reading.told_apart_by}"
