"""Requests that Hypothesis draws, kind by kind: bounded, seeded, shrunk. Not in the profile `smoke`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.base.errors import BudgetSpentError, SuiteError
from conformance.plugin import examples_per_weight, settings_of
from conformance.runs.run import Run
from conformance.suite.checking import fail_for

if TYPE_CHECKING:
    from conformance.runs.exploration import Property


# Far enough that no round of one seed is a round of another that anybody would choose.
_SEEDS_APART = 1_000_003


def test_exploration(run: Run, property_: Property, round_: int, pytestconfig: pytest.Config) -> None:
    """The target answers as the page says, whatever is drawn."""
    from conformance.runs.exploration import explore

    settings = settings_of(pytestconfig)
    if run.lost:
        pytest.skip("the target stopped answering")
    known = set(run.results.failed)
    try:
        examples = examples_per_weight(pytestconfig) * property_.weight
        explore(run, property_, examples=examples, seed=settings.seed + _SEEDS_APART * round_)
    except BudgetSpentError as error:
        pytest.skip(str(error))
    except SuiteError as error:
        pytest.exit(str(error), returncode=error.exit_code)
    fail_for(run, (found[0] for key, found in run.results.failures.items() if key not in known), settings)
