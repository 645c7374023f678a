"""HTTP/1.1 by hand, for what a client library won't do: send without waiting for an answer, or hang up before it."""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import h11
import urllib3

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse, header
from conformance.targets.http1 import AnswerReader, UnreadableError
from conformance.targets.tls import context_for

__all__ = ["abandon", "connect", "pipelined", "written"]

_CHUNK = 65536  # bytes


def written(request: HttpRequest) -> bytes:
    """A request as bytes."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{request.query}" if request.query else "")
    headers = list(request.headers)
    if header(request.headers, "Host") is None:
        headers.insert(0, ("Host", parts.netloc))
    if header(request.headers, "Content-Length") is None and (request.body or request.method == "POST"):
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


def pipelined(connection: socket.socket, requests: Sequence[HttpRequest]) -> list[Answer]:
    """The answers to requests that are all sent before the first is read; fewer where the connection was closed."""
    answers: list[Answer] = []
    left = b""
    # A server may close a connection at any time; the client then asks again.
    with contextlib.closing(connection), contextlib.suppress(OSError, h11.ProtocolError, UnreadableError):
        connection.sendall(b"".join(written(each) for each in requests))
        for each in requests:
            answer, left = _read_answer(connection, each.method, left)
            answers.append(_decoded(answer))
    return answers


def _read_answer(connection: socket.socket, method: str, came: bytes) -> tuple[HttpResponse, bytes]:
    """The next answer on a connection, and what came behind it.

    Args:
        connection: where it comes from.
        method: that of its request.
        came: what came behind the answer before it.

    Raises:
        OSError, h11.ProtocolError, UnreadableError: there is none, or it isn't whole.
    """
    reader = AnswerReader(method)
    left = reader.read(came) if came else None
    while left is None:
        left = reader.read(connection.recv(_CHUNK))
    return reader.http(), left


def _decoded(answer: HttpResponse) -> Answer:
    """An answer as `requests` gives it: no content coding is left, and headers of one name are one."""
    headers = urllib3.HTTPHeaderDict(answer.headers)
    try:
        body = urllib3.HTTPResponse(io.BytesIO(answer.body), headers, answer.status).data
    except urllib3.exceptions.DecodeError:
        return TransportError(f"an answer isn't coded as its Content-Encoding says: {headers['Content-Encoding']}")
    return HttpResponse(answer.status, tuple(headers.itermerged()), body)


def abandon(connection: socket.socket, request: HttpRequest) -> None:
    """Send a request whole, and hang up. Raises TransportError where it can't be sent."""
    with contextlib.closing(connection):
        try:
            connection.sendall(written(request))
        except OSError as error:
            raise TransportError(f"the request could not be sent: {error}") from error
