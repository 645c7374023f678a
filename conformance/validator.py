"""The reference validator: Request + World → Prediction. Pure; the page's rules, applied one by one.

A value is first understood (`_meanings`: null, doubled, a text for a list can mean several things), then every
clause is asked (`_find`), then the findings become outcomes (`_outcomes`): accepted if every clause is kept, else
the code of a broken clause; of which, where there are several, the page doesn't say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import assert_never

from conformance.contract import CLAUSE, CLAUSES, PARAMETERS, READING, VARIES, Alphabet, Clause, Unit
from conformance.contract.alphabets import ACCEPTED, REFUSED
from conformance.contract.model import (
    Answer,
    Charset,
    Default,
    DistinctItems,
    MaxItems,
    MaxLength,
    MinLength,
    OneOf,
    OpenVersions,
    Optional,
    Required,
    Typed,
    Unique,
    Whole,
)
from conformance.prediction import EVERYWHERE, Accepted, Allowed, Box, Outcome, Prediction, Refused, meet, meet_all
from conformance.request import Presence, Request, World

__all__ = ["predict"]


class _Mark(Enum):
    """What stands in the place of a value that isn't one."""

    ABSENT = "absent"
    MISTYPED = "mistyped"
    REFUSED = "refused"  # already answered by another clause: nothing more to say of it


Meaning = str | list["str | _Mark"] | _Mark


@dataclass(frozen=True, slots=True)
class _Breach:
    """A clause is broken under the readings of a box, and this code answers."""

    code: str
    box: Box = field(default_factory=lambda: EVERYWHERE)
    conclusive: bool = True


@dataclass(frozen=True, slots=True)
class _Finding:
    """One clause held against one meaning of the request.

    Attributes:
        clause: the clause.
        kept: the boxes in which it is kept; empty where it is broken under every reading.
        breaches: the ways in which it is broken.
        applies: whether the request had anything that the clause speaks of.
    """

    clause: Clause
    kept: tuple[Box, ...] = (EVERYWHERE,)
    breaches: tuple[_Breach, ...] = ()
    applies: bool = True


@dataclass(frozen=True, slots=True)
class _Understood:
    """One way to understand the request as a whole."""

    box: Box
    meanings: dict[str, Meaning]
    refusals: tuple[_Finding, ...] = ()


def predict(request: Request, world: World) -> Prediction:
    """The outcomes that the page allows for a CreateGroup request, each with the clauses and readings behind it.

    Args:
        request: what was sent, as the wire decodes it.
        world: what is known of the account; it is not changed.
    """
    allowed: dict[tuple[Outcome, tuple[str, ...], tuple[tuple[str, frozenset[str]], ...]], Allowed] = {}
    kept: set[str] = set()
    broken: set[str] | None = None
    breakable: set[str] = set()
    for understood in _understand(request, world):
        findings = [*understood.refusals, *_unknown(request), *_findings(understood.meanings, world)]
        for each in _outcomes(findings, understood):
            allowed.setdefault((each.outcome, each.clauses, tuple(each.readings.items())), each)
        kept |= {each.clause.id for each in findings if each.applies and each.kept}
        breakable |= {each.clause.id for each in findings if each.breaches}
        surely = {each.clause.id for each in findings if not each.kept}
        broken = surely if broken is None else broken & surely
    broken = broken or set()
    return Prediction(
        tuple(allowed.values()), frozenset(kept - breakable), frozenset(broken), frozenset(breakable - broken)
    )


# --- Understanding -------------------------------------------------------------------------------------


def _understand(request: Request, world: World) -> Iterator[_Understood]:
    """Every consistent way to understand the request's values."""
    ways = [_Understood(world.known, {})]
    for name in PARAMETERS:
        meanings = list(_meanings(name, request))
        ways = [
            _Understood(both, {**way.meanings, name: meaning}, way.refusals + refusals)
            for way in ways
            for box, meaning, refusals in meanings
            if (both := meet(way.box, box)) is not None
        ]
    yield from ways


_Way = tuple[Box, Meaning, tuple[_Finding, ...]]


def _meanings(name: str, request: Request) -> Iterator[_Way]:
    """The ways to understand what a request gives for one parameter."""
    values = request.values(name)
    if not values:
        yield EVERYWHERE, _Mark.ABSENT, ()
    elif len(values) == 1:
        yield from _of_value(name, values[0], textual=request.textual)
    else:
        doubled = CLAUSE["Request.doubled-parameter"]
        for reading, value in (("last", values[-1]), ("first", values[0])):
            for box, meaning, refusals in _of_value(name, value, textual=request.textual):
                both = meet(_when("doubled-parameter", reading), box)
                assert both is not None  # noqa: S101 -- no meaning of a single value depends on doubling
                yield both, meaning, refusals
        refusal = _Finding(doubled, (), (_Breach(READING["doubled-parameter"].code("refused")),))
        yield _when("doubled-parameter", "refused"), _Mark.REFUSED, (refusal,)


def _of_value(name: str, value: object, *, textual: bool) -> Iterator[_Way]:
    """The ways to understand one value."""
    match value:
        case None:
            yield _when("null-parameter", "absent"), _Mark.ABSENT, ()
            yield _when("null-parameter", "refused"), _Mark.MISTYPED, ()
        case "" if textual:
            yield _when("form-empty-text", "absent"), _Mark.ABSENT, ()
            for box, meaning, refusals in _of_value(name, value, textual=False):
                both = meet(_when("form-empty-text", "empty"), box)
                if both is not None:
                    yield both, meaning, refusals
        case str() if name == "GroupExDescriptions":
            yield _when("text-for-list", "refused"), _Mark.MISTYPED, ()
            yield _when("text-for-list", "one-item"), [value], ()
            code = READING["text-for-list"].code("UnknownParameter")
            refusal = _Finding(CLAUSE["GroupExDescriptions.type"], (), (_Breach(code),))
            yield _when("text-for-list", "UnknownParameter"), _Mark.REFUSED, (refusal,)
        case "" if name == "FaceModelVersion":
            yield _when("empty-face-model-version", "default"), _Mark.ABSENT, ()
            yield _when("empty-face-model-version", "FaceModelVersionIllegal", "ErrorParameterEmpty"), value, ()
        case str() if value.isspace() and f"{name}.required" in CLAUSE:
            yield _when("blank-required", "text"), value, ()
            yield _when("blank-required", "empty"), "", ()
        case str():
            yield EVERYWHERE, value, ()
        case list() if name == "GroupExDescriptions":
            yield from _of_list(value)
        case _:
            yield EVERYWHERE, _Mark.MISTYPED, ()


def _of_list(items: list[object]) -> Iterator[_Way]:
    """The ways to understand a list: an item that is null may be a wrong type, empty or nothing."""
    typed: list[str | _Mark | None] = [
        each if each is None or isinstance(each, str) else _Mark.MISTYPED for each in items
    ]
    present: list[str | _Mark] = [each for each in typed if each is not None]
    if len(present) == len(typed):
        yield EVERYWHERE, present, ()
        return
    yield _when("null-description", "refused"), [_Mark.MISTYPED if each is None else each for each in typed], ()
    yield _when("null-description", "empty"), ["" if each is None else each for each in typed], ()
    yield _when("null-description", "dropped"), present, ()


def _when(reading: str, *values: str) -> Box:
    """Under these values of a reading; and under `varies`, where it has that."""
    names = READING[reading].names
    return {reading: frozenset(values) | ({VARIES} & names)}


# --- Finding -------------------------------------------------------------------------------------------


def _unknown(request: Request) -> Iterator[_Finding]:
    """Whether the request has a parameter that the page doesn't know."""
    if any(name not in PARAMETERS for name in request.names):
        code = READING["unknown-parameter"].code("refused")
        yield _Finding(
            CLAUSE["Request.unknown-parameter"],
            (_when("unknown-parameter", "ignored"),),
            (_Breach(code, _when("unknown-parameter", "refused")),),
        )


_ORDER: dict[str, int] = {clause.id: place for place, clause in enumerate(CLAUSES)}
_CLAUSES_OF: dict[str, tuple[Clause, ...]] = {
    name: tuple(clause for clause in CLAUSES if clause.parameter == name) for name in PARAMETERS
}


def _findings(meanings: dict[str, Meaning], world: World) -> Iterator[_Finding]:
    """Every clause on the request's parameters, held against one meaning."""
    for name, meaning in meanings.items():
        for clause in _CLAUSES_OF[name]:
            if clause.of_elements:
                yield _of_elements(clause, meaning, world)
            else:
                yield _find(clause, meaning, world)


def _of_elements(clause: Clause, meaning: Meaning, world: World) -> _Finding:
    """A clause on elements, held against each of a list."""
    if not isinstance(meaning, list) or not meaning:
        return _Finding(clause, applies=False)
    kept: list[Box] = [EVERYWHERE]
    breaches: dict[tuple[str, tuple[tuple[str, frozenset[str]], ...]], _Breach] = {}
    for item in meaning:
        finding = _find(clause, item, world)
        if finding.breaches:
            kept = meet_all(kept, finding.kept)
            breaches.update(((each.code, tuple(each.box.items())), each) for each in finding.breaches)
    return _Finding(clause, tuple(kept), tuple(breaches.values()))


def _find(clause: Clause, value: Meaning, world: World) -> _Finding:
    """One clause held against one value."""
    match clause.rule:
        case Required():
            return _broken_by_reading(clause) if value is _Mark.ABSENT else _Finding(clause)
        case Optional():
            return _Finding(clause, applies=value is _Mark.ABSENT)
        case Typed():
            return (
                _broken_by_reading(clause)
                if value is _Mark.MISTYPED
                else _Finding(clause, applies=value is not _Mark.ABSENT)
            )
        case Default():
            return _Finding(clause, applies=value is _Mark.ABSENT)
        case MinLength(limit=limit) if isinstance(value, str):
            return _shortness(clause, limit, value)
        case MaxLength(limit=limit, unit=unit) if isinstance(value, str):
            return _length(clause, limit, unit, value)
        case Charset(alphabet=alphabet) if isinstance(value, str):
            return _charset(clause, alphabet, value)
        case MaxItems(limit=limit) if isinstance(value, list):
            return _broken(clause) if len(value) > limit else _Finding(clause)
        case DistinctItems() if isinstance(value, list):
            return _distinct(clause, [each for each in value if isinstance(each, str)])
        case OneOf(values=values) if isinstance(value, str):
            if value == "":
                return _broken_by_reading(clause, "empty-face-model-version")
            return _Finding(clause) if value in values else _broken(clause)
        case OpenVersions(closed=closed) if isinstance(value, str):
            ages = frozenset(age for age, versions in closed.items() if value in versions)
            if not ages:
                return _Finding(clause)
            others = READING["account-age"].names - ages
            return _broken_by_reading(clause, box={"account-age": ages}, kept=({"account-age": others},))
        case Unique() if isinstance(value, str):
            return _unique(clause, value, world)
        case Whole(name="empty-list"):
            if value != []:
                return _Finding(clause, applies=False)
            return _broken_by_reading(clause, kept=(_when("empty-description-list", "accepted"),))
        case (
            MinLength()
            | MaxLength()
            | Charset()
            | MaxItems()
            | DistinctItems()
            | OneOf()
            | OpenVersions()
            | Unique()
            | Whole()
            | Answer()
        ):
            return _Finding(clause, applies=False)  # the value is absent or of another type: nothing to say
        case _:
            assert_never(clause.rule)


def _broken(clause: Clause) -> _Finding:
    """The clause is broken, and each of its codes answers."""
    return _Finding(clause, (), tuple(_Breach(code) for code in clause.codes))


def _broken_by_reading(
    clause: Clause, reading: str | None = None, box: Box = EVERYWHERE, kept: tuple[Box, ...] = ()
) -> _Finding:
    """The clause is broken, and a reading tells the code; one of the clause's that it lacks may always come."""
    always = () if reading else clause.codes
    reading = reading or clause.reading
    assert reading is not None  # noqa: S101 -- the contract's tables name one
    by_reading = {value.code: value.name for value in READING[reading].values if value.code is not None}
    breaches = [_Breach(code, {**box, **_when(reading, name)}) for code, name in by_reading.items()]
    breaches += [_Breach(code, box) for code in always if code not in by_reading]
    return _Finding(clause, kept, tuple(breaches))


def _shortness(clause: Clause, limit: int, text: str) -> _Finding:
    if limit == 0:
        return _Finding(clause, applies=text == "")
    if text == "":
        return _broken_by_reading(clause)
    return _Finding(clause)


def _length(clause: Clause, limit: int, unit: Unit, text: str) -> _Finding:
    if unit is Unit.BYTES:
        return _broken(clause) if len(text.encode("utf-8", "surrogatepass")) > limit else _Finding(clause)
    if len(text) > limit:
        return _broken(clause)
    utf16_units = len(text) + sum(character > "\uffff" for character in text)
    if utf16_units > limit:
        breaches = tuple(_Breach(code, _when("character-unit", "utf16-units")) for code in clause.codes)
        return _Finding(clause, (_when("character-unit", "code-points"),), breaches)
    return _Finding(clause)


def _charset(clause: Clause, alphabet: Alphabet, text: str) -> _Finding:
    if alphabet.certain(text):
        return _Finding(clause)
    kept: list[Box] = [EVERYWHERE]
    breaches: list[_Breach] = []
    for character, unsettled in alphabet.doubts(text):
        if "\ud800" <= character <= "\udfff":
            kept = []
            breaches += [
                _Breach(value.code or clause.codes[0], _when("lone-surrogate-code", value.name))
                for value in READING["lone-surrogate-code"].values
            ]
        elif unsettled is None:
            kept = []
            breaches += [_Breach(code) for code in clause.codes]
        else:
            names = READING[unsettled.reading].names
            kept = meet_all(kept, ({unsettled.reading: names & ACCEPTED},))
            breaches += [_Breach(code, {unsettled.reading: names & REFUSED}) for code in clause.codes]
    return _Finding(clause, tuple(kept), tuple(breaches))


def _distinct(clause: Clause, items: list[str]) -> _Finding:
    if len(set(items)) < len(items):
        return _broken_by_reading(clause)
    if len({each.lower() for each in items}) < len(items):
        return _broken_by_reading(
            clause, box=_when("description-case", "insensitive"), kept=(_when("description-case", "sensitive"),)
        )
    return _Finding(clause)


def _unique(clause: Clause, text: str, world: World) -> _Finding:
    """A text held against those in use: the same one, those that differ in case alone, and those of strangers."""
    index = world.index(clause.parameter)
    case = "group-id-case" if clause.parameter == "GroupId" else "group-name-case"
    kept: list[Box] = [EVERYWHERE]
    breaches: list[_Breach] = []
    if (presence := index.exact.get(text)) is not None:
        kept, breaches = _held_against(presence, clause)
    elif world.may_be_foreign(text):
        breaches = [_Breach(code, conclusive=False) for code in clause.codes]
    for other in dict.fromkeys(index.others_but_for_case(text)):
        kept_too, found = _held_against(other, clause)
        kept = meet_all(kept, [_when(case, "sensitive"), *meet_all(kept_too, [_when(case, "insensitive")])])
        breaches += [
            _Breach(each.code, box, each.conclusive)
            for each in found
            for box in meet_all([each.box], [_when(case, "insensitive")])
        ]
    return _Finding(clause, tuple(kept), tuple(breaches))


def _held_against(presence: Presence, clause: Clause) -> tuple[list[Box], list[_Breach]]:
    """What follows from a group with the same text that is there, perhaps there, or was deleted just now."""
    (exists,) = clause.codes
    match presence:
        case Presence.THERE:
            return [], [_Breach(exists)]
        case Presence.PERHAPS:
            return [EVERYWHERE], [_Breach(exists, conclusive=False)]
        case Presence.DELETED:
            reading = "recreate-after-delete"
            in_deletion = READING[reading].code("GroupInDeletedState")
            return [_when(reading, "accepted")], [
                _Breach(in_deletion, _when(reading, "GroupInDeletedState")),
                _Breach(exists, _when(reading, "AlreadyExist")),
            ]
        case _:
            assert_never(presence)


# --- Outcomes ------------------------------------------------------------------------------------------


def _outcomes(findings: list[_Finding], understood: _Understood) -> Iterator[Allowed]:
    """What may come back, given what was found."""
    faulty = [each for each in findings if each.breaches]
    yield from _acceptance(faulty, understood)
    if len(faulty) < 2:
        for finding in faulty:
            yield from _refusals(finding, [understood.box])
        return
    for order, key in _ORDERS.items():
        ahead = meet_all([understood.box], [_when("check-order", order)])
        for finding in sorted(faulty, key=key):
            yield from _refusals(finding, ahead)
            if order != "other":  # in a stated order, a later clause is asked only if the earlier ones are kept
                ahead = meet_all(ahead, finding.kept)


def _acceptance(faulty: list[_Finding], understood: _Understood) -> Iterator[Allowed]:
    """Accepted, where every clause can be kept; with the model version that the request or the default names."""
    boxes: list[Box] = [understood.box]
    for finding in faulty:
        boxes = meet_all(boxes, finding.kept)
    version = understood.meanings["FaceModelVersion"]
    if isinstance(version, str):
        versions: list[tuple[str, Box, tuple[str, ...]]] = [(version, EVERYWHERE, ("FaceModelVersion.values",))]
    elif version is _Mark.ABSENT:
        versions = [(each, box, ("FaceModelVersion.default",)) for each, box in _DEFAULT_VERSIONS]
    else:
        return
    for text, when, clauses in versions:
        for box in meet_all(boxes, [when]):
            yield Allowed(Accepted(text), clauses, box)


def _default_versions() -> tuple[tuple[str, Box], ...]:
    """The versions that an absent FaceModelVersion can mean, each with the ages of account for which it does."""
    rule = CLAUSE["FaceModelVersion.default"].rule
    assert isinstance(rule, Default)  # noqa: S101 -- the contract's own table
    return tuple(
        (version, {"account-age": frozenset(age for age, each in rule.version.items() if each == version)})
        for version in sorted(set(rule.version.values()), reverse=True)
    )


_DEFAULT_VERSIONS = _default_versions()


def _refusals(finding: _Finding, boxes: list[Box]) -> Iterator[Allowed]:
    for breach in finding.breaches:
        for box in meet_all(boxes, [breach.box]):
            yield Allowed(Refused(breach.code), (finding.clause.id,), box, breach.conclusive)


def _stage(clause: Clause) -> int:
    """Shape (0) before content (1) before state (2)."""
    match clause.rule:
        case Whole() | Required() | Typed():
            return 0
        case Unique():
            return _STATE
        case _:
            return 1


_STATE = 2


def _page_order(finding: _Finding) -> tuple[int, int]:
    """The page's order; but an id in use before a name in use, as the first printed example answers."""
    stage, place = _stage(finding.clause), _ORDER[finding.clause.id]
    return stage, -place if stage == _STATE else place


def _characters_first(finding: _Finding) -> tuple[int, int, bool, int]:
    clause = finding.clause
    stage, place = _page_order(finding)
    if stage != _STATE:
        place = PARAMETERS.index(clause.parameter) if clause.parameter in PARAMETERS else -1
    return stage, place, not isinstance(clause.rule, Charset), _ORDER[clause.id]


def _reverse_order(finding: _Finding) -> tuple[int, int]:
    stage, place = _page_order(finding)
    return stage, -place


_ORDERS: dict[str, Callable[[_Finding], tuple[int, ...]]] = {
    "page": _page_order,
    "characters-first": _characters_first,
    "reverse": _reverse_order,
    "other": _page_order,
}
