"""Whether an account can be used at all, by the answer to a request that anybody may make. Pure."""

from __future__ import annotations

import json
from enum import StrEnum
from http import HTTPStatus

from conformance.base.errors import TransportError
from conformance.base.words import visible
from conformance.contract import CLAUSE, CODES, THROTTLED, CodeKind
from conformance.exchange.messages import Answer, HttpResponse, header
from conformance.exchange.wire import Envelope, envelope

__all__ = [
    "MAY_NOT",
    "OF_THE_ACCOUNT",
    "Disturbance",
    "disturbance_of",
    "is_refusal",
    "is_throttled",
    "leaves_open",
    "seconds_to_wait",
    "why_down",
    "why_full",
    "why_not_the_api",
    "why_unusable",
]

# The key pair is known, but mayn't do this.
MAY_NOT = frozenset({"UnauthorizedOperation", "AuthFailure.UnauthorizedOperation"})

_NOT_FROM_HERE = frozenset({"IpInBlacklist", "IpNotInWhitelist", "OperationDenied"})
# The account takes no more groups.
_FULL = frozenset({*CLAUSE["State.quota"].codes, "ResourceInsufficient"})
# These codes say that something broke, not that nothing was done.
_BROKEN = frozenset(
    {
        "FailedOperation", "FailedOperation.ConflictOperation", "FailedOperation.RequestTimeout",
        "FailedOperation.ServerError", "InternalError", "ServiceUnavailable",
    }
)  # fmt: skip
_OUT_OF_ORDER = (_BROKEN - {"FailedOperation.ConflictOperation"}) | {"ActionOffline", "UnsupportedOperation"}
_CHANGED_ON_ITS_WAY = (
    " If it does, a proxy in between changes what was signed: it must pass on Host as it came (in nginx: "
    "proxy_set_header Host $http_host)."
)

# What every answer of the API has a part of, in lower case.
_NAMES_OF_THE_API = (b"requestid", b"facemodelversion")

# What an account that nothing is known of may always be told: of its standing and quota, or of the service's state.
OF_THE_ACCOUNT = (
    frozenset(each.code for each in CODES.values() if each.kind is CodeKind.ACCOUNT_STANDING)
    | THROTTLED
    | MAY_NOT
    | {
        "ActionOffline", "FailedOperation", "FailedOperation.RequestTimeout", "FailedOperation.ServerError",
        "InternalError", "InvalidParameterValue.GroupNumExceed", "IpInBlacklist", "IpNotInWhitelist", "LimitExceeded",
        "ResourceInsufficient", "ServiceUnavailable",
    }
)  # fmt: skip


def why_unusable(name: str, answer: Envelope) -> str | None:
    """One sentence on why an account can't be used; None where it can.

    Args:
        name: of the target.
        answer: what it said.
    """
    code = answer.code or ""
    message = str(answer.error.get("Message", "")) if isinstance(answer.error, dict) else ""
    sentence = f"{code}: {message.rstrip('.。')}."
    if code in THROTTLED:
        return f"{name} throttles this account: {sentence} Try again later, or with a lower --rate."
    if code == "UnsupportedRegion":
        return f"{name} doesn't serve this region: {sentence} Name another with --region, or TENCENTCLOUD_REGION."
    if code == "AuthFailure.SignatureExpire":
        return f"{name} refuses the time of the signature: {sentence} Set this machine's clock."
    if code.startswith("AuthFailure") or code in MAY_NOT:
        return (
            f"{name} refuses the credentials: {sentence} Set TENCENTCLOUD_SECRET_ID and "
            "TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN, for temporary ones) to a pair that it knows."
        ) + (_CHANGED_ON_ITS_WAY if code == "AuthFailure.SignatureFailure" else "")
    if code in _NOT_FROM_HERE:
        return f"{name} doesn't serve whoever asks from here: {sentence}"
    if code.startswith(("ResourceUnavailable", "ResourcesSoldOut")):
        return f"{name} serves this account nothing: {code}: {message}"
    return None


def why_not_the_api(name: str, answer: HttpResponse) -> str | None:
    """One sentence on why something else than the API answers a plain request; None where it may be the API.

    An answer of the API, however badly it is written, has one of its names in it, or at least says that it is JSON.

    Args:
        name: of the target.
        answer: what it said to a request to which nothing is wrong.
    """
    parsed, body = envelope(answer), answer.body.lower()
    if parsed.problem is None or any(each in body for each in _NAMES_OF_THE_API):
        return None
    declared = (header(answer.headers, "Content-Type") or "").lower().startswith("application/json")
    if answer.status == HTTPStatus.OK and declared and not _is_json(answer.body):
        return None
    place = header(answer.headers, "Location")
    elsewhere = f", which sends on to {visible(place)}" if place is not None else ""
    return (
        f"{name} doesn't answer a plain request as CreateGroup: HTTP {answer.status}{elsewhere}, {parsed.problem}. "
        "Is this the URL of the API?"
    )


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def why_down(name: str, answer: Envelope) -> str | None:
    """One sentence on why a service that is relied on can't be used now; None where it can.

    Args:
        name: of the target.
        answer: what it said to a request to which nothing is wrong.
    """
    if answer.problem is not None:
        return f"{name} doesn't answer as the API does: {answer.problem}. Is it out of order, or something in between?"
    if answer.code in _OUT_OF_ORDER:
        return f"{name} is out of order: {answer.code}. Try again later."
    return None


def why_full(name: str, answer: Envelope) -> str | None:
    """One sentence on why an account takes no more groups; None where it does."""
    if answer.code not in _FULL:
        return None
    return f"{name} takes no more groups in this account: {answer.code}. Delete some, or use an account with room."


def leaves_open(answer: Envelope) -> bool:
    """Whether an answer says neither that a request was carried out nor that it wasn't."""
    return answer.problem is not None or (answer.error is not None and (answer.code is None or answer.code in _BROKEN))


class Disturbance(StrEnum):
    """What may come of any request now and then, whatever it asks."""

    THROTTLED = "throttled"
    FAILED = "failed"
    CLOSED = "closed"
    CLOCK_SET = "clock set"


# An HTTP server, or what is before it, says so of itself: nginx answers 503 to whoever asks too fast.
_TOO_FAST = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
# What may go wrong inside at any time: “内部错误。”, “后端服务超时。”, “算法服务异常,请重试。”
_NOW_AND_THEN = frozenset({"InternalError", "FailedOperation.ServerError", "FailedOperation.RequestTimeout"})


def disturbance_of(answer: Answer) -> Disturbance | None:
    """What came instead of an answer to the request; None where it is one, or where nothing came in time."""
    if not isinstance(answer, HttpResponse):
        return Disturbance.CLOSED if isinstance(answer, TransportError) and answer.closed else None
    parsed = envelope(answer)
    if parsed.code in THROTTLED or (parsed.problem is not None and answer.status in _TOO_FAST):
        return Disturbance.THROTTLED
    broken = parsed.problem is not None and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Disturbance.FAILED if broken or parsed.code in _NOW_AND_THEN else None


def seconds_to_wait(answer: Answer | None) -> float:
    """For how many seconds an answer asks not to be sent another request; 0 where it doesn't, or names a date."""
    asked = header(answer.headers, "Retry-After") if isinstance(answer, HttpResponse) else None
    return float(asked) if asked is not None and asked.isascii() and asked.isdigit() else 0.0


def is_throttled(answer: Answer) -> bool:
    """Whether an answer says that requests come too fast."""
    return isinstance(answer, HttpResponse) and envelope(answer).code in THROTTLED


def is_refusal(answer: Answer) -> bool:
    """Whether an answer is anything but a success."""
    if not isinstance(answer, HttpResponse):
        return True
    parsed = envelope(answer)
    return parsed.error is not None or "FaceModelVersion" not in parsed.response
