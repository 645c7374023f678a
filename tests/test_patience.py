"""What a run bears with: a right server that throttles, fails now and then, drops connections or shows late."""

import json
import random

import pytest

from conformance.base.errors import NotSentError, TargetUnusableError, TransportError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import faulty
from conformance.exchange.messages import Exchange, HttpResponse, header
from conformance.exchange.wire import Form
from conformance.judging.account_status import Disturbance, disturbance_of
from conformance.report.failure_groups import failure_groups
from conformance.runs.run import Run
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

CASES = smoke()
STATE = [each for each in CASES if each.clause.startswith(("State.", "Concurrency.", "GroupId.unique"))]
FEW = [*CASES[:60], *STATE]
CLOSED = TransportError("the connection was closed", closed=True)
NOT_THERE = "InvalidParameterValue.GroupIdNotExist"


def answer(code="", status=200, body=None):
    """An answer with an error code, or with a body that is none of the API's."""
    content = {"Response": {"Error": {"Code": code, "Message": "x"}, "RequestId": random.randbytes(16).hex()}}
    body = json.dumps(content).encode() if body is None else body
    return HttpResponse(status, (("Content-Type", "application/json"),), body)


class Restless(DirectTarget):
    """A right server with a whim: `before` and `after` are asked of each request, and may answer in its stead.

    It has a clock that only waiting and pacing move.
    """

    def __init__(self, before=lambda _http: None, after=lambda _http, _answer: None, emulator=None):
        super().__init__(emulator or Emulator())
        self.exclusive, self.before, self.after = False, before, after
        self.now, self.slept, self.gap, self.seen = 0.0, [], 0.0, 0

    def send(self, http):
        """What the whim or the emulator answers."""
        self.seen += 1
        self.now += self.gap
        instead = self.before(http)
        if instead is None:
            instead = self.after(http, answered := self._emulator.handle(http)) or answered
        return Exchange(http, instead)

    def sleep(self, seconds):
        """Time passes."""
        self.slept.append(seconds)
        self.now += seconds

    def run(self):
        """A run against it that waits by its clock."""
        run = Run.against(self)
        run.patience.sleep, run.patience.clock = self.sleep, lambda: self.now
        run.patience.slow_down = lambda rate: setattr(self, "gap", 1 / rate)
        return run

    def judged(self, cases=FEW):
        """The run, after these cases."""
        run = self.run()
        for each in cases:
            run.case(each)
        return run


def action(http):
    return header(http.headers, "X-TC-Action")


# --- Now and then ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "instead",
    [
        answer("InternalError"),
        answer("FailedOperation.ServerError"),
        answer(status=502, body=b"<html>"),
        answer(status=500, body=b""),
        CLOSED,
    ],
    ids=["internal", "server-error", "bad-gateway", "empty-500", "closed"],
)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_now_and_then(instead, done):
    """One in twenty requests is answered so, before or after it was carried out: no clause is failed by that."""
    chance = random.Random(7)

    def whim(*_):
        return instead if chance.random() < 0.05 else None

    target = Restless(**{"after" if done else "before": whim})
    run = target.judged()

    assert run.results.failures == {}
    assert sum(run.patience.borne.values()) > 3
    assert len(list(run.patience.notes())) == 1
    assert run.results.tallies["GroupId.unique"].broken, "what it is about is seen all the same"


@pytest.mark.slow
def test_closed_after_each_request():
    """Wherever in a case a connection ends after the work was done, it is sent again and the group is known."""
    for case in STATE:
        undisturbed = Restless()
        undisturbed.judged([CASES[0], case])
        for at in range(2, undisturbed.seen + 1):
            target = Restless()
            target.after = lambda _http, _answer, target=target, at=at: CLOSED if target.seen == at else None
            assert target.judged([CASES[0], case]).results.failures == {}, f"{case.id} closed after request {at}"


@pytest.mark.slow
def test_an_error_that_always_comes():
    """What fails each time, while plain requests between are answered, is a departure of its clause."""
    target = Restless(emulator=Emulator(faulty(conforming(), "internal-error-for-illegal-id")))
    shown = failure_groups(target.judged(CASES).results, Settings(profile="smoke"))

    assert set(shown.of_clauses) == {"GroupId.charset", "Request.doubled-parameter"}  # one of two may be illegal
    assert sum(target.slept) < 3, "and it isn't waited for again and again"


@pytest.mark.parametrize("code", ["InternalError", "FailedOperation.ServerError"])
def test_out_of_order(code):
    """A target that fails at plain requests too, again and again, can't be judged."""
    target = Restless()
    target.before = lambda _http: answer(code) if target.seen > 30 else None

    with pytest.raises(TargetUnusableError, match="out of order"):
        target.judged()
    assert target.seen < 50


# --- Throttled ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [5, 20, 50])
def test_throttled(limit):
    """So many requests a second: a rate that does is found, and told; nothing is failed."""
    lately = []

    def whim(_http):
        lately[:] = [each for each in lately if target.now - each < 1]
        if len(lately) >= limit:
            return answer("RequestLimitExceeded")
        lately.append(target.now)
        return None

    target = Restless(whim)
    run = target.judged()

    assert run.results.failures == {}
    assert limit / 3 < run.patience.rate <= max(limit, 20)
    (note,) = run.patience.notes()
    assert f"--rate {run.patience.rate:.3g}" in note
    assert run.patience.throttled < run.results.requests / 5


def test_throttled_for_ever():
    """Nobody is heard any more: one sentence."""
    target = Restless()
    target.before = lambda _http: answer("RequestLimitExceeded") if target.seen > 30 else None

    with pytest.raises(TargetUnusableError, match="throttles"):
        target.judged()
    assert sum(target.slept) < 20


@pytest.mark.slow
def test_throttled_for_one_mistake():
    """A refusal in the words of throttling is a departure, and it isn't waited again and again."""
    target = Restless(emulator=Emulator(faulty(conforming(), "throttled-for-long-id")))
    run = target.judged(CASES)

    assert "GroupId.length.max" in {clause for clause, _ in run.results.failures}
    assert sum(target.slept) < 5


def test_throttled_by_the_time_between():
    """Whoever comes within so long of the last is refused: that the plain one is heard says nothing of the other."""
    heard = [-1.0]

    def whim(_http):
        if target.now - heard[0] < 0.05:
            return answer("RequestLimitExceeded")
        heard[0] = target.now
        return None

    target = Restless(whim)
    target.gap = 0.03
    run = target.judged()

    assert run.results.failures == {}
    assert run.patience.throttled
    assert 8 < run.patience.rate < 20


@pytest.mark.parametrize(("status", "seconds"), [(429, 7), (503, 0)])
def test_throttled_by_what_is_before_it(status, seconds):
    """A gateway throttles by an HTTP status; how long it asks to wait is how long it is waited."""
    until = [0.0]

    def whim(_http):
        if target.now < until[0]:
            until[0] = target.now + seconds  # whoever comes too early waits anew
        elif target.seen == 30:
            until[0] = target.now + max(seconds, 3)
        else:
            return None
        return HttpResponse(status, (("Retry-After", f"{seconds}"),) if seconds else (), b"<html>")

    target = Restless(whim)

    assert target.judged().results.failures == {}
    assert seconds <= sum(target.slept) < 12


# --- Late --------------------------------------------------------------------------------------------------


def late(seconds, target):
    """Look-ups show a group so many seconds after it was created, renamed or deleted."""
    made = {}

    def whim(http, answered):
        body = json.loads(http.body) if http.body[:1] == b"{" else {}
        name = action(http)
        if name == "CreateGroup" and b"FaceModelVersion" in answered.body:
            made.setdefault(body.get("GroupId"), target.now)
        if name == "GetGroupInfo" and target.now - made.get(body["GroupId"], -seconds) < seconds:
            return answer(NOT_THERE)
        if name == "GetGroupList":
            content = json.loads(answered.body)
            shown = content["Response"]["GroupInfos"]
            shown[:] = [each for each in shown if target.now - made.get(each["GroupId"], -seconds) >= seconds]
            content["Response"]["GroupNum"] = len(shown)
            return answer(body=json.dumps(content).encode())
        return None

    return whim


@pytest.mark.parametrize("seconds", [0.5, 9.0])
def test_reads_that_lag(seconds):
    """What was created may show some seconds later: it is looked for again."""
    target = Restless()
    target.after = late(seconds, target)
    run = target.judged()

    assert run.results.failures == {}
    assert run.results.tallies["State.kept.GroupName"].kept
    assert seconds <= run.patience.lag < 2 * seconds + 2


def test_what_never_shows():
    """A group that never shows is a departure, after ten seconds, and not ten for each look."""
    target = Restless()
    target.after = late(10**6, target)
    run = target.judged()

    assert {"State.kept.GroupName", "State.listed"} <= {clause for clause, _ in run.results.failures}
    assert 10 <= sum(target.slept) < 60


@pytest.mark.parametrize("code", ["GroupIdAlreadyExist", "GroupNameAlreadyExist"])
@pytest.mark.parametrize("seconds", [0.3, 5.0])
def test_deletions_that_take_a_while(code, seconds):
    """For some seconds after a deletion, a creation with its id or its name may be refused, in every history."""
    gone = {}

    def whim(http):
        body = json.loads(http.body) if b"{" in http.body[:9] else {}
        if action(http) == "DeleteGroup":
            gone[names.get(body["GroupId"]) if "Name" in code else body["GroupId"]] = target.now
        text = body.get("GroupName" if "Name" in code else "GroupId")
        if action(http) == "CreateGroup" and target.now - gone.get(text, -seconds) < seconds:
            return answer(f"InvalidParameterValue.{code}")
        if action(http) == "CreateGroup":
            names[body.get("GroupId")] = body.get("GroupName")
        return None

    names = {}
    target = Restless(whim)

    of_json = [each for each in STATE if all(step.form in {Form.JSON, Form.JSON_RAW} for step in each.steps)]
    assert target.judged([CASES[0], *of_json]).results.failures == {}
    assert gone


# --- What it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came", "kind"),
    [
        (answer("RequestLimitExceeded"), Disturbance.THROTTLED),
        (answer("FailedOperation.RequestLimitExceeded"), Disturbance.THROTTLED),
        (answer(status=429, body=b"slow down"), Disturbance.THROTTLED),
        (answer(status=503, body=b"later"), Disturbance.THROTTLED),
        (answer(status=504, body=b"later"), Disturbance.FAILED),
        (answer("InternalError", status=500), Disturbance.FAILED),
        (CLOSED, Disturbance.CLOSED),
        (TransportError("nothing came in time"), None),
        (answer("InvalidParameter"), None),
        (answer("InvalidParameter", status=500), None),
        (answer(status=404, body=b"no"), None),
    ],
)
def test_disturbances(came, kind):
    """What tells of the target's state, and what of the request."""
    assert disturbance_of(came) is kind


# --- What isn't sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("refused", [1, 2, 3])
def test_a_text_that_mustnt_be_sent_is_drawn_again(refused):
    """A random text that spells a forbidden word is another one next time; what is always held back is told of."""
    held = []

    def hold(http):
        if len(held) < refused:
            held.append(http.body)
            raise NotSentError("not sent: it says 'erase'")

    target = Restless(before=hold)
    run = target.judged([each for each in CASES if each.clause == "GroupName.length.max"][:1])

    assert len(set(held)) == refused
    assert target.seen - refused == (refused < 3) == run.results.tallies["GroupName.length.max"].kept
    assert bool(run.results.unseen) == (refused == 3)
