"""The cases that each run of `standard` sends besides the fixed ones, with values of its seed."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange.cases import Case, Step
from conformance.exchange.salt import ID, NAME
from conformance.strategies.conditions import under_any, under_conditions
from conformance.strategies.draws import drawing
from conformance.strategies.sequences import create, delete
from conformance.strategies.sweeps import illegal_characters, sweeps
from conformance.strategies.telling import breaking_each

__all__ = ["opening", "seeded"]


def opening(seed: int) -> Iterator[Case]:
    """What is sent before anything else is there: many services are tried on accounts that aren't empty."""
    yield Case("State.deletion", "the first group of all", (Step(create(ID, NAME)), Step(delete(ID))))
    for each in breaking_each(drawing(seed, "opening")):
        yield each.case("on an empty account")


def seeded(seed: int) -> Iterator[Case]:
    """Sweeps first, so that the last of the conditions is late."""
    characters = drawing(seed, "characters")
    yield from under_any(illegal_characters(characters), characters)
    yield from sweeps(seed)
    yield from under_conditions(seed)
