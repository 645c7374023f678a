"""The frozen smoke list."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from conformance.exchange.cases import Case

__all__ = ["SMOKE_FILE", "smoke"]

SMOKE_FILE = "smoke.jsonl"


@cache
def smoke() -> tuple[Case, ...]:
    """The frozen list, the most telling first."""
    text = files(__package__).joinpath(SMOKE_FILE).read_text(encoding="utf-8")
    return tuple(Case.from_line(line) for line in text.split("\n") if line)
