"""What a run costs in which clauses fail, as ratios to one in which none does: CPU alone, in one process.

python -m benchmarks.fault_costs [--profile smoke] [--least 1.5] [FAULT…]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time

from rich.console import Console

from conformance.base.errors import SuiteError
from conformance.emulator.faults import FAULT
from conformance.report.formats import FORMATS
from conformance.report.model import report_of
from conformance.report.terminal import print_report
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

# Those that cost most, or did once: nearly every request fails, or those of megabytes do.
COSTLY = ("everything-optional-required", "accepts-everything", "description-required", "no-envelope")


def cpu(*faults: str, profile: str = "smoke") -> float:
    """Seconds of CPU that a whole run takes, from opening the target to the report, against an emulator with faults."""
    settings = Settings(profile=profile, faults=faults)
    started = time.process_time()
    session = open_session(settings)
    with contextlib.suppress(SuiteError):
        conduct(session, settings)
    report = report_of(session, settings)
    for each in FORMATS:
        each.render(report)
    print_report(report, Console(file=io.StringIO()))
    return time.process_time() - started


def main() -> int:
    """Measure all faults, or those that are named; the costly ones are measured again, beside a run without a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fault", nargs="*", default=list(FAULT))
    parser.add_argument("--profile", default="smoke")
    parser.add_argument("--least", type=float, default=1.5, help="the ratio from which a fault is printed")
    options = parser.parse_args()
    cpu(profile=options.profile)  # imports and tables are made once
    base = min(cpu(profile=options.profile) for _ in range(3))
    print(f"{'no fault':<40} {base:6.2f} s")
    ratios = []
    for name in options.fault:
        ratio = cpu(name, profile=options.profile) / base
        if ratio >= options.least:
            ratio = min(ratio, *(cpu(name, profile=options.profile) / cpu(profile=options.profile) for _ in range(2)))
        if ratio >= options.least:
            print(f"{name:<40} {ratio:6.2f} x", flush=True)
        ratios.append(ratio)
    twice = sum(each > 2 for each in ratios)
    print(f"{twice} of {len(ratios)} faults cost over twice as much; {max(ratios):.2f} x at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
