"""The journal of a run against a real account: which groups it may have made, so that they, and no others, are deleted.

A creation is written down, and on the disk, before it is sent; its answer is written after it. Whatever ends the run
(its end, Ctrl-C, kill -9), the journal then names every group that may be there. Nothing here sends anything.

    STATE/journals/<UTC time>-<run>-<process>.sqlite3    what `database` keeps; mode 0600, its folder 0700

It withstands crashes, full disks and damage, and has one opener at a time. It isn't guarded against whoever can act as
this user. That is why a note alone never suffices to delete a group: **the caller looks it up first, and deletes it
only if its name is among the entry's and it was made no earlier than `since`.** A group of somebody else with that id
was there before, hence the refusal, or has another name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from conformance.live import database, old_journal
from conformance.live.database import JournalError, explaining
from conformance.live.notes import AccountIdentity, Entry, Event, Groups, JournalFile, Note, Sent, State

__all__ = [
    "AccountIdentity",
    "Entry",
    "Journal",
    "JournalError",
    "JournalFile",
    "Sent",
    "State",
    "finish",
    "key_digest",
    "list_journals",
    "resume",
]

_SUFFIX = ".sqlite3"
_STEM = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-([A-Za-z0-9_-]{1,64})-[0-9]+")
_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Journal:
    """A journal that is being written. Made by `begin` or `resume`; threads may share it.

    `creating`, `renaming` and `deleting` write down what is about to be sent: it is on the disk when they return. Where
    they raise JournalError it isn't written, and mustn't be sent. The others tell facts, which hold in memory at once,
    and are on the disk with the next of those or when the journal is closed: of a group whose answer a crash, or a full
    disk, takes away, a cleanup finds out anew. Each raises ValueError for a journal that is closed, and for what can't
    be: a group of which no creation was written down, a renaming or deletion of one that is settled.

    Attributes:
        path: its file.
        damage: what was wrong with it when it was resumed, as in JournalFile.
    """

    def __init__(
        self,
        file: JournalFile,
        connection: sqlite3.Connection | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """For `begin` and `resume`; takes the connection over, which is locked. None for an old journal."""
        self.path = file.path
        self.damage = file.damage
        self._connection = connection
        self._now = clock
        self._file = _identity(file.path)
        self._groups = Groups(file.entries, file.sent, file.regions)
        self._closed = False
        # The same thread may come again: a signal's handler that writes mustn't wait for what it interrupted.
        self._mutex = threading.RLock()

    @classmethod
    def begin(cls, folder: Path, run: str, account: AccountIdentity, clock: Callable[[], float] = time.time) -> Journal:
        """A new journal, on the disk and locked.

        Args:
            folder: the state folder; made if it isn't there.
            run: the run's salt: letters, digits, `-` and `_`, at most 64.
            account: what the run is let into.
            clock: what time it is, in seconds since 1970; one that is never set while the run goes on.

        Raises:
            JournalError: it can't be made, or is there already.
            ValueError: the salt has other characters.
        """
        if not _RUN.fullmatch(run):
            raise ValueError(f"{run!r} can't stand in a file's name: at most 64 letters, digits, - and _")
        began = clock()
        moment = datetime.fromtimestamp(began, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        path = folder / "journals" / f"{moment}-{run}-{os.getpid()}{_SUFFIX}"
        with explaining(path, "can't be made"), contextlib.ExitStack() as undo:
            _make_folders(path.parent)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            undo.callback(path.unlink)
            connection = database.create(path, began, account)
            undo.callback(connection.close)
            _flush_folder(path.parent)
            undo.pop_all()
        return cls(JournalFile(path, run, account), connection, clock)

    def sending(self, texts: Collection[str]) -> None:
        """A request is about to be sent in which a lenient service could read these as ids or names."""
        with self._mutex:
            if any(each.texts.issuperset(texts) for each in self._groups.sent()):
                return
            self._announce(Event.SENDING, None, json.dumps(sorted(texts)))

    def elsewhere(self, region: str) -> None:
        """A request is about to be sent to another Region than the account's."""
        with self._mutex:
            if region not in self._groups.regions:
                self._announce(Event.ELSEWHERE, None, region)

    def looked_for(self) -> None:
        """Whatever could have come of what was sent was looked for: nothing of it is there, or it was told."""
        self._tell(Event.LOOKED_FOR)

    def creating(self, group_id: str, name: str | None) -> None:
        """A creation is about to be sent; `name` is None where the request has none that is a text."""
        self._announce(State.CREATING, group_id, name)

    def found(self, group_id: str, name: str | None, since: float) -> None:
        """A group is there that came of something that was sent then, and that no creation names."""
        with self._mutex:
            note = replace(self._note(State.CREATING, group_id, name), time=since)
            self._groups.take(note)
            self._write(note, flush=False)
            self._tell(State.UNKNOWN, group_id)

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
        """A renaming is about to be sent."""
        self._announce(Event.RENAMING, group_id, name)

    def deleting(self, group_id: str) -> None:
        """A deletion is about to be sent."""
        self._announce(State.DELETING, group_id)

    def deleted(self, group_id: str) -> None:
        """A deletion was answered with success. Creations that aren't answered yet leave the group unsettled."""
        self._tell(State.DELETED, group_id)

    def gone(self, group_id: str) -> None:
        """The group isn't there. To be said only while no creation of it is under way."""
        self._tell(State.GONE, group_id)

    def left(self, group_id: str, why: str) -> None:
        """The group was looked up and is left there, also where its deletion was answered with success."""
        self._tell(State.LEFT, group_id, why)

    def stopped(self) -> None:
        """The run has ended: no creation is under way any more; those that weren't answered become UNKNOWN.

        To be said before cleaning up after the run; `resume` says it by itself.
        """
        self._tell(Event.STOPPED)

    def entry(self, group_id: str) -> Entry | None:
        """What is known of one id; None if no creation of it was written down."""
        with self._mutex:
            return self._groups.get(group_id)

    def sent(self) -> tuple[Sent, ...]:
        """What was sent and could have been read as ids and names, as far as it wasn't looked for since."""
        with self._mutex:
            return self._groups.sent()

    def regions(self) -> tuple[str, ...]:
        """The other Regions to which requests were sent; "" for none at all."""
        with self._mutex:
            return tuple(self._groups.regions)

    @property
    def is_there(self) -> bool:
        """Whether the file is still the one that was begun: nobody removed, replaced or emptied it, ever."""
        if self._file is not None and _identity(self.path) != self._file:
            self._file = None
        return self._file is not None

    def entries(self) -> tuple[Entry, ...]:
        """All that is known: groups that may be there first, those created last before others."""
        with self._mutex:
            return self._groups.entries()

    def close(self) -> None:
        """Let go of the file and of its lock; again, nothing."""
        with self._mutex:
            self._closed = True
            if self._connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    database.flush(self._connection) if self.is_there else self._connection.rollback()
                self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _announce(self, event: str, group_id: str | None, text: str | None = None) -> None:
        """Write what is about to be done, then know it: what isn't written isn't done."""
        with self._mutex:
            note = self._note(event, group_id, text)
            if self._connection is not None and not self.is_there:
                raise JournalError(
                    f"{self.path} was removed or emptied while it was written: what was sent now couldn't be undone "
                    "after a crash"
                )
            self._write(note, flush=True)
            self._groups.take(note)

    def _tell(self, event: str, group_id: str | None = None, text: str | None = None) -> None:
        """Know what has happened, then write it: it has happened even if it can't be written."""
        with self._mutex:
            note = self._note(event, group_id, text)
            self._groups.take(note)
            self._write(note, flush=False)

    def _note(self, event: str, group_id: str | None, text: str | None) -> Note:
        """A note of now. Raises ValueError for one that can't be taken."""
        if self._closed:
            raise ValueError(f"{self.path} is closed")
        note = Note(event, self._now(), group_id, text)
        if objection := self._groups.objection(note):
            raise ValueError(f"{self.path}: {event} {(group_id or '')[:80]!r} is about {objection}")
        return note

    def _write(self, note: Note, *, flush: bool) -> None:
        """Write a note. What becomes of the groups of an old, damaged or lost journal is known in memory alone."""
        if self._connection is None or self.damage or self._file is None:
            return
        with explaining(self.path, "can't be written"):
            try:
                database.append(self._connection, note)
                if flush:
                    database.flush(self._connection)
            except sqlite3.Error:
                self._connection.rollback()
                raise


def key_digest(secret_id: str) -> str:
    """Twelve hexadecimal digits that tell one SecretId from others, and don't give it away."""
    return hashlib.sha256(b"iai-conformance SecretId\n" + secret_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def list_journals(folder: Path) -> tuple[JournalFile, ...]:
    """All journals of a state folder, oldest first. What is wrong with one is told in what is returned.

    Raises:
        JournalError: the folder can't be read.
    """
    journals = folder / "journals"
    with explaining(journals, "can't be read"):
        try:
            names = sorted(os.listdir(journals))  # noqa: PTH208 -- Python 3.11's glob hides that it may not look
        except FileNotFoundError:
            return ()
    each = (_look(journals / name) for name in names if name.endswith((_SUFFIX, old_journal.SUFFIX)))
    return tuple(one for one in each if one is not None)


def _look(path: Path) -> JournalFile | None:
    """A journal as it is there; None if it has just been removed."""
    named = _STEM.fullmatch(path.stem)
    file = JournalFile(path, named[1] if named else "")
    try:
        # A folder can't be read, and a pipe would be waited for.
        if not stat.S_ISREG(path.lstat().st_mode):
            return replace(file, damage="it is no file, but a folder, a link or the like: move it elsewhere")
        if not named:
            return replace(file, damage="its name is no journal's: give it back the one it had, or move it elsewhere")
        if path.suffix == old_journal.SUFFIX:
            return old_journal.read(file)
        with contextlib.closing(database.connect(path)) as connection:
            return database.read(connection, file)
    except (OSError, sqlite3.Error) as error:
        if database.is_locked(error):
            return replace(file, open=True)
        return replace(file, damage=f"it can't be read; {database.hint(error)}") if os.path.lexists(path) else None


def resume(journal: JournalFile) -> Journal:
    """Go on with a journal whose run has ended, in order to clean up; read anew once it is locked.

    Raises:
        JournalError: somebody holds it, it isn't there any more, or it can't be read whose it is.
    """
    path = journal.path
    with explaining(path, "can't be opened"), contextlib.ExitStack() as undo:
        if path.suffix == old_journal.SUFFIX:
            connection, file = None, old_journal.read(journal)
        else:
            connection, file = database.reopen(journal)
            undo.callback(connection.close)
        if file.open or file.account is None:
            raise JournalError(f"{path} can't be opened; {database.HELD if file.open else file.damage}")
        resumed = Journal(file, connection)
        resumed.stopped()
        undo.pop_all()
    return resumed


def finish(journal: Journal) -> bool:
    """Close a journal, and remove its file if every group is settled and nothing of it was damaged.

    Returns:
        Whether the file was removed.
    """
    settled = not journal.damage and not journal.sent() and all(entry.state.settled for entry in journal.entries())
    journal.close()
    if settled:
        with contextlib.suppress(OSError):
            journal.path.unlink()
    return settled and not journal.path.exists()


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, for this user alone where they are new. Raises OSError."""
    absent = []
    while not folder.exists():
        absent.append(folder)
        folder = folder.parent
    for each in reversed(absent):
        each.mkdir(0o700, exist_ok=True)
        _flush_folder(each.parent)


def _flush_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a file made there is still there after a power cut. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there; None where none does, or an empty one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None
