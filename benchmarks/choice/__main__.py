"""Choose anew what the smoke list sends, in which contexts and in which order.

python -m benchmarks.choice [--contexts N] [--requests N] [--groups N] [--shown FILE] [--withhold N] [--write]

Each fault of the grammar is played against the kernels (some 20 minutes on two cores); by what they show, alone and
under conditions, cases are chosen, the same each time. With --shown the first part is kept in a file, and only what
that doesn't know yet is played.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from benchmarks.choice.greedy import Candidate, Choosing
from benchmarks.choice.holding import OPTIONS, Options, holding
from benchmarks.choice.shown import Played, Shown, read, shown, write
from conformance.contract import CLAUSE, Level
from conformance.emulator import Emulator
from conformance.emulator.faults import FAULTS, SPACE
from conformance.emulator.faults.operators import operator_of
from conformance.exchange.cases import Case
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.run import Run
from conformance.runs.smoke import Kernel, kernels
from conformance.strategies.choice import CHOICE, Choice
from conformance.strategies.contexts import added_alone, in_context
from conformance.targets.direct import DirectTarget

# What a group costs beside a request: of three hundred may be as many as of a thousand.
_PRICE = 1.0
_BY_NAME = {each.name: each for each in SPACE}
_OF_THE_CATALOGUE = frozenset(each.name for each in FAULTS)
# A fault of the catalogue is found under its clause, whatever that costs.
_SURELY = 1.0


def main() -> int:
    """Choose, tell, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contexts", type=int, default=16, help="how many contexts of a case there are")
    parser.add_argument("--requests", type=int, default=955, help="how many may be sent")
    parser.add_argument("--groups", type=int, default=290, help="how many groups may be created")
    parser.add_argument("--shown", type=Path, help="a file of what shows what, which is written if it isn't there")
    parser.add_argument(
        "--withhold", type=int, choices=range(5), help="choose without every fifth operator and condition"
    )
    parser.add_argument("--write", action="store_true", help=f"write {CHOICE.name}")
    asked = parser.parse_args()
    if asked.write and asked.withhold is not None:
        parser.error("what was chosen with some withheld is to be measured, not to be kept")
    rows = _rows(asked.shown)
    options, left_out = _withheld(asked.withhold)
    rows = [each for each in rows if operator_of(_BY_NAME[each.fault]).name not in left_out]
    chosen = _choice(rows, options, asked.contexts, (asked.requests, asked.groups))
    if asked.write:
        known = {each.case.id for each in kernels()}
        sent = tuple(each.id for each in chosen)
        CHOICE.write_text(Choice(sent, frozenset(known - {id_ for id_, _ in sent})).to_text(), encoding="utf-8")
    return 0


def _rows(path: Path | None) -> list[Shown]:
    """What shows what; what a file doesn't know yet is played, and kept there."""
    played = read(path) if path is not None and path.exists() else Played()
    cases, known = {each.case.id for each in kernels()}, {each.fault for each in played.rows}
    faults = {each.name for each in SPACE}
    for some, by in ((known & faults, cases - played.cases), (faults - known, cases)):
        if some and by:
            played = played.and_(_told(shown(some, by), len(some)), by)
            if path is not None:
                write(path, played)
    return [each for each in played.rows if each.fault in faults]


def _told(rows: Iterable[Shown], count: int) -> Iterator[Shown]:
    for number, each in enumerate(rows, 1):
        yield each
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {count} faults played")


def _withheld(first: int | None) -> tuple[Options, frozenset[str]]:
    """The conditions that are counted, and the operators that aren't."""
    if first is None:
        return OPTIONS, frozenset()
    operators = sorted({operator_of(each).name for each in SPACE})
    kept = tuple(each for at, each in enumerate(OPTIONS.conditions) if at % 5 != first)
    return Options(kept), frozenset(operators[first::5])


def _choice(rows: list[Shown], options: Options, contexts: int, most: tuple[int, int]) -> list[Candidate]:
    names = [each.fault for each in rows]
    weights = [*_weights(names), *(_SURELY for _ in names)]
    by_case: dict[str, list[int]] = {}
    for at, each in enumerate(rows):
        for id_ in each.cases:
            by_case.setdefault(id_, []).append(at)
        if each.fault in _OF_THE_CATALOGUE:
            for id_ in each.rightly:
                by_case.setdefault(id_, []).append(len(rows) + at)
    subjects = [_BY_NAME[each].subject for each in names]
    costs = _groups()

    def candidates(kernel: Kernel, numbers: Iterable[int]) -> Iterator[Candidate]:
        plain = kernel.case
        cases = ((each, plain if each == 0 else in_context(plain, each)) for each in numbers)
        for number, case in ((number, case) for number, case in cases if case is not None):
            shows = _shows(case, plain, by_case.get(plain.id, []), subjects, options)
            if shows is not None:
                deleted = len(case.steps) > len(plain.steps) + 1
                promise = (plain.id, kernel.is_needed and number == 0) if kernel.is_kept else None
                yield Candidate((plain.id, number), shows, case.requests, costs[plain.id] + deleted, promise)

    kept = [each for each in kernels() if each.is_kept]
    promised: dict[object, tuple[int, int]] = {
        (each.case.id, each.is_needed): (each.case.requests, costs[each.case.id]) for each in kept
    }
    room = most[0] - sum(each for each, _ in promised.values()), most[1] - sum(each for _, each in promised.values())
    choosing = Choosing(weights, options.weight, *room, _PRICE, dict(promised))
    for first in (each for each in kept if each.rank < 0):
        choosing.take(*candidates(first, (0,)))
    early = [one for each in kept if each.rank >= 0 and _is_early(each) for one in candidates(each, (0,))]
    choosing.take_best(early)
    choosing.take_promised(early)
    taken = {each.id for each in choosing.chosen}
    pool = chain.from_iterable(candidates(each, range(contexts + 1)) for each in kernels())
    choosing.take_best(each for each in pool if each.id not in taken)
    choosing.take_promised(one for each in kept for one in candidates(each, (0,) if each.is_needed else (1, 0)))
    _tell(choosing, subjects, options)
    return choosing.chosen


def _is_early(kernel: Kernel) -> bool:
    """Whether it shows what the page demands of a parameter, or what contexts are to do without."""
    added = added_alone(kernel.case)
    is_probe = added is not None and len(added) == 1
    return kernel.is_needed and (is_probe or CLAUSE[kernel.case.clause].level is Level.PARAMETERS)


def _weights(faults: list[str]) -> list[float]:
    """Of each fault: that of its operator, shared among those of the operator; one in all."""
    operators = [operator_of(_BY_NAME[each]) for each in faults]
    members = Counter(each.name for each in operators)
    total = sum({each.name: each.weight for each in operators}.values())
    return [each.weight / members[each.name] / total for each in operators]


def _shows(case: Case, plain: Case, faults: list[int], subjects: list[str], options: Options) -> dict[int, int] | None:
    """What a case shows, and under what; None where it can't be said."""
    try:
        bits = holding(case, plain, {*subjects}, options)
    except ValueError:
        return None
    return {each: bits[subjects[each]] if each < len(subjects) else 1 for each in faults}


def _groups() -> dict[str, int]:
    """How many groups each kernel creates where the emulator answers."""
    run = Run.against(DirectTarget(Emulator()), salts=Salts(seeded_run_salt(0)))
    costs = {}
    for each in kernels():
        before = run.results.groups_created
        run.case(each.case)
        costs[each.case.id] = run.results.groups_created - before
    return costs


def _tell(choosing: Choosing, subjects: list[str], options: Options) -> None:
    chosen = choosing.chosen
    requests, groups = sum(each.requests for each in chosen), sum(each.groups for each in chosen)
    plain = sum(each.id[1] == 0 for each in chosen)
    print(f"{len(chosen)} cases, {plain} of them plain; {requests} requests, {groups} groups")
    for number, bits in enumerate(options.of_number):
        shares = (
            choosing.weights[at] * options.weight(seen & bits & fits) / options.weight(bits & fits)
            for at, (seen, fits) in enumerate(
                zip(choosing.seen[: len(subjects)], map(options.fitting, subjects), strict=True)
            )
        )
        print(f"under {number} conditions {100 * sum(shares):.1f} % are shown, by weight")


if __name__ == "__main__":
    sys.exit(main())
