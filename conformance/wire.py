"""Requests into HTTP and back, and answers out of it. No sockets, and no trust in what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, unquote_to_bytes, urlsplit

from conformance.contract import SERVICE
from conformance.messages import Headers, HttpRequest, HttpResponse, header
from conformance.request import Request
from conformance.signing import (
    Credentials,
    Scheme,
    payload_hash,
    tc3_authorization,
    v1_signature,
    v1_string_to_sign,
)

__all__ = [
    "COMMON_FIELDS",
    "Envelope",
    "Form",
    "Sender",
    "UndecodableError",
    "decode",
    "encode",
    "envelope",
    "headers_for",
]


class Form(StrEnum):
    """The ways in which a request can be written.

    `json` escapes everything outside ASCII, `json-raw` is the same in plain UTF-8; in `form` and `query` arrays
    are indexed (`GroupExDescriptions.0`) and every value is text.
    """

    JSON = "json"
    JSON_RAW = "json-raw"
    FORM = "form"
    QUERY = "query"


# What a form or a query carries besides the action's own parameters.
COMMON_FIELDS = frozenset(
    {
        "Action",
        "Version",
        "Region",
        "Timestamp",
        "Nonce",
        "SecretId",
        "Signature",
        "SignatureMethod",
        "Token",
        "Language",
        "RequestClient",
    }
)
_ARRAYS = frozenset({"GroupExDescriptions"})
_INDEXED = re.compile(r"(?P<name>[A-Za-z]+)\.(?P<index>0|[1-9][0-9]{0,5})", re.ASCII)
_JSON = "application/json"
_URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, where to, and how it is signed.

    Attributes:
        endpoint: absolute URL of the service, without a path ("https://iai.tencentcloudapi.com").
        region: the value of Region; empty to leave it out.
        credentials: what it is signed with.
        scheme: the way to sign. Forms are documented for version 1 alone, JSON for version 3 alone.
    """

    endpoint: str
    region: str
    credentials: Credentials
    scheme: Scheme = Scheme.TC3


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
    if sender.scheme is Scheme.TC3:
        return _encode_tc3(request, sender, form, timestamp)
    return _encode_v1(request, sender, form, timestamp, nonce)


def _encode_tc3(request: Request, sender: Sender, form: Form, timestamp: int) -> HttpRequest:
    if form is Form.FORM:
        raise ValueError("a form can't be signed with TC3-HMAC-SHA256: the platform documents it for version 1 alone")
    if form is Form.QUERY:
        query = _urlencode(_flatten(request))
        headers = headers_for(sender, request.action, request.version, timestamp, query=query)
        return HttpRequest("GET", f"{sender.endpoint}/?{query}", headers)
    body = _json(request, escaped=form is Form.JSON)
    headers = headers_for(sender, request.action, request.version, timestamp, body=body)
    return HttpRequest("POST", f"{sender.endpoint}/", headers, body)


def headers_for(
    sender: Sender, action: str, version: str, timestamp: int, *, body: bytes | None = None, query: str = ""
) -> Headers:
    """The headers of a request signed with version 3: a POST of a JSON body, or a GET where there is none."""
    method, content_type = ("GET", _URLENCODED) if body is None else ("POST", _JSON)
    signed = (("Content-Type", content_type), ("Host", urlsplit(sender.endpoint).netloc))
    authorization = tc3_authorization(
        sender.credentials,
        method=method,
        query=query,
        headers=signed,
        body_hash=payload_hash(body or b""),
        timestamp=timestamp,
        service=SERVICE,
    )
    return (
        *signed,
        ("X-TC-Action", action),
        ("X-TC-Version", version),
        ("X-TC-Timestamp", str(timestamp)),
        *((("X-TC-Region", sender.region),) if sender.region else ()),
        *((("X-TC-Token", sender.credentials.token),) if sender.credentials.token else ()),
        ("Authorization", authorization),
    )


def _encode_v1(request: Request, sender: Sender, form: Form, timestamp: int, nonce: int) -> HttpRequest:
    if form not in {Form.FORM, Form.QUERY}:
        raise ValueError(f"JSON can't be signed with {sender.scheme}: the platform documents it for version 3 alone")
    method = "GET" if form is Form.QUERY else "POST"
    host = urlsplit(sender.endpoint).netloc
    fields = [
        *_flatten(request),
        ("Action", request.action),
        ("Version", request.version),
        ("Timestamp", str(timestamp)),
        ("Nonce", str(nonce)),
        ("SecretId", sender.credentials.secret_id),
        ("SignatureMethod", str(sender.scheme)),
        *((("Region", sender.region),) if sender.region else ()),
        *((("Token", sender.credentials.token),) if sender.credentials.token else ()),
    ]
    to_sign = v1_string_to_sign(method, host, fields)
    fields.append(("Signature", v1_signature(sender.credentials.secret_key, to_sign, sender.scheme)))
    text = _urlencode(fields)
    headers: Headers = (("Content-Type", _URLENCODED), ("Host", host))
    if form is Form.QUERY:
        return HttpRequest(method, f"{sender.endpoint}/?{text}", headers)
    return HttpRequest(method, f"{sender.endpoint}/", headers, text.encode("ascii"))


def _json(request: Request, *, escaped: bool) -> bytes:
    """The body as JSON; written by hand at the top, since a parameter may be there twice."""
    members = (
        f"{json.dumps(name, ensure_ascii=escaped)}: {json.dumps(value, ensure_ascii=escaped)}"
        for name, value in request.parameters
    )
    return ("{" + ", ".join(members) + "}").encode("utf-8", "surrogatepass")


def _flatten(request: Request) -> list[tuple[str, str]]:
    """Texts and indexed texts. Raises ValueError for what a form can't say, or would say as something else."""
    fields: list[tuple[str, str]] = []
    for name, value in request.parameters:
        lists = sum(isinstance(each, list) for each in request.values(name))
        misread = name in COMMON_FIELDS or _INDEXED.fullmatch(name) is not None
        if misread or (isinstance(value, list) and (name not in _ARRAYS or not value or lists > 1)):
            raise ValueError(
                f"{name} = {value!r} can't be said in a form or a query: it would arrive as something else"
            )
        values = [(f"{name}.{i}", each) for i, each in enumerate(value)] if isinstance(value, list) else [(name, value)]
        for field, each in values:
            if not isinstance(each, str):
                raise ValueError(f"{field} = {each!r} can't be said in a form or a query: only texts and lists can")  # noqa: TRY004
            fields.append((field, each))
    return fields


def _urlencode(fields: Iterable[tuple[str, str]]) -> str:
    """RFC 3986 with upper-case hex: a space is %20, and only unreserved characters stay."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


# --- Back into values ------------------------------------------------------------------------------------


class UndecodableError(ValueError):
    """An HTTP request that isn't one of the platform's; the message says why."""


class _Pairs(tuple[tuple[str, object], ...]):
    """A JSON object with every member in order, doubled ones too."""

    __slots__ = ()


def decode(http: HttpRequest) -> Request:
    """The request that an HTTP request says.

    Raises:
        UndecodableError: it says none: a body that is no JSON object, no Action, another method.
    """
    if http.method == "GET":
        return _from_fields(http, http.query)
    if http.method != "POST":
        raise UndecodableError(f"the method is {http.method}, not GET or POST")
    content_type = (header(http.headers, "Content-Type") or "").partition(";")[0].strip().lower()
    if content_type == _URLENCODED:
        return _from_fields(http, http.body.decode("utf-8", "surrogateescape"))
    if content_type != _JSON:
        raise UndecodableError(f"the Content-Type is {content_type or 'absent'}, not {_JSON} or {_URLENCODED}")
    try:
        body = json.loads(
            http.body.decode("utf-8", "surrogatepass"), object_pairs_hook=_Pairs, parse_constant=_no_constant
        )
        if isinstance(body, _Pairs):
            body = _Pairs((name, _plain(value)) for name, value in body)
    except (ValueError, RecursionError) as error:
        raise UndecodableError(f"the body is no JSON: {error}") from error
    if not isinstance(body, _Pairs):
        raise UndecodableError("the body is JSON, but no object")
    action, version = header(http.headers, "X-TC-Action"), header(http.headers, "X-TC-Version")
    return Request(tuple(body), action or "", version or "")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _plain(value: object) -> object:
    """A value whose objects are dictionaries: within a parameter, no member needs to be there twice."""
    if isinstance(value, _Pairs):
        return {name: _plain(each) for name, each in value}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _from_fields(http: HttpRequest, text: str) -> Request:
    fields = [
        (_unquoted(name), _unquoted(value))
        for name, _, value in (each.partition("=") for each in text.split("&") if each)
    ]
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
        match = _INDEXED.fullmatch(name)
        if match and match["name"] in _ARRAYS:
            items.setdefault(match["name"], []).append((int(match["index"]), value))
    for name, value in fields:
        match = _INDEXED.fullmatch(name)
        if not match or match["name"] not in _ARRAYS:
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
        """The error's code, where there is one and it is a text."""
        code = self.error.get("Code") if isinstance(self.error, dict) else None
        return code if isinstance(code, str) else None

    @property
    def request_id(self) -> str | None:
        """The RequestId, where it is a text."""
        value = self.response.get("RequestId")
        return value if isinstance(value, str) else None


_NOTHING: Mapping[str, object] = MappingProxyType({})


def envelope(answer: HttpResponse) -> Envelope:
    """The object under `Response`, or why there is none. Never raises."""
    try:
        body = json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return Envelope(_NOTHING, f"the body is no JSON ({error})")
    if not isinstance(body, dict) or "Response" not in body:
        return Envelope(_NOTHING, "the body is JSON without `Response`")
    if not isinstance(body["Response"], dict):
        return Envelope(_NOTHING, "`Response` is no object")
    return Envelope(body["Response"])
