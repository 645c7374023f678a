"""A run: sends the requests of cases to a target, within bounds, and has each answer judged. No test framework."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, assert_never

from conformance.base.errors import (
    NotRecordedError,
    NotSentError,
    TargetUnusableError,
    TransportError,
    UnsupportedError,
)
from conformance.contract import ACTION, CLAUSE
from conformance.contract.rules import Effect
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.messages import Answer, Exchange, HttpRequest, HttpResponse, Place
from conformance.exchange.reading import clock_ahead, is_stale
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts, Words
from conformance.exchange.wire import date_of, envelope
from conformance.judging.account_status import Disturbance, disturbance_of, is_refusal, leaves_open
from conformance.judging.assessor import Assessor, CaseRun
from conformance.judging.judge import Departure, DepartureKind, explain
from conformance.judging.ledger import Ledger
from conformance.judging.results import PLAIN, Failure, Results
from conformance.judging.traffic import Traffic
from conformance.oracle.prediction import Prediction, Refused
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World
from conformance.privacy.secrets import Secrets
from conformance.runs.at_once import send_and_hang_up, send_pipelined, send_together
from conformance.runs.bounds import Bounds
from conformance.runs.contact import Contact
from conformance.runs.encoder import Encoder
from conformance.runs.in_use import TRIES, disbelieve
from conformance.runs.looks import look
from conformance.runs.patience import Patience
from conformance.runs.taking_apart import TakingApart
from conformance.runs.ways import Ways
from conformance.targets import Target

if TYPE_CHECKING:
    from conformance.live.pace import Pace

__all__ = ["Run"]

_T = TypeVar("_T")
_Predicted = tuple[Exchange, Prediction]

# Seconds by which a clock may be wrong that nobody tells.
_UNTOLD = 60.0
# A case of which a request was lost is tried so often, each time with other ids.
_TRIES_DISTURBED = 6
# Of random texts, one in some hundred of the longest spells a word that isn't sent to a real account.
_TRIES_UNSENT = 3
_CLOCK_WAS_SET = 120  # seconds, which no answer takes
# Asks whether anybody is still there.
_PROBE = Case.single("GroupExDescriptions.optional", "whether the target still answers", Request(PLAIN), probe=True)


@dataclass(slots=True, repr=False)
class Run:
    """Everything about one run against one target.

    Attributes:
        target: where requests go.
        assessor: judges the answers, and knows what they tell.
        bounds: how much may be sent.
        pace: how fast to send, and what to do where that is too fast; None for as fast as can be, once.
        salts: makes ids and names unique.
        on_request: called after each request.
        on_part: called before each part.
        clock: what time it is where the target is, in seconds since 1970.
        from_call: whether the requests come from `call`: the first answer then says nothing of the credentials, and a
            refusal doesn't end the run.
        secrets: the sender's, and what else requests carried, to be masked wherever a text is for people.
        contact: whether the target is still there, and still lets us in.
        ways: by which ways it is asked.
        taking_apart: what is left out of contexts, since it fails by itself.
    """

    target: Target
    assessor: Assessor
    bounds: Bounds = field(default_factory=Bounds)
    pace: Pace | None = None
    salts: Salts = field(default_factory=Salts)
    on_request: Callable[[], None] = lambda: None
    on_part: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.time
    from_call: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    ways: Ways = field(default_factory=Ways)
    taking_apart: TakingApart = field(default_factory=TakingApart)
    contact: Contact = field(init=False)
    patience: Patience = field(init=False)
    _at_hand: Case = field(default_factory=lambda: _PROBE)
    _aside: Case = field(default_factory=lambda: _PROBE)
    _encoder: Encoder = field(default_factory=Encoder)
    _now: float = 0.0
    _ahead: float = 0.0
    _heard: bool = False
    _traffic: Traffic | None = None

    def __post_init__(self) -> None:
        """Get ready to ask whether anybody is there."""
        self.contact = Contact(self._asked_plainly)
        self.patience = Patience(self._asked_plainly, self._slow_down, self.target.name)
        if self.target.exclusive:  # it answers in this process, when all is done
            self.patience.sleep, self.patience.lags = None, False

    @classmethod
    def against(cls, target: Target, *, max_requests: int | None = None, salts: Salts | None = None) -> Run:
        """A new run against a target."""
        salts = salts or Salts()
        world = World(None if target.exclusive else Words())
        secrets = Secrets.of(target.sender.secrets)
        return cls(target, Assessor(target.sender.region, world), Bounds(max_requests), salts=salts, secrets=secrets)

    @property
    def results(self) -> Results:
        """What was found so far."""
        return self.assessor.results

    @property
    def world(self) -> World:
        """What is known of the account."""
        return self.assessor.world

    @property
    def ledger(self) -> Ledger:
        """What is left of the readings."""
        return self.assessor.ledger if self._traffic is None else self._traffic.ledger

    @property
    def traffic(self) -> Traffic:
        """What others sent."""
        if self._traffic is None:
            self._traffic = Traffic(self.assessor)
        return self._traffic

    # --- Cases -----------------------------------------------------------------------------------------

    def case(self, case: Case) -> list[Failure]:
        """Send a case and judge its answers.

        Returns:
            The failures that it showed; empty where the target conforms, and where nothing is sent, since the case
            goes by a way that isn't served, or is left out.

        Raises:
            BudgetSpentError: no request is left.
            NotRecordedError: the target is a recording that doesn't have the case, or not all of it.
            TargetUnusableError: the target lets nobody in, or is gone.
        """
        if self.ways.barred(case) is not None:
            return []
        self._at_hand = case
        if case.quota is not None:
            return self._with_quota(case, case.quota)
        for tried in itertools.count(1):
            salt = self.salts.of(case.id)
            if salt is None:
                if tried == 1:
                    raise NotRecordedError
                return []
            case_run = self.assessor.begin(case, salt)
            case_run.is_last = tried >= _TRIES_DISTURBED
            self._play(case_run)
            if case_run.conclusive or case_run.found:
                return case_run.found
            if tried >= _tries(case_run):
                break
        if case_run.unsent:
            self.results.note_unseen(case.id, f"{case_run.unsent} ({case.clause})")
            return []
        return disbelieve(self, case_run) if case.is_short else []

    def case_of(self, place: Place) -> Case:
        """The case to which a request belongs that is being sent."""
        return self._aside if place.case == self._aside.id else self._at_hand

    def _with_quota(self, case: Case, quota: int) -> list[Failure]:
        """A case on an account of its own that may have few groups; its world is forgotten afterwards."""
        try:
            target = self.target.with_quota(quota)
        except UnsupportedError as error:
            self.results.unsupported.setdefault(case.clause, str(error))
            return []
        outer = self.target, self.world
        self.target, self.assessor.world = target, World(quota=quota)
        try:
            return self.case(replace(case, quota=None))
        finally:
            target.close()
            self.target, self.assessor.world = outer

    def _play(self, case_run: CaseRun) -> None:
        """Send the steps of a case, one after the other, as far as they can be sent."""
        for index, step in enumerate(case_run.steps):
            case_run.index = index
            missing = step.request.last_text("GroupId") not in self.world.groups
            if step.request.action in {"DeleteGroup", "ModifyGroup"} and missing:
                case_run.ended = True  # there is nothing to change: the creation before it failed, which is judged
            else:
                self._step_or_not(step, case_run)
            if case_run.ended:
                break
        clause = CLAUSE[case_run.case.clause]
        whole = not case_run.ended or (case_run.unserved is not None and case_run.unserved not in clause.needs)
        if isinstance(clause.rule, Effect) and case_run.answered and not case_run.found and whole:
            self.results.tallies[clause.id].kept += 1  # nothing less than all that the clause needs shows it

    def _step_or_not(self, step: Step, case_run: CaseRun) -> None:
        """Send a step; one that the target has no way to send ends the case, and the report tells of it."""
        try:
            self._step(step, case_run)
        except NotSentError as error:
            case_run.ended, case_run.conclusive, case_run.unsent = True, False, str(error)
        except UnsupportedError as error:
            case_run.ended = True
            self.results.unsupported.setdefault(case_run.case.clause, str(error))

    def _step(self, step: Step, case_run: CaseRun) -> None:
        # Whatever the answers will be.
        self.bounds.check(self.results, step.requests, step.requests if step.request.action == ACTION else 0)
        self.patience.rest(step.pause)
        if self.pace is not None:
            self.pace.wait(step.requests)
        if step.request.action != ACTION:
            look(self, step, case_run)
            return
        if step.sending is Sending.ALONE:
            self._send_alone(lambda: self.encoded(step, 0, case_run), case_run)
            return
        sent = [self.encoded(step, number, case_run) for number in range(step.copies)]
        match step.sending:
            case Sending.TWICE:
                self._send_alone(lambda: sent[0], case_run)
                self._send_alone(lambda: sent[0], case_run)
            case Sending.TOGETHER:
                send_together(self, sent, case_run)
            case Sending.PIPELINED:
                send_pipelined(self, sent, case_run)
            case Sending.LOST:
                send_and_hang_up(self, sent[0], case_run)
            case _:
                assert_never(step.sending)
        if self.pace is not None:
            self.pace.wait(step.requests - 1)  # those that were sent at once count in the seconds after them, too

    def encoded(self, step: Step, copy: int, case_run: CaseRun) -> HttpRequest:
        """A copy of a step as it is sent now."""
        self._now = self.clock()
        return self._encoder.encode(case_run, step, copy, self.target.sender, self._now)

    # --- The ways to send ------------------------------------------------------------------------------

    def _send_alone(self, encode: Callable[[], HttpRequest], case_run: CaseRun) -> None:
        """Send what is encoded when its turn has come, and judge the answer by what was really sent."""

        def sent() -> _Predicted:
            return self._borne(lambda: self._sent_and_predicted(encode()), case_run)

        exchange, prediction = self.patience.await_(sent(), sent, lambda each: self.assessor.awaits_deletion(*each))
        if isinstance(exchange.answer, TransportError) and not self._heard:
            raise TargetUnusableError(f"{self.target.name} can't be judged: {exchange.answer}") from exchange.answer
        case_run.bodies.append(exchange.sent)
        if not self.contact.let_in and isinstance(exchange.answer, HttpResponse) and not self.from_call:
            self.contact.admit(self.target.name, exchange.answer, relied_on=self._relies)
        self.judge(exchange, prediction, case_run)

    def _sent_and_predicted(self, http: HttpRequest) -> _Predicted:
        exchange = self.sent(http)
        return exchange, self.predict(exchange.sent)

    def _borne(self, send: Callable[[], _Predicted], case_run: CaseRun) -> _Predicted:
        """What sending gives at last, where the target throttles, fails or closes its connections now and then.

        What had no answer may have been carried out: then the group may be there, and the world says so.
        """
        before: list[Exchange] = []

        def send_again() -> _Predicted:
            if before and disturbance_of(before[-1].answer) is not Disturbance.THROTTLED:
                self.assessor.perhaps_created(before[-1].sent)
                case_run.disturbed = True
            exchange, prediction = send()
            before.append(exchange)
            return exchange, prediction

        return self.patience.bear(send_again, lambda sent: self.disturbance(*sent), case_run.case.clause)

    def disturbance(self, exchange: Exchange, prediction: Prediction | None = None) -> Disturbance | None:
        """What came instead of an answer to the request; None where that is allowed."""
        found = disturbance_of(exchange.answer)
        if found is Disturbance.THROTTLED and self._relies and not self.contact.let_in:
            return None  # it was waited for already
        if found is None and self._was_clock_set(exchange.answer):
            found = Disturbance.CLOCK_SET
        if prediction is None or found is None:
            allowed = False
        elif isinstance(exchange.answer, HttpResponse):
            allowed = bool(prediction.ways_to(Refused(envelope(exchange.answer).code or "")))
        else:
            allowed = prediction.may_be_turned_away
        shown = self.from_call and not (found is Disturbance.CLOSED or self._is_patient)
        return None if allowed or shown else found

    def _was_clock_set(self, answer: Answer) -> bool:
        """Whether a service that is relied on takes a request for stale since its clock was set meanwhile."""
        stale = isinstance(answer, HttpResponse) and is_stale(answer)
        return stale and self._is_patient and abs(self.clock() - self._now) > _CLOCK_WAS_SET

    def _spend(self, requests: int) -> None:
        self.bounds.check_requests(self.results, requests)
        self.results.requests += requests
        self.on_request()

    def spend_on(self, requests: int, send: Callable[[], _T]) -> _T:
        """What sending gives, its requests counted; those that a target has no way to send aren't."""
        self._spend(requests)
        try:
            return send()
        except UnsupportedError:
            self.results.requests -= requests
            raise

    def sent(self, http: HttpRequest) -> Exchange:
        """What was sent, and what came of it."""
        self.patience.note_sent()
        exchange = self.spend_on(1, lambda: self.target.send(http))
        self.secrets.note(exchange.sent)
        if isinstance(exchange.answer, TransportError):
            return exchange
        self.contact.answered()
        if not self._heard and date_of(exchange.answer) is None and not self.target.exclusive:
            self.world.clocks_apart = _UNTOLD
        if not self._heard or self._relies:  # either clock may be set meanwhile
            self._ahead = clock_ahead(exchange, self._now)
        self._heard = True
        return exchange

    def count_unanswered(self, error: TransportError) -> None:
        """Count a request without an answer, and note if the target stopped answering."""
        self.contact.count_unanswered(error)
        if self.lost:
            self.results.unseen["target"] = f"it stopped answering: {error}"

    def _asked_plainly(self) -> Answer | None:
        """What comes of a plain request; None where a recording lacks one, or no group may be created any more."""
        if self.from_call or not self.bounds.takes(self.results, 1):
            return None
        if self.pace is not None:
            self.pace.wait()
        if (exchange := self.ask_aside(_PROBE)) is None:
            return None
        answer = exchange.answer
        if not isinstance(answer, HttpResponse) or not is_refusal(answer) or leaves_open(envelope(answer)):
            self.assessor.perhaps_created(exchange.sent)
        return answer

    def ask_aside(self, case: Case) -> Exchange | None:
        """What comes of a request of which nothing is judged; None where a recording lacks it."""
        salt = self.salts.of(case.id)
        if salt is None:
            return None
        self._aside = case
        case_run = self.assessor.begin(case, salt)
        http = self.encoded(case_run.steps[0], 0, case_run)
        self._spend(1)
        return Exchange(http, self.target.send(http).answer)

    def _slow_down(self, rate: float) -> None:
        from conformance.live.pace import Pace

        if self.pace is None:
            self.pace = Pace(rate, patient=False)
        else:
            self.pace.slow_down(rate)

    @property
    def _relies(self) -> bool:
        """Whether the target is a service that is relied on, so that what fails at everything isn't a departure."""
        return self._is_patient and not self.from_call

    @property
    def _is_patient(self) -> bool:
        """Whether what is throttled is sent again, whoever asks."""
        return self.pace is not None and self.pace.patient

    def predict(self, http: HttpRequest) -> Prediction:
        """What is allowed to come of a request that was encoded last."""
        return self.assessor.predict(http, self.target.sender, self._now + self._ahead)

    def judge(self, exchange: Exchange, prediction: Prediction, case_run: CaseRun, *, at_once: bool = False) -> None:
        """Have an answer to a CreateGroup request judged, unless it tells of the network or the account alone."""
        http, answer = exchange.sent, exchange.answer
        if isinstance(answer, HttpResponse):
            if self._relies:
                self.contact.check_still_let_in(self.target.name, answer, prediction, self.results.requests)
            if not self._isnt_served(exchange, prediction, case_run):
                self.assessor.judge(http, prediction, answer, case_run, at_once=at_once)
        elif prediction.may_be_turned_away:
            self.assessor.judge(http, prediction, None, case_run, at_once=at_once)
        elif self._relies and self.contact.is_gone():
            self.results.unseen["target"] = f"it stopped answering: {answer}"
            self.assessor.perhaps_created(http)
            case_run.ended, case_run.conclusive = True, False
        else:
            self.count_unanswered(answer)
            if not self._isnt_served(exchange, prediction, case_run):
                self.assessor.judge_silence(http, prediction, answer, case_run)

    def _isnt_served(self, exchange: Exchange, prediction: Prediction, case_run: CaseRun) -> bool:
        """Whether a probe shows that its way isn't served, as plain requests are: one departure, whatever came."""
        if self.from_call or not self.results.groups_created:
            return False
        answer = exchange.answer
        why = self.ways.learn(case_run.case, prediction, answer)
        if why is None:
            return False
        if not isinstance(answer, HttpResponse) or leaves_open(envelope(answer)):
            self.assessor.perhaps_created(exchange.sent)
        departure = Departure(case_run.case.clause, DepartureKind.REJECTED_THOUGH_VALID, explain(prediction), why)
        case_run.found.append(self.assessor.fail(departure, case_run))
        return True

    def predicted_by(self, http: HttpRequest, world: World) -> Prediction:
        """What would be allowed to come of a request if the account were another one."""
        return predict_http(http, self.target.sender, self._now, world)

    @property
    def lost(self) -> bool:
        """Whether the target stopped answering."""
        return self.contact.lost


def _tries(case_run: CaseRun) -> int:
    """How often a case is tried that told nothing this time, each time with other ids and names."""
    if case_run.case.is_short:
        return TRIES
    if case_run.unsent and not case_run.bodies:
        return _TRIES_UNSENT
    return _TRIES_DISTURBED if case_run.disturbed else 1
