"""The cases that each run of `standard` sends besides the fixed ones, with values of its seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from conformance.exchange.cases import Case, Step
from conformance.exchange.salt import ID, NAME, SALT
from conformance.strategies.conditions import LATE, under_any, under_conditions
from conformance.strategies.draws import drawing
from conformance.strategies.sequences import create, delete, information, listing
from conformance.strategies.sweeps import illegal_characters, sweeps
from conformance.strategies.telling import breaking_each, of_the_action

__all__ = ["opening", "seeded"]


def opening(seed: int) -> Iterator[Case]:
    """What is sent before anything else is there: many services are tried on accounts that aren't empty.

    And what any client could send, before requests come that no client sends: who knows a test by these is right
    from then on.
    """
    yield from _first_groups(drawing(seed, "first"))
    for each in breaking_each(drawing(seed, "opening")):
        yield each.case("on an empty account")
    early = drawing(seed, "early")
    told = [*of_the_action(early)]
    early.shuffle(told)
    yield from (each.case("early") for each in told)


def _first_groups(random: Random) -> Iterator[Case]:
    """Some that are gone again, not always as many, since a run would be known by how it begins."""
    ids = [ID, f"{SALT}b", f"{SALT}c"][: random.randint(1, 3)]
    creations = [Step(create(each, NAME if each == ID else each)) for each in ids]
    looks = [Step(information(each)) for each in ids if random.random() < 0.5]
    deletions = [Step(delete(each)) for each in ids]
    yield Case("State.deletion", "the first groups of all", (*creations, *looks, *deletions))


def seeded(seed: int) -> Iterator[Case]:
    """The conditions, the sweeps, what is late, and the whole account at the end."""
    yield from under_conditions(seed)
    characters = drawing(seed, "characters")
    yield from under_any(illegal_characters(characters), characters)
    yield from sweeps(seed)
    yield from under_conditions(seed, (LATE,))
    yield Case("State.listed", "all groups, at the end", (Step(listing()),))
