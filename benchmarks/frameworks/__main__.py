"""What mocks of ten lines get wrong, each with another framework or validator, and the clauses that find it.

python -m benchmarks.frameworks [NAME…] [--write]

Makes and starts each, judges it by `smoke` and some requests more, and holds what it sees against the table in
`docs/frameworks.md`. Needs Node.js with npm, Go, Java with Maven, and their registries. Exits with 1 where a mock can't
be made or judged, or was seen to be otherwise than the table says; `--write` keeps what was seen, and writes the table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from itertools import groupby

from benchmarks.frameworks.mistakes import astray, mistakes_of
from benchmarks.frameworks.mocks import MOCKS, Mock, told
from benchmarks.frameworks.page import PAGE, rendered
from benchmarks.frameworks.seen import Seen, look_at, read, write
from conformance.base.errors import SuiteError


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mocks; all where none is named")
    parser.add_argument("--write", action="store_true", help="keep what was seen, and write the table of it")
    options = parser.parse_args()
    names = options.names or [each.name for each in MOCKS]
    if unknown := set(names) - {each.name for each in MOCKS}:
        parser.error(f"no such mock: {', '.join(sorted(unknown))}")
    kept, seen, problems = read(), {}, []
    for mock in MOCKS:
        if mock.name not in names:
            continue
        try:
            with mock.built() as folder, mock.serving(folder) as url:
                seen[mock.name] = look_at(mock, url)
        except (OSError, subprocess.CalledProcessError, SuiteError) as error:
            problems.append(f"{mock.name}: {error}")
            continue
        _tell(mock, seen[mock.name])
    problems += astray({name: mistakes_of(name) for name in seen}, seen)
    if options.write:
        now = kept | seen
        write({each.name: now[each.name] for each in MOCKS if each.name in now})
        PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), now), encoding="utf-8")
    else:
        problems += [
            f"{name}: it is seen otherwise than before" for name, each in seen.items() if each != kept.get(name)
        ]
    for each in problems:
        print(f"✗ {each}")
    return 1 if problems else 0


def _tell(mock: Mock, seen: Seen) -> None:
    print(f"{mock.title} ({told(seen.versions)})")
    pairs = [each.split(": ") for each in seen.smoke]
    for subject, those in groupby(pairs, key=lambda pair: pair[0].partition(".")[0]):
        print(f"  {subject:20}", "; ".join(f"{clause.partition('.')[2]}: {kind}" for clause, kind in those))
    for about, departures in seen.beyond.items():
        if new := [each for each in departures if each not in seen.smoke]:
            print(f"  not by smoke: {about}: {'; '.join(new)}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
