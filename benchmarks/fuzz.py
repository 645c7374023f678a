"""Hostile inputs on raw sockets, against the emulator in a process of its own: does it stay up, quiet and itself?

python -m benchmarks.fuzz [--inputs 50000] [--seed 0] [--first 0] [--connections 8] [--reading ID=VALUE]

Input N of a seed is always the same bytes, but for the time and what is signed with it. Each gets an answer, or the end
of its connection, in time; no answer is cut short, has an HTTP status of 500 or more, or is an InternalError. After
every block of inputs the process lives and has written nothing to its standard error, the groups that were there before
are listed as they were, and a valid CreateGroup is answered. Its memory stays what it is after a fifth of the inputs.
Exits with 1 where anything goes wrong; each failure says how to have it again.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.draft import Draft, draft, sign
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.signing import TC3_ENDING, UNSIGNED_PAYLOAD, Scheme
from conformance.exchange.wire import Form, Sender, encode, envelope
from conformance.targets.raw import written

SERVE = (sys.executable, "-m", "conformance", "serve", "--port", "0")
KEPT = 20
# KiB by which memory may grow after the first fifth of the inputs. Of 50 000 it grows by 4 to 9 MiB: requests of many
# thousand parts leave half-empty pages. Without those kinds it grows by a third of a MiB.
GROWTH = 16 * 1024
_BLOCK = 1000
_MOST_FAILURES = 50
_CLIPPED = 300
_PAUSE = 0.05  # seconds between two pieces of an input
_QUIET = 0.03  # seconds for which an answer is waited for that need not come
_LONGEST_HEAD = 60_000

# glibc's allocator gives everything back at once: what it would else keep for later looks like a leak.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Input:
    """What is written to one connection.

    Attributes:
        pieces: the bytes, with a short pause between two pieces.
        answers: how many whole answers must come while the connection is open. None where it is for the server to
            say: then the client ends its half of the connection, and the server must end the other.
        leaves: whether the client hangs up at once and waits for nothing.
        kind: what sort of input it is.
    """

    pieces: tuple[bytes, ...]
    answers: int | None = None
    leaves: bool = False
    kind: str = ""


# --- Drawing -------------------------------------------------------------------------------------------------

# The host is signed, so it is the same whatever port the server has.
_SENDER = Sender("http://iai.tencentcloudapi.com", "ap-guangzhou", EXAMPLE_CREDENTIALS)
_JSON = (Scheme.TC3, Form.JSON)
_TEXTUAL = (
    (Scheme.TC3, Form.QUERY),
    (Scheme.SHA1, Form.FORM),
    (Scheme.SHA256, Form.FORM),
    (Scheme.SHA256, Form.QUERY),
)
_WAYS = (_JSON, _JSON, (Scheme.TC3, Form.JSON_RAW), *_TEXTUAL)
_TEXTS = (
    "", "a", "中", "，", "㐀", "𠀀", "𪜀", "\xe9", "e\u0301", "ß", "İ", "😀", "\0", "\n", "\r\n", "\t", " ", "\u3000",
    "\u202e", "\ufeff", "\ufffe", "\ud800", "\udfff", "\udc80", "%", "%00", "%zz", "&", "=", "+", ";", "#", "@", "_",
    "-", "/", "\\", '"', "'", "<", "{", "[", "]", "fuzz-1", "٣", "²", "null", "NaN", "../", "$(x)", "\x7f",
    "\x85", "ﷺ", "0",
)  # fmt: skip
_TIMES = (1, 1, 1, 2, 30, 31, 40, 41, 60, 61, 64, 65, 1000, 20_000)
_COUNTS = (3, 300, 80_000)
_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 10**18, 10**400, -(2**63), 2**64, [], {}, [[]], [{}], [None], [1], ["a", "a"],
    [""], {"a": "b"}, ["a"] * 6, ["中"] * 1000, [["a"] * 3], {"GroupName": {"GroupName": []}}, "2.0", "3.0", "4.0",
    [{"GroupExDescriptionIndex": 0, "GroupExDescription": "x"}],
    [{"GroupExDescriptionIndex": True, "GroupExDescription": "y"}],
    [{"GroupExDescriptionIndex": -1, "GroupExDescription": "x"}],
    [{"GroupExDescriptionIndex": 10**30, "GroupExDescription": None}], [1, None, {"GroupExDescriptionIndex": "0"}],
)  # fmt: skip
_OWN = {
    "CreateGroup": ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion", "Strange", ""),
    "ModifyGroup": ("GroupName", "GroupId", "GroupExDescriptionInfos", "Tag"),
    "DeleteGroup": ("GroupId",),
    "GetGroupInfo": ("GroupId",),
    "GetGroupList": ("Offset", "Limit"),
}


class Draws:
    """The random choices of one input. How many are made never depends on the time, nor on what is signed."""

    def __init__(self, seed: int, number: int, now: int) -> None:
        self._random = random.Random(f"{seed}:{number}")
        self.now = now

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, but not including, the bound."""
        return int(self._random.random() * bound)

    def once_in(self, times: int) -> bool:
        """True so often."""
        return self.below(times) == 0

    def one(self, items: Sequence[_T]) -> _T:
        """One of the items."""
        return items[self.below(len(items))]

    def size(self, most: int) -> int:
        """A number from 1 to the most, each order of magnitude as likely as another."""
        return int(most ** self._random.random())

    def octets(self, count: int) -> bytes:
        """Bytes of every value."""
        return self._random.randbytes(count)

    def text(self) -> str:
        """A text of characters that somebody may have forgotten."""
        return "".join(self.one(_TEXTS) * self.one(_TIMES) for _ in range(self.size(4)))

    def request(self) -> Request:
        """A valid request; there are few groups that it can be about."""
        group_id = f"fuzz-{self.below(8)}"
        action = self.one(("CreateGroup", *_OWN))
        parameters: dict[str, object] = {}
        if action != "GetGroupList":
            parameters["GroupId"] = group_id
        if action in {"CreateGroup", "ModifyGroup"}:
            parameters |= {"GroupName": f"中{group_id}", "Tag": self.one(("", "t", "标"))}
        if action == "CreateGroup":
            parameters |= {"GroupExDescriptions": ["甲", "b"], "FaceModelVersion": "3.0"}
        return Request.of(parameters, action)

    def draft(self, way: tuple[Scheme, Form] | None = None, request: Request | None = None) -> Draft:
        """A request on its way to being signed."""
        scheme, form = way or self.one(_WAYS)
        return draft(request or self.request(), replace(_SENDER, scheme=scheme), form, self.now)

    def valid(self, way: tuple[Scheme, Form] | None = None) -> bytes:
        """A valid request as bytes."""
        return written(sign(self.draft(way)))

    def mutated(self, data: bytes, most: int = 6) -> bytes:
        """Bytes with a few of them flipped, deleted, doubled, put in or moved."""
        changed = bytearray(data)
        for _ in range(self.size(most)):
            start, length = self.below(len(changed) + 1), self.size(20)
            part, others = bytes(changed[start : start + length]), self.octets(length)
            match self.below(5):
                case 0:
                    changed[start : start + 1] = bytes(each ^ 1 << length % 8 for each in part[:1])
                case 1:
                    del changed[start : start + length]
                case 2:
                    changed[start:start] = part
                case 3:
                    changed[start:start] = others
                case _:
                    del changed[start : start + length]
                    changed[length:length] = part
        return bytes(changed)


def _with(data: bytes, *lines: bytes) -> bytes:
    """A request with more headers."""
    return data.replace(b"\r\n\r\n", b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n", 1)


def _without_length(data: bytes) -> bytes:
    return re.sub(rb"\r\nContent-Length: \d+", b"", data, count=1)


# --- Kinds of inputs -----------------------------------------------------------------------------------------

_GET = b"GET / HTTP/1.1\r\nHost: a\r\n"


def _half(draws: Draws) -> Input:
    """The beginning of a request."""
    data = draws.valid()
    return Input((data[: draws.below(len(data))],), leaves=draws.once_in(2))


def _left(draws: Draws) -> Input:
    """Requests whose answers nobody waits for."""
    return Input((draws.valid() * draws.size(5),), leaves=True)


def _slow(draws: Draws) -> Input:
    """A valid request in a few pieces that take their time."""
    data = draws.valid()
    cuts = sorted({0, len(data), *(draws.below(len(data)) for _ in range(2 + draws.below(8)))})
    return Input(tuple(data[start:end] for start, end in itertools.pairwise(cuts)), answers=1)


_BEGINNINGS = (b"", b"", b"GET ", b"POST / HTTP/1.1\r\n", _GET, b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b" ", b"\0")


def _noise(draws: Draws) -> Input:
    """Bytes without sense."""
    data = draws.octets(draws.size(5000))
    if draws.once_in(3):
        data = bytes(each % 95 + 32 for each in data)
    return Input((draws.one(_BEGINNINGS) + data,))


def _mutated(draws: Draws) -> Input:
    """A valid request with a few bytes changed: in its first line, its headers, its body, or anywhere."""
    data = draws.valid()
    line, _, rest = data.partition(b"\r\n")
    head, _, body = rest.partition(b"\r\n\r\n")
    parts = [line, head, body]
    place = draws.below(4)
    if place == 3:
        return Input((draws.mutated(data),))
    parts[place] = draws.mutated(parts[place])
    return Input((b"%b\r\n%b\r\n\r\n%b" % tuple(parts),))


_LENGTHS = (
    b"0", b"1", b"9", b"200", b"1000000", b"13000000", b"9" * 19, b"9" * 25, b"9" * 5000, b"-1", b"+5", b"0x10", b"ten",
    b"", b"5, 5", b"5, 6", b"5 5", b"1_0", b"1e3", b"5.0", b"\xd9\xa3", b"00000000005", b"5,", b";5", b"2147483648",
    b"18446744073709551617",
)  # fmt: skip


def _lengths(draws: Draws) -> Input:
    """A Content-Length that isn't the body's, or several."""
    data = draws.valid(_JSON)
    length = len(data.partition(b"\r\n\r\n")[2])
    near = [b"%d" % (length + more) for more in (-1, 0, 1, 10)]
    said = [b"Content-Length: " + draws.one((*_LENGTHS, *near)) for _ in range(2 if draws.once_in(3) else 1)]
    if draws.once_in(8):
        said.append(b"Transfer-Encoding: chunked")
    return Input((_with(_without_length(data), *said),))


_CODINGS = (
    b"chunked", b"Chunked", b" chunked ", b"gzip, chunked", b"chunked, chunked", b"identity", b"gzip", b"",
    b"chunked\r\nTransfer-Encoding: x", b"chunked\r\nContent-Length: 5", b"chunked\r\nContent-Length: 13000000",
    b"xchunked", b"chunked;q=1", b"\x0bchunked",
)  # fmt: skip
_CHUNKS = (
    b"zz\r\n", b"-1\r\na\r\n", b"5\r\nabc\r\n", b"3\r\nabcdef\r\n", b"fffffffffffffffff\r\n", b"3\nabc\n", b"\r\n",
    b"0\r\n", b"0\r\nA: b\r\n", b"3;" + b"x" * 70_000, b"+3\r\nabc\r\n", b"0x3\r\nabc\r\n", b"3 \r\nabc\r\n",
    b"3;a=\0\r\nabc\r\n", b"f" * 30_000, b"0\r\n\r\n",
)  # fmt: skip


def _in_chunks(draws: Draws, body: bytes) -> bytes:
    """A body in chunks, some with extensions, and trailers behind."""
    parts = []
    while body:
        size = draws.size(min(len(body), 60))
        parts.append(b"%x%b\r\n%b\r\n" % (size, draws.one((b"", b"", b";a=b", b';a="b c"', b";")), body[:size]))
        body = body[size:]
    return b"".join(parts) + b"0\r\n" + draws.one((b"", b"A: b\r\n", b"A: b\r\nContent-Length: 3\r\n")) + b"\r\n"


def _chunked(draws: Draws) -> Input:
    """A body in chunks: good; with bad ones; or under a header that says something else."""
    head, _, body = _without_length(draws.valid(_JSON)).partition(b"\r\n\r\n")
    good = head + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = _in_chunks(draws, body)
    match draws.below(4):
        case 0:
            return Input((good + body,), answers=1)
        case 1:
            cut = draws.below(len(body))
            return Input((good + body[:cut] + draws.one(_CHUNKS) + body[cut:],))
        case 2:
            return Input((head + b"\r\nTransfer-Encoding: " + draws.one(_CODINGS) + b"\r\n\r\n" + body,))
        case _:
            return Input((good + draws.one(_CHUNKS) * draws.size(4),))


def _late(draws: Draws) -> Input:
    """A request that can be refused before its end, and then goes wrong."""
    coding = draws.one(
        (b"", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n")
    )
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n" + coding + b"\r\n"
    ends = (*_CHUNKS, draws.octets(50), draws.valid(), b"")
    return Input((head, draws.one(ends), draws.one(ends)))


_METHODS = (
    b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"HEAD", b"PATCH", b"PRI", b"get", b"Post", b"G", b"M-SEARCH",
    b"!#$%&'*+.^_`|~", b"X" * 5000,
)  # fmt: skip
_NO_METHODS = (
    b"", b" ", b"GET\t", b"POST POST", b"P\0ST", b"\xff", b"GET /", b"(GET)", b"G@T", b"POST,", b"\r\nGET", b"\n\nPOST",
)  # fmt: skip


def _methods(draws: Draws) -> Input:
    """Another method; or what is none."""
    method = draws.one(_NO_METHODS if draws.once_in(3) else _METHODS)
    return Input((method + b" " + draws.valid().partition(b" ")[2],), answers=1 if method in _METHODS else None)


_TARGETS = (
    b"http://a/", b"http://a", b"https://[::1", b"//", b"*", b"", b"x", b"x:1", b"/%", b"/%zz", b"/%00", b"/\0",
    b"/a b", b"/" + b"a" * 9000, b"/?" + b"&" * 5000, b"/?" + b"a=b&" * 5000, b"/\xe9", b"/%ff%fe", b"/#x", b"?x",
    b"/?x?y#z", b"/../..", b"/?Action=CreateGroup", b"/;x", b"/\\", b"/?%", b"/?a=%u1234", b"/?=&==&a",
    b"/" + b"%41" * 20_000, b"/?" + b"%" * 30_000, b"/?" + b"GroupExDescriptions.1=a&" * 2000, b"/\t", b"/\x7f",
)  # fmt: skip


def _targets(draws: Draws) -> Input:
    """Another request target."""
    method, _, rest = draws.valid().partition(b" ")
    return Input((b" ".join((method, draws.one(_TARGETS), rest.partition(b" ")[2])),))


_VERSIONS = (
    b"", b"HTTP/0.9", b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/3", b"HTTP/9.9", b"HTTP/1", b"http/1.1",
    b"HTTP/1.1 x", b"HTTP/11", b"HTTP/1.1\0", b"HTTPS/1.1", b"HTTP/-1.1", b"HTTP/1.10", b"HTTP /1.1",
    b"HTTP/1.\xd9\xa3", b"RTSP/1.0",
)  # fmt: skip
_PREFACES = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0", b"GET /\r\n", b"GET / \r\n\r\n", b"GET\r\n\r\n",
    b"\r\n\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    b"SSH-2.0-x\r\n", b"*1\r\n$4\r\nPING\r\n", b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n" + _GET + b"\r\n",
)  # fmt: skip


def _versions(draws: Draws) -> Input:
    """Another version of HTTP, or another protocol."""
    if draws.once_in(3):
        return Input((draws.one(_PREFACES),))
    data = draws.valid().replace(b"HTTP/1.1", draws.one(_VERSIONS), 1)
    return Input((data.replace(b"\r\nHost: ", b"\r\nNo-Host: ", 1) if draws.once_in(3) else data,))


_BETWEEN = (b"\r\n", b"\0", b"0\r\n\r\n", b"GET /\r\n\r\n", _GET)


def _pipelined(draws: Draws) -> Input:
    """Several requests in a row; or with something else between or behind them."""
    data = [draws.valid() for _ in range(1 + draws.size(30))]
    if draws.below(3):
        return Input((b"".join(data),), answers=len(data))
    data.insert(draws.below(len(data) + 1), draws.one((*_BETWEEN, draws.octets(20))))
    return Input((b"".join(data),))


_EXPECTED = (
    b"100-continue", b"100-Continue", b"100-continue, x", b"200-ok", b"", b"100", b"\xff",
    b"100-continue\r\nExpect: 100-continue",
)  # fmt: skip


def _expecting(draws: Draws) -> Input:
    """Expect: the body comes at once, or later, or never."""
    data = _with(draws.valid(_JSON), b"Expect: " + draws.one(_EXPECTED))
    if draws.once_in(4):
        data = data.replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    end = data.index(b"\r\n\r\n") + 4
    match draws.below(3):
        case 0:
            return Input((data,), answers=1)
        case 1:
            return Input((data[:end], data[end:]), answers=1)
        case _:
            return Input((data[: end + draws.below(3)],), leaves=draws.once_in(2))


_UPGRADES = (b"websocket", b"h2c", b"h2c, websocket", b"", b"WebSocket", b"TLS/1.0", b"\xff")
_CONNECTIONS = (
    b"Upgrade", b"upgrade, HTTP2-Settings", b"keep-alive, Upgrade", b"close, Upgrade", b"close", b"keep-alive", b",,,",
    b"\xff",
)  # fmt: skip


def _upgrades(draws: Draws) -> Input:
    """Connection and Upgrade."""
    said = (b"Connection: " + draws.one(_CONNECTIONS), b"Upgrade: " + draws.one(_UPGRADES))
    return Input((_with(draws.valid(), *said, b"Sec-WebSocket-Key: eA==", b"Sec-WebSocket-Version: 13"),), answers=1)


def _long_headers(draws: Draws) -> Input:
    """One header, or the first line, too long by far."""
    long = draws.one((b"x", b"a,", b"%", b"\xe9", b" ", b"\t", b":", b"a;b=")) * draws.size(300_000)
    data = draws.valid()
    ways = (
        _with(data, b"A: " + long),
        _with(data, long + b": a"),
        data.replace(b"/", b"/" + long, 1),
        _GET + b"A: " + long,
    )
    return Input((draws.one(ways),))


_NAMES = (b"A", b"X-TC-Action", b"Host", b"Content-Type", b"Authorization", b"X-TC-Timestamp", b"Connection", b"Expect")


def _many_headers(draws: Draws) -> Input:
    """Headers without end; of which as many are said to be signed."""
    data, count = draws.valid(_JSON), draws.one((10, 1000, 7000, 20_000))
    names = [b"%x" % each for each in range(count)]
    same = draws.one(_NAMES) + b": " + draws.one((b"a", b"", b"1"))
    more = draws.one(([same] * count, [each + b":" for each in names], [b"a:"] * count))
    if draws.once_in(2):
        data = data.replace(b"content-type;host", b"content-type;host;" + b";".join(names), 1)
        data = data.replace(b"tencentcloudapi.com", b"tencentcloudapi.com:80", 1)  # signed with the port, or without?
    return Input((_with(data, *more),))


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
    odd, around, count = draws.one(_ODD).encode(), draws.one(_AROUND), draws.one(_COUNTS)
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
    made = draws.draft(_JSON)
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
    made = draws.draft(draws.one(_TEXTUAL))
    fields = made.fields
    for _ in range(draws.size(12)):
        name = draws.one(("GroupExDescriptions", "GroupExDescriptions", "GroupId", "GroupName", "Tag", "X", ""))
        if draws.below(4):
            name += "." + draws.one(_INDICES)
        value = draws.text()[:500] if draws.once_in(3) else draws.one(_ESCAPES)
        fields.insert(draws.below(len(fields) + 1), (name, value))
    if draws.once_in(30):
        fields += [(f"a{each}", "") for each in range(draws.one(_COUNTS))]
    if draws.once_in(3):
        made.quote = _loosely
    if made.scheme is Scheme.TC3 and draws.once_in(2):
        text = "&".join(f"{name}{draws.one(('=', '', '=='))}{value}" for name, value in fields)
        made.text = _loosely(text, "%;+!*'()/?:@=&,$[]~|{}^`\"<>\\")
    return Input((written(sign(made)),), answers=1)


def _values(draws: Draws) -> Input:
    """A properly signed request with hostile values."""
    request, way = draws.request(), draws.one(_WAYS)
    parameters = list(request.parameters)
    for _ in range(draws.size(4)):
        name = draws.one(_OWN[request.action])
        value = draws.text()[:3000] if way in _TEXTUAL or draws.once_in(2) else draws.one(_VALUES)
        if draws.below(5):
            parameters = [each for each in parameters if each[0] != name]
        parameters.insert(draws.below(len(parameters) + 1), (name, value))
    if way in _TEXTUAL:
        parameters = [(name, value) for name, value in parameters if isinstance(value, str)]
    return Input((written(sign(draws.draft(way, Request(tuple(parameters), request.action)))),), answers=1)


_FILLINGS = (
    b"x", b"\xe4\xb8\xad", b"\xef\xbc\x8c", b"\xf0\xa0\x80\x80", b"[", b'"', b"\\", b'\\"', b"1", b"1,", b"[],",
    b'"a",', b"a=b&", b"&", b"%", b"%41", b"\xff", b"\0", b" ", b"GroupExDescriptions.1=a&", b'{"a":1},',
)  # fmt: skip
_SIZES = (200_000, 200_000, 1024 * 1024 - 100, 1024 * 1024, 10 * 1024 * 1024 - 100, 12 * 1024 * 1024 + 100)


def _large(draws: Draws) -> Input:
    """A body near one of the limits of size: 1 MB of a form, 10 MB that the platform takes, 12 MB that are read."""
    made, filling, size = draws.draft(_JSON), draws.one(_FILLINGS), draws.one(_SIZES)
    before, behind = draws.one(((b"", b""), (b'{"GroupName": "', b'"}'), (b'{"GroupExDescriptions": [', b'"a"]}')))
    if size > 2_000_000 and filling.endswith(b","):
        filling = b"x"  # to look at millions of items takes its time, and may
    made.body = before + filling * (size // len(filling)) + behind
    data = written(sign(made))
    if size < 2_000_000 and draws.once_in(2):
        data = re.sub(rb"Authorization: [^\r]*\r\n", b"", data, count=1)
        data = data.replace(b"application/json", b"application/x-www-form-urlencoded", 1)
    return Input((data,), answers=1)


# How many of a thousand inputs are of each kind. What is slow or large is rare.
KINDS: tuple[tuple[int, Callable[[Draws], Input]], ...] = (
    (30, _half), (20, _left), (4, _slow), (60, _noise), (160, _mutated), (50, _lengths), (60, _chunked), (6, _late),
    (40, _methods), (40, _targets), (40, _versions), (40, _pipelined), (30, _expecting), (15, _upgrades),
    (15, _long_headers), (12, _many_headers), (70, _headers), (35, _common), (95, _json), (80, _fields), (95, _values),
    (3, _large),
)  # fmt: skip


def made(seed: int, number: int, now: int) -> Input:
    """An input of a campaign by its number.

    Args:
        seed: of the campaign.
        number: from 0.
        now: seconds since 1970, for what is signed.
    """
    draws = Draws(seed, number, now)
    ends = list(itertools.accumulate(weight for weight, _ in KINDS))
    place = draws.below(ends[-1])
    kind = next(kind for end, (_, kind) in zip(ends, KINDS, strict=True) if place < end)
    given = replace(kind(draws), kind=kind.__name__.strip("_").replace("_", " "))
    # A head this long may be refused before it is read to its end, and the refusal be lost with the connection.
    return replace(given, answers=None) if given.pieces[0].find(b"\r\n\r\n") > _LONGEST_HEAD else given


# --- Answers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came; without a status where it is none, and not whole where it is cut short."""

    status: int
    body: bytes
    whole: bool = True


def answers(data: bytes, sent: bytes) -> list[Answer]:
    """The answers in what came back, but for the interim ones."""
    found: list[Answer] = []
    while data:
        head, blank, rest = data.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        if not blank or status is None:
            return [*found, Answer(0, data, whole=False)]
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if status[1].startswith(b"1"):
            data = rest
            continue
        if length is not None:
            size = int(length[1])
            # To HEAD no body comes. What was asked isn't always plain; but then nothing comes, or the next answer.
            bodiless = b"HEAD" in sent and (not rest or rest.startswith(b"HTTP/1.1 "))
            size = 0 if bodiless else size
        elif b"chunked" in head.lower():
            end = rest.find(b"0\r\n\r\n")
            size = end + 5 if end >= 0 else len(rest) + 1
        else:
            size = len(rest)
        found.append(Answer(int(status[1]), rest[:size], whole=len(rest) >= size))
        data = rest[size:]
    return found


def complaint(given: Input, found: Sequence[Answer]) -> str | None:
    """What is wrong with the answers to an input; None where nothing is."""
    bodied = not any(b"HEAD" in each for each in given.pieces)
    for each in found:
        if not each.whole:
            return f"an answer that is cut short, or none: status {each.status}, {each.body[:_CLIPPED]!r}"
        if each.status >= 500:
            return f"HTTP status {each.status}"
        if each.status == 200 and (each.body or bodied):
            said = envelope(HttpResponse(each.status, (), each.body))
            if said.problem is not None or said.request_id is None:
                return f"no answer of the API: {said.problem or 'no RequestId'}: {each.body[:_CLIPPED]!r}"
            if said.code == "InternalError":
                return "InternalError"
    if given.answers is not None and len(found) < given.answers:
        return f"closed after {len(found)} of {given.answers} answers"
    return None


class _SlowError(Exception):
    """The server took longer than it may; the message says for what."""


def exchange(address: tuple[str, int], given: Input, seconds: float) -> bytes:
    """What comes back for an input.

    Raises:
        _SlowError: neither an answer nor the end of the connection came in time.
        OSError: no connection.
    """
    sent = b"".join(given.pieces)
    with socket.create_connection(address, seconds) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = bytearray()
        try:
            for place, piece in enumerate(given.pieces):
                if place:
                    time.sleep(_PAUSE)
                connection.sendall(piece)
            if given.leaves:
                return b""
            end = time.monotonic() + seconds
            if given.answers is not None:
                wanted = given.answers
                _receive(connection, received, end, lambda: len(_whole(received, sent)) >= wanted)
                return bytes(received)
            with contextlib.suppress(_SlowError):
                _receive(connection, received, time.monotonic() + _QUIET, lambda: bool(_whole(received, sent)))
            connection.shutdown(socket.SHUT_WR)
            _receive(connection, received, end, lambda: False)
        except TimeoutError as error:
            raise _SlowError("the server doesn't read on") from error
        except OSError:
            pass  # closed before all was sent or read: whoever sends nonsense must live with that
        return bytes(received)


def _whole(received: bytearray, sent: bytes) -> list[Answer]:
    return [each for each in answers(bytes(received), sent) if each.whole]


def _receive(connection: socket.socket, received: bytearray, end: float, enough: Callable[[], bool]) -> None:
    """Read until it is enough or the connection ends. Raises _SlowError where neither comes in time."""
    while not enough():
        left = end - time.monotonic()
        connection.settimeout(max(left, 0.001))
        try:
            part = connection.recv(1 << 18)
        except TimeoutError as error:
            raise _SlowError("neither an answer nor the end of the connection came") from error
        if not part:
            return
        received += part


# --- The server ----------------------------------------------------------------------------------------------


@dataclass
class Service:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    errors: Path
    told: int = 0

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    def memory(self) -> int | None:
        """What it has of memory, in KiB; None where the system doesn't say, or where it has ended."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"VmRSS:\s*(\d+) kB", status)
        return int(found[1]) if found else None

    def stop(self) -> bool:
        """Tell it to stop; False where it doesn't."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            return False
        return True

    def said(self) -> str:
        """What it has written to its standard error since the last time."""
        text = self.errors.read_bytes()
        new, self.told = text[self.told :], len(text)
        return new.decode("utf-8", "replace")


@contextlib.contextmanager
def serving(command: Sequence[str]) -> Iterator[Service]:
    """A server that a command starts, and whose URL is in the first line that it prints."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")} | _ALLOCATOR
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "errors"
        with (
            errors.open("wb") as file,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file, text=True, env=bare
            ) as process,
        ):
            try:
                assert process.stdout is not None
                url = re.match(r"http://\S+", process.stdout.readline())
                if url is None:
                    process.wait()
                    raise RuntimeError(f"no server: {errors.read_text(encoding='utf-8')}")
                yield Service(process, url[0], errors)
            finally:
                process.kill()


class Kept:
    """The account's first groups, which no input is about, and one more after each block: they must stay as made."""

    def __init__(self, service: Service, seconds: float) -> None:
        self._sender = Sender(service.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        self._address = service.address
        self._seconds = seconds
        self._count = 0
        self._listed: object = None

    def _ask(self, action: str, parameters: Mapping[str, object]) -> Mapping[str, object]:
        """What a valid request is answered. Raises ValueError where it isn't."""
        http = encode(Request.of(parameters, action), self._sender, Form.JSON, int(time.time()))
        given = Input((written(http),), answers=1)
        try:
            found = answers(exchange(self._address, given, self._seconds), b"")
        except (OSError, _SlowError) as error:
            raise ValueError(f"a valid {action} gets no answer: {error}") from error
        if (wrong := complaint(given, found)) is not None:
            raise ValueError(f"a valid {action}: {wrong}")
        said = envelope(HttpResponse(found[0].status, (), found[0].body))
        if said.error is not None:
            raise ValueError(f"a valid {action} is refused: {said.error}")
        return said.response

    def _add(self) -> None:
        self._count += 1
        name, group_id = f"留{self._count}", f"kept-{self._count}"
        self._ask("CreateGroup", {"GroupName": name, "GroupId": group_id, "GroupExDescriptions": ["甲"], "Tag": "标"})
        if self._ask("GetGroupInfo", {"GroupId": group_id}).get("GroupName") != name:
            raise ValueError(f"{group_id} is there, but isn't as it was made")

    def problem(self) -> str | None:
        """Make the first groups; after that, hold what is there against what was. None where all is well."""
        try:
            for _ in range(1 if self._listed else KEPT):
                self._add()
            for number in range(max(1, self._count - KEPT), self._count):
                self._ask("GetGroupInfo", {"GroupId": f"kept-{number}"})
            listed = self._ask("GetGroupList", {"Limit": KEPT}).get("GroupInfos")
        except ValueError as error:
            return str(error)
        if self._listed not in (None, listed):
            return f"the first groups were {self._listed!s:.{_CLIPPED}}, and are {listed!s:.{_CLIPPED}}"
        self._listed = listed
        return None


# --- The campaign --------------------------------------------------------------------------------------------


def campaign(
    command: Sequence[str],
    inputs: int,
    *,
    seed: int = 0,
    first: int = 0,
    connections: int = 8,
    seconds: float = 5,
    say: Callable[[str], object] = print,
) -> list[str]:
    """Give a server its inputs; returns what went wrong.

    Args:
        command: starts the server, which prints its URL.
        inputs: how many.
        seed: of what is drawn.
        first: number of the first input.
        connections: how many inputs are given at once.
        seconds: how long an answer, or the end of a connection, may take.
        say: told how it goes.
    """
    failures: list[str] = []
    kinds: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    again = " ".join(("python -m benchmarks.fuzz --seed", str(seed), *(each for each in command if "=" in each)))

    def one(number: int) -> tuple[str, list[Answer]] | None:
        if len(failures) >= _MOST_FAILURES:
            return None
        given = made(seed, number, int(time.time()))
        sent = b"".join(given.pieces)
        try:
            found = answers(exchange(service.address, given, seconds), sent)
            wrong = complaint(given, found)
        except (OSError, _SlowError) as error:
            found, wrong = [], str(error)
        if wrong is not None:
            clipped = f"{sent[:_CLIPPED]!r}" + (f" … {len(sent)} bytes" if len(sent) > _CLIPPED else "")
            failures.append(
                f"input {number} ({given.kind}): {wrong}\n    {clipped}\n    {again} --first {number} --inputs 1"
            )
        return given.kind, found

    began = time.monotonic()
    block = max(1, min(_BLOCK, inputs // 5))
    warm = memory = None
    with serving(command) as service, ThreadPoolExecutor(connections) as pool:
        kept = Kept(service, seconds)
        if (wrong := kept.problem()) is not None:
            return [f"before the first input: {wrong}"]
        for start in range(first, first + inputs, block):
            numbers = range(start, min(start + block, first + inputs))
            for kind, found in filter(None, pool.map(one, numbers)):
                kinds[kind] += 1
                statuses.update(str(each.status) for each in found)
            where = f"{again} --first {start} --inputs {len(numbers)}"
            if (code := service.process.poll()) is not None:
                failures.append(f"the server ended with {code}\n    {where}")
                break
            if (wrong := kept.problem()) is not None:
                failures.append(f"{wrong}\n    {where}")
            if text := service.said():
                failures.append(f"on its standard error: {text[-_CLIPPED:]}\n    {where}")
            memory = service.memory()
            done = numbers.stop - first
            if warm is None and done >= inputs / 5:
                warm = memory
            say(f"{done:7} inputs, {time.monotonic() - began:4.0f} s, {_mib(memory)}, {len(failures)} failures")
            if len(failures) >= _MOST_FAILURES:
                break
        if not service.stop():
            failures.append("the server doesn't stop when it is told to")
        if warm and memory and memory - warm > GROWTH:
            failures.append(f"memory grew from {_mib(warm)} to {_mib(memory)}, more than {_mib(GROWTH)}\n    {again}")
    say(f"{kinds.total()} inputs in {time.monotonic() - began:.0f} s")
    say(f"memory: {_mib(warm)} after a fifth of them, {_mib(memory)} at last")
    for name, counted in (("kinds", kinds), ("statuses", statuses)):
        say(f"{name}: " + ", ".join(f"{each} {count}" for each, count in sorted(counted.items())))
    return failures


def _mib(kibibytes: int | None) -> str:
    return "unknown" if kibibytes is None else f"{kibibytes / 1024:.1f} MiB"


def main() -> int:
    """Run the campaign; exits with 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--connections", type=int, default=8, help="how many inputs are given at once")
    parser.add_argument("--reading", action="append", default=[], help="choose a reading of the emulator")
    options = parser.parse_args()
    command = [*SERVE, *(f"--reading={each}" for each in options.reading)]
    failures = campaign(
        command, options.inputs, seed=options.seed, first=options.first, connections=options.connections
    )
    for each in failures:
        print(each)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
