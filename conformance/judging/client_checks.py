"""What a check of a client's call comes to: its clause is kept, or departed from. Values."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.base.words import cited
from conformance.exchange.observed_calls import ObservedCall
from conformance.judging.judge import Departure, DepartureKind

__all__ = ["Check", "departs", "keeps", "named"]

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Check:
    """One clause held against a call.

    Attributes:
        clause: its id.
        departure: how it isn't kept; None where it is.
        call: at which that was seen.
    """

    clause: str
    departure: Departure | None = None
    call: ObservedCall | None = None


def keeps(clause: str) -> Check:
    """The clause is kept."""
    return Check(clause)


def departs(clause: str, kind: DepartureKind, expected: str, observed: str, call: ObservedCall) -> Check:
    """The clause isn't kept."""
    return Check(clause, Departure(clause, kind, (expected,), observed), call)


def named(value: object) -> str:
    """A value that somebody else wrote, to be shown in a sentence."""
    return f"“{cited(value, _LONGEST)}”" if isinstance(value, str) else cited(repr(value), _LONGEST)
