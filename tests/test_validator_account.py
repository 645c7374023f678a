"""The validator: ids and names in use, the account's age, and which of several faults is told."""

import pytest

from conformance.oracle.prediction import Refused, meet
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World
from tests.allowed import (
    AGES,
    BEING_DELETED,
    CLOSED,
    GOLDEN,
    ID_EXISTS,
    NAME_EXISTS,
    OK,
    SALT,
    THREE,
    TWO,
    outcomes,
    request_of,
    value,
    with_group,
)
from tests.worlds import words_of

# --- Ids and names in use --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group_id", "name", "expected"),
    [
        (SALT, "n", ID_EXISTS),
        ("i", SALT, NAME_EXISTS),
        (SALT, SALT, ID_EXISTS | NAME_EXISTS),
        (SALT.upper(), "n", OK | ID_EXISTS),
        ("i", SALT.upper(), OK | NAME_EXISTS),
        (SALT[:-1], f"{SALT}x", OK),
    ],
)
def test_in_use(group_id, name, expected):
    """An id or name in use is refused; one that differs in case alone may be; any other is accepted."""
    assert expected == outcomes(with_group(), GroupId=group_id, GroupName=name)


def test_id_and_name_are_apart():
    """An id may be some group's name, and a name some group's id."""
    assert outcomes(with_group("a", "b"), GroupId="b", GroupName="a") == OK


def test_recreated():
    """A group just deleted may be gone, going, or still there."""
    world = with_group()
    world.deleted(SALT)

    assert outcomes(world) == OK | BEING_DELETED | ID_EXISTS | NAME_EXISTS


def test_recreated_with_another_id():
    """The name of a group just deleted is no surer than its id."""
    world = with_group()
    world.deleted(SALT)

    assert outcomes(world, GroupId="i") == OK | BEING_DELETED | NAME_EXISTS


def test_created_again():
    """A group that was created after all is in use."""
    world = with_group()
    world.deleted(SALT)
    world.created(Group(SALT, SALT))

    assert outcomes(world) == ID_EXISTS | NAME_EXISTS


def test_sensitive_in_spite_of_deletion():
    """Where a group differs from a deleted one in case alone, only a sensitive target creates that one again."""
    world = with_group("x", "x")
    world.deleted("x")
    world.created(Group("X", "n"))

    (way,) = predict(request_of(GroupId="x"), world).ways_to(THREE)

    assert frozenset({"sensitive"}) == way.readings.get("group-id-case")


def test_refused_in_spite_of_deletion():
    """A text deleted just now may be refused for a group that differs from it in case alone."""
    world = with_group("x", "x")
    world.deleted("x")
    world.created(Group("X", "n"))

    ways = predict(request_of(GroupId="x"), world).ways_to(*ID_EXISTS)

    assert any("recreate-after-delete" not in each.readings for each in ways)


def test_perhaps_created():
    """A group whose creation was not answered may be there; that tells nothing of the target."""
    world = World()
    world.perhaps_created(Group(SALT, SALT))
    prediction = predict(request_of(), world)

    assert prediction.outcomes == OK | ID_EXISTS | NAME_EXISTS
    assert {each.outcome for each in prediction.allowed if not each.conclusive} == ID_EXISTS | NAME_EXISTS


def test_perhaps_created_is_no_news():
    """A lost answer to a second creation doesn't make a group less sure."""
    world = with_group()
    world.perhaps_created(Group(SALT, SALT))

    assert outcomes(world) == ID_EXISTS | NAME_EXISTS


def test_perhaps_created_with_a_name_in_use():
    """A lost answer to a creation doesn't make a name less sure that another group has."""
    world = with_group("a", "n")
    world.perhaps_created(Group("b", "n"))

    assert outcomes(world, GroupName="n") == NAME_EXISTS


def test_foreign():
    """Where others use the account, an id or name without the salt may be theirs; that tells nothing of the target."""
    prediction = predict(request_of(GroupId="x"), World(ours=words_of(SALT)))

    assert prediction.outcomes == OK | ID_EXISTS
    assert {each.outcome for each in prediction.allowed if not each.conclusive} == ID_EXISTS


# --- The account's age -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "absent", "two"), [(AGES[0], THREE, CLOSED), (AGES[1], THREE, {TWO}), (AGES[2], TWO, {TWO})]
)
def test_account_age(age, absent, two):
    """The account's age tells the default, and whether “2.0” is still open."""
    world = World(known={"account-age": frozenset({age})})

    assert {absent} == outcomes(world)
    assert two == outcomes(world, FaceModelVersion="2.0")
    assert {THREE} == outcomes(world, FaceModelVersion="3.0")


@pytest.mark.parametrize(
    ("default", "two", "ages"),
    [
        (TWO, TWO, {"before-2020-04-02"}),
        (THREE, TWO, {"until-2020-11-26"}),
        (THREE, Refused("UnsupportedOperation"), {"after-2020-11-26"}),
        (TWO, Refused("UnsupportedOperation"), None),
    ],
)
def test_default_and_open_versions_agree(default, two, ages):
    """What an absent version means and whether “2.0” is taken fit one age of the account, or contradict each other."""
    (absent,) = predict(request_of(), World()).ways_to(default)
    (given,) = predict(request_of(FaceModelVersion="2.0"), World()).ways_to(two)

    both = meet(absent.readings, given.readings)

    assert ages == (both and both["account-age"])


# --- Several faults --------------------------------------------------------------------------------------


def orders(**changes):
    """The orders of checking under which a refusal is laid to each clause."""
    found = {}
    for each in predict(request_of(**changes), World()).allowed:
        (clause,) = each.clauses
        found.setdefault(clause, set()).update(each.readings["check-order"])
    return found


def test_order_of_parameters():
    """Of two faulty parameters, a stated order tells which answers; the page itself may mean either."""
    assert {
        "GroupName.length.max": {"page", "characters-first", "other"},
        "GroupId.charset": {"reverse", "other"},
    } == orders(GroupName="x" * 61, GroupId="!")


def test_order_within_a_parameter():
    """Of a length and an alphabet, a stated order tells which answers."""
    assert {
        "Tag.length.max": {"page", "other"},
        "Tag.charset": {"characters-first", "reverse", "other"},
    } == orders(Tag="!" * 41)


def test_shape_before_content():
    """In every stated order, types come before what the texts say."""
    found = orders(GroupId="!", Tag=5)

    assert {"other"} == found["GroupId.charset"]


def test_one_fault_needs_no_order():
    """Where there is one fault, no order matters."""
    assert all("check-order" not in each.readings for each in predict(request_of(Tag="!"), World()).allowed)


def test_content_before_state():
    """In every stated order, what texts say comes before what the account holds."""
    prediction = predict(request_of(Tag="!"), with_group())

    assert {frozenset({"other"})} == {
        each.readings["check-order"] for code in ID_EXISTS | NAME_EXISTS for each in prediction.ways_to(code)
    }


@pytest.mark.parametrize("first", GOLDEN)
def test_a_second_fault_adds_its_code(first):
    """With a fault more, the same codes can answer and that fault's too, but no acceptance."""
    changes, _ = GOLDEN[first]
    if "GroupExDescriptions" not in changes:
        both = outcomes(**{**changes, "GroupExDescriptions": list("abcdef")})
        assert (outcomes(**changes) - OK) | value("GroupExDescriptionsExceed") == both
