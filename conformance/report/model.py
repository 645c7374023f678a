"""What a run found, as values: the same whatever format they are shown in."""

from __future__ import annotations

import platform
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata

from conformance import __version__
from conformance.base.words import counted
from conformance.contract import CLAUSES, CODES, READINGS, Clause, CodeKind, Level, Strength
from conformance.contract.rules import AnswerRule, Default, Effect, Gate, MayBeAbsent, MinLength, OpenVersions, Whole
from conformance.judging.results import NOT_RECORDED, Failure, Tally, masked
from conformance.privacy.secrets import Secrets
from conformance.recording.provenance import contract_version
from conformance.recording.reader import Recording
from conformance.runs.options import ExpectedFailure
from conformance.runs.run import Run
from conformance.runs.session import Groups, Session
from conformance.runs.settings import CASSETTE, Settings

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
class FailureGroup:
    """The failures of one kind of one clause.

    Attributes:
        count: how many there were.
        first: number of the request that first showed it.
        smallest: some of them, the smallest to read first.
    """

    count: int
    first: int
    smallest: tuple[Failure, ...]


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

    @property
    def target(self) -> str:
        """What was judged, as the user may name it."""
        return self.settings.target if self.recording is None else f"{CASSETTE}{self.recording.path}"

    def counts(self) -> dict[Status, int]:
        """How many clauses have each status."""
        return {status: sum(each.status is status for each in self.clauses) for status in Status}


def report_of(session: Session, settings: Settings, *, interrupted: bool = False) -> Report:
    """The report of a run, finished or interrupted."""
    run = session.run
    clauses = tuple(_clause_result(each, run, settings) for each in CLAUSES)
    failing = {each.clause.id for each in clauses if each.failures}
    stale = tuple(
        each
        for each in settings.expected_failures
        if not any(settings.expected(clause) is each for clause in failing)
        and any(settings.selects(one.id) and settings.expected(one.id) is each for one in CLAUSES)
    )
    first = min((one.first for each in clauses for one in each.failures), default=None)
    report = Report(
        settings,
        Versions.of_now(),
        datetime.now(UTC).replace(microsecond=0),
        _verdict(clauses, stale, run.results.unseen, ended_early=interrupted or _ended_early(session)),
        run.results.requests,
        run.results.groups_created,
        time.monotonic() - run.started,
        first,
        clauses,
        tuple(_reading_result(each.id, run) for each in READINGS),
        tuple(_code_result(code, run) for code in CODES),
        stale,
        tuple(dict.fromkeys((*_notes(session), *_unseen(run)))),
        session.recording,
        session.groups,
        dict(run.results.verdicts),
        run.pace.throttled if run.pace is not None else 0,
    )
    return _masked(report, run.secrets)


def _masked(report: Report, secrets: Secrets) -> Report:
    """The report without anybody's secrets, for whoever reads it, on a terminal or as JSON."""

    def shown(result: ClauseResult) -> ClauseResult:
        groups = [
            replace(each, smallest=tuple(masked(one, secrets) for one in each.smallest)) for each in result.failures
        ]
        return replace(result, reason=secrets.mask(result.reason), failures=tuple(groups))

    return replace(
        report,
        settings=replace(report.settings, target=secrets.mask(report.settings.target)),
        clauses=tuple(map(shown, report.clauses)),
        notes=secrets.masked(report.notes),
        verdicts=secrets.masked(report.verdicts),
    )


def _ended_early(session: Session) -> bool:
    """Whether less was seen than there is to see."""
    run, recording = session.run, session.recording
    return run.lost or run.results.requests == 0 or (recording is not None and recording.interrupted)


def _unseen(run: Run) -> Iterator[str]:
    yield from run.results.unseen.values()


def _notes(session: Session) -> Iterator[str]:
    """What the reader should know of where the answers come from, and of what was left there."""
    if session.recording is not None:
        yield from session.recording.notes
        if absent := sum(found == NOT_RECORDED for found in session.run.results.verdicts.values()):
            yield f"{counted(absent, 'case')} of the list of today {'is' if absent == 1 else 'are'} not recorded"
    if session.groups is not None and session.groups.left:
        yield f"left in the account: {counted(len(session.groups.left), 'group')}; {session.groups.told}"


def _verdict(
    clauses: tuple[ClauseResult, ...],
    stale: tuple[ExpectedFailure, ...],
    unserved: Collection[str],
    *,
    ended_early: bool,
) -> Verdict:
    if stale or any(each.status is Status.FAILED for each in clauses):
        return Verdict.VIOLATES
    unseen = [each for each in clauses if each.status is Status.NOT_EXERCISED and each.clause.strength is Strength.MUST]
    # What only a sister action, or another target, could show is no gap in this one.
    gaps = [each for each in unseen if not any(need in unserved for need in each.clause.needs)]
    return Verdict.INCOMPLETE if gaps or ended_early else Verdict.CONFORMS


def _clause_result(clause: Clause, run: Run, settings: Settings) -> ClauseResult:
    tally = run.results.tallies[clause.id]
    if not settings.selects(clause.id):
        why = "--only or --skip" if clause.level in settings.levels else f"--level: not {clause.level}"
        return ClauseResult(clause, Status.SKIPPED, f"left out by {why}", tally)
    failures = _failures(clause, run)
    if failures and (expected := settings.expected(clause.id)) is not None:
        return ClauseResult(clause, Status.EXPECTED_FAILURE, expected.reason, tally, failures)
    if failures:
        status = Status.FINDING if clause.strength is Strength.FINDING else Status.FAILED
        return ClauseResult(clause, status, "", tally, failures)
    if _exercised(clause, tally):
        return ClauseResult(clause, Status.PASSED, "", tally)
    if clause.id in run.results.unsupported:
        return ClauseResult(clause, Status.UNSUPPORTED, run.results.unsupported[clause.id], tally)
    return ClauseResult(clause, Status.NOT_EXERCISED, _why_not(clause, tally, run), tally)


def _failures(clause: Clause, run: Run) -> tuple[FailureGroup, ...]:
    keys = [key for key in run.results.failures if key[0] == clause.id]
    found = [
        FailureGroup(run.results.failed[key], run.results.first_failed[key], tuple(run.results.failures[key]))
        for key in keys
    ]
    return tuple(sorted(found, key=lambda each: each.smallest[0].size))


def _exercised(clause: Clause, tally: Tally) -> bool:
    """Whether a clause was really tried: one that can be broken must have been seen on both sides."""
    match clause.rule:
        case AnswerRule() | MayBeAbsent() | Default() | MinLength(limit=0) | Effect() | Gate(permits=True):
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
    if run.max_groups is not None and run.results.groups_created + run.results.groups_in_doubt >= run.max_groups:
        return f"the bound --max-groups {run.max_groups} was reached before"
    if run.max_requests is not None and run.results.requests >= run.max_requests:
        return f"the bound --max-requests {run.max_requests} was reached before"
    for need in clause.needs:
        if need in run.results.unseen:
            return run.results.unseen[need].partition(":")[0]
    if clause.breakable and tally.kept:
        return "no answer was the one for breaking it"
    return "no answer that the page allows showed it"


def _reading_result(id_: str, run: Run) -> ReadingResult:
    possible = run.ledger.possible[id_]
    in_order = tuple(value.name for reading in READINGS if reading.id == id_ for value in reading.values)
    return ReadingResult(id_, tuple(each for each in in_order if each in possible), run.ledger.counted.get(id_, 0))


# The codes that requests can provoke; those that a race may bring come by chance.
_PROVOKED = frozenset(code for clause in CLAUSES if clause.level is not Level.CONCURRENCY for code in clause.codes) | {
    "FailedOperation.GroupInDeletedState"
}


def _code_result(code: str, run: Run) -> CodeResult:
    kind: CodeKind = CODES[code].kind
    status = "observed" if run.results.codes[code] else "not-observed" if code in _PROVOKED else "not-reachable"
    return CodeResult(code, str(kind), status)
