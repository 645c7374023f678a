"""What was seen of a call to a client: what arrived at the server, what was given, and what the driver says. Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.base.credentials import Credentials, Secret
from conformance.exchange.calls import Call, CallCase
from conformance.exchange.driver_protocol import Hello, Result, Unsupported
from conformance.exchange.messages import HttpRequest, HttpResponse

__all__ = ["TOKEN", "Arrival", "Ended", "ObservedCall", "ObservedCase"]

# Of temporary credentials, wherever a call is to be made with some.
TOKEN = Secret("token-of-temporary-credentials")


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """A request that arrived at the server.

    Attributes:
        http: what it says.
        raw: its bytes, as they came.
        at: seconds since the call was asked for.
        play: id of what was played at it.
        given: the answer that was written, as its headers say it; None where none was.
        whole: whether all of that was written, and the connection left to the client.
        taken: bytes of an answer without end that the client took.
        elsewhere: whether it came to the other host, to which only a redirection leads.
        created: whether it made a group.
        named: whether it has the words that belong to this call.
    """

    http: HttpRequest
    raw: bytes
    at: float
    play: str
    given: HttpResponse | None = None
    whole: bool = True
    taken: int = 0
    elsewhere: bool = False
    created: bool = False
    named: bool = True


class Ended(StrEnum):
    """How a call ended without a word of the driver."""

    LATE = "late"  # no result within the deadline: the driver was stopped
    CRASHED = "crashed"  # the driver ended
    GARBLED = "garbled"  # what it wrote is no result of this call


@dataclass(frozen=True, slots=True, repr=False)
class ObservedCall:
    """A call and all that was seen of it.

    Attributes:
        call: with its markers replaced.
        arrivals: the requests that arrived for it, in order.
        outcome: what the driver says; or how the call ended without a word.
        told: what there is to know of an end without a word: the exit code, the line that can't be read.
        seconds: until the driver said something, or was stopped.
        stray: lines on the driver's standard output that are no messages.
        after: the server's clock when it was over, in seconds since 1970.
        asked: whether the driver was asked at all: not where its hello says that it can't.
    """

    call: Call
    arrivals: tuple[Arrival, ...]
    outcome: Result | Unsupported | Ended
    told: str = ""
    seconds: float = 0.0
    stray: tuple[str, ...] = ()
    after: float = 0.0
    asked: bool = True

    @property
    def result(self) -> Result | None:
        """What the driver says came of it; None where it says nothing of the kind."""
        return self.outcome if isinstance(self.outcome, Result) else None


@dataclass(frozen=True, slots=True, repr=False)
class ObservedCase:
    """A case and what was seen of its calls.

    Attributes:
        case: the template.
        salt: what its markers were replaced with.
        calls: those that were made; the rest couldn't be, once a driver had said no.
        hello: what the driver said it can do.
        credentials: with which the calls were signed.
        region: for which they were.
    """

    case: CallCase
    salt: str
    calls: Sequence[ObservedCall]
    hello: Hello
    credentials: Credentials
    region: str

    def credentials_of(self, call: ObservedCall) -> Credentials:
        """With which a call was to be signed."""
        return replace(self.credentials, token=TOKEN) if call.call.token else self.credentials
