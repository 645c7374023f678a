"""Kills live runs at many places, and looks at what `cleanup` makes of each: nothing left, nothing foreign touched.

    python -m benchmarks.kills [PLACES [FIRST]]

Each run, in a process of its own against the stand-in under the real name, gets `kill -9` after so many requests.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.command import command
from tests.stand_in import FOREIGN, LIVE, StandIn, foreign_only, only_its_own_were_deleted, python
from tests.waiting import wait_for

_PLACES = 60


def killed_after(requests: int, folder: Path) -> str:
    """What is wrong after a run was killed once so many requests had come; empty where nothing is."""
    with StandIn(folder) as stand_in:
        service = stand_in.service
        service.populate(*FOREIGN)
        come = threading.Event()
        service.on_request = lambda number: come.set() if number >= requests else None
        process = subprocess.Popen(
            python(*LIVE, "--rate", "50", "--level", "protocol,state,concurrency"),
            env=stand_in.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(come)
        process.kill()
        process.wait()
        stand_in.settle()
        with stand_in.here():
            done = command("cleanup", "--yes")
        if not foreign_only(service):
            return f"in the account: {sorted(service.account.groups)}"
        if not only_its_own_were_deleted(service):
            return f"deleted: {service.asked('DeleteGroup')}"
        return done.stdout if done.returncode or stand_in.journals else ""


def main(places: int = _PLACES, first: int = 1) -> int:
    """Kill at so many places, from the first on; 1 where something was wrong after one of them."""
    wrong = 0
    for number in range(first, first + places):
        with tempfile.TemporaryDirectory() as folder:
            trouble = killed_after(3 * number, Path(folder) / "stand-in")
        wrong += bool(trouble)
        sys.stdout.write(f"killed after {3 * number} requests: {trouble or 'nothing left'}\n")
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
