"""Numbers and texts as people read them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

__all__ = ["cited", "counted", "duration", "shown", "suggest", "visible"]


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `counted(1, "group")` is "1 group"; `many` is for a plural that isn't made with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def duration(seconds: float) -> str:
    """How long something takes, roughly: "90 s", "12 min", "3.5 h"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


# What a terminal obeys, or shows as nothing: control characters of both sets, ends of lines, what turns the direction
# of writing, what has no width (but for what joins emoji), halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_IN_LINES = re.compile(f"(?![\n\t]){_UNSEEN.pattern}")


def visible(text: str) -> str:
    """The text with everything that a terminal would not show, or obey, escaped: one line, whatever was in it."""
    return _UNSEEN.sub(_escape, text)


def shown(text: str) -> str:
    """The same for lines of our own: their ends and tabs stay."""
    return _IN_LINES.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}" if found[0] <= "\uffff" else f"\\U{ord(found[0]):08x}"


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
