"""The exchanges printed on the page, each id and name with a salt."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_examples(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target answers as the page's own example shows."""
    check(run, case, settings_of(pytestconfig))
