"""The server to which clients are sent: the emulator, with a part to play at each request. It keeps every arrival.

One call is in flight at a time, so that what arrives belongs to it, unless it has the words of an earlier one.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from conformance.base.sockets import listen
from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.observed_calls import Arrival
from conformance.exchange.plays import ELSEWHERE, PLAY, Play, Trick
from conformance.exchange.wire import UndecodableError, decode, envelope
from conformance.targets.http1 import RequestReader

__all__ = ["Act", "Stage"]

_CHUNK = 64 * 1024
# Bytes of an answer without end: nobody needs so many to see that it has none.
_MOST_TAKEN = 64 * 1024 * 1024
_BETWEEN_DROPS = 0.2  # seconds
_RESET = struct.pack("ii", 1, 0)
_ANOTHER_HOST = "elsewhere.example.com"
# Connections that nobody takes are made by filling the queue of those that wait.
_FILLING = 4


@dataclass(slots=True)
class Act:
    """What is played at one call.

    Attributes:
        plays: at its requests, in order; the last one stays.
        word: that its requests have, so that they are known; empty where none can be asked for.
        is_proxied: whether they come through this server as a proxy.
        arrivals: what came.
        over: set once the call is over.
    """

    plays: Sequence[Play]
    word: str = ""
    is_proxied: bool = False
    began: float = field(default_factory=time.monotonic)
    arrivals: list[Arrival] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    seen: int = 0

    def note_taken(self, arrival: Arrival, taken: int) -> None:
        """Note how much of an answer without end was taken."""
        at = next(place for place, each in enumerate(self.arrivals) if each.raw is arrival.raw)
        self.arrivals[at] = replace(self.arrivals[at], taken=taken)

    def is_asked_by(self, text: str) -> bool:
        """Whether a request's text has the word."""
        return bool(self.word) and self.word in text


class Stage:
    """A server for one client, on ports of its own.

    Attributes:
        emulator: what answers.
        address: host and port.
        deaf: host and port at which nobody takes connections.
    """

    def __init__(self, emulator: Emulator) -> None:
        """Listen."""
        self.emulator = emulator
        self._listening = [listen("127.0.0.1", 0), listen("127.0.0.1", 0)]
        self.address = f"127.0.0.1:{self._listening[0].getsockname()[1]}"
        self._elsewhere_port = self._listening[1].getsockname()[1]
        self._deaf = _deaf()
        self.deaf = f"127.0.0.1:{self._deaf[0].getsockname()[1]}"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._acts: list[Act] = []
        self._closed = False
        for elsewhere, listening in enumerate(self._listening):
            threading.Thread(target=self._accept, args=(listening, bool(elsewhere)), daemon=True).start()

    def begin(self, act: Act, *, is_proxy: bool) -> None:
        """A call is about to be asked for; whether this server is its proxy."""
        act.is_proxied, act.began = is_proxy, time.monotonic()
        with self._lock:
            self._acts.append(act)

    def close(self) -> None:
        """Let go of everything."""
        self._closed = True
        with self._lock:
            open_ = [*self._open, *self._listening, *self._deaf]
            for act in self._acts:
                act.over.set()
        for each in open_:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    # --- Connections ---------------------------------------------------------------------------------------

    def _accept(self, listening: socket.socket, elsewhere: bool) -> None:
        while not self._closed:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection, elsewhere), daemon=True).start()

    def _serve(self, connection: socket.socket, elsewhere: bool) -> None:
        waiting = b""
        try:
            while True:
                reader, raw = RequestReader(), bytearray()
                rest = reader.read(waiting) if waiting else None
                raw += waiting
                while rest is None:
                    data = connection.recv(_CHUNK)
                    if not data:
                        return
                    raw += data
                    rest = reader.read(data)
                waiting = rest
                http = reader.http("http")
                goes_on = self._answer(connection, http, bytes(raw[: len(raw) - len(rest)]), elsewhere)
                if not goes_on or (header(http.headers, "Connection") or "").lower() == "close":
                    return
        except Exception:  # noqa: S110 -- a client that breaks off, or writes no HTTP: nothing arrived
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _act_of(self, http: HttpRequest, raw: bytes) -> tuple[Act, Play, bool] | None:
        """The call to which a request belongs, what is played at it, and whether it has its word."""
        text = _text_of(http, raw)
        with self._lock:
            if not self._acts:
                return None
            current = self._acts[-1]
            known = next((each for each in reversed(self._acts) if each.is_asked_by(text)), None)
            act = known or current
            play = act.plays[min(act.seen, len(act.plays) - 1)]
            act.seen += 1
            return act, play, known is not None or not act.word

    def _answer(self, connection: socket.socket, http: HttpRequest, raw: bytes, elsewhere: bool) -> bool:
        """Play at a request; whether the connection goes on."""
        found = self._act_of(http, raw)
        if found is None:
            return False
        act, play, named = found
        at = time.monotonic() - act.began
        elsewhere = elsewhere or http.url.partition("//")[2].startswith(_ANOTHER_HOST)
        arrival = Arrival(http, raw, at, play.id, elsewhere=elsewhere, named=named)
        if elsewhere:
            return self._write(connection, act, PLAY["as-it-is"], replace(arrival, given=_of_another_host()))
        answer = self.emulator.handle(http) if play.carries_out else self.emulator.refuse(play.code or "InternalError")
        created = play.carries_out and answer.status == 200 and _succeeds(answer)
        if play.code is not None or created:
            answer = play.change(answer)
        answer = self._with_location(answer, act)
        return self._write(connection, act, play, replace(arrival, given=answer, created=created))

    def _with_location(self, answer: HttpResponse, act: Act) -> HttpResponse:
        there = f"http://{_ANOTHER_HOST}/" if act.is_proxied else f"http://localhost:{self._elsewhere_port}/"
        headers = tuple((name, value.replace(ELSEWHERE, there)) for name, value in answer.headers)
        return replace(answer, headers=headers)

    # --- Answers -------------------------------------------------------------------------------------------

    def _write(self, connection: socket.socket, act: Act, play: Play, arrival: Arrival) -> bool:
        """Write an answer in the way that is played, and keep the arrival; whether the connection goes on.

        The arrival is kept before the answer's last byte is written: then the client goes on.
        """
        answer = arrival.given
        assert answer is not None  # noqa: S101 -- whoever calls gave one
        nothing = replace(arrival, given=None, whole=False)
        body = answer.body
        match play.trick:
            case Trick.RESET_BEFORE | Trick.RESET_AMID:
                act.arrivals.append(nothing)
                if play.trick is Trick.RESET_AMID:
                    written = _head(answer, len(body)) + body
                    connection.sendall(written[: len(written) - len(body) // 2])
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return False
            case Trick.LOST:
                act.arrivals.append(nothing)
                return False
            case Trick.TOO_SHORT:
                act.arrivals.append(nothing)
                connection.sendall(_head(answer, len(body)) + body[: len(body) // 2])
                return False
            case Trick.TOO_LONG:
                act.arrivals.append(replace(arrival, given=replace(answer, body=body[: len(body) // 2])))
                connection.sendall(_head(answer, len(body) // 2) + body)
                return False
            case Trick.SILENT | Trick.DRIPPING | Trick.ENDLESS:
                act.arrivals.append(nothing)
                self._without_end(connection, act, play, arrival)
                return False
            case Trick.WITHOUT_LENGTH:
                act.arrivals.append(arrival)
                connection.sendall(_head(answer, None, ("Connection", "close")) + body)
                return False
            case _:
                act.arrivals.append(arrival)
                _write_whole(connection, answer, play.trick)
                return True

    def _without_end(self, connection: socket.socket, act: Act, play: Play, arrival: Arrival) -> None:
        """Write what has no end, until the call is over."""
        answer = arrival.given
        assert answer is not None  # noqa: S101 -- whoever calls gave one
        taken = 0
        try:
            if play.trick is not Trick.SILENT:
                connection.sendall(_head(answer, 10**12))
            connection.settimeout(_BETWEEN_DROPS)
            while not act.over.is_set() and taken < _MOST_TAKEN:
                if play.trick is Trick.ENDLESS:
                    with contextlib.suppress(TimeoutError):
                        taken += connection.send(b" " * _CHUNK)
                    continue
                act.over.wait(_BETWEEN_DROPS)
                if play.trick is Trick.DRIPPING:
                    connection.sendall(b" ")
        finally:
            act.note_taken(arrival, taken)
        act.over.wait()


def _deaf() -> list[socket.socket]:
    """A socket that listens, and those that fill its queue, so that nobody else is let in."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    filling = []
    for _ in range(_FILLING):
        each = socket.socket()
        each.setblocking(False)
        each.connect_ex(listening.getsockname())
        filling.append(each)
    return [listening, *filling]


def _text_of(http: HttpRequest, raw: bytes) -> str:
    """The texts of a request, as far as it can be read; else its bytes."""
    try:
        return json.dumps(decode(http).plain)
    except UndecodableError:
        return unquote(raw.decode("latin-1"))


def _succeeds(answer: HttpResponse) -> bool:
    read = envelope(answer)
    return read.problem is None and read.error is None


def _of_another_host() -> HttpResponse:
    response = {"FaceModelVersion": "3.0", "RequestId": str(uuid.uuid4())}
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps({"Response": response}).encode())


def _head(answer: HttpResponse, length: int | None, *more: tuple[str, str]) -> bytes:
    headers = [*answer.headers, *more]
    if length is not None and answer.status != 204:
        headers.append(("Content-Length", str(length)))
    lines = [f"HTTP/1.1 {answer.status} -", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _write_whole(connection: socket.socket, answer: HttpResponse, trick: Trick) -> None:
    if trick is Trick.CHUNKED:
        parts = [answer.body[at : at + 7] for at in range(0, len(answer.body), 7)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in parts)
        connection.sendall(_head(answer, None, ("Transfer-Encoding", "chunked")) + chunks + b"0\r\n\r\n")
        return
    written = _head(answer, len(answer.body)) + answer.body
    if trick is Trick.IN_PIECES:
        for at in range(len(written)):
            connection.send(written[at : at + 1])
    else:
        connection.sendall(written)
