"""Hard bounds of a run: as many requests and groups as were allowed, and no second longer. Pure but for the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.base.errors import BudgetSpentError
from conformance.judging.results import Results

__all__ = ["Bounds"]


@dataclass(slots=True)
class Bounds:
    """What a run may not exceed; None for no bound.

    Attributes:
        requests: that are sent.
        groups: that may have been created.
        seconds: in which requests are sent.
        started: when the run began, in seconds of the monotonic clock.
    """

    requests: int | None = None
    groups: int | None = None
    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)

    def check(self, results: Results, requests: int, groups: int = 0) -> None:
        """Raise BudgetSpentError where so many more requests, or groups, are too many, or the time is over."""
        self.check_requests(results, requests)
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            raise BudgetSpentError("the seconds of --max-seconds are over")
        if not self.takes(results, groups):
            raise BudgetSpentError("the groups of --max-groups are created")

    def check_requests(self, results: Results, requests: int) -> None:
        """Raise BudgetSpentError where so many more requests are too many."""
        if self.requests is not None and results.requests + requests > self.requests:
            raise BudgetSpentError("the requests of --max-requests are spent")

    def takes(self, results: Results, groups: int) -> bool:
        """Whether so many groups may still be created."""
        if self.groups is None or groups == 0:
            return True
        return results.groups_created + results.groups_in_doubt + groups <= self.groups
