"""Faults drawn from the whole space: an operator by its weight, one of its faults, and conditions by theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from random import Random

from conformance.emulator.behaviour import Behaviour, Reply
from conformance.emulator.faults.conditions import CONDITIONS, Condition
from conformance.emulator.faults.model import Fault, Spoil
from conformance.emulator.faults.operators import Operator, Seam, operator_of
from conformance.emulator.occasion import Occasion
from conformance.exchange.cases import Case
from conformance.exchange.request import Request

__all__ = ["Space", "under", "witness_of"]

# Written between a fault's name and its conditions'.
AT = "@"


def under(fault: Fault, *conditions: Condition) -> Fault:
    """The fault that shows where all of the conditions hold."""
    if not conditions:
        return fault
    return replace(
        fault,
        name=AT.join([fault.name, *(each.name for each in conditions)]),
        about=" ".join([f"{fault.about},", *(each.about for each in conditions)]),
        spoil=_only_under(fault, conditions),
    )


def _only_under(fault: Fault, conditions: Sequence[Condition]) -> Spoil:
    spoil = fault.spoil
    for each in conditions:
        if each.of_answer is not None:
            spoil = _for_answers(spoil, each.of_answer)
    of_occasions = [each for each in conditions if each.of_answer is None]

    def holds(occasion: Occasion) -> bool:
        return all(each.holds(occasion, fault.subject) for each in of_occasions)

    return (lambda behaviour: behaviour.conditional.append((holds, spoil))) if of_occasions else spoil


def _for_answers(spoil: Spoil, test: Callable[[Reply], bool]) -> Spoil:
    """Change some answers alone, of all that a fault would change."""

    def spoilt(behaviour: Behaviour) -> None:
        right = behaviour.finish
        spoil(behaviour)
        wrong = behaviour.finish

        def finish(request: Request, reply: Reply) -> Reply:
            return wrong(request, reply) if test(reply) else right(request, reply)

        behaviour.finish = finish

    return spoilt


def witness_of(fault: Fault, conditions: Iterable[Condition] = ()) -> Case | None:
    """The smallest case that shows a fault where conditions hold; None where none is known, or none can be made."""
    if not fault.witness:
        return None

    case: Case | None = Case(fault.clauses[0], f"what shows that {fault.about}", fault.witness)
    for each in conditions:
        case = None if case is None else each.context(case, fault.subject)
    return case


class Space:
    """Faults from which any number can be drawn."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Sort faults by their operators."""
        self._faults: dict[Operator, list[Fault]] = defaultdict(list)
        for each in faults:
            self._faults[operator_of(each)].append(each)

    def draw(self, random: Random, conditions: int = 0) -> tuple[Fault, tuple[Condition, ...]]:
        """A fault, and the conditions under which it shows: as many as wanted."""
        operators = list(self._faults)
        while True:
            (operator,) = random.choices(operators, [each.weight for each in operators])
            fault = random.choice(self._faults[operator])
            chosen = _choose([each for each in CONDITIONS if _fits(each, fault, operator)], random, conditions)
            # What can't be said in a context can't be wrong there either.
            if not fault.witness or witness_of(fault, chosen) is not None:
                return fault, chosen


def _choose(conditions: list[Condition], random: Random, number: int) -> tuple[Condition, ...]:
    chosen: list[Condition] = []
    for _ in range(min(number, len(conditions))):
        (condition,) = random.choices(conditions, [each.weight for each in conditions])
        chosen.append(condition)
        conditions = [each for each in conditions if each is not condition]
    return tuple(chosen)


# What is wrong with any answer, whatever it says.
_OF_ANY_ANSWER = frozenset({"request-id", "http-status", "envelope", "content-type", "body-broken"})


def _fits(condition: Condition, fault: Fault, operator: Operator) -> bool:
    """Whether a fault can show under a condition alone."""
    if condition.of_answer is not None:
        return operator.name in _OF_ANY_ANSWER and "-on-" not in fault.name
    return operator.seam is not Seam.TIMING and (bool(fault.subject) or not condition.of_value)
