"""A run: sends requests to a target, judges each answer, and keeps what was learnt. It knows no test framework."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.cases import Case, Step
from conformance.contract import ACTION, CLAUSE, CODES, READING, VARIES, CodeKind
from conformance.errors import BudgetSpentError, TargetUnusableError, TransportError
from conformance.judge import Departure, Judgement, Kind, explain, judge
from conformance.ledger import Contradiction, Ledger
from conformance.messages import HttpRequest, HttpResponse, header
from conformance.prediction import Accepted, Outcome, Prediction, Refused
from conformance.request import Request, World
from conformance.salt import MARKER, SALT, Salts, fill
from conformance.targets import Target
from conformance.validator import predict
from conformance.wire import Envelope, decode, encode, envelope

__all__ = ["Failure", "Run", "Tally"]

# A short id or name may be in use by somebody else's group: as many others are tried before that is disbelieved.
_TRIES = 8
# A target is taken for gone after so many requests without an answer in a row, or in all.
_LOST_AFTER = 3
_LOST_AFTER_IN_ALL = 20
_SMALLEST = 3
_LONGEST_CITED = 200
_PLAIN = (("GroupName", SALT), ("GroupId", SALT))


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
    def size(self) -> tuple[int, int, int]:
        """How large it is to read: requests, parameters that differ from a plain request's, characters."""
        parameters = self.case.steps[-1].request.parameters
        remarkable = sum((name, value) not in _PLAIN for name, value in parameters)
        left_out = sum(name not in dict(parameters) for name, _ in _PLAIN)
        characters = sum(len(http.body) + len(http.query) for http in self.bodies)
        return len(self.sent), remarkable + left_out, characters


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
class Run:
    """Everything about one run against one target.

    Attributes:
        target: where requests go.
        max_requests: a hard bound; None for none.
        salts: makes ids and names unique.
        world: what is known of the account.
        ledger: what is left of the readings.
        failures: (clause, kind) → the failures of it that are smallest to read, the smallest first.
        failed: (clause, kind) → how many there were.
        first_failed: (clause, kind) → number of the request that first showed it.
        tallies: clause → what was seen of it.
        codes: error code → how often it came.
        unseen: clause or action → why it could not be seen.
        requests: how many were sent, of any action.
        groups_created: how many creations succeeded.
        on_request: called after each request.
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
    requests: int = 0
    groups_created: int = 0
    started: float = field(default_factory=time.monotonic)
    on_request: Callable[[], None] = lambda: None
    _request_ids: set[str] = field(default_factory=set)
    _misfiring: set[str] = field(default_factory=set)
    _unanswered: int = 0
    _unanswered_in_all: int = 0

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
            TargetUnusableError: the target lets nobody in, or is gone.
        """
        tries = _TRIES if any(_is_short(step.request) for step in case.steps) else 1
        for _ in range(tries):
            salt = self.salts.next()
            found, conclusive = self._steps(case, [Step(fill(each.request, salt), each.form) for each in case.steps])
            if conclusive:
                return found
        return self._disbelieve(case) if tries > 1 else []

    def _steps(self, case: Case, steps: list[Step]) -> tuple[list[Failure], bool]:
        found: list[Failure] = []
        bodies: list[HttpRequest] = []
        conclusive = True
        for place, step in enumerate(steps):
            if step.request.action != ACTION and _last_text(step.request, "GroupId") not in self.world.groups:
                break  # there is nothing to delete: the creation before it failed, which is judged already
            http = encode(step.request, self.target.sender, step.form, int(time.time()), self.requests + 1)
            bodies.append(http)
            answer, problem = self._exchange(http)
            if step.request.action != ACTION:
                if not self._sibling(step.request, answer, case.clause):
                    return found, True
                continue
            departures, told = self._judge_answer(http, answer, problem, case.clause)
            conclusive = conclusive and told
            for each in departures:
                shown = tuple(steps[: place + 1])
                template = Case(case.clause, case.about, case.steps[: place + 1])
                found.append(self._fail(each, shown, tuple(bodies), template))
            if answer is None:
                break
        return found, conclusive

    def _fail(
        self, departure: Departure, sent: tuple[Step, ...], bodies: tuple[HttpRequest, ...], case: Case
    ) -> Failure:
        failure = Failure(
            departure.clause, departure.kind, departure.expected, departure.observed, sent, bodies, self.requests, case
        )
        key = failure.clause, failure.kind
        self.failed[key] += 1
        self.first_failed.setdefault(key, self.requests)
        kept = self.failures.setdefault(key, [])
        kept.append(failure)
        kept.sort(key=lambda each: each.size)
        del kept[_SMALLEST:]
        return failure

    def _disbelieve(self, case: Case) -> list[Failure]:
        """Every short text that was tried was said to be in use, one after the other."""
        observed = f"{_TRIES} different values in a row were said to be in use"
        step = Step(fill(case.steps[-1].request, self.salts.next()), case.steps[-1].form)
        http = encode(step.request, self.target.sender, step.form, int(time.time()))
        expected = explain(predict(decode(http), World()))
        departure = Departure(case.clause, Kind.REJECTED_THOUGH_VALID, expected, observed)
        return [self._fail(departure, (step,), (http,), case)]

    # --- One exchange ----------------------------------------------------------------------------------

    def _exchange(self, http: HttpRequest, *, again: bool = False) -> tuple[HttpResponse | None, str]:
        """The answer to a request, or why there is none; tried again, once, where the connection was closed."""
        if self.max_requests is not None and self.requests >= self.max_requests:
            raise BudgetSpentError
        self.requests += 1
        self.on_request()
        try:
            answer = self.target.send(http)
        except TransportError as error:
            if self.requests == 1:
                raise TargetUnusableError(f"{self.target.name} can't be judged: {error}") from error
            if error.closed and not again:
                # Perhaps a keep-alive ended under it; then the group may be there, and the world says so.
                self._settle(decode(http), None)
                return self._exchange(http, again=True)
            self._unanswered += 1
            self._unanswered_in_all += 1
            return None, str(error)
        self._unanswered = 0
        if self.requests == 1:
            self._admitted(envelope(answer))
        return answer, ""

    def _admitted(self, parsed: Envelope) -> None:
        """Refuse a target that refuses everybody: one sentence instead of a hundred failures."""
        code = parsed.code or ""
        message = parsed.error.get("Message") if isinstance(parsed.error, dict) else None
        if code.startswith("AuthFailure") or code == "UnauthorizedOperation":
            raise TargetUnusableError(
                f"{self.target.name} refuses the credentials: {code}: {message}. Set TENCENTCLOUD_SECRET_ID and "
                "TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN, for temporary ones) to a pair that it knows."
            )
        if code in CODES and CODES[code].kind is CodeKind.ACCOUNT_STANDING:
            raise TargetUnusableError(f"{self.target.name} serves this account nothing: {code}: {message}")

    def _judge_answer(
        self, http: HttpRequest, answer: HttpResponse | None, problem: str, focus: str
    ) -> tuple[list[Departure], bool]:
        """Judge the answer to a CreateGroup request, from what was sent; learn from it."""
        request = decode(http)
        prediction = predict(request, self.world)
        if answer is None:
            self._settle(request, None)
            if self.lost:
                self.unseen["target"] = f"it stopped answering: {problem}"
            return [Departure(focus, Kind.NO_ANSWER, explain(prediction), problem)], True
        judgement = judge(prediction, answer, self._request_ids, focus, self._misfiring)
        if prediction.must_be_accepted and isinstance(judgement.outcome, Refused):
            self._misfiring.add(judgement.outcome.code)
        departures = [*judgement.departures, *self._learn(request, judgement, prediction, answer)]
        self._count(prediction, judgement, envelope(answer))
        self._settle(request, judgement.outcome)
        return departures, judgement.conclusive

    def _learn(
        self, request: Request, judgement: Judgement, prediction: Prediction, answer: HttpResponse
    ) -> Iterable[Departure]:
        """Narrow the ledger; an answer that contradicts an earlier one is a departure."""
        name = f"request {self.requests}, {_shown(request)}"
        content_type = (header(answer.headers, "Content-Type") or "").lower()
        if content_type.startswith("application/json"):
            named = "charset" if "charset" in content_type else "bare"
            self.ledger.observe([{"content-type-charset": frozenset({named, VARIES})}], name)
        if not judgement.ways or not all(each.conclusive for each in judgement.ways):
            return
        contradiction = self.ledger.observe([each.readings for each in judgement.ways], name)
        if contradiction is not None:
            yield from _contradicted(contradiction, prediction, judgement)

    def _count(self, prediction: Prediction, judgement: Judgement, parsed: Envelope) -> None:
        """Write down what the answer shows of which clauses: nothing of parameters where the page doesn't allow it.

        A clause is seen broken where the answer is the one for breaking it, not one for another's breach.
        """
        for id_ in judgement.checked:
            self.tallies[id_].kept += 1
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
        # Two clauses of the request as a whole, which no single value breaks.
        if len(prediction.broken | prediction.open) > 1:
            self.tallies["Request.check-order"].open += 1
        if any(reading.startswith("null-") for each in prediction.allowed for reading in each.readings):
            self.tallies["Request.null"].open += 1

    def _settle(self, request: Request, outcome: Outcome | None) -> None:
        """Write into the world what the answer says of the group; without one, or with none to be read, perhaps."""
        group_id, name = _last_text(request, "GroupId"), _last_text(request, "GroupName")
        if group_id is None or name is None:
            return
        if isinstance(outcome, Accepted):
            self.groups_created += 1
            self.world.created(group_id, name)
        elif outcome is None and request.action == ACTION:
            self.world.perhaps_created(group_id, name)

    def _sibling(self, request: Request, answer: HttpResponse | None, clause: str) -> bool:
        """Take note of the answer to another action; False where the target doesn't have it."""
        parsed = envelope(answer) if answer is not None else None
        if parsed is None or parsed.problem is not None or parsed.error is not None:
            why = parsed.code or parsed.problem if parsed else "no answer"
            self.unseen.setdefault(request.action, f"{request.action} isn't served ({why}): {clause} was seen in part")
            return False
        if request.action == "DeleteGroup":
            self.world.deleted(_last_text(request, "GroupId") or "")
        return True

    @property
    def lost(self) -> bool:
        """Whether the target stopped answering."""
        return self._unanswered >= _LOST_AFTER or self._unanswered_in_all >= _LOST_AFTER_IN_ALL


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


def _shown(request: Request) -> str:
    """A request in a few words, to cite it."""
    text = json.dumps(request.plain, ensure_ascii=False)
    return text if len(text) <= _LONGEST_CITED else f"{text[:_LONGEST_CITED]}…"


def _is_short(request: Request) -> bool:
    """Whether an id or name of a template has room for no more than a part of a salt."""
    texts = [value for name, value in request.parameters if name in {"GroupId", "GroupName"}]
    return any(isinstance(each, str) and any(match[2] for match in MARKER.finditer(each)) for each in texts)


def _last_text(request: Request, name: str) -> str | None:
    values = [value for value in request.values(name) if isinstance(value, str)]
    return values[-1] if values else None
