"""What no client does to the emulator's server: hold it, fill it, or keep it busy for longer than a request is long."""

import contextlib
import gc
import select
import socket
import time
from dataclasses import replace

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.contract import VERSION
from conformance.emulator import Emulator, conforming, connection
from conformance.emulator import server as server_module
from conformance.emulator.bounds import LARGEST_HEAD
from conformance.emulator.server import Server
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.wire import Sender, headers_for
from tests.waiting import PATIENCE

SOON = 0.05  # seconds
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@contextlib.contextmanager
def connected(server):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as opened:
        yield opened


def said(opened):
    """All that comes until the server closes."""
    return b"".join(iter(lambda: opened.recv(65536), b""))


def answered(opened):
    """One answer of the API, to a request that is sent whole."""
    opened.sendall(GET)
    answer = b""
    while not answer.endswith(b"}"):
        answer += opened.recv(65536)
    return answer


def status(answer):
    return answer.partition(b"\r\n")[0].split(b" ", 2)[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    ],
)
def test_who_never_ends_a_request_is_disconnected(monkeypatch, data):
    """A head and a body have a deadline: then comes 408, and the connection is closed."""
    monkeypatch.setattr(connection, "_SECONDS", {"head": SOON, "body": SOON, "answer": PATIENCE})
    with Server(Emulator()) as server, connected(server) as opened:
        opened.sendall(data)

        assert status(said(opened)) == b"408"


def test_dripping_gives_no_more_time(monkeypatch):
    """A deadline is that of the whole head, not of its next byte."""
    monkeypatch.setattr(connection, "_SECONDS", {"head": SOON, "body": SOON, "answer": PATIENCE})
    drops = 0
    with Server(Emulator()) as server, connected(server) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nX: ")
        opened.settimeout(SOON / 20)
        while True:
            with contextlib.suppress(TimeoutError):
                assert status(opened.recv(65536)) == b"408"
                break
            opened.sendall(b"x")
            drops += 1

    assert drops > 0


def test_who_never_reads_an_answer_is_disconnected(monkeypatch):
    """A large answer that nobody takes is held until its deadline."""
    monkeypatch.setattr(connection, "_SECONDS", {"head": PATIENCE, "body": PATIENCE, "answer": SOON})
    emulator = Emulator()
    monkeypatch.setattr(emulator, "handle", lambda _: HttpResponse(200, (), b"x" * (32 << 20)))
    with Server(emulator) as server, connected(server) as opened:
        opened.sendall(GET)
        while server._server.server_state.connections or not server._server.server_state.total_requests:
            time.sleep(SOON)  # until it is gone; a server that held it would never get here


def test_connections_are_bounded(monkeypatch):
    """One too many gets 503, those that there are go on, and a place that is left is taken again."""
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 3)
    with Server(Emulator()) as server, contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(server)) for _ in range(3)]
        for each in held:
            assert status(answered(each)) == b"200"
        with connected(server) as another:
            assert status(said(another)) == b"503"
        assert status(answered(held[0])) == b"200"
        held[1].shutdown(socket.SHUT_WR)
        assert said(held[1]) == b""
        with connected(server) as another:
            assert status(answered(another)) == b"200"


def test_all_bodies_together_are_bounded(monkeypatch):
    """Where clients together have sent too much that isn't answered yet, the next is told to come again."""
    monkeypatch.setattr(server_module, "MOST_KEPT", 1000)
    body = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n" + b"x" * 899
    with Server(Emulator()) as server, connected(server) as one, connected(server) as other:
        one.sendall(body)
        other.sendall(body)
        (refused, *_), _, _ = select.select([one, other], [], [], PATIENCE)
        assert status(said(refused)) == b"503"
        taken = other if refused is one else one
        taken.sendall(b"x")

        assert status(taken.recv(65536)) == b"200"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /人脸?库=1 HTTP/1.1", b"200"),
        ("GET /a b?c d HTTP/1.1", b"200"),
        ("GET /\x1b[31m HTTP/1.1", b"200"),
        ("GET http://[x/ HTTP/1.1", b"200"),
        ("GET http://a/人 脸 HTTP/1.1", b"200"),
        ("GET / HTTP/9", b"400"),
        ("人脸", b"400"),
        ("\x16\x03\x01", b"400"),
        (f"GET /{'a' * LARGEST_HEAD} HTTP/1.1", b"431"),
    ],
)
def test_lines_as_people_type_them(line, expected):
    """A URL typed raw is read as its writer meant it; what is no request gets an HTTP answer with the reason."""
    with Server(Emulator()) as server, connected(server) as opened:
        opened.sendall(f"{line}\r\nHost: [x\r\n\r\n".encode())
        answer = opened.recv(65536)

    assert status(answer) == expected
    assert all(0x20 <= each != 0x7F or each in b"\r\n" for each in answer)


# --- Work grows no faster than a request -------------------------------------------------------------------


def json_of(items):
    return b'{"GroupId":"a","GroupName":"b","GroupExDescriptions":[' + b",".join(items) + b"]}"


HOSTILE = {
    "distinct": lambda n: json_of(b'"%d"' % each for each in range(n)),
    "illegal": lambda n: json_of(b'"!%d"' % each for each in range(n)),
    "empty": lambda n: json_of([b'""'] * n),
    "null and illegal": lambda n: json_of([b'null,"!"'] * n),
    "numbers": lambda n: json_of([b"1"] * n),
    "members": lambda n: b"{" + b",".join(b'"k%d":1' % each for each in range(n)) + b"}",
    "the same member": lambda n: b"{" + b",".join([b'"GroupId":null'] * n) + b"}",
    "long numbers": lambda n: b"[" + b",".join([b"1" * 4200] * (n // 200)) + b"]",
    "wide": lambda n: b'{"a":[' + b",".join([b"[" * 90 + b"]" * 90] * (n // 20)) + b"]}",
    "deep": lambda n: b"[" * n * 10,
    "marks": lambda n: b"\xef\xbb\xbf" * n * 5,
    "no UTF-8": lambda n: json_of([b'"\xff"'] * n),
    "backslashes": lambda n: b'"' + b"\\" * n * 10,
    "spaces": lambda n: b" " * n * 10 + b"x",
    "fields": lambda n: b"&".join(b"k%d=1" % each for each in range(n)),
    "indices": lambda n: b"&".join(b"GroupExDescriptions.%d=1" % each for each in range(n)),
    "one index": lambda n: b"&".join([b"GroupExDescriptions.0=1"] * n),
    "a long index": lambda n: b"GroupExDescriptions." + b"9" * n * 10 + b"=1",
    "percents": lambda n: b"Signature=" + b"%" * n * 5,
}


def seconds_of(work, argument):
    """CPU seconds of this thread, of the quicker of two tries; without looking for garbage of other tests."""
    spent = []
    gc.disable()
    try:
        for _ in range(2):
            before = time.thread_time()
            work(argument)
            spent.append(time.thread_time() - before)
    finally:
        gc.enable()
    return min(spent)


def of_body(body):
    """A request with this body: signed, where it is no form."""
    sender = Sender("http://a", "ap-guangzhou", EXAMPLE_CREDENTIALS)
    made = headers_for(sender, "CreateGroup", VERSION, int(time.time()), body=body)
    http = HttpRequest("POST", "http://a/", made, body)
    if body[:1] in b'{["\xef ':
        return http
    return replace(http, headers=(("Content-Type", "application/x-www-form-urlencoded"),))


@pytest.mark.parametrize(
    ("kind", "order"), [*((each, "page") for each in HOSTILE), ("illegal", "other"), ("null and illegal", "other")]
)
def test_work_is_in_proportion_to_the_request(kind, order):
    """Four times the request takes about four times the time to answer, not sixteen times; in any order of checks."""
    small, large = (of_body(HOSTILE[kind](n)) for n in (4000, 16000))
    answer = Emulator(conforming({"check-order": order})).handle
    assert seconds_of(answer, large) < 8 * seconds_of(answer, small) + 0.02
