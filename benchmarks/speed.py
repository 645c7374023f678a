"""What the suite itself costs, as ratios to bare requests against the same server, in one run.

python -m benchmarks.speed [--repeat 5]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import requests

from benchmarks.campaign import judged
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.exchange.wire import Form, Sender, encode
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.embedded import EmbeddedTarget
from conformance.targets.http import HttpTarget


def _requests() -> int:
    return sum(each.requests for each in smoke())


def direct() -> None:
    """Judge the smoke list with the emulator called as a function."""
    judged(smoke())


def embedded() -> None:
    """Judge it through `requests` and `responses`."""
    target = EmbeddedTarget(Emulator())
    run = Run.against(target)
    for case in smoke():
        run.case(case)
    target.close()


def over_http(server: Server) -> None:
    """Judge it over HTTP."""
    target = HttpTarget("server", Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS), timeout=5)
    run = Run.against(target)
    for case in smoke():
        run.case(case)
    target.close()


def bare(server: Server) -> None:
    """As many requests over HTTP with nothing but `requests` and a signature made once."""
    sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
    http = encode(smoke()[0].steps[0].request, sender, Form.JSON, int(time.time()))
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(_requests()):
            session.post(http.url, data=http.body, headers=dict(http.headers), timeout=5)


def command() -> None:
    """The whole command, start-up included."""
    subprocess.run(
        [sys.executable, "-m", "conformance", "run", "--profile", "smoke"], check=True, stdout=subprocess.DEVNULL
    )


def pytest_alone() -> None:
    """pytest, started for nothing."""
    words = ["-m", "pytest", "--version", "-p", "no:cacheprovider"]
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> int:
    """Measure each in turn, so that a noisy machine is noisy for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with Server(Emulator()) as server:
        measured: dict[str, Callable[[], None]] = {
            "bare requests over HTTP": lambda: bare(server),
            "smoke over HTTP": lambda: over_http(server),
            "smoke embedded": embedded,
            "smoke, emulator as a function": direct,
            "the command, smoke": command,
            "pytest alone": pytest_alone,
        }
        seconds: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(options.repeat):
            for name, what in measured.items():
                started = time.perf_counter()
                what()
                seconds[name].append(time.perf_counter() - started)
    base = statistics.median(seconds["bare requests over HTTP"])
    for name, times in seconds.items():
        middle = statistics.median(times)
        print(f"{name:<32} {middle * 1000:7.0f} ms  {middle / base:5.2f} x bare requests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
