"""Every twin alone and every pair of readings, in `smoke` and in `standard` with several seeds: no failure is right.

python -m benchmarks.false_alarms [--seeds 3] [--part I/N] [--singles]

In `smoke` every pair is tried, in the cases in which one of its readings matters: in the others it answers as the
default does. In `standard`, whose cases depend on the seed, whole runs of those pairs whose readings share a
prediction: only there can one change what the other allows.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache

from benchmarks.campaign import judged, run_against, standard_cases, without_megabytes
from conformance.contract import READINGS
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest
from conformance.judging.judge import Judgement
from conformance.oracle.prediction import Prediction
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


@cache
def predicted() -> dict[str, frozenset[frozenset[str]]]:
    """Case id → the readings that each of its predictions names, for the fixed cases, by whatever twin answers.

    Where an answer differs from the default's, the prediction names the reading: else the twin alone would fail.
    """
    found: dict[str, set[frozenset[str]]] = {each.id: set() for each in smoke()}
    for twin in twins(singles=True):
        run = run_against(twin)
        predictions: list[Prediction] = []
        run.assessor.on_judgement = _noted_in(predictions)
        for case in without_megabytes() if twin else smoke():
            predictions.clear()
            run.case(case)
            found[case.id] |= {frozenset(name for way in each.allowed for name in way.readings) for each in predictions}
    return {id_: frozenset(each) for id_, each in found.items()}


def _noted_in(predictions: list[Prediction]) -> Callable[[HttpRequest, Prediction, Judgement], None]:
    return lambda _http, prediction, _judgement: predictions.append(prediction)


@cache
def named() -> dict[str, frozenset[str]]:
    """Case id → the readings that any of its predictions names."""
    return {id_: frozenset().union(*each) for id_, each in predicted().items()}


def share_a_prediction(twin: dict[str, str]) -> bool:
    """Whether all readings of a twin are named by one prediction."""
    return any(twin.keys() <= named for each in predicted().values() for named in each)


def cases_for(twin: dict[str, str]) -> tuple[Case, ...]:
    """The fixed cases for a twin; for a pair those in which one of its readings matters, and the first."""
    first, *rest = smoke()
    if len(twin) < 2:
        return (first, *rest)
    return (first, *(each for each in rest if not named()[each.id].isdisjoint(twin)))


def main() -> int:
    """Run the campaign; exits with 1 where a twin fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--part", default="1/1", help="the I-th of N parts, to use several processors")
    parser.add_argument("--singles", action="store_true", help="leave the pairs out")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    chosen = [each for place, each in enumerate(twins(singles=options.singles)) if place % parts == part - 1]
    alarms = 0
    for seed in (None, *range(options.seeds)):
        name = "smoke" if seed is None else f"standard, seed {seed}"
        tried = [each for each in chosen if seed is None or len(each) < 2 or share_a_prediction(each)]
        started, requests = time.monotonic(), 0
        for twin in tried:
            run = judged(cases_for(twin) if seed is None else standard_cases(seed), twin)
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
            f"{name}: {len(tried)} twins, {requests} judged requests, {alarms} false alarms so far "
            f"(upper 95 % bound {bound:.1e}), {time.monotonic() - started:.0f} s",
            flush=True,
        )
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
