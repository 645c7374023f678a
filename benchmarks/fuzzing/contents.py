"""Inputs that are wrong in what they say: headers, common parameters, JSON, forms, values, sizes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from benchmarks.fuzzing.drawing import COUNTS, JSON, OWN, TEXTUAL, VALUES, WAYS, Draws, Input
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.draft import sign
from conformance.exchange.request import Request
from conformance.exchange.signing import TC3_ENDING, UNSIGNED_PAYLOAD, Scheme
from conformance.targets.raw import written

_SIGNED = "host;content-type"
_CREDENTIAL = f"{EXAMPLE_CREDENTIALS.secret_id.reveal()}/2026-01-01/iai/{TC3_ENDING}"
_AUTHORIZATIONS = (
    "", " ", "x", "Basic eDp5", "Bearer x", "TC3-HMAC-SHA256", "TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256 Credential=",
    "TC3-HMAC-SHA256 " * 500, "TC3-HMAC-SHA256" + " " * 20_000 + "x", "TC3-HMAC-SHA256 Credential=" + "/" * 5000,
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders={_SIGNED}, Signature={'0' * 64}",
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders={_SIGNED}, Signature={'0' * 63}",
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders={_SIGNED}, Signature=\xe9",
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders={';' * 5000}{_SIGNED}, Signature={'a' * 64}",
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL},SignedHeaders={_SIGNED};authorization,Signature={'F' * 64}",
    f"TC3-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders={_SIGNED}, " * 2,
    f"TC3-HMAC-SHA256 Credential=\xff/\xb2/iai/{TC3_ENDING}, SignedHeaders={_SIGNED}, Signature={'0' * 64}",
)  # fmt: skip
_HEADER_VALUES = (
    "", " ", "0", "-1", "1", "9" * 12, "9" * 15, "9" * 16, "9" * 5000, "1e9", "\xb2", "\xd9\xa3", "nan", "CreateGroup",
    "creategroup", "DeleteGroup", "GetGroupList", "_create_group", "__init__", "2020-03-03", "2018-03-01", "2020-02-30",
    "ap-guangzhou", "xx", "ap-" + "a" * 9000, "\xff\xfe", "a,b", UNSIGNED_PAYLOAD, "application/json",
    "application/json; charset=gbk", "application/json;charset", 'Application/JSON ; CHARSET="utf-8"',
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ";",
    "/", "a:1", "[::1]:80", "iai", ":" * 9000, "a:" + "1" * 9000 + "x", "{", "%s", "%(x)s", "{0}",
)  # fmt: skip
_HEADER_NAMES = (
    "X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "X-TC-Region", "X-TC-Token", "X-TC-Language",
    "X-TC-Content-SHA256", "X-TC-Nonce", "Content-Type", "Authorization", "Content-Encoding", "Accept-Encoding",
    "Cookie", "X-Forwarded-Proto", "Content-MD5", "Range", "Date", "Origin",
)  # fmt: skip


def _headers(draws: Draws) -> Input:
    """Headers that are absent, doubled or hostile, Authorization too."""
    sent = sign(draws.draft())
    headers = list(sent.headers)
    for _ in range(draws.size(4)):
        name, value = draws.one(_HEADER_NAMES), draws.one(_HEADER_VALUES)
        if name == "Authorization":
            value = draws.one(_AUTHORIZATIONS)
        how = draws.below(3)
        if how < 2:
            headers = [each for each in headers if each[0] != name]
        if how > 0:
            headers.insert(draws.below(len(headers) + 1), (draws.one((name, name.swapcase())), value))
    return Input((written(replace(sent, headers=tuple(headers))),), answers=1)


def _common(draws: Draws) -> Input:
    """Hostile common parameters, or a hostile Content-Type, properly signed."""
    made = draws.draft()
    made.common[draws.one(("Action", "Version", "Region", "Token", "Language"))] = draws.one(_HEADER_VALUES)
    if draws.once_in(3):
        made.content_type = draws.one(_HEADER_VALUES)
    if draws.once_in(3):
        made.signed += [each.lower() for each in _HEADER_NAMES]
    if draws.once_in(5):
        made.more.append(("X-TC-Content-SHA256", UNSIGNED_PAYLOAD))
        made.payload = UNSIGNED_PAYLOAD.encode()
    return Input((written(sign(made)),), answers=1)


_ODD = (
    "1e400", "-1e400", "1e-999999999", "-0", "0123", ".5", "1.", "+1", "0x1", "1_000", "9" * 4000, "9" * 4301,
    "9" * 20_000, "0." + "1" * 20_000, "NaN", "Infinity", "-Infinity", "1e" + "9" * 5000, "nul", "True", "'a'",
    "1 2", "[1,]", "{,}", '"\\x"', '"\\u12"', '"\\ud800"', '"\\udc00\\ud800"', '"a\nb"', '"\t"', '"', '"\\', "",
    "//c\n1", "/*c*/1", '"' + '\\"' * 20_000,
)  # fmt: skip
_BODIES = (
    b"", b" ", b"null", b"true", b"[]", b"{}", b'""', b"[{}]", b"{}{}", b'{"": ""}', b"{null: 1}", b"{1: 1}",
    b'{"Tag": "\xed\xa0\x80"}', b'{"Tag": "\xc0\x80"}', b'{"Tag": "\xf4\x90\x80\x80"}', b'{"Tag": "\xe4\xb8"}',
    *('{"GroupId": "fuzz-1"}'.encode(each) for each in ("utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-7")),
)  # fmt: skip
_AROUND = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"\x1f\x8b",
    b" " * 50_000,
    b"\n" * 50_000,
    b")]}'\n",
    b"{}",
    b",",
    b"\xff",
)


def _odd_json(draws: Draws) -> bytes:
    """What stands where a plain JSON object should."""
    name = draws.one(("GroupName", "GroupId", "Tag", "GroupExDescriptions", "Limit", "\\u0000")).encode()
    odd, around, count = draws.one(_ODD).encode(), draws.one(_AROUND), draws.one(COUNTS)
    deep = draws.size(60_000)
    match draws.below(11):
        case 0:
            return draws.one((b"[", b'{"a":', b'[{"a":')) * deep
        case 1:
            return b'{"%b": %b1%b}' % (name, *draws.one(((b"[" * deep, b"]" * deep), (b'{"a":' * deep, b"}" * deep))))
        case 2:
            return b'{"%b": %b}' % (name, odd)
        case 3:
            return odd
        case 4:
            return b"{" + b", ".join([b'"%b": "fuzz-1"' % name] * count) + b"}"
        case 5:
            return b"{" + b", ".join(b'"k%d": 1' % each for each in range(count)) + b"}"
        case 6:
            return b'{"GroupExDescriptions": [' + b", ".join([b'"a"'] * count) + b"]}"
        case 7:
            return b'{"%b": "' % name + draws.octets(draws.size(200)) + b'"}'
        case 8:
            return around + b'{"GroupId": "fuzz-1"}'
        case 9:
            return b'{"GroupId": "fuzz-1"}' + around
        case _:
            return draws.one(_BODIES)


def _json(draws: Draws) -> Input:
    """A properly signed body that isn't the JSON it should be."""
    made = draws.draft(JSON)
    made.body = draws.mutated(made.body, 3) if draws.once_in(4) else _odd_json(draws)
    return Input((written(sign(made)),), answers=1)


_INDICES = (
    "0", "1", "2", "3", "4", "5", "00", "01", "-1", "+1", "", " ", "x", "0.0", "999999", "1000000", "4294967296",
    "9" * 30, "9" * 5000, "٣", "²", "0x1", "1e3",
)  # fmt: skip
_ESCAPES = (
    "", "%", "%zz", "%u4e2d", "%00", "%ff", "%ed%a0%80", "%E4%B8", "%C0%80", "+", ";", "&", "=", "%26", "%3D", "%2B",
    "%25", "a", "\xe9", "#",
)  # fmt: skip


def _loosely(text: str, safe: str = "%;+!*'() /?:@#") -> str:
    """Quoted, but for what should be quoted too."""
    return quote(text.encode("utf-8", "surrogatepass"), safe=safe)


def _fields(draws: Draws) -> Input:
    """A query or form whose indices are huge, negative, gapped or doubled, or whose quoting is wrong."""
    made = draws.draft(draws.one(TEXTUAL))
    fields = made.fields
    for _ in range(draws.size(12)):
        name = draws.one(("GroupExDescriptions", "GroupExDescriptions", "GroupId", "GroupName", "Tag", "X", ""))
        if draws.below(4):
            name += "." + draws.one(_INDICES)
        value = draws.text()[:500] if draws.once_in(3) else draws.one(_ESCAPES)
        fields.insert(draws.below(len(fields) + 1), (name, value))
    if draws.once_in(30):
        fields += [(f"a{each}", "") for each in range(draws.one(COUNTS))]
    if draws.once_in(3):
        made.quote = _loosely
    if made.scheme is Scheme.TC3 and draws.once_in(2):
        text = "&".join(f"{name}{draws.one(('=', '', '=='))}{value}" for name, value in fields)
        made.text = _loosely(text, "%;+!*'()/?:@=&,$[]~|{}^`\"<>\\")
    return Input((written(sign(made)),), answers=1)


def _values(draws: Draws) -> Input:
    """A properly signed request with hostile values."""
    request, way = draws.request(), draws.one(WAYS)
    parameters = list(request.parameters)
    for _ in range(draws.size(4)):
        name = draws.one(OWN[request.action])
        value = draws.text()[:3000] if way in TEXTUAL or draws.once_in(2) else draws.one(VALUES)
        if draws.below(5):
            parameters = [each for each in parameters if each[0] != name]
        parameters.insert(draws.below(len(parameters) + 1), (name, value))
    if way in TEXTUAL:
        parameters = [(name, value) for name, value in parameters if isinstance(value, str)]
    return Input((written(sign(draws.draft(way, Request(tuple(parameters), request.action)))),), answers=1)


_FILLINGS = (
    b"x", b"\xe4\xb8\xad", b"\xef\xbc\x8c", b"\xf0\xa0\x80\x80", b"[", b'"', b"\\", b'\\"', b"1", b"1,", b"[],",
    b'"a",', b"a=b&", b"&", b"%", b"%41", b"\xff", b"\0", b" ", b"GroupExDescriptions.1=a&", b'{"a":1},',
)  # fmt: skip
_SIZES = (200_000, 200_000, 1024 * 1024 - 100, 1024 * 1024, 10 * 1024 * 1024 - 100, 12 * 1024 * 1024 + 100)


def _large(draws: Draws) -> Input:
    """A body near one of the limits of size: 1 MB of a form, 10 MB that the platform takes, 12 MB that are read."""
    made, filling, size = draws.draft(JSON), draws.one(_FILLINGS), draws.one(_SIZES)
    before, behind = draws.one(((b"", b""), (b'{"GroupName": "', b'"}'), (b'{"GroupExDescriptions": [', b'"a"]}')))
    if size > 2_000_000 and filling.endswith(b","):
        filling = b"x"  # to look at millions of items takes its time, and may
    made.body = before + filling * (size // len(filling)) + behind
    data = written(sign(made))
    if size < 2_000_000 and draws.once_in(2):
        data = re.sub(rb"Authorization: [^\r]*\r\n", b"", data, count=1)
        data = data.replace(b"application/json", b"application/x-www-form-urlencoded", 1)
    return Input((data,), answers=1)


CONTENTS: tuple[tuple[int, Callable[[Draws], Input]], ...] = (
    (70, _headers), (35, _common), (95, _json), (80, _fields), (95, _values), (3, _large),
)  # fmt: skip
