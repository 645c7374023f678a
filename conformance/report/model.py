"""What a run found, as values: the same whatever format they are shown in."""

from __future__ import annotations

import platform
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata

from conformance import __version__
from conformance.base.words import counted
from conformance.contract import CLAUSES, CODES, READINGS, SISTERS, Clause, CodeKind, Level, Reading, Strength
from conformance.contract.rules import (
    AnswerRule,
    Default,
    Effect,
    Gate,
    Handling,
    MayBeAbsent,
    MinLength,
    OpenVersions,
    Whole,
)
from conformance.exchange.driver_protocol import Hello
from conformance.judging.judge import DepartureKind
from conformance.judging.ledger import Ledger
from conformance.judging.results import NOT_RECORDED, Tally, masked
from conformance.privacy.secrets import Secrets
from conformance.recording.provenance import contract_version
from conformance.recording.reader import Recording
from conformance.report.failure_groups import FailureGroup, FailureGroups, failure_groups
from conformance.runs.bearing import Bearing
from conformance.runs.options import ExpectedFailure
from conformance.runs.run import Run
from conformance.runs.selection import cases_of
from conformance.runs.session import Groups, Session
from conformance.runs.settings import CASSETTE, Settings
from conformance.runs.ways import Way

__all__ = ["ClauseResult", "CodeResult", "ReadingResult", "Report", "Status", "Verdict", "Versions", "report_of"]


class Status(StrEnum):
    """What became of a clause."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED_FAILURE = "expected-failure"
    FINDING = "finding"
    NOT_EXERCISED = "not-exercised"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What became of the run."""

    CONFORMS = "conforms"
    VIOLATES = "violates"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """A clause and what became of it.

    Attributes:
        clause: the clause.
        status: what became of it.
        reason: why, where it didn't simply pass.
        tally: how often it was seen kept, broken and open.
        failures: one for each kind of failure, the smallest to read first.
    """

    clause: Clause
    status: Status
    reason: str
    tally: Tally
    failures: tuple[FailureGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """A reading and what is left of it: possible values, and how many answers depended on it."""

    id: str
    possible: tuple[str, ...]
    evidence: int


@dataclass(frozen=True, slots=True)
class CodeResult:
    """A documented code and whether it came."""

    code: str
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What the report was made with: the same seed sends the same requests where all of these are the same."""

    suite: str
    contract: str
    python: str
    hypothesis: str

    @classmethod
    def of_now(cls) -> Versions:
        """The versions that are at work."""
        return cls(__version__, contract_version(), platform.python_version(), metadata.version("hypothesis"))


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found.

    Attributes:
        settings: what was asked for.
        versions: what it was made with.
        date: when it was made, in UTC, to the second.
        verdict: what became of it.
        requests, groups_created: how many were sent, and created.
        seconds: how long it took.
        first_failure: number of the request that first failed.
        clauses, readings, codes: what became of each.
        stale: expected failures that passed.
        besides: departures that decide the verdict, of clauses that nobody asked for, which no clause shows.
        departures: what departures mean for the verdict → how many there were.
        client: what the driver says of the client that was judged; None for servers.
        notes: what the reader should know besides.
        recording: what was judged, where that was a recording.
        groups: what became of the groups of a live run.
        verdicts: case id → its departures, as `CLAUSE: KIND`; empty where the case conforms.
        throttled: how many answers said that requests come too fast.
    """

    settings: Settings
    versions: Versions
    date: datetime
    verdict: Verdict
    requests: int
    groups_created: int
    seconds: float
    first_failure: int | None
    clauses: tuple[ClauseResult, ...]
    readings: tuple[ReadingResult, ...]
    codes: tuple[CodeResult, ...]
    stale: tuple[ExpectedFailure, ...]
    notes: tuple[str, ...]
    recording: Recording | None = None
    groups: Groups | None = None
    verdicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    throttled: int = 0
    besides: tuple[FailureGroup, ...] = ()
    departures: Mapping[Bearing, int] = field(default_factory=dict)
    client: Hello | None = None

    @property
    def target(self) -> str:
        """What was judged, as the user may name it."""
        return self.settings.target if self.recording is None else f"{CASSETTE}{self.recording.path}"

    @property
    def findings(self) -> tuple[tuple[ClauseResult, FailureGroup], ...]:
        """What failed, or is a finding: a clause and one of its kinds.

        The clause that explains most others comes first; then that which was seen first, since effects show later.
        """

        def place(result: ClauseResult) -> tuple[int, int]:
            explained = {clause for each in result.failures for clause in each.explained}
            return -len(explained), min(each.first for each in result.failures)

        shown = [each for each in self.clauses if each.status in {Status.FAILED, Status.FINDING}]
        return tuple((each, group) for each in sorted(shown, key=place) for group in each.failures)

    def counts(self) -> dict[Status, int]:
        """How many clauses have each status."""
        return {status: sum(each.status is status for each in self.clauses) for status in Status}


def report_of(session: Session, settings: Settings, *, interrupted: bool = False) -> Report:
    """The report of a run, finished or interrupted."""
    run, ledger = session.run, session.run.ledger
    groups = failure_groups(run.results, settings)
    barred = _barred(session, settings)
    judged = settings.clauses if settings.is_client else CLAUSES
    clauses = tuple(_clause_result(each, run, settings, groups, barred.get(each.id)) for each in judged)
    stale = tuple(_stale(clauses, session, settings))
    report = Report(
        settings,
        Versions.of_now(),
        datetime.now(UTC).replace(microsecond=0),
        Verdict.VIOLATES
        if stale or groups.besides
        else _verdict(clauses, run.results.unseen, settings, ended_early=interrupted or _ended_early(session)),
        run.results.requests,
        run.results.groups_created,
        time.monotonic() - run.bounds.started,
        groups.first,
        clauses,
        () if settings.is_client else tuple(_reading_result(each, ledger) for each in READINGS),
        tuple(_code_result(code, run) for code in CODES),
        stale,
        tuple(dict.fromkeys((*_notes(session), *_unseen(run), *_uncounted(groups)))),
        session.recording,
        session.groups,
        dict(run.results.verdicts),
        run.patience.throttled + (run.pace.throttled if run.pace is not None else 0),
        tuple(groups.besides),
        groups.counts,
        run.results.client,
    )
    return _masked(report, run.secrets)


def _masked(report: Report, secrets: Secrets) -> Report:
    """The report without anybody's secrets, for whoever reads it, on a terminal or as JSON.

    Its verdicts are words of ours alone: numbers, ids of cases and of clauses.
    """

    def clean(groups: tuple[FailureGroup, ...]) -> tuple[FailureGroup, ...]:
        return tuple(replace(each, smallest=tuple(masked(one, secrets) for one in each.smallest)) for each in groups)

    def shown(result: ClauseResult) -> ClauseResult:
        return replace(result, reason=secrets.mask(result.reason), failures=clean(result.failures))

    return replace(
        report,
        settings=replace(report.settings, target=secrets.mask(report.settings.target)),
        clauses=tuple(map(shown, report.clauses)),
        notes=secrets.masked(report.notes),
        besides=clean(report.besides),
    )


def _ended_early(session: Session) -> bool:
    """Whether less was seen than there is to see."""
    run, recording = session.run, session.recording
    return run.lost or run.results.requests == 0 or (recording is not None and recording.interrupted)


def _unseen(run: Run) -> Iterator[str]:
    yield from run.results.unseen.values()


def _notes(session: Session) -> Iterator[str]:
    """What the reader should know of where the answers come from, what was borne with, and what was left there."""
    yield from session.run.patience.notes()
    yield from session.run.results.remarks
    yield from _unserved(session.run)
    if session.recording is not None:
        yield from session.recording.notes
        if absent := sum(found == NOT_RECORDED for found in session.run.results.verdicts.values()):
            yield f"{counted(absent, 'case')} of the list of today {'is' if absent == 1 else 'are'} not recorded"
    if session.groups is not None and session.groups.left:
        yield f"left in the account: {counted(len(session.groups.left), 'group')}; {session.groups.told}"
    if session.groups is not None and session.groups.note:
        yield session.groups.note


def _unserved(run: Run) -> Iterator[str]:
    """What isn't served, and how to leave it out."""
    seen = {*run.ways.lacking, *((Way.SISTERS,) if run.results.unseen.keys() >= set(SISTERS) else ())}
    if unserved := [each for each in Way if each in seen]:
        *some, last = [each.about for each in unserved]
        about = f"{', '.join(some)} and {last}" if some else last
        yield f"{about} aren't served: run with --without {','.join(unserved)} to leave out what needs them"


def _uncounted(groups: FailureGroups) -> Iterator[str]:
    """What departs, doesn't decide the verdict, and isn't shown under a clause."""
    if groups.uncounted:
        yield f"seen besides, which doesn't decide the verdict: {'; '.join(groups.uncounted)}"


def _stale(clauses: tuple[ClauseResult, ...], session: Session, settings: Settings) -> Iterator[ExpectedFailure]:
    """The expected failures that passed: all that they cover was tried, and nothing of it failed."""
    seen = [settings.expected(clause, kind) for clause, kind in session.run.results.failed]
    verdicts = session.run.results.verdicts
    with_cases = settings.expected_failures and not settings.is_client
    cases = cases_of(settings, session.recording) if with_cases else ()
    untried = {each.clause for each in cases if verdicts.get(each.id, NOT_RECORDED) == NOT_RECORDED}
    for each in settings.expected_failures:
        covered = {
            result.clause.id: result.status
            for result in clauses
            if any(settings.expected(result.clause.id, kind) is each for kind in DepartureKind)
        }
        tried = Status.NOT_EXERCISED not in covered.values() and untried.isdisjoint(covered)
        if each not in seen and Status.PASSED in covered.values() and tried:
            yield each


def _verdict(
    clauses: tuple[ClauseResult, ...], unserved: Collection[str], settings: Settings, *, ended_early: bool
) -> Verdict:
    if any(each.status is Status.FAILED for each in clauses):
        return Verdict.VIOLATES
    # A driver that makes none of the calls that show a clause leaves a gap.
    gap = {Status.NOT_EXERCISED, *([Status.UNSUPPORTED] if settings.is_client else [])}
    unseen = [each for each in clauses if each.status in gap and each.clause.strength is Strength.MUST]
    # Where nothing that was asked for could be tried, nothing was judged.
    ended_early = ended_early or all(each.status in {Status.SKIPPED, Status.UNSUPPORTED} for each in clauses)
    # What only a sister action, or another target, could show is no gap in this one.
    gaps = [each for each in unseen if not any(need in unserved for need in each.clause.needs)]
    return Verdict.INCOMPLETE if gaps or ended_early else Verdict.CONFORMS


def _barred(session: Session, settings: Settings) -> dict[str, Way]:
    """Clause → the way by which all its cases go, and that is left out or isn't served."""
    cases = () if settings.is_client else cases_of(settings, session.recording)
    ways = [(each.clause, session.run.ways.barred(each)) for each in cases]
    open_ = {clause for clause, way in ways if way is None}
    return {clause: way for clause, way in reversed(ways) if way is not None and clause not in open_}


def _clause_result(
    clause: Clause, run: Run, settings: Settings, groups: FailureGroups, barred: Way | None
) -> ClauseResult:
    tally = run.results.tallies[clause.id]
    if not settings.selects(clause.id):
        why = "--only or --skip" if clause.level in settings.levels else f"--level: not {clause.level}"
        return ClauseResult(clause, Status.SKIPPED, f"left out by {why}", tally)
    if failures := tuple(groups.of_clauses.get(clause.id, ())):
        status, reason = _status_of_failures(failures, settings)
        return ClauseResult(clause, status, reason, tally, failures)
    if explaining := groups.explained.get(clause.id):
        why = f"what departs from it is counted under {explaining}, which explains it"
        return ClauseResult(clause, Status.NOT_EXERCISED, why, tally)
    if unread := groups.unread.get(clause.id):
        why = f"{counted(unread, 'answer')} to requests that were aimed at it can't be read"
        return ClauseResult(clause, Status.NOT_EXERCISED, why, tally)
    if _exercised(clause, tally):
        return ClauseResult(clause, Status.PASSED, "", tally)
    if barred is not None:
        status = Status.SKIPPED if barred in settings.without else Status.UNSUPPORTED
        return ClauseResult(clause, status, run.ways.why(barred), tally)
    if clause.id in run.results.unsupported:
        return ClauseResult(clause, Status.UNSUPPORTED, run.results.unsupported[clause.id], tally)
    return ClauseResult(clause, Status.NOT_EXERCISED, _why_not(clause, tally, run), tally)


def _status_of_failures(failures: tuple[FailureGroup, ...], settings: Settings) -> tuple[Status, str]:
    """What becomes of a clause that has some: one that decides the verdict decides its status; and the reason."""
    bearings = {each.bearing: each.smallest[0] for each in failures}
    if Bearing.DECIDES in bearings:
        return Status.FAILED, ""
    if (shown := bearings.get(Bearing.EXPECTED)) is None:
        return Status.FINDING, ""
    expected = settings.expected(shown.clause, shown.kind)
    return Status.EXPECTED_FAILURE, expected.reason if expected is not None else ""


def _exercised(clause: Clause, tally: Tally) -> bool:
    """Whether a clause was really tried: one that can be broken must have been seen on both sides."""
    match clause.rule:
        case AnswerRule() | MayBeAbsent() | Default() | MinLength(limit=0) | Effect() | Handling() | Gate(permits=True):
            return tally.judged > 0
        case Gate() if clause.strength is Strength.UNSPECIFIED:
            return tally.open + tally.broken > 0
        case Whole() | OpenVersions():
            return tally.open + tally.broken > 0
        case _:
            return tally.kept > 0 and tally.open + tally.broken > 0


def _why_not(clause: Clause, tally: Tally, run: Run) -> str:
    if "target" in run.results.unseen:
        return "the target stopped answering before"
    if clause.id in run.results.unrecorded:
        return "not recorded"
    if run.bounds.groups is not None and run.results.groups_created + run.results.groups_in_doubt >= run.bounds.groups:
        return f"the bound --max-groups {run.bounds.groups} was reached before"
    if run.bounds.requests is not None and run.results.requests >= run.bounds.requests:
        return f"the bound --max-requests {run.bounds.requests} was reached before"
    for need in clause.needs:
        if need in run.results.unseen:
            return run.results.unseen[need].partition(":")[0]
    if isinstance(clause.rule, Handling):
        return "no call showed it"
    if clause.breakable and tally.kept:
        return "no answer was the one for breaking it"
    return "no answer that the page allows showed it"


def _reading_result(reading: Reading, ledger: Ledger) -> ReadingResult:
    possible = [each.name for each in reading.values if each.name in ledger.possible[reading.id]]
    return ReadingResult(reading.id, tuple(possible), ledger.counted.get(reading.id, 0))


# The codes that requests can provoke; those that a race may bring come by chance.
_PROVOKED = frozenset(code for clause in CLAUSES if clause.level is not Level.CONCURRENCY for code in clause.codes) | {
    "FailedOperation.GroupInDeletedState"
}


def _code_result(code: str, run: Run) -> CodeResult:
    kind: CodeKind = CODES[code].kind
    status = "observed" if run.results.codes[code] else "not-observed" if code in _PROVOKED else "not-reachable"
    return CodeResult(code, str(kind), status)
