"""Faults in how the action answers: the form of its answers, and its codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conformance.emulator.behaviour import Reply
from conformance.emulator.faults.model import Fault, Spoil, finishing, put, recoded

__all__ = ["ANSWER_FAULTS"]

_VALUE = "InvalidParameterValue."


def _failed(reply: Reply) -> bool:
    return "Error" in reply.body["Response"]


def _succeeded(reply: Reply) -> bool:
    return not _failed(reply)


def _drop(*path: str) -> Callable[[Reply], object]:
    def change(reply: Reply) -> None:
        place = reply.body["Response"]
        for name in path[:-1]:
            place = place[name]
        place.pop(path[-1], None)

    return change


def _write(value: object, *path: str) -> Callable[[Reply], object]:
    def change(reply: Reply) -> None:
        place = reply.body["Response"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return change


def _as_bytes(make: Callable[[bytes], bytes]) -> Callable[[Reply], object]:
    return lambda reply: setattr(reply, "body", make(json.dumps(reply.body).encode()))


def _with_code(make: Callable[[str], object]) -> Callable[[Reply], object]:
    def change(reply: Reply) -> None:
        error = reply.body["Response"]["Error"]
        error["Code"] = make(error["Code"])

    return change


def _status(status: int) -> Callable[[Reply], object]:
    return lambda reply: setattr(reply, "status", status)


def _content_type(value: str | None) -> Callable[[Reply], object]:
    def change(reply: Reply) -> None:
        if value is None:
            del reply.headers["Content-Type"]
        else:
            reply.headers["Content-Type"] = value

    return change


def _body(make: Callable[[dict[str, object]], object]) -> Callable[[Reply], object]:
    return lambda reply: setattr(reply, "body", make(reply.body["Response"]))


def _answer_faults() -> Iterator[Fault]:
    present, unique = "Response.RequestId.present", "Response.RequestId.unique"
    status, kind, whole = "Response.http-status", "Response.content-type", "Response.envelope"
    code, message, alone = "Response.Error.Code", "Response.Error.Message", "Response.Error.alone"
    version = "Response.FaceModelVersion"
    spoils: list[tuple[str, str, str, Spoil]] = [
        ("request-id-missing", "no RequestId", present, finishing(_drop("RequestId"))),
        ("request-id-missing-on-error", "no RequestId beside an error", present, finishing(_drop("RequestId"), _failed)),
        ("request-id-missing-on-success", "no RequestId beside a result", present, finishing(_drop("RequestId"), _succeeded)),
        ("request-id-in-error", "RequestId inside Error", present, finishing(
            lambda reply: reply.body["Response"]["Error"].update(RequestId=reply.body["Response"].pop("RequestId")), _failed)),
        ("request-id-constant", "the same RequestId each time", unique, put("request_id", lambda: "76ec6e41-37d6-4ab9-abef-48ef0c6ab175")),
        ("request-id-constant-on-error", "the same RequestId for each error", unique, finishing(_write("76ec6e41", "RequestId"), _failed)),
        ("request-id-number", "RequestId is a number", present, finishing(_write(7, "RequestId"))),
        ("request-id-empty", "RequestId is empty", present, finishing(_write("", "RequestId"))),
        ("request-id-null", "RequestId is null", present, finishing(_write(None, "RequestId"))),
        ("http-500", "HTTP 500 on everything", status, finishing(_status(500))),
        ("http-400-on-error", "HTTP 400 on errors", status, finishing(_status(400), _failed)),
        ("http-201-on-success", "HTTP 201 on success", status, finishing(_status(201), _succeeded)),
        ("http-409-on-exists", "HTTP 409 where something exists", status, finishing(
            _status(409), lambda reply: _failed(reply) and "AlreadyExist" in reply.body["Response"]["Error"]["Code"])),
        ("not-json", "text instead of JSON", whole, finishing(_as_bytes(lambda _body: b"OK"))),
        ("not-json-on-error", "HTML on errors", whole, finishing(_as_bytes(lambda _body: b"<html>error</html>"), _failed)),
        ("empty-body", "an empty body", whole, finishing(_as_bytes(lambda _body: b""))),
        ("truncated-json", "the last byte is missing", whole, finishing(_as_bytes(lambda body: body[:-1]))),
        ("byte-order-mark", "a byte order mark before the JSON", whole, finishing(_as_bytes(lambda body: b"\xef\xbb\xbf" + body))),
        ("json-twice", "the JSON twice", whole, finishing(_as_bytes(lambda body: body * 2))),
        ("no-envelope", "no Response around it", whole, finishing(_body(lambda response: response))),
        ("lower-case-envelope", "response in lower case", whole, finishing(_body(lambda response: {"response": response}))),
        ("list-envelope", "Response is a list", whole, finishing(_body(lambda response: {"Response": [response]}))),
        ("text-envelope", "Response is JSON in a text", whole, finishing(_body(lambda response: {"Response": json.dumps(response)}))),
        ("text-html", "Content-Type: text/html", kind, finishing(_content_type("text/html"))),
        ("text-plain-on-error", "Content-Type: text/plain on errors", kind, finishing(_content_type("text/plain"), _failed)),
        ("no-content-type", "no Content-Type", kind, finishing(_content_type(None))),
        ("other-charset", "Content-Type names another charset", kind, finishing(_content_type("application/json; charset=gbk"))),
        ("error-without-code", "Error without Code", code, finishing(_drop("Error", "Code"), _failed)),
        ("error-code-number", "Code is a number", code, finishing(_with_code(lambda _code: 4000), _failed)),
        ("error-code-null", "Code is null", code, finishing(_with_code(lambda _code: None), _failed)),
        ("error-is-text", "Error is a text", code, finishing(
            lambda reply: reply.body["Response"].update(Error=reply.body["Response"]["Error"]["Code"]), _failed)),
        ("error-without-message", "Error without Message", message, finishing(_drop("Error", "Message"), _failed)),
        ("error-message-empty", "Message is empty", message, finishing(_write("", "Error", "Message"), _failed)),
        ("error-message-null", "Message is null", message, finishing(_write(None, "Error", "Message"), _failed)),
        ("error-beside-result", "a result beside Error", alone, finishing(_write("3.0", "FaceModelVersion"), _failed)),
        ("error-null-on-success", "Error: null beside a result", alone, finishing(_write(None, "Error"), _succeeded)),
        ("version-missing", "no FaceModelVersion in the result", version, finishing(_drop("FaceModelVersion"), _succeeded)),
    ]  # fmt: skip
    for name, about, clause, spoil in spoils:
        yield Fault(name, about, (clause,), spoil)


def _code_faults() -> Iterator[Fault]:
    documented = "Response.Error.documented"
    name_long = f"{_VALUE}GroupNameTooLong"

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("codes-without-prefix", "codes lack what stands before the dot", (documented,), finishing(_with_code(lambda c: c.rpartition(".")[2]), _failed)),
        ("codes-in-lower-case", "codes are in lower case", (documented,), finishing(_with_code(str.lower), _failed)),
        ("codes-with-space", "codes end with a space", (documented,), finishing(_with_code(lambda c: f"{c} "), _failed)),
        ("one-code-for-all", "every refusal has the catch-all code", ("GroupName.length.max",),
            finishing(_with_code(lambda _code: "InvalidParameter.InvalidParameter"), _failed)),
        ("bare-codes", "every refusal of a value has the bare platform code", ("GroupName.length.max",),
            finishing(_with_code(lambda c: "InvalidParameterValue" if c.startswith(_VALUE) else c), _failed)),
        ("undocumented-too-long", "too long a name has a code of its own", (documented, "GroupName.length.max"), recoded(name_long, f"{_VALUE}GroupNameLengthExceed")),
        ("undocumented-tag", "an illegal tag has an undocumented code", (documented, "Tag.charset"), recoded(f"{_VALUE}GroupTagIllegal", f"{_VALUE}TagIllegal")),
        ("no-face-in-photo", "too long a name is answered with NoFaceInPhoto", ("GroupName.length.max",), recoded(name_long, f"{_VALUE}NoFaceInPhoto")),
        ("internal-error-for-illegal-id", "an illegal id is an internal error", ("GroupId.charset",), recoded(f"{_VALUE}GroupIdIllegal", "InternalError")),
        ("server-error-for-long-tag", "too long a tag is a server error", ("Tag.length.max",), recoded(f"{_VALUE}GroupTagTooLong", "FailedOperation.ServerError")),
        ("throttled-for-long-id", "too long an id is answered as throttling", ("GroupId.length.max",), recoded(f"{_VALUE}GroupIdTooLong", "RequestLimitExceeded")),
        ("unknown-as-invalid-value", "an unknown parameter is answered as a bad value", ("Request.unknown-parameter",), recoded("UnknownParameter", "InvalidParameterValue")),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(name, about, clauses, spoil)


ANSWER_FAULTS: tuple[Fault, ...] = (*_answer_faults(), *_code_faults())
