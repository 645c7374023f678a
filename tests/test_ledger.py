"""The ledger: what observations leave of the readings, and what contradicts them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import READING, READINGS
from conformance.judging.ledger import Ledger

ID, NAME, ORDER = "group-id-case", "group-name-case", "check-order"
SENSITIVE, INSENSITIVE = frozenset({"sensitive"}), frozenset({"insensitive"})
PAGE, REVERSE = frozenset({"page"}), frozenset({"reverse"})


def observed(*observations):
    """A ledger after these observations, none of which contradicts the others; they are called 1, 2 and so on."""
    ledger = Ledger()
    for number, ways in enumerate(observations, 1):
        assert ledger.observe(ways, str(number)) is None
    return ledger


def test_at_first():
    """At first every value of every reading is possible, and there is no evidence."""
    ledger = Ledger()

    assert ledger.possible == {each.id: each.names for each in READINGS}
    assert ledger.evidence == {}


def test_one_way():
    """An observation that is allowed in one way leaves the values of that way."""
    ledger = observed([{ID: SENSITIVE, ORDER: PAGE | REVERSE}])

    assert ledger.possible[ID] == SENSITIVE
    assert ledger.possible[ORDER] == PAGE | REVERSE
    assert ledger.possible[NAME] == READING[NAME].names


def test_several_ways():
    """An observation that is allowed in several ways leaves what any of them names."""
    ledger = observed([{ORDER: PAGE}, {ORDER: REVERSE}])

    assert ledger.possible[ORDER] == PAGE | REVERSE


@pytest.mark.parametrize("ways", [[{}], [{ID: SENSITIVE}, {}]])
def test_ways_under_all_readings(ways):
    """An observation that is allowed under all readings tells nothing."""
    ledger = observed(ways)

    assert ledger.possible == Ledger().possible
    assert ledger.counted == {}


def test_step_by_step():
    """What observations leave is what all of them allow, and each that excluded something is evidence."""
    ledger = observed([{ORDER: PAGE | REVERSE}], [{ORDER: PAGE | REVERSE}], [{ORDER: frozenset({"page", "other"})}])

    assert ledger.possible[ORDER] == PAGE
    assert [(each.observation, each.excluded) for each in ledger.evidence[ORDER]] == [
        ("1", frozenset({"characters-first", "other"})),
        ("3", REVERSE),
    ]


def test_counted():
    """It is counted how many observations depended on a reading, whether they excluded anything or not."""
    ledger = observed([{ID: SENSITIVE}], [{ID: SENSITIVE}, {NAME: SENSITIVE}], [{ID: SENSITIVE}])

    assert ledger.counted == {ID: 3, NAME: 1}


# --- Joint observations ----------------------------------------------------------------------------------


def test_one_or_the_other():
    """An observation that leaves a choice between two readings narrows neither by itself."""
    assert observed([{ID: INSENSITIVE}, {NAME: INSENSITIVE}]).possible == Ledger().possible


@pytest.mark.parametrize("order", [1, -1])
def test_not_one_so_the_other(order):
    """Of two readings one of which must hold, the other holds once the one is excluded, before or after."""
    ledger = observed(*[[{ID: INSENSITIVE}, {NAME: INSENSITIVE}], [{ID: SENSITIVE}]][::order])

    assert ledger.possible[NAME] == INSENSITIVE


def test_chain():
    """What follows from an observation is followed to its end."""
    ledger = observed(
        [{ORDER: PAGE}, {NAME: INSENSITIVE}], [{ID: INSENSITIVE}, {NAME: SENSITIVE}], [{ID: SENSITIVE}]
    )  # fmt: skip

    assert (ledger.possible[NAME], ledger.possible[ORDER]) == (SENSITIVE, PAGE)


def test_settled():
    """An observation that is explained by what is known already tells nothing of other readings."""
    ledger = observed([{ID: SENSITIVE}], [{ID: SENSITIVE}, {NAME: INSENSITIVE}], [{NAME: SENSITIVE}])

    assert ledger.possible[ID] == ledger.possible[NAME] == SENSITIVE


# --- Contradictions --------------------------------------------------------------------------------------


def test_contradiction():
    """An observation that no possible reading allows contradicts the earlier ones, and is told with them."""
    found = observed([{ORDER: PAGE | REVERSE}], [{ID: SENSITIVE}], [{ORDER: PAGE}]).observe([{ORDER: REVERSE}], "4")

    assert (found.reading, found.needed, found.possible) == (ORDER, REVERSE, PAGE)
    assert found.earlier == ("1", "3")


def test_contradiction_narrows_nothing():
    """A contradiction leaves the ledger as it was, so that one wrong answer is one failure."""
    ledger = observed([{ID: SENSITIVE}])
    possible, evidence = dict(ledger.possible), dict(ledger.evidence)

    assert ledger.observe([{ID: INSENSITIVE, ORDER: PAGE}], "2") is not None
    assert (ledger.possible, ledger.evidence) == (possible, evidence)
    assert ledger.observe([{ORDER: REVERSE}], "3") is None


def test_contradiction_of_several_ways():
    """Where all ways are excluded, the contradiction is in the way that fails least."""
    ledger = observed([{ID: SENSITIVE, NAME: SENSITIVE, ORDER: PAGE}])

    found = ledger.observe([{ID: INSENSITIVE, NAME: INSENSITIVE}, {ORDER: REVERSE}], "2")

    assert found.reading == ORDER


def test_contradiction_with_a_joint_observation():
    """A reading that follows from two observations is contradicted with both."""
    ledger = observed([{ID: INSENSITIVE}, {NAME: INSENSITIVE}], [{ID: SENSITIVE}])

    found = ledger.observe([{NAME: SENSITIVE}], "3")

    assert (found.reading, set(found.earlier)) == (NAME, {"1", "2"})


def test_contradiction_names_what_came_earlier():
    """What is cited came before, also where it is the earlier observation that can't hold any more."""
    ledger = observed([{ID: INSENSITIVE}, {NAME: INSENSITIVE}])

    found = ledger.observe([{ID: SENSITIVE, NAME: SENSITIVE}], "2")

    assert found.earlier == ("1",)
    assert found.needed == SENSITIVE


# --- Any observations ------------------------------------------------------------------------------------

CHOSEN = [READING[each] for each in (ID, NAME, ORDER, "account-age")]
TARGETS = st.fixed_dictionaries({each.id: st.sampled_from(sorted(each.names)) for each in CHOSEN})
BOXES = st.fixed_dictionaries(
    {}, optional={each.id: st.frozensets(st.sampled_from(sorted(each.names)), min_size=1) for each in CHOSEN}
)


@st.composite
def observations_of_one_target(draw):
    """A target that takes every reading in one way, and observations that it allows."""
    target = draw(TARGETS)
    ways = draw(st.lists(st.lists(BOXES, min_size=1, max_size=3), max_size=4))
    own = draw(st.lists(BOXES, min_size=len(ways), max_size=len(ways)))
    true = [{reading: values | {target[reading]} for reading, values in box.items()} for box in own]
    return target, [[*some, box] for some, box in zip(ways, true, strict=True)]


@settings(deadline=None)
@given(observations_of_one_target())
def test_one_target_never_contradicts_itself(found):
    """A target that takes each reading in one way contradicts nothing, and that way stays possible."""
    target, observations = found

    possible = observed(*observations).possible

    assert all(value in possible[reading] for reading, value in target.items())


@settings(deadline=None)
@given(observations_of_one_target())
def test_order_is_nothing(found):
    """The same observations leave the same, in whatever order they came."""
    _, observations = found
    left = [observed(*each).possible for each in itertools.permutations(observations)]

    assert all(each == left[0] for each in left)


@settings(deadline=None)
@given(observations_of_one_target())
def test_twice_is_once(found):
    """An observation made again leaves nothing less."""
    _, observations = found

    assert observed(*observations).possible == observed(*observations, *observations).possible
