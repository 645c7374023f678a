"""The ways to read the parameters of an HTTP request: JSON, a form, a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from conformance.contract import CLAUSE, DEEP_JSON, PARAMETERS
from conformance.exchange.draft import JSON, URLENCODED, to_json
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.request import Request
from conformance.exchange.wire import (
    NoObjectError,
    UndecodableError,
    decode,
    fields_of,
    form_data,
    received,
)
from conformance.oracle.findings import Breach, Finding, breaks, depends, keeps, reading_of
from conformance.oracle.gates import leeway, taken_or_refused
from conformance.oracle.prediction import EVERYWHERE, Box

__all__ = ["Decoded", "decodings", "media_type_of"]

# RFC 8259, section 9: a reader of JSON may set limits on the range of numbers. Python's own is no less than this.
_LONGEST = 4300  # digits
_LONG_NUMBER = re.compile(f"(?<![0-9])[0-9]{{{_LONGEST + 1}}}")  # looked for at the beginning of a number alone
_DIGIT = re.compile("[0-9]")
# Possessive, so that a text without an end is looked at once.
_TEXTS = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"?')
_MEMBERS = re.compile(r'"([A-Za-z0-9_]{1,64})"\s{0,9}:')
_NOTHING = re.compile(r"[ \t\r\n]*+(?:null)?[ \t\r\n]*+")


def media_type_of(http: HttpRequest) -> tuple[str, str]:
    """The media type and its charset; a charset of UTF-8 is the same as none."""
    name, _, parameters = (header(http.headers, "Content-Type") or "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower(), "" if charset in {"charset=utf-8", "charset=utf8"} else charset


@dataclass(frozen=True, slots=True)
class Decoded:
    """One way to read a request's parameters.

    Attributes:
        box: the readings under which it is read so.
        request: what it then says; None where it can't be read.
        findings: the clauses on how it is written.
    """

    box: Box
    request: Request | None
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=1)  # of one request they are asked for again and again
def decodings(http: HttpRequest) -> tuple[Decoded, ...]:
    """The ways to read the parameters of a request, of whatever method."""
    return tuple(_decodings(received(http)))


def _decodings(http: HttpRequest) -> Iterator[Decoded]:
    if http.method not in {"GET", "POST"}:
        yield Decoded(EVERYWHERE, None)
    elif http.method == "GET":
        yield from _of_fields(decode(http))
    else:
        yield from _of_post(http)


def _of_post(http: HttpRequest) -> Iterator[Decoded]:
    media_type, charset = media_type_of(http)
    version_3 = header(http.headers, "Authorization") is not None
    clause = "Protocol.content-type"
    if charset == "" and media_type == JSON and (version_3 or not fields_of(http)):
        yield from _of_json(http, http.body, keeps(clause))
    elif charset == "" and media_type == URLENCODED and not version_3:
        yield from _of_fields(decode(http), keeps(clause))
    else:
        other = depends(clause)
        as_form = replace(http, headers=(("Content-Type", URLENCODED), *http.headers))
        if media_type == URLENCODED:
            yield from _of_fields(decode(as_form), other)
        elif (parts := form_data(http)) is not None:
            yield from _of_fields(parts, other)
        else:
            yield from _of_json(http, http.body, other)


_MARK = b"\xef\xbb\xbf"
_SURROGATES = re.compile("[\ud800-\udfff]")


def _of_fields(request: Request, *found: Finding) -> Iterator[Decoded]:
    """The ways to read fields: bytes that are no UTF-8 can be taken in two."""
    if not any(_SURROGATES.search(each) for each in _texts(request.parameters)):
        yield Decoded(EVERYWHERE, request, found)
        return
    lenient, strict = leeway("Protocol.json.form")
    yield Decoded(strict, None, (*found, breaks("Protocol.json.form")))
    replaced = tuple((str(_replaced(name)), _replaced(value)) for name, value in request.parameters)
    yield Decoded(lenient, replace(request, parameters=replaced), found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _replaced(value: object) -> object:
    if isinstance(value, list):
        return [_replaced(each) for each in value]
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value


def _of_json(http: HttpRequest, body: bytes, *found: Finding) -> Iterator[Decoded]:
    """The ways to read a body of JSON: a byte order mark, bytes that are no UTF-8, and depth can be taken in two."""
    if body.startswith(_MARK):
        mark = "Protocol.json.byte-order-mark"
        accepted, refused = taken_or_refused(reading_of(CLAUSE[mark]))
        yield Decoded(refused, None, (*found, breaks(mark)))
        for each in _without_mark(http, body.removeprefix(_MARK), *found):
            yield Decoded({**each.box, **accepted}, each.request, (*each.findings, keeps(mark)))
        return
    yield from _without_mark(http, body, *found)


def _without_mark(http: HttpRequest, body: bytes, *found: Finding) -> Iterator[Decoded]:
    """The same, where no mark is taken for one any more: what follows the first is a character like any other."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        lenient, strict = leeway("Protocol.json.form")
        yield Decoded(strict, None, (*found, breaks("Protocol.json.form")))
        for each in _without_mark(http, body.decode("utf-8", "replace").encode(), *found):
            yield replace(each, box={**each.box, **lenient})
        return
    box, shallow = EVERYWHERE, keeps("Protocol.json.depth")
    if deep := _depth(text) > DEEP_JSON:
        box, refused = taken_or_refused(reading_of(shallow.clause))
        yield Decoded(refused, None, (*found, breaks("Protocol.json.depth")))
        shallow = replace(shallow, applies=False)
    yield _read_json(http, text, box, (*found, shallow), deep=deep)
    if _has_long_number(text) and _has_long_number(_TEXTS.sub("", text)):
        yield Decoded(box, None, (*found, breaks("Protocol.json.form")))
    if _NOTHING.fullmatch(text):  # some take it for an object without members
        yield replace(_read_json(http, "{}", box, ()), findings=found)


def _has_long_number(text: str) -> bool:
    """Whether a text has more digits in a row than Python reads; so many reach one of the places looked at first."""
    return _DIGIT.search(text[:: _LONGEST + 1]) is not None and _LONG_NUMBER.search(text) is not None


def _read_json(http: HttpRequest, text: str, box: Box, found: tuple[Finding, ...], *, deep: bool = False) -> Decoded:
    sent = replace(http, headers=(("Content-Type", JSON), *http.headers), body=text.encode())
    try:
        request = decode(sent)
    except NoObjectError:
        return Decoded(box, None, (*found, breaks("Protocol.json.object")))
    except UndecodableError:
        refused = breaks("Protocol.json.form")
        if any(each[1] not in PARAMETERS for each in _MEMBERS.finditer(text)):  # who reads on may tell that first
            refused = replace(refused, breaches=(*refused.breaches, Breach("UnknownParameter")))
        return Decoded(box, None, (*found, refused))
    found = (*found, keeps("Protocol.json.form"), keeps("Protocol.json.object"))
    # Of what is nested deep the request may not hold all.
    plainly = deep or sent.body in {to_json(request, escaped=True), to_json(request, escaped=False)}
    if not plainly or ";" in (header(http.headers, "Content-Type") or ""):
        found = (*found, keeps("Protocol.json.same-text"))
    return Decoded(box, request, found)


def _depth(text: str) -> int:
    """How deep lists and objects are nested, by their opening brackets outside of texts."""
    deepest = depth = 0
    if text.count("[") + text.count("{") <= DEEP_JSON:
        return 0
    for each in _TEXTS.sub("", text):
        if each in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif each in "]}":
            depth -= 1
    return deepest
