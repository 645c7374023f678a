"""A server that somebody else wrote from the documents, with choices and mistakes of its own, is judged rightly.

The tests judge it with all of its choices in a few mixtures, with every eightieth way of them by itself, and with each
mistake until that is found. `python -m benchmarks.gateways` takes each way by itself, and each mistake to the end of
the list.
"""

import itertools
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.campaign import aimed, without_megabytes
from conformance.base.credentials import EXAMPLE_CREDENTIALS, Secret
from conformance.judging.judge import DepartureKind as Kind
from conformance.runs.smoke import smoke
from conformance.strategies.deliveries import authentication
from tests.gateway_server import MISTAKES
from tests.gateway_ways import (
    ALLOWED,
    BESIDES,
    FORBIDDEN,
    FOUND,
    UNSEEN,
    WAYS,
    cases_on,
    failed,
    judged,
    mixtures,
    run_against,
    told,
)
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
TEMPORARY = replace(EXAMPLE_CREDENTIALS, token="an-issued-token")


# --- The server as it is, and its choices ------------------------------------------------------------------------


@pytest.mark.slow
def test_as_it_is():
    """The server conforms, an account with few groups included, and nothing of it stays unseen."""
    run = judged(quotas=True)

    assert told(run) == []
    assert (run.results.unseen, run.results.unsupported) == ({}, {})
    assert run.results.tallies["State.quota"].kept > 0
    assert run.results.tallies["Protocol.connection"].kept > 0
    assert run.results.groups_created > 100


def test_without_another_account():
    """Over HTTP alone, what only a small quota shows is all that is not seen, and it says so."""
    run = judged(cases=cases_on("State.quota"))

    assert told(run) == []
    assert set(run.results.unsupported) == {"State.quota"}


@pytest.mark.slow
def test_temporary_credentials():
    """It conforms for a temporary key with its token."""
    assert told(judged(credentials=TEMPORARY, cases=without_megabytes())) == []


def test_the_tables_are_whole():
    """Every mistake is in the table, or known to be out of sight; every way that fails is one of the server's."""
    assert set(FOUND) | UNSEEN == set(MISTAKES)
    assert not set(FOUND) & UNSEEN
    assert set(BESIDES) <= set(FOUND)
    assert set(FORBIDDEN) <= set(WAYS)
    assert {(name, way) for each in mixtures() for name, way in each.items()} >= set(ALLOWED)


@pytest.mark.slow
@pytest.mark.parametrize("choices", mixtures(), ids=lambda _: "mixture")
def test_mixtures_of_choices(choices):
    """Whichever way each open point is taken, nothing fails, whatever the others are."""
    assert told(judged(choices=choices, cases=without_megabytes())) == []


@pytest.mark.slow
@pytest.mark.parametrize(("choice", "way"), ALLOWED[::80])
def test_allowed_ways(choice, way):
    """One point that the documents leave open, every eightieth here, taken otherwise, fails nothing."""
    cases = smoke() if choice == "too_large" else without_megabytes()

    assert told(judged(choices={choice: way}, cases=cases)) == []


def test_a_default_that_is_refused():
    """Two ways that are allowed each, and contradict each other: the version by default is refused when it is given."""
    found = judged(choices={"default_version": "2.0", "version_2": "refused"}, cases=cases_on("FaceModelVersion."))

    assert {kind for _, kind in found.results.failed} == {Kind.CONTRADICTION}, told(found)
    assert "FaceModelVersion.default" in failed(found)


@pytest.mark.slow
@pytest.mark.parametrize(("choice", "way"), FORBIDDEN)
def test_forbidden_ways(choice, way):
    """What the documents don't leave open, though the server's author thought so, fails, and nothing else does."""
    wanted = FORBIDDEN[choice, way]

    assert failed(judged(choices={choice: way}, cases=cases_on(*wanted))) == wanted


# --- Mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", FOUND)
def test_mistakes(mistake):
    """A mistake is found under a clause that it breaks, and until then under no clause that it doesn't."""
    wanted = FOUND[mistake]
    with run_against({mistake}) as run:
        for case in aimed(wanted):
            run.case(case)
            if failed(run) & wanted:
                break

    assert failed(run) & wanted, told(run)
    assert failed(run) <= wanted | BESIDES.get(mistake, set()), told(run)


def test_a_mistake_shows_however_slow_the_run():
    """An Authorization is right again, for another body, in its own second: the next request is signed in it, too."""
    seconds = itertools.count(int(time.time()) - 100)
    with run_against({"authorization-cached"}) as run:
        run.clock = lambda: next(seconds)
        (case,) = (each for _, each in authentication() if each.steps[1:] and not each.steps[0].twists)
        run.case(case)

    assert failed(run) == {"Authentication.signature.body"}, told(run)


@pytest.mark.parametrize("mistake", sorted(UNSEEN))
def test_mistakes_that_do_not_show(mistake):
    """What the documents allow, or what no request to this account can tell, is no failure."""
    assert told(judged({mistake}, cases=cases_on("Request.", "Authentication.", "State.quota"))) == []


def test_a_token_that_is_not_looked_at():
    """For a temporary key it shows that no token is looked at."""
    assert failed(judged({"token-ignored"}, credentials=TEMPORARY, cases=cases_on("Authentication.token"))) == {
        "Authentication.token"
    }


def test_a_quota_that_is_off_by_one():
    """With an account of few groups it shows that one more is taken."""
    found = judged({"quota-off-by-one"}, cases=cases_on("State.quota"), quotas=True)

    assert failed(found) == {"State.quota"}


# --- Through the command -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("mistake", "code"), [(None, 0), ("tag-lost", 1)])
def test_as_a_program(mistake, code):
    """In a process of its own, it is judged by the command like any server."""
    words = [*map(Secret.reveal, EXAMPLE_CREDENTIALS.texts), *([mistake] if mistake else [])]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.gateway_server", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        url = server.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "--target", url, "--profile", "smoke", "--only", "State.*"],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        server.kill()

    assert done.returncode == code, done.stdout + done.stderr
    assert ("✗ State.kept.Tag" in done.stdout) is bool(mistake)
