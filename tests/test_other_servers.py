"""Servers that know nothing of this project are judged like any other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import command

ROOT = Path(__file__).parent.parent
# It deliberately checks no signatures and reads nothing but JSON.
LEVELS = ["--level", "parameters,envelope,state,concurrency"]


@pytest.fixture(name="judged")
def _judged(tmp_path):
    """Judge the other server, with a mistake of its own: (exit code, what was printed, report)."""
    running = []

    def judge(mistake="", *more, profile="smoke"):
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.other_server", mistake], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        running.append(server)
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        words = ["run", "--target", url, "--profile", profile, *LEVELS, *more, "--json", str(tmp_path / "r.json")]
        done = command(*words)
        return done.returncode, done.stdout + done.stderr, json.loads((tmp_path / "r.json").read_text())

    yield judge
    for each in running:
        each.kill()
        each.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["smoke", "standard"])
def test_a_conforming_server(judged, profile):
    """A server without sister actions, signatures or bare Content-Type conforms; what couldn't be seen is said."""
    some = ("--only", "GroupId.*", "--only", "Tag.*", "--only", "State.*") if profile == "standard" else ()
    code, printed, report = judged("", *some, profile=profile)

    assert (code, report["verdict"]) == (0, "conforms"), printed
    assert "DeleteGroup isn't served" in printed


def test_judged_twice(judged):
    """A server that keeps its groups conforms the second time too: no id or name comes again."""
    first, _, _ = judged("", "--only", "GroupName.*")
    second, printed, _ = judged("", "--only", "GroupName.*")

    assert (first, second) == (0, 0), printed


def test_a_keep_alive_that_ends_unsaid(judged):
    """A connection that is closed under a request is no departure: the request is sent again, once."""
    code, printed, report = judged("one-request-a-connection", "--only", "GroupId.*")

    assert (code, report["verdict"]) == (0, "conforms"), printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "clause"),
    [
        ("bytes", "GroupName.length.max"),
        ("unanchored", "GroupName.charset"),
        ("names", "GroupName.unique"),
        ("wrong-code", "GroupId.length.max"),
        ("no-request-id", "Response.RequestId.present"),
        ("dies", "GroupName.charset"),
    ],
)
def test_mistakes(judged, mistake, clause):
    """A mistake of its own is found under its clause."""
    code, printed, report = judged(mistake, "--only", f"{clause.partition('.')[0]}.*")

    failed = {each["id"] for each in report["clauses"] if each["status"] == "failed"}
    assert code == 1, printed
    assert clause in failed
