"""Whether an account can be used at all, by the answer to a request that anybody may make. Pure."""

from __future__ import annotations

from conformance.contract import CODES, THROTTLED, CodeKind
from conformance.wire import Envelope

__all__ = ["MAY_NOT", "OF_THE_ACCOUNT", "refusal"]

# The key pair is known, but mayn't do this.
MAY_NOT = frozenset({"UnauthorizedOperation", "AuthFailure.UnauthorizedOperation"})

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


def refusal(name: str, answer: Envelope) -> str | None:
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
        )
    if code in CODES and CODES[code].kind is CodeKind.ACCOUNT_STANDING:
        return f"{name} serves this account nothing: {code}: {message}"
    return None
