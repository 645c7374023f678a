"""What hides a text, taken away: percent, JSON, C and XML escapes, folds, UTF-16, Base64, hex, numbers, gzip. Pure."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

__all__ = ["FOLDED", "HIDDEN", "WRITTEN", "Reader", "Sought", "View"]

# How the view is called that costs no depth: what is folded may be written in any other way besides.
FOLDED = "folded"

# Length of a piece of a view, and the first place and the end of what it was read from.
_Piece = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class View:
    """Data as it reads once something that may hide a text is taken away.

    Attributes:
        name: what was taken away ("percent-encoded").
        data: what is left.
        pieces: makes the pieces that it is put together of, in order; one as long as what it was read from is the same.
        to_the_end: whether its end is the end of what it was read from.
    """

    name: str
    data: bytes
    pieces: Callable[[], Iterable[_Piece]]
    to_the_end: bool = True

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where in what it was read from stands what stands here; whole pieces, where these are not the same."""
        at, first = 0, None
        for length, there, its_end in self.pieces():
            same = length == its_end - there
            if first is None and start < at + length:
                first = there + (start - at) * same
            if end <= at + length:
                return there if first is None else first, there + end - at if same else its_end
            at += length
        raise IndexError(f"no {start}:{end} in a view of {at} bytes")


@dataclass(frozen=True, slots=True)
class Sought:
    """What readers must know of the texts that are looked for.

    Attributes:
        least: how many bytes of one there are at least.
        spaced: whether one has a space.
        cut: whether the data was cut off at its end, and one with it, it may be.
        wide: whether one has a character of several bytes.
        is_new: whether a run must be read, of the name of its view and itself; others read the same one before.
    """

    least: int
    spaced: bool
    cut: bool
    wide: bool = True
    is_new: Callable[[str, bytes], bool] = lambda _name, _run: True


# The views of data in which what is sought may be seen.
Reader = Callable[[bytes, Sought], Iterator[View]]


def _read(
    name: str,
    data: bytes,
    pattern: re.Pattern[bytes],
    reader: Callable[[re.Match[bytes]], bytes],
    whole: bytes | None = None,
) -> View:
    """The data with every match read; the rest stays as it is. `whole` is that, where it was made faster."""

    def pieces() -> Iterator[_Piece]:
        at = 0
        for match in pattern.finditer(data):
            yield match.start() - at, at, match.start()
            yield len(reader(match)), *match.span()
            at = match.end()
        yield len(data) - at, at, len(data)

    return View(name, pattern.sub(reader, data) if whole is None else whole, pieces)


# --- As it is written in a query, a form or JSON ---------------------------------------------------------
# At the end an escape may be cut off.

_PERCENT = re.compile(rb"%(?:([0-9A-Fa-f]{2})|[0-9A-Fa-f]?\Z)")
_PERCENT_OR_PLUS = re.compile(rb"%(?:([0-9A-Fa-f]{2})|[0-9A-Fa-f]?\Z)|\+")


def _escape(unit: bytes) -> re.Pattern[bytes]:
    r"""What stands for a character, or a byte; of `\uXXXX` only these."""
    return re.compile(
        rb"\\(?:u(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})"
        rb"|(?:u(?P<unit>" + unit + rb")|x(?P<byte>[0-9A-Fa-f]{2})|U(?P<point>[0-9A-Fa-f]{8}))"
        rb"|(?P<octal>[0-3][0-7]{2})|(?P<short>[/\\\"'bfnrt])|(?:[uxU][0-9A-Fa-f]*+)?\Z)"
    )


_ESCAPE = _escape(rb"[0-9A-Fa-f]{4}")
# Bodies in Chinese are full of others, which no secret of single bytes is made of.
_ESCAPE_OF_A_BYTE = _escape(rb"(?:00|[Dd][Cc])[0-9A-Fa-f]{2}")
# Whole bodies are escaped, a million characters in a row, and once more where they are quoted: these are read at once.
_MANY_ESCAPES = re.compile(
    rb"(?P<bytes>(?:\\u00[0-9A-Fa-f]{2}){2,}+)|(?P<backslashes>(?:\\\\[^\\]*+){2,}+)|" + _ESCAPE_OF_A_BYTE.pattern
)
_LAST_CHARACTER = 0x10FFFF
_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _percent(data: bytes, sought: Sought) -> Iterator[View]:
    if b"%" in data:
        yield _read("percent-encoded", data, _PERCENT, _unquoted)
    if sought.spaced and b"+" in data:
        yield _read("percent-encoded", data, _PERCENT_OR_PLUS, _unquoted)


def _unquoted(match: re.Match[bytes]) -> bytes:
    if match[0] == b"+":
        return b" "
    return bytes.fromhex(match[1].decode("ascii")) if match[1] else b""


def _escapes(data: bytes, sought: Sought) -> Iterator[View]:
    pattern = _ESCAPE if sought.wide else _ESCAPE_OF_A_BYTE
    if b"\\" in data:
        yield _unescaping("escaped", data, pattern, _unescaped)
    if b"\\u00" in data or b"\\x" in data:
        yield _unescaping("escaped, byte by byte", data, pattern, _unescaped_byte)


def _unescaping(name: str, data: bytes, pattern: re.Pattern[bytes], reader: Callable[[re.Match[bytes]], bytes]) -> View:
    def fast(match: re.Match[bytes]) -> bytes:
        if match["backslashes"]:
            return match["backslashes"].replace(b"\\\\", b"\\")
        if not match["bytes"]:
            return reader(match)
        read = bytes.fromhex(match["bytes"].replace(b"\\u00", b"").decode("ascii"))
        return read if reader is _unescaped_byte else read.decode("latin-1").encode()

    return _read(name, data, pattern, reader, None if pattern is _ESCAPE else _MANY_ESCAPES.sub(fast, data))


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match["high"]:
        return bytes.fromhex((match["high"] + match["low"]).decode("ascii")).decode("utf-16-be").encode()
    if match["octal"]:
        return bytes([int(match["octal"], 8)])
    if digits := match["unit"] or match["byte"] or match["point"]:
        return chr(min(int(digits, 16), _LAST_CHARACTER)).encode("utf-8", "surrogatepass")
    return _SHORT.get(match["short"], match["short"] or b"")


def _unescaped_byte(match: re.Match[bytes]) -> bytes:
    """As `_unescaped`; but what can be one byte is one: bytes are written so as well."""
    digits = match["unit"] or match["byte"]
    return bytes([number]) if digits and (number := int(digits, 16)) < 256 else _unescaped(match)


_ENTITY = re.compile(rb"&(?:#(?P<number>[0-9]{1,7})|#[xX](?P<hex>[0-9A-Fa-f]{1,6})|(?P<name>amp|lt|gt|quot|apos));")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def _entities(data: bytes, _sought: Sought) -> Iterator[View]:
    """XML and HTML escape so."""
    if b"&" in data and b";" in data:
        yield _read("XML-escaped", data, _ENTITY, _of_entity)


def _of_entity(match: re.Match[bytes]) -> bytes:
    if match["name"]:
        return _NAMED[match["name"]]
    number = int(match["number"]) if match["number"] else int(match["hex"], 16)
    return chr(min(number, _LAST_CHARACTER)).encode("utf-8", "surrogatepass")


# --- Hidden in whatever way ------------------------------------------------------------------------------

# YAML ends a line within quotes by a backslash. What looks behind keeps a long run from being read again and again.
# It begins with a set of characters, as do those of runs: what has none of them is passed over at once.
_FOLD = re.compile(rb"[ \t\\\r\n](?:(?<=\n)|(?<=\r)\n|(?<=\\)\r?\n|(?<=[ \t])(?<![ \t]{2})[ \t]*+\r?\n)[ \t]*+")
# Surrogates stand for bytes that were no text: Python's own error handler writes those from 0x80 on, some all.
_ESCAPED_BYTE = re.compile(rb"\xed([\xb0-\xb3])([\x80-\xbf])")
_WIDE = re.compile(rb"([^\0])\0")  # nothing but NULs says nothing
_BASE64 = rb"[A-Za-z0-9+/_-]{%d,}+={0,2}"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_HEX = rb"[0-9A-Fa-f](?<![0-9A-Fa-f]{2})[0-9A-Fa-f]{%d,}+"
# Bytes as languages print them: `[65, 75]`, `65 75`, `0x41, 0x4b`, `41:4b`, one below the other, too.
_BETWEEN = rb"[\s,:;|-]{1,24}+"
_DECIMALS = rb"[0-9](?<![0-9]{2})[0-9]{0,2}+(?:%b[0-9]{1,3}+){%%d,}+" % _BETWEEN
_PAIRS = rb"[0-9A-Fa-f](?<![0-9A-Fa-f]{2})[0-9A-Fa-f](?:%b(?:0[xX])?[0-9A-Fa-f]{2}+){%%d,}+" % _BETWEEN
_DECIMAL, _PAIR = re.compile(rb"[0-9]+"), re.compile(rb"(?:0[xX])?([0-9A-Fa-f]{2})")
# Each by itself: both begin with a byte for which memory is searched fast.
_COMPRESSED = (re.compile(rb"\x1f\x8b\x08"), re.compile(rb"\x78[\x01\x5e\x9c\xda]"))
_MOST_UNPACKED = 64 * 1024 * 1024
# To begin to unpack takes a quarter of a millisecond; what looks so by chance does some thousand times in a GB.
_MOST_TRIED = 1000
_PART = 4096  # bytes


def _folds(data: bytes, _sought: Sought) -> Iterator[View]:
    """YAML folds what is long over several lines, and mail does."""
    if b"\n" in data:
        yield _read(FOLDED, data, _FOLD, lambda _: b"")


def _wide(data: bytes, _sought: Sought) -> Iterator[View]:
    if b"\0" in data:
        yield _read("UTF-16", data, _WIDE, lambda match: match[1])


def _escaped_bytes(data: bytes, _sought: Sought) -> Iterator[View]:
    if b"\xed" in data:
        yield _read("in surrogates", data, _ESCAPED_BYTE, _of_surrogate)


def _of_surrogate(match: re.Match[bytes]) -> bytes:
    code = (match[1][0] & 0x03) << 6 | match[2][0] & 0x3F
    return bytes([code])


def _base64(data: bytes, sought: Sought) -> Iterator[View]:
    """Every run that may be Base64, read from each of the four places where a group can begin."""
    yield from _runs("Base64", re.finditer(_BASE64 % (sought.least * 4 // 3), data), _from_base64, 4, sought)


def _from_base64(run: bytes) -> bytes:
    run = run.rstrip(b"=").translate(_STANDARD)
    rest = len(run) % 4
    return binascii.a2b_base64(run + b"=" * (4 - rest) if rest != 1 else run[:-1])


def _hexadecimal(data: bytes, sought: Sought) -> Iterator[View]:
    """Every run of hexadecimal digits, read from each of the two places where a byte can begin."""
    yield from _runs("hexadecimal", re.finditer(_HEX % (sought.least * 2 - 1), data), _from_hex, 2, sought)


def _from_hex(run: bytes) -> bytes:
    return bytes.fromhex(run[: len(run) // 2 * 2].decode("ascii"))


def _numbers(data: bytes, sought: Sought) -> Iterator[View]:
    """Every run of numbers that may be bytes."""
    least = max(1, sought.least - 1)
    yield from _runs("in numbers", re.finditer(_DECIMALS % least, data), _from_decimals, 1, sought)
    yield from _runs("hexadecimal, apart", re.finditer(_PAIRS % least, data), _from_pairs, 1, sought)


def _from_decimals(run: bytes) -> bytes:
    return bytes(min(int(each), 255) for each in _DECIMAL.findall(run))


def _from_pairs(run: bytes) -> bytes:
    return bytes.fromhex(b"".join(_PAIR.findall(run)).decode("ascii"))


def _runs(
    name: str, found: Iterable[re.Match[bytes]], read: Callable[[bytes], bytes], places: int, sought: Sought
) -> Iterator[View]:
    """A view of what runs say, a line for each place where one may begin; if the last is cut off, each by itself."""
    runs = [run for run in found if sought.is_new(name, run[0])]
    if not runs:
        return
    lines = [(read(run[0][start:]), run.span()) for run in runs for start in range(places)]
    pieces = [(len(line) + 1, *span) for line, span in lines]
    yield View(name, b"\n".join(line for line, _ in lines), lambda: pieces, to_the_end=False)
    if sought.cut and runs[-1].end() == len(runs[-1].string):
        for line, (start, end) in lines[-places:]:
            yield View(name, line, partial(_whole, len(line), start, end))


def _compressed(data: bytes, _sought: Sought) -> Iterator[View]:
    for match in islice(chain.from_iterable(each.finditer(data) for each in _COMPRESSED), _MOST_TRIED):
        if unpacked := _unpacked(memoryview(data)[match.start() :]):
            yield View("compressed", unpacked, partial(_whole, len(unpacked), match.start(), len(data)))


def _whole(length: int, start: int, end: int) -> list[_Piece]:
    return [(length, start, end)]


def _unpacked(data: memoryview) -> bytes:
    """What is compressed there, as far as it goes; nothing where it only looks so, as its beginning mostly tells."""
    unpacking, unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32), bytearray()
    try:
        for start in range(0, len(data), _PART):
            unpacked += unpacking.decompress(data[start : start + _PART], _MOST_UNPACKED)
            if unpacking.eof or len(unpacked) >= _MOST_UNPACKED:
                break
    except zlib.error:
        return b""
    return bytes(unpacked)


# The ways in which anybody writes a text in a query, a form or JSON; and all that are known.
WRITTEN: tuple[Reader, ...] = (_percent, _escapes, _entities)
HIDDEN: tuple[Reader, ...] = (_base64, _hexadecimal, _numbers, _compressed, *WRITTEN, _folds, _wide, _escaped_bytes)
