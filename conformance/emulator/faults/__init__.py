"""Faults: single departures of the emulator from the page, each with the clauses that must catch it.

A fault edits a `Behaviour`. Its name says what is wrong; switch it on with `--fault NAME`, or with
`--fault NAME@CONDITION@CONDITION` to have it show where these hold alone.

`FAULTS` is the catalogue, one for each mistake that the suite's own tests switch on. `SPACE` has many more of each kind,
of which no request was made with them in view: from it and the conditions, `drawing` draws any number.
"""

from __future__ import annotations

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.faults.account import ACCOUNT_FAULTS
from conformance.emulator.faults.action import ACTION_FAULTS
from conformance.emulator.faults.conditions import CONDITION, CONDITIONS, Condition
from conformance.emulator.faults.drawing import AT, under
from conformance.emulator.faults.gateway import GATEWAY_FAULTS
from conformance.emulator.faults.keeping import KEEPING_FAULTS
from conformance.emulator.faults.model import Fault
from conformance.emulator.faults.overlooked import OVERLOOKED_FAULTS
from conformance.emulator.faults.rules import RULE_FAULTS

__all__ = ["CONDITIONS", "FAULT", "FAULTS", "SPACE", "Condition", "Fault", "fault_named", "faulty"]

FAULTS: tuple[Fault, ...] = (*ACTION_FAULTS, *GATEWAY_FAULTS, *ACCOUNT_FAULTS, *OVERLOOKED_FAULTS)
SPACE: tuple[Fault, ...] = (*FAULTS, *RULE_FAULTS, *KEEPING_FAULTS)

FAULT: dict[str, Fault] = {each.name: each for each in FAULTS}
_NAMED: dict[str, Fault] = {each.name: each for each in SPACE}


def fault_named(name: str) -> Fault:
    """A fault by its name, under the conditions that stand behind it. Raises KeyError for a part that isn't one."""
    fault, *conditions = name.split(AT)
    return under(_NAMED[fault], *(CONDITION[each] for each in conditions))


def faulty(behaviour: Behaviour, *names: str) -> Behaviour:
    """A behaviour with faults switched on. Raises KeyError for a name that isn't one's."""
    for name in names:
        fault_named(name).spoil(behaviour)
    return behaviour
