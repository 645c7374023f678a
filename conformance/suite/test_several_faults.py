"""Requests that break several clauses: the page states no order, but one of their codes must come."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_several_faults(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target answers with the code of one of the broken clauses."""
    check(run, case, settings_of(pytestconfig))
