"""The frozen smoke list, and the part of the suite in which each of its cases stands."""

from __future__ import annotations

from importlib.resources import files

from conformance.contract import CLAUSE
from conformance.exchange.cases import Case

__all__ = ["SMOKE_FILE", "chapter", "smoke"]

SMOKE_FILE = "smoke.jsonl"
_CHAPTERS = frozenset({"Authentication", "Protocol", "State", "Concurrency"})


def smoke() -> tuple[Case, ...]:
    """The frozen list, the most telling first."""
    text = files(__package__).joinpath(SMOKE_FILE).read_text(encoding="utf-8")
    return tuple(Case.from_line(line) for line in text.split("\n") if line)


def chapter(case: Case) -> str:
    """The part of the suite in which a case stands; its module is `test_<chapter>`."""
    level = CLAUSE[case.clause].level
    if case.about.startswith("printed example"):
        return "examples"
    if case.clause.partition(".")[0] in _CHAPTERS:
        return str(level)
    if len(case.steps) > 1 or case.clause.endswith(".unique"):
        return "uniqueness"
    if case.clause == "Request.check-order":
        return "several_faults"
    return "shapes" if case.clause.startswith("Request.") else "parameters"
