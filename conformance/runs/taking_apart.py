"""What is known to fail by itself is left out of the contexts of later cases: one mistake fails one case.

So is what is refused by itself, since nothing else shows in a request that is refused anyway; and what right services
may refuse, until it was seen to be accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from conformance.exchange.cases import Case
from conformance.judging.judge import DepartureKind
from conformance.judging.results import Failure
from conformance.runs.ways import Ways
from conformance.strategies.contexts import OTHER_WAYS, UNSURE, added_alone, in_context

__all__ = ["TakingApart", "as_served", "planned", "without"]

_Key = tuple[str, DepartureKind]


def without(case: Case, additions: Collection[str]) -> Case:
    """The case in its context without some additions, nor what was left out of it before."""
    left_out = case.left_out.union(additions)
    if case.context is None or left_out == case.left_out:
        return case
    plain, number = case.context
    return in_context(plain, number, left_out) or replace(plain, context=case.context, left_out=left_out)


def as_served(case: Case, ways: Ways) -> Case:
    """The case in its context, in JSON where it would go by a way that isn't asked for, or isn't served."""
    return without(case, OTHER_WAYS) if ways.barred(case) is not None else case


def planned(case: Case) -> Case:
    """The case as it was planned, whatever was left out of its context."""
    return case if case.context is None else in_context(*case.context) or case


@dataclass(slots=True)
class TakingApart:
    """Learns which additions fail by themselves.

    Attributes:
        failing: the names of those that do, or are refused, or that may be.
    """

    failing: set[str] = field(default_factory=lambda: set(UNSURE))
    _anyway: set[_Key] = field(default_factory=set)

    def without_failing(self, case: Case) -> Case:
        """The case in its context, as far as that doesn't fail by itself; the plain one where nothing is left."""
        return without(case, self.failing)

    def learn(self, case: Case, failures: Iterable[Failure], *, refused: bool) -> None:
        """Learn from what a case showed: the first, which is as plain as can be, what fails whatever is added.

        Args:
            case: as it was sent.
            failures: what it showed.
            refused: whether no group was created.
        """
        added, found = added_alone(case), {(each.clause, each.kind) for each in failures}
        if added is None:
            return
        if not added:
            self._anyway |= found
        elif len(added) == 1 and (refused or not found <= self._anyway):
            self.failing |= added
        elif len(added) == 1:
            self.failing -= added
