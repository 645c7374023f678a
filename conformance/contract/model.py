"""The types in which the contract is written: clauses, rules, citations, codes, readings, examples.

Values only. Nothing here knows a transport, a test framework or Hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from conformance.contract.alphabets import Alphabet


class Strength(StrEnum):
    """How firmly a clause stands in the documentation."""

    MUST = "must"
    UNSPECIFIED = "unspecified"
    FINDING = "finding"  # no document backs what users rely on


class Unit(StrEnum):
    """What a length counts."""

    CHARACTERS = "characters"
    BYTES = "bytes"


class Level(StrEnum):
    """How far a clause reaches: what of a target it looks at, and so what may be left out of a run."""

    PARAMETERS = "parameters"
    ENVELOPE = "envelope"
    AUTHENTICATION = "authentication"
    PROTOCOL = "protocol"
    STATE = "state"
    CONCURRENCY = "concurrency"


class CodeKind(StrEnum):
    """What an error code speaks of, and so whether a request can provoke it."""

    PARAMETERS = "parameters"
    ACCOUNT_STATE = "account state"
    ACCOUNT_STANDING = "account standing"
    PLATFORM = "platform"
    OTHER_ACTION = "not of this action"


@dataclass(frozen=True, slots=True)
class Citation:
    """The deciding words and where they stand.

    Attributes:
        quote: verbatim words of the source.
        line: 1-based line of the action's page; None where the platform's own documentation is quoted.
        source: "page" for the action's page, else the name of the platform document.
    """

    quote: str
    line: int | None = None
    source: str = "page"

    def __str__(self) -> str:
        where = f"page, line {self.line}" if self.line is not None else self.source
        return f"“{self.quote}” ({where})"


# --- The closed set of rules ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Required:
    """The parameter must be there."""


@dataclass(frozen=True, slots=True)
class Optional:
    """The parameter may be left out: a permission, which no request can break."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The parameter is a String, or an Array of String."""

    kind: Literal["String", "Array of String"]


@dataclass(frozen=True, slots=True)
class MinLength:
    """A text has at least `limit` units. With limit 0 it is a permission: empty text is accepted."""

    limit: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class MaxLength:
    """A text has at most `limit` units."""

    limit: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Charset:
    """Every character of a text belongs to the alphabet."""

    alphabet: Alphabet


@dataclass(frozen=True, slots=True)
class MaxItems:
    """A list has at most `limit` items."""

    limit: int


@dataclass(frozen=True, slots=True)
class DistinctItems:
    """No item of a list is repeated."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of those listed."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenVersions:
    """Which of the documented versions an account may still choose, by its age.

    Attributes:
        closed: value of the reading `account-age` → versions which such an account may not choose.
    """

    closed: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Default:
    """What an absent parameter means, by the account's age.

    Attributes:
        version: value of the reading `account-age` → the version that is taken.
    """

    version: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unique:
    """No two groups of the account share the value."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A rule on the request as a whole, told apart by name in the validator."""

    name: Literal["unknown", "doubled", "null", "empty-list", "order"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule on the answer; the judge has the check of this name."""

    check: str


class Measure(StrEnum):
    """What a limit on whole requests counts, in the words of the documents."""

    KB = "KB"
    MB = "MB"
    MINUTES = "分钟"


_IN_ONE = {Measure.KB: 1024, Measure.MB: 1024 * 1024, Measure.MINUTES: 60}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of something, as the documents write it."""

    number: int
    measure: Measure

    @property
    def amount(self) -> int:
        """In bytes or seconds; the documents don't say whether a KB has 1000 bytes or 1024."""
        return self.number * _IN_ONE[self.measure]


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule of the platform's gateway on an HTTP request, told apart by the clause's id in `gateway.py`.

    Attributes:
        permits: whether it is a permission, which no request can break.
        limit: the most that it takes, where it is about a size or a time.
    """

    permits: bool = False
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A rule on what requests do to the account or to a connection: seen by comparing several answers."""


Rule = (
    Required
    | Optional
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
    | Answer
    | Gate
    | Effect
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One testable statement of the documentation.

    Attributes:
        id: stable name, `<subject>.<aspect>`; the same in tests, reports and command line.
        subject: the parameter, "GroupExDescriptions[]" for its elements, "Request" or "Response".
        rule: what is stated.
        citations: the words that state it.
        codes: the error codes that answer a violation; with `reading`, the one that it chooses (or one that it lacks).
        strength: must, or unspecified where the page is silent.
        reading: id of the reading whose values are the codes; None where the code is certain.
        part_of: ids of the clauses of which this one is a case, where a request alone doesn't tell it from them.
        needs: what a target must have for the clause to be seen: sister actions, "connection", "small quota".
    """

    id: str
    subject: str
    rule: Rule
    citations: tuple[Citation, ...]
    codes: tuple[str, ...] = ()
    strength: Strength = Strength.MUST
    reading: str | None = None
    part_of: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """What of a target the clause looks at."""
        if isinstance(self.rule, Unique):
            return Level.STATE
        return _LEVELS.get(self.subject, Level.PARAMETERS)

    @property
    def parameter(self) -> str:
        """The parameter the clause speaks of, without the brackets of an element."""
        return self.subject.removesuffix("[]")

    @property
    def of_elements(self) -> bool:
        """Whether the clause speaks of the elements of a list."""
        return self.subject.endswith("[]")

    @property
    def breakable(self) -> bool:
        """Whether some request can break the clause (a permission and a rule on answers can't be)."""
        match self.rule:
            case Optional() | Default() | Answer() | Whole() | Effect() | Gate(permits=True):
                return False
            case MinLength(limit=limit):
                return limit > 0
            case _:
                return True

    @property
    def breakable_alone(self) -> bool:
        """Whether one value can break it on any account: sameness needs others, an open version the account's age."""
        return self.breakable and not isinstance(self.rule, Unique | OpenVersions | Gate)


_LEVELS = {
    "Response": Level.ENVELOPE,
    "Authentication": Level.AUTHENTICATION,
    "Protocol": Level.PROTOCOL,
    "State": Level.STATE,
    "Concurrency": Level.CONCURRENCY,
}


@dataclass(frozen=True, slots=True)
class Value:
    """One way to take a point that the page leaves open.

    Attributes:
        name: as it is written on the command line and in reports.
        why: why the page allows it.
        code: the error code it stands for, where the point is which code answers.
    """

    name: str
    why: str
    code: str | None = None

    @classmethod
    def of_codes(cls, *codes: tuple[str, str, str]) -> tuple[Value, ...]:
        """Values that are codes: (name, code, why)."""
        return tuple(cls(name, why, code) for name, code, why in codes)


# The value of a reading under which each of the others may be seen, now one and now another.
VARIES = "varies"


@dataclass(frozen=True, slots=True)
class Reading:
    """A point on which the page is ambiguous or silent, with the ways to take it; the likeliest first.

    Attributes:
        id: stable name.
        clause: id of the clause whose words leave it open; a target that needs two values breaks that clause.
        question: the point, as a question.
        values: the possible answers; the reference emulator's default is the first.
        told_apart_by: the request whose answer settles it.
    """

    id: str
    clause: str
    question: str
    values: tuple[Value, ...]
    told_apart_by: str

    @property
    def names(self) -> frozenset[str]:
        """The names of all values."""
        return frozenset(value.name for value in self.values)

    def code(self, name: str) -> str:
        """The error code behind a value. Raises KeyError where the value stands for none."""
        for value in self.values:
            if value.name == name and value.code is not None:
                return value.code
        raise KeyError(f"{self.id}={name} stands for no code")


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A documented error code.

    Attributes:
        code: as in `Response.Error.Code`.
        message: the documented text (Chinese).
        kind: what it speaks of.
        line: 1-based line of the action's page; None for one of the platform's common codes.
    """

    code: str
    message: str
    kind: CodeKind
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One of the exchanges printed on the page.

    Attributes:
        title: its heading.
        parameters: the request's own parameters, in the printed order (arrays gathered).
        response: the value of `Response` as printed.
        line: 1-based line of its heading.
    """

    title: str
    parameters: tuple[tuple[str, str | tuple[str, ...]], ...]
    response: Mapping[str, object]
    line: int


@dataclass(frozen=True, slots=True)
class NotCheckable:
    """Words of the page that no request to this action can test, and why."""

    citation: Citation
    reason: str
