"""Cassettes of the first format, in which each hash was made of the one before it: read, never written. Pure.

The hash of an interaction is made of its values and of the hash before, the first of the provenance; that of the seal
follows the last. Large bodies are compressed there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence

from conformance.base.words import cited
from conformance.recording.interaction import LARGEST_BODY, runs_of
from conformance.recording.notation import loads

__all__ = ["checked", "unpacked"]


def checked(
    provenance: str, items: Sequence[tuple[str, str]], seal: str
) -> tuple[object, list[dict[str, object]], object | None]:
    """The values of a file's parts, as the present format has them.

    Args:
        provenance: as text.
        items: text and hash of each interaction.
        seal: as text; empty where there is none.

    Returns:
        The provenance, the interactions, and the seal, None where there is none.

    Raises:
        ValueError: a hash doesn't fit, or what stands there can't be read: the message says where.
    """
    known = loads(provenance)
    last = _hash("", known)
    interactions: list[dict[str, object]] = []
    for number, (text, found) in enumerate(items, 1):
        values = loads(text)
        expected = _hash(last, _hashable(values))
        if found != expected or not isinstance(values, dict):
            raise ValueError(
                f"interaction {number} was edited, or doesn't belong here: its hash is {cited(found, 12)}, its content "
                f"and what stands before it make {expected[:12]}…"
            )
        interactions.append(unpacked(values))
        last = expected
    if not seal:
        return known, interactions, None
    ended = loads(seal)
    if not isinstance(ended, dict) or ended.pop("hash", None) != _hash(last, ended):
        raise ValueError("its seal was edited, or isn't that of its last interaction")
    return known, interactions, ended


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


def unpacked(values: dict[str, object]) -> dict[str, object]:
    """An interaction's values with its large body in pieces. Raises ValueError where that can't be unpacked."""
    recorded = values.get("recorded")
    if not isinstance(recorded, dict) or not isinstance(packed := recorded.get("body"), str):
        return values
    unpacking = zlib.decompressobj()
    try:
        body = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST_BODY)
    except zlib.error as error:
        raise ValueError("a compressed body can't be unpacked") from error
    if not unpacking.eof:
        raise ValueError(f"a compressed body is torn, or larger than {LARGEST_BODY} bytes")
    return {**values, "recorded": {**recorded, "body": [list(each) for each in runs_of(body)]}}
