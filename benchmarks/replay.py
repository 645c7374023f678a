"""Loading, judging and replaying recordings: seconds and memory, and next to plain vcrpy on the same file.

    python -m benchmarks.replay [--interactions N] [--vcrpy N]

Ratios in one run tell more than seconds, which are those of this machine.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import requests
import vcr

from benchmarks.recordings import recorder
from conformance.emulator import Emulator
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.recording.reader import load
from conformance.recording.replay import CassetteTarget
from conformance.runs.conduct import judge_recording


def make(folder: Path, interactions: int) -> Path:
    """A recording of so many creations, all in one file; the path of that file."""
    run, writer = recorder(folder, Emulator())
    for number in range(interactions):
        parameters = {"GroupName": SALT, "GroupId": SALT, "Tag": f"标签{number}"}
        run.case(Case.single("GroupExDescriptions.optional", "", Request.of(parameters)))
    writer.finish("")
    (file,) = folder.iterdir()
    return file


def judging(file: Path) -> tuple[float, float, float]:
    """Seconds to load a recording, seconds to load and judge it, and MB of memory at most."""
    start = time.perf_counter()
    load(file)
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    judge_recording(file)
    judged = time.perf_counter() - start
    return loaded, judged, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(file: Path) -> float:
    """Seconds to answer every recorded request from its cassette, loading included."""
    start = time.perf_counter()
    target = CassetteTarget("", load(file))
    for each in target.recording.interactions:
        target.send(each.request)
    return time.perf_counter() - start


def vcrpys(file: Path, match_on: tuple[str, ...]) -> float:
    """Seconds in which plain vcrpy answers the same."""
    sent: list[HttpRequest] = [each.request for each in load(file).interactions]
    start = time.perf_counter()
    with vcr.VCR(record_mode="none", match_on=match_on).use_cassette(str(file)), requests.Session() as session:
        session.trust_env = False
        for http in sent:
            session.post(http.url, data=http.body, headers=dict(http.headers))
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--interactions", type=int, default=10_000)
    parser.add_argument("--vcrpy", type=int, default=300, help="interactions that vcrpy replays: its time is quadratic")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for count in sorted({1000, options.interactions}):
            loaded, judged, megabytes = judging(make(Path(scratch) / str(count), count))
            print(f"{count} interactions: load {loaded:.2f} s, load and judge {judged:.2f} s, {megabytes:.0f} MB")
        file = make(Path(scratch) / "vcrpy", options.vcrpy)
        own = ours(file)
        for match_on in (("method", "scheme", "host", "port", "path", "query"), ("method", "uri", "body")):
            theirs = vcrpys(file, match_on)
            print(
                f"{options.vcrpy} interactions replayed: {own:.3f} s; plain vcrpy, matching on {', '.join(match_on)}: "
                f"{theirs:.2f} s, {theirs / own:.0f} times as long"
            )


if __name__ == "__main__":
    main()
