"""Answers of the sister actions, and what is seen in them: for the tests of that."""

import json
from dataclasses import replace

from conformance.contract import SISTERS
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import envelope
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.sisters import see
from conformance.oracle.world import Group, World
from tests.worlds import words_of

SALT = "abcdefghijklmn"
ID, NAME = f"i{SALT}", f"n{SALT}"
GROUP = Group(ID, NAME, ("a", "b"), "t", "3.0")
DELETE, MODIFY, INFORMATION, LIST = SISTERS
NOT_THERE, TAKEN = "InvalidParameterValue.GroupIdNotExist", "InvalidParameterValue.GroupNameAlreadyExist"
REFUSED = "State.refused-leaves-nothing"
KEPT = {f"State.kept.{each}" for each in ("GroupName", "GroupExDescriptions", "Tag", "FaceModelVersion")}
WRONG, REJECTED, ACCEPTED = Kind.WRONG_RESULT, Kind.REJECTED_THOUGH_VALID, Kind.ACCEPTED_THOUGH_INVALID


def answer(response):
    return envelope(HttpResponse(200, (), json.dumps({"Response": response}).encode()))


def done(**members):
    return answer({**members, "RequestId": "r"})


def error(code):
    return answer({"Error": {"Code": code, "Message": "m"}, "RequestId": "r"})


def seen(action, given_answer, world, group_id=ID, **parameters):
    own = {} if action == LIST else {"GroupId": group_id}
    return see(Request.of({**own, **parameters}, action), given_answer, world)


def told(shown):
    """Which clauses it says not to be kept, and how; which it says to be kept; and whether it tells nothing."""
    return {(each.clause, each.kind) for each in shown.departures}, shown.kept, shown.unserved


def departed(*pairs, kept=()):
    return set(pairs), set(kept), None


def kept(*clauses):
    return set(), set(clauses), None


NOTHING = kept()


def world_of(presence, salt=SALT):
    """A world in which the group is so."""
    world = World(ours=None if salt is None else words_of(salt))
    match presence:
        case "there":
            world.created(GROUP)
        case "just now":
            world.created(GROUP, at_once=True)
        case "perhaps":
            world.perhaps_created(GROUP)
        case "deleted":
            world.created(GROUP)
            world.deleted(ID)
        case "leaving":
            world.created(GROUP)
            world.deleted(ID)
            world.created(Group(f"j{SALT}", NAME))
        case "again":
            world.created(GROUP)
            world.deleted(ID)
            world.perhaps_created(GROUP)
        case "refused":
            world.must_be_free(REFUSED, ID, NAME)
        case "not let in":
            world.must_be_free("Authentication.creates-nothing", ID, NAME)
        case "like another":
            world.created(replace(GROUP, group_id=ID.upper(), name=f"m{SALT}"))
    return world


PRESENCES = (
    "there", "just now", "perhaps", "deleted", "leaving", "again", "never", "refused", "not let in", "like another"
)  # fmt: skip


def shown_as(group):
    """A group as GetGroupInfo and GetGroupList show it."""
    return {
        "GroupId": group.group_id,
        "GroupName": group.name,
        "GroupExDescriptions": list(group.descriptions or ()),
        "Tag": group.tag,
        "FaceModelVersion": group.version,
    }


def listing(*groups, number=None):
    return done(GroupInfos=[shown_as(each) for each in groups], GroupNum=len(groups) if number is None else number)
