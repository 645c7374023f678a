"""Shares with what is sure of them."""

from __future__ import annotations

import math

__all__ = ["share"]


def share(count: int, of: int) -> str:
    """A share with its 95 % interval, after Wilson."""
    if not of:
        return "none"
    z, found = 1.96, count / of
    middle, spread = found + z * z / (2 * of), z * math.sqrt(found * (1 - found) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * spread) / (1 + z * z / of) for sign in (-1, 1))
    return f"{100 * found:.1f} % ({100 * low:.0f}–{100 * high:.0f})"
