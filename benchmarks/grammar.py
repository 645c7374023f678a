"""Faults drawn afresh from the grammar: how many are found, under which clause, after how many requests?

python -m benchmarks.grammar [--profile smoke|standard] [--seed N] [--count 200] [--conditions 0 1 2] [--missed]

By weight, since operators and conditions are drawn by it. A fault whose witness shows nothing counts as missed, too.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from benchmarks.campaign import standard_cases
from benchmarks.shares import share
from conformance.base.errors import TargetUnusableError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import SPACE
from conformance.emulator.faults.conditions import Condition
from conformance.emulator.faults.drawing import Space, under, witness_of
from conformance.emulator.faults.model import Fault
from conformance.emulator.faults.operators import operator_of
from conformance.exchange.cases import Case
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.conduct import CasePart, conduct
from conformance.runs.run import Run
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

# Among so many of the fixed cases is one of each kind.
_FEW = 100


@dataclass(frozen=True)
class Trial:
    """A fault, and what a run told of it.

    Attributes:
        fault: which.
        conditions: under which it shows.
        requests: how many it took until something was found; None where nothing was.
        rightly: whether it was found under one of its clauses, then or later.
        shown: whether its witness shows it; None for one that has none.
    """

    fault: Fault
    conditions: tuple[Condition, ...]
    requests: int | None
    rightly: bool
    shown: bool | None


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", choices=("smoke", "standard"), default="smoke")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="a fresh one is drawn otherwise")
    parser.add_argument("--count", type=int, default=200, help="how many faults for each number of conditions")
    parser.add_argument("--conditions", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--missed", action="store_true", help="name each that was missed")
    options = parser.parse_args()
    print(f"{options.profile}, seed {options.seed}")
    random, space = Random(options.seed), Space(map(witnessed, SPACE))
    cases = smoke() if options.profile == "smoke" else standard_cases(options.seed)
    trials: list[Trial] = []
    for number in options.conditions:
        drawn = [space.draw(random, number) for _ in range(options.count)]
        some = [_trial(fault, conditions, cases) for fault, conditions in drawn]
        print(f"{number} conditions: {_summary(some)}", flush=True)
        trials += some
    print("\nby operator, where some are missed:")
    _holes((operator_of(each.fault).name, each) for each in trials)
    print("\nby condition, where some are missed:")
    _holes((condition.name, each) for each in trials for condition in each.conditions)
    if options.missed:
        print("\nmissed:")
        for each in trials:
            if each.requests is None:
                print(f"  {under(each.fault, *each.conditions).name}{'' if each.shown else '  (not shown)'}")
    return 0


def witnessed(fault: Fault) -> Fault:
    """A fault with the steps that show it: its own, or those of the first fixed case that does."""
    if fault.witness:
        return fault
    first, *rest = smoke()
    of_clauses = [each for each in rest if each.clause in fault.clauses]
    if found_by(fault, (), [first])[1]:
        return replace(fault, witness=first.steps)
    for case in (*of_clauses, *rest[:_FEW]):
        if case.quota is None and found_by(fault, (), [first, case])[1]:
            return replace(fault, witness=case.steps)
    return fault


def _trial(fault: Fault, conditions: tuple[Condition, ...], cases: Sequence[Case]) -> Trial:
    found, rightly = found_by(fault, conditions, cases)
    witness = witness_of(fault, conditions)
    shown = None
    if witness is not None:
        with suppress(ValueError):  # what the context changes is gone: it can't be said
            shown = found_by(fault, conditions, [*cases[:1], witness])[0] is not None
    return Trial(fault, conditions, found, rightly, shown)


def found_by(fault: Fault, conditions: tuple[Condition, ...], cases: Iterable[Case]) -> tuple[int | None, bool]:
    """After how many requests cases find a fault, None where they don't; and whether under one of its clauses."""
    behaviour = conforming()
    under(fault, *conditions).spoil(behaviour)
    run = Run.against(DirectTarget(Emulator(behaviour)), salts=Salts(seeded_run_salt(0)))
    first: list[int] = []

    def is_found(run: Run) -> bool:
        failed = {clause for clause, _ in run.results.failed}
        if failed and not first:
            first.append(run.results.requests)
        return not failed.isdisjoint(fault.clauses)

    with suppress(TargetUnusableError):  # exit 3: neither green nor found
        conduct(Session(run), Settings(profile="smoke"), map(CasePart, cases), enough=is_found)
    return (first[0] if first else None), is_found(run)


def _summary(trials: Sequence[Trial]) -> str:
    found = sorted(each.requests for each in trials if each.requests is not None)
    rightly = sum(each.rightly for each in trials)
    unshown = sum(each.requests is None and not each.shown for each in trials)
    half, most = (statistics.median(found), found[len(found) * 9 // 10]) if found else (0, 0)
    return (
        f"{share(len(found), len(trials))} found, {share(rightly, len(trials))} under the right clause; "
        f"median {half:g}, nine in ten {most}; "
        f"{len(trials) - len(found)} missed, {unshown} of these not shown by a witness"
    )


def _holes(trials: Iterable[tuple[str, Trial]]) -> None:
    tried: Counter[str] = Counter()
    missed: dict[str, list[str]] = defaultdict(list)
    for name, each in trials:
        tried[name] += 1
        if each.requests is None:
            missed[name].append(under(each.fault, *each.conditions).name)
    for name in sorted(missed, key=lambda name: -len(missed[name])):
        print(f"  {name:24} {len(missed[name])} of {tried[name]}, such as {missed[name][0]}")


if __name__ == "__main__":
    sys.exit(main())
