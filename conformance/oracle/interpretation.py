"""What a request's values can mean: null, doubled, blank or a text for a list can be taken in several ways.

The only place that knows it: the validator judges what is meant here, and what a creation leaves is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from conformance.contract import CLAUSE, PARAMETERS, READING, clause_on_whole, rule_of
from conformance.contract.rules import OneOf, Typed
from conformance.exchange.request import Request
from conformance.oracle.findings import Breach, Finding, breaches_of, reading_of, when
from conformance.oracle.prediction import EVERYWHERE, Box, meet
from conformance.oracle.world import Group, World

__all__ = ["Interpretation", "Mark", "Meaning", "meaning_of", "understand"]


class Mark(Enum):
    """What stands in the place of a value that isn't one."""

    ABSENT = "absent"
    MISTYPED = "mistyped"
    REFUSED = "refused"  # already answered by another clause: nothing more to say of it


Meaning = str | list["str | Mark"] | Mark


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to understand a request as a whole.

    Attributes:
        box: the readings under which it is understood so.
        meanings: what each parameter means; empty where the request can't be read.
        refusals: the clauses by which it is refused for its shape alone.
        rewritten: the parameters whose list isn't taken as it stands.
    """

    box: Box
    meanings: dict[str, Meaning]
    refusals: tuple[Finding, ...] = ()
    rewritten: frozenset[str] = frozenset()

    @property
    def group(self) -> Group | None:
        """The group that a creation leaves which is understood so; None where it has no id."""
        group_id, name = self._text("GroupId"), self._text("GroupName")
        if group_id is None:
            return None
        return Group(group_id, name, self._texts("GroupExDescriptions"), self._text("Tag", absent=""))

    def _text(self, name: str, *, absent: str | None = None) -> str | None:
        """A parameter's text; None where it has none, or what its absence means."""
        meaning = self.meanings[name]
        return absent if meaning is Mark.ABSENT else meaning if isinstance(meaning, str) else None

    def _texts(self, name: str) -> tuple[str, ...] | None:
        """The texts of a list; None where some are no texts, or are empty, of which nobody says what is kept.

        Nor does anybody say it of a list that isn't taken as it stands: one with null, or a text in its place.
        """
        meaning = self.meanings[name]
        if name in self.rewritten:
            return None
        if meaning is Mark.ABSENT:
            return ()
        if not isinstance(meaning, list):
            return None
        texts = tuple(each for each in meaning if isinstance(each, str) and each)
        return texts if len(texts) == len(meaning) else None


def understand(request: Request, world: World) -> Iterator[Interpretation]:
    """Every consistent way to understand the request's values."""
    ways = [Interpretation(world.known, {})]
    for name in PARAMETERS:
        meanings = list(_meanings(name, request))
        ways = [
            Interpretation(
                both,
                {**way.meanings, name: meaning},
                way.refusals + refusals,
                way.rewritten
                | ({name} if isinstance(meaning, list) and meaning not in request.values(name) else set()),
            )
            for way in ways
            for box, meaning, refusals in meanings
            if (both := meet(way.box, box)) is not None
        ]
    yield from ways


def meaning_of(name: str, request: Request) -> Meaning | None:
    """What one parameter means; None where that can be understood in several ways."""
    meanings = [meaning for _, meaning, _ in _meanings(name, request)]
    return meanings[0] if all(each == meanings[0] for each in meanings) else None


_Way = tuple[Box, Meaning, tuple[Finding, ...]]


def _meanings(name: str, request: Request) -> Iterator[_Way]:
    """The ways to understand what a request gives for one parameter."""
    values, typed = request.values(name), rule_of(name, Typed)
    assert typed is not None  # noqa: S101 -- the contract states the type of every parameter
    if not values:
        yield EVERYWHERE, Mark.ABSENT, ()
    elif len(values) == 1:
        yield from _of_value(name, typed, values[0], textual=request.textual)
    else:
        yield from _of_several(name, typed, request)


def _of_several(name: str, typed: Typed, request: Request) -> Iterator[_Way]:
    """The ways to understand a parameter that is there several times."""
    values, doubled = request.values(name), clause_on_whole("doubled")
    reading = reading_of(doubled)
    for which, value in (("last", values[-1]), ("first", values[0])):
        for box, meaning, refusals in _of_value(name, typed, value, textual=request.textual):
            both = meet(when(reading, which), box)
            assert both is not None  # noqa: S101 -- no meaning of a single value depends on doubling
            yield both, meaning, refusals
    # A strict reader of JSON takes it for no JSON at all.
    codes = (Breach(READING[reading].code("refused")), *breaches_of(CLAUSE["Protocol.json.form"]))
    yield when(reading, "refused"), Mark.REFUSED, (Finding(doubled, (), codes),)


def _of_value(name: str, typed: Typed, value: object, *, textual: bool) -> Iterator[_Way]:
    """The ways to understand one value."""
    listed = typed.kind == "Array of String"
    match value:
        case None:
            yield when(typed.null, "absent"), Mark.ABSENT, ()
            yield when(typed.null, "refused"), Mark.MISTYPED, ()
        case "" if textual and typed.empty_in_form is not None:
            yield when(typed.empty_in_form, "absent"), Mark.ABSENT, ()
            for box, meaning, refusals in _of_value(name, typed, value, textual=False):
                both = meet(when(typed.empty_in_form, "empty"), box)
                if both is not None:
                    yield both, meaning, refusals
        case str() if listed:
            yield from _of_text_for_list(name, typed, value)
        case "" if (empty := _empty_as_absent(name)) is not None:
            as_absent, as_text = empty
            yield as_absent, Mark.ABSENT, ()
            yield as_text, value, ()
        case str() if typed.blank is not None and value.isspace():
            yield when(typed.blank, "text"), value, ()
            yield when(typed.blank, "empty"), "", ()
        case str():
            yield EVERYWHERE, value, ()
        case list() if listed:
            yield from _of_list(name, value)
        case _:
            yield EVERYWHERE, Mark.MISTYPED, ()


def _of_text_for_list(name: str, typed: Typed, text: str) -> Iterator[_Way]:
    """The ways to understand a text where a list belongs."""
    if typed.one_text is None:
        yield EVERYWHERE, Mark.MISTYPED, ()
        return
    yield when(typed.one_text, "refused"), Mark.MISTYPED, ()
    yield when(typed.one_text, "one-item"), [text], ()
    for value in READING[typed.one_text].values:
        if value.code is not None:
            refusal = Finding(CLAUSE[f"{name}.type"], (), (Breach(value.code),))
            yield when(typed.one_text, value.name), Mark.REFUSED, (refusal,)


def _empty_as_absent(name: str) -> tuple[Box, Box] | None:
    """Under which readings an empty text is as good as absent, and under which it isn't; None where it never is."""
    rule = rule_of(name, OneOf)
    if rule is None or rule.empty is None:
        return None
    values = READING[rule.empty].values
    absent, text = ([each.name for each in values if (each.code is None) is so] for so in (True, False))
    return when(rule.empty, *absent), when(rule.empty, *text)


def _of_list(name: str, items: list[object]) -> Iterator[_Way]:
    """The ways to understand a list: an item that is null may be a wrong type, empty or nothing."""
    typed: list[str | Mark | None] = [
        each if each is None or isinstance(each, str) else Mark.MISTYPED for each in items
    ]
    present: list[str | Mark] = [each for each in typed if each is not None]
    if len(present) == len(typed):
        yield EVERYWHERE, present, ()
        return
    rule = rule_of(f"{name}[]", Typed)
    assert rule is not None  # noqa: S101 -- the contract states the type of every list's elements
    yield when(rule.null, "refused"), [Mark.MISTYPED if each is None else each for each in typed], ()
    yield when(rule.null, "empty"), ["" if each is None else each for each in typed], ()
    yield when(rule.null, "dropped"), present, ()
