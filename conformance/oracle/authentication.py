"""Whether a request is signed as the platform asks: findings on version 3 and version 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from conformance.base.credentials import Credentials
from conformance.base.hosts import is_platform_host
from conformance.contract import CLAUSE, READING, SERVICE, limit_of
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.reading import AUTHORIZATION
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
from conformance.exchange.wire import fields_of
from conformance.oracle.findings import Breach, Finding, breaches_of, breaks, depends, keeps, unsure, when
from conformance.oracle.gates import gate, leeway
from conformance.oracle.prediction import EVERYWHERE

__all__ = ["Clock", "findings"]

_LONGEST_TIME = 15  # digits
_USUAL_HEADERS = frozenset(
    {
        "content-type", "host", "authorization", "x-tc-action", "x-tc-version", "x-tc-timestamp", "x-tc-region",
        "x-tc-token", "x-tc-language",
        # What any client adds on the way.
        "accept", "accept-encoding", "connection", "content-length", "user-agent",
    }
)  # fmt: skip


Expected = Callable[[str], str]  # host → the signature for it


class Clock(NamedTuple):
    """What time it is where a request goes, in seconds since 1970, and by how many that may be wrong."""

    now: float
    apart: float


def findings(http: HttpRequest, credentials: Credentials, clock: Clock) -> Iterator[Finding]:
    """Every clause on authentication that has something to say of a request, held against it.

    Args:
        http: the request as it was sent.
        credentials: whose key signed it, or should have.
        clock: when it was sent.
    """
    authorization = header(http.headers, "Authorization")
    fields = fields_of(http)
    if authorization is not None:
        yield keeps("Authentication.authorization.present")
        yield from _version_3(http, authorization, credentials, clock)
    elif any(name == "Signature" for name, _ in fields):
        yield keeps("Authentication.authorization.present")
        yield from _version_1(http, fields, credentials, clock)
    else:
        yield breaks("Authentication.authorization.present")


def _version_3(http: HttpRequest, authorization: str, credentials: Credentials, clock: Clock) -> Iterator[Finding]:
    match = AUTHORIZATION.fullmatch(authorization)
    names = match["headers"].split(";") if match else []
    if match is None or match["ending"] != TC3_ENDING or not {"content-type", "host"} <= set(names):
        yield breaks("Authentication.authorization.form")
        return
    yield keeps("Authentication.authorization.form")
    timestamp = header(http.headers, "X-TC-Timestamp")
    yield from _of_timestamp(timestamp, clock)
    if match["id"] != credentials.secret_id:
        yield breaks("Authentication.secret-id")
        return
    yield keeps("Authentication.secret-id")
    yield from _of_token(header(http.headers, "X-TC-Token"), credentials)
    if timestamp is None or not _is_number(timestamp):
        return
    yield (
        keeps("Authentication.scope.date")
        if match["date"] == _date_of(timestamp)
        else breaks("Authentication.scope.date")
    )
    yield _of_service(match["service"], http.host)
    yield from _of_signature(http, match, names, timestamp, credentials)
    lowered = {name.lower() for name, _ in http.headers}
    if lowered - _USUAL_HEADERS or set(names) - {"content-type", "host"}:
        yield keeps("Authentication.other-headers")


def _seconds(timestamp: str) -> float:
    """A number as seconds since 1970; infinite if it has more digits than any time near now (Python reads no 5000)."""
    digits = timestamp.lstrip("0")
    return int(digits or "0") if len(digits) <= _LONGEST_TIME else float("inf")


def _date_of(timestamp: str) -> str | None:
    """The date of a time in seconds since 1970; None for one that no calendar has."""
    try:
        return utc_date(int(_seconds(timestamp)))
    except (ValueError, OverflowError):
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _of_timestamp(timestamp: str | None, clock: Clock) -> Iterator[Finding]:
    if timestamp is None or not _is_number(timestamp):
        form = "Authentication.timestamp.form"
        yield breaks(form, gate(form).absent) if timestamp is None else breaks(form)
        return
    yield keeps("Authentication.timestamp.form")
    window = "Authentication.timestamp.window"
    apart, limit = abs(_seconds(timestamp) - clock.now), limit_of(window)
    if abs(apart - limit) <= clock.apart:
        yield unsure(window)
    elif apart > limit:
        yield breaks(window)
    else:
        yield keeps(window)


def _of_token(token: str | None, credentials: Credentials) -> Iterator[Finding]:
    if token == credentials.token:
        if token is not None:
            yield keeps("Authentication.token")
    elif credentials.token is None:
        yield depends("Authentication.token")
    else:
        # Temporary credentials without their token, or with another: not even the key is known then.
        codes = (*CLAUSE["Authentication.token"].codes, *CLAUSE["Authentication.secret-id"].codes)
        yield Finding(CLAUSE["Authentication.token"], (), tuple(Breach(code) for code in codes))


def _of_service(service: str, host: str) -> Finding:
    clause = "Authentication.scope.service"
    if service == SERVICE:
        return keeps(clause)
    name = re.split("[/:]", host.removeprefix("http://").removeprefix("https://"))[0]
    if not is_platform_host(name):
        reading = gate(clause).leeway or ""
        taking = {"accepted", "ignored"} if service == name.partition(".")[0] else {"ignored"}
        accepted, refused = when(reading, *taking), when(reading, *(READING[reading].names - taking))
        return Finding(CLAUSE[clause], (accepted,), breaches_of(CLAUSE[clause], refused))
    return breaks(clause)


def _of_signature(
    http: HttpRequest, match: re.Match[str], names: list[str], timestamp: str, credentials: Credentials
) -> Iterator[Finding]:
    """The signature against the one that belongs to what was sent."""
    sent = {name.lower(): value for name, value in reversed(http.headers)}  # of several, the first
    if any(name != "host" and name.lower() not in sent for name in names):
        malformed = breaks("Authentication.authorization.form")  # it isn't the request that was signed, either
        yield replace(malformed, breaches=(*malformed.breaches, *breaches_of(CLAUSE["Authentication.signature"])))
        return

    def compared(payload: bytes) -> list[Finding]:
        body_hash = payload_hash(payload)

        def expected(host: str) -> str:
            signed = [(name, host if name == "host" else sent[name.lower()]) for name in names]
            canonical = canonical_request(http.method, http.query, signed, body_hash)
            to_sign = string_to_sign(timestamp, match["date"], match["service"], canonical)
            return tc3_signature(credentials.secret_key, match["date"], match["service"], to_sign)

        return list(_compared(match["signature"], expected, http.host, hexadecimal=True))

    of_body = compared(http.body)
    if header(http.headers, "X-TC-Content-SHA256") != UNSIGNED_PAYLOAD:
        yield from of_body
    elif all(each.kept for each in of_body):
        # What the header leaves out is signed all the same: right for whoever doesn't know the header, or asks no more.
        yield from of_body
        yield _signed_though_declared_otherwise()
    else:
        yield from compared(UNSIGNED_PAYLOAD.encode())
        yield depends("Authentication.unsigned-payload")


@cache
def _signed_though_declared_otherwise() -> Finding:
    """Refused or not, it tells nothing of the reading."""
    clause = CLAUSE["Authentication.unsigned-payload"]
    return Finding(clause, (EVERYWHERE,), tuple(Breach(code) for code in clause.codes))


def _compared(given: str, expected: Expected, host: str, *, hexadecimal: bool) -> Iterator[Finding]:
    """A signature against the one that is expected for the host as sent; or, where it has a port, for it without."""
    clause = "Authentication.signature"
    right = expected(host)
    without_port = re.sub(r":\d+$", "", host)
    if right == given:
        yield keeps(clause)
        if hexadecimal:
            yield keeps("Authentication.signature.letter-case")
    elif hexadecimal and right == given.lower():
        yield depends("Authentication.signature.letter-case")
    elif without_port != host and expected(without_port) == given:
        accepted, refused = leeway(clause)
        yield Finding(CLAUSE[clause], (accepted,), breaches_of(CLAUSE[clause], refused))
    else:
        yield breaks(clause)


def _version_1(
    http: HttpRequest, fields: list[tuple[str, str]], credentials: Credentials, clock: Clock
) -> Iterator[Finding]:
    values = dict(fields)
    if not values.get("SecretId"):
        yield breaks("Authentication.authorization.form")
        return
    yield keeps("Authentication.authorization.form")
    yield from _of_timestamp(values.get("Timestamp"), clock)
    nonce = values.get("Nonce")
    if nonce is None:
        yield depends("Authentication.nonce", gate("Authentication.nonce").absent)
    elif _is_number(nonce) and int(nonce[:20]) > 0:
        yield keeps("Authentication.nonce")
    else:
        yield depends("Authentication.nonce")
    if values["SecretId"] != credentials.secret_id:
        yield breaks("Authentication.secret-id")
        return
    yield keeps("Authentication.secret-id")
    yield from _of_token(values.get("Token"), credentials)
    scheme = Scheme.SHA256 if values.get("SignatureMethod") == Scheme.SHA256 else Scheme.SHA1

    def expected(host: str) -> str:
        return v1_signature(credentials.secret_key, v1_string_to_sign(http.method, host, fields), scheme)

    yield from _compared(values["Signature"].rstrip("\n"), expected, http.host, hexadecimal=False)
    yield keeps("Authentication.version-1")
