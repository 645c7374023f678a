"""A run: sends the requests of cases to a target, within bounds, and has each answer judged.

It knows no test framework.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, assert_never

from conformance.base.errors import (
    BudgetSpentError,
    HungUpError,
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
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts, Words
from conformance.exchange.wire import Envelope, clock_ahead, date_of, envelope
from conformance.judging.account_status import Disturbance, disturbance_of, is_refusal, leaves_open
from conformance.judging.assessor import Assessor, CaseRun
from conformance.judging.judge import Departure, DepartureKind, explain
from conformance.judging.ledger import Ledger
from conformance.judging.results import PLAIN, Failure, Results
from conformance.judging.sisters import Seen, is_in_use
from conformance.judging.traffic import Traffic
from conformance.oracle.prediction import Prediction, Refused
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World
from conformance.privacy.secrets import Secrets
from conformance.runs.contact import Contact
from conformance.runs.encoder import Encoder
from conformance.runs.patience import Patience
from conformance.targets import Target

if TYPE_CHECKING:
    from conformance.live.pace import Pace

__all__ = ["Run"]

_T = TypeVar("_T")
_Predicted = tuple[Exchange, Prediction]

# A short id or name may be in use by somebody else's group: as many others are tried before that is disbelieved.
_TRIES = 8
# Seconds by which a clock may be wrong that nobody tells.
_UNTOLD = 60.0
# A case of which a request was lost is tried so often, each time with other ids.
_TRIES_DISTURBED = 3
_PAGE = 1000  # groups; as many as GetGroupList gives at once
_CLOCK_WAS_SET = 120  # seconds, which no answer takes
# Asks whether anybody is still there.
_PROBE = Case.single("GroupExDescriptions.optional", "whether the target still answers", Request(PLAIN), probe=True)


@dataclass(slots=True, repr=False)
class Run:
    """Everything about one run against one target.

    Attributes:
        target: where requests go.
        assessor: judges the answers, and knows what they tell.
        max_requests, max_groups: hard bounds on requests, on the groups that may have been created; None for none.
        max_seconds: a hard bound on how long requests are sent; None for none.
        pace: how fast to send, and what to do where that is too fast; None for as fast as can be, once.
        salts: makes ids and names unique.
        started: when it began, in seconds of the monotonic clock.
        on_request: called after each request.
        on_part: called before each part.
        clock: what time it is where the target is, in seconds since 1970.
        from_call: whether the requests come from `call`: the first answer then says nothing of the credentials, and a
            refusal doesn't end the run.
        secrets: the sender's, and what else requests carried, to be masked wherever a text is for people.
        contact: whether the target is still there, and still lets us in.
    """

    target: Target
    assessor: Assessor
    max_requests: int | None = None
    max_groups: int | None = None
    max_seconds: float | None = None
    pace: Pace | None = None
    salts: Salts = field(default_factory=Salts)
    started: float = field(default_factory=time.monotonic)
    on_request: Callable[[], None] = lambda: None
    on_part: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.time
    from_call: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    contact: Contact = field(init=False)
    patience: Patience = field(init=False)
    _at_hand: Case = field(default_factory=lambda: _PROBE)
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
        return cls(target, Assessor(target.sender.region, world), max_requests, salts=salts, secrets=secrets)

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
            The failures that it showed; empty where the target conforms.

        Raises:
            BudgetSpentError: no request is left.
            NotRecordedError: the target is a recording that doesn't have the case, or not all of it.
            TargetUnusableError: the target lets nobody in, or is gone.
        """
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
            if tried >= (_TRIES if case.is_short else _TRIES_DISTURBED if case_run.disturbed else 1):
                break
        return self._disbelieve(case_run) if case.is_short or case_run.unsent else []

    def case_of(self, place: Place) -> Case:
        """The case to which a request belongs that is being sent."""
        return _PROBE if place.case == _PROBE.id else self._at_hand

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
        self._make_room(step)
        if self.pace is not None:
            self.pace.wait(step.requests)
        if step.request.action != ACTION:
            self._ask_sister(step, case_run)
            return
        if step.sending is Sending.ALONE:
            self._send_alone(lambda: self._encoded(step, 0, case_run), case_run)
            return
        sent = [self._encoded(step, number, case_run) for number in range(step.copies)]
        match step.sending:
            case Sending.TWICE:
                self._send_alone(lambda: sent[0], case_run)
                self._send_alone(lambda: sent[0], case_run)
            case Sending.TOGETHER:
                self._send_together(sent, case_run)
            case Sending.PIPELINED:
                self._send_pipelined(sent, case_run)
            case Sending.LOST:
                self._send_and_hang_up(sent[0], case_run)
            case _:
                assert_never(step.sending)
        if self.pace is not None:
            self.pace.wait(step.requests - 1)  # those that were sent at once count in the seconds after them, too

    def _make_room(self, step: Step) -> None:
        """See that a step, and the groups that it may create, are allowed, whatever the answers will be."""
        if self.max_requests is not None and self.results.requests + step.requests > self.max_requests:
            raise BudgetSpentError("the requests of --max-requests are spent")
        if self.max_seconds is not None and time.monotonic() - self.started > self.max_seconds:
            raise BudgetSpentError("the seconds of --max-seconds are over")
        if step.request.action == ACTION and not self._takes(step.requests):
            raise BudgetSpentError("the groups of --max-groups are created")

    def _takes(self, groups: int) -> bool:
        """Whether so many groups may still be created."""
        created = self.results.groups_created + self.results.groups_in_doubt
        return self.max_groups is None or created + groups <= self.max_groups

    def _encoded(self, step: Step, copy: int, case_run: CaseRun) -> HttpRequest:
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
        self._judge(exchange, prediction, case_run)

    def _sent_and_predicted(self, http: HttpRequest) -> _Predicted:
        exchange = self._sent(http)
        return exchange, self._predict(exchange.sent)

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

        return self.patience.bear(send_again, lambda sent: self._disturbance(*sent), case_run.case.clause)

    def _disturbance(self, exchange: Exchange, prediction: Prediction | None = None) -> Disturbance | None:
        """What came instead of an answer to the request; None where that is allowed."""
        found = disturbance_of(exchange.answer)
        if found is Disturbance.THROTTLED and not self.contact.let_in and not self.from_call:
            return None  # who isn't let in needs no patience
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
        expired = isinstance(answer, HttpResponse) and envelope(answer).code == "AuthFailure.SignatureExpire"
        return expired and self._is_patient and abs(self.clock() - self._now) > _CLOCK_WAS_SET

    def _send_together(self, requests: list[HttpRequest], case_run: CaseRun) -> None:
        exchanges = self._spend_on(len(requests), lambda: self.target.together(requests))
        self._judge_at_once(exchanges, case_run)

    def _send_pipelined(self, requests: list[HttpRequest], case_run: CaseRun) -> None:
        exchanges = self._spend_on(len(requests), lambda: self.target.pipelined(requests))
        # A server may close a connection at any time; the client then asks again.
        self._judge_at_once(exchanges, case_run, may_close="the target closes connections after an answer")

    def _judge_at_once(self, exchanges: list[Exchange], case_run: CaseRun, *, may_close: str = "") -> None:
        """Judge those that were accepted first, as if they had come first: the others then find their groups there.

        Args:
            exchanges: in the order of their requests.
            case_run: the case to which they belong.
            may_close: what it means that a connection is closed; "" where it may not be.
        """
        case_run.bodies += [each.sent for each in exchanges]
        answered = [each for each in exchanges if not self._is_lost(each, case_run, may_close)]
        for each in sorted(answered, key=lambda each: is_refusal(each.answer)):
            self._judge(each, self._predict(each.sent), case_run, at_once=True)
        self.world.settled()

    def _is_lost(self, exchange: Exchange, case_run: CaseRun, may_close: str) -> bool:
        """Whether what came of one of several requests tells nothing of it; the case is then tried once more."""
        found = self._disturbance(exchange)
        for_good = case_run.is_last and not self.patience.borne
        if found is Disturbance.CLOSED and may_close and for_good:
            self.results.unsupported.setdefault(case_run.case.clause, may_close)
        elif found is None or (for_good and found is not Disturbance.THROTTLED):
            return False
        case_run.disturbed, case_run.conclusive, case_run.ended = True, False, True
        self.assessor.perhaps_created(exchange.sent)
        return True

    def _send_and_hang_up(self, http: HttpRequest, case_run: CaseRun) -> None:
        """From now on the group may be there or not."""
        exchange = self._spend_on(1, lambda: self.target.abandon(http))
        case_run.bodies.append(exchange.sent)
        if isinstance(exchange.answer, HungUpError):
            self.assessor.perhaps_created(exchange.sent)
            return
        case_run.ended = True
        if isinstance(exchange.answer, TransportError):
            self._count_unanswered(exchange.answer)
        self.results.unsupported.setdefault(case_run.case.clause, f"no connection could be cut: {exchange.answer}")

    def _ask_sister(self, step: Step, case_run: CaseRun) -> None:
        """Look at the account through a sister action, unless it is known not to be there."""
        request = step.request
        if request.action in self.results.unseen:
            case_run.ended, case_run.unserved = True, request.action
            return

        before: list[Exchange] = []

        def send() -> Exchange:
            if before:
                self.assessor.perhaps_changed(request)
            before.append(self._sent(self._encoded(step, 0, case_run)))
            return before[-1]

        def look() -> tuple[Exchange, Seen]:
            before.clear()
            exchange = self.patience.bear(send, self._disturbance, case_run.case.clause)
            return exchange, self.assessor.see(request, exchange.answer)

        exchange, seen = self.patience.await_(look(), look, lambda looked: looked[1].lacking)
        case_run.bodies.append(exchange.sent)
        if isinstance(exchange.answer, TransportError):
            self._count_unanswered(exchange.answer)
        self.assessor.note(seen, request, case_run)

    def _disbelieve(self, case_run: CaseRun) -> list[Failure]:
        """Every short text that was tried was said to be in use: that is so, or a departure; or it wasn't sent."""
        if case_run.unsent:
            self.results.note_unseen(case_run.case.id, f"{case_run.unsent} ({case_run.case.clause})")
            return []
        if self._is_in_use(case_run.steps[-1].request) is not False:
            why = (
                f"{_TRIES} short ids or names in a row were in use, by earlier runs it may be: start with none of these"
            )
            self.results.note_unseen(
                case_run.case.id, f"{why} groups to see {case_run.case.clause} ({case_run.case.about})"
            )
            return []
        observed = f"{_TRIES} different values in a row were said to be in use"
        case_run.index, case_run.bodies = len(case_run.steps) - 1, case_run.bodies[-1:]
        expected = explain(predict_http(case_run.bodies[0], self.target.sender, self._now, World()))
        departure = Departure(case_run.case.clause, DepartureKind.REJECTED_THOUGH_VALID, expected, observed)
        return [self.assessor.fail(departure, case_run)]

    def _is_in_use(self, request: Request) -> bool | None:
        """Whether sister actions say that somebody has the id or the name of a request; None where they don't say."""
        by_id = self._looked_up(Request((("GroupId", request.last_text("GroupId")),), "GetGroupInfo"))
        listed = self._looked_up(Request((("Offset", 0), ("Limit", _PAGE)), "GetGroupList"))
        return is_in_use(by_id, listed, request.last_text("GroupName") or "")

    def _looked_up(self, request: Request) -> Envelope | None:
        """What a sister action answers, of which nothing is judged; None where nothing comes."""
        look = Case.single("GroupId.unique", "whether it is in use", request, probe=True)
        salt = self.salts.of(look.id)
        if salt is None or request.action in self.results.unseen:
            return None
        self._at_hand = look
        http = self._encoded(look.steps[0], 0, self.assessor.begin(look, salt))
        self._spend(1)
        answer = self.target.send(http).answer
        return envelope(answer) if isinstance(answer, HttpResponse) else None

    def _spend(self, requests: int) -> None:
        if self.max_requests is not None and self.results.requests + requests > self.max_requests:
            raise BudgetSpentError("the requests of --max-requests are spent")
        self.results.requests += requests
        self.on_request()

    def _spend_on(self, requests: int, send: Callable[[], _T]) -> _T:
        """What sending gives, its requests counted; those that a target has no way to send aren't."""
        self._spend(requests)
        try:
            return send()
        except UnsupportedError:
            self.results.requests -= requests
            raise

    def _sent(self, http: HttpRequest) -> Exchange:
        """What was sent, and what came of it."""
        self.patience.note_sent()
        exchange = self._spend_on(1, lambda: self.target.send(http))
        if isinstance(exchange.answer, TransportError):
            return exchange
        self.contact.answered()
        if not self._heard:
            self._heard = True
            if date_of(exchange.answer) is None:
                self.world.clocks_apart = _UNTOLD
            self._ahead = clock_ahead(exchange.answer, self._now)
        elif self._relies:  # either clock may be set meanwhile
            self._ahead = clock_ahead(exchange.answer, self._now)
        return exchange

    def _count_unanswered(self, error: TransportError) -> None:
        self.contact.count_unanswered(error)
        if self.lost:
            self.results.unseen["target"] = f"it stopped answering: {error}"

    def _asked_plainly(self) -> Answer | None:
        """What comes of a plain request; None where a recording lacks one, or no group may be created any more."""
        salt = self.salts.of(_PROBE.id) if self._takes(1) and not self.from_call else None
        if salt is None:
            return None
        if self.pace is not None:
            self.pace.wait()
        case_run = self.assessor.begin(_PROBE, salt)
        http = self._encoded(case_run.steps[0], 0, case_run)
        self._spend(1)
        answer = self.target.send(http).answer
        if not isinstance(answer, HttpResponse) or not is_refusal(answer) or leaves_open(envelope(answer)):
            self.assessor.perhaps_created(http)
        return answer

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

    def _predict(self, http: HttpRequest) -> Prediction:
        return self.assessor.predict(http, self.target.sender, self._now + self._ahead)

    def _judge(self, exchange: Exchange, prediction: Prediction, case_run: CaseRun, *, at_once: bool = False) -> None:
        """Have an answer to a CreateGroup request judged, unless it tells of the network or the account alone."""
        http, answer = exchange.sent, exchange.answer
        if isinstance(answer, HttpResponse):
            if self._relies:
                self.contact.check_still_let_in(self.target.name, answer, prediction, self.results.requests)
            self.assessor.judge(http, prediction, answer, case_run, at_once=at_once)
        elif prediction.may_be_turned_away:
            self.assessor.judge(http, prediction, None, case_run, at_once=at_once)
        elif self._relies and self.contact.is_gone():
            self.results.unseen["target"] = f"it stopped answering: {answer}"
            self.assessor.perhaps_created(http)
            case_run.ended, case_run.conclusive = True, False
        else:
            self._count_unanswered(answer)
            self.assessor.judge_silence(http, prediction, answer, case_run)

    @property
    def lost(self) -> bool:
        """Whether the target stopped answering."""
        return self.contact.lost
