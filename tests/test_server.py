"""The emulator over HTTP: what a server must survive, and what it must say exactly."""

import contextlib
import http.client
import json
import socket
import time

import pytest

from conformance.contract import VERSION
from conformance.emulator import Emulator
from conformance.emulator.server import LARGEST_BODY, Server
from conformance.errors import SuiteError
from conformance.request import Request
from conformance.signing import EXAMPLE_CREDENTIALS
from conformance.wire import Form, Sender, encode, headers_for


@pytest.fixture(name="server")
def _server():
    with Server(Emulator()) as server:
        yield server


@pytest.fixture(name="connect")
def _connect(server):
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(contextlib.closing(http.client.HTTPConnection(*address(server), timeout=10)))


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


def code(response):
    return response["Error"]["Code"]


def raw(server, data, *, until_closed=True):
    """What comes back for bytes written to a socket."""
    with socket.create_connection(address(server), timeout=5) as connection:
        connection.sendall(data)
        if until_closed:
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


def test_answers_come_without_delay(server, connect):
    """A hundred requests take well under a second: nothing waits for an acknowledgement."""
    connection = connect()
    started = time.monotonic()
    for number in range(100):
        send(connection, signed(server, {"GroupName": f"n{number}", "GroupId": f"i{number}"}))

    assert time.monotonic() - started < 2


def test_pipelined(server):
    """Requests sent without waiting are answered in order."""
    requests = [signed(server, {"GroupName": f"p{each}", "GroupId": "same"}) for each in range(3)]
    data = b"".join(
        b"POST / HTTP/1.1\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in each.headers).encode()
        + f"Content-Length: {len(each.body)}\r\n\r\n".encode()
        + each.body
        for each in requests
    )

    answers = raw(server, data.replace(b"POST", b"POST", 1))

    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.count(b"GroupIdAlreadyExist") == 2


@pytest.mark.parametrize(
    "data", [b"\0\1\2\xff" * 20, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nHo", b""]
)
def test_garbage(server, data, connect):
    """What isn't HTTP ends its own connection, and nothing else."""
    raw(server, data)

    _, response = send(connect(), signed(server, {"GroupName": "g", "GroupId": "g"}))
    assert "Error" not in response


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


def test_too_large(server, connect):
    """A body past the platform's limit is refused without being kept."""
    connection = connect()
    connection.request("POST", "/", b"x" * (LARGEST_BODY + 1))

    assert code(json.loads(connection.getresponse().read())["Response"]) == "RequestSizeLimitExceeded"


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


def test_stopping_frees_the_port():
    """After its `with`, nothing listens any more."""
    with Server(Emulator()) as server:
        pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(server), timeout=1)


def test_an_error_of_ours_does_not_end_the_server(server, capsys, monkeypatch, connect):
    """Should the emulator itself break, the client gets InternalError and the next request is served."""
    monkeypatch.setattr(Emulator, "handle", lambda *_: 1 / 0)
    connection = connect()
    answer, broken = send(connection, signed(server, {}))
    monkeypatch.undo()
    _, served = send(connection, signed(server, {"GroupName": "s", "GroupId": "s"}))

    assert (answer.status, code(broken)) == (200, "InternalError")
    assert "Error" not in served
    assert "ZeroDivisionError" in capsys.readouterr().err
