"""Targets: where requests go. The only part of the suite that does I/O."""

from __future__ import annotations

from typing import Protocol

from conformance.messages import HttpRequest, HttpResponse
from conformance.wire import Sender

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

    def close(self) -> None:
        """Let go of connections."""
