"""A run: sends requests to a target, judges each answer, and keeps what was learnt. It knows no test framework."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar, assert_never

from conformance.cases import Case, Sending, Step
from conformance.contract import ACTION, CLAUSE, READING, THROTTLED, VARIES
from conformance.contract.model import Effect
from conformance.errors import BudgetSpentError, NotRecordedError, TargetUnusableError, TransportError
from conformance.gateway import common_parameter
from conformance.judge import Departure, Judgement, Kind, explain, judge, part
from conformance.learning import group_of, learn, read
from conformance.ledger import Contradiction, Ledger
from conformance.messages import HttpRequest, HttpResponse, Place, header
from conformance.prediction import EVERYWHERE, Accepted, Allowed, Prediction, Refused
from conformance.request import Request, World
from conformance.salt import MARKER, SALT, Salts
from conformance.siblings import SIBLINGS, see
from conformance.standing import OF_THE_ACCOUNT, refusal
from conformance.targets import Answer, Target
from conformance.twists import twisted
from conformance.validator import predict_http
from conformance.wire import Envelope, Form, Sender, envelope, fields_of

if TYPE_CHECKING:
    from conformance.live.pace import Pace

__all__ = ["Failure", "Run", "Tally", "is_short"]

# What was sent, and the answer last.
_Sent = TypeVar("_Sent", tuple[HttpRequest, Prediction, Answer], tuple[HttpRequest, Answer])

# A short id or name may be in use by somebody else's group: as many others are tried before that is disbelieved.
_TRIES = 8
# A target is taken for gone after so many requests without an answer in a row, or for which it was waited in all.
_LOST_AFTER = 3
_LOST_AFTER_IN_ALL = 20
_SMALLEST = 3
# Seconds by which clocks may differ, that of `Date` being told in whole ones.
_CLOCKS_AGREE = 3
_LONGEST_CITED = 200
_PLAIN = (("GroupName", SALT), ("GroupId", SALT))
# Asks whether anybody is still there.
_PROBE = Case.single("GroupExDescriptions.optional", "whether the target still answers", Request(_PLAIN))


@dataclass(frozen=True, slots=True)
class Failure:
    """A departure, and the requests that show it.

    Attributes:
        clause, kind, expected, observed: see `Departure`.
        sent: the requests in order, the last of which shows it.
        bodies: what was sent, as it went over the wire.
        number: how many requests the run had sent.
        case: the case as a template, up to that request.
    """

    clause: str
    kind: Kind
    expected: tuple[str, ...]
    observed: str
    sent: tuple[Step, ...]
    bodies: tuple[HttpRequest, ...]
    number: int
    case: Case

    @property
    def size(self) -> tuple[bool, int, int, int]:
        """How large it is to read: whether it needs other cases; requests, parameters that aren't plain, characters."""
        last = self.case.steps[-1]
        parameters = last.request.parameters
        remarkable = sum((name, value) not in _PLAIN for name, value in parameters) + len(last.twists)
        left_out = sum(name not in dict(parameters) for name, _ in _PLAIN)
        characters = sum(len(http.body) + len(http.query) for http in self.bodies)
        return self.needs_others, len(self.bodies), remarkable + left_out, characters

    @property
    def needs_others(self) -> bool:
        """Whether a list shows something of groups that none of the requests names."""
        if self.sent[-1].request.action != "GetGroupList":
            return False
        told = " ".join((*self.expected, self.observed))
        return not any((each.request.last_text("GroupId") or "\0") in told for each in self.sent)


@dataclass(slots=True)
class Tally:
    """What was seen of one clause."""

    kept: int = 0
    broken: int = 0
    open: int = 0

    @property
    def judged(self) -> int:
        """How many answers were held against it."""
        return self.kept + self.broken + self.open


@dataclass(slots=True)
class _Script:
    """A case while it is sent.

    Attributes:
        case: the template.
        salt: what its markers are replaced with.
        steps: with the salt.
        place: which of the steps is at hand.
        bodies: what was sent so far.
        found: the failures so far.
        conclusive: whether all that was seen tells something of the target.
        answered: how many judged answers the documents allow.
        ended: whether a step could not be sent or seen.
        unserved: the sister action for want of which it ended; None where that wasn't why.
        overheard: whether somebody else sent it, to an account of which nothing is known.
    """

    case: Case
    salt: str
    steps: list[Step]
    place: int = 0
    bodies: list[HttpRequest] = field(default_factory=list)
    found: list[Failure] = field(default_factory=list)
    conclusive: bool = True
    answered: int = 0
    ended: bool = False
    unserved: str | None = None
    overheard: bool = False


@dataclass(slots=True)
class Run:
    """Everything about one run against one target.

    Attributes:
        target: where requests go.
        max_requests: a hard bound; None for none.
        max_groups: a hard bound on the groups that may have been created; None for none.
        pace: how fast to send, and what to do where that is too fast; None for as fast as can be, once.
        salts: makes ids and names unique.
        world: what is known of the account.
        ledger: what is left of the readings.
        failures: (clause, kind) → the failures of it that are smallest to read, the smallest first.
        failed: (clause, kind) → how many there were.
        first_failed: (clause, kind) → number of the request that first showed it.
        tallies: clause → what was seen of it.
        codes: error code → how often it came.
        unseen: clause or action → why it could not be seen.
        verdicts: case id → its departures, in words, of the cases that a list names; for whoever compares two runs.
        unrecorded: clauses of which a recording lacks cases.
        requests: how many were sent, of any action.
        groups_created: how many creations succeeded.
        groups_in_doubt: how many may have succeeded; nobody said.
        on_request: called after each request.
        on_judgement: called with each request to CreateGroup, its prediction and its judgement.
        clock: what time it is where the target is, in seconds since 1970.
        cite: what to add to the name of an observation, to find it again.
        by_hand: whether the requests are somebody's own, so that the first doesn't show if anybody is let in.
    """

    target: Target
    max_requests: int | None = None
    salts: Salts = field(default_factory=Salts)
    world: World = field(default_factory=World)
    ledger: Ledger = field(default_factory=Ledger)
    failures: dict[tuple[str, Kind], list[Failure]] = field(default_factory=dict)
    failed: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    first_failed: dict[tuple[str, Kind], int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=lambda: {id_: Tally() for id_ in CLAUSE})
    codes: Counter[str] = field(default_factory=Counter)
    unseen: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unrecorded: set[str] = field(default_factory=set)
    requests: int = 0
    groups_created: int = 0
    groups_in_doubt: int = 0
    started: float = field(default_factory=time.monotonic)
    on_request: Callable[[], None] = lambda: None
    on_judgement: Callable[[HttpRequest, Prediction, Judgement], None] = lambda _http, _prediction, _judgement: None
    clock: Callable[[], float] = time.time
    cite: Callable[[HttpRequest], str] = lambda _http: ""
    max_groups: int | None = None
    pace: Pace | None = None
    by_hand: bool = False
    _request_ids: set[str] = field(default_factory=set)
    _sent: set[int] = field(default_factory=set)
    _misfiring: set[str] = field(default_factory=set)
    _let_in: bool = False
    _at_hand: Case = field(default_factory=lambda: _PROBE)
    _now: float = 0.0
    _ahead: float = 0.0
    _unanswered: int = 0
    _waited_in_vain: int = 0

    @classmethod
    def against(cls, target: Target, *, max_requests: int | None = None, salts: Salts | None = None) -> Run:
        """A new run against a target."""
        salts = salts or Salts()
        return cls(target, max_requests, salts, World(None if target.alone else salts.run))

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
        tries = _TRIES if is_short(case) else 1
        script = None
        for _ in range(tries):
            salt = self.salts.of(case.id)
            if salt is None:
                if script is None:
                    raise NotRecordedError
                return []
            script = _script(case, salt)
            self._play(script)
            if script.conclusive or script.found:
                return script.found
        return self._disbelieve(script) if script is not None and tries > 1 else []

    def note(self, name: str, failures: Iterable[Failure]) -> None:
        """Keep the verdict on a case, or on an interaction, by its name."""
        found = {f"{each.clause}: {each.kind}" for each in failures}
        self.verdicts[name] = tuple(sorted(found.union(self.verdicts.get(name, ()))))

    def case_of(self, place: Place) -> Case:
        """The case to which a request belongs that is being sent."""
        return _PROBE if place.case == _PROBE.id else self._at_hand

    def _with_quota(self, case: Case, quota: int) -> list[Failure]:
        """A case on an account of its own that may have few groups; its world is forgotten afterwards."""
        target = self.target.with_quota(quota)
        if target is None:
            self._miss("small quota", f"the target has no account with a small quota: {case.clause} was not seen")
            return []
        outer = self.target, self.world
        self.target, self.world = target, World(quota=quota)
        try:
            return self.case(replace(case, quota=None))
        finally:
            target.close()
            self.target, self.world = outer

    def _play(self, script: _Script) -> None:
        """Send the steps of a case, one after the other, as far as they can be sent."""
        for place, step in enumerate(script.steps):
            script.place = place
            if step.request.action in {"DeleteGroup", "ModifyGroup"} and self._is_missing(step.request):
                script.ended = True  # there is nothing to change: the creation before it failed, which is judged
            else:
                self._step(step, script)
            if script.ended:
                break
        clause = CLAUSE[script.case.clause]
        whole = not script.ended or (script.unserved is not None and script.unserved not in clause.needs)
        if isinstance(clause.rule, Effect) and script.answered and not script.found and whole:
            self.tallies[clause.id].kept += 1  # nothing less than all that the clause needs shows it

    def _is_missing(self, request: Request) -> bool:
        return request.last_text("GroupId") not in self.world.groups

    def _step(self, step: Step, script: _Script) -> None:
        self._make_room(step)
        if self.pace is not None:
            self.pace.wait(step.requests)
        if step.request.action != ACTION:
            self._ask_sibling(step, script)
            return
        if step.sending is Sending.ALONE:
            self._send_alone(lambda: self._encoded(step, 0, script), script)
            return
        sent = [self._encoded(step, number, script) for number in range(step.copies)]
        match step.sending:
            case Sending.TWICE:
                self._send_alone(lambda: sent[0], script)
                self._send_alone(lambda: sent[0], script)
            case Sending.TOGETHER:
                self._send_together(sent, script)
            case Sending.PIPELINED:
                self._send_pipelined(sent, script)
            case Sending.LOST:
                self._send_and_hang_up(sent[0], script)
            case _:
                assert_never(step.sending)

    def _make_room(self, step: Step) -> None:
        """See that a step, and the groups that it may create, are allowed, whatever the answers will be."""
        if self.max_requests is not None and self.requests + step.requests > self.max_requests:
            raise BudgetSpentError("the requests of --max-requests are spent")
        if step.request.action != ACTION:
            return
        created = self.groups_created + self.groups_in_doubt
        if self.max_groups is not None and created + step.requests > self.max_groups:
            raise BudgetSpentError("the groups of --max-groups are created")

    def _encoded(self, step: Step, number: int, script: _Script) -> HttpRequest:
        sender = replace(self.target.sender, scheme=step.scheme)
        request = step.copy(number) if step.copies > 1 else step.request
        self._now = self.clock()
        http = twisted(request, sender, step.form, int(self._now), self.requests + 1 + number, step.twists)
        return replace(http, place=Place(script.case.id, script.salt, script.place, number, self._now))

    # --- What others send --------------------------------------------------------------------------------

    def overhear(self, http: HttpRequest, answer: Answer, at: float, sender: Sender | None = None) -> list[Failure]:
        """Judge what somebody else sent, and what came of it.

        Args:
            http: the request as it was sent.
            answer: what came; or why nothing did, which is nobody's fault that could be told.
            at: when it was sent, in seconds since 1970.
            sender: whose key signed it; None where that isn't known.

        Returns:
            The departures; none for an answer that only tells of the account, or of the service's state.
        """
        self.requests += 1
        self.on_request()
        request = read(http)
        step = Step(request or Request(()), _form_of(http))
        script = _Script(Case("Request.check-order", "overheard", (step,)), SALT, [step], bodies=[http], overheard=True)
        if request is not None and request.action in SIBLINGS:
            self._judge_sibling(request, answer, script)
        elif request is None or request.action == ACTION:
            prediction = predict_http(http, sender, at + self._ahead, self.world)
            if isinstance(answer, TransportError):
                self._perhaps_created(http)
            else:
                self._judge(http, prediction, answer, script)
        return script.found

    # --- The ways to send ------------------------------------------------------------------------------

    def _send_alone(self, encoded: Callable[[], HttpRequest], script: _Script) -> None:
        """Send what is encoded when its turn has come, and judge the answer."""

        def send() -> tuple[HttpRequest, Prediction, Answer]:
            http = encoded()
            prediction = self._predict(http)
            return http, prediction, self._exchange(http, again=prediction.may_be_turned_away)

        http, prediction, answer = self._patiently(send)
        script.bodies.append(http)
        if not self._let_in and isinstance(answer, HttpResponse) and not self.by_hand:
            self._let_in = True
            self._admitted(envelope(answer))
        self._judge(http, prediction, answer, script)

    def _patiently(self, send: Callable[[], _Sent]) -> _Sent:
        """What sending gives, the answer last; where that is throttled and there is a pace, sent again a few times."""
        if self.pace is None or not self.pace.patient:
            return send()
        if not self._let_in:
            return send()  # who isn't let in needs no patience
        sent = self.pace.patiently(send, lambda each: _is_throttled(each[-1]))
        if _is_throttled(sent[-1]):
            raise TargetUnusableError(
                f"{self.target.name} throttles, however long it is waited: try again later, or with a lower --rate"
            )
        return sent

    def _send_together(self, sent: list[HttpRequest], script: _Script) -> None:
        """Judge those that were accepted first, as if they had come first: the others then find their groups there."""
        self._spend(len(sent))
        script.bodies += sent
        answers = self.target.together(sent)
        for http, answer in sorted(zip(sent, answers, strict=True), key=lambda pair: _is_refusal(pair[1])):
            self._judge(http, self._predict(http), answer, script, at_once=True)
        self.world.settled()

    def _send_pipelined(self, sent: list[HttpRequest], script: _Script) -> None:
        self._spend(len(sent))
        script.bodies += sent
        answers = self.target.pipelined(sent)
        if answers is None:
            self.requests -= len(sent)
            script.ended = True
            self._miss("connection", f"the target has no connections of its own: {script.case.clause} was not seen")
            return
        for http, answer in zip(sent, answers, strict=False):
            self._judge(http, self._predict(http), answer, script)
        for http in sent[len(answers) :]:
            script.ended = True
            self._miss(
                "connection", f"the target closes connections after an answer: {script.case.clause} was not seen"
            )
            self._perhaps_created(http)

    def _perhaps_created(self, http: HttpRequest) -> None:
        """Nobody said what came of a creation: its group may be there or not."""
        self.groups_in_doubt += 1
        if (group := group_of(read(http))) is not None:
            self.world.perhaps_created(group)

    def _send_and_hang_up(self, http: HttpRequest, script: _Script) -> None:
        """From now on the group may be there or not."""
        self._spend(1)
        script.bodies.append(http)
        try:
            hung_up = self.target.abandon(http)
        except TransportError as error:
            hung_up = False
            self._count_unanswered(error)
        if not hung_up:
            script.ended = True
            self._miss("connection", f"there is no connection to cut: {script.case.clause} was not seen")
            return
        self._perhaps_created(http)

    def _ask_sibling(self, step: Step, script: _Script) -> None:
        """Look at the account through a sister action, unless it is known not to be there."""
        request = step.request
        if request.action in self.unseen:
            script.ended, script.unserved = True, request.action
            return

        def send() -> tuple[HttpRequest, Answer]:
            http = self._encoded(step, 0, script)
            return http, self._exchange(http)

        http, answer = self._patiently(send)
        script.bodies.append(http)
        self._judge_sibling(request, answer, script)

    def _judge_sibling(self, request: Request, answer: Answer, script: _Script) -> None:
        """Hold the answer of a sister action against what is known; learn from it."""
        if isinstance(answer, TransportError):
            self._count_unanswered(answer)
        seen = see(request, envelope(answer) if isinstance(answer, HttpResponse) else None, self.world)
        for id_ in seen.kept:
            self.tallies[id_].kept += 1
        for each in seen.departures:
            script.found.append(self._fail(replace(each, clause=part(each.clause, script.case.clause)), script))
        if seen.unserved is not None:
            script.ended, script.unserved = True, request.action
            if not seen.passing:
                why = f"{request.action} isn't served ({seen.unserved}): {script.case.clause} was seen in part"
                self._miss(request.action, why)

    def _miss(self, what: str, why: str) -> None:
        """Note what could not be seen, once."""
        self.unseen.setdefault(what, why)

    def _fail(self, departure: Departure, script: _Script) -> Failure:
        upto = script.place + 1
        failure = Failure(
            departure.clause,
            departure.kind,
            departure.expected,
            departure.observed,
            tuple(script.steps[:upto]),
            tuple(script.bodies),
            self.requests,
            replace(script.case, steps=script.case.steps[:upto], quota=self.world.quota),
        )
        key = failure.clause, failure.kind
        self.failed[key] += 1
        self.first_failed.setdefault(key, self.requests)
        kept = self.failures.setdefault(key, [])
        kept.append(failure)
        kept.sort(key=lambda each: each.size)
        del kept[_SMALLEST:]
        return failure

    def _disbelieve(self, script: _Script) -> list[Failure]:
        """Every short text that was tried was said to be in use, one after the other."""
        observed = f"{_TRIES} different values in a row were said to be in use"
        script.place, script.bodies = len(script.steps) - 1, script.bodies[-1:]
        expected = explain(predict_http(script.bodies[0], self.target.sender, self._now, World()))
        return [self._fail(Departure(script.case.clause, Kind.REJECTED_THOUGH_VALID, expected, observed), script)]

    # --- One exchange ----------------------------------------------------------------------------------

    def _spend(self, requests: int) -> None:
        if self.max_requests is not None and self.requests + requests > self.max_requests:
            raise BudgetSpentError("the requests of --max-requests are spent")
        self.requests += requests
        self.on_request()

    def _exchange(self, http: HttpRequest, *, again: bool = False) -> Answer:
        """The answer to a request, or why there is none; tried again, once, where the connection was closed."""
        self._spend(1)
        try:
            answer = self.target.send(http)
        except TransportError as error:
            if self.requests == 1:
                raise TargetUnusableError(f"{self.target.name} can't be judged: {error}") from error
            if error.closed and not again:
                # Perhaps a keep-alive ended under it; then the group may be there, and the world says so.
                self._perhaps_created(http)
                return self._exchange(http, again=True)
            return error
        self._unanswered = 0
        if self.requests == 1:
            self._ahead = _clock_ahead(answer, self._now)
        return answer

    def _count_unanswered(self, error: TransportError) -> None:
        """Count a request without an answer; after a few in a row, ask plainly whether anybody is still there."""
        self._unanswered += 1
        self._waited_in_vain += not error.closed
        if self._unanswered >= _LOST_AFTER and self._waited_in_vain < _LOST_AFTER_IN_ALL and self._answers_plainly():
            self._unanswered = 0
        if self.lost:
            self.unseen["target"] = f"it stopped answering: {error}"

    def _network_is_gone(self, error: TransportError) -> bool:
        """Whether, of a service far away, nothing at all is heard any more: that is no departure of the service's."""
        if self.pace is None or not self.pace.patient or self._answers_plainly():
            return False
        self._unanswered = _LOST_AFTER
        self.unseen["target"] = f"it stopped answering: {error}"
        return True

    def _answers_plainly(self) -> bool:
        return isinstance(self._asked_plainly(), HttpResponse)

    def _asked_plainly(self) -> Answer | None:
        """What comes of a plain request; None where a recording lacks one."""
        salt = self.salts.of(_PROBE.id)
        if salt is None:
            return None
        script = _script(_PROBE, salt)
        http = self._encoded(script.steps[0], 0, script)
        self._spend(1)
        self._perhaps_created(http)
        try:
            return self.target.send(http)
        except TransportError as error:
            return error

    def _admitted(self, parsed: Envelope) -> None:
        """Refuse a target that refuses everybody: one sentence instead of a hundred failures."""
        if (why := refusal(self.target.name, parsed)) is not None:
            raise TargetUnusableError(why)

    def _still_let_in(self, answer: HttpResponse, prediction: Prediction) -> None:
        """Tell when a real account can't be used any more: its token has expired, say, or its money is spent.

        What isn't allowed is asked again in a plain request: only if that is refused as well it is the account.

        Raises:
            TargetUnusableError: it can't be used any more.
        """
        parsed = envelope(answer)
        if self.pace is None or not self.pace.patient or refusal("", parsed) is None:
            return
        if prediction.ways_to(Refused(parsed.code or "")):
            return
        plainly = self._asked_plainly()
        if isinstance(plainly, HttpResponse) and (why := refusal(self.target.name, envelope(plainly))) is not None:
            raise TargetUnusableError(f"since request {self.requests}, {why}")

    def _predict(self, http: HttpRequest) -> Prediction:
        key = hash(http)
        replayed = key in self._sent
        self._sent.add(key)
        return predict_http(http, self.target.sender, self._now + self._ahead, self.world, replayed=replayed)

    def _judge(
        self, http: HttpRequest, prediction: Prediction, answer: Answer, script: _Script, *, at_once: bool = False
    ) -> None:
        """Judge the answer to a CreateGroup request, from what was sent; learn from it."""
        # One of several; alone, it was sent again.
        if self.pace is not None and self.pace.patient and _is_throttled(answer):
            script.ended, script.conclusive = True, False
            return
        request, focus = read(http), script.case.clause
        if isinstance(answer, TransportError) and not prediction.may_be_turned_away:
            if self._network_is_gone(answer):
                self._perhaps_created(http)
                script.ended, script.conclusive = True, False
                return
            self._count_unanswered(answer)
            self._perhaps_created(http)
            script.found.append(self._fail(Departure(focus, Kind.NO_ANSWER, explain(prediction), str(answer)), script))
            script.ended = True
            return
        came = answer if isinstance(answer, HttpResponse) else None
        if came is not None:
            self._still_let_in(came, prediction)
        if script.overheard and came is not None and (envelope(came).code or "") in OF_THE_ACCOUNT:
            prediction = replace(prediction, allowed=(*prediction.allowed, _anything(came)))
        judgement = judge(prediction, came, self._request_ids, focus, self._misfiring)
        self.on_judgement(http, prediction, judgement)
        if prediction.must_be_accepted and isinstance(judgement.outcome, Refused):
            self._misfiring.add(judgement.outcome.code)
        where = self.cite(http)
        name = f"request {self.requests}{f' ({where})' if where else ''}, {_shown(request)}"
        departures = [*judgement.departures, *self._learn(name, judgement, prediction, came)]
        script.found += [self._fail(each, script) for each in departures]
        script.conclusive = script.conclusive and judgement.conclusive
        script.answered += bool(judgement.ways)
        self._count(prediction, judgement, came, focus)
        self.groups_created += isinstance(judgement.outcome, Accepted)
        elsewhere = common_parameter(http, "Region") != self.target.sender.region
        learn(self.world, request, judgement.outcome, prediction, at_once=at_once, elsewhere=elsewhere)

    def _learn(
        self, name: str, judgement: Judgement, prediction: Prediction, answer: HttpResponse | None
    ) -> Iterable[Departure]:
        """Narrow the ledger by an observation; one that contradicts an earlier one is a departure."""
        content_type = (header(answer.headers, "Content-Type") or "").lower() if answer is not None else ""
        if content_type.startswith("application/json"):
            named = "charset" if "charset" in content_type else "bare"
            self.ledger.observe([{"content-type-charset": frozenset({named, VARIES})}], name)
        if not judgement.ways or not all(each.conclusive for each in judgement.ways):
            return
        contradiction = self.ledger.observe([each.readings for each in judgement.ways], name)
        if contradiction is not None:
            yield from _contradicted(contradiction, prediction, judgement)

    def _count(self, prediction: Prediction, judgement: Judgement, answer: HttpResponse | None, focus: str) -> None:
        """Write down what the answer shows of which clauses: nothing of parameters where the page doesn't allow it.

        A clause is seen broken where the answer is the one for breaking it, not one for another's breach.
        """
        for id_ in judgement.checked:
            self.tallies[id_].kept += 1
        if answer is not None:
            parsed = envelope(answer)
            if parsed.code:
                self.codes[parsed.code] += 1
            if parsed.request_id:
                self._request_ids.add(parsed.request_id)
        if not judgement.ways:
            return
        answered = {id_ for each in judgement.ways for id_ in each.clauses}
        for id_ in prediction.kept:
            self.tallies[id_].kept += 1
        for id_ in prediction.broken & answered:
            self.tallies[id_].broken += 1
        for id_ in prediction.open:
            self.tallies[id_].open += 1
        # A clause that is a case of another: the request alone doesn't tell them apart.
        if not isinstance(CLAUSE[focus].rule, Effect):
            for id_ in CLAUSE[focus].part_of:
                self.tallies[focus].kept += id_ in prediction.kept
                self.tallies[focus].broken += id_ in prediction.broken & answered
        # Two clauses of the request as a whole, which no single value breaks.
        if len(prediction.broken | prediction.open) > 1:
            self.tallies["Request.check-order"].open += 1
        if any(reading.startswith("null-") for each in prediction.allowed for reading in each.readings):
            self.tallies["Request.null"].open += 1

    @property
    def lost(self) -> bool:
        """Whether the target stopped answering."""
        return self._unanswered >= _LOST_AFTER or self._waited_in_vain >= _LOST_AFTER_IN_ALL


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
    for clause in sorted(at_issue if alike else at_issue | {reading.clause}):
        yield Departure(clause, Kind.CONTRADICTION, expected, str(judgement.outcome))


def _script(case: Case, salt: str) -> _Script:
    return _Script(case, salt, [each.filled(salt) for each in case.steps])


def _clock_ahead(answer: HttpResponse, now: float) -> float:
    """By how many seconds the target's clock is ahead of this one's, as far as its answer tells; 0 for next to none."""
    try:
        there = parsedate_to_datetime(header(answer.headers, "Date") or "").timestamp()
    except (ValueError, OverflowError):
        return 0.0
    ahead = there - now
    return ahead if abs(ahead) > _CLOCKS_AGREE else 0.0


def _anything(answer: HttpResponse) -> Allowed:
    """The refusal that came, as one that proves nothing."""
    return Allowed(Refused(envelope(answer).code or ""), (), EVERYWHERE, conclusive=False)


def _form_of(http: HttpRequest) -> Form:
    """How a request of somebody else is written."""
    if http.method == "GET":
        return Form.QUERY
    return Form.FORM if fields_of(http) else Form.JSON


def _is_throttled(answer: Answer) -> bool:
    """Whether an answer says that requests come too fast."""
    return isinstance(answer, HttpResponse) and envelope(answer).code in THROTTLED


def _is_refusal(answer: Answer) -> bool:
    """Whether an answer is anything but a success."""
    return not isinstance(answer, HttpResponse) or "FaceModelVersion" not in envelope(answer).response


def _shown(request: Request | None) -> str:
    """A request in a few words, to cite it."""
    if request is None:
        return "which can't be read"
    text = json.dumps(request.plain, ensure_ascii=False)
    return text if len(text) <= _LONGEST_CITED else f"{text[:_LONGEST_CITED]}…"


def is_short(case: Case) -> bool:
    """Whether an id or name of a case has room for no more than a part of a salt, so that it may be in use."""
    texts = [
        value for step in case.steps for name, value in step.request.parameters if name in {"GroupId", "GroupName"}
    ]
    return any(isinstance(each, str) and any(match[2] for match in MARKER.finditer(each)) for each in texts)
