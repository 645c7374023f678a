"""Twists: the ways in which a request is delivered otherwise than plainly, each by a name. Pure.

A twist is written `name` or `name=argument`. Those of the first kind change what is signed, so that the signature is
right for what is sent; those of the second change the request after it was signed. The verdict never reads them: it is
made of the bytes that came out. One that has nothing to change says so: else a plain request would be sent in its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.exchange.draft import Draft, Form, Sender, draft, sign
from conformance.exchange.draft_twists import BEFORE
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.sent_twists import AFTER

__all__ = ["TWISTS", "Twist", "twisted"]


@dataclass(frozen=True, slots=True)
class Twist:
    """One way to deliver a request otherwise.

    Attributes:
        name: as it is written.
        about: what it does, to be read after "the request is sent …".
        before: changes the draft before it is signed.
        after: changes the request after it is signed.
    """

    name: str
    about: str
    before: Callable[[Draft, str], None] | None = None
    after: Callable[[HttpRequest, str], HttpRequest] | None = None


def twisted(  # noqa: PLR0917 -- those of `draft`, and the twists
    request: Request, sender: Sender, form: Form, timestamp: int, nonce: int, twists: Iterable[str]
) -> HttpRequest:
    """A signed HTTP request with twists.

    Raises:
        ValueError: as `draft`; or there is no such twist, or it can't be applied to this request.
    """
    made = draft(request, sender, form, timestamp, nonce)
    chosen = [(_of(each), each.partition("=")[2]) for each in twists]
    for twist, argument in chosen:
        if twist.before is not None:
            with _naming(twist, argument):
                twist.before(made, argument)
    http = sign(made)
    for twist, argument in chosen:
        if twist.after is not None:
            with _naming(twist, argument):
                http = twist.after(http, argument)
    return http


@contextmanager
def _naming(twist: Twist, argument: str) -> Iterator[None]:
    """Whatever a twist can't do with its argument, or with this request, is a ValueError that says so."""
    try:
        yield
    except (ValueError, LookupError, TypeError, OverflowError, ZeroDivisionError) as error:
        raise ValueError(f"the twist {twist.name}={argument} can't be applied: {error}") from error


def _of(written: str) -> Twist:
    name = written.partition("=")[0]
    if name not in TWISTS:
        raise ValueError(f"there is no twist {name!r}")
    return TWISTS[name]


TWISTS: dict[str, Twist] = {
    **{name: Twist(name, about, before=change) for name, (about, change) in BEFORE.items()},
    **{name: Twist(name, about, after=change) for name, (about, change) in AFTER.items()},
}
