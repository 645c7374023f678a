"""A relayed connection: a client at one end, a server at the other, and what either says passed on to the other."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
import threading
from urllib.parse import SplitResult

from conformance.base.errors import TransportError
from conformance.observe.tap import Tap
from conformance.targets.tls import certificates_of, context_for

__all__ = ["Link", "Upstream", "port_of"]

# Seconds that a client has to end a request that can't be passed on, or to take what was said last.
_TO_END = 2.0
_CHUNK = 65536
_TUNNEL = b"CONNECT "
_NO_TUNNEL = "what goes on inside TLS can't be seen: use http:// to reach this relay, which uses TLS to go on\n"
# To linger, for no time: then the end of a socket is a reset.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


def port_of(url: SplitResult) -> int:
    """The port of a URL, or of its scheme."""
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


class Upstream:
    """The server to go on to.

    Attributes:
        url: its.
        certificates: with which it proved its name, on the latest connection.
    """

    def __init__(self, url: SplitResult, timeout: float, ca_file: str | bool) -> None:
        """Args: the server's URL, seconds to wait until it is reached, who is trusted to vouch for it."""
        self.url = url
        self.certificates: tuple[bytes, ...] = ()
        self._timeout, self._ca_file = timeout, ca_file
        self._context: ssl.SSLContext | None = None

    async def reach(self, end: asyncio.Protocol) -> None:
        """Connect to it, with verified TLS for https. Raises OSError, ValueError."""
        if self.url.scheme == "https" and self._context is None:
            self._context = context_for(self._ca_file)
        async with asyncio.timeout(self._timeout):
            transport = await self._connect(end)
        connection = transport.get_extra_info("ssl_object")
        if connection is not None:
            self.certificates = certificates_of(connection)

    async def _connect(self, end: asyncio.Protocol) -> asyncio.Transport:
        """The first connection that is made to one of its addresses."""
        host, refused = self.url.hostname or "", OSError("its name has no address")
        for address in await _addresses(host, port_of(self.url)):
            try:
                transport, _ = await asyncio.get_running_loop().create_connection(
                    lambda: end, *address, ssl=self._context, server_hostname=host if self._context else None
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                refused = error
            else:
                return transport
        raise refused


async def _addresses(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a name. asyncio's own way to ask for them would hold up the end until there is an answer."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[tuple[str, int]]] = loop.create_future()

    def settle(addresses: list[tuple[str, int]], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(error)

    def ask() -> None:
        addresses, why = [], None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [(str(address[0]), int(address[1])) for *_, address in found]
        except (OSError, ValueError) as error:
            why = error
        with contextlib.suppress(RuntimeError):  # the relay has ended
            loop.call_soon_threadsafe(settle, addresses, why)

    threading.Thread(target=ask, name="relay's look-up", daemon=True).start()
    return await answer


# --- The ends --------------------------------------------------------------------------------------------


class _End(asyncio.Protocol):
    """One end of a connection, and who is there.

    Attributes:
        other: the other end.
        here: whether anybody is, or was.
        ended: whether they say nothing more.
        lost: whether they are gone.
    """

    other: _End

    def __init__(self) -> None:
        self.here = self.ended = self.lost = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- what a stream has
        self._transport, self.here = transport, True

    def pause_writing(self) -> None:
        self.other.hold()

    def resume_writing(self) -> None:
        self.other.go_on()

    def write(self, data: bytes) -> None:
        if data and self._open is not None:
            self._open.write(data)

    def finish(self) -> None:
        """Say that nothing more comes, if that can be said."""
        if self._open is not None and self._open.can_write_eof():
            with contextlib.suppress(OSError):
                self._open.write_eof()

    @property
    def can_be_finished(self) -> bool:
        """Whether it can be said that nothing more comes, without closing; not with TLS."""
        return self._transport is not None and self._transport.can_write_eof()

    def hold(self) -> None:
        """Let them say no more for now."""
        # Who has ended is no longer read from; asyncio would begin again after a pause.
        if self._open is not None and not self.ended:
            self._open.pause_reading()

    def go_on(self) -> None:
        if self._open is not None:
            self._open.resume_reading()

    def close(self) -> None:
        if self._open is not None:
            self._open.close()

    def reset(self) -> None:
        """Close once all is written, and let them see that something went wrong."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._open.close()
            asyncio.get_running_loop().call_later(_TO_END, self.abort)

    def abort(self) -> None:
        """Close at once, whatever isn't written."""
        if self._transport is not None and not self.lost:
            self._transport.abort()

    def _unread(self) -> bytes:
        """What they had said before the connection broke: asyncio reads no more once it can't write."""
        read = bytearray()
        # Inside TLS it can't be read.
        if self._transport is not None and self.can_be_finished and not self.ended:
            with contextlib.suppress(OSError), self._transport.get_extra_info("socket").dup() as connection:
                connection.setblocking(False)
                while data := connection.recv(_CHUNK):
                    read += data
        return bytes(read)

    @property
    def _open(self) -> asyncio.Transport | None:
        return self._transport if self._transport is not None and not self._transport.is_closing() else None


class _Client(_End):
    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def data_received(self, data: bytes) -> None:
        self._link.from_client(data)

    def eof_received(self) -> bool:
        self.ended = True
        self._link.client_ended()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self._link.from_client(self._unread())
        self.ended = self.lost = True
        self._link.client_lost(error)


class _Server(_End):
    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._link.reached()

    def data_received(self, data: bytes) -> None:
        self._link.from_server(data)

    def eof_received(self) -> bool:
        self.ended = True
        self._link.server_ended()
        return self.can_be_finished

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self._link.from_server(self._unread())
        self.ended = self.lost = True
        self._link.server_lost(error)


# --- What connects them ----------------------------------------------------------------------------------


class Link:
    """What connects a client with the server.

    Attributes:
        client: the end to give to whoever connects.
        gone: done once nothing is left at either end.
    """

    def __init__(self, upstream: Upstream, tap: Tap) -> None:
        """Args: the server to go on to, and what reads on the side."""
        self._upstream, self._tap = upstream, tap
        self.client, self._server = _Client(self), _Server(self)
        self.client.other, self._server.other = self._server, self.client
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # What was said before the server was reached.
        self._held = b""
        self._reaching: asyncio.Task[None] | None = None
        self._refusal: OSError | ValueError | None = None
        # Nothing is passed on any more.
        self._over = False

    def end(self) -> None:
        """Close both ends; what is under way gets no answer."""
        self._give_up("observing ended")
        self.client.close()
        self._server.close()

    def abort(self) -> None:
        """Close both ends at once."""
        self.client.abort()
        self._server.abort()

    # --- Reaching the server ---------------------------------------------------------------------------

    def _opening(self, data: bytes, *, all_of_it: bool = False) -> None:
        """The client said this before the server was reached."""
        if self._refusal is not None:
            self._tap.sent(data)
            self._refuse_what_is_whole()
            return
        self._held += data
        if self._held.startswith(_TUNNEL):
            self._say_last(_plain_answer(501, "Not Implemented", _NO_TUNNEL))
        elif self._reaching is None and (all_of_it or not _TUNNEL.startswith(self._held)):
            self.client.hold()
            self._reaching = asyncio.create_task(self._reach())

    async def _reach(self) -> None:
        try:
            await self._upstream.reach(self._server)
        except (OSError, ValueError) as error:  # among them TimeoutError, and a name that none can have
            if not self._server.here:
                self._not_reached(error)

    def reached(self) -> None:
        """The server is there: what was held for it goes first."""
        if self._over:
            self._server.close()
            return
        held, self._held = self._held, b""
        self.client.go_on()
        self.from_client(held)
        if self.client.ended:
            self.client_ended()

    def _not_reached(self, error: OSError | ValueError) -> None:
        self._refusal = error
        self._tap.sent(self._held)
        asyncio.get_running_loop().call_later(_TO_END, self._refuse)
        self._refuse_what_is_whole()
        self.client.go_on()

    def _refuse_what_is_whole(self) -> None:
        """Who hasn't said all yet wouldn't hear it."""
        if self._tap.waiting or self._tap.blind or self.client.ended:
            self._refuse()

    def _refuse(self) -> None:
        """Tell the client that the server can't be reached: nobody else will."""
        if self._over or self._refusal is None:
            return
        why = f"no connection to {self._upstream.url.netloc}: {_in_words(self._refusal)}"
        late = isinstance(self._refusal, TimeoutError)
        status, phrase = (504, "Gateway Timeout") if late else (502, "Bad Gateway")
        self._tap.closed(TransportError(why))
        self._say_last(_plain_answer(status, phrase, f"{why}\n"))

    def _say_last(self, data: bytes) -> None:
        self._over = True
        self.client.write(data)
        self._close_client()

    # --- Passing on ------------------------------------------------------------------------------------

    def from_client(self, data: bytes) -> None:
        """The client said this."""
        if self._over:
            return
        if not self._server.here:
            self._opening(data)
            return
        self._server.write(data)
        self._tap.sent(data)

    def from_server(self, data: bytes) -> None:
        """The server said this."""
        self.client.write(data)
        self._tap.received(data)
        self._close_if_done()

    def client_ended(self) -> None:
        """The client says nothing more, and may still listen."""
        if self._over or not (self._server.here or self._held):
            self.client.close()
        elif not self._server.here:
            self._opening(b"", all_of_it=True)
        else:
            self._server.finish()
            self._close_if_done()

    def server_ended(self) -> None:
        """The server says nothing more, and may still listen."""
        self.client.finish()
        self._tap.ended()
        self._close_if_done()

    def _close_if_done(self) -> None:
        """Close what is of no use any more. With TLS a client's end can't be passed on, but by closing."""
        said_all = self._server.ended or (not self._server.can_be_finished and self._tap.idle)
        if self.client.ended and said_all:
            self.client.close()
            self._server.close()

    # --- The end ---------------------------------------------------------------------------------------

    def client_lost(self, error: Exception | None) -> None:
        """The client is gone."""
        self._give_up("the client hung up")
        if error is not None:
            self._server.reset()
        else:
            self._server.close()
        self._bury()

    def server_lost(self, error: Exception | None) -> None:
        """The server is gone."""
        self._give_up(f"the server {'closed' if error is None else 'reset'} the connection", closed=True)
        if error is not None:
            self.client.reset()
        else:
            self._close_client()
        self._bury()

    def _give_up(self, why: str, *, closed: bool = False) -> None:
        self._over = True
        self._tap.closed(TransportError(f"{why} before a whole answer had passed", closed=closed))
        if self._reaching is not None:
            self._reaching.cancel()

    def _close_client(self) -> None:
        """Once they heard it all: who is still talking would lose what was said last."""
        self.client.finish()
        if self.client.ended:
            self.client.close()
        else:
            asyncio.get_running_loop().call_later(_TO_END, self.client.close)

    def _bury(self) -> None:
        if self.client.lost and self._server.lost == self._server.here and not self.gone.done():
            self.gone.set_result(None)


def _plain_answer(status: int, phrase: str, text: str) -> bytes:
    body = text.encode("utf-8", "backslashreplace")
    head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode("latin-1") + body


def _in_words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can't be verified ({error.verify_message})"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or "timeout"
