"""Whatever a server sends, and however long: each way of sending ends in time, in little memory, with the reason."""

import itertools
import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from tests.command import command
from tests.hostile import ALL_KINDS, JSON_KINDS, KINDS, SLOW_KINDS, Hostile, Served
from tests.relays import ROOT
from tests.waiting import PATIENCE

# Megabytes beyond what a process has that has read one answer.
ROOM = 120

_CHILD = """
import json, sys
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.messages import HttpRequest
from conformance.exchange.wire import Sender, envelope
from conformance.targets.http import HttpTarget
from tests.peak import peak

url, seconds, ways, kinds = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4:]
sender = Sender(url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
patient, target = (HttpTarget(url, sender, timeout=each) for each in (300, seconds))

def told(kind, target=target):
    http = HttpRequest("POST", f"{url}/", (("X-Kind", kind),) if kind else ())
    exchanges = [target.send(http)]
    if ways == "all":
        exchanges += [*target.together([http] * 2), *target.pipelined([http] * 2)]
    answers = [each.answer for each in exchanges]
    return [envelope(each).problem if hasattr(each, "body") else str(each) for each in answers]

usual, before = told("", patient), peak()
print(json.dumps({kind: [told(kind), peak() - before] for kind in kinds} | {"": [usual + told("", patient), 0]}))
"""
_USUAL = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + b'{"Response":{}}'


def told(seconds, kinds, ways="all"):
    """Kind → what came of each way of sending, and how many megabytes more the process has had since.

    Args:
        seconds: to wait for an answer.
        kinds: of hostile answers.
        ways: "all"; or "one", to send alone.
    """
    with Hostile(lambda _head, _body: [_USUAL]) as server:
        words = [sys.executable, "-c", _CHILD, server.url, str(seconds), ways, *kinds]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert set(found.pop("")[0]) == {None}  # before and after, a plain answer is read on each way
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("kinds", "seconds"), [(KINDS, PATIENCE / 10), (SLOW_KINDS, 1.0)], ids=["large", "slow"])
def test_hostile_answers(kinds, seconds):
    """Each kind is told by its own reason on each way of sending, and none takes memory; the next answer is read."""
    for kind, (came, megabytes) in told(seconds, kinds).items():
        alone, *together, first, second = came
        assert kinds[kind][1] in alone, (kind, alone)
        assert [*together, first] == [alone] * 3, kind
        assert second in {alone, "the connection was closed before its answer"}
        assert megabytes < ROOM, kind


@pytest.mark.slow
def test_json_that_grows():
    """A body that is just small enough to be read takes no memory to speak of once it is JSON."""
    for kind, (came, megabytes) in told(PATIENCE / 10, JSON_KINDS, "one").items():
        assert came == [JSON_KINDS[kind][1]]
        assert megabytes < ROOM, kind


class _NowAndThen(Served):
    """The emulator, of whose refusals each so many are told in a hostile way, and each kind once."""

    def __init__(self, kinds, each):
        super().__init__()
        self._kinds, self._refused, self._each = iter(kinds), itertools.count(1), each

    def __call__(self, head, body):
        answer = self.handled(head, body)
        if b'"Error"' in answer.body and next(self._refused) % self._each == 0 and (kind := next(self._kinds, None)):
            return ALL_KINDS[kind][0]()
        return [self.written(answer)]


@pytest.mark.slow
def test_a_run_among_hostile_answers(tmp_path):
    """Each hostile answer is one departure with its reason, the run goes on to its end, and stays small."""
    kinds = [*KINDS, "drip"]
    with Hostile(_NowAndThen(kinds, each=20)) as server:
        report, peak = _run_of_its_own(tmp_path, server.url, "--timeout-seconds", str(PATIENCE / 30))
    failures = [each for clause in report["clauses"] for each in clause["failures"]]

    assert report["requests"] > 650
    assert Counter(each["kind"] for each in failures) == {"no-answer": len(kinds)}
    for kind in kinds:
        assert sum(ALL_KINDS[kind][1] in each["observed"] for each in failures) >= 1, kind
    assert peak < 300
    assert (tmp_path / "report.json").stat().st_size < 1024 * 1024


@pytest.mark.slow
def test_a_run_whose_refusals_are_all_hostile():
    """A target that answers plain requests is there, however much else it says: the run goes on to its end."""
    with Hostile(_NowAndThen(itertools.repeat("200-mb"), each=1)) as server:
        done = command("run", "--target", server.url, "--profile", "smoke", "--level", "parameters")

    assert done.returncode == 1
    assert "stopped answering" not in done.stdout
    assert "a body of more than 4 MB" in done.stdout
    assert "GroupId.charset: no answer" in done.stdout


class _Talkative(Served):
    """The emulator, of whose refusals each has a code and a RequestId of a megabyte, and no two the same."""

    def __init__(self):
        super().__init__()
        self._number = itertools.count()

    def __call__(self, head, body):
        answer = self.handled(head, body)
        if b'"Error"' in answer.body:
            long = f"{'x' * 1_000_000}{next(self._number)}"
            error = {"Response": {"Error": {"Code": long, "Message": long}, "RequestId": long}}
            answer = replace(answer, body=json.dumps(error).encode())
        return [self.written(answer)]


@pytest.mark.slow
def test_what_is_kept_of_long_answers(tmp_path):
    """A process doesn't grow by what is said in a run, and nor does its report; ids that differ at the end differ."""
    with Hostile(_Talkative()) as server:
        report, peak = _run_of_its_own(tmp_path, server.url, "--only", "GroupId.*", "--only", "Response.*")

    assert report["clauses"]
    assert {each["id"]: each["status"] for each in report["clauses"]}["Response.RequestId.unique"] == "passed"
    assert peak < 300
    assert (tmp_path / "report.json").stat().st_size < 1024 * 1024


def _run_of_its_own(folder, url, *words):
    """The report of a run in a process of its own, and the megabytes that it had at most."""
    words = ["run", "--target", url, "--profile", "smoke", "--json", str(folder / "report.json"), *words]
    words = [sys.executable, "-m", "tests.peak", *words]
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1, done.stderr
    return json.loads((folder / "report.json").read_text()), int(done.stderr)
