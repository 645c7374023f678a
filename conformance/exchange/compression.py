"""Bodies that were coded on their way, in plain bytes again. Pure, and bounded in what they unpack to."""

from __future__ import annotations

import zlib
from dataclasses import replace

from conformance.base.words import visible
from conformance.exchange.messages import HttpResponse

__all__ = ["LARGEST_UNPACKED", "CodingError", "decoded", "decompressed"]

# Bytes. No answer needs more.
LARGEST_UNPACKED = 16 * 1024 * 1024
_MOST_CODINGS = 4
_LONGEST_NAMED = 60


class CodingError(ValueError):
    """A body that can't be had in plain bytes; the message says why, of an answer."""


def decompressed(answer: HttpResponse) -> HttpResponse:
    """The answer with its body in plain bytes, so that it can be read; as it is where it can't be unpacked."""
    if not _codings_of(answer):
        return answer
    try:
        body = decoded(answer)
    except CodingError:
        return answer
    kept = tuple(each for each in answer.headers if each[0].lower() not in {"content-encoding", "content-length"})
    return replace(answer, headers=kept, body=body)


def decoded(answer: HttpResponse, largest: int = LARGEST_UNPACKED) -> bytes:
    """The body of an answer in plain bytes, whatever codings its headers name, one around the other.

    Args:
        answer: as it came.
        largest: bytes; no step unpacks to more.

    Raises:
        CodingError: it is coded in another way than its headers say, in one that isn't read, or holds too much.
    """
    codings = _codings_of(answer)
    if len(codings) > _MOST_CODINGS:
        raise CodingError(f"an answer is coded {len(codings)} times over; no more than {_MOST_CODINGS} are undone")
    body = answer.body
    for each in reversed(codings):
        if each not in _FORMS:
            raise CodingError(
                f"an answer is coded as {_named(each)}, which was not asked for (Accept-Encoding: gzip, deflate) "
                "and isn't read"
            )
        body = _undone(body, each, largest) if body else body
    return body


def _codings_of(answer: HttpResponse) -> list[str]:
    """The codings of a body, in the order in which they were applied; without those that change nothing."""
    named = ",".join(value for name, value in answer.headers if name.lower() == "content-encoding")
    return [each for part in named.split(",") if (each := part.strip().lower()) not in {"", "identity"}]


def _named(coding: str) -> str:
    return visible(coding if len(coding) <= _LONGEST_NAMED else f"{coding[:_LONGEST_NAMED]}…")


# The forms of `zlib`, in its own numbers.
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# Some servers leave out what should be around what is deflated.
_FORMS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}


def _undone(data: bytes, coding: str, largest: int) -> bytes:
    """A body without the outermost of its codings."""
    for form in _FORMS[coding]:
        try:
            return _unpacked(data, form, largest)
        except zlib.error:
            continue
    raise CodingError(f"an answer isn't coded as its Content-Encoding says: {coding}")


def _unpacked(data: bytes, form: int, largest: int) -> bytes:
    """What was compressed, of however many parts; what follows the last of them is no part of it.

    Raises:
        zlib.error: it isn't whole, or of another form.
        CodingError: it holds too much.
    """
    body = bytearray()
    while data:
        part = zlib.decompressobj(form)
        try:
            body += part.decompress(data, largest + 1 - len(body))
        except zlib.error:
            if body:
                break
            raise
        if len(body) > largest:
            raise CodingError(f"an answer of {len(data)} bytes unpacks to more than {largest // 1024**2} MB")
        if not part.eof:
            raise zlib.error("it breaks off")
        data = part.unused_data if form == _GZIP else b""
    return bytes(body)
