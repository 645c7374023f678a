"""How long a run on a slow target will take: said once the first answers were measured, with what would shorten it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from conformance.base.words import duration
from conformance.runs.costs import cost
from conformance.runs.run import Run
from conformance.runs.settings import Settings

__all__ = ["Forecast", "forecast"]

_MEASURED = 5  # requests
# Seconds: nobody needs to be told of a run that takes less, and none does whose answers come faster.
_LONG = 120.0
_SLOW = 0.05
# Of the time to wait for an answer: whatever takes more may be too late now and then.
_CLOSE = 0.3


@dataclass(slots=True)
class Forecast:
    """Looks at a run between its parts, until it was said how long that will take.

    Attributes:
        run: whose target is measured.
        settings: what it was asked for.
        say: told of a run that takes long, once, in a sentence.
    """

    run: Run
    settings: Settings
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _began: tuple[int, float] | None = field(default=None, init=False)
    _is_over: bool = field(default=False, init=False)

    def look(self) -> None:
        """A part begins."""
        if self._is_over or self.settings.is_client:  # of a client nobody knows how long it takes to start
            return
        sent, now = self.run.results.requests, self.clock()
        if self._began is None:
            self._began = sent, now
            return
        measured = sent - self._began[0]
        if measured < _MEASURED:
            return
        self._is_over = True
        seconds = (now - self._began[1]) / measured
        if seconds > _SLOW and (told := forecast(self.run.target.name, seconds, self.settings)) is not None:
            self.say(told)


def forecast(target: str, seconds: float, settings: Settings) -> str | None:
    """How long a run will take, and what would shorten it; None where that isn't long.

    Args:
        target: its name.
        seconds: that an answer takes.
        settings: what the run was asked for.
    """
    whole = _seconds(settings, seconds)
    if whole <= _LONG:
        return None
    shorter = []
    if settings.profile != "smoke":
        shorter.append(f"--profile smoke takes about {duration(_seconds(replace(settings, profile='smoke'), seconds))}")
    shorter += ["--level and --only judge less", "--max-seconds S ends it after so long"]
    if seconds > _CLOSE * settings.timeout:
        shorter.append(f"--timeout-seconds {math.ceil(seconds / _CLOSE)} leaves time for slower answers")
    return (
        f"{target} takes {seconds:.1f} s for an answer, so this run will take about {duration(whole)} "
        f"({'; '.join(shorter)})"
    )


def _seconds(settings: Settings, each: float) -> float:
    requests, _groups = cost(settings)
    return min(each * requests, settings.max_seconds or math.inf)
