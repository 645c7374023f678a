"""Every fault, recorded and judged offline: what is found live must be found from the cassette.

    python -m benchmarks.recordings [--every N] [--part I/N]

Records the smoke list of each faulty emulator, judges the recording, and compares the verdicts on clauses.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from conformance.base.errors import TargetUnusableError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import FAULTS, faulty
from conformance.exchange.cases import Case
from conformance.recording.provenance import Kind, Provenance, contract_version
from conformance.recording.recorder import RecordingTarget
from conformance.recording.writer import Writer
from conformance.runs.conduct import judge_recording
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

__all__ = ["difference", "recorded", "recorder"]


def recorder(folder: Path, emulator: Emulator) -> tuple[Run, Writer]:
    """A run against an emulator, called as a function, that records into a folder; and what writes there."""
    target = DirectTarget(emulator)
    target.exclusive = False  # as whoever is recorded
    run = Run.against(target)
    provenance = Provenance(
        kind=Kind.EMULATOR,
        endpoint=target.sender.endpoint,
        date="2026-11-23T00:00:00+00:00",
        suite="benchmark",
        contract=contract_version(),
        region=target.sender.region,
        run=run.salts.run,
        client="benchmark",
    )
    writer = Writer(folder, lambda: provenance)
    run.target = RecordingTarget(target, writer, run.case_of)
    return run, writer


def recorded(folder: Path, emulator: Emulator, cases: Iterable[Case] | None = None) -> Run:
    """The run that recorded cases, those of the smoke list unless told otherwise, of an emulator into a folder."""
    run, writer = recorder(folder, emulator)
    try:
        for case in smoke() if cases is None else cases:
            run.case(case)
    except TargetUnusableError:
        pass
    writer.finish("")
    return run


def difference(live: Run, offline: Run) -> str:
    """How the verdicts of two runs differ, in words; empty where they don't."""
    found, found_again = ({f"{clause}: {kind}" for clause, kind in each.results.failed} for each in (live, offline))
    return ", ".join([*(f"- {each}" for each in found - found_again), *(f"+ {each}" for each in found_again - found)])


def faults(every: int, part: tuple[int, int]) -> int:
    """Record and judge faulty emulators; how many are judged otherwise offline."""
    chosen = FAULTS[::every][part[0] - 1 :: part[1]]
    wrong = 0
    for each in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "recording"
            live = recorded(folder, Emulator(faulty(conforming(), each.name)))
            told = difference(live, judge_recording(folder).run)
        wrong += bool(told)
        if told:
            print(f"{each.name}: {told}", flush=True)
    print(f"{len(chosen)} faults: {len(chosen) - wrong} judged the same from the cassette")
    return wrong


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--part", default="1/1")
    options = parser.parse_args()
    number, of = map(int, options.part.split("/"))
    return 1 if faults(options.every, (number, of)) else 0


if __name__ == "__main__":
    sys.exit(main())
