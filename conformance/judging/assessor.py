"""What is known of a target: each answer is judged with it, and it is learnt from. Pure; nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from conformance.base.errors import TransportError
from conformance.contract import CLAUSE, CLAUSES, READING, VARIES
from conformance.contract.rules import AnswerRule, Default, Effect, Gate, Typed
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import Answer, Exchange, HttpRequest, HttpResponse, header
from conformance.exchange.reading import common_parameter, signature_of
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, Words, words
from conformance.exchange.wire import Form, Sender, envelope, fields_of
from conformance.judging.account_status import OF_THE_ACCOUNT, leaves_open
from conformance.judging.blame import dependent_on, is_permitted
from conformance.judging.judge import (
    Departure,
    DepartureKind,
    Judgement,
    explain,
    judge,
    judge_envelope,
    of_one_answer,
    part,
)  # fmt: skip
from conformance.judging.ledger import Contradiction, Ledger
from conformance.judging.observed import ObservedExchange
from conformance.judging.results import Failure, Results
from conformance.judging.sisters import Seen, see
from conformance.judging.world_updates import apply, decoded, perhaps_created
from conformance.oracle.gateway import size_clause_of
from conformance.oracle.prediction import EVERYWHERE, Accepted, Allowed, Outcome, Prediction, Refused
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World

__all__ = ["Assessor", "CaseRun"]

_LONGEST_CITED = 200


@dataclass(slots=True, repr=False)
class CaseRun:
    """A case while it is sent.

    Attributes:
        case: the template.
        salt: what its markers are replaced with.
        steps: with the salt.
        index: which of the steps is at hand.
        bodies: what was sent so far.
        found: the failures so far.
        conclusive: whether all that was seen tells something of the target.
        answered: how many judged answers the documents allow.
        ended: whether a step could not be sent or seen.
        unserved: the sister action for want of which it ended; None where that wasn't why.
        disturbed: whether a request had to be sent again, and may have been carried out twice.
        is_last: whether the case isn't tried once more where it was disturbed.
        unsent: why a step was held back from a real account; empty where none was.
    """

    case: Case
    salt: str
    steps: list[Step]
    index: int = 0
    bodies: list[HttpRequest] = field(default_factory=list)
    found: list[Failure] = field(default_factory=list)
    conclusive: bool = True
    answered: int = 0
    ended: bool = False
    unserved: str | None = None
    disturbed: bool = False
    is_last: bool = True
    unsent: str = ""

    @classmethod
    def of(cls, case: Case, salt: str) -> CaseRun:
        """A case with its salt, of which nothing was sent yet."""
        return cls(case, salt, [each.filled(salt) for each in case.steps])


@dataclass(slots=True, repr=False)
class Assessor:
    """What is known of a target, and what was found there.

    Attributes:
        region: the Region whose groups the world holds.
        world: what is known of the account.
        ledger: what is left of the readings.
        results: what was found.
        on_judgement: called with each request to CreateGroup, its prediction and its judgement.
        cite: what to add to the name of an observation, to find it again.
    """

    region: str
    world: World = field(default_factory=World)
    ledger: Ledger = field(default_factory=Ledger)
    results: Results = field(default_factory=Results)
    on_judgement: Callable[[HttpRequest, Prediction, Judgement], None] = lambda _http, _prediction, _judgement: None
    cite: Callable[[HttpRequest], str] = lambda _http: ""
    _request_ids: set[str] = field(default_factory=set)
    _sent: set[int] = field(default_factory=set)
    _misfiring: set[str] = field(default_factory=set)

    def begin(self, case: Case, salt: str) -> CaseRun:
        """A case with its salt, of which nothing was sent yet; what it is going to send is known to be this run's."""
        if isinstance(self.world.ours, Words):
            for step in case.steps:
                self.world.ours.add(words(step.request, salt))
        return CaseRun.of(case, salt)

    def predict(self, http: HttpRequest, sender: Sender, now: float) -> Prediction:
        """What is allowed to come of a request that is sent now.

        Args:
            http: the request, as it is sent.
            sender: who signed it.
            now: what time it is where it goes, in seconds since 1970.
        """
        return predict_http(http, sender, now, self.world, replayed=self._is_replayed(hash(http)))

    def _is_replayed(self, key: int) -> bool:
        """Whether what the key stands for was sent before."""
        replayed = key in self._sent
        self._sent.add(key)
        return replayed

    # --- Judging -----------------------------------------------------------------------------------------

    def judge(
        self,
        http: HttpRequest,
        prediction: Prediction,
        answer: HttpResponse | None,
        case_run: CaseRun,
        *,
        at_once: bool = False,
    ) -> None:
        """Judge the answer to a CreateGroup request, from what was sent; learn from it.

        Args:
            http: what was sent.
            prediction: what is allowed to come of it.
            answer: what came; None where the connection was closed.
            case_run: the case to which it belongs; is told what was found.
            at_once: whether it is one of several that were sent at once.
        """
        request, focus = decoded(http), case_run.case.clause
        shown = {id_ for id_, tally in self.results.tallies.items() if tally.kept}
        size, ids = size_clause_of(http), self._request_ids
        judgement = judge(
            prediction, answer, ids, focus, self._misfiring, shown=shown, size_clause=size, method=http.method
        )
        self.on_judgement(http, prediction, judgement)
        # Of what is delivered in a way of its own, the way may be what is refused.
        plain = not is_permitted(prediction, focus)
        if plain and prediction.must_be_accepted and isinstance(judgement.outcome, Refused):
            self._misfiring.add(judgement.outcome.code)
        where = self.cite(http)
        name = f"request {self.results.requests}{f' ({where})' if where else ''}, {_shown(request)}"
        departures = [
            *judgement.departures,
            *_of_aim(case_run, judgement, prediction, answer),
            *self._learn(name, judgement, prediction, answer),
        ]
        aim = _aim(case_run, prediction) if judgement.outcome is None else case_run.case.clause
        case_run.found += [self.fail(each, case_run, aim) for each in of_one_answer(departures, prediction)]
        case_run.conclusive = case_run.conclusive and judgement.conclusive
        case_run.answered += bool(judgement.ways)
        self._count(prediction, judgement, answer, focus)
        self.results.groups_created += isinstance(judgement.outcome, Accepted)
        self.results.groups_in_doubt += answer is not None and leaves_open(envelope(answer))
        elsewhere = (common_parameter(http, "Region") or "") != self.region
        apply(self.world, request, judgement.outcome, prediction, at_once=at_once, elsewhere=elsewhere)

    def judge_silence(
        self, http: HttpRequest, prediction: Prediction, error: TransportError, case_run: CaseRun
    ) -> None:
        """A CreateGroup request that had to be answered was not: a departure, and the end of the case."""
        self.perhaps_created(http)
        aim = _aim(case_run, prediction)
        departure = Departure(aim, DepartureKind.NO_ANSWER, explain(prediction), str(error))
        case_run.found.append(self.fail(departure, case_run, aim))
        case_run.ended = True

    def see(self, request: Request, answer: Answer) -> Seen:
        """Hold the answer of a sister action against what is known; learn from it. What it shows isn't noted yet."""
        return see(request, envelope(answer) if isinstance(answer, HttpResponse) else None, self.world)

    def note(self, seen: Seen, request: Request, case_run: CaseRun) -> None:
        """Note what the answer of a sister action showed."""
        for id_ in seen.kept:
            self.results.tallies[id_].kept += 1
        for each in seen.departures:
            case_run.found.append(self.fail(replace(each, clause=part(each.clause, case_run.case.clause)), case_run))
        if seen.unserved is not None:
            case_run.ended, case_run.unserved = True, request.action
            if not seen.passing:
                why = f"{request.action} isn't served ({seen.unserved}): {case_run.case.clause} was seen in part"
                self.results.note_unseen(request.action, why)

    def perhaps_changed(self, request: Request) -> None:
        """Nobody said what came of a change or a deletion: the group may be there or not, and as it was or not."""
        group_id = request.last_text("GroupId")
        if request.action in {"DeleteGroup", "ModifyGroup"} and group_id is not None:
            self.world.in_doubt(group_id, request.last_text("GroupName"), stays=False)

    def awaits_deletion(self, exchange: Exchange, prediction: Prediction) -> str | None:
        """The clause to wait for, where a creation is refused as if what was deleted or renamed were still there."""
        if not isinstance(exchange.answer, HttpResponse) or envelope(exchange.answer).code not in _STILL_THERE:
            return None
        request = decoded(exchange.sent)
        acceptable = any(isinstance(each.outcome, Accepted) for each in prediction.allowed)
        if request is None or not acceptable:
            return None
        return self.world.reason_to_wait(request.last_text("GroupId"), request.last_text("GroupName"))

    # --- What others sent --------------------------------------------------------------------------------

    def judge_creation(self, heard: ObservedExchange, *, raced: bool) -> CaseRun | None:
        """Judge what came of a CreateGroup of others.

        Args:
            heard: the exchange.
            raced: whether others asked for, changed or deleted the same group at the same time.

        Returns:
            What was found; nothing is, for an answer that only tells of the account, or of the service's state. None
            where no answer came.
        """
        http, answer = heard.http, heard.answer
        if isinstance(answer, TransportError):
            self.results.groups_in_doubt += 1
            return None
        case_run = _case_run_of(http)
        # What else was changed on the way may not be signed.
        replayed = self._is_replayed(hash(signature_of(http) or http))
        code = envelope(answer).code
        always = (_anything(code),) if code in _OF_OTHERS or (raced and code in _RACE) else ()
        predictions: list[Prediction] = []
        for moment in heard.moments:
            each = predict_http(http, heard.sender, moment, self.world, replayed=replayed)
            predictions.append(replace(each, allowed=(*each.allowed, *always)))
            if judge(predictions[-1], answer, method=http.method).ways:
                break
        else:
            del predictions[1:]  # by no clock is it allowed
        self.judge(http, predictions[-1], answer, case_run)
        return case_run

    def judge_refusals(self, heard: ObservedExchange, times: int) -> list[Failure]:
        """Whoever sent it was refused for the signature each time: one of both sides signs otherwise than documented.

        Args:
            heard: the last exchange.
            times: how many there were in a row.
        """
        clause = "Authentication.signature"
        expected = f"a signature that is taken: {clause} says {CLAUSE[clause].citations[0]}"
        observed = f"{times} requests of this SecretId in a row were refused for their signatures, and none was taken"
        departure = Departure(clause, DepartureKind.REJECTED_THOUGH_VALID, (expected,), observed)
        return [self.fail(departure, _case_run_of(heard.http))]

    def judge_other_version(self, heard: ObservedExchange) -> list[Failure] | None:
        """Judge what another version of CreateGroup answered: only whether that is an answer of the API at all.

        None where even that can't be told.
        """
        if not isinstance(heard.answer, HttpResponse) or heard.answer.status != HTTPStatus.OK:
            return None
        case_run = _case_run_of(heard.http)
        departures, checked = judge_envelope(heard.answer, self._request_ids)
        self._note_answer(checked, heard.answer)
        case_run.found += [self.fail(each, case_run) for each in departures]
        return case_run.found

    def judge_look(self, heard: ObservedExchange) -> list[Failure] | None:
        """Hold the answer of a sister action that others asked against what is known; None where it can't be read."""
        request = decoded(heard.http)
        if request is None:
            return None
        case_run = _case_run_of(heard.http)
        self.note(self.see(request, heard.answer), request, case_run)
        return case_run.found

    def perhaps_created(self, http: HttpRequest) -> None:
        """Nobody said what came of a creation: its group may be there or not."""
        self.results.groups_in_doubt += 1
        perhaps_created(self.world, decoded(http))

    def fail(self, departure: Departure, case_run: CaseRun, aim: str = "") -> Failure:
        """Keep a departure, with the requests that show it, and the clause at which the last is aimed: the case's."""
        case, upto = case_run.case, case_run.index + 1
        return self.results.add(
            Failure(
                departure.clause,
                departure.kind,
                departure.expected,
                departure.observed,
                tuple(case_run.steps[:upto]),
                tuple(case_run.bodies),
                self.results.requests,
                replace(case, clause=aim or case.clause, steps=case.steps[:upto], quota=self.world.quota),
                departure.at_issue,
            )
        )

    # --- What an answer shows ----------------------------------------------------------------------------

    def _learn(
        self, name: str, judgement: Judgement, prediction: Prediction, answer: HttpResponse | None
    ) -> Iterable[Departure]:
        """Narrow the ledger by an observation; one that contradicts an earlier one is a departure."""
        content_type = (header(answer.headers, "Content-Type") or "").lower() if answer is not None else ""
        if content_type.startswith("application/json"):
            named = "charset" if "charset" in content_type else "bare"
            self.ledger.observe([{_CHARSET: frozenset({named, VARIES})}], name)
        if not judgement.ways or not all(each.conclusive for each in judgement.ways):
            return
        contradiction = self.ledger.observe([each.readings for each in judgement.ways], name)
        if contradiction is not None:
            yield from _contradicted(contradiction, prediction, judgement)

    def _note_answer(self, checked: Iterable[str], answer: HttpResponse | None) -> None:
        """Write down which clauses on answers could be checked, and what an answer shows whatever was asked."""
        for id_ in checked:
            self.results.tallies[id_].kept += 1
        if answer is not None:
            parsed = envelope(answer)
            if parsed.code:
                self.results.codes[parsed.code] += 1
            if parsed.request_id:
                self._request_ids.add(parsed.request_id)

    def _count(self, prediction: Prediction, judgement: Judgement, answer: HttpResponse | None, focus: str) -> None:
        """Write down what the answer shows of which clauses: nothing of parameters where the page doesn't allow it.

        A clause is seen broken where the answer is the one for breaking it, not one for another's breach.
        """
        self._note_answer(judgement.checked, answer)
        if not judgement.ways:
            return
        answered = {id_ for each in judgement.ways for id_ in each.clauses}
        for id_ in prediction.kept:
            self.results.tallies[id_].kept += _is_told(id_, judgement.outcome)
        for id_ in prediction.broken & answered:
            self.results.tallies[id_].broken += 1
        for id_ in prediction.open:
            self.results.tallies[id_].open += 1
        # A clause that is a case of another: the request alone doesn't tell them apart.
        if not isinstance(CLAUSE[focus].rule, Effect):
            for id_ in CLAUSE[focus].part_of:
                self.results.tallies[focus].kept += id_ in prediction.kept and _is_told(id_, judgement.outcome)
                self.results.tallies[focus].broken += id_ in prediction.broken & answered
        # The clauses on the order of checks and on null are shown by a request as a whole, not by one value of it.
        if len(prediction.broken | prediction.open) > 1:
            self.results.tallies["Request.check-order"].open += 1
        if any(not _NULL.isdisjoint(each.readings) for each in prediction.allowed):
            self.results.tallies["Request.null"].open += 1


def _is_told(clause: str, outcome: Outcome | None) -> bool:
    """Whether an answer tells that a clause, which the request keeps, is followed.

    An acceptance tells it of all, but of the version that is the default only if it names one; a refusal of what the
    gateway asks alone, which comes before the action's own checks.
    """
    if isinstance(outcome, Accepted):
        return outcome.face_model_version != "" or not isinstance(CLAUSE[clause].rule, Default)
    return isinstance(outcome, Refused) and isinstance(CLAUSE[clause].rule, Gate)


def _aim(case_run: CaseRun, prediction: Prediction) -> str:
    """The clause at which a request is aimed; of a plain one behind one that isn't, that it leaves nothing behind."""
    before = case_run.steps[max(0, case_run.index - 1)]
    plain = case_run.steps[case_run.index].is_plain and prediction.must_be_accepted
    return _CONNECTION if plain and not before.is_plain else case_run.case.clause


def _of_aim(
    case_run: CaseRun, judgement: Judgement, prediction: Prediction, answer: HttpResponse | None
) -> Iterable[Departure]:
    """The clause at which a request was aimed hasn't been kept by an answer that can't be read."""
    aim = _aim(case_run, prediction)
    known = any(each.clause == aim for each in judgement.departures)
    if judgement.outcome is None and answer is not None and not case_run.case.probe and not known:
        observed = f"HTTP {answer.status}, and no answer of the API"
        yield Departure(aim, DepartureKind.MALFORMED, explain(prediction), observed)


def _contradicted(found: Contradiction, prediction: Prediction, judgement: Judgement) -> Iterable[Departure]:
    """The departures of the clause whose words are read in two ways, and of the clause at issue."""
    reading = READING[found.reading]
    earlier = "; ".join(found.earlier) or "what was known before"
    expected = (
        f"{reading.question} {' or '.join(sorted(found.possible))}, after {earlier}. "
        f"This answer needs: {' or '.join(sorted(found.needed))}.",
        *explain(prediction),
    )
    at_issue = prediction.open if len(prediction.open) == 1 else frozenset({reading.clause})
    alike = any(type(CLAUSE[each].rule) is type(CLAUSE[reading.clause].rule) for each in at_issue)
    dependent = dependent_on(found.reading) | prediction.open
    for clause in sorted(at_issue if alike else at_issue | {reading.clause}):
        yield Departure(clause, DepartureKind.CONTRADICTION, expected, str(judgement.outcome), dependent)


# The reading on whether an answer names a charset, and those on what null means.
(_CHARSET,) = (each.rule.charset for each in CLAUSES if isinstance(each.rule, AnswerRule) and each.rule.charset)
_NULL = frozenset(each.rule.null for each in CLAUSES if isinstance(each.rule, Typed))

# What may come of any request to an account that others use as well; and of one that meets another of theirs.
_OF_OTHERS = OF_THE_ACCOUNT | {"FailedOperation.GroupInDeletedState"}
# What a creation is told of a group whose deletion, or renaming, takes a while.
_STILL_THERE = frozenset(
    {*CLAUSE["GroupId.unique"].codes, *CLAUSE["GroupName.unique"].codes, "FailedOperation.GroupInDeletedState"}
)
_CONNECTION = "Protocol.connection"
_RACE = frozenset(CLAUSE["Concurrency.same-id"].codes)


def _anything(code: str | None) -> Allowed:
    """The refusal that came, as one that proves nothing."""
    return Allowed(Refused(code or ""), (), EVERYWHERE, conclusive=False)


def _case_run_of(http: HttpRequest) -> CaseRun:
    """A request of others as a case of its own."""
    step = Step(decoded(http) or Request(()), _form_of(http))
    return CaseRun(Case("Request.check-order", "overheard", (step,), probe=True), SALT, [step], bodies=[http])


def _form_of(http: HttpRequest) -> Form:
    """How a request of somebody else is written."""
    if http.method == "GET":
        return Form.QUERY
    return Form.FORM if fields_of(http) else Form.JSON


def _shown(request: Request | None) -> str:
    """A request in a few words, to cite it."""
    if request is None:
        return "which can't be read"
    text = json.dumps(request.plain, ensure_ascii=False)
    return text if len(text) <= _LONGEST_CITED else f"{text[:_LONGEST_CITED]}…"
