"""The judge: each way to depart from the page is seen and blamed on the clause that isn't followed; nothing else is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import TransportError
from conformance.contract import CODES
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import Exchange, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts, fill
from conformance.exchange.wire import Sender
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.judge import judge
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from tests.worlds import words_of

SALT = "abcdefghijklmn"
JSON = (("Content-Type", "application/json"),)
ID_EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"
NAME_ILLEGAL, NAME_TOO_LONG = "InvalidParameterValue.GroupNameIllegal", "InvalidParameterValue.GroupNameTooLong"
# No character stands twice in a row: a clause on repetition would be broken as well.
TOO_LONG, HAN_TOO_LONG = {"GroupName": "xy" * 30 + "x"}, {"GroupName": "中文" * 30 + "中"}


def request_of(**changes):
    return Request.of({"GroupName": SALT, "GroupId": SALT, **changes})


def answer_of(response, status=200, headers=JSON):
    return HttpResponse(status, headers, json.dumps({"Response": response}).encode())


def accepted(version="3.0"):
    return answer_of({"FaceModelVersion": version, "RequestId": "r"})


def refused(code):
    return answer_of({"Error": {"Code": code, "Message": "不行"}, "RequestId": "r"})


def departures(answer, changes=(), world=None, focus=None, seen=()):
    """How an answer to a request departs: (clause, kind), in order."""
    prediction = predict(request_of(**dict(changes)), world or World())
    return [(each.clause, each.kind) for each in judge(prediction, answer, seen, focus).departures]


# --- Conforming answers ----------------------------------------------------------------------------------


def answer_with(outcome):
    return accepted(outcome.face_model_version) if isinstance(outcome, Accepted) else refused(outcome.code)


def test_allowed_outcomes():
    """Each outcome that the page allows for a request of the smoke list conforms."""
    for step in (step for case in smoke() for step in case.steps):
        prediction = predict(fill(step.request, SALT), World())
        for outcome in prediction.outcomes:
            judgement = judge(prediction, answer_with(outcome))
            assert not judgement.departures, step
            assert (outcome, prediction.ways_to(outcome)) == (judgement.outcome, judgement.ways), step


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'],
)
def test_content_types(content_type):
    """A Content-Type of JSON conforms, with the charset that JSON has or with none."""
    answer = answer_of({"FaceModelVersion": "3.0", "RequestId": "r"}, headers=(("content-type", content_type),))

    assert departures(answer) == []


def test_more_members():
    """Members that the page doesn't name are no departure."""
    assert departures(answer_of({"FaceModelVersion": "3.0", "RequestId": "r", "More": {}})) == []


def test_checked():
    """A judgement names the clauses on answers that could be checked, and those alone."""
    prediction = predict(request_of(), World())
    whole, broken = judge(prediction, accepted()), judge(prediction, HttpResponse(200, JSON, b"?"))

    assert whole.checked == {
        "Response.http-status",
        "Response.content-type",
        "Response.envelope",
        "Response.RequestId.present",
        "Response.RequestId.unique",
        "Response.FaceModelVersion",
    }
    assert broken.checked == {"Response.http-status", "Response.content-type", "Response.envelope"}


# --- Malformed answers -----------------------------------------------------------------------------------

GOOD = {"FaceModelVersion": "3.0", "RequestId": "r"}
ERROR = {"Code": NAME_ILLEGAL, "Message": "不行"}
MALFORMED = {
    "another status": (answer_of(GOOD, status=500), ["Response.http-status"]),
    "no Content-Type": (answer_of(GOOD, headers=()), ["Response.content-type"]),
    "HTML": (answer_of(GOOD, headers=(("Content-Type", "text/html"),)), ["Response.content-type"]),
    "another charset": (
        answer_of(GOOD, headers=(("Content-Type", "application/json; charset=gbk"),)),
        ["Response.content-type"],
    ),
    "nothing": (HttpResponse(200, JSON, b""), ["Response.envelope"]),
    "no JSON": (HttpResponse(200, JSON, b"<html>"), ["Response.envelope"]),
    "no Response": (HttpResponse(200, JSON, b"{}"), ["Response.envelope"]),
    "a list": (answer_of([]), ["Response.envelope"]),
    "all at once": (
        HttpResponse(404, (), b"Not Found"),
        ["Response.http-status", "Response.content-type", "Response.envelope"],
    ),
    "no RequestId": (answer_of({"FaceModelVersion": "3.0"}), ["Response.RequestId.present"]),
    "RequestId a number": (answer_of({**GOOD, "RequestId": 5}), ["Response.RequestId.present"]),
    "RequestId empty": (answer_of({**GOOD, "RequestId": ""}), ["Response.RequestId.present"]),
    "no version": (answer_of({"RequestId": "r"}), ["Response.FaceModelVersion"]),
    "version a number": (answer_of({**GOOD, "FaceModelVersion": 3.0}), ["Response.FaceModelVersion"]),
    "version null": (answer_of({**GOOD, "FaceModelVersion": None}), ["Response.FaceModelVersion"]),
    "version empty": (answer_of({**GOOD, "FaceModelVersion": ""}), ["Response.FaceModelVersion"]),
}
MALFORMED_ERRORS = {
    "no Code": ({"Message": "不行"}, ["Response.Error.Code"]),
    "Code a number": ({**ERROR, "Code": 5}, ["Response.Error.Code"]),
    "Code empty": ({**ERROR, "Code": ""}, ["Response.Error.Code"]),
    "no Message": ({"Code": NAME_ILLEGAL}, ["Response.Error.Message"]),
    "Message null": ({**ERROR, "Message": None}, ["Response.Error.Message"]),
    "Message empty": ({**ERROR, "Message": ""}, ["Response.Error.Message"]),
    "a text": (NAME_ILLEGAL, ["Response.Error.Code", "Response.Error.Message"]),
    "a list": ([ERROR], ["Response.Error.Code", "Response.Error.Message"]),
}


@pytest.mark.parametrize(("answer", "clauses"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(answer, clauses):
    """An answer that isn't as documented departs from the clauses on answers, whatever was asked."""
    assert departures(answer) == [(each, Kind.MALFORMED) for each in clauses]


@pytest.mark.parametrize(("error", "clauses"), MALFORMED_ERRORS.values(), ids=MALFORMED_ERRORS)
def test_malformed_error(error, clauses):
    """An error has a code and a message, both texts that aren't empty."""
    found = departures(answer_of({"Error": error, "RequestId": "r"}), {"GroupName": "!"})

    assert found == [(each, Kind.MALFORMED) for each in clauses]


def test_error_beside_a_result():
    """An answer has a result or an error, never both."""
    found = departures(answer_of({**GOOD, "Error": ERROR}), {"GroupName": "!"})

    assert found == [("Response.Error.alone", Kind.MALFORMED)]


@pytest.mark.parametrize("error", [None, "x", {}], ids=repr)
def test_error_without_a_code_beside_a_result(error):
    """An error beside a result is one too many, whatever it looks like."""
    assert ("Response.Error.alone", Kind.MALFORMED) in departures(answer_of({**GOOD, "Error": error}))


def test_repeated_request_id():
    """A RequestId that came before isn't unique."""
    assert departures(accepted(), seen={"r"}) == [("Response.RequestId.unique", Kind.MALFORMED)]


# --- Wrong answers ---------------------------------------------------------------------------------------

WRONG = {
    "a long name accepted": (TOO_LONG, accepted(), Kind.ACCEPTED_THOUGH_INVALID, ["GroupName.length.max"]),
    "an illegal id accepted": (
        {"GroupId": "中"}, accepted(), Kind.ACCEPTED_THOUGH_INVALID, ["GroupId.charset"],
    ),
    "two faults accepted": (
        {**TOO_LONG, "GroupId": "!"}, accepted(),
        Kind.ACCEPTED_THOUGH_INVALID, ["GroupName.length.max", "GroupId.charset"],
    ),
    "a longest tag refused": (
        {"Tag": "x" * 40}, refused("InvalidParameterValue.GroupTagTooLong"),
        Kind.REJECTED_THOUGH_VALID, ["Tag.length.max"],
    ),
    "a legal name refused": (
        {"GroupName": "a-_1"}, refused(NAME_ILLEGAL), Kind.REJECTED_THOUGH_VALID, ["GroupName.charset"],
    ),
    "a new id refused": ({}, refused(ID_EXISTS), Kind.REJECTED_THOUGH_VALID, ["GroupId.unique"]),
    "an absent parameter missed": (
        {"Tag": "x", "FaceModelVersion": "3.0"},
        refused("MissingParameter"), Kind.REJECTED_THOUGH_VALID, ["GroupExDescriptions.optional"],
    ),
    "the code of another parameter": (
        TOO_LONG, refused("InvalidParameterValue.GroupIdTooLong"), Kind.WRONG_REASON, ["GroupName.length.max"],
    ),
    "the code of another limit": (TOO_LONG, refused(NAME_ILLEGAL), Kind.WRONG_REASON, ["GroupName.length.max"]),
    "a common code for a documented one": (
        TOO_LONG, refused("InvalidParameterValue"), Kind.WRONG_REASON, ["GroupName.length.max"],
    ),
    "a third code for two faults": (
        {**TOO_LONG, "GroupId": "!"}, refused("InvalidParameterValue.GroupNumExceed"),
        Kind.WRONG_REASON, ["Request.check-order"],
    ),
    "nearly the code of one of two faults": (
        {**TOO_LONG, "GroupId": "!"}, refused("InvalidParameterValue.GroupTagIllegal"),
        Kind.WRONG_REASON, ["GroupId.charset"],
    ),
    "a number for a version refused for another reason": (
        {"FaceModelVersion": 5}, refused(NAME_ILLEGAL), Kind.WRONG_REASON, ["FaceModelVersion.type"],
    ),
    "a doubtful name refused for another reason": (
        {"GroupName": "é"}, refused(NAME_TOO_LONG), Kind.WRONG_REASON, ["GroupName.length.max"],
    ),
    "a code of another action": (
        TOO_LONG, refused("InvalidParameterValue.PersonNameTooLong"), Kind.IMPOSSIBLE_CODE, ["GroupName.length.max"],
    ),
    "a code of the platform": (TOO_LONG, refused("InternalError"), Kind.IMPOSSIBLE_CODE, ["GroupName.length.max"]),
    "another default": ({}, accepted("1.0"), Kind.WRONG_RESULT, ["FaceModelVersion.default"]),
    "another version": ({"FaceModelVersion": "3.0"}, accepted("2.0"), Kind.WRONG_RESULT, ["Response.FaceModelVersion"]),
    "a newer version": ({"FaceModelVersion": "2.0"}, accepted("3.0"), Kind.WRONG_RESULT, ["Response.FaceModelVersion"]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "answer", "kind", "clauses"), WRONG.values(), ids=WRONG)
def test_wrong_outcome(changes, answer, kind, clauses):
    """An outcome that the page doesn't allow departs from the clause that isn't followed."""
    assert departures(answer, changes) == [(each, kind) for each in clauses]


def test_undocumented_code():
    """A code that is nowhere documented departs from the list of codes, and from the clause whose code was due."""
    assert departures(refused("InvalidParameterValue.Nonsense"), TOO_LONG) == [
        ("Response.Error.documented", Kind.MALFORMED),
        ("GroupName.length.max", Kind.UNDOCUMENTED_CODE),
    ]


def test_in_use_accepted():
    """An id in use that is accepted breaks sameness, and nothing else."""
    world = World()
    world.created(Group(SALT, "n"))

    assert departures(accepted(), world=world) == [("GroupId.unique", Kind.ACCEPTED_THOUGH_INVALID)]


def test_accepted_without_a_version():
    """An acceptance of an invalid request departs even if it names no version."""
    assert departures(answer_of({"RequestId": "r"}), TOO_LONG) == [
        ("Response.FaceModelVersion", Kind.MALFORMED),
        ("GroupName.length.max", Kind.ACCEPTED_THOUGH_INVALID),
    ]


def test_absent_optional_parameters():
    """A refusal that misses a parameter departs from each clause that lets one be absent."""
    found = departures(refused("MissingParameter"))

    assert found == [
        (f"{each}.optional", Kind.REJECTED_THOUGH_VALID) for each in ("GroupExDescriptions", "Tag", "FaceModelVersion")
    ]


# --- Blame -----------------------------------------------------------------------------------------------


def test_focus_on_the_shortest():
    """Where the shortest text is refused, its limit is at issue, whatever the code."""
    found = departures(refused(NAME_ILLEGAL), {"GroupName": "x"}, focus="GroupName.length.min")

    assert found == [("GroupName.length.min", Kind.REJECTED_THOUGH_VALID)]


def test_focus_where_the_answer_names_nothing():
    """A refusal that speaks of nothing in the request is blamed on the clause at which the request was aimed."""
    found = departures(refused("InternalError"), focus="Tag.length.max")

    assert found == [("Tag.length.max", Kind.REJECTED_THOUGH_VALID)]


@pytest.mark.parametrize(("changes", "answer", "kind", "clauses"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("focus", ["GroupName.length.min", "Tag.charset"])
def test_focus_decides_nothing(changes, answer, kind, clauses, focus):
    """The clause at which a request was aimed may be blamed, but doesn't change how the answer departs."""
    assert {found for _, found in departures(answer, changes, focus=focus)} == {kind}


def test_explanation():
    """A departure says what the page allows, with its words, and what came."""
    (departure,) = judge(predict(request_of(**HAN_TOO_LONG), World()), accepted()).departures

    assert departure.expected == (f"{NAME_TOO_LONG}: GroupName.length.max says “[1,60]个字符” (page, line 17)",)
    assert departure.observed == "accepted, FaceModelVersion “3.0”"


# --- What an answer tells --------------------------------------------------------------------------------


@pytest.mark.parametrize(("group_id", "conclusive"), [(SALT, True), ("x", False)])
def test_conclusive(group_id, conclusive):
    """That an id exists tells nothing of the target where the group may be somebody else's."""
    world = World(ours=words_of(SALT))
    if conclusive:
        world.created(Group(group_id, "n"))

    judgement = judge(predict(request_of(GroupId=group_id), world), refused(ID_EXISTS))

    assert not judgement.departures
    assert conclusive == judgement.conclusive


@settings(deadline=None)
@given(
    st.integers(0, 999),
    st.lists(st.tuples(st.sampled_from(("Content-Type", "X")), st.text()), max_size=2).map(tuple),
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    ).map(lambda each: json.dumps({"Response": each}).encode()),
)
def test_any_answer(status, headers, body):
    """Any answer at all can be judged; one that says nothing departs."""
    judgement = judge(predict(request_of(), World()), HttpResponse(status, headers, body))

    assert judgement.outcome is not None or judgement.departures


@pytest.mark.parametrize("code", CODES)
def test_codes_on_a_valid_request(code):
    """No documented code answers a valid request whose id and name are nobody else's."""
    assert {Kind.REJECTED_THOUGH_VALID} == {kind for _, kind in departures(refused(code))}


# --- What only a run can see -----------------------------------------------------------------------------


class Scripted:
    """A target that gives prepared answers, or reasons why none came."""

    def __init__(self, *answers):
        self.name, self.exclusive = "scripted", True
        self.sender = Sender("http://localhost", "", EXAMPLE_CREDENTIALS)
        self._answers = list(answers)

    def send(self, http):
        """The next answer."""
        return Exchange(http, self._answers.pop(0))

    def close(self):
        """Nothing to let go of."""


def numbered(answer, number):
    """The answer with a RequestId of its own."""
    return HttpResponse(answer.status, answer.headers, answer.body.replace(b'"r"', f'"r{number}"'.encode()))


def kinds(case, *answers):
    run = Run.against(Scripted(*(numbered(each, place) for place, each in enumerate(answers))), salts=Salts("abcdefg"))
    return [(each.clause, each.kind) for each in run.case(case)]


def create(**changes):
    return Step(Request.of({"GroupName": "<salt>", "GroupId": "<salt>", **changes}))


def test_no_answer():
    """Where no answer comes to a later request, that is a departure."""
    target = Scripted(accepted(), TransportError("gone"))
    run = Run.against(target, salts=Salts("abcdefg"))
    case = Case("GroupId.unique", "", (create(), create(GroupName="<salt>b")))

    assert [(each.clause, each.kind) for each in run.case(case)] == [("GroupId.unique", Kind.NO_ANSWER)]


def test_contradiction():
    """A target that takes one character of a class and refuses another contradicts itself."""
    case = Case("GroupName.charset", "", (create(Tag="\u3400"), create(GroupId="<salt>b", GroupName="<salt>\u3401")))

    assert kinds(case, accepted(), refused(NAME_ILLEGAL)) == [("GroupName.charset", Kind.CONTRADICTION)]


def test_no_contradiction():
    """A target that refuses both follows one reading."""
    case = Case("GroupName.charset", "", (create(Tag="\u3400"), create(GroupId="<salt>b", GroupName="<salt>\u3401")))

    assert kinds(case, refused("InvalidParameterValue.GroupTagIllegal"), refused(NAME_ILLEGAL)) == []


def test_outcomes_by_words():
    """Outcomes read as what they say."""
    assert [str(Accepted("3.0")), str(Refused(ID_EXISTS))] == ["accepted, FaceModelVersion “3.0”", ID_EXISTS]
