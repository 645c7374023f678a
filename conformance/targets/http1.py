"""HTTP/1.1 out of the bytes of a connection, message by message: h11 reads them. No sockets."""

from __future__ import annotations

import re
from http import HTTPStatus

import h11

from conformance.exchange.messages import Headers, HttpRequest, HttpResponse, header
from conformance.exchange.request_line import absolute, escaped

__all__ = ["AnswerReader", "RequestReader", "UnreadableError", "begun", "why_unreadable"]

_MEGABYTE = 1024 * 1024
# Larger bodies aren't kept: what sends them can't be read.
_LARGEST_BODY = 12 * _MEGABYTE
_LARGEST_HEAD = 256 * 1024
_MOST_HEADERS = 256
_MOST_INTERIM = 100
_SWITCHING_PROTOCOLS = 101
_ANOTHER_PROTOCOL = "it goes on in another protocol"
_QUOTED = re.compile(r"[\s:]*(?:bytearray\(|b['\"])")
# h11 waits for the CR. What it hasn't read of a chunked body is never of a chunk's content.
_CHUNK_LINE_WITHOUT_CR = re.compile(rb"[0-9A-Fa-f]+[ \t]*(?:;[^\r\n]*)?\n")


class UnreadableError(Exception):
    """Something came that can't be read; the message says why."""


def begun(data: bytes) -> bytes:
    """What comes where a message may begin, without the empty lines that some put between messages."""
    return data.lstrip(b"\r\n")


def why_unreadable(error: Exception) -> str:
    """Why a message can't be read, without what it was: that may be a secret, and long."""
    words = _QUOTED.split(str(error), maxsplit=1)[0]
    return words if isinstance(error, h11.ProtocolError | UnreadableError) and words else type(error).__name__


class _Reader:
    """Reads one message."""

    def __init__(self, parser: h11.Connection, largest_body: int = _LARGEST_BODY) -> None:
        self._parser = parser
        self._largest_body = largest_body
        self._head: h11.Request | h11.Response | None = None
        self._body = bytearray()
        self._interim = 0

    def read(self, data: bytes) -> bytes | None:
        """What follows the message; None while it isn't whole. No data is the connection's end.

        Raises:
            Exception: the message can't be read.
        """
        self._parser.receive_data(data)
        while True:
            event = self._next_event()
            if isinstance(event, h11.Request | h11.Response):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._keep(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return self._parser.trailing_data[0]
            elif isinstance(event, h11.InformationalResponse):
                self._pass_over(event)
            elif event is h11.PAUSED:
                raise UnreadableError(_ANOTHER_PROTOCOL)
            elif self._head is not None and _CHUNK_LINE_WITHOUT_CR.match(self._parser.trailing_data[0]):
                raise UnreadableError("a chunk's size ends in LF, not in CR and LF")
            else:
                return None

    def _next_event(self) -> object:
        try:
            return self._parser.next_event()
        except h11.RemoteProtocolError as error:
            if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:  # whatever it is that has no end
                raise UnreadableError(f"a head, or a line, of more than {_LARGEST_HEAD // 1024} KB") from error
            raise

    def _begin(self, head: h11.Request | h11.Response) -> None:
        if not head.http_version.startswith(b"1."):
            raise UnreadableError("another version of HTTP")
        if len(head.headers) > _MOST_HEADERS:
            raise UnreadableError(f"more than {_MOST_HEADERS} headers")
        self._head = head

    def _pass_over(self, interim: h11.InformationalResponse) -> None:
        """An answer before the answer."""
        self._interim += 1
        if interim.status_code == _SWITCHING_PROTOCOLS:
            raise UnreadableError(_ANOTHER_PROTOCOL)
        if self._interim > _MOST_INTERIM:
            raise UnreadableError(f"more than {_MOST_INTERIM} interim answers")

    def _keep(self, data: bytes | bytearray) -> None:
        self._body += data
        if len(self._body) > self._largest_body:
            raise UnreadableError(f"a body of more than {self._largest_body // _MEGABYTE} MB")


class RequestReader(_Reader):
    """Reads one request."""

    def __init__(self) -> None:
        super().__init__(h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD))
        self._in_first_line = True

    def read(self, data: bytes) -> bytes | None:
        """As every reader; but a target may hold bytes that should have been escaped, as many clients send it."""
        if self._in_first_line:
            line, end, rest = data.partition(b"\n")
            self._in_first_line = not end
            data = escaped(line) + end + rest
        return super().read(data)

    @property
    def method(self) -> str | None:
        """Its method, once that is known."""
        return self._head.method.decode("latin-1") if isinstance(self._head, h11.Request) else None

    def http(self, scheme: str) -> HttpRequest:
        """The request, once it is whole."""
        assert isinstance(self._head, h11.Request)  # noqa: S101 -- no message is whole without its head
        headers = _headers(self._head)
        url = absolute(scheme, header(headers, "Host") or "", self._head.target.decode("latin-1"))
        return HttpRequest(self._head.method.decode("latin-1"), url, headers, bytes(self._body))


class AnswerReader(_Reader):
    """Reads one answer, whatever comes before it with a status of 1xx left out."""

    def __init__(self, method: str, largest_body: int = _LARGEST_BODY) -> None:
        """Make a reader of the answer to a request with this method; a body of more bytes can't be read."""
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        # How an answer ends depends on the method alone; that any protocol may be taken up keeps 101 legible.
        headers = [("Host", "x"), ("Connection", "upgrade"), ("Upgrade", "any")]
        known = method if method in {"HEAD", "CONNECT"} else "GET"
        parser.send(h11.Request(method=known, target="/", headers=headers))
        parser.send(h11.EndOfMessage())
        super().__init__(parser, largest_body)

    @property
    def keeps_alive(self) -> bool:
        """Whether another answer may follow on the connection, once this one is whole."""
        return self._parser.their_state is h11.DONE

    def http(self) -> HttpResponse:
        """The answer, once it is whole."""
        assert isinstance(self._head, h11.Response)  # noqa: S101 -- no message is whole without its head
        return HttpResponse(self._head.status_code, _headers(self._head), bytes(self._body))


def _headers(message: h11.Request | h11.Response) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw_items())
