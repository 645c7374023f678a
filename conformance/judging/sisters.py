"""What the answers of the sister actions show of CreateGroup: held against what is known of the account. Pure.

The sister actions have pages of their own. Here they are only looked through: is a group there, as it was asked for,
and is nothing there that was refused or deleted?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from conformance.contract import CLAUSE
from conformance.exchange.request import Request
from conformance.exchange.wire import Envelope
from conformance.judging.judge import Departure, DepartureKind
from conformance.oracle.interpretation import Mark, meaning_of
from conformance.oracle.world import Group, Presence, World

__all__ = ["Seen", "is_in_use", "see"]

# Of a list that is wrong, so many groups are named, the newest first.
_MOST_TOLD = 3
_TOO_MANY = " is listed"
_NOT_THERE = "InvalidParameterValue.GroupIdNotExist"
_TAKEN = "InvalidParameterValue.GroupNameAlreadyExist"
_NOT_SERVED = frozenset(
    {
        "InvalidAction", "UnsupportedOperation.UnknowMethod", "UnsupportedOperation", "ActionOffline", "NoSuchVersion",
        "UnauthorizedOperation", "AuthFailure.UnauthorizedOperation",
    }
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """What the answer of a sister action shows.

    Attributes:
        unserved: why the action is not there, or its answer tells nothing; None where it does.
        passing: whether that may be otherwise the next time.
        departures: where it isn't what CreateGroup's answers promised.
        kept: ids of the clauses that it showed to be kept.
        lacking: the clause of a departure that may be none a little later, when what was done shows; None without one.
    """

    unserved: str | None = None
    passing: bool = False
    departures: list[Departure] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    lacking: str | None = None

    def departs(
        self,
        clause: str,
        kind: DepartureKind,
        expected: str,
        observed: str,
        *,
        lasting: bool = False,
        at_issue: frozenset[str] = frozenset(),
    ) -> None:
        """Note a departure; `lasting` where no time will mend it."""
        if not lasting:
            self.lacking = self.lacking or clause
        says = f"{expected}: {clause} says {CLAUSE[clause].citations[0]}"
        self.departures.append(Departure(clause, kind, (says,), observed, at_issue))


def see(request: Request, answer: Envelope | None, world: World) -> Seen:
    """Hold the answer of a sister action against what is known; and learn from it: the world is changed.

    Args:
        request: the request to the sister action.
        answer: its answer; None where none came.
        world: what is known of the account.
    """
    if answer is None or answer.problem is not None:
        return Seen(unserved="no answer" if answer is None else answer.problem)
    if answer.error is not None and (answer.code is None or answer.code in _NOT_SERVED):
        return Seen(unserved=answer.code or "an error without a code")
    seen = Seen(passing=True)
    group_id = request.last_text("GroupId") or ""
    match request.action:
        case "DeleteGroup":
            _deletion(group_id, answer, world, seen)
        case "ModifyGroup":
            _modification(request, group_id, answer, world, seen)
        case "GetGroupInfo":
            _information(group_id, answer, world, seen)
        case "GetGroupList":
            _listing(answer, world, seen)
        case _:
            raise ValueError(f"{request.action} is no sister action of CreateGroup")
    return seen


def _is_there(answer: Envelope) -> bool | None:
    """Whether GetGroupInfo shows a group; None where it says nothing of it."""
    if answer.problem is None and answer.error is None:
        return True
    return False if answer.code == _NOT_THERE else None


def _is_named(answer: Envelope, name: str) -> bool | None:
    """Whether a group that GetGroupList shows has a name, in whatever letter case; None where not all are shown."""
    entries, number = answer.response.get("GroupInfos"), answer.response.get("GroupNum")
    if not isinstance(entries, list):
        return None
    names = {str(each.get("GroupName")).lower() for each in entries if isinstance(each, dict)}
    whole = isinstance(number, int) and number <= len(entries)
    return True if name.lower() in names else False if whole else None


def is_in_use(by_id: Envelope | None, listed: Envelope | None, name: str) -> bool | None:
    """Whether somebody has an id or a name; None where that isn't said.

    Args:
        by_id: what GetGroupInfo answers for the id; None where nothing came.
        listed: what GetGroupList answers; None where nothing came.
        name: the name.
    """
    found = {
        _is_there(by_id) if by_id is not None else None,
        _is_named(listed, name) if listed is not None else None,
    }
    return True if True in found else None if None in found else False


def _deletion(group_id: str, answer: Envelope, world: World, seen: Seen) -> None:
    presence = world.presence(group_id)
    if answer.error is None:
        if presence is None and not world.may_be_foreign(group_id) and not world.is_alike(group_id):
            clause = _why_absent(group_id, world)
            seen.departs(
                clause, DepartureKind.WRONG_RESULT, "there is no such group", "it could be deleted", lasting=True
            )
        world.deleted(group_id)
        seen.kept.add("State.deletion")
    elif answer.code == _NOT_THERE:
        if presence is Presence.THERE:
            seen.departs("State.deletion", DepartureKind.REJECTED_THOUGH_VALID, "the group is there", _NOT_THERE)
    else:
        seen.unserved = answer.code


def _why_absent(group_id: str, world: World) -> str:
    return next(iter(sorted(world.reasons_to_be_free(group_id, None))), "State.refused-leaves-nothing")


def _modification(request: Request, group_id: str, answer: Envelope, world: World, seen: Seen) -> None:
    group, names = world.groups.get(group_id), world.index("GroupName")
    name = request.last_text("GroupName") or ""
    if answer.error is not None:
        # Those that were deleted, or may be there, count too: their names may be in use.
        alike = name in names.exact or bool(names.others_but_for_case(name))
        renamed = group is not None and name != "" and not alike and not world.may_be_foreign(name)
        if answer.code == _TAKEN and renamed and world.presence(group_id) is Presence.THERE:
            seen.departs("State.renaming", DepartureKind.REJECTED_THOUGH_VALID, "no group has this name", _TAKEN)
        elif answer.code != _TAKEN:
            seen.unserved = answer.code
        else:
            seen.kept.add("State.renaming")
        return
    taken = name != "" and world.surely_named(name, group_id)
    if taken:
        seen.departs(
            "State.renaming",
            DepartureKind.ACCEPTED_THOUGH_INVALID,
            "another group has this name",
            "it was given again",
            lasting=True,
            at_issue=frozenset({"GroupName.unique"}),
        )
    # One that was deleted and perhaps made again may be the old one still: like a deleted one, it tells nothing.
    if group is not None and world.presence(group_id) is not Presence.AGAIN:
        tag = _tag_after(group.tag, request)
        descriptions = None if request.values("GroupExDescriptionInfos") else group.descriptions
        world.changed(replace(group, name=name or group.name, tag=tag, descriptions=descriptions))
        if not taken:
            seen.kept.add("State.renaming")


def _tag_after(tag: str | None, request: Request) -> str | None:
    """The Tag that a group has after a change; None where that can be understood in several ways."""
    match meaning_of("Tag", request):
        case Mark.ABSENT:
            return tag
        case str() as text:
            return text
        case _:
            return None


def _information(group_id: str, answer: Envelope, world: World, seen: Seen) -> None:
    presence, group = world.presence(group_id), world.groups.get(group_id)
    if answer.error is not None:
        if answer.code != _NOT_THERE:
            seen.unserved = None if presence in {Presence.DELETED, Presence.AGAIN} else answer.code
        elif presence is Presence.THERE:
            seen.departs("State.kept.GroupName", DepartureKind.WRONG_RESULT, "the group was created", _NOT_THERE)
        elif presence is Presence.DELETED:
            seen.kept.add("State.deletion")
        elif presence is None:  # one whose answer was lost may still be made
            seen.kept.add(_why_absent(group_id, world))
        return
    if presence is None:
        if not world.may_be_foreign(group_id) and not world.is_alike(group_id):
            seen.departs(
                _why_absent(group_id, world),
                DepartureKind.WRONG_RESULT,
                "no such group was created",
                "it is shown",
                lasting=True,
            )
        return
    if group is None or not _is_surely_ours(group_id, world):
        return
    _compare(group, answer.response, seen)
    if presence is Presence.PERHAPS:
        world.created(group)


def _is_surely_ours(group_id: str, world: World) -> bool:
    """Whether what is shown by an id must be the group that this run asked for.

    It may be a deleted one, since the page doesn't say how long a deletion takes; or, where nobody said what came of
    the creation, somebody else's that was there before.
    """
    presence = world.presence(group_id)
    return presence is not Presence.AGAIN and not (presence is Presence.PERHAPS and world.may_be_foreign(group_id))


def _compare(group: Group, shown: object, seen: Seen, which: str = "") -> None:
    """What is shown of a group, against what was asked for; `which` says of which, where that isn't plain."""
    values = shown if isinstance(shown, dict) else {}
    pairs: dict[str, tuple[object, object]] = {
        "GroupName": (group.name, values.get("GroupName")),
        "GroupExDescriptions": (
            None if group.descriptions is None else list(group.descriptions),
            _given(values.get("GroupExDescriptions"), []),
        ),
        "Tag": (group.tag, _given(values.get("Tag"), "")),
        "FaceModelVersion": (group.version, values.get("FaceModelVersion")),
    }
    for name, (asked, kept) in pairs.items():
        clause = f"State.kept.{name}"
        if asked is None or (name == "FaceModelVersion" and kept is None):
            continue
        if asked == kept:
            seen.kept.add(clause)
        else:
            expected = f"{which}{name} is {asked!r}, as it was asked for"
            seen.departs(clause, DepartureKind.WRONG_RESULT, expected, f"{name} is {kept!r}")


def _given(value: object, absent: object) -> object:
    """A member, or what it means that it is absent or null; anything else is what it is, false or 0 too."""
    return absent if value is None else value


def _listing(answer: Envelope, world: World, seen: Seen) -> None:
    entries = answer.response.get("GroupInfos")
    if answer.error is not None or not isinstance(entries, list):
        seen.unserved = answer.code or "GroupInfos is no list"
        return
    listed: dict[str, list[object]] = {}
    for each in entries:
        group_id = each.get("GroupId") if isinstance(each, dict) else None
        if isinstance(group_id, str):
            listed.setdefault(group_id, []).append(each)
    number = answer.response.get("GroupNum")
    whole = isinstance(number, int) and not isinstance(number, bool) and number <= len(entries)
    wrong = list(_wrongly_listed(listed, world, whole=whole))
    if wrong:
        newest = ", ".join(wrong[: -_MOST_TOLD - 1 : -1]) + (
            f" and {len(wrong)} in all" if len(wrong) > _MOST_TOLD else ""
        )
        too_many = all(each.endswith(_TOO_MANY) for each in wrong)
        seen.departs(
            "State.listed",
            DepartureKind.WRONG_RESULT,
            "every group that was created is listed once, no other",
            newest,
            at_issue=frozenset({"State.refused-leaves-nothing"} if too_many else ()),
        )
    for group_id, found in reversed(listed.items()):
        group = world.groups.get(group_id)
        if group is not None and len(found) == 1 and _is_surely_ours(group_id, world):
            _compare(group, found[0], seen, f"of {group_id}, ")
    if whole and not seen.departures:
        seen.kept.add("State.listed")


def _wrongly_listed(listed: dict[str, list[object]], world: World, *, whole: bool) -> Iterator[str]:
    for group_id, found in listed.items():
        if len(found) > 1:
            yield f"{group_id} is listed {len(found)} times"
        if world.presence(group_id) is None and (world.ours is None or world.reasons_to_be_free(group_id, None)):
            yield f"{group_id}{_TOO_MANY}"
    if whole:
        for group_id in world.groups:
            if world.presence(group_id) is Presence.THERE and group_id not in listed:
                yield f"{group_id} is not listed"
