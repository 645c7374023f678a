"""In which order a request's parameters may be checked, which the page doesn't say: a key for each way to take that."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract import CLAUSES, PARAMETERS, clause_on_whole
from conformance.contract.rules import Charset, Stage
from conformance.oracle.findings import Finding, reading_of

__all__ = ["ORDERS", "READING_OF_ORDER"]

_ORDER: dict[str, int] = {clause.id: index for index, clause in enumerate(CLAUSES)}


def _page_order(finding: Finding) -> tuple[int, int]:
    """The page's order, shape before content before state; an id in use before a name, as the first example answers."""
    stage, place = finding.clause.rule.stage, _ORDER[finding.clause.id]
    return stage, -place if stage is Stage.STATE else place


def _characters_first(finding: Finding) -> tuple[int, int, bool, int]:
    clause = finding.clause
    stage, place = _page_order(finding)
    if stage is not Stage.STATE:
        place = PARAMETERS.index(clause.parameter) if clause.parameter in PARAMETERS else -1
    return stage, place, not isinstance(clause.rule, Charset), _ORDER[clause.id]


def _reverse_order(finding: Finding) -> tuple[int, int]:
    stage, place = _page_order(finding)
    return stage, -place


# Value of the reading on the order of checks → in which order findings are told.
ORDERS: dict[str, Callable[[Finding], tuple[int, ...]]] = {
    "page": _page_order,
    "characters-first": _characters_first,
    "reverse": _reverse_order,
    "other": _page_order,
}
READING_OF_ORDER = reading_of(clause_on_whole("order"))
