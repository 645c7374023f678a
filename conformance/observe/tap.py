"""Reading on the side: the requests and the answers that the bytes of a connection make up as they pass."""

from __future__ import annotations

import contextlib
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import h11

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, Headers, HttpRequest, HttpResponse, header

__all__ = ["Passed", "Tap", "Traffic"]

_MEGABYTE = 1024 * 1024
# Larger bodies are passed on, but not kept: the connection is no longer looked at.
_LARGEST_BODY = 12 * _MEGABYTE
_LARGEST_HEAD = 256 * 1024
_SWITCHING_PROTOCOLS = 101


# --- What is under way -----------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Passed:
    """A request that passed whole.

    Attributes:
        http: the request.
        at: when its last byte had passed, in seconds since 1970.
        overlapped: those that were under way at the same time, so far.
    """

    http: HttpRequest
    at: float
    overlapped: list[HttpRequest] = field(default_factory=list)


class Traffic:
    """The requests that are under way, of all connections."""

    def __init__(self) -> None:
        self._under_way: dict[int, Passed] = {}

    def begin(self, http: HttpRequest) -> Passed:
        """A request has passed."""
        passed = Passed(http, time.time(), [each.http for each in self._under_way.values()])
        for each in self._under_way.values():
            each.overlapped.append(http)
        self._under_way[id(passed)] = passed
        return passed

    def end(self, passed: Passed) -> None:
        """Its answer has passed, or was given up."""
        del self._under_way[id(passed)]


# --- One connection --------------------------------------------------------------------------------------


class _UnreadableError(Exception):
    """Something passed that can't be read; the message says why."""


class Tap:
    """Reads the requests and the answers of one connection, each after it has passed. It never raises.

    Attributes:
        blind: whether it no longer reads: something passed that can't be read. What was waiting is still told.
    """

    def __init__(
        self,
        scheme: str,
        traffic: Traffic,
        on_answer: Callable[[Passed, Answer], None],
        on_blind: Callable[[str], None],
    ) -> None:
        self.blind = False
        self._scheme, self._traffic = scheme, traffic
        self._on_answer, self._on_blind = on_answer, on_blind
        self._request: _RequestReader | None = None
        self._waiting: deque[Passed] = deque()
        self._answer: _AnswerReader | None = None
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
            self._look_away(_words(error))

    def received(self, data: bytes) -> None:
        """The server sent this."""
        if self.blind and not self._waiting:
            return
        try:
            self._read_answers(data)
        except Exception as error:
            self._look_away(_words(error))
            self.failed(TransportError(f"what came can't be read: {_words(error)}"))

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
        passed = self._waiting.popleft()
        self._traffic.end(passed)
        self._on_answer(passed, answer)

    def _read_requests(self, data: bytes) -> None:
        while data := _begun(data, self._request):
            self._request = self._request or _RequestReader()
            rest = self._request.read(data)
            if rest is None:
                return
            http = self._request.http(self._scheme)
            self._request = None
            self._has_passed(http)
            data = rest

    def _has_passed(self, http: HttpRequest) -> None:
        self._waiting.append(self._traffic.begin(http))
        if self._early is not None:
            early, self._early = self._early, None
            self._tell(early)
        elif self._over is not None:
            self.failed(self._over)

    def _read_answers(self, data: bytes) -> None:
        while data := _begun(data, self._answer):
            self._answer = self._answer or _AnswerReader(self._method())
            rest = self._read_answer(self._answer, data)
            if rest is None:
                return
            data = rest

    def _method(self) -> str:
        """That of the request to which the next answer comes: the first that waits, or the one that is being sent."""
        if self._waiting:
            return self._waiting[0].http.method
        if self._request is None or self._request.method is None or self._early is not None:
            raise _UnreadableError("the server said what nobody had asked for")
        return self._request.method

    def _read_answer(self, reader: _AnswerReader, data: bytes) -> bytes | None:
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


def _begun(data: bytes, reader: object | None) -> bytes:
    """Without the empty lines that some put between messages."""
    return data if reader is not None else data.lstrip(b"\r\n")


def _words(error: Exception) -> str:
    """Why something can't be read, without what it was: that may be a secret."""
    words = re.split(r"[\s:]*(?:bytearray\(|b['\"])", str(error), maxsplit=1)[0]
    return words if isinstance(error, h11.ProtocolError | _UnreadableError) and words else type(error).__name__


# --- One message -----------------------------------------------------------------------------------------


class _Reader:
    """Reads one message."""

    def __init__(self, parser: h11.Connection) -> None:
        self._parser = parser
        self._head: h11.Request | h11.Response | None = None
        self._body = bytearray()

    def read(self, data: bytes) -> bytes | None:
        """What follows the message; None while it isn't whole. No data is the connection's end.

        Raises:
            Exception: the message can't be read.
        """
        self._parser.receive_data(data)
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request | h11.Response):
                self._head = event
                if not event.http_version.startswith(b"1."):
                    raise _UnreadableError("another version of HTTP")
            elif isinstance(event, h11.Data):
                self._keep(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return self._parser.trailing_data[0]
            elif not isinstance(event, h11.InformationalResponse):
                return None
            elif event.status_code == _SWITCHING_PROTOCOLS:
                raise _UnreadableError("it goes on in another protocol")

    def _keep(self, data: bytes | bytearray) -> None:
        self._body += data
        if len(self._body) > _LARGEST_BODY:
            raise _UnreadableError(f"a body of more than {_LARGEST_BODY // _MEGABYTE} MB")


class _RequestReader(_Reader):
    def __init__(self) -> None:
        super().__init__(h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD))
        self._in_first_line = True

    def read(self, data: bytes) -> bytes | None:
        """As every reader; but a target may hold bytes that should have been escaped, as many clients send it."""
        if self._in_first_line:
            line, end, rest = data.partition(b"\n")
            self._in_first_line = not end
            data = re.sub(rb"[\x80-\xff]", lambda found: b"%%%02X" % found[0][0], line) + end + rest
        return super().read(data)

    @property
    def method(self) -> str | None:
        """Its method, once that is known."""
        return self._head.method.decode("latin-1") if isinstance(self._head, h11.Request) else None

    def http(self, scheme: str) -> HttpRequest:
        """The request, once it is whole."""
        assert isinstance(self._head, h11.Request)  # noqa: S101 -- no message is whole without its head
        headers = _headers(self._head)
        target = self._head.target.decode("latin-1")
        if "://" not in target.partition("?")[0]:
            target = f"{scheme}://{header(headers, 'Host') or ''}{target}"
        return HttpRequest(self._head.method.decode("latin-1"), target, headers, bytes(self._body))


class _AnswerReader(_Reader):
    def __init__(self, method: str) -> None:
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        # How an answer ends depends on the method alone; that any protocol may be taken up keeps 101 legible.
        headers = [("Host", "x"), ("Connection", "upgrade"), ("Upgrade", "any")]
        parser.send(h11.Request(method=method, target="/", headers=headers))
        parser.send(h11.EndOfMessage())
        super().__init__(parser)

    def http(self) -> HttpResponse:
        """The answer, once it is whole."""
        assert isinstance(self._head, h11.Response)  # noqa: S101 -- no message is whole without its head
        return HttpResponse(self._head.status_code, _headers(self._head), bytes(self._body))


def _headers(message: h11.Request | h11.Response) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw_items())
