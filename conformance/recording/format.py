"""A cassette file as text: YAML that vcrpy reads, a line of JSON for each part, sealed by a chain of hashes. Pure.

JSON is YAML, so that any YAML parser reads the file; this module reads it a hundred times faster as what it is. A file
that somebody else wrote goes through the YAML parser, safe loader only.

    version: 1
    provenance: {…}
    interactions:
    - {"request": …,
       "response": …,
       "recorded": …,
       "hash": …}
    seal: {…}

The hash of an interaction is made of its content and of the hash before it, the first of the provenance. The seal has
the last one of each file of the recording, and a hash of its own. A file without a seal was interrupted; what it has is
sound as far as its hashes are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from conformance.exchange.cases import Case
from conformance.recording.interaction import Interaction, from_values, to_values
from conformance.recording.provenance import Provenance

__all__ = [
    "NOTE",
    "CassetteFile",
    "Seal",
    "entry",
    "first_hash",
    "head",
    "is_torn_at_its_beginning",
    "parsed",
    "sealed",
]

_VERSION = 1
# The first line.
NOTE = "# An iai-conformance cassette: don't edit it, its hashes tell. `iai-conformance run --target cassette:PATH`\n"
_LIST = "interactions:\n"
_ITEM = "\n- "
_SEAL = "\nseal: "
_END = '"}\n'


@dataclass(frozen=True, slots=True)
class Seal:
    """What ends a file of a whole recording.

    Attributes:
        interactions: how many the file has.
        files: part → the hash of the last interaction, for each file of the whole recording.
        account: what kind of account answered, as inferred.
        ended: "finished", or why the recording ended before.
    """

    interactions: int
    files: Mapping[str, str]
    account: str
    ended: str


@dataclass(frozen=True, slots=True)
class CassetteFile:
    """What a file holds.

    Attributes:
        provenance: where it comes from; None for a plain vcrpy cassette.
        interactions: in order.
        cases: the cases that its requests belong to, by id.
        seal: None where the recording was interrupted.
        torn: what was left out at the end, in words; empty where nothing was.
        last: the hash of the last interaction.
    """

    provenance: Provenance | None
    interactions: tuple[Interaction, ...]
    cases: Mapping[str, Case]
    seal: Seal | None
    torn: str = ""
    last: str = ""


# --- Writing ---------------------------------------------------------------------------------------------


def head(provenance: Provenance) -> str:
    """The beginning of a file, up to its first interaction."""
    return f"{NOTE}version: {_VERSION}\nprovenance: {_dumps(provenance.to_values())}\n{_LIST}"


def first_hash(provenance: Provenance) -> str:
    """The hash before the first interaction."""
    return _hash("", provenance.to_values())


def entry(interaction: Interaction, before: str, case: Case | None = None) -> tuple[str, str]:
    """The text of an interaction, and its hash.

    Args:
        interaction: what to write.
        before: the hash of the one before.
        case: the whole case, where this is its first interaction in the file.
    """
    values = to_values(interaction)
    recorded = values["recorded"]
    if case is not None and isinstance(recorded, dict):
        recorded["whole_case"] = case.to_line()
    hashed = _hash(before, _hashable(values))
    members = ",\n   ".join(f'"{name}": {_dumps(value)}' for name, value in {**values, "hash": hashed}.items())
    return f"- {{{members}}}\n", hashed


def sealed(seal: Seal, last: str) -> str:
    """The end of a file, whose last interaction has this hash."""
    values = asdict(seal)
    return f"seal: {_dumps({**values, 'hash': _hash(last, values)})}\n"


def _hash(before: str, values: object) -> str:
    written = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{written}".encode()).hexdigest()


def _hashable(value: object) -> object:
    """Bytes as JSON values."""
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case dict():
            return {name: _hashable(each) for name, each in value.items()}
        case list():
            return [_hashable(each) for each in value]
        case _:
            return value


# Bytes as `_dumps` writes them. Inside a JSON text, a quotation mark never comes right behind a space and a "!".
_BYTES = re.compile(r'!!binary "([A-Za-z0-9+/=]*)"')
_AS_BYTES = "\0bytes"  # no member of a file has such a name
# What YAML doesn't take as it stands, or nobody can see.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def _dumps(value: object) -> str:
    """JSON that YAML reads as the same; bytes with YAML's own tag, which JSON has not."""
    match value:
        case bytes():
            return f'!!binary "{base64.b64encode(value).decode("ascii")}"'
        case dict():
            return "{" + ", ".join(f"{_dumps(name)}: {_dumps(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_dumps, value)) + "]"
        case _:
            written = json.dumps(value, ensure_ascii=False)
            return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


# --- Reading ---------------------------------------------------------------------------------------------


def parsed(text: str) -> CassetteFile:
    """What a file holds, its hashes checked.

    Raises:
        ValueError: it is no cassette, or was edited: the message says where, and what doesn't fit.
    """
    if is_torn_at_its_beginning(text):
        raise ValueError("its recording was interrupted before the first interaction")
    if not text.startswith(NOTE):
        return _foreign(text)
    provenance_values, chunks, seal_values, torn = _as_lines(text)
    provenance = Provenance.from_values(provenance_values)
    interactions, cases = [], {}
    before = first_hash(provenance)
    for number, values in enumerate(chunks, 1):
        hashed = values.pop("hash", None)
        expected = _hash(before, _hashable(values))
        if hashed != expected:
            raise ValueError(
                f"interaction {number} was edited, or doesn't belong here: its hash is {str(hashed)[:12]}…, "
                f"its content and what stands before it make {expected[:12]}…"
            )
        before = expected
        recorded = values.get("recorded")
        if isinstance(recorded, dict) and "whole_case" in recorded:
            case = _case(recorded["whole_case"], number)
            cases[case.id] = case
        interactions.append(from_values(values))
    seal = _seal(seal_values, before, len(interactions), provenance.part) if seal_values is not None else None
    return CassetteFile(provenance, tuple(interactions), cases, seal, torn, before)


def _case(line: object, number: int) -> Case:
    try:
        return Case.from_line(str(line))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"interaction {number} has a case that can't be read") from error


def _seal(values: object, last: str, interactions: int, part: str) -> Seal:
    try:
        found = _mapping(values, "its seal")
        hashed = found.pop("hash", None)
        if hashed != _hash(last, found):
            raise ValueError("its seal was edited, or isn't that of its last interaction")
        files = _mapping(found["files"], "its seal's list of files")
        seal = Seal(
            int(str(found["interactions"])),
            {part: str(each) for part, each in files.items()},
            str(found["account"]),
            str(found["ended"]),
        )
    except LookupError as error:
        raise ValueError(f"its seal lacks {error}") from error
    if seal.interactions != interactions:
        raise ValueError(f"its seal is that of {seal.interactions} interactions, but it has {interactions}")
    if seal.files.get(part) != last:
        raise ValueError("its seal isn't that of its last interaction")
    return seal


def is_torn_at_its_beginning(text: str) -> bool:
    """Whether a file ends before its first interaction, since whoever wrote it was killed then."""
    return NOTE.startswith(text) or (text.startswith(NOTE) and _LIST not in text)


_Lines = tuple[object, list[dict[str, object]], object | None, str]


def _as_lines(text: str) -> _Lines:
    """Provenance, interactions, seal and what was torn off, of a file in this module's own form. Raises ValueError."""
    before, _, rest = text.partition(_LIST)
    provenance = _provenance(before.removeprefix(NOTE))
    body, seal_found, seal_text = rest.rpartition(_SEAL)
    if not seal_found:
        body, seal_text = (rest, "") if not rest.startswith(_SEAL[1:]) else ("", rest.removeprefix(_SEAL[1:]))
    is_sealed = bool(seal_found) or rest.startswith(_SEAL[1:])
    pieces = [each for each in f"\n{body}".rstrip("\n").split(_ITEM) if each.strip()]
    chunks: list[dict[str, object]] = []
    torn = ""
    for number, piece in enumerate(pieces, 1):
        try:
            chunks.append(_mapping(_loads(piece), f"interaction {number}"))
        except ValueError as error:
            if number < len(pieces) or is_sealed:
                raise ValueError(f"interaction {number} was edited: {error}") from error
            whole, ended, rest = piece.partition(_END)
            if not ended and not text.endswith("}\n"):
                torn = "its last interaction was torn off in the middle, and is left out"
            elif ended and (rest == "-" or _SEAL[1:].startswith(rest)):  # the first letters of what comes next
                chunks.append(_mapping(_loads(whole + _END), f"interaction {number}"))
            else:
                raise ValueError(
                    f"interaction {number} was edited, or what stands behind it: it can't be read"
                ) from None
    seal = None
    if is_sealed:
        try:
            seal = _loads(seal_text)
        except ValueError as error:
            if text.endswith("\n"):
                raise ValueError(f"its seal was edited: {error}") from error
            torn = "its seal was torn off in the middle"
    return provenance, chunks, seal, torn


def _provenance(lines: str) -> object:
    """The provenance between a file's first line and its interactions."""
    version, _, line = lines.partition("\n")
    if version.startswith("version: ") and version != f"version: {_VERSION}":
        raise ValueError(f"it has {version.replace(':', '')}, this suite reads version {_VERSION}: record it anew")
    if version != f"version: {_VERSION}" or not line.startswith("provenance: ") or line.count("\n") != 1:
        raise ValueError("it was edited: its provenance isn't where it belongs")
    return _loads(line.removeprefix("provenance: "))


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object")  # noqa: TRY004 -- a mistake in a file, not in a program
    return value


def _loads(piece: str) -> object:
    """A piece of the file: JSON, but for the bytes that `_dumps` writes. Raises ValueError."""
    try:
        return json.loads(piece)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    except ValueError:
        if "!!binary" not in piece:
            raise
    try:
        return json.loads(_BYTES.sub(r'{"\\u0000bytes": "\1"}', piece), object_hook=_with_bytes)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _with_bytes(members: dict[str, object]) -> object:
    encoded = members.get(_AS_BYTES)
    return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else members


# --- Files of others -------------------------------------------------------------------------------------

# What vcrpy writes isn't half as deep, and has hardly an alias.
_DEEPEST = 50
_MOST_ALIASES = 10_000


def _foreign(text: str) -> CassetteFile:
    """A cassette that vcrpy itself wrote, or something else altogether."""
    data = _yaml(text)
    if not isinstance(data, Mapping) or not isinstance(data.get("interactions"), list):
        raise ValueError("it is no cassette: YAML with `interactions` is one")  # noqa: TRY004 -- a mistake in a file
    if data.get("provenance") is not None:
        raise ValueError("it was written anew by another program: its hashes can't be checked")
    interactions = [
        from_values(_mapping(each, f"interaction {number}")) for number, each in enumerate(data["interactions"], 1)
    ]
    return CassetteFile(None, tuple(interactions), {}, None)


def _yaml(text: str) -> object:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_bombs(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)  # noqa: S506 -- one of the two safe ones
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        problem = str(getattr(error, "problem", None) or error).split("\n")[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise ValueError(f"it can't be read as YAML{where}: {problem}") from error


def _refuse_bombs(events: Iterable[Any]) -> None:
    """Raise ValueError for YAML that would fill the stack or the memory: the loader in C ends the process by it."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent

    anchored: list[bool] = []
    aliases = 0
    for event in events:
        if isinstance(event, CollectionStartEvent):
            anchored.append(event.anchor is not None)
            if len(anchored) > _DEEPEST:
                raise ValueError("it is nested too deep")
        elif isinstance(event, CollectionEndEvent):
            anchored.pop()
        elif isinstance(event, AliasEvent):
            aliases += 1
            if any(anchored) or aliases > _MOST_ALIASES:  # what an alias stands for would be repeated itself
                raise ValueError("its aliases stand for too much")
