"""What time it is at a real account: this machine's clock may be set while a run goes on, or be wrong all along."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.exchange.messages import Exchange, HttpResponse
from conformance.exchange.reading import clock_ahead, is_stale

__all__ = ["AccountClock"]


def _elapsed() -> float:
    """Seconds of a clock that nobody sets; where there is one, of one that goes on while the machine sleeps."""
    boot: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(slots=True)
class AccountClock:
    """A clock that goes on evenly from when it was made, and is set where a signature was refused for its time."""

    _offset: float = field(default_factory=lambda: time.time() - _elapsed())

    def now(self) -> float:
        """Seconds since 1970."""
        return self._offset + _elapsed()

    def heard(self, exchange: Exchange) -> bool:
        """Take over the time that an answer tells which refuses that of a signature; whether it is another."""
        if not isinstance(exchange.answer, HttpResponse) or not is_stale(exchange.answer):
            return False
        ahead = clock_ahead(exchange, self.now())
        self._offset += ahead
        return ahead != 0.0

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass; none, where that is less."""
        if seconds > 0:
            time.sleep(seconds)
