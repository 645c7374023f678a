"""Temporary credentials: the suite signs with their token, and sees whether a target looks at it."""

from dataclasses import replace

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import faulty
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.exchange.wire import Sender
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

TEMPORARY = replace(EXAMPLE_CREDENTIALS, token="an-issued-token")


def judged(behaviour):
    """The run of the fixed cases on signatures, sent with temporary credentials."""
    target = DirectTarget(Emulator(behaviour, TEMPORARY), Sender("http://127.0.0.1:8080", "ap-guangzhou", TEMPORARY))
    run = Run.against(target, salts=Salts(seeded_run_salt(0)))
    for place, case in enumerate(smoke()):
        if place == 0 or case.clause.startswith(("Authentication.", "Protocol.")):
            run.case(case)
    return run


def test_conforming():
    """A target that knows the token conforms, and is seen to refuse another token and none."""
    run = judged(conforming())

    assert run.results.failures == {}
    assert run.results.tallies["Authentication.token"].broken >= 3


@pytest.mark.parametrize("reading", ["refused", "ignored"])
def test_the_reading_is_of_permanent_keys(reading):
    """Whether a permanent key may bring a token is nothing that a temporary one can tell."""
    run = judged(conforming({"wrong-token": reading}))

    assert run.results.failures == {}
    assert run.ledger.possible["wrong-token"] == {"refused", "ignored"}


def test_a_token_that_is_not_looked_at():
    """A target that takes temporary keys with any token, or with none, breaks the clause."""
    behaviour = faulty(conforming())
    behaviour.unchecked.add("token")

    assert {clause for clause, _ in judged(behaviour).results.failures} == {"Authentication.token"}
