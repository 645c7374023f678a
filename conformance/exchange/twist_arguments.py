"""What a twist asks of its argument, and of what it is to change. Pure."""

from __future__ import annotations

__all__ = ["need", "number_of"]

_LARGEST = 100_000_000  # bytes


def need(there: object, what: str) -> None:
    """Raise ValueError where that isn't there."""
    if not there:
        raise ValueError(f"there is no {what} to change")


def number_of(argument: str) -> int:
    """So many bytes or characters. Raises ValueError for what is no number, or too large a one."""
    number = int(argument)
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"{number} isn't between 0 and {_LARGEST}")
    return number
