"""Levels: what of a target is looked at, what is left out and says so, and what looking costs."""

import functools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from conformance.base.errors import UsageError
from conformance.cli.main import main
from conformance.contract import CLAUSE, CLAUSES, Level
from conformance.runs.options import PROFILES, parse_levels
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.runs.ways import PROBES
from tests.command import command
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
SENDING = [each for each in Level if each is not Level.ENVELOPE]
# An emulator that checks no signatures on purpose, and takes nothing but POST and JSON.
UNSIGNED = "parameters,envelope,state,concurrency"


@pytest.fixture(autouse=True, name="bare_environment")
def _bare_environment(monkeypatch, tmp_path):
    for name in [each for each in os.environ if each.startswith("TENCENTCLOUD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@functools.cache
def judge(*words):
    """Run the command with the profile smoke: (exit code, what was printed, report)."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", "--profile", "smoke", *words, "--json", f"{folder}/report.json"]
        done = command(*words)
        return done.returncode, done.stdout + done.stderr, json.loads((Path(folder) / "report.json").read_text())


def python(folder, *words):
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.fixture(name="other_server")
def _other_server():
    """The URL of a server that checks no signatures."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.other_server"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.kill()


def of(report, status):
    return {each["id"] for each in report["clauses"] if each["status"] == status}


def clauses_at(*levels):
    return {each.id for each in CLAUSES if each.level in levels}


def listed(capsys, *words):
    """What `run --list` prints: level → (requests, groups)."""
    assert main(["run", "--list", *words]) == 0
    rows = re.findall(r"^  (\w[\w ]*\w) +(\d+) requests +(\d+) groups", capsys.readouterr().out, re.MULTILINE)
    return {name: (int(requests), int(groups)) for name, requests, groups in rows}


# --- Which levels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ([], list(Level)),
        (["state"], ["state"]),
        (["state", "protocol"], ["protocol", "state"]),
        (["state,protocol"], ["protocol", "state"]),
        (["state, protocol ", "envelope"], ["envelope", "protocol", "state"]),
        (["state", "state,state"], ["state"]),
        ([",".join(Level)], list(Level)),
    ],
)
def test_levels_as_they_are_written(written, levels):
    """One, several, repeated or with commas: each once, in their own order; all where none is named."""
    assert list(parse_levels(written)) == levels


@pytest.mark.parametrize("written", ["State", "parameter", "protocol,stat", "state,", "", "all"])
def test_unknown_levels(written):
    """What is no level is a mistake; the sentence has all levels."""
    with pytest.raises(UsageError) as told:
        parse_levels([written])

    assert str(told.value).startswith("--level ")
    assert all(each in str(told.value) for each in Level)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--level", "paramters"], "did you mean parameters?"),
        (["--level", "state,protocoll"], "did you mean protocol?"),
        (["--level", "state", "--level", "everything"], "--level everything"),
        (["--level", "state", "--only", "Tag.*"], "leave no clause"),
        (["--list", "--level", "autentication"], "did you mean authentication?"),
    ],
)
def test_mistakes_are_told_in_a_sentence(words, says, capsys):
    """A level that isn't one, or leaves nothing, exits with 4 and a hint."""
    code, told = main(["run", *words]), capsys.readouterr()

    assert (code, told.out, told.err.count("\n")) == (4, "", 1)
    assert says in told.err


# --- What is left out --------------------------------------------------------------------------------------------


def test_what_is_left_out_is_said():
    """Clauses of other levels are skipped, each with its level as the reason; those asked for pass, and no others."""
    code, printed, report = judge("--level", "concurrency,envelope", "--level", "state")

    skipped = {each["id"]: each["reason"] for each in report["clauses"] if each["status"] == "skipped"}
    assert code == 0, printed
    assert of(report, "passed") == clauses_at(Level.CONCURRENCY, Level.ENVELOPE, Level.STATE)
    assert skipped == {
        id_: f"left out by --level: not {CLAUSE[id_].level}"
        for id_ in clauses_at(Level.PARAMETERS, Level.AUTHENTICATION, Level.PROTOCOL)
    }
    assert f"{len(skipped)} skipped" in printed
    assert re.search(r"^  Authentication +- \d+ clauses left out by --level", printed, re.MULTILINE)
    assert not re.search(r"✓ secret-id|✓ charset", printed)


def test_left_out_twice():
    """What both --level and --only leave out names the level; what --only leaves out within a level names that."""
    _, _, report = judge("--level", "state", "--only", "State.kept.*")

    reasons = {each["id"]: each["reason"] for each in report["clauses"]}
    assert of(report, "passed") == {each for each in CLAUSE if each.startswith("State.kept.")}
    assert reasons["State.deletion"] == "left out by --only or --skip"
    assert reasons["GroupName.charset"] == "left out by --level: not parameters"


@pytest.mark.parametrize(
    ("level", "fault", "code"),
    [
        ("state", "signature-unchecked", 0),
        ("state,authentication", "signature-unchecked", 1),
        ("authentication", "tag-lost", 0),
        ("state", "tag-lost", 1),
        ("parameters", "race", 0),
        ("concurrency", "race", 1),
    ],
)
def test_faults_of_other_levels_do_not_count(level, fault, code):
    """A fault fails the levels that it is of, and no others."""
    found, printed, report = judge("--level", level, "--fault", fault)

    assert found == code, printed
    assert bool(of(report, "failed")) is bool(code)
    assert {CLAUSE[each].level for each in of(report, "failed")} <= set(level.split(","))


@pytest.mark.slow
def test_a_server_without_signatures(other_server):
    """A server that checks no signatures conforms at the levels that it is for."""
    code, printed, report = judge("--target", other_server, "--level", UNSIGNED)

    assert (code, report["verdict"]) == (0, "conforms"), printed
    assert of(report, "skipped") == clauses_at(Level.AUTHENTICATION, Level.PROTOCOL)
    assert of(report, "passed") >= clauses_at(Level.ENVELOPE)


@pytest.mark.slow
def test_a_server_without_signatures_at_all_levels(other_server):
    """The same server, looked at whole, fails, and not at the levels for which it conforms."""
    code, printed, report = judge("--target", other_server)

    assert (code, report["verdict"]) == (1, "violates"), printed
    assert of(report, "failed") >= {"Authentication.signature", "Protocol.get"}
    assert not of(report, "failed") & clauses_at(Level.PARAMETERS, Level.STATE, Level.CONCURRENCY)


# --- Answers alone -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_answers_alone_are_seen_on_requests_of_parameters(capsys):
    """At the level envelope alone, the requests on parameters are sent, and nothing is said of parameters."""
    code, printed, report = judge("--level", "envelope")

    requests, groups = listed(capsys, "--profile", "smoke", "--level", "parameters")["parameters"]
    assert code == 0, printed
    assert (report["requests"], report["groups_created"]) == (requests, groups)
    assert listed(capsys, "--profile", "smoke", "--level", "envelope")["all of these"] == (requests, groups)
    assert of(report, "passed") == clauses_at(Level.ENVELOPE)
    assert of(report, "skipped") == {each.id for each in CLAUSES} - clauses_at(Level.ENVELOPE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "beside"),
    [("request-id-missing", ""), ("error-without-code", ""), ("group-name-one-too-many", "GroupName.length.max")],
)
def test_answers_alone(fault, beside):
    """At the level envelope alone, faults of answers fail; what else was seen is told, and is no conformance either."""
    code, printed, report = judge("--level", "envelope", "--fault", fault)

    assert code == 1, printed
    assert all(each.startswith("Response.") for each in of(report, "failed"))
    assert bool(of(report, "failed")) is not bool(beside)
    assert [each.partition(",")[0] for each in report["notes"] if "wasn't asked for" in each] == [beside] * bool(beside)


def test_envelope_beside_another_level():
    """Beside another level, answers are seen on that level's requests: those on parameters are not sent."""
    alone, beside = (Settings(levels=parse_levels([each])) for each in ("envelope", "envelope,state"))

    assert {each.clause for each in smoke() if alone.aims_at(each.clause)} == {
        each.clause for each in smoke() if CLAUSE[each.clause].level is Level.PARAMETERS
    }
    assert {CLAUSE[each.clause].level for each in smoke() if beside.aims_at(each.clause)} == {Level.STATE}


# --- What it costs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_listing_sends_nothing(capsys, profile):
    """`run --list` opens no connection to the target, and tells of it what it tells of the embedded emulator."""
    words = ["--profile", profile, "--level", "envelope,concurrency"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        there = listed(capsys, "--target", f"http://127.0.0.1:{listening.getsockname()[1]}", *words)
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()

    assert there == listed(capsys, *words)
    assert list(there) == ["envelope", "concurrency", "all of these"]


def test_listing_needs_no_target(capsys):
    """Nothing has to listen there, and no key pair has to be known."""
    listings = [
        listed(capsys, "--profile", "smoke", "--level", "state,concurrency", "--target", target)
        for target in ("http://127.0.0.1:1", "http://192.0.2.1", "embedded")
    ]

    assert listings[0] == listings[1] == listings[2]
    assert list(listings[0]) == ["state", "concurrency", "all of these"]


@pytest.mark.slow
def test_larger_profiles_cost_more(capsys):
    """What a level explores comes on top of its fixed cases, many times over in the profile deep."""
    cost = {each: listed(capsys, "--profile", each, "--level", "authentication")["authentication"] for each in PROFILES}

    assert cost["smoke"] < cost["standard"]
    drawn, rest = divmod(cost["deep"][0] - cost["standard"][0], 39)  # what is drawn in one of forty rounds
    assert rest == 0
    assert 0 < drawn < cost["standard"][0] - cost["smoke"][0]  # sweeps and conditions come once


@pytest.mark.slow
@pytest.mark.parametrize("level", SENDING)
def test_a_run_costs_what_was_listed(capsys, level):
    """A run of the profile smoke sends and creates at each level exactly what the list says."""
    code, printed, report = judge("--level", level)

    assert code == 0, printed
    assert (report["requests"], report["groups_created"]) == listed(capsys, "--profile", "smoke", "--level", level)[
        level
    ]


def test_a_run_of_a_part_costs_what_was_listed(capsys):
    """With --skip too the list says what a run sends."""
    words = ["--level", "protocol", "--skip", "Protocol.size.*"]
    _, _, report = judge(*words)

    assert (report["requests"], report["groups_created"]) == listed(capsys, "--profile", "smoke", *words)["protocol"]


@pytest.mark.slow
def test_a_standard_run_costs_about_what_was_listed(capsys):
    """What is drawn doesn't depend on the target as long as it conforms."""
    _, printed, report = judge("--level", "authentication", "--profile", "standard")

    requests, _ = listed(capsys, "--profile", "standard", "--level", "authentication")["authentication"]
    assert report["profile"] == "standard", printed
    assert 0.9 * requests <= report["requests"] <= 1.1 * requests


@pytest.mark.slow
def test_all_levels_together_cost_what_was_listed(capsys):
    """Every level is listed, and the sum in the last line is what a run of all of them sends and creates."""
    _, _, report = judge()
    listing = listed(capsys, "--profile", "smoke")

    assert list(listing) == [*Level, "all of these"]
    assert listing["all of these"] == (report["requests"], report["groups_created"])


@pytest.mark.parametrize("pattern", ["Tag.*", "Response.*", "State.*"])
def test_listing_what_was_selected(capsys, pattern):
    """Clauses that all stand at one level can be listed as they can be run."""
    assert main(["run", "--list", "--profile", "smoke", "--only", pattern]) == 0


# --- Under pytest ------------------------------------------------------------------------------------------------


def pytest_on(folder, *options):
    words = ["-q", "-p", "conformance.plugin", "--pyargs", "conformance.suite", "--iai-profile", "smoke", *options]
    return python(folder, "-m", "pytest", *words)


@pytest.mark.slow
def test_levels_under_pytest(tmp_path):
    """As an option of the plugin: the tests are the cases of the levels, and the first, with which a run begins."""
    done = pytest_on(tmp_path, "--iai-level", "state", "--iai-level", "concurrency,protocol")

    cases = [each for each in smoke()[1:] if CLAUSE[each.clause].level in {"state", "concurrency", "protocol"}]
    assert done.returncode == 0, done.stdout + done.stderr
    by_way = [each for each in PROBES.values() if CLAUSE[each.clause].level == "authentication"]  # forms need version 1
    assert f"{1 + len(cases) + len(by_way)} passed" in done.stdout, done.stdout[-300:]
    assert "left out by --level: not authentication" in done.stdout


@pytest.mark.slow
def test_a_fault_at_a_level_under_pytest(tmp_path):
    """A fault of the level fails there."""
    done = pytest_on(tmp_path, "--iai-level", "state", "--iai-fault", "tag-lost")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_part[State.kept.Tag-" in done.stdout


def test_an_unknown_level_under_pytest(tmp_path):
    """What is no level ends pytest with 4 and the same hint."""
    done = pytest_on(tmp_path, "--iai-level", "sate")

    assert (done.returncode, "did you mean state?" in done.stderr) == (4, True), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
