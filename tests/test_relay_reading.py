"""What a relay reads on the side of what passes, when that was, and whom it tells."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from conformance.base.errors import TransportError
from conformance.observe import link
from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
from tests.relays import (
    LARGE,
    OK,
    ROOT,
    answering,
    connect,
    counting,
    let_it_read,
    read_all,
    read_request,
    read_until,
    relayed,
    request,
    serving,
    talk,
)
from tests.waiting import PATIENCE, outputs, wait_for


@pytest.fixture(autouse=True, name="patient")
def _patient(monkeypatch):
    """Who takes long to say all is waited for: a busy machine takes longer than people do."""
    monkeypatch.setattr(link, "_TO_END", PATIENCE)


# --- What is read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * 3]
)
def test_a_word_in_between_is_no_answer(first):
    """A client that waits to be told to go on is read whole: request and answer."""

    def serve(connection):
        read_until(connection, b"\r\n\r\n")
        connection.sendall(first)
        connection.recv(9)
        connection.sendall(OK)

    head, _, body = request(more=b"Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(head + b"\r\n\r\n")
        assert read_until(client, first) == first
        client.sendall(body)
        assert read_all(client) == OK

    assert [(each.http.body, each.answer.body) for each in seen] == [(b"abc", b"ok")]
    assert seen.blind == []


@pytest.mark.parametrize("whole", [False, True])
def test_an_answer_before_the_request_is_whole(whole):
    """It is told with the whole request; or, if that never comes, as what can't be judged."""

    def serve(connection):
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK)
        read_all(connection)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(request()[:-3])
        assert read_until(client, OK) == OK
        if whole:
            client.sendall(b"abc")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""

    assert [(each.http.body, each.answer.body) for each in seen] == ([(b"abc", b"ok")] if whole else [])
    assert seen.blind == ([] if whole else ["an answer came to a request that never was whole"])


@pytest.mark.parametrize("split", [0, 10, 20])
def test_a_target_that_is_not_escaped(split):
    """Some clients send an address as it was typed: that is read, and passed on as it was."""
    data = "GET /?Action=CreateGroup&GroupName=腾讯 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    got = []

    def serve(connection):
        got.append(read_request(connection))
        connection.sendall(OK)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(data[:split])
        let_it_read(url)
        client.sendall(data[split:])
        assert read_all(client) == OK

    assert got == [data]
    assert [each.http.url for each in seen] == ["http://x/?Action=CreateGroup&GroupName=%E8%85%BE%E8%AE%AF"]
    assert seen.blind == []


def test_a_connection_of_http_1_0_that_is_kept():
    """Each of its requests is read."""
    old = request(version=b"1.0", more=b"Connection: keep-alive\r\n")
    answer = OK.replace(b"1.1", b"1.0").replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    kept = answering(answer, answer, answer)
    with serving(kept) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        for _ in range(3):
            client.sendall(old)
            assert read_until(client, answer) == answer

    assert [each.answer.status for each in seen] == [200, 200, 200]
    assert seen.blind == []


def test_empty_lines_between_messages():
    """Some put them there; they mean nothing."""
    with serving(answering(OK + b"\r\n", OK)) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(b"\r\n" + request())
        read_until(client, OK + b"\r\n")
        client.sendall(b"\r\n\r\n" + request())
        assert read_all(client) == OK

    assert [each.answer.status for each in seen] == [200, 200]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "Missing mandatory Host: header"),
        (request(more=b"Host: y\r\n"), "Found multiple Host: headers"),
        (request(more=b"Authorization : Credential=AKIDsecret\r\n"), "illegal header line"),
        (b"GET /?SecretId=AKIDsecret HTTP/x\r\nHost: x\r\n\r\n", "illegal request line"),
        (b"\x16\x03\x01\x02\x00" * 9, "illegal request line"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "another version of HTTP"),
        (LARGE, "a body of more than 12 MB"),
    ],
)
def test_what_cant_be_read_is_told_once(data, why):
    """It is said why, without what it was; and it is passed on with all that follows."""
    with serving(counting) as upstream, relayed(upstream) as (url, seen):
        assert talk(url, data + request() * 2, half_closed=True) == b"%d" % len(data + request() * 2)

    assert seen == []
    assert seen.blind == [why]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "illegal header line"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", "it goes on in another protocol"),
        (b"whatever this is\r\n\r\n", "illegal status line"),
    ],
)
def test_an_answer_that_cant_be_read(answer, why):
    """The request did pass: that is told, and that nobody knows what came of it."""
    with serving(answering(answer)) as upstream, relayed(upstream) as (url, seen):
        assert talk(url, request()) == answer

    assert [str(each.answer) for each in seen] == [f"what came can't be read: {why}"]
    assert seen.blind == [why]


def test_an_answer_to_nothing():
    """Nobody asked: from there on it isn't known which answer is whose."""
    with serving(answering(OK + OK, OK)) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(request())
        assert read_until(client, OK + OK) == OK + OK
        client.sendall(request())
        assert read_all(client) == OK

    assert [each.answer.status for each in seen] == [200]
    assert seen.blind == ["the server said what nobody had asked for"]


def test_what_waited_is_told_though_the_next_cant_be_read():
    """A request that can't be read takes nothing from the one before it."""

    def serve(connection):
        read_until(connection, b"no colon\r\n\r\n")
        connection.sendall(OK + b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with serving(serve) as upstream, relayed(upstream) as (url, seen):
        talk(url, request() + b"GET / HTTP/1.1\r\nno colon\r\n\r\n")

    assert [each.answer.status for each in seen] == [200]
    assert seen.blind == ["illegal header line"]


@pytest.mark.parametrize("answer", [OK[:-1], OK[:9], b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"])
def test_an_answer_that_breaks_off(answer):
    """It is told as none; the client sees just what came of it."""
    with serving(answering(answer)) as upstream, relayed(upstream) as (url, seen):
        assert talk(url, request()) == answer

    assert [(type(each.answer), each.answer.closed) for each in seen] == [(TransportError, True)]


# --- When it was, and what else was under way --------------------------------------------------------------


def test_the_times_of_an_exchange():
    """It was sent when its last byte had passed, and answered when its answer had, however long that takes."""
    came, answered = threading.Event(), threading.Event()

    def serve(connection):
        if b"other" not in read_request(connection):
            came.set()
            wait_for(answered)
        connection.sendall(OK)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(request()[:-1])
        let_it_read(url)
        before = time.time()
        client.sendall(request()[-1:])
        wait_for(came)
        assert talk(url, request(b"other")) == OK
        between = time.time()
        answered.set()
        read_all(client)
        after = time.time()

    (told,) = [each for each in seen if each.http.body == b"abc"]
    assert before <= told.sent <= between <= told.answered <= after


def test_requests_under_way_at_the_same_time():
    """Each exchange names those that it may have crossed, and no others; exchanges come in the order of answers."""
    asked, slow = threading.Event(), threading.Event()

    def serve(connection):
        while data := read_request(connection):
            if b"slow" in data:
                asked.set()
                wait_for(slow)
            connection.sendall(OK)

    def ask(client, body):
        client.sendall(request(body))
        assert read_until(client, OK) == OK

    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as one, connect(url) as other:
        ask(other, b"before")
        one.sendall(request(b"slow"))
        wait_for(asked)
        ask(other, b"first")
        ask(other, b"second")
        slow.set()
        assert read_until(one, OK) == OK
        ask(other, b"after")

    assert [(each.http.body, [http.body for http in each.overlapped]) for each in seen] == [
        (b"before", []),
        (b"first", [b"slow"]),
        (b"second", [b"slow"]),
        (b"slow", [b"first", b"second"]),
        (b"after", []),
    ]


# --- Telling -------------------------------------------------------------------------------------------------


def test_whoever_listens_holds_up_nobody():
    """Traffic goes on while an exchange is judged; all have been told, in order, when the relay ends."""
    told, release = [], threading.Event()

    def slowly(exchange):
        wait_for(release)
        told.append(exchange.http.body)

    with serving(answering(OK)) as upstream, Relay(upstream, Listener(slowly)) as relay:
        for each in (b"one", b"two", b"three"):
            assert talk(relay.url, request(each)) == OK
        assert told == []
        release.set()

    assert told == [b"one", b"two", b"three"]


def test_listeners_that_fail(capsys):
    """What is wrong with one exchange is said, and the next are told."""
    told, blind = [], []

    def fail(exchange):
        told.append(exchange.http.body)
        raise ValueError(f"bad {exchange.http.body}")

    with serving(answering(OK)) as upstream, Relay(upstream, Listener(fail, blind.append)) as relay:
        for each in (b"one", b"two"):
            assert talk(relay.url, request(each)) == OK
        assert talk(relay.url, b"\0\r\n\r\n" + request()) == OK

    assert (told, blind) == ([b"one", b"two"], ["illegal request line"])
    assert 'ValueError: "bad' in capsys.readouterr().err


# Whoever starts this in the background ignores Ctrl-C, and so would it.
_SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
said = lambda text: print(text, flush=True)
Relay(sys.argv[1], Listener(lambda each: said(f"{each.http.body} {each.answer}"))).run(said)
said("ended")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signals to send")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ctrl_c(name):
    """It ends without a word on errors; what was under way is told as requests that got no answer."""
    asked = threading.Semaphore(0)

    def serve(connection):
        read_request(connection)
        asked.release()
        read_all(connection)

    with serving(serve) as upstream, contextlib.ExitStack() as stack:
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, upstream],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        url = process.stdout.readline().strip()
        idle, *clients = [stack.enter_context(connect(url)) for _ in range(4)]
        for each in clients:
            each.sendall(request(b"under way"))
        assert all(asked.acquire(timeout=PATIENCE) for _ in clients)
        process.send_signal(getattr(signal, name))
        out, err = outputs(process)
        assert [read_all(each) for each in (idle, *clients)] == [b""] * 4

    assert err == ""
    assert process.returncode == 0
    assert out.splitlines() == ["b'under way' observing ended before a whole answer had passed"] * 3 + ["ended"]
