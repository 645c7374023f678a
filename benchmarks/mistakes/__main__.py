"""Each mistake of the table: is the clause that a person would name among the first two, and are there few others?

python -m benchmarks.mistakes [NAME…]
"""

from __future__ import annotations

import argparse
import statistics
import sys

from benchmarks.mistakes.judged import found
from benchmarks.mistakes.table import TABLE

_FIRST = 2
_MANY = 6


def main() -> int:
    """Run the campaign; exits with 1 where a mistake is told otherwise than a person would."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mistakes; all of the table where none is named")
    names = parser.parse_args().names or list(TABLE)
    if unknown := set(names) - TABLE.keys():
        parser.error(f"no such mistake: {', '.join(sorted(unknown))}")
    counts, ranks = [], []
    print(f"{'mistake':<22} {'rank':>4} {'failed':>6} {'exit':>4}  clauses that a person would name: those shown")
    for name in names:
        told = found(name)
        ranks.append(told.rank(TABLE[name]))
        counts.append(len(told.clauses))
        shown = f"{', '.join(TABLE[name])}: {', '.join(told.clauses) or 'none'}"
        print(f"{name:<22} {ranks[-1] or '-':>4} {counts[-1]:>6} {told.exit_code:>4}  {shown}", flush=True)
    first, in_order = sum(rank is not None and rank <= _FIRST for rank in ranks), sorted(counts)
    print(
        f"{first} of {len(names)} among the first {_FIRST}; failed clauses: median {statistics.median(counts):g}, "
        f"nine in ten {in_order[len(in_order) * 9 // 10]}, most {in_order[-1]}; "
        f"more than {_MANY}: {sum(count > _MANY for count in counts)}"
    )
    return 0 if first == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
