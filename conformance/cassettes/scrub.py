"""What may be recorded of a message: everything but who sent it. Pure.

Two nets, one behind the other: here everything that is known to carry a secret is replaced, and headers that nobody
needs are emptied; `secrets` then looks for the secrets themselves, in every encoding, in what is left.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from conformance.contract import PARAMETERS
from conformance.draft import URLENCODED
from conformance.messages import Headers, HttpRequest, HttpResponse, header

__all__ = [
    "NAMELESS",
    "SCRUBBED",
    "decompressed",
    "is_like_a_signature",
    "scrubbed_answer",
    "scrubbed_request",
    "signatures_of",
]

SCRUBBED = "SCRUBBED"
# What stands in the place of a signature of version 3, so that it still has the form of one.
NAMELESS = "0" * 64

_REQUEST_HEADERS = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
        "host", "transfer-encoding", "x-tc-action", "x-tc-content-sha256", "x-tc-language", "x-tc-region",
        "x-tc-requestclient", "x-tc-timestamp", "x-tc-version",
    }
)  # fmt: skip
_ANSWER_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "date", "server", "transfer-encoding"}
)
# No answer needs more; one that unpacks to more is left as it is.
_LARGEST_UNPACKED = 16 * 1024 * 1024
_SECRET_FIELDS = frozenset({"SecretId", "Signature", "Token"})
_CREDENTIAL = re.compile(r"(?<=Credential=)[^/,\s]*")
_SIGNATURE = re.compile(r"(?<=Signature=)[^,\s&]*")
# What a signature of version 1, or 3, looks like, under whatever name it is sent.
_LIKE_A_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[0-9a-fA-F]{64}")
_LONG_NUMBER = re.compile(r"\d{6,}")


def signatures_of(http: HttpRequest) -> set[str]:
    """The signatures that a request carries, in whatever place."""
    return {each for each in _Carried.by(http).signatures if len(each) >= _TELLING and each.strip("0")}


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a request carries of its sender's secrets."""

    signatures: frozenset[str]
    others: frozenset[str]

    @classmethod
    def by(cls, http: HttpRequest) -> _Carried:
        authorization = header(http.headers, "Authorization") or ""
        signatures = set(_SIGNATURE.findall(authorization))
        others = {*_CREDENTIAL.findall(authorization), header(http.headers, "X-TC-Token") or ""}
        for text in (http.query, *_form(http)):
            for name, value in _fields(text):
                plain, text_ = unquote_plus(name), unquote_plus(value)
                if plain == "Signature" or is_like_a_signature(plain, text_):
                    signatures.add(text_)
                elif plain in _SECRET_FIELDS:
                    others.add(text_)
        return cls(frozenset(signatures), frozenset(each for each in others if len(each) >= _TELLING))


# Shorter texts than this are no secrets, and stand everywhere.
_TELLING = 20


def is_like_a_signature(name: str, value: str) -> bool:
    """Whether a field that nobody knows holds what looks like a signature."""
    return name not in PARAMETERS and (_LIKE_A_SIGNATURE.fullmatch(value) is not None or value == SCRUBBED)


def _form(http: HttpRequest) -> Iterable[str]:
    if (header(http.headers, "Content-Type") or "").partition(";")[0].strip().lower() == URLENCODED:
        yield http.body.decode("latin-1")


def _fields(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (each.partition("=") for each in text.split("&"))]


def scrubbed_request(http: HttpRequest, secrets: Collection[str] = ()) -> HttpRequest:
    """The request without SecretId, signature and token, and without the values of headers that tell nothing.

    Args:
        http: the request as it was sent.
        secrets: texts that mustn't be in it, in whatever place.
    """
    known = {*secrets, *signatures_of(http), *_Carried.by(http).others}
    url, _, query = http.url.partition("?")
    body = http.body
    if any(True for _ in _form(http)):
        body = _scrubbed_fields(body.decode("latin-1")).encode("latin-1")
    return replace(
        http,
        url=_without(url + (f"?{_scrubbed_fields(query)}" if query else ""), known),
        headers=tuple((name, _without(_header_value(name, value), known)) for name, value in http.headers),
        body=_without_bytes(body, known),
    )


def _header_value(name: str, value: str) -> str:
    lowered = name.lower()
    if lowered == "authorization":
        shaped = _SIGNATURE.sub(
            lambda match: NAMELESS[: len(match[0])].ljust(len(match[0]), "0"), _CREDENTIAL.sub(SCRUBBED, value)
        )
        return shaped if "Credential=" in value or "Signature=" in value else SCRUBBED
    return value if lowered in _REQUEST_HEADERS else SCRUBBED


def _scrubbed_fields(text: str) -> str:
    """A query or a form with the values of its secret fields replaced; everything else as it stands."""

    def scrubbed(field: str) -> str:
        name, equals, value = field.partition("=")
        plain = unquote_plus(name)
        secret = plain in _SECRET_FIELDS or is_like_a_signature(plain, unquote_plus(value))
        return f"{name}={SCRUBBED}" if equals and secret else field

    return "&".join(map(scrubbed, text.split("&")))


def scrubbed_answer(answer: HttpResponse, secrets: Collection[str] = (), ours: Collection[str] = ()) -> HttpResponse:
    """The answer without what belongs to the account: its numbers in messages, groups that aren't ours in lists.

    Args:
        answer: the answer as it came.
        secrets: texts that mustn't be in it.
        ours: the GroupIds that this recording asked for.
    """
    plain = decompressed(answer)
    headers: Headers = tuple(
        (name, _without(value if name.lower() in _ANSWER_HEADERS else SCRUBBED, secrets))
        for name, value in plain.headers
    )
    return replace(plain, headers=headers, body=_scrubbed_body(_without_bytes(plain.body, secrets), ours))


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


def _scrubbed_body(body: bytes, ours: Collection[str]) -> bytes:
    """The body as it is, unless something of the account stands in it."""
    try:
        read = json.loads(body)
        response = read["Response"]
        changed = _hide_foreign(response, ours) | _hide_numbers(response)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return body  # of no form that the account's data could stand in
    return json.dumps(read, ensure_ascii=False).encode("utf-8", "surrogatepass") if changed else body


def _hide_foreign(response: dict[str, object], ours: Collection[str]) -> bool:
    """Whether a list had groups of somebody else: of each only stays that it was there."""
    entries = response.get("GroupInfos")
    changed = False
    if isinstance(entries, list):
        numbers: dict[str, int] = {}  # one that is listed twice is so still
        for place, each in enumerate(entries):
            group_id = each.get("GroupId") if isinstance(each, dict) else None
            if not isinstance(group_id, str) or group_id not in ours:
                number = numbers.setdefault(group_id, place) if isinstance(group_id, str) else place
                entries[place] = {"GroupId": f"{SCRUBBED}-{number}"}
                changed = True
    return changed


def _hide_numbers(response: dict[str, object]) -> bool:
    """Whether an error's message had a long number, such as an account's."""
    error = response.get("Error")
    message = error.get("Message") if isinstance(error, dict) else None
    if not isinstance(message, str) or not _LONG_NUMBER.search(message):
        return False
    assert isinstance(error, dict)  # noqa: S101 -- it has a message
    error["Message"] = _LONG_NUMBER.sub(SCRUBBED, message)
    return True


def _without(text: str, secrets: Iterable[str]) -> str:
    for each in sorted((each for each in secrets if each), key=len, reverse=True):
        text = text.replace(each, SCRUBBED)
    return text


def _without_bytes(body: bytes, secrets: Iterable[str]) -> bytes:
    for each in sorted((each for each in secrets if each), key=len, reverse=True):
        body = body.replace(each.encode("utf-8", "surrogatepass"), SCRUBBED.encode())
    return body
