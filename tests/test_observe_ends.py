"""`observe` over real sockets: a server that is of no use shows nothing, and Ctrl-C ends it whatever is open."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading

import pytest

from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
from tests.onlooker import create
from tests.relays import ROOT, answering, connect, read_all, read_request, reset, serving, talk
from tests.test_observe_bounds import request_of
from tests.waiting import PATIENCE, outputs, wait_for

# Whoever starts this in the background ignores Ctrl-C, and so would it.
_SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from conformance.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@contextlib.contextmanager
def observing(upstream, *words):
    """The process of the verb, and where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, "observe", "--upstream", upstream, "--port", "0", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, process.stdout.readline().split()[0]
    finally:
        process.kill()
        process.wait()


def nobody():
    """The URL of a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def hang_up(connection):
    connection.recv(1)


SERVERS = {
    "closes": hang_up,
    "resets": lambda connection: (read_request(connection), reset(connection)),
    "half a head": answering(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "half a body": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "half a chunk": answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
    "a lying length": answering(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}"),
    "two lengths": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
    "garbage": answering(b"\x16\x03\x01\x00\xff" * 99),
    "another protocol": answering(b"220 mail.example ESMTP\r\n"),
    "endless lines": answering(b"x" * 200_000),
    "a word in between": answering(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nobody": None,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_that_is_of_no_use(kind, tmp_path):
    """What no answer came to, or none that can be read, was not judged: exit code 5, and never 0."""
    report, serve = tmp_path / "report.json", SERVERS[kind]
    upstream = contextlib.nullcontext(nobody()) if serve is None else serving(serve)
    with upstream as url, observing(url, "--json", str(report)) as (process, here):
        for group in ("a", "b"):
            with contextlib.suppress(ConnectionError):
                talk(here, request_of(create(group)), half_closed=True)
        process.send_signal(signal.SIGINT)
        out, err = outputs(process)

    assert (process.returncode, err) == (5, ""), out
    assert "0 exchanges judged, 0 depart from the page" in out
    assert json.loads(report.read_text())["verdict"] == "incomplete"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals to send")
@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_while_connections_are_open(sent, tmp_path):
    """Idle ones, half said ones, unanswered ones: nobody is waited for, and the report is written."""
    asked, over = threading.Semaphore(0), threading.Event()

    def serve(connection):
        while connection.recv(1 << 16):
            asked.release()
            over.wait(PATIENCE)

    report, whole = tmp_path / "report.json", request_of(create("g"))
    with (
        serving(serve) as url,
        observing(url, "--json", str(report)) as (process, here),
        contextlib.ExitStack() as stack,
    ):
        clients = [stack.enter_context(connect(here)) for _ in range(60)]
        for number, each in enumerate(clients):
            each.sendall((whole, whole[:-1], b"")[number % 3])
        assert all(asked.acquire(timeout=PATIENCE) for _ in range(40))
        process.send_signal(getattr(signal, sent))
        out, err = outputs(process)
        over.set()
        assert [read_all(each) for each in clients] == [b""] * 60

    assert (process.returncode, err) == (5, ""), out
    assert "20 exchanges could not be judged" in out
    assert json.loads(report.read_text())["verdict"] == "incomplete"


def test_it_ends_while_a_name_is_looked_up(monkeypatch):
    """A name server that says nothing holds up nobody's end."""
    asked, answer, looked_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def silent(host, *args, **kwargs):
        if host != "name.example":
            return looked_up(host, *args, **kwargs)
        asked.set()
        answer.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_NONAME, "too late")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    seen = []
    with Relay("http://name.example", Listener(seen.append)) as relay, connect(relay.url) as client:
        client.sendall(request_of(create("g")))
        wait_for(asked)
        before = threading.active_count()
    waiting = threading.active_count()
    answer.set()

    assert (seen, waiting) == ([], before - 2)  # the relay's threads are gone, the one that looks up is there
