"""A very wrong target is what a first run meets most often: to tell what is wrong with it costs next to nothing."""

import pytest

from benchmarks.fault_costs import COSTLY, cpu


@pytest.mark.slow
def test_a_run_that_fails_costs_hardly_more():
    """The costliest faults at most double the CPU of a whole run; two and a half times is for a noisy machine."""
    failing = [cpu(each) for each in COSTLY[:2]]  # first, so that what is made once is theirs to pay

    assert max(failing) < 2.5 * cpu()
