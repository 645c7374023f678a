"""A server whose answers have no end, or no measure: the request's `X-Kind` says which."""

import contextlib
import functools
import gzip
import itertools
import socket
import threading
import time
import zlib

from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest

MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SPACES = b" " * 65536
# A drip of a byte each half second, at a scale that a test has time for.
DRIP = 0.05


def _times(data, times):
    return itertools.repeat(data, times)


def _coded(coding, data):
    return HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(data)) + data


@functools.cache
def _bomb(size):
    """So many bytes of nothing, packed; made without having them."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return b"".join([*(packer.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)), packer.flush()])


def _of_json(item):
    """JSON that is far larger once it is read."""
    body = b"[" + (item + b",") * (3_900_000 // (len(item) + 1)) + b"0]"
    return lambda: [HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body]


# Kind → what is sent, in pieces; and what is said of it.
KINDS = {
    "endless-body": (lambda: [HEAD, b"\r\n", itertools.repeat(SPACES)], "a body of more than 4 MB"),
    "endless-chunks": (
        lambda: [HEAD, b"Transfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"10000\r\n" + SPACES + b"\r\n")],
        "a body of more than 4 MB",
    ),
    "200-mb": (
        lambda: [HEAD, b"Content-Length: %d\r\n\r\n" % (200 * MEGABYTE), _times(SPACES, 3200)],
        "a body of more than 4 MB",
    ),
    "gzip-bomb": (lambda: [_coded(b"gzip", _bomb(200 * MEGABYTE))], "unpacks to more than 4 MB"),
    "gzip-bomb-in-gzip": (
        lambda: [_coded(b"gzip, gzip", gzip.compress(_bomb(200 * MEGABYTE)))],
        "unpacks to more than 4 MB",
    ),
    "gzip-of-many-parts": (lambda: [_coded(b"gzip", _bomb(MEGABYTE) * 200)], "unpacks to more than 4 MB"),
    "thousand-headers": (
        lambda: [HEAD, *(b"X-%d: y\r\n" % each for each in range(1000)), b"Content-Length: 0\r\n\r\n"],
        "more than 256 headers",
    ),
    "endless-headers": (lambda: [HEAD, itertools.repeat(b"X: y\r\n" * 1000)], "a head, or a line, of more than 256 KB"),
    "endless-header": (lambda: [HEAD, b"X: ", itertools.repeat(SPACES)], "a head, or a line, of more than 256 KB"),
    "endless-extension": (
        lambda: [HEAD, b"Transfer-Encoding: chunked\r\n\r\n1;x=", itertools.repeat(b"y" * 65536)],
        "a head, or a line, of more than 256 KB",
    ),
    "endless-trailers": (
        lambda: [HEAD, b"Transfer-Encoding: chunked\r\n\r\n0\r\n", itertools.repeat(b"X: y\r\n" * 1000)],
        "a head, or a line, of more than 256 KB",
    ),
    "endless-interim": (
        lambda: [itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)],
        "more than 100 interim answers",
    ),
}
# Those that say too little, too slowly.
SLOW_KINDS = {
    "drip": (lambda: [HEAD, b"\r\n", _drip(itertools.repeat(b" "))], "timeout: no whole answer"),
    "dripping-head": (lambda: [_drip(each for each in HEAD * 9)], "timeout: no whole answer"),
    "dripping-interim": (lambda: [_drip(itertools.repeat(b"HTTP/1.1 100\r\n\r\n"))], "timeout: no whole answer"),
    "nothing": (lambda: [[None]], "timeout: no answer"),
}
# Bodies that are small enough to be read.
JSON_KINDS = {
    each: (_of_json(each.encode()), "the body is JSON without `Response`") for each in ("[]", '{"":0}', "0.1")
}
ALL_KINDS = KINDS | SLOW_KINDS | JSON_KINDS


def _drip(pieces):
    for each in pieces:
        time.sleep(DRIP)
        yield each if isinstance(each, bytes) else bytes([each])


class Served:
    """What a server answers whose requests the emulator handles."""

    def __init__(self):
        self._emulator = Emulator()

    def handled(self, head, body):
        """The emulator's answer to a request: the lines of its head, and its body."""
        method, target, _ = head[0].decode("latin-1").split(" ")
        pairs = (line.decode("latin-1").rstrip("\r\n").partition(":") for line in head[1:])
        headers = tuple((name, value.removeprefix(" ")) for name, _, value in pairs)
        return self._emulator.handle(HttpRequest(method, f"http://server{target}", headers, body))

    def written(self, answer, *more):
        """An answer as bytes, with more headers."""
        headers = (*answer.headers, *more, ("Content-Length", len(answer.body)))
        lines = [f"HTTP/1.1 {answer.status} OK", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + answer.body


class Hostile:
    """Serves for the time of a `with`.

    Attributes:
        url: where it listens.
    """

    def __init__(self, usual):
        """Answer with the pieces that `usual` makes of a request's head, in lines, and its body; but to `X-Kind`."""
        self._usual = usual
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listening.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            while head := list(itertools.takewhile(lambda line: line.strip(), lines)):
                pairs = (line.decode("latin-1").strip().lower().partition(": ") for line in head[1:])
                headers = {name: value for name, _, value in pairs}
                body = lines.read(int(headers.get("content-length", 0)))
                kind = headers.get("x-kind")
                for each in ALL_KINDS[kind][0]() if kind else self._usual(head, body):
                    for piece in [each] if isinstance(each, bytes) else each:
                        if piece is None:
                            lines.read()  # until the client has had enough
                            return
                        connection.sendall(piece)
