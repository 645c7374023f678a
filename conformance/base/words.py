"""Numbers and texts as people read them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["cited", "counted", "suggest", "visible"]


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `counted(1, "group")` is "1 group"; `many` is for a plural that isn't made with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def visible(text: str) -> str:
    """The text with everything that a terminal would not show, or obey, escaped."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def cited(text: str, longest: int = 80) -> str:
    """The beginning of a text that somebody else wrote, to be shown in a sentence of ours."""
    return visible(text) if len(text) <= longest else f"{visible(text[:longest])}…"


def suggest(word: str, words: Iterable[str], what: str) -> str:
    """A hint at what was meant, or at how to see all there is.

    Args:
        word: that isn't known.
        words: all that are.
        what: what `list` calls them.
    """
    if not word:
        return f": no name at all (`iai-conformance list {what}` shows all)"
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f" (`iai-conformance list {what}` shows all)"
