"""Hostile inputs on raw sockets, against the emulator in a process of its own: does it stay up, quiet and itself?

python -m benchmarks.fuzz [--inputs 50000] [--seed 0] [--first 0] [--connections 8] [--reading ID=VALUE]

Input N of a seed is always the same bytes, but for the time and what is signed with it. Each gets an answer, or the end
of its connection, in time; no answer is cut short, has an HTTP status of 500 or more, or is an InternalError. After
every block of inputs the process lives and has written nothing to its standard error, the groups that were there before
are listed as they were, and a valid CreateGroup is answered. Its memory stays what it is after a fifth of the inputs.
Exits with 1 where anything goes wrong; each failure says how to have it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.fuzzing.answers import CLIPPED, Answer, SlowError, answers, complaint, exchange
from benchmarks.fuzzing.inputs import made
from benchmarks.fuzzing.service import Kept, serving

SERVE = (sys.executable, "-m", "conformance", "serve", "--port", "0")
# KiB by which memory may grow after the first fifth of the inputs. Of 50 000 it grows by 4 to 9 MiB: requests of many
# thousand parts leave half-empty pages. Without those kinds it grows by a third of a MiB.
GROWTH = 16 * 1024
_BLOCK = 1000
_MOST_FAILURES = 50


def campaign(
    command: Sequence[str],
    inputs: int,
    *,
    seed: int = 0,
    first: int = 0,
    connections: int = 8,
    seconds: float = 5,
    say: Callable[[str], object] = print,
) -> list[str]:
    """Give a server its inputs; returns what went wrong.

    Args:
        command: starts the server, which prints its URL.
        inputs: how many.
        seed: of what is drawn.
        first: number of the first input.
        connections: how many inputs are given at once.
        seconds: how long an answer, or the end of a connection, may take.
        say: told how it goes.
    """
    failures: list[str] = []
    kinds: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    again = " ".join(("python -m benchmarks.fuzz --seed", str(seed), *(each for each in command if "=" in each)))

    def one(number: int) -> tuple[str, list[Answer]] | None:
        if len(failures) >= _MOST_FAILURES:
            return None
        given = made(seed, number, int(time.time()))
        sent = b"".join(given.pieces)
        try:
            found = answers(exchange(service.address, given, seconds), sent)
            wrong = complaint(given, found)
        except (OSError, SlowError) as error:
            found, wrong = [], str(error)
        if wrong is not None:
            clipped = f"{sent[:CLIPPED]!r}" + (f" … {len(sent)} bytes" if len(sent) > CLIPPED else "")
            failures.append(
                f"input {number} ({given.kind}): {wrong}\n    {clipped}\n    {again} --first {number} --inputs 1"
            )
        return given.kind, found

    began = time.monotonic()
    block = max(1, min(_BLOCK, inputs // 5))
    warm = memory = None
    with serving(command) as service, ThreadPoolExecutor(connections) as pool:
        kept = Kept(service, seconds)
        if (wrong := kept.problem()) is not None:
            return [f"before the first input: {wrong}"]
        for start in range(first, first + inputs, block):
            numbers = range(start, min(start + block, first + inputs))
            for kind, found in filter(None, pool.map(one, numbers)):
                kinds[kind] += 1
                statuses.update(str(each.status) for each in found)
            where = f"{again} --first {start} --inputs {len(numbers)}"
            if (code := service.process.poll()) is not None:
                failures.append(f"the server ended with {code}\n    {where}")
                break
            if (wrong := kept.problem()) is not None:
                failures.append(f"{wrong}\n    {where}")
            if text := service.said():
                failures.append(f"on its standard error: {text[-CLIPPED:]}\n    {where}")
            memory = service.memory()
            done = numbers.stop - first
            if warm is None and done >= inputs / 5:
                warm = memory
            say(f"{done:7} inputs, {time.monotonic() - began:4.0f} s, {_mib(memory)}, {len(failures)} failures")
            if len(failures) >= _MOST_FAILURES:
                break
        if not service.stop():
            failures.append("the server doesn't stop when it is told to")
        if warm and memory and memory - warm > GROWTH:
            failures.append(f"memory grew from {_mib(warm)} to {_mib(memory)}, more than {_mib(GROWTH)}\n    {again}")
    say(f"{kinds.total()} inputs in {time.monotonic() - began:.0f} s")
    say(f"memory: {_mib(warm)} after a fifth of them, {_mib(memory)} at last")
    for name, counted in (("kinds", kinds), ("statuses", statuses)):
        say(f"{name}: " + ", ".join(f"{each} {count}" for each, count in sorted(counted.items())))
    return failures


def _mib(kibibytes: int | None) -> str:
    return "unknown" if kibibytes is None else f"{kibibytes / 1024:.1f} MiB"


def main() -> int:
    """Run the campaign; exits with 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--connections", type=int, default=8, help="how many inputs are given at once")
    parser.add_argument("--reading", action="append", default=[], help="choose a reading of the emulator")
    options = parser.parse_args()
    command = [*SERVE, *(f"--reading={each}" for each in options.reading)]
    failures = campaign(
        command, options.inputs, seed=options.seed, first=options.first, connections=options.connections
    )
    for each in failures:
        print(each)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
