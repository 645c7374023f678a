"""HTTP/1.1 by hand, for what a client library won't do: send without waiting for an answer, or hang up before it."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse, header
from conformance.targets.tls import context_for

__all__ = ["connect", "read_answer", "written"]


def written(request: HttpRequest) -> bytes:
    """A request as bytes."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{request.query}" if request.query else "")
    headers = list(request.headers)
    if header(request.headers, "Host") is None:
        headers.insert(0, ("Host", parts.netloc))
    if request.body or request.method == "POST":
        headers.append(("Content-Length", str(len(request.body))))
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + request.body


def connect(endpoint: str, timeout: float, ca_file: str | bool) -> socket.socket:
    """A connection to the host of a URL, with verified TLS for https. Raises TransportError."""
    parts = urlsplit(endpoint)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        connection = socket.create_connection((parts.hostname or "", port), timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme == "https":
            return context_for(ca_file).wrap_socket(connection, server_hostname=parts.hostname)
    except OSError as error:
        raise TransportError(f"no connection to {parts.netloc}: {error}") from error
    return connection


class _Reader:
    """What `http.client` reads an answer from: one buffer for all answers of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb")

    def makefile(self, _mode: str) -> _Unclosed:
        return _Unclosed(self._file)


class _Unclosed(io.BufferedIOBase):
    """A file that stays open when an answer is read to its end."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._file.readline(-1 if size is None else size)

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(size)

    def readable(self) -> bool:
        return True


def read_answer(reader: _Reader, method: str) -> HttpResponse:
    """The next answer on a connection. Raises TransportError."""
    answer = http.client.HTTPResponse(reader, method=method)  # type: ignore[arg-type]
    try:
        answer.begin()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise TransportError(f"no whole answer: {error or type(error).__name__}", closed=True) from error
    return HttpResponse(answer.status, tuple(answer.getheaders()), body)


def pipelined(connection: socket.socket, requests: Sequence[HttpRequest]) -> list[Answer]:
    """The answers to requests that are all sent before the first is read; fewer where the connection was closed."""
    answers: list[Answer] = []
    with contextlib.closing(connection):
        reader = _Reader(connection)
        try:
            connection.sendall(b"".join(written(each) for each in requests))
        except OSError:
            return []
        for each in requests:
            try:
                answers.append(read_answer(reader, each.method))
            except TransportError:  # a server may close a connection at any time; the client then asks again
                break
    return answers


def abandon(connection: socket.socket, request: HttpRequest) -> None:
    """Send a request whole, and hang up. Raises TransportError where it can't be sent."""
    with contextlib.closing(connection):
        try:
            connection.sendall(written(request))
        except OSError as error:
            raise TransportError(f"the request could not be sent: {error}") from error
