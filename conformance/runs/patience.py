"""What is borne with, on any target: it throttles, fails now and then, drops connections, or shows late what was done.

None of these says anything of the request at hand, so the request is sent again. Where the same request always gets it,
while plain ones between are answered, it does say something, and is judged.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from conformance.base.errors import NotRecordedError, TargetUnusableError
from conformance.base.words import counted
from conformance.exchange.messages import Answer, HttpResponse
from conformance.exchange.wire import envelope
from conformance.judging.account_status import Disturbance, disturbance_of, seconds_to_wait

__all__ = ["Patience"]

_T = TypeVar("_T")

# Seconds before a request is sent again, whose answer says that something broke, or whose connection was closed.
_PAUSES = (0.0, 0.05, 0.1, 0.2)
# Seconds to wait for a target that throttles plain requests, too.
_THROTTLED_FOR = (1.0, 1.0, 2.0, 4.0, 8.0)
# A request that is throttled so often, while plain ones between aren't, is refused.
_REFUSED_AFTER = 3
# Seconds before it is sent again: the plain one may have taken the last place that there was in a second.
_ROOM = (0.2, 1.2)
# The longest that a target is waited for because it says so.
_LONGEST_WAIT = 60.0
# Sending again that never helped isn't tried as often any more.
_HOPELESS_AFTER = 3
# Seconds before it is looked again for what isn't seen yet; ten in all.
_LAGS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 4.0)
# Seconds that a run waits for what never comes. What was seen to come late is waited for all the same.
_IN_VAIN = 30.0
_MARGIN = 2.0
# Of the rate at which a target began to throttle.
_SAFE = 0.8
# Requests a second, where a target throttles that was asked less than this in the last second.
_SLOW = 10.0
_SLOWEST = 0.5


@dataclass(slots=True)
class Patience:
    """How long a run bears with its target, and what it bore.

    Attributes:
        ask: sends a plain request, to which nothing is wrong; None where none can be sent any more.
        slow_down: called with the requests a second at which to go on.
        name: of the target, for sentences.
        sleep: waits so many seconds; None where nothing is really sent, so that there is nothing to wait for.
        clock: the time in seconds, from any beginning.
        lags: whether what was done may show late; a target in this process has done it when it answers.
        rate: requests a second at which it went on; None for as fast as can be.
        throttled: how many answers said that requests come too fast.
        borne: how many requests had to be sent again, by why, and were then answered.
        lag: seconds after which something was seen at the latest that wasn't there at first.
    """

    ask: Callable[[], Answer | None]
    slow_down: Callable[[float], None]
    name: str
    sleep: Callable[[float], object] | None = field(default_factory=lambda: time.sleep)
    clock: Callable[[], float] = time.monotonic
    lags: bool = True
    rate: float | None = None
    throttled: int = 0
    borne: Counter[Disturbance] = field(default_factory=Counter)
    lag: float = 0.0
    _believed: set[tuple[str, Disturbance]] = field(default_factory=set)
    _never_came: set[str] = field(default_factory=set)
    _waited_in_vain: float = 0.0
    _sent_at: deque[float] = field(default_factory=lambda: deque(maxlen=1000))

    def note_sent(self) -> None:
        """A request goes out now."""
        self._sent_at.append(self.clock())

    # --- Sending again -----------------------------------------------------------------------------------

    def bear(self, send: Callable[[], _T], disturbance: Callable[[_T], Disturbance | None], aim: str) -> _T:
        """What sending gives; sent again, a few times, as long as what comes says nothing of the request.

        Args:
            send: sends the request, signed anew each time.
            disturbance: what came instead of an answer to the request; None where it is one.
            aim: the clause at which the request is aimed.

        Raises:
            TargetUnusableError: plain requests get the same, however often and slowly they are sent.
        """
        sent = send()
        first, tries, heard = disturbance(sent), 0, 0
        while (found := disturbance(sent)) is not None:
            self.throttled += found is Disturbance.THROTTLED
            if (aim, found) in self._believed:
                return sent
            if found is Disturbance.THROTTLED:
                is_heard = self._is_heard_or_waits(tries - heard)
                heard += is_heard
                is_refused = heard == _REFUSED_AFTER
                if is_heard and not is_refused and not self._is_in_vain(found):
                    self.rest(_ROOM[heard - 1])
            else:
                is_refused = tries >= len(self._pauses())
                self.rest(0.0 if is_refused else self._pauses()[tries])
            if is_refused:
                if found is Disturbance.FAILED:
                    self._check_still_working()
                self._believed.add((aim, found))
                return sent
            tries += 1
            try:
                sent = send()
            except NotRecordedError:
                return sent
        if first is not None:
            self.borne[first] += 1
        if heard:  # it was just a little too fast
            self._go_slower()
        return sent

    def _pauses(self) -> tuple[float, ...]:
        hopeless = len(self._believed) >= _HOPELESS_AFTER and not self.borne
        return _PAUSES[:1] if hopeless else _PAUSES

    def _is_in_vain(self, found: Disturbance) -> bool:
        """Whether waiting before sending again never helped against such answers."""
        believed = sum(each is found for _, each in self._believed)
        return believed >= _HOPELESS_AFTER and not self.borne[found]

    def _is_heard_or_waits(self, waited: int) -> bool:
        """Whether a plain request isn't throttled; else it was waited, longer than the times before."""
        plain = self._plainly()
        if plain is not None and disturbance_of(plain) is not Disturbance.THROTTLED:
            return True
        self.throttled += plain is not None
        if waited == len(_THROTTLED_FOR):
            so_long = f"however long it is waited{_how(plain)}"
            raise TargetUnusableError(f"{self.name} throttles, {so_long}: try again later, or with a lower --rate")
        self._go_slower()
        self.rest(max(_THROTTLED_FOR[waited], min(seconds_to_wait(plain), _LONGEST_WAIT)))
        return False

    def _go_slower(self) -> None:
        """Find a rate that would do: below that of the last second, or of before."""
        if self.sleep is None:
            return
        if self.rate is None:
            now = self.clock()
            self.rate = max(_SLOW, _SAFE * sum(now - each < 1 for each in self._sent_at))
        else:
            self.rate = max(_SLOWEST, self.rate * _SAFE)
        self.slow_down(self.rate)

    def _check_still_working(self) -> None:
        """Raise TargetUnusableError where plain requests fail as well, again and again."""
        for pause in _PAUSES:
            plain = self._plainly()
            if plain is None or disturbance_of(plain) is not Disturbance.FAILED:
                return
            self.rest(pause)
        raise TargetUnusableError(f"{self.name} is out of order: plain requests fail again and again, as others do")

    def _plainly(self) -> Answer | None:
        try:
            return self.ask()
        except NotRecordedError:
            return None

    # --- Looking again -----------------------------------------------------------------------------------

    def await_(self, seen: _T, look: Callable[[], _T], lacking: Callable[[_T], str | None]) -> _T:
        """What is seen at last: looked at again, with growing pauses, as long as something is lacking.

        Args:
            seen: what was seen at first.
            look: looks again.
            lacking: the clause that isn't seen to be kept yet; None where nothing is lacking.
        """
        waited, clause = 0.0, lacking(seen)
        if clause is None or clause in self._never_came:
            return seen
        for pause in self._lag_pauses():
            self.rest(pause)
            waited += pause
            try:
                seen = look()
            except NotRecordedError:
                return seen
            if lacking(seen) is None:
                self.lag = max(self.lag, waited)
                return seen
        self._waited_in_vain += waited
        if waited:
            self._never_came.add(clause)
        return seen

    def _lag_pauses(self) -> Iterator[float]:
        if not self.lags:
            return
        most = sum(_LAGS) if self._waited_in_vain < _IN_VAIN else _MARGIN * self.lag
        waited = 0.0
        for pause in _LAGS:
            waited += pause
            if waited > most:
                return
            yield pause

    def rest(self, seconds: float) -> None:
        """Wait so many seconds, where anything is really sent."""
        if self.sleep is not None and seconds:
            self.sleep(seconds)

    # --- Telling -----------------------------------------------------------------------------------------

    def notes(self) -> Iterator[str]:
        """What was borne, a sentence each."""
        failed, closed = self.borne[Disturbance.FAILED], self.borne[Disturbance.CLOSED]
        if self.rate is not None:
            yield (
                f"{counted(self.throttled, 'answer')} said that requests come too fast, which were sent again; "
                f"`--rate {self.rate:.3g}` is slow enough from the start"
            )
        if failed:
            yield (
                f"{counted(failed, 'request')} got an internal error, and another answer when sent again: "
                "the target fails now and then"
            )
        if closed:
            yield f"{counted(closed, 'connection')} ended without an answer, which came when the request was sent again"
        if self.lag:
            yield f"what was done showed up to {self.lag:.1f} s later"


def _how(answer: Answer | None) -> str:
    """By which status, where no answer of the API says it."""
    if isinstance(answer, HttpResponse) and envelope(answer).problem is not None:
        return f" (HTTP {answer.status})"
    return ""
