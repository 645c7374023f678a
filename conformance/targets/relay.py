"""A relay: passes bytes on as they are, both ways, and on the side reads the exchanges that they make up.

Nothing is added and nothing is changed. What can't be read is passed on all the same, and then no longer looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

import h11

from conformance.emulator.server import address_of, listen, termination_as_interrupt
from conformance.errors import TransportError
from conformance.messages import Answer, Headers, HttpRequest, HttpResponse
from conformance.targets.tls import authorities, certificates_of, context_for

__all__ = ["Exchange", "Relay"]

_CHUNK = 65536
# Larger bodies are passed on, but not kept: the connection is no longer looked at.
_LARGEST_BODY = 12 * 1024 * 1024
_LARGEST_HEAD = 256 * 1024
# Seconds that a client has to end a request that can't be passed on.
_TO_END = 2.0
_NO_TUNNEL = "what goes on inside TLS can't be seen: use http:// to reach this relay, which uses TLS to go on\n"

Told = Callable[[HttpRequest, Answer, float], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that passed, and what came of it.

    Attributes:
        http: the request.
        answer: what came of it; or why nothing did.
        sent: when its last byte had passed, in seconds since 1970.
        answered: when its answer had passed, or was given up.
        overlapped: the requests that were under way at the same time, on whatever connection.
    """

    http: HttpRequest
    answer: Answer
    sent: float
    answered: float
    overlapped: tuple[HttpRequest, ...] = ()


Report = Callable[[Exchange], None]


class Relay:
    """Relays between clients and one server.

    Attributes:
        url: where it listens.
        certificates: with which the server proved its name, on the latest connection; see `certificates_of`.
    """

    def __init__(
        self,
        upstream: str,
        on_exchange: Report,
        *,
        on_blind: Callable[[str], None] = lambda _why: None,
        host: str = "127.0.0.1",
        port: int = 0,
        timeout: float = 10.0,
        ca_file: str | bool | None = None,
    ) -> None:
        """Listen; what comes is relayed once it is started.

        Args:
            upstream: URL of the server; TLS to it is always verified.
            on_exchange: called with each request and what came of it, one at a time, in the order of the answers.
            on_blind: called with a sentence for each connection that can't be read from some point on.
            host: name or address to listen at.
            port: port to listen at; 0 for any.
            timeout: seconds to wait for the server.
            ca_file: of a private authority; True for the usual ones, None for what the environment says.

        Raises:
            SuiteError: the address can't be listened at.
        """
        self._upstream = urlsplit(upstream)
        self._report, self._blind = on_exchange, on_blind
        self._timeout = timeout
        self._ca_file = authorities() if ca_file is None else ca_file
        self._listening = listen(host, port)
        self.url = address_of(self._listening, "http")
        self.certificates: tuple[bytes, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    # --- Beginning and end -----------------------------------------------------------------------------

    def run(self, announce: Callable[[str], None]) -> None:
        """Relay in this thread until Ctrl-C or SIGTERM; `announce` is called with the URL."""
        announce(self.url)
        with contextlib.suppress(KeyboardInterrupt), termination_as_interrupt():
            self._run()

    def __enter__(self) -> Relay:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 -- a coroutine that runs has one
            connections.add(task)
            try:
                await self._relay(reader, writer)
            finally:
                connections.discard(task)
                await _close(writer)

        server = await asyncio.start_server(connected, sock=self._listening)
        self._started.set()
        try:
            await self._stop.wait()
        finally:
            server.close()
            for each in list(connections):
                each.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    # --- One connection --------------------------------------------------------------------------------

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what a client sends, and what the server answers, until either ends."""
        _without_delay(writer)
        with contextlib.suppress(OSError):
            first = await reader.read(_CHUNK)
            if not first:
                return
            if first.startswith(b"CONNECT "):
                writer.write(_plain_answer(501, "Not Implemented", _NO_TUNNEL))
                await writer.drain()
                return
            tap = _Tap(self._tell, self._upstream.scheme, self._blind)
            tap.sent(first)
            try:
                up_reader, up_writer = await self._connect()
            except (OSError, TimeoutError) as error:
                await self._not_reached(error, tap, reader, writer)
                return
            try:
                up_writer.write(first)
                await up_writer.drain()
                await self._pump(tap, (reader, writer), (up_reader, up_writer))
            finally:
                await _close(up_writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the server, with verified TLS for https. Raises OSError, TimeoutError."""
        parts = self._upstream
        secure = parts.scheme == "https"
        context = context_for(self._ca_file) if secure else None
        port = parts.port or (443 if secure else 80)
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(parts.hostname, port, ssl=context), self._timeout
        )
        _without_delay(writer)
        connection = writer.get_extra_info("ssl_object")
        if connection is not None:
            self.certificates = certificates_of(connection)
        return reader, writer

    async def _not_reached(
        self, error: Exception, tap: _Tap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Tell a client that the server can't be reached, once its request is there."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TO_END):
                while not tap.waiting and tap.looks and (data := await reader.read(_CHUNK)):
                    tap.sent(data)
        why = f"no connection to {self._upstream.netloc}: {_told(error)}"
        tap.failed(TransportError(why))
        status, phrase = (504, "Gateway Timeout") if isinstance(error, TimeoutError) else (502, "Bad Gateway")
        writer.write(_plain_answer(status, phrase, f"{why}\n"))
        await writer.drain()

    async def _pump(
        self,
        tap: _Tap,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        forth = asyncio.create_task(self._forth(tap, client[0], server[1]))
        back = asyncio.create_task(self._back(tap, server[0], client[1]))
        try:
            # A client that has sent all may still wait for its answer; a server that is done is done.
            await back
        finally:
            for each in (forth, back):
                each.cancel()
            await asyncio.gather(forth, back, return_exceptions=True)

    async def _forth(self, tap: _Tap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                tap.sent(data)
                writer.write(data)
                await writer.drain()
        if tap.waiting and writer.can_write_eof():
            with contextlib.suppress(OSError):
                writer.write_eof()
        elif not tap.waiting:
            writer.close()  # nobody waits for anything any more

    async def _back(self, tap: _Tap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                data = await self._from_server(tap, reader)
            except TimeoutError:
                tap.failed(
                    TransportError(f"timeout: no answer from {self._upstream.netloc} within {self._timeout:g} s")
                )
                with contextlib.suppress(OSError):
                    writer.write(_plain_answer(504, "Gateway Timeout", "the server doesn't answer\n"))
                    await writer.drain()
                return
            except OSError:
                data = b""
            if not data:
                if tap.ended() and not tap.answering:
                    with contextlib.suppress(OSError):
                        writer.write(_plain_answer(502, "Bad Gateway", "the server hung up without an answer\n"))
                        await writer.drain()
                return
            tap.received(data)
            writer.write(data)
            await writer.drain()

    async def _from_server(self, tap: _Tap, reader: asyncio.StreamReader) -> bytes:
        """What the server says next. Raises TimeoutError where an answer is overdue of which nothing has come."""
        read = asyncio.ensure_future(reader.read(_CHUNK))
        try:
            while True:
                done, _ = await asyncio.wait({read}, timeout=self._timeout)
                if done:
                    return read.result()
                if tap.overdue(self._timeout) and not tap.answering:
                    raise TimeoutError
        finally:
            read.cancel()

    def _tell(self, http: HttpRequest, answer: Answer, sent: float) -> None:
        try:
            self._report(Exchange(http, answer, sent, time.time()))
        except Exception as error:  # whatever goes wrong in looking on, the traffic goes on
            sys.stderr.write(f"relay: {type(error).__name__}: {str(error)!a:.500}\n")


# --- Reading on the side ---------------------------------------------------------------------------------


class _Tap:
    """Reads the requests and the answers of one connection as they pass.

    Attributes:
        looks: whether it still does; it stops where something can't be read.
        answering: whether an answer has begun that hasn't ended.
    """

    def __init__(self, report: Told, scheme: str, blind: Callable[[str], None]) -> None:
        self._report, self._scheme, self._blind = report, scheme, blind
        self.looks = True
        self.answering = False
        self._requests = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        self._request: tuple[h11.Request, bytearray] | None = None
        self._answers: h11.Connection | None = None
        self._answer: tuple[h11.Response, bytearray] | None = None
        self._waiting: deque[tuple[HttpRequest, float]] = deque()
        self._since = 0.0
        self._early = False

    @property
    def waiting(self) -> bool:
        """Whether a whole request was sent that has no whole answer yet."""
        return bool(self._waiting)

    def overdue(self, seconds: float) -> bool:
        """Whether a request has waited so long for its answer."""
        return self.waiting and asyncio.get_running_loop().time() - self._since >= seconds

    def sent(self, data: bytes) -> None:
        """The client sent this."""
        if self.looks:
            self._looking(lambda: self._read_requests(data))

    def received(self, data: bytes) -> None:
        """The server sent this."""
        if self.looks:
            self._looking(lambda: self._read_answers(data))

    def ended(self) -> bool:
        """The server hung up; whether a request is left without a whole answer."""
        if self.looks and self._answers is not None and self.answering:
            self._looking(lambda: self._read_answers(b""))
        left = bool(self._waiting)
        self.failed(TransportError("the server closed the connection without a whole answer", closed=True))
        return left

    def failed(self, why: TransportError) -> None:
        """No answer will come to what is waiting."""
        while self._waiting:
            http, sent = self._waiting.popleft()
            self._report(http, why, sent)

    def _looking(self, read: Callable[[], None]) -> None:
        try:
            read()
        except (h11.ProtocolError, ValueError, LookupError, UnicodeError):
            self._look_away()

    def _look_away(self) -> None:
        if self.looks:
            self._blind("it isn't HTTP, or not in a form that is understood")
        self.looks = False
        self._waiting.clear()
        self._request = self._answer = None

    def _read_requests(self, data: bytes) -> None:
        self._requests.receive_data(data)
        while True:
            event = self._requests.next_event()
            if isinstance(event, h11.Request):
                self._request = event, bytearray()
            elif isinstance(event, h11.Data) and self._request is not None:
                self._keep(self._request[1], event.data)
            elif isinstance(event, h11.EndOfMessage) and self._request is not None:
                if not self._early:
                    self._wait_for(_request(*self._request, self._scheme))
                self._request, self._early = None, False
                if not self._next_request():
                    return
            else:
                return

    def _wait_for(self, http: HttpRequest) -> None:
        if not self._waiting:
            self._since = asyncio.get_running_loop().time()
        self._waiting.append((http, time.time()))

    def _next_request(self) -> bool:
        """Make the parser ready for another request, as if this one had been answered."""
        self._requests.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        self._requests.send(h11.EndOfMessage())
        if self._requests.our_state is not h11.DONE:
            return False  # the client said that it is the last
        self._requests.start_next_cycle()
        return True

    def _read_answers(self, data: bytes) -> None:
        while True:
            if self._answers is None and not self._expect_answer():
                return
            assert self._answers is not None  # noqa: S101 -- expected above
            self._answers.receive_data(data)
            if not self._read_answer():
                return
            data = self._answers.trailing_data[0]
            self._answers = None
            if not data:
                return

    def _expect_answer(self) -> bool:
        """A parser for the next answer; one that comes before its request has ended is that request's."""
        if not self._waiting:
            if self._request is None:
                self._look_away()  # an answer to nothing
                return False
            self._early = True
            self._wait_for(_request(*self._request, self._scheme))
        self._answers = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self._answers.send(h11.Request(method=self._waiting[0][0].method, target="/", headers=[("Host", "x")]))
        self._answers.send(h11.EndOfMessage())
        self.answering = True
        return True

    def _read_answer(self) -> bool:
        """Whether the answer at hand is whole, and reported."""
        assert self._answers is not None  # noqa: S101 -- there is one at hand
        while True:
            event = self._answers.next_event()
            if isinstance(event, h11.Response):
                self._answer = event, bytearray()
            elif isinstance(event, h11.Data) and self._answer is not None:
                self._keep(self._answer[1], event.data)
            elif isinstance(event, h11.EndOfMessage) and self._answer is not None:
                response, body = self._answer
                self._answer, self.answering = None, False
                self._since = asyncio.get_running_loop().time()
                http, sent = self._waiting.popleft()
                self._report(http, HttpResponse(response.status_code, _headers(response), bytes(body)), sent)
                return True
            elif event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return False

    def _keep(self, body: bytearray, data: bytes | bytearray) -> None:
        body += data
        if len(body) > _LARGEST_BODY:
            raise ValueError("too large to be kept")


def _headers(message: h11.Request | h11.Response) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw_items())


def _request(message: h11.Request, body: bytearray, scheme: str) -> HttpRequest:
    headers = _headers(message)
    target = message.target.decode("latin-1")
    if "://" not in target.partition("?")[0]:
        host = next((value for name, value in headers if name.lower() == "host"), "")
        target = f"{scheme}://{host}{target}"
    return HttpRequest(message.method.decode("latin-1"), target, headers, bytes(body))


# --- Small things ----------------------------------------------------------------------------------------


def _plain_answer(status: int, phrase: str, text: str) -> bytes:
    body = text.encode("utf-8", "backslashreplace")
    head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode("latin-1") + body


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can't be verified ({error.verify_message})"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or "timeout"


def _without_delay(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def _close(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.CancelledError, TimeoutError):
        writer.close()
        await asyncio.wait_for(writer.wait_closed(), 1.0)
