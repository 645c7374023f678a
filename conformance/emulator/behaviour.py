"""How an emulator behaves: one value that readings choose from what the page allows, and faults then spoil.

Nothing here uses the validator: what the emulator does is written a second time, as a service would do it.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from conformance.contract import CLAUSE, DEFAULTS, IDS, NAMES, READING, SERVICE, VARIES, Alphabet, limit_of
from conformance.contract.rules import MaxItems, MaxLength, OneOf
from conformance.emulator.account import Key, exactly
from conformance.emulator.occasion import Holds, Occasion
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme

Readings = Mapping[str, str]
Check = Callable[[str], bool]


@dataclass
class Reply:
    """An answer before it is bytes: faults may change any of it.

    Attributes:
        status: HTTP status.
        headers: name → value.
        body: the envelope; bytes are sent as they are.
    """

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class TextCheck:
    """One thing for which a text is checked.

    Attributes:
        about: what is looked at: "length", "characters", or something else.
        passes: whether a text is taken.
        code: the code that answers one that is not.
    """

    about: str
    passes: Check
    code: str


@dataclass
class TextRule:
    """How one text is checked.

    Attributes:
        maximum: longest length that is taken, in what `measure` counts.
        measure: the length of a text.
        fits: whether its characters are taken.
        prepare: what is made of a text before anything else (a fault may trim it).
        empty_code, long_code, illegal_code: the codes that answer.
        further: what a text is checked for beside its length and its characters: name → check.
    """

    maximum: int
    measure: Callable[[str], int]
    fits: Check
    empty_code: str | None
    long_code: str
    illegal_code: str
    prepare: Callable[[str], str] = lambda text: text
    further: dict[str, TextCheck] = field(default_factory=dict)

    def checks(self) -> Iterator[TextCheck]:
        """All that a text is checked for, in order."""
        yield TextCheck("length", lambda text: self.measure(text) <= self.maximum, self.long_code)
        yield TextCheck("characters", self.fits, self.illegal_code)
        yield from self.further.values()


def _every(_request: list[str]) -> list[str]:
    return _request


def _as_sent(http: HttpRequest) -> HttpRequest:
    return http


def _no_change(_request: Request, reply: Reply) -> Reply:
    return reply


@dataclass
class Behaviour:
    """Everything in which emulators differ. Build it with `conforming`; a fault then edits it.

    Attributes:
        readings: reading id → value, for every reading.
        texts: the rule of GroupName, GroupId, Tag and GroupExDescriptions (its elements).
        required: the parameters that must be there.
        typed: the parameters whose type is checked; "GroupExDescriptions[]" for its elements.
        known: whether unknown parameters are looked for.
        max_items: most descriptions taken.
        measured, matched: the descriptions whose length, whose characters are checked.
        repeated: whether a list of descriptions repeats itself.
        repeated_code: the code for that.
        versions: whether a FaceModelVersion is one of those documented.
        version_code: the code for one that isn't.
        closed: the versions that the account may not choose; `closed_code` answers.
        default: the version of a group created without one.
        echo: version given (or None), version taken → what the answer says.
        id_key, name_key: two ids, two names are the same if their keys are.
        id_unique, name_unique: whether the uniqueness is looked after.
        id_exists_code, name_exists_code: the codes for that.
        surrogate_code: the code for a lone surrogate; None for that of the parameter.
        recode: code → code, the last word on every refusal.
        conditional: changes of the behaviour that apply on some occasions alone: whether they do → the change.
        refuse: request → code, before anything else; None to go on.
        accept: requests that are accepted whatever is wrong with them.
        unchecked: what the gateway doesn't look at; see `auth` and `gateway`.
        compares: whether a wrong signature of version 3 matters for this request.
        compared: how many digits of a signature of version 3 are compared.
        tolerance: seconds by which a timestamp may be wrong.
        services: the products that a scope may name.
        other_scheme: how a signature of version 1 is made whose method isn't HmacSHA256.
        largest: a factor on the largest sizes.
        arrive: changes a request before anything is looked at.
        read: changes a request after its signature is found right.
        action: the action that a name stands for.
        store: what is kept of a created group, by its parameters.
        pause: what happens between the look whether a group exists and its creation.
        atomic: whether one request is done before another is looked at.
        waits: whether a request waits for another to be done; else it is refused as in conflict.
        remembers: which of the names that are taken are looked through, oldest first.
        leaves: what a refused creation leaves taken: "GroupId", "GroupName", "group".
        deletion_leaves: what a deletion leaves taken.
        renaming_leaves: what a new name leaves taken.
        renaming_checks: whether a new name is compared with the others.
        listed: which of the groups are listed.
        quota: how many groups the account may have, given how many it says.
        abandoned: what a request leaves taken whose sender doesn't wait.
        request_id: a new RequestId.
        finish: the last word on every answer.
        turns: counts how often a reading that varies was taken.
    """

    readings: Readings
    texts: dict[str, TextRule]
    required: set[str]
    typed: set[str]
    max_items: int
    repeated: Callable[[list[str]], bool]
    repeated_code: str
    versions: Check
    version_code: str
    closed: frozenset[str]
    closed_code: str
    default: str
    id_key: Key
    name_key: Key
    surrogate_code: str | None
    known: bool = True
    measured: Callable[[list[str]], list[str]] = _every
    matched: Callable[[list[str]], list[str]] = _every
    echo: Callable[[str | None, str], object] = lambda _given, taken: taken
    id_unique: bool = True
    name_unique: bool = True
    id_exists_code: str = "InvalidParameterValue.GroupIdAlreadyExist"
    name_exists_code: str = "InvalidParameterValue.GroupNameAlreadyExist"
    recode: Callable[[str], str] = lambda code: code
    conditional: list[tuple[Holds, Callable[[Behaviour], None]]] = field(default_factory=list)
    refuse: Callable[[Request], str | None] = lambda _request: None
    accept: Callable[[Request], bool] = lambda _request: False
    unchecked: set[str] = field(default_factory=set)
    compares: Callable[[HttpRequest], bool] = lambda _http: True
    compared: int = 64
    tolerance: int = limit_of("Authentication.timestamp.window")
    services: frozenset[str] = frozenset({SERVICE})
    other_scheme: Scheme = Scheme.SHA1
    largest: float = 1
    arrive: Callable[[HttpRequest], HttpRequest] = _as_sent
    read: Callable[[HttpRequest], HttpRequest] = _as_sent
    action: Callable[[str], str] = lambda name: name
    store: Callable[[dict[str, Any]], dict[str, Any]] = lambda parameters: parameters
    pause: Callable[[], None] = lambda: None
    atomic: bool = True
    waits: bool = True
    remembers: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda names: names
    leaves: frozenset[str] = frozenset()
    deletion_leaves: frozenset[str] = frozenset()
    renaming_leaves: frozenset[str] = frozenset()
    renaming_checks: bool = True
    listed: Callable[[list[Any]], list[Any]] = lambda groups: groups
    quota: Callable[[int], int] = lambda groups: groups
    abandoned: frozenset[str] = frozenset()
    request_id: Callable[[], str] = lambda: str(uuid.uuid4())
    finish: Callable[[Request, Reply], Reply] = _no_change
    turns: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _changed: dict[tuple[int, ...], Behaviour] = field(default_factory=dict)

    def on(self, occasion: Occasion) -> Behaviour:
        """The behaviour on an occasion: this one, or one with the changes that apply then."""
        which = tuple(at for at, (holds, _) in enumerate(self.conditional) if holds(occasion))
        if not which:
            return self
        if which not in self._changed:
            changed = self._copy()
            for at in which:
                self.conditional[at][1](changed)
            self._changed[which] = changed
        return self._changed[which].on(occasion)  # a change may apply on some occasions alone, too

    def _copy(self) -> Behaviour:
        return replace(
            self,
            texts={name: replace(rule, further=dict(rule.further)) for name, rule in self.texts.items()},
            required=set(self.required),
            typed=set(self.typed),
            unchecked=set(self.unchecked),
            conditional=[],
            _changed={},
        )

    @property
    def overlaps(self) -> bool:
        """Whether it makes a difference that requests come at once."""
        return not self.atomic or not self.waits or self.readings["race-code"] != "AlreadyExist"

    def checks(self, what: str) -> bool:
        """Whether the gateway makes one of its checks: a fault may leave it out."""
        return what not in self.unchecked

    def chosen(self, reading: str, value: str) -> bool:
        """Whether a reading is taken so, this time."""
        return self.taken(reading) == value

    def code_of(self, reading: str) -> str:
        """The error code for which the chosen value of a reading stands, this time."""
        return self.code(reading, self.taken(reading))

    @staticmethod
    def code(reading: str, value: str) -> str:
        """The error code for which a value of a reading stands."""
        return READING[reading].code(value)

    def taken(self, reading: str) -> str:
        """How a reading is taken, this time."""
        value = self.readings[reading]
        if value != VARIES:
            return value
        others = [each.name for each in READING[reading].values if each.name != VARIES]
        return others[next(self.turns) % len(others)]


def code_points(text: str) -> int:
    """A character is a code point."""
    return len(text)


def utf16_units(text: str) -> int:
    """A character outside the basic plane counts as two."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf8_bytes(text: str) -> int:
    """The bytes of the text in UTF-8; a lone surrogate has three."""
    return len(text.encode("utf-8", "surrogatepass"))


def taken_characters(alphabet: Alphabet, readings: Readings) -> Check:
    """Whether a character is of the alphabet, as the readings take it."""

    @cache
    def fits(character: str) -> bool:
        if alphabet.certain(character):
            return True
        _, unsettled = next(alphabet.doubts(character))
        if unsettled is None:
            return False
        match readings[unsettled.reading]:
            case "accepted" | "all":
                return True
            case "some":
                return ord(character) % 2 == 0
            case _:
                return False

    return fits


def every_character(alphabet: Alphabet, readings: Readings) -> Check:
    """Whether each character of a text is of the alphabet, as the readings take it."""
    fits = taken_characters(alphabet, readings)
    return lambda text: alphabet.certain(text) or all(map(fits, text))


def longest(clause: str) -> int:
    """The longest length, or the most items, of a clause of the contract."""
    rule = CLAUSE[clause].rule
    assert isinstance(rule, MaxLength | MaxItems)  # noqa: S101 -- the contract's own table
    return rule.limit


def _same(reading: str) -> Key:
    return str.lower if reading == "insensitive" else exactly


def repeats(key: Callable[[str], str]) -> Callable[[list[str]], bool]:
    """Whether two items of a list have the same key."""
    return lambda items: len({key(each) for each in items}) < len(items)


def conforming(readings: Readings | None = None) -> Behaviour:
    """The behaviour that follows the page, with a value for each reading.

    Args:
        readings: reading id → value; the others take their likeliest.
    """
    chosen = {**DEFAULTS, **(readings or {})}
    count = utf16_units if chosen["character-unit"] == "utf16-units" else code_points
    names = every_character(NAMES, chosen)
    value = "InvalidParameterValue."

    def text(subject: str, prefix: str, empty: str | None = None) -> TextRule:
        code = READING[empty].code(chosen[empty]) if empty else None
        limit = longest(f"{subject}.length.max")
        return TextRule(limit, count, names, code, f"{value}{prefix}TooLong", f"{value}{prefix}Illegal")

    group_id = text("GroupId", "GroupId", "empty-group-id-code")
    group_id.measure, group_id.fits = utf8_bytes, IDS.certain
    documented = CLAUSE["FaceModelVersion.values"].rule
    assert isinstance(documented, OneOf)  # noqa: S101 -- the contract's own table
    age = chosen["account-age"]
    surrogate = chosen["lone-surrogate-code"]
    return Behaviour(
        readings=chosen,
        texts={
            "GroupName": text("GroupName", "GroupName", "empty-group-name-code"),
            "GroupId": group_id,
            "GroupExDescriptions": text(
                "GroupExDescriptions.element", "GroupExDescriptionsName", "empty-description-code"
            ),
            "Tag": text("Tag", "GroupTag"),
        },
        required={"GroupName", "GroupId"},
        typed={"GroupName", "GroupId", "GroupExDescriptions", "GroupExDescriptions[]", "Tag", "FaceModelVersion"},
        max_items=longest("GroupExDescriptions.count.max"),
        repeated=repeats(_same(chosen["description-case"])),
        repeated_code=READING["duplicate-description-code"].code(chosen["duplicate-description-code"]),
        versions=documented.values.__contains__,
        version_code=f"{value}FaceModelVersionIllegal",
        closed=frozenset({"2.0"} if age == "after-2020-11-26" else ()),
        closed_code=READING["closed-version-code"].code(chosen["closed-version-code"]),
        default="2.0" if age == "before-2020-04-02" else "3.0",
        id_key=_same(chosen["group-id-case"]),
        name_key=_same(chosen["group-name-case"]),
        surrogate_code=None if surrogate == "Illegal" else surrogate,
        finish=_no_change if chosen["content-type-charset"] == "bare" else _charset(chosen["content-type-charset"]),
    )


def _charset(reading: str) -> Callable[[Request, Reply], Reply]:
    """Name a charset in every answer, or in every other one."""
    numbers = itertools.count()

    def finish(_request: Request, reply: Reply) -> Reply:
        if reading == "charset" or next(numbers) % 2:
            reply.headers["Content-Type"] += "; charset=utf-8"
        return reply

    return finish


def counter(prefix: str) -> Callable[[], str]:
    """RequestIds in a row, for runs that must come out the same each time."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers):08d}"
