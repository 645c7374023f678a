"""A client over the suite's own wire code, and its driver: what it does is right, so that it must conform."""

from __future__ import annotations

import json
import socket
import sys
import time
from dataclasses import replace
from typing import Any, TextIO
from urllib.parse import urlsplit

from conformance.base.credentials import Credentials, Secret
from conformance.exchange.compression import CodingError, decoded
from conformance.exchange.draft import Draft, draft, sign
from conformance.exchange.driver_protocol import PROTOCOL, Ability, from_wire, to_wire
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, Sender
from conformance.targets.http1 import AnswerReader, UnreadableError

__all__ = ["Client", "ClientError", "Driver", "wire_of"]

JsonObject = dict[str, Any]
_LARGEST = 12 * 1024 * 1024
_THROTTLED = "RequestLimitExceeded"


class ClientError(Exception):
    """What the client calls its own error."""

    def __init__(self, code: str, message: str, request_id: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.request_id = code, message, request_id


class Client:
    """One client: its settings, and its connection. Subclasses break one thing each."""

    def __init__(self, call: JsonObject) -> None:
        """A new client with a call's settings."""
        given = call["credentials"]
        token = Secret(given["token"]) if "token" in given else None
        credentials = Credentials(Secret(given["secret_id"]), Secret(given["secret_key"]), token)
        scheme = Scheme(call["signing"])
        self.sender = Sender(call["server"]["endpoint"], call["region"], credentials, scheme)
        self.call = call
        self.connection: socket.socket | None = None

    # --- The request -------------------------------------------------------------------------------------------

    @property
    def form(self) -> Form:
        """How requests are written."""
        if self.call["method"] == "GET":
            return Form.QUERY
        return Form.JSON if self.sender.scheme is Scheme.TC3 else Form.FORM

    def parameters(self, asked: JsonObject) -> JsonObject:
        """What is sent of what is asked: null is nothing, and a form has no way to say it, or an empty list."""
        told = {name: value for name, value in asked.items() if value is not None}
        if self.form is Form.JSON:
            return told
        lists = {name: [each for each in value if each is not None] for name, value in told.items() if _is_list(value)}
        return {name: lists.get(name, value) for name, value in told.items() if lists.get(name) != []}

    def drafted(self, asked: JsonObject) -> Draft:
        """The request before it is signed."""
        made = draft(Request.of(self.parameters(asked)), self.sender, self.form, int(time.time()), time.time_ns())
        if "language" in self.call:
            made.common["Language"] = self.call["language"]
        return made

    def signed(self, asked: JsonObject) -> HttpRequest:
        """The request as it is sent."""
        return sign(self.drafted(asked))

    # --- The exchange ------------------------------------------------------------------------------------------

    def perform(self, asked: JsonObject) -> JsonObject:
        """What comes of a call: the answer's fields. Raises ClientError."""
        http = self.signed(asked)
        try:
            return self.read(self.exchange(http))
        except ClientError as error:
            if self.call["retries"] == "own" and error.code == _THROTTLED:
                return self.read(self.exchange(self.signed(asked)))
            raise

    def exchange(self, http: HttpRequest) -> HttpResponse:
        """The answer to a request. Raises ClientError."""
        until = time.monotonic() + self.call["timeout"]
        try:
            return self._answer(http, until)
        except (OSError, UnreadableError) as error:
            raise ClientError("NoAnswer", f"{type(error).__name__}: {error}") from error
        except Exception as error:  # what h11 raises on what is no HTTP
            raise ClientError("NoAnswer", str(error)) from error

    def _answer(self, http: HttpRequest, until: float) -> HttpResponse:
        where = urlsplit(http.url)
        if self.connection is None:
            self.connection = socket.create_connection((where.hostname, where.port), until - time.monotonic())
        connection, keeps = self.connection, False
        try:
            connection.sendall(wire_of(http))
            reader, rest = AnswerReader(http.method, _LARGEST), None
            while rest is None:
                connection.settimeout(max(0.001, until - time.monotonic()))
                rest = reader.read(connection.recv(65536))
                if rest is None and time.monotonic() > until:
                    raise TimeoutError("the answer isn't whole")
            keeps = reader.keeps_alive and not rest
            return reader.http()
        finally:
            if not keeps:
                connection.close()
                self.connection = None

    # --- The answer --------------------------------------------------------------------------------------------

    def read(self, answer: HttpResponse) -> JsonObject:
        """What an answer says: its fields. Raises ClientError, for what it refuses, and where it can't be read."""
        response = self.response(answer)
        if "Error" in response:
            raise self.refusal(response)
        if answer.status != 200 or not isinstance(response.get("RequestId"), str):
            raise ClientError("BadAnswer", f"status {answer.status}, without a RequestId")
        return {name: response[name] for name in ("FaceModelVersion", "RequestId") if name in response}

    def response(self, answer: HttpResponse) -> JsonObject:
        """The object under `Response`. Raises ClientError."""
        try:
            document = json.loads(decoded(answer).decode("utf-8"))
        except (ValueError, RecursionError, CodingError) as error:
            raise ClientError(self.status_code(answer), f"status {answer.status}: {type(error).__name__}") from error
        response = document.get("Response") if isinstance(document, dict) else None
        if not isinstance(response, dict):
            raise ClientError(self.status_code(answer), f"status {answer.status}, without a Response")
        return response

    def status_code(self, answer: HttpResponse) -> str:
        """The client's own code for an answer that can't be read."""
        return "BadAnswer" if answer.status == 200 else f"Http.{answer.status}"

    def refusal(self, response: JsonObject) -> ClientError:
        """The error that an answer has."""
        error = response["Error"] if isinstance(response["Error"], dict) else {}
        code = error.get("Code")
        named = code if isinstance(code, str) and code else "UnknownError"
        return ClientError(named, error.get("Message"), response.get("RequestId"))  # type: ignore[arg-type]


def wire_of(http: HttpRequest) -> bytes:
    """The bytes of a request."""
    where = urlsplit(http.url)
    target = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
    lines = [f"{http.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in http.headers)]
    if http.method != "GET":
        lines.append(f"Content-Length: {len(http.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + http.body


def _is_list(value: object) -> bool:
    return isinstance(value, list)


class Driver:
    """The driver of a client. Subclasses lie."""

    client: type[Client] = Client
    can: frozenset[Ability] = frozenset(Ability)

    def __init__(self, read: TextIO = sys.stdin, write: TextIO = sys.stdout) -> None:
        """A driver on these streams."""
        self._read, self._write = read, write
        self.kept: Client | None = None

    def say(self, **message: object) -> None:
        """Write a message."""
        self._write.write(f"{json.dumps(message)}\n")
        self._write.flush()

    def hello(self) -> None:
        """Say what can be done."""
        self.say(
            type="hello", protocol=PROTOCOL, sdk="suite", version="1", runtime=f"Python {sys.version.split()[0]}",
            methods=["POST", "GET"], signing=[str(each) for each in Scheme], reach=["endpoint"],
            can=sorted(self.can),
        )  # fmt: skip

    def performed(self, call: JsonObject) -> JsonObject:
        """What came of a call, as the members of a result."""
        client = self.kept
        if client is None or call["client"] == "new":
            client = self.client(call)
        self.kept = client
        client.call = call
        client.sender = replace(client.sender, scheme=Scheme(call["signing"]))
        parameters = from_wire(call["parameters"])
        assert isinstance(parameters, dict)
        try:
            return {"answer": to_wire(client.perform(parameters))}
        except ClientError as error:
            return self.told(error, "sdk")
        except Exception as error:  # what a broken client raises is no error of its own
            return self.told(error, "raw")

    def told(self, error: Exception, kind: str) -> JsonObject:
        """An error as the members of a result."""
        members: JsonObject = {"kind": kind, "class": type(error).__name__, "message": to_wire(str(error))}
        if isinstance(error, ClientError):
            members |= {"code": error.code, "message": to_wire(error.message), "request_id": error.request_id}
        return {"error": members}

    def reply(self, call: JsonObject) -> None:
        """Say what came of a call."""
        self.say(type="result", id=call["id"], **self.performed(call))

    def main(self) -> None:
        """Speak until bye."""
        self.hello()
        for line in self._read:
            call = json.loads(line)
            if call["type"] == "bye":
                self.say(type="bye")
                return
            self.reply(call)
