"""`call`: requests by hand, however delivered; and the line of a failure that shows it again."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.campaign import run_against
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.cli.main import main
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import FAULT, faulty
from conformance.emulator.server import Server
from conformance.report import json_report
from conformance.report.model import report_of
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.targets.direct import ENDPOINT
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
PLAIN = {"GroupName": "<salt>", "GroupId": "<salt>"}
OTHER = {"GroupName": "<salt>b", "GroupId": "<salt>b"}
EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"


def step(parameters=None, **how):
    return {**how, "parameters": PLAIN if parameters is None else parameters}


TWO = {**PLAIN, "GroupExDescriptions": ["a", "b"]}
NUMBERED = {"GroupName": "<salt><n>", "GroupId": "<salt><n>"}
INFO = step({"GroupId": "<salt>"}, action="GetGroupInfo")


@pytest.fixture(autouse=True, name="bare_environment")
def _bare_environment(monkeypatch):
    for name in [each for each in os.environ if each.startswith("TENCENTCLOUD_")]:
        monkeypatch.delenv(name)


@pytest.fixture(name="call")
def _call(capsys):
    """Call: (exit code, standard output, standard error)."""

    def call(*words):
        try:
            code = main(["call", *(each if isinstance(each, str) else json.dumps(each) for each in words)])
        except SystemExit as exit_:
            code = exit_.code
        told = capsys.readouterr()
        assert EXAMPLE_CREDENTIALS.secret_key not in told.out + told.err
        return code, told.out, told.err

    return call


def departures(out):
    return [line.removeprefix("✗ ") for line in out.splitlines() if line.startswith("✗")]


def answers(out):
    return [line.partition(": ")[2] for line in out.splitlines() if line.startswith("←")]


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


# --- The line that shows a failure again -------------------------------------------------------------------------


def failures_of(fault, clause, *, whole=False):
    """What the JSON report says of the failures of a clause: after all cases, or those that aim at it."""
    run = run_against(faults=[fault])
    for place, case in enumerate(smoke()):
        if place == 0 or whole or case.clause in FAULT[fault].clauses:
            run.case(case)
    report = json_report.to_json(report_of(Session(run), Settings(faults=(fault,))))
    (found,) = [each["failures"] for each in report["clauses"] if each["id"] == clause]
    return found


@pytest.fixture(name="shell")
def _shell(tmp_path):
    """Run a line in a shell that finds the command: (exit code, what was printed)."""
    command = tmp_path / "bin" / "iai-conformance"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m conformance "$@"\n'
    )
    command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}

    def shell(line):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert EXAMPLE_CREDENTIALS.secret_key not in line + printed
        assert "Traceback" not in printed
        return done.returncode, printed

    return shell


@pytest.fixture(name="here")
def _here(capsys):
    """Run a line in this process, split as a shell splits it: (exit code, what was printed)."""

    def here(line):
        program, *words = shlex.split(line)
        code, told = main(words), capsys.readouterr()
        printed = told.out + told.err
        assert program == "iai-conformance"
        assert EXAMPLE_CREDENTIALS.secret_key not in line + printed
        return code, printed

    return here


def again(shell, line, *faults):
    """Run the line against a new server with these faults."""
    assert ENDPOINT in line
    with Server(Emulator(faulty(conforming(), *faults))) as server:
        return shell(line.replace(ENDPOINT, server.url))


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("any-version", "Protocol.version.known"),
        ("any-method", "Protocol.method"),
        ("apostrophes-accepted", "Protocol.json.form"),
        ("array-order-backwards", "Protocol.form.array-order"),
        ("language-refused", "Protocol.language"),
        ("renaming-unchecked", "State.renaming"),
        ("renaming-forgets", "State.id-stays"),
        ("deletion-keeps-name", "State.deletion"),
        ("one-at-a-time", "Concurrency.different"),
    ],
)
def test_a_failure_is_shown_again(here, fault, clause):
    """What curl can't do, `call` does: the failure comes again on a server with the fault, and not on one without."""
    line = failures_of(fault, clause)[0]["curl"]
    with_it, without = again(here, line, fault), again(here, line)

    assert line.startswith("iai-conformance call --target ")
    assert (with_it[0], without[0]) == (1, 0), with_it[1] + without[1]
    assert "\n✗ " in with_it[1]
    assert "✗" not in without[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("group-name-one-too-many", "GroupName.length.max"),
        ("group-id-toolong-as-description", "GroupId.length.max"),
        ("refused-keeps-name", "State.refused-leaves-nothing"),
        ("tag-toolong-as-group-name", "Tag.length.max"),
        ("body-as-latin-1", "GroupName.charset"),
    ],
)  # fmt: skip
def test_a_failure_is_shown_again_by_curl(shell, fault, clause):
    """Plain requests go through curl: the same answer comes from a server with the fault, and another without."""
    failure = failures_of(fault, clause)[0]
    with_it, without = (last_answer(again(shell, failure["curl"], *faults)[1]) for faults in ([fault], []))

    assert failure["curl"].startswith("iai-conformance sign --target ")
    if failure["observed"].startswith("accepted"):
        assert "FaceModelVersion" in with_it
        assert "Error" in without
    else:
        assert with_it["Error"]["Code"] == failure["observed"]
        assert without.get("Error", {}).get("Code") != failure["observed"]


def last_answer(printed):
    decoder, found = json.JSONDecoder(), []
    while printed.strip():
        value, end = decoder.raw_decode(printed.lstrip())
        found.append(value["Response"])
        printed = printed.lstrip()[end:]
    return found[-1]


@pytest.mark.slow
def test_on_serve(shell):
    """The same in a process of its own, as a user runs it: `serve --fault`, and the line."""
    line = failures_of("any-version", "Protocol.version.known")[0]["curl"]
    codes = []
    for words in (["--fault", "any-version"], []):
        with subprocess.Popen(
            [sys.executable, "-m", "conformance", "serve", "--port", "0", *words],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        ) as server:  # fmt: skip
            codes.append(shell(line.replace(ENDPOINT, server.stdout.readline().split()[0]))[0])
            server.terminate()

    assert codes == [1, 0]


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("signature-unchecked", "Authentication.signature"),
        ("expired-accepted", "Authentication.timestamp.window"),
        ("secret-id-as-failure", "Authentication.secret-id"),
        ("tolerance-one-minute", "Authentication.timestamp.window"),
        ("put-accepted", "Protocol.method"),
    ],
)
def test_a_failure_of_signatures_is_shown_again(here, fault, clause):
    """A failure of signatures comes again with the fault, and the documented refusal is none without."""
    line = failures_of(fault, clause)[0]["curl"]

    assert (again(here, line, fault)[0], again(here, line)[0]) == (1, 0)


def test_a_failure_of_the_quota_is_shown_again(here):
    """A failure that needs an account of few groups comes again on one."""
    line = failures_of("quota-one-more", "State.quota")[0]["curl"]
    emulator = Emulator(faulty(conforming(), "quota-one-more"), quota=3)
    with Server(emulator) as server:
        code, printed = here(line.replace(ENDPOINT, server.url))

    assert code == 1, printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "clause"), [("not-listed", "State.listed"), ("unauthenticated-creates", "Authentication.creates-nothing")]
)
def test_a_failure_of_a_list_is_shown_again(here, fault, clause):
    """A failure seen in GetGroupList comes again on a new server."""
    line = failures_of(fault, clause, whole=True)[0]["curl"]

    assert again(here, line, fault)[0] == 1


@pytest.mark.parametrize("fault", ["lost-answer-keeps-id", "lost-answer-keeps-name"])
def test_a_failure_of_lost_answers_is_shown_again(here, fault):
    """A failure after a lost answer comes again on a server with the fault."""
    line = failures_of(fault, "Concurrency.lost-answer")[0]["curl"]

    assert again(here, line, fault)[0] == 1


def test_a_failure_of_what_is_kept_is_shown_again(here):
    """What is wrong with a group that is listed comes again, also where the list is of another case."""
    line = failures_of("tag-cut", "State.kept.Tag", whole=True)[0]["curl"]

    assert again(here, line, "tag-cut")[0] == 1
