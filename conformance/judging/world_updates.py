"""What answers to CreateGroup tell of the account: read from what was sent, written into the world. No sockets."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract import ACTION
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.oracle.gateway import decodings
from conformance.oracle.prediction import Accepted, Outcome, Prediction, Refused
from conformance.oracle.world import Group, Presence, World

__all__ = ["group_of", "learn", "read"]


def read(http: HttpRequest) -> Request | None:
    """What a request says, if it can be read in some way."""
    return next((each.request for each in decodings(http) if each.request is not None), None)


def group_of(request: Request | None) -> Group | None:
    """The group for which a request asks, as far as it asks plainly; None where it names none."""
    group_id = request.last_text("GroupId") if request is not None and request.action == ACTION else None
    if request is None or group_id is None:
        return None
    tag, descriptions = _only(request, "Tag", ""), _only(request, "GroupExDescriptions", [])
    plain = isinstance(descriptions, list) and all(isinstance(each, str) and each for each in descriptions)
    return Group(
        group_id,
        request.last_text("GroupName"),
        tuple(map(str, descriptions)) if plain and isinstance(descriptions, list) else None,
        tag if isinstance(tag, str) else None,
    )


def _only(request: Request, name: str, default: object) -> object:
    """The one value of a parameter, or what its absence means; None where it has several."""
    values = request.values(name)
    if not values or values == (None,):
        return default
    return values[0] if len(values) == 1 else None


def learn(
    world: World,
    request: Request | None,
    outcome: Outcome | None,
    prediction: Prediction,
    *,
    at_once: bool = False,
    elsewhere: bool = False,
) -> None:
    """Write into the world what an answer says of the group that was asked for; where it can't be read, perhaps.

    Args:
        world: is changed.
        request: what was asked; None where that can't be read.
        outcome: what the answer says; None where that can't be read.
        prediction: what was allowed.
        at_once: whether it is one of several that were sent at once.
        elsewhere: whether it was sent to another Region: the page doesn't say that regions share their groups.
    """
    group = group_of(request)
    if group is None or group.name is None:
        return
    if isinstance(outcome, Accepted) and not elsewhere:
        world.created(replace(group, version=outcome.face_model_version or None), at_once=at_once)
        return
    if outcome is None or isinstance(outcome, Accepted):
        world.perhaps_created(group)
        return
    if isinstance(outcome, Refused):
        _settle_doubt(world, group, outcome.code)
    unknown_caller = any(each.startswith("Authentication.") for each in prediction.broken)
    clause = "Authentication.creates-nothing" if unknown_caller else "State.refused-leaves-nothing"
    world.must_be_free(clause, group.group_id, group.name)


def _settle_doubt(world: World, group: Group, code: str) -> None:
    """A refusal may tell that a group is there of which it wasn't known."""
    if code.endswith("GroupIdAlreadyExist") and _only_one_is_meant(world, "GroupId", group.group_id):
        world.created(world.groups[group.group_id])
    elif code.endswith("GroupNameAlreadyExist") and _only_one_is_meant(world, "GroupName", group.name or ""):
        holders = [each for each in world.groups.values() if each.name == group.name]
        if len(holders) == 1 and world.presence(holders[0].group_id) is Presence.PERHAPS:
            world.created(holders[0])


def _only_one_is_meant(world: World, parameter: str, text: str) -> bool:
    """Whether an id or name is in use by nothing but a group that may be there: none alike, deleted or a stranger's."""
    index = world.index(parameter)
    alike = index.others_but_for_case(text)
    return index.exact.get(text) is Presence.PERHAPS and not alike and not world.may_be_foreign(text)
