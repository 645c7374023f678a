"""A cassette file as text: YAML that vcrpy reads, a line of JSON for each part, each with a hash of its own. Pure.

    version: 2
    provenance: {…, "hash": …}
    interactions:
    - {"request": …,
       "response": …,
       "recorded": …,
       "hash": …}
    seal: {…, "hash": …}

A hash is made of the text before it, from the brace on. The seal tells the interactions, in order, and has a digest
over their hashes and the provenance's. A file without a seal was interrupted; what it has is sound by its hashes.

Files of the first format are read as well (see `chained`), and those of other programs (see `foreign`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from conformance.base.words import cited
from conformance.exchange.cases import Case
from conformance.recording import chained, foreign
from conformance.recording.interaction import Interaction, from_values, to_values
from conformance.recording.notation import dumps, hashed, loads
from conformance.recording.provenance import Provenance

__all__ = [
    "FIRST_VERSION",
    "NOTE",
    "CassetteFile",
    "Seal",
    "entry",
    "entry_of",
    "head",
    "is_torn_at_its_beginning",
    "parsed",
    "sealed",
]

FIRST_VERSION, _VERSION = "1", "2"
# The first line.
NOTE = "# An iai-conformance cassette: don't edit it, its hashes tell. `iai-conformance run --target cassette:PATH`\n"
_HEAD = re.compile(r"version: ([12])\nprovenance: (\{.*\})\ninteractions:\n")
_HEAD_LINES = _INTERACTION_LINES = 4
_INTERACTION = re.compile(r'- (\{"request": .*,\n   "response": .*,\n   "recorded": .*),\n   "hash": "(.*)"\}(?:\n|\Z)')
_SEAL = re.compile(r"seal: (\{.*\})\n?")
_WITH_HASH = re.compile(r'(\{.*), "hash": "(.*)"\}')
_DIGITS = 4  # of each hash, by which the seal tells the interactions


@dataclass(frozen=True, slots=True)
class Seal:
    """What the seals of a whole recording's files have in common.

    Attributes:
        parts: the part that each file is about.
        account: what kind of account answered, as inferred.
        ended: "finished", or why the recording ended before.
    """

    parts: frozenset[str]
    account: str
    ended: str


@dataclass(frozen=True, slots=True)
class CassetteFile:
    """What a file holds.

    Attributes:
        version: of the format; empty for another program's.
        provenance: where it comes from; None for a plain vcrpy cassette.
        interactions: in order.
        cases: the cases that its requests belong to, by id.
        seal: None where the recording was interrupted.
        torn: what was left out at the end, in words; empty where nothing was.
    """

    version: str
    provenance: Provenance | None
    interactions: tuple[Interaction, ...]
    cases: Mapping[str, Case]
    seal: Seal | None
    torn: str = ""


# --- Writing ---------------------------------------------------------------------------------------------


def head(provenance: Provenance) -> str:
    """The beginning of a file, up to its first interaction."""
    return f"{NOTE}version: {_VERSION}\nprovenance: {_with_hash(provenance.to_values())}\ninteractions:\n"


def entry(interaction: Interaction, case: Case | None = None) -> tuple[str, str]:
    """The text of an interaction, and its hash.

    Args:
        interaction: what to write.
        case: the whole case, where this is its first interaction in the file.
    """
    values = to_values(interaction)
    recorded = values["recorded"]
    if case is not None and isinstance(recorded, dict):
        recorded["whole_case"] = case.to_line()
    return entry_of(values)


def entry_of(values: Mapping[str, object]) -> tuple[str, str]:
    """The text of an interaction's values, and its hash."""
    content = "{" + ",\n   ".join(f'"{name}": {dumps(value)}' for name, value in values.items())
    return f'- {content},\n   "hash": "{hashed(content)}"}}\n', hashed(content)


def sealed(provenance: Provenance, hashes: Sequence[str], seal: Seal) -> str:
    """The end of a file, whose interactions have these hashes."""
    values = {
        "interactions": " ".join(each[:_DIGITS] for each in hashes),
        "digest": _digest(_with_hash(provenance.to_values()), hashes),
        "files": sorted(seal.parts),
        "account": seal.account,
        "ended": seal.ended,
    }
    return f"seal: {_with_hash(values)}\n"


def _with_hash(values: Mapping[str, object]) -> str:
    content = dumps(dict(values))[:-1]
    return f'{content}, "hash": "{hashed(content)}"}}'


def _digest(provenance: str, hashes: Sequence[str]) -> str:
    return hashed("\n".join([provenance, *hashes]))


# --- Reading ---------------------------------------------------------------------------------------------


def parsed(text: str) -> CassetteFile:
    """What a file holds, its hashes checked.

    Raises:
        ValueError: it is no cassette, or was edited: the message says where, and what doesn't fit.
    """
    if is_torn_at_its_beginning(text):
        raise ValueError("its recording was interrupted before the first interaction")
    if not text.startswith(NOTE):
        found = enumerate(foreign.interactions_of(text), 1)
        return CassetteFile("", None, tuple(from_values(each, number) for number, each in found), {}, None)
    parts = _split(text)
    read = chained.checked if parts.version == FIRST_VERSION else _checked
    origin, read_interactions, end = read(parts.provenance, parts.items, parts.seal)
    cases, interactions = {}, []
    for number, values in enumerate(read_interactions, 1):
        recorded = values.get("recorded")
        if isinstance(recorded, dict) and "whole_case" in recorded:
            case = _case(recorded["whole_case"], number)
            cases[case.id] = case
        interactions.append(from_values(values, number))
    seal = _seal(end) if end is not None else None
    return CassetteFile(parts.version, Provenance.from_values(origin), tuple(interactions), cases, seal, parts.torn)


def is_torn_at_its_beginning(text: str) -> bool:
    """Whether a file ends before its first interaction, since whoever wrote it was killed then."""
    return NOTE.startswith(text) or (text.startswith(NOTE) and text.count("\n") < _HEAD_LINES)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A file in pieces: the text of each, and the hash of each interaction."""

    version: str
    provenance: str
    items: list[tuple[str, str]]
    seal: str = ""
    torn: str = ""


def _split(text: str) -> _Parts:
    """The pieces of a file in this suite's own form. Raises ValueError where it was edited so that there are none."""
    begun = _HEAD.match(text, len(NOTE))
    if begun is None:
        raise ValueError(_why_no_head(text[len(NOTE) :].partition("\n")[0]))
    items: list[tuple[str, str]] = []
    place = begun.end()
    while (item := _INTERACTION.match(text, place)) is not None:
        items.append((f"{item[1]}}}", item[2]))
        place = item.end()
    rest, line = text[place:], text.count("\n", 0, place) + 1
    if (end := _SEAL.fullmatch(rest)) is not None:
        return _Parts(begun[1], begun[2], items, end[1])
    if rest.count("\n") >= _INTERACTION_LINES or rest.endswith("}\n"):
        what = "its seal" if rest.startswith("seal: ") else f"interaction {len(items) + 1}"
        raise ValueError(f"{what} was edited, or what stands behind it: line {line} isn't as it was written")
    return _Parts(begun[1], begun[2], items, torn="its end was torn off in the middle, and is left out" if rest else "")


def _why_no_head(version: str) -> str:
    if version.startswith("version: ") and version not in {f"version: {FIRST_VERSION}", f"version: {_VERSION}"}:
        return f"it has {cited(version.replace(':', ''))}, this suite reads version {_VERSION}: record it anew"
    return "it was edited: its provenance isn't where it belongs"


def _checked(
    provenance: str, items: Sequence[tuple[str, str]], seal: str
) -> tuple[object, list[dict[str, object]], object | None]:
    """The values of a file's parts: provenance, interactions, and the seal, None where there is none.

    Args:
        provenance: as text.
        items: text and hash of each interaction.
        seal: as text; empty where there is none.

    Raises:
        ValueError: a hash doesn't fit: the message says whose.
    """
    known = _without_hash(provenance, "its provenance")
    interactions = []
    for number, (text, found) in enumerate(items, 1):
        if found != (expected := hashed(text[:-1])):
            raise ValueError(
                f"interaction {number} was edited: its hash is {cited(found, 12)}, its content makes {expected[:12]}…"
            )
        interactions.append(_mapping(loads(text), f"interaction {number}"))
    if not seal:
        return known, interactions, None
    ended = _without_hash(seal, "its seal")
    _compare(str(ended.get("interactions")).split(), [found[:_DIGITS] for _, found in items])
    if ended.get("digest") != _digest(provenance, [found for _, found in items]):
        raise ValueError("its seal is that of other interactions, or of another provenance")
    return known, interactions, ended


def _compare(recorded: Sequence[str], found: Sequence[str]) -> None:
    """Raise ValueError that tells the first interaction which isn't the one of which the seal speaks."""
    for number, (one, other) in enumerate(zip_longest(recorded, found), 1):
        if one != other:
            raise ValueError(
                f"interaction {number} isn't the one that was recorded there: one was taken out, put in or moved; its "
                f"seal is that of {len(recorded)} interactions, and it has {len(found)}"
            )


def _without_hash(text: str, what: str) -> dict[str, object]:
    match = _WITH_HASH.fullmatch(text)
    if match is None or hashed(match[1]) != match[2]:
        raise ValueError(f"{what} was edited: its hash isn't that of its content")
    return _mapping(loads(f"{match[1]}}}"), what)


def _case(line: object, number: int) -> Case:
    try:
        return Case.from_line(str(line))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"interaction {number} has a case that can't be read: {cited(str(error), 200)}") from error


def _seal(values: object) -> Seal:
    found = _mapping(values, "its seal")
    try:
        files = found["files"]
        parts = frozenset(files if isinstance(files, list | dict) else ())  # the first format has hashes by them
        return Seal(parts, str(found["account"]), str(found["ended"]))
    except (LookupError, TypeError) as error:
        raise ValueError(f"its seal lacks {error}, or has it in another form") from error


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object")  # noqa: TRY004 -- a mistake in a file, not in a program
    return value
