"""Faults in what requests do to the account: what they leave behind, what is kept, and several requests at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.faults.model import Fault, Spoil, listing, put, recoded, wrap

__all__ = ["ACCOUNT_FAULTS"]

_Kept = dict[str, Any]
# Long enough for other threads to look at the account as well; short enough for a run.
_PAUSE_SECONDS = 0.002


def _storing(change: Callable[[_Kept], object]) -> Spoil:
    """Change what is kept of each created group."""

    def make(store: Callable[[_Kept], _Kept]) -> Callable[[_Kept], _Kept]:
        def stored(parameters: _Kept) -> _Kept:
            kept = store(parameters)
            change(kept)
            return kept

        return stored

    return wrap("store", make)


def _keeping(what: str, make: Callable[[Any], object]) -> Spoil:
    return _storing(lambda kept: kept.update({what: make(kept[what])}))


def _racing(behaviour: Behaviour) -> None:
    behaviour.atomic = False
    behaviour.pause = lambda: time.sleep(_PAUSE_SECONDS)


def _one_at_a_time(behaviour: Behaviour) -> None:
    behaviour.waits = False
    behaviour.pause = lambda: time.sleep(_PAUSE_SECONDS)


def _left(attribute: str, *what: str) -> Spoil:
    return wrap(attribute, lambda left: left.union(what))


def _counted(change: Callable[[int], int]) -> Spoil:
    return wrap("quota", lambda quota: lambda groups: change(quota(groups)))


def _state_faults() -> Iterator[Fault]:
    refused, unknown = ("State.refused-leaves-nothing",), ("Authentication.creates-nothing",)
    descriptions, tag = ("State.kept.GroupExDescriptions",), ("State.kept.Tag",)
    name, version = ("State.kept.GroupName",), ("State.kept.FaceModelVersion",)
    deletion, renaming, listed, quota = ("State.deletion",), ("State.renaming",), ("State.listed",), ("State.quota",)
    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("refused-keeps-id", "a refused creation keeps the id", refused, _left("leaves", "GroupId")),
        ("refused-keeps-name", "a refused creation keeps the name", refused, _left("leaves", "GroupName")),
        ("refused-creates", "a refused creation creates the group", refused, _left("leaves", "group")),
        ("unauthenticated-creates", "the group is created before the signature is compared", unknown, _left("leaves", "unauthenticated")),
        ("descriptions-lost", "descriptions are not kept", descriptions, _keeping("descriptions", lambda _items: [])),
        ("descriptions-sorted", "descriptions are kept in alphabetical order", descriptions, _keeping("descriptions", sorted)),
        ("descriptions-backwards", "descriptions are kept backwards", descriptions, _keeping("descriptions", lambda items: items[::-1])),
        ("descriptions-first-three", "three descriptions are kept", descriptions, _keeping("descriptions", lambda items: items[:3])),
        ("descriptions-lowered", "descriptions are kept in small letters", descriptions, _keeping("descriptions", lambda items: [each.lower() for each in items])),
        ("tag-lost", "the Tag is not kept", tag, _keeping("tag", lambda _tag: "")),
        ("tag-cut", "the Tag is kept to its fifth character", tag, _keeping("tag", lambda tag: tag[:5])),
        ("tag-lowered", "the Tag is kept in small letters", tag, _keeping("tag", str.lower)),
        ("tag-in-ascii", "of the Tag the ASCII is kept", tag, _keeping("tag", lambda tag: tag.encode("ascii", "ignore").decode())),
        ("tag-from-name", "the name is kept for a Tag", tag, _storing(lambda kept: kept.update(tag=kept["name"]))),
        ("name-lowered-where-kept", "the name is shown in ASCII alone", name, _storing(lambda kept: kept.update(name=kept["name"].encode("ascii", "ignore").decode()))),
        ("version-of-all", "every group is kept as of version 2.0", version, _keeping("version", lambda _version: "2.0")),
        ("not-listed", "no group is listed", listed, listing(lambda _groups: [])),
        ("listed-without-newest", "the newest group is not listed", listed, listing(lambda groups: groups[:-1])),
        ("listed-twice", "the newest group is listed twice", listed, listing(lambda groups: groups + groups[-1:])),
        ("deletion-keeps-name", "a deleted group's name stays taken", deletion, _left("deletion_leaves", "GroupName")),
        ("deletion-keeps-id", "a deleted group's id stays taken", deletion, _left("deletion_leaves", "GroupId")),
        ("renaming-keeps-name", "the old name stays taken", renaming, _left("renaming_leaves", "GroupName")),
        ("renaming-forgets", "a new name is acknowledged, and not kept", ("State.kept.GroupName", "State.id-stays"), _left("renaming_leaves", "name")),
        ("renaming-unchecked", "a new name may be another group's", renaming, put("renaming_checks", False)),
        ("quota-one-more", "the account may have one group more", quota, _counted(lambda groups: groups + 1)),
        ("quota-one-less", "the account may have one group less", quota, _counted(lambda groups: groups - 1)),
        ("quota-unchecked", "there is no quota", quota, _counted(lambda groups: groups + 10**9)),
        ("quota-as-exists", "a group too many is answered as one that exists", quota,
            recoded("InvalidParameterValue.GroupNumExceed", "InvalidParameterValue.GroupIdAlreadyExist")),
    ]  # fmt: skip
    for id_, about, clauses, spoil in spoils:
        yield Fault(id_, about, clauses, spoil)


def _concurrency_faults() -> Iterator[Fault]:
    by_id, by_name, lost = "Concurrency.same-id", "Concurrency.same-name", ("Concurrency.lost-answer",)
    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("race", "two requests may look before either creates", (by_id, by_name), _racing),
        ("one-at-a-time", "while one request is looked at every other is refused", ("Concurrency.different",), _one_at_a_time),
        ("lost-answer-keeps-id", "where nobody waits for the answer, the id is taken and the group isn't there", lost, _left("abandoned", "GroupId")),
        ("lost-answer-keeps-name", "where nobody waits for the answer, the name is taken alone", lost, _left("abandoned", "GroupName")),
    ]  # fmt: skip
    for id_, about, clauses, spoil in spoils:
        yield Fault(id_, about, clauses, spoil)


ACCOUNT_FAULTS: tuple[Fault, ...] = (*_state_faults(), *_concurrency_faults())
