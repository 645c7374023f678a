"""A relay: passes bytes on as they are, both ways, and on the side reads the exchanges that they make up.

Nothing is added and nothing is changed. What can't be read is passed on all the same, and then no longer looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from urllib.parse import SplitResult, urlsplit

from conformance.base.errors import UsageError
from conformance.base.signals import termination_as_interrupt
from conformance.base.sockets import address_of, listen
from conformance.exchange.messages import Answer, HttpRequest
from conformance.observe.link import Link, Upstream, port_of
from conformance.observe.tap import InFlight, Passed, Tap
from conformance.targets.tls import authorities

__all__ = ["Relay", "RelayedExchange"]

# Seconds that connections have to close when the relay ends.
_TO_CLOSE = 1.0
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 -- to be told apart, not listened at


@dataclass(frozen=True, slots=True, repr=False)
class RelayedExchange:
    """A request that passed, and what came of it.

    Attributes:
        http: the request.
        answer: what came of it; or why nothing did.
        sent: when its last byte had passed, in seconds since 1970.
        answered: when its answer had passed, or was given up.
        overlapped: the requests that were under way at the same time, on whatever connection: whole ones, of which no
            whole answer had passed when this one was sent, or that were sent before this one was answered.
    """

    http: HttpRequest
    answer: Answer
    sent: float
    answered: float
    overlapped: tuple[HttpRequest, ...]


class Relay:
    """Relays between clients and one server.

    Attributes:
        url: where it listens.
    """

    def __init__(
        self,
        upstream: str,
        on_exchange: Callable[[RelayedExchange], None],
        *,
        on_blind: Callable[[str], None] = lambda _: None,
        host: str = "127.0.0.1",
        port: int = 0,
        timeout: float = 10.0,
        ca_file: str | bool | None = None,
    ) -> None:
        """Listen; what comes is relayed once it is started.

        Args:
            upstream: URL of the server; TLS to it is always verified.
            on_exchange: called with each exchange, in the order of the answers.
            on_blind: called once for each connection that can't be read from there on, with the reason in words. Both
                are called one at a time, in one thread of their own: traffic never waits for them.
            host: name or address to listen at.
            port: port to listen at; 0 for any.
            timeout: seconds to wait until the server is reached.
            ca_file: of a private authority; True for the usual ones, None for what the environment says.

        Raises:
            UsageError: the upstream is this relay.
            SuiteError: the address can't be listened at.
        """
        parts = urlsplit(upstream)
        if _is_own(parts, host, port):
            raise UsageError(f"upstream {upstream}: the relay itself listens there, and would pass all on to itself")
        self._upstream = Upstream(parts, timeout, authorities() if ca_file is None else ca_file)
        self._telling = _Telling(on_exchange, on_blind)
        self._listening = listen(host, port)
        self.url = address_of(self._listening, "http")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """With which the server proved its name, on the latest connection; see `certificates_of`."""
        return self._upstream.certificates

    def run(self, announce: Callable[[str], None]) -> None:
        """Relay in this thread until Ctrl-C or SIGTERM; `announce` is called with the URL."""
        announce(self.url)
        with termination_as_interrupt():
            self._run()

    def __enter__(self) -> Relay:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_soon()
        self._thread.join()

    def _end_soon(self) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    def _run(self) -> None:
        try:
            with self._telling.going_on(), contextlib.suppress(KeyboardInterrupt):
                asyncio.run(self._serve())
        finally:
            self._started.set()  # or it never will be, and nobody may wait for it

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        links: set[Link] = set()

        def connected() -> asyncio.Protocol:
            link = Link(self._upstream, self._telling.tap(self._upstream.url.scheme))
            links.add(link)
            link.gone.add_done_callback(lambda _: links.discard(link))
            return link.client

        server = await self._loop.create_server(connected, sock=self._listening)
        self._started.set()
        with _termination_as(self._end_soon):
            try:
                await self._stop.wait()
            finally:
                server.close()
                await _end(links)


@contextlib.contextmanager
def _termination_as(end: Callable[[], None]) -> Iterator[None]:
    """SIGTERM calls this. As an interrupt it could come between what passes and its being read."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: end())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _end(links: set[Link]) -> None:
    """End connections: politely, then not."""
    for end in (Link.end, Link.abort):
        for each in links:
            end(each)
        if links:
            await asyncio.wait({each.gone for each in links}, timeout=_TO_CLOSE)


# --- Telling of what passed ------------------------------------------------------------------------------


class _Telling:
    """Tells of exchanges in a thread of its own, so that no traffic waits for whoever listens."""

    def __init__(self, on_exchange: Callable[[RelayedExchange], None], on_blind: Callable[[str], None]) -> None:
        self._on_exchange, self._on_blind = on_exchange, on_blind
        self._to_tell: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._traffic = InFlight()

    def tap(self, scheme: str) -> Tap:
        """What reads another connection."""
        return Tap(scheme, self._traffic, self._answered, self._blind)

    def _answered(self, passed: Passed, answer: Answer) -> None:
        exchange = RelayedExchange(passed.http, answer, passed.at, time.time(), tuple(passed.overlapped))
        self._to_tell.put(partial(self._on_exchange, exchange))

    def _blind(self, why: str) -> None:
        self._to_tell.put(partial(self._on_blind, why))

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """For the time of a `with`, tell; at its end all has been told."""
        worker = threading.Thread(target=self._tell_all, name="relay's news", daemon=True)
        worker.start()
        try:
            yield
        finally:
            self._to_tell.put(None)
            worker.join()

    def _tell_all(self) -> None:
        while (tell := self._to_tell.get()) is not None:
            try:
                tell()
            except Exception as error:  # whatever goes wrong in looking on, the next is told
                sys.stderr.write(f"relay: {type(error).__name__}: {str(error)!a:.500}\n")


# --- Whether it would relay to itself --------------------------------------------------------------------


def _is_own(upstream: SplitResult, host: str, port: int) -> bool:
    """Whether a URL is that of what listens at an address."""
    if port == 0 or port_of(upstream) != port:
        return False
    addresses = _addresses(upstream.hostname or "")
    if host in _EVERYWHERE:
        return any(_is_local(*each) for each in addresses)
    return not addresses.isdisjoint(_addresses(host))


def _addresses(host: str) -> set[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {(family, str(address[0])) for family, *_, address in found}


def _is_local(family: socket.AddressFamily, address: str) -> bool:
    """Whether an address is one of this machine's."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
