"""Whom a refusal is laid to: each rule of the table has its turn, and only where none before it tells anything."""

import pytest

from conformance.contract import CLAUSE, CODES
from conformance.exchange.request import Request
from conformance.judging.blame import RULES, Refusal, blamed, owner_of
from conformance.oracle.prediction import Prediction
from conformance.oracle.validator import predict
from conformance.oracle.world import World

VALUE = "InvalidParameterValue."
FREE = "State.refused-leaves-nothing"
LONG = "xy" * 30 + "x"


def refusal(code, focus=None, *, misfires=False, free=(), **changes):
    """A refusal of a request that is valid but for the changes."""
    world = World()
    if free:
        world.must_be_free(FREE, *free)
    request = Request.of({"GroupName": "n", "GroupId": "i", **changes})
    return Refusal(predict(request, world), code, focus, misfires)


def of_gateway(code, focus=None, *, kept=(), broken=()):
    """A refusal of a request of which so much is known."""
    return Refusal(Prediction((), frozenset(kept), frozenset(broken), frozenset()), code, focus)


TURNS = {
    "the way to deliver it, which is permitted": (
        of_gateway("InternalError", "Protocol.get", kept={"Protocol.get"}), ["Protocol.get"],
    ),
    "what an earlier request must have left free": (
        refusal(f"{VALUE}GroupIdAlreadyExist", free=["i"]), [FREE],
    ),
    "a code that the target gives to valid requests": (
        refusal(f"{VALUE}GroupIdTooLong", misfires=True, GroupName=LONG), ["GroupId.length.max"],
    ),
    "the only clause that is broken": (
        refusal(f"{VALUE}GroupIdTooLong", GroupName=LONG), ["GroupName.length.max"],
    ),
    "what the gateway should have refused": (
        of_gateway("InternalError", broken={"Tag.type", "Protocol.method", "Protocol.json.form"}),
        ["Protocol.method", "Protocol.json.form"],
    ),
    "the breach whose code it nearly is": (
        refusal("InvalidParameter.GroupIdIllegal", GroupName=LONG, GroupId="!"), ["GroupId.charset"],
    ),
    "which of several breaches is told": (
        refusal("InternalError", GroupName=LONG, GroupId="!"), ["Request.check-order"],
    ),
    "the limit of the shortest text": (
        refusal(f"{VALUE}GroupNameIllegal", "GroupName.length.min"), ["GroupName.length.min"],
    ),
    "the clause of which the code speaks": (
        refusal(f"{VALUE}GroupNameIllegal", "Tag.charset", Tag="t"), ["GroupName.charset"],
    ),
    "what the message names": (
        Refusal(
            Prediction((), frozenset({"Protocol.action.present"}), frozenset(), frozenset()), "MissingParameter",
            message="The request is missing a required parameter `Action`.",
        ),
        ["Protocol.action.present"],
    ),
    "a parameter that isn't known counts as one": (
        refusal(f"{VALUE}GroupTagTooLong", tag=LONG), ["Request.unknown-parameter"],
    ),
    "the parameter of which it speaks was left out": (refusal(f"{VALUE}GroupTagTooLong"), ["Tag.optional"]),
    "one is said to be absent that may be": (
        refusal("MissingParameter", Tag="t"), ["GroupExDescriptions.optional", "FaceModelVersion.optional"],
    ),
    "nothing else tells it": (refusal("InternalError", "Tag.length.max"), ["Tag.length.max"]),
}  # fmt: skip


def test_names():
    """Every rule of the table has a case here, in its order."""
    assert list(TURNS) == [each.name for each in RULES]


@pytest.mark.parametrize("name", TURNS)
def test_turns(name):
    """A rule blames whom it should where it is the first that applies."""
    given, expected = TURNS[name]
    first = next(each for each in RULES if each.applies(given))

    assert (first.name, first.whom(given)) == (name, expected)
    assert blamed(given) == expected


ORDERED = {
    "a permission counts only where the code speaks of nothing that is broken": (
        of_gateway(f"{VALUE}GroupTagTooLong", "Protocol.get", kept={"Protocol.get"}, broken={"Tag.length.max"}),
        ["Tag.length.max"],
    ),
    "what must be free comes before a code that comes to anything": (
        refusal(f"{VALUE}GroupNameAlreadyExist", misfires=True, free=["n"]), [FREE],
    ),
    "a code that comes to anything says nothing of a permission": (
        Refusal(
            Prediction((), frozenset({"Protocol.get", "Tag.length.max"}), frozenset(), frozenset()),
            f"{VALUE}GroupTagTooLong", "Protocol.get", misfires=True,
        ),
        ["Tag.length.max"],
    ),
    "an account is full that must take more": (
        Refusal(
            Prediction((), frozenset({"Tag.charset"}), frozenset(), frozenset()), "LimitExceeded", "Tag.charset",
        ),
        ["State.quota"],
    ),
    "the shortest text counts only for codes on the same subject": (
        refusal(f"{VALUE}GroupIdIllegal", "GroupName.length.min"), ["GroupId.charset"],
    ),
    "where one clause alone is open, it is at issue": (
        refusal("MissingParameter", "Tag.charset", GroupName="\u00e9"), ["GroupName.charset"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), ORDERED.values(), ids=ORDERED)
def test_order(given, expected):
    """Where several rules could tell, it is the first that does."""
    assert blamed(given) == expected


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("InvalidAction", "Protocol.action.known"),
        ("UnsupportedOperation.UnknowMethod", "Protocol.action.known"),
        ("NoSuchVersion", "Protocol.version.known"),
        ("UnsupportedRegion", "Protocol.region.known"),
        ("AuthFailure.SignatureExpire", "Authentication.timestamp.window"),
        ("AuthFailure.InvalidAuthorization", "Authentication.authorization.present"),
    ],
)
def test_owner(code, clause):
    """A code speaks of the clause of which it is the first choice, where several may be told by it."""
    assert owner_of(code) == clause


@pytest.mark.parametrize("code", [*CODES, "Nobody.KnowsIt"])
def test_somebody_is_always_blamed(code):
    """Whatever comes to a valid request is laid to a clause that there is."""
    found = blamed(refusal(code))

    assert found
    assert set(found) <= CLAUSE.keys()
