"""Whether an account can be used at all: each answer to a plain request has one sentence, or none."""

import pytest

from conformance.contract import CODES, THROTTLED, CodeKind
from conformance.exchange.messages import HttpResponse
from conformance.exchange.wire import Envelope
from conformance.judging.account_status import (
    MAY_NOT,
    OF_THE_ACCOUNT,
    leaves_open,
    why_down,
    why_full,
    why_not_the_api,
    why_unusable,
)

WELL = Envelope({"RequestId": "r"})
NO_API = Envelope({}, "no JSON")
PARAMETERS = [each.code for each in CODES.values() if each.kind is CodeKind.PARAMETERS]


def refused(code, message="不行。"):
    """An answer with this error."""
    return Envelope({"Error": {"Code": code, "Message": message}, "RequestId": "r"})


# --- Who is refused --------------------------------------------------------------------------------------------

REFUSED = {
    "RequestLimitExceeded": "T throttles this account: ",
    "RequestLimitExceeded.UinLimitExceeded": "T throttles this account: ",
    "FailedOperation.RequestLimitExceeded": "T throttles this account: ",
    "UnsupportedRegion": "T doesn't serve this region: ",
    "AuthFailure.SignatureExpire": "T refuses the time of the signature: ",
    "AuthFailure.SignatureFailure": "T refuses the credentials: ",
    "AuthFailure.UnauthorizedOperation": "T refuses the credentials: ",
    "UnauthorizedOperation": "T refuses the credentials: ",
    "IpInBlacklist": "T doesn't serve whoever asks from here: ",
    "IpNotInWhitelist": "T doesn't serve whoever asks from here: ",
    "OperationDenied": "T doesn't serve whoever asks from here: ",
    "ResourceUnavailable.InArrears": "T serves this account nothing: ",
    "ResourcesSoldOut.ChargeStatusException": "T serves this account nothing: ",
}


@pytest.mark.parametrize(("code", "begins"), REFUSED.items(), ids=REFUSED)
def test_refusals(code, begins):
    """Each reason for which nothing can be judged begins in its own way, and names the code and what was said."""
    told = why_unusable("T", refused(code))

    assert told.startswith(f"{begins}{code}: 不行")
    assert "。" not in told.removesuffix("不行。")


def test_what_to_do_is_said():
    """Where the user can do something about it, the sentence says what."""
    advice = {
        "RequestLimitExceeded": "--rate",
        "UnsupportedRegion": "--region",
        "AuthFailure.SignatureExpire": "clock",
        "AuthFailure.SignatureFailure": "TENCENTCLOUD_SECRET_ID",
    }

    assert all(word in why_unusable("T", refused(code)) for code, word in advice.items())


@pytest.mark.parametrize("code", [*PARAMETERS, "InternalError", "Nonsense", ""])
def test_no_refusals(code):
    """What speaks of the request, or of the service, refuses nobody."""
    assert why_unusable("T", refused(code)) is None


@pytest.mark.parametrize("answer", [WELL, NO_API, Envelope({"Error": "AuthFailure"}), Envelope({"Error": {}})])
def test_answers_that_refuse_nobody(answer):
    """Nor does an answer without a code."""
    assert why_unusable("T", answer) is None


@pytest.mark.parametrize("error", [{"Code": "OperationDenied"}, {"Code": "OperationDenied", "Message": None}])
def test_a_refusal_without_a_message(error):
    """A code alone is enough for the sentence."""
    assert why_unusable("T", Envelope({"Error": error})).startswith("T doesn't serve whoever asks from here: Operation")


# --- What isn't the API ------------------------------------------------------------------------------------------

JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (
            301,
            (("Location", "https://t/\x1b"),),
            b"",
            "HTTP 301, which sends on to https://t/\\u001b, the body is no JSON",
        ),
        (200, (("Content-Type", "text/html"),), b"<html>", "HTTP 200, the body is no JSON"),
        (404, (JSON,), b"", "HTTP 404, the body is no JSON"),
        (200, (JSON,), b'{"got": 1}', "HTTP 200, the body is JSON without `Response`"),
        (200, (JSON,), b"OK", None),
        (200, (JSON,), b'{"FaceModelVersion": "3.0"}', None),
        (500, (), b'{"response": {"requestId": "x"}}', None),
        (500, (), b'{"Response": {}}', None),
    ],
)
def test_what_isnt_the_api(status, headers, body, told):
    """What has none of the API's names in it is something else; a badly written answer of the API is judged."""
    found = why_not_the_api("T", HttpResponse(status, headers, body))

    assert (
        found is None if told is None else found.startswith(f"T doesn't answer a plain request as CreateGroup: {told}")
    )


# --- What is out of order, or full -----------------------------------------------------------------------------

# What says that something broke; and what else says that nobody is served.
BROKEN = {
    "FailedOperation", "FailedOperation.RequestTimeout", "FailedOperation.ServerError", "InternalError",
    "ServiceUnavailable",
}  # fmt: skip
CONFLICT = "FailedOperation.ConflictOperation"
CLOSED = {"ActionOffline", "UnsupportedOperation"}
FULL = {"InvalidParameterValue.GroupNumExceed", "LimitExceeded", "ResourceInsufficient"}
# The codes at issue here, and those that mean something else of the account or of the request.
ALL = sorted({*BROKEN, *CLOSED, *FULL, *REFUSED, *CODES, CONFLICT, "Nonsense"})


def test_outages():
    """A service is out of order by these codes and no others; a conflict is another user's."""
    assert {each for each in ALL if why_down("T", refused(each)) is not None} == BROKEN | CLOSED
    assert why_down("T", refused("InternalError")) == "T is out of order: InternalError. Try again later."


def test_no_api():
    """Nor can anything be relied on that isn't the API; an acceptance can."""
    assert why_down("T", NO_API).startswith("T doesn't answer as the API does: no JSON.")
    assert why_down("T", WELL) is None


def test_full_accounts():
    """An account is full by these codes and no others; the sentence has the code."""
    assert {each for each in ALL if why_full("T", refused(each)) is not None} == FULL
    assert why_full("T", refused("LimitExceeded")).startswith("T takes no more groups in this account: LimitExceeded.")
    assert why_full("T", WELL) is None


def test_what_is_left_open():
    """Whether something was done is left open by what broke, and by what says nothing that can be read."""
    assert {each for each in ALL if leaves_open(refused(each))} == {*BROKEN, CONFLICT}
    assert leaves_open(NO_API)
    assert leaves_open(Envelope({"Error": {"Message": "no code"}}))
    assert leaves_open(Envelope({"Error": "no object"}))
    assert not leaves_open(WELL)


def test_codes_of_the_account():
    """What an account may always be told: of its standing, its rights and its room, or of the service's state."""
    standing = {each.code for each in CODES.values() if each.kind is CodeKind.ACCOUNT_STANDING}

    assert sorted(MAY_NOT) == ["AuthFailure.UnauthorizedOperation", "UnauthorizedOperation"]
    assert OF_THE_ACCOUNT - standing - THROTTLED - MAY_NOT == {
        *BROKEN, *FULL, "ActionOffline", "IpInBlacklist", "IpNotInWhitelist"
    }  # fmt: skip
    assert {*standing, *THROTTLED, *MAY_NOT} <= OF_THE_ACCOUNT
    assert OF_THE_ACCOUNT.isdisjoint([*PARAMETERS, CONFLICT, "UnsupportedOperation"])
