"""The smoke list: the fixed cases, made of the contract's edges and without Hypothesis, so always the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from conformance.contract import CLAUSES
from conformance.contract.rules import MaxItems, MaxLength, Typed
from conformance.exchange.cases import Case, Step
from conformance.exchange.salt import salted
from conformance.exchange.wire import Form
from conformance.runs.ways import PROBES, is_way_probe
from conformance.strategies.alike import nearly_alike
from conformance.strategies.conditions import ANOTHER_CLIENT, under_conditions
from conformance.strategies.deliveries import authentication, protocol
from conformance.strategies.edges import breaking, keeping, requests_with, unsettled
from conformance.strategies.forms import in_many_forms
from conformance.strategies.sequences import concurrency, create, examples, state, uniqueness
from conformance.strategies.sweeps import looked_at_again
from conformance.strategies.violations import several_faults, telling_apart, whole_requests

__all__ = ["smoke", "smoke_on_clauses"]

# Every clause has its edges up to this rank; the rest is left to exploration, which is unbounded. The exotic
# characters are sent in names and ids; those of tags and descriptions follow the same words of the page.
_DEEPEST_RANK = 3
_DEEPEST_RANKS = {"GroupName.charset": 5, "GroupId.charset": 5, "GroupName.type": 2, "FaceModelVersion.type": 2}
_DEEPEST_RANK_OF_TYPES = 1
_LONGEST_TEXT = 5000
_LAST_RANK = 5
# Of the pairs that are nearly alike, those that stores are known to take for the same.
_ALIKE = ("ids and names", "ids: a pattern", "ids: the same number", "names: Han with which")
# What breaks where a database or a parser takes three bytes for the longest character.
_OF_FOUR_BYTES = "emoji within"

Ranked = tuple[int, Case]


@cache
def smoke() -> tuple[Case, ...]:
    """The smoke list: the most telling first, no case twice."""
    return _in_order((*_on_clauses(), *_on_readings()))


@cache
def smoke_on_clauses() -> tuple[Case, ...]:
    """What of the smoke list holds clauses: all but what is sent to tell readings apart alone."""
    return _in_order(_on_clauses())


def _in_order(ranked: Iterable[Ranked]) -> tuple[Case, ...]:
    cases: dict[str, Case] = {}
    for _, each in sorted(ranked, key=lambda item: item[0]):  # stable: within a rank, in the order of the page
        case = each if is_way_probe(each) else in_many_forms(each)  # a probe is as plain as can be
        cases.setdefault(case.id, case)
    return tuple(cases.values())


def _on_clauses() -> Iterator[Ranked]:
    yield from _openers()
    yield from _of_edges()
    yield from _of_sequences()
    yield from _of_violations()
    yield from authentication()
    yield from protocol()
    yield from state()
    yield from concurrency()
    yield from _under_conditions()


def _on_readings() -> Iterator[Ranked]:
    for clause, about, rank, template in telling_apart():
        yield rank, Case.single(clause, about, template)


def _openers() -> Iterator[Ranked]:
    """A plain request, one by each way that may not be served, and two with every parameter as long as it may be."""
    longest = {clause.subject: clause.rule.limit for clause in CLAUSES if isinstance(clause.rule, MaxLength)}
    (most,) = (clause.rule.limit for clause in CLAUSES if isinstance(clause.rule, MaxItems))
    yield -3, Case.single("GroupExDescriptions.optional", "nothing but what is required", create())
    yield from ((-2, each) for each in PROBES.values())
    for character, about, form in (
        ("x", "everything as long as allowed", Form.JSON),
        ("中", "the same in Han, not escaped", Form.JSON_RAW),
    ):
        size = longest["GroupExDescriptions[]"]
        yield (
            -1,
            Case.single(
                "GroupName.length.max",
                about,
                create(
                    salted(longest["GroupId"]),
                    salted(longest["GroupName"], han=character == "中"),
                    GroupExDescriptions=[character * (size - 1) + str(each) for each in range(most)],
                    Tag=character * longest["Tag"],
                    FaceModelVersion="3.0",
                ),
                form,
            ),
        )


def _of_edges() -> Iterator[Ranked]:
    for clause in CLAUSES:
        usual = _DEEPEST_RANK_OF_TYPES if isinstance(clause.rule, Typed) else _DEEPEST_RANK
        deepest = _DEEPEST_RANKS.get(clause.id, usual)
        for edge, broken in (
            *((each, False) for each in keeping(clause)),
            *((each, True) for each in breaking(clause)),
        ):
            for index, request in enumerate(requests_with(clause, edge, everywhere=broken and edge.rank == 0)):
                case = Case.single(clause.id, edge.about, request)
                if edge.rank <= deepest and len(case.to_line()) < _LONGEST_TEXT:
                    yield edge.rank + index, case
            if broken and edge.about == _OF_FOUR_BYTES:
                (request,) = requests_with(clause, edge)
                yield edge.rank, Case.single(clause.id, f"{edge.about}, not escaped", request, Form.JSON_RAW)
        if clause.subject == "GroupName":
            for _, edge in unsettled(clause):
                (request,) = requests_with(clause, edge)
                if edge.rank <= _DEEPEST_RANK:
                    yield edge.rank, Case.single(clause.id, edge.about, request)


def _under_conditions() -> Iterator[Ranked]:
    """What `standard` sends with values of its seed, the cheapest of it with values that are always the same."""
    for case in under_conditions(0, (ANOTHER_CLIENT,)):
        yield _LAST_RANK, case
    yield from ((_LAST_RANK, each) for each in looked_at_again())
    yield from ((_LAST_RANK, each) for each in nearly_alike() if each.about.startswith(_ALIKE))


def _of_sequences() -> Iterator[Ranked]:
    for clause, about, rank, templates in (*examples(), *uniqueness()):
        yield rank, Case(clause, about, tuple(Step(each) for each in templates))


def _of_violations() -> Iterator[Ranked]:
    for clause, about, rank, template in (*whole_requests(), *several_faults()):
        yield rank, Case.single(clause, about, template)
