"""Looks for secrets in what was written, whatever hides them: percent and JSON escapes, Base64, gzip. Pure."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote_to_bytes

__all__ = ["found_in"]

_DEEPEST = 3
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\U([0-9A-Fa-f]{8})|\\([/\\\"'nrt])")
_BLANK = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
# YAML may fold a long binary over several lines, and mail does.
_BASE64 = rb"(?:[A-Za-z0-9+/_-](?:[ \t]*\r?\n[ \t]*)?+){%d,}+"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_WIDE = re.compile(rb"(.)\0", re.DOTALL)
_HEX = rb"[0-9A-Fa-f]{%d,}+"
_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST_UNPACKED = 64 * 1024 * 1024


def found_in(data: bytes, secrets: Collection[str]) -> str | None:
    """How a secret is hidden in the data ("plain", "percent-encoded, Base64", …); None where there is none.

    Args:
        data: what would be, or was, written.
        secrets: the texts to look for; empty ones are left out. Case doesn't matter.
    """
    wanted = _Wanted.of(secrets)
    return _Search(wanted).through(data, "", _DEEPEST) if wanted.texts else None


@dataclass(frozen=True, slots=True)
class _Search:
    """A search through data and its views, the same one only once."""

    wanted: _Wanted
    seen: dict[bytes, int] = field(default_factory=dict)

    def through(self, data: bytes, how: str, depth: int) -> str | None:
        if self.seen.get(data, -1) >= depth:
            return None
        new = data not in self.seen
        self.seen[data] = depth
        if new and self.wanted.is_in(data.lower()):
            return how or "plain"
        if depth == 0:
            return None
        for name, hidden in _views(data, self.wanted.shortest):
            if (found := self.through(hidden, f"{how}, {name}" if how else name, depth - 1)) is not None:
                return found
        return None


_FEW = 12


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Texts that are looked for at once, however many: a recording has a signature for each request.

    Of every text, the pieces of one length that begin at its first places are kept, as many as a piece is long. Reading
    the data piece by piece then meets one of them, wherever a text begins.
    """

    texts: tuple[bytes, ...]
    shortest: int
    size: int = 0
    pieces: Mapping[bytes, Collection[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, secrets: Collection[str]) -> _Wanted:
        texts = tuple({each.lower() for text in secrets if text for each in _ways_to_write(text)})
        shortest = min(map(len, texts), default=0)
        if len(texts) <= _FEW:
            return cls(texts, shortest)
        size = (shortest + 1) // 2
        pieces: dict[bytes, list[bytes]] = {}
        for text in texts:
            for start in range(size):
                pieces.setdefault(text[start : start + size], []).append(text)
        return cls(texts, shortest, size, pieces)

    def is_in(self, data: bytes) -> bool:
        if not self.pieces:
            return any(each in data for each in self.texts)
        met = {data[start : start + self.size] for start in range(0, len(data), self.size)} & self.pieces.keys()
        return any(text in data for piece in met for text in self.pieces[piece])


_DIGEST = 20  # bytes of the shortest one


def _ways_to_write(text: str) -> Iterator[bytes]:
    """A secret as it is; of a signature, the bytes too that its digits or letters stand for."""
    yield text.encode("utf-8", "surrogatepass")
    for read in (bytes.fromhex, partial(base64.b64decode, validate=True)):
        with contextlib.suppress(ValueError):
            if len(data := read(text)) >= _DIGEST:
                yield data


def _views(data: bytes, shortest: int) -> Iterator[tuple[str, bytes]]:
    """The data with what may hide something taken away, each by its name; none where there is nothing to take.

    Args:
        data: what to look through.
        shortest: how many bytes are hidden at least.
    """
    if b"%" in data:
        yield "percent-encoded", unquote_to_bytes(data)
        if b"+" in data:
            yield "percent-encoded", unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield "escaped", _ESCAPE.sub(_unescaped, data)
        yield "escaped, byte by byte", _ESCAPE.sub(_unescaped_byte, data)
    if b"\0" in data:
        yield "UTF-16", _WIDE.sub(rb"\1", data)
    decoded = b"\n".join(_base64_runs(data, shortest))
    if decoded:
        yield "Base64", decoded
    if runs := b"\n".join(_hexadecimal_runs(data, shortest)):
        yield "hexadecimal", runs
    for match in _COMPRESSED.finditer(data):
        if unpacked := _unpacked(data[match.start() :]):
            yield "compressed", unpacked


def _unescaped(match: re.Match[bytes]) -> bytes:
    digits = match[1] or match[2] or match[3]
    if digits is None:
        return _BLANK.get(match[4], match[4])
    return chr(min(int(digits, 16), 0x10FFFF)).encode("utf-8", "surrogatepass")


def _unescaped_byte(match: re.Match[bytes]) -> bytes:
    """As `_unescaped`; but what can be one byte is one: bytes are written so as well."""
    digits = match[1] or match[2] or match[3]
    return bytes([int(digits, 16)]) if digits is not None and int(digits, 16) < 256 else _unescaped(match)


def _base64_runs(data: bytes, shortest: int) -> Iterator[bytes]:
    """Every run that may be Base64, read from each of the four places where a group can begin."""
    for match in re.finditer(_BASE64 % (shortest * 4 // 3), data):
        run = b"".join(match[0].split()).translate(_STANDARD)
        for start in range(4):
            part = run[start:]
            try:
                yield base64.b64decode(part[: len(part) // 4 * 4] + _tail(part))
            except binascii.Error:
                continue


def _hexadecimal_runs(data: bytes, shortest: int) -> Iterator[bytes]:
    """Every run of hexadecimal digits, read from each of the two places where a byte can begin."""
    for match in re.finditer(_HEX % (shortest * 2), data):
        for start in range(2):
            part = match[0][start:]
            yield bytes.fromhex(part[: len(part) // 2 * 2].decode("ascii"))


def _tail(part: bytes) -> bytes:
    rest = part[len(part) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return b""
