"""Worlds with and without a group: for the tests of what the suite knows of the account."""

from conformance.exchange.request import Request
from conformance.exchange.salt import Words
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World

SALT = "abcdefghijklmn"
OK = {Accepted("2.0"), Accepted("3.0")}
ID_EXISTS = Refused("InvalidParameterValue.GroupIdAlreadyExist")
NAME_EXISTS = Refused("InvalidParameterValue.GroupNameAlreadyExist")
BEING_DELETED = Refused("FailedOperation.GroupInDeletedState")
GROUP = Group("i", "n", ("a", "b"), "t", "3.0")


def allowed(world, group_id="other-id", name="other-name"):
    return predict(Request.of({"GroupName": name, "GroupId": group_id}), world).outcomes


def name_presence(world, name):
    return world.index("GroupName").exact.get(name)


def both(world, group=GROUP):
    """How sure it is that a group's id and its name are in use."""
    return world.presence(group.group_id), name_presence(world, group.name)


def words_of(*texts):
    """The words of a run that has these; None for a run that nobody else disturbs."""
    ours = Words()
    ours.add(texts)
    return ours


def world_with(*groups, **more):
    world = World(**more)
    for each in groups:
        world.created(each)
    return world


def world_without(group=GROUP, **more):
    """A world whose group was deleted."""
    world = world_with(group, **more)
    world.deleted(group.group_id)
    return world
