"""Exploration: seeded, bounded, and honest about what it found."""

import json
import subprocess
import sys

import pytest

from benchmarks.campaign import run_against, standard_cases
from conformance.base.errors import BudgetSpentError
from conformance.runs.exploration import PROPERTIES, explore

CHARSET = next(each for each in PROPERTIES if (each.clause, each.about) == ("GroupName.charset", "broken"))
KEPT = next(each for each in PROPERTIES if each.about == "kept")


@pytest.mark.slow
def test_the_same_seed_draws_the_same(monkeypatch):
    """One seed draws the same cases each time; another draws others."""
    monkeypatch.setattr("conformance.runs.settings.STANDARD_EXAMPLES", 2)
    first, anew, other = ([case.id for case in standard_cases.__wrapped__(seed)] for seed in (1, 1, 0))

    assert first == anew
    assert first != other


# What is drawn by plain strategies, and what by a state machine.
DRAWN = ("GroupName.length.max", "State.refused-leaves-nothing")
SCRIPT = """
import json, local_module
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

settings = Settings(only={only!r}, seed=7)
session = open_session(settings)
conduct(session, settings)
with open("script.json", "w") as file:
    json.dump([session.run.results.requests, session.run.results.groups_created], file)
"""


@pytest.mark.slow
def test_whichever_way_it_is_started(tmp_path):
    """The command, pytest, and a script beside modules full of constants send the same requests for the same seed."""
    (tmp_path / "local_module.py").write_text("".join(f"X{each} = ('k{each}', {1000 + each})\n" for each in range(200)))
    (tmp_path / "script.py").write_text(SCRIPT.format(only=DRAWN))
    only = [f"--only={each}" for each in DRAWN]
    ways = (
        ["-m", "iai_conformance", "run", "--seed=7", *only, "--json=command.json"],
        ["-m", "pytest", "-q", "-p", "iai_conformance", "--pyargs", "conformance.suite", "--iai-seed=7"]
        + [each.replace("--", "--iai-") for each in [*only, "--json=pytest.json"]],
        ["script.py"],
    )
    for words in ways:
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    reports = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("command", "pytest")]
    numbers = [[each["requests"], each["groups_created"]] for each in reports]

    assert numbers == [json.loads((tmp_path / "script.json").read_text())] * 2
    assert [each["cases"] for each in reports[:1]] == [each["cases"] for each in reports[1:]]


def test_a_departure_is_kept_and_shrunk():
    """What exploration finds is in the run, as a request that nobody could make smaller."""
    run = run_against(faults=["group-name-takes-dot"])
    explore(run, CHARSET, examples=200, seed=1)

    ((clause, _), (smallest, *_)) = next(iter(run.results.failures.items()))

    assert clause == "GroupName.charset"
    assert dict(smallest.case.steps[0].request.parameters)["GroupName"] in {"<salt>.", ".<salt>"}


def test_what_is_known_is_not_shrunk_again():
    """A departure that the run has already seen doesn't cost requests for shrinking."""
    run = run_against(faults=["group-name-takes-dot"])
    explore(run, CHARSET, examples=60, seed=1)
    before = run.results.requests
    explore(run, CHARSET, examples=60, seed=1)

    assert run.results.requests - before <= 60


def test_the_budget_holds():
    """A hard bound ends an exploration at once, however far it is."""
    run = run_against()
    run.bounds.requests = 25

    with pytest.raises(BudgetSpentError):
        explore(run, KEPT, examples=100, seed=1)

    assert run.results.requests == 25


@pytest.mark.slow
def test_nothing_is_drawn_that_fails():
    """A conforming target is found to conform, by every property."""
    run = run_against()
    for each in PROPERTIES:
        explore(run, each, examples=5 * each.weight, seed=3)

    assert run.results.failures == {}
