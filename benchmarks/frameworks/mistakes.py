"""What each mock gets wrong, in words, and by which departures that is seen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.frameworks.beyond import BEYOND
from benchmarks.frameworks.seen import Seen
from conformance.contract import CLAUSES

__all__ = ["Mistake", "astray", "clauses_of", "mistakes_of"]

_HERE = Path(__file__).parent
_ORDER = {each.id: at for at, each in enumerate(CLAUSES)}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of a mock.

    Attributes:
        what: it does, in plain words.
        smoke: globs of what `smoke` reports of it, as `CLAUSE: KIND`.
        beyond: requests of `BEYOND` that show it, where `smoke` doesn't.
        by_default: whether it comes from the framework, or else from the mock's having ten lines.
    """

    what: str
    smoke: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    by_default: bool = True

    def shows(self, departure: str) -> bool:
        """Whether it is what a departure shows."""
        return any(fnmatchcase(departure, each) for each in self.smoke)


def mistakes_of(name: str) -> list[Mistake]:
    """What a mock gets wrong, in the order of its file."""
    rows = tomllib.loads((_HERE / name / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]
    return [
        Mistake(each["what"], tuple(each.get("smoke", ())), tuple(each.get("beyond", ())), each.get("by_default", True))
        for each in rows
    ]


def clauses_of(mistake: Mistake, seen: Seen) -> dict[str, bool]:
    """The clauses by which a mistake was seen, in the contract's order → whether by `smoke`; none where it wasn't."""
    by_smoke = {each.partition(":")[0] for each in seen.smoke if mistake.shows(each)}
    beyond = {BEYOND[each].clause for each in mistake.beyond if each in seen.beyond}
    return {each: each in by_smoke for each in sorted(by_smoke | beyond, key=_ORDER.__getitem__)}


def astray(mistakes: Mapping[str, list[Mistake]], seen: Mapping[str, Seen]) -> Iterator[str]:
    """On what words and runs don't agree, in sentences: what was seen and nobody tells of, and the reverse.

    Args:
        mistakes: the name of a mock → what it gets wrong.
        seen: the name of a mock → what was seen of it.
    """
    for name, each in seen.items():
        told = mistakes[name]
        for departure in each.smoke:
            if not any(one.shows(departure) for one in told):
                yield f"{name}: nothing tells of {departure}"
        for about, departures in each.beyond.items():
            if not any(about in one.beyond or any(map(one.shows, departures)) for one in told):
                yield f"{name}: nothing tells of “{about}”: {', '.join(departures)}"
        for one in told:
            gone = [glob for glob in one.smoke if not any(fnmatchcase(departure, glob) for departure in each.smoke)]
            gone += [about for about in one.beyond if about not in each.beyond]
            if gone:
                yield f"{name}: “{one.what}” isn't seen any more by {', '.join(gone)}"
