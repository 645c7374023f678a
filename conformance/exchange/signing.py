"""The platform's signatures: TC3-HMAC-SHA256 and version 1 (HmacSHA1, HmacSHA256), byte for byte. No clock, no sockets.

Source: the platform's pages “签名方法 v3” and “签名方法”; their printed examples are the test vectors.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, reduce

from conformance.base.credentials import Credentials, Secret

TC3_ENDING = "tc3_request"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"


class Scheme(StrEnum):
    """The documented ways to sign, by the names that requests carry."""

    TC3 = "TC3-HMAC-SHA256"
    SHA1 = "HmacSHA1"
    SHA256 = "HmacSHA256"


def canonical_request(method: str, query: str, headers: Iterable[tuple[str, str]], payload_hash: str) -> str:
    """The canonical request of version 3.

    Args:
        method: "GET" or "POST".
        query: the query as sent; that of a POST is documented as empty, whatever is sent.
        headers: those to sign; names and values are lowered and trimmed, and sorted by name.
        payload_hash: lower-case hex of the body's SHA-256.
    """
    lowered = sorted((name.lower(), value.strip().lower()) for name, value in headers)
    lines = "".join(f"{name}:{value}\n" for name, value in lowered)
    query = "" if method == "POST" else query
    return "\n".join((method, "/", query, lines, ";".join(name for name, _ in lowered), payload_hash))


def payload_hash(body: bytes) -> str:
    """Lower-case hex of the SHA-256 of a body."""
    return hashlib.sha256(body).hexdigest()


@lru_cache(maxsize=64)  # asked several times of each request, within the same seconds
def utc_date(timestamp: int) -> str:
    """The date of the credential scope, YYYY-MM-DD in UTC, of a time in seconds since 1970.

    Raises:
        ValueError: the time is no representable date.
    """
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    except (OverflowError, OSError) as error:
        raise ValueError(f"{timestamp} is no representable time") from error


def string_to_sign(timestamp: int | str, date: str, service: str, canonical: str) -> str:
    """The string to sign of version 3."""
    scope = f"{date}/{service}/{TC3_ENDING}"
    return "\n".join((Scheme.TC3, str(timestamp), scope, hashlib.sha256(_encoded(canonical)).hexdigest()))


def tc3_signature(secret_key: Secret, date: str, service: str, to_sign: str) -> str:
    """The signature of version 3, lower-case hex."""
    # In one expression: what stands in a variable shows in a traceback.
    parts = map(_encoded, (date, service, TC3_ENDING, to_sign))
    return reduce(_sha256, parts, b"TC3" + _encoded(secret_key.reveal())).hex()


def tc3_authorization(
    credentials: Credentials,
    *,
    method: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    body_hash: str,
    timestamp: int | str,
    service: str,
    date: str | None = None,
) -> str:
    """The Authorization header of version 3 over the given headers; the date is that of the timestamp unless given."""
    headers = tuple(headers)
    date = date or utc_date(int(timestamp))
    canonical = canonical_request(method, query, headers, body_hash)
    signature = tc3_signature(
        credentials.secret_key, date, service, string_to_sign(timestamp, date, service, canonical)
    )
    signed = ";".join(sorted(name.lower() for name, _ in headers))
    return (
        f"{Scheme.TC3} Credential={credentials.secret_id.reveal()}/{date}/{service}/{TC3_ENDING}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )


def v1_string_to_sign(method: str, host: str, fields: Iterable[tuple[str, str]]) -> str:
    """The string to sign of version 1: every field but Signature, sorted by name, values as they are."""
    pairs = sorted((name, value) for name, value in fields if name != "Signature")
    return f"{method}{host}/?" + "&".join(f"{name}={value}" for name, value in pairs)


def v1_signature(secret_key: Secret, to_sign: str, scheme: Scheme) -> str:
    """The signature of version 1, Base64. Anything but HmacSHA256 is HmacSHA1, as documented."""
    digest = "sha256" if scheme is Scheme.SHA256 else "sha1"
    return base64.b64encode(hmac.digest(_encoded(secret_key.reveal()), _encoded(to_sign), digest)).decode("ascii")


def _sha256(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
