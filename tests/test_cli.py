"""The command line as a user types it: what it prints, what it writes, how it ends."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading

import pytest

from conformance.cli.main import main
from tests.command import command
from tests.reports import read_report
from tests.waiting import PATIENCE, wait_for


@pytest.fixture(autouse=True, name="bare_environment")
def _bare_environment(monkeypatch, tmp_path):
    for name in [each for each in os.environ if each.startswith("TENCENTCLOUD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def process(*words, **environment):
    """Run the command in a process of its own, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "conformance", *words],
        capture_output=True, text=True, timeout=PATIENCE, check=False, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.slow
def test_run_conforms(tmp_path):
    """The embedded emulator conforms, within 1 000 requests and 300 groups; the JSON report says so by its schema."""
    done = process("run", "--profile", "smoke", "--json", "report.json", "--junit", "junit.xml")

    report = read_report(tmp_path / "report.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["verdict"] == "conforms"
    assert 0 < report["requests"] <= 1000
    assert 0 < report["groups_created"] <= 300
    assert {each["id"] for each in report["clauses"] if each["status"] != "passed"} == {"Protocol.connection"}
    assert report["first_failure_request"] is None
    assert "<testsuites" in (tmp_path / "junit.xml").read_text()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["junit.xml", "report.json"]


def test_a_fault_is_red(tmp_path):
    """A faulty emulator exits with 1; the report names clause, quote, request, expectation, answer and a curl line."""
    done = command("run", "--profile", "smoke", "--level", "parameters", "--fault", "group-name-one-too-many",
                   "--json", "report.json")  # fmt: skip

    report = read_report(tmp_path / "report.json")
    failed = [each for each in report["clauses"] if each["status"] == "failed"]
    assert done.returncode == 1
    assert [each["id"] for each in failed] == ["GroupName.length.max"]
    assert failed[0]["quote"] == "[1,60]个字符"
    assert len(failed[0]["failures"][0]["request"][0]["parameters"]["GroupName"]) == 61
    for words in (
        "GroupName.length.max: accepted though invalid",
        "[1,60]个字符",
        "61 characters",
        "InvalidParameterValue.GroupNameTooLong",
        "accepted, FaceModelVersion",
        "iai-conformance sign --target",
    ):
        assert words in done.stdout  # fmt: skip
    assert "Signature" not in done.stdout


@pytest.mark.slow
def test_reports_are_the_same_each_time(tmp_path):
    """The same seed against the embedded emulator gives the same report, but for when it was made; in any process."""
    reports = []
    for run, name in ((command, "one.json"), (process, "two.json")):
        some = ("--level", "authentication,state,concurrency")
        run("run", "--profile", "smoke", *some, "--fault", "tag-lost", "--json", name)
        reports.append({**read_report(tmp_path / name), "seconds": 0, "date": ""})

    assert reports[0] == reports[1]


def test_a_hard_bound(tmp_path):
    """No more requests than allowed are sent, and clauses that were not tried make the run incomplete, not green."""
    done = command("run", "--max-requests", "20", "--json", "report.json")

    report = json.loads((tmp_path / "report.json").read_text())
    assert done.returncode == 5
    assert report["requests"] == 20
    assert report["verdict"] == "incomplete"
    assert any("--max-requests" in each["reason"] for each in report["clauses"])


def test_every_must_is_tried_within_a_hundred_and_fifty_requests(tmp_path):
    """The cases are ordered so that a small budget suffices for a verdict on parameters."""
    done = command("run", "--level", "parameters,envelope", "--max-requests", "150", "--json", "report.json")

    assert done.returncode == 0, done.stdout


def test_nothing_judged():
    """A run without requests is not green."""
    assert command("run", "--max-requests", "0").returncode == 5


def test_selection(tmp_path):
    """What is left out is reported as left out, and a fault there doesn't count."""
    done = command(
        "run", "--profile", "smoke", "--only", "GroupId.*", "--skip", "*.unique", "--fault", "tag-any-length",
        "--json", "report.json",
    )  # fmt: skip

    report = json.loads((tmp_path / "report.json").read_text())
    passed = {each["id"] for each in report["clauses"] if each["status"] == "passed"}
    assert done.returncode == 0, done.stdout
    assert passed == {"GroupId.required", "GroupId.type", "GroupId.length.min", "GroupId.length.max", "GroupId.charset"}


@pytest.mark.slow
def test_expected_failures(tmp_path):
    """A known failure is run and not counted; one that passes again must be taken off the list."""
    (tmp_path / "known.txt").write_text("# what we know\nTag.length.*  # JIRA-1: not limited yet\n")

    few = ("--profile", "smoke", "--only", "Tag.*", "--expected-failures", "known.txt")
    known = command("run", *few, "--fault", "tag-one-too-many", "--json", "report.json")
    stale = command("run", *few)

    report = json.loads((tmp_path / "report.json").read_text())
    assert known.returncode == 0, known.stdout
    assert {each["status"] for each in report["clauses"] if each["id"] == "Tag.length.max"} == {"expected-failure"}
    assert "JIRA-1" in known.stdout
    assert stale.returncode == 1
    assert "remove line 2" in stale.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "--target", "embeded"], 4, "unknown target"),
        (["run", "--target", "live"], 4, "agree beforehand with --yes"),
        (["run", "--target", "https://iai.tencentcloudapi.com"], 4, "agree beforehand with --yes"),
        (["run", "--target", "live", "--endpoint", "example.com", "--yes"], 4, "no host of the service"),
        (["run", "--target", "live", "--rate", "51"], 4, "50 a second"),
        (["run", "--target", "live", "--rate", "0"], 4, "more than 0"),
        (["run", "--target", "live", "--max-groups", "-1"], 4, "can't be negative"),
        (["run", "--endpoint", "iai.tencentcloudapi.com"], 4, "for the live target"),
        (["run", "--dry-run"], 4, "for a live run"),
        (["run", "--target", "sdk:perl"], 4, "there is no such SDK"),
        (["run", "--target", "cassette:nowhere"], 4, "no such file or folder"),
        (["run", "--target", "cassette:x", "--max-age", "-1"], 4, "number of days"),
        (["record", "--target", "embedded"], 4, "--to"),
        (["record", "--target", "cassette:x", "--to", "y"], 4, "isn't recorded again"),
        (["rejudge", "nowhere", "--against", "report.json"], 4, "there is no such report"),
        (["readings", "nowhere"], 4, "no such file or folder"),
        (["plan", "nowhere"], 4, "no such file or folder"),
        (["cleanup", "--target", "http://127.0.0.1:1"], 4, "for the live service alone"),
        (["observe", "--upstream", "nowhere"], 4, "--upstream nowhere: it is no URL"),
        (["run", "--target", "http://"], 4, "no URL"),
        (["run", "--target", "http://127.0.0.1:99999"], 4, "no URL"),
        (["run", "--target", "http://127.0.0.1:1/path"], 4, "served at the root"),
        (["run", "--target", "http://192.0.2.1"], 3, "no credentials"),
        (["run", "--profile", "quick"], 4, "smoke, standard, deep"),
        (["run", "--only", "GroupNmae.*"], 4, "no clause has such an id"),
        (["run", "--only", "GroupName.lenght.max"], 4, "did you mean GroupName.length.max?"),
        (["run", "--only", "Tag.*", "--skip", "Tag*"], 4, "leave no clause"),
        (["run", "--fault", "group-name-trim"], 4, "did you mean group-name-trims?"),
        (["run", "--reading", "account-age"], 4, "READING=VALUE"),
        (["run", "--reading", "account-age=old"], 4, "before-2020-04-02"),
        (["run", "--reading", "age=old"], 4, "no reading age"),
        (["run", "--target", "http://127.0.0.1:1", "--fault", "tag-trims"], 4, "embedded"),
        (["run", "--expected-failures", "nowhere.txt"], 4, "can't be read"),
        (["run", "--json", "no/where.json"], 4, "there is no folder"),
        (["run", "--junit", "no/where.xml"], 4, "there is no folder"),
        (["run", "--json", "."], 4, "that is a folder"),
        (["run", "--max-requests", "-1"], 4, "can't be negative"),
        (["run", "--max-requests", "many"], 4, "invalid int"),
        (["run", "--timeout-seconds", "0"], 4, "more than 0"),
        (["compare"], 4, "still to come"),
        (["dance"], 4, "invalid choice"),
        ([], 4, "VERB"),
        (["show", "GroupName.lenght.max"], 4, "did you mean GroupName.length.max?"),
        (["explain", "{"], 4, "JSON object"),
        (["explain", "[]"], 4, "JSON object"),
        (["sign", "--target", "ftp://x", "--body", "{}"], 4, "no URL"),
        (["serve", "--port", "70000"], 4, "0 to 65535"),
    ],
)
def test_mistakes_are_told_in_a_sentence(words, code, says, capsys):
    """Wrong usage exits with 4, an unusable target with 3; each says what is wrong, without a traceback."""
    try:
        found = main(words)
    except SystemExit as exit_:
        found = exit_.code

    told = capsys.readouterr().err
    assert (found, says in told, "Traceback" in told) == (code, True, False), told


@pytest.mark.parametrize("name", ["SECRET_ID", "SECRET_KEY", "TOKEN", "REGION"])
def test_values_that_no_header_can_carry(monkeypatch, capsys, name):
    """A line break in the environment's values is told, and the value is not shown."""
    for each in ("SECRET_ID", "SECRET_KEY"):
        monkeypatch.setenv(f"TENCENTCLOUD_{each}", "value")
    monkeypatch.setenv(f"TENCENTCLOUD_{name}", "hid\nden")

    assert main(["sign", "--target", "http://127.0.0.1:1", "--body", "{}"]) == 4
    told = capsys.readouterr().err
    assert f"TENCENTCLOUD_{name} has" in told
    assert "hid" not in told


def test_a_terminal_without_chinese(tmp_path):
    """Where the terminal can't show Chinese, it is escaped, and nothing breaks."""
    done = process("show", "GroupName.charset", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert (done.returncode, "\\u4eba" in done.stdout) == (0, True), done.stderr


def test_half_a_key_pair(monkeypatch, capsys):
    """An environment with half a key pair is a mistake that is told."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDexample")

    assert main(["sign", "--target", "http://127.0.0.1:1", "--body", "{}"]) == 4
    assert "TENCENTCLOUD_SECRET_KEY is not set" in capsys.readouterr().err


def test_nothing_listens():
    """A target where nothing listens is unusable: one line, exit code 3."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    done = command("run", "--target", f"http://127.0.0.1:{port}")

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "nothing is listening" in done.stderr


def test_unknown_host():
    """A host name that can't be resolved is an unusable target."""
    done = command(
        "run", "--target", "http://no-such-host.invalid", TENCENTCLOUD_SECRET_ID="a", TENCENTCLOUD_SECRET_KEY="b"
    )

    assert (done.returncode, "can't be resolved" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"220 mail.example ESMTP\r\n", "not in HTTP"),
        (b"", "closed the connection"),
        (None, "timeout"),
    ],
)
def test_servers_that_do_not_speak_http(answer, says):
    """A server that says something else, nothing, or hangs up is an unusable target."""
    done_serving = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while not done_serving.is_set():  # who is hung up on tries again
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    if answer is None:
                        wait_for(done_serving)
                    else:
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        seconds = "0.5" if answer is None else str(PATIENCE)
        target = f"http://127.0.0.1:{listening.getsockname()[1]}"
        done = command("run", "--target", target, "--timeout-seconds", seconds)
        done_serving.set()
        with contextlib.suppress(OSError):
            socket.create_connection(listening.getsockname()).close()
        thread.join()

    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (3, True, False), done.stderr


def test_list_and_show(capsys):
    """Clauses, readings, faults, codes and cases can be listed, and each of them shown."""
    for what in ("clauses", "readings", "faults", "codes", "cases"):
        assert main(["list", what]) == 0
        first = capsys.readouterr().out.split()[0].rstrip(":")
        assert main(["show", first]) == 0
        assert first in capsys.readouterr().out


def test_explain(capsys):
    """`explain` tells what the page allows for a request, with its words, and sends nothing."""
    assert main(["explain", '{"GroupName": "a b", "GroupId": "x"}']) == 0

    told = capsys.readouterr().out
    assert "breaks: GroupName.charset" in told
    assert "InvalidParameterValue.GroupNameIllegal" in told
    assert "人员库名称只支持中英文、-、_、数字。" in told


def test_sign_prints_headers_and_no_secret(capsys):
    """`sign` prints the headers of a signed request, the secret key not among them."""
    assert main(["sign", "--target", "http://127.0.0.1:8080", "--body", "{}"]) == 0

    told = capsys.readouterr().out
    assert "Authorization: TC3-HMAC-SHA256 Credential=" in told
    assert "X-TC-Action: CreateGroup" in told
    assert "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE" not in told


@pytest.mark.slow
def test_a_foreign_pytest_setup_is_left_alone(tmp_path):
    """A project's own pytest settings, conftest and `conformance` folder don't disturb the command."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError\n")

    done = process("run", "--profile", "smoke", PYTEST_ADDOPTS="--nonsense")

    assert done.returncode == 0, done.stderr
