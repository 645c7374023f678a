"""Shapes of values, looked at before anything reads them; where one hasn't its shape is told in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.base.words import cited

__all__ = [
    "ANYTHING", "BODY", "FLAG", "TEXT", "Items", "Leaf", "Members", "Named", "Pair", "Shape", "between", "check",
    "optional", "whole",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is looked at as a whole.

    Attributes:
        about: what it must be, in words.
        fits: whether it is.
    """

    about: str
    fits: Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, and the shape of each of its items."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Pair:
    """A list of two."""

    first: Shape
    second: Shape


@dataclass(frozen=True, slots=True)
class Named:
    """An object with any names, and the shape of each value."""

    value: Shape


@dataclass(frozen=True, slots=True)
class Members:
    """An object: members that must be there, and others that may; what else is there is nobody's."""

    required: Mapping[str, Shape]
    others: Mapping[str, Shape] = field(default_factory=dict)


Shape = Leaf | Items | Pair | Named | Members


def whole(least: int, most: int) -> Leaf:
    """A whole number between two."""
    return Leaf(
        f"a whole number from {least} to {most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
    )


def between(least: float, most: float, about: str) -> Leaf:
    """A number between two."""
    return Leaf(
        about, lambda value: isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    )


def optional(shape: Leaf) -> Leaf:
    """What may be null."""
    return Leaf(f"{shape.about}, or null", lambda value: value is None or shape.fits(value))


ANYTHING = Leaf("anything", lambda _: True)
TEXT = Leaf("a text", lambda value: isinstance(value, str))
FLAG = Leaf("true or false", lambda value: isinstance(value, bool))
BODY = Leaf("a text or bytes, or null", lambda value: value is None or isinstance(value, str | bytes))


def check(value: object, shape: Shape, where: str) -> None:
    """Look whether a value has a shape.

    Args:
        value: JSON values, and bytes.
        shape: what is right.
        where: what the value is called.

    Raises:
        ValueError: it hasn't: the message says where, what stands there, and what would be right.
    """
    for problem in _problems(value, shape, where):
        raise ValueError(problem)


def _problems(value: object, shape: Shape, where: str) -> Iterator[str]:
    match shape:
        case Leaf():
            if not shape.fits(value):
                yield f"{where} is {_in_words(value)}; {shape.about} would be right"
        case Items() | Pair() if not isinstance(value, list):
            yield f"{where} is {_in_words(value)}; a list would be right"
        case Items(item=item):
            assert isinstance(value, list)  # noqa: S101 -- told above
            for place, each in enumerate(value, 1):
                yield from _problems(each, item, f"{where}[{place}]")
        case Pair():
            assert isinstance(value, list)  # noqa: S101 -- told above
            if len(value) != 2:
                yield f"{where} has {len(value)} items; two would be right"
            else:
                yield from _problems(value[0], shape.first, f"{where}[1]")
                yield from _problems(value[1], shape.second, f"{where}[2]")
        case Named() | Members() if not isinstance(value, Mapping):
            yield f"{where} is {_in_words(value)}; an object would be right"
        case Named(value=of_each):
            assert isinstance(value, Mapping)  # noqa: S101 -- told above
            for name, each in value.items():
                yield from _problems(name, TEXT, f"a name in {where}")
                yield from _problems(each, of_each, f"{where}.{cited(str(name))}")
        case Members():
            assert isinstance(value, Mapping)  # noqa: S101 -- told above
            for name in shape.required.keys() - value.keys():
                yield f"{where} lacks `{name}`"
            for name, of_member in (*shape.required.items(), *shape.others.items()):
                if name in value:
                    yield from _problems(value[name], of_member, f"{where}.{name}")


_LARGEST_SHOWN = 10**20


def _in_words(value: object) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return f"the text “{cited(value)}”"
        case bytes():
            return f"{len(value)} bytes"
        case list():
            return "a list" if value else "an empty list"
        case Mapping():
            return "an object"
        case int() if abs(value) > _LARGEST_SHOWN:
            return "a huge number"
        case _:
            return f"the number {value}"
