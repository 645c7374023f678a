"""Targets: where requests go. The only part of the suite that does I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conformance.exchange.messages import Exchange, HttpRequest
from conformance.exchange.wire import Sender

__all__ = ["Target"]


class Target(Protocol):
    """Something that answers HTTP requests, and tells what was really sent.

    What a target has no way to do raises UnsupportedError, whose message the report shows: a clause that it would only
    seem to try must not pass. Why no answer came isn't raised, it stands in the exchange; with `closed`, the request is
    sent once more. TargetUnusableError ends the run. One thread at a time calls a target.

    Attributes:
        name: as the user wrote it.
        sender: who sends to it, and how it is signed.
        exclusive: whether nobody but this run uses the account, which was empty before.
    """

    name: str
    sender: Sender
    exclusive: bool

    def send(self, http: HttpRequest) -> Exchange:
        """Send a request, and wait for its answer."""

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """Send requests at once, each on a connection of its own; one after the other is unsupported."""

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """Send requests on one connection before the first answer is read; what came of each, in their order."""

    def abandon(self, http: HttpRequest) -> Exchange:
        """Send a request and cut the connection before its answer: HungUpError, where that was done."""

    def with_quota(self, groups: int) -> Target:
        """The same with another account, empty, that may have so many groups."""

    def close(self) -> None:
        """Let go of connections."""
