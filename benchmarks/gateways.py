"""A server that somebody else wrote: each way of its choices, and each mistake to the end of the fixed cases.

python -m benchmarks.gateways

What the documents allow, alone and mixed, may fail nothing; what they don't must fail under all of its clauses, and
under no others than those next to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.gateway_ways import ALLOWED, BESIDES, FORBIDDEN, FOUND, UNSEEN, failed, judged, mixtures, told

# Of each of these, another mixture has the choices' ways beside each other.
_STEPS = (1, 2, 3)


def main() -> int:
    """Run the campaign; exits with 1 where the server is judged wrongly."""
    wrong = 0
    for tried, (what, problem) in enumerate(problems(), 1):
        wrong += bool(problem)
        print(f"{tried}: {what}: {problem or 'as it should be'}", flush=True)
    return 1 if wrong else 0


def problems() -> Iterator[tuple[str, str]]:
    """Each server that is judged, in words, and what is wrong with the judgement; empty where nothing is."""
    for choice, way in ALLOWED:
        yield f"{choice}={way}", "; ".join(told(judged(choices={choice: way})))
    for choices in mixtures(_STEPS):
        yield f"mixture of {choices}", "; ".join(told(judged(choices=choices)))
    for (choice, way), clauses in FORBIDDEN.items():
        yield f"{choice}={way}", _differing(clauses, clauses, failed(judged(choices={choice: way})))
    for mistake, clauses in FOUND.items():
        yield mistake, _differing(clauses, clauses | BESIDES.get(mistake, set()), failed(judged({mistake})))
    for mistake in sorted(UNSEEN):
        yield mistake, "; ".join(told(judged({mistake})))


def _differing(must: set[str], may: set[str], found: set[str]) -> str:
    missed, more = must - found, found - may
    return "; ".join(
        f"{what} {', '.join(sorted(clauses))}" for what, clauses in (("missed", missed), ("besides", more)) if clauses
    )


if __name__ == "__main__":
    sys.exit(main())
