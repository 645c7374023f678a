"""What a fault is: an edit of the emulator's behaviour, with a name; and the edits of which faults are made.

An edit wraps what it finds, so that two at one place both count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.emulator.behaviour import Behaviour, Reply
from conformance.exchange.cases import Step
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request

__all__ = [
    "Fault", "Spoil", "all_of", "arriving", "compared", "finishing", "listing", "put", "reading", "recoded", "refusing",
    "wrap",
]  # fmt: skip

Spoil = Callable[[Behaviour], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A departure from the page.

    Attributes:
        name: as it is switched on.
        about: what is wrong, in a few words.
        clauses: ids of the clauses that it breaks; a run must name one of them.
        spoil: edits the behaviour.
        subject: the parameter that it is about; "" for none, or several.
        witness: the smallest requests that show it; none where its clauses' own requests do.
    """

    name: str
    about: str
    clauses: tuple[str, ...]
    spoil: Spoil
    subject: str = ""
    witness: tuple[Step, ...] = ()


def put(attribute: str, value: object) -> Spoil:
    """Give one attribute of the behaviour another value, whatever it was."""
    return lambda behaviour: setattr(behaviour, attribute, value)


def wrap(attribute: str, make: Callable[[Any], object]) -> Spoil:
    """Give one attribute of the behaviour a value that is made of what it was."""
    return lambda behaviour: setattr(behaviour, attribute, make(getattr(behaviour, attribute)))


def all_of(*spoils: Spoil) -> Spoil:
    """One edit after the other."""

    def spoil(behaviour: Behaviour) -> None:
        for each in spoils:
            each(behaviour)

    return spoil


def arriving(change: Callable[[HttpRequest], HttpRequest]) -> Spoil:
    """Look at something else than what was sent."""
    return wrap("arrive", lambda arrive: lambda http: change(arrive(http)))


def reading(change: Callable[[HttpRequest], HttpRequest]) -> Spoil:
    """Read something else than what was signed."""
    return wrap("read", lambda read: lambda http: change(read(http)))


def compared(attribute: str, change: Callable[[str], str]) -> Spoil:
    """Compare what is made of an id or a name (`id_key`, `name_key`), instead of the text."""
    return wrap(attribute, lambda key: lambda text: change(key(text)))


def listing(choose: Callable[[list[Any]], list[Any]]) -> Spoil:
    """List what is chosen of the groups."""
    return wrap("listed", lambda listed: lambda groups: choose(listed(groups)))


def recoded(code: str, other: str) -> Spoil:
    """Refuse with another code than this one."""
    return wrap("recode", lambda recode: lambda given: other if recode(given) == code else recode(given))


def refusing(test: Callable[[Request], bool], code: str) -> Spoil:
    """Refuse what passes a test, before anything else is looked at."""
    return wrap("refuse", lambda refuse: lambda request: refuse(request) or (code if test(request) else None))


def finishing(change: Callable[[Reply], object], when: Callable[[Reply], bool] = lambda _reply: True) -> Spoil:
    """Change every answer that `when` chooses, once it is made; bytes aren't looked into any more."""

    def make(finish: Callable[[Request, Reply], Reply]) -> Callable[[Request, Reply], Reply]:
        def finished(request: Request, reply: Reply) -> Reply:
            reply = finish(request, reply)
            if not isinstance(reply.body, bytes) and when(reply):
                change(reply)
            return reply

        return finished

    return wrap("finish", make)
