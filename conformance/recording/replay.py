"""Recorded interactions as a target: no socket, and never an answer to anything else than what was recorded."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Secret
from conformance.base.errors import NotRecordedError, TransportError, UnsupportedError
from conformance.exchange.messages import Exchange, HttpRequest, Place
from conformance.exchange.salt import Salts
from conformance.exchange.wire import Sender
from conformance.recording.interaction import Interaction, fingerprint
from conformance.recording.provenance import Kind
from conformance.recording.reader import Recording
from conformance.targets import Target
from conformance.targets.direct import NO_CONNECTIONS

__all__ = ["CassetteTarget", "RecordedSalts"]


@dataclass(slots=True)
class RecordedSalts(Salts):
    """The salts of a recorded run, each for the case that had it, in the same order."""

    by_case: dict[str, deque[str]] = field(default_factory=dict)

    def of(self, case: str) -> str | None:
        """The next salt that the case had; None where there is none left."""
        left = self.by_case.get(case)
        return left.popleft() if left else None


class CassetteTarget:
    """A recording that answers; see `Target`.

    Attributes:
        recording: what answers.
        salts: those with which the cases must be filled to be found.
    """

    def __init__(self, name: str, recording: Recording) -> None:
        """Make a target of a recording."""
        provenance = recording.provenance
        pair = EXAMPLE_CREDENTIALS
        if provenance.token:  # what is signed with temporary credentials carries a token
            pair = replace(pair, token=Secret("recorded"))
        self.name, self.recording = name, recording
        self.exclusive = provenance.kind is Kind.DOCUMENTATION  # nobody else is on the page
        self.sender = Sender(provenance.endpoint, provenance.region, pair)
        self.salts = RecordedSalts(provenance.run)
        self._index: dict[tuple[Place, str], deque[int]] = defaultdict(deque)
        self._cited: dict[Place, int] = {}
        self._next = 0
        for index, each in enumerate(recording.interactions):
            place = each.request.place
            if place is None:
                continue
            self._index[place, each.fingerprint].append(index)
            salts = self.salts.by_case.setdefault(place.case, deque())
            if not salts or salts[-1] != place.salt:
                salts.append(place.salt)

    def now(self) -> float:
        """When the interaction was recorded that comes next, in seconds since 1970."""
        recorded = self.recording.interactions
        return recorded[min(self._next, len(recorded) - 1)].at if recorded else 0.0

    def cite(self, http: HttpRequest) -> str:
        """Which interaction it was that answered a request: its file, its number there and its day, in words."""
        index = self._cited.get(http.place) if http.place is not None else None
        if index is None:
            return ""
        found = self.recording.interactions[index]
        day = datetime.fromtimestamp(found.at, UTC).date()
        return f"{self.recording.files[index]}, interaction {found.number}, recorded {day}"

    def _played(self, http: HttpRequest) -> Interaction | None:
        """The next interaction that was recorded for a request; None where there is none left."""
        if http.place is None:
            return None
        left = self._index.get((http.place, fingerprint(http)))
        if not left:
            return None
        index = left.popleft()
        self._next = index + 1
        self._cited[http.place] = index
        return self.recording.interactions[index]

    def send(self, http: HttpRequest) -> Exchange:
        """The recorded answer. Raises NotRecordedError where there is none."""
        found = self._played(http)
        if found is None:
            raise NotRecordedError
        return Exchange(http, found.answer)

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The recorded answers. Raises NotRecordedError where one is absent."""
        return [self.send(each) for each in requests]

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The recorded answers; where none of them is there, there was no connection for them."""
        found = [self._played(each) for each in requests]
        if all(each is None for each in found):
            raise UnsupportedError(NO_CONNECTIONS)
        closed = TransportError("the connection was closed before its answer", closed=True)
        return [
            Exchange(http, each.answer if each is not None else closed)
            for http, each in zip(requests, found, strict=True)
        ]

    def abandon(self, http: HttpRequest) -> Exchange:
        """That the connection was cut then, or why it couldn't be."""
        found = self._played(http)
        if found is None:
            raise UnsupportedError(NO_CONNECTIONS)
        return Exchange(http, found.answer)

    def with_quota(self, groups: int) -> Target:
        """Another account's traffic would belong to another recording."""
        raise UnsupportedError(f"a recording is of one account, not of another with room for {groups} groups")

    def close(self) -> None:
        """Nothing to let go of."""
