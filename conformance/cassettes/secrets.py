"""Looks for secrets in what was written, whatever hides them: percent and JSON escapes, Base64, gzip. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

__all__ = ["found_in"]

_DEEPEST = 3
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\U([0-9A-Fa-f]{8})|\\([/\\\"'])")
# YAML may fold a long binary over several lines.
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-][ \t]*(?:\r?\n[ \t]*)?){12,}={0,2}")
_WIDE = re.compile(rb"(.)\0", re.DOTALL)
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST_UNPACKED = 64 * 1024 * 1024


def found_in(data: bytes, secrets: Collection[str]) -> str | None:
    """How a secret is hidden in the data ("plain", "percent-encoded, Base64", …); None where there is none.

    Args:
        data: what would be, or was, written.
        secrets: the texts to look for; empty ones are left out. Case doesn't matter.
    """
    wanted = tuple(each.encode("utf-8", "surrogatepass").lower() for each in secrets if each)
    return _search(data, wanted, "", _DEEPEST) if wanted else None


def _search(data: bytes, wanted: tuple[bytes, ...], how: str, depth: int) -> str | None:
    lowered = data.lower()
    if any(each in lowered for each in wanted):
        return how or "plain"
    if depth == 0:
        return None
    for name, hidden in _views(data):
        if (found := _search(hidden, wanted, f"{how}, {name}" if how else name, depth - 1)) is not None:
            return found
    return None


def _views(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The data with what may hide something taken away, each by its name; none where there is nothing to take."""
    if b"%" in data:
        yield "percent-encoded", unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield "escaped", _ESCAPE.sub(_unescaped, data)
        yield "escaped, byte by byte", _ESCAPE.sub(_unescaped_byte, data)
    if b"\0" in data:
        yield "UTF-16", _WIDE.sub(rb"\1", data)
    decoded = b"\n".join(_base64_runs(data))
    if decoded:
        yield "Base64", decoded
    runs = [bytes.fromhex(match[0].decode("ascii")) for match in _HEX.finditer(data)]
    if runs:
        yield "hexadecimal", b"\n".join(runs)
    for match in _COMPRESSED.finditer(data):
        if unpacked := _unpacked(data[match.start() :]):
            yield "compressed", unpacked


def _unescaped(match: re.Match[bytes]) -> bytes:
    digits = match[1] or match[2] or match[3]
    if digits is None:
        return match[4]
    return chr(min(int(digits, 16), 0x10FFFF)).encode("utf-8", "surrogatepass")


def _unescaped_byte(match: re.Match[bytes]) -> bytes:
    """As `_unescaped`; but what can be one byte is one: bytes are written so as well."""
    digits = match[1] or match[2] or match[3]
    return bytes([int(digits, 16)]) if digits is not None and int(digits, 16) < 256 else _unescaped(match)


def _base64_runs(data: bytes) -> Iterator[bytes]:
    """Every run that may be Base64, read from each of the four places where a group can begin."""
    for match in _BASE64.finditer(data):
        run = re.sub(rb"\s", b"", match[0]).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            part = run[start:]
            try:
                yield base64.b64decode(part[: len(part) // 4 * 4] + _tail(part))
            except binascii.Error:
                continue


def _tail(part: bytes) -> bytes:
    rest = part[len(part) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return b""
