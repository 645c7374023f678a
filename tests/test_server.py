"""The emulator over HTTP: what a server must survive, and what it must say exactly."""

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import SuiteError
from conformance.contract import VERSION
from conformance.emulator import Emulator, conforming
from conformance.emulator.account import ReferenceAccount
from conformance.emulator.bounds import LARGEST_BODY
from conformance.emulator.faults import faulty
from conformance.emulator.gateway import LARGEST_BODY as LARGEST_TAKEN
from conformance.emulator.server import Server, serve_forever
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode, headers_for
from tests.waiting import PATIENCE, outputs


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    return Emulator()


@pytest.fixture(scope="module", name="started")
def _started(emulator):
    with Server(emulator) as server:
        yield server


@pytest.fixture(name="server")
def _server(started, emulator):
    emulator.account = ReferenceAccount()
    return started


@pytest.fixture(name="connect")
def _connect(server):
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(
            contextlib.closing(http.client.HTTPConnection(*address(server), timeout=PATIENCE))
        )


def address(server):
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


def signed(server, parameters, action="CreateGroup"):
    sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
    return encode(Request.of(parameters, action), sender, Form.JSON, int(time.time()))


def send(connection, request):
    connection.request(request.method, "/", request.body, dict(request.headers))
    answer = connection.getresponse()
    return answer, json.loads(answer.read())["Response"]


def get(url):
    with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer, answer.read()


def code(response):
    return response["Error"]["Code"]


def raw(server, data):
    """What comes back for bytes written to a socket that is then closed for writing."""
    with socket.create_connection(address(server), timeout=PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


def test_keep_alive_and_state(server, connect):
    """One connection serves many requests, and a group outlives its connection."""
    connection = connect()
    first, created = send(connection, signed(server, {"GroupName": "a", "GroupId": "b"}))
    second, again = send(connection, signed(server, {"GroupName": "c", "GroupId": "b"}))
    other = connect()
    _, elsewhere = send(other, signed(server, {"GroupName": "d", "GroupId": "b"}))

    assert (first.status, first.getheader("Content-Type")) == (200, "application/json")
    assert created["FaceModelVersion"] == "3.0"
    assert second.status == 200
    assert code(again) == code(elsewhere) == "InvalidParameterValue.GroupIdAlreadyExist"


def test_answers_come_without_delay(server, connect, monkeypatch):
    """Nothing waits for an acknowledgement: the server's ends of connections send what they have at once."""
    ends, made = [], H11Protocol.connection_made
    monkeypatch.setattr(H11Protocol, "connection_made", lambda end, to: (ends.append(to), made(end, to))[1])
    send(connect(), signed(server, {"GroupName": "n", "GroupId": "i"}))

    (end,) = ends
    assert end.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_pipelined(server):
    """Requests sent without waiting are answered in order."""
    asked = [signed(server, {"GroupName": name, "GroupId": "same"}) for name in ("a", "b")]
    asked.append(signed(server, {"GroupId": "other"}, "GetGroupInfo"))
    data = b"".join(
        b"POST / HTTP/1.1\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in each.headers).encode()
        + f"Content-Length: {len(each.body)}\r\n\r\n".encode()
        + each.body
        for each in asked
    )

    answers = raw(server, data)
    places = [answers.index(each) for each in (b"FaceModelVersion", b"GroupIdAlreadyExist", b"GroupIdNotExist")]

    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert places == sorted(places)


@pytest.mark.parametrize(
    "data",
    [
        b"\0\1\2\xff" * 20,
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHo",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ten\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"",
    ],
)
def test_garbage(server, data, connect, caplog, capfd):
    """What isn't HTTP, or is broken off, ends its own connection, and nothing else; nothing is written about it."""
    raw(server, data)

    _, response = send(connect(), signed(server, {"GroupName": "g", "GroupId": "g"}))
    assert "Error" not in response
    assert (caplog.records, capfd.readouterr().err) == ([], "")


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE", "PATCH"])
def test_other_methods(server, method, connect):
    """Only GET and POST are served; the others get the documented code, and HTTP 200."""
    connection = connect()
    connection.request(method, "/")
    answer = connection.getresponse()

    assert (answer.status, code(json.loads(answer.read())["Response"])) == (200, "UnsupportedProtocol")


def test_head(server, connect):
    """HEAD gets the headers of the refusal and no body."""
    connection = connect()
    connection.request("HEAD", "/")
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (200, b"")


def test_unsigned(server, connect):
    """A request without a signature creates nothing."""
    connection = connect()
    headers = {"X-TC-Action": "CreateGroup", "X-TC-Version": VERSION, "Content-Type": "application/json"}
    connection.request("POST", "/", b'{"GroupName": "u", "GroupId": "u"}', headers)
    refused = json.loads(connection.getresponse().read())["Response"]
    _, created = send(connection, signed(server, {"GroupName": "u", "GroupId": "u"}))

    assert code(refused).startswith("AuthFailure.")
    assert "Error" not in created


def test_no_json(server, connect):
    """A signed body that is no JSON is an invalid parameter."""
    sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
    body = b'{"GroupName": '
    headers = dict(headers_for(sender, "CreateGroup", VERSION, int(time.time()), body=body))
    connection = connect()
    connection.request("POST", "/", body, headers)

    assert code(json.loads(connection.getresponse().read())["Response"]) == "InvalidParameter"


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large(server, connect, chunked):
    """A body past the platform's limit is refused, whether its length is told or not, and the connection goes on."""
    connection = connect()
    body = b"x" * (LARGEST_BODY + 1)
    connection.request("POST", "/", iter([body]) if chunked else body, encode_chunked=chunked)
    refused = json.loads(connection.getresponse().read())["Response"]
    _, created = send(connection, signed(server, {"GroupName": "l", "GroupId": "l"}))

    assert code(refused) == "RequestSizeLimitExceeded"
    assert "Error" not in created


def test_the_largest(server, connect):
    """A body of just the limit is read."""
    connection = connect()
    connection.request("POST", "/", b"x" * LARGEST_TAKEN, {"Authorization": "x"})

    assert code(json.loads(connection.getresponse().read())["Response"]) != "RequestSizeLimitExceeded"


def test_too_large_by_its_own_account(server):
    """Whoever asks before sending too large a body is refused without having to send it, and disconnected."""
    head = f"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n"
    with socket.create_connection(address(server), timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"RequestSizeLimitExceeded" in answer


def test_requests_arrive_as_sent(server, emulator, monkeypatch):
    """Method, path, query, headers and body reach the emulator as they were written, byte for byte."""
    seen = []
    monkeypatch.setattr(emulator, "handle", lambda http: seen.append(http) or emulator.refuse("InternalError"))
    target = "/a%2Fb/?x=%41+%e4%BA%8b&&y&=;'%"
    raw(
        server,
        f"POST {target} HTTP/1.1\r\nHost: h:1\r\nB: \xe9\r\nA: 2\r\nContent-Length: 3\r\n\r\n\0\xff\n".encode(
            "latin-1"
        ),
    )

    [http] = seen
    assert (http.method, http.url, http.body) == ("POST", f"http://h:1{target}", b"\0\xff\n")
    assert [(name.lower(), value) for name, value in http.headers] == [
        ("host", "h:1"), ("b", "\xe9"), ("a", "2"), ("content-length", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((), "application/json"),
        (("no-content-type",), None),
        (("other-charset",), "application/json; charset=gbk"),
    ],
)
def test_answers_leave_as_made(faults, expected):
    """An answer has the emulator's own headers, a length and a date, and no others."""
    with Server(Emulator(faulty(conforming(), *faults))) as server:
        answer, body = get(server.url)

    others = {name: value for name, value in answer.getheaders() if name.lower() not in {"date", "content-length"}}
    assert others == ({} if expected is None else {"Content-Type": expected})
    assert int(answer.getheader("Content-Length")) == len(body)


def test_the_query_arrives_as_sent(server, connect):
    """A signed GET with percent signs, plus signs and Han is understood."""
    sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
    request = Request.of({"GroupName": "学号", "GroupId": "a%@#&_-", "GroupExDescriptions": ["甲", "乙"]})
    sent = encode(request, sender, Form.QUERY, int(time.time()))
    connection = connect()
    connection.request("GET", f"/?{sent.query}", headers=dict(sent.headers))
    created = json.loads(connection.getresponse().read())["Response"]
    _, info = send(connection, signed(server, {"GroupId": "a%@#&_-"}, "GetGroupInfo"))

    assert "Error" not in created
    assert (info["GroupName"], info["GroupExDescriptions"]) == ("学号", ["甲", "乙"])


def test_a_taken_port(server):
    """A port that is in use is told in one sentence."""
    with pytest.raises(SuiteError, match="can't listen at"):
        Server(Emulator(), *address(server))


@pytest.mark.parametrize("host", ["a..b", "x" * 70, "nowhere.invalid"])
def test_no_such_host(host):
    """A host that can't be is told in the same sentence."""
    with pytest.raises(SuiteError, match="can't listen at"):
        Server(Emulator(), host)


def test_no_such_port():
    """A number that is no port is told in the same sentence."""
    with pytest.raises(SuiteError, match=r"can't listen at .*:65536"):
        Server(Emulator(), port=65536)


def test_no_certificate(tmp_path):
    """A certificate that can't be read is told before anything listens."""
    with pytest.raises(SuiteError, match="can't use the certificate"):
        Server(Emulator(), tls=(str(tmp_path / "chain.pem"), str(tmp_path / "key.pem")))


def test_stopping_frees_the_port():
    """After its `with` nothing listens any more, open connections are closed, and the port can be had again."""
    with Server(Emulator()) as server:
        idle = http.client.HTTPConnection(*address(server), timeout=PATIENCE)
        send(idle, signed(server, {"GroupName": "f", "GroupId": "f"}))

    assert idle.sock.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(server), timeout=1)
    with Server(Emulator(), *address(server)) as again:
        assert again.url == server.url


def test_stopping_at_once():
    """A server that is stopped before its thread has got going stops all the same."""
    with Server(Emulator()) as server:
        pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(server), timeout=1)


def test_an_error_of_ours_does_not_end_the_server(server, emulator, capsys, monkeypatch, connect):
    """Should the emulator itself break, the client gets InternalError, one line is logged, and the server goes on."""

    def broken(_):
        raise ZeroDivisionError("of\ntwo lines \ud800")

    monkeypatch.setattr(emulator, "handle", broken)
    connection = connect()
    answer, refused = send(connection, signed(server, {}))
    monkeypatch.undo()
    _, served = send(connection, signed(server, {"GroupName": "s", "GroupId": "s"}))

    assert (answer.status, code(refused)) == (200, "InternalError")
    assert "Error" not in served
    (told,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"emulator: ZeroDivisionError in \w+, line \d+ of \S+", told)


# A shell that puts a command into the background has it ignore Ctrl-C, and so all that it starts.
FOREGROUND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from conformance.emulator import Emulator
from conformance.emulator.server import serve_forever
serve_forever(Emulator(), "127.0.0.1", 0, lambda url: print(url, flush=True))
print("returned")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("early", [False, True])
def test_signals_end_the_foreground(number, early):
    """In the foreground, Ctrl-C and SIGTERM make it return, before the first request and after it."""
    with subprocess.Popen(
        [sys.executable, "-c", FOREGROUND], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        url = process.stdout.readline().strip()
        if not early:
            assert get(url)[0].status == 200
        process.send_signal(number)
        out, err = outputs(process)

    assert (process.returncode, out, err) == (0, "returned\n", "")


def test_the_foreground_tells_a_taken_port(server):
    """In the foreground too, a port that is in use is told in one sentence, and nothing is announced."""
    with pytest.raises(SuiteError, match="can't listen at"):
        serve_forever(Emulator(), *address(server), pytest.fail)
