"""The inputs of a campaign, by their numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from benchmarks.fuzzing.contents import CONTENTS
from benchmarks.fuzzing.drawing import Draws, Input
from benchmarks.fuzzing.framings import FRAMINGS

_LONGEST_HEAD = 60_000


# How many of a thousand inputs are of each kind. What is slow or large is rare.
KINDS: tuple[tuple[int, Callable[[Draws], Input]], ...] = (*FRAMINGS, *CONTENTS)


def made(seed: int, number: int, now: int) -> Input:
    """An input of a campaign by its number.

    Args:
        seed: of the campaign.
        number: from 0.
        now: seconds since 1970, for what is signed.
    """
    draws = Draws(seed, number, now)
    ends = list(itertools.accumulate(weight for weight, _ in KINDS))
    place = draws.below(ends[-1])
    kind = next(kind for end, (_, kind) in zip(ends, KINDS, strict=True) if place < end)
    given = replace(kind(draws), kind=kind.__name__.strip("_").replace("_", " "))
    # A head this long may be refused before it is read to its end, and the refusal be lost with the connection.
    return replace(given, answers=None) if given.pieces[0].find(b"\r\n\r\n") > _LONGEST_HEAD else given
