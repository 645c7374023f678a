"""Files that a user names: whether they can be written is told before anything is sent. Mistakes are one sentence."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

from conformance.base.errors import SuiteError, UsageError

__all__ = ["check_folder", "check_writable", "let_go_of", "why", "write_text"]


def why(error: Exception) -> str:
    """Why a file can't be used, in words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def check_writable(option: str, path: str) -> None:
    """Raise UsageError, before anything is sent, where a file can't be written.

    Args:
        option: that named it.
        path: of the file.
    """
    if not path:
        raise UsageError(f"{option}: no file is named")
    file = Path(path)
    try:
        if file.is_dir():
            raise UsageError(f"{option} {path}: that is a folder; name a file")
        if not file.resolve().parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {file.parent}")
        writable = os.access(file if file.exists() else file.resolve().parent, os.W_OK)
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {path}: it can't be written ({why(error)})") from error
    if not writable:
        raise UsageError(f"{option} {path}: it can't be written")


def write_text(option: str, path: str | Path, text: str) -> None:
    """Write a file that an option names. Raises SuiteError where that fails after all."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"{option} {path}: it can't be written ({why(error)})") from error


def check_folder(option: str, path: Path) -> None:
    """Raise UsageError, before anything is sent, where a folder can't be made, or files in it."""
    try:
        if path.exists() and not path.is_dir():
            raise UsageError(f"{option} {path}: that is a file; name a folder")
        there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
        usable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {path}: it can't be written ({why(error)})") from error
    if not usable:
        raise UsageError(f"{option} {path}: nothing can be written in {there}")


def let_go_of(stream: IO[str]) -> None:
    """What is still to be written there goes nowhere, since nobody reads it, or there is no room."""
    with contextlib.suppress(OSError, ValueError):
        handle = os.open(os.devnull, os.O_WRONLY)
        os.dup2(handle, stream.fileno())
        os.close(handle)
