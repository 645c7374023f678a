"""What every answer has, whatever was asked: judged on all that came."""

from __future__ import annotations

import pytest

from conformance.plugin import settings_of
from conformance.runs.run import Run
from conformance.suite.checking import ConformanceError


def test_answer(run: Run, answer_clause: str, pytestconfig: pytest.Config) -> None:
    """Every answer of the run keeps the clause."""
    found = [failures[0] for (clause, _), failures in run.results.failures.items() if clause == answer_clause]
    if found and settings_of(pytestconfig).expected(answer_clause):
        pytest.xfail(answer_clause)
    if found:
        raise ConformanceError("; ".join(f"{each.clause}: {each.observed}" for each in found))
    if not run.results.tallies[answer_clause].judged:
        pytest.skip("no answer showed it")
