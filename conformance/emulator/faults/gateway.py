"""Faults in what stands before the action: signatures that aren't looked at, requests that are misread."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, unquote

from conformance.contract import SERVICE
from conformance.emulator.faults.model import Fault, Spoil, all_of, arriving, put, reading, recoded, wrap
from conformance.emulator.gateway import RefusedError
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.signing import Scheme

__all__ = ["GATEWAY_FAULTS"]

_FAILURE = "AuthFailure.SignatureFailure"


def _without(*checks: str) -> Spoil:
    return lambda behaviour: behaviour.unchecked.update(checks)


def _is_form(http: HttpRequest) -> bool:
    return http.method == "GET" or "urlencoded" in (header(http.headers, "Content-Type") or "")


def _body(change: Callable[[bytes], bytes]) -> Callable[[HttpRequest], HttpRequest]:
    """Change bodies of JSON."""
    return lambda http: http if _is_form(http) else replace(http, body=change(http.body))


def _fields(change: Callable[[str], str]) -> Callable[[HttpRequest], HttpRequest]:
    """Change the text of queries and forms."""

    def changed(http: HttpRequest) -> HttpRequest:
        if not _is_form(http):
            return http
        if http.method == "POST":
            return replace(http, body=change(http.body.decode("latin-1")).encode("latin-1"))
        before, mark, query = http.url.partition("?")
        return replace(http, url=f"{before}{mark}{change(query)}")

    return changed


def _first_object(body: bytes) -> bytes:
    """Everything up to the brace that ends the first object; another brace where none does."""
    depth = 0
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*"|[{}]', body):
        depth += {b"{": 1, b"}": -1}.get(match[0], 0)
        if depth == 0 and match[0] == b"}":
            return body[: match.end()]
    return body + b"}"


def _numbered_as_they_come(text: str) -> str:
    """Indices by their place in the text."""
    place = iter(range(10**6))
    return re.sub(r"(GroupExDescriptions\.)\d+", lambda match: f"{match[1]}{next(place)}", text)


def _only_first_of_arrays(text: str) -> str:
    return "&".join(each for each in text.split("&") if not re.match(r"GroupExDescriptions\.[1-9]", each))


def _without_arrays(text: str) -> str:
    return "&".join(each for each in text.split("&") if not each.startswith("GroupExDescriptions."))


def _backwards(text: str) -> str:
    """The highest index first."""
    numbers = sorted((int(each) for each in re.findall(r"GroupExDescriptions\.(\d+)", text)), reverse=True)
    highest = numbers[0] if numbers else 0
    return re.sub(r"(GroupExDescriptions\.)(\d+)", lambda match: f"{match[1]}{highest - int(match[2])}", text)


def _decoded_twice(text: str) -> str:
    return "&".join(quote(unquote(each), safe="=.%~-_") if "%25" in each else each for each in text.split("&"))


def _as_latin(body: bytes) -> bytes:
    return body.decode("latin-1").encode("utf-8")


def _to_post(http: HttpRequest) -> HttpRequest:
    return replace(http, method="POST") if http.method in {"PUT", "PATCH"} else http


def _authentication_faults() -> Iterator[Fault]:
    part = "Authentication.signature"
    form, window = ("Authentication.authorization.form",), ("Authentication.timestamp.window",)

    def comparing(test: Callable[[HttpRequest], bool]) -> Spoil:
        return wrap("compares", lambda compares: lambda http: compares(http) and test(http))

    def tolerating(seconds: int) -> Spoil:
        return put("tolerance", seconds)

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("signature-unchecked", "no signature is compared", (part,), _without("signature")),
        ("signature-1-unchecked", "no signature of version 1 is compared", (part, f"{part}.body", f"{part}.query"), _without("signature-1")),
        ("signature-of-get-unchecked", "no signature of a GET is compared", (part, f"{part}.query"), comparing(lambda http: http.method == "POST")),
        ("signature-of-post-unchecked", "no signature of a POST is compared", (part, f"{part}.body"), comparing(lambda http: http.method == "GET")),
        ("authorization-optional", "a request needs no Authorization", ("Authentication.authorization.present",), _without("authorization")),
        ("signed-headers-unchecked", "host and content-type need not be signed", form, _without("signed-headers")),
        ("secret-id-unchecked", "the key is used whatever the SecretId", ("Authentication.secret-id",), _without("secret-id")),
        ("secret-id-as-failure", "an unknown SecretId is answered as a wrong signature", ("Authentication.secret-id",), recoded("AuthFailure.SecretIdNotFound", _FAILURE)),
        ("expired-accepted", "an old request is taken", window, _without("expiry")),
        ("future-accepted", "a request from the future is taken", window, _without("future")),
        ("tolerance-ten-minutes", "ten minutes are tolerated", window, tolerating(600)),
        ("tolerance-one-minute", "one minute is tolerated", window, tolerating(60)),
        ("tolerance-one-day", "a day is tolerated", window, tolerating(86_399)),
        ("expired-as-failure", "an old request is answered as wrongly signed", window, recoded("AuthFailure.SignatureExpire", _FAILURE)),
        ("timestamp-optional", "a request needs no Timestamp", ("Authentication.timestamp.form",), _without("timestamp", "signature")),
        ("scope-date-unchecked", "the date of the scope is not compared", ("Authentication.scope.date",), _without("date")),
        ("scope-of-cvm-taken", "the scope may name one other product", ("Authentication.scope.service",), put("services", frozenset({SERVICE, "cvm"}))),
        ("scope-as-exists", "a wrong scope is answered with UnauthorizedOperation", (part, "Authentication.scope.date", "Authentication.scope.service"), recoded(_FAILURE, "UnauthorizedOperation")),
        ("failure-as-expired", "a wrong signature is answered as an old one", (part,), recoded(_FAILURE, "AuthFailure.SignatureExpire")),
        ("failure-as-token", "a wrong signature is answered as a wrong token", (part,), recoded(_FAILURE, "AuthFailure.TokenFailure")),
        ("malformed-authorization-as-internal", "an Authorization that isn't one is an internal error", form, recoded("AuthFailure.InvalidAuthorization", "InternalError")),
        ("sha-1-unknown", "version 1 is always HmacSHA256", ("Authentication.version-1", "Protocol.form", "Protocol.get"), put("other_scheme", Scheme.SHA256)),
        ("signature-half-compared", "half of the signature is compared", (part,), put("compared", 32)),
        ("body-uncovered", "the body is not part of the signature", (f"{part}.body", part),
            comparing(lambda http: http.method == "GET" or not _is_json(http))),
        ("extra-headers-refused", "a header that isn't signed is refused", ("Authentication.other-headers",),
            arriving(lambda http: _spoilt(http) if header(http.headers, "X-Custom") and "x-custom" not in (header(http.headers, "Authorization") or "") else http)),
        ("more-signed-headers-refused", "no more than two headers may be signed", ("Authentication.other-headers",),
            arriving(lambda http: _spoilt(http) if "content-type;host;" in (header(http.headers, "Authorization") or "") else http)),
        ("signed-headers-ignored", "signed headers other than the two are not compared", (f"{part}.headers",),
            comparing(lambda http: "content-type;host;" not in (header(http.headers, "Authorization") or ""))),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(name, about, clauses, spoil)


def _is_json(http: HttpRequest) -> bool:
    return "json" in (header(http.headers, "Content-Type") or "")


def _spoilt(http: HttpRequest) -> HttpRequest:
    """A request whose signature can't be right."""
    return replace(http, body=http.body + b" ")


def _protocol_faults() -> Iterator[Fault]:
    form, order, escapes = ("Protocol.form",), ("Protocol.form.array-order",), ("Protocol.form.escapes",)
    malformed, same = ("Protocol.json.form",), ("Protocol.json.same-text",)

    def action(name: str) -> str:
        return "CreateGroup" if name.startswith("CreateGroup") else name

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("put-accepted", "PUT and PATCH are taken for POST", ("Protocol.method",), arriving(_to_post)),
        ("any-method", "every method is taken", ("Protocol.method", "State.refused-leaves-nothing"), _without("method")),
        ("method-as-internal", "another method is an internal error", ("Protocol.method",), recoded("UnsupportedProtocol", "InternalError")),
        ("any-version", "the Version isn't looked at", ("Protocol.version.known", "Protocol.version.present"), _without("version")),
        ("unknown-action-creates", "what begins with CreateGroup is CreateGroup", ("Protocol.action.known",), wrap("action", lambda right: lambda name: action(right(name)))),
        ("action-optional", "a request without an Action is CreateGroup", ("Protocol.action.present",), all_of(_without("no-action"), wrap("action", lambda right: lambda name: right(name) or "CreateGroup"))),
        ("unknown-action-as-parameter", "an unknown Action is an invalid parameter", ("Protocol.action.known",), recoded("InvalidAction", "InvalidParameter")),
        ("unknown-version-as-parameter", "an unknown Version is an invalid parameter", ("Protocol.version.known",), recoded("NoSuchVersion", "InvalidParameterValue")),
        ("bad-json-as-internal", "a body that can't be read is an internal error", malformed,
            reading(lambda http: http if _is_form(http) or _is_readable(http.body) else _raise_internal())),
        ("last-brace-optional", "the last brace is put there where it is missing", malformed, reading(_body(lambda body: body if body.rstrip().endswith((b"}", b"]")) or not body.startswith(b"{") else body + b"}"))),
        ("trailing-text-accepted", "what stands behind the object is ignored", malformed, reading(_body(_first_object))),
        ("trailing-comma-accepted", "a comma too many is ignored", malformed, reading(_body(lambda body: body.replace(b",}", b"}")))),
        ("apostrophes-accepted", "apostrophes are quotation marks", malformed, reading(_body(lambda body: body.replace(b"'", b'"')))),
        ("nan-accepted", "NaN is null", malformed, reading(_body(lambda body: body.replace(b"NaN", b"null")))),
        ("invalid-bytes-dropped", "bytes that are no UTF-8 are dropped", malformed, reading(_body(lambda body: body.decode("utf-8", "ignore").encode()))),
        ("list-of-object-accepted", "a list of one object is the object", ("Protocol.json.object",), reading(_body(lambda body: body[1:-1] if body.startswith(b"[{") else body))),
        ("body-as-latin-1", "the body is read as Latin-1", (*same, "GroupName.charset", "GroupName.length.max"), reading(_body(_as_latin))),
        ("escapes-kept", "escapes in JSON are not decoded", (*same, "GroupName.length.max", "GroupName.charset"), reading(_body(lambda body: body.replace(b"\\u", b"\\\\u")))),
        ("no-white-space-before", "white space before the JSON is refused", same, reading(_body(lambda body: b"" if body[:1].isspace() else body))),
        ("charset-refused", "a Content-Type with a charset is refused", (*same, "Protocol.content-type"),
            reading(lambda http: replace(http, body=b"") if ";" in (header(http.headers, "Content-Type") or "") else http)),
        ("plus-kept", "+ is not a space", escapes, arriving(_fields(lambda text: text.replace("+", "%2B")))),
        ("decoded-twice", "fields are decoded twice", (*escapes, "GroupId.unique", "GroupId.charset"), reading(_fields(_decoded_twice))),
        ("han-lost-in-forms", "of fields the ASCII is read", (*form, "Protocol.get", "State.kept.Tag", "GroupName.length.max"),
            reading(_fields(lambda text: re.sub(r"%[89A-F][0-9A-F]", "", text)))),
        ("array-order-by-text", "arrays are numbered as they come", order, reading(_fields(_numbered_as_they_come))),
        ("array-order-backwards", "arrays are read backwards", order, reading(_fields(_backwards))),
        ("array-first-only", "of an array the first item is read", (*order, "Protocol.get", "Protocol.form"), reading(_fields(_only_first_of_arrays))),
        ("array-lost-in-forms", "arrays are not read in forms", (*order, "Protocol.get", "Protocol.form"), reading(_fields(_without_arrays))),
        ("form-unknown", "forms are refused", (*form, "Authentication.version-1"),
            arriving(lambda http: replace(http, method="PUT") if _is_form(http) and http.method == "POST" else http)),
        ("get-unknown", "GET is refused", ("Protocol.get", "Authentication.version-1"), arriving(lambda http: replace(http, method="PUT") if http.method == "GET" else http)),
        ("no-size-limit", "nothing is too large", ("Protocol.size.get", "Protocol.size.version-1", "Protocol.size.version-3"), put("largest", 1000)),
        ("half-the-size", "half of what may be sent is too large", ("Protocol.size.get", "Protocol.size.version-1", "Protocol.size.version-3"), put("largest", 0.5)),
        ("size-as-internal", "what is too large is an internal error", ("Protocol.size.get",), recoded("RequestSizeLimitExceeded", "InternalError")),
        ("headers-in-one-case", "headers in small letters are not seen", ("Protocol.header-names",),
            arriving(lambda http: replace(http, headers=tuple(each for each in http.headers if not each[0].startswith("x-tc-"))))),
        ("language-refused", "a request for another language is refused", ("Protocol.language",),
            arriving(lambda http: replace(http, method="PUT") if header(http.headers, "X-TC-Language") == "en-US" else http)),
        ("region-as-parameter", "a Region that isn't one is an invalid value", ("Protocol.region.known",), recoded("UnsupportedRegion", "InvalidParameterValue")),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(name, about, clauses, spoil)


def _is_readable(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _raise_internal() -> HttpRequest:
    raise RefusedError("InternalError")


GATEWAY_FAULTS: tuple[Fault, ...] = (*_authentication_faults(), *_protocol_faults())
