"""What the validator says of a request: the set of outcomes that the page allows, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.oracle.world import Group

# A box names, for some readings, the values under which something holds; a reading that isn't named may have any.
Box = Mapping[str, frozenset[str]]

EVERYWHERE: Box = {}


def meet(one: Box, other: Box) -> Box | None:
    """The readings under which both boxes hold; None where there are none."""
    if not one or not other:
        return one or other
    both = dict(one)
    for reading, values in other.items():
        common = both[reading] & values if reading in both else values
        if not common:
            return None
        both[reading] = common
    return both


def meet_all(boxes: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """Every box of the one, narrowed by every box of the other."""
    others = list(others)
    return [both for one in boxes for other in others if (both := meet(one, other)) is not None]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The group is created and the answer names this model version."""

    face_model_version: str

    def __str__(self) -> str:
        return f"accepted, FaceModelVersion “{self.face_model_version}”"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is created and the answer carries this error code."""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Nothing is created, and no answer of the API comes: an HTTP error, or the connection is closed."""

    def __str__(self) -> str:
        return "turned away by the HTTP server"


Outcome = Accepted | Refused | TurnedAway


@dataclass(frozen=True, slots=True)
class Allowed:
    """An outcome that the page allows, and why.

    Attributes:
        outcome: what may come back.
        clauses: ids of the clauses that lead to it (those broken; for an acceptance, those that tell its result).
        readings: the readings under which it is allowed; empty where it is allowed under all.
        conclusive: False where it may also come from something that the suite can't know, such as a group
            of somebody else that has the same name.
        group: the group that an acceptance then leaves, as far as it is known; None for a refusal.
    """

    outcome: Outcome
    clauses: tuple[str, ...]
    readings: Box
    conclusive: bool = True
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """The outcomes that the page allows for one request.

    Attributes:
        allowed: each way to an outcome; an outcome may be there several times for several reasons.
        kept: ids of the clauses that the request keeps under every reading.
        broken: ids of the clauses that it breaks under every reading.
        open: ids of the clauses that it breaks under some readings alone.
    """

    allowed: tuple[Allowed, ...]
    kept: frozenset[str]
    broken: frozenset[str]
    open: frozenset[str]

    @property
    def outcomes(self) -> frozenset[Outcome]:
        """The outcomes alone."""
        return frozenset(each.outcome for each in self.allowed)

    @property
    def must_be_accepted(self) -> bool:
        """Whether no refusal is allowed."""
        return all(isinstance(each.outcome, Accepted) for each in self.allowed)

    @property
    def must_be_refused(self) -> bool:
        """Whether no acceptance is allowed."""
        return not any(isinstance(each.outcome, Accepted) for each in self.allowed)

    @property
    def at_issue(self) -> frozenset[str]:
        """The clauses for whose breach it must be refused: those broken, or one of those that readings name."""
        return self.broken or (self.open if self.must_be_refused else frozenset())

    @property
    def may_be_turned_away(self) -> bool:
        """Whether the request needs no answer of the API."""
        return any(isinstance(each.outcome, TurnedAway) for each in self.allowed)

    def ways_to(self, outcome: Outcome) -> tuple[Allowed, ...]:
        """The ways in which the page allows an outcome; empty where it doesn't."""
        return tuple(each for each in self.allowed if each.outcome == outcome)
