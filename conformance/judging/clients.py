"""The judge of clients: a call, what arrived of it, and what its driver says, held against the clauses. Pure.

Each check says whether its clause is kept or how it isn't; what nothing was seen of isn't checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange.driver_protocol import Result, Unsupported
from conformance.exchange.observed_calls import Ended, ObservedCall, ObservedCase
from conformance.exchange.plays import PLAY, Trick
from conformance.judging.client_answers import checks_of_result
from conformance.judging.client_checks import Check, departs, keeps
from conformance.judging.client_requests import checks_of_request, has_half_pairs, nonce_checks
from conformance.judging.judge import DepartureKind

__all__ = ["checks_of_late", "judge_client"]

_LOST = "sdk.resilience.lost-answer-not-resent"
_ONCE = "sdk.request.once"
_COLLIDES = "sdk.resilience.retry-does-not-collide"
_UNCERTAIN = frozenset({Trick.LOST, Trick.RESET_BEFORE, Trick.RESET_AMID, Trick.TOO_SHORT, Trick.SILENT})


def judge_client(seen: ObservedCase) -> Iterator[Check]:
    """Every check of a case: of each of its calls; what the last one aims at goes for that one."""
    yield from nonce_checks(seen)
    for number, call in enumerate(seen.calls, 1):
        yield from _checks_of_call(seen, call, is_last=number == len(seen.case.calls))


def checks_of_late(call: ObservedCall, arrived: int) -> Check:
    """What arrived for a call when its result was long told."""
    expected = "nothing is sent for a call after its result"
    return departs(_ONCE, DepartureKind.SENT_AGAIN, expected, f"{arrived} more arrived later", call)


def _checks_of_call(seen: ObservedCase, call: ObservedCall, *, is_last: bool) -> Iterator[Check]:
    if call.stray:
        what = f"it wrote besides: {'; '.join(call.stray)}"
        yield departs("driver.protocol", DepartureKind.MALFORMED, "messages alone on standard output", what, call)
    else:
        yield keeps("driver.protocol")
    if isinstance(call.outcome, Unsupported):
        yield from _of_unsupported(call, call.outcome)
        return
    yield keeps("driver.capabilities")
    aim = seen.case.clause if is_last else "sdk.answer.fields"
    for each in call.arrivals:
        if not each.elsewhere:
            yield from checks_of_request(seen, call, each)
    yield from _of_arrivals(seen, call, aim)
    if isinstance(call.outcome, Ended):
        yield _of_end(call, aim, call.outcome)
    else:
        if aim.startswith("sdk.resilience.deadline."):
            yield keeps(aim)
        yield from _of_retries(call, call.outcome)
        if call.arrivals and not _followed(call):
            yield from checks_of_result(call, call.outcome, aim)


def _of_unsupported(call: ObservedCall, said: Unsupported) -> Iterator[Check]:
    """A driver that says it can't, of what its hello says it can; or that did it all the same."""
    clause, kind = "driver.capabilities", DepartureKind.CONTRADICTION
    if call.arrivals:
        expected = "nothing arrives for a call that isn't supported"
        yield departs(clause, kind, expected, f"unsupported ({said.reason}), and a request arrived", call)
    elif call.asked:
        expected = "a result: hello says that it can do all that the call needs"
        yield departs(clause, kind, expected, f"unsupported ({said.reason})", call)


def _of_end(call: ObservedCall, aim: str, ended: Ended) -> Check:
    """A call that ended without a word."""
    match ended:
        case Ended.GARBLED:
            return departs("driver.protocol", DepartureKind.MALFORMED, "a result of this call", call.told, call)
        case Ended.CRASHED:
            return departs(aim, DepartureKind.CRASHED, "an answer, or an error", call.told, call)
        case Ended.LATE:
            expected = f"an answer, or an error, within {call.call.timeout} s, and certainly within twice that"
            return departs(aim, DepartureKind.NO_ANSWER, expected, f"nothing after {call.seconds:.0f} s", call)


def _of_arrivals(seen: ObservedCase, call: ObservedCall, aim: str) -> Iterator[Check]:
    """How often, and where, requests arrived."""
    result = call.result
    here = [each for each in call.arrivals if not each.elsewhere]
    if not here:
        if result is not None and _expects_arrival(call, seen):
            yield _not_sent(call, result, aim)
        return
    if _is_odd(call):
        yield keeps("sdk.local.refusals")
    first = PLAY[here[0].play].trick if here[0].play in PLAY else Trick.NONE
    if call.call.retries == "off":
        clause = _clause_of_repetition(call, first, aim)
        if len(here) > 1:
            what = f"{len(here)} arrived, {here[-1].at - here[0].at:.1f} s apart"
            yield departs(clause, DepartureKind.SENT_AGAIN, "one request, for retries are off", what, call)
        else:
            yield keeps(clause)
    if aim == "sdk.resilience.redirect-not-followed":
        yield from _of_redirection(call, aim)
    if aim == "sdk.resilience.memory":
        yield _of_memory(call, here[-1].taken)


def _clause_of_repetition(call: ObservedCall, first: Trick, aim: str) -> str:
    if first in _UNCERTAIN:
        return f"{_LOST}.get" if call.call.method == "GET" else _LOST
    return aim if aim == "sdk.resilience.http-status" else _ONCE


def _expects_arrival(call: ObservedCall, seen: ObservedCase) -> bool:
    last = call is seen.calls[-1]
    return not (last and PLAY[seen.case.plays[0]].trick is Trick.DEAF)


def _not_sent(call: ObservedCall, result: Result, aim: str) -> Check:
    if result.error is None:
        expected = "no success without a request"
        return departs(_ONCE, DepartureKind.NOT_SENT, expected, "a success, and no request arrived", call)
    what = f"no request arrived: {result.error.class_} ({result.error.kind}): {result.error.message}"
    clause = "sdk.local.refusals" if _is_odd(call) else aim
    return departs(clause, DepartureKind.NOT_SENT, "the request is sent as it was asked for", what, call)


def _is_odd(call: ObservedCall) -> bool:
    """Whether a client may have a reason of its own not to send it: something is missing, or no plain text."""
    values = dict(call.call.parameters)
    texts = [each for value in values.values() for each in (value if isinstance(value, list) else [value])]
    plain = all(isinstance(each, str) and "\0" not in each and not has_half_pairs(each) for each in texts)
    return not (plain and values.get("GroupName") and values.get("GroupId"))


# --- Redirections, retries, memory -------------------------------------------------------------------------


def _followed(call: ObservedCall) -> bool:
    return any(each.elsewhere for each in call.arrivals)


def _of_redirection(call: ObservedCall, aim: str) -> Iterator[Check]:
    there = [each for each in call.arrivals if each.elsewhere]
    token = "sdk.resilience.token-stays"  # noqa: S105 -- a clause
    if not there:
        yield keeps(aim)
        if call.call.token:
            yield keeps(token)
        return
    took = " and took its answer as a success" if call.result and call.result.answer is not None else ""
    expected = "an error: nobody asked for another host"
    what = f"a {there[0].http.method} went to the other host{took}"
    yield departs(aim, DepartureKind.SENT_AGAIN, expected, what, call)
    carried = [name for name in ("X-TC-Token", "Authorization", "Token", "Signature") if _carries(there[0].raw, name)]
    if call.call.token and carried:
        expected = "no credentials go to another host"
        what = f"{', '.join(carried)} went along"
        yield departs(token, DepartureKind.SENT_AGAIN, expected, what, call)


def _carries(raw: bytes, name: str) -> bool:
    lowered, wanted = raw.lower(), name.lower().encode()
    in_head = b"\r\n" + wanted + b":" in lowered
    return in_head or any(mark + name.encode() + b"=" in raw for mark in (b"&", b"?", b"\r\n\r\n"))


def _of_retries(call: ObservedCall, result: Result | Unsupported) -> Iterator[Check]:
    """With the SDK's own retries: a creation that succeeded is told as one, and isn't asked for again."""
    if call.call.retries == "off" or not isinstance(result, Result):
        return
    created = next((number for number, each in enumerate(call.arrivals, 1) if each.created), None)
    if created is None:
        yield keeps(_COLLIDES)
        return
    told = call.arrivals[created - 1].whole
    more = len(call.arrivals) - created
    pauses = ", ".join(f"{each.at:.1f} s" for each in call.arrivals)
    if result.error is not None and (told or str(result.error.code).endswith("AlreadyExist")):
        what = f"{result.error.code}, though request {created} of {len(call.arrivals)} had created it (at {pauses})"
        yield departs(_COLLIDES, DepartureKind.WRONG_RESULT, "a success: the group was created", what, call)
    elif told and more:
        what = f"{more} more arrived after the success (at {pauses})"
        yield departs(_COLLIDES, DepartureKind.SENT_AGAIN, "nothing is sent after a success", what, call)
    else:
        yield keeps(_COLLIDES)


_MUCH = 48 * 1024 * 1024


def _of_memory(call: ObservedCall, taken: int) -> Check:
    clause = "sdk.resilience.memory"
    if taken < _MUCH:
        return keeps(clause)
    expected = "an error, once an answer is larger than any could be"
    return departs(
        clause, DepartureKind.WRONG_RESULT, expected, f"{taken >> 20} MB were taken of an endless body", call
    )
