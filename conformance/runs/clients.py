"""The parts of a run that judges a client: its cases, and a look back at the end at what arrived late."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from conformance.base.errors import TargetUnusableError, UnsupportedError
from conformance.base.words import cited, counted
from conformance.contract import CODES
from conformance.exchange.calls import CallCase
from conformance.exchange.driver_protocol import Result, Unsupported
from conformance.exchange.observed_calls import Ended, ObservedCall, ObservedCase
from conformance.exchange.plays import PLAY
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import envelope
from conformance.judging.client_checks import Check
from conformance.judging.clients import checks_of_late, judge_client
from conformance.judging.results import Failure, Staged
from conformance.runs.run import Run
from conformance.runs.settings import Settings
from conformance.strategies.calls import call_cases, is_quick
from conformance.targets.clients import ClientTarget

__all__ = ["ClientPart", "EndPart", "client_parts"]


def client_parts(settings: Settings) -> Iterator[ClientPart | EndPart]:
    """What a run plays at a client, in order."""
    cases = [each for each in call_cases() if settings.profile != "smoke" or is_quick(each)]
    opener, *rest = cases
    aimed = [each for each in rest if settings.aims_at_client(each.clause)]
    yield ClientPart(opener, tuple(aimed))
    yield from (ClientPart(each) for each in aimed)
    yield EndPart()


@dataclass(frozen=True, slots=True)
class ClientPart:
    """A case of a client.

    Attributes:
        case: what is called, and played.
        rest: the cases that follow the first: those of them that wait begin with it, side by side.
    """

    case: CallCase
    rest: tuple[CallCase, ...] = ()

    @property
    def id(self) -> str:
        """Clause and case."""
        return f"{self.case.clause}-{self.case.id}"

    def play(self, run: Run, _settings: Settings) -> list[Failure]:
        """Make its calls, and judge what was seen.

        Raises:
            BudgetSpentError: no request is left.
            UnsupportedError: the client has no way to make a call.
            TargetUnusableError: the driver can't be used.
        """
        target = run.target
        assert isinstance(target, ClientTarget)  # noqa: S101 -- the settings named one
        run.bounds.check(run.results, len(self.case.calls))
        seen = target.observe(self.case, run.salts.next())
        if self.rest:
            _check_opener(seen, target.name)
        run.results.client = seen.hello
        begun = self.rest if target.side_by_side > 1 else [each for each in self.rest if each.is_slow]
        target.begin([(each, run.salts.next()) for each in begun])
        failures = _judged(run, seen)
        run.results.note(self.case.id, failures)
        if self.case.clause in _OF_RETRIES and isinstance(seen.calls[-1].outcome, Result):
            run.results.remarks.append(_retries_told(seen))
        refused = next((each.outcome for each in seen.calls if isinstance(each.outcome, Unsupported)), None)
        if not {Scheme.SHA1, Scheme.SHA256} & set(seen.hello.signing):
            run.results.note_unseen("signatures of version 1", f"it signs with {', '.join(seen.hello.signing)} alone")
        if refused is not None and not failures:
            run.results.unsupported.setdefault(self.case.clause, refused.reason)
            raise UnsupportedError(refused.reason)
        return failures


@dataclass(frozen=True, slots=True)
class EndPart:
    """The end: the drivers take leave, and what arrived after the results is counted."""

    @property
    def id(self) -> str:
        """There is one."""
        return "driver.protocol-end"

    def play(self, run: Run, _settings: Settings) -> list[Failure]:
        """Look at what arrived late."""
        target = run.target
        assert isinstance(target, ClientTarget)  # noqa: S101 -- the settings named one
        for wrong in target.leave():
            run.results.note_unseen("driver", f"the driver doesn't take leave as it should: {wrong}")
        found = []
        for case, call, number in target.late():
            check = checks_of_late(call, number)
            found.append(run.results.add(_failure(check, case, run)))
        return found


def _check_opener(seen: ObservedCase, name: str) -> None:
    """Raise TargetUnusableError where a plain call comes to nothing: whatever follows would tell of that alone."""
    call = seen.calls[0]
    if isinstance(call.outcome, Ended):
        said = f": {call.told}" if call.told else f" within {call.seconds:.0f} s"
        raise TargetUnusableError(f"{name} can't be judged: a plain call came to no result{said}")
    if isinstance(call.outcome, Unsupported):
        if call.arrivals:  # it was made all the same, which is judged
            return
        raise TargetUnusableError(f"{name} can't be judged: a plain call is unsupported: {cited(call.outcome.reason)}")
    if not call.arrivals and call.outcome.error is not None:
        error = call.outcome.error
        said = f"{cited(error.class_)}: {cited(str(error.message), 200)}"
        raise TargetUnusableError(f"{name} can't be judged: a plain call doesn't reach the suite's server: {said}")


# Of each case of these it is told how often the client asked, and what it made of it.
_OF_RETRIES = (
    "sdk.resilience.lost-answer-not-resent", "sdk.resilience.lost-answer-not-resent.get",
    "sdk.resilience.retry-does-not-collide",
)  # fmt: skip


def _retries_told(seen: ObservedCase) -> str:
    """How often a client asked for one creation, with what pauses, and what it said of it."""
    call = seen.calls[-1]
    pauses = ", ".join(f"{after.at - before.at:.1f} s" for before, after in pairwise(call.arrivals))
    result = call.result
    error = result.error if result is not None else None
    said = "a success" if error is None else f"an error, {cited(str(error.code or error.class_))}"
    made = "the group was made" if any(each.created for each in call.arrivals) else "no group was made"
    asked = counted(len(call.arrivals), "request") + (f", {pauses} apart" if pauses else "")
    return f"{seen.case.about}: {asked}; {made}; told as {said}"


def _judged(run: Run, seen: ObservedCase) -> list[Failure]:
    results = run.results
    for call in seen.calls:
        results.requests += len(call.arrivals)
        results.groups_created += sum(each.created for each in call.arrivals)
        results.codes.update(_codes_of(call))
    run.on_request()
    failures = []
    for check in judge_client(seen):
        tally = results.tallies[check.clause]
        if check.departure is None:
            tally.kept += 1
        else:
            tally.broken += 1
            failures.append(results.add(_failure(check, seen, run)))
    return failures


def _codes_of(call: ObservedCall) -> set[str]:
    """The documented codes that the client handed on."""
    result = call.result
    said = result.error.code if result is not None and result.error is not None else None
    given = {envelope(each.given).code for each in call.arrivals if each.given is not None}
    return {code for code in given if code in CODES and code == said}


def _failure(check: Check, seen: ObservedCase, run: Run) -> Failure:
    departure, call = check.departure, check.call
    assert departure is not None and call is not None  # noqa: S101, PT018 -- it departs
    return Failure(
        departure.clause,
        departure.kind,
        departure.expected,
        departure.observed,
        tuple(each.call.step for each in seen.calls),
        tuple(each.http for each in call.arrivals),
        run.results.requests,
        seen.case.case,
        staged=_staged(seen, run.target.name),
    )


def _staged(seen: ObservedCase, target: str) -> Staged:
    plays = tuple(PLAY[each].about for each in seen.case.plays if each != "as-it-is")
    calls = tuple(each.call.to_json() for each in seen.calls)
    return Staged(seen.case.about, calls, plays, f"iai-conformance driver call {shlex.quote(target)} {seen.case.id}")
