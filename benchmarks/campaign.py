"""What the campaigns share: one emulator judged by the fixed cases, or by those that a seed draws."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import faulty
from conformance.exchange.cases import Case
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.conduct import CasePart, conduct
from conformance.runs.run import Run
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.strategies.seeded import opening, seeded
from conformance.targets.direct import DirectTarget


def run_against(readings: Mapping[str, str] | None = None, faults: Iterable[str] = ()) -> Run:
    """A new run against a twin or a faulty emulator."""
    emulator = Emulator(faulty(conforming(readings), *faults))
    return Run.against(DirectTarget(emulator), salts=Salts(seeded_run_salt(0)))


def judged(cases: Iterable[Case], readings: Mapping[str, str] | None = None, faults: Iterable[str] = ()) -> Run:
    """A run that has judged all of the cases."""
    run = run_against(readings, faults)
    conduct(Session(run), Settings(profile="smoke"), map(CasePart, cases))
    return run


def requests_until_found(
    fault: str, clauses: Iterable[str], cases: Iterable[Case], most: float = math.inf
) -> int | None:
    """How many requests it takes until a fault is found under one of its clauses; None if it isn't within `most`."""
    run = run_against(faults=[fault])
    wanted = set(clauses)

    def is_found(run: Run) -> bool:
        return not wanted.isdisjoint(clause for clause, _ in run.results.failed)

    conduct(
        Session(run),
        Settings(profile="smoke"),
        map(CasePart, cases),
        enough=lambda run: is_found(run) or run.results.requests > most,
    )
    return run.results.requests if is_found(run) and run.results.requests <= most else None


def aimed(clauses: Collection[str]) -> list[Case]:
    """The fixed cases: the first, with which a run begins; those that aim at the clauses; the others."""
    first, *rest = smoke()
    return [first, *sorted(rest, key=lambda each: each.clause not in clauses)]


def without_megabytes() -> tuple[Case, ...]:
    """The fixed cases but for four of large requests, which take half of the time."""
    return tuple(each for each in smoke() if each not in of_megabytes())


@cache
def of_megabytes() -> tuple[Case, ...]:
    """The fixed cases of requests that are large for what may be posted."""
    return tuple(each for each in smoke() if each.clause.startswith("Protocol.size.version-"))


@cache
def standard_cases(seed: int) -> tuple[Case, ...]:
    """All cases of the profile `standard`: the fixed ones, and those of a seed.

    As long as nothing fails, what is drawn doesn't depend on the answers: the list serves for every twin.
    """
    from conformance.runs.exploration import PROPERTIES, explore
    from conformance.runs.settings import STANDARD_EXAMPLES

    drawn: list[Case] = []

    class Recorder(Run):
        __slots__ = ()

        def case(self, case: Case) -> list[object]:  # type: ignore[override]
            drawn.append(case)
            return []

    recorder = Recorder.against(DirectTarget(Emulator()))
    for each in PROPERTIES:
        explore(recorder, each, examples=STANDARD_EXAMPLES * each.weight, seed=seed)
    return (*opening(seed), *smoke(), *drawn, *seeded(seed))
