"""A driver as a process: started, asked, waited for within a deadline, stopped with all that it started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from conformance.base.errors import TargetUnusableError
from conformance.base.words import cited
from conformance.exchange.driver_protocol import Bye, Hello, Message, ProtocolError, Result, Unsupported, parse
from conformance.exchange.observed_calls import Ended

__all__ = ["DriverProcess", "Reply"]

# Seconds in which a driver says hello: some runtimes take long to start on a busy machine.
_TO_START = 60.0
_TO_LEAVE = 5.0
# Bytes of a line, and how many of the last lines on standard error are kept.
_LONGEST_LINE = 64 * 1024 * 1024
_LAST_LINES = 20
_KEPT_STRAY = 20
# What of the environment would send a client elsewhere, or sign as somebody else.
_NOT_PASSED_ON = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a driver said to a call.

    Attributes:
        outcome: its message; or how the call ended without one.
        told: what there is to know of that end.
        seconds: until then.
        stray: lines on its standard output that are no messages.
    """

    outcome: Result | Unsupported | Ended
    told: str
    seconds: float
    stray: tuple[str, ...]


class DriverProcess:
    """A program that speaks the driver protocol.

    Attributes:
        hello: what it said first, once it was started.
    """

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        """Prepare to start a driver.

        Args:
            command: the program and its arguments.
            folder: in which it works; None for this one.
        """
        self._command, self._folder = list(command), folder
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors: deque[str] = deque(maxlen=_LAST_LINES)
        self._complaints: threading.Thread | None = None
        self.hello: Hello | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and hasn't ended."""
        return self._process is not None and self._process.poll() is None

    # --- Start and end -------------------------------------------------------------------------------------

    def start(self) -> tuple[Hello, tuple[str, ...]]:
        """Start it, and wait for its hello.

        Returns:
            What it says, and the lines before that are no messages.

        Raises:
            TargetUnusableError: it can't be started, or says nothing of the kind.
        """
        self.stop()
        try:
            process = subprocess.Popen(  # noqa: S603 -- the user named it
                self._command, cwd=self._folder, env=_environment(), start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise TargetUnusableError(f"the driver {self._named} can't be started: {why}") from error
        self._process, self._lines, self._errors = process, queue.SimpleQueue(), deque(maxlen=_LAST_LINES)
        assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 -- pipes
        threading.Thread(target=_read_lines, args=(process.stdout, self._lines), daemon=True).start()
        self._complaints = threading.Thread(target=_read_errors, args=(process.stderr, self._errors), daemon=True)
        self._complaints.start()
        message, told, stray = self._message(time.monotonic() + _TO_START)
        if not isinstance(message, Hello):
            self.stop()
            said = told or "it began with another message than hello"
            raise TargetUnusableError(f"the driver {self._named} can't be used: {said}{_cited(stray)}")
        self.hello = message
        return message, stray

    def stop(self) -> None:
        """End it at once, with whatever it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def leave(self) -> str:
        """Say bye, and end it; what is wrong with how it left, empty where nothing is."""
        wrong = ""
        if self.is_running:
            self._write('{"type": "bye"}')
            message, told, _ = self._message(time.monotonic() + _TO_LEAVE)
            if not isinstance(message, Bye):
                wrong = told or "it answered bye with another message, or not at all"
            elif not self._ends():
                wrong = f"it didn't end within {_TO_LEAVE:g} s of bye"
        self.stop()
        return wrong

    def _ends(self) -> bool:
        assert self._process is not None  # noqa: S101 -- it was started
        try:
            self._process.wait(_TO_LEAVE)
        except subprocess.TimeoutExpired:
            return False
        return True

    # --- Asking --------------------------------------------------------------------------------------------

    def ask(self, id_: str, line: str, deadline: float) -> Reply:
        """Ask for a call, and wait for what comes of it; a driver that says nothing in time is stopped.

        Args:
            id_: the call's.
            line: that asks for it.
            deadline: seconds that it may take.
        """
        began = time.monotonic()
        self._write(line)
        message, told, stray = self._message(began + deadline)
        seconds = time.monotonic() - began
        if isinstance(message, Result | Unsupported):
            if message.id == id_:
                return Reply(message, "", seconds, stray)
            told = f"it speaks of the call {cited(message.id)} instead of {id_}"
        elif message is not None:
            told = "it is neither result nor unsupported"
        ended = Ended.GARBLED if (told and message is not None) or told.startswith(_NO_MESSAGE) else None
        if ended is None:
            ended = Ended.CRASHED if told else Ended.LATE
        self.stop()
        return Reply(ended, told, seconds, stray)

    def _write(self, line: str) -> None:
        assert self._process is not None and self._process.stdin is not None  # noqa: S101, PT018 -- it was started
        with contextlib.suppress(OSError):  # it has ended, which is told when it is read
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def _message(self, until: float) -> tuple[Message | None, str, tuple[str, ...]]:
        """The next message; None at the deadline, or where none can come any more: then it is told why.

        A line that could be a message of ours, and isn't right, ends the wait; any other is only stray.
        """
        stray: list[str] = []
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return None, "", tuple(stray)
            if line is None:
                return None, self._how_it_ended(), tuple(stray)
            if not line.strip():
                continue
            try:
                return parse(line), "", tuple(stray)
            except ProtocolError as error:
                if '"type"' in line:
                    return None, f"{_NO_MESSAGE}{error}", tuple(stray)
                if len(stray) < _KEPT_STRAY:
                    stray.append(cited(line.rstrip("\n")))

    def _how_it_ended(self) -> str:
        if (process := self._process) is None:  # by another thread, since the run ends
            return "the driver was stopped"
        code = process.wait()
        if self._complaints is not None:  # what it wrote last may not be read yet
            self._complaints.join(_TO_LEAVE)
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        last = next((each for each in reversed(self._errors) if each.strip()), "")
        return f"the driver ended {how}" + (f": {cited(last.strip(), 200)}" if last else "")

    @property
    def _named(self) -> str:
        return cited(" ".join(self._command))


_NO_MESSAGE = "what it wrote is no message: "


def _cited(stray: tuple[str, ...]) -> str:
    return f" (it wrote: {'; '.join(stray[:3])})" if stray else ""


def _environment() -> Mapping[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in _NOT_PASSED_ON and not name.startswith("TENCENTCLOUD_")
    }


def _read_lines(stream: IO[bytes], kept: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while line := stream.readline(_LONGEST_LINE):
            kept.put(line.decode("utf-8", "replace"))
    kept.put(None)


def _read_errors(stream: IO[bytes], kept: deque[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while line := stream.readline(_LONGEST_LINE):
            kept.append(line.decode("utf-8", "replace"))
