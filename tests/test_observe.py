"""The relay passes on what it gets, byte by byte; the observer judges what goes through it."""

import contextlib
import json
import signal
import socket
import subprocess
import threading

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.iai.v20200303 import iai_client, models

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Secret
from conformance.base.errors import TransportError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import faulty
from conformance.emulator.server import Server
from conformance.exchange.messages import HttpResponse
from conformance.observe.observer import Observer
from conformance.observe.relay import Relay
from conformance.observe.telling import Listener
from conformance.recording.reader import load
from tests.command import command
from tests.key_pair import CREDENTIALS
from tests.stand_in import HOST, StandIn, python
from tests.waiting import PATIENCE, outputs, wait_for

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Odd:  two  spaces\r\nContent-Length: 2\r\n\r\nok"
REQUEST = b"POST /a?b=%20c HTTP/1.1\r\nhOsT: some.where\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Length: 3\r\n\r\nabc"


class Upstream:
    """A server made by hand: keeps what it gets, and answers with what it was given, whatever that is.

    `came` is set once so many bytes came as are awaited.
    """

    def __init__(self, *answers, closes=True, awaited=1):
        self.awaited = awaited
        self.answers, self.closes, self.got, self.came = answers, closes, [], threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listening.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client):
        with contextlib.suppress(OSError), contextlib.closing(client):
            for answer in self.answers:
                data = client.recv(1_000_000)
                if not data:
                    return
                self.keep(data)
                client.sendall(answer)
            while not self.closes and (data := client.recv(1_000_000)):
                self.keep(data)

    def keep(self, data):
        """Keep what came; `came` says once it is as much as was waited for."""
        self.got.append(data)
        if sum(map(len, self.got)) >= self.awaited:
            self.came.set()


@contextlib.contextmanager
def relayed(upstream, **options):
    """A relay to a server, and what it told of; all of that is there once this ends."""
    told = []
    options = {"timeout": PATIENCE, **options}
    with Relay(upstream, Listener(lambda each: told.append((each.http, each.answer))), **options) as relay:
        yield relay, told


def talk(relay, data, *, half_closed=False):
    """What comes back for these bytes until the relay hangs up."""
    port = int(relay.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(data)
        if half_closed:
            client.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionError):
            while more := client.recv(1_000_000):
                received += more
        return received


# --- The relay ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half_closed", [False, True])
def test_bytes_are_passed_on_as_they_are(half_closed):
    """Nothing is added, changed or put in another order, on the way there or back; and it is told as it was."""
    with Upstream(ANSWER) as upstream, relayed(upstream.url) as (relay, told):
        received = talk(relay, REQUEST, half_closed=half_closed)

    ((http, answer),) = told
    assert (received, upstream.got) == (ANSWER, [REQUEST])
    assert (http.method, http.url, http.body) == ("POST", "http://some.where/a?b=%20c", b"abc")
    assert [name for name, _ in http.headers] == ["hOsT", "X-Twice", "x-twice", "Content-Length"]
    assert (answer.status, answer.body) == (200, b"ok")
    assert ("X-Odd", "two  spaces") in answer.headers


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x"),
    ],
)
def test_every_way_to_end_an_answer(answer, body):
    """Answers are told whole, however their end is marked."""
    with Upstream(answer) as upstream, relayed(upstream.url) as (relay, told):
        assert talk(relay, REQUEST) == answer

    assert told[0][1].body == body


def test_several_requests_on_one_connection():
    """Each request gets its own answer, whether or not it was waited for."""
    second = ANSWER.replace(b"ok", b"no")
    with Upstream(ANSWER + second) as upstream, relayed(upstream.url) as (relay, told):
        received = talk(relay, REQUEST + REQUEST.replace(b"abc", b"xyz"))

    assert received == ANSWER + second
    assert [(http.body, answer.body) for http, answer in told] == [(b"abc", b"ok"), (b"xyz", b"no")]


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00" * 9,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0" * 999,
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    ],
)
def test_what_cant_be_read_is_passed_on(data):
    """Whatever isn't HTTP goes through all the same, and isn't told of."""
    with Upstream(b"whatever this is") as upstream, relayed(upstream.url) as (relay, told):
        assert talk(relay, data) == b"whatever this is"

    assert (b"".join(upstream.got), told) == (data, [])


def test_nobody_listens():
    """A server that isn't there is told to the client, and in what is reported."""
    with relayed("http://127.0.0.1:1") as (relay, told):
        received = talk(relay, REQUEST)

    assert received.startswith(b"HTTP/1.1 502 ")
    assert isinstance(told[0][1], TransportError)


def test_a_server_that_hangs_up():
    """An answer that never comes is reported as such; the client sees what it would see without the relay."""
    with Upstream(b"") as upstream, relayed(upstream.url) as (relay, told):
        received = talk(relay, REQUEST)

    assert received == b""
    assert told[0][1].closed is True


def test_tunnels_are_refused():
    """What goes on inside TLS can't be seen: that is said, with what to do."""
    with Upstream(ANSWER) as upstream, relayed(upstream.url) as (relay, told):
        received = talk(relay, b"CONNECT iai.tencentcloudapi.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 501 ")
    assert b"use http://" in received
    assert (upstream.got, told) == ([], [])


def test_a_large_body_is_passed_on_but_not_kept():
    """More than any request needs isn't kept in memory; it goes through."""
    body = b"x" * (13 * 1024 * 1024)
    data = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with Upstream(b"", closes=False, awaited=len(data)) as upstream, relayed(upstream.url) as (relay, told):
        port = int(relay.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(data)
            wait_for(upstream.came)

    assert told == []


def test_looking_on_breaks_nothing(capsys):
    """Whatever goes wrong in looking on, the traffic goes on."""

    def broken(_exchange):
        raise ValueError("broken")

    with Upstream(ANSWER) as upstream, Relay(upstream.url, Listener(broken), timeout=PATIENCE) as relay:
        assert talk(relay, REQUEST) == ANSWER

    assert "broken" in capsys.readouterr().err


def test_it_ends_by_itself():
    """Idle connections, and requests under way, don't keep it from ending: it waits neither for them nor so long."""
    with contextlib.ExitStack() as opened, Upstream(b"", closes=False) as upstream:
        with relayed(upstream.url, timeout=1e9) as (relay, told):
            address = "127.0.0.1", int(relay.url.rpartition(":")[2])
            _, waiting = [opened.enter_context(socket.create_connection(address)) for _ in range(2)]
            waiting.sendall(REQUEST)
            wait_for(upstream.came)
        assert "observing ended" in str(told[0][1])


def test_tls_is_verified(tmp_path):
    """To a server over TLS it goes on verified, and keeps its certificates; an unknown authority is refused."""
    request = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    with StandIn(tmp_path) as stand_in, stand_in.here():
        with relayed(f"https://{HOST}") as (relay, told):
            assert b"Response" in talk(relay, request)
            assert relay.certificates
        with relayed(f"https://{HOST}", ca_file=True) as (relay, told):
            received = talk(relay, request)

    assert isinstance(told[0][1], TransportError)
    assert b"can't be verified" in received


# --- The observer ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def observed(upstream, folder=None):
    """A relay with an observer: both, and the lines that it said."""
    said = []
    observer = Observer.of(upstream, str(folder) if folder is not None else None, said.append)
    with Relay(
        upstream, Listener(observer.exchange, observer.blind, observer.dropped, observer.note), timeout=PATIENCE
    ) as relay:
        observer.certificates = lambda: relay.certificates
        yield relay, observer, said


def sdk(endpoint, *, proxy=None):
    """The vendor's client, unchanged."""
    http = HttpProfile(protocol="http", endpoint=endpoint, proxy=proxy)
    pair = Credential(*map(Secret.reveal, EXAMPLE_CREDENTIALS.texts))
    return iai_client.IaiClient(pair, "ap-guangzhou", ClientProfile(httpProfile=http))


def creation(group_id, **more):
    """A request of the vendor's to create a group."""
    request = models.CreateGroupRequest()
    request.GroupId, request.GroupName = group_id, group_id
    for name, value in more.items():
        setattr(request, name, value)
    return request


def converse(client):
    """What an application might do: create, be refused, delete, create again."""
    client.CreateGroup(creation("one", Tag="标签", GroupExDescriptions=["学号", "工号"]))
    for bad in (creation("one"), creation("x" * 65), creation("中文"), creation("two", GroupExDescriptions=["a", "a"])):
        with pytest.raises(TencentCloudSDKException):
            client.CreateGroup(bad)
    deletion = models.DeleteGroupRequest()
    deletion.GroupId = "one"
    client.DeleteGroup(deletion)
    client.CreateGroup(creation("two"))
    client.GetGroupList(models.GetGroupListRequest())


@pytest.mark.parametrize("proxied", [False, True])
def test_the_vendors_sdk_is_observed(tmp_path, proxied):
    """What an SDK sends is judged, told and recorded, as its endpoint or as its proxy; and judged again offline."""
    with Server(Emulator()) as server, observed(server.url, tmp_path / "rec") as (relay, observer, said):
        address = relay.url.removeprefix("http://")
        converse(sdk("iai.tencentcloudapi.com", proxy=relay.url) if proxied else sdk(address))
    report = observer.end()
    offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}")

    assert (observer.departures, report.requests) == (0, 8), said
    assert [line[0] for line in said] == ["✓"] * 8
    assert offline.returncode == 5, offline.stdout
    recording = load(tmp_path / "rec")
    assert [recording.provenance.kind, len(recording.interactions)] == ["emulator", 8]
    text = "".join(each.read_text() for each in (tmp_path / "rec").iterdir())
    assert EXAMPLE_CREDENTIALS.secret_id.reveal() not in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("group-id-one-too-many", "GroupId.length.max"),
        ("no-content-type", "Response.content-type"),
        ("group-id-han", "GroupId.charset"),
    ],
)
def test_departures_are_told(tmp_path, fault, clause):
    """An answer that the page doesn't allow is told as it passes, with its clause; and found again offline."""
    from conformance.emulator.faults import FAULT

    if fault not in FAULT:
        fault = next(name for name, each in FAULT.items() if clause in each.clauses)
    with (
        Server(Emulator(faulty(conforming(), fault))) as server,
        observed(server.url, tmp_path / "rec") as (relay, observer, said),
    ):
        command("run", "--target", relay.url, "--profile", "smoke", "--only", "GroupId.*")
    observer.end()
    offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}", "--json", str(tmp_path / "report.json"))
    failed = {each["id"] for each in json.loads((tmp_path / "report.json").read_text())["clauses"] if each["failures"]}

    assert observer.judged > 60
    assert observer.departures
    assert any(clause in line for line in said)
    assert (offline.returncode, clause in failed) == (1, True), offline.stdout[-600:]


@pytest.mark.parametrize(
    "code", ["ResourceUnavailable.InArrears", "RequestLimitExceeded", "InternalError", "AuthFailure.SignatureFailure"]
)
@pytest.mark.usefixtures("keyless")
def test_what_speaks_of_the_account_is_no_departure(code):
    """Nothing is known of the account: it may be in arrears, throttled, unknown, or the service out of order."""
    from conformance.emulator.service import Scripted

    with Server(Emulator(scripted=[Scripted(code)])) as server, observed(server.url) as (relay, observer, said):
        client = sdk(relay.url.removeprefix("http://"))
        with pytest.raises(TencentCloudSDKException):
            client.CreateGroup(creation("one"))
    observer.end()

    assert (observer.judged, observer.unjudged, observer.departures) == (0, 1, 0), said


def test_another_api_is_passed_on_and_left_out():
    """What is neither CreateGroup nor a sister action is nobody's business here."""
    with Upstream(ANSWER) as upstream, observed(upstream.url) as (relay, observer, said):
        assert talk(relay, REQUEST) == ANSWER
    observer.end()

    assert (observer.judged, said) == (0, [])


@pytest.mark.slow
def test_the_smoke_list_through_it_is_no_false_alarm():
    """Everything that the suite sends, wrongly signed and oddly written, is allowed where the server conforms."""
    with Server(Emulator()) as server, observed(server.url) as (relay, observer, said):
        done = command("run", "--target", relay.url, "--profile", "smoke")
    observer.end()

    assert done.returncode == 0, done.stdout[-600:]
    assert observer.judged > 600
    assert [line for line in said if line.startswith("✗")] == []


def test_a_stand_in_is_recorded_as_one(tmp_path):
    """Under the service's name over TLS, without a public certificate: a stand-in, with its certificate."""
    with (
        StandIn(tmp_path / "stand-in") as stand_in,
        stand_in.here(),
        observed(f"https://{HOST}", tmp_path / "rec") as (relay, observer, said),
    ):
        http = HttpProfile(protocol="http", endpoint=HOST, proxy=relay.url)
        pair = Credential(*map(Secret.reveal, CREDENTIALS.texts))
        iai_client.IaiClient(pair, "ap-guangzhou", ClientProfile(httpProfile=http)).CreateGroup(creation("one"))
    observer.end()

    provenance = load(tmp_path / "rec").provenance
    assert (observer.judged, observer.departures) == (1, 0), said
    assert provenance.kind == "stand-in"
    assert provenance.certificate.fingerprint
    assert CREDENTIALS.secret_id.reveal() not in (tmp_path / "rec" / "traffic.yaml").read_text()


def test_the_verb(tmp_path):
    """`observe` tells where it listens, and of each exchange; SIGTERM ends it with summary, report, recording."""
    with Server(Emulator()) as server:
        words = ("observe", "--upstream", server.url, "--port", "0", "--to", str(tmp_path / "rec"), "--json")
        process = subprocess.Popen(
            python(*words, str(tmp_path / "report.json")), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        first = process.stdout.readline()
        converse(sdk(first.split()[0].removeprefix("http://")))
        assert "✓" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, err = outputs(process)

    assert process.returncode == 0, out + err
    assert "8 exchanges judged, 0 depart from the page" in out
    assert json.loads((tmp_path / "report.json").read_text())["requests"] == 8
    assert len(load(tmp_path / "rec").interactions) == 8
    assert isinstance(load(tmp_path / "rec").interactions[0].answer, HttpResponse)
