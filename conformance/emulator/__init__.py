"""The reference emulator: CreateGroup and its sister actions; every reading can be chosen, every fault switched on."""

from __future__ import annotations

from conformance.emulator.behaviour import Behaviour, conforming
from conformance.emulator.service import Emulator

__all__ = ["Behaviour", "Emulator", "conforming"]
