"""The reference emulator: CreateGroup and its siblings, with every reading selectable and every fault switchable."""

from __future__ import annotations

from conformance.emulator.behaviour import Behaviour, conforming
from conformance.emulator.service import Emulator

__all__ = ["Behaviour", "Emulator", "conforming"]
