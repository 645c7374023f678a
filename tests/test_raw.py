"""Answers that are read by hand are read as `requests` reads them, and a connection is never kept from a server."""

import contextlib
import gzip
import socket
import threading
import zlib

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import TransportError
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.wire import Sender
from conformance.observe.tap import Tap
from conformance.targets import answers
from conformance.targets.http import HttpTarget
from conformance.targets.raw import written

TEXT = '{"Response": {"RequestId": "中"}}'.encode()
BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
# What is done to a body → how a server calls it, and the body.
CODED = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "gzip-by-its-old-name": ("x-gzip", gzip.compress(TEXT)),
    "gzip-in-two-members": ("gzip", gzip.compress(TEXT[:7]) + gzip.compress(TEXT[7:])),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate-bare": ("deflate", BARE.compress(TEXT) + BARE.flush()),
    "coded-twice": ("gzip, deflate", zlib.compress(gzip.compress(TEXT))),
    "not-coded": ("identity", TEXT),
    "coded-and-not": ("identity, GZIP", gzip.compress(TEXT)),
    "garbage-behind-gzip": ("gzip", gzip.compress(TEXT) + b"\0\0"),
}


def answer(body=TEXT, *headers, status="200 OK"):
    """An answer with its length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(body=TEXT, *headers, trailers=b""):
    """An answer in chunks of one, two, three … bytes."""
    lines = ["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked"]
    chunks, size = b"", 1
    while body:
        chunks += b"%x;some=extension\r\n%s\r\n" % (len(body[:size]), body[:size])
        body, size = body[size:], size + 1
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + chunks + b"0\r\n" + trailers + b"\r\n"


# Answers that end before their connection does.
KEPT = {
    "length": answer(),
    "empty": answer(b""),
    "chunks": chunked(),
    "trailers": chunked(trailers=b"X-Sum: 1\r\n"),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(),
    "continue-twice": b"HTTP/1.1 100 Continue\r\nX-Some: header\r\n\r\nHTTP/1.1 100\r\n\r\n" + answer(),
    "no-reason": answer(status="200 "),
    "no-reason-nor-space": answer(status="200"),
    "error": answer(status="500 Internal Server Error"),
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "not-modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
    "headers": answer(TEXT, "x-TWICE: 1", "Set-Cookie: a=b", "X-Twice: 2", "X-Odd:  two  spaces", "X-Latin: \xe9"),
    "bare-line-ends": answer().replace(b"\r\n", b"\n"),
    "length-and-chunks": chunked(TEXT, "Content-Length: 3"),
    "length-twice": answer(TEXT, f"content-LENGTH: {len(TEXT)}", f"Content-Length: {len(TEXT)}, {len(TEXT)}"),
    "folded": answer(TEXT, "X-Folded: one", "\ttwo", "   three"),
    "chunks-in-capitals": chunked().replace(b"chunked", b"Chunked"),
    "empty-lines-before": b"\r\n\n" + answer(),
    "empty-line-behind": answer() + b"\r\n",
    "gzip-chunks": chunked(CODED["gzip"][1], "Content-Encoding: gzip"),
    "gzip-empty": answer(b"", "Content-Encoding: gzip"),
    **{name: answer(body, f"Content-Encoding: {coding}") for name, (coding, body) in CODED.items()},
}
# Answers that end with their connection.
CLOSED = {
    "close": answer(TEXT, "Connection: close"),
    "until-the-end": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + TEXT,
    "until-the-end-unsaid": b"HTTP/1.1 200 OK\r\n\r\n" + TEXT,
    "http-1.0": b"HTTP/1.0 200 OK\r\n\r\n" + TEXT,
    "gzip-until-the-end": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + CODED["gzip"][1],
}


class Scripted:
    """A server that serves one connection after the other, each as long as it is open, with the same answer.

    Attributes:
        url: where it listens.
        heads: those of the requests that came.
    """

    def __init__(self, answer, *, closes=False):
        self._answer, self._closes = answer, closes
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heads = []

    def __enter__(self):
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
                    self._serve(connection, lines)

    def _serve(self, connection, lines):
        head = b""
        while line := lines.readline():
            head += line
            if line != b"\r\n":
                continue
            self.heads.append(head)
            head = b""
            connection.sendall(self._answer)
            if self._closes:
                return


@contextlib.contextmanager
def target_of(server):
    """A target that is the server."""
    sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
    with contextlib.closing(HttpTarget(server.url, sender, timeout=5)) as target:
        yield target


def asked(server, method="POST"):
    return HttpRequest(method, f"{server.url}/", (("X-Some", "header"),))


def header_of(server, name):
    """What each request said in a header."""
    found = [line for head in server.heads for line in head.decode().split("\r\n") if line.startswith(f"{name}: ")]
    return [each.partition(": ")[2] for each in found]


@pytest.mark.parametrize("chunk", [1, 65536])
@pytest.mark.parametrize("name", KEPT)
def test_answers_in_a_row(name, chunk, monkeypatch):
    """Whatever ends an answer and however it comes, each answer of a connection is the one that `requests` gives."""
    monkeypatch.setattr(answers, "_CHUNK", chunk)
    with Scripted(KEPT[name]) as server, target_of(server) as target:
        usual = target.send(asked(server))
        from_call = target.pipelined([asked(server)] * 3)

    assert from_call == [usual] * 3
    assert isinstance(usual.answer, HttpResponse)


@pytest.mark.parametrize("name", [*KEPT, *CLOSED])
def test_answers_that_pass_by(name):
    """What `observe` reads on the side is what a client gets."""
    came, seen = {**KEPT, **CLOSED}[name], []
    with Scripted(came, closes=name in CLOSED) as server, target_of(server) as target:
        usual = target.send(asked(server)).answer
    tap = Tap("http", lambda _: None, lambda _, answer: seen.append(answer), seen.append)
    tap.sent(written(asked(server)))
    for byte in came:
        tap.received(bytes([byte]))
    tap.ended()

    assert list(map(answers.plain, seen)) == [usual]


@pytest.mark.parametrize("name", ["length", "chunks", "gzip", "no-content"])
def test_answers_to_head(name):
    """An answer to HEAD has no body, whatever length it tells."""
    head = KEPT[name].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    with Scripted(head) as server, target_of(server) as target:
        usual = target.send(asked(server, "HEAD"))
        from_call = target.pipelined([asked(server, "HEAD")] * 2)

    assert from_call == [usual] * 2
    assert usual.answer.body == b""


@pytest.mark.parametrize("name", CLOSED)
def test_answers_that_end_with_the_connection(name):
    """The last answer may end where the connection does; to what was asked after it there is none."""
    with Scripted(CLOSED[name], closes=True) as server, target_of(server) as target:
        usual = target.send(asked(server))
        from_call = target.pipelined([asked(server)])

    assert from_call == [usual]
    assert usual.answer.body == TEXT


def test_decoded():
    """What the answers above hold is what was coded, so that it isn't the same mistake on both ways."""
    with Scripted(KEPT["gzip-chunks"]) as server, target_of(server) as target:
        (one,) = target.pipelined([asked(server)])

    assert one.answer == HttpResponse(200, (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")), TEXT)


@pytest.mark.parametrize("interim", [b"102 Processing", b"103 Early Hints"])
def test_interim_answers(interim):
    """Interim answers are none, how many they may be."""
    with Scripted(b"HTTP/1.1 " + interim + b"\r\nLink: </x>\r\n\r\n" + answer()) as server, target_of(server) as target:
        from_call = target.pipelined([asked(server)] * 2)

    assert [each.answer.body for each in from_call] == [TEXT] * 2


def test_an_answer_that_is_coded_wrongly():
    """It is no answer, as on the usual way, told in a sentence; the connection's next answers are read."""
    with Scripted(answer(TEXT, "Content-Encoding: gzip")) as server, target_of(server) as target:
        usual = target.send(asked(server))
        from_call = target.pipelined([asked(server)] * 2)

    assert isinstance(usual.answer, TransportError)
    assert [str(each.answer) for each in from_call] == ["an answer isn't coded as its Content-Encoding says: gzip"] * 2


_BEFORE = "the connection was closed before its answer"
BROKEN = {
    "nothing": (b"", _BEFORE),
    "half-a-line": (b"HTTP/1.1 200", _BEFORE),
    "short": (answer()[:-1], _BEFORE),
    "short-chunks": (chunked()[:-1], _BEFORE),
    "another-protocol": (b"SSH-2.0-server\r\n", "answers, but not in HTTP"),
    "no-length": (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "answers, but not in HTTP (bad Content-Length)"),
    "upgrade": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: any\r\n\r\n", "it goes on in another protocol"),
    "version-2": (b"HTTP/2.0 200 OK\r\n\r\n", "can't be read: another version of HTTP"),
    "brotli": (answer(TEXT, "Content-Encoding: br"), "an answer is coded as br, which was not asked for"),
    "coded-somehow": (answer(TEXT, "Content-Encoding: \x1bX"), "coded as \\u001bx, which was not asked for"),
    "coded-too-often": (answer(TEXT, f"Content-Encoding: {'gzip,' * 9}"), "coded 9 times over; no more than 4"),
    "half-a-gzip": (
        answer(CODED["gzip"][1][:-9], "Content-Encoding: gzip"),
        "isn't coded as its Content-Encoding says",
    ),
    "lengths": (answer(TEXT, "Content-Length: 3"), "not in HTTP (conflicting Content-Length headers)"),
    "coded-on-the-way": (chunked().replace(b"chunked", b"gzip, chunked"), "Only Transfer-Encoding: chunked"),
    "no-header": (answer(TEXT, "what somebody says"), "not in HTTP (illegal header line)"),
    "chunk": (answer().replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nX") + b"zz\r\n", "chunk header)"),
    "chunk-lines": (chunked(b"").replace(b"0\r\n\r\n", b"3;x\nabc\n0\n\n"), "can't be read: a chunk's size ends in LF"),
    "last-chunk-line": (chunked().replace(b"0\r\n\r\n", b"0\n\n"), "can't be read: a chunk's size ends in LF"),
    "chunk-ends": (chunked().replace(b"\r\n2;", b"\n2;"), "not in HTTP (malformed chunk footer"),
    "headers": (answer(TEXT, *["A: b"] * 300), "can't be read: more than 256 headers"),
    "interim": (b"HTTP/1.1 100\r\n\r\n" * 200 + answer(), "can't be read: more than 100 interim answers"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_answer(name):
    """Where a connection breaks off, or what comes can't be read, there is no answer, for the same reason each way."""
    broken, why = BROKEN[name]
    with Scripted(broken, closes=True) as server, target_of(server) as target:
        usual = target.send(asked(server))
        together = target.together([asked(server)] * 2)
        first, second = target.pipelined([asked(server)] * 2)

    assert why in str(first.answer)
    assert (type(second.answer), str(second.answer)) == (TransportError, _BEFORE)
    if why != _BEFORE:
        assert {str(each.answer) for each in (usual, *together)} == {str(first.answer)}
    assert {each.answer.closed for each in (usual, *together, first)} == {why == _BEFORE}
    assert {each.answer.unreadable for each in (usual, *together, first)} == {why != _BEFORE}


def test_what_is_sent():
    """What is sent by hand has the headers that `requests` sends, and it is told byte by byte."""
    with Scripted(answer()) as server, target_of(server) as target:
        exchanges = [
            target.send(asked(server)),
            *target.pipelined([asked(server)] * 2),
            target.abandon(asked(server)),
            target.send(asked(server)),
        ]

    told = [
        "\r\n".join(["POST / HTTP/1.1", *(f"{name}: {value}" for name, value in each.sent.headers), "", ""])
        for each in exchanges
    ]
    assert [each.decode() for each in server.heads] == told
    assert len(set(told)) == 1
    assert exchanges[0].sent.headers[-2:] == (("X-Some", "header"), ("Content-Length", "0"))


def test_one_connection_at_a_time():
    """A server that serves one connection as long as it is open answers each way of sending."""
    with Scripted(answer()) as server, target_of(server) as target:
        exchanges = [
            target.send(asked(server)),
            *target.together([asked(server)] * 3),
            target.send(asked(server)),
            *target.pipelined([asked(server)] * 2),
            target.send(asked(server)),
            target.abandon(asked(server)),
            target.send(asked(server)),
        ]

    assert [getattr(each.answer, "status", None) for each in exchanges] == [*[200] * 8, None, 200]
    assert len(server.heads) == 10


# What it takes before it answers: the system's own buffers take some of it besides.
_TOO_MUCH = bytes(20_000_000)
_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"


WAYS = {
    "alone": lambda target, http: [target.send(http)],
    "together": lambda target, http: target.together([http]),
    "pipelined": lambda target, http: target.pipelined([http]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("closes", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["closes", "waits"])
def test_an_answer_before_the_request_is_whole(closes, way):
    """Who refuses a body that it doesn't read has answered, whether it then closes the connection or waits."""
    with Early(closes=closes) as server:
        sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        # It is sent as long as there is time: then it is looked whether an answer is there.
        with contextlib.closing(HttpTarget(server.url, sender, timeout=60 if closes else 3)) as target:
            (one,) = WAYS[way](target, HttpRequest("POST", f"{server.url}/", (), _TOO_MUCH))

    assert one.answer.status == 413


class Early(Scripted):
    """A server that answers to the head of a request, and reads no body."""

    def __init__(self, *, closes):
        super().__init__(_TOO_LARGE, closes=closes)

    def _serve(self, connection, lines):
        while line := lines.readline():
            if line == b"\r\n":
                connection.sendall(self._answer)
                if not self._closes:
                    self._done.wait(300)
                return

    def __enter__(self):
        self._done = threading.Event()
        return super().__enter__()

    def __exit__(self, *error):
        self._done.set()
        super().__exit__(*error)
