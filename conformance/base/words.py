"""Numbers and texts as people read them."""

from __future__ import annotations

__all__ = ["counted", "visible"]


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `counted(1, "group")` is "1 group"; `many` is for a plural that isn't made with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def visible(text: str) -> str:
    """The text with everything that a terminal would not show, or obey, escaped."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
