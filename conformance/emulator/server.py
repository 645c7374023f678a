"""The emulator over HTTP, on uvicorn: one request after the other, unless its behaviour lets them overlap."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from email.utils import formatdate
from types import TracebackType
from typing import TYPE_CHECKING, Any

from conformance.base.errors import SuiteError
from conformance.base.signals import termination_as_interrupt
from conformance.base.sockets import address_of, listen
from conformance.emulator.bounds import IDLE_SECONDS, LARGEST_BODY, LARGEST_HEAD, MOST_KEPT
from conformance.emulator.service import Emulator
from conformance.exchange.messages import Headers, HttpRequest, HttpResponse, header
from conformance.exchange.request_line import absolute

if TYPE_CHECKING:
    import uvicorn

__all__ = ["Server", "serve_forever"]

_SECONDS_TO_STOP = 2
_MOMENT = 0.005  # seconds

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Application:
    """The ASGI application: bytes into `HttpRequest`, `HttpResponse` into bytes."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._kept = 0

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        try:
            body = await self._body(headers, receive)
        except _TooMuchError:
            answer = HttpResponse(503, (("Retry-After", "1"), ("Connection", "close")), b"")
        except _TooLargeError:
            answer = self._too_large(headers)
        else:
            if body is None:
                return  # whoever asked is gone
            http = HttpRequest(scope["method"], _url(scope, headers), headers, body)
            if self._emulator.behaviour.abandoned and await _hung_up(receive):
                self._emulator.abandoned(http)
                return
            overlaps = self._emulator.behaviour.overlaps
            answer = await asyncio.to_thread(self._answer, http) if overlaps else self._answer(http)
        if header(answer.headers, "Date") is None:
            date = formatdate(self._emulator.clock(), usegmt=True)
            answer = replace(answer, headers=(("Date", date), *answer.headers))
        await _respond(answer, send, head=scope["method"] == "HEAD")

    def _too_large(self, headers: Headers) -> HttpResponse:
        answer = self._emulator.refuse("RequestSizeLimitExceeded")
        if header(headers, "Expect") and header(headers, "Content-Length"):
            # Who waits to be told to send the body now doesn't; the next request would be taken for it.
            return replace(answer, headers=(*answer.headers, ("Connection", "close")))
        return answer

    async def _body(self, headers: Headers, receive: _Receive) -> bytes | None:
        """The whole body; None where the client hung up."""
        if int(header(headers, "Content-Length") or 0) > LARGEST_BODY:
            raise _TooLargeError
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                body += part
                self._kept += len(part)
                if len(body) > LARGEST_BODY:
                    raise _TooLargeError
                if self._kept > MOST_KEPT:
                    raise _TooMuchError
                if not message.get("more_body", False):
                    return bytes(body)
        finally:
            self._kept -= len(body)

    def _answer(self, http: HttpRequest) -> HttpResponse:
        try:
            return self._emulator.handle(http)
        except Exception as error:
            # Not what it says: that may quote whoever asked.
            where = traceback.extract_tb(error.__traceback__)[-1]
            sys.stderr.write(
                f"emulator: {type(error).__name__} in {where.name}, line {where.lineno} of {where.filename}\n"
            )
            return self._emulator.refuse("InternalError")


class _TooLargeError(Exception):
    """A body, or what is said to be its length, is past the limit."""


class _TooMuchError(Exception):
    """The bodies of all clients together are."""


async def _hung_up(receive: _Receive) -> bool:
    """Whether whoever asked hangs up within a moment."""
    try:
        message = await asyncio.wait_for(receive(), _MOMENT)
    except TimeoutError:
        return False
    return bool(message["type"] == "http.disconnect")


def _url(scope: _Scope, headers: Headers) -> str:
    path, query = (scope.get("raw_path") or b"/").decode("latin-1"), scope["query_string"].decode("latin-1")
    return absolute(scope["scheme"], header(headers, "Host") or "", f"{path}?{query}" if query else path)


async def _respond(answer: HttpResponse, send: _Send, *, head: bool) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


def _uvicorn(emulator: Emulator, tls: tuple[str, str] | None = None) -> uvicorn.Server:
    """A server that is ready to run: a certificate that can't be read is told here, not in a thread."""
    import uvicorn

    from conformance.emulator.connection import Connection

    chain, key = tls or (None, None)
    config = uvicorn.Config(
        _Application(emulator),
        http=Connection,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=IDLE_SECONDS,
        ws="none",
        loop="asyncio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # what a client sends or breaks off is no news of the server's
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        ssl_certfile=chain,
        ssl_keyfile=key,
    )
    try:
        config.load()
    except OSError as error:
        raise SuiteError(f"can't use the certificate {chain} with the key {key}: {error.strerror or error}") from error
    return uvicorn.Server(config)


def serve_forever(emulator: Emulator, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        emulator: what answers.
        host: name or address to listen at.
        port: port to listen at; 0 for any.
        announce: called with the URL once it listens.

    Raises:
        SuiteError: the address can't be listened at.
    """
    with contextlib.suppress(KeyboardInterrupt), termination_as_interrupt(), listen(host, port) as listening:
        announce(address_of(listening, "http"))
        _uvicorn(emulator).run(sockets=[listening])


class Server:
    """The emulator over HTTP in a thread of its own, for the time of a `with`.

    Attributes:
        url: where it listens.
    """

    def __init__(
        self, emulator: Emulator, host: str = "127.0.0.1", port: int = 0, tls: tuple[str, str] | None = None
    ) -> None:
        """Listen; requests are answered once the `with` begins.

        Args:
            emulator: what answers.
            host: name or address to listen at.
            port: port to listen at; 0 for any.
            tls: paths of a certificate chain and its key, to answer over HTTPS.

        Raises:
            SuiteError: the address can't be listened at, or the certificate can't be used.
        """
        self._server = _uvicorn(emulator, tls)
        self._listening = listen(host, port)
        self.url = address_of(self._listening, "https" if tls else "http")
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=[self._listening])

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_SECONDS_TO_STOP + 1)
        self._listening.close()
