"""Forms that answers may take: what the documents leave open, JSON and HTTP allow, and a judge must not fail.

A variation changes an answer of the reference emulator on its way out. What a service *does* otherwise is a reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.exchange.messages import HttpResponse
from conformance.exchange.wire import envelope

__all__ = ["VARIATIONS", "Variation"]

Change = Callable[[HttpResponse], HttpResponse]
Response = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Variation:
    """A permitted form of answers.

    Attributes:
        id: stable name.
        about: what is otherwise.
        why: what permits it: the words of a document, or the section of a standard.
        change: makes an answer take that form; others are left as they are.
    """

    id: str
    about: str
    why: str
    change: Change


def _written(**how: Any) -> Change:
    """The same JSON, written otherwise."""

    def change(answer: HttpResponse) -> HttpResponse:
        return replace(answer, body=json.dumps(json.loads(answer.body), **how).encode())

    return change


def _body(edit: Callable[[bytes], bytes]) -> Change:
    return lambda answer: replace(answer, body=edit(answer.body))


def _response(edit: Callable[[Response], object]) -> Change:
    """The object under `Response`, changed in place or another; what has none stays."""

    def change(answer: HttpResponse) -> HttpResponse:
        if envelope(answer).problem is not None:
            return answer
        whole = json.loads(answer.body)
        edited = edit(whole["Response"])
        whole["Response"] = edited if isinstance(edited, dict) else whole["Response"]
        return replace(answer, body=json.dumps(whole, ensure_ascii=False).encode())

    return change


def _error(edit: Callable[[Response], object]) -> Change:
    return _response(lambda response: edit(response["Error"]) and None if "Error" in response else None)


def _groups(edit: Callable[[list[Response]], object]) -> Change:
    """The groups of a list."""
    return _response(lambda response: edit(response["GroupInfos"]) and None if "GroupInfos" in response else None)


def _each_group(edit: Callable[[Response], object]) -> Change:
    """Whatever tells of a group: what GetGroupInfo answers, and the members of a list."""

    def change(response: Response) -> None:
        shown = response.get("GroupInfos", [response] if "GroupName" in response else [])
        for each in shown:
            edit(each)

    return _response(change)


def _headers(edit: Callable[[dict[str, str]], dict[str, str] | None]) -> Change:
    def change(answer: HttpResponse) -> HttpResponse:
        headers = dict(answer.headers)
        return replace(answer, headers=tuple((edit(headers) or headers).items()))

    return change


def _typed(content_type: str) -> Change:
    return _headers(lambda headers: {**headers, "Content-Type": content_type})


def _drop_empty(group: Response) -> None:
    for name in [name for name, value in group.items() if value in ("", [])]:
        del group[name]


def _nulls(group: Response) -> None:
    group.update({name: None for name, value in group.items() if value in ("", [])})


_ANY_ORDER = "RFC 8259, section 1: “An object is an unordered collection”"
_ANY_SPACE = "RFC 8259, section 2: “Insignificant whitespace is allowed before or after” each token"
_ANY_ESCAPE = "RFC 8259, section 7: “Any character may be escaped”"
_MEDIA_TYPE = "RFC 9110, section 8.3.1: “The type and subtype tokens are case-insensitive”"
_HEADERS = "RFC 9110, section 5.1: “Field names are case-insensitive”"
_MORE_HEADERS = "RFC 9110, section 5.1: recipients “SHOULD ignore unrecognized header and trailer fields”"
_REQUEST_ID = "“唯一请求 ID,由服务端生成”: of its form nothing is said"
_MESSAGE = "“Message 显示具体错误。”: the texts are no part of the contract, and X-TC-Language asks for one in English"
_MEMBERS = "nothing says that there are no other members; the documented answers of other actions have grown some"
_EMPTY = "the pages of the actions that show a group don't say how nothing is shown"
_LISTED = "the page of GetGroupList names no order"

VARIATIONS: tuple[Variation, ...] = (
    # --- JSON ----------------------------------------------------------------------------------------
    Variation("sorted-members", "members in alphabetical order", _ANY_ORDER, _written(sort_keys=True)),
    Variation(
        "reversed-members",
        "members in the opposite order",
        _ANY_ORDER,
        _response(lambda response: dict(reversed(response.items()))),
    ),
    Variation("indented", "JSON over several lines", _ANY_SPACE, _written(indent=2)),
    Variation("compact", "JSON without a space", _ANY_SPACE, _written(separators=(",", ":"))),
    Variation("line-break-behind", "a line break behind the JSON", _ANY_SPACE, _body(lambda body: body + b"\r\n")),
    Variation("space-around", "white space around the JSON", _ANY_SPACE, _body(lambda body: b" \t\n" + body + b"  ")),
    Variation("escaped", "everything beside ASCII escaped", _ANY_ESCAPE, _written(ensure_ascii=True)),
    Variation("unescaped", "Chinese as it is", _ANY_ESCAPE, _written(ensure_ascii=False)),
    Variation(
        "escaped-letters",
        "the letter R of members escaped",
        _ANY_ESCAPE,
        _body(lambda body: body.replace(b'"Response"', b'"\\u0052esponse"')),
    ),
    # --- Headers -------------------------------------------------------------------------------------
    Variation("charset", "a charset with the Content-Type", _MEDIA_TYPE, _typed("application/json; charset=utf-8")),
    Variation("charset-capitals", "a charset in capitals", _MEDIA_TYPE, _typed("application/json;charset=UTF-8")),
    Variation(
        "charset-quoted", "a charset in quotation marks", _MEDIA_TYPE, _typed('application/json; charset="utf-8"')
    ),
    Variation("type-capitals", "the Content-Type in capitals", _MEDIA_TYPE, _typed("Application/JSON")),
    Variation(
        "small-headers",
        "names of headers in small letters",
        _HEADERS,
        _headers(lambda headers: {name.lower(): value for name, value in headers.items()}),
    ),
    Variation(
        "capital-headers",
        "names of headers in capitals",
        _HEADERS,
        _headers(lambda headers: {name.upper(): value for name, value in headers.items()}),
    ),
    Variation(
        "more-headers",
        "headers of a gateway",
        _MORE_HEADERS,
        _headers(
            lambda headers: {
                **headers,
                "Server": "nginx",
                "X-Request-Id": "7",
                "Set-Cookie": "a=b",
                "Vary": "Accept-Encoding",
            }
        ),
    ),
    Variation(
        "no-date",
        "no Date",
        "RFC 9110, section 6.6.1: a server without a clock “MUST NOT generate a Date header field”",
        _headers(lambda headers: {name: value for name, value in headers.items() if name.lower() != "date"}),
    ),
    # --- RequestId and Error -------------------------------------------------------------------------
    Variation(
        "request-id-capitals",
        "RequestIds in capitals",
        _REQUEST_ID,
        _response(lambda response: {**response, "RequestId": response["RequestId"].upper()}),
    ),
    Variation(
        "request-id-digits",
        "RequestIds of digits alone",
        _REQUEST_ID,
        _response(lambda response: {**response, "RequestId": str(int(response["RequestId"].replace("-", ""), 16))}),
    ),
    Variation(
        "request-id-long",
        "RequestIds of some hundred characters",
        _REQUEST_ID,
        _response(lambda response: {**response, "RequestId": response["RequestId"] + ":trace" * 50}),
    ),
    Variation(
        "english-messages",
        "messages in English",
        _MESSAGE,
        _error(lambda error: error.update(Message="It is refused.")),
    ),
    Variation(
        "detailed-messages",
        "messages that cite the request",
        _MESSAGE,
        _error(lambda error: error.update(Message=f'{error["Message"]} "<GroupName>" \U0001f600 \\ 中')),
    ),
    Variation("short-messages", "messages of one character", _MESSAGE, _error(lambda error: error.update(Message="."))),
    Variation(
        "error-members", "more members in Error", _MEMBERS, _error(lambda error: error.update(Detail=None, Link="x"))
    ),
    # --- What is shown -------------------------------------------------------------------------------
    Variation(
        "more-members",
        "more members in Response",
        _MEMBERS,
        _response(lambda response: {**response, "Extra": {"a": [1]}}),
    ),
    Variation("empty-absent", "of a group, empty members aren't shown", _EMPTY, _each_group(_drop_empty)),
    Variation("empty-null", "of a group, empty members are null", _EMPTY, _each_group(_nulls)),
    Variation(
        "group-members", "more members of a group", _MEMBERS, _each_group(lambda group: group.update(PersonCount=0))
    ),
    Variation("newest-first", "lists begin with the newest group", _LISTED, _groups(lambda groups: groups.reverse())),
    Variation(
        "listed-by-id",
        "lists are in the order of ids",
        _LISTED,
        _groups(lambda groups: groups.sort(key=lambda each: str(each["GroupId"])[::-1])),
    ),
)
