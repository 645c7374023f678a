"""Why a signature was refused, step by step: what was signed, and what of it would have to be otherwise. Pure.

Neither the key, nor a token, nor the right signature is told: whoever asks may not be who signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.base.credentials import Credentials
from conformance.contract import SERVICE
from conformance.emulator.auth import fields
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.reading import AUTHORIZATION
from conformance.exchange.signing import (
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

__all__ = ["why_refused"]

_MASKED = "…"


def why_refused(http: HttpRequest, credentials: Credentials, now: float) -> list[str]:
    """What there is to know of a request's signature, a line each.

    Args:
        http: the request.
        credentials: the pair that is known here.
        now: seconds since 1970.
    """
    authorization = header(http.headers, "Authorization")
    if authorization is not None:
        return list(_version_3(http, authorization, credentials, now))
    values = dict(fields(http))
    if "Signature" in values:
        return list(_version_1(http, values, credentials, now))
    return ["it is signed in no way: there is neither the header Authorization nor the field Signature"]


def _version_3(http: HttpRequest, authorization: str, credentials: Credentials, now: float) -> Iterator[str]:
    match = AUTHORIZATION.fullmatch(authorization.strip())
    if match is None:
        form = f"{Scheme.TC3} Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=…, Signature=64 hexadecimal digits"
        yield f"the header Authorization isn't written as {form}"
        return
    timestamp = header(http.headers, "X-TC-Timestamp") or ""
    yield from _of_who_and_when(match["id"], timestamp, credentials, now)
    yield from _of_scope(match, timestamp)
    names = match["headers"].split(";")
    sent = {name.lower(): value.strip(" \t") for name, value in reversed(http.headers)}
    if absent := [name for name in names if name.lower() not in sent]:
        yield f"SignedHeaders names {', '.join(absent)}, which the request doesn't have"
        return
    unsigned = header(http.headers, "X-TC-Content-SHA256") == UNSIGNED_PAYLOAD

    def signature(changed: dict[str, str], *, method: str, query: str, payload: bytes, service: str, date: str) -> str:
        signed = [(name, (sent | changed)[name.lower()]) for name in names]
        canonical = canonical_request(method, query, signed, payload_hash(payload))
        to_sign = string_to_sign(timestamp, date, service, canonical)
        return tc3_signature(credentials.secret_key, date, service, to_sign)

    payload = UNSIGNED_PAYLOAD.encode() if unsigned else http.body
    shown = [(name, _MASKED if name.lower() == "x-tc-token" else sent[name.lower()]) for name in names]
    canonical = canonical_request(http.method, http.query, shown, payload_hash(payload))
    yield f"the canonical request of what arrived is {canonical!r}"
    real = canonical_request(http.method, http.query, [(n, sent[n.lower()]) for n in names], payload_hash(payload))
    yield f"the string to sign is {string_to_sign(timestamp, match['date'], match['service'], real)!r}"
    as_sent = {
        "method": http.method, "query": http.query, "payload": payload,
        "service": match["service"], "date": match["date"],
    }  # fmt: skip
    for about, changed, more in _variants(http, sent):
        if signature(changed, **{**as_sent, **more}) == match["signature"].lower():  # type: ignore[arg-type]
            yield f"what was signed is that with {about}"
            return
    yield "it is no signature of that with this key: another key, or something else was signed than was sent"


def _variants(http: HttpRequest, sent: dict[str, str]) -> Iterator[tuple[str, dict[str, str], dict[str, object]]]:
    """What clients sign otherwise than they send: in words, and the headers and parts that differ."""
    host, content_type = sent.get("host", ""), sent.get("content-type", "")
    without_port = re.sub(r":\d+$", "", host)
    yield "all as it was sent", {}, {}
    yield "the host without its port", {"host": without_port}, {}
    yield "the host without its scheme", {"host": host.partition("://")[2]}, {}
    for other in ("application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded"):
        if other != content_type:
            yield f"the Content-Type {other}", {"content-type": other}, {}
    yield "an empty body", {}, {"payload": b""}
    yield "a body with another end", {}, {"payload": http.body.rstrip(b"\r\n ")}
    yield f"the payload {UNSIGNED_PAYLOAD}", {}, {"payload": UNSIGNED_PAYLOAD.encode()}
    yield "no query", {}, {"query": ""}
    yield "spaces of the query as %20", {}, {"query": http.query.replace("+", "%20")}
    yield "the method GET", {}, {"method": "GET"}
    yield "the method POST", {}, {"method": "POST"}
    yield "~ of the query as %7E", {}, {"query": http.query.replace("~", "%7E")}


def _of_who_and_when(secret_id: str, timestamp: str, credentials: Credentials, now: float) -> Iterator[str]:
    if secret_id != credentials.secret_id:
        yield f"the SecretId begins with {secret_id[:4]}{_MASKED}; here another one is known"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        yield f"the timestamp is {timestamp[:20]!r}, which is no number of seconds"
    elif abs(int(timestamp) - now) > 300:
        yield f"the timestamp is {abs(int(timestamp) - now):.0f} s away from the server's clock; 300 s are allowed"


def _of_scope(match: re.Match[str], timestamp: str) -> Iterator[str]:
    try:
        date = utc_date(int(timestamp))
    except (ValueError, OverflowError):
        date = None
    if date is not None and match["date"] != date:
        yield f"the scope's date is {match['date']}; in UTC that of the timestamp is {date}"
    if match["service"] != SERVICE:
        yield f"the scope's service is {match['service']}; that of the product is {SERVICE}"
    if missing := {"content-type", "host"} - set(match["headers"].split(";")):
        yield f"SignedHeaders lacks {', '.join(sorted(missing))}"


def _version_1(http: HttpRequest, values: dict[str, str], credentials: Credentials, now: float) -> Iterator[str]:
    yield from _of_who_and_when(values.get("SecretId", ""), values.get("Timestamp", ""), credentials, now)
    scheme = Scheme.SHA256 if values.get("SignatureMethod") == Scheme.SHA256 else Scheme.SHA1
    yield f"it is verified with {scheme}, for SignatureMethod is {values.get('SignatureMethod', 'absent')}"
    given, pairs = values["Signature"].rstrip("\n"), fields(http)
    masked = [(name, _MASKED if name in {"SecretId", "Token"} else value) for name, value in pairs]
    yield f"the string to sign of what arrived is {v1_string_to_sign(http.method, http.host, masked)!r}"
    without_port = re.sub(r":\d+$", "", http.host)
    other = Scheme.SHA1 if scheme is Scheme.SHA256 else Scheme.SHA256
    for about, method, host, by in (
        ("all as it was sent", http.method, http.host, scheme),
        ("the host without its port", http.method, without_port, scheme),
        ("the method GET", "GET", http.host, scheme),
        ("the method POST", "POST", http.host, scheme),
        (f"{other}", http.method, http.host, other),
    ):
        if v1_signature(credentials.secret_key, v1_string_to_sign(method, host, pairs), by) == given:
            yield f"what was signed is that with {about}"
            return
    lists = [name for name, _ in pairs if re.search(r"\[\d*\]|%5B", name)]
    if lists:
        yield f"{', '.join(lists[:3])} arrived: a list is written with its numbers behind a dot, GroupExDescriptions.0"
    yield "it is no signature of that with this key: another key, or something else was signed than was sent"
