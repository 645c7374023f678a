"""Looks for many texts at once, whatever hides them. Pure."""

from __future__ import annotations

import base64
import contextlib
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from conformance.privacy.views import FOLDED, HIDDEN, Reader, Sought

__all__ = ["Hit", "Needles", "found_in", "hits", "ways_to_write"]

# How many ways to write it may lie one in the other.
_DEEPEST = 3
# Long texts are known by their pieces of so many bytes, which make one number.
_PIECE = 8
_LONG = 2 * _PIECE
# So few of them are looked for one after the other.
_FEW = 12
# So much of a text that was cut off, in bytes, or half of it, is as good as the text.
_HEAD = 6
_SHORTEST_HEAD = 3
_PLAIN = "plain"


class Hit(NamedTuple):
    """Where a text stands, and how it is hidden: "plain", or "percent-encoded, Base64", say."""

    how: str
    start: int
    end: int


@dataclass(slots=True, repr=False)
class Needles:
    """Texts that are looked for at once, however many: a recording has a signature for each request.

    Of a long text, the pieces that begin at its first places are kept, as many as a piece is long, each as a number.
    Reading data piece by piece then meets one of them, wherever the text begins. Case doesn't matter.

    Attributes:
        shortest: how many bytes the shortest has; 0 where there is none.
        spaced: whether one has a space.
        wide: whether one has a character of several bytes.
    """

    shortest: int = 0
    spaced: bool = False
    wide: bool = False
    _longest: int = 0
    _short: list[bytes] = field(default_factory=list)
    _long: list[bytes] = field(default_factory=list)
    _pieces: dict[int, list[bytes]] = field(default_factory=dict)
    _heads: dict[bytes, list[bytes]] = field(default_factory=dict)
    _tails: dict[bytes, list[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Needles:
        """These texts; empty ones are left out."""
        needles = cls()
        for each in texts:
            needles.add(each)
        return needles

    def add(self, text: bytes) -> None:
        """Look for this text as well."""
        text = text.lower()
        if not text or text in self._heads.get(text[:_SHORTEST_HEAD], ()):
            return
        self._heads.setdefault(text[:_SHORTEST_HEAD], []).append(text)
        self._tails.setdefault(text[-_SHORTEST_HEAD:], []).append(text)
        self.spaced = self.spaced or b" " in text
        self.wide = self.wide or _is_wide(text)
        self.shortest = min(len(text), self.shortest or len(text))
        self._longest = max(len(text), self._longest)
        (self._long if len(text) >= _LONG else self._short).append(text)
        for start in range(_PIECE if len(text) >= _LONG else 0):
            piece = int.from_bytes(text[start : start + _PIECE], sys.byteorder)
            self._pieces.setdefault(piece, []).append(text)

    def found(self, data: bytes, least: int = 1) -> Iterator[tuple[int, int]]:
        """Where in data, in lower case, a text stands that has so many bytes at least."""
        long: Iterable[bytes] = self._long
        if len(self._long) > _FEW:
            pieces = memoryview(data)[: len(data) // _PIECE * _PIECE].cast("Q")
            long = {text for piece in self._pieces.keys() & pieces for text in self._pieces[piece]}
        for text in (*long, *(each for each in self._short if len(each) >= least)):
            start = data.find(text)
            while start >= 0:
                yield start, start + len(text)
                start = data.find(text, start + len(text))

    def cut_off(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where at the end of data, in lower case, as good as a text begins that was cut off there."""
        for start in range(max(0, len(data) - self._longest), len(data)):
            for text in self._heads.get(data[start : start + _SHORTEST_HEAD], ()):
                enough = len(data) - start >= min(_HEAD, (len(text) + 1) // 2)
                if enough and text.startswith(data[start:]):
                    yield start, len(data)
                    return

    def begun_before(self, data: bytes) -> Iterator[int]:
        """How many bytes at the beginning of data are as good as a text that was cut off before them."""
        data = data[: self._longest].lower()
        for end in range(_SHORTEST_HEAD, len(data) + 1):
            for text in self._tails.get(data[end - _SHORTEST_HEAD : end], ()):
                if end >= min(_HEAD, (len(text) + 1) // 2) and text.endswith(data[:end]):
                    yield end


def hits(
    data: bytes, needles: Needles, readers: Sequence[Reader] = HIDDEN, *, least: int = 1, cut: bool = False
) -> Sequence[Hit]:
    """Where in the data texts stand, however they are written; one in several ways, it may be.

    Args:
        data: what to look through.
        needles: the texts.
        readers: the ways in which they may be written, several of them one in the other.
        least: how many bytes a text has at least that is looked for.
        cut: whether the data was cut off at its end, so that a text may be, too.
    """
    return _Search(needles, readers, least).through(data, _DEEPEST, cut=cut) if needles.shortest else []


def found_in(data: bytes, secrets: Collection[str]) -> str | None:
    """How a secret is hidden in the data ("plain", "percent-encoded, Base64", …); None where there is none.

    Args:
        data: what would be, or was, written.
        secrets: the texts to look for; empty ones are left out. Case doesn't matter.
    """
    needles = Needles.of(each for text in secrets for each in ways_to_write(text))
    search = _Search(needles, HIDDEN, least=1, once=True)
    return next((each.how for each in search.through(data, _DEEPEST, cut=False)), None) if needles.shortest else None


@dataclass(frozen=True, slots=True)
class _Search:
    """A search through data and its views, through the same one only once; `once` where it doesn't matter where.

    Then a run, of Base64 say, that stands in several views is read in the first one alone.
    """

    needles: Needles
    readers: Sequence[Reader]
    least: int
    once: bool = False
    runs: dict[tuple[str, bytes], int] = field(default_factory=dict)
    seen: dict[tuple[bytes, bool], tuple[int, list[Hit]]] = field(default_factory=dict)

    def through(self, data: bytes, depth: int, *, cut: bool) -> list[Hit]:
        before, found = self.seen.get((data, cut), (-1, []))
        if before < depth:
            found = [*self._plain(data, cut=cut), *(self._in_views(data, depth, cut=cut) if depth else ())]
            self.seen[data, cut] = depth, found
        return found

    def _plain(self, data: bytes, *, cut: bool) -> Iterator[Hit]:
        lowered = data.lower()
        for start, end in self.needles.found(lowered, self.least):
            yield Hit(_PLAIN, start, end)
        for start, end in self.needles.cut_off(lowered) if cut else ():
            yield Hit(_PLAIN, start, end)

    def _in_views(self, data: bytes, depth: int, *, cut: bool) -> Iterator[Hit]:
        least = _HEAD if cut else max(self.needles.shortest, self.least)
        sought = Sought(least, self.needles.spaced, cut, self.needles.wide)
        if self.once:
            sought = replace(sought, is_new=partial(self._is_new, depth))
        for view in (each for reader in self.readers for each in reader(data, sought)):
            if view.data == data:  # nothing was hidden so
                continue
            for hit in self.through(view.data, depth - (view.name != FOLDED), cut=cut and view.to_the_end):
                how = view.name if hit.how == _PLAIN else f"{view.name}, {hit.how}"
                yield Hit(how, *view.back(hit.start, hit.end))

    def _is_new(self, depth: int, name: str, run: bytes) -> bool:
        if self.runs.get((name, run), -1) >= depth:
            return False
        self.runs[name, run] = depth
        return True


def _is_wide(text: bytes) -> bool:
    """Whether it is UTF-8 and not ASCII; the bytes of a digest are neither."""
    with contextlib.suppress(UnicodeDecodeError):
        return not text.isascii() and bool(text.decode("utf-8", "surrogatepass"))
    return False


_DIGEST = 20  # bytes of the shortest one
_GROUP = 5  # bytes that Base32 writes as eight letters


def ways_to_write(text: str) -> Iterator[bytes]:
    """A secret as it is, and in Base32; of a signature, the bytes too that its digits or letters stand for."""
    data = text.encode("utf-8", "surrogatepass")
    yield data
    yield from _in_base32(data)
    for read in (bytes.fromhex, partial(base64.b64decode, validate=True)):
        with contextlib.suppress(ValueError):
            if len(data := read(text)) >= _DIGEST:
                yield data


def _in_base32(data: bytes) -> Iterator[bytes]:
    """What is the same in Base32 whatever stands before and behind: by the place in a group where the data begins."""
    for before in range(_GROUP if len(data) > 2 * _GROUP else 0):
        whole = (before + len(data)) // _GROUP * _GROUP - before
        written = base64.b32encode(bytes(before) + data[:whole])
        yield written[-(-before * 8 // _GROUP) :]
