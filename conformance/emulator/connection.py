"""One connection to the emulator: uvicorn's protocol, with a deadline for whatever a client has to do, and for all."""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from conformance.emulator.bounds import (
    ANSWER_SECONDS,
    BODY_SECONDS,
    HEAD_SECONDS,
    LARGEST_HEAD,
    MOST_CONNECTIONS,
)
from conformance.exchange.request_line import escaped

__all__ = ["Connection"]

# Of those beyond the bound so many get 503 at a time; others are closed at once.
_MOST_TURNED_AWAY = 50
_SECONDS_TO_LEAVE = 1
_WHY = {
    400: "this is no HTTP/1.1 request; or one line or header of it isn't written as it must be",
    408: "the request wasn't whole in time",
    431: f"its line and headers have more than {LARGEST_HEAD // 1024} KB",
    503: f"{MOST_CONNECTIONS} connections are open already; try again",
}


class Connection(H11Protocol):
    """Reads requests and writes answers; a client that takes too long is told so, and disconnected."""

    _deadline: asyncio.TimerHandle | None = None
    _waits_for: str = ""
    _line: bytes = b""
    _leaving: bool = False
    _turned_away: set[Connection] = set()  # noqa: RUF012 -- of all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet nobody; but the one too many is turned away."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- what a stream has
        super().connection_made(transport)
        self.transport = transport
        if len(self.connections) <= MOST_CONNECTIONS:
            self._watch()
            return
        self.connections.discard(self)
        if len(self._turned_away) < _MOST_TURNED_AWAY:
            self._turned_away.add(self)
            self._turn_away(503)
        else:
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the deadline."""
        self._turned_away.discard(self)
        self._forget()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Read on, unless there is nothing more to be said."""
        if self._leaving:
            return
        self._unset_keepalive_if_required()
        data = self._with_line(data)
        if data:
            super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """The client takes its answer slowly."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """The client has taken it."""
        super().resume_writing()
        self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's words don't say what is wrong
        """Say what is wrong; but a request that breaks off after it was answered isn't answered again."""
        error = sys.exception()
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        self._turn_away(status if status in _WHY else 400)

    # --- What is told before it is read ------------------------------------------------------------------

    def _with_line(self, data: bytes) -> bytes:
        """The data with its first line as it should have been written; held back until that is whole."""
        if self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]:
            return data
        line, end, rest = (self._line + data).lstrip(b"\r\n").partition(b"\n")
        self._line = b""
        if len(line) > LARGEST_HEAD:
            self._turn_away(431)
            return b""
        if not end and (line == b"" or line[:1].isalpha()):
            self._line = line
            return b""
        return escaped(line) + end + rest

    # --- Deadlines ---------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Set the deadline for what the client has to do now; it goes on where that is the same as before."""
        waits_for = self._phase()
        if waits_for != self._waits_for:
            self._forget()
            self._waits_for = waits_for
            if waits_for:
                self._deadline = self.loop.call_later(_SECONDS[waits_for], self._too_late)

    def _phase(self) -> str:
        if self._leaving or self.transport.is_closing():
            return ""
        if self.flow.write_paused:
            return "answer"
        return {h11.IDLE: "head", h11.SEND_BODY: "body"}.get(self.conn.their_state, "")

    def _forget(self) -> None:
        self._waits_for = ""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self._waits_for == "answer":
            self.transport.abort()
        else:
            self._turn_away(408)

    def _turn_away(self, status: int) -> None:
        """Say why, if an answer can still be given, and close."""
        self._forget()
        self._leaving = True
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.write(_plain_answer(status))
        if self.transport.can_write_eof():
            self.transport.write_eof()  # closed at once, a client that is still talking might not hear it
        else:
            self.transport.close()
        self.loop.call_later(_SECONDS_TO_LEAVE, self._leave)

    def _leave(self) -> None:
        self.transport.abort()


_SECONDS: dict[str, float] = {"head": HEAD_SECONDS, "body": BODY_SECONDS, "answer": ANSWER_SECONDS}


def _plain_answer(status: int) -> bytes:
    body = f"{_WHY[status]}\n".encode()
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode("ascii") + body
