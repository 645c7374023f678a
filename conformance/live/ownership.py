"""Whose a group is that an account tells of: by what the journal says was sent, by name and by date. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from conformance.live.leniency import could_be, could_be_made_of, is_unmistakable
from conformance.live.notes import Entry, Sent, State

__all__ = ["Listed", "Whose", "is_made_of", "was_made_while", "whose"]

# Clocks may differ by so much: a group that is older than its journal says by more wasn't made by this run.
_CLOCKS_DIFFER = 600.0  # seconds
_SOME_DATE = 1e18  # milliseconds; what is further from 1970 is no date


_OTHER_ID = "it has a name that was sent, under an id that nobody asked for: delete it by hand"


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

    @property
    def texts(self) -> set[str]:
        """Its id, and its name if it has one."""
        return {self.group_id, self.name or self.group_id}

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


def whose(
    group: Listed, entry: Entry | None, entries: Collection[Entry], sent: Iterable[Sent], before: Collection[str]
) -> tuple[Whose, str]:
    """Whose a group is, and why it is left, if it is.

    Args:
        group: that is there.
        entry: what the journal says of its id; None where no creation names it.
        entries: all that the journal says of creations.
        sent: what else could have been read as an id or a name.
        before: the ids that were there before the run: whatever has one of them is others'.
    """
    if group.group_id in before:
        return Whose.OTHERS, ""
    if entry is not None and (found := _by_entry(group, entry)) is not None:
        return found
    possible: list[tuple[Whose, str]] = []
    for each in sent:
        ids = any(could_be(group.group_id, text) for text in each.texts)
        names = any(could_be(group.name or "", text) for text in each.texts)
        possible.append(_by_texts(group, each.since, ids=ids, names=names))
    for one in entries:
        texts = (one.group_id, *one.names)  # some take one for the other
        ids = any(could_be(group.group_id, text, longer=True) for text in texts)
        names = any(could_be(group.name or "", text, longer=True) for text in texts)
        possible.append(_by_texts(group, one.since, ids=ids, names=names))
        if _is_namesake(group, one):
            possible.append((Whose.UNSURE, _OTHER_ID))
    return next((each for kind in Whose for each in possible if each[0] is kind), (Whose.OTHERS, ""))


def is_made_of(group: Listed, entries: Iterable[Entry]) -> bool:
    """Whether a group's id or name could have been computed of what the journal says of creations."""
    texts = {each for one in entries for each in (one.group_id, *one.names)}
    return any(could_be_made_of(there, each) for there in group.texts for each in texts)


def was_made_while(group: Listed, began: float, ended: float) -> bool:
    """Whether a group's date lies between two times, in seconds since 1970, as far as clocks agree."""
    return group.made is not None and began - _CLOCKS_DIFFER <= group.made <= ended + _CLOCKS_DIFFER


def _by_texts(group: Listed, since: float, *, ids: bool, names: bool) -> tuple[Whose, str]:
    """Whose a group is whose id, or name, could be one that was sent then."""
    if not (ids and is_unmistakable(group.group_id)) and not (names and is_unmistakable(group.name or "")):
        return Whose.OTHERS, ""
    if (why := _too_old(group, since)) is not None:
        return Whose.UNSURE, why
    if ids and names:
        return Whose.OURS, ""
    return Whose.UNSURE, "its id could be one that was sent, and its name isn't one of those" if ids else _OTHER_ID


def _is_namesake(group: Listed, entry: Entry) -> bool:
    """Whether a group has the name of one that was created, and so can't well be another's: names are unique."""
    return entry.state is State.CREATED and group.name in entry.names and _too_old(group, entry.since) is None


def _by_entry(group: Listed, entry: Entry) -> tuple[Whose, str] | None:
    """Whose a group is that has a journalled id to the letter; None where that says nothing."""
    named = any(each == group.name or could_be(group.name or "", each) for each in entry.names)
    nameless = not entry.names and not group.name
    # An id of few letters may have been given to somebody else, who was first: hence the refusal.
    surely = entry.state is not State.REFUSED or is_unmistakable(group.group_id) or is_unmistakable(group.name or "")
    if not surely:
        return None
    why = _too_old(group, entry.since) if named or nameless else "it has another name than the journal says"
    if why is None:
        return Whose.OURS, ""
    return (Whose.UNSURE, why) if named or is_unmistakable(group.group_id) else None


def _too_old(group: Listed, since: float) -> str | None:
    if group.made is None:
        return "the account doesn't say when it was created"
    return "it is older than the journal says" if group.made < since - _CLOCKS_DIFFER else None
