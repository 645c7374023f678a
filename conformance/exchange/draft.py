"""A request on its way to being HTTP: all that is signed and sent, still open to change. No clock, no sockets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlsplit

from conformance.base.credentials import Credentials, Secret
from conformance.contract import ARRAYS, SERVICE
from conformance.exchange.gateway_headers import secrets_of
from conformance.exchange.messages import Headers, HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.signing import (
    Scheme,
    payload_hash,
    tc3_authorization,
    utc_date,
    v1_signature,
    v1_string_to_sign,
)

__all__ = ["ARRAYS", "COMMON_FIELDS", "INDEXED", "JSON", "URLENCODED", "Draft", "Form", "Sender", "draft", "sign"]

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"

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
INDEXED = re.compile(r"(?P<name>[A-Za-z]+)\.(?P<index>0|[1-9][0-9]{0,5})", re.ASCII)


class Form(StrEnum):
    """The ways in which a request can be written.

    `json` escapes everything outside ASCII, `json-raw` is the same in plain UTF-8; in `form` and `query` arrays
    are indexed (`GroupExDescriptions.0`) and every value is text.
    """

    JSON = "json"
    JSON_RAW = "json-raw"
    FORM = "form"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, where to, and how it is signed.

    Attributes:
        endpoint: absolute URL of the service, without a path ("https://iai.tencentcloudapi.com").
        region: the value of Region; empty to leave it out.
        credentials: what it is signed with.
        scheme: the way to sign. Forms are documented for version 1 alone, JSON for version 3 alone.
        gateway_headers: what a gateway before the server wants of every request; unsigned, no part of what is judged,
            and nobody else may see them.
    """

    endpoint: str
    region: str
    credentials: Credentials
    scheme: Scheme = Scheme.TC3
    gateway_headers: Headers = field(default=(), repr=False)

    @property
    def secrets(self) -> list[Secret]:
        """All that nobody else may see of what is sent for it."""
        return [*self.credentials.texts, *(Secret(text) for each in self.gateway_headers for text in secrets_of(*each))]

    @property
    def host(self) -> str:
        """Host and port, as they are signed."""
        return urlsplit(self.endpoint).netloc


def quoted(text: str) -> str:
    """RFC 3986 with upper-case hex: a space is %20, and only unreserved characters stay."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@dataclass(slots=True, repr=False)
class Draft:
    """Everything that makes up an HTTP request, before it is signed; its `repr` shows none of it.

    Attributes:
        endpoint: where it goes.
        method: the HTTP method, as it is signed and sent.
        form: how it is written.
        scheme: how it is signed.
        credentials: what it is signed with.
        common: the common parameters by their plain names, in order; headers in version 3, fields in version 1.
        content_type: as it is signed and sent; None to send none.
        fields: the action's own parameters, in a form or a query.
        text: the whole form or query instead, under version 3; None for the fields.
        body: in a POST of JSON; or any other bytes.
        host: the host as it is signed.
        service, date: of the credential scope.
        signed: names of headers that are signed, in lower case; of version 3.
        more: further headers.
        payload: what is hashed in the place of the body; None for the body.
        quote: how names and values are written in a form or a query.
    """

    endpoint: str
    method: str
    form: Form
    scheme: Scheme
    credentials: Credentials
    common: dict[str, str]
    content_type: str | None
    fields: list[tuple[str, str]]
    body: bytes
    host: str
    service: str
    date: str
    signed: list[str] = field(default_factory=lambda: ["content-type", "host"])
    more: list[tuple[str, str]] = field(default_factory=list)
    text: str | None = None
    payload: bytes | None = None
    quote: Callable[[str], str] = quoted

    @property
    def textual(self) -> bool:
        """Whether the action's parameters are fields."""
        return self.form in {Form.FORM, Form.QUERY}


def draft(request: Request, sender: Sender, form: Form, timestamp: int, nonce: int = 1) -> Draft:
    """The plain draft of a request.

    Raises:
        ValueError: the request can't be said in this form (a number in a query, JSON under version 1).
    """
    textual = form in {Form.FORM, Form.QUERY}
    if sender.scheme is not Scheme.TC3 and not textual:
        raise ValueError(f"JSON can't be signed with {sender.scheme}: the platform documents it for version 3 alone")
    if sender.scheme is Scheme.TC3 and form is Form.FORM:
        raise ValueError("a form can't be signed with TC3-HMAC-SHA256: the platform documents it for version 1 alone")
    common = {"Action": request.action, "Version": request.version, "Timestamp": str(timestamp)}
    if sender.region:
        common["Region"] = sender.region
    if sender.credentials.token:
        common["Token"] = sender.credentials.token.reveal()
    if sender.scheme is not Scheme.TC3:
        common |= {"Nonce": str(nonce), "SignatureMethod": str(sender.scheme)}
    return Draft(
        endpoint=sender.endpoint,
        method="GET" if form is Form.QUERY else "POST",
        form=form,
        scheme=sender.scheme,
        credentials=sender.credentials,
        common=common,
        content_type=URLENCODED if textual else JSON,
        fields=flatten(request) if textual else [],
        body=b"" if textual else to_json(request, escaped=form is Form.JSON),
        host=sender.host,
        service=SERVICE,
        date=utc_date(timestamp),
    )


def sign(made: Draft) -> HttpRequest:
    """The signed HTTP request that a draft makes."""
    return _seal_tc3(made) if made.scheme is Scheme.TC3 else _seal_v1(made)


def _seal_tc3(made: Draft) -> HttpRequest:
    text = (urlencode(made.fields, made.quote) if made.text is None else made.text) if made.textual else ""
    in_query = made.form is Form.QUERY
    query, body = (text, b"") if in_query else ("", text.encode() if made.textual else made.body)
    content_type = [] if made.content_type is None else [("Content-Type", made.content_type)]
    sent = [*content_type, ("Host", urlsplit(made.endpoint).netloc), *made.more]
    common = [(f"X-TC-{name}", value) for name, value in made.common.items()]
    # Of several headers of one name the first is signed, and read.
    first = {name.lower(): value for name, value in reversed([*sent, *common])} | {"host": made.host}
    signed = [(name, first[name]) for name in dict.fromkeys(made.signed) if name in first]
    authorization = tc3_authorization(
        made.credentials,
        method=made.method,
        query=query,
        headers=signed,
        body_hash=payload_hash(body if made.payload is None else made.payload),
        timestamp=made.common.get("Timestamp", ""),
        service=made.service,
        date=made.date,
    )
    headers: Headers = (*sent, *common, ("Authorization", authorization))
    return HttpRequest(made.method, f"{made.endpoint}/" + (f"?{query}" if query else ""), headers, body)


def _seal_v1(made: Draft) -> HttpRequest:
    fields = [*made.fields, *made.common.items(), ("SecretId", made.credentials.secret_id.reveal())]
    to_sign = v1_string_to_sign(made.method, made.host, fields)
    fields.append(("Signature", v1_signature(made.credentials.secret_key, to_sign, made.scheme)))
    text = urlencode(fields, made.quote)
    headers: Headers = (("Host", urlsplit(made.endpoint).netloc), *made.more)
    if made.content_type is not None:
        headers = (("Content-Type", made.content_type), *headers)
    if made.form is Form.QUERY:
        return HttpRequest(made.method, f"{made.endpoint}/?{text}", headers)
    return HttpRequest(made.method, f"{made.endpoint}/", headers, text.encode("ascii"))


def to_json(request: Request, *, escaped: bool) -> bytes:
    """The body as JSON; written by hand at the top, since a parameter may be there twice."""
    members = (
        f"{json.dumps(name, ensure_ascii=escaped)}: {json.dumps(value, ensure_ascii=escaped)}"
        for name, value in request.parameters
    )
    return ("{" + ", ".join(members) + "}").encode("utf-8", "surrogatepass")


def flatten(request: Request) -> list[tuple[str, str]]:
    """Texts and indexed texts. Raises ValueError for what a form can't say, or would say as something else."""
    fields: list[tuple[str, str]] = []
    for name, value in request.parameters:
        lists = sum(isinstance(each, list) for each in request.values(name))
        misread = name in COMMON_FIELDS or INDEXED.fullmatch(name) is not None
        if misread or (isinstance(value, list) and (name not in ARRAYS or not value or lists > 1)):
            raise ValueError(
                f"{name} = {value!r} can't be said in a form or a query: it would arrive as something else"
            )
        values = [(f"{name}.{i}", each) for i, each in enumerate(value)] if isinstance(value, list) else [(name, value)]
        for each_name, each in values:
            if not isinstance(each, str):
                raise ValueError(f"{each_name} = {each!r} can't be said in a form or a query: only texts and lists can")  # noqa: TRY004
            fields.append((each_name, each))
    return fields


def urlencode(fields: Iterable[tuple[str, str]], quote_text: Callable[[str], str] = quoted) -> str:
    """Fields as the text of a query or a form."""
    return "&".join(f"{quote_text(name)}={quote_text(value)}" for name, value in fields)
