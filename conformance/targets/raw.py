"""HTTP/1.1 by hand, for what a client library won't do: send without waiting for an answer, or hang up before it."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, HttpRequest, header
from conformance.targets.answers import AnswerStream, Deadline, plain
from conformance.targets.tls import context_for

__all__ = ["abandon", "connect", "message", "pipelined", "written"]

_LINE_END = re.compile("[\r\n\0]")


def written(request: HttpRequest) -> bytes:
    """A request as bytes. Raises ValueError where none could be told from the bytes."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{request.query}" if request.query else "")
    headers = list(request.headers)
    if header(request.headers, "Host") is None:
        headers.insert(0, ("Host", parts.netloc))
    if header(request.headers, "Content-Length") is None and (request.body or request.method == "POST"):
        headers.append(("Content-Length", str(len(request.body))))
    return message(request.method, target, headers, request.body)


def message(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """A request as bytes, with these headers and no other. Raises ValueError where a line would end in its middle."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if any(_LINE_END.search(each) for each in lines):
        raise ValueError("a line of the request has a line break in it")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


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


def pipelined(connection: socket.socket, requests: Sequence[HttpRequest], timeout: float, where: str) -> list[Answer]:
    """The answers to requests that are all sent before the first is read; fewer where the connection was closed.

    Args:
        connection: closed afterwards.
        requests: what is sent.
        timeout: seconds for each answer to be whole, after the one before it.
        where: whose connection it is, in words.
    """
    data = b"".join(written(each) for each in requests)
    answers: list[Answer] = []
    stream = AnswerStream(connection, where)
    with contextlib.closing(connection):
        with contextlib.suppress(OSError):  # it may have answered all the same
            connection.sendall(data)
        for each in requests:
            try:
                answers.append(plain(stream.read(each.method, Deadline(timeout))))
            except TransportError as error:
                # A server may close a connection after an answer, or forget what came with its request.
                if not error.closed and (stream.has_begun or not answers):
                    answers.append(error)
                break
    return answers


def abandon(connection: socket.socket, request: HttpRequest) -> None:
    """Send a request whole, and hang up. Raises TransportError where it can't be sent."""
    with contextlib.closing(connection):
        try:
            connection.sendall(written(request))
        except (OSError, ValueError) as error:
            raise TransportError(f"the request could not be sent: {error}") from error
