"""Reads the journals of earlier versions of this suite, a line of JSON a note, so that they can still be cleaned up.

A last line that is torn is no damage: what it was to announce was never sent. That each line carries a signature isn't
checked: as with any journal, a group is looked up before it is deleted.
"""

from __future__ import annotations

import importlib
import json
import math
from dataclasses import replace
from types import ModuleType
from typing import BinaryIO

from conformance.live.notes import EVENTS, AccountIdentity, Event, JournalFile, Note, summarize

__all__ = ["SUFFIX", "read"]

SUFFIX = ".jsonl"

fcntl: ModuleType | None
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # Windows has none; a run that is going on can't be told from one that ended there
    fcntl = None


def read(file: JournalFile) -> JournalFile:
    """What the lines of a file say. Raises OSError where it can't be read, never for what is in it."""
    with file.path.open("rb") as opened:
        if _is_held(opened):
            return replace(file, open=True)
        *lines, rest = opened.read().split(b"\n")
    parsed = [_parse(line) for line in lines if line]
    if (last := _parse(rest)) is not None:
        parsed.append(last)
    account = next((owner for owner, _ in filter(None, parsed)), None)
    notes = [each[1] for each in parsed if each is not None and each[0] == account]
    return summarize(file, account, notes, damaged=len(notes) < len(parsed))


def _parse(line: bytes) -> tuple[AccountIdentity, Note] | None:
    """Whose a line is, and what it says; None if it is damaged."""
    try:
        value = json.loads(line)
        owner = AccountIdentity(*(_joined(each) or "" for each in value["account"]))
        note = Note(value["event"], float(value["time"]), _joined(value["group"]), _joined(value["text"]))
        of_no_group = note.event in {Event.BEGUN, Event.STOPPED}
        sound = note.event in EVENTS and math.isfinite(note.time) and of_no_group == (note.group_id is None)
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError):
        return None
    return (owner, note) if sound else None


def _joined(text: object) -> str | None:
    """A text as it was before it became JSON: one with lone surrogates stands there in parts. Raises TypeError."""
    if text is None or isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(text)
    raise TypeError(f"{text!r} is no text")


def _is_held(file: BinaryIO) -> bool:
    """Whether a run of an earlier version still writes to a file, which it keeps locked."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    return False
