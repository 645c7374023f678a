"""Each mistake of the strangers' servers: is it found, under which clause, after how many requests?

python -m benchmarks.others [--profile smoke|standard] [--seed N] [--server NAME] [--half first|second|later] [NAME …]

Needs Node.js, npm and Go beside Python. Exits with 1 where a right server isn't called conforming.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence

from benchmarks.others.servers import HALVES, SERVERS, Mistake
from benchmarks.others.uncounted import UNCOUNTED
from benchmarks.shares import share
from conformance.base.errors import SuiteError
from conformance.judging.judge import DepartureKind
from conformance.runs.bearing import Bearing, bearing_of
from conformance.runs.conduct import conduct
from conformance.runs.run import Run
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

Found = tuple[str, str, int]


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mistakes; all where none is named")
    parser.add_argument("--profile", choices=("smoke", "standard"), default="smoke")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="a fresh one is drawn otherwise")
    parser.add_argument("--server", choices=[each.name for each in SERVERS], help="one of them")
    parser.add_argument("--half", choices=HALVES, help="the mistakes that were open, or those that weren't")
    options = parser.parse_args()
    print(f"{options.profile}, seed {options.seed}")
    tried: list[tuple[Mistake, Found | None]] = []
    wrongly = 0
    for server in SERVERS:
        if options.server not in {None, server.name}:
            continue
        mistakes = [
            each
            for each in server.mistakes()
            if options.half in {None, each.half} and (not options.names or each.name in options.names)
        ]
        with server.built() as folder:
            for mistake in [None, *mistakes]:
                with server.serving(folder, mistake.name if mistake else None) as url:
                    found = found_at(url, options.profile, options.seed, server.unaware)
                why = UNCOUNTED.get((server.name, mistake.name), "") if mistake else ""
                print(_row(server.name, mistake, found, why), flush=True)
                if mistake is None:
                    wrongly += found is not None
                elif not why:
                    tried.append((mistake, found))
    print()
    for half in HALVES:
        _summarise(f"{half} half", [each for each in tried if each[0].half == half])
    return 1 if wrongly else 0


def found_at(url: str, profile: str, seed: int, skip: Sequence[str] = ()) -> Found | None:
    """The first departure that decides: its clause, its kind, and after how many requests; None where none does."""
    settings = Settings(target=url, profile=profile, seed=seed, skip=tuple(skip))

    def departures(run: Run) -> list[tuple[str, DepartureKind]]:
        return [each for each in run.results.failed if bearing_of(*each, settings) is Bearing.DECIDES]

    try:
        session = open_session(settings)
        conduct(session, settings, enough=lambda run: bool(departures(run)))
    except SuiteError as error:
        return "(exit 3)", str(error)[:100], 0
    results = session.run.results
    first = min(departures(session.run), key=lambda each: results.first_failed[each], default=None)
    return None if first is None else (first[0], str(first[1]), results.requests)


def _row(server: str, mistake: Mistake | None, found: Found | None, why: str) -> str:
    name, kind = (mistake.name, mistake.kind) if mistake else ("(none)", "")
    if found is not None:
        return f"{server:12} {name:38} {kind:9} {found[2]:5}  {found[0]}: {found[1]}"
    return f"{server:12} {name:38} {kind:9}     -  " + (f"isn't counted: {why}" if why else "NOT FOUND" if mistake else "conforms")


def _summarise(title: str, tried: Sequence[tuple[Mistake, Found | None]]) -> None:
    if not tried:
        return
    by_kind: dict[str, list[Found | None]] = defaultdict(list)
    for mistake, found in tried:
        by_kind[mistake.kind].append(found)
    counts = sorted(found[2] for _, found in tried if found)
    print(f"{title}: {_found_of(found for _, found in tried)}; requests until then: "
          f"median {counts[len(counts) // 2] if counts else '-'}, nine in ten {counts[len(counts) * 9 // 10] if counts else '-'}")  # fmt: skip
    for kind, of_kind in by_kind.items():
        print(f"  {kind:9} {_found_of(of_kind)}")
    missed = [mistake.name for mistake, found in tried if found is None]
    print(f"  missed: {', '.join(missed) or 'none'}")


def _found_of(found: Iterable[Found | None]) -> str:
    every = list(found)
    return f"{sum(each is not None for each in every)} of {len(every)}, {share(sum(each is not None for each in every), len(every))}"


if __name__ == "__main__":
    sys.exit(main())
