"""Signatures: wrong, late, changed on the way, and what may be signed besides."""

from __future__ import annotations

import pytest

from conformance.exchange.cases import Case
from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import check


def test_authentication(run: Run, case: Case, place: int, pytestconfig: pytest.Config) -> None:
    """The target lets in who signed, nobody else, and nothing that was changed."""
    check(run, case, settings_of(pytestconfig))
