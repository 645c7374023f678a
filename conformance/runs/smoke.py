"""The smoke list: the fixed cases, without Hypothesis, so always the same.

Kernels are made of the contract's edges. Which of them are sent, in which contexts and in which order, was chosen by
what each of them shows (`python -m benchmarks.choice`), and is kept in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from conformance.contract import ACTION, CLAUSE, CLAUSES
from conformance.contract.rules import Charset, MaxItems, MaxLength, Typed
from conformance.exchange.cases import Case, Step
from conformance.exchange.salt import salted
from conformance.exchange.wire import Form
from conformance.runs.ways import PROBES, is_way_probe
from conformance.strategies.alike import in_a_row, nearly_alike
from conformance.strategies.bundles import bundles, short_ones
from conformance.strategies.choice import load_choice
from conformance.strategies.conditions import ANOTHER_CLIENT, under_conditions
from conformance.strategies.contexts import in_context, probes
from conformance.strategies.deliveries import authentication, protocol
from conformance.strategies.edges import breaking, keeping, requests_with, unsettled
from conformance.strategies.forms import in_many_forms
from conformance.strategies.sequences import concurrency, create, examples, state, uniqueness
from conformance.strategies.sweeps import looked_at_again
from conformance.strategies.violations import several_faults, telling_apart, whole_requests

__all__ = ["Kernel", "kernels", "smoke", "smoke_on_clauses"]

# Every clause has its edges up to this rank; the rest is left to exploration, which is unbounded. The exotic
# characters are sent in names and ids; those of tags and descriptions follow the same words of the page.
_DEEPEST_RANK = 6
_DEEPEST_RANKS = {"GroupName.type": 2, "FaceModelVersion.type": 2}
_DEEPEST_RANK_OF_TYPES = 1
_DEEPEST_OF_READINGS = 3
# Of those on which no choice was made.
_DEEPEST_OF_NEW = 3
# Of those that are kept whatever they show of the grammar: people thought of them.
_DEEPEST_KEPT = 4
_LONGEST_TEXT = 5000
_LAST_RANK = 5
# What breaks where a database or a parser takes three bytes for the longest character.
_OF_FOUR_BYTES = "emoji within"

Ranked = tuple[int, Case]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A case as plain as can be, which may be sent in any number of contexts.

    Attributes:
        case: plain.
        rank: the lower, the more telling.
        settles: whether it is sent to tell readings apart alone.
        is_needed: whether it is sent plainly in any case: it settles readings, is of the lowest rank, or the first of
            its clause.
        is_kept: whether it is sent in any case, plainly or in a context: all that is telling, but for characters, of
            which there are so many.
    """

    case: Case
    rank: int
    settles: bool
    is_needed: bool

    @property
    def is_kept(self) -> bool:
        """See above."""
        deepest = 1 if isinstance(CLAUSE[self.case.clause].rule, Charset) else _DEEPEST_KEPT
        return self.is_needed or self.rank <= deepest


@cache
def kernels() -> tuple[Kernel, ...]:
    """All that may be sent: the most telling first, no case twice."""
    found, clauses = dict[str, Kernel](), set[str]()
    on_clauses = list(_on_clauses())
    halves = ((_LAST_RANK + 1, half) for _, each in on_clauses for half in _without_its_end(each))
    ranked = [(*each, False) for each in (*on_clauses, *halves)] + [(*each, True) for each in _on_readings()]
    for rank, each, settles in sorted(ranked, key=lambda item: item[0]):  # stable: within a rank, in the page's order
        case = each if is_way_probe(each) else in_many_forms(each)  # a probe is as plain as can be
        needed = settles or rank < 1 or case.clause not in clauses
        clauses.add(case.clause)
        found.setdefault(case.id, Kernel(case, rank, settles, needed))
    return tuple(found.values())


def _without_its_end(case: Case) -> Iterator[Case]:
    """The first request of a pair of which the second shows that the first did nothing."""
    first, *rest = case.steps
    if len(rest) == 1 and first.twists and rest[0].is_plain and rest[0].request.action == ACTION:
        yield replace(case, steps=(first,))


@cache
def smoke() -> tuple[Case, ...]:
    """The smoke list: what was chosen of the kernels, in its order; no case twice.

    A kernel on which no choice was made yet comes last, if it is telling enough.
    """
    chosen, found = load_choice(), {each.case.id: each for each in kernels()}
    cases = [
        found[id_].case if number == 0 else in_context(found[id_].case, number)
        for id_, number in chosen.sent
        if id_ in found
    ]
    new = [each for each in found.values() if each.case.id not in chosen.known]
    cases += [each.case for each in new if each.is_needed or each.rank <= _DEEPEST_OF_NEW]
    return tuple({each.id: each for each in cases if each is not None}.values())


@cache
def smoke_on_clauses() -> tuple[Case, ...]:
    """What of the smoke list holds clauses: all but what is sent to tell readings apart alone."""
    settling = {each.case.id for each in kernels() if each.settles}
    return tuple(each for each in smoke() if each.id not in settling)


def _on_clauses() -> Iterator[Ranked]:
    """What shows whether clauses are kept."""
    yield from _openers()
    yield from _of_edges()
    yield from ((0, each) for each in probes())  # what is an edge of a clause is of that clause
    yield from _of_sequences()
    yield from _of_violations()
    yield from authentication()
    yield from protocol()
    yield from state()
    yield from concurrency()
    yield from _under_conditions()
    yield from ((_DEEPEST_OF_NEW, each) for each in short_ones())
    yield from ((_LAST_RANK, each) for each in bundles())


def _on_readings() -> Iterator[Ranked]:
    for clause in (each for each in CLAUSES if each.subject == "GroupName"):
        for _, edge in unsettled(clause):
            (request,) = requests_with(clause, edge)
            if edge.rank <= _DEEPEST_OF_READINGS:
                yield edge.rank, Case.single(clause.id, edge.about, request)
    for id_, about, rank, template in telling_apart():
        yield rank, Case.single(id_, about, template)


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


def _under_conditions() -> Iterator[Ranked]:
    """What `standard` sends with values of its seed, the cheapest of it with values that are always the same."""
    for case in under_conditions(0, (ANOTHER_CLIENT,)):
        yield _LAST_RANK, case
    yield from ((_LAST_RANK, each) for each in looked_at_again())
    yield _DEEPEST_KEPT, in_a_row()
    yield from ((_LAST_RANK, each) for each in nearly_alike())


def _of_sequences() -> Iterator[Ranked]:
    for clause, about, rank, templates in (*examples(), *uniqueness()):
        yield rank, Case(clause, about, tuple(Step(each) for each in templates))


def _of_violations() -> Iterator[Ranked]:
    for clause, about, rank, template in (*whole_requests(), *several_faults()):
        yield rank, Case.single(clause, about, template)
