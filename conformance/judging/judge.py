"""The judge: an answer held against a prediction. Pure; it returns every way in which the answer departs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from conformance.contract import CLAUSE, CODES, Clause, CodeKind, clause_on_whole
from conformance.contract.rules import Default, Gate
from conformance.exchange.messages import HttpResponse, header
from conformance.exchange.wire import Envelope, envelope, location_of
from conformance.judging.blame import Refusal, blamed, guess, in_page_order, is_permitted, otherwise_named, owner_of
from conformance.oracle.prediction import Accepted, Allowed, Box, Outcome, Prediction, Refused, TurnedAway

__all__ = ["Departure", "DepartureKind", "Judgement", "explain", "judge", "judge_envelope", "of_one_answer", "part"]


class DepartureKind(StrEnum):
    """The ways in which an answer can depart from the page: a word that programs may keep, and what people read.

    Attributes:
        about: the kind in words; they may change, the word may not.
    """

    about: str

    ACCEPTED_THOUGH_INVALID = "accepted-though-invalid", "accepted though invalid"
    REJECTED_THOUGH_VALID = "rejected-though-valid", "rejected though valid"
    WRONG_REASON = "wrong-reason", "rejected for the wrong reason"
    IMPOSSIBLE_CODE = "impossible-code", "a documented code that is impossible here"
    UNDOCUMENTED_CODE = "undocumented-code", "an undocumented code"
    WRONG_RESULT = "wrong-result", "a wrong result"
    MALFORMED = "malformed", "a malformed answer"
    NO_ANSWER = "no-answer", "no answer"
    CONTRADICTION = "contradiction", "contradicts an earlier answer"
    # Of clients.
    NOT_SENT = "not-sent", "not sent"
    SENT_OTHERWISE = "sent-otherwise", "sent otherwise than asked"
    SENT_AGAIN = "sent-again", "sent more than once"
    SUCCESS_THOUGH_REFUSED = "success-though-refused", "a success of what was refused"
    RAW_ERROR = "raw-error", "an error that isn't the SDK's own"
    CRASHED = "crashed", "crashed"

    def __new__(cls, word: str, about: str) -> Self:
        """A kind whose value is the word alone."""
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.about = about
        return kind


@dataclass(frozen=True, slots=True, repr=False)
class Departure:
    """One way in which an answer departs from the page.

    Attributes:
        clause: id of the clause that isn't followed.
        kind: how.
        expected: what the page allows, a line each, with its words.
        observed: what came.
        at_issue: ids of the clauses that may explain it besides: those that the request breaks; those from which the
            same answer departs; those that depend on the reading of which it contradicts an earlier answer.
    """

    clause: str
    kind: DepartureKind
    expected: tuple[str, ...]
    observed: str
    at_issue: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """What an answer says, and how it departs.

    Attributes:
        outcome: accepted, or refused with a code; None where the answer can't be read.
        ways: the ways in which the page allows that outcome.
        departures: the ways in which the answer departs; empty where it conforms.
        checked: ids of the clauses on answers that could be checked.
    """

    outcome: Outcome | None
    ways: tuple[Allowed, ...]
    departures: tuple[Departure, ...]
    checked: frozenset[str]

    @property
    def conclusive(self) -> bool:
        """Whether the answer tells something of the target, and not of other users of the account."""
        return bool(self.departures) or any(each.conclusive for each in self.ways)


def judge(
    prediction: Prediction,
    answer: HttpResponse | None,
    seen_request_ids: Container[str] = (),
    focus: str | None = None,
    misfiring: Container[str] = (),
    *,
    shown: Container[str] = (),
    size_clause: str | None = None,
    method: str = "POST",
) -> Judgement:
    """Hold an answer against a prediction.

    Args:
        prediction: what the page allows.
        answer: what came; None where nothing did, which only a request that may be turned away allows.
        seen_request_ids: the RequestIds of earlier answers of the same target.
        focus: the clause at which the request was aimed; names the culprit where the answer itself doesn't. It
            never changes whether the answer departs.
        misfiring: codes that the target is known to answer to valid requests. One of them is then laid to the clause
            of which it speaks, not to the one that the request breaks. It never changes whether the answer departs.
        shown: clauses that earlier answers showed to be kept. What may be left out isn't blamed, if it is among them.
        size_clause: the clause on how large the request may be: an HTTP server that finds it too large departs from it.
        method: of the request: an HTTP server may answer OPTIONS by itself.
    """
    checked: set[str] = set()
    if prediction.may_be_turned_away and _is_turned_away(answer, method):
        turned_away = TurnedAway()
        return Judgement(turned_away, prediction.ways_to(turned_away), (), frozenset())
    assert answer is not None  # noqa: S101 -- see Args
    parsed = envelope(answer)
    if size_clause is not None and answer.status in _TOO_LARGE and parsed.problem is not None:
        observed = f"HTTP {answer.status} {_TOO_LARGE[answer.status]}, and no answer of the API"
        kind = DepartureKind.WRONG_REASON if prediction.must_be_refused else DepartureKind.REJECTED_THOUGH_VALID
        expected = (*_says(CLAUSE[size_clause]), *explain(prediction))
        too_large = Departure(size_clause, kind, expected, observed)
        return Judgement(TurnedAway(), (), (too_large,), frozenset())
    departures = list(_of_answer(answer, parsed, seen_request_ids, checked))
    outcome = _outcome(parsed)
    ways: tuple[Allowed, ...] = ()
    if isinstance(outcome, Accepted) and outcome.face_model_version == "":
        ways = tuple(each for each in prediction.allowed if isinstance(each.outcome, Accepted))
    elif outcome is not None:
        ways = prediction.ways_to(outcome)
    if outcome is not None and not ways:
        if isinstance(outcome, Refused):
            refusal = Refusal(prediction, outcome.code, focus, outcome.code in misfiring, _message(parsed), shown)
            departures += _of_refusal(refusal)
        elif isinstance(outcome, Accepted):
            departures += _of_acceptance(prediction, outcome, focus)
    elif outcome is None:
        at_issue = [focus] if focus is not None and is_permitted(prediction, focus) else []
        if answer.status == 500:  # it broke on what its gateway should have refused
            at_issue += [each for each in in_page_order(prediction.broken) if isinstance(CLAUSE[each].rule, Gate)]
        observed = f"HTTP {answer.status}, and no answer of the API"
        departures += [Departure(each, DepartureKind.MALFORMED, explain(prediction), observed) for each in at_issue]
    departures = list(dict.fromkeys(replace(each, clause=part(each.clause, focus)) for each in departures))
    return Judgement(outcome, ways, tuple(departures), frozenset(checked))


def judge_envelope(
    answer: HttpResponse, seen_request_ids: Container[str]
) -> tuple[tuple[Departure, ...], frozenset[str]]:
    """How an answer to any action departs from what all of them must be; and which clauses could be checked."""
    checked: set[str] = set()
    departures = tuple(_of_envelope(answer, envelope(answer), seen_request_ids, checked))
    return departures, frozenset(checked)


def part(clause: str, focus: str | None) -> str:
    """The clause to name: that at which the request was aimed, where it is a case of the one that is at issue."""
    return focus if focus is not None and clause in CLAUSE[focus].part_of else clause


def of_one_answer(departures: Iterable[Departure], prediction: Prediction) -> list[Departure]:
    """The departures of an answer, each with what may explain it besides.

    That is for those in its form all of them, and what the request breaks where it can't be read; and for the others
    that it may be the answer to another request.
    """
    found = list(departures)
    malformed = frozenset(each.clause for each in found if each.kind is DepartureKind.MALFORMED)
    of_form = malformed | prediction.at_issue if _UNREADABLE in malformed else malformed
    of_others = malformed & {_REPEATED}
    return [
        replace(each, at_issue=of_form if each.clause in malformed else each.at_issue | of_others) for each in found
    ]


_REPEATED, _UNREADABLE = "Response.RequestId.unique", "Response.envelope"
# What HTTP servers answer to what is larger than they take, before any API sees it.
_TOO_LARGE = {413: "Content Too Large", 414: "URI Too Long", 431: "Request Header Fields Too Large"}


# By what an HTTP server tells which methods there are; the second to those who ask from another site.
_ALLOWS = ("Allow", "Access-Control-Allow-Methods")


def _is_turned_away(answer: HttpResponse | None, method: str) -> bool:
    """Whether the HTTP server itself refused, or answered without a body as it does to HEAD.

    To OPTIONS it may tell beside a body which methods there are. One that sends elsewhere has refused nothing.
    """
    if answer is None:
        return True
    refused = 400 <= answer.status < 500 or answer.status in {501, 505}
    allows = method == "OPTIONS" and any(header(answer.headers, each) is not None for each in _ALLOWS)
    told = answer.status < 300 and (not answer.body or allows)
    return (refused or told) and envelope(answer).problem is not None


def _outcome(parsed: Envelope) -> Outcome | None:
    """What an answer says; an acceptance without a version has an empty one."""
    if parsed.problem is not None:
        return None
    if parsed.error is not None:
        return Refused(parsed.code) if parsed.code else None
    version = parsed.response.get("FaceModelVersion")
    return Accepted(version if isinstance(version, str) else "")


# --- The answer by itself ----------------------------------------------------------------------------------


def _of_answer(answer: HttpResponse, parsed: Envelope, seen: Container[str], checked: set[str]) -> Iterator[Departure]:
    """What is wrong with an answer whatever was asked; fills in which clauses could be checked."""

    def check(clause: str, observed: str | None) -> Iterator[Departure]:
        return _check(clause, observed, checked)

    yield from _of_envelope(answer, parsed, seen, checked)
    if parsed.problem is not None:
        return
    if "Error" not in parsed.response:
        yield from check("Response.FaceModelVersion", _text_problem(parsed.response, "FaceModelVersion"))
        return
    beside = "FaceModelVersion" in parsed.response
    yield from check("Response.Error.alone", "Error and FaceModelVersion in one answer" if beside else None)
    if beside and not isinstance(parsed.error, dict):
        return
    error = parsed.error if isinstance(parsed.error, dict) else {}
    yield from check("Response.Error.Code", _text_problem(error, "Code"))
    yield from check("Response.Error.Message", _text_problem(error, "Message"))
    if parsed.code:
        undocumented = None if parsed.code in CODES else f"Code {parsed.code} is in no documented list"
        yield from check("Response.Error.documented", undocumented)


def _of_envelope(
    answer: HttpResponse, parsed: Envelope, seen: Container[str], checked: set[str]
) -> Iterator[Departure]:
    """What is wrong with an answer whatever action was asked; fills in which clauses could be checked."""
    status = None if answer.status == 200 else f"HTTP {answer.status}"
    if (where := location_of(answer)) is not None:
        status = f"{status}, which redirects to {where}"
    yield from _check("Response.http-status", status, checked)
    content_type = header(answer.headers, "Content-Type")
    yield from _check("Response.content-type", _content_type_problem(content_type), checked)
    observed = parsed.problem and f"{parsed.problem}: {_excerpt(answer.body)}"
    yield from _check("Response.envelope", observed, checked)
    if parsed.problem is not None:
        return
    yield from _check("Response.RequestId.present", _text_problem(parsed.response, "RequestId"), checked)
    if parsed.request_id:
        repeated = f"RequestId {parsed.request_id} came before" if parsed.request_id in seen else None
        yield from _check("Response.RequestId.unique", repeated, checked)


def _check(clause: str, observed: str | None, checked: set[str]) -> Iterator[Departure]:
    checked.add(clause)
    if observed is not None:
        yield Departure(clause, DepartureKind.MALFORMED, _says(CLAUSE[clause]), observed)


def _content_type_problem(value: str | None) -> str | None:
    if value is None:
        return "no Content-Type"
    media_type, _, parameters = value.partition(";")
    if media_type.strip().lower() != "application/json":
        return f"Content-Type: {value}"
    charset = parameters.strip().lower().replace('"', "")
    return None if charset in {"", "charset=utf-8", "charset=utf8"} else f"Content-Type: {value}"


def _text_problem(values: object, name: str) -> str | None:
    """What is wrong with a member that must be a text; None where it is one."""
    if not isinstance(values, dict) or name not in values:
        return f"no {name}"
    value = values[name]
    if not isinstance(value, str):
        return f"{name} is {_excerpt(repr(value).encode())}, no text"
    return None if value else f"{name} is empty"


# --- The outcome against the prediction --------------------------------------------------------------------


def _of_acceptance(prediction: Prediction, outcome: Accepted, focus: str | None) -> Iterator[Departure]:
    """The departures of an acceptance that isn't allowed: what kind, and of which clauses."""
    kind = DepartureKind.ACCEPTED_THOUGH_INVALID if prediction.must_be_refused else DepartureKind.WRONG_RESULT
    if prediction.must_be_refused:
        clauses = otherwise_named(prediction) or in_page_order(prediction.broken) or guess(prediction, focus)
    else:
        named = [CLAUSE[id_] for each in prediction.allowed for id_ in each.clauses]
        defaults = [each.id for each in named if isinstance(each.rule, Default)]
        clauses = defaults[:1] or ["Response.FaceModelVersion"]
    for clause in clauses:
        yield Departure(clause, kind, explain(prediction), str(outcome), prediction.at_issue)


def _of_refusal(refusal: Refusal) -> Iterator[Departure]:
    """The departures of a refusal that isn't allowed: what kind, and of which clauses."""
    prediction = refusal.prediction
    for clause in blamed(refusal):
        kind = _kind_of_code(prediction, refusal.code)
        yield Departure(clause, kind, explain(prediction), refusal.code, prediction.at_issue)


def _message(parsed: Envelope) -> str:
    """What an answer says for people; empty where that is no text."""
    message = parsed.error.get("Message") if isinstance(parsed.error, dict) else None
    return message if isinstance(message, str) else ""


def _kind_of_code(prediction: Prediction, code: str) -> DepartureKind:
    if prediction.must_be_accepted:
        return DepartureKind.REJECTED_THOUGH_VALID
    if code not in CODES:
        return DepartureKind.UNDOCUMENTED_CODE
    if CODES[code].kind in {CodeKind.PARAMETERS, CodeKind.ACCOUNT_STATE} or owner_of(code) in prediction.broken:
        return DepartureKind.WRONG_REASON
    return DepartureKind.IMPOSSIBLE_CODE


# --- Words ---------------------------------------------------------------------------------------------------


def explain(prediction: Prediction) -> tuple[str, ...]:
    """The allowed outcomes, a line each, with the words of the page behind them."""
    lines: dict[str, None] = {}
    for each in prediction.allowed:
        if isinstance(each.outcome, Accepted):
            text = f"{each.outcome}: every clause is kept" if not prediction.open else f"{each.outcome}"
        else:
            text = f"{each.outcome}: " + "; ".join(line for id_ in each.clauses for line in _says(CLAUSE[id_]))
        lines[text + _under(each.readings)] = None
    return tuple(lines)


_ORDER_OF_CHECKS = clause_on_whole("order").reading


def _under(readings: Box) -> str:
    """The readings under which something holds; the order of checks is plain from the list itself."""
    named = [
        f"{reading}={'|'.join(sorted(values))}"
        for reading, values in sorted(readings.items())
        if reading != _ORDER_OF_CHECKS
    ]
    return f" [if {', '.join(named)}]" if named else ""


def _says(clause: Clause) -> tuple[str, ...]:
    return (f"{clause.id} says {clause.citations[0]}",)


def _excerpt(body: bytes, length: int = 200) -> str:
    text = body[:length].decode("utf-8", "backslashreplace")
    return text + (f"… ({len(body)} bytes)" if len(body) > length else "")
