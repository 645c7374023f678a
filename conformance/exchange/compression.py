"""Bodies that were compressed on their way, in plain bytes again. Pure, and bounded."""

from __future__ import annotations

import zlib
from dataclasses import replace

from conformance.exchange.messages import HttpResponse, header

__all__ = ["decompressed"]

# No answer needs more; one that unpacks to more is left as it is.
_LARGEST_UNPACKED = 16 * 1024 * 1024


def decompressed(answer: HttpResponse) -> HttpResponse:
    """The answer with its body in plain bytes, so that it can be read; as it is where it can't be unpacked."""
    encoding = (header(answer.headers, "Content-Encoding") or "").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        forms: tuple[int, ...] = (_GZIP,)
    elif encoding == "deflate":
        forms = (_ZLIB, _BARE)  # some servers leave out what should be around it
    else:
        return answer
    body = next((each for form in forms if (each := _unpacked(answer.body, form)) is not None), None)
    if body is None:
        return answer
    kept = tuple(each for each in answer.headers if each[0].lower() not in {"content-encoding", "content-length"})
    return replace(answer, headers=kept, body=body)


# The forms of `zlib`, in its own numbers.
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def _unpacked(data: bytes, form: int) -> bytes | None:
    """What was compressed, of however many parts; None where it isn't whole, or too much."""
    body = b""
    try:
        while data and len(body) < _LARGEST_UNPACKED:
            part = zlib.decompressobj(form)
            body += part.decompress(data, _LARGEST_UNPACKED)
            if not part.eof:
                return None
            data = part.unused_data if form == _GZIP else b""
    except zlib.error:
        return None
    return body if not data else None
