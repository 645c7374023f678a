"""What a server may play at a client: answers as they should be, malformed ones, and faults of the transport.

A play changes an answer on its way out; what a client should make of it is told by the bytes alone, never by the play.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from conformance.contract import CODES
from conformance.exchange.messages import HttpResponse
from conformance.exchange.variations import VARIATIONS

__all__ = ["ELSEWHERE", "MALFORMED", "PLAY", "PLAYS", "SOME_CODE", "TRANSPORT", "Play", "Trick", "code_play"]

Change = Callable[[HttpResponse], HttpResponse]

# In a Location, the URL of another host, which the server fills in.
ELSEWHERE = "{elsewhere}"
# A documented code with a message in Chinese; not the one that a second creation gets.
SOME_CODE = "InvalidParameterValue.GroupIdIllegal"
_DEEP = 100_000
_LARGE = 10 * 1024 * 1024


class Trick(StrEnum):
    """How an answer is brought over the connection, where that isn't as usual."""

    NONE = "none"
    CHUNKED = "chunked"
    IN_PIECES = "in-pieces"
    TOO_SHORT = "too-short"  # less than Content-Length says, then the end
    TOO_LONG = "too-long"  # more than it says
    WITHOUT_LENGTH = "without-length"  # the connection's end is the body's
    RESET_BEFORE = "reset-before"
    RESET_AMID = "reset-amid"
    LOST = "lost"  # the work is done, and the connection closed without an answer
    SILENT = "silent"  # no byte, and no end
    DRIPPING = "dripping"  # a byte now and then, without end
    ENDLESS = "endless"  # as fast as it is taken, without end
    DEAF = "deaf"  # nobody takes the connection


@dataclass(frozen=True, slots=True)
class Play:
    """One way to answer a request.

    Attributes:
        id: stable name.
        clause: id of the clause that it tries.
        about: what is special about it.
        code: the error code that is answered; None where the request is carried out.
        change: of the answer, before it is written.
        trick: how it is written.
    """

    id: str
    clause: str
    about: str
    code: str | None = None
    change: Change = lambda answer: answer
    trick: Trick = Trick.NONE

    @property
    def carries_out(self) -> bool:
        """Whether the request is carried out."""
        return self.code is None and self.trick not in {Trick.RESET_BEFORE, Trick.DEAF}

    @property
    def is_slow(self) -> bool:
        """Whether a client has to wait for its time-out."""
        return self.trick in {Trick.SILENT, Trick.DRIPPING, Trick.ENDLESS, Trick.DEAF}


# --- Changes ---------------------------------------------------------------------------------------------


def _body(body: bytes) -> Change:
    return lambda answer: replace(answer, body=body)


def _typed(content_type: str | None) -> Change:
    def change(answer: HttpResponse) -> HttpResponse:
        headers = tuple(each for each in answer.headers if each[0] != "Content-Type")
        return replace(answer, headers=headers if content_type is None else (*headers, ("Content-Type", content_type)))

    return change


def _status(status: int, body: bytes | None = None, content_type: str = "text/html", **headers: str) -> Change:
    def change(answer: HttpResponse) -> HttpResponse:
        made = replace(answer, status=status, headers=(*answer.headers, *headers.items()))
        return made if body is None else _typed(content_type)(replace(made, body=body))

    return change


def _json(edit: Callable[[dict[str, Any]], object]) -> Change:
    """The whole document, changed in place or another one."""

    def change(answer: HttpResponse) -> HttpResponse:
        document = json.loads(answer.body)
        edited = edit(document)
        written = document if edited is None else edited
        return replace(answer, body=json.dumps(written, ensure_ascii=False).encode())

    return change


def _response(edit: Callable[[dict[str, Any]], object]) -> Change:
    """What stands under `Response`, changed in place."""
    return _json(lambda document: edit(document["Response"]) and None)


def _without(*names: str) -> Change:
    """The answer without some members of `Error`, or of `Response`."""

    def edit(response: dict[str, Any]) -> None:
        for name in names:
            response.pop(name, None)
            if isinstance(response.get("Error"), dict):
                response["Error"].pop(name, None)

    return _response(edit)


def _error(**members: object) -> Change:
    return _response(lambda response: response["Error"].update(members))


def _as_error(value: object) -> Change:
    return _response(lambda response: response.update(Error=value))


def _packed(answer: HttpResponse) -> HttpResponse:
    headers = (*answer.headers, ("Content-Encoding", "gzip"))
    return replace(answer, headers=headers, body=gzip.compress(answer.body, mtime=0))


def _large(answer: HttpResponse) -> HttpResponse:
    return _response(lambda response: response.update(Padding="x" * _LARGE))(answer)


def _redirects(status: int) -> Change:
    return _status(status, b"", Location=ELSEWHERE)


def _edited(edit: Callable[[bytes], bytes]) -> Change:
    return lambda answer: replace(answer, body=edit(answer.body))


_HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"

# --- The table -------------------------------------------------------------------------------------------


def _successes() -> Iterator[Play]:
    yield Play("as-it-is", "sdk.answer.fields", "an answer as it should be")
    unknown = "sdk.answer.unknown-fields"
    yield Play(
        "more-members",
        unknown,
        "members that nobody knows, beside the known ones",
        change=_response(lambda each: each.update(Later={"a": [1, None, "中"]}, DeprecatedWarning="x")),
    )
    yield Play("more-outside", unknown, "a member beside Response", change=_json(lambda each: each.update(Trace="t")))
    yield Play("large", unknown, "a member of 10 MB that nobody knows", change=_large)
    fields = "sdk.answer.fields"
    yield Play("chunked", fields, "in chunks", trick=Trick.CHUNKED)
    yield Play("in-pieces", fields, "byte by byte, without a pause", trick=Trick.IN_PIECES)
    yield Play("without-length", fields, "without a length: it ends with the connection", trick=Trick.WITHOUT_LENGTH)
    yield Play("gzip", fields, "compressed with gzip", change=_packed)
    types = "sdk.answer.types"
    yield Play(
        "version-number", types, "FaceModelVersion as a text that looks like a number", change=_face_model("03.00")
    )


def _face_model(version: str) -> Change:
    return _response(lambda each: each.update(FaceModelVersion=version))


def _request_id(value: object) -> Change:
    return _response(lambda each: each.update(RequestId=value))


def _errors() -> Iterator[Play]:
    message = "sdk.error.message"
    odd = '“引号” "\\ \n\t 𠀀😀 <b>&amp; %s {0}'
    yield Play("message-odd", message, "a message of odd characters", SOME_CODE, _error(Message=odd))
    yield Play("message-long", message, "a message of 5 000 characters", SOME_CODE, _error(Message="错" * 5000))
    yield Play("message-empty", message, "an empty message", SOME_CODE, _error(Message=""))
    yield Play("code-unknown", "sdk.error.code", "a code that no list has", SOME_CODE, _error(Code="Brand.NewCode"))
    yield Play(
        "error-more-members",
        "sdk.error.code",
        "more members in Error",
        SOME_CODE,
        _error(Detail=None, Link=["x"]),
    )
    yield Play(
        "error-beside-fields",
        "sdk.error.never-success",
        "an Error beside the fields of a success",
        SOME_CODE,
        _response(lambda response: response.update(FaceModelVersion="3.0")),
    )
    yield Play(
        "error-chunked", "sdk.error.never-success", "an error in chunks", SOME_CODE, trick=Trick.CHUNKED
    )  # fmt: skip
    yield Play(
        "request-id-long", "sdk.error.request-id", "a RequestId of 300 characters", SOME_CODE, _request_id("7" * 300)
    )


def _content_types() -> Iterator[Play]:
    clause = "sdk.error.content-type"
    for name, value in (
        ("charset", "application/json; charset=utf-8"),
        ("charset-capitals", "application/json;charset=UTF-8"),
        ("type-capitals", "Application/JSON"),
        ("text-html", "text/html"),
        ("text-plain-charset", "text/plain; charset=utf-8"),
        ("octets", "application/octet-stream"),
        ("event-stream", "text/event-stream"),
    ):
        yield Play(f"error-{name}", clause, f"an error with the Content-Type {value}", SOME_CODE, _typed(value))
    yield Play("error-no-type", clause, "an error without a Content-Type", SOME_CODE, _typed(None))


def _forms() -> Iterator[Play]:
    """Every form that the documents leave open, of a success and of an error: whoever relies on one is wrong."""
    for each in VARIATIONS:
        if each.id in _OF_OTHERS:
            continue
        if each.id not in _OF_ERRORS:
            about = f"a success in a form that is permitted: {each.about}"
            yield Play(f"form-{each.id}", "sdk.answer.fields", about, change=each.change)
        if each.id not in _TRIED_ALREADY:
            about = f"an error in a form that is permitted: {each.about}"
            yield Play(f"form-{each.id}-error", "sdk.error.code", about, SOME_CODE, each.change)


# What shows in other actions alone, or is as the emulator writes; in errors alone; in errors, and tried above.
_OF_OTHERS = frozenset(
    {
        "empty-absent",
        "empty-null",
        "group-members",
        "newest-first",
        "listed-by-id",
        "no-date",
        "unescaped",
        "sorted-members",
    }
)
_OF_ERRORS = frozenset(
    {"escaped", "english-messages", "detailed-messages", "short-messages", "error-members", "more-members"}
)
_TRIED_ALREADY = frozenset({"charset", "charset-capitals", "type-capitals", "error-members"})


def _bad_bodies() -> Iterator[Play]:
    clause = "sdk.resilience.bad-body"
    for name, body in (
        ("empty", b""),
        ("space", b" \n"),
        ("html", _HTML),
        ("text", b"upstream connect error"),
        ("null", b"null"),
        ("true", b"true"),
        ("number", b"12"),
        ("string", b'"Response"'),
        ("list", b"[]"),
        ("object", b"{}"),
        ("response-null", b'{"Response": null}'),
        ("response-list", b'{"Response": []}'),
        ("response-text", b'{"Response": "x"}'),
        ("response-number", b'{"Response": 1}'),
        ("nul", b"\0" * 64),
        ("old-gateway", b'{"code": 4000, "message": "x", "codeDesc": "InvalidParameter"}'),
    ):
        yield Play(f"body-{name}", clause, f"a body that is {name.replace('-', ' ')}", SOME_CODE, _body(body))
    # An error all the same, for whoever reads it: to take it for a success is wrong either way.
    for name, change in (
        ("cut", lambda body: body[:-9]),
        ("twice", lambda body: body + body),
        ("in-single-quotes", lambda body: body.replace(b'"', b"'")),
        ("in-utf-16", lambda body: body.decode().encode("utf-16")),
        ("in-gbk", lambda body: body.decode().encode("gbk")),
    ):
        about = f"the body of an error, {name.replace('-', ' ')}"
        yield Play(f"body-{name}", clause, about, SOME_CODE, _edited(change))
    crash = "sdk.resilience.crash"
    deep = b'{"Response": ' + b"[" * _DEEP + b"]" * _DEEP + b"}"
    yield Play("body-deep", crash, f"a body of {_DEEP} nested lists", SOME_CODE, _body(deep))
    deep = b'{"Response": {"RequestId": "x", "a": ' + b'{"a":' * _DEEP + b"1" + b"}" * _DEEP + b"}}"
    yield Play("body-deep-objects", crash, f"a body of {_DEEP} nested objects", SOME_CODE, _body(deep))
    digits = b'{"Response": {"RequestId": "x", "N": ' + b"9" * _DEEP + b"}}"
    yield Play("body-digits", crash, f"a number of {_DEEP} digits", SOME_CODE, _body(digits))


def _partial_errors() -> Iterator[Play]:
    clause = "sdk.resilience.partial-error"
    for name, change in (
        ("no-message", _without("Message")),
        ("no-request-id", _without("RequestId")),
        ("no-code", _without("Code")),
        ("nothing", _without("Code", "Message")),
        ("code-empty", _error(Code="")),
        ("code-null", _error(Code=None)),
        ("code-number", _error(Code=4000)),
        ("message-null", _error(Message=None)),
        ("message-object", _error(Message={"zh": "x"})),
        ("request-id-null", _request_id(None)),
        ("as-text", _as_error("InternalError")),
        ("as-list", _as_error([{"Code": "InternalError", "Message": "x"}])),
        ("as-true", _as_error(value=True)),
    ):
        yield Play(f"error-{name}", clause, f"an Error with {name.replace('-', ' ')}", SOME_CODE, change)


def _statuses() -> Iterator[Play]:
    clause = "sdk.resilience.http-status"
    for status in (400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504):
        yield Play(
            f"status-{status}", clause, f"a page of HTML with the status {status}", SOME_CODE, _status(status, _HTML)
        )
    for status in (400, 403, 429, 500, 503):
        yield Play(f"status-{status}-error", clause, f"an error with the status {status}", SOME_CODE, _status(status))
    yield Play("status-201", clause, "a success with the status 201", change=_status(201))
    yield Play("status-204", clause, "nothing, with the status 204", SOME_CODE, _status(204, b""))
    yield Play("status-500-empty", clause, "nothing, with the status 500", SOME_CODE, _status(500, b""))
    followed = "sdk.resilience.redirect-not-followed"
    for status in (301, 302, 303, 307, 308):
        about = f"a redirection to another host, with the status {status}"
        yield Play(f"redirect-{status}", followed, about, SOME_CODE, _redirects(status))


def _transport() -> Iterator[Play]:
    clause, lost, deadline = (
        "sdk.resilience.transport",
        "sdk.resilience.lost-answer-not-resent",
        "sdk.resilience.deadline",
    )
    yield Play("reset-before", clause, "a reset before any answer", trick=Trick.RESET_BEFORE)
    yield Play("reset-amid", clause, "a reset amid the answer", trick=Trick.RESET_AMID)
    yield Play("lost", lost, "carried out, and the connection closed without an answer", trick=Trick.LOST)
    yield Play("too-short", clause, "less than its Content-Length says, then the end", trick=Trick.TOO_SHORT)
    yield Play("too-long", clause, "more than its Content-Length says", trick=Trick.TOO_LONG)
    yield Play("silent", f"{deadline}.first-byte", "no byte of an answer", trick=Trick.SILENT)
    yield Play("dripping", f"{deadline}.dripping", "a byte every now and then, without end", trick=Trick.DRIPPING)
    yield Play("deaf", f"{deadline}.connect", "nobody takes the connection", trick=Trick.DEAF)
    yield Play("endless", "sdk.resilience.memory", "a body without end", trick=Trick.ENDLESS)


def code_play(code: str) -> Play:
    """A refusal with a documented code, as it should be."""
    return Play(f"code-{code}", "sdk.error.code", f"the documented code {code}", code)


MALFORMED: tuple[Play, ...] = (*_content_types(), *_bad_bodies(), *_partial_errors(), *_statuses())
TRANSPORT: tuple[Play, ...] = tuple(_transport())
PLAYS: tuple[Play, ...] = (*_successes(), *_errors(), *MALFORMED, *_forms(), *TRANSPORT, *map(code_play, CODES))
PLAY: dict[str, Play] = {each.id: each for each in PLAYS}
