"""HTTP messages as values: what is sent and what comes back, down to the bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from conformance.base.errors import TransportError

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, whatever the case of its name; None where there is none."""
    wanted = name.lower()
    for each, value in headers:  # asked some fifty times of each request: no generator
        if each.lower() == wanted:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a run a request belongs. It is never sent; a recording finds its answers by it.

    Attributes:
        case: the case's id.
        salt: what the case's markers were replaced with.
        step: which of its steps, from 0.
        copy: which of the step's copies, from 0.
        at: when it was made, in seconds since 1970; two places are the same whenever that was.
    """

    case: str
    salt: str
    step: int = 0
    copy: int = 0
    at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """A request as it goes over the wire. Its `repr` shows nothing in which a key or a signature may stand.

    Attributes:
        method: as sent ("POST").
        url: absolute, with the query exactly as sent.
        headers: in order; Host among them where it was signed.
        body: the bytes.
        place: where in a run it belongs; None where it is nobody's case. No part of what is sent, or compared.
    """

    method: str
    url: str
    headers: Headers
    body: bytes = b""
    place: Place | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        where = re.sub("//[^/?]*@", "//", self.url.partition("?")[0])
        return f"<{self.method} {where}, {len(self.headers)} headers, {len(self.body)} bytes>"

    @property
    def query(self) -> str:
        """The query as sent, without its question mark."""
        return self.url.partition("?")[2]

    @property
    def host(self) -> str:
        """The Host header, else the host and port of the URL."""
        return header(self.headers, "Host") or self.url.partition("//")[2].partition("/")[0].partition("?")[0]


@dataclass(frozen=True, slots=True, repr=False)
class HttpResponse:
    """An answer as it came over the wire. Its `repr` shows nothing of it: it may quote the request.

    Attributes:
        status: the HTTP status.
        headers: in order.
        body: the bytes.
    """

    status: int
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"<HTTP {self.status}, {len(self.headers)} headers, {len(self.body)} bytes>"


# An answer, or why there is none.
Answer = HttpResponse | TransportError


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was really sent, and what came of it.

    Attributes:
        sent: the request as it left; not always as it was asked for, where others write the bytes.
        answer: what came; or why nothing did.
    """

    sent: HttpRequest
    answer: Answer
