"""The fault catalogue: single departures of the emulator from the page, each with the clauses that must catch it.

A fault edits a `Behaviour`. Its name says what is wrong; switch it on with `--fault NAME`.
"""

from __future__ import annotations

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.faults.account import ACCOUNT_FAULTS
from conformance.emulator.faults.action import ACTION_FAULTS
from conformance.emulator.faults.gateway import GATEWAY_FAULTS
from conformance.emulator.faults.model import Fault
from conformance.emulator.faults.overlooked import OVERLOOKED_FAULTS

__all__ = ["FAULT", "FAULTS", "Fault", "faulty"]

FAULTS: tuple[Fault, ...] = (*ACTION_FAULTS, *GATEWAY_FAULTS, *ACCOUNT_FAULTS, *OVERLOOKED_FAULTS)

FAULT: dict[str, Fault] = {each.name: each for each in FAULTS}


def faulty(behaviour: Behaviour, *names: str) -> Behaviour:
    """A behaviour with faults switched on. Raises KeyError for a name that isn't in the catalogue."""
    for name in names:
        FAULT[name].spoil(behaviour)
    return behaviour
