"""HTTP/1.1 out of the bytes of a connection, message by message: h11 reads them. No sockets."""

from __future__ import annotations

import h11

from conformance.exchange.messages import Headers, HttpRequest, HttpResponse, header
from conformance.exchange.request_line import absolute, escaped

__all__ = ["AnswerReader", "RequestReader", "UnreadableError"]

_MEGABYTE = 1024 * 1024
# Larger bodies aren't kept: what sends them can't be read.
_LARGEST_BODY = 12 * _MEGABYTE
_LARGEST_HEAD = 256 * 1024
_SWITCHING_PROTOCOLS = 101


class UnreadableError(Exception):
    """Something came that can't be read; the message says why."""


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
                    raise UnreadableError("another version of HTTP")
            elif isinstance(event, h11.Data):
                self._keep(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return self._parser.trailing_data[0]
            elif not isinstance(event, h11.InformationalResponse):
                return None
            elif event.status_code == _SWITCHING_PROTOCOLS:
                raise UnreadableError("it goes on in another protocol")

    def _keep(self, data: bytes | bytearray) -> None:
        self._body += data
        if len(self._body) > _LARGEST_BODY:
            raise UnreadableError(f"a body of more than {_LARGEST_BODY // _MEGABYTE} MB")


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

    def __init__(self, method: str) -> None:
        """Make a reader of the answer to a request with this method."""
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
