"""Under which conditions a case shows what it shows: those that hold when its last creation comes. A bit for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from conformance.contract import ACTION
from conformance.emulator import Emulator
from conformance.emulator.faults.conditions import CONDITIONS, Condition
from conformance.emulator.occasion import Occasion
from conformance.exchange.cases import Case, Step
from conformance.exchange.delivery import twisted
from conformance.exchange.messages import HttpRequest
from conformance.exchange.wire import Form
from conformance.targets.direct import DirectTarget

__all__ = ["OPTIONS", "Options", "holding"]

_SALT = "confabcdefghij"
_NOW = 1_790_000_000
# Whether these hold is the order's doing, or that of the answer: no context makes them.
_ELSEWHERE = ("at-", "but-at-", "every-", "after-", "on-", "by-day")
_WAYS = frozenset({"by-get", "in-forms", "signed-by-sha-1", "signed-by-sha-256"})
_JSON = frozenset({Form.JSON, Form.JSON_RAW})
_COUNTED = tuple(each for each in CONDITIONS if each.of_answer is None and not each.name.startswith(_ELSEWHERE))


class Options:
    """What may be asked of a case: that it shows a fault at all, under a condition, or under two. A bit for each.

    Attributes:
        weights: of each bit; those for no condition, for one, and for two have one as their sum.
    """

    def __init__(self, conditions: tuple[Condition, ...] = _COUNTED) -> None:
        """Give each of them a bit."""
        self.conditions = conditions
        pairs = list(combinations(range(len(conditions)), 2))
        ones = [each.weight for each in conditions]
        twos = [ones[a] * ones[b] for a, b in pairs]
        self.weights = [1.0, *(each / sum(ones) for each in ones), *(each / sum(twos) for each in twos)]
        self._of_pairs = {pair: at for at, pair in enumerate(pairs, 1 + len(conditions))}
        self._classes: dict[float, int] = {}
        for at, weight in enumerate(self.weights):
            self._classes[weight] = self._classes.get(weight, 0) | 1 << at

    def bits(self, holding: frozenset[int]) -> int:
        """The bits of a case under which these conditions hold."""
        bits = 1
        for each in holding:
            bits |= 1 << (1 + each)
        for pair in combinations(sorted(holding), 2):
            bits |= 1 << self._of_pairs[pair]
        return bits

    def fitting(self, subject: str) -> int:
        """The bits under which a fault of a parameter can show; of none, where none of its texts is at fault."""
        return self.bits(frozenset(at for at, each in enumerate(self.conditions) if subject or not each.of_value))

    @cached_property
    def of_ways(self) -> int:
        """The bits for the ways that aren't JSON, alone or with another condition."""
        return self._with(lambda name: name in _WAYS)

    def _with(self, test: Callable[[str], bool]) -> int:
        members = {at for at, each in enumerate(self.conditions) if test(each.name)}
        singles = sum(1 << (1 + at) for at in members)
        return singles | sum(1 << at for pair, at in self._of_pairs.items() if not members.isdisjoint(pair))

    @property
    def of_number(self) -> tuple[int, int, int]:
        """The bits for no condition, those for one, and those for two."""
        ones, all_ = 1 << (1 + len(self.conditions)), 1 << len(self.weights)
        return 1, ones - 2, all_ - ones

    def weight(self, bits: int) -> float:
        """How much these bits weigh."""
        return sum(weight * (bits & members).bit_count() for weight, members in self._classes.items())


OPTIONS = Options()


def holding(case: Case, plain: Case, subjects: Iterable[str], options: Options = OPTIONS) -> dict[str, int]:
    """The bits of what holds when the last creation of a case comes, for faults of each of these parameters.

    Many targets take JSON alone. So what could be said in JSON and goes by another way shows nothing but what
    is wrong in that way.

    Args:
        case: a template.
        plain: the case of which it is made.
        subjects: the parameters, "" for none.
        options: to which conditions the bits belong.

    Raises:
        ValueError: it can't be said in this way.
    """
    occasion = _occasion(case)
    anyway = {at for at, each in enumerate(options.conditions) if not each.of_value and each.holds(occasion, "")}
    of_values = [(at, each) for at, each in enumerate(options.conditions) if each.of_value]
    found = {subject: {at for at, each in of_values if each.holds(occasion, subject)} for subject in subjects}
    bits = {subject: options.bits(frozenset(anyway | at)) for subject, at in found.items()}
    moved = case.steps[-1].form not in _JSON and plain.steps[-1].form in _JSON
    return bits if not moved else {subject: each & options.of_ways for subject, each in bits.items()}


def _occasion(case: Case) -> Occasion:
    creations = [at for at, each in enumerate(case.steps) if each.request.action == ACTION]
    if not creations:
        return _occasion_of(HttpRequest("POST", "https://localhost/", (), b""), (), ())
    at = creations[-1]
    before = [each.filled(_SALT) for each in case.steps[:at]]
    deleted = {each.request.last_text("GroupId") or "" for each in before if each.request.action == "DeleteGroup"}
    wrong = (each for each in before if each.request.values("FaceModelVersion") == ("9",))
    refused = {text for each in wrong for text in _identities(each)}
    gone = {text for each in before if each.request.last_text("GroupId") in deleted for text in _identities(each)}
    *_, http = (_encoded(case.steps[each].filled(_SALT)) for each in creations)
    return _occasion_of(http, refused, gone)


def _identities(step: Step) -> set[str]:
    return {step.request.last_text(name) or "" for name in ("GroupId", "GroupName")}


def _encoded(step: Step) -> HttpRequest:
    sender = DirectTarget(Emulator()).sender
    return twisted(step.request, replace(sender, scheme=step.scheme), step.form, _NOW, 1, step.twists)


def _occasion_of(http: HttpRequest, refused: object, deleted: object) -> Occasion:
    return Occasion(
        http=http, number=2, on_connection=2, connections=1, seconds=0.0, now=_NOW, groups=0, others=0, last_code="",
        last_size=0, refused=frozenset(refused), deleted=frozenset(deleted),  # type: ignore[call-overload]
    )  # fmt: skip
