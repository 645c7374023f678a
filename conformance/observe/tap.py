"""Reading on the side: the requests and the answers that the bytes of a connection make up as they pass."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.targets.http1 import AnswerReader, RequestReader, UnreadableError, begun, why_unreadable

__all__ = ["Passed", "Tap"]


@dataclass(slots=True, eq=False, repr=False)
class Passed:
    """A request that passed whole.

    Attributes:
        http: the request.
        at: when its last byte had passed, in seconds since 1970.
        kept: whether anybody will look at it.
        size: how many bytes of it, and of its answer, are kept.
    """

    http: HttpRequest
    at: float
    kept: bool = False
    size: int = 0


class Tap:
    """Reads the requests and the answers of one connection, each after it has passed. It never raises.

    Attributes:
        blind: whether it no longer reads: something passed that can't be read. What was waiting is still told.
    """

    def __init__(
        self,
        scheme: str,
        on_request: Callable[[Passed], None],
        on_answer: Callable[[Passed, Answer], None],
        on_blind: Callable[[str], None],
    ) -> None:
        self.blind = False
        self._scheme = scheme
        self._on_request, self._on_answer, self._on_blind = on_request, on_answer, on_blind
        self._request: RequestReader | None = None
        self._waiting: deque[Passed] = deque()
        self._answer: AnswerReader | None = None
        # An answer that was whole before its request was.
        self._early: HttpResponse | None = None
        self._over: TransportError | None = None

    @property
    def waiting(self) -> bool:
        """Whether a request has passed of which no whole answer has."""
        return bool(self._waiting)

    @property
    def idle(self) -> bool:
        """Whether it is certain that nothing is under way."""
        return not (self.blind or self._waiting or self._request or self._answer)

    def sent(self, data: bytes) -> None:
        """The client sent this."""
        if self.blind:
            return
        try:
            self._read_requests(data)
        except Exception as error:  # whatever goes wrong in looking on, the traffic goes on
            self._look_away(why_unreadable(error))

    def received(self, data: bytes) -> None:
        """The server sent this."""
        if self.blind and not self._waiting:
            return
        try:
            self._read_answers(data)
        except Exception as error:
            self._look_away(why_unreadable(error))
            self.failed(TransportError(f"what came can't be read: {why_unreadable(error)}"))

    def ended(self) -> None:
        """The server says nothing more. For some answers that is the end."""
        if self._answer is not None:
            with contextlib.suppress(Exception):  # it broke off
                self._read_answer(self._answer, b"")
        self._over = TransportError("the server closed the connection without a whole answer", closed=True)
        self.failed(self._over)

    def failed(self, why: TransportError) -> None:
        """No answer will come to what is waiting."""
        self._answer = None
        while self._waiting:
            self._tell(why)

    def closed(self, why: TransportError) -> None:
        """Nothing more passes at all."""
        self.failed(why)
        if self._early is not None:
            self._look_away("an answer came to a request that never was whole")
        self.blind = True

    def _look_away(self, why: str) -> None:
        self._request = self._early = None
        if not self.blind:
            self.blind = True
            self._on_blind(why)

    def _tell(self, answer: Answer) -> None:
        self._on_answer(self._waiting.popleft(), answer)

    def _read_requests(self, data: bytes) -> None:
        while data := data if self._request else begun(data):
            self._request = self._request or RequestReader()
            rest = self._request.read(data)
            if rest is None:
                return
            http = self._request.http(self._scheme)
            self._request = None
            self._has_passed(http)
            data = rest

    def _has_passed(self, http: HttpRequest) -> None:
        passed = Passed(http, time.time())
        self._waiting.append(passed)
        self._on_request(passed)
        if self._early is not None:
            early, self._early = self._early, None
            self._tell(early)
        elif self._over is not None:
            self.failed(self._over)

    def _read_answers(self, data: bytes) -> None:
        while data := data if self._answer else begun(data):
            self._answer = self._answer or AnswerReader(self._method())
            rest = self._read_answer(self._answer, data)
            if rest is None:
                return
            data = rest

    def _method(self) -> str:
        """That of the request to which the next answer comes: the first that waits, or the one that is being sent."""
        if self._waiting:
            return self._waiting[0].http.method
        if self._request is None or self._request.method is None or self._early is not None:
            raise UnreadableError("the server said what nobody had asked for")
        return self._request.method

    def _read_answer(self, reader: AnswerReader, data: bytes) -> bytes | None:
        """What follows an answer; None while it isn't whole."""
        rest = reader.read(data)
        if rest is None:
            return None
        self._answer = None
        if self._waiting:
            self._tell(reader.http())
        else:
            self._early = reader.http()
        return rest
