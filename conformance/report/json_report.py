"""The report as JSON, as `schema.json` beside this module describes it."""

from __future__ import annotations

import json
import math

from conformance.exchange.cases import Step
from conformance.exchange.driver_protocol import Hello
from conformance.judging.results import Failure, Staged
from conformance.recording.reader import Recording
from conformance.report.curl import curl_lines
from conformance.report.failure_groups import FailureGroup
from conformance.report.failures import frequency, heading
from conformance.report.model import ClauseResult, Report
from conformance.report.words import sent as sent_in_words
from conformance.runs.session import Groups

__all__ = ["SCHEMA_VERSION", "render", "to_json"]

# MAJOR.MINOR: a key that goes, or means something else, raises the first; one that is new, the second.
SCHEMA_VERSION = "1.2"


def render(report: Report) -> str:
    """The report as text, in ASCII alone."""
    return f"{json.dumps(to_json(report), ensure_ascii=True, allow_nan=False, indent=1)}\n"


def to_json(report: Report) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "suite_version": report.versions.suite,
        "contract_version": report.versions.contract,
        "python_version": report.versions.python,
        "hypothesis_version": report.versions.hypothesis,
        "date": report.date.isoformat(),
        "verdict": str(report.verdict),
        "target": report.target,
        "profile": report.settings.profile,
        "levels": [str(each) for each in report.settings.levels],
        "without": [str(each) for each in report.settings.without],
        "seed": report.settings.seed,
        "requests": report.requests,
        "groups_created": report.groups_created,
        "seconds": round(report.seconds, 3),
        "first_failure_request": report.first_failure,
        "summary": {str(status): count for status, count in report.counts().items()},
        "causes": [],  # departures aren't explained yet
        "clauses": [_clause(each) for each in report.clauses],
        "readings": [
            {"id": each.id, "possible": list(each.possible), "evidence": each.evidence} for each in report.readings
        ],
        "codes": [{"code": each.code, "kind": each.kind, "status": each.status} for each in report.codes],
        "stale_expected_failures": [
            {"pattern": each.written, "reason": each.reason, "line": each.line} for each in report.stale
        ],
        "notes": [*report.notes, *(_besides(each) for each in report.besides)],
        "recording": _recording(report.recording) if report.recording is not None else None,
        "client": _client(report.client) if report.client is not None else None,
        "groups": _groups(report.groups) if report.groups is not None else None,
        "throttled": report.throttled,
        "cases": [{"id": id_, "departures": list(found)} for id_, found in report.verdicts.items()],
    }


def _besides(group: FailureGroup) -> str:
    """A departure from a clause that wasn't asked for, as a note."""
    failure = group.smallest[0]
    title = heading(f"{failure.clause}, which wasn't asked for", group)
    sent = "; ".join(map(sent_in_words, failure.sent))
    return f"{title} ({frequency(group)}): sent {sent}; came {failure.observed}"


def _recording(recording: Recording) -> dict[str, object]:
    provenance = recording.provenance.to_values()
    if isinstance(provenance["certificate"], dict):
        del provenance["certificate"]["chain"]
    return {"path": str(recording.path), "account": recording.account, **provenance}


def _client(hello: Hello) -> dict[str, object]:
    return {"sdk": hello.sdk, "version": hello.version, "runtime": hello.runtime}


def _groups(groups: Groups) -> dict[str, object]:
    return {"created": groups.created, "deleted": groups.deleted, "left": list(groups.left)}


def _clause(result: ClauseResult) -> dict[str, object]:
    return {
        "id": result.clause.id,
        "level": str(result.clause.level),
        "strength": str(result.clause.strength),
        "status": str(result.status),
        "reason": result.reason,
        "quote": result.clause.citations[0].quote,
        "line": result.clause.citations[0].line,
        "judged": result.tally.judged + sum(each.count for each in result.failures),
        "failed": sum(each.count for each in result.failures),
        "failures": [_failure(one) for each in result.failures for one in each.smallest],
        "explains": [
            {"clause": clause, "kind": str(each.smallest[0].kind), "count": count}
            for each in result.failures
            for clause, count in each.explained.items()
        ],
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "kind": str(failure.kind),
        "request": [_step(each) for each in failure.sent],
        "expected": list(failure.expected),
        "observed": failure.observed,
        "curl": curl_lines(failure) if failure.staged is None else failure.staged.again,
        "number": failure.number,
        **({} if failure.staged is None else _staged(failure.staged)),
    }


def _staged(staged: Staged) -> dict[str, object]:
    return {"calls": list(map(_writable, map(dict, staged.calls))), "served": list(staged.played)}


def _step(step: Step) -> object:
    return _writable({"action": step.request.action, "form": str(step.form), **step.to_json()})


def _writable(value: object) -> object:
    """The value as JSON can hold it: a number that is too large for Python is so for most readers of JSON."""
    match value:
        case float() if not math.isfinite(value):
            return "Infinity" if value > 0 else "-Infinity"
        case dict():
            return {name: _writable(each) for name, each in value.items()}
        case list():
            return [_writable(each) for each in value]
        case _:
            return value
