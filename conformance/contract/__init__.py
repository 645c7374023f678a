"""The contract: what the documentation says, as typed tables and nothing else.

Every fact from the documentation lives here and nowhere else; strategies, validator, emulator and reports read it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

from conformance.contract.alphabets import IDS, NAMES, Alphabet, CharacterClass
from conformance.contract.clauses import CLAUSE, CLAUSES
from conformance.contract.codes import ALSO_WRITTEN, CODES, COMMON_CODES, PAGE_CODES, THROTTLED
from conformance.contract.examples import EXAMPLES
from conformance.contract.gateway_readings import DEEP_JSON
from conformance.contract.model import (
    VARIES,
    Citation,
    Clause,
    CodeKind,
    ErrorCode,
    Example,
    Level,
    NotCheckable,
    Reading,
    Strength,
    Value,
)
from conformance.contract.readings import DEFAULTS, READING, READINGS
from conformance.contract.rules import Effect, Gate, Rule, Typed, Unit, Whole
from conformance.contract.sdk_clauses import SDK_CLAUSES
from conformance.contract.statements import HEADINGS, NOT_CHECKABLE

__all__ = [
    "ACTION",
    "ALSO_WRITTEN",
    "ARRAYS",
    "CLAUSE",
    "CLAUSES",
    "CODES",
    "COMMON_CODES",
    "DEEP_JSON",
    "DEFAULTS",
    "EXAMPLES",
    "HEADINGS",
    "IDS",
    "NAMES",
    "NOT_CHECKABLE",
    "PAGE_CODES",
    "PARAMETERS",
    "READING",
    "READINGS",
    "RESULT",
    "SDK_CLAUSES",
    "SERVICE",
    "SISTERS",
    "THROTTLED",
    "VARIES",
    "VERSION",
    "Alphabet",
    "CharacterClass",
    "Citation",
    "Clause",
    "CodeKind",
    "ErrorCode",
    "Example",
    "Level",
    "NotCheckable",
    "Reading",
    "Rule",
    "Strength",
    "Unit",
    "Value",
    "clause_on_whole",
    "clauses_of",
    "limit_of",
    "page_lines",
    "rule_of",
    "surely_kept",
]

SERVICE = "iai"
ACTION = "CreateGroup"
# The sister actions, through which its effects are seen.
SISTERS = ("DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList")
VERSION = "2020-03-03"

# In the order of the page.
PARAMETERS: tuple[str, ...] = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")
# The one that a success answers with.
RESULT = "FaceModelVersion"

_Kind = TypeVar("_Kind", bound=Rule)

_BY_SUBJECT: dict[str, tuple[Clause, ...]] = {
    subject: tuple(each for each in CLAUSES if each.subject == subject)
    for subject in {each.subject for each in CLAUSES}
}


def clauses_of(subject: str) -> tuple[Clause, ...]:
    """The clauses on a subject ("GroupName", "GroupExDescriptions[]", "Request", "Response"), in checking order."""
    return _BY_SUBJECT[subject]


def limit_of(clause: str) -> int:
    """The most that a clause takes, in bytes, seconds or groups. Raises ValueError for one without such a limit."""
    rule = CLAUSE[clause].rule
    if not isinstance(rule, Gate | Effect) or rule.limit is None:
        raise ValueError(f"{clause} has no limit of sizes or times")
    return rule.limit.amount


def rule_of(subject: str, kind: type[_Kind]) -> _Kind | None:
    """The rule of a kind on a subject; None where the page states none."""
    return next((each.rule for each in clauses_of(subject) if isinstance(each.rule, kind)), None)


def surely_kept(subject: str, value: object) -> bool:
    """Whether a text or a list keeps each clause on a subject under every reading; of a list, its elements too."""
    of_elements = value if isinstance(value, list) and f"{subject}[]" in _BY_SUBJECT else ()
    return all(each.rule.surely_kept_by(value) for each in clauses_of(subject)) and all(
        surely_kept(f"{subject}[]", each) for each in of_elements
    )


def clause_on_whole(name: str) -> Clause:
    """The clause on the shape of requests that a `Whole` of this name states."""
    (clause,) = (each for each in CLAUSES if isinstance(each.rule, Whole) and each.rule.name == name)
    return clause


# The parameters that are lists.
ARRAYS: frozenset[str] = frozenset(
    each for each in PARAMETERS if (typed := rule_of(each, Typed)) is not None and typed.kind == "Array of String"
)


def page_lines() -> list[str]:
    """The documentation page, line by line (line n of a citation is item n - 1)."""
    return files(__name__).joinpath("page.zh.txt").read_text(encoding="utf-8").splitlines()
