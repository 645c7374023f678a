"""Records the reference emulator so that what is written of a case depends on nothing but the case.

No socket, no thread, and a clock that stands still while a case is sent: its moment, its salt and its RequestIds are
made of its id. Whoever adds a case to a list changes no line of another's.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

from conformance import __version__
from conformance.contract import VERSION
from conformance.emulator import Emulator, conforming
from conformance.exchange.cases import Case
from conformance.exchange.messages import Exchange, HttpRequest, HttpResponse, Place
from conformance.exchange.salt import SaltsByCase
from conformance.recording.provenance import Kind, Provenance
from conformance.recording.recorder import RecordingTarget
from conformance.recording.writer import Writer
from conformance.runs.run import Run
from conformance.targets.direct import DirectTarget

__all__ = ["DATE", "record"]

DATE = "2026-11-23T00:00:00+00:00"
_HOUR, _DAY = 3600, 86400  # seconds
_START = datetime.fromisoformat(DATE).astimezone(UTC).timestamp()
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://iai.tencentcloudapi.com/")


def record(folder: Path, cases: Iterable[Case], age: str) -> None:
    """Record cases, the first of which shows who is let in.

    Args:
        folder: where to; a recording that is there is replaced.
        cases: what is sent, in whatever order.
        age: the kind of account, a value of the reading `account-age`.
    """
    target = _StandingTarget(age)
    run = Run.against(target, salts=SaltsByCase())
    run.clock = lambda: target.now
    provenance = Provenance(
        kind=Kind.EMULATOR,
        endpoint=target.sender.endpoint,
        date=DATE,
        suite=__version__,
        contract=VERSION,  # not of which clauses: one more of them changes nothing here
        region=target.sender.region,
        run=run.salts.run,
        client=f"iai-conformance {__version__}",
    )
    writer = Writer(folder, lambda: provenance, target.sender.secrets, replaces=True)
    run.target = RecordingTarget(target, writer, run.case_of)
    first, *others = cases
    for moment, case in [
        (_START, first),
        *sorted(((_moment(each), each) for each in others), key=lambda each: each[0]),
    ]:
        target.now = moment
        run.case(case)
    writer.finish(" or ".join(sorted(run.ledger.possible["account-age"])))


def _moment(case: Case) -> float:
    """When a case is sent, in seconds since 1970: in the first hour where it lists groups, that they may be few."""
    lists = any(each.request.action == "GetGroupList" for each in case.steps)
    begin, end = (1, _HOUR) if lists else (_HOUR, _DAY)
    return round(_START + begin + (end - begin) * int(case.id, 16) / float(16 ** len(case.id)), 3)


class _StandingTarget(DirectTarget):
    """The emulator as a server would pass on its answers, one after the other, by a clock that is set from outside.

    Attributes:
        now: what time it is there, in seconds since 1970.
    """

    def __init__(self, age: str) -> None:
        """Make a target of an account of some age."""
        behaviour = conforming({"account-age": age})
        behaviour.request_id = self._request_id
        super().__init__(Emulator(behaviour, clock=lambda: self.now))
        self.exclusive = False  # as whoever is recorded
        self.now = _START
        self._at: Place | None = None
        self._asked: Counter[Place | None] = Counter()

    def _request_id(self) -> str:
        at = self._at
        said = f"{at.salt} {at.step} {at.copy} {self._asked[at]}" if at is not None else ""
        return str(uuid.uuid5(_NAMESPACE, said))

    def send(self, http: HttpRequest) -> Exchange:
        """The emulator's answer, with the headers that a server adds."""
        self._at = http.place
        self._asked[http.place] += 1
        answer = self._emulator.handle(http)
        date, length = formatdate(self.now, usegmt=True), str(len(answer.body))
        headers = (("Date", date), *answer.headers, ("Content-Length", length))
        return Exchange(http, HttpResponse(answer.status, headers, answer.body))

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The answers, as if the requests had come in order."""
        return [self.send(each) for each in requests]

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The answers, as on one connection."""
        return [self.send(each) for each in requests]

    def abandon(self, http: HttpRequest) -> Exchange:
        """The emulator answers, and nobody listens."""
        self._at = http.place
        return super().abandon(http)
