"""Requests sent at once, a thread for each, all let go at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from conformance.exchange.messages import Exchange, HttpRequest

__all__ = ["at_once"]


def at_once(send: Callable[[HttpRequest], Exchange], requests: Sequence[HttpRequest]) -> list[Exchange]:
    """What came of requests that were sent at once, in the order of the requests."""
    ready = threading.Barrier(len(requests))

    def sent(http: HttpRequest) -> Exchange:
        ready.wait()
        return send(http)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(sent, requests))
