"""What a request's values can mean: null, doubled, blank or a text for a list can be taken in several ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from conformance.contract import CLAUSE, PARAMETERS, READING
from conformance.exchange.request import Request
from conformance.oracle.findings import Breach, Finding, by_reading, when
from conformance.oracle.prediction import EVERYWHERE, Box, meet
from conformance.oracle.world import World

__all__ = ["Mark", "Meaning", "Understood", "understand"]


class Mark(Enum):
    """What stands in the place of a value that isn't one."""

    ABSENT = "absent"
    MISTYPED = "mistyped"
    REFUSED = "refused"  # already answered by another clause: nothing more to say of it


Meaning = str | list["str | Mark"] | Mark


@dataclass(frozen=True, slots=True)
class Understood:
    """One way to understand the request as a whole."""

    box: Box
    meanings: dict[str, Meaning]
    refusals: tuple[Finding, ...] = ()


def understand(request: Request, world: World) -> Iterator[Understood]:
    """Every consistent way to understand the request's values."""
    ways = [Understood(world.known, {})]
    for name in PARAMETERS:
        meanings = list(_meanings(name, request))
        ways = [
            Understood(both, {**way.meanings, name: meaning}, way.refusals + refusals)
            for way in ways
            for box, meaning, refusals in meanings
            if (both := meet(way.box, box)) is not None
        ]
    yield from ways


_Way = tuple[Box, Meaning, tuple[Finding, ...]]


def _meanings(name: str, request: Request) -> Iterator[_Way]:
    """The ways to understand what a request gives for one parameter."""
    values = request.values(name)
    if not values:
        yield EVERYWHERE, Mark.ABSENT, ()
    elif len(values) == 1:
        yield from _of_value(name, values[0], textual=request.textual)
    else:
        doubled = CLAUSE["Request.doubled-parameter"]
        for reading, value in (("last", values[-1]), ("first", values[0])):
            for box, meaning, refusals in _of_value(name, value, textual=request.textual):
                both = meet(when("doubled-parameter", reading), box)
                assert both is not None  # noqa: S101 -- no meaning of a single value depends on doubling
                yield both, meaning, refusals
        # A strict reader of JSON takes it for no JSON at all.
        code = READING["doubled-parameter"].code("refused")
        refusal = Finding(doubled, (), (Breach(code), *by_reading("malformed-body-code")))
        yield when("doubled-parameter", "refused"), Mark.REFUSED, (refusal,)


def _of_value(name: str, value: object, *, textual: bool) -> Iterator[_Way]:
    """The ways to understand one value."""
    match value:
        case None:
            yield when("null-parameter", "absent"), Mark.ABSENT, ()
            yield when("null-parameter", "refused"), Mark.MISTYPED, ()
        case "" if textual:
            yield when("form-empty-text", "absent"), Mark.ABSENT, ()
            for box, meaning, refusals in _of_value(name, value, textual=False):
                both = meet(when("form-empty-text", "empty"), box)
                if both is not None:
                    yield both, meaning, refusals
        case str() if name == "GroupExDescriptions":
            yield when("text-for-list", "refused"), Mark.MISTYPED, ()
            yield when("text-for-list", "one-item"), [value], ()
            code = READING["text-for-list"].code("UnknownParameter")
            refusal = Finding(CLAUSE["GroupExDescriptions.type"], (), (Breach(code),))
            yield when("text-for-list", "UnknownParameter"), Mark.REFUSED, (refusal,)
        case "" if name == "FaceModelVersion":
            yield when("empty-face-model-version", "default"), Mark.ABSENT, ()
            yield when("empty-face-model-version", "FaceModelVersionIllegal", "ErrorParameterEmpty"), value, ()
        case str() if value.isspace() and f"{name}.required" in CLAUSE:
            yield when("blank-required", "text"), value, ()
            yield when("blank-required", "empty"), "", ()
        case str():
            yield EVERYWHERE, value, ()
        case list() if name == "GroupExDescriptions":
            yield from _of_list(value)
        case _:
            yield EVERYWHERE, Mark.MISTYPED, ()


def _of_list(items: list[object]) -> Iterator[_Way]:
    """The ways to understand a list: an item that is null may be a wrong type, empty or nothing."""
    typed: list[str | Mark | None] = [
        each if each is None or isinstance(each, str) else Mark.MISTYPED for each in items
    ]
    present: list[str | Mark] = [each for each in typed if each is not None]
    if len(present) == len(typed):
        yield EVERYWHERE, present, ()
        return
    yield when("null-description", "refused"), [Mark.MISTYPED if each is None else each for each in typed], ()
    yield when("null-description", "empty"), ["" if each is None else each for each in typed], ()
    yield when("null-description", "dropped"), present, ()
