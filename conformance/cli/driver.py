"""The verb `driver`: look whether a program speaks the driver protocol, and make one call of it again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError
from conformance.base.words import counted, visible

if TYPE_CHECKING:
    from conformance.exchange.calls import CallCase
    from conformance.exchange.observed_calls import ObservedCall, ObservedCase
    from conformance.judging.client_checks import Check
    from conformance.targets.clients import ClientTarget

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.description = "A driver makes one client speak the suite's protocol; docs/drivers.md describes it."
    verbs = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    check = verbs.add_parser("check", help="make some calls, and say what is wrong with how the driver answers")
    check.add_argument("driver", metavar="COMMAND", help="the driver's command, or sdk:NAME")
    call = verbs.add_parser("call", help="make the calls of a case, and show all that is seen of them")
    call.add_argument("driver", metavar="COMMAND", help="the driver's command, or sdk:NAME")
    call.add_argument("case", metavar="CASE", help="the id of a case, as a report of such a run has it")


def perform(options: argparse.Namespace) -> int:
    """Check a driver, or make one call."""
    from conformance.runs.settings import Settings
    from conformance.runs.target_kinds import DRIVER, SDK, build_target
    from conformance.targets.clients import ClientTarget

    written = options.driver if options.driver.startswith((SDK, DRIVER)) else f"{DRIVER}{options.driver}"
    target = build_target(Settings(target=written))
    assert isinstance(target, ClientTarget)  # noqa: S101 -- that is what such a name means
    try:
        return _check(target) if options.what == "check" else _call(target, options.case)
    finally:
        target.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- Checking --------------------------------------------------------------------------------------------------

# Of these clauses a case is tried; what else a driver may be wrong in, a run shows.
_TRIED = (
    "sdk.answer.fields", "sdk.request.value", "sdk.request.unset", "sdk.request.empty", "sdk.request.list-null",
    "sdk.request.text", "sdk.request.text.surrogates", "sdk.request.once", "sdk.error.code", "sdk.error.message",
    "sdk.request.signature", "sdk.request.common-parameters", "sdk.resilience.deadline.first-byte",
    "sdk.resilience.retry-does-not-collide",
)  # fmt: skip


def _check(target: ClientTarget) -> int:
    """Whether a driver speaks the protocol; 0 where it does, else 1. Raises TargetUnusableError."""
    from conformance.exchange.salt import Salts

    hello = target.hello()
    _say(f"✓ hello: {hello.sdk} {hello.version} on {hello.runtime}, reached by {hello.reach[0]}")
    _say(f"  it can: {', '.join([*hello.methods, *hello.signing, *sorted(hello.can)])}")
    salts, wrong = Salts(), 0
    for case in _tried():
        seen = target.observe(case, salts.next())
        problems = [each for each in _checks(seen) if each.departure is not None]
        wrong += bool(problems)
        _say(f"{'✗' if problems else '✓'} {visible(case.about)}: {_outcome(seen.calls[-1])}")
        for each in problems:
            _say_departure(each)
    for told in target.leave():
        wrong += 1
        _say(f"✗ bye: {told}")
    verdict = (
        f"{counted(wrong, 'thing')} to look at: the driver's mistake, or the SDK's" if wrong else "nothing is wrong"
    )
    _say(f"{target.name}: {verdict}")
    return 1 if wrong else 0


def _tried() -> Iterator[CallCase]:
    from conformance.strategies.calls import call_cases

    left = dict.fromkeys(_TRIED)
    for case in call_cases():
        if case.clause in left:
            del left[case.clause]
            yield case


def _checks(seen: ObservedCase) -> list[Check]:
    from conformance.judging.clients import judge_client

    return list(judge_client(seen))


def _say_departure(check: Check) -> None:
    departure = check.departure
    assert departure is not None  # noqa: S101 -- whoever calls looked
    _say(f"    {departure.clause}: {departure.kind.about}")
    _say(f"      expected  {visible('; '.join(departure.expected))}")
    _say(f"      came      {visible(departure.observed)}")


def _outcome(call: ObservedCall) -> str:
    """What the driver says came of a call."""
    from conformance.exchange.driver_protocol import Unsupported
    from conformance.exchange.observed_calls import Ended

    if isinstance(call.outcome, Unsupported):
        return f"unsupported ({visible(call.outcome.reason)})"
    if isinstance(call.outcome, Ended):
        return f"{call.outcome}: {visible(call.told)}" if call.told else str(call.outcome)
    error = call.outcome.error
    return "an answer" if error is None else f"an error ({error.kind}, {visible(str(error.code))})"


# --- One call --------------------------------------------------------------------------------------------------


def _call(target: ClientTarget, id_: str) -> int:
    """Make the calls of a case; 0 where nothing departs, else 1."""
    from conformance.exchange.salt import Salts
    from conformance.strategies.calls import call_cases

    case = next((each for each in call_cases() if each.id == id_), None)
    if case is None:
        raise UsageError(f"no case has the id {id_}: a report of `run --target {target.name}` has those that failed")
    _say(f"{case.clause}: {visible(case.about)}")
    seen = target.observe(case, Salts().next())
    for call in seen.calls:
        for line in _shown(call):
            _say(f"  {line}")
    problems = [each for each in _checks(seen) if each.departure is not None]
    for each in problems:
        _say_departure(each)
    return 1 if problems else 0


def _shown(call: ObservedCall) -> Iterator[str]:
    """All that was seen of a call."""
    import json

    yield f"called    {json.dumps(call.call.to_json())}"
    for each in call.arrivals:
        where = " at the other host" if each.elsewhere else ""
        yield f"arrived   after {each.at:.2f} s{where}, {len(each.raw)} bytes"
        yield from (f"          {visible(line)}" for line in each.raw[:_MOST].decode("utf-8", "replace").splitlines())
        given = each.given
        if given is not None:
            headers = ", ".join(f"{name}: {value}" for name, value in given.headers)
            yield f"answered  {given.status}, {headers}"
            yield f"          {visible(given.body[:_MOST].decode('utf-8', 'replace'))}"
        else:
            yield f"answered  nothing whole ({each.play})"
    yield f"said      {_outcome(call)} after {call.seconds:.2f} s"
    if call.result is not None:
        said = call.result.answer if call.result.error is None else call.result.error
        yield f"          {visible(str(said))}"
    yield from (f"besides   {visible(each)}" for each in call.stray)


_MOST = 4000  # bytes of a body
