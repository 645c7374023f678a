"""The reference emulator over HTTP, started for one run: what a recording of it is made from."""

from __future__ import annotations

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.exchange.wire import Sender
from conformance.targets.http import HttpTarget

__all__ = ["ServedTarget"]


class ServedTarget(HttpTarget):
    """An emulator that listens on this machine until it is closed."""

    def __init__(self, emulator: Emulator, region: str, *, timeout: float) -> None:
        """Start to serve; `timeout` is in seconds."""
        self._server = Server(emulator)
        self._server.__enter__()
        super().__init__("embedded", Sender(self._server.url, region, EXAMPLE_CREDENTIALS), timeout=timeout)

    def close(self) -> None:
        """Let go of connections, and stop serving."""
        super().close()
        self._server.__exit__(None, None, None)
