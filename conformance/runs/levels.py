"""What a run sends for each level, in words: one table, for `run --list` and the README."""

from __future__ import annotations

from conformance.contract import Level
from conformance.strategies.sequences import AT_ONCE

__all__ = ["LEVELS"]

LEVELS = {
    Level.PARAMETERS: "each parameter at and past its limits, alone and with others",
    Level.ENVELOPE: "nothing of its own: every answer is looked at (alone, it sends what `parameters` does)",
    Level.AUTHENTICATION: "requests signed wrongly, late, for others, or changed on their way; all forms of signature",
    Level.PROTOCOL: "methods, forms, JSON in other writings, sizes up to 11 MB, common parameters",
    Level.STATE: "sequences with the four sister actions: what is kept, listed, deleted, renamed; ids and names twice",
    Level.CONCURRENCY: f"{AT_ONCE} creations at once, and one whose answer nobody waits for",
}
