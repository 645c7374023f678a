"""Each clause of each parameter, at and past its edge."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_parameters(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target keeps the clause, at this edge."""
    check(run, case, settings_of(pytestconfig))
