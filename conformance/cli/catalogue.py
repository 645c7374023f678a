"""What there is, as lines of text: for `list` and `show`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from conformance.base.errors import UsageError
from conformance.base.words import counted, visible
from conformance.contract import CLAUSE, CLAUSES, CODES, READING, READINGS, SDK_CLAUSES, Level
from conformance.emulator.faults import CONDITIONS, FAULT, FAULTS, SPACE
from conformance.emulator.faults.operators import operator_of
from conformance.exchange.delivery import TWISTS
from conformance.runs.levels import LEVELS
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.strategies.calls import call_cases

__all__ = ["costs", "listed", "shown"]


def listed(what: str) -> Iterator[str]:
    """A line for each clause, reading, fault, condition of faults, code, smoke case, twist or case of clients."""
    match what:
        case "readings":
            yield from (f"{each.id}: {' | '.join(value.name for value in each.values)}" for each in READINGS)
        case "faults":
            yield from (f"{each.name}: {each.about}" for each in FAULTS)
        case "conditions":
            yield from (f"{each.name}: {each.about}, since {each.why}" for each in CONDITIONS)
        case "codes":
            yield from (f"{each.code}: {each.message} ({each.kind})" for each in CODES.values())
        case "cases":
            for case in smoke():
                yield f"{case.id} {case.clause}: {visible(case.about)} ({counted(case.requests, 'request')})"
        case "twists":
            yield from (f"{each.name}: the request is sent {each.about}" for each in TWISTS.values())
        case "calls":
            yield from (f"{each.id} {each.clause}: {visible(each.about)}" for each in call_cases())
        case _:
            clauses = SDK_CLAUSES if what == "sdk-clauses" else CLAUSES
            width = max(len(each.id) for each in clauses)
            yield from (f"{each.id:<{width}}  {each.strength:<11}  {each.citations[0]}" for each in clauses)


def costs(settings: Settings) -> Iterator[str]:
    """A line for each level: what it sends and what that costs, counted on the reference emulator in this process."""
    from conformance.runs.costs import cost

    if settings.is_client:
        calls = [each for each in call_cases() if settings.aims_at_client(each.clause)]
        waiting = sum(each.is_slow for each in calls)
        yield f"{counted(len(calls), 'case')}, {waiting} of which wait for time-outs, side by side"
        return
    yield f"what each level sends in the profile {settings.profile}, and what it costs:"
    chosen = [each for each in settings.levels if any(settings.selects(one.id) for one in CLAUSES if one.level is each)]
    for level in chosen:
        nothing = level is Level.ENVELOPE and len(chosen) > 1
        requests, groups = (0, 0) if nothing else cost(replace(settings, levels=(level,)))
        yield f"  {level:<15} {requests:>6} requests {groups:>5} groups  {LEVELS[level]}"
    requests, groups = cost(settings)
    yield f"  {'all of these':<15} {requests:>6} requests {groups:>5} groups  (each alone begins with a plain request)"


def shown(name: str) -> Iterator[str]:
    """Everything about one clause, reading, fault, error code or smoke case. Raises UsageError for an unknown one."""
    cases, faults = {each.id: each for each in smoke()}, {each.name: each for each in SPACE}
    if name in CLAUSE:
        yield from _clause(name)
    elif name in READING:
        yield from _reading(name)
    elif name in faults:
        yield f"{name}: {faults[name].about}"
        yield f"  breaks    {', '.join(faults[name].clauses)}"
        yield f"  is made   since {operator_of(faults[name]).why}"
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
    yield f"{clause.id} ({clause.strength}; level {clause.level})"
    yield from (f"  says      {each}" for each in clause.citations)
    yield from (f"  answered  {code}" for code in clause.codes)
    if clause.reading:
        yield f"  by        the reading {clause.reading}"
    yield from (f"  unclear   {each.question} ({each.id})" for each in READINGS if each.clause == id_)
    if clause.part_of:
        yield f"  a case of {', '.join(clause.part_of)}"
    if clause.needs:
        yield f"  needs     {', '.join(clause.needs)}"
    if clause in SDK_CLAUSES:
        yield f"  calls     {sum(each.clause == id_ for each in call_cases())}"
        return
    cases = [each for each in smoke() if each.clause == id_]
    yield f"  cases     {len(cases)} in the smoke list"


def _reading(id_: str) -> Iterator[str]:
    reading = READING[id_]
    yield f"{reading.id}: {reading.question}"
    yield from (f"  {value.name}: {value.why}" + (f" → {value.code}" if value.code else "") for value in reading.values)
    yield f"  clause      {reading.clause}"
    yield f"  told apart  by {reading.settling_request}"
