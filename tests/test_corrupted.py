"""Recorded answers that are spoilt on purpose are refused, each for what was done to it."""

import contextlib
import functools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.base.errors import NotRecordedError
from conformance.contract import DEFAULTS
from conformance.exchange.messages import HttpResponse
from conformance.judging.judge import DepartureKind as Kind
from conformance.recording.reader import load
from conformance.recording.replay import CassetteTarget
from conformance.runs.run import Run


@functools.cache  # when it is asked for: what only collects these tests needs none
def recording():
    return load(Path(__file__).parent.parent / "cassettes" / "reference" / DEFAULTS["account-age"])


def of_body(change):
    """A change of what stands under `Response`."""

    def changed(answer):
        response = json.loads(answer.body)["Response"]
        return replace(answer, body=json.dumps({"Response": change(response)}, ensure_ascii=False).encode())

    return changed


def accepted(version):
    return of_body(lambda response: {"FaceModelVersion": version, "RequestId": response.get("RequestId")})


def refused(code):
    error = {"Code": code, "Message": "Spoilt on purpose."}
    return of_body(lambda response: {"Error": error, "RequestId": response.get("RequestId")})


def without_request_id(response):
    return {name: value for name, value in response.items() if name != "RequestId"}


MALFORMED, ACCEPTED = {Kind.MALFORMED}, {Kind.ACCEPTED_THOUGH_INVALID}
REJECTED = {Kind.REJECTED_THOUGH_VALID}
# What is done to an answer: how, and the kinds of departures of which each must then show some, and no other. An
# acceptance becomes a refusal, and the other way round; every form is broken once.
CORRUPTIONS = {
    "accepted": (accepted("3.0"), ACCEPTED),
    "refused": (refused("InvalidParameterValue.GroupIdIllegal"), REJECTED | {Kind.WRONG_REASON}),
    "undocumented": (
        refused("InvalidParameterValue.NobodyKnowsThis"),
        MALFORMED | REJECTED | {Kind.UNDOCUMENTED_CODE},
    ),
    "impossible": (refused("InvalidParameterValue.ImageEmpty"), REJECTED | {Kind.IMPOSSIBLE_CODE}),
    "another version": (accepted("9.9"), ACCEPTED | {Kind.WRONG_RESULT}),
    "no RequestId": (of_body(without_request_id), MALFORMED),
    "nothing in Response": (of_body(lambda _response: {}), MALFORMED | ACCEPTED),
    "HTTP 500": (lambda answer: replace(answer, status=500), MALFORMED),
    "no JSON": (lambda answer: replace(answer, body=answer.body[:-1]), MALFORMED),
    "other Content-Type": (lambda answer: replace(answer, headers=(("Content-Type", "text/html"),)), MALFORMED),
}


def has_an_odd_id(case):
    """Whether the GroupId isn't one that anybody may have: then the code that speaks of it may be right."""
    return case.steps[-1].request.last_text("GroupId") not in {"<salt>", "<id>"}


# The page may allow what these say: of the first few of all, of the second those whose id is what is wrong.
PERHAPS_ALLOWED = {"accepted", "refused"}


def spoilt(corruption):
    """The single requests of the recording whose cases have ids that fall to a corruption, with spoilt answers."""
    place = list(CORRUPTIONS).index(corruption)
    for each in recording().interactions:
        case = recording().cases[each.request.place.case] if each.request.place is not None else None
        if case is None or case.requests > 1 or each.packed or not isinstance(each.answer, HttpResponse):
            continue
        if not each.answer.body:  # turned away, which has nothing to spoil
            continue
        answer = CORRUPTIONS[corruption][0](each.answer)
        if int(case.id, 16) % len(CORRUPTIONS) == place and answer != each.answer:
            yield case, replace(each, answer=answer)


def asks_for(case, version):
    return any(version in each.request.values("FaceModelVersion") for each in case.steps)


def kinds_of_departures(case, interaction):
    """The kinds of departures that a case shows which has only this one answer."""
    target = CassetteTarget("", replace(recording(), interactions=(interaction,), files=("",)))
    run = Run.against(target, salts=target.salts)
    run.clock = target.now
    run.from_call = True
    with contextlib.suppress(NotRecordedError):  # where more would be asked after such an answer
        run.case(case)
    return {kind for _, kind in run.results.failed}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_spoilt_answers_are_refused(corruption):
    """Whatever was asked, an answer that is spoilt departs from the page in a way that its corruption makes."""
    _, expected = CORRUPTIONS[corruption]
    found = {case.id: kinds_of_departures(case, each) for case, each in spoilt(corruption)}
    allowed = [id_ for id_, kinds in found.items() if not kinds]

    assert len(found) > 25
    if corruption == "accepted" and any(asks_for(case, "2.0") for case, _ in spoilt(corruption)):
        expected = expected | {Kind.WRONG_RESULT}
    assert {kind for kinds in found.values() for kind in kinds} == expected
    if corruption == "refused":
        cases = {each.id: each for each in recording().cases.values()}
        allowed = [id_ for id_ in allowed if not has_an_odd_id(cases[id_])]
    assert len(allowed) <= (len(found) // 10 if corruption in PERHAPS_ALLOWED else 0)
