"""Requests sent at once, a thread for each, all let go at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from conformance.base.errors import TransportError
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse

__all__ = ["at_once"]


def at_once(send: Callable[[HttpRequest], HttpResponse], requests: Sequence[HttpRequest]) -> list[Answer]:
    """The answers to requests sent at once, in the order of the requests."""
    ready = threading.Barrier(len(requests))

    def sent(http: HttpRequest) -> Answer:
        ready.wait()
        try:
            return send(http)
        except TransportError as error:
            return error

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(sent, requests))
