"""What somebody else sent, and was recorded: each answer, judged as it was given."""

from __future__ import annotations

import pytest

from conformance.plugin import settings_of
from conformance.recording.interaction import Interaction
from conformance.runs.run import Run
from conformance.suite.checking import fail_for


def test_traffic(run: Run, interaction: Interaction, pytestconfig: pytest.Config) -> None:
    """The answer is one that the page allows."""
    opinion = run.overhear(interaction.overheard)
    run.results.note(f"interaction {interaction.number}", opinion.failures)
    fail_for(run, opinion.failures, settings_of(pytestconfig))
    if opinion.unjudged:
        pytest.skip(opinion.unjudged)
