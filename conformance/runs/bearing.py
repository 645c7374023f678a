"""What a departure means for the verdict, and under which clause it is shown, by what a run was asked for. Pure."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase

from conformance.contract import CLAUSE, Strength
from conformance.judging.judge import DepartureKind
from conformance.runs.settings import Settings

__all__ = ["Bearing", "bearing_of", "shown_under"]


class Bearing(StrEnum):
    """What a departure means for the verdict.

    Whatever was asked for, one that was seen decides it, unless somebody said beforehand that it doesn't.
    """

    DECIDES = "that decide"
    EXPECTED = "expected"
    FINDING = "of findings"
    SKIPPED = "under --skip"


def bearing_of(clause: str, kind: DepartureKind, settings: Settings) -> Bearing:
    """What a departure of a clause means for the verdict."""
    if any(fnmatchcase(clause, each) for each in settings.skip):
        return Bearing.SKIPPED
    if settings.expected(clause, kind) is not None:
        return Bearing.EXPECTED
    return Bearing.FINDING if CLAUSE[clause].strength is Strength.FINDING else Bearing.DECIDES


def shown_under(clause: str, kind: DepartureKind, aim: str, settings: Settings) -> str | None:
    """The clause under which a departure is shown: its own, or that at which the request was aimed.

    Args:
        clause: the clause that isn't followed.
        kind: how.
        aim: the clause at which the request was aimed.
        settings: what was asked for.

    Returns:
        The id of a clause that was asked for; None where neither was, and for what excuses itself: one that isn't
        asked for and doesn't decide the verdict is only counted.
    """
    if settings.selects(clause):
        return clause
    decides = bearing_of(clause, kind, settings) is Bearing.DECIDES
    return aim if decides and settings.selects(aim) else None
