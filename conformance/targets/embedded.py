"""The reference emulator in this process: the HTTP target, with `responses` in the place of the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
import responses
from requests.adapters import HTTPAdapter

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import HungUpError, UnsupportedError
from conformance.emulator import Emulator
from conformance.exchange.messages import Exchange, HttpRequest
from conformance.exchange.wire import Sender
from conformance.targets import Target
from conformance.targets.direct import ENDPOINT, NO_CONNECTIONS, DirectTarget
from conformance.targets.http import HttpTarget

__all__ = ["EmbeddedTarget"]


# `responses` looks for its callbacks by method; any other is answered by nobody.
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


class _Adapter(HTTPAdapter):
    """Has a mock answer, and opens no socket. Nothing is patched: no other adapter and no other mock knows of it."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        super().__init__()
        self._answer = mock.unbound_on_send()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return self._answer(self, request, *args, **kwargs)


class EmbeddedTarget(HttpTarget):
    """An emulator that answers in process; nothing leaves it."""

    def __init__(self, emulator: Emulator, region: str = "ap-guangzhou") -> None:
        """Make a target of an emulator, whose account must be empty."""
        self._emulator = emulator
        self._mock = responses.RequestsMock()
        for method in _METHODS:
            self._mock.add_callback(method, f"{ENDPOINT}/", self._answer, content_type=None)
        sender = Sender(ENDPOINT, region, EXAMPLE_CREDENTIALS)
        super().__init__("embedded", sender, timeout=10, exclusive=True)

    def _adapter(self) -> HTTPAdapter:
        return _Adapter(self._mock)

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        for calls in (self._mock.calls, *(each.calls for each in self._mock.registered())):
            calls.reset()  # they would grow without bound
        body = request.body or b""
        headers = tuple((name, str(value)) for name, value in request.headers.items())
        http = HttpRequest(
            request.method or "", request.url or "", headers, body.encode() if isinstance(body, str) else body
        )
        answer = self._emulator.handle(http)
        return answer.status, dict(answer.headers), answer.body

    def pipelined(self, _requests: Sequence[HttpRequest]) -> list[Exchange]:
        """There is no connection."""
        raise UnsupportedError(NO_CONNECTIONS)

    def abandon(self, http: HttpRequest) -> Exchange:
        """The emulator answers, and nobody listens."""
        self._emulator.abandoned(http)
        return Exchange(http, HungUpError())

    def with_quota(self, groups: int) -> Target:
        """An emulator that behaves alike, with an empty account."""
        return DirectTarget(self._emulator.anew(groups), self.sender)
