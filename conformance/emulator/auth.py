"""Whether an HTTP request is signed as the platform documents; which of its checks are made, the behaviour says."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from conformance.base.credentials import Credentials
from conformance.emulator.behaviour import Behaviour
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.signing import (
    TC3_ENDING,
    UNSIGNED_PAYLOAD,
    Scheme,
    canonical_request,
    payload_hash,
    string_to_sign,
    tc3_signature,
    utc_date,
    v1_signature,
    v1_string_to_sign,
)

__all__ = ["fields", "refusal"]

_FAILURE = "AuthFailure.SignatureFailure"
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,\s]*)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/(?P<ending>[^/,]*),"
    r" *SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>\S*)"
)


def refusal(http: HttpRequest, behaviour: Behaviour, credentials: Credentials, now: float) -> str | None:
    """The error code of a request that isn't properly signed; None for one that is.

    Args:
        http: the request.
        behaviour: which checks are made, and which codes answer.
        credentials: the only pair that is known.
        now: seconds since 1970.
    """
    authorization = header(http.headers, "Authorization")
    if authorization is not None:
        return _tc3(http, authorization.strip(), behaviour, credentials, now)
    given = fields(http)
    if any(name == "Signature" for name, _ in given):
        return _v1(http, given, behaviour, credentials, now)
    return behaviour.code_of("absent-authorization-code") if behaviour.checks("authorization") else None


def fields(http: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a query or a form; a body of another type may hold what looks like them, and does no harm."""
    text = http.query if http.method == "GET" else http.body.decode("utf-8", "surrogateescape")
    if text[:1] in "{[":
        return []
    return [
        (_rejoined(name), _rejoined(value))
        for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    ]


def _rejoined(text: str) -> str:
    """A text in which a lone surrogate is one again: it was parsed into its three bytes, and is signed whole."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    except UnicodeError:
        return text


def _stale(timestamp: str | None, behaviour: Behaviour, now: float) -> str | None:
    if timestamp is None or not timestamp.isascii() or not timestamp.isdigit():
        reading = "absent-timestamp-code" if timestamp is None else "timestamp-form-code"
        return behaviour.code_of(reading) if behaviour.checks("timestamp") else None
    late = now - _seconds(timestamp)
    expired = late > behaviour.tolerance and behaviour.checks("expiry")
    premature = -late > behaviour.tolerance and behaviour.checks("future")
    return "AuthFailure.SignatureExpire" if expired or premature else None


def _seconds(timestamp: str) -> float:
    digits = timestamp.lstrip("0")
    # More digits than any time near now has; and Python won't read thousands of them.
    return int(digits or "0") if len(digits) < 16 else float("inf")


def _date(timestamp: str) -> str | None:
    """The date of a time; None for one that no calendar has."""
    try:
        return utc_date(int(_seconds(timestamp)))
    except (ValueError, OverflowError):
        return None


def _tc3(
    http: HttpRequest, authorization: str, behaviour: Behaviour, credentials: Credentials, now: float
) -> str | None:
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None or match["ending"] != TC3_ENDING or not re.fullmatch("[0-9A-Fa-f]{64}", match["signature"]):
        return behaviour.code_of("malformed-authorization-code") if behaviour.checks("authorization") else None
    signed = match["headers"].split(";")
    if not {"content-type", "host"} <= set(signed) and behaviour.checks("signed-headers"):
        return behaviour.code_of("malformed-authorization-code")
    timestamp = header(http.headers, "X-TC-Timestamp")
    if (stale := _stale(timestamp, behaviour, now)) is not None:
        return stale
    if match["id"] != credentials.secret_id and behaviour.checks("secret-id"):
        return behaviour.code_of("unknown-secret-id-code")
    if (wrong := _wrong_token(header(http.headers, "X-TC-Token"), behaviour, credentials)) is not None:
        return wrong
    if (wrong := _wrong_scope(match, http, timestamp or "", behaviour)) is not None:
        return wrong
    return _wrong_tc3_signature(http, match, timestamp or "", behaviour, credentials)


def _wrong_token(token: str | None, behaviour: Behaviour, credentials: Credentials) -> str | None:
    wrong = token != credentials.token
    ignored = credentials.token is None and behaviour.chosen("wrong-token", "ignored")
    return "AuthFailure.TokenFailure" if wrong and not ignored and behaviour.checks("token") else None


def _wrong_scope(match: re.Match[str], http: HttpRequest, timestamp: str, behaviour: Behaviour) -> str | None:
    known = set(behaviour.services)
    if behaviour.chosen("scope-of-host", "accepted"):
        known.add(re.split(r"[.:]", http.host)[0])
    date_is_wrong = timestamp.isascii() and timestamp.isdigit() and match["date"] != _date(timestamp)
    if date_is_wrong and behaviour.checks("date"):
        return behaviour.code_of("scope-code")
    ignored = match["service"] in known or behaviour.chosen("scope-of-host", "ignored")
    return None if ignored or not behaviour.checks("service") else behaviour.code_of("scope-code")


def _wrong_tc3_signature(
    http: HttpRequest, match: re.Match[str], timestamp: str, behaviour: Behaviour, credentials: Credentials
) -> str | None:
    signed = match["headers"].split(";")
    unsigned = header(http.headers, "X-TC-Content-SHA256") == UNSIGNED_PAYLOAD
    if unsigned and behaviour.chosen("unsigned-payload", "refused"):
        return _FAILURE
    body_hash = payload_hash(UNSIGNED_PAYLOAD.encode() if unsigned else http.body)
    given = match["signature"]
    if given != given.lower():
        if behaviour.chosen("upper-case-signature", "malformed"):
            return "AuthFailure.InvalidAuthorization"
        given = given.lower() if behaviour.chosen("upper-case-signature", "accepted") else given
    sent = {name.lower(): value for name, value in reversed(http.headers)}  # of several, the first
    for host in _hosts(http, behaviour):
        values = {name: host if name == "host" else sent.get(name.lower()) for name in signed}
        headers = [(name, value) for name, value in values.items() if value is not None]
        if len(headers) != len(signed):  # one that isn't there, or is named twice
            continue
        canonical = canonical_request(http.method, http.query, headers, body_hash)
        to_sign = string_to_sign(timestamp, match["date"], match["service"], canonical)
        expected = tc3_signature(credentials.secret_key, match["date"], match["service"], to_sign)
        digits = behaviour.compared
        if hmac.compare_digest(expected[:digits].encode(), given[:digits].encode("utf-8", "surrogatepass")):
            return None
    return _FAILURE if behaviour.checks("signature") and behaviour.compares(http) else None


def _v1(
    http: HttpRequest, fields: list[tuple[str, str]], behaviour: Behaviour, credentials: Credentials, now: float
) -> str | None:
    values = dict(fields)
    if not values.get("SecretId"):
        return behaviour.code_of("malformed-authorization-code")
    if (stale := _stale(values.get("Timestamp"), behaviour, now)) is not None:
        return stale
    if (wrong := _wrong_nonce(values.get("Nonce"), behaviour)) is not None:
        return wrong
    if values["SecretId"] != credentials.secret_id and behaviour.checks("secret-id"):
        return behaviour.code_of("unknown-secret-id-code")
    if (wrong := _wrong_token(values.get("Token"), behaviour, credentials)) is not None:
        return wrong
    scheme = Scheme.SHA256 if values.get("SignatureMethod") == Scheme.SHA256 else behaviour.other_scheme
    given = values["Signature"].rstrip("\n")  # Base64 writers that break lines end a signature with one
    for host in _hosts(http, behaviour):
        to_sign = v1_string_to_sign(http.method, host, fields)
        expected = v1_signature(credentials.secret_key, to_sign, scheme)
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            return None
    return _FAILURE if behaviour.checks("signature") and behaviour.checks("signature-1") else None


def _wrong_nonce(nonce: str | None, behaviour: Behaviour) -> str | None:
    if nonce is not None and nonce.isascii() and nonce.isdigit() and nonce.strip("0"):
        return None
    reading = "absent-nonce" if nonce is None else "nonce"
    taken = behaviour.taken(reading)
    return None if taken == "ignored" else behaviour.code(reading, taken)


def _hosts(http: HttpRequest, behaviour: Behaviour) -> Iterator[str]:
    """The hosts that may have been signed: as sent and, if that is taken, without port."""
    host = http.host
    yield host
    without_port = re.sub(r":\d+$", "", host)
    if without_port != host and behaviour.chosen("signed-port", "accepted"):
        yield without_port
