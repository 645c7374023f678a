"""Inputs that are wrong as messages: cut off, slow, of other lengths, methods, versions, too many headers."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from benchmarks.fuzzing.drawing import JSON, Draws, Input, with_headers, without_length

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
    data = draws.valid(JSON)
    length = len(data.partition(b"\r\n\r\n")[2])
    near = [b"%d" % (length + more) for more in (-1, 0, 1, 10)]
    said = [b"Content-Length: " + draws.one((*_LENGTHS, *near)) for _ in range(2 if draws.once_in(3) else 1)]
    if draws.once_in(8):
        said.append(b"Transfer-Encoding: chunked")
    return Input((with_headers(without_length(data), *said),))


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
    head, _, body = without_length(draws.valid(JSON)).partition(b"\r\n\r\n")
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
    data = with_headers(draws.valid(JSON), b"Expect: " + draws.one(_EXPECTED))
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
    return Input(
        (with_headers(draws.valid(), *said, b"Sec-WebSocket-Key: eA==", b"Sec-WebSocket-Version: 13"),), answers=1
    )


def _long_headers(draws: Draws) -> Input:
    """One header, or the first line, too long by far."""
    long = draws.one((b"x", b"a,", b"%", b"\xe9", b" ", b"\t", b":", b"a;b=")) * draws.size(300_000)
    data = draws.valid()
    ways = (
        with_headers(data, b"A: " + long),
        with_headers(data, long + b": a"),
        data.replace(b"/", b"/" + long, 1),
        _GET + b"A: " + long,
    )
    return Input((draws.one(ways),))


_NAMES = (b"A", b"X-TC-Action", b"Host", b"Content-Type", b"Authorization", b"X-TC-Timestamp", b"Connection", b"Expect")


def _many_headers(draws: Draws) -> Input:
    """Headers without end; of which as many are said to be signed."""
    data, count = draws.valid(JSON), draws.one((10, 1000, 7000, 20_000))
    names = [b"%x" % each for each in range(count)]
    same = draws.one(_NAMES) + b": " + draws.one((b"a", b"", b"1"))
    more = draws.one(([same] * count, [each + b":" for each in names], [b"a:"] * count))
    if draws.once_in(2):
        data = data.replace(b"content-type;host", b"content-type;host;" + b";".join(names), 1)
        data = data.replace(b"tencentcloudapi.com", b"tencentcloudapi.com:80", 1)  # signed with the port, or without?
    return Input((with_headers(data, *more),))


FRAMINGS: tuple[tuple[int, Callable[[Draws], Input]], ...] = (
    (30, _half), (20, _left), (4, _slow), (60, _noise), (160, _mutated), (50, _lengths), (60, _chunked), (6, _late),
    (40, _methods), (40, _targets), (40, _versions), (40, _pipelined), (30, _expecting), (15, _upgrades),
    (15, _long_headers), (12, _many_headers),
)  # fmt: skip
