"""The occasion of a request: what a service may know when one has come. Faults show on some occasions alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from conformance.emulator.account import ReferenceAccount
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.request import Request
from conformance.exchange.wire import UndecodableError, decode, envelope, received

__all__ = ["History", "Holds", "Occasion"]


@dataclass(frozen=True)
class Occasion:
    """What is known when a request has come, before anything of it is checked.

    Attributes:
        http: as it came.
        number: how many requests have come, this one counted.
        on_connection: how many have come on its connection, this one counted.
        connections: how many connections there were, its own counted.
        seconds: since the first request.
        now: seconds since 1970.
        groups: how many groups the account has.
        others: how many other requests are at hand.
        last_code: the error code of the last answer; "" where that was a success, None where there was none.
        last_size: the bytes of the last request's body.
        refused: the ids and names that stood in requests that were refused.
        deleted: the ids and names of groups that were deleted.
    """

    http: HttpRequest
    number: int
    on_connection: int
    connections: int
    seconds: float
    now: float
    groups: int
    others: int
    last_code: str | None
    last_size: int
    refused: frozenset[str]
    deleted: frozenset[str]

    @cached_property
    def request(self) -> Request:
        """What is asked, as far as it can be read; else nothing."""
        try:
            return decode(received(self.http))
        except UndecodableError:
            return Request((), action="")

    def texts(self, name: str) -> list[str]:
        """The texts that are given for a parameter, those of its list too."""
        values = self.request.values(name)
        items = [one for each in values for one in (each if isinstance(each, list) else [each])]
        return [each for each in items if isinstance(each, str)]

    @property
    def identities(self) -> frozenset[str]:
        """The ids and the names that are given."""
        return frozenset({*self.texts("GroupId"), *self.texts("GroupName")})


# Whether something holds on an occasion.
Holds = Callable[[Occasion], bool]


@dataclass
class History:
    """What an emulator remembers of the requests that came."""

    number: int = 0
    connections: int = 0
    since: float | None = None
    at_hand: int = 0
    last_code: str | None = None
    last_size: int = 0
    refused: set[str] = field(default_factory=set)
    _on_connection: dict[object, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a request is at hand."""
        with self._lock:
            self.at_hand += 1
        try:
            yield
        finally:
            with self._lock:
                self.at_hand -= 1

    def occasion(self, http: HttpRequest, connection: object, now: float, account: ReferenceAccount) -> Occasion:
        """The occasion of a request that has come now."""
        with self._lock:
            self.number += 1
            self.since = now if self.since is None else self.since
            if connection not in self._on_connection:
                self.connections += 1
            on_connection = self._on_connection[connection] = self._on_connection.get(connection, 0) + 1
            if (header(http.headers, "Connection") or "").lower() == "close":
                del self._on_connection[connection]
        return Occasion(
            http=http, number=self.number, on_connection=on_connection, connections=self.connections,
            seconds=now - self.since, now=now, groups=len(account.groups), others=self.at_hand - 1,
            last_code=self.last_code, last_size=self.last_size, refused=frozenset(self.refused),
            deleted=frozenset({*account.deleted_ids, *account.deleted_names}),
        )  # fmt: skip

    def note(self, occasion: Occasion, answer: HttpResponse) -> None:
        """Remember how a request was answered."""
        code = envelope(answer).code
        with self._lock:
            self.last_code, self.last_size = code or "", len(occasion.http.body)
            if code and occasion.request.action == "CreateGroup":
                self.refused |= occasion.identities
