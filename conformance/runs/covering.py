"""The cheapest choice that covers everything: weighted set cover, solved exactly."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

__all__ = ["cheapest_cover"]

T = TypeVar("T", bound=Hashable)

# Candidate → its cost and what it covers.
_Table = dict[int, tuple[int, frozenset[T]]]


def cheapest_cover(candidates: Sequence[tuple[int, frozenset[T]]]) -> tuple[int, ...]:
    """The places of candidates that together cover all that any of them covers, at the least cost.

    Whatever is forced or dominated is settled first, which leaves next to nothing to branch on. Of several that cost
    the same, one that prefers the first candidates.

    Args:
        candidates: the cost, above 0, and what is covered, of each.
    """
    table = {place: each for place, each in enumerate(candidates) if each[1]}
    everything = frozenset[T]().union(*(covered for _, covered in table.values()))
    found = _search(table, everything, sum(cost for cost, _ in table.values()) + 1)
    assert found is not None  # noqa: S101 -- all of them cover everything
    return tuple(sorted(found))


def _search(table: _Table[T], needed: frozenset[T], below: int) -> list[int] | None:
    """A cheapest choice that costs less than a bound; None where there is none."""
    table, needed, chosen, cost = _reduced(table, needed)
    if not needed:
        return chosen if cost < below else None
    if cost + _at_least(table, needed) >= below:
        return None
    best = None
    by_need = _by_need(table, needed)
    scarcest = min(by_need, key=lambda each: (len(by_need[each]), min(by_need[each])))
    # One of those that cover it is chosen: first this one, then the others without it.
    for place in sorted(by_need[scarcest], key=lambda each: table[each][0] / len(table[each][1])):
        price, covered = table[place]
        table = {other: each for other, each in table.items() if other != place}
        rest = _search(_without(table, covered), needed - covered, below - cost - price)
        if rest is not None:
            best = [*chosen, place, *rest]
            below = cost + price + sum(_price(rest, table))
    return best


def _price(places: Sequence[int], table: Mapping[int, tuple[int, frozenset[T]]]) -> list[int]:
    return [table[each][0] for each in places]


def _by_need(table: _Table[T], needed: frozenset[T]) -> dict[T, frozenset[int]]:
    """What is needed → the candidates that cover it."""
    return {each: frozenset(place for place, (_, covered) in table.items() if each in covered) for each in needed}


def _without(table: _Table[T], covered: frozenset[T]) -> _Table[T]:
    """The candidates, as far as something else is left for them."""
    left = {place: (cost, each - covered) for place, (cost, each) in table.items()}
    return {place: each for place, each in left.items() if each[1]}


def _at_least(table: _Table[T], needed: frozenset[T]) -> float:
    """What covering costs at least: each need pays its share of the cheapest that covers it."""
    return sum(
        min((cost / len(covered) for cost, covered in table.values() if each in covered), default=float("inf"))
        for each in needed
    )


def _reduced(table: _Table[T], needed: frozenset[T]) -> tuple[_Table[T], frozenset[T], list[int], int]:
    """What is left to choose from and to cover, what had to be chosen, and its cost."""
    chosen: list[int] = []
    cost = 0
    while True:
        table = _undominated(table)
        by_need = _by_need(table, needed)
        # What comes with every choice that covers something else needs no care of its own.
        hardest = {each for each in needed if not any(_harder(by_need, other, each) for other in needed)}
        forced = {place for each in hardest if len(by_need[each]) == 1 for place in by_need[each]}
        if len(hardest) == len(needed) and not forced:
            return table, needed, chosen, cost
        chosen += sorted(forced)
        cost += sum(_price(sorted(forced), table))
        covered = frozenset[T]().union(*(table[place][1] for place in forced))
        covered |= needed - hardest
        table = _without({place: each for place, each in table.items() if place not in forced}, covered)
        needed -= covered


def _harder(by_need: Mapping[T, frozenset[int]], one: T, other: T) -> bool:
    """Whether covering one thing always covers the other; of two that are covered alike, one stands for both."""
    if by_need[one] == by_need[other]:
        return str(one) < str(other)
    return by_need[one] < by_need[other]


def _undominated(table: _Table[T]) -> _Table[T]:
    """The candidates, without those for which another covers no less and costs no more."""
    kept: _Table[T] = {}
    # Another that dominates comes before: it costs less, or covers more, or is an earlier one.
    for place, (cost, covered) in sorted(table.items(), key=lambda each: (each[1][0], -len(each[1][1]), each[0])):
        if not any(covered <= other for _, other in kept.values()):
            kept[place] = (cost, covered)
    return dict(sorted(kept.items()))
