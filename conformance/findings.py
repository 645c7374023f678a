"""What is found when a clause is held against a request: where it is kept, and what answers its breach."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.contract import READING, VARIES, Clause
from conformance.prediction import EVERYWHERE, Box

__all__ = ["Breach", "Finding", "when"]


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
