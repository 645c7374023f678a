"""What answers to CreateGroup tell of the account: read from what was sent, written into the world. No sockets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from conformance.contract import ACTION, CLAUSES, SISTERS
from conformance.contract.rules import Unique
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.oracle.bodies import decodings
from conformance.oracle.interpretation import understand
from conformance.oracle.prediction import Accepted, Outcome, Prediction, Refused
from conformance.oracle.world import Group, Presence, World

__all__ = ["apply", "decoded", "perhaps_created", "requested_id"]

# The codes that say that something exists, and the parameter of which they say it.
_EXISTS = {code: each.parameter for each in CLAUSES if isinstance(each.rule, Unique) for code in each.codes}


def decoded(http: HttpRequest) -> Request | None:
    """What a request says, if it can be read in some way."""
    return next((each.request for each in decodings(http) if each.request is not None), None)


def requested_id(http: HttpRequest) -> str | None:
    """The GroupId for which a creation asks, of several the last; None where it asks for none."""
    request = decoded(http)
    return request.last_text("GroupId") if request is not None and request.action == ACTION else None


def _requested_groups(request: Request | None, world: World) -> tuple[Group, ...]:
    """The groups for which a request asks: one, or several where it can be understood in several ways."""
    if request is None or request.action != ACTION:
        return ()
    return _distinct(each.group for each in understand(request, world))


def _distinct(groups: Iterable[Group | None]) -> tuple[Group, ...]:
    return tuple(each for each in dict.fromkeys(groups) if each is not None)


def apply(
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
    asked = _named(_requested_groups(request, world))
    if isinstance(outcome, Accepted) and not asked and request is not None:
        _perhaps_created(world, _named(_mistaken_for(request, world)))
        return
    if not asked:
        return
    if isinstance(outcome, Accepted) and not elsewhere:
        left = _left_by(outcome, prediction) or asked
        _created(world, [replace(each, version=outcome.face_model_version or None) for each in left], at_once=at_once)
        return
    if outcome is None or isinstance(outcome, Accepted):
        _perhaps_created(world, asked)
        return
    if isinstance(outcome, Refused):
        _settle_doubt(world, asked, outcome.code)
    unknown_caller = any(each.startswith("Authentication.") for each in prediction.broken)
    clause = "Authentication.creates-nothing" if unknown_caller else "State.refused-leaves-nothing"
    world.must_be_free(clause, *(text for each in asked for text in (each.group_id, each.name) if text is not None))


def _named(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(each for each in groups if each.name is not None)


def _mistaken_for(request: Request, world: World) -> tuple[Group, ...]:
    """The groups that may be there if a request was accepted that asks for none.

    What names no action may have been taken for this one; a number, true or false for the text that JSON writes for it.
    """
    if request.action in SISTERS:
        return ()
    written = ((name, json.dumps(each) if isinstance(each, int | float) else each) for name, each in request.parameters)
    return _requested_groups(replace(request, parameters=tuple(written), action=ACTION), world)


def perhaps_created(world: World, request: Request | None) -> None:
    """Write into the world that nobody said what came of a request."""
    _perhaps_created(world, _requested_groups(request, world))


def _left_by(outcome: Accepted, prediction: Prediction) -> tuple[Group, ...]:
    """The groups that an acceptance may leave, one for each way in which it is allowed; whatever version it names."""
    acceptances = [each for each in prediction.allowed if isinstance(each.outcome, Accepted)]
    ways = [each for each in acceptances if each.outcome == outcome] or acceptances
    return _distinct(each.group for each in ways)


def _created(world: World, groups: Sequence[Group], *, at_once: bool) -> None:
    """One of these was created; which, isn't known."""
    if any(each.group_id != groups[0].group_id for each in groups):
        _perhaps_created(world, groups)
        return
    world.created(reduce(Group.common, groups), at_once=at_once)
    _perhaps_named(world, groups)


def _perhaps_created(world: World, groups: Sequence[Group]) -> None:
    """One of these may have been created; none in the place of a group that is known to be there."""
    for group_id in dict.fromkeys(each.group_id for each in groups):
        known = world.groups.get(group_id)
        if known is None or world.presence(group_id) is Presence.PERHAPS:
            alike = [*filter(None, [known]), *(each for each in groups if each.group_id == group_id)]
            world.perhaps_created(reduce(Group.common, alike))
            _perhaps_named(world, alike)


def _perhaps_named(world: World, groups: Sequence[Group]) -> None:
    """Where it isn't known which of these is there, it may have the name of any."""
    names = dict.fromkeys(each.name for each in groups)
    for name in names if len(names) > 1 else ():
        if name is not None:
            world.perhaps_named(name)


def _settle_doubt(world: World, asked: Sequence[Group], code: str) -> None:
    """A refusal may tell that a group is there of which it wasn't known."""
    parameter = _EXISTS.get(code)
    if parameter is None:
        return
    texts = {each.text(parameter) for each in asked}
    if len(texts) != 1 or (text := texts.pop()) is None or len(holders := world.having(parameter, text)) != 1:
        return
    (holder,) = holders
    if world.presence(holder.group_id) is Presence.PERHAPS and _only_one_is_meant(world, parameter, text):
        world.created(holder)


def _only_one_is_meant(world: World, parameter: str, text: str) -> bool:
    """Whether an id or name is in use by nothing but a group that may be there: none alike, deleted or a stranger's."""
    index = world.index(parameter)
    alike = index.others_but_for_case(text)
    return index.exact.get(text) is Presence.PERHAPS and not alike and not world.may_be_foreign(text)
