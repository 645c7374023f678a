"""What any HTTP request says of itself: its common parameters, whose key signed it, how, and when. Pure."""

from __future__ import annotations

import re

from conformance.exchange.messages import Exchange, HttpRequest, HttpResponse, header
from conformance.exchange.wire import date_of, envelope, fields_of, received

__all__ = [
    "AUTHORIZATION", "OTHER_VERSIONS", "clock_ahead", "common_parameter", "is_stale", "secret_id_of", "signature_of",
]  # fmt: skip

# Earlier versions of the product, with pages of their own: whether a service still knows them isn't on this one.
OTHER_VERSIONS = frozenset({"2018-03-01"})


AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,\s]+)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/(?P<ending>[^/,]*), *"
    r"SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>[0-9A-Fa-f]{64})"
)


_CREDENTIAL = re.compile(r"(?:^|[\s,])Credential=([^/,\s]+)")


def common_parameter(http: HttpRequest, name: str) -> str | None:
    """A common parameter by its plain name ("Region"): a header under version 3, else a field."""
    http = received(http)
    value = header(http.headers, f"X-TC-{name}")
    return value if value is not None else dict(fields_of(http)).get(name)


# Seconds by which clocks may differ, that of `Date` being told in whole ones; and after which a signature is stale.
_CLOCKS_AGREE = 3
_STALE = 300


def is_stale(answer: HttpResponse) -> bool:
    """Whether a request was refused for the time of its signature."""
    return envelope(answer).code == "AuthFailure.SignatureExpire"


def clock_ahead(exchange: Exchange, now: float) -> float:
    """By how many seconds the clock of a target is ahead of this one, as far as its answer tells; 0 for next to none.

    A `Date` that is minutes away is believed only where what was signed now was refused for its time: some servers,
    or what stands before them, have a `Date` of their own.

    Args:
        exchange: what was sent and what came.
        now: seconds since 1970, by this clock, when it was sent.
    """
    answer = exchange.answer
    if not isinstance(answer, HttpResponse) or (there := date_of(answer)) is None:
        return 0.0
    ahead = there - now
    if abs(ahead) <= _STALE:
        return ahead if abs(ahead) > _CLOCKS_AGREE else 0.0
    signed = common_parameter(exchange.sent, "Timestamp") or ""
    is_of_now = signed.isascii() and signed.isdigit() and len(signed) < 12 and abs(int(signed) - now) < _STALE
    return ahead if is_of_now and is_stale(answer) else 0.0


def secret_id_of(http: HttpRequest) -> str:
    """The SecretId that a request names: in its Authorization, else in the field; empty where it names none."""
    http = received(http)
    authorization = header(http.headers, "Authorization")
    if authorization is None:
        return dict(fields_of(http)).get("SecretId", "")
    match = _CREDENTIAL.search(authorization)
    return match[1] if match else ""


def signature_of(http: HttpRequest) -> str:
    """How a request is signed: its Authorization, else the field; empty where it isn't."""
    http = received(http)
    return header(http.headers, "Authorization") or dict(fields_of(http)).get("Signature", "")
