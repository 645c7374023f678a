"""The driver protocol: what is written is read back, and the published schema says the same as the code."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import conformance
from conformance.exchange.calls import Call
from conformance.exchange.driver_protocol import (
    ABILITIES,
    Ability,
    Bye,
    ErrorKind,
    Hello,
    ProtocolError,
    Reach,
    Result,
    Unsupported,
    call_message,
    from_wire,
    parse,
    to_wire,
)
from conformance.exchange.signing import Scheme

SCHEMA = json.loads(files("conformance.exchange").joinpath("driver_protocol.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PAGE = (Path(conformance.__file__).parent.parent / "docs" / "drivers.md").read_text(encoding="utf-8")
HELLO = {
    "type": "hello", "protocol": 1, "sdk": "s", "version": "1", "runtime": "r", "methods": ["POST"],
    "signing": ["TC3-HMAC-SHA256"], "reach": ["endpoint"], "can": ["kept"],
}  # fmt: skip
ERROR = {"kind": "sdk", "class": "E", "code": "c", "message": None, "request_id": 3, "cause": "x"}
ANY_TEXT = st.text(st.characters(codec=None, categories=["L", "Cs", "Cc", "N"]))


@given(st.dictionaries(st.text(), st.none() | ANY_TEXT | st.lists(st.none() | ANY_TEXT)))
def test_any_text_travels(value):
    """Half pairs and U+0000 too; and what is written holds none of them, so that any reader of JSON takes it."""
    texts = list(value.values())
    written = json.dumps(to_wire(texts), ensure_ascii=False)

    assert from_wire(json.loads(written)) == texts
    assert "\\u0000" not in written
    assert written.encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\0", {"utf16": [97, 0]}), ("\ud83d", {"utf16": [0xD83D]}), ("😀", "😀"), ("a\ud83d", {"utf16": [97, 0xD83D]})],
)
def test_units(text, written):
    """Only what some readers refuse is written by its units."""
    assert to_wire(text) == written


MESSAGES = [
    (HELLO, Hello("s", "1", "r", ("POST",), ("TC3-HMAC-SHA256",), (Reach.ENDPOINT,), frozenset({Ability.KEPT}))),
    ({"type": "result", "id": "1", "answer": {"RequestId": {"utf16": [0]}}}, Result("1", {"RequestId": "\0"})),
    ({"type": "unsupported", "id": "1", "reason": "why"}, Unsupported("1", "why")),
    ({"type": "bye"}, Bye()),
]


@pytest.mark.parametrize(("message", "read"), MESSAGES)
def test_messages(message, read):
    """Each message of a driver is read; one with members that nobody knows, too."""
    assert parse(json.dumps(message)) == read
    assert parse(json.dumps({**message, "later": 1})) == read
    VALIDATOR.validate(message)


def test_errors():
    """An error keeps the types of what it has."""
    message = {"type": "result", "id": "1", "error": ERROR}
    VALIDATOR.validate(message)
    error = parse(json.dumps(message)).error

    assert (error.kind, error.class_, error.code, error.message, error.request_id, error.cause) == (
        ErrorKind.SDK, "E", "c", None, 3, "x",
    )  # fmt: skip


WRONG = [
    ("[1]", "no message"),
    ("{", "no JSON"),
    ('{"type": "hi"}', "no message"),
    *((json.dumps({**HELLO, name: value}), name) for name, value in [
        ("protocol", 2), ("protocol", True), ("sdk", None), ("methods", ["PUT"]), ("methods", []), ("reach", []),
        ("signing", ["HMAC"]), ("reach", ["magic"]), ("can", ["fly"]), ("can", "kept"),
    ]),
    *((json.dumps({k: v for k, v in HELLO.items() if k != name}), name) for name in HELLO if name != "type"),
    ('{"type": "result", "id": "1"}', "not both"),
    (json.dumps({"type": "result", "id": "1", "answer": {}, "error": ERROR}), "not both"),
    (json.dumps({"type": "result", "id": 1, "answer": {}}), "id"),
    (json.dumps({"type": "result", "id": "1", "answer": []}), "answer"),
    (json.dumps({"type": "result", "id": "1", "error": {**ERROR, "kind": "mine"}}), "kind"),
    (json.dumps({"type": "result", "id": "1", "error": {"kind": "sdk"}}), "class"),
    ('{"type": "unsupported", "id": "1"}', "reason"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_what_is_no_message(line, said):
    """It is told in a sentence what is wrong; the schema refuses the same."""
    with pytest.raises(ProtocolError, match=said):
        parse(line)
    if said != "no JSON":
        assert not VALIDATOR.is_valid(json.loads(line))


@pytest.mark.parametrize(
    "call",
    [
        Call({"GroupName": "a\0", "GroupExDescriptions": ["\ud800", None], "Tag": None}),
        Call({}, Scheme.SHA1, "GET", "kept", "own", 3, token=True, language="en-US"),
    ],
)
def test_calls_keep_the_schema(call):
    """What the suite writes is a call of the schema."""
    server = {"reach": "proxy", "endpoint": "http://iai.tencentcloudapi.com", "proxy": "http://127.0.0.1:1"}
    line = call_message("1", call, server, {"secret_id": "a", "secret_key": "b", "token": "c"}, "ap-guangzhou")

    VALIDATOR.validate(json.loads(line))
    assert "\n" not in line


def test_the_schema_has_the_words_of_the_code():
    """Abilities, ways to a server, signatures and kinds of errors."""
    hello, result = (SCHEMA["$defs"][each]["properties"] for each in ("hello", "result"))

    assert hello["can"]["items"]["enum"] == list(Ability) == list(ABILITIES)
    assert hello["reach"]["items"]["enum"] == list(Reach)
    assert set(hello["signing"]["items"]["enum"]) == set(Scheme)
    assert result["error"]["properties"]["kind"]["enum"] == list(ErrorKind)


def test_the_page_has_all_of_it():
    """Every message, member and word that a driver may need stands on the page."""
    words = {*SCHEMA["$defs"], *Ability, *Reach, *ErrorKind}
    for definition in SCHEMA["$defs"].values():
        words |= set(definition.get("properties", {}))
    words -= {"value", "text"}

    assert {each for each in words if f"`{each}`" not in PAGE and f'"{each}"' not in PAGE} == set()
