"""`docs/frameworks.md`: its table, written from what was seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.frameworks.mistakes import Mistake, clauses_of, mistakes_of
from benchmarks.frameworks.mocks import MOCKS, Mock, told
from benchmarks.frameworks.seen import Seen

__all__ = ["PAGE", "rendered"]

PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"


def rendered(text: str, seen: Mapping[str, Seen]) -> str:
    """The page with its table made anew, of the mocks that were seen."""
    rows = ["| made with | what it gets wrong | clauses |", "|---|---|---|"]
    for mock in MOCKS:
        if mock.name in seen:
            rows += _of_mock(mock, seen[mock.name])
    table = "\n".join(rows)
    return re.sub(
        r"(<!-- mistakes -->\n\n).*?(\n\n<!-- end -->)",
        lambda match: f"{match[1]}{table}{match[2]}",
        text,
        flags=re.DOTALL,
    )


def _of_mock(mock: Mock, seen: Seen) -> list[str]:
    mistakes = mistakes_of(mock.name)
    first = [f"**{mock.title}** ({told(seen.versions)})", *[""] * len(mistakes)]
    return [
        f"| {title} | {_what(each)} | {_clauses(each, seen)} |" for title, each in zip(first, mistakes, strict=False)
    ]


def _what(mistake: Mistake) -> str:
    return f"{mistake.what}{'' if mistake.by_default else ' †'}"


def _clauses(mistake: Mistake, seen: Seen) -> str:
    return ", ".join(f"`{each}`{'' if by_smoke else ' ‡'}" for each, by_smoke in clauses_of(mistake, seen).items())
