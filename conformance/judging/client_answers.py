"""What a client made of an answer, held against the answer that it was given: from its bytes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract import RESULT
from conformance.exchange.compression import decompressed
from conformance.exchange.driver_protocol import ErrorKind, Result, SdkError, Unsupported
from conformance.exchange.messages import HttpResponse, header
from conformance.exchange.observed_calls import ObservedCall
from conformance.exchange.wire import envelope
from conformance.judging.client_checks import Check, departs, keeps, named
from conformance.judging.judge import DepartureKind

__all__ = ["checks_of_result"]

_FIELDS = "sdk.answer.fields"
_NEVER = "sdk.error.never-success"
_TYPED = "sdk.error.content-type"
_CRASH = "sdk.resilience.crash"
_JSON = "application/json"


def checks_of_result(call: ObservedCall, outcome: Result | Unsupported, aim: str) -> Iterator[Check]:
    """Every check of what a driver says came of a call.

    Args:
        call: with the answers that were given.
        outcome: what the driver says.
        aim: the clause at which the call was aimed.
    """
    if not isinstance(outcome, Result):
        return
    if aim == _CRASH:
        yield _of_crash(call, outcome)
        return
    last = [each for each in call.arrivals if not each.elsewhere][-1]
    given = last.given if last.whole else None
    if given is None:
        yield from _of_silence(call, outcome)
        return
    answer = decompressed(given)
    read = envelope(answer)
    if answer.status != 200:
        yield from _of_status(call, outcome, answer, aim)
    elif read.problem is not None:
        yield from _unreadable(call, outcome, f"an answer that can't be read: {read.problem}", aim)
    elif "Error" in read.response:
        yield from _of_error(call, outcome, answer, aim)
    elif all(isinstance(read.response.get(name), str) for name in (RESULT, "RequestId")):
        yield from _of_success(call, outcome, answer, aim)


def _of_crash(call: ObservedCall, result: Result) -> Check:
    """What is too deep, or too long, may be read or not: but a program must be able to go on."""
    if result.error is None:
        return keeps(_CRASH)
    if result.error.kind is ErrorKind.CRASH:
        return departs(_CRASH, DepartureKind.CRASHED, "an answer, or an error", _told(result.error), call)
    return _of_kind(call, result.error, _CRASH)


def _of_success(call: ObservedCall, result: Result, answer: HttpResponse, aim: str) -> Iterator[Check]:
    clause = aim if aim.startswith("sdk.answer.") else _FIELDS
    wanted = {name: envelope(answer).response[name] for name in (RESULT, "RequestId")}
    if result.answer is None:
        what = f"an error: {_told(result.error)}"
        yield departs(clause, DepartureKind.REJECTED_THOUGH_VALID, "a success, as the answer says", what, call)
        return
    for name, value in wanted.items():
        came = result.answer.get(name)
        where, kind = clause, DepartureKind.WRONG_RESULT
        if not isinstance(came, str) and came is not None:
            where = "sdk.answer.types"
        if came == value:
            yield keeps(where)
            yield keeps("sdk.answer.types")
        else:
            yield departs(where, kind, f"{name} is {named(value)}, as it was answered", f"it is {named(came)}", call)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What an answer's Error says, as far as it says it as it should."""

    code: str | None
    message: str | None
    request_id: str | None

    @property
    def is_whole(self) -> bool:
        return None not in (self.code, self.message, self.request_id)


def _refusal_in(answer: HttpResponse) -> _Refusal:
    response = envelope(answer).response
    error = response.get("Error")
    members = error if isinstance(error, dict) else {}
    code, message, id_ = members.get("Code"), members.get("Message"), response.get("RequestId")
    return _Refusal(
        code if isinstance(code, str) and code else None,
        message if isinstance(message, str) else None,
        id_ if isinstance(id_, str) else None,
    )


def _of_error(call: ObservedCall, result: Result, answer: HttpResponse, aim: str) -> Iterator[Check]:
    content_type = header(answer.headers, "Content-Type")
    said = _refusal_in(answer)
    never = _TYPED if content_type != _JSON else _NEVER
    if result.error is None:
        expected = f"an error with the code {named(said.code)}" if said.code else "an error: the answer has one"
        what = f"a success: {_fields(result)}"
        yield departs(never, DepartureKind.SUCCESS_THOUGH_REFUSED, expected, what, call)
        return
    yield keeps(never)
    is_json = (content_type or "").partition(";")[0].strip().lower() == _JSON
    if not is_json:  # that it is an error is all that a client can be asked for
        yield _of_kind(call, result.error, _TYPED)
        return
    yield from _of_members(call, result.error, said, None if said.is_whole else aim)


def _of_members(call: ObservedCall, error: SdkError, said: _Refusal, partial: str | None) -> Iterator[Check]:
    """Code, message and request id; of an Error that isn't whole, all under one clause."""
    yield _of_kind(call, error, partial or "sdk.error.kind")
    for name, value, came in (
        ("code", said.code, error.code),
        ("message", said.message, error.message),
        ("request-id", said.request_id, error.request_id),
    ):
        clause = partial or f"sdk.error.{name}"
        if value is None or came == value:
            yield keeps(clause)
        else:
            expected = f"the error's {name} is {named(value)}, as it was answered"
            yield departs(clause, DepartureKind.WRONG_RESULT, expected, f"it is {named(came)}", call)


def _of_kind(call: ObservedCall, error: SdkError, clause: str) -> Check:
    if error.kind is ErrorKind.SDK:
        return keeps(clause)
    return departs(clause, DepartureKind.RAW_ERROR, "an error of the SDK's own class", _told(error), call)


def _unreadable(call: ObservedCall, result: Result, what_came: str, aim: str) -> Iterator[Check]:
    if result.error is None:
        expected = f"an error: what came is {what_came}"
        what = f"a success: {_fields(result)}"
        yield departs(_NEVER, DepartureKind.SUCCESS_THOUGH_REFUSED, expected, what, call)
        return
    yield keeps(_NEVER)
    yield _of_kind(call, result.error, aim)


def _of_status(call: ObservedCall, result: Result, answer: HttpResponse, aim: str) -> Iterator[Check]:
    clause = "sdk.resilience.http-status"
    said = _refusal_in(answer)
    if 200 <= answer.status < 300 and envelope(answer).problem is None and said.code is None:
        yield keeps(clause)  # a success all the same, or not: no document says
        return
    if result.error is None:
        what = f"a success: {_fields(result)}"
        expected = f"an error: the status is {answer.status}"
        yield departs(_NEVER, DepartureKind.SUCCESS_THOUGH_REFUSED, expected, what, call)
        return
    yield keeps(_NEVER)
    yield _of_kind(call, result.error, aim if aim == clause else clause)
    if said.code is not None and result.error.code != said.code:
        expected = f"the code {named(said.code)}, which the answer has beside its status {answer.status}"
        yield departs(clause, DepartureKind.WRONG_RESULT, expected, _told(result.error), call)
    elif result.error.kind is ErrorKind.SDK and not result.error.code:
        expected = f"some code: the status is {answer.status}"
        yield departs(clause, DepartureKind.WRONG_RESULT, expected, _told(result.error), call)


def _of_silence(call: ObservedCall, result: Result) -> Iterator[Check]:
    if result.error is None:
        what = f"a success: {_fields(result)}"
        expected = "an error: no answer was whole"
        yield departs(_NEVER, DepartureKind.SUCCESS_THOUGH_REFUSED, expected, what, call)
        return
    yield keeps(_NEVER)
    yield _of_kind(call, result.error, "sdk.resilience.transport")


def _fields(result: Result) -> str:
    return ", ".join(f"{name} = {named(value)}" for name, value in (result.answer or {}).items()) or "without a field"


def _told(error: SdkError | None) -> str:
    """An error in words."""
    if error is None:
        return "nothing"
    return f"{error.class_} ({error.kind}), code {named(error.code)}, message {named(error.message)}"
