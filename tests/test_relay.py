"""The relay is as good as no relay: nobody at its ends sees a difference. Who looks on sees all that can be read."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import threading
import time

import pytest
import trustme

from conformance.base.errors import TransportError, UsageError
from conformance.observe import link
from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
from tests.command import command
from tests.relays import (
    LARGE,
    OK,
    answering,
    connect,
    counting,
    let_it_read,
    read_all,
    read_request,
    read_until,
    relayed,
    request,
    reset,
    serving,
    talk,
)
from tests.waiting import PATIENCE, wait_for


@pytest.fixture(autouse=True, name="patient")
def _patient(monkeypatch):
    """Who takes long to say all is waited for: a busy machine takes longer than people do."""
    monkeypatch.setattr(link, "_TO_END", PATIENCE)


# --- What passes ---------------------------------------------------------------------------------------------


def test_bytes_both_ways_at_once():
    """Much of it, at different speeds: all of it arrives, in order."""
    there, back = [bytes([each]) * 999_983 for each in range(20)], [bytes([each]) * 999_979 for each in range(20)]
    got, ahead, done = [], threading.Event(), threading.Event()

    def read(connection):
        first = connection.recv(1)
        ahead.set()  # of the client, who reads nothing yet
        got.append(hashlib.sha256(first + read_all(connection)).digest())
        done.set()

    def serve(connection):
        reading = threading.Thread(target=read, args=(connection,))
        reading.start()
        for each in back:
            connection.sendall(each)
        connection.shutdown(socket.SHUT_WR)
        reading.join()

    with serving(serve) as upstream, relayed(upstream) as (url, _), connect(url) as client:

        def send():
            for each in there:
                client.sendall(each)
            client.shutdown(socket.SHUT_WR)

        sending = threading.Thread(target=send)
        sending.start()
        wait_for(ahead)
        assert read_all(client) == b"".join(back)
        sending.join()
        wait_for(done)

    assert got == [hashlib.sha256(b"".join(there)).digest()]


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01" * 9,
        b"hello\r\n\r\n",
        LARGE,
        request()[:-1],
        "GET /你 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"CON",
    ],
)
def test_a_client_that_has_said_all_still_listens(data):
    """Its end is passed on, and whatever is said afterwards comes back: as without a relay."""
    with serving(counting) as upstream, relayed(upstream) as (url, _):
        assert talk(url, data, half_closed=True) == b"%d" % len(data)


def test_a_server_that_has_said_all_still_listens():
    """Its end is passed on, and so is whatever the client goes on to say."""
    got, heard = [], threading.Event()

    def serve(connection):
        connection.recv(1)
        connection.sendall(b"bye")
        connection.shutdown(socket.SHUT_WR)
        got.append(read_all(connection))
        heard.set()

    with serving(serve) as upstream, relayed(upstream) as (url, _), connect(url) as client:
        client.sendall(b"h")
        assert read_all(client) == b"bye"
        client.sendall(b"ello" * 1_000_000)
        client.shutdown(socket.SHUT_WR)
        wait_for(heard)

    assert b"".join(got).endswith(b"ello" * 1_000_000)


@pytest.mark.parametrize("data", [request(), LARGE])
def test_a_client_that_has_said_all_to_tls(tmp_path, data):
    """TLS knows no half of an end: the answer comes all the same, and then the end."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    hung_up = threading.Event()

    def serve(connection):
        read_request(connection)
        connection.sendall(OK)
        if data is not LARGE:
            read_all(connection)  # keeps the connection, until the other side hangs up
        hung_up.set()

    with serving(serve, context) as upstream, relayed(upstream, ca_file=str(tmp_path / "ca.pem")) as (url, seen):
        assert talk(url, data, half_closed=True) == OK
        wait_for(hung_up)

    assert [each.answer.status for each in seen] == ([] if data is LARGE else [200])


@pytest.mark.parametrize("answer", [b"", OK[:-1]])
def test_a_server_that_hangs_up(answer):
    """Nothing is said in its place."""
    with serving(answering(answer)) as upstream, relayed(upstream) as (url, seen):
        assert talk(url, request()) == answer

    assert "the server closed the connection" in str(seen[0].answer)


def test_an_answer_in_the_middle_of_a_request():
    """A server that refuses a request before it is whole, and hangs up on the rest, is heard all the same."""

    def serve(connection):
        read_until(connection, b"\r\n\r\n")
        connection.sendall(OK)  # and hangs up, with much still unread: that is a reset

    def ask(url):
        with connect(url) as client, contextlib.suppress(OSError):
            with contextlib.suppress(OSError):
                client.sendall(LARGE)
            return read_until(client, OK)

    with serving(serve) as upstream, relayed(upstream) as (url, _):
        assert [ask(url) for _ in range(10)] == [OK] * 10


def test_a_server_that_resets():
    """The client sees a reset, too."""

    def serve(connection):
        read_request(connection)
        reset(connection)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), pytest.raises(ConnectionResetError):
        talk(url, request())

    assert "the server reset the connection" in str(seen[0].answer)


def test_a_client_that_resets():
    """The server sees a reset, too; and the request is told as one without an answer."""
    asked, noticed, seen_there = threading.Event(), threading.Event(), []

    def serve(connection):
        read_request(connection)
        asked.set()
        try:
            seen_there.append(connection.recv(1))
        except ConnectionResetError as error:
            seen_there.append(type(error))
        noticed.set()

    with serving(serve) as upstream, relayed(upstream) as (url, seen):
        client = connect(url)
        client.sendall(request())
        wait_for(asked)
        reset(client)
        wait_for(noticed)

    assert seen_there == [ConnectionResetError]
    assert "the client hung up" in str(seen[0].answer)


def test_a_client_that_is_gone_before_its_answer(capfd):
    """The server sees that nobody listens any more; the relay lets go of both."""
    gone, broken = threading.Event(), threading.Event()

    def serve(connection):
        read_all(connection)
        wait_for(gone)
        try:
            while True:
                connection.sendall(OK * 1000)
        except OSError:
            broken.set()

    with serving(serve) as upstream, relayed(upstream) as (url, seen):
        with connect(url) as client:
            client.sendall(request())
        gone.set()
        wait_for(broken)

    assert [each.http.body for each in seen] == [b"abc"]
    assert capfd.readouterr().err == ""


def test_a_server_that_takes_its_time(monkeypatch):
    """Once it was reached, it is the client who decides how long to wait."""
    asked, answered, late = threading.Event(), threading.Event(), [0]
    monkeypatch.setattr(asyncio.BaseEventLoop, "time", lambda _: time.monotonic() + late[0])

    def serve(connection):
        read_request(connection)
        asked.set()
        wait_for(answered)
        connection.sendall(OK)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), connect(url) as client:
        client.sendall(request())
        wait_for(asked)
        late[0] = 10 * PATIENCE
        let_it_read(url)  # whatever was to happen by then has happened
        answered.set()
        assert read_all(client) == OK

    assert seen[0].answer.status == 200


@pytest.mark.parametrize("data", [request(), LARGE, request()[:-1], b"\0" * 99])
def test_a_server_that_isnt_there(data):
    """The relay says so itself, once the request is whole: nobody else will."""
    with relayed("http://127.0.0.1:1") as (url, seen):
        assert talk(url, data, half_closed=True).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")

    assert [type(each.answer) for each in seen] == ([TransportError] if data == request() else [])


def test_a_server_that_cant_be_reached_in_time():
    """A connection that doesn't come about is waited for no longer than was asked for."""
    silent = threading.Event()
    with serving(lambda _: wait_for(silent)) as upstream:
        with relayed(upstream.replace("http", "https"), timeout=0.2) as (url, seen):
            assert talk(url, request()).startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
        silent.set()

    assert "timeout" in str(seen[0].answer)


def test_a_tunnel_asked_for_bit_by_bit():
    """It is refused, however slowly it is asked for."""
    with relayed("http://127.0.0.1:1") as (url, seen), connect(url) as client:
        for each in (b"CON", b"NECT", b" x:443 HTTP/1.1\r\n\r\n"):
            client.sendall(each)
            let_it_read(url)
        assert read_all(client).startswith(b"HTTP/1.1 501 ")

    assert seen == []


# --- Itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upstream", "host"),
    [
        ("http://127.0.0.1:18099", "127.0.0.1"),
        ("http://localhost:18099", "127.0.0.1"),
        ("http://127.0.0.1:18099", "localhost"),
        ("https://127.0.0.1:18099", "0.0.0.0"),
        ("http://localhost:18099", ""),
    ],
)
def test_a_relay_to_itself(upstream, host):
    """What it passes on would come back for ever."""
    with pytest.raises(UsageError, match="itself"):
        Relay(upstream, Listener(lambda _: None), host=host, port=18099)


def test_a_relay_to_somebody_else():
    """The same port elsewhere is somebody else's; nor can any port be meant that isn't known yet."""
    for upstream, port in (("http://127.0.0.2:{}", None), ("http://127.0.0.1:0", 0)):
        with socket.create_server(("127.0.0.1", 0)) as free:
            free_port = free.getsockname()[1]
        with relayed(upstream.format(free_port), port=free_port if port is None else port) as (url, _):
            assert url


def test_the_verb_refuses_itself():
    done = command("observe", "--upstream", "http://localhost:18099", "--port", "18099")

    assert (done.returncode, done.stdout) == (4, "")
    assert "itself" in done.stderr
