"""How far a run is, on one line of a terminal's standard error; nothing where that is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from conformance.base.words import counted

if TYPE_CHECKING:
    from conformance.runs.run import Run

__all__ = ["Progress"]

_EVERY_SECONDS = 0.1
_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Shows how many requests were sent and how many clauses have failed, ten times a second at most."""

    def __init__(self, run: Run) -> None:
        """Watch a run."""
        self._run = run
        self._shown = 0.0
        self._live = sys.__stderr__ is not None and sys.__stderr__.isatty()

    def __enter__(self) -> Progress:
        return self

    def tick(self) -> None:
        """A request was sent."""
        now = time.monotonic()
        if self._live and now - self._shown >= _EVERY_SECONDS:
            self._shown = now
            failed = len({clause for clause, _ in self._run.results.failed})
            self._write(
                f"{_CLEAR_LINE}{counted(self._run.results.requests, 'request')}, {counted(failed, 'clause')} failed"
            )

    def say(self, line: str) -> None:
        """Tell something of the run while it goes on."""
        if sys.__stderr__ is not None:
            self._write(f"{_CLEAR_LINE if self._live else ''}iai-conformance: {line}\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown:
            self._write(_CLEAR_LINE)

    def _write(self, text: str) -> None:
        assert sys.__stderr__ is not None  # noqa: S101 -- checked when the watch began
        try:
            sys.__stderr__.write(text)
            sys.__stderr__.flush()
        except OSError:  # the terminal was closed: that ends no run, and no clean-up
            self._live = False
