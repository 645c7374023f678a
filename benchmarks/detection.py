"""Every fault of the catalogue: is it found, under the right clause, and after how many requests?

python -m benchmarks.detection [--profile smoke|standard] [--seeds 1]
"""

from __future__ import annotations

import argparse
import statistics
import sys

from benchmarks.campaign import requests_until_found, standard_cases
from conformance.emulator.faults import FAULTS
from conformance.runs.smoke import smoke


def main() -> int:
    """Run the campaign; exits with 1 where a fault is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", choices=("smoke", "standard"), default="smoke")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    missed: set[str] = set()
    for seed in range(options.seeds if options.profile == "standard" else 1):
        cases = smoke() if options.profile == "smoke" else standard_cases(seed)
        found = {each.name: requests_until_found(each.name, each.clauses, cases) for each in FAULTS}
        counts = sorted(count for count in found.values() if count is not None)
        missing = sorted(name for name, count in found.items() if count is None)
        missed |= set(missing)
        print(
            f"{options.profile}, seed {seed}: {len(counts)} of {len(FAULTS)} faults found under the right clause; "
            f"requests until then: median {statistics.median(counts):g}, "
            f"nine in ten {counts[len(counts) * 9 // 10]}, all {counts[-1]}"
        )
        for name in missing:
            print(f"  missed: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
