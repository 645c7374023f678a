"""The texts that nobody else may see, in one place: for recordings as for what people read. Pure.

Two ways lead to a secret: the place where it stands in a request, which `places` knows; and the text itself, once it is
known, which `search` finds however it is written.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar, cast

from conformance.base.credentials import Secret
from conformance.exchange.messages import Headers, HttpRequest
from conformance.privacy.places import NAMELESS, SCRUBBED, Extraction, is_scrubbed
from conformance.privacy.search import Needles, hits, ways_to_write
from conformance.privacy.views import WRITTEN

__all__ = ["NAMELESS", "SCRUBBED", "Secrets", "is_scrubbed"]

_Value = TypeVar("_Value")

# Shorter texts than this, of somebody else's request, are no secrets, and stand everywhere.
_TELLING = 16
# Shorter texts than this aren't masked, though they were named as a secret: nothing would be left to read.
_MASKABLE = 6
# So many requests may be sent until a sentence is made of the answer to one.
_LATEST = 8
# What a SecretId of the platform looks like, wherever it stands.
_LIKE_A_SECRET_ID = re.compile(rb"(?<![A-Za-z0-9])AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])")
_ACCOUNT = re.compile(r"(?i)\b((?:owner|sub)?uin|appid)(\W{0,4})\d{6,}")
# A signature by the name before it, in a header, a query, or among a traceback's variables.
_SIGNATURE = re.compile(r"""(?i)(\bsignature\b\W{1,30}?b?["']?)(?:[0-9a-f]{64}|[a-z0-9+/%_-]{27,}(?:=|%3d))""")
# What stands where a text was cut: before it beginnings may stand, behind it ends.
_CUTS = tuple(each.encode() for each in ("…", "..."))


@dataclass(slots=True, repr=False)
class Secrets:
    """The texts that nobody else may see: those that were named, and what requests carried since. No `repr` has them.

    Attributes:
        own: those that were named: the environment's.
    """

    own: Collection[str] = ()
    _others: dict[str, None] = field(default_factory=dict)
    _needles: Needles = field(default_factory=Needles)
    _latest: deque[HttpRequest] = field(default_factory=lambda: deque(maxlen=_LATEST))

    def __post_init__(self) -> None:
        self._look_for(self.own)

    @classmethod
    def of(cls, texts: Secrets | Iterable[str | Secret]) -> Secrets:
        """The texts as secrets; of those that are, themselves."""
        if isinstance(texts, Secrets):
            return texts
        return cls([each.reveal() if isinstance(each, Secret) else each for each in texts if each])

    @property
    def lasting(self) -> list[str]:
        """All but signatures, which belong to one request each."""
        return [*self.own, *self._others]

    def taken_out(self, http: HttpRequest) -> tuple[HttpRequest, set[str]]:
        """A request without what it carries, which is remembered; and its signatures."""
        bare, signatures = self._extracted(http)
        url, headers = self.out_of(bare.url), self.out_of_headers(bare.headers)
        return replace(bare, url=url, headers=headers, body=self.out_of_bytes(bare.body)), signatures

    def note(self, http: HttpRequest) -> None:
        """Remember what one of the latest requests carries, should a text be masked soon: its answer may quote it."""
        self._latest.append(http)

    def learn(self, *requests: HttpRequest) -> None:
        """Remember what requests carry."""
        for each in requests:
            self._extracted(each)

    def _extracted(self, http: HttpRequest) -> tuple[HttpRequest, set[str]]:
        extraction = Extraction()
        bare = extraction.out_of(http)
        others, signatures = (set(filter(_is_telling, kind)) for kind in (extraction.others, extraction.signatures))
        self._others.update(dict.fromkeys(others))
        self._look_for(others | signatures)
        return bare, signatures

    def _look_for(self, texts: Iterable[str]) -> None:
        for each in texts:
            for written in ways_to_write(each):
                self._needles.add(written)

    # --- For recordings ----------------------------------------------------------------------------------

    def out_of(self, text: str) -> str:
        """A text without them."""
        return self.out_of_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def out_of_headers(self, headers: Headers) -> Headers:
        """Headers without them, names and values."""
        return tuple((self.out_of(name), self.out_of(value)) for name, value in headers)

    def out_of_bytes(self, data: bytes) -> bytes:
        """Bytes without them, as they stand in a query, a form or JSON."""
        bare = _without(data, ((each.start, each.end) for each in hits(data, self._needles, WRITTEN)))
        return _LIKE_A_SECRET_ID.sub(SCRUBBED.encode(), bare)

    def out_of_hiding(self, text: str) -> str:
        """A text without them, however they are hidden in it."""
        data = text.encode("utf-8", "surrogatepass")
        places = ((each.start, each.end) for each in hits(data, self._needles, least=_MASKABLE))
        return _without(data, places).decode("utf-8", "surrogatepass")

    # --- For people ------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """A text for a terminal or a report: without them, however hidden, or cut off by "…"; and without accounts."""
        while self._latest:
            self.learn(self._latest.popleft())
        data = Extraction().members(text.encode("utf-8", "surrogatepass"))
        bare = _LIKE_A_SECRET_ID.sub(SCRUBBED.encode(), _without(data, self._places(data)))
        text = _SIGNATURE.sub(rf"\1{SCRUBBED}", bare.decode("utf-8", "surrogatepass"))
        return _ACCOUNT.sub(rf"\1\2{SCRUBBED}", text)

    def _places(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where in data they stand; and where before an ellipsis their beginnings do, and behind it their ends."""
        for each in hits(data, self._needles, least=_MASKABLE):
            yield each.start, each.end
        for cut in _CUTS:
            start = 0
            while (end := data.find(cut, start)) >= 0:
                for each in hits(data[start:end], self._needles, least=_MASKABLE, cut=True):
                    yield start + each.start, start + each.end
                start = end + len(cut)
                for rest in self._needles.begun_before(data[start:]):
                    yield start, start + rest

    def masked(self, value: _Value) -> _Value:
        """A value whose every text is masked, in tuples, lists, objects and other values."""
        return cast(_Value, _masked(value, self.mask))


def _without(data: bytes, places: Iterable[tuple[int, int]]) -> bytes:
    """The data with something else in these places, each of which has a start and an end."""
    parts: list[bytes] = []
    at = 0
    for start, end in sorted(places):
        if start >= at:
            parts += data[at:start], SCRUBBED.encode()
        at = max(at, end)
    return b"".join((*parts, data[at:])) if parts else data


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    match value:
        case StrEnum():
            return value
        case str():
            return mask(value)
        case bytes():
            return mask(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        case dict():
            return {mask(name): _masked(each, mask) for name, each in value.items()}
        case list():
            return [_masked(each, mask) for each in value]
        case tuple():
            return tuple(_masked(each, mask) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: _masked(getattr(value, each.name), mask) for each in fields(value)})
        case _:
            return value


def _is_telling(text: str) -> bool:
    """Whether a text is long and odd enough to be a secret wherever it stands."""
    return len(text) >= _TELLING and len(set(text)) > 1 and SCRUBBED not in text
