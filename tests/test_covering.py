"""The cheapest cover is a cover, and none is cheaper: held against trying every choice."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from conformance.runs.covering import cheapest_cover

CANDIDATES = st.lists(st.tuples(st.integers(1, 4), st.frozensets(st.integers(0, 7))), max_size=9)


def cost_of(chosen, candidates):
    return sum(candidates[place][0] for place in chosen)


def covered(chosen, candidates):
    return frozenset().union(*(candidates[place][1] for place in chosen))


@given(CANDIDATES)
def test_no_choice_is_cheaper(candidates):
    """Of all choices that cover everything, none costs less."""
    everything = covered(range(len(candidates)), candidates)
    choices = [
        each
        for size in range(len(candidates) + 1)
        for each in combinations(range(len(candidates)), size)
        if covered(each, candidates) == everything
    ]

    chosen = cheapest_cover(candidates)

    assert chosen in choices
    assert cost_of(chosen, candidates) == min(cost_of(each, candidates) for each in choices)


def test_where_the_greedy_choice_is_dear():
    """The largest first would take three, of which two suffice."""
    candidates = [(1, frozenset("abcd")), (1, frozenset("abe")), (1, frozenset("cdf"))]

    assert cheapest_cover(candidates) == (1, 2)


def test_what_must_be_searched():
    """A ring, where nothing is forced and nothing dominates: half of its links, rounded up."""
    ring = [(1, frozenset({place, (place + 1) % 9})) for place in range(9)]

    assert cost_of(cheapest_cover(ring), ring) == 5


def test_nothing_to_cover():
    """Nothing is chosen where nothing is covered."""
    assert cheapest_cover([]) == ()
    assert cheapest_cover([(1, frozenset())]) == ()
