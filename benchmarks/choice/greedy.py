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
    """

    id: tuple[str, int]
    shows: Mapping[int, int]
    requests: int
    groups: int


@dataclass(slots=True)
class Choosing:
    """Chooses candidates, and knows what the chosen ones show.

    Attributes:
        weights: of the faults.
        weight: of bits.
        requests, groups: how many more may be sent and created.
        price: of a group, in requests.
        seen: of each fault, the bits under which it is shown.
        chosen: in the order of choice.
    """

    weights: Sequence[float]
    weight: Callable[[int], float]
    requests: int
    groups: int
    price: float
    seen: list[int] = field(init=False)
    chosen: list[Candidate] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is shown yet."""
        self.seen = [0] * len(self.weights)

    def take(self, each: Candidate) -> None:
        """Choose a candidate."""
        for fault, bits in each.shows.items():
            self.seen[fault] |= bits
        self.requests, self.groups = self.requests - each.requests, self.groups - each.groups
        self.chosen.append(each)

    def take_best(self, candidates: Iterable[Candidate], *, all_of_them: bool = False) -> None:
        """Choose the best of these, then the best of the others, and so on as long as one fits and shows something.

        Args:
            candidates: among which to choose.
            all_of_them: whether those are chosen as well that show nothing more.
        """
        heap = [(-self._gain(each), at, each) for at, each in enumerate(candidates)]
        heapq.heapify(heap)
        while heap:
            _, at, each = heapq.heappop(heap)
            gain = self._gain(each)
            if heap and gain < -heap[0][0]:  # something of it was shown since
                heapq.heappush(heap, (-gain, at, each))
            elif all_of_them or (gain > 0 and each.requests <= self.requests and each.groups <= self.groups):
                self.take(each)

    def _gain(self, each: Candidate) -> float:
        new = ((fault, bits & ~self.seen[fault]) for fault, bits in each.shows.items())
        shown = sum(self.weights[fault] * self.weight(bits) for fault, bits in new if bits)
        return shown / (each.requests + self.price * each.groups)
