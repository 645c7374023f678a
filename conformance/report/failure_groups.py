"""The failures of a run, each under the clause by which it is shown; and those that no clause shows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.base.words import counted
from conformance.contract import CLAUSE, Level
from conformance.contract.rules import AnswerRule, Gate
from conformance.judging.attribution import attributed
from conformance.judging.judge import DepartureKind
from conformance.judging.results import Failure, Occurrences, Results, Sighting
from conformance.runs.bearing import Bearing, bearing_of, shown_under
from conformance.runs.settings import Settings

__all__ = ["FailureGroup", "FailureGroups", "failure_groups"]


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failures of one kind of one clause.

    Attributes:
        count: how many there were.
        first: number of the request that first showed it.
        smallest: some of them, the smallest to read first.
        bearing: what they mean for the verdict.
        explained: another clause → how many of them depart from that one, which this one explains.
    """

    count: int
    first: int
    smallest: tuple[Failure, ...]
    bearing: Bearing = Bearing.DECIDES
    explained: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class FailureGroups:
    """All that departs, and where it is shown.

    Attributes:
        of_clauses: clause → what is shown under it, the smallest to read first.
        besides: what decides the verdict, and is shown under no clause: neither the clause nor that at which the
            request was aimed was asked for.
        unread: clause → how many answers to requests that were aimed at it can't be read, where that is shown as a
            failure of the answers alone.
        counts: bearing → how many departures there were.
        uncounted: what doesn't decide the verdict, and is shown under no clause, in words.
        explained: clause → the one under which all is shown that departs from it.
    """

    of_clauses: dict[str, list[FailureGroup]] = field(default_factory=dict)
    besides: list[FailureGroup] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    counts: dict[Bearing, int] = field(default_factory=dict)
    uncounted: list[str] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)

    def take(self, one: Sighting, results: Results, elsewhere: Collection[Sighting]) -> None:
        """Show no more what is counted elsewhere; nothing of the clause, where nothing is left of it."""
        shown = self.of_clauses.get(one.clause, [])
        at = self._place(one)
        if at is None:
            return
        count = shown[at].count - results.sightings[one].count
        alike = [each for each in results.sightings if (each.clause, each.kind) == (one.clause, one.kind)]
        staying = [results.sightings[each].smallest for each in alike if each not in elsewhere]
        own = [each for each in shown[at].smallest if each.sighting not in elsewhere] or staying[:1]
        if count:
            shown[at] = replace(shown[at], count=count, smallest=tuple(own or shown[at].smallest))
            return
        del shown[at]
        if not shown:
            del self.of_clauses[one.clause]

    def give(self, one: Sighting, seen: Occurrences, other: Sighting) -> None:
        """Count the one where the other is shown, which explains it."""
        at = self._place(other)
        if at is None:
            return
        shown = self.of_clauses[other.clause]
        explained = dict(shown[at].explained)
        if one.clause != other.clause:
            explained[one.clause] = explained.get(one.clause, 0) + seen.count
        count, first = shown[at].count + seen.count, min(shown[at].first, seen.first)
        shown[at] = replace(shown[at], count=count, first=first, explained=explained)

    def _place(self, sighting: Sighting) -> int | None:
        shown = self.of_clauses.get(sighting.clause, ())
        return next((at for at, each in enumerate(shown) if each.smallest[0].kind is sighting.kind), None)

    @property
    def first(self) -> int | None:
        """Number of the first request that showed something; None where nothing did."""
        shown = [each for groups in self.of_clauses.values() for each in groups]
        return min((each.first for each in (*shown, *self.besides)), default=None)


def failure_groups(results: Results, settings: Settings) -> FailureGroups:
    """Where each failure of a run is shown."""
    groups = FailureGroups()
    answers_fail = _do_answers_fail(results, settings)
    unread = _unread(results) if answers_fail else frozenset()
    for (clause, kind), count in results.failed.items():
        bearing = bearing_of(clause, kind, settings)
        groups.counts[bearing] = groups.counts.get(bearing, 0) + count
        if not settings.selects(clause):
            if bearing is not Bearing.DECIDES:
                groups.uncounted.append(f"{clause}: {kind.about} ({counted(count, 'time')})")
        elif clause in unread and _is_unread(clause, kind):
            groups.unread[clause] = count
        else:
            smallest = tuple(results.failures[clause, kind])
            group = FailureGroup(count, results.first_failed[clause, kind], smallest, bearing)
            groups.of_clauses.setdefault(clause, []).append(group)
    if not settings.is_client:  # what servers do tells nothing of clients
        _count_as_explained(results, settings, groups, unread)
    _show_what_wasnt_asked_for(results, settings, groups, answers_fail=answers_fail)
    for found in (*groups.of_clauses.values(), groups.besides):
        found.sort(key=lambda each: each.smallest[0].size)
    return groups


def _count_as_explained(results: Results, settings: Settings, groups: FailureGroups, unread: frozenset[str]) -> None:
    """Count what another clause explains under that one; where both decide the verdict, which so stays as it is."""

    def decides(sighting: Sighting) -> bool:
        bearing = bearing_of(sighting.clause, sighting.kind, settings)
        return settings.selects(sighting.clause) and bearing is Bearing.DECIDES

    elsewhere = attributed(results, unread, lambda one, other: decides(one) and decides(other))
    for one in elsewhere:
        groups.take(one, results, elsewhere)
    for one, other in elsewhere.items():
        groups.give(one, results.sightings[one], other)
        if one.clause not in groups.of_clauses:
            groups.explained[one.clause] = other.clause


def _show_what_wasnt_asked_for(
    results: Results, settings: Settings, groups: FailureGroups, *, answers_fail: bool
) -> None:
    """Put what departs from clauses that weren't asked for under those at which the requests were aimed."""
    elsewhere: dict[tuple[str, DepartureKind], list[FailureGroup]] = {}
    for (clause, kind, aim), seen in results.aimed.items():
        bearing = bearing_of(clause, kind, settings)
        if settings.selects(clause) or bearing is not Bearing.DECIDES or (answers_fail and _is_unread(clause, kind)):
            continue
        shown = shown_under(clause, kind, aim, settings)
        group = FailureGroup(seen.count, seen.first, (seen.smallest,))
        if shown is None:
            elsewhere.setdefault((clause, kind), []).append(group)
        elif not _is_of_the_same_answers(group, groups.of_clauses.get(shown, ())):
            groups.of_clauses.setdefault(shown, []).append(replace(group, smallest=(_told_of(seen.smallest),)))
    groups.besides += map(_together, elsewhere.values())


def _told_of(failure: Failure) -> Failure:
    """A failure as another clause shows it than that which isn't followed."""
    return replace(failure, observed=f"{failure.observed} (a departure from {failure.clause}, which wasn't asked for)")


def _is_of_the_same_answers(group: FailureGroup, others: Iterable[FailureGroup]) -> bool:
    """Whether others show the same already: an answer that can't be read departs from several clauses on answers."""
    return any((each.first, each.count) == (group.first, group.count) for each in others)


def _together(groups: list[FailureGroup]) -> FailureGroup:
    smallest = min((each.smallest[0] for each in groups), key=lambda each: each.size)
    return FailureGroup(sum(each.count for each in groups), min(each.first for each in groups), (smallest,))


def _do_answers_fail(results: Results, settings: Settings) -> bool:
    """Whether a clause on answers as such was asked for, and fails: it shows whatever can't be read."""
    return any(
        isinstance(CLAUSE[clause].rule, AnswerRule)
        and settings.selects(clause)
        and bearing_of(clause, kind, settings) is Bearing.DECIDES
        for clause, kind in results.failed
    )


def _is_unread(clause: str, kind: DepartureKind) -> bool:
    """Whether it departs in that an answer to a request that was aimed at it can't be read."""
    return kind is DepartureKind.MALFORMED and not isinstance(CLAUSE[clause].rule, AnswerRule | Gate)


def _unread(results: Results) -> frozenset[str]:
    """The clauses whose answers can't be read as most of their level can't: that is a mistake of the answers alone.

    Where most can be read, one that can't is the clause's own.
    """
    unread = frozenset(clause for clause, kind in results.failed if _is_unread(clause, kind))
    read = frozenset(id_ for id_, each in results.tallies.items() if each.broken) - unread
    those, others = _numbers(unread), _numbers(read)
    return frozenset(each for each in unread if those[CLAUSE[each].level] > others.get(CLAUSE[each].level, 0))


def _numbers(clauses: frozenset[str]) -> Mapping[Level, int]:
    """How many clauses there are of each level."""
    levels = [CLAUSE[each].level for each in clauses]
    return {each: levels.count(each) for each in levels}
