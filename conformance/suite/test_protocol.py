"""Methods, forms, bodies, sizes and common parameters: how a request may be written, and how not."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_protocol(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target reads the request as the platform documents."""
    check(run, case, settings_of(pytestconfig))
