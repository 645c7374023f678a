"""What the tests of the suite share: sending a case, and failing with what a person needs."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conformance.base.errors import BudgetSpentError, NotRecordedError, SuiteError
from conformance.exchange.cases import Case
from conformance.judging.results import Failure
from conformance.report.words import delivery
from conformance.report.words import sent as sent_in_words
from conformance.runs.run import Run
from conformance.runs.settings import Settings

__all__ = ["ConformanceError", "check", "fail_for"]


class ConformanceError(AssertionError):
    """The target departs from the page."""


def check(run: Run, case: Case, settings: Settings) -> None:
    """Send a case; fail if an answer departs from the page.

    What is wrong with answers as such is left to the tests of the clauses on answers.
    """
    __tracebackhide__ = True
    fail_for(run, sent(run, case), settings)


def sent(run: Run, case: Case) -> list[Failure]:
    """Send a case; the failures it showed."""
    __tracebackhide__ = True
    if run.lost:
        pytest.skip("the target stopped answering")
    try:
        failures = run.case(case)
    except BudgetSpentError as error:
        pytest.skip(str(error))
    except NotRecordedError:
        run.results.not_recorded(case)
        pytest.skip("not recorded")
    except SuiteError as error:
        pytest.exit(str(error), returncode=error.exit_code)
    run.results.note(case.id, failures)
    return failures


def fail_for(run: Run, failures: Iterable[Failure], settings: Settings) -> None:
    """Fail for those failures whose clause is asked for; as expected where all of them are."""
    __tracebackhide__ = True
    found = [each for each in failures if settings.selects(each.clause) and not each.clause.startswith("Response.")]
    if found and all(settings.expected(each.clause) for each in found):
        pytest.xfail("; ".join(sorted({each.clause for each in found})))
    if found:
        for each in found:
            run.secrets.learn(*each.bodies)
        raise ConformanceError(run.secrets.mask("\n\n".join(map(_told, found))))


def _told(failure: Failure) -> str:
    requests = "; ".join(f"{sent_in_words(each)} {delivery(each)}".strip() for each in failure.sent)
    expected = "\n          ".join(failure.expected)
    return f"{failure.clause}: {failure.kind}\nsent      {requests}\nexpected  {expected}\ncame      {failure.observed}"
