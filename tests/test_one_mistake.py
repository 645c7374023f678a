"""One mistake of a framework, or of a mock of few lines, is told in few lines, by the clause that shows it best."""

import pytest

from benchmarks.campaign import without_megabytes
from conformance.contract import CLAUSE, Level
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.judging.results import PLAIN
from conformance.runs.conduct import CasePart, conduct
from conformance.runs.run import Run
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.targets.direct import DirectTarget
from tests import mistaken
from tests.reports import report_on

# A service; what else of it is asked than about parameters; under which clauses all that is seen is counted.
TOLD = {
    "errors_of_the_framework": ("Protocol.json.", ["Response.envelope"]),
    "any_action": ("Protocol.action.", ["Protocol.action.present", "Protocol.action.known"]),
    "names_in_any_case": ("Request.", ["Request.unknown-parameter"]),
    "everything_is_text": ("Protocol.json.", ["GroupName.type"]),
    "recordings": ("Authentication.", ["Response.RequestId.unique"]),
    "arrays_from_one": ("Protocol.form.", ["Protocol.form.array-order"]),
    "nobody_is_asked": ("Authentication.", ["Authentication.signature", "Authentication.token"]),
    "one_success": ("Protocol.json.", ["GroupName.required", "Response.RequestId.unique", "Response.FaceModelVersion"]),
}


@pytest.mark.parametrize("service", TOLD)
def test_told(service):
    """What is seen of it is counted under these clauses alone."""
    besides, clauses = TOLD[service]
    cases = [each for each in without_megabytes() if each.clause.startswith(besides) or _is_on_parameters(each.clause)]

    assert sorted(told(service, cases)) == sorted(clauses)


def told(service, cases):
    """The clauses under which is shown what cases see of a service."""
    run = Run.against(DirectTarget(getattr(mistaken, service)()), salts=Salts(seeded_run_salt(0)))
    conduct(Session(run), Settings(profile="smoke"), map(CasePart, cases))
    return list(dict.fromkeys(each.clause.id for each, _ in report_on(run, profile="smoke").findings))


def _is_on_parameters(clause):
    return CLAUSE[clause].level is Level.PARAMETERS


def test_a_text_of_two():
    """What takes the last of two values, and a number for a text, doesn't contradict itself by taking both."""
    plain, number, last, number_last = (
        Case(clause, about, (Step(Request((*PLAIN, *(("Tag", each) for each in tags)))),))
        for clause, about, tags in (
            ("Tag.charset", "one", ["x"]),
            ("Tag.type", "a number", [5]),
            ("Request.doubled-parameter", "the last", ["!", "x"]),
            ("Request.doubled-parameter", "the last, a number", ["x", 5]),
        )
    )

    assert told("everything_is_text", [plain, number, last, number_last]) == ["Tag.type"]
    assert told("everything_is_text", [plain, last, number_last]) == ["Request.doubled-parameter"]
