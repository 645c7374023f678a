"""The closed set of kinds of rules: what a clause can state.

Where a judgement depends on a reading, a field of the rule holds its id, and here it is said which values it knows;
which code answers is told by `Clause.reading`. A field that is None stands for a point on which nothing is unclear.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Literal

from conformance.contract.alphabets import Alphabet


class Unit(StrEnum):
    """What a length counts."""

    CHARACTERS = "characters"
    BYTES = "bytes"


class Stage(IntEnum):
    """When a rule is looked at, in any of the orders of checks that services commonly have."""

    SHAPE = 0
    CONTENT = 1
    STATE = 2


def utf16_units(text: str) -> int:
    """The length of a text where a character outside the basic plane counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Rule:
    """What all kinds of rules have."""

    __slots__ = ()
    stage: ClassVar[Stage] = Stage.CONTENT

    def surely_kept_by(self, value: object) -> bool:  # noqa: ARG002 -- of most rules no value has anything to say
        """Whether a text or a list keeps the rule under every reading; one of which it says nothing does."""
        return True


class Plain(_Rule, ABC):
    """A rule on the values of one type, on which nothing is unclear: `surely_kept_by` says all that there is to say."""

    __slots__ = ()
    speaks_of: ClassVar[type] = str

    @abstractmethod
    def surely_kept_by(self, value: object) -> bool:
        """Whether a value keeps the rule; one of another type does."""


@dataclass(frozen=True, slots=True)
class Required(_Rule):
    """The parameter must be there."""

    stage = Stage.SHAPE


@dataclass(frozen=True, slots=True)
class MayBeAbsent(_Rule):
    """The parameter may be left out: a permission, which no request can break."""


@dataclass(frozen=True, slots=True)
class Typed(_Rule):
    """The parameter is a String, or an Array of String.

    Attributes:
        kind: which.
        null: reading on JSON null: `absent` (of an item: `dropped`), `empty` or `refused`.
        empty_in_form: reading on an empty text in a form or a query: `absent` or `empty`.
        blank: reading on a text of white space alone: `text` or `empty`.
        one_text: reading on a text where a list belongs: `refused`, `one-item`, or a code as for an unknown parameter.
    """

    kind: Literal["String", "Array of String"]
    null: str
    empty_in_form: str | None = None
    blank: str | None = None
    one_text: str | None = None
    stage = Stage.SHAPE


@dataclass(frozen=True, slots=True)
class MinLength(_Rule):
    """A text has at least `limit` units. With limit 0 it is a permission: empty text is accepted."""

    limit: int
    unit: Unit

    def surely_kept_by(self, value: object) -> bool:
        """Of one unit or none, which is all that the page asks for, characters and bytes are the same."""
        return not isinstance(value, str) or len(value) >= self.limit


@dataclass(frozen=True, slots=True)
class MaxLength(_Rule):
    """A text has at most `limit` units.

    Attributes:
        limit: how many.
        unit: what is counted.
        counting: reading on what one character is: `code-points` or `utf16-units`.
    """

    limit: int
    unit: Unit
    counting: str | None = None

    def surely_kept_by(self, value: object) -> bool:
        """However characters are counted."""
        if not isinstance(value, str):
            return True
        if self.unit is Unit.BYTES:
            return len(value.encode("utf-8", "surrogatepass")) <= self.limit
        return (len(value) if self.counting is None else utf16_units(value)) <= self.limit


@dataclass(frozen=True, slots=True)
class Charset(_Rule):
    """Every character of a text belongs to the alphabet.

    Attributes:
        alphabet: it knows the readings on the characters that it may have.
        surrogate: reading whose values tell the code for a lone surrogate; one without a code, that of the clause.
    """

    alphabet: Alphabet
    surrogate: str

    def surely_kept_by(self, value: object) -> bool:
        """By the characters that are surely of the alphabet."""
        return not isinstance(value, str) or self.alphabet.certain(value)


@dataclass(frozen=True, slots=True)
class MaxItems(Plain):
    """A list has at most `limit` items."""

    limit: int
    speaks_of = list

    def surely_kept_by(self, value: object) -> bool:
        """By their number."""
        return not isinstance(value, list) or len(value) <= self.limit


@dataclass(frozen=True, slots=True)
class DistinctItems(_Rule):
    """No item of a list is repeated.

    Attributes:
        case: reading on items that differ in letter case alone: `sensitive` or `insensitive`.
    """

    case: str

    def surely_kept_by(self, value: object) -> bool:
        """By texts that differ in more than letter case."""
        texts = [each.lower() for each in value if isinstance(each, str)] if isinstance(value, list) else []
        return len(set(texts)) == len(texts)


@dataclass(frozen=True, slots=True)
class OneOf(_Rule):
    """The value is one of those listed.

    Attributes:
        values: the list.
        empty: reading on an empty text: values that stand for codes, and others by which it is as good as absent.
    """

    values: tuple[str, ...]
    empty: str | None = None

    def surely_kept_by(self, value: object) -> bool:
        """By what is listed."""
        return not isinstance(value, str) or value in self.values


@dataclass(frozen=True, slots=True)
class OpenVersions(_Rule):
    """Which of the documented versions an account may still choose, by its age.

    Attributes:
        age: the reading on the account's age.
        closed: value of that reading → versions which such an account may not choose.
    """

    age: str
    closed: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Default(_Rule):
    """What an absent parameter means, by the account's age.

    Attributes:
        age: the reading on the account's age.
        version: value of that reading → the version that is taken.
    """

    age: str
    version: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unique(_Rule):
    """No two groups of the account share the value.

    Attributes:
        case: reading on values that differ in letter case alone: `sensitive` or `insensitive`.
        deletion: reading on the value of a group just deleted: `accepted`, `GroupInDeletedState` or `AlreadyExist`.
        race: reading whose codes may answer as well while several ask for the same at once.
    """

    case: str
    deletion: str
    race: str
    stage = Stage.STATE


@dataclass(frozen=True, slots=True)
class Whole(_Rule):
    """A rule on the shape of a request, told apart by name; the clause's reading has the ways to take it.

    Of `unknown` and `empty-list` it is kept under the values without a code; those of `doubled` are `last`, `first` and
    `refused`; those of `order` are the orders of checks. What `null` means is said by each `Typed`.
    """

    name: Literal["unknown", "doubled", "null", "empty-list", "order"]
    stage = Stage.SHAPE


@dataclass(frozen=True, slots=True)
class AnswerRule(_Rule):
    """A rule on the answer.

    Attributes:
        check: the judge has the check of this name.
        charset: reading on whether it names a charset: `bare` or `charset`.
    """

    check: str
    charset: str | None = None


class Measure(StrEnum):
    """What a limit on whole requests, or on the account, counts: in the words of the documents."""

    KB = "KB"
    MB = "MB"
    MINUTES = "分钟"
    TEN_THOUSAND = "万"


_IN_ONE = {Measure.KB: 1024, Measure.MB: 1024 * 1024, Measure.MINUTES: 60, Measure.TEN_THOUSAND: 10_000}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of something, as the documents write it."""

    number: int
    measure: Measure

    @property
    def amount(self) -> int:
        """In bytes, seconds or groups; the documents don't say whether a KB has 1000 bytes or 1024."""
        return self.number * _IN_ONE[self.measure]


@dataclass(frozen=True, slots=True)
class Gate(_Rule):
    """A rule of the platform's gateway on an HTTP request, told apart by the clause's id in `gateway.py`.

    Attributes:
        permits: whether it is a permission, which no request can break.
        limit: the most that it takes, where it is about a size or a time.
        at_any_time: whether it may be looked at after the action's own parameters, too.
        absent: reading with the codes for a request in which what it is about is absent; None where they are the same.
        leeway: reading on what isn't quite right and may be taken all the same: `refused`, or another value.
        code: reading that tells the code, where the clause's own tells only whether one comes.
    """

    permits: bool = False
    limit: Limit | None = None
    at_any_time: bool = False
    absent: str | None = None
    leeway: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Effect(_Rule):
    """A rule on what requests do to the account or to a connection: seen by comparing several answers.

    Attributes:
        limit: the most that an account may have, where it is about that.
    """

    limit: Limit | None = None
    stage = Stage.STATE


@dataclass(frozen=True, slots=True)
class Handling(_Rule):
    """A rule on clients: what one sends for a call, and what it makes of the answer; told apart by the clause's id."""


Rule = (
    Required
    | MayBeAbsent
    | Typed
    | MinLength
    | MaxLength
    | Charset
    | MaxItems
    | DistinctItems
    | OneOf
    | OpenVersions
    | Default
    | Unique
    | Whole
    | AnswerRule
    | Gate
    | Effect
    | Handling
)
