"""No two groups share an id or a name."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_uniqueness(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target takes the groups of this sequence for the same, or not, as the page says."""
    check(run, case, settings_of(pytestconfig))
