"""From the thread that relays to the one that judges: what passed, in order, and no more of it than fits."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.observe.tap import Passed, Tap

__all__ = ["ANYTHING", "MOST_BYTES", "MOST_EXCHANGES", "RelayedExchange", "Telling"]

# What waits to be judged, or for its answer; what passes then is told of by its number alone.
MOST_EXCHANGES, MOST_BYTES = 10_000, 256 * 1024 * 1024
# Of so many that are under way at once each knows of each other; beyond, that there were others.
_MOST_BESIDE = 500
_MOST_NOTES = 2000
# Seconds to judge what waits, once the relay ends.
_TO_TELL = 0.7


class _Anything:
    """Stands for requests of which nobody knows what they were about."""


ANYTHING = _Anything()


@dataclass(frozen=True, slots=True)
class RelayedExchange:
    """A request that passed, and what came of it.

    Attributes:
        http: the request.
        answer: what came of it; or why nothing did.
        sent: when its last byte had passed, in seconds since 1970.
        answered: when its answer had passed, or was given up.
        overlapped: the notes of requests that were under way at the same time, on whatever connection: whole ones, of
            which no whole answer had passed when this one was sent, or that were sent before this one was answered.
            `ANYTHING` is among them where that were too many, or some weren't looked at.
    """

    http: HttpRequest
    answer: Answer
    sent: float
    answered: float
    overlapped: tuple[Hashable, ...]


@dataclass(slots=True)
class Listener:
    """Who is told of what passes, one thing at a time, in a thread of its own: traffic never waits for it.

    Attributes:
        exchange: called with each exchange, in the order of the answers.
        blind: called once for each connection that can't be read from there on, with the reason in words.
        dropped: called with the number of exchanges that passed since, and that nobody looks at.
        note: what to keep of a request for those that overlap it; None for nothing.
        mask: a text without what nobody may see, for what goes wrong in any of them.
    """

    exchange: Callable[[RelayedExchange], None]
    blind: Callable[[str], None] = lambda _: None
    dropped: Callable[[int], None] = lambda _: None
    note: Callable[[HttpRequest], Hashable | None] = lambda http: http
    mask: Callable[[str], str] = str


class Telling:
    """Takes what passes from the relay's thread, and tells it in its own."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._under_way: dict[Passed, dict[Hashable, None]] = {}
        # How often something passed of which those under way weren't told; and how often when each of them began.
        self._unnoted, self._unnoted_before = 0, dict[Passed, int]()
        self._notes: dict[Passed, Hashable] = {}
        self._bounds = threading.Lock()
        self._exchanges = self._bytes = self._dropped = 0
        self._until = float("inf")

    def tap(self, scheme: str) -> Tap:
        """What reads another connection."""
        return Tap(scheme, self._has_passed, self._has_come, self._is_blind)

    # --- In the relay's thread -----------------------------------------------------------------------------

    def _has_passed(self, passed: Passed) -> None:
        passed.size = (
            len(passed.http.body) + len(passed.http.url) + sum(len(a) + len(b) for a, b in passed.http.headers)
        )
        with self._bounds:
            passed.kept = self._exchanges < MOST_EXCHANGES and self._bytes + passed.size <= MOST_BYTES
            if passed.kept:
                self._exchanges, self._bytes = self._exchanges + 1, self._bytes + passed.size
            else:
                self._dropped += 1
        if passed.kept:
            self._waiting.put(lambda: self._begin(passed))

    def _has_come(self, passed: Passed, answer: Answer) -> None:
        if not passed.kept:
            return
        at, size = time.time(), len(answer.body) if isinstance(answer, HttpResponse) else 0
        with self._bounds:
            fits = self._bytes + size <= MOST_BYTES
            if fits:
                self._bytes, passed.size = self._bytes + size, passed.size + size
        self._waiting.put(lambda: self._end(passed, answer, at) if fits else self._give_up(passed))

    def _is_blind(self, why: str) -> None:
        self._waiting.put(lambda: self._listener.blind(why))

    # --- In the listener's thread --------------------------------------------------------------------------

    def _begin(self, passed: Passed) -> None:
        self._unnoted_before[passed] = self._unnoted
        if self._is_late() or len(self._under_way) >= _MOST_BESIDE:
            self._unnoted += 1
            self._under_way[passed] = {}
            return
        note = self._note(passed.http)
        self._under_way[passed] = dict.fromkeys(self._notes.values())
        if note is not None:
            for other, beside in self._under_way.items():
                if other is not passed and len(beside) <= _MOST_NOTES:
                    beside[note] = None
            self._notes[passed] = note

    def _note(self, http: HttpRequest) -> Hashable | None:
        try:
            return self._listener.note(http)
        except Exception:
            self._complain()
            return ANYTHING  # what it was about can't be read

    def _end(self, passed: Passed, answer: Answer, at: float) -> None:
        if self._is_late():
            self._give_up(passed)
            return
        beside = self._forget(passed)
        try:
            self._listener.exchange(RelayedExchange(passed.http, answer, passed.at, at, tuple(beside)))
        finally:
            self._give_back(passed)

    def _give_up(self, passed: Passed) -> None:
        self._forget(passed)
        self._give_back(passed)
        with self._bounds:
            self._dropped += 1

    def _forget(self, passed: Passed) -> dict[Hashable, None]:
        """What overlapped it."""
        self._notes.pop(passed, None)
        beside, before = self._under_way.pop(passed), self._unnoted_before.pop(passed)
        return beside if before == self._unnoted and len(beside) <= _MOST_NOTES else {ANYTHING: None}

    def _give_back(self, passed: Passed) -> None:
        with self._bounds:
            self._exchanges, self._bytes = self._exchanges - 1, self._bytes - passed.size

    def _tell_of_dropped(self) -> None:
        if self._dropped and not self._is_late():
            self._tell_number()

    def _tell_number(self) -> None:
        with self._bounds:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            self._unnoted += 1
            self._listener.dropped(dropped)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """For the time of a `with`, tell; at its end all has been told, or its number."""
        worker = threading.Thread(target=self._tell_all, name="relay's news", daemon=True)
        worker.start()
        try:
            yield
        finally:
            self._until = time.monotonic() + _TO_TELL
            self._waiting.put(None)
            worker.join()

    def _tell_all(self) -> None:
        while (tell := self._waiting.get()) is not None:
            for each in (self._tell_of_dropped, tell):
                try:
                    each()
                except Exception:  # whatever goes wrong in looking on, the next is told
                    self._complain()
        self._tell_number()

    def _complain(self) -> None:
        """Say what went wrong in the listener, in one line."""
        error = sys.exception()
        sys.stderr.write(f"relay: {type(error).__name__}: {self._listener.mask(str(error))!a:.500}\n")

    def _is_late(self) -> bool:
        return time.monotonic() > self._until
