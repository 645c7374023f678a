"""A relay: passes bytes on as they are, both ways, and on the side reads the exchanges that they make up.

Nothing is added and nothing is changed. What can't be read is passed on all the same, and then no longer looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from urllib.parse import SplitResult, urlsplit

from conformance.base.errors import UsageError
from conformance.base.signals import termination_as_interrupt, termination_calls
from conformance.base.sockets import address_of, listen
from conformance.observe.link import Link, Upstream, port_of
from conformance.observe.telling import Listener, Telling
from conformance.targets.tls import authorities

__all__ = ["Relay"]

# Seconds that connections have to close when the relay ends.
_TO_CLOSE = 0.3
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 -- to be told apart, not listened at


class Relay:
    """Relays between clients and one server.

    Attributes:
        url: where it listens.
    """

    def __init__(
        self,
        upstream: str,
        listener: Listener,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        timeout: float = 10.0,
        ca_file: str | bool | None = None,
    ) -> None:
        """Listen; what comes is relayed once it is started.

        Args:
            upstream: URL of the server; TLS to it is always verified.
            listener: is told of what passes.
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
        self._telling = Telling(listener)
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
        # As an interrupt it could come between what passes and its being read.
        with termination_calls(lambda *_: self._end_soon()):
            try:
                await self._stop.wait()
            finally:
                server.close()
                await _end(links)


async def _end(links: set[Link]) -> None:
    """End connections: politely, then not."""
    for end in (Link.end, Link.abort):
        for each in links:
            end(each)
        if links:
            await asyncio.wait({each.gone for each in links}, timeout=_TO_CLOSE)


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
