"""What is found when a clause is held against a request: where it is kept, and what answers its breach."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.contract import READING, VARIES, Clause
from conformance.oracle.prediction import EVERYWHERE, Box

__all__ = ["TURNED_AWAY", "Breach", "Finding", "by_reading", "when"]

# In the place of a code: the request is refused before the API sees it, so that no code comes.
TURNED_AWAY = "turned away"


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
