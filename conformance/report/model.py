"""What a run found, as values: the same for the terminal, for JSON and for whatever comes later."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conformance.base.words import counted
from conformance.contract import CLAUSES, CODES, READINGS, Clause, CodeKind, Level, Strength
from conformance.contract.model import Answer, Default, Effect, Gate, MinLength, OpenVersions, Optional, Whole
from conformance.judging.results import NOT_RECORDED, Failure, Tally, masked
from conformance.privacy.secrets import Secrets
from conformance.recording.reader import Recording
from conformance.report.curl import curl_lines
from conformance.runs.options import ExpectedFailure
from conformance.runs.run import Run
from conformance.runs.session import Groups, Session
from conformance.runs.settings import CASSETTE, Settings

__all__ = ["ClauseResult", "CodeResult", "ReadingResult", "Report", "Status", "Verdict", "exit_code", "report_of"]


class Status(StrEnum):
    """What became of a clause."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED_FAILURE = "expected-failure"
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
class Report:
    """Everything that a run found.

    Attributes:
        settings: what was asked for.
        verdict: what became of it.
        requests, groups_created: how many were sent, and created.
        seconds: how long it took.
        first_failure: number of the request that first failed.
        clauses, readings, codes: what became of each.
        stale: expected failures that passed.
        notes: what the reader should know besides.
        recording: what was judged, where that was a recording.
        groups: what became of the groups of a live run.
        verdicts: case id → its departures, in words; empty where the case conforms.
        throttled: how many answers said that requests come too fast.
    """

    settings: Settings
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

    def to_json(self) -> dict[str, object]:
        """The report as JSON values; `schema.json` beside this module describes them."""
        return {
            "verdict": str(self.verdict),
            "target": self.target,
            "profile": self.settings.profile,
            "seed": self.settings.seed,
            "requests": self.requests,
            "groups_created": self.groups_created,
            "seconds": round(self.seconds, 3),
            "first_failure_request": self.first_failure,
            "clauses": [_clause_to_json(each) for each in self.clauses],
            "readings": [
                {"id": each.id, "possible": list(each.possible), "evidence": each.evidence} for each in self.readings
            ],
            "codes": [{"code": each.code, "kind": each.kind, "status": each.status} for each in self.codes],
            "notes": list(self.notes),
            "recording": _recording_to_json(self.recording) if self.recording is not None else None,
            "groups": _groups_to_json(self.groups) if self.groups is not None else None,
            "throttled": self.throttled,
            "cases": [{"id": id_, "departures": list(found)} for id_, found in self.verdicts.items()],
        }


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
        some = "; ".join(f"{id_}: {why}" for id_, why in list(session.groups.left.items())[:3])
        yield (
            f"left in the account: {counted(len(session.groups.left), 'group')}, which `iai-conformance cleanup "
            f"--target live` looks for again; {some}"
        )


def exit_code(report: Report) -> int:
    """The exit code that a report stands for; see the README's table."""
    if report.requests == 0:
        return 5
    if report.verdict is Verdict.CONFORMS and report.groups is not None and report.groups.left:
        return 3  # nothing was wrong but for what is left behind
    return {Verdict.CONFORMS: 0, Verdict.VIOLATES: 1, Verdict.INCOMPLETE: 5}[report.verdict]


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
    if failures:
        expected = settings.expected(clause.id)
        status = Status.EXPECTED_FAILURE if expected else Status.FAILED
        return ClauseResult(clause, status, expected.reason if expected else "", tally, failures)
    if not _exercised(clause, tally) and clause.id in run.results.unsupported:
        return ClauseResult(clause, Status.UNSUPPORTED, run.results.unsupported[clause.id], tally)
    if not _exercised(clause, tally):
        return ClauseResult(clause, Status.NOT_EXERCISED, _why_not(clause, tally, run), tally)
    return ClauseResult(clause, Status.PASSED, "", tally)


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
        case Answer() | Optional() | Default() | MinLength(limit=0) | Effect() | Gate(permits=True):
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


def _recording_to_json(recording: Recording) -> dict[str, object]:
    provenance = recording.provenance.to_values()
    if isinstance(provenance["certificate"], dict):
        del provenance["certificate"]["chain"]
    return {"path": str(recording.path), "account": recording.account, **provenance}


def _groups_to_json(groups: Groups) -> dict[str, object]:
    return {"created": groups.created, "deleted": groups.deleted, "left": list(groups.left)}


def _clause_to_json(result: ClauseResult) -> dict[str, object]:
    return {
        "id": result.clause.id,
        "status": str(result.status),
        "reason": result.reason,
        "strength": str(result.clause.strength),
        "quote": result.clause.citations[0].quote,
        "line": result.clause.citations[0].line,
        "judged": result.tally.judged + sum(each.count for each in result.failures),
        "failed": sum(each.count for each in result.failures),
        "failures": [_failure_to_json(one) for each in result.failures for one in each.smallest],
    }


def _failure_to_json(failure: Failure) -> dict[str, object]:
    return {
        "kind": str(failure.kind),
        "request": [{"action": step.request.action, "form": str(step.form), **step.to_json()} for step in failure.sent],
        "expected": list(failure.expected),
        "observed": failure.observed,
        "curl": curl_lines(failure),
        "number": failure.number,
    }
