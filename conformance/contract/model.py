"""The types in which the contract is written: clauses, citations, codes, readings, examples.

Values only. Nothing here knows a transport, a test framework or Hypothesis.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from conformance.contract.rules import (
    AnswerRule,
    Default,
    Effect,
    Gate,
    Handling,
    MayBeAbsent,
    MinLength,
    OpenVersions,
    Rule,
    Unique,
    Whole,
)


class Strength(StrEnum):
    """How firmly a clause stands in the documentation."""

    MUST = "must"
    UNSPECIFIED = "unspecified"
    FINDING = "finding"  # no document backs what users rely on


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
        return _LEVELS.get(self.id, _LEVELS.get(self.subject, Level.PARAMETERS))

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
            case MayBeAbsent() | Default() | AnswerRule() | Whole() | Effect() | Handling() | Gate(permits=True):
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
    # Of clients, the same: whatever their clause looks at.
    "sdk.request.signature": Level.AUTHENTICATION,
    "sdk.request.common-parameters": Level.PROTOCOL,
    "sdk.request.nonce": Level.AUTHENTICATION,
    "sdk.request.once": Level.STATE,
    "sdk.answer": Level.ENVELOPE,
    "sdk.error": Level.ENVELOPE,
    "sdk.resilience": Level.PROTOCOL,
    "driver": Level.PROTOCOL,
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


@dataclass(frozen=True)
class Reading:
    """A point on which the page is ambiguous or silent, with the ways to take it; the likeliest first.

    Attributes:
        id: stable name.
        clause: id of the clause whose words leave it open; a target that needs two values breaks that clause.
        question: the point, as a question.
        values: the possible answers; the reference emulator's default is the first.
        told_apart_by: the request whose answer settles it: the parameters that it has beside a valid name and id, of
            which the smoke list then makes a case; or, where one such request isn't enough, words.
    """

    id: str
    clause: str
    question: str
    values: tuple[Value, ...]
    told_apart_by: str | Mapping[str, object]

    @property
    def settling_request(self) -> str:
        """The request whose answer settles it, in words."""
        if isinstance(self.told_apart_by, str):
            return self.told_apart_by
        return ", ".join(f"{name} = {json.dumps(it, ensure_ascii=False)}" for name, it in self.told_apart_by.items())

    @cached_property
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
