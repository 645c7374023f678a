"""What a run would cost, counted once for all tests of a process: each count is a whole run on the emulator."""

import functools

from conformance.runs.costs import cost
from conformance.runs.settings import Settings

# What the count depends on.
_COUNTS = ("profile", "seed", "max_requests", "max_groups", "levels", "without", "only", "skip")


def cost_once(settings):
    """As `cost`; but the order of a live run, which matters to a bound alone, is that of any other."""
    return _cost(tuple((each, getattr(settings, each)) for each in _COUNTS))


@functools.cache
def _cost(what_counts):
    return cost(Settings(**dict(what_counts)))
