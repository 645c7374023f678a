"""One mistake switched on in the server, and what `smoke` says of it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from conformance.report.ending import exit_code
from conformance.report.model import Report, report_of
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

__all__ = ["Found", "found"]

_SERVER = Path(__file__).parent / "server" / "server.py"
_KEY = {"TENCENTCLOUD_SECRET_ID": "somebody", "TENCENTCLOUD_SECRET_KEY": "some-key"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a run tells of a server.

    Attributes:
        clauses: the clauses that failed, in the order in which they are shown.
        exit_code: of the run.
    """

    clauses: tuple[str, ...]
    exit_code: int

    def rank(self, named: tuple[str, ...]) -> int | None:
        """Where the first of some clauses is shown, from 1; None where none is."""
        return next((place for place, each in enumerate(self.clauses, 1) if each in named), None)


def found(mistake: str, *only: str) -> Found:
    """What `smoke` says of the server with a mistake; without one, where it is empty.

    Args:
        mistake: its name.
        only: clauses to which the run is limited; none for all.
    """
    report = _report(mistake, only)
    shown = dict.fromkeys(each.clause.id for each, _ in report.findings)
    return Found(tuple(shown), exit_code(report))


def _report(mistake: str, only: tuple[str, ...]) -> Report:
    with _served(mistake) as url, mock.patch.dict("os.environ", {**_KEY, "TENCENTCLOUD_TOKEN": ""}):
        settings = Settings(target=url, profile="smoke", only=only)
        session = open_session(settings)
        conduct(session, settings)
        return report_of(session, settings)


@contextlib.contextmanager
def _served(mistake: str) -> Iterator[str]:
    """The address of the server, with a mistake, as long as it is needed."""
    key = ["--secret-id", *list(_KEY.values())[:1], "--secret-key", *list(_KEY.values())[1:]]
    command = [sys.executable, str(_SERVER), "--port", "0", *key, "--mistake", mistake]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
