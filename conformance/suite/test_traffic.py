"""What somebody else sent, and was recorded: each answer, judged as it was given."""

from __future__ import annotations

import pytest

from conformance.cassettes.interaction import Interaction
from conformance.plugin import settings_of
from conformance.run import Run
from conformance.suite.checking import fail_for


def test_traffic(run: Run, interaction: Interaction, pytestconfig: pytest.Config) -> None:
    """The answer is one that the page allows."""
    failures = run.overhear(interaction.whole, interaction.answer, interaction.at)
    run.results.note(f"interaction {interaction.number}", failures)
    fail_for(run, failures, settings_of(pytestconfig))
