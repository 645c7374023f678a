"""The driver protocol: JSON lines between the suite and a program that makes one client speak it. Pure.

`docs/drivers.md` describes it for people, `driver_protocol.json` beside this module for programs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.base.shapes import ANYTHING, TEXT, Items, Leaf, Members, Named, check, whole
from conformance.base.words import cited
from conformance.exchange.calls import Call
from conformance.exchange.signing import Scheme

__all__ = [
    "ABILITIES", "PROTOCOL", "Ability", "Bye", "ErrorKind", "Hello", "Message", "ProtocolError", "Reach", "Result",
    "SdkError", "Unsupported", "call_message", "from_wire", "parse", "to_wire",
]  # fmt: skip

PROTOCOL = 1


class ProtocolError(ValueError):
    """A line that is no message of the protocol; the message says what is wrong with it."""


class Ability(StrEnum):
    """What not every client can do; `hello` names what this one can."""

    KEPT = "kept"
    RETRIES = "retries"
    TIMEOUT = "timeout"
    TOKEN = "token"  # noqa: S105 -- a word of the protocol
    LANGUAGE = "language"
    EMPTY = "empty"
    NULL = "null"
    LIST_NULL = "list-null"
    SURROGATES = "surrogates"
    NUL = "nul"


ABILITIES = {
    Ability.KEPT: "make a call with the client of the call before, so that connections are kept",
    Ability.RETRIES: "switch on the SDK's own retries",
    Ability.TIMEOUT: "set a time-out",
    Ability.TOKEN: "sign with temporary credentials",
    Ability.LANGUAGE: "ask for answers in a language",
    Ability.EMPTY: "set a parameter to an empty text, or an empty list",
    Ability.NULL: "set a parameter to null, which isn't the same as not setting it",
    Ability.LIST_NULL: "put null into a list",
    Ability.SURROGATES: "put half a surrogate pair into a text",
    Ability.NUL: "put the character U+0000 into a text",
}


class Reach(StrEnum):
    """The ways to bring a client's requests to the suite's server."""

    ENDPOINT = "endpoint"  # it is told another endpoint
    PROXY = "proxy"  # it is told an HTTP proxy, and sends plain HTTP through it to the real host's name
    RESOLUTION = "resolution"  # the driver has the real host's name resolved to the suite's server


class ErrorKind(StrEnum):
    """Whose an error is."""

    SDK = "sdk"  # of the SDK's own class of errors
    RAW = "raw"  # of any other class: of the language, of a library
    CRASH = "crash"  # a panic, or a fault that the driver caught, from which a program can't go on


@dataclass(frozen=True, slots=True)
class Hello:
    """What a driver says first.

    Attributes:
        sdk, version: of the client.
        runtime: what it runs on, with its version.
        methods, signing: those that it can use.
        reach: the ways to a server that it can take, the best first.
        can: what else it can do.
    """

    sdk: str
    version: str
    runtime: str
    methods: tuple[str, ...]
    signing: tuple[str, ...]
    reach: tuple[Reach, ...]
    can: frozenset[Ability]


@dataclass(frozen=True, slots=True)
class SdkError:
    """An error as the client gave it; code, message and request id with their JSON types, null where it has none."""

    kind: ErrorKind
    class_: str
    code: object = None
    message: object = None
    request_id: object = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call: an answer's fields, or an error."""

    id: str
    answer: Mapping[str, object] | None = None
    error: SdkError | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The client has no way to make a call."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bye:
    """The driver ends."""


Message = Hello | Result | Unsupported | Bye


# --- What is sent ----------------------------------------------------------------------------------------


def call_message(id_: str, call: Call, server: Mapping[str, str], credentials: Mapping[str, str], region: str) -> str:
    """The line that asks for a call.

    Args:
        id_: which the result repeats.
        call: with its markers replaced.
        server: "reach" and the addresses that belong to it.
        credentials: "secret_id", "secret_key" and, of temporary ones, "token".
        region: the value of Region.
    """
    message: dict[str, object] = {
        "type": "call",
        "id": id_,
        "action": "CreateGroup",
        "parameters": to_wire(dict(call.parameters)),
        "client": call.client,
        "signing": str(call.signing),
        "method": call.method,
        "timeout": call.timeout,
        "retries": call.retries,
        "region": region,
        "credentials": dict(credentials),
        "server": dict(server),
    }
    if call.language is not None:
        message["language"] = call.language
    return json.dumps(message)


_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def to_wire(value: object) -> object:
    """A value as the protocol writes it: a text that some readers of JSON refuse is the list of its UTF-16 units."""
    match value:
        case str() if _UNWRITABLE.search(value):
            raw = value.encode("utf-16-le", "surrogatepass")
            return {"utf16": [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]}
        case list() | tuple():
            return [to_wire(each) for each in value]
        case Mapping():
            return {name: to_wire(each) for name, each in value.items()}
        case _:
            return value


def from_wire(value: object) -> object:
    """What `to_wire` wrote, read back."""
    match value:
        case {"utf16": list() as units, **others} if not others and all(_is_unit(each) for each in units):
            raw = b"".join(int(each).to_bytes(2, "little") for each in units)
            return raw.decode("utf-16-le", "surrogatepass")
        case list():
            return [from_wire(each) for each in value]
        case dict():
            return {name: from_wire(each) for name, each in value.items()}
        case _:
            return value


def _is_unit(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF


# --- What is read ----------------------------------------------------------------------------------------


def _one_of(*words: str) -> Leaf:
    return Leaf(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


_HELLO = Members(
    {
        "protocol": whole(PROTOCOL, PROTOCOL),
        "sdk": TEXT,
        "version": TEXT,
        "runtime": TEXT,
        "methods": Items(_one_of("POST", "GET")),
        "signing": Items(_one_of(*map(str, Scheme))),
        "reach": Items(_one_of(*map(str, Reach))),
        "can": Items(_one_of(*map(str, Ability))),
    }
)
_ERROR = Members(
    {"kind": _one_of(*map(str, ErrorKind)), "class": TEXT},
    {"code": ANYTHING, "message": ANYTHING, "request_id": ANYTHING, "cause": TEXT},
)
_RESULT = Members({"id": TEXT}, {"answer": Named(ANYTHING), "error": _ERROR})
_UNSUPPORTED = Members({"id": TEXT, "reason": TEXT})
_BYE = Members({})
_SHAPES = {"hello": _HELLO, "result": _RESULT, "unsupported": _UNSUPPORTED, "bye": _BYE}


def parse(line: str) -> Message:
    """The message that a driver wrote on a line. Raises ProtocolError."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the line “{cited(line)}” is no JSON") from error
    if not isinstance(raw, dict) or raw.get("type") not in _SHAPES:
        raise ProtocolError(f"the line “{cited(line)}” is no message: its `type` is one of {', '.join(_SHAPES)}")
    kind = str(raw["type"])
    try:
        check(raw, _SHAPES[kind], kind)
    except ValueError as error:
        raise ProtocolError(str(error)) from error
    match kind:
        case "hello":
            return _hello(raw)
        case "result":
            return _result(raw)
        case "unsupported":
            return Unsupported(raw["id"], raw["reason"])
        case _:
            return Bye()


def _hello(raw: Mapping[str, list[str]]) -> Hello:
    for name in ("methods", "signing", "reach"):
        if not raw[name]:
            raise ProtocolError(f"hello.{name} is an empty list: without one, nothing can be asked")
    can = frozenset(map(Ability, raw["can"]))
    reach = tuple(map(Reach, raw["reach"]))
    names = {name: str(raw[name]) for name in ("sdk", "version", "runtime")}
    return Hello(**names, methods=tuple(raw["methods"]), signing=tuple(raw["signing"]), reach=reach, can=can)


def _result(raw: Mapping[str, object]) -> Result:
    if ("answer" in raw) == ("error" in raw):
        raise ProtocolError("a result has `answer`, or `error`: one of them, not both")
    answer, error = raw.get("answer"), raw.get("error")
    if isinstance(answer, dict):
        return Result(str(raw["id"]), answer={name: from_wire(value) for name, value in answer.items()})
    assert isinstance(error, dict)  # noqa: S101 -- the shape was looked at
    found = SdkError(
        ErrorKind(error["kind"]),
        error["class"],
        from_wire(error.get("code")),
        from_wire(error.get("message")),
        from_wire(error.get("request_id")),
        error.get("cause", ""),
    )
    return Result(str(raw["id"]), error=found)
