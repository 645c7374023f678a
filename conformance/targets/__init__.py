"""Targets: where requests go. The only part of the suite that does I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.exchange.wire import Sender

__all__ = ["Target"]


class Target(Protocol):
    """Something that answers HTTP requests.

    Attributes:
        name: as the user wrote it.
        sender: who sends to it, and how it is signed.
        alone: whether nobody but this run uses the account, which was empty before.
    """

    name: str
    sender: Sender
    alone: bool

    def send(self, http: HttpRequest) -> HttpResponse:
        """The answer to a request. Raises TransportError where none comes."""

    def together(self, requests: Sequence[HttpRequest]) -> list[Answer]:
        """The answers to requests that are sent at once, each on a connection of its own."""

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Answer] | None:
        """The answers to requests that are sent on one connection before the first answer is read.

        Fewer than the requests where the connection was closed; None where the target has no connections.
        """

    def abandon(self, http: HttpRequest) -> bool:
        """Send a request and cut the connection before its answer; False where that can't be done."""

    def with_quota(self, groups: int) -> Target | None:
        """The same with another account, empty, that may have so many groups; None where there is none."""

    def close(self) -> None:
        """Let go of connections."""
