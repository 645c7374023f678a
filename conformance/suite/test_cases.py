"""The suite as pytest tests: one for each part of the run, then one for each clause on answers as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.runs.conduct import Part
    from conformance.suite.harness import Harness


def test_part(iai_harness: Harness, iai_part: Part) -> None:
    """The target answers as the page says, whatever this part sends."""
    iai_harness.check(iai_part)


def test_answer(iai_harness: Harness, iai_answer_clause: str) -> None:
    """Every answer of the run keeps the clause."""
    iai_harness.check_answers(iai_answer_clause)
