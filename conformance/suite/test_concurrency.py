"""Several requests at once, and one whose answer is lost."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_concurrency(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """Exactly one of several is created, and what is uncertain is settled by asking."""
    check(run, case, settings_of(pytestconfig))
