"""The judge of clients by itself: from which clauses a call departs, by what arrived and what the driver says."""

import json
import time
from dataclasses import replace

import pytest

from benchmarks.clients.perfect import wire_of
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.calls import Call, CallCase
from conformance.exchange.driver_protocol import Ability, ErrorKind, Hello, Reach, Result, SdkError, Unsupported
from conformance.exchange.messages import HttpResponse
from conformance.exchange.observed_calls import Arrival, Ended, ObservedCall, ObservedCase
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Sender, encode
from conformance.judging.clients import judge_client

HELLO = Hello("s", "1", "r", ("POST", "GET"), tuple(map(str, Scheme)), (Reach.ENDPOINT,), frozenset(Ability))
ENDPOINT = "http://127.0.0.1:8080"
REGION = "ap-guangzhou"
PLAIN = {"GroupName": "a", "GroupId": "b"}
ID = "76ec6e41-37d6-4ab9-abef-48ef0c6ab175"
SUCCESS = {"FaceModelVersion": "3.0", "RequestId": ID}
REFUSAL = {"Error": {"Code": "InternalError", "Message": "内部错误。"}, "RequestId": ID}
JSON = (("Content-Type", "application/json"),)
ANSWERED = Result("1", answer=SUCCESS)


def answer(response, status=200, headers=JSON):
    return HttpResponse(status, headers, json.dumps({"Response": response}).encode())


def error(code="InternalError", message="内部错误。", request_id=ID, kind=ErrorKind.SDK):
    return Result("1", error=SdkError(kind, "E", code, message, request_id))


def arrival(call=None, sent=None, given=SUCCESS, **more):
    """A request as it should arrive; `sent` are other parameters than were asked for."""
    call = call or Call(PLAIN)
    parameters = call.parameters if sent is None else sent
    told = [(name, value) for name, value in parameters.items() if value is not None and value is not ...]
    sender = Sender(ENDPOINT, REGION, EXAMPLE_CREDENTIALS, call.signing)
    http = more.pop("http", None) or encode(Request.of(told), sender, call.form, int(time.time()))
    given = answer(given) if isinstance(given, dict) else given
    return Arrival(http, wire_of(http), 0.0, "as-it-is", given, **more)


def departures(*arrivals, call=None, outcome=ANSWERED, aim="sdk.answer.fields", plays=("as-it-is",), **more):
    """The clauses from which a call departs, and all others that were seen kept."""
    seen = ObservedCall(call or Call(PLAIN), arrivals, outcome, after=time.time(), **more)
    case = CallCase(aim, "x", (seen.call,), plays)
    checks = list(judge_client(ObservedCase(case, "salt", [seen], HELLO, EXAMPLE_CREDENTIALS, REGION)))
    departed = {each.clause for each in checks if each.departure is not None}
    assert all(each.departure.expected and each.departure.observed for each in checks if each.departure is not None)
    return departed


def test_nothing_departs_from_a_right_call():
    """Whatever its way and its answer."""
    for scheme in Scheme:
        for method in ("POST", "GET"):
            call = Call({**PLAIN, "Tag": "中 +&", "GroupExDescriptions": ["b", "a"]}, scheme, method)
            assert departures(arrival(call), call=call) == set()
    assert departures(arrival(given=REFUSAL), outcome=error()) == set()


ASKED = {
    "value": ({**PLAIN, "FaceModelVersion": "3.0"}, {"FaceModelVersion": "3"}, "sdk.request.value"),
    "Chinese": ({**PLAIN, "Tag": "中"}, {"Tag": "?"}, "sdk.request.text"),
    "trimmed": ({**PLAIN, "Tag": " a "}, {"Tag": "a"}, "sdk.request.text"),
    "half a pair": ({**PLAIN, "Tag": "\ud800"}, {"Tag": "\ufffd"}, "sdk.request.text.surrogates"),
    "empty": ({**PLAIN, "Tag": ""}, {"Tag": ...}, "sdk.request.empty"),
    "empty list": ({**PLAIN, "GroupExDescriptions": []}, {"GroupExDescriptions": ...}, "sdk.request.empty"),
    "unset": (PLAIN, {"Tag": ""}, "sdk.request.unset"),
    "null": ({**PLAIN, "Tag": None}, {"Tag": "null"}, "sdk.request.unset"),
    "order": (
        {**PLAIN, "GroupExDescriptions": ["b", "a"]}, {"GroupExDescriptions": ["a", "b"]}, "sdk.request.list-order",
    ),
    "an item": (
        {**PLAIN, "GroupExDescriptions": ["b", "中"]}, {"GroupExDescriptions": ["b", "?"]}, "sdk.request.text",
    ),
    "cut": ({**PLAIN, "GroupExDescriptions": ["b", "a"]}, {"GroupExDescriptions": ["b"]}, "sdk.request.list-order"),
    "null in a list": (
        {**PLAIN, "GroupExDescriptions": ["a", None, "b"]}, {"GroupExDescriptions": ["a"]}, "sdk.request.list-null",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_is_sent_otherwise(name):
    """Each parameter is held against what was asked for, under the clause of which it is a case."""
    asked, changed, clause = ASKED[name]

    assert departures(arrival(sent={**asked, **changed}), call=Call(asked)) == {clause}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({**PLAIN, "Tag": None}, PLAIN),
        ({**PLAIN, "GroupExDescriptions": ["a", None, "b"]}, {**PLAIN, "GroupExDescriptions": ["a", "b"]}),
        ({**PLAIN, "GroupExDescriptions": [None]}, PLAIN),
    ],
)
def test_null_may_be_left_out(asked, sent):
    """No document says what it is."""
    assert departures(arrival(sent=sent), call=Call(asked)) == set()


def test_a_form_cannot_say_an_empty_list():
    """But an empty text; that it should is a finding."""
    call = Call({**PLAIN, "GroupExDescriptions": []}, method="GET")
    assert departures(arrival(call, sent=PLAIN), call=call) == set()
    call = Call({**PLAIN, "Tag": ""}, method="GET")
    assert departures(arrival(call, sent=PLAIN), call=call) == {"sdk.request.empty.in-forms"}


def edited(**headers):
    made = arrival().http
    return replace(made, headers=tuple((name, headers.get(name, value)) for name, value in made.headers))


@pytest.mark.parametrize(
    ("http", "clauses"),
    [
        (lambda: edited(Authorization="TC3-HMAC-SHA256 x"), {"sdk.request.signature"}),
        (lambda: replace(arrival().http, body=arrival().http.body + b" "), {"sdk.request.signature"}),
        (lambda: edited(**{"X-TC-Region": "ap-other"}), {"sdk.request.common-parameters"}),
        (lambda: edited(**{"X-TC-Action": "DeleteGroup"}), {"sdk.request.common-parameters"}),
        (lambda: edited(**{"X-TC-Timestamp": "1"}), {"sdk.request.signature"}),
        (lambda: replace(arrival().http, body=b"{"), {"sdk.request.value", "sdk.request.signature"}),
        (lambda: arrival(Call(PLAIN, Scheme.SHA1)).http, {"sdk.request.signature"}),
        (lambda: arrival(Call(PLAIN, method="GET")).http, {"sdk.request.common-parameters"}),
    ],
)
def test_requests_that_are_otherwise(http, clauses):
    """By their bytes."""
    assert departures(arrival(http=http())) == clauses


def test_how_often_it_arrives():
    """Once, and not at all only where the client says so."""
    assert departures(arrival(), arrival()) == {"sdk.request.once"}
    assert departures() == {"sdk.request.once"}
    assert departures(outcome=error(), aim="sdk.error.code") == {"sdk.error.code"}
    assert departures(outcome=error(), call=Call({"GroupId": "x"})) == {"sdk.local.refusals"}
    assert departures(outcome=error(), call=Call({**PLAIN, "Tag": "\ud800"})) == {"sdk.local.refusals"}


ANSWERS = [
    (answer(SUCCESS), error(), {"sdk.answer.fields"}),
    (answer(SUCCESS), Result("1", answer={**SUCCESS, "RequestId": "x"}), {"sdk.answer.fields"}),
    (answer(SUCCESS), Result("1", answer={"RequestId": ID}), {"sdk.answer.fields"}),
    (answer(SUCCESS), Result("1", answer={**SUCCESS, "FaceModelVersion": 3.0}), {"sdk.answer.types"}),
    (answer({**SUCCESS, "More": 1}), ANSWERED, set()),
    (answer(SUCCESS, 201), error("x"), set()),
    (answer(REFUSAL), ANSWERED, {"sdk.error.never-success"}),
    (answer(REFUSAL), error(code="Other"), {"sdk.error.code"}),
    (answer(REFUSAL), error(message="?"), {"sdk.error.message"}),
    (answer(REFUSAL), error(request_id=None), {"sdk.error.request-id"}),
    (answer(REFUSAL), error(kind=ErrorKind.RAW), {"sdk.error.kind"}),
    (answer(REFUSAL, headers=()), ANSWERED, {"sdk.error.content-type"}),
    (
        answer(REFUSAL, headers=(("Content-Type", "application/json;charset=utf-8"),)),
        ANSWERED,
        {"sdk.error.content-type"},
    ),
    (answer(REFUSAL, headers=(("Content-Type", "text/html"),)), error("ParseError", "x", None), set()),
    (answer({"Error": {"Message": "x"}, "RequestId": ID}), error("Unknown", "x"), set()),
    (answer({"Error": {"Message": "x"}, "RequestId": ID}), ANSWERED, {"sdk.error.never-success"}),
    (answer({"Error": {"Code": "C"}, "RequestId": ID}), error("KeyError", None), {"sdk.resilience.partial-error"}),
    (answer({"Error": "x"}), error("x", kind=ErrorKind.RAW), {"sdk.resilience.partial-error"}),
    (HttpResponse(200, JSON, b"<html>"), ANSWERED, {"sdk.error.never-success"}),
    (HttpResponse(200, JSON, b"<html>"), error("x", kind=ErrorKind.RAW), {"sdk.resilience.partial-error"}),
    (HttpResponse(200, JSON, b"null"), error("BadAnswer", None, None), set()),
    (HttpResponse(502, JSON, b"<html>"), ANSWERED, {"sdk.error.never-success"}),
    (HttpResponse(502, JSON, b"<html>"), error(""), {"sdk.resilience.http-status"}),
    (HttpResponse(502, JSON, b"<html>"), error("Http.502"), set()),
    (answer(REFUSAL, 500), error("ServerNetworkError"), {"sdk.resilience.http-status"}),
    (answer(REFUSAL, 500), error(), set()),
]


@pytest.mark.parametrize(("given", "outcome", "clauses"), ANSWERS)
def test_what_is_made_of_answers(given, outcome, clauses):
    """From the bytes that were given, whatever was played."""
    aim = "sdk.resilience.partial-error" if outcome.error is not None else "sdk.error.never-success"
    aim = "sdk.answer.fields" if given.body.startswith(b'{"Response": {"Face') else aim

    assert departures(arrival(given=given), outcome=outcome, aim=aim) == clauses


def test_without_a_whole_answer():
    """No success can come of it, and errors are to be the SDK's own."""
    cut = arrival(given=None, whole=False)

    assert departures(cut, outcome=error("x"), aim="sdk.resilience.transport") == set()
    assert departures(cut, outcome=ANSWERED, aim="sdk.resilience.transport") == {"sdk.error.never-success"}
    raw = error("x", kind=ErrorKind.RAW)
    assert departures(cut, outcome=raw, aim="sdk.resilience.transport") == {"sdk.resilience.transport"}


@pytest.mark.parametrize(("method", "clause"), [("POST", ""), ("GET", ".get")])
def test_a_lost_answer_is_not_asked_for_again(method, clause):
    """Whoever doesn't know whether it was carried out doesn't ask again."""
    call = Call(PLAIN, method=method)
    lost = replace(arrival(call, given=None, whole=False, created=True), play="lost")
    again = arrival(call, given={**REFUSAL, "Error": {"Code": "C", "Message": "m"}})

    found = departures(lost, again, call=call, outcome=error("C", "m"), plays=("lost", "as-it-is"))
    assert found == {f"sdk.resilience.lost-answer-not-resent{clause}"}


def test_redirections():
    """They aren't followed; a token that goes along is worse."""
    call, aim = Call(PLAIN, token=True), "sdk.resilience.redirect-not-followed"
    there = HttpResponse(302, (("Location", "http://x/"),), b"")
    credentials = replace(EXAMPLE_CREDENTIALS, token="token-of-temporary-credentials")
    http = encode(Request.of(PLAIN), Sender(ENDPOINT, REGION, credentials), call.form, int(time.time()))
    here = arrival(call, given=there, http=http)

    assert departures(here, call=call, outcome=error("Http.302"), aim=aim) == set()
    elsewhere = arrival(elsewhere=True)
    assert departures(here, elsewhere, call=call, aim=aim) == {aim, "sdk.resilience.token-stays"}
    bare = replace(elsewhere, raw=b"GET / HTTP/1.1\r\n\r\n")
    assert departures(here, bare, call=call, aim=aim) == {aim}


@pytest.mark.parametrize(
    ("arrivals", "outcome", "departs"),
    [
        ([arrival(given=REFUSAL), arrival(created=True)], ANSWERED, False),
        ([arrival(created=True), arrival(given=REFUSAL)], error(), True),
        ([arrival(created=True), arrival()], ANSWERED, True),
        ([arrival(given=None, whole=False, created=True)], error("Net"), False),
        (
            [arrival(given=None, whole=False, created=True), arrival(given=REFUSAL)],
            error("X.GroupIdAlreadyExist"),
            True,
        ),
    ],
)
def test_retries_of_its_own(arrivals, outcome, departs):
    """A creation that was told isn't repeated, nor told as a failure."""
    clause = "sdk.resilience.retry-does-not-collide"
    found = departures(*arrivals, call=Call(PLAIN, retries="own"), outcome=outcome, aim=clause)

    assert (clause in found) == departs


@pytest.mark.parametrize(
    ("outcome", "more", "clauses"),
    [
        (Ended.GARBLED, {}, {"driver.protocol"}),
        (Ended.LATE, {}, {"sdk.answer.fields"}),
        (Ended.CRASHED, {}, {"sdk.answer.fields"}),
        (ANSWERED, {"stray": ("hi",)}, {"driver.protocol"}),
        (Unsupported("1", "why"), {}, {"driver.capabilities"}),
    ],
)
def test_faults_of_the_driver(outcome, more, clauses):
    """They are told apart from the SDK's."""
    more = {"told": "it says nothing", **more}

    assert departures(arrival(), outcome=outcome, **more) == clauses


def test_what_hello_does_not_have_is_no_fault():
    """A call that wasn't asked for departs from nothing; one that was, and is refused, does."""
    said = Unsupported("1", "it can't")

    assert departures(outcome=said, asked=False) == set()
    assert departures(outcome=said) == {"driver.capabilities"}
