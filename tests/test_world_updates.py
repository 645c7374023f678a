"""What an answer leaves in the world: what was meant; where that can be understood in several ways, it isn't known."""

import pytest

from conformance.exchange.request import Request
from conformance.judging.world_updates import apply, perhaps_created
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, Presence, World

THREE = Accepted("3.0")
TOO_LONG = Refused("InvalidParameterValue.GroupTagTooLong")
EXISTS = Refused("InvalidParameterValue.GroupIdAlreadyExist")
REFUSED = "State.refused-leaves-nothing"


def request_of(*pairs, **parameters):
    return Request.of([("GroupName", "n"), ("GroupId", "i"), *parameters.items(), *pairs])


def world_after(request, outcome, **more):
    """A world after one answer."""
    world = World()
    apply(world, request, outcome, predict(request, world), **more)
    return world


def left(request, outcome=THREE):
    """The one group that an answer leaves."""
    (group,) = world_after(request, outcome).groups.values()
    return group


def names(world):
    return dict(world.index("GroupName").exact)


# --- What is kept ----------------------------------------------------------------------------------------

KEPT = {
    "nothing but what is required": (request_of(), Group("i", "n", (), "", "3.0")),
    "all of it": (
        request_of(GroupExDescriptions=["a", "b"], Tag="t"), Group("i", "n", ("a", "b"), "t", "3.0"),
    ),
    "null is no value, where it is accepted": (
        request_of(GroupExDescriptions=None, Tag=None), Group("i", "n", (), "", "3.0"),
    ),
    "of a list with null in it, nobody knows what is kept": (
        request_of(GroupExDescriptions=["a", None]), Group("i", "n", None, "", "3.0"),
    ),
    "of a text for a list, nobody knows what is kept": (
        request_of(GroupExDescriptions="a"), Group("i", "n", None, "", "3.0"),
    ),
    "of two that are alike, either": (request_of(("Tag", "t"), Tag="t"), Group("i", "n", (), "t", "3.0")),
    "of two, the one that may be accepted": (request_of(("Tag", "!"), Tag="t"), Group("i", "n", (), "t", "3.0")),
    "of two that may be accepted, nobody knows": (request_of(("Tag", "u"), Tag="t"), Group("i", "n", (), None, "3.0")),
    "of two lists, nobody knows": (
        request_of(("GroupExDescriptions", ["b"]), GroupExDescriptions=["a"]), Group("i", "n", None, "", "3.0"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "group"), KEPT.values(), ids=KEPT)
def test_kept(request_, group):
    """An acceptance leaves the group that was meant by those ways to understand the request that it allows."""
    assert left(request_) == group


def test_the_version_tells_which_way():
    """The version that comes tells the first value from the last; so the tag of the same way is known."""
    request = request_of(("FaceModelVersion", "3.0"), ("Tag", "u"), FaceModelVersion="2.0", Tag="t")

    assert (left(request, Accepted("2.0")).tag, left(request, THREE).tag) == ("t", "u")


INVALID = {
    "a tag too long": (request_of(Tag="x" * 41), ("n", (), "x" * 41)),
    "a number for a tag": (request_of(Tag=5), ("n", (), None)),
    "an empty description": (request_of(GroupExDescriptions=["a", ""]), ("n", None, "")),
    "a version that there isn't": (request_of(Tag="t", FaceModelVersion="4.0"), ("n", (), "t")),
}


@pytest.mark.parametrize(("request_", "expected"), INVALID.values(), ids=INVALID)
def test_accepted_though_invalid(request_, expected):
    """What is accepted against the page is there all the same, as it was asked for."""
    group = left(request_)

    assert (group.name, group.descriptions, group.tag) == expected


@pytest.mark.parametrize("version", ["9.9", ""])
def test_accepted_with_another_version(version):
    """An acceptance that names another version, or none, leaves what was asked for."""
    assert left(request_of(Tag="t"), Accepted(version)) == Group("i", "n", (), "t", version or None)


# --- Which group it is -----------------------------------------------------------------------------------


def test_two_ids():
    """Of two ids, either may be in use now; a later creation proves nothing by being refused."""
    world = world_after(request_of(("GroupId", "j")), THREE)

    assert {each: world.presence(each) for each in "ij"} == {"i": Presence.PERHAPS, "j": Presence.PERHAPS}
    assert names(world) == {"n": Presence.PERHAPS}


def test_two_names():
    """Of two names, either may be in use now; the id surely is."""
    world = world_after(request_of(("GroupName", "m")), THREE)

    assert (world.presence("i"), world.groups["i"].name) == (Presence.THERE, None)
    assert names(world) == {"n": Presence.PERHAPS, "m": Presence.PERHAPS}


def test_two_names_one_of_which_is_in_use():
    """A name that is surely in use stays so; that it may be this group's as well adds nothing."""
    world = World()
    world.created(Group("j", "m"))
    request = request_of(("GroupName", "m"))
    apply(world, request, THREE, predict(request, world))

    assert names(world) == {"n": Presence.THERE, "m": Presence.THERE}


def test_an_id_and_a_number():
    """Of an id and a value that can't be one, the id is what was meant, if it was accepted."""
    assert left(request_of(("GroupId", 5))) == Group("i", "n", (), "", "3.0")


@pytest.mark.parametrize(
    "parameters", [{"GroupId": "i"}, {"GroupName": "n"}, {"GroupName": [5], "GroupId": "i"}], ids=str
)
def test_no_name(parameters):
    """A creation without a name or an id that is accepted all the same leaves nothing that could be told."""
    assert not world_after(Request.of(parameters), THREE).groups


@pytest.mark.parametrize("outcome", [None, THREE])
def test_nobody_said(outcome):
    """What can't be read, or is accepted elsewhere, leaves in doubt whatever was asked for."""
    world = world_after(request_of(("GroupName", "m"), ("GroupId", "j")), outcome, elsewhere=outcome is THREE)

    assert {each: world.presence(each) for each in "ij"} == {"i": Presence.PERHAPS, "j": Presence.PERHAPS}
    assert names(world) == {"n": Presence.PERHAPS, "m": Presence.PERHAPS}


def test_lost_without_a_name():
    """A lost answer to a creation without a name leaves its id in doubt."""
    world = World()
    perhaps_created(world, Request.of({"GroupId": "i"}))

    assert (world.presence("i"), names(world)) == (Presence.PERHAPS, {})


def test_lost_with_a_name_and_a_number():
    """Of a name and a value that can't be one, the name may be in use."""
    world = World()
    perhaps_created(world, request_of(("GroupName", 5)))

    assert (world.presence("i"), names(world)) == (Presence.PERHAPS, {"n": Presence.PERHAPS})


def test_lost_though_it_is_there():
    """A lost answer to a creation of what is there leaves everything as it was, the names too."""
    world = world_after(request_of(), THREE)
    perhaps_created(world, request_of(("GroupName", "m")))

    assert (world.presence("i"), names(world)) == (Presence.THERE, {"n": Presence.THERE})


def test_refused():
    """A refusal leaves nothing in use of whatever may have been meant."""
    world = world_after(request_of(("GroupId", "j"), ("GroupName", "m"), Tag="x" * 41), TOO_LONG)

    assert not world.groups
    assert all(world.reasons_to_be_free(each, None) == {REFUSED} for each in "ij")
    assert all(world.reasons_to_be_free(None, each) == {REFUSED} for each in "nm")


@pytest.mark.parametrize(("more", "settled"), [((), True), ((("GroupId", "k"),), False)], ids=["one", "two"])
def test_said_to_exist(more, settled):
    """That an id exists tells that its group is there, if it is sure which id was meant."""
    world = World()
    world.perhaps_created(Group("i", "m"))
    request = request_of(*more)
    apply(world, request, EXISTS, predict(request, world))

    assert (world.presence("i") is Presence.THERE) is settled


@pytest.mark.parametrize(
    ("request_", "group_id", "name"),
    [
        (Request.of({"GroupName": "n", "GroupId": "i"}, "CreateGroups"), "i", "n"),
        (Request.of({"GroupName": "n", "GroupId": "i"}, ""), "i", "n"),
        (Request.of({"GroupName": 5, "GroupId": "i"}), "i", "5"),
        (Request.of({"GroupName": "n", "GroupId": True}), "true", "n"),
    ],
    ids=["unknown action", "no action", "a number for a name", "true for an id"],
)
def test_mistaken_for_another(request_, group_id, name):
    """What had to be refused, and is accepted, may have left the group for which it was mistaken."""
    world = world_after(request_, THREE)

    assert (world.presence(group_id), names(world)) == (Presence.PERHAPS, {name: Presence.PERHAPS})


def test_another_action():
    """What is asked of another action creates nothing."""
    request = Request.of({"GroupName": "n", "GroupId": "i"}, "DeleteGroup")

    assert not world_after(request, THREE).groups
    assert not world_after(None, THREE).groups


# --- The states of an id or a name -----------------------------------------------------------------------

TWO = Accepted("2.0")
IN_DELETION = Refused("FailedOperation.GroupInDeletedState")
RACED = {Refused("FailedOperation.ConflictOperation"), Refused("InternalError")}


def world_in(presence):
    """A world in which the id `i` came into a state as its row says."""
    world, group = World(), Group("i", "n")
    if presence is Presence.PERHAPS:
        world.perhaps_created(group)
        return world
    world.created(group, at_once=presence is Presence.JUST_NOW)
    if presence in {Presence.DELETED, Presence.LEAVING, Presence.AGAIN}:
        world.deleted("i")
    if presence is Presence.LEAVING:
        world.created(Group("j", "n"))
    if presence is Presence.AGAIN:
        world.perhaps_created(group)
    return world


ROWS = {
    Presence.THERE: {EXISTS},
    Presence.JUST_NOW: {EXISTS, *RACED},
    Presence.PERHAPS: {TWO, THREE, EXISTS},
    Presence.DELETED: {TWO, THREE, EXISTS, IN_DELETION},
    Presence.LEAVING: {TWO, THREE, IN_DELETION},
    Presence.AGAIN: {TWO, THREE, EXISTS, IN_DELETION},
}


@pytest.mark.parametrize("presence", Presence)
def test_rows(presence):
    """What a creation of the same id may be answered, for each state; and whether that it exists proves anything."""
    world = world_in(presence)
    prediction = predict(Request.of({"GroupName": "other", "GroupId": "i"}), world)

    assert world.presence("i") is presence
    assert prediction.outcomes == ROWS[presence]
    proving = {each.conclusive for each in prediction.ways_to(EXISTS)}
    assert proving <= {presence not in {Presence.PERHAPS, Presence.AGAIN}}
