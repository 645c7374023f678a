"""Answers of the sister actions that tell nothing, or anything."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import CLAUSE, SISTERS
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import envelope
from conformance.judging.sisters import Seen, see
from conformance.oracle.world import Group, World
from tests.sister_answers import (
    DELETE,
    GROUP,
    ID,
    INFORMATION,
    KEPT,
    LIST,
    MODIFY,
    NAME,
    NOT_THERE,
    NOTHING,
    PRESENCES,
    REFUSED,
    TAKEN,
    answer,
    done,
    error,
    seen,
    shown_as,
    told,
    world_of,
)
from tests.test_sisters_renaming import NEW

# --- Answers that tell nothing ---------------------------------------------------------------------------

NOT_SERVED = ["InvalidAction", "UnsupportedOperation.UnknowMethod", "UnsupportedOperation", "UnauthorizedOperation"]
PASSING = ["InternalError", "RequestLimitExceeded", "AuthFailure.SignatureFailure", "x", "InvalidParameterValue"]
MORE = {DELETE: {}, MODIFY: {"GroupName": NEW}, INFORMATION: {}, LIST: {}}


@pytest.mark.parametrize("presence", ["there", "perhaps", "leaving", "never", "refused"])
@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize("code", [*NOT_SERVED, *PASSING])
def test_other_errors(action, code, presence):
    """Any other error tells nothing of the groups; only some say that the action isn't there."""
    world = world_of(presence)
    before = deepcopy(world)
    found = seen(action, error(code), world, **MORE[action])

    assert told(found) == (set(), set(), code)
    assert found.passing == (code in PASSING)
    assert world == before


@pytest.mark.parametrize("presence", ["deleted", "again"])
def test_other_errors_on_a_deleted_group(presence):
    """Of a deleted group GetGroupInfo may say what it likes."""
    assert told(seen(INFORMATION, error("FailedOperation.GroupInDeletedState"), world_of(presence))) == NOTHING


@pytest.mark.parametrize("action", [INFORMATION, LIST])
def test_one_that_was_perhaps_made_again_is_not_compared(action):
    """After a deletion and a lost answer, what is shown may be either group: nothing of it must be as asked for."""
    world = world_of("again")
    shown = shown_as(Group(ID, NEW, (), "v", "2.0"))
    before = deepcopy(world)

    assert told(seen(action, done(**shown, GroupInfos=[shown], GroupNum=1), world))[0] == set()
    assert world == before


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no Response": b"{}",
    "no object": b'{"Response": null}',
    "a list": b'{"Response": [{"GroupId": "x"}]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_answers(action, body):
    """An answer that can't be read tells nothing, and why."""
    world = world_of("there")
    before = deepcopy(world)
    read = envelope(HttpResponse(200, (), body))

    assert told(seen(action, read, world, **MORE[action])) == (set(), set(), read.problem)
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
def test_no_answer(action):
    """That no answer came tells nothing."""
    world = world_of("there")
    before = deepcopy(world)

    assert told(seen(action, None, world, **MORE[action])) == (set(), set(), "no answer")
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize(
    "odd", ["x", 5, True, False, 0, "", [], [NOT_THERE], {}, {"Code": None}, {"Code": 5}], ids=repr
)
def test_errors_without_a_code(action, odd):
    """An error without a code tells nothing."""
    world = world_of("there")
    before = deepcopy(world)

    assert told(seen(action, answer({"Error": odd}), world, **MORE[action])) == (
        set(),
        set(),
        "an error without a code",
    )
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
def test_an_error_of_null_is_none(action):
    """Null where an error may stand is none."""
    plain, null = (
        {**shown_as(GROUP), "GroupInfos": [shown_as(GROUP)], "GroupNum": 1, **more} for more in ({}, {"Error": None})
    )
    found = [seen(action, answer(each), world_of("there"), **MORE[action]) for each in (plain, null)]

    assert found[0].kept
    assert found[0] == found[1]


@pytest.mark.parametrize("infos", [None, 5, "x", {}, {"0": {"GroupId": ID}}, True], ids=repr)
def test_a_list_that_is_none(infos):
    """Where GroupInfos is no list, nothing is told of any group."""
    assert told(seen(LIST, done(GroupInfos=infos, GroupNum=0), world_of("there"))) == (
        set(),
        set(),
        "GroupInfos is no list",
    )


def test_no_sister():
    """Any other action is a mistake of the caller's."""
    with pytest.raises(ValueError, match="CreateGroup is no sister action"):
        seen("CreateGroup", done(), World())


@pytest.mark.parametrize("action", [DELETE, MODIFY, INFORMATION])
@pytest.mark.parametrize("parameters", [(), (("GroupId", None),), (("GroupId", 5),), (("GroupId", [ID]),)], ids=repr)
def test_requests_without_an_id(action, parameters):
    """A request that names no group, answered as if it did, shows nothing of the groups that are there."""
    world = world_of("there")
    before = deepcopy(world)
    found = see(Request(parameters, action), done(**shown_as(GROUP)), world)

    assert {each.clause for each in found.departures} <= {REFUSED}
    assert not found.kept & KEPT
    assert world == before


# --- Anything --------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.sampled_from([ID, NAME, "", "a", "3.0", NOT_THERE, TAKEN]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["GroupId", "GroupName", "Tag", "Code"]), children, max_size=3)
    ),
    max_leaves=5,
)
MEMBERS = ["Error", "GroupInfos", "GroupNum", "GroupId", "GroupName", "GroupExDescriptions", "Tag", "FaceModelVersion"]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(SISTERS),
    st.sampled_from(PRESENCES),
    st.dictionaries(st.sampled_from(MEMBERS), VALUES),
    st.lists(st.tuples(st.sampled_from(["GroupId", "GroupName", "Tag"]), VALUES), max_size=4),
)
def test_any_answer(action, presence, response, parameters):
    """Whatever is asked and answered is seen: its clauses are there, and nothing is told where it tells nothing."""
    world = world_of(presence)
    found = see(Request(tuple(parameters), action), answer(response), world)

    assert isinstance(found, Seen)
    assert (found.kept | {each.clause for each in found.departures}) <= CLAUSE.keys()
    assert all(each.expected and each.observed for each in found.departures)
    assert found.unserved is None or not (found.departures or found.kept)
    assert all(group_id == each.group_id for group_id, each in world.groups.items())
