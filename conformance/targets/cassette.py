"""Recorded interactions as a target: no socket, and never an answer to anything else than what was recorded."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conformance.cassettes.interaction import HUNG_UP, Interaction, fingerprint
from conformance.cassettes.provenance import Kind
from conformance.cassettes.shelf import Recording
from conformance.errors import NotRecordedError, TransportError
from conformance.messages import Answer, HttpRequest, HttpResponse, Place
from conformance.salt import Salts
from conformance.signing import EXAMPLE_CREDENTIALS, Credentials
from conformance.targets import Target
from conformance.wire import Sender

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
            pair = Credentials(pair.secret_id, pair.secret_key, "recorded")
        self.name, self.recording = name, recording
        self.alone = provenance.kind is Kind.DOCUMENTATION  # nobody else is on the page
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

    def send(self, http: HttpRequest) -> HttpResponse:
        """The recorded answer. Raises NotRecordedError where there is none, and TransportError where none came."""
        found = self._played(http)
        if found is None:
            raise NotRecordedError
        if isinstance(found.answer, TransportError):
            raise found.answer
        return found.answer

    def together(self, requests: Sequence[HttpRequest]) -> list[Answer]:
        """The recorded answers. Raises NotRecordedError where one is absent."""
        found = [self._played(each) for each in requests]
        if any(each is None for each in found):
            raise NotRecordedError
        return [each.answer for each in found if each is not None]

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Answer] | None:
        """The recorded answers, up to the first that didn't come; None where there was no connection for them."""
        found = [self._played(each) for each in requests]
        if all(each is None for each in found):
            return None
        answers: list[Answer] = []
        for each in found:
            if each is None or isinstance(each.answer, TransportError):
                break
            answers.append(each.answer)
        return answers

    def abandon(self, http: HttpRequest) -> bool:
        """Whether the connection was cut then."""
        found = self._played(http)
        if found is not None and isinstance(found.answer, TransportError) and str(found.answer) != HUNG_UP:
            raise found.answer
        return found is not None

    def with_quota(self, groups: int) -> Target | None:
        """Another account's traffic would belong to another recording."""
        del groups
        return None

    def close(self) -> None:
        """Nothing to let go of."""
