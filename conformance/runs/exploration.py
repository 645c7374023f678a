"""Exploration: bounded, seeded Hypothesis runs that look beyond the fixed cases. It imports Hypothesis."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from unittest import SkipTest

import hypothesis
from hypothesis import HealthCheck, Phase, configuration
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from conformance.base.environment import cache_folder
from conformance.base.errors import BudgetSpentError, SuiteError
from conformance.contract import CLAUSES
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.runs.run import Run
from conformance.runs.ways import Way
from conformance.strategies import delivered, templates
from conformance.strategies.forms import in_many_forms
from conformance.strategies.histories import account_machine

# Hypothesis keeps tables of characters; a run leaves nothing in the folder that it is started from.
configuration.set_hypothesis_home_dir(cache_folder() / "hypothesis")

__all__ = ["PROPERTIES", "Property", "explore"]


Machine = Callable[[Callable[[tuple[Step, ...]], None]], type[RuleBasedStateMachine]]
# The most actions of one history.
_LONGEST_HISTORY = 14
_ALL_FORMS = frozenset({Way.GET, Way.FORM, Way.V1})


@dataclass(frozen=True)
class Property:
    """A kind of request to look at, and at which clause it aims.

    Attributes:
        clause: id of the clause; with `about`, the name of its test.
        about: what kind of request.
        drawn: the steps of a case; or a state machine that makes them, given what to do with them.
        weight: how many examples, next to the others.
        ways: by which some of them go.
    """

    clause: str
    about: str
    drawn: st.SearchStrategy[tuple[Step, ...]] | Machine
    weight: int
    ways: frozenset[Way] = frozenset()


def _properties() -> Iterator[Property]:
    yield Property("GroupExDescriptions.optional", "kept", _single(templates.keeping_all()), 4)
    yield Property("GroupName.length.max", "kept at edges", _single(templates.with_edges_kept()), 4)
    for clause in CLAUSES:
        if clause.breakable_alone:
            weight = {"Charset": 2, "OneOf": 2, "DistinctItems": 2}.get(type(clause.rule).__name__, 1)
            yield Property(clause.id, "broken", _single(templates.breaking_one(clause)), weight)
    yield Property("GroupId.unique", "sequences", templates.sequences().map(_steps), 3)
    yield Property("Request.check-order", "broken with others", _single(templates.breaking_several()), 4)
    yield Property("Request.null", "odd shapes", _single(templates.odd()), 3)
    yield Property("GroupName.charset", "unsettled characters", _single(templates.unsettled()), 3)
    yield Property("Authentication.signature", "changed on the way", delivered.tampered(), 5, _ALL_FORMS)
    yield Property("Protocol.get", "in forms and queries", delivered.in_forms(), 3, _ALL_FORMS)
    yield Property("Protocol.json.same-text", "written otherwise", delivered.rewritten(), 2)
    yield Property("Protocol.json.form", "misspelt", delivered.misspelt(), 4)
    yield Property("State.refused-leaves-nothing", "histories", account_machine, 2)


def _single(drawn: st.SearchStrategy[Request]) -> st.SearchStrategy[tuple[Step, ...]]:
    return drawn.map(lambda template: (Step(template),))


def _steps(templates_: tuple[Request, ...]) -> tuple[Step, ...]:
    return tuple(map(Step, templates_))


PROPERTIES: tuple[Property, ...] = tuple(_properties())


class _DepartureError(Exception):
    """Raised to make Hypothesis look for a smaller request; a class for each kind, so that it keeps them apart."""


@cache
def _error_class(key: tuple[str, str]) -> type[_DepartureError]:
    return type(f"Departure[{key[0]}: {key[1]}]", (_DepartureError,), {})


@contextlib.contextmanager
def _same_everywhere() -> Iterator[None]:
    """What a seed draws depends on nothing else of the process.

    Hypothesis now and then draws a constant that it finds in whatever modules are loaded: the same seed would draw
    otherwise under pytest, from a script, or beside a user's own modules.
    """
    draw = HypothesisProvider._maybe_draw_constant
    HypothesisProvider._maybe_draw_constant = lambda *_args, **_options: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        HypothesisProvider._maybe_draw_constant = draw  # type: ignore[method-assign]


def _drawing(
    property_: Property, settings: hypothesis.settings, seed: int, send: Callable[[tuple[Step, ...]], None]
) -> None:
    """Draw what a property describes, and send it."""
    if isinstance(property_.drawn, st.SearchStrategy):
        hypothesis.seed(seed)(settings(hypothesis.given(property_.drawn)(send)))()
    else:
        machine = hypothesis.seed(seed)(property_.drawn(send))
        with contextlib.redirect_stdout(io.StringIO()):  # the steps of a failing history, which the report shows
            run_state_machine_as_test(machine, settings=settings)


def explore(run: Run, property_: Property, *, examples: int, seed: int) -> None:
    """Send requests of one kind, looking for departures that the run has not seen; shrink what is found.

    Everything found is in `run.results.failures`. Raises as `Run.case`.

    Args:
        run: where to send, and where failures are kept.
        property_: what to send.
        examples: how many, before any shrinking.
        seed: the same seed draws the same requests, from the same versions of everything.
    """
    known = set(run.results.failed)
    stopped: list[BudgetSpentError | SuiteError] = []

    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
        report_multiple_bugs=True,
        stateful_step_count=_LONGEST_HISTORY,
    )

    def send(drawn: tuple[Step, ...]) -> None:
        try:
            failures = run.case(in_many_forms(Case(property_.clause, property_.about, drawn)))
        except (BudgetSpentError, SuiteError) as error:
            stopped.append(error)
            raise SkipTest("the run ended") from error  # the one exception that Hypothesis lets through at once
        for failure in failures:
            if (failure.clause, failure.kind) not in known:
                raise _error_class((failure.clause, failure.kind))

    try:
        with _same_everywhere():
            _drawing(property_, settings, seed, send)
    except SkipTest:
        raise stopped[0] from None
    except (_DepartureError, BaseExceptionGroup, hypothesis.errors.Flaky):
        return  # kept in the run, with the smallest request that showed it
