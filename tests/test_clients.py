"""Clients are judged by what a server saw of them: a right one conforms, and whatever breaks or lies is found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import conformance
from benchmarks.clients.broken import BROKEN
from benchmarks.clients.lying import LYING
from conformance.base.errors import TargetUnusableError
from conformance.cli.main import main
from conformance.report.json_report import to_json
from conformance.report.model import Status, Verdict, report_of
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import UNAIMED, Settings
from conformance.strategies.calls import call_cases

ROOT = Path(conformance.__file__).parent.parent
FOUND = {**BROKEN, **LYING}
# Without a call of their own: a few of all calls show them.
FEW = {"max_requests": 25, "profile": "smoke"}
# What shows late among all calls.
WHOLE = {"sdk.resilience.token-stays", "sdk.local.refusals", "sdk.error.kind"}
# One of each kind; the others take part in the whole test run.
QUICK = {
    "drops-empty-lists", "sorts-lists", "escapes-twice", "signs-no-body", "asks-twice", "swallows-request-ids",
    "reads-bare-json-alone", "follows-redirects", "reports-successes-and-sends-nothing", "invents-answers",
    "sends-a-second-request-when-all-is-told", "skips-what-it-can-do", "says-that-it-can-do-nothing",
}  # fmt: skip


def judged(name, **settings):
    """The report on a client of the benchmarks."""
    made = Settings(target=f"driver:{sys.executable} -m benchmarks.clients {name}", **settings)
    session = open_session(made)
    conduct(session, made)
    report = report_of(session, made)
    to_json(report)
    return report


def statuses(report):
    return {each.clause.id: each.status for each in report.clauses}


@pytest.mark.slow
def test_a_perfect_client_conforms():
    """Every case is played, and every clause but those on refusals of its own is seen and kept."""
    report = judged("perfect")

    assert report.verdict is Verdict.CONFORMS
    assert set(statuses(report).values()) == {Status.PASSED}
    assert len(report.verdicts) == len(list(call_cases()))
    assert {each.status for each in report.codes} == {"observed"}


@pytest.mark.parametrize(
    "name", [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in FOUND]
)
def test_what_is_wrong_is_found(name):
    """Each broken client, and each driver that lies, is found under the clause of which it is a case."""
    clause = FOUND[name][1]
    few = FEW if clause in UNAIMED and clause not in WHOLE else {}
    report = judged(name, only=(clause,), **few)

    found = statuses(report)[clause]
    if name == "says-that-it-can-do-nothing":
        assert (found, report.verdict) == (Status.UNSUPPORTED, Verdict.INCOMPLETE)
    else:
        assert found in {Status.FAILED, Status.FINDING}


def test_a_driver_that_ends_is_started_again(capsys):
    """What it did not answer is a failure of that call alone; the others are made."""
    report = judged("ends-in-the-middle", profile="smoke", only=("sdk.answer.fields",))
    (result,) = [each for each in report.clauses if each.clause.id == "sdk.answer.fields"]

    assert "exit code 7" in result.failures[0].smallest[0].observed
    assert result.tally.kept


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/no/such/program", "can't be started"),
        (f"{sys.executable} -c pass", "exit code 0"),
        (f"{sys.executable} -c 'print(1)'", "it wrote: 1"),
        (f"""{sys.executable} -c 'print("{{\\"type\\": \\"hello\\"}}")'""", "hello lacks"),
    ],
)
def test_what_is_no_driver_is_told(command, said):
    """A program that can't be started, or says no hello, ends the run with a sentence."""
    settings = Settings(target=f"driver:{command}")
    session = open_session(settings)
    with pytest.raises(TargetUnusableError, match=said):
        conduct(session, settings)


LOST = {
    "hangs": ("import time; time.sleep(9)", "came to no result"),
    "ends": ("raise SystemExit('no way')", "no way"),
    "refuses": (
        "print(json.dumps({'type': 'unsupported', 'id': 'call-1', 'reason': 'too cold'}), flush=True)",
        "too cold",
    ),
    "goes elsewhere": (
        "print(json.dumps({'type': 'result', 'id': 'call-1', 'error': "
        "{'kind': 'sdk', 'class': 'E', 'message': 'no such host'}}), flush=True)",
        "doesn't reach the suite's server: E: no such host",
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_a_plain_call_that_comes_to_nothing_ends_the_run(name, tmp_path, monkeypatch):
    """Whatever followed would tell of that alone: the SDK isn't blamed for it."""
    body, said = LOST[name]
    script = tmp_path / "driver.py"
    hello = json.dumps({
        "type": "hello", "protocol": 1, "sdk": "s", "version": "1", "runtime": "r", "methods": ["POST"],
        "signing": ["TC3-HMAC-SHA256"], "reach": ["endpoint"], "can": [],
    })  # fmt: skip
    script.write_text(
        f"import json, sys\nprint({hello!r}, flush=True)\nsys.stdin.readline()\n{body}\nsys.stdin.readline()", "utf-8"
    )
    monkeypatch.setattr("conformance.targets.clients._PATIENCE", 0.05)
    settings = Settings(target=f"driver:{sys.executable} {script}")
    session = open_session(settings)

    with pytest.raises(TargetUnusableError, match=said):
        conduct(session, settings)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("driver:", "names no client"),
        ("sdk:", "names no client"),
        ("driver:'", "no command"),
        ("sdk:pithon", "did you mean python"),
    ],
)
def test_what_names_no_client_is_wrong_usage(target, said, capsys):
    """It is told in a sentence, with exit code 4."""
    assert main(["run", "--target", target]) == 4
    assert said in capsys.readouterr().err


def test_a_call_can_be_made_again(capsys):
    """The line that a report has shows the call with all that was seen of it, and departs again."""
    report = judged("cuts-codes", profile="smoke", only=("sdk.error.code",))
    failure = next(each for each in report.clauses if each.failures).failures[0].smallest[0]
    case = failure.staged.again.split()[-1]

    code = main(["driver", "call", f"{sys.executable} -m benchmarks.clients cuts-codes", case])

    shown = capsys.readouterr().out
    assert code == 1
    assert all(each in shown for each in ("POST / HTTP/1.1", "answered  200", "sdk.error.code", "came"))
    assert json.loads(shown.partition("called    ")[2].splitlines()[0])["parameters"]


def test_an_unknown_case_is_told(capsys):
    """With exit code 4."""
    assert main(["driver", "call", f"{sys.executable} -m benchmarks.clients perfect", "nothing"]) == 4
    assert "no case has the id" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("perfect", 0), ("chats-on-standard-output", 1)])
def test_check(name, code, capsys):
    """`driver check` says of each kind of call whether the driver makes it as it should."""
    assert main(["driver", "check", f"{sys.executable} -m benchmarks.clients {name}"]) == code
    shown = capsys.readouterr().out
    assert "✓ hello: suite 1" in shown
    assert ("✗" in shown) == bool(code)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("perfect", 0), ("cuts-codes", 1)])
def test_under_pytest(name, code):
    """The same parts are tests of the suite, and a failure tells what was served."""
    target = f"driver:{sys.executable} -m benchmarks.clients {name}"
    words = ["--iai-target", target, "--iai-profile", "smoke", "--iai-only", "sdk.error.code"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "conformance/suite", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stdout
    assert ("served    a code that no list has" in done.stdout) == bool(code)
    assert "internal error" not in done.stdout
