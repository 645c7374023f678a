"""A relay between clients and servers made by hand: what passes, and what it tells of."""

import contextlib
import re
import socket
import struct
import sys
import threading
from pathlib import Path

from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LARGE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (13 << 20) + b"x" * (13 << 20)


def request(body=b"abc", *, version=b"1.1", more=b""):
    return b"POST / HTTP/%s\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (version, more, len(body), body)


@contextlib.contextmanager
def serving(serve, tls=None):
    """The URL of a server that calls this for each connection, and closes it when that returns."""
    ended = threading.Event()

    def connected(connection):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            serve(stack.enter_context(tls.wrap_socket(connection, server_side=True)) if tls else connection)

    def accept():
        with contextlib.suppress(OSError):
            while not ended.is_set():
                connection, _ = listening.accept()
                threading.Thread(target=connected, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


class Seen(list):
    """What a relay told of: the exchanges, why it was blind, and how many it left out."""

    def __init__(self):
        self.blind = []
        self.dropped = []


@contextlib.contextmanager
def relayed(upstream, **options):
    """A relay, and what it told of; all of that is there once this ends."""
    seen = Seen()
    listener = Listener(seen.append, seen.blind.append, seen.dropped.append)
    with Relay(upstream, listener, **{"timeout": PATIENCE, **options}) as relay:
        yield relay.url, seen


def connect(url):
    host, _, port = url.partition("//")[2].rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def let_it_read(url):
    """Once this returns, a relay has read what was sent to it before: it looks at all of its connections in turn."""
    assert talk(url, b"CONNECT x:443 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 501 ")


def read_until(connection, enough):
    """What comes until this is in it, or nothing more comes."""
    received = b""
    while enough not in received and (data := connection.recv(1 << 20)):
        received += data
    return received


def read_all(connection):
    received = b""
    while data := connection.recv(1 << 20):
        received += data
    return received


def read_request(connection):
    """One request with a body of a length; nothing where none comes."""
    received = read_until(connection, b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", received)
    whole = received.find(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while received and len(received) < whole:
        data = connection.recv(1 << 20)
        received = received + data if data else b""
    return received


def answering(*answers):
    """A server that gives each request of a connection the next of these answers, and then hangs up."""

    def serve(connection):
        for answer in answers:
            if read_request(connection):
                connection.sendall(answer)

    return serve


def counting(connection):
    """A server that waits for the end, and then says how much came."""
    connection.sendall(b"%d" % len(read_all(connection)))


def reset(connection):
    connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    )
    connection.close()


def talk(url, data, *, half_closed=False):
    """What comes back until the other side hangs up."""
    with connect(url) as client:
        client.sendall(data)
        if half_closed:
            client.shutdown(socket.SHUT_WR)
        return read_all(client)
