"""How fast requests are sent, and what happens when that was too fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pyrate_limiter import Limiter, Rate
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential, wait_none

__all__ = ["ATTEMPTS", "DEFAULT_RATE", "Pace"]

# The platform documents 50 requests a second for the whole account; others use it too.
DEFAULT_RATE = 10.0
# How often a request is sent that is throttled; and how much slower it goes on after each time, down to what part:
# whoever else uses the account has a share in what it takes.
ATTEMPTS = 6
_SLOWER, _SLOWEST = 0.8, 0.1
_LONGEST_WAIT = 8  # seconds
_SECOND = 1000  # milliseconds

T = TypeVar("T")


class Pace:
    """Waits before requests, and longer after one that was throttled.

    Attributes:
        throttled: how many answers said that requests come too fast.
        patient: whether what is throttled is sent again.
    """

    def __init__(self, rate: float | None, *, patient: bool = True, waits: bool = True) -> None:
        """Make a pace.

        Args:
            rate: requests a second; None for as fast as can be.
            patient: whether what is throttled is sent again.
            waits: False where nothing is really sent, so that there is nothing to wait for.
        """
        self.throttled = 0
        self.patient = patient
        self._waits = waits
        # Its usual buffer of 50 ms a wait would slow ten requests a second by a third.
        self._limiter = Limiter(_rate(rate), buffer_ms=0) if rate is not None and waits else None
        self._slowest = (rate or 0.0) * _SLOWEST
        self._rate = rate

    def slow_down(self, rate: float) -> None:
        """Go on with no more than so many requests a second."""
        self._rate = min(self._rate or rate, rate)
        if self._waits:
            self._limiter = Limiter(_rate(self._rate), buffer_ms=0)
            self._limiter.try_acquire("requests", blocking=False)  # that which was too fast was sent just now

    def wait(self, requests: int = 1) -> None:
        """Wait until so many requests may be sent."""
        if self._limiter is not None:
            for _ in range(requests):
                self._limiter.try_acquire("requests", blocking=True)

    def patiently(self, send: Callable[[], T], throttled: Callable[[T], bool], attempts: int = ATTEMPTS) -> T:
        """What sending gives; where that was throttled, sent again, after longer and longer waits, a few times.

        Args:
            send: sends.
            throttled: whether what came says that requests come too fast.
            attempts: how often to send at most.
        """

        def note_retry(state: RetryCallState) -> None:
            del state
            self.throttled += 1
            if self._limiter is not None and self._rate is not None:
                self._rate = max(self._slowest, self._rate * _SLOWER)
                self._limiter = Limiter(_rate(self._rate), buffer_ms=0)

        retrying = Retrying(
            retry=retry_if_result(throttled),
            stop=stop_after_attempt(attempts),
            wait=wait_exponential(min=1, max=_LONGEST_WAIT) if self._waits else wait_none(),
            before_sleep=note_retry,
            retry_error_callback=self._in_vain,
        )
        return retrying(send)

    def _in_vain(self, state: RetryCallState) -> Any:
        self.throttled += 1
        assert state.outcome is not None  # noqa: S101 -- it was tried
        return state.outcome.result()


def _rate(rate: float) -> Rate:
    """A rate of one request in a part of a second: no bursts."""
    return Rate(1, max(1, round(_SECOND / rate)))
