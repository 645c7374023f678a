"""Several requests at once, answers that are lost, and one connection for many requests: over real sockets."""

import contextlib
import re
import socket
import threading
import time

import pytest
import trustme

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import HungUpError
from conformance.emulator import Emulator, conforming
from conformance.emulator import server as server_module
from conformance.emulator.faults import faulty
from conformance.emulator.server import Server
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.exchange.wire import Form, Sender, encode
from conformance.judging.judge import DepartureKind as Kind
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.strategies.sequences import create
from conformance.targets.http import HttpTarget
from tests.waiting import PATIENCE, wait_for

PLAIN = smoke()[0]
CONCURRENT = [each for each in smoke() if each.clause.startswith("Concurrency.")]
LOST = [each for each in smoke() if each.clause == "Concurrency.lost-answer"]
PIPELINED = [each for each in smoke() if each.clause == "Protocol.connection"]
TIMES = 3


class Meeting(Emulator):
    """A faulty emulator: of requests that were sent at once, none creates before another has been there as well.

    So it doesn't depend on the machine whether a race shows.
    """

    def __init__(self, fault):
        behaviour = faulty(conforming(), fault)
        behaviour.pause = self._pause
        super().__init__(behaviour)
        self._someone, self._expected, self._came = threading.Condition(), 0, 0

    def expecting(self, together):
        """The sending of requests at once, of which this is told."""

        def send(requests):
            self._expected, self._came = len(requests), 0
            try:
                return together(requests)
            finally:
                self._expected = 0

        return send

    def handle(self, http):
        """The emulator's answer; whoever got it has been there."""
        answer = super().handle(http)
        self._been_there()
        return answer

    def _pause(self):
        self._been_there()
        with self._someone:
            if self._expected:
                assert self._someone.wait_for(lambda: self._came > 1, PATIENCE)

    def _been_there(self):
        with self._someone:
            self._came += 1
            self._someone.notify_all()


@contextlib.contextmanager
def run_against(url):
    """A new run against a server."""
    target = HttpTarget(url, Sender(url, "ap-guangzhou", EXAMPLE_CREDENTIALS), timeout=PATIENCE)
    with contextlib.closing(target):
        yield Run.against(target)


def judged(url, cases, meeting=None):
    """A run that has judged a plain request, and the cases."""
    with run_against(url) as run:
        if meeting is not None:
            run.target.together = meeting.expecting(run.target.together)
        for case in (PLAIN, *cases):
            run.case(case)
    return run


def told(run):
    """Every failure in a line; empty for a server that conforms."""
    smallest = [found[0] for found in run.results.failures.values()]
    return [f"{each.clause}: {each.kind}: {each.case.about}: {each.observed}" for each in smallest]


def failed(run):
    return {clause for clause, _ in run.results.failed}


@pytest.fixture(scope="module", name="conforming_url")
def _conforming_url():
    with Server(Emulator()) as server:
        yield server.url


def test_the_cases_are_there():
    """The fixed cases send at once, lose an answer and pipeline."""
    sendings = {step.sending for case in (*CONCURRENT, *PIPELINED) for step in case.steps}

    assert sendings >= {Sending.TOGETHER, Sending.LOST, Sending.PIPELINED}
    assert all(CONCURRENT)
    assert LOST
    assert PIPELINED


# --- At once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(TIMES))
def test_a_race_is_found(number):
    """That two requests may look before either creates is found each time, under a clause on concurrency."""
    racing = Meeting("race")
    with Server(racing) as server:
        run = judged(server.url, CONCURRENT, racing)

    assert failed(run) & {"Concurrency.same-id", "Concurrency.same-name"}, told(run)
    assert Kind.ACCEPTED_THOUGH_INVALID in {kind for _, kind in run.results.failed}


@pytest.mark.parametrize("number", range(TIMES))
def test_a_conforming_server_never_fails(conforming_url, number):
    """A server that lets one request in after the other conforms each time, and every clause is seen."""
    run = judged(conforming_url, CONCURRENT)

    assert told(run) == []
    assert (run.results.unseen, run.results.unsupported) == ({}, {})
    assert all(run.results.tallies[case.clause].kept for case in CONCURRENT)


def test_runs_at_the_same_time(conforming_url):
    """Two runs against one account don't disturb each other."""
    runs = []
    threads = [threading.Thread(target=lambda: runs.append(judged(conforming_url, CONCURRENT))) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [told(run) for run in runs] == [[], [], []]


def test_a_server_that_refuses_others_meanwhile():
    """A server that refuses whoever comes while it looks at another fails for groups that have nothing in common."""
    impatient = Meeting("one-at-a-time")
    with Server(impatient) as server:
        run = judged(server.url, CONCURRENT, impatient)

    assert "Concurrency.different" in failed(run)


def test_together_really_is(conforming_url, monkeypatch):
    """Requests that are sent together are all under way before the first answer comes."""
    arrived, most = [], []
    emulator = Emulator(faulty(conforming(), "race"))
    barrier = threading.Barrier(4)

    def handle(http):
        arrived.append(http)
        most.append(barrier.wait(PATIENCE))
        return emulator.refuse("InternalError")

    monkeypatch.setattr(emulator, "handle", handle)
    with Server(emulator) as server:
        sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        sent = [
            encode(Request.of({"GroupName": f"n{each}", "GroupId": "i"}), sender, Form.JSON, 1_700_000_000)
            for each in range(4)
        ]
        with contextlib.closing(HttpTarget(server.url, sender, timeout=PATIENCE)) as target:
            exchanges = target.together(sent)

    assert sorted(most) == [0, 1, 2, 3]
    assert [each.answer.status for each in exchanges] == [200] * 4
    assert sorted(http.body for http in arrived) == sorted(http.body for http in sent)


# --- Lost answers ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="authority")
def _authority():
    return trustme.CA()


@pytest.fixture(name="secure")
def _secure(authority, tmp_path, monkeypatch):
    """A function that serves an emulator over HTTPS, with a certificate that this process trusts."""
    certificate = authority.issue_cert("127.0.0.1")
    chain, key, bundle = (tmp_path / name for name in ("chain.pem", "key.pem", "ca.pem"))
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return lambda emulator: Server(emulator, tls=(str(chain), str(key)))


def test_lost_over_http(conforming_url):
    """Over HTTP a creation whose answer is lost is seen afterwards, whichever way it went."""
    run = judged(conforming_url, LOST)

    assert told(run) == []
    assert (run.results.unsupported, run.results.tallies["Concurrency.lost-answer"].kept) == ({}, len(LOST))


def test_lost_over_tls(secure):
    """Over TLS as well."""
    with secure(Emulator()) as server:
        run = judged(server.url, LOST)

    assert server.url.startswith("https://")
    assert told(run) == []
    assert (run.results.unsupported, run.results.tallies["Concurrency.lost-answer"].kept) == ({}, len(LOST))


@pytest.mark.parametrize("over_tls", [False, True])
def test_an_abandoned_request_arrives(secure, over_tls):
    """A request is sent whole before the connection is cut, and its group is there."""
    emulator = Emulator()
    with secure(emulator) if over_tls else Server(emulator) as server:
        sender = Sender(server.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        with contextlib.closing(HttpTarget(server.url, sender, timeout=PATIENCE)) as target:
            step = next(step for case in LOST for step in case.steps if step.sending is Sending.LOST)
            http = encode(step.filled("salted").request, sender, step.form, int(time.time()))
            exchange = target.abandon(http)
            target.send(http)  # once this was answered, what came before it was done

    assert isinstance(exchange.answer, HungUpError)
    (group,) = emulator.account.groups.values()
    assert "salted" in group.group_id


def test_at_once_over_tls(secure):
    """All of concurrency, and pipelining, is seen over TLS."""
    with secure(Emulator()) as server:
        run = judged(server.url, [*CONCURRENT, *PIPELINED])

    assert told(run) == []
    assert (run.results.unseen, run.results.unsupported) == ({}, {})


@pytest.mark.parametrize("fault", ["lost-answer-keeps-id", "lost-answer-keeps-name"])
def test_lost_answers_with_a_fault(fault, monkeypatch):
    """Over a real socket too, it is found that half of a group is left where nobody waited for the answer."""
    emulator, moment, noticed = Emulator(faulty(conforming(), fault)), server_module._MOMENT, threading.Event()
    abandon, abandoned = HttpTarget.abandon, emulator.abandoned

    def hang_up(target, http):
        server_module._MOMENT = PATIENCE  # in which the server notices, however busy the machine is
        noticed.clear()
        exchange = abandon(target, http)
        wait_for(noticed)
        server_module._MOMENT = moment
        return exchange

    monkeypatch.setattr(server_module, "_MOMENT", moment)  # whatever happens, it is as it was afterwards
    monkeypatch.setattr(HttpTarget, "abandon", hang_up)
    monkeypatch.setattr(emulator, "abandoned", lambda http: (abandoned(http), noticed.set()))
    with Server(emulator) as server:
        run = judged(server.url, LOST)

    assert "Concurrency.lost-answer" in failed(run)


def test_nobody_to_hang_up_on():
    """Where nothing listens any more, a lost answer proves nothing and raises nothing."""
    with Server(Emulator()) as server, run_against(server.url) as run:
        run.case(PLAIN)
        server.__exit__(None, None, None)
        assert run.case(LOST[0]) == []

    assert run.results.tallies["Concurrency.lost-answer"].kept == 0
    assert "no connection could be cut" in run.results.unsupported["Concurrency.lost-answer"]


# --- Pipelining --------------------------------------------------------------------------------------------------


def test_pipelining(conforming_url):
    """Over HTTP, requests on one connection are answered in order: the clause is seen, and kept."""
    run = judged(conforming_url, PIPELINED)

    assert told(run) == []
    assert (run.results.unseen, run.results.unsupported) == ({}, {})
    assert run.results.tallies["Protocol.connection"].kept == len(PIPELINED)


class Pipeline:
    """A server that answers the requests of a connection through an emulator, in an order of its own.

    `arrange` gets the answers to the requests that came together, as bytes, and returns what is sent of them.
    """

    def __init__(self, arrange):
        self.emulator, self.arrange = Emulator(), arrange
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.most = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listening.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            data = b""
            while part := connection.recv(65536):
                data += part  # what is sent at once comes at once
                requests, data = self._requests(data)
                self.most = max(self.most, len(requests))
                answers = [self._answer(each) for each in requests]
                connection.sendall(b"".join(answers if len(answers) < 2 else self.arrange(answers)))
                if len(answers) > 1 and len(self.arrange(answers)) < len(answers):
                    return

    def _requests(self, data):
        found = []
        while b"\r\n\r\n" in data:
            head, _, rest = data.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = tuple(tuple(each.split(": ", 1)) for each in lines)
            length = int({name.lower(): value for name, value in headers}.get("content-length", 0))
            if len(rest) < length:  # its body comes in a packet of its own
                break
            method, target, _ = first.split(" ")
            found.append(HttpRequest(method, self.url + target, headers, rest[:length]))
            data = rest[length:]
        return found, data

    def _answer(self, http):
        answer = self.emulator.handle(http)
        lines = [f"HTTP/1.1 {answer.status} OK", *(f"{name}: {value}" for name, value in answer.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(answer.body)}", "", ""]).encode("latin-1") + answer.body


def test_in_order():
    """The small server below conforms as long as it answers in order: what fails below is the order."""
    with Pipeline(lambda answers: answers) as server:
        run = judged(server.url, PIPELINED)

    assert told(run) == []
    assert server.most > 1
    assert run.results.tallies["Protocol.connection"].kept == len(PIPELINED)


def recoded(answer, old, new):
    """An answer, as bytes, with another code."""
    head, _, body = answer.partition(b"\r\n\r\n")
    body = body.replace(old, new)
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + b"\r\n\r\n" + body


@pytest.mark.parametrize("code", [b"FailedOperation.ConflictOperation", b"InternalError"])
@pytest.mark.parametrize("order", [1, -1], ids=["first-wins", "last-wins"])
def test_pipelined_creations_of_one_group(code, order):
    """What comes on one connection before an answer comes at once: any may win, and the others may be in conflict."""
    exists = b"InvalidParameterValue.GroupIdAlreadyExist"
    copies = Step(create(SALT, f"{SALT}<n>"), sending=Sending.PIPELINED, copies=3)
    with Pipeline(lambda answers: [recoded(each, exists, code) for each in answers][::order]) as server:
        run = judged(server.url, [Case("GroupId.unique", "three at once", (copies,))])

    assert server.most > 1
    assert told(run) == []


@pytest.mark.parametrize(
    "arrange",
    [
        lambda answers: answers[::-1],
        lambda answers: [*answers[1:], answers[0]],
        lambda answers: [answers[0]] * len(answers),
    ],
    ids=["backwards", "first-last", "first-again"],
)
def test_in_the_wrong_order(arrange):
    """Answers that belong to other requests of the connection are a failure, or at least no sign of conforming."""
    with Pipeline(arrange) as server:
        run = judged(server.url, PIPELINED)

    assert server.most > 1
    assert run.results.tallies["Protocol.connection"].kept == 0
    assert failed(run), run.results.unseen


@pytest.mark.parametrize("answered", [0, 1])
def test_not_all_are_answered(answered):
    """A server that answers the first and closes the connection breaks nothing; the clause wasn't seen."""
    with Pipeline(lambda answers: answers[:answered]) as server:
        run = judged(server.url, PIPELINED)

    assert server.most > 1
    assert told(run) == []
    assert run.results.tallies["Protocol.connection"].kept == 0
    assert "closes connections after an answer" in run.results.unsupported["Protocol.connection"]
