"""What was seen of a mock, and where it is kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.frameworks.beyond import BEYOND, PLAIN
from benchmarks.frameworks.mocks import Mock
from conformance.contract import CLAUSES
from conformance.judging.results import Failure
from conformance.report.model import report_of
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session

__all__ = ["Seen", "look_at", "read", "write"]

_FILE = Path(__file__).parent / "seen.json"
_ORDER = {each.id: at for at, each in enumerate(CLAUSES)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a mock.

    Attributes:
        versions: what it was made of → in which version.
        smoke: the departures that `smoke` reports, each as `CLAUSE: KIND`, in the contract's order.
        beyond: a request of `BEYOND` → its departures from the clause at which it is aimed.
    """

    versions: dict[str, str]
    smoke: list[str]
    beyond: dict[str, list[str]]


def look_at(mock: Mock, url: str) -> Seen:
    """Ask a mock. Raises SuiteError where it can't be judged."""
    settings = mock.settings(url)
    session = open_session(settings)
    conduct(session, settings)
    failed = [
        each for result in report_of(session, settings).clauses for group in result.failures for each in group.smallest
    ]
    session = open_session(settings)
    session.run.case(PLAIN)
    beyond = {}
    for about, case in BEYOND.items():
        beyond[about] = _written([each for each in session.run.case(case) if each.clause == case.clause])
    session.close()
    return Seen(mock.versions, _written(failed), {about: found for about, found in beyond.items() if found})


def _written(failures: list[Failure]) -> list[str]:
    pairs = {(each.clause, str(each.kind)) for each in failures}
    return [f"{clause}: {kind}" for clause, kind in sorted(pairs, key=lambda pair: (_ORDER[pair[0]], pair[1]))]


def read() -> dict[str, Seen]:
    """What was kept: the name of a mock → what was seen of it."""
    return {name: Seen(**each) for name, each in json.loads(_FILE.read_text(encoding="utf-8")).items()}


def write(seen: dict[str, Seen]) -> None:
    """Keep it."""
    text = json.dumps({name: asdict(each) for name, each in seen.items()}, indent=2)
    _FILE.write_text(f"{text}\n", encoding="utf-8")
