"""The relay is as good as no relay: nobody at its ends sees a difference. Who looks on sees all that can be read."""

import asyncio
import contextlib
import hashlib
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import trustme

from conformance.base.errors import TransportError, UsageError
from conformance.observe import link
from conformance.observe.relay import Relay
from tests.command import command
from tests.waiting import PATIENCE, outputs, wait_for

ROOT = Path(__file__).parent.parent
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LARGE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (13 << 20) + b"x" * (13 << 20)


@pytest.fixture(autouse=True, name="patient")
def _patient(monkeypatch):
    """Who takes long to say all is waited for: a busy machine takes longer than people do."""
    monkeypatch.setattr(link, "_TO_END", PATIENCE)


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
    """What a relay told of: the exchanges, and why it was blind."""

    def __init__(self):
        self.blind = []


@contextlib.contextmanager
def relayed(upstream, **options):
    """A relay, and what it told of; all of that is there once this ends."""
    seen = Seen()
    with Relay(upstream, seen.append, on_blind=seen.blind.append, **{"timeout": PATIENCE, **options}) as relay:
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


# --- What passes ---------------------------------------------------------------------------------------------


def test_bytes_both_ways_at_once():
    """Much of it, at different speeds: all of it arrives, in order."""
    there, back = [bytes([each]) * 999_983 for each in range(20)], [bytes([each]) * 999_979 for each in range(20)]
    got, ahead = [], threading.Event()

    def read(connection):
        first = connection.recv(1)
        ahead.set()  # of the client, who reads nothing yet
        got.append(hashlib.sha256(first + read_all(connection)).digest())

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


# --- Telling -------------------------------------------------------------------------------------------------


def test_whoever_listens_holds_up_nobody():
    """Traffic goes on while an exchange is judged; all have been told, in order, when the relay ends."""
    told, release = [], threading.Event()

    def slowly(exchange):
        wait_for(release)
        told.append(exchange.http.body)

    with serving(answering(OK)) as upstream, Relay(upstream, slowly) as relay:
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

    with serving(answering(OK)) as upstream, Relay(upstream, fail, on_blind=blind.append) as relay:
        for each in (b"one", b"two"):
            assert talk(relay.url, request(each)) == OK
        assert talk(relay.url, b"\0\r\n\r\n" + request()) == OK

    assert (told, blind) == ([b"one", b"two"], ["illegal request line"])
    assert 'ValueError: "bad' in capsys.readouterr().err


_SCRIPT = """
import sys
from conformance.observe.relay import Relay
said = lambda text: print(text, flush=True)
Relay(sys.argv[1], lambda each: said(f"{each.http.body} {each.answer}")).run(said)
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
        Relay(upstream, lambda _: None, host=host, port=18099)


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
