"""What the clauses on the gateway say of their readings."""

from __future__ import annotations

from conformance.contract import CLAUSE, READING, VARIES
from conformance.contract.rules import Gate
from conformance.oracle.findings import when
from conformance.oracle.prediction import Box

__all__ = ["gate", "leeway", "taken_or_refused"]


def gate(clause: str) -> Gate:
    """The rule of a clause of the gateway."""
    rule = CLAUSE[clause].rule
    assert isinstance(rule, Gate)  # noqa: S101 -- the contract's own table
    return rule


def leeway(clause: str) -> tuple[Box, Box]:
    """Where what isn't quite right is taken all the same, and where it isn't."""
    reading = gate(clause).leeway
    assert reading is not None  # noqa: S101 -- the contract's tables name one
    return taken_or_refused(reading)


def taken_or_refused(reading: str) -> tuple[Box, Box]:
    """The values of a reading under which something is taken, and that under which it is refused."""
    return when(reading, *(READING[reading].names - {"refused", VARIES})), when(reading, "refused")
