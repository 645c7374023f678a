"""The cases that each run of `standard` sends besides the fixed ones, with values of its seed."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange.cases import Case
from conformance.strategies.conditions import under_any, under_conditions
from conformance.strategies.draws import drawing
from conformance.strategies.sweeps import illegal_characters, sweeps

__all__ = ["seeded"]


def seeded(seed: int) -> Iterator[Case]:
    """Sweeps first, so that the last of the conditions is late."""
    characters = drawing(seed, "characters")
    yield from under_any(illegal_characters(characters), characters)
    yield from sweeps(seed)
    yield from under_conditions(seed)
