"""The judge at the gateway: who may be turned away without an answer, and whose fault no answer of the API is."""

import json
from dataclasses import replace

import pytest

from conformance.exchange.messages import HttpResponse
from conformance.judging.blame import is_permitted
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.judge import judge, judge_envelope, part
from conformance.oracle.prediction import Accepted, Allowed, Prediction, Refused, TurnedAway

JSON = (("Content-Type", "application/json"),)
METHOD, SIZE, GET = "Protocol.method", "Protocol.size.version-3", "Protocol.get"
SIGNATURE, LONG_NAME = "Authentication.signature", "GroupName.length.max"
REFUSED, TURNED_AWAY = Refused("UnsupportedProtocol"), TurnedAway()
ENVELOPE = ["Response.http-status", "Response.content-type", "Response.envelope"]


def prediction(*outcomes, kept=(), broken=(), open_=()):
    """A prediction that allows these outcomes, each because of what is broken."""
    allowed = tuple(Allowed(each, tuple(broken or open_), {}) for each in outcomes)
    return Prediction(allowed, frozenset(kept), frozenset(broken), frozenset(open_))


MAY = prediction(REFUSED, TURNED_AWAY, broken=[METHOD])
MUST_NOT = prediction(REFUSED, broken=[METHOD])


def answer_of(response, status=200):
    """An answer of the API."""
    return HttpResponse(status, JSON, json.dumps({"Response": response}).encode())


def refused(code, status=200):
    return answer_of({"Error": {"Code": code, "Message": "不行"}, "RequestId": "r"}, status)


def of(status, body=b"", headers=()):
    return HttpResponse(status, headers, body)


def departures(allowed, answer, **how):
    """How an answer departs: (clause, kind), in order."""
    return [(each.clause, each.kind) for each in judge(allowed, answer, **how).departures]


# --- Who may be turned away --------------------------------------------------------------------------------------

AWAY = {
    "nothing": None,
    **{f"{status}": of(status, b"<html>") for status in (400, 404, 405, 413, 414, 431, 499, 501, 505)},
    **{f"{status} without a body": of(status) for status in (200, 204, 299, 400)},
}
NOT_AWAY = {
    **{f"{status}": of(status, b"<html>") for status in (200, 302, 399, 500, 502, 503, 504, 506)},
    **{f"{status} without a body": of(status) for status in (300, 301, 399, 500, 502, 503)},
}


@pytest.mark.parametrize("answer", AWAY.values(), ids=AWAY)
def test_turned_away(answer):
    """Whom the HTTP server itself refuses, or answers without a body, it has turned away: nothing departs."""
    judgement = judge(MAY, answer)

    assert judgement.outcome == TURNED_AWAY
    assert judgement.ways == MAY.ways_to(TURNED_AWAY)
    assert (judgement.departures, judgement.checked) == ((), frozenset())


@pytest.mark.parametrize("answer", NOT_AWAY.values(), ids=NOT_AWAY)
def test_not_turned_away(answer):
    """A server that breaks, or says something else, has turned nobody away."""
    judgement = judge(MAY, answer)

    assert judgement.outcome is None
    assert "Response.envelope" in {each.clause for each in judgement.departures}


@pytest.mark.parametrize("name", ["Allow", "access-control-allow-methods"])
def test_options(name):
    """To OPTIONS an HTTP server tells which methods there are, beside whatever body; no other is turned away so."""
    answer = replace(of(200, b"POST"), headers=((name, "POST"),))

    assert judge(MAY, answer, method="OPTIONS").outcome == TURNED_AWAY
    assert judge(MAY, answer, method="PUT").outcome is None
    assert judge(MUST_NOT, answer, method="OPTIONS").outcome is None
    assert judge(MAY, replace(answer, status=500), method="OPTIONS").outcome is None
    assert judge(MAY, of(200, b"POST"), method="OPTIONS").outcome is None


@pytest.mark.parametrize("answer", [each for each in AWAY.values() if each is not None], ids=list(AWAY)[1:])
def test_who_may_not_be_turned_away(answer):
    """A request that needs an answer of the API isn't turned away by what would turn away another."""
    assert ("Response.envelope", Kind.MALFORMED) in departures(MUST_NOT, answer)
    assert judge(MUST_NOT, answer).outcome is None


@pytest.mark.parametrize("status", [400, 404, 501])
def test_an_answer_of_the_api_is_judged_as_one(status):
    """Who may be turned away, and is answered, is judged by the answer, whatever its status."""
    judgement = judge(MAY, refused("UnsupportedProtocol", status))

    assert judgement.outcome == REFUSED
    assert [each.clause for each in judgement.departures] == ["Response.http-status"]


@pytest.mark.parametrize("status", [413, 414, 431])
def test_a_size_that_is_refused(status):
    """An HTTP server that finds a request too large departs from the clause on sizes alone; it created nothing."""
    for allowed, kind in (
        (prediction(Accepted("3.0"), kept=[LONG_NAME]), Kind.REJECTED_THOUGH_VALID),
        (MUST_NOT, Kind.WRONG_REASON),
    ):
        judgement = judge(allowed, of(status, b"<html>"), size_clause=SIZE)

        assert [(each.clause, each.kind) for each in judgement.departures] == [(SIZE, kind)]
        assert judgement.outcome == TURNED_AWAY
        assert f"HTTP {status} " in judgement.departures[0].observed
        assert judgement.departures[0].expected[1:]


def test_a_size_that_may_be_refused():
    """Too large a request may be turned away; and an answer of the API is judged as one."""
    assert departures(MAY, of(413, b"<html>"), size_clause=SIZE) == []
    assert departures(MUST_NOT, refused("UnsupportedProtocol", 413), size_clause=SIZE) == [
        ("Response.http-status", Kind.MALFORMED)
    ]


# --- No answer of the API ----------------------------------------------------------------------------------------


def test_a_server_that_breaks_on_what_its_gateway_should_refuse():
    """With status 500 the clauses of the gateway that the request breaks are at issue too, in their order."""
    allowed = prediction(REFUSED, broken=[SIZE, METHOD, LONG_NAME])

    assert departures(allowed, of(500, b"oh")) == [(each, Kind.MALFORMED) for each in (*ENVELOPE, METHOD, SIZE)]


@pytest.mark.parametrize("status", [499, 501, 502])
def test_other_errors_of_http_are_laid_to_nobody(status):
    """Other errors may be those of something in between."""
    assert departures(MUST_NOT, of(status, b"oh")) == [(each, Kind.MALFORMED) for each in ENVELOPE]


def test_what_is_said_of_no_answer():
    """A departure of a clause at issue says what is allowed and what came."""
    found = judge(MUST_NOT, of(500, b"oh")).departures[-1]

    assert (found.clause, found.observed) == (METHOD, "HTTP 500, and no answer of the API")
    assert found.expected[0].startswith("UnsupportedProtocol: Protocol.method says ")


@pytest.mark.parametrize("status", [200, 502])
def test_a_permission_is_at_issue(status):
    """Where the page lets a request be delivered as it is, and no answer of the API comes, that is what departs."""
    allowed = prediction(Accepted("3.0"), kept=[GET, LONG_NAME])

    assert departures(allowed, of(status, b"oh"), focus=GET)[-1] == (GET, Kind.MALFORMED)
    assert {GET, LONG_NAME}.isdisjoint(dict(departures(allowed, of(status, b"oh"), focus=LONG_NAME)))
    assert GET not in dict(departures(allowed, of(status, b"oh")))


def test_an_answer_that_can_be_read_is_laid_to_nobody_at_the_gate():
    """An answer that the page allows departs at most by itself."""
    allowed = prediction(Accepted("3.0"), REFUSED, kept=[GET], open_=[METHOD])

    assert departures(allowed, answer_of({"FaceModelVersion": "3.0", "RequestId": "r"}), focus=GET) == []
    assert departures(allowed, refused("UnsupportedProtocol", 500), focus=GET) == [
        ("Response.http-status", Kind.MALFORMED)
    ]


@pytest.mark.parametrize(
    ("kept", "focus", "permitted"),
    [([GET], GET, True), ([], GET, False), ([GET], None, False), ([METHOD], METHOD, False), ([GET], METHOD, False)],
)
def test_permissions(kept, focus, permitted):
    """A permission is at issue where the request was aimed at it, and keeps it."""
    assert is_permitted(prediction(Accepted("3.0"), kept=kept), focus) is permitted


# --- An acceptance without a version, and what it tells ----------------------------------------------------------


def test_the_ways_to_an_acceptance_without_a_version():
    """It may be any of the acceptances that the page allows, and none of the refusals."""
    allowed = prediction(Accepted("2.0"), REFUSED, Accepted("3.0"), open_=[METHOD])
    judgement = judge(allowed, answer_of({"RequestId": "r"}))

    assert [each.outcome for each in judgement.ways] == [Accepted("2.0"), Accepted("3.0")]
    assert [each.clause for each in judgement.departures] == ["Response.FaceModelVersion"]


def test_the_ways_to_other_outcomes():
    """To an outcome lead the ways that the page allows to that one alone."""
    allowed = prediction(Accepted("2.0"), REFUSED, Accepted("3.0"), open_=[METHOD])

    assert [each.outcome for each in judge(allowed, refused("UnsupportedProtocol")).ways] == [REFUSED]
    accepted = answer_of({"FaceModelVersion": "3.0", "RequestId": "r"})
    assert [each.outcome for each in judge(allowed, accepted).ways] == [Accepted("3.0")]
    assert judge(allowed, of(200, b"?")).ways == ()


@pytest.mark.parametrize(
    ("clause", "focus", "named"),
    [
        (SIGNATURE, None, SIGNATURE),
        (SIGNATURE, "Authentication.signature.body", "Authentication.signature.body"),
        (SIGNATURE, METHOD, SIGNATURE),
        ("GroupId.unique", "State.deletion", "State.deletion"),
        (LONG_NAME, "State.deletion", LONG_NAME),
    ],
)
def test_the_part_that_was_aimed_at(clause, focus, named):
    """What departs is named by the case of it at which the request was aimed, if it was."""
    assert part(clause, focus) == named


def test_the_part_is_named_in_a_departure():
    """So in a judgement; and what comes to the same is said once."""
    allowed = prediction(Refused("AuthFailure.SignatureFailure"), broken=[SIGNATURE, "Authentication.signature.body"])
    taken = answer_of({"FaceModelVersion": "3.0", "RequestId": "r"})

    assert departures(allowed, taken, focus="Authentication.signature.body") == [
        ("Authentication.signature.body", Kind.ACCEPTED_THOUGH_INVALID)
    ]


# --- Answers to other actions ------------------------------------------------------------------------------------


def test_an_answer_to_any_action():
    """Of answers to other actions, what all answers share is judged, and said to be checked."""
    found, checked = judge_envelope(answer_of({"RequestId": "r"}, 500), {"r"})

    assert [each.clause for each in found] == ["Response.http-status", "Response.RequestId.unique"]
    assert checked == {*ENVELOPE, "Response.RequestId.present", "Response.RequestId.unique"}
    assert judge_envelope(answer_of({"RequestId": "r"}), ()) == ((), checked)
