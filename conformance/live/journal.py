"""The journal of a run against a real account: which groups it may have made, so that they, and no others, are deleted.

A creation is written down, and on the disk, before it is sent; its answer is written after it. Whatever ends the run
(its end, Ctrl-C, kill -9), the journal then names every group that may be there. Nothing here sends anything.

    STATE/key                                          32 random bytes, mode 0600: what lines are signed with
    STATE/journals/<UTC time>-<run>-<process>.jsonl    a line a note, mode 0600; locked for as long as it is written to

What is guaranteed:

- An id, a name or a time comes out of a journal only if whoever has the key wrote it, for this very journal: each line
  carries an HMAC over its version, its journal (the file's name, with the run), its number, the account and the note. A
  line that is torn, changed, doubled, out of sequence, of another journal or of another key is left alone and told; the
  others are used.
- Lines that were removed can't all be seen: from the middle they leave a gap in the numbers, which is told; from the
  end they leave nothing, and an older copy of the file is sound too. What is gained by that is bounded. Without its
  `creating`, a group is left where it is; without a `renaming`, its name isn't known, and it is left; without
  `refused`, `deleted`, `gone` or `left`, an id counts once more as one that may be there. So an entry alone never
  suffices to delete a group: **the caller looks it up first, and deletes it only if its name is among the entry's and
  it was made no earlier than `since`.** A group of somebody else with that id was there before, hence the refusal, or
  has another name. An id that no line of this journal creates can't be brought in by any of this.
- Not guarded against: whoever can read the key, that is, can act as this user.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import importlib
import json
import os
import re
import secrets
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType

from conformance.base.errors import SuiteError

__all__ = [
    "Account",
    "Entry",
    "Found",
    "Journal",
    "JournalError",
    "State",
    "finish",
    "found",
    "key_digest",
    "resume",
    "state_folder",
]

fcntl: ModuleType | None
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # Windows has none; a run that is going on can't be told from one that ended there
    fcntl = None

_VERSION = 1
_KEY_LENGTH = 32
_LOCK_SECONDS = 1.0
_LARGEST = 256 * 1024 * 1024  # bytes; a group takes some 1000
_STEM = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-([A-Za-z0-9_-]{1,64})-[0-9]+")
_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")
# The MAC comes first, and at a fixed place: it is held against the very bytes behind it, before anything reads them.
_LINE = re.compile(rb'\{"mac":"([0-9a-f]{64})",("signer":"([0-9a-f]{12})",.*\})', re.DOTALL)
# Between two lone surrogates that JSON would read back as one character.
_SEAM = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")
# Not there on every system: a journal is no symbolic link, opening a pipe doesn't wait, Windows mustn't write \r\n.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NOT_RESUMED = "{} has no line that this machine's key has signed, or was changed meanwhile: it is left alone"
_MENDED_BY = {
    errno.ENOENT: "it isn't there, or not any more",
    errno.ENOSPC: "the disk is full: make room there",
    errno.EDQUOT: "your quota is used up: make room there",
    errno.EFBIG: "files may not grow so large here: raise the limit (ulimit -f)",
    errno.EACCES: "no permission: let your user read and write there",
    errno.EPERM: "no permission: let your user read and write there",
    errno.EROFS: "the disk can't be written to: set XDG_STATE_HOME to a folder that can",
    errno.ENOTDIR: "part of the path is no folder: set XDG_STATE_HOME to one",
    errno.ELOOP: "it is a symbolic link: put a plain file or folder there",
    errno.EEXIST: "it is there already, which no run but its own may write to",
}


class JournalError(SuiteError):
    """A journal, or the key, can't be read or written: what was to be written down first must not be sent."""


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


_EVENTS = {"begun", "stopped", "renaming", *State}


@dataclass(frozen=True, slots=True)
class Account:
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
    """

    group_id: str
    names: tuple[str, ...]
    since: float
    state: State


@dataclass(frozen=True, slots=True)
class Found:
    """A journal as it was found.

    Attributes:
        path: its file.
        run: the run's salt, of the file's name; "" if that is no journal's.
        account: the account it belongs to; None if no line can be trusted.
        entries: what its sound lines say, in the order of `Journal.entries`.
        damage: a sentence for each thing that is wrong with it; empty for a sound one.
        open: whether somebody holds it, a run that is still going on or another cleanup (also one of this process).
    """

    path: Path
    run: str
    account: Account | None
    entries: tuple[Entry, ...]
    damage: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class _Note:
    """What a line says.

    Attributes:
        event: "begun", "stopped", "renaming" or a State, which it leads to in the simplest case.
        time: seconds since 1970 when it was written.
        group_id: the group it speaks of; None for "begun" and "stopped".
        text: a name for "creating" and "renaming", the reason for "left".
    """

    event: str
    time: float
    group_id: str | None = None
    text: str | None = None


@dataclass(slots=True)
class _Group:
    """What notes make of one group id.

    Attributes:
        names, since, state: as an Entry has them.
        place: of its first creation among all notes.
        pending: creations that were written down and not answered yet.
    """

    names: tuple[str, ...]
    since: float
    place: int
    state: State = State.CREATING
    pending: int = 1


class _Groups:
    """All groups of a journal; the one place that says what a note means, for writing and reading alike."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._notes = 0

    def objection(self, note: _Note) -> str | None:
        """Why a note can't be taken, in words that follow "left alone: "; None if it can."""
        if note.event in {"begun", "stopped", State.CREATING}:
            return None
        group = self._groups.get(note.group_id or "")
        if group is None:
            return "about a group of which no creation is written down"
        if group.state.settled and note.event in {"renaming", State.DELETING}:
            return "about a group that isn't there any more"
        if group.state is State.REFUSED and note.event == State.LEFT:
            return "about a group that was never there"
        return None

    def take(self, note: _Note) -> None:
        """Change what is known by a note to which there is no objection."""
        self._notes += 1
        if note.event == "stopped":
            self._stop()
        elif note.group_id is not None:
            self._take(note, note.group_id)

    def _take(self, note: _Note, group_id: str) -> None:
        names = () if note.text is None else (note.text,)
        group = self._groups.get(group_id)
        if group is None or (note.event == State.CREATING and group.state.settled):
            self._groups[group_id] = _Group(names, note.time, self._notes)
            return
        match note.event:
            case State.CREATING:
                group.pending += 1
                group.names = tuple(dict.fromkeys(group.names + names))
            case "renaming":
                group.names = tuple(dict.fromkeys(group.names + names))
            case State.CREATED:
                group.pending = max(0, group.pending - 1)
                group.state = State.CREATED
            case State.REFUSED:
                group.pending = max(0, group.pending - 1)
                # That one creation was refused says nothing of the group that another made.
                if group.state is State.CREATING and not group.pending:
                    group.state = State.REFUSED
            case State.UNKNOWN:
                group.pending = max(0, group.pending - 1)
                if group.state is State.CREATING or group.state.settled:
                    group.state = State.UNKNOWN
            case State.DELETED:
                # A creation that is still under way may come after the deletion.
                group.state = State.CREATING if group.pending else State.DELETED
            case State.GONE:
                group.pending = 0
                group.state = State.GONE
            case other:
                group.state = State(other)

    def _stop(self) -> None:
        for group in self._groups.values():
            if group.state is State.CREATING and group.pending:
                group.state = State.UNKNOWN
            group.pending = 0

    def entry(self, group_id: str) -> Entry | None:
        """What is known of one id; None if nothing was written of it."""
        group = self._groups.get(group_id)
        return None if group is None else Entry(group_id, group.names, group.since, group.state)

    def entries(self) -> tuple[Entry, ...]:
        """All entries: those that may be there first, in each part the newest first."""
        ordered = sorted(self._groups.items(), key=lambda item: (item[1].state.settled, -item[1].place))
        return tuple(Entry(group_id, group.names, group.since, group.state) for group_id, group in ordered)


class Journal:
    """A journal that is being written. Made by `begin` or `resume`; threads may share it.

    Every method that writes raises JournalError if the line isn't written; the file is then as it was before. For
    `creating`, `renaming` and `deleting` nothing is changed then, and what they announce must not be sent. The others
    tell facts, which hold in memory all the same. Each raises ValueError for a journal that is closed and for a group
    of which no creation was written down.

    Attributes:
        path: its file.
        account: the account it belongs to.
        damage: what was wrong with it when it was resumed, as in Found.
    """

    def __init__(self, path: Path, account: Account, descriptor: int, key: bytes) -> None:
        """For `begin` and `resume`; takes the descriptor over, which is locked."""
        self.path = path
        self.account = account
        self.damage: tuple[str, ...] = ()
        self._descriptor: int | None = descriptor
        self._key = key
        self._groups = _Groups()
        # Bytes and number of the whole lines; one value, so that an interruption can't change half of it.
        self._whole = (0, 0)
        # Whether there may be part of another line beyond them.
        self._torn = False
        # The same thread may come again: a signal's handler that writes mustn't wait for what it interrupted.
        self._mutex = threading.RLock()

    @classmethod
    def begin(cls, folder: Path, run: str, account: Account) -> Journal:
        """A new journal, on the disk and locked.

        Args:
            folder: the state folder; made if it isn't there.
            run: the run's salt: letters, digits, `-` and `_`, at most 64.
            account: what the run is let into.

        Raises:
            JournalError: it, or the key, can't be made, or is there already.
            ValueError: the salt has other characters.
        """
        if not _RUN.fullmatch(run):
            raise ValueError(f"{run!r} can't stand in a file's name: at most 64 letters, digits, - and _")
        _make_folders(folder / "journals")
        key = _key(folder) or _new_key(folder)
        began = _now()
        moment = datetime.fromtimestamp(began, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        path = folder / "journals" / f"{moment}-{run}-{os.getpid()}.jsonl"
        with _told(path, "can't be made"):
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | _PLAIN, 0o600)
        journal = cls(path, account, descriptor, key)
        try:
            _lock(path, descriptor)
            journal._write(_Note("begun", began), sync=True)
            with _told(path.parent, "can't be flushed to the disk"):
                _sync_folder(path.parent)
        except BaseException:
            journal._remove()
            raise
        return journal

    def creating(self, group_id: str, name: str | None) -> None:
        """Write down a creation that is about to be sent; on the disk when this returns.

        Args:
            group_id: the id that is asked for.
            name: the name that is asked for; None where the request has none that is a text.
        """
        self._announce(State.CREATING, group_id, name, sync=True)

    def created(self, group_id: str) -> None:
        """A creation was answered with success."""
        self._tell(State.CREATED, group_id)

    def refused(self, group_id: str) -> None:
        """A creation was answered with an error; the group isn't there by it."""
        self._tell(State.REFUSED, group_id)

    def unknown(self, group_id: str) -> None:
        """A creation's answer was lost, or leaves open whether the group was made."""
        self._tell(State.UNKNOWN, group_id)

    def renaming(self, group_id: str, name: str) -> None:
        """Write down a renaming that is about to be sent; on the disk when this returns.

        Raises:
            ValueError: also if the group is settled: one with that id would be somebody else's.
        """
        self._announce("renaming", group_id, name, sync=True)

    def deleting(self, group_id: str) -> None:
        """Write down a deletion that is about to be sent.

        Raises:
            ValueError: also if the group is settled: one with that id would be somebody else's.
        """
        self._announce(State.DELETING, group_id, None, sync=False)

    def deleted(self, group_id: str) -> None:
        """A deletion was answered with success. Creations that aren't answered yet leave the group unsettled."""
        self._tell(State.DELETED, group_id)

    def gone(self, group_id: str) -> None:
        """The group isn't there. To be said only while no creation of it is under way."""
        self._tell(State.GONE, group_id)

    def left(self, group_id: str, why: str) -> None:
        """The group was looked up and is left there, also where its deletion was answered with success.

        Raises:
            ValueError: also if every creation was refused.
        """
        self._tell(State.LEFT, group_id, why)

    def stopped(self) -> None:
        """The run has ended: no creation is under way any more; those that weren't answered become UNKNOWN.

        To be said before cleaning up after the run; `resume` says it by itself.
        """
        with self._mutex:
            self._tell_note(_Note("stopped", _now()))

    def entry(self, group_id: str) -> Entry | None:
        """What is known of one id; None if no creation of it was written down."""
        with self._mutex:
            return self._groups.entry(group_id)

    def entries(self) -> tuple[Entry, ...]:
        """All that is known: groups that may be there first, those created last before others."""
        with self._mutex:
            return self._groups.entries()

    def close(self) -> None:
        """Let go of the file and of its lock; again, nothing."""
        with self._mutex:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    self._mend(descriptor)
                os.close(descriptor)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _announce(self, event: str, group_id: str, text: str | None, *, sync: bool) -> None:
        """Write what is about to be done, then know it: what isn't written isn't done."""
        with self._mutex:
            note = _Note(event, _now(), group_id, text)
            self._check(note)
            self._write(note, sync=sync)
            self._groups.take(note)

    def _tell(self, event: str, group_id: str, text: str | None = None) -> None:
        """Know what has happened, then write it: it has happened even if it can't be written."""
        with self._mutex:
            note = _Note(event, _now(), group_id, text)
            self._check(note)
            self._tell_note(note)

    def _tell_note(self, note: _Note) -> None:
        self._groups.take(note)
        self._write(note, sync=False)

    def _check(self, note: _Note) -> None:
        objection = self._groups.objection(note)
        if objection:
            raise ValueError(f"{self.path}: {note.event} {(note.group_id or '')[:80]!r} is {objection}")

    def _write(self, note: _Note, *, sync: bool) -> None:
        """Append a line, all of it or nothing, with one write where the system takes it at once."""
        if self._descriptor is None:
            raise ValueError(f"{self.path} is closed")
        size, number = self._whole
        line = _line(self._key, self.path.stem, number, self.account, note)
        with _told(self.path, "can't be written"):
            self._mend(self._descriptor)
            self._torn = True
            try:
                _write_all(self._descriptor, line)
                if sync:
                    os.fsync(self._descriptor)
            except OSError:
                # If it can't be mended now, or this is interrupted, the next line tries again before it is written.
                with contextlib.suppress(OSError):
                    self._mend(self._descriptor)
                raise
        # An interruption up to here takes the line back; then nothing was sent, or an answer isn't written.
        self._whole = (size + len(line), number + 1)
        self._torn = False

    def _mend(self, descriptor: int) -> None:
        """Take back what may be left of a line whose writing failed. Nobody else writes: the file is locked."""
        if self._torn:
            os.ftruncate(descriptor, self._whole[0])
            self._torn = False

    def _load(self, data: bytes, content: _Content) -> None:
        """Go on from what was read, ending a last line that lacks its end."""
        assert self._descriptor is not None  # noqa: S101 -- just made by `resume`
        self._groups = content.groups
        self.damage = content.damage
        ended = b"" if data.endswith(b"\n") else b"\n"
        with _told(self.path, "can't be written"):
            _write_all(self._descriptor, ended)
        self._whole = (len(data) + len(ended), content.number)

    def _remove(self) -> None:
        """Close the journal and remove its file, if it can be removed."""
        if os.name == "nt":  # an open file can't be removed there
            self.close()
        # While it is still locked: nobody can take it up in between.
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.close()


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where things are kept that must outlive a run: under XDG_STATE_HOME, or the home folder's `.local/state`.

    Raises:
        JournalError: neither is known.
    """
    named = environment.get("XDG_STATE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "iai-conformance"
    try:
        return Path("~/.local/state/iai-conformance").expanduser()
    except RuntimeError as error:
        raise JournalError(f"no place for the journal ({error}): set XDG_STATE_HOME to a folder's full path") from error


def key_digest(secret_id: str) -> str:
    """Twelve hexadecimal digits that tell one SecretId from others, and don't give it away."""
    return hashlib.sha256(b"iai-conformance SecretId\n" + secret_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def found(folder: Path) -> tuple[Found, ...]:
    """All journals of a state folder, oldest first. Reads only; damage is told in what is returned.

    Raises:
        JournalError: the folder, or the key, can't be read.
    """
    journals = folder / "journals"
    try:
        names = sorted(os.listdir(journals))  # noqa: PTH208 -- Python 3.11's glob hides that it may not look
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _error(journals, "can't be read", error) from error
    key = _key(folder)
    each = (_found(journals / name, key) for name in names if name.endswith(".jsonl"))
    return tuple(one for one in each if one is not None)


def resume(journal: Found) -> Journal:
    """Go on writing to a journal whose run has ended, in order to clean up; read anew once it is locked.

    Raises:
        JournalError: somebody holds it, it isn't there any more, or no line of it can be trusted.
    """
    path = journal.path
    key = _key(path.parent.parent)
    with _told(path, "can't be opened"):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | _PLAIN)
    try:
        _lock(path, descriptor)
        with _told(path, "can't be read"):
            data = _read_all(descriptor)
            # Whoever held the lock before may have removed the file.
            same = os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
        content = _read(data, path.stem, key)
        if key is None or content.account is None or content.account != journal.account or not same:
            raise JournalError(_NOT_RESUMED.format(path))  # noqa: TRY301 -- what was opened is closed below
        resumed = Journal(path, content.account, descriptor, key)
        resumed._load(data, content)
        resumed.stopped()
    except BaseException:
        os.close(descriptor)
        raise
    return resumed


def finish(journal: Journal) -> bool:
    """Close a journal, and remove its file if every group is settled and nothing of it was damaged.

    Returns:
        Whether the file was removed.
    """
    if journal.damage or not all(entry.state.settled for entry in journal.entries()):
        journal.close()
        return False
    journal._remove()
    return not journal.path.exists()


@dataclass(slots=True)
class _Content:
    """What the lines of a journal say.

    Attributes:
        number: the number of the line to be written next.
    """

    account: Account | None = None
    groups: _Groups = field(default_factory=_Groups)
    damage: tuple[str, ...] = ()
    number: int = 0


class _DamageError(Exception):
    """A line can't be used; the text says why, in words that follow "left alone: "."""


class _Damage:
    """Gathers what is wrong with lines; the same of several in a row is one sentence."""

    def __init__(self) -> None:
        self._told: list[tuple[int, int, str]] = []
        self._sentences: list[str] = []

    def line(self, number: int, reason: str) -> None:
        if self._told and self._told[-1][1:] == (number - 1, reason):
            self._told[-1] = (self._told[-1][0], number, reason)
            self._sentences.pop()
        else:
            self._told.append((number, number, reason))
        first, last, _ = self._told[-1]
        which = f"line {last} is" if first == last else f"lines {first} to {last} are"
        self._sentences.append(f"{which} left alone: {reason}")

    def missing(self, count: int, before: int) -> None:
        which = "a line is" if count == 1 else f"{count} lines are"
        self._sentences.append(f"{which} missing before line {before}: what was written there isn't known")
        self._told.clear()

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentences)


def _read(data: bytes, stem: str, key: bytes | None) -> _Content:
    """What the lines of a file say; `stem` is its name. Whatever the bytes are, raises nothing."""
    content = _Content()
    damage = _Damage()
    numbers: set[int] = set()
    unreadable = 0
    for place, line in enumerate(data.split(b"\n"), 1):
        if not line:
            continue
        try:
            number, account, note = _parse(line, stem, key)
            _check_place(number, account, content, numbers)
        except _DamageError as error:
            damage.line(place, str(error))
            unreadable += 1
            continue
        # Lines that can't be read account for as many missing numbers.
        if number - content.number > unreadable:
            damage.missing(number - content.number - unreadable, place)
        content.account = account
        content.number = number + 1
        numbers.add(number)
        unreadable = 0
        objection = content.groups.objection(note)
        if objection:
            damage.line(place, objection)
        else:
            content.groups.take(note)
    content.damage = damage.sentences
    return content


def _check_place(number: int, account: Account, content: _Content, numbers: set[int]) -> None:
    """Raise _DamageError for a sound line that doesn't follow those before it, which have these numbers."""
    if content.account not in {None, account}:
        raise _DamageError("of another account")
    if number in numbers:
        raise _DamageError("there a second time")
    if number < content.number:
        raise _DamageError("out of sequence")


def _parse(line: bytes, stem: str, key: bytes | None) -> tuple[int, Account, _Note]:
    """A line's number, account and note. Raises _DamageError for one that isn't this journal's, as it was written."""
    shape = _LINE.fullmatch(line)
    if shape is None:
        raise _DamageError("torn, or no line of a journal")
    mac, body, signer = shape.groups()
    if key is None or signer.decode() != _signer(key):
        raise _DamageError("written with another key")
    if not hmac.compare_digest(mac.decode(), _mac(key, body)):
        raise _DamageError("changed since it was written")
    value = json.loads(b"{" + body)
    if value["version"] != _VERSION or value["event"] not in _EVENTS:
        raise _DamageError("written by another version of this suite")
    if value["journal"] != stem:
        raise _DamageError(f"of another journal, {value['journal']}")
    note = _Note(value["event"], value["time"], _joined(value["group"]), _joined(value["text"]))
    return value["number"], Account(*(_joined(each) or "" for each in value["account"])), note


def _line(key: bytes, stem: str, number: int, account: Account, note: _Note) -> bytes:
    """A line as it is written, with its end."""
    value = {
        "signer": _signer(key),
        "version": _VERSION,
        "journal": stem,
        "number": number,
        "account": [_split(each) for each in (account.endpoint, account.region, account.key)],
        "event": note.event,
        "time": note.time,
        "group": _split(note.group_id),
        "text": _split(note.text),
    }
    body = json.dumps(value, separators=(",", ":")).encode("ascii")[1:]
    return b'{"mac":"%s",%s\n' % (_mac(key, body).encode(), body)


def _split(text: str | None) -> str | list[str] | None:
    """A text as JSON can carry it: in parts where two surrogates would come back as one character."""
    parts = _SEAM.split(text) if text else []
    return parts if len(parts) > 1 else text


def _joined(text: str | list[str] | None) -> str | None:
    return "".join(text) if isinstance(text, list) else text


def _mac(key: bytes, body: bytes) -> str:
    return hmac.new(key, b"iai-conformance journal line\n" + body, hashlib.sha256).hexdigest()


def _signer(key: bytes) -> str:
    """What tells one key from another, to say that a line was written with another."""
    return hashlib.sha256(b"iai-conformance journal key\n" + key).hexdigest()[:12]


def _found(path: Path, key: bytes | None) -> Found | None:
    """A journal as it is there; None if it has just been removed."""
    named = _STEM.fullmatch(path.stem)
    run = named[1] if named else ""
    try:
        descriptor = os.open(path, os.O_RDONLY | _PLAIN)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return Found(path, run, None, (), ("it is no file: it is left alone",), open=False)
            held = not _locked(descriptor, shared=True)
            data = _read_all(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Found(path, run, None, (), (f"it can't be read ({error.strerror}): it is left alone",), open=False)
    if held:
        # A line that is just being written is no damage.
        data = data[: data.rfind(b"\n") + 1]
    content = _read(data, path.stem, key)
    damage = content.damage
    if not named:
        damage = ("its name is no journal's: it is left alone", *damage)
    elif not data and not held:
        damage = ("it is empty: its run ended before it could create anything, so that it can be removed",)
    return Found(path, run, content.account, content.groups.entries(), damage, held)


def _key(folder: Path) -> bytes | None:
    """The key that lines are signed with; None if there is none yet. Raises JournalError."""
    path = folder / "key"
    with _told(path, "can't be read"):
        try:
            return _read_key(path)
        except FileNotFoundError:
            return None


def _new_key(folder: Path) -> bytes:
    """A new key, or the one that another process has made meanwhile. Raises JournalError."""
    path = folder / "key"
    # Whole before it has its name, which only one process can give: nobody ever reads part of a key, or another's.
    draft = folder / f"key.{os.getpid()}-{secrets.token_hex(4)}"
    with _told(path, "can't be made"):
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o600)
            try:
                _write_all(descriptor, secrets.token_bytes(_KEY_LENGTH))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()
        _sync_folder(folder)
        return _read_key(path)


def _read_key(path: Path) -> bytes:
    """The key in a file. Raises JournalError for one that isn't this user's alone, or no key; OSError."""
    descriptor = os.open(path, os.O_RDONLY | _PLAIN)
    try:
        status = os.fstat(descriptor)
        key = _read_all(descriptor) if stat.S_ISREG(status.st_mode) else b""
    finally:
        os.close(descriptor)
    if os.name != "nt":
        mode = stat.S_IMODE(status.st_mode)
        if status.st_uid != os.geteuid():
            raise JournalError(f"{path} belongs to another user, who could sign journals: it must be yours")
        if mode != 0o600:
            raise JournalError(f"{path} has mode {mode:04o}: it must be 0600, so that nobody else can sign journals")
    if len(key) != _KEY_LENGTH:
        raise JournalError(f"{path} has {len(key)} bytes, and a key has {_KEY_LENGTH}: restore it, or remove it")
    return key


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, for this user alone where they are new. Raises JournalError."""
    with _told(folder, "can't be made"):
        absent = []
        while not folder.exists():
            absent.append(folder)
            folder = folder.parent
        for each in reversed(absent):
            each.mkdir(0o700, exist_ok=True)
            _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a file made there is still there after a power cut."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int) -> None:
    """Lock a file for as long as it is open. Raises JournalError if somebody holds it, but for a glance."""
    until = time.monotonic() + _LOCK_SECONDS
    while not _locked(descriptor, shared=False):
        if time.monotonic() > until:
            raise JournalError(f"{path} is held by another process: wait until that run or cleanup has ended")
        time.sleep(0.01)


def _locked(descriptor: int, *, shared: bool) -> bool:
    """Whether a file could be locked at once; true as well where files can't be."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of the bytes. Raises OSError; part of them may be written then."""
    while data:
        written = os.write(descriptor, data)
        if not written:
            raise OSError(errno.EIO, "nothing is taken")
        data = data[written:]


def _read_all(descriptor: int) -> bytes:
    """All bytes of a file. Raises OSError, also where it is larger than any that is written."""
    if os.fstat(descriptor).st_size > _LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {_LARGEST} bytes")
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _now() -> float:
    """Seconds since 1970."""
    return time.time()


@contextlib.contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    """Tell an OSError in one sentence. Raises JournalError."""
    try:
        yield
    except OSError as error:
        raise _error(path, what, error) from error


def _error(path: Path, what: str, error: OSError) -> JournalError:
    other = f"{error.strerror or error}: set XDG_STATE_HOME to a folder that can be used"
    hint = _MENDED_BY.get(error.errno or 0, other)
    return JournalError(f"{path} {what}; {hint}")
