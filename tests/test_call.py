"""`call`: requests by hand, however delivered; and the line of a failure that shows it again."""

import json

import pytest

from conformance.emulator import Emulator
from conformance.emulator.server import Server
from tests.calling import (  # noqa: F401 -- fixtures
    EXISTS,
    INFO,
    NUMBERED,
    OTHER,
    PLAIN,
    TWO,
    _bare_environment,
    _call,
    answers,
    departures,
    step,
)

# --- What is sent, and what comes --------------------------------------------------------------------------------


def test_one_request(call):
    """The request, what was sent and what came are told; the salt is filled in."""
    code, out, _ = call(step())

    asked, sent, came = out.splitlines()
    body = json.loads(sent.removeprefix("→ POST "))
    assert code == 0
    assert asked == 'CreateGroup {"GroupName": "<salt>", "GroupId": "<salt>"}'
    assert body["GroupName"] == body["GroupId"] != "<salt>"
    assert came.startswith("← HTTP 200, application/json: ")
    assert json.loads(answers(out)[0])["Response"]["FaceModelVersion"] == "3.0"


def test_several_steps(call):
    """Steps are sent in order, and share an account and a salt."""
    code, out, _ = call(
        step({**PLAIN, "Tag": "t"}), step(), step({"GroupId": "<salt>"}, action="GetGroupInfo"),
        step({"GroupId": "<salt>"}, action="DeleteGroup"), step({**PLAIN, "GroupId": "<salt>b"}),
    )  # fmt: skip

    created, again, info, _, anew = [json.loads(each)["Response"] for each in answers(out)]
    assert code == 0
    assert [set(created), set(anew)] == [{"FaceModelVersion", "RequestId"}] * 2
    assert again["Error"]["Code"] == EXISTS
    assert info["Tag"] == "t"


@pytest.mark.usefixtures("patient_server")
@pytest.mark.parametrize(
    ("fault", "steps", "clause"),
    [
        ("group-name-one-too-many", [step({**PLAIN, "GroupName": "n" * 61})], "GroupName.length.max"),
        ("tag-lost", [step({**PLAIN, "Tag": "t"}), INFO], "State.kept.Tag"),
        ("array-order-backwards", [step(TWO, form="query"), INFO], "State.kept.GroupExDescriptions"),
        ("put-accepted", [step(twists=["then-method=PUT"])], "Protocol.method"),
        ("any-version", [step(twists=["version=1999-01-01"])], "Protocol.version.known"),
        ("signature-unchecked", [step(), step(OTHER, twists=["other-key"])], "Authentication.signature"),
        ("expired-accepted", [step(), step(OTHER, twists=["timestamp=-400"])], "Authentication.timestamp.window"),
        ("body-uncovered", [step(), step(OTHER, twists=["then-body=<salt>b→<salt>c"])], "Authentication.signature"),
        ("lost-answer-keeps-id", [step({**PLAIN, "Tag": "t"}, sending="lost"), INFO], "State.kept.Tag"),
        ("one-at-a-time", [step(NUMBERED, sending="together", copies=6)], "Request.check-order"),
        ("request-id-missing", [step()], "Response.RequestId.present"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_with_a_fault_and_without(call, fault, steps, clause):
    """A fault departs, under its clause, with what is allowed and what came; without it the same steps don't."""
    code, out, _ = call("--fault", fault, *steps)
    without, clean, _ = call(*steps)

    assert (code, without) == (1, 0), out + clean
    assert any(each.startswith(clause) for each in departures(out))
    assert departures(clean) == []
    assert "    allowed  " in out
    assert "    came     " in out


def test_a_reading(call):
    """The emulator's readings can be chosen as for `run`."""
    _, usual, _ = call(step())
    code, chosen, _ = call("--reading", "account-age=before-2020-04-02", step())

    assert code == 0
    assert [json.loads(answers(each)[0])["Response"]["FaceModelVersion"] for each in (usual, chosen)] == ["3.0", "2.0"]


def test_together(call):
    """Several at once: each is told, one is accepted, and how they were sent is said."""
    code, out, _ = call(step({"GroupName": "<salt><n>", "GroupId": "<salt>"}, sending="together", copies=4))

    names = [json.loads(line.removeprefix("→ POST "))["GroupName"][-1] for line in out.splitlines() if "→" in line]
    assert (code, names) == (0, ["0", "1", "2", "3"])
    assert sum("FaceModelVersion" in each for each in answers(out)) == 1
    assert sum(EXISTS in each for each in answers(out)) == 3
    assert "[4 at once]" in out


def test_lost(call):
    """A request whose answer is lost is told without an answer; the group is there when it is asked for again."""
    code, out, _ = call(step(sending="lost"), step())

    assert code == 0
    assert "[and the connection cut before the answer]" in out
    assert [EXISTS in each for each in answers(out)] == [True]


def test_twice(call):
    """The very same bytes again find their group there."""
    code, out, _ = call(step(sending="twice"))

    assert (code, len(answers(out))) == (0, 2)
    assert EXISTS in answers(out)[1]


def test_twists_are_told(call):
    """What is odd about the delivery stands beside the request, and the request goes out so."""
    code, out, _ = call(
        step(), step({"GroupName": "<salt>b", "GroupId": "<salt>b"}, form="query", twists=["timestamp=-400"])
    )

    assert code == 0
    assert "[as a GET, so many seconds from now (timestamp=-400)]" in out
    assert "→ GET " in out
    assert "AuthFailure.SignatureExpire" in answers(out)[1]


@pytest.mark.parametrize("twist", ["other-key", "timestamp=-400", "then-without=Authorization", "unknown-id"])
def test_a_request_that_must_be_refused(call, twist):
    """A wrongly signed request, by itself, is refused as it must be: nothing departs."""
    code, out, _ = call(step(twists=[twist]))

    assert code == 0, out


def test_a_server_that_does_not_know_the_key(call, monkeypatch):
    """By hand, a refusal of the key pair is judged like any answer; the secret key stands nowhere."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDnobody")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "a-key-that-must-not-show")
    with Server(Emulator()) as server:
        code, out, err = call("--target", server.url, step())

    assert (code, len(departures(out))) == (1, 1)
    assert "    came     AuthFailure.SecretIdNotFound" in out
    assert "must-not-show" not in out + err


def test_nothing_listens(call):
    """Where nothing listens the exit code is 3, and one sentence says so."""
    code, _, err = call("--target", "http://127.0.0.1:1", step())

    assert (code, err.count("\n"), "nothing is listening" in err) == (3, 1, True), err


# --- Mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{", "Expecting property name"),
        ("", "Expecting value"),
        ("not JSON", "Expecting value"),
        ("[]", "a step is a JSON object"),
        ("null", "a step is a JSON object"),
        ('{"parametres": {}}', "a step has no 'parametres'"),
        ('{"twists": ["other-kye"]}', "did you mean other-key?"),
        ('{"twists": ["sign-with-love=1"]}', "there is no such twist"),
        ('{"form": "xml"}', "xml"),
        ('{"scheme": "md5"}', "md5"),
        ('{"sending": "never"}', "never"),
        ('{"parameters": 3}', "an object of parameters"),
        ('{"parameters": [["a", 1, 2]]}', "[["),
        ('{"twists": "plus"}', "a list of twists"),
        ('{"copies": "two"}', "a number of copies"),
    ],
)
def test_steps_that_are_none(call, written, says):
    """A bad step exits with 4 and one sentence, before anything is sent."""
    code, out, err = call(step(), written)

    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith("iai-conformance: ")
    assert says in err


@pytest.mark.parametrize(
    "written",
    [
        '{"copies": 0}',
        '{"copies": 0, "sending": "together"}',
        '{"copies": -1, "sending": "together"}',
        '{"parameters": [1]}',
        '{"twists": ["timestamp"]}',
        '{"twists": ["timestamp=soon"]}',
        '{"twists": ["date=soon"]}',
        '{"twists": ["then-body=nowhere→x"]}',
        '{"twists": ["not-signed=x-nothing"]}',
        '{"form": "form"}',
        '{"scheme": "HmacSHA1"}',
        '{"form": "query", "parameters": {"GroupName": 3}}',
    ],
)
def test_steps_that_can_not_be_sent(call, written):
    """A step that can't be made into a request is a mistake of the same kind."""
    code, out, err = call(written)

    assert (code, out, err.count("\n")) == (4, "", 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fault", "tag-lots", "{}"], "did you mean tag-lost?"),
        (["--target", "embeded", "{}"], "unknown target"),
        (["--target", "http://127.0.0.1:1", "--fault", "tag-lost", "{}"], "embedded"),
        (["--timeout-seconds", "0", "{}"], "more than 0"),
        ([], "STEP"),
    ],
)
def test_mistakes_are_told_in_a_sentence(call, words, says):
    """Wrong options exit with 4."""
    code, out, err = call(*words)

    assert (code, out, "Traceback" in err) == (4, "", False)
    assert says in err
