"""The emulator called as a function, for volume: no HTTP library stands between the suite and it."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import HungUpError, UnsupportedError
from conformance.emulator import Emulator
from conformance.exchange.messages import Exchange, HttpRequest
from conformance.exchange.wire import Sender
from conformance.targets.threads import at_once

__all__ = ["ENDPOINT", "NO_CONNECTIONS", "DirectTarget"]

# Where `iai-conformance serve` listens by default: a curl line of a failure reproduces it there.
ENDPOINT = "http://127.0.0.1:8080"
NO_CONNECTIONS = "the target has no connections of its own"


class DirectTarget:
    """An emulator whose account is empty; see `Target`."""

    def __init__(self, emulator: Emulator, sender: Sender | None = None) -> None:
        """Make a target of an emulator, sent to by somebody; or by whom it knows, where nobody is named."""
        self.name = "direct"
        self.sender = sender or Sender(ENDPOINT, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        self.exclusive = True
        self._emulator = emulator

    def send(self, http: HttpRequest) -> Exchange:
        """The emulator's answer."""
        return Exchange(http, self._emulator.handle(http))

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The emulator's answers to calls from as many threads."""
        return at_once(self.send, requests)

    def pipelined(self, _requests: Sequence[HttpRequest]) -> list[Exchange]:
        """There is no connection."""
        raise UnsupportedError(NO_CONNECTIONS)

    def abandon(self, http: HttpRequest) -> Exchange:
        """The emulator answers, and nobody listens."""
        self._emulator.abandoned(http)
        return Exchange(http, HungUpError())

    def with_quota(self, groups: int) -> DirectTarget:
        """An emulator that behaves alike, with an empty account."""
        return DirectTarget(self._emulator.anew(groups))

    def close(self) -> None:
        """Nothing to let go of."""
