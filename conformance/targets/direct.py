"""The emulator called as a function, for volume: no HTTP library stands between the suite and it."""

from __future__ import annotations

from conformance.emulator import Emulator
from conformance.messages import HttpRequest, HttpResponse
from conformance.signing import EXAMPLE_CREDENTIALS
from conformance.targets.embedded import ENDPOINT
from conformance.wire import Sender

__all__ = ["DirectTarget"]


class DirectTarget:
    """An emulator whose account is empty; see `Target`."""

    def __init__(self, emulator: Emulator) -> None:
        """Make a target of an emulator."""
        self.name = "direct"
        self.sender = Sender(ENDPOINT, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        self.alone = True
        self._emulator = emulator

    def send(self, http: HttpRequest) -> HttpResponse:
        """The emulator's answer."""
        return self._emulator.handle(http)

    def close(self) -> None:
        """Nothing to let go of."""
