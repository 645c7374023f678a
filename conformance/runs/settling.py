"""Which requests settle most of what the page leaves open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, filterfalse

from conformance.contract import READINGS, VARIES
from conformance.exchange.cases import Case
from conformance.judging.ledger import is_settled
from conformance.oracle.prediction import Prediction
from conformance.runs.ways import Way, Ways, is_way_probe

__all__ = ["Settling", "cover", "most_telling_first", "told_apart", "unsettled"]

# Two values of a reading that answers may tell apart.
Pair = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Settling:
    """A case, and which values of readings its answers tell apart.

    Attributes:
        case: the case.
        surely: pairs that are told apart whatever else holds.
        perhaps: pairs that are told apart under some other readings alone.
    """

    case: Case
    surely: frozenset[Pair]
    perhaps: frozenset[Pair]

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings of which it settles something, in the order of the contract."""
        named = {pair[0] for pair in self.surely | self.perhaps}
        return tuple(each.id for each in READINGS if each.id in named)


def told_apart(prediction: Prediction, possible: Mapping[str, Collection[str]]) -> tuple[set[Pair], set[Pair]]:
    """The pairs of values that an answer surely, and perhaps, tells apart.

    Args:
        prediction: what is allowed.
        possible: reading id → the values that are still possible.
    """
    surely: set[Pair] = set()
    perhaps: set[Pair] = set()
    if not all(each.conclusive for each in prediction.allowed):
        return surely, perhaps
    for reading in {reading for each in prediction.allowed for reading in each.readings}:
        outcomes = {
            value: frozenset(
                each.outcome for each in prediction.allowed if value in each.readings.get(reading, (value,))
            )
            for value in sorted(possible.get(reading, ()))
            if value != VARIES
        }
        for (one, said), (other, said_otherwise) in combinations(outcomes.items(), 2):
            if said and said_otherwise and not said & said_otherwise:
                surely.add((reading, one, other))
            elif said != said_otherwise:
                perhaps.add((reading, one, other))
    return surely, perhaps


@cache
def _predictions() -> dict[str, tuple[Case, tuple[Prediction, ...]]]:
    """The cases of the smoke list, and what is predicted for their requests where the emulator answers."""
    from conformance.emulator import Emulator
    from conformance.exchange.salt import Salts, seeded_run_salt
    from conformance.runs.run import Run
    from conformance.runs.smoke import smoke
    from conformance.targets.direct import DirectTarget

    seen: list[Prediction] = []
    run = Run.against(DirectTarget(Emulator()), salts=Salts(seeded_run_salt(0)))
    run.assessor.on_judgement = lambda _http, prediction, _judgement: seen.append(prediction)
    found = {}
    for case in smoke():
        seen.clear()
        run.case(case)
        found[case.id] = (case, tuple(seen))
    return found


def settlings(
    possible: Mapping[str, Collection[str]] | None = None,
    known: Collection[str] = frozenset(),
    without: tuple[Way, ...] = (),
) -> list[Settling]:
    """Every case of the smoke list that settles something, in the order of the list.

    Args:
        possible: reading id → the values that are still possible; None for all.
        known: ids of the cases whose answers are known, so that asking again would settle nothing.
        without: ways by which nothing is asked.
    """
    ways = Ways(without)
    possible = possible if possible is not None else {each.id: each.names for each in READINGS}
    found = []
    for case, predictions in _predictions().values():
        if case.quota is not None or case.id in known or ways.barred(case) is not None:
            continue  # no real account has so small a quota
        surely: set[Pair] = set()
        perhaps: set[Pair] = set()
        for each in predictions:
            sure, maybe = told_apart(each, possible)
            surely |= sure
            perhaps |= maybe
        if surely or perhaps:
            found.append(Settling(case, frozenset(surely), frozenset(perhaps - surely)))
    return found


def cover(
    possible: Mapping[str, Collection[str]] | None = None,
    known: Collection[str] = frozenset(),
    without: tuple[Way, ...] = (),
) -> Iterator[Settling]:
    """Few requests that settle all that the smoke list can settle: a greedy cover, the most telling case first.

    Each case comes with the pairs that none before it told apart.

    Args:
        possible: reading id → the values that are still possible; None for all.
        known, without: see `settlings`.
    """
    left = settlings(possible, known, without)
    while left:
        best = max(left, key=_gain)  # of several, the first of the list
        yield best
        fewer = [
            replace(each, surely=each.surely - best.surely, perhaps=each.perhaps - best.surely - best.perhaps)
            for each in left
        ]
        left = [each for each in fewer if each.surely or each.perhaps]


def _gain(each: Settling) -> tuple[float, float]:
    """How much a case settles for each of its requests: what it may settle decides between equals alone."""
    return len(each.surely) / each.case.requests, len(each.perhaps) / each.case.requests


def most_telling_first(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Cases so ordered that those which settle most come first; but what shows who is let in, and how, stays ahead."""
    first, *others = cases
    rank = _ranks()
    return (
        first,
        *filter(is_way_probe, others),
        *sorted(filterfalse(is_way_probe, others), key=lambda case: rank.get(case.id, len(rank))),
    )


@cache
def _ranks() -> dict[str, int]:
    """The cases of the cover, by their ids, and how many come before each."""
    return {each.case.id: index for index, each in enumerate(cover())}


def unsettled(
    possible: Mapping[str, Collection[str]], known: Collection[str] = frozenset(), without: tuple[Way, ...] = ()
) -> list[str]:
    """The readings that are open and of which no case that may be sent, but those that are known, settles anything."""
    settled = {reading for each in settlings(possible, known, without) for reading in each.readings}
    return [each.id for each in READINGS if not is_settled(possible[each.id]) and each.id not in settled]
