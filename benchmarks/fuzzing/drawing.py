"""What the inputs of the campaign are drawn from."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.draft import Draft, draft, sign
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, Sender
from conformance.targets.raw import written

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


# The host is signed, so it is the same whatever port the server has.
_SENDER = Sender("http://iai.tencentcloudapi.com", "ap-guangzhou", EXAMPLE_CREDENTIALS)
JSON = (Scheme.TC3, Form.JSON)
TEXTUAL = (
    (Scheme.TC3, Form.QUERY),
    (Scheme.SHA1, Form.FORM),
    (Scheme.SHA256, Form.FORM),
    (Scheme.SHA256, Form.QUERY),
)
WAYS = (JSON, JSON, (Scheme.TC3, Form.JSON_RAW), *TEXTUAL)
_TEXTS = (
    "", "a", "中", "，", "㐀", "𠀀", "𪜀", "\xe9", "e\u0301", "ß", "İ", "😀", "\0", "\n", "\r\n", "\t", " ", "\u3000",
    "\u202e", "\ufeff", "\ufffe", "\ud800", "\udfff", "\udc80", "%", "%00", "%zz", "&", "=", "+", ";", "#", "@", "_",
    "-", "/", "\\", '"', "'", "<", "{", "[", "]", "fuzz-1", "٣", "²", "null", "NaN", "../", "$(x)", "\x7f",
    "\x85", "ﷺ", "0",
)  # fmt: skip
_TIMES = (1, 1, 1, 2, 30, 31, 40, 41, 60, 61, 64, 65, 1000, 20_000)
COUNTS = (3, 300, 80_000)
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 10**18, 10**400, -(2**63), 2**64, [], {}, [[]], [{}], [None], [1], ["a", "a"],
    [""], {"a": "b"}, ["a"] * 6, ["中"] * 1000, [["a"] * 3], {"GroupName": {"GroupName": []}}, "2.0", "3.0", "4.0",
    [{"GroupExDescriptionIndex": 0, "GroupExDescription": "x"}],
    [{"GroupExDescriptionIndex": True, "GroupExDescription": "y"}],
    [{"GroupExDescriptionIndex": -1, "GroupExDescription": "x"}],
    [{"GroupExDescriptionIndex": 10**30, "GroupExDescription": None}], [1, None, {"GroupExDescriptionIndex": "0"}],
)  # fmt: skip
OWN = {
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
        action = self.one(("CreateGroup", *OWN))
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
        scheme, form = way or self.one(WAYS)
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


def with_headers(data: bytes, *lines: bytes) -> bytes:
    """A request with more headers."""
    return data.replace(b"\r\n\r\n", b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n", 1)


def without_length(data: bytes) -> bytes:
    """A request that doesn't say how long its body is."""
    return re.sub(rb"\r\nContent-Length: \d+", b"", data, count=1)
