"""Whether an HTTP request is signed as the platform documents; lenient, where SDKs on a loopback address need it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from conformance.contract import SERVICE
from conformance.messages import HttpRequest, header
from conformance.signing import (
    TC3_ENDING,
    UNSIGNED_PAYLOAD,
    Credentials,
    Scheme,
    canonical_request,
    payload_hash,
    string_to_sign,
    tc3_signature,
    utc_date,
    v1_signature,
    v1_string_to_sign,
)

TOLERANCE_SECONDS = 300
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,\s]*)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/(?P<ending>[^/,]*),"
    r" *SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>\S*)"
)


def refusal(http: HttpRequest, credentials: Credentials, now: float, *, strict: bool) -> str | None:
    """The error code of a request that isn't properly signed; None for one that is.

    Args:
        http: the request.
        credentials: the only pair that is known.
        now: seconds since 1970.
        strict: whether the host must be signed as it was sent and the scope must name the service `iai`. Some SDKs
            sign a loopback host without its port and take the service from the host's first label.
    """
    authorization = header(http.headers, "Authorization")
    if authorization is not None:
        return _tc3(http, authorization.strip(), credentials, now, strict=strict)
    text = http.query if http.method == "GET" else http.body.decode("utf-8", "surrogateescape")
    fields = [
        (_rejoined(name), _rejoined(value))
        for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    ]
    if any(name == "Signature" for name, _ in fields):
        return _v1(http, fields, credentials, now, strict=strict)
    return "AuthFailure.InvalidAuthorization" if header(http.headers, "X-TC-Action") else "MissingParameter"


def _rejoined(text: str) -> str:
    """A text in which a lone surrogate is one again: it was parsed into its three bytes, and is signed whole."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return text


def _stale(timestamp: str | None, now: float) -> str | None:
    if timestamp is None:
        return "MissingParameter"
    if not timestamp.isascii() or not timestamp.isdigit():
        return "InvalidParameter"
    # More digits than any time near now has; and Python won't read thousands of them.
    far = len(timestamp) > 15 or abs(int(timestamp) - now) > TOLERANCE_SECONDS
    return "AuthFailure.SignatureExpire" if far else None


def _tc3(http: HttpRequest, authorization: str, credentials: Credentials, now: float, *, strict: bool) -> str | None:
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None or match["ending"] != TC3_ENDING:
        return "AuthFailure.InvalidAuthorization"
    timestamp = header(http.headers, "X-TC-Timestamp")
    if (stale := _stale(timestamp, now)) is not None or timestamp is None:
        return stale or "MissingParameter"
    if match["id"] != credentials.secret_id:
        return "AuthFailure.SecretIdNotFound"
    if header(http.headers, "X-TC-Token") != credentials.token:
        return "AuthFailure.TokenFailure"
    signed = match["headers"].split(";")
    if not {"content-type", "host"} <= set(signed) or match["date"] != utc_date(int(timestamp)):
        return "AuthFailure.SignatureFailure"
    if strict and match["service"] != SERVICE:
        return "AuthFailure.SignatureFailure"
    unsigned = header(http.headers, "X-TC-Content-SHA256") == UNSIGNED_PAYLOAD
    body_hash = payload_hash(UNSIGNED_PAYLOAD.encode() if unsigned else http.body)
    for host in _hosts(http, strict=strict):
        values = {name: host if name == "host" else header(http.headers, name) for name in signed}
        headers = [(name, value) for name, value in values.items() if value is not None]
        if len(headers) != len(signed):  # one that isn't there, or is named twice
            return "AuthFailure.SignatureFailure"
        canonical = canonical_request(http.method, http.query, headers, body_hash)
        to_sign = string_to_sign(timestamp, match["date"], match["service"], canonical)
        expected = tc3_signature(credentials.secret_key, match["date"], match["service"], to_sign)
        if hmac.compare_digest(expected.encode(), match["signature"].encode("utf-8", "surrogatepass")):
            return None
    return "AuthFailure.SignatureFailure"


def _v1(
    http: HttpRequest, fields: list[tuple[str, str]], credentials: Credentials, now: float, *, strict: bool
) -> str | None:
    values = dict(fields)
    for name in ("Timestamp", "Nonce", "SecretId"):
        if name not in values:
            return "MissingParameter"
    if (stale := _stale(values["Timestamp"], now)) is not None:
        return stale
    if values["SecretId"] != credentials.secret_id:
        return "AuthFailure.SecretIdNotFound"
    if values.get("Token") != credentials.token:
        return "AuthFailure.TokenFailure"
    scheme = Scheme.SHA256 if values.get("SignatureMethod") == Scheme.SHA256 else Scheme.SHA1
    # Base64 writers that break lines end a signature with one.
    given = values["Signature"] if strict else values["Signature"].rstrip("\n")
    for host in _hosts(http, strict=strict):
        to_sign = v1_string_to_sign(http.method, host, fields)
        expected = v1_signature(credentials.secret_key, to_sign, scheme)
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            return None
    return "AuthFailure.SignatureFailure"


def _hosts(http: HttpRequest, *, strict: bool) -> Iterator[str]:
    """The hosts that may have been signed: as sent and, leniently, without port."""
    host = http.host
    yield host
    without_port = re.sub(r":\d+$", "", host)
    if not strict and without_port != host:
        yield without_port
