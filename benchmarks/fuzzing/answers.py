"""What comes back for an input, and what is wrong with that."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.fuzzing.drawing import Input
from conformance.exchange.messages import HttpResponse
from conformance.exchange.wire import envelope

CLIPPED = 300
_PAUSE = 0.05  # seconds between two pieces of an input
_QUIET = 0.03  # seconds for which an answer is waited for that need not come


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came; without a status where it is none, and not whole where it is cut short."""

    status: int
    body: bytes
    whole: bool = True


def answers(data: bytes, sent: bytes) -> list[Answer]:
    """The answers in what came back, but for the interim ones."""
    found: list[Answer] = []
    while data:
        head, blank, rest = data.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        if not blank or status is None:
            return [*found, Answer(0, data, whole=False)]
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if status[1].startswith(b"1"):
            data = rest
            continue
        if length is not None:
            size = int(length[1])
            # To HEAD no body comes. What was asked isn't always plain; but then nothing comes, or the next answer.
            bodiless = b"HEAD" in sent and (not rest or rest.startswith(b"HTTP/1.1 "))
            size = 0 if bodiless else size
        elif b"chunked" in head.lower():
            end = rest.find(b"0\r\n\r\n")
            size = end + 5 if end >= 0 else len(rest) + 1
        else:
            size = len(rest)
        found.append(Answer(int(status[1]), rest[:size], whole=len(rest) >= size))
        data = rest[size:]
    return found


def complaint(given: Input, found: Sequence[Answer]) -> str | None:
    """What is wrong with the answers to an input; None where nothing is."""
    bodied = not any(b"HEAD" in each for each in given.pieces)
    for each in found:
        if not each.whole:
            return f"an answer that is cut short, or none: status {each.status}, {each.body[:CLIPPED]!r}"
        if each.status >= 500:
            return f"HTTP status {each.status}"
        if each.status == 200 and (each.body or bodied):
            said = envelope(HttpResponse(each.status, (), each.body))
            if said.problem is not None or said.request_id is None:
                return f"no answer of the API: {said.problem or 'no RequestId'}: {each.body[:CLIPPED]!r}"
            if said.code == "InternalError":
                return "InternalError"
    if given.answers is not None and len(found) < given.answers:
        return f"closed after {len(found)} of {given.answers} answers"
    return None


class SlowError(Exception):
    """The server took longer than it may; the message says for what."""


def exchange(address: tuple[str, int], given: Input, seconds: float) -> bytes:
    """What comes back for an input.

    Raises:
        SlowError: neither an answer nor the end of the connection came in time.
        OSError: no connection.
    """
    sent = b"".join(given.pieces)
    with socket.create_connection(address, seconds) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = bytearray()
        try:
            for place, piece in enumerate(given.pieces):
                if place:
                    time.sleep(_PAUSE)
                connection.sendall(piece)
            if given.leaves:
                return b""
            end = time.monotonic() + seconds
            if given.answers is not None:
                wanted = given.answers
                _receive(connection, received, end, lambda: len(_whole(received, sent)) >= wanted)
                return bytes(received)
            with contextlib.suppress(SlowError):
                _receive(connection, received, time.monotonic() + _QUIET, lambda: bool(_whole(received, sent)))
            connection.shutdown(socket.SHUT_WR)
            _receive(connection, received, end, lambda: False)
        except TimeoutError as error:
            raise SlowError("the server doesn't read on") from error
        except OSError:
            pass  # closed before all was sent or read: whoever sends nonsense must live with that
        return bytes(received)


def _whole(received: bytearray, sent: bytes) -> list[Answer]:
    return [each for each in answers(bytes(received), sent) if each.whole]


def _receive(connection: socket.socket, received: bytearray, end: float, enough: Callable[[], bool]) -> None:
    """Read until it is enough or the connection ends. Raises SlowError where neither comes in time."""
    while not enough():
        left = end - time.monotonic()
        connection.settimeout(max(left, 0.001))
        try:
            part = connection.recv(1 << 18)
        except TimeoutError as error:
            raise SlowError("neither an answer nor the end of the connection came") from error
        if not part:
            return
        received += part
