"""The line under a failure shows it again: by `call`, or by curl against `serve`."""

import json
import os
import shlex
import subprocess
import sys

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
from tests.calling import (  # noqa: F401 -- fixtures
    ROOT,
    _bare_environment,
    _call,
)
from tests.key_pair import FOR_PROCESSES
from tests.waiting import PATIENCE

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
    environment = {**os.environ, **FOR_PROCESSES, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}

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
        assert EXAMPLE_CREDENTIALS.secret_key.reveal() not in line + printed
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
        assert EXAMPLE_CREDENTIALS.secret_key.reveal() not in line + printed
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
        ("group-id-one-too-many", "GroupId.length.max"),
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
            cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **FOR_PROCESSES},
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


@pytest.mark.slow
@pytest.mark.usefixtures("patient_server")
@pytest.mark.parametrize("fault", ["lost-answer-keeps-id", "lost-answer-keeps-name"])
def test_a_failure_of_lost_answers_is_shown_again(here, fault):
    """A failure after a lost answer comes again on a server with the fault."""
    line = failures_of(fault, "Concurrency.lost-answer")[0]["curl"]

    assert again(here, line, fault)[0] == 1


@pytest.mark.slow
def test_a_failure_of_what_is_kept_is_shown_again(here):
    """What is wrong with a group that is listed comes again, also where the list is of another case."""
    line = failures_of("tag-cut", "State.kept.Tag", whole=True)[0]["curl"]

    assert again(here, line, "tag-cut")[0] == 1
