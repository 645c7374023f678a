"""Sockets that listen, whatever answers at them."""

from __future__ import annotations

import socket
import sys

from conformance.base.errors import SuiteError

__all__ = ["address_of", "listen"]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; bound before anything else, so that a mistake is told and port 0 becomes a number.

    Raises:
        SuiteError: the address can't be listened at.
    """
    listening = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Of the TCP protocol by name: asyncio then sends without delay, which else costs 40 ms an answer.
        listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address[0], port, *address[2:]))  # the port as given: looking it up may have cut it
        listening.listen()
    except (OSError, OverflowError, UnicodeError) as error:  # taken or forbidden; no port; no name of a host
        if listening is not None:
            listening.close()
        raise SuiteError(f"can't listen at {host}:{port}: {getattr(error, 'strerror', None) or error}") from error
    return listening


def address_of(listening: socket.socket, scheme: str) -> str:
    """The URL of a socket that listens."""
    host, port, *_ = listening.getsockname()
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
