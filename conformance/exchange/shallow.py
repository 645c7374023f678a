"""JSON that is nested deeper than a reader bears, in pieces that it does. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["in_shallow_pieces"]

# Far below what Python's reader of JSON bears, and far above what a request may mean something by.
_DEEPEST = 100
# Texts, whose brackets are none; a bracket; whatever else. Possessive, so that a text without an end is looked at once.
_PARTS = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"?|[\[\]{}]|[^"\[\]{}]++')


def in_shallow_pieces(text: str) -> Iterator[str]:
    """Texts, none nested deep, which are all JSON if and only if this one is.

    The last is the text itself, in which an empty list stands for what is nested too deep.
    """
    if text.count("[") + text.count("{") < _DEEPEST:
        yield text
        return
    pieces: list[list[str]] = [[]]  # that of the whole, and those that have begun in it and in each other
    depth = 0
    for part in _PARTS.findall(text):
        if part in {"[", "{"}:
            depth += 1
            if depth % _DEEPEST == 0:
                pieces.append([])
        pieces[-1].append(part)
        if part in {"]", "}"}:
            if depth % _DEEPEST == 0 and len(pieces) > 1:
                yield "".join(pieces.pop())
                pieces[-1].append("[]")
            depth -= 1
    for piece in reversed(pieces):  # what was never closed is no JSON
        yield "".join(piece)
