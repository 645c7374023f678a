"""Writes the smoke list: `python -m conformance.runs.freeze`. Made of the contract's edges, without Hypothesis."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.contract import CLAUSES, Clause
from conformance.contract.rules import MaxItems, MaxLength, Typed
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, salted
from conformance.exchange.wire import Form
from conformance.runs.smoke import SMOKE_FILE
from conformance.strategies.deliveries import authentication, protocol
from conformance.strategies.edges import ABSENT, Edge, breaking, keeping, unsettled
from conformance.strategies.forms import in_many_forms
from conformance.strategies.sequences import concurrency, create, examples, state, uniqueness
from conformance.strategies.violations import several_faults, whole_requests

# Every clause has its edges up to this rank; the rest is left to exploration, which is unbounded. The exotic
# characters are sent in names and ids; those of tags and descriptions follow the same words of the page.
_DEEPEST_RANK = 3
_DEEPEST_RANKS = {"GroupName.charset": 5, "GroupId.charset": 5, "GroupName.type": 2, "FaceModelVersion.type": 2}
_DEEPEST_RANK_OF_TYPES = 1
_LONGEST_TEXT = 5000

Ranked = tuple[int, Case]


def smoke_cases() -> list[Case]:
    """The smoke list: the most telling first, no case twice."""
    ranked = [
        *_openers(),
        *_of_edges(),
        *_of_sequences(),
        *_of_violations(),
        *authentication(),
        *protocol(),
        *state(),
        *concurrency(),
    ]
    ranked.sort(key=lambda item: item[0])  # stable: within a rank, in the order of the page
    cases: dict[str, Case] = {}
    for case in (in_many_forms(each) for _, each in ranked):
        cases.setdefault(case.id, case)
    return list(cases.values())


def _openers() -> Iterator[Ranked]:
    """A plain request, and two in which every parameter is as long as it may be."""
    longest = {clause.subject: clause.rule.limit for clause in CLAUSES if isinstance(clause.rule, MaxLength)}
    (most,) = (clause.rule.limit for clause in CLAUSES if isinstance(clause.rule, MaxItems))
    yield -1, Case.single("GroupExDescriptions.optional", "nothing but what is required", create())
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
            for index, parameters in enumerate(_requests(clause, edge, everywhere=broken and edge.rank == 0)):
                case = Case.single(clause.id, edge.about, Request.of(parameters))
                if edge.rank <= deepest and len(case.to_line()) < _LONGEST_TEXT:
                    yield edge.rank + index, case
        if clause.subject == "GroupName":
            for _, edge in unsettled(clause):
                (parameters,) = _requests(clause, edge, everywhere=False)
                if edge.rank <= _DEEPEST_RANK:
                    yield edge.rank, Case.single(clause.id, edge.about, Request.of(parameters))


def _requests(clause: Clause, edge: Edge, *, everywhere: bool) -> Iterator[dict[str, object]]:
    """The requests that put an edge's value into an otherwise plain one; an element's, `everywhere` in a list."""
    parameters: dict[str, object] = {"GroupName": SALT, "GroupId": SALT}
    if edge.value is ABSENT:
        yield {name: value for name, value in parameters.items() if name != clause.parameter}
    elif clause.of_elements:
        yield {**parameters, clause.parameter: [edge.value]}
        if everywhere:
            yield {**parameters, clause.parameter: ["a", "b", edge.value]}
            yield {**parameters, clause.parameter: [edge.value, "a", "b"]}
            yield {**parameters, clause.parameter: ["a", "b", edge.value, "c", "d"]}
    else:
        yield {**parameters, clause.parameter: edge.value}


def _of_sequences() -> Iterator[Ranked]:
    for clause, about, rank, templates in (*examples(), *uniqueness()):
        yield rank, Case(clause, about, tuple(Step(each) for each in templates))


def _of_violations() -> Iterator[Ranked]:
    for clause, about, rank, template in (*whole_requests(), *several_faults()):
        yield rank, Case.single(clause, about, template)


def written(cases: Iterable[Case]) -> str:
    """The text of the file."""
    return "".join(f"{case.to_line()}\n" for case in cases)


def main() -> None:
    """Write the list beside this module."""
    cases = smoke_cases()
    path = Path(__file__).with_name(SMOKE_FILE)
    path.write_text(written(cases), encoding="utf-8", newline="\n")
    requests = sum(each.requests for each in cases)
    sys.stdout.write(f"{path.name}: {len(cases)} cases, {requests} requests\n")


if __name__ == "__main__":
    main()
