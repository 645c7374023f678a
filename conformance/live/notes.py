"""What the notes of a journal say of groups: which may be there, under which names, since when. No file is touched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

__all__ = [
    "EVENTS", "AccountIdentity", "Entry", "Event", "Groups", "JournalFile", "Note", "Sent", "State", "summarize",
]  # fmt: skip


class State(StrEnum):
    """What the journal knows of a group id. REFUSED, DELETED and GONE are settled: nothing of ours is there."""

    CREATING = "creating"
    """A creation was written down and may have been sent; no answer is known yet."""
    CREATED = "created"
    """A creation was answered with success."""
    REFUSED = "refused"
    """Every creation was refused. A group with this id, if there is one, is somebody else's."""
    UNKNOWN = "unknown"
    """A creation was sent and its answer lost, or it can't be said whether it was sent."""
    DELETING = "deleting"
    """A deletion was written down and may have been sent."""
    DELETED = "deleted"
    """A deletion was answered with success."""
    GONE = "gone"
    """The group was looked up, and isn't there."""
    LEFT = "left"
    """The group was looked up, and left: it isn't ours, or can't be deleted. A later cleanup looks it up again."""

    @property
    def settled(self) -> bool:
        """Whether nothing of this run is there any more under the id: it must not be deleted."""
        return self in {State.REFUSED, State.DELETED, State.GONE}


class Event(StrEnum):
    """What may be noted besides the state of a group."""

    BEGUN = "begun"
    STOPPED = "stopped"
    RENAMING = "renaming"
    SENDING = "sending"
    ELSEWHERE = "elsewhere"
    LOOKED_FOR = "looked_for"


EVENTS = frozenset({*Event, *State})
_OF_NO_GROUP = frozenset({Event.BEGUN, Event.STOPPED, Event.SENDING, Event.ELSEWHERE, Event.LOOKED_FOR})


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Which account a journal belongs to. Nothing of it is secret.

    Attributes:
        endpoint: the URL that requests go to.
        region: as requests say it.
        key: the `key_digest` of the SecretId.
    """

    endpoint: str
    region: str
    key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal says of one group id.

    An id that was settled and is then created again starts anew: `names` and `since` are of the later creations alone.

    Attributes:
        group_id: the id that was asked for.
        names: every name that the group may have, of creations and renamings, in the order they were written down.
        since: seconds since 1970, by this machine's clock, when its first creation was written down, just before it
            was sent. The clock of the account may differ, and counts in milliseconds.
        state: what is known of it.
        pending: how many creations aren't answered yet.
    """

    group_id: str
    names: tuple[str, ...]
    since: float
    state: State
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """Texts of one request, each of which a lenient service could have taken for an id or a name.

    Attributes:
        texts: what could be read; see `leniency`.
        since: seconds since 1970 when it was written down, just before it was sent.
    """

    texts: frozenset[str]
    since: float


@dataclass(frozen=True, slots=True)
class JournalFile:
    """A journal as it was found.

    Attributes:
        path: its file.
        run: the run's salt, of the file's name; "" if that is no journal's.
        account: the account it belongs to; None where that can't be read.
        entries: what can be read of it, in the order of `Journal.entries`.
        sent: what else may be there, as in `Journal.sent`.
        regions: to which requests went besides the account's own.
        damage: what is wrong with it and what to do, in words that follow its path; "" for a sound one.
        open: whether somebody holds it, a run that is still going on or another cleanup (also one of this process).
    """

    path: Path
    run: str
    account: AccountIdentity | None = None
    entries: tuple[Entry, ...] = ()
    sent: tuple[Sent, ...] = ()
    regions: tuple[str, ...] = ()
    damage: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what happened.

    Attributes:
        event: an Event or a State, which it leads to in the simplest case.
        time: seconds since 1970 when it was written.
        group_id: the group it speaks of; None for BEGUN, STOPPED, SENDING, ELSEWHERE and LOOKED_FOR.
        text: a name for CREATING and RENAMING, the reason for LEFT, the account for BEGUN, the texts for SENDING, the
            Region for ELSEWHERE.
    """

    event: str
    time: float
    group_id: str | None = None
    text: str | None = None


class Groups:
    """All groups of a journal; the one place that says what a note means, for writing and reading alike."""

    def __init__(self, entries: Iterable[Entry] = (), sent: Iterable[Sent] = (), regions: Iterable[str] = ()) -> None:
        """The groups of entries, as `entries()` gives them, what else was sent, and to which other Regions."""
        self.regions = dict.fromkeys(regions)
        self._entries = {entry.group_id: entry for entry in reversed(tuple(entries))}
        self._sent = dict.fromkeys(sent)

    def get(self, group_id: str) -> Entry | None:
        """What is known of one id; None if nothing was noted of it."""
        return self._entries.get(group_id)

    def entries(self) -> tuple[Entry, ...]:
        """All entries: those that may be there first, in each part the newest first."""
        newest_first = tuple(reversed(self._entries.values()))
        return tuple(sorted(newest_first, key=lambda entry: entry.state.settled))

    def sent(self) -> tuple[Sent, ...]:
        """What was sent since everything was last looked for, and says more than entries do."""
        return tuple(self._sent)

    def objection(self, note: Note) -> str | None:
        """Why a note can't be taken, in words that follow "about "; None if it can."""
        if note.event == Event.SENDING and _texts(note) is None:
            return "texts that can't be read"
        if note.event in _OF_NO_GROUP or note.event == State.CREATING:
            return None
        entry = self._entries.get(note.group_id or "")
        if entry is None:
            return "a group of which no creation is written down"
        if entry.state.settled and note.event in {Event.RENAMING, State.DELETING}:
            return "a group that isn't there any more"
        if entry.state is State.REFUSED and note.event == State.LEFT:
            return "a group that was never there"
        return None

    def take(self, note: Note) -> None:
        """Change what is known by a note to which there is no objection."""
        if note.event == Event.STOPPED:
            self._entries = {group_id: _stopped(entry) for group_id, entry in self._entries.items()}
        elif note.event == Event.SENDING:
            self._sent[Sent(_texts(note) or frozenset(), note.time)] = None
        elif note.event == Event.ELSEWHERE:
            self.regions[note.text or ""] = None
        elif note.event == Event.LOOKED_FOR:
            self._sent.clear()
        elif note.group_id is not None:
            entry = self._entries.get(note.group_id)
            if entry is None or (note.event == State.CREATING and entry.state.settled):
                self._entries.pop(note.group_id, None)  # it is the newest now
                entry = Entry(note.group_id, (), note.time, State.CREATING)
            self._entries[note.group_id] = _noted(entry, note)


def _texts(note: Note) -> frozenset[str] | None:
    """The texts of SENDING; None where they can't be read."""
    try:
        texts = json.loads(note.text or "")
    except (ValueError, RecursionError):
        return None
    readable = isinstance(texts, list) and all(isinstance(each, str) for each in texts)
    return frozenset(texts) if readable else None


def _noted(entry: Entry, note: Note) -> Entry:
    """What is known of a group after one more note of it."""
    names = entry.names if note.text is None else tuple(dict.fromkeys((*entry.names, note.text)))
    unanswered = max(0, entry.pending - 1)
    match note.event:
        case State.CREATING:
            return replace(entry, names=names, pending=entry.pending + 1)
        case Event.RENAMING:
            return replace(entry, names=names)
        case State.CREATED:
            return replace(entry, state=State.CREATED, pending=unanswered)
        case State.REFUSED:
            # That one creation was refused says nothing of the group that another made.
            all_refused = entry.state is State.CREATING and not unanswered
            return replace(entry, state=State.REFUSED if all_refused else entry.state, pending=unanswered)
        case State.UNKNOWN:
            may_be_new = entry.state is State.CREATING or entry.state.settled
            return replace(entry, state=State.UNKNOWN if may_be_new else entry.state, pending=unanswered)
        case State.DELETED:
            # A creation that is still under way may come after the deletion.
            return replace(entry, state=State.CREATING if entry.pending else State.DELETED)
        case State.GONE:
            return replace(entry, state=State.GONE, pending=0)
        case other:
            return replace(entry, state=State(other))


def _stopped(entry: Entry) -> Entry:
    """What is known of a group once no creation is under way any more."""
    lost = entry.state is State.CREATING and entry.pending
    return replace(entry, state=State.UNKNOWN if lost else entry.state, pending=0)


def summarize(
    file: JournalFile, account: AccountIdentity | None, notes: Sequence[Note], *, damaged: bool
) -> JournalFile:
    """What the sound notes of a file come to.

    Args:
        file: what is known of it without them.
        account: whose it is; None where the note of that is damaged.
        notes: in the order in which they were written.
        damaged: whether there were others.
    """
    groups = Groups()
    for note in notes:
        if not groups.objection(note):  # there is one where the note of its creation is damaged
            groups.take(note)
    damage = (
        f"it is damaged, {len(notes)} of its notes can be read: look in the account for other groups that were created "
        "since its name says, in UTC, then remove the file"
    )
    sound = account is not None and not damaged
    return replace(
        file,
        account=account,
        entries=groups.entries(),
        sent=groups.sent(),
        regions=tuple(groups.regions),
        damage="" if sound else damage,
        open=False,
    )
