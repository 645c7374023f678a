"""Requests into HTTP and back, and answers out of it. No sockets, and no trust in what comes back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from conformance.base.words import visible
from conformance.exchange.draft import ARRAYS, COMMON_FIELDS, INDEXED, JSON, URLENCODED, Form, Sender, draft, sign
from conformance.exchange.messages import Headers, HttpRequest, HttpResponse, header
from conformance.exchange.request import Request
from conformance.exchange.shallow import in_shallow_pieces

__all__ = [
    "COMMON_FIELDS",
    "Envelope",
    "Form",
    "NoObjectError",
    "Sender",
    "UndecodableError",
    "date_of",
    "decode",
    "encode",
    "envelope",
    "fields_of",
    "form_data",
    "headers_for",
    "location_of",
    "received",
]


def encode(request: Request, sender: Sender, form: Form, timestamp: int, nonce: int = 1) -> HttpRequest:
    """A signed HTTP request.

    Args:
        request: what is asked.
        sender: who asks, and where.
        form: how it is written.
        timestamp: seconds since 1970.
        nonce: a positive number; version 1 only.

    Raises:
        ValueError: the request can't be said in this form (a number in a query, JSON under version 1).
    """
    return sign(draft(request, sender, form, timestamp, nonce))


def headers_for(
    sender: Sender, action: str, version: str, timestamp: int, *, body: bytes | None = None, query: str = ""
) -> Headers:
    """The headers of a request signed with version 3: a POST of a JSON body, or a GET where there is none."""
    made = draft(Request((), action, version), sender, Form.JSON if body is not None else Form.QUERY, timestamp)
    if body is not None:
        made.body = body
    else:
        made.text = query
    return sign(made).headers


# --- Back into values ------------------------------------------------------------------------------------


class UndecodableError(ValueError):
    """An HTTP request that isn't one of the platform's; the message says why."""


class NoObjectError(UndecodableError):
    """A body that is JSON, but no object."""


class _Pairs(tuple[tuple[str, object], ...]):
    """A JSON object with every member in order, doubled ones too."""

    __slots__ = ()


def decode(http: HttpRequest) -> Request:
    """The request that an HTTP request says. Of what is nested very deep it has what is outermost.

    Raises:
        UndecodableError: it says none: a body that is no JSON object, no Action, another method.
    """
    if http.method == "GET":
        return _from_fields(http)
    if http.method != "POST":
        raise UndecodableError(f"the method is {http.method}, not GET or POST")
    content_type = _content_type(http)
    if content_type == URLENCODED:
        return _from_fields(http)
    if content_type != JSON:
        raise UndecodableError(f"the Content-Type is {content_type or 'absent'}, not {JSON} or {URLENCODED}")
    try:
        body = _json_of(http.body.decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise UndecodableError(f"the body is no JSON: {error}") from error
    if not isinstance(body, _Pairs):
        raise NoObjectError("the body is JSON, but no object")
    action, version = header(http.headers, "X-TC-Action"), header(http.headers, "X-TC-Version")
    return Request(tuple(body), action or "", version or "")


def _json_of(text: str) -> object:
    """What a text of JSON says, and no more of what is nested too deep to be read here than that it is something.

    Raises:
        ValueError: it is no JSON.
    """
    value: object = None
    for each in in_shallow_pieces(text):
        value = _JSON.decode(each)
    return _Pairs((name, _plain(each)) for name, each in value) if isinstance(value, _Pairs) else value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _integer(digits: str) -> float:
    """A whole number; one of more digits than Python reads is some number all the same."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_JSON = json.JSONDecoder(object_pairs_hook=_Pairs, parse_constant=_no_constant, parse_int=_integer)
_ANSWER = json.JSONDecoder(parse_int=_integer)


def _plain(value: object) -> object:
    """A value whose objects are dictionaries: within a parameter, no member needs to be there twice."""
    if isinstance(value, _Pairs):
        return {name: _plain(each) for name, each in value}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _content_type(http: HttpRequest) -> str:
    return (header(http.headers, "Content-Type") or "").partition(";")[0].strip().lower()


def received(http: HttpRequest) -> HttpRequest:
    """A request as whoever receives it sees it: white space around a header's value is no part of it."""
    headers = tuple([(name, value.strip(" \t")) for name, value in http.headers])
    return http if headers == http.headers else replace(http, headers=headers)


def fields_of(http: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a query, or of a form; none where there is neither. What isn't a GET may have a form."""
    is_form = _content_type(http) == URLENCODED
    if http.method == "POST" and not is_form:
        return []
    in_body = http.method == "POST" or (http.method != "GET" and is_form and http.body != b"")
    return list(_fields_in(http.body.decode("utf-8", "surrogateescape") if in_body else http.query))


@lru_cache(maxsize=1)
def _fields_in(text: str) -> tuple[tuple[str, str], ...]:
    """The fields that a text says; of one request they are asked for again and again."""
    return tuple(
        (_unquoted(name), _unquoted(value))
        for name, _, value in (each.partition("=") for each in text.split("&") if each)
    )


def form_data(http: HttpRequest) -> Request | None:
    """The request that a body of `multipart/form-data` says; None where it is none."""
    content_type = header(http.headers, "Content-Type") or ""
    boundary = _BOUNDARY.search(content_type)
    if _content_type(http) != "multipart/form-data" or boundary is None:
        return None
    delimiter = b"\r\n--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    first, *parts = (b"\r\n" + http.body).split(delimiter)
    if first.strip() or not parts or not parts[-1].startswith(b"--"):
        return None
    fields: list[tuple[str, str]] = []
    for each in parts[:-1]:
        head, _, value = each.partition(b"\r\n\r\n")
        name = _NAME.search(head.decode("utf-8", "replace"))
        if name is None:
            return None
        fields.append((name[1], value.decode("utf-8", "surrogateescape")))
    return _of_fields(http, fields)


_BOUNDARY = re.compile(r'(?i);\s*boundary=(?:"([^"]+)"|([^\s;"]+))')
_NAME = re.compile(r'(?im)^content-disposition:\s*form-data;(?:.*;)?\s*name="([^"]*)"')


def _from_fields(http: HttpRequest) -> Request:
    return _of_fields(http, fields_of(http))


def _of_fields(http: HttpRequest, fields: list[tuple[str, str]]) -> Request:
    common = dict(fields)
    action = header(http.headers, "X-TC-Action") or common.get("Action", "")
    version = header(http.headers, "X-TC-Version") or common.get("Version", "")
    own = [(name, value) for name, value in fields if name not in COMMON_FIELDS]
    return Request(tuple(_gather(own)), action, version, textual=True)


def _unquoted(text: str) -> str:
    """A name or value of a form: UTF-8, of which a lone surrogate may be a part; other bytes are kept as surrogates."""
    spaced = text.replace("+", " ")
    try:
        raw = unquote_to_bytes(spaced.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        raw = unquote_to_bytes(spaced.encode("utf-8", "surrogatepass"))
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")


def _gather(fields: list[tuple[str, str]]) -> Iterator[tuple[str, object]]:
    """Indexed fields gathered into lists by their index, in the place of the first."""
    items: dict[str, list[tuple[int, str]]] = {}
    for name, value in fields:
        match = INDEXED.fullmatch(name)
        if match and match["name"] in ARRAYS:
            items.setdefault(match["name"], []).append((int(match["index"]), value))
    for name, value in fields:
        match = INDEXED.fullmatch(name)
        if not match or match["name"] not in ARRAYS:
            yield name, value
        elif match["name"] in items:
            yield match["name"], [each for _, each in sorted(items.pop(match["name"]), key=lambda item: item[0])]


# --- Answers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer's body, parsed without trust.

    Attributes:
        response: the object under `Response`; empty where there is none.
        problem: why there is none; None where there is one.
    """

    response: Mapping[str, object]
    problem: str | None = None

    @property
    def error(self) -> object | None:
        """What stands under `Error`; None where nothing does."""
        return self.response.get("Error")

    @property
    def code(self) -> str | None:
        """The error's code, where there is one and it is a text; of a very long one what tells it from others."""
        code = self.error.get("Code") if isinstance(self.error, dict) else None
        return _bounded(code) if isinstance(code, str) else None

    @property
    def request_id(self) -> str | None:
        """The RequestId, where it is a text; of a very long one what tells it from others."""
        value = self.response.get("RequestId")
        return _bounded(value) if isinstance(value, str) else None


_LONGEST_KEPT = 1000  # characters


def _bounded(text: str) -> str:
    """A text that may be kept for as long as a run takes, however often another comes."""
    if len(text) <= _LONGEST_KEPT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:_LONGEST_KEPT]}… ({len(text)} characters, sha256 {digest})"


def date_of(answer: HttpResponse) -> float | None:
    """The time that an answer's `Date` tells, in seconds since 1970; None where it tells none."""
    try:
        return parsedate_to_datetime(header(answer.headers, "Date") or "").timestamp()
    except (ValueError, OverflowError):
        return None


_LONGEST_LOCATION = 200  # characters


def location_of(answer: HttpResponse) -> str | None:
    """Where an answer redirects to, in words; None where it doesn't."""
    location = header(answer.headers, "Location")
    if not _REDIRECTS <= answer.status < _REFUSES or location is None:
        return None
    return visible(location if len(location) <= _LONGEST_LOCATION else f"{location[:_LONGEST_LOCATION]}…")


_REDIRECTS, _REFUSES = 300, 400
_NOTHING: Mapping[str, object] = MappingProxyType({})


def envelope(answer: HttpResponse) -> Envelope:
    """The object under `Response`, or why there is none. Never raises."""
    try:
        body = _ANSWER.decode(answer.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return Envelope(_NOTHING, f"the body is no JSON ({error})")
    if not isinstance(body, dict) or "Response" not in body:
        return Envelope(_NOTHING, "the body is JSON without `Response`")
    if not isinstance(body["Response"], dict):
        return Envelope(_NOTHING, "`Response` is no object")
    return Envelope(body["Response"])
