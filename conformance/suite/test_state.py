"""What requests do to the account: what is kept, listed, deleted and renamed, and what a refusal leaves."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_state(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The account is as the answers say."""
    check(run, case, settings_of(pytestconfig))
