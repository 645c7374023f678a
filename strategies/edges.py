"""The edges of each clause: values just inside and just outside, derived from the contract's limits.

Deterministic, and without Hypothesis: the smoke cases are made of these, and the strategies draw from them.
Values are templates (see `conformance.exchange.salt`): GroupName and GroupId carry a salt that fits their length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from conformance.contract import Alphabet, Clause, Unit, clauses_of, surely_kept
from conformance.contract.rules import (
    AnswerRule,
    Charset,
    Default,
    DistinctItems,
    Effect,
    Gate,
    Handling,
    MaxItems,
    MaxLength,
    MayBeAbsent,
    MinLength,
    OneOf,
    OpenVersions,
    Required,
    Typed,
    Unique,
    Whole,
)
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_LENGTH, fill_value, salted
from conformance.strategies.characters import (
    CONTROLS,
    HAN_EDGES,
    RARE,
    UNSETTLED_SAMPLES,
    odd_characters,
    outside_printable,
    taken_together,
)

__all__ = ["ABSENT", "Edge", "breaking", "keeping", "keeps_all", "requests_with", "unsettled"]


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()

_SALTED = frozenset({"GroupName", "GroupId"})
_ANY_SALT = "confabcdefghij"
_ODD_RANKS = {"Han": 0, "newline": 1, "lone high surrogate": 0, "emoji": 2, "null": 3}
_RANK_OF_CONTROLS = 3
# Of which a byte, and two, keep no more than what a short text has.
_FAR_BEYOND = (1029, 65_541)
_LONG = 1000
_NEAR_MISSES = (
    "3", "2", "1.0", "4.0", "2.5", "3.1", "3.00", "03.0", "3.0.0", "3.0 ", " 3.0", "3.0\n", "3,0", "3.0a", "v3.0",
    "30", "3.", "\uff13.0", "\u0663.0", "2.0,3.0", "latest",
)  # fmt: skip
_FALSY: tuple[object, ...] = (0, False, {})


@dataclass(frozen=True, slots=True)
class Edge:
    """A value at the edge of a clause.

    Attributes:
        about: what is special about it, in a few words.
        value: a template; `ABSENT` where the parameter is left out.
        rank: 0 for the most telling.
    """

    about: str
    value: object
    rank: int = 1


def _text(clause: Clause, length: int, *, han: bool = False) -> str:
    """A text of exactly that many characters, with a salt where the parameter must be unique."""
    if clause.subject in _SALTED:
        return salted(length, han=han)
    if length > _LONG:
        return f"<salt:{length}>"
    return ("中" if han else "x") * length


def _of_one_kind(clause: Clause, length: int) -> Iterator[tuple[str, str]]:
    """Texts of that many characters of one kind, which some don't count."""
    yield "of digits", f"<digits:{length}>"
    stem = SALT if clause.subject in _SALTED else ""
    yield (
        "of signs",
        stem + "-_" * ((length - len(stem and _ANY_SALT)) // 2) + "-" * ((length - len(stem and _ANY_SALT)) % 2),
    )


def _around(clause: Clause, character: str, place: str) -> str:
    """A short legal text with one other character in some place."""
    stem = SALT if clause.subject in _SALTED else "xy"
    match place:
        case "first":
            return character + stem
        case "last":
            return stem + character
        case _:
            return stem + character + "z"


def keeps_all(subject: str, template: object) -> bool:
    """Whether what a template makes keeps each clause on a subject, under every reading."""
    return surely_kept(subject, fill_value(template, _ANY_SALT))


def keeping(clause: Clause) -> Iterator[Edge]:
    """Values that keep a clause at its edge, and each other clause on the same subject.

    Of a text or a list, whole values of the parameter; for a clause on elements, values of one element.
    """
    return (each for each in _inside(clause) if keeps_all(clause.subject, each.value))


def _inside(clause: Clause) -> Iterator[Edge]:
    match clause.rule:
        case Required() | Typed():
            return
        case MayBeAbsent() | Default():
            yield Edge("absent", ABSENT, 0)
        case MinLength(limit=0):
            yield Edge("empty", "", 0)
        case MinLength(limit=limit):
            yield Edge("shortest", _text(clause, limit), 0)
            if clause.subject != "GroupId":
                yield Edge("shortest, Han", _text(clause, limit, han=True))
        case MaxLength(limit=limit, unit=unit):
            yield Edge("longest", _text(clause, limit), 0)
            yield Edge("one less than the longest", _text(clause, limit - 1))
            if unit is Unit.CHARACTERS:
                yield Edge("longest, in Han", _text(clause, limit, han=True), 0)
                yield Edge("half the longest, in Han", _text(clause, limit // 2, han=True), 5)
        case Charset(alphabet=alphabet):
            yield from _whole_alphabet(clause, alphabet)
        case MaxItems(limit=limit):
            yield Edge("as many as allowed", [f"x{each}" for each in range(limit)], 0)
            yield Edge("one", ["x"])
        case DistinctItems():
            yield Edge("alike but for the end", ["xy", "xyz", "yx"])
            yield Edge("alike but for width", ["x", "xx", "xxx"])
        case OneOf(values=values):
            yield from (Edge(f"“{each}”", each, 0) for each in values)
        case OpenVersions(closed=closed):
            yield from (Edge(f"“{each}”", each, 0) for versions in closed.values() for each in versions)
        case Unique() | Whole() | AnswerRule() | Gate() | Effect() | Handling():
            return
        case _:
            assert_never(clause.rule)


def breaking(clause: Clause) -> Iterator[Edge]:
    """Values that break a clause and, as far as one value can, no other."""
    match clause.rule:
        case Required():
            yield Edge("absent", ABSENT, 0)
        case Typed(kind=kind):
            yield from _mistyped(kind)
            legal = (each.rule.values for each in clauses_of(clause.subject) if isinstance(each.rule, OneOf))
            yield from (Edge("a list of what is legal", [each], 1) for each, *_ in legal)
        case MinLength(limit=limit):
            if limit:
                yield Edge("empty", "", 0)
        case MaxLength(limit=limit, unit=unit):
            yield Edge("one more than the longest", _text(clause, limit + 1), 0)
            yield Edge("two more than the longest", _text(clause, limit + 2), 5)
            if unit is Unit.CHARACTERS:
                yield Edge("one more than the longest, in Han", _text(clause, limit + 1, han=True))
            yield Edge("twice the longest", _text(clause, 2 * limit), 2)
            yield from (
                Edge(f"one more than the longest, {kind}", text, 3) for kind, text in _of_one_kind(clause, limit + 1)
            )
            yield from (Edge(f"{length} characters", _text(clause, length), 3) for length in _FAR_BEYOND)
        case Charset(alphabet=alphabet):
            yield from _outside(clause, alphabet)
        case MaxItems(limit=limit):
            yield from (
                Edge(f"{count} items", [f"x{each}" for each in range(count)], rank)
                for count, rank in ((limit + 1, 0), (limit + 2, 1), (2 * limit, 2), (100, 3))
            )
        case DistinctItems():
            yield Edge("two alike", ["x", "x"], 0)
            yield Edge("first and last alike", ["x", "y", "z", "w", "x"], 0)
            yield Edge("the last two alike", ["x", "y", "z", "w", "w"])
            yield Edge("the first two of three alike", ["x", "x", "y"])
            yield Edge("two alike, in Han", ["学号", "学号"])
            yield Edge("two alike, of thirty characters", ["班级" * 15, "班级" * 15], 3)
            yield Edge("the second and the fourth alike, in Han", ["x", "学号", "y", "学号", "z"], 3)
            yield Edge("five alike", ["x"] * 5, 2)
        case OneOf():
            yield from (Edge(f"“{each}”", each, rank // 4) for rank, each in enumerate(_NEAR_MISSES))
        case (
            MayBeAbsent()
            | Default()
            | OpenVersions()
            | Unique()
            | Whole()
            | AnswerRule()
            | Gate()
            | Effect()
            | Handling()
        ):
            return
        case _:
            assert_never(clause.rule)


def requests_with(clause: Clause, edge: Edge, *, everywhere: bool = False) -> Iterator[Request]:
    """The requests that put an edge's value into an otherwise plain one; an element's, `everywhere` in a list."""
    parameters: dict[str, object] = {"GroupName": SALT, "GroupId": SALT}
    if edge.value is ABSENT:
        yield Request.of({name: value for name, value in parameters.items() if name != clause.parameter})
        return
    values = [edge.value]
    if clause.of_elements:
        value = edge.value
        values = [[value]]
        if everywhere:
            values += [["a", "b", value], [value, "a", "b"], ["a", "b", value, "c", "d"]]
    yield from (Request.of({**parameters, clause.parameter: each}) for each in values)


def _whole_alphabet(clause: Clause, alphabet: Alphabet) -> Iterator[Edge]:
    """Texts that together have every ASCII character of an alphabet, and the edges of Han."""
    (longest,) = (each.rule.limit for each in clauses_of(clause.subject) if isinstance(each.rule, MaxLength))
    stem = SALT if clause.subject in _SALTED else ""
    room = longest - (SALT_LENGTH if stem else 0)
    for number, start in enumerate(range(0, len(alphabet.ascii), room), 1):
        part = alphabet.ascii[start : start + room]
        yield Edge(f"part {number} of the alphabet's ASCII characters", stem + part, 0)
        yield Edge(f"the same backwards, {number}", part[::-1] + stem, 6)
    if alphabet.han:
        yield Edge("edges of Han", stem + "".join(HAN_EDGES), 0)
    for mark in sorted(each for each in alphabet.ascii if not each.isalnum()):
        yield Edge(f"“{mark}” first and last", mark + (stem or "x") + mark, 3)
    yield Edge("digits first", f"0123456789{stem}", 3)
    if stem:
        yield Edge("digits alone", "<digits:20>", 3)


def _outside(clause: Clause, alphabet: Alphabet) -> Iterator[Edge]:
    for rank, character in enumerate(outside_printable(alphabet)):
        yield Edge(f"“{character}” within", _around(clause, character, "within"), 0 if rank == 0 else 2 + rank // 16)
    for character in (" ", "!"):
        yield Edge(f"“{character}” first", _around(clause, character, "first"), 1)
        yield Edge(f"“{character}” last", _around(clause, character, "last"), 1)
    for rank, (name, characters) in enumerate(odd_characters(alphabet).items()):
        place = "last" if name == "newline" else "within"
        usual = _RANK_OF_CONTROLS if name in CONTROLS else 4 + rank // 8
        yield Edge(f"{name} {place}", _around(clause, characters, place), _ODD_RANKS.get(name, usual))
    for why, text in taken_together(alphabet).items():
        yield Edge(f"what is {why}, within", _around(clause, text, "within"), 1)
    yield Edge("newline first", _around(clause, "\n", "first"), 5)
    yield Edge("on the second of two lines", f"{_around(clause, chr(10), 'last')}!", 5)
    yield Edge("on the first of two lines", f"!{_around(clause, chr(10), 'first')}", 5)


def unsettled(clause: Clause) -> Iterator[tuple[str, Edge]]:
    """For each reading on what an alphabet covers, values that tell its values apart: (reading, edge)."""
    if isinstance(clause.rule, Charset):
        for each in clause.rule.alphabet.unsettled:
            for rank, character in enumerate(UNSETTLED_SAMPLES.get(each.reading, ())):
                telling = 2 + 3 * (rank + (each.reading in RARE))
                yield each.reading, Edge(f"U+{ord(character):04X}", _around(clause, character, "within"), telling)


def _mistyped(kind: str) -> Iterator[Edge]:
    """JSON values of another type; and of those some that many languages take for absent, or for the right one."""
    yield Edge("a number", 5, 0)
    yield Edge("true", True, 1)
    yield Edge("an object", {"a": "b"}, 1)
    if kind == "String":
        yield Edge("a list", ["x"], 1)
        yield Edge("a fraction", 3.0, 2)
        yield from (Edge(f"{value!r}", value, 1) for value in (*_FALSY, []))
    elif kind == "Array of String":
        yield from (Edge(f"{value!r}", value, 1) for value in _FALSY)
