"""Whose a group is that an account tells of: by what the journal says was sent, by name and by date. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from conformance.live.leniency import UNMISTAKABLE, could_be, key
from conformance.live.notes import Entry, Sent, State

__all__ = ["Listed", "Whose", "whose"]

# Clocks may differ by so much: a group that is older than its journal says by more wasn't made by this run.
_CLOCKS_DIFFER = 600.0  # seconds
_SOME_DATE = 1e18  # milliseconds; what is further from 1970 is no date


class Whose(Enum):
    """Whose a group is."""

    OURS = "ours"
    """Id, name and date are those of something that was sent: it may be deleted."""
    UNSURE = "unsure"
    """Id or name could be of something that was sent, not all of it: it is told, and left."""
    OTHERS = "others'"
    """It is nobody's business."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A group as an account tells of it.

    Attributes:
        group_id: its id.
        name: its name; None where none is told that is a text.
        made: in seconds since 1970; None where that isn't told.
    """

    group_id: str
    name: str | None
    made: float | None

    @classmethod
    def of(cls, told: Mapping[str, object], group_id: str | None = None) -> Listed | None:
        """What an answer says; None where it names no group.

        Args:
            told: of GetGroupList, or of GetGroupInfo.
            group_id: the id that was asked for, where the answer has none.
        """
        found, name, made = told.get("GroupId"), told.get("GroupName"), told.get("CreationTimestamp")
        if not isinstance(found, str):
            found = group_id
        if found is None:
            return None
        milliseconds = made if isinstance(made, int) and not isinstance(made, bool) and abs(made) < _SOME_DATE else None
        name = name if isinstance(name, str) else None
        return cls(found, name, None if milliseconds is None else milliseconds / 1000)


def whose(group: Listed, entry: Entry | None, sent: Iterable[Sent], before: Collection[str]) -> tuple[Whose, str]:
    """Whose a group is, and why it is left, if it is.

    Args:
        group: that is there.
        entry: what the journal says of its id; None where no creation names it.
        sent: everything that the journal says could have been read as an id or a name.
        before: the ids that were there before the run: whatever has one of them is others'.
    """
    if group.group_id in before:
        return Whose.OTHERS, ""
    if entry is not None and (found := _by_entry(group, entry)) is not None:
        return found
    unsure: tuple[Whose, str] | None = None
    for each in sent:
        ids = [text for text in each.texts if could_be(group.group_id, text)]
        names = [text for text in each.texts if group.name and could_be(group.name, text)]
        if not _unmistakable(group.group_id if ids else "", (group.name or "") if names else ""):
            continue
        if (why := _too_old(group, each.since)) is not None:
            unsure = unsure or (Whose.UNSURE, why)
        elif ids and names:
            return Whose.OURS, ""
        elif ids:
            unsure = Whose.UNSURE, "its id could be one that was sent, and its name isn't one of those"
        else:
            unsure = Whose.UNSURE, "it has a name that was sent, under an id that nobody asked for: delete it by hand"
    return unsure or (Whose.OTHERS, "")


def _by_entry(group: Listed, entry: Entry) -> tuple[Whose, str] | None:
    """Whose a group is that has a journalled id to the letter; None where that says nothing."""
    named = any(each == group.name or could_be(group.name or "", each) for each in entry.names)
    nameless = not entry.names and not group.name
    # An id of few letters may have been given to somebody else, who was first: hence the refusal.
    surely = entry.state is not State.REFUSED or _unmistakable(group.group_id, group.name or "")
    if not surely:
        return None
    why = _too_old(group, entry.since) if named or nameless else "it has another name than the journal says"
    if why is None:
        return Whose.OURS, ""
    return (Whose.UNSURE, why) if named or _unmistakable(group.group_id) else None


def _too_old(group: Listed, since: float) -> str | None:
    if group.made is None:
        return "the account doesn't say when it was created"
    return "it is older than the journal says" if group.made < since - _CLOCKS_DIFFER else None


def _unmistakable(*texts: str) -> bool:
    """Whether one of these is too long to be somebody else's by chance."""
    return any(len(key(each)) >= UNMISTAKABLE for each in texts)
