"""Calls: what a client is asked to do, as data. A case is a few calls in a row, and what the server plays at them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import fill_value
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form

__all__ = ["Call", "CallCase"]

# Seconds; of what waits for nothing, so long that no busy machine exceeds it.
_TIMEOUT = 10


@dataclass(frozen=True)
class Call:
    """One call of a client.

    Attributes:
        parameters: the action's, exactly as asked: an absent name is unset, None is set to nothing. A template, whose
            markers a salt fills.
        signing: how it is signed.
        method: "POST" or "GET".
        client: "new", or "kept": the client of the call before, with its connections.
        retries: "off", or "own": as the SDK does it when it is asked to.
        timeout: whole seconds that the client is to wait.
        token: whether the credentials are temporary.
        language: the value of Language; None to leave it as it is.
    """

    parameters: Mapping[str, object]
    signing: Scheme = Scheme.TC3
    method: str = "POST"
    client: str = "new"
    retries: str = "off"
    timeout: int = _TIMEOUT
    token: bool = False
    language: str | None = None

    def filled(self, salt: str) -> Call:
        """The call with its markers replaced."""
        return replace(self, parameters={name: fill_value(value, salt) for name, value in self.parameters.items()})

    @property
    def form(self) -> Form:
        """How the request is written that it should make."""
        if self.method == "GET":
            return Form.QUERY
        return Form.JSON if self.signing is Scheme.TC3 else Form.FORM

    @property
    def is_textual(self) -> bool:
        """Whether the request can say texts alone, and lists by their elements."""
        return self.form is not Form.JSON

    @property
    def step(self) -> Step:
        """The request that it should make, as a step of a case."""
        return Step(Request.of(self.parameters), self.form, self.signing)

    def to_json(self) -> dict[str, object]:
        """The call as JSON values; what is as usual is left out."""
        usual = Call({})
        written: dict[str, object] = {"parameters": dict(self.parameters)}
        for name in ("signing", "method", "client", "retries", "timeout", "token", "language"):
            if (value := getattr(self, name)) != getattr(usual, name):
                written[name] = str(value) if name == "signing" else value
        return written


@dataclass(frozen=True)
class CallCase:
    """Calls that belong together, and what the server plays.

    Attributes:
        clause: id of the clause at which it aims.
        about: what is special about it.
        calls: in order; the last is the one at issue.
        plays: what answers the requests of the last call, by the ids of plays: the first, the second, and so on; the
            last one stays. Those of the calls before are answered as they should be.
        is_slow: whether it waits for a time-out; such cases run side by side.
    """

    clause: str
    about: str
    calls: tuple[Call, ...]
    plays: tuple[str, ...] = ("as-it-is",)
    is_slow: bool = False

    @cached_property
    def id(self) -> str:
        """Ten hexadecimal digits made of the calls and of what is played."""
        content = json.dumps([[each.to_json() for each in self.calls], self.plays])
        return hashlib.sha256(content.encode()).hexdigest()[:10]

    @property
    def case(self) -> Case:
        """The requests that it should make, as a case of a run."""
        return Case(self.clause, self.about, tuple(each.step for each in self.calls))
