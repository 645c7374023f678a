"""Smaller requests that may show the same: what a failing case is tried with, from the boldest cut to the finest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.base.errors import BudgetSpentError, SuiteError
from conformance.exchange.cases import Case
from conformance.exchange.salt import MARKER, SALT
from conformance.judging.judge import DepartureKind
from conformance.judging.results import Sighting
from conformance.runs.run import Run

__all__ = ["shrink", "shrink_failures"]

# A thoroughly broken target fails everywhere: the first failures tell enough.
_MOST_KEYS = 24
_TRIES_A_KEY = 40

_REQUIRED = ("GroupName", "GroupId")
_Aspects = tuple[str, DepartureKind, str, frozenset[str]]
_UNIT = re.compile(f"{MARKER.pattern}|.", re.DOTALL)


def shrink_failures(run: Run) -> None:
    """Look for smaller requests that show what a run found; the run keeps them. Stops where the run must."""
    for key in list(run.results.failures)[:_MOST_KEYS]:
        _, kind = key
        if kind is DepartureKind.NO_ANSWER or run.lost:
            continue
        failure = run.results.failures[key][0]
        same = _aspects(failure.sighting)
        try:
            shrink(failure.case, lambda case, same=same: same in _shown(run, case), _TRIES_A_KEY)  # type: ignore[misc]
        except (BudgetSpentError, SuiteError):
            return


def _shown(run: Run, case: Case) -> set[_Aspects]:
    try:
        return {_aspects(each.sighting) for each in run.case(case)}
    except ValueError:  # it can't be said in this form, or its twist has nothing to change any more
        return set()


def _aspects(sighting: Sighting) -> _Aspects:
    """What must stay while a request gets smaller, lest it show another mistake."""
    return sighting.clause, sighting.kind, sighting.code, sighting.at_issue


def shrink(case: Case, fails: Callable[[Case], bool], budget: int) -> Case:
    """The smallest case found that still fails.

    Args:
        case: one that fails.
        fails: whether a case fails in the same way; costs its requests.
        budget: how many cases may be tried.
    """
    tried = 0
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(case):
            if tried >= budget:
                return case
            tried += 1
            if fails(smaller):
                case, progress = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """The case without one of its steps, or with its last request made smaller in one place."""
    *before, last = case.steps
    for index in range(len(before)):
        yield replace(case, steps=(*before[:index], *before[index + 1 :], last))
    for index in range(len(last.twists)):
        fewer = last.twists[:index] + last.twists[index + 1 :]
        yield replace(case, steps=(*before, replace(last, twists=fewer)))
    for parameters in _parameters(dict(last.request.parameters)):
        request = replace(last.request, parameters=tuple(parameters.items()))
        yield replace(case, steps=(*before, replace(last, request=request)))


def _parameters(parameters: dict[str, object]) -> Iterator[dict[str, object]]:
    for name in parameters:
        if name not in _REQUIRED:
            yield {each: value for each, value in parameters.items() if each != name}
    for name in _REQUIRED:
        if parameters.get(name, SALT) != SALT:
            yield {**parameters, name: SALT}
    for name, value in parameters.items():
        for smaller in _values(value):
            yield {**parameters, name: smaller}


def _values(value: object) -> Iterator[object]:
    if isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
        for index, item in enumerate(value):
            yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in _values(item))


def _texts(text: str) -> Iterator[str]:
    """Shorter texts by halves, quarters and so on; then plainer ones of the same length. A marker is never cut."""
    units = [match[0] for match in _UNIT.finditer(text)]
    size = len(units) // 2
    while size:
        for start in range(0, len(units), size):
            shorter = [
                each for index, each in enumerate(units) if not start <= index < start + size or "<" in each[:-1]
            ]
            if len(shorter) < len(units):
                yield "".join(shorter)
        size //= 2
    plain = [each if "<" in each[:-1] else "x" for each in units]
    if plain != units:
        yield "".join(plain)
    if len(units) <= 12:
        for index, unit in enumerate(units):
            if unit != "x" and "<" not in unit[:-1]:
                yield "".join([*units[:index], "x", *units[index + 1 :]])
