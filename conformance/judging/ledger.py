"""The ledger: which readings are still possible for a target, narrowed by each observation. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from conformance.contract import READINGS, VARIES
from conformance.oracle.prediction import Box


def is_settled(possible: Collection[str]) -> bool:
    """Whether no request can narrow a reading further: one value is left, besides that which no answer excludes."""
    return len(set(possible) - {VARIES}) <= 1


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An observation that no reading still possible allows.

    Attributes:
        reading: the reading of which the target needs two values.
        needed: the values under which the observation would be allowed.
        possible: the values that earlier observations left.
        earlier: what the observations were called that left them.
    """

    reading: str
    needed: frozenset[str]
    possible: frozenset[str]
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An observation that excluded values of a reading.

    Attributes:
        observation: what it is called.
        excluded: the values that it excluded.
    """

    observation: str
    excluded: frozenset[str]


_Key = tuple[tuple[str, frozenset[str]], ...]


@dataclass(slots=True)
class Ledger:
    """What observations have left of each reading.

    Attributes:
        possible: reading id → values still possible.
        evidence: reading id → the observations that narrowed it, in order.
        counted: reading id → how many observations depended on it.
    """

    possible: dict[str, frozenset[str]] = field(default_factory=lambda: {each.id: each.names for each in READINGS})
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    _open: dict[frozenset[_Key], str] = field(default_factory=dict)

    def observe(self, ways: Iterable[Box], observation: str) -> Contradiction | None:
        """Narrow the readings by one observation, or tell what it contradicts.

        Args:
            ways: the boxes under any of which the page allows what was seen; one at least.
            observation: what to call it in evidence.

        Returns:
            None, or the contradiction; then nothing is narrowed.
        """
        boxes = list(ways)
        if any(not box for box in boxes):
            return None
        for reading in {reading for box in boxes for reading in box}:
            self.counted[reading] = self.counted.get(reading, 0) + 1
        key = frozenset(tuple(sorted(box.items())) for box in boxes)
        if key in self._open or self._settled(key):
            return None
        narrowed = self._propagate({key: observation}, key)
        if narrowed:  # only what narrows, or contradicts, can change what the earlier observations tell
            narrowed = self._propagate({**self._open, key: observation}, key)
        if isinstance(narrowed, Contradiction):
            return narrowed
        self._open[key] = observation
        for reading, (values, name) in narrowed.items():
            excluded = self.possible[reading] - values
            # An earlier observation may narrow only now, because of this one: both are the evidence.
            found = self.evidence.setdefault(reading, [])
            found.extend(Evidence(each, excluded) for each in dict.fromkeys((name, observation)))
            self.possible[reading] = values
        self._open = {each: name for each, name in self._open.items() if not self._settled(each)}
        return None

    def _settled(self, key: frozenset[_Key]) -> bool:
        """Whether an observation can narrow nothing any more: one of its boxes covers all that is possible."""
        return any(all(self.possible[reading] <= values for reading, values in box) for box in key)

    def _propagate(
        self, constraints: Mapping[frozenset[_Key], str], newest: frozenset[_Key]
    ) -> dict[str, tuple[frozenset[str], str]] | Contradiction:
        """What is left of each reading when every constraint is held: reading → (values, by which observation)."""
        domains = dict(self.possible)
        because: dict[str, list[str]] = {}
        changed: dict[str, tuple[frozenset[str], str]] = {}
        again = True
        while again:
            again = False
            for key, name in constraints.items():
                live = [box for box in key if all(values & domains[reading] for reading, values in box)]
                if not live:
                    return self._contradiction(key, name, domains, because, is_newest=key == newest)
                for reading in {reading for reading, _ in live[0]}:
                    values = [dict(box).get(reading) for box in live]
                    kept = [each for each in values if each is not None]
                    left = frozenset().union(*kept) & domains[reading]
                    if len(kept) == len(values) and left < domains[reading]:
                        domains[reading] = left
                        changed[reading] = (left, name)
                        because.setdefault(reading, []).extend([name] if key != newest else [])
                        again = True
        return changed

    def _contradiction(
        self,
        key: frozenset[_Key],
        name: str,
        domains: Mapping[str, frozenset[str]],
        because: Mapping[str, Collection[str]],
        *,
        is_newest: bool,
    ) -> Contradiction:
        """The contradiction in the way that fails least; the same whatever the order of the ways."""

        def failing(box: _Key) -> list[tuple[str, frozenset[str]]]:
            return [(reading, values) for reading, values in box if not values & domains[reading]]

        way = min((failing(box) for box in key), key=lambda failed: (len(failed), [reading for reading, _ in failed]))
        reading, values = way[0]
        earlier = dict.fromkeys(each.observation for each in self.evidence.get(reading, ()))
        earlier.update(dict.fromkeys(because.get(reading, ())))  # what narrows it only together with this answer
        if is_newest:
            return Contradiction(reading, values, domains[reading], tuple(earlier))
        # The newest observation narrowed so far that it is this earlier one which can't hold any more.
        return Contradiction(reading, domains[reading], values, tuple({**earlier, name: None}))


def together(ledgers: Collection[Ledger]) -> Ledger:
    """What is left of each reading in several accounts: what none of them excludes, or else what one of them leaves."""
    found = Ledger()
    for reading, everything in list(found.possible.items()):
        narrowed = [left for each in ledgers if (left := each.possible[reading]) < everything]
        found.possible[reading] = everything.intersection(*narrowed) or frozenset[str]().union(*narrowed)
    for each in ledgers:
        for reading, count in each.counted.items():
            found.counted[reading] = found.counted.get(reading, 0) + count
        for reading, evidence in each.evidence.items():
            found.evidence[reading] = [*found.evidence.get(reading, ()), *evidence]
    return found
