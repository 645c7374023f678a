"""The answers that come on a connection, whichever way their requests were sent: one reader, within time and size."""

from __future__ import annotations

import socket
import time

import h11
import urllib3

from conformance.base.errors import TransportError
from conformance.exchange.compression import CodingError, decoded
from conformance.exchange.messages import Answer, HttpResponse
from conformance.targets.http1 import AnswerReader, UnreadableError, begun, why_unreadable

__all__ = ["CLOSED", "LARGEST_ANSWER", "AnswerStream", "Deadline", "plain", "too_late"]

# Bytes of a body, as it comes and as it unpacks. A page of a thousand groups takes half of it.
LARGEST_ANSWER = 4 * 1024 * 1024
CLOSED = "closed the connection"
_CHUNK = 65536  # bytes
_BEGINNING = b"HTTP/"
_A_MOMENT = 0.01  # seconds; none at all would mean not to wait for anything


class Deadline:
    """When something must be over, however often bytes come before.

    Attributes:
        seconds: how long there was at first.
    """

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; a moment where there are none."""
        return max(self._at - time.monotonic(), _A_MOMENT)

    @property
    def is_over(self) -> bool:
        """Whether none are left."""
        return time.monotonic() >= self._at


class AnswerStream:
    """Reads the answers of a connection, one after the other.

    Attributes:
        has_begun: whether something of the answer that is read has come.
        keeps_alive: whether the connection is as it was before the answer: another may follow, and nothing else came.
    """

    def __init__(self, connection: socket.socket, where: str) -> None:
        """Read from a connection; `where` is whose it is, in words."""
        self._connection, self._where = connection, where
        self._came = b""
        self.has_begun = self.keeps_alive = False

    def read(self, method: str, deadline: Deadline) -> HttpResponse:
        """The next answer, as it came.

        Args:
            method: that of its request.
            deadline: when it must be whole.

        Raises:
            TransportError: there is none, or it isn't whole, in time, readable, or of a size to be kept.
        """
        reader = AnswerReader(method, LARGEST_ANSWER)
        self.has_begun, self.keeps_alive = bool(self._came), False
        try:
            rest = reader.read(self._came) if self._came else None
            while rest is None:
                rest = self._read_on(reader, deadline)
        except UnreadableError as error:
            raise TransportError(f"the answer of {self._where} can't be read: {error}", unreadable=True) from error
        except h11.ProtocolError as error:
            raise TransportError(
                f"{self._where} answers, but not in HTTP ({why_unreadable(error)})", unreadable=True
            ) from error
        self._came = begun(rest)
        self.keeps_alive = reader.keeps_alive and not self._came
        return reader.http()

    def _read_on(self, reader: AnswerReader, deadline: Deadline) -> bytes | None:
        """What follows the answer; None where it isn't whole yet."""
        self._connection.settimeout(deadline.left)
        try:
            data = self._connection.recv(_CHUNK)
        except TimeoutError as error:
            raise TransportError(too_late(self._where, deadline.seconds, begun=self.has_begun)) from error
        except OSError:  # it was reset
            data = b""
        came = data if self.has_begun else begun(data)
        if not self.has_begun and not (came.startswith(_BEGINNING) or _BEGINNING.startswith(came)):
            raise TransportError(f"{self._where} answers, but not in HTTP", unreadable=True)
        self.has_begun = self.has_begun or bool(came)
        try:
            rest = reader.read(came) if came or not data else None
        except h11.ProtocolError as error:
            if data:
                raise
            raise self._was_closed() from error
        if rest is None and not data:
            raise self._was_closed()
        if rest is None and deadline.is_over:
            raise TransportError(too_late(self._where, deadline.seconds, begun=True))
        return rest

    def _was_closed(self) -> TransportError:
        what = "a whole answer" if self.has_begun else "an answer"
        return TransportError(f"{self._where} {CLOSED} without {what}", closed=True)


def too_late(where: str, seconds: float, *, begun: bool = False) -> str:
    """Why an answer didn't come, or not all of it, in the words of a report."""
    return f"timeout: no {'whole ' if begun else ''}answer from {where} within {seconds:g} s"


def plain(answer: HttpResponse) -> Answer:
    """An answer as whoever reads it wants it: without content coding, and with headers of one name as one."""
    headers = tuple(urllib3.HTTPHeaderDict(answer.headers).itermerged())
    try:
        return HttpResponse(answer.status, headers, decoded(answer, LARGEST_ANSWER))
    except CodingError as error:
        return TransportError(str(error), unreadable=True)
