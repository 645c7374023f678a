"""A target whose every exchange is recorded; serially, whatever is sent at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from conformance.base.errors import TransportError
from conformance.exchange.cases import Case
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse, Place
from conformance.judging.world_updates import requested_id
from conformance.recording.interaction import HUNG_UP
from conformance.recording.writer import Writer
from conformance.targets import Target

__all__ = ["RecordingTarget"]


class RecordingTarget:
    """Another target, and a writer of what it answers; see `Target`."""

    def __init__(self, target: Target, writer: Writer, case_of: Callable[[Place], Case]) -> None:
        """Make a target of a target.

        Args:
            target: what answers.
            writer: where it is written.
            case_of: the case at a place of the run.
        """
        self.name, self.sender, self.alone = target.name, target.sender, False
        self._target, self._writer, self._case_of = target, writer, case_of

    def _write(self, http: HttpRequest, answer: Answer) -> None:
        # When it was signed, not when it was sent: made again at that time, it has the same bytes.
        at = http.place.at if http.place is not None else time.time()
        case = self._case_of(http.place) if http.place is not None else None
        self._writer.write(http, answer, at, case, requested_id(http))

    def send(self, http: HttpRequest) -> HttpResponse:
        """The target's answer, recorded. Raises TransportError, recorded as well; and RecordingError."""
        try:
            answer = self._target.send(http)
        except TransportError as error:
            self._write(http, error)
            raise
        self._write(http, answer)
        return answer

    def together(self, requests: Sequence[HttpRequest]) -> list[Answer]:
        """The target's answers, recorded one after the other once all are there."""
        answers = self._target.together(requests)
        for http, answer in zip(requests, answers, strict=True):
            self._write(http, answer)
        return answers

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Answer] | None:
        """The target's answers; for those that didn't come, that they didn't."""
        answers = self._target.pipelined(requests)
        if answers is None:
            return None
        for http, answer in zip(requests, answers, strict=False):
            self._write(http, answer)
        for http in requests[len(answers) :]:
            self._write(http, TransportError("the connection was closed before its answer", closed=True))
        return answers

    def abandon(self, http: HttpRequest) -> bool:
        """Whether the connection was cut; if so, that is recorded."""
        try:
            hung_up = self._target.abandon(http)
        except TransportError as error:
            self._write(http, error)
            raise
        if hung_up:
            self._write(http, TransportError(HUNG_UP))
        return hung_up

    def with_quota(self, groups: int) -> Target | None:
        """Another account's traffic would belong to another recording."""
        del groups
        return None

    def close(self) -> None:
        """Let go of both; a recording that wasn't finished stays as it is."""
        self._target.close()
        self._writer.close()
