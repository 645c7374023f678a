"""Reports in tests: each one in JSON is held against the published schema; and reports made of results by hand."""

import json
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator

from benchmarks.campaign import run_against
from conformance.contract import CLAUSE
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.results import Failure
from conformance.report.model import report_of
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke

SCHEMA = json.loads(files("conformance.report").joinpath("schema.json").read_text(encoding="utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)


# Most elements of these lists are the same in most reports: each is looked at once.
_ALIKE = ("clauses", "readings", "codes", "cases")
_looked_at = set()


def checked(report):
    """The values of a report in JSON, which keep the published schema."""
    new = {name: [each for each in report[name] if (name, json.dumps(each)) not in _looked_at] for name in _ALIKE}
    _VALIDATOR.validate({**report, **{name: each or report[name][:1] for name, each in new.items()}})
    _looked_at.update((name, json.dumps(each)) for name, some in new.items() for each in some)
    return report


def read_report(path):
    """The report in a file."""
    return checked(json.loads(Path(path).read_text(encoding="utf-8")))


def all_passed():
    """A run that has played every case and seen every clause kept and broken, as with a target that conforms."""
    run = run_against()
    run.results.verdicts = {each.id: () for each in smoke()}
    run.results.requests = 100
    for each in run.results.tallies.values():
        each.kept = each.broken = each.open = 1
    return run


def unseen(run, *clauses):
    """Take what was seen of some clauses out of a run."""
    for each in clauses:
        tally = run.results.tallies[each]
        tally.kept = tally.broken = tally.open = 0


def fail(run, clause, kind=Kind.ACCEPTED_THOUGH_INVALID, *, observed="accepted", parameters=None, number=7):
    """Let a request, if not a plain one that of these parameters, depart from a clause; the failure."""
    request = Request.of({"GroupName": "n", "GroupId": "i"} if parameters is None else parameters)
    step = Step(request)
    body = json.dumps(request.plain).encode()
    run.results.requests = number
    return run.results.add(
        Failure(
            clause, kind, (f"a code: {clause} says {CLAUSE[clause].citations[0]}",), observed, (step,),
            (HttpRequest("POST", "http://127.0.0.1:8080/", (), body),), number, Case(clause, "by hand", (step,)),
        )
    )  # fmt: skip


def report_on(run, **settings):
    """The report of a run."""
    return report_of(Session(run), Settings(**settings))
