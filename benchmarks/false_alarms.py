"""Every twin alone and every pair of readings, in `smoke` and in `standard` with several seeds: no failure is right.

python -m benchmarks.false_alarms [--seeds 3] [--part I/N] [--singles]
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
from collections.abc import Iterator

from benchmarks.campaign import judged, standard_cases
from conformance.contract import READINGS
from conformance.runs.smoke import smoke


def twins(*, singles: bool) -> Iterator[dict[str, str]]:
    """The default, every other value of a reading alone, and every pair of them."""
    others = [(reading.id, value.name) for reading in READINGS for value in reading.values[1:]]
    yield {}
    yield from ({id_: value} for id_, value in others)
    if not singles:
        yield from (
            {one[0]: one[1], other[0]: other[1]}
            for one, other in itertools.combinations(others, 2)
            if one[0] != other[0]
        )


def main() -> int:
    """Run the campaign; exits with 1 where a twin fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--part", default="1/1", help="the I-th of N parts, to use several processors")
    parser.add_argument("--singles", action="store_true", help="leave the pairs out")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    chosen = [each for place, each in enumerate(twins(singles=options.singles)) if place % parts == part - 1]
    lists = {"smoke": smoke(), **{f"standard, seed {seed}": standard_cases(seed) for seed in range(options.seeds)}}
    alarms = 0
    for name, cases in lists.items():
        started, requests = time.monotonic(), 0
        for twin in chosen:
            run = judged(cases, twin)
            requests += run.results.requests
            for (clause, kind), failures in run.results.failures.items():
                alarms += 1
                print(
                    f"FALSE ALARM {twin} {clause}: {kind}: {failures[0].sent[-1].request.plain} {failures[0].observed}"
                )
            wrong = {id_: value for id_, value in twin.items() if value not in run.ledger.possible[id_]}
            if wrong:
                alarms += 1
                print(f"WRONGLY EXCLUDED {wrong}")
        bound = -math.log(0.05) / requests if requests and not alarms else math.nan
        print(
            f"{name}: {len(chosen)} twins, {requests} judged requests, {alarms} false alarms so far "
            f"(upper 95 % bound {bound:.1e}), {time.monotonic() - started:.0f} s",
            flush=True,
        )
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
