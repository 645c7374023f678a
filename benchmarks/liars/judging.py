"""One server, started in a process of its own and judged by the suite."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from conformance.judging.judge import DepartureKind
from conformance.runs.bearing import Bearing, bearing_of
from conformance.runs.conduct import conduct
from conformance.runs.run import Run
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

__all__ = ["NOBODY", "Found", "found_by"]

# The right service, of which each liar differs in one thing.
NOBODY = "right"
_ID, _KEY = "AKIDbenchmarksliars0000000000EXAMPLE", "benchmarks-liars-EXAMPLE"


@dataclass(frozen=True, slots=True)
class Found:
    """What gave a server away.

    Attributes:
        clause, kind: of the first departure.
        requests: how many had been sent when its part of the run was over.
    """

    clause: str
    kind: str
    requests: int


def found_by(name: str, profile: str, seed: int) -> Found | None:
    """What gives a server away first; None where it is called conforming.

    Args:
        name: a liar, or `NOBODY`.
        profile: as of a run.
        seed: of what is drawn.
    """

    def departures(run: Run) -> list[tuple[str, DepartureKind]]:
        return [each for each in run.results.failed if bearing_of(*each, settings) is Bearing.DECIDES]

    with _served(name) as url:
        settings = Settings(target=url, profile=profile, seed=seed)
        session = open_session(settings)
        conduct(session, settings, enough=lambda run: bool(departures(run)))
    results = session.run.results
    first = min(departures(session.run), key=lambda each: results.first_failed[each], default=None)
    return None if first is None else Found(*first, results.requests)


@contextmanager
def _served(name: str) -> Iterator[str]:
    """The URL of a server that answers, with whose key the environment's requests are signed."""
    words = ["-m", "benchmarks.liars.servers", name, "--secret-id", _ID, "--secret-key", _KEY]
    pair = {"TENCENTCLOUD_SECRET_ID": _ID, "TENCENTCLOUD_SECRET_KEY": _KEY, "TENCENTCLOUD_TOKEN": ""}
    with (
        mock.patch.dict("os.environ", pair),
        subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()
