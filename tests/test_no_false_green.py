"""No false green: whatever is selected and through whichever door, a departure that was seen decides the exit code.

One table: a row for each kind of departure, a column for each way of selecting. Every request that departs is sent
whatever is selected, since its case aims at a clause that is.
"""

import itertools
import json
import uuid
from dataclasses import dataclass

import pytest
import requests

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import TransportError, UnsupportedError
from conformance.contract import CLAUSES, Level
from conformance.contract.rules import Typed
from conformance.emulator import Emulator, conforming
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.exchange.wire import Form, Sender, encode
from conformance.judging.judge import DepartureKind as Kind
from conformance.report.ending import ending_of
from conformance.report.json_report import to_json
from conformance.report.junit import render
from conformance.report.model import Status
from conformance.runs import selection, session
from conformance.runs.conduct import conduct
from conformance.runs.options import ExpectedFailure
from conformance.runs.session import open_session
from conformance.runs.settings import Settings
from conformance.runs.target_kinds import build_target
from conformance.suite.harness import ConformanceError, Harness
from conformance.targets.direct import DirectTarget
from conformance.targets.embedded import EmbeddedTarget
from tests.onlooker import NOW, Onlooker
from tests.reports import checked

AGAIN = "76ec6e41-37d6-4ab9-abef-48ef0c6ab175"
AIM, ELSEWHERE = "Tag.charset", "Protocol.language"
SPOILT = "spoilt"


def case(clause, about, **more):
    return Case.single(clause, about, Request.of({"GroupName": SALT, "GroupId": SALT, **more}))


# A plain request; the aim kept and broken, rightly answered; then the request that may be answered wrongly, twice.
LEGAL, ILLEGAL = {"Tag": SPOILT}, {"Tag": SPOILT, "GroupName": f"{SALT}!"}
BEFORE = (case("GroupExDescriptions.optional", "plain"), case(AIM, "kept", Tag="x"), case(AIM, "broken", Tag="!"))


def refused(code):
    body = {"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": str(uuid.uuid4())}}
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(body).encode())


def accepted(**changed):
    response = {"FaceModelVersion": "3.0", "RequestId": str(uuid.uuid4()), **changed}
    body = {"Response": {name: value for name, value in response.items() if value is not None}}
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(body).encode())


@dataclass(frozen=True)
class Row:
    """A kind of departure.

    Attributes:
        answer: what comes of the request that is answered wrongly; raises where nothing does.
        own: globs over the clauses that it departs from.
        observed: the exit code of `observe`, which doesn't know the account.
        sent: the request's parameters, but for the plain ones.
        excused: the exit code where its own clauses are left out, or expected.
    """

    answer: object
    own: tuple[str, ...]
    observed: int = 1
    sent: tuple = tuple(LEGAL.items())
    excused: int = 0


def gone():
    raise requests.exceptions.ConnectionError("nobody is there")


_AS_INVALID = tuple(ILLEGAL.items())
ROWS = {
    "signature": Row(lambda: refused("AuthFailure.SignatureFailure"), ("Authentication.signature",), 5),
    "region": Row(lambda: refused("UnsupportedRegion"), ("Protocol.region.known",), 5),
    "exists": Row(lambda: refused("InvalidParameterValue.GroupIdAlreadyExist"), ("GroupId.unique",), 0),
    "other parameter": Row(lambda: refused("InvalidParameterValue.GroupNameTooLong"), ("GroupName.length.max",)),
    "undocumented": Row(
        lambda: refused("Foo.Bar"), ("Response.Error.documented", "GroupName.charset"), sent=_AS_INVALID
    ),
    "no RequestId": Row(lambda: accepted(RequestId=None), ("Response.RequestId.present",)),
    "RequestId again": Row(lambda: accepted(RequestId=AGAIN), ("Response.RequestId.unique",)),
    "no version": Row(lambda: accepted(FaceModelVersion=None), ("Response.FaceModelVersion",)),
    "another version": Row(lambda: accepted(FaceModelVersion="9.9"), ("FaceModelVersion.default",)),
    "status": Row(lambda: HttpResponse(201, accepted().headers, accepted().body), ("Response.http-status",)),
    "HTML": Row(lambda: HttpResponse(500, (("Content-Type", "text/html"),), b"<h1>"), ("Response.*",), excused=1),
    "wrong reason": Row(
        lambda: refused("InvalidParameterValue.GroupIdIllegal"), ("GroupName.charset",), sent=_AS_INVALID
    ),
    "taken": Row(accepted, ("GroupName.charset",), sent=_AS_INVALID),
}
SILENCE = Row(gone, (AIM, ELSEWHERE), 5)


class Spoiling(Emulator):
    """Answers one kind of request wrongly; the RequestId of its first answer is one that such an answer may have."""

    def __init__(self, row):
        """An emulator that answers as a row says."""
        ids = itertools.chain([AGAIN], iter(lambda: str(uuid.uuid4()), None))
        behaviour = conforming()
        behaviour.request_id = lambda: next(ids)
        super().__init__(behaviour)
        self.row = row

    def handle(self, http):
        """What comes of a request."""
        return self.row.answer() if SPOILT.encode() in http.body else super().handle(http)


@pytest.fixture(name="let_answer")
def _let_answer(monkeypatch):
    """Makes a list of few cases that show a kind of departure, and an emulator of their own."""

    def let_answer(row):
        sent = {"GroupName": SALT, "GroupId": SALT, **dict(row.sent)}
        again = {**sent, "GroupName": f"{sent['GroupName']}b", "GroupId": f"{SALT}b"}
        cases = (*BEFORE, Case.single(AIM, "s", Request.of(sent)), Case.single(ELSEWHERE, "s", Request.of(again)))
        monkeypatch.setattr(selection, "smoke", lambda: cases)
        monkeypatch.setattr(
            session,
            "build_target",
            lambda settings: EmbeddedTarget(Spoiling(row)) if settings.target == "embedded" else build_target(settings),
        )

    return let_answer


def expecting(row, kind=None):
    return tuple(ExpectedFailure(each, "known", number, kind) for number, each in enumerate(row.own, 1))


# How it is selected → the settings, and the exit code.
WAYS = {
    "everything": lambda _row: ({}, 1),
    "--only another": lambda _row: ({"only": (AIM,)}, 1),
    "--level another": lambda _row: ({"levels": (Level.PROTOCOL,)}, 1),
    "--skip its own": lambda row: ({"only": (AIM,), "skip": row.own}, row.excused),
    "expected": lambda row: ({"only": (AIM, *row.own), "expected_failures": expecting(row)}, row.excused),
    "expected, not asked for": lambda row: ({"only": (AIM,), "expected_failures": expecting(row)}, row.excused),
    "expected of another kind": lambda row: (
        {"only": (AIM, *row.own), "expected_failures": expecting(row, Kind.IMPOSSIBLE_CODE)},
        1,
    ),
}


def by_command(settings):
    """Through the command, as it plays and ends a run."""
    opened = open_session(settings)
    conduct(opened, settings)
    return ending_of(opened, settings, {})


def by_pytest(settings):
    """Through the tests of the suite; a test fails where the run does."""
    harness, failed = Harness(settings, {}), 0
    checks = [*((harness.check, each) for each in harness.parts)]
    answers = [each.id for each in CLAUSES if each.level is Level.ENVELOPE and settings.selects(each.id)]
    checks += ((harness.check_answers, each) for each in answers)
    for check, what in checks:
        try:
            check(what)
        except ConformanceError:
            failed += 1
        except (pytest.skip.Exception, pytest.xfail.Exception):
            pass
    harness.close("")
    ending = harness.ending()
    assert (ending.code == 1) is bool(failed)
    return ending


DOORS = {"command": by_command, "pytest": by_pytest}


def shown(ending):
    """The exit code, whether the verdict says so, and whether it is shown in JSON and in JUnit."""
    written = checked(to_json(ending.report))
    failures = [each for each in written["clauses"] if each["status"] == "failed"]
    told = failures or [each for each in written["notes"] if "wasn't asked for" in each]
    return ending.code, written["verdict"] == "violates", bool(told), "<failure" in render(ending.report)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("door", DOORS)
def test_a_departure_decides(let_answer, name, door):
    """However it is selected: the exit code, the verdict, and what each report shows of it."""
    row = ROWS[name]
    let_answer(row)
    chosen = {way: make(row) for way, make in WAYS.items()}

    endings = {way: DOORS[door](Settings(profile="smoke", **options)) for way, (options, _) in chosen.items()}

    assert {way: shown(each) for way, each in endings.items()} == {
        way: (code, *[code == 1] * 3) for way, (_, code) in chosen.items()
    }
    for report in (each.report for each in endings.values() if each.code == 0):
        assert sum(report.departures.values()) > 0
        assert {each.status for each in report.clauses if each.clause.id == AIM} == {Status.PASSED}


@pytest.mark.parametrize("name", ROWS)
def test_a_recording_of_it_decides(let_answer, name, tmp_path):
    """The same offline, of the recording that shows all of it."""
    row, recording = ROWS[name], tmp_path / "recording"
    let_answer(row)
    assert by_command(Settings(profile="smoke", record_to=str(recording), record_mode="all")).code == 1
    chosen = {way: make(row) for way, make in WAYS.items()}

    codes = {
        way: by_command(Settings(profile="smoke", target=f"cassette:{recording}", **options)).code
        for way, (options, _) in chosen.items()
    }

    assert codes == {way: code for way, (_, code) in chosen.items()}


@pytest.mark.parametrize("way", ["everything", "--only another", "--level another", "expected of another kind"])
@pytest.mark.parametrize("door", DOORS)
def test_silence_decides(let_answer, door, way):
    """It is a departure from whatever the request was aimed at."""
    let_answer(SILENCE)
    options, code = WAYS[way](SILENCE)

    assert shown(DOORS[door](Settings(profile="smoke", **options))) == (code, *[code == 1] * 3)


@pytest.mark.parametrize("name", [*ROWS, "silence"])
@pytest.mark.usefixtures("keyless")
def test_it_passing_by(name):
    """Through `observe`: 1 for what a stranger can tell, 5 for what nobody could judge; a group may be there before."""
    row = ROWS.get(name, SILENCE)
    found, sender = Onlooker(), Sender("http://server", "ap-guangzhou", EXAMPLE_CREDENTIALS)
    for answer in (lambda: accepted(RequestId=AGAIN), row.answer):
        name = next(NAMES)
        sent = {"GroupName": name, "GroupId": name, **dict(row.sent if answer is row.answer else ())}
        request = Request.of({**sent, "GroupName": sent["GroupName"].replace(SALT, name)})
        try:
            came = answer()
        except requests.exceptions.ConnectionError as error:
            came = TransportError(str(error))
        found.see(encode(request, sender, Form.JSON, int(NOW)), came)

    assert found.observer.exit_code(found.observer.end()) == row.observed


NAMES = map("g{}".format, itertools.count())


# --- Clauses that nothing was said of ----------------------------------------------------------------------


class OfOneAccount(DirectTarget):
    """A server that has no account with a small quota."""

    def with_quota(self, quota):
        """Nobody has one."""
        raise UnsupportedError(f"no account for {quota} groups")


def test_nothing_asked_for_could_be_tried(monkeypatch):
    """Where a target has no way to do what alone was asked for, nothing was judged."""
    monkeypatch.setattr(session, "build_target", lambda _settings: OfOneAccount(Emulator()))

    ending = by_command(Settings(profile="smoke", only=("State.quota",)))

    assert (ending.code, ending.report.verdict) == (5, "incomplete")


def test_a_default_that_nobody_names(monkeypatch):
    """Accepting a request says nothing of the version that is the default, where the answer names none."""
    answer = HttpResponse(200, (("Content-Type", "application/json"),), b'{"Response": {"RequestId": "a"}}')
    emulator = Emulator()
    emulator.handle = lambda _http: answer
    monkeypatch.setattr(session, "build_target", lambda _settings: DirectTarget(emulator))

    report = by_command(Settings(profile="smoke", only=("FaceModelVersion.default", "GroupExDescriptions.optional")))

    status = {each.clause.id: each.status for each in report.report.clauses}
    assert status["FaceModelVersion.default"] is Status.NOT_EXERCISED
    assert report.code == 1


@pytest.mark.parametrize("clause", [each.id for each in CLAUSES if isinstance(each.rule, Typed)])
def test_a_type_by_itself(clause):
    """Whoever asks for one clause on types alone gets a verdict: values of the right type are sent, too."""
    assert by_command(Settings(profile="smoke", only=(clause,))).code == 0
