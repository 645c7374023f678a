"""Which plain cases show which faults: each fault is played against all of them, in a process a core."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.campaign import of_megabytes
from conformance.base.errors import SuiteError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import SPACE
from conformance.exchange.cases import Case
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.conduct import CasePart, play
from conformance.runs.run import Run
from conformance.runs.settings import Settings
from conformance.runs.smoke import kernels
from conformance.targets.direct import DirectTarget

__all__ = ["Played", "Shown", "read", "shown", "write"]


@dataclass(frozen=True, slots=True)
class Shown:
    """By which cases a fault is shown.

    Attributes:
        fault: its name.
        cases: the ids of the cases that fail under it.
        rightly: those that fail under one of its clauses.
    """

    fault: str
    cases: frozenset[str]
    rightly: frozenset[str]


@dataclass(frozen=True, slots=True)
class Played:
    """Which cases show which faults, as far as that was played.

    Attributes:
        cases: the ids of the cases that were.
        rows: of each fault.
    """

    cases: frozenset[str] = frozenset()
    rows: tuple[Shown, ...] = ()

    def and_(self, more: Iterable[Shown], cases: Iterable[str]) -> Played:
        """With what more cases show."""
        rows = {each.fault: each for each in self.rows}
        for each in more:
            old = rows.get(each.fault, Shown(each.fault, frozenset(), frozenset()))
            rows[each.fault] = Shown(each.fault, old.cases | each.cases, old.rightly | each.rightly)
        return Played(self.cases | {*cases}, tuple(sorted(rows.values(), key=lambda each: each.fault)))


def shown(faults: Collection[str], cases: Collection[str]) -> Iterator[Shown]:
    """By which of these kernels each of these faults is shown, in any order."""
    with multiprocessing.Pool(os.cpu_count()) as pool:
        yield from pool.imap_unordered(partial(_shown_by_kernels, cases=frozenset(cases)), faults)


def _shown_by_kernels(name: str, cases: frozenset[str]) -> Shown:
    first, *rest = [each.case for each in kernels()]  # the first shows whether anybody answers
    large = {each.id for each in of_megabytes()}
    return _shown(name, [first, *(each for each in rest if each.id in cases - large)])


def _shown(name: str, cases: Sequence[Case]) -> Shown:
    (fault,) = (each for each in SPACE if each.name == name)
    behaviour = conforming()
    fault.spoil(behaviour)
    run = Run.against(DirectTarget(Emulator(behaviour)), salts=Salts(seeded_run_salt(0)))
    settings, found = Settings(profile="smoke"), dict[str, set[str]]()
    for case in cases:
        try:
            failures = play(CasePart(case), run, settings).failures
        except SuiteError:  # nobody is let in any more, which is told, whatever comes
            break
        if failures:
            found[case.id] = {each.sighting.clause for each in failures}
    rightly = (id_ for id_, clauses in found.items() if not clauses.isdisjoint(fault.clauses))
    return Shown(name, frozenset(found), frozenset(rightly))


def write(path: Path, played: Played) -> None:
    """Keep what was played: a line of the cases, then one a fault."""
    lines = (json.dumps([each.fault, sorted(each.cases), sorted(each.rightly)]) for each in played.rows)
    path.write_text("\n".join([json.dumps(sorted(played.cases)), *lines]) + "\n", encoding="utf-8")


def read(path: Path) -> Played:
    """What `write` kept."""
    cases, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    some = (Shown(name, frozenset(cases), frozenset(rightly)) for name, cases, rightly in rows)
    return Played(frozenset(cases), tuple(some))
