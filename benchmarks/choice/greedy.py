"""Which cases to send, and in which order: always the one that shows most that isn't shown, for its cost. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Candidate", "Choosing"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be sent.

    Attributes:
        id: of the plain case, and the number of its context.
        shows: fault → the bits of the conditions under which it shows it.
        requests, groups: what it costs.
        promise: which promise it keeps; None where nobody asks for it.
    """

    id: tuple[str, int]
    shows: Mapping[int, int]
    requests: int
    groups: int
    promise: object = None


@dataclass(slots=True)
class Choosing:
    """Chooses candidates, and knows what the chosen ones show.

    Attributes:
        weights: of the faults.
        weight: of bits.
        requests, groups: how many more may be sent and created, beside what is promised.
        price: of a group, in requests.
        promised: of what one candidate is chosen in any case, and what that may cost.
        seen: of each fault, the bits under which it is shown.
        chosen: in the order of choice.
    """

    weights: Sequence[float]
    weight: Callable[[int], float]
    requests: int
    groups: int
    price: float
    promised: dict[object, tuple[int, int]] = field(default_factory=dict)
    seen: list[int] = field(init=False)
    chosen: list[Candidate] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is shown yet."""
        self.seen = [0] * len(self.weights)

    def take(self, each: Candidate) -> None:
        """Choose a candidate."""
        for fault, bits in each.shows.items():
            self.seen[fault] |= bits
        self.requests, self.groups = self._left(each)
        self.promised.pop(each.promise, None)
        self.chosen.append(each)

    def _left(self, each: Candidate) -> tuple[int, int]:
        """How much may be spent after a candidate; below 0 where it costs too much."""
        requests, groups = self.promised.get(each.promise, (0, 0))
        return self.requests + requests - each.requests, self.groups + groups - each.groups

    def take_best(self, candidates: Iterable[Candidate]) -> None:
        """Choose the best of these, then the best of the others, and so on as long as one fits and shows something."""
        heap = [(-self._gain(each), at, each) for at, each in enumerate(candidates)]
        heapq.heapify(heap)
        while heap:
            _, at, each = heapq.heappop(heap)
            gain = self._gain(each)
            if heap and gain < -heap[0][0]:  # something of it was shown since
                heapq.heappush(heap, (-gain, at, each))
            elif gain > 0 and min(self._left(each)) >= 0:
                self.take(each)

    def take_promised(self, candidates: Iterable[Candidate]) -> None:
        """Choose what is promised still, though it shows nothing more: the first candidate of each that fits."""
        for each in candidates:
            if each.promise in self.promised and min(self._left(each)) >= 0:
                self.take(each)

    def _gain(self, each: Candidate) -> float:
        new = ((fault, bits & ~self.seen[fault]) for fault, bits in each.shows.items())
        shown = sum(self.weights[fault] * self.weight(bits) for fault, bits in new if bits)
        return shown / (each.requests + self.price * each.groups)
