"""The choice: which cases are sent, in which contexts and in which order; made by `python -m benchmarks.choice`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["CHOICE", "Choice", "load_choice"]

CHOICE = Path(__file__).with_name("choice.json")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen.

    Attributes:
        sent: the ids of plain cases, in the order of sending, each with the number of its context; 0 for none.
        left: the ids of those that aren't sent.
    """

    sent: tuple[tuple[str, int], ...] = ()
    left: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """The ids of all cases among which was chosen."""
        return self.left | {id_ for id_, _ in self.sent}

    def to_text(self) -> str:
        """The choice as JSON: a few cases a line, so that what changes can be seen."""
        sent = [id_ if number == 0 else f"{id_} {number}" for id_, number in self.sent]
        lists = {"sent": sent, "left": sorted(self.left)}
        return "{\n" + ",\n".join(f' "{name}": [\n{_in_lines(each)}\n ]' for name, each in lists.items()) + "\n}\n"

    @classmethod
    def from_text(cls, text: str) -> Choice:
        """The choice that `to_text` wrote."""
        raw = json.loads(text)
        pairs = (each.partition(" ") for each in raw["sent"])
        return cls(tuple((id_, int(number or 0)) for id_, _, number in pairs), frozenset(raw["left"]))


_A_LINE = 8


def _in_lines(texts: Iterable[str]) -> str:
    written = [json.dumps(each) for each in texts]
    lines = (", ".join(written[at : at + _A_LINE]) for at in range(0, len(written), _A_LINE))
    return ",\n".join(f"  {each}" for each in lines)


@cache
def load_choice() -> Choice:
    """The choice that is made; an empty one where there is none."""
    return Choice.from_text(CHOICE.read_text(encoding="utf-8")) if CHOICE.exists() else Choice()
