"""What a target doesn't serve is found by one probe, told once, and not tried again; or it is left out beforehand."""

import re
import subprocess
import sys

import pytest

from conformance.report.model import Status, Verdict, report_of
from conformance.report.terminal import console, print_report
from conformance.runs.conduct import conduct, parts_of
from conformance.runs.session import open_session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from conformance.runs.ways import PROBES, Way, Ways, probed_for, ways_of
from tests.partial_server import REFUSALS, PartialServer

# Its servers know the example's key pair alone.
pytestmark = pytest.mark.slow

# Each of them is shown by requests in a way of their own alone; few, since the ways are what matters.
FEW = ("Protocol.get", "Protocol.form*", "Authentication.version-1", "Authentication.nonce", "State.deletion")
SENT_AGAIN = 5  # times, where a connection is closed or something broke


def judge(server, **settings):
    """The report on a server, and the session."""
    settings = Settings(**{"target": server.url, "profile": "smoke", "only": FEW, **settings})
    session = open_session(settings)
    conduct(session, settings)
    return report_of(session, settings), session


def statuses(report):
    """Clause → status, of those that were asked for."""
    return {each.clause.id: each.status for each in report.clauses if "--only" not in each.reason}


def departures(report):
    """(clause, how often) of all that departs."""
    found = [(each.clause.id, sum(one.count for one in each.failures)) for each in report.clauses if each.failures]
    return [*found, *((each.smallest[0].clause, each.count) for each in report.besides)]


def test_all_is_served():
    """A server that serves every way conforms; each way is probed, and then asked for what it is asked for."""
    with PartialServer() as server:
        report, session = judge(server)

    assert (report.verdict, departures(report), report.notes) == (Verdict.CONFORMS, [], ())
    assert session.run.ways == Ways(served={Way.GET, Way.V1, Way.FORM})
    assert set(statuses(report).values()) == {Status.PASSED}
    assert server.all == session.run.results.requests


@pytest.mark.parametrize("refusal", sorted(REFUSALS))
def test_forms_arent_served(refusal):
    """However a form is refused, that is one departure, and no form is sent again; left out, it is none."""
    with PartialServer({"form": refusal}) as server:
        report, _ = judge(server)

    found = statuses(report)
    reasons = {each.reason for each in report.clauses if each.status is Status.UNSUPPORTED}
    assert (report.verdict, departures(report)) == (Verdict.VIOLATES, [("Protocol.form", 1)])
    assert found["Protocol.form"] is Status.FAILED
    assert found["Protocol.get"] is found["Authentication.version-1"] is found["Protocol.form.escapes"] is Status.PASSED
    assert all(each.startswith("forms aren't served: ") for each in reasons)
    assert server.came["form"] == (SENT_AGAIN if refusal in {"closed", "500"} else 1)
    assert [each for each in report.notes if "--without form " in each]

    with PartialServer({"form": refusal}) as server:
        report, _ = judge(server, without=(Way.FORM,))

    found = statuses(report)
    assert (report.verdict, departures(report), server.came["form"]) == (Verdict.CONFORMS, [], 0)
    assert {id_ for id_, status in found.items() if status is not Status.PASSED} == {"Protocol.form"}
    assert found["Protocol.form"] is Status.SKIPPED
    assert not report.notes


BARE = {"get": "MissingParameter", "form": "InvalidParameter", "v1": "closed", "sisters": "InvalidAction"}


@pytest.mark.parametrize(
    ("refused", "failed", "hint", "came"),
    [
        pytest.param({"v1": "SignatureFailure"}, ["Authentication.version-1"], "v1", {"v1": 1}, id="version 3 alone"),
        pytest.param({"get": "404"}, ["Protocol.get"], "get", {"get": 1}, id="no GET"),
        pytest.param(
            {"get": "400", "form": "415"},
            ["Protocol.form", "Protocol.get"],
            "get,form,v1",
            {"get": 1, "form": 1},
            id="JSON alone",
        ),
        pytest.param(
            BARE, ["Protocol.form", "Protocol.get"], "get,form,v1", {"get": 1, "form": 1}, id="no more than it must"
        ),
    ],
)
def test_each_way(refused, failed, hint, came):
    """Each way that isn't served is one departure, under its probe's clause, and the hint leaves all of it out."""
    with PartialServer(refused) as server:
        report, _ = judge(server)
        told = [each for each in report.notes if "to leave out what needs them" in each]
        first = dict(server.came)
        without, _ = judge(server, without=tuple(map(Way, hint.split(","))))

    assert sorted(departures(report)) == [(each, 1) for each in failed]
    assert (len(told), f"--without {hint} " in told[0]) == (1, True)
    assert {way: first[way] for way in came} == came
    assert (without.verdict, departures(without)) == (Verdict.CONFORMS, [])
    assert {way: server.came[way] for way in came} == came


def test_no_sister_is_asked():
    """With `--without sisters` no sister action is asked at all, and what needs one is skipped."""
    with PartialServer({"sisters": "closed"}) as server:
        report, _ = judge(server, without=(Way.SISTERS,), only=("State.*", "GroupId.unique"))

    found = statuses(report)
    needy = {each.clause.id for each in report.clauses if {"DeleteGroup", "GetGroupInfo"} & set(each.clause.needs)}
    assert (report.verdict, server.came["sisters"], departures(report)) == (Verdict.CONFORMS, 0, [])
    assert {found[each] for each in needy & found.keys()} == {Status.SKIPPED}
    assert found["State.refused-leaves-nothing"] is found["GroupId.unique"] is Status.PASSED


@pytest.mark.parametrize(
    ("mistake", "clause"),
    [("plus-kept", "Protocol.form.escapes"), ("array-order-backwards", "Protocol.form.array-order")],
)
def test_a_mistake_in_forms(mistake, clause):
    """A server that reads forms wrongly serves them: the mistake is found as ever."""
    settings = Settings(profile="smoke", only=FEW, faults=(mistake,))
    session = open_session(settings)
    conduct(session, settings)
    report = report_of(session, settings)

    assert session.run.ways.lacking == {}
    assert clause in dict(departures(report))


def test_what_was_served_is_served():
    """A way by which a probe was carried out isn't lacking, whatever the same request is answered later."""
    with PartialServer() as server:
        report, session = judge(server)
        server.refused["form"] = "InvalidParameter"
        failures = session.run.case(PROBES[Way.FORM])

    assert report.verdict is Verdict.CONFORMS
    assert (session.run.ways.lacking, len(failures)) == ({}, 1)


def test_whoever_refuses_everything():
    """Where plain requests are refused as well, a probe tells nothing of its way."""
    refusal = {"form": "InvalidParameter"}
    with PartialServer(refusal) as server:
        settings = Settings(target=server.url, profile="smoke", only=FEW)
        session = open_session(settings)
        conduct(session, settings, [each for each in parts_of(settings) if PROBES[Way.FORM].id in each.id])

    assert session.run.ways == Ways()
    assert session.run.results.failed


def test_drawn_requests():
    """Of what is drawn, what needs a way that isn't served isn't sent."""
    with PartialServer({"get": "404", "form": "415"}) as server:
        report, session = judge(server, profile="standard", only=("Protocol.get",))

    assert server.came == {"get": 1, "form": 1, "v1": 1}
    assert sorted(departures(report)) == [("Protocol.form", 1), ("Protocol.get", 1)]
    assert session.run.results.requests == 3


def test_probes_are_sent_for_others():
    """A probe is sent wherever something that was asked for needs its way, and stays unsent elsewhere."""
    settings = Settings(profile="smoke", only=("Authentication.nonce",), without=(Way.GET,))
    ids = [each.id for each in parts_of(settings)]
    names = [each.id for each in parts_of(Settings(profile="smoke", only=("GroupId.*",)))]

    assert sum(PROBES[Way.FORM].id in each for each in ids) == 1
    assert not any(PROBES[each].id in one for each in (Way.GET, Way.V1) for one in ids)
    assert not any(each.id in one for each in PROBES.values() for one in names)
    assert probed_for([PROBES[Way.FORM]]) == {each.id for each in PROBES.values()}


def test_right_behind_the_opener():
    """The probes stand behind the first plain request."""
    assert smoke()[1:4] == tuple(PROBES.values())
    assert ways_of(smoke()[0]) == frozenset()


def test_nothing_is_left():
    """Where all that was asked for is left out, nothing was judged."""
    with PartialServer() as server:
        report, _ = judge(server, only=("Protocol.form",), without=(Way.FORM,))

    assert report.verdict is Verdict.INCOMPLETE


def test_the_verdict_says_so(capsys):
    """The verdict's line names what was left out."""
    with PartialServer({"form": "415"}) as server:
        report, _ = judge(server, without=(Way.FORM, Way.V1), only=("Protocol.*",))
    print_report(report, console())

    assert "conforms (without forms, signatures of version 1): " in capsys.readouterr().out


@pytest.mark.slow
def test_recorded(tmp_path):
    """What isn't served is found again in a recording; what nobody asked for isn't missed in it."""
    with PartialServer({"get": "404", "form": "415"}) as server:
        report, _ = judge(server, record_to=str(tmp_path / "all"), record_mode="once")
        without, _ = judge(
            server,
            record_to=str(tmp_path / "some"),
            record_mode="once",
            without=(Way.GET, Way.FORM),
            only=("Protocol.*",),
        )

    server.url = f"cassette:{tmp_path / 'all'}"
    again, _ = judge(server)
    server.url = f"cassette:{tmp_path / 'some'}"
    without_again, _ = judge(server, without=(Way.GET, Way.FORM), only=("Protocol.*",))

    assert statuses(again) == statuses(report)
    assert departures(again) == departures(report) == [("Protocol.get", 1), ("Protocol.form", 1)]
    assert (without.verdict, without_again.verdict) == (Verdict.CONFORMS, Verdict.CONFORMS)
    assert statuses(without_again) == statuses(without)


@pytest.mark.slow
def test_under_pytest(tmp_path):
    """The suite's tests have the same: a probe's fails, what needs its way is skipped; left out, no test is there."""

    def run(*more):
        words = ["-p", "conformance.plugin", "-p", "no:cacheprovider", "--pyargs", "conformance.suite"]
        words += ["--iai-only", "Protocol.form*", "--iai-profile", "smoke", "--iai-target", server.url, *more]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        counts = re.search(r"(?m)^=+ (.+) in ", done.stdout)[1]
        return done.returncode, re.sub(r"[0-9]+ (skipped|passed)", r"N \1", counts), done.stdout

    with PartialServer({"form": "415"}) as server:
        code, counts, printed = run()
        assert (code, counts, server.came["form"]) == (1, "1 failed, N passed, N skipped", 1), printed
        code, counts, printed = run("--iai-without", "form")

    assert (code, counts, server.came["form"]) == (0, "N passed", 1), printed
    assert "conforms (without forms): " in printed
