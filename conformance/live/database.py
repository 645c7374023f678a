"""How the notes of a journal lie in a file: a SQLite database with one table, to which one process at a time writes.

- Durable: what was appended is on the disk when `flush` returns. SQLite keeps beside the file what a page was before,
  flushes that, changes the page, flushes it, and gives up what it kept: four waits for the disk. Whoever opens the file
  after a crash finds what was flushed, and no part of a note. A write-ahead log would take one wait; but all that a
  killed run noted would then stand in a second file, and nobody would see that its end is missing or damaged.
- One writer: it holds SQLite's exclusive lock for as long as its connection is open. The lock goes with the process.
- Damage: each note has a checksum, and their numbers have no gaps. What can be read of a damaged file is read.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from conformance.base.errors import SuiteError
from conformance.base.files import why
from conformance.live.notes import AccountIdentity, Event, JournalFile, Note, summarize

__all__ = [
    "HELD", "JournalError", "append", "connect", "create", "explaining", "flush", "hint", "is_locked", "read", "reopen",
]  # fmt: skip

_LOCK_SECONDS = 1.0  # whoever lists journals holds each for a moment
_APPLICATION = 0x69616943  # tells a journal from the databases of other programs
# Since version 2 it is also noted what else could be read in what is sent.
_VERSION = 2
_SCHEMA = (
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
    "CREATE TABLE notes "
    "(number INTEGER PRIMARY KEY, time REAL, event TEXT, group_id BLOB, text BLOB, checksum INTEGER)",
)
# All that a transaction changes is on the disk when it ends, whatever the disk itself keeps back.
_FLUSHING = ("PRAGMA synchronous = EXTRA", "PRAGMA fullfsync = ON")
_INSERT = "INSERT INTO notes (time, event, group_id, text, checksum) VALUES (?, ?, ?, ?, ?)"
_SELECT = "SELECT rowid, time, event, group_id, text, checksum FROM notes ORDER BY rowid"
HELD = (
    "another run or cleanup holds it: wait until that has ended, or, if there is none, set XDG_STATE_HOME to a folder "
    "where files can be locked"
)
# What SQLite can't do with a file, whatever is in it; by its primary result code.
_HINTS = {
    sqlite3.SQLITE_FULL: "the disk is full: make room there",
    sqlite3.SQLITE_IOERR: "the disk fails, or takes no more: see to it, to your quota and to the limit of ulimit -f",
    sqlite3.SQLITE_BUSY: HELD,
    sqlite3.SQLITE_CANTOPEN: "it isn't there any more, or your user may not write there",
    sqlite3.SQLITE_READONLY: "your user may not write there",
}


class JournalError(SuiteError):
    """A journal can't be read or written: what was to be written down first must not be sent."""


def connect(path: Path, seconds: float = 0.0) -> sqlite3.Connection:
    """A connection to a file that is there.

    Args:
        path: the file.
        seconds: how long to wait where another process has it.

    Raises:
        sqlite3.Error: it can't be opened.
    """
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=seconds, check_same_thread=False)
    connection.text_factory = bytes
    connection.execute("PRAGMA writable_schema = ON")  # a file that was cut short is read as far as it goes
    return connection


def create(path: Path, began: float, account: AccountIdentity) -> sqlite3.Connection:
    """Make a journal of an empty file, with its first note, all of it or nothing.

    Returns:
        A connection that alone has the file until it is closed.

    Raises:
        sqlite3.Error: that isn't possible.
    """
    with _locked(path) as connection:
        for statement in _SCHEMA:
            connection.execute(statement)
        append(connection, Note(Event.BEGUN, began, text=json.dumps([account.endpoint, account.region, account.key])))
        flush(connection)
    return connection


def reopen(file: JournalFile) -> tuple[sqlite3.Connection, JournalFile]:
    """A connection that alone has a journal until it is closed, and what is read by it. Raises sqlite3.Error."""
    with _locked(file.path) as connection:
        found = read(connection, file)
        if not found.damage:  # else nothing will be written, and SQLite may find that a transaction can't be ended
            flush(connection)
    return connection, found


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that alone has a file until it is closed, in a transaction; closed where what is done with it fails.

    Raises:
        sqlite3.Error: somebody else has it, or it can't be opened.
    """
    connection = connect(path, _LOCK_SECONDS)
    try:
        for statement in _FLUSHING:
            connection.execute(statement)
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the lock outlives the transaction
        yield connection
    except BaseException:
        connection.close()
        raise


def append(connection: sqlite3.Connection, note: Note) -> None:
    """Write a note, which will be on the disk after the next `flush`. Raises sqlite3.Error."""
    row = (note.time, note.event.encode(), _encoded(note.group_id), _encoded(note.text))
    connection.execute(_INSERT, (note.time, str(note.event), *row[2:], _checksum(row)))


def flush(connection: sqlite3.Connection) -> None:
    """See that all that was appended is on the disk. Raises sqlite3.Error: then the caller rolls back."""
    connection.commit()


def read(connection: sqlite3.Connection, file: JournalFile) -> JournalFile:
    """What a file says. Raises sqlite3.Error where it can't be reached, never for what is in it."""
    notes: list[Note] = []
    last, whole = 0, False
    try:
        if other := _other_content(connection):
            return JournalFile(file.path, file.run, damage=other)
        for number, *row, checksum in connection.execute(_SELECT):
            last = max(last, number)
            if _checksum(tuple(row)) == checksum:
                notes.append(Note(row[1].decode(), row[0], _decoded(row[2]), _decoded(row[3])))
        whole = connection.execute("PRAGMA quick_check").fetchone() == (b"ok",)
    except (sqlite3.DatabaseError, MemoryError, UnicodeDecodeError) as error:  # any length, any name of a column
        if _code(error) in _HINTS:
            raise
    accounts = (AccountIdentity(*json.loads(note.text or "")) for note in notes if note.event == Event.BEGUN)
    return summarize(file, next(accounts, None), notes, damaged=not whole or len(notes) != last)


def _other_content(connection: sqlite3.Connection) -> str | None:
    """What a file is instead of a journal that this version can read; None if it is one. Raises sqlite3.Error."""
    tables, application, version = (
        connection.execute(query).fetchone()[0]
        for query in ("SELECT count(*) FROM sqlite_master", "PRAGMA application_id", "PRAGMA user_version")
    )
    if not tables and not application:
        return "it is empty, since its run ended before it created anything: remove it"
    if application != _APPLICATION:
        return "it is another program's database: move it elsewhere"
    if not 1 <= version <= _VERSION:
        return f"it has version {version}, and this suite knows {_VERSION}: clean up with the suite that wrote it"
    return None


def _checksum(row: tuple[object, ...]) -> int:
    return zlib.crc32(repr(row).encode())


def _encoded(text: str | None) -> bytes | None:
    """A text as a column holds it: an id may have lone surrogates, which are no text to SQLite."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "surrogatepass")


@contextlib.contextmanager
def explaining(path: Path, what: str) -> Iterator[None]:
    """Tell what the system refuses in one sentence, such as `path` "can't be made" and why. Raises JournalError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"{path} {what}; {hint(error)}") from error


def hint(error: Exception) -> str:
    """What is wrong and what to do, in one sentence."""
    return _HINTS.get(_code(error), f"{why(error)}: mend that, or set XDG_STATE_HOME to a folder that can be used")


def is_locked(error: Exception) -> bool:
    """Whether an error says that another connection has the file."""
    return _code(error) == sqlite3.SQLITE_BUSY


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
