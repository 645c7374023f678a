"""The contract: what the documentation says, as typed tables and nothing else.

Every fact from the documentation lives here and nowhere else; strategies, validator, emulator and reports read it.
"""

from __future__ import annotations

from importlib.resources import files

from conformance.contract.alphabets import IDS, NAMES, Alphabet, CharacterClass
from conformance.contract.clauses import CLAUSE, CLAUSES
from conformance.contract.codes import CODES, COMMON_CODES, PAGE_CODES, THROTTLED
from conformance.contract.examples import EXAMPLES
from conformance.contract.model import (
    VARIES,
    Citation,
    Clause,
    CodeKind,
    ErrorCode,
    Example,
    Gate,
    Level,
    NotCheckable,
    Reading,
    Rule,
    Strength,
    Unit,
    Value,
)
from conformance.contract.readings import DEFAULTS, READING, READINGS
from conformance.contract.statements import HEADINGS, NOT_CHECKABLE

__all__ = [
    "ACTION",
    "CLAUSE",
    "CLAUSES",
    "CODES",
    "COMMON_CODES",
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
    "SERVICE",
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
    "clauses_of",
    "limit_of",
    "page_lines",
]

SERVICE = "iai"
ACTION = "CreateGroup"
VERSION = "2020-03-03"

# In the order of the page.
PARAMETERS: tuple[str, ...] = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")

_BY_SUBJECT: dict[str, tuple[Clause, ...]] = {
    subject: tuple(each for each in CLAUSES if each.subject == subject)
    for subject in {each.subject for each in CLAUSES}
}


def clauses_of(subject: str) -> tuple[Clause, ...]:
    """The clauses on a subject ("GroupName", "GroupExDescriptions[]", "Request", "Response"), in checking order."""
    return _BY_SUBJECT[subject]


def limit_of(clause: str) -> int:
    """The most that a clause on whole requests takes, in bytes or seconds. Raises ValueError for one without a limit."""
    rule = CLAUSE[clause].rule
    if not isinstance(rule, Gate) or rule.limit is None:
        raise ValueError(f"{clause} has no limit of sizes or times")
    return rule.limit.amount


def page_lines() -> list[str]:
    """The documentation page, line by line (line n of a citation is item n - 1)."""
    return files(__name__).joinpath("page.zh.txt").read_text(encoding="utf-8").splitlines()
