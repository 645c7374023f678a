"""A target whose every exchange is recorded; serially, whatever is sent at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from conformance.base.errors import UnsupportedError
from conformance.exchange.cases import Case
from conformance.exchange.messages import Exchange, HttpRequest, Place
from conformance.judging.world_updates import requested_id
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
        self.name, self.sender, self.exclusive = target.name, target.sender, False
        self._target, self._writer, self._case_of = target, writer, case_of

    def _recorded(self, exchange: Exchange) -> Exchange:
        http, answer = exchange.sent, exchange.answer
        # When it was signed, not when it was sent: made again at that time, it has the same bytes.
        at = http.place.at if http.place is not None else time.time()
        case = self._case_of(http.place) if http.place is not None else None
        self._writer.write(http, answer, at, case, requested_id(http))
        return exchange

    def send(self, http: HttpRequest) -> Exchange:
        """The target's answer, recorded. Raises RecordingError."""
        return self._recorded(self._target.send(http))

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers, recorded one after the other once all are there."""
        return [self._recorded(each) for each in self._target.together(requests)]

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers; for those that didn't come, that they didn't."""
        return [self._recorded(each) for each in self._target.pipelined(requests)]

    def abandon(self, http: HttpRequest) -> Exchange:
        """That the connection was cut, or why it couldn't be."""
        return self._recorded(self._target.abandon(http))

    def with_quota(self, groups: int) -> Target:
        """Another account's traffic would belong to another recording."""
        raise UnsupportedError(f"a recording is of one account, not of another with room for {groups} groups")

    def close(self) -> None:
        """Let go of both; a recording that wasn't finished stays as it is."""
        self._target.close()
        self._writer.close()
