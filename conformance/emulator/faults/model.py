"""What a fault is: an edit of the emulator's behaviour, with a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.emulator.behaviour import Behaviour

__all__ = ["Fault", "Spoil", "put"]

Spoil = Callable[[Behaviour], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A departure from the page.

    Attributes:
        name: as it is switched on.
        about: what is wrong, in a few words.
        clauses: ids of the clauses that it breaks; a run must name one of them.
        spoil: edits the behaviour.
    """

    name: str
    about: str
    clauses: tuple[str, ...]
    spoil: Spoil


def put(attribute: str, value: object) -> Spoil:
    """A fault that gives one attribute of the behaviour another value."""
    return lambda behaviour: setattr(behaviour, attribute, value)
