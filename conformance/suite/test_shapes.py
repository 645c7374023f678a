"""Requests on whose shape the page is silent: what comes must be one of the readings, and always the same."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_shapes(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target answers by one reading."""
    check(run, case, settings_of(pytestconfig))
