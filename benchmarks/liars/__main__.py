"""Each liar judged by the suite: under which clause is it found?

python -m benchmarks.liars [--profile smoke|standard] [--seed N] [NAME …]

Exits with 1 where one that can be found is called conforming, or the right service isn't.
"""

from __future__ import annotations

import argparse
import secrets
import sys

from benchmarks.liars.judging import NOBODY, Found, found_by
from benchmarks.liars.servers.everybody import LIARS
from benchmarks.liars.unfound import UNFOUND


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="whom to judge; all, where none is named")
    parser.add_argument("--profile", choices=("smoke", "standard"), default="standard")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="a fresh one is drawn otherwise")
    options = parser.parse_args()
    if unknown := sorted({*options.names} - {*LIARS, NOBODY}):
        parser.error(f"there is no liar {unknown[0]}: there are {', '.join(LIARS)}")
    names = options.names or [NOBODY, *LIARS]
    print(f"{options.profile}, seed {options.seed}\n")
    found: dict[str, Found | None] = {}
    for name in names:
        found[name] = found_by(name, options.profile, options.seed)
        print(_row(name, found[name]), flush=True)
    liars = [name for name in names if name != NOBODY]
    told = sum(found[name] is not None for name in liars)
    missed = [name for name in liars if found[name] is None and name not in UNFOUND]
    print(f"\n{told} of {len(liars)} liars found; missed: {', '.join(missed) or 'none that can be found'}")
    return 1 if missed or found.get(NOBODY) else 0


def _row(name: str, found: Found | None) -> str:
    if found is not None:
        return f"{name:28} {found.requests:5}  {found.clause}: {found.kind}"
    return f"{name:28}     -  " + ("conforms" if name == NOBODY else f"NOT FOUND  {UNFOUND.get(name, '')}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
