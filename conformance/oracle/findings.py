"""What is found when a clause is held against a request: where it is kept, and what answers its breach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from conformance.contract import CLAUSE, READING, VARIES, Clause
from conformance.contract.rules import Gate
from conformance.oracle.prediction import EVERYWHERE, Box

__all__ = [
    "TURNED_AWAY", "Breach", "Finding", "breaches_of", "breaks", "by_reading", "depends", "keeps", "reading_of",
    "silent", "unsure", "when",
]  # fmt: skip

# In the place of a code: the request is refused before the API sees it, so that no code comes.
TURNED_AWAY = "turned away"
# Values of readings under which a clause is not, or not always, kept; they need no code of their own.
_NOT_KEPT = frozenset({"refused", "turned-away", VARIES})


def when(reading: str, *values: str) -> Box:
    """Under these values of a reading; and under `varies`, where it has that."""
    names = READING[reading].names
    return {reading: frozenset(values) | ({VARIES} & names)}


@dataclass(frozen=True, slots=True)
class Breach:
    """A clause is broken under the readings of a box, and this code answers."""

    code: str
    box: Box = field(default_factory=lambda: EVERYWHERE)
    conclusive: bool = True


def by_reading(reading: str, box: Box = EVERYWHERE) -> tuple[Breach, ...]:
    """The ways in which a breach is answered where a reading tells the code; only under a box, if one is given."""
    found = []
    for value in READING[reading].values:
        code = TURNED_AWAY if value.name == "turned-away" else value.code
        if code is not None:
            found.append(Breach(code, {**box, **when(reading, value.name)}))
    return tuple(found)


def reading_of(clause: Clause) -> str:
    """The reading of a clause that has one."""
    assert clause.reading is not None  # noqa: S101 -- the contract's tables name one
    return clause.reading


def breaches_of(clause: Clause, box: Box = EVERYWHERE) -> tuple[Breach, ...]:
    """The ways in which a breach is answered: as the clause's reading tells; its codes that this lacks, always."""
    reading = (clause.rule.code if isinstance(clause.rule, Gate) else None) or clause.reading
    told = by_reading(reading, box) if reading is not None else ()
    known = {each.code for each in told}
    return (*told, *(Breach(code, box) for code in clause.codes if code not in known))


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause held against one meaning of the request.

    Attributes:
        clause: the clause.
        kept: the boxes in which it is kept; empty where it is broken under every reading.
        breaches: the ways in which it is broken.
        applies: whether the request had anything that the clause speaks of.
    """

    clause: Clause
    kept: tuple[Box, ...] = (EVERYWHERE,)
    breaches: tuple[Breach, ...] = ()
    applies: bool = True


# --- The findings that most clauses have ---------------------------------------------------------------------


@cache
def keeps(id_: str) -> Finding:
    """The clause is kept under every reading."""
    return Finding(CLAUSE[id_])


@cache
def silent(id_: str) -> Finding:
    """The request has nothing that the clause speaks of."""
    return Finding(CLAUSE[id_], applies=False)


@cache
def breaks(id_: str, reading: str | None = None) -> Finding:
    """The clause is broken under every reading, and answered as it says; or as another reading than its own tells."""
    return Finding(CLAUSE[id_], (), by_reading(reading) if reading is not None else breaches_of(CLAUSE[id_]))


@cache
def depends(id_: str, reading: str | None = None) -> Finding:
    """The clause is kept under those values of its reading, or of another, that refuse nothing; the others answer."""
    reading = reading or reading_of(CLAUSE[id_])
    keeping = [value.name for value in READING[reading].values if value.code is None and value.name not in _NOT_KEPT]
    return Finding(CLAUSE[id_], (when(reading, *keeping),), by_reading(reading))


@cache
def unsure(id_: str) -> Finding:
    """Whether the clause is kept can't be told, so that neither answer proves anything."""
    breaches = tuple(replace(each, conclusive=False) for each in breaches_of(CLAUSE[id_]))
    return Finding(CLAUSE[id_], (EVERYWHERE,), breaches)
