"""However a live run ends, and whoever else is there: it cleans up, or says what is left and how it is removed."""

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import replace
from unittest import mock

import pytest

from conformance.exchange.messages import Exchange, HttpRequest, HttpResponse
from conformance.live.clock import AccountClock
from conformance.runs.conduct import parts_of, play
from conformance.runs.session import open_session
from conformance.runs.settings import Settings
from tests.command import command
from tests.stand_in import FEW, LIVE, foreign_only, live_process, only_its_own_were_deleted
from tests.waiting import outputs, wait_for

CALL = ("call", "--target", "live", "--yes")
PLAIN = '{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}, "sending": "together", "copies": 5}'
ALONE = PLAIN.replace("together", "alone").replace("5", "1")


def at_request(service, number, what):
    """Do something once so many requests have come."""
    service.on_request = lambda count: what() if count == number else None


# --- The journal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["removed", "emptied"])
@pytest.mark.parametrize("deletes", [True, False])
def test_a_journal_that_is_lost(stand_in, harm, deletes):
    """Nothing more is sent; what was created is deleted from memory, or named: there is no journal to look into."""

    def lose():
        (journal,) = stand_in.journals
        if harm == "removed":
            journal.unlink()
        else:
            os.truncate(journal, 0)
        if not deletes:
            stand_in.service.answers.update(DeleteGroup=("FailedOperation.ServerError",))

    at_request(stand_in.service, 30, lose)
    with stand_in.here():
        done = command(*LIVE, *FEW)
    left = set(stand_in.service.account.groups) - {"Employees", "conf-but-not-ours", "abc", "a1"}

    assert done.returncode == 3
    assert "was removed or emptied" in done.stderr
    assert deletes or left
    assert deletes == foreign_only(stand_in.service)
    assert all(each in done.stderr for each in left)
    assert deletes or "delete them by hand" in done.stderr
    assert "iai-conformance cleanup" not in done.stderr


# --- Clocks ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("step", [-900, 900])
def test_a_clock_that_is_set(stand_in, step):
    """This machine's clock is set by minutes in the middle of a run: that is nobody's departure."""
    real = time.time
    ahead = []
    at_request(stand_in.service, 40, lambda: ahead.append(step))
    with stand_in.here(), mock.patch("time.time", side_effect=lambda: real() + sum(ahead)):
        done = command(*LIVE, *FEW)

    assert ahead == [step]
    assert done.returncode == 0, done.stdout + done.stderr
    assert foreign_only(stand_in.service)


def test_a_clock_is_set_by_a_refused_signature_alone():
    """What an answer tells of the time is taken over where a signature was refused for it, and nowhere else."""

    def answered(code, signed):
        date = ("Date", "Tue, 14 Nov 2023 22:13:20 GMT")
        http = HttpRequest("POST", "https://a/", (("X-TC-Timestamp", str(int(signed))),), b"")
        body = f'{{"Response": {{"Error": {{"Code": "{code}"}}}}}}'.encode()
        return Exchange(http, HttpResponse(200, (date,), body))

    clock = AccountClock()
    before = clock.now()

    assert not clock.heard(answered("InternalError", before))
    assert not clock.heard(answered("AuthFailure.SignatureExpire", before - 3600))  # it was old anyway
    assert clock.now() >= before
    assert clock.heard(answered("AuthFailure.SignatureExpire", before))
    assert 1_700_000_000 <= clock.now() < 1_700_000_100
    assert not clock.heard(answered("AuthFailure.SignatureExpire", clock.now()))


@pytest.mark.slow
def test_a_date_that_is_none(stand_in):
    """What stands before a service may tell any time: signatures are what it goes by, and all is judged as ever."""
    answered = stand_in.service.handle

    def elsewhere(http):
        answer = answered(http)
        return replace(answer, headers=(*answer.headers, ("Date", "Thu, 01 Jan 2004 00:00:00 GMT")))

    with stand_in.here(), mock.patch.object(stand_in.service, "handle", elsewhere):
        done = command(*LIVE, "--level", "authentication,state")

    assert done.returncode == 0, done.stdout + done.stderr
    assert foreign_only(stand_in.service)


@pytest.mark.parametrize("words", [(*LIVE, *FEW), (*CALL, *[ALONE] * 3)], ids=["run", "call"])
def test_a_service_whose_clock_is_set(stand_in, words):
    """What is refused for the time of its signature is sent again, with the time that the refusal tells."""
    service, ahead = stand_in.service, []
    at_request(service, 7, lambda: ahead.append(1200))
    service.clock = lambda: time.time() + sum(ahead)
    with stand_in.here():
        done = command(*words)

    assert (ahead, done.returncode) == ([1200], 0), done.stdout + done.stderr
    assert "0 left" in done.stdout
    assert foreign_only(service)


# --- Two runs on one account -------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_runs_at_once(stand_in):
    """Neither blames the service for the other's groups, nor takes them for its own."""
    settings = Settings(target="live", profile="smoke", consent=True)
    with stand_in.here():
        sessions = [open_session(settings), open_session(settings)]
        for part in list(parts_of(settings))[:80]:
            for each in sessions:
                play(part, each.run, settings)
        for each in sessions:
            each.close()

    for each in sessions:
        assert not each.run.results.failed
        assert each.groups.left == {}
        assert each.said == []
    assert foreign_only(stand_in.service)
    assert only_its_own_were_deleted_by_each(stand_in.service, sessions)


def only_its_own_were_deleted_by_each(service, sessions):
    """Whether no group was asked to be deleted more often than by one of the runs, but for the ids tried first."""
    deleted = service.asked("DeleteGroup")
    runs = [each.run.salts.run for each in sessions]
    return len(set(runs)) == len(runs) and all(deleted.count(each) <= 2 for each in deleted)


# --- Signals, and who listens ------------------------------------------------------------------------------


def started(stand_in, *words, requests, **how):
    """A live run in a process of its own, once so many requests have come."""
    come = threading.Event()
    at_request(stand_in.service, requests, come.set)
    process = subprocess.Popen(
        live_process(*words, *FEW),
        env=stand_in.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )
    wait_for(come)
    return process


@pytest.mark.slow
@pytest.mark.parametrize(("name", "requests"), [("SIGHUP", 20), ("SIGQUIT", 20), ("SIGTERM", 1)])
def test_other_signals(stand_in, name, requests):
    """A terminal that is closed, and SIGQUIT from the keyboard, end a run as Ctrl-C does, from its first request on."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=requests)
    process.send_signal(getattr(signal, name))
    out, err = outputs(process)

    assert (process.returncode, stand_in.journals) == (2, []), out + err
    assert foreign_only(stand_in.service)


@pytest.mark.slow
def test_nobody_reads_any_more(stand_in):
    """Where nobody reads what is told, everything is deleted all the same."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=20)
    process.stdout.close()
    process.stderr.close()
    process.send_signal(signal.SIGINT)
    process.wait()

    assert foreign_only(stand_in.service)
    assert stand_in.journals == []


@pytest.mark.slow
def test_interrupted_twice(stand_in):
    """A second Ctrl-C ends the clean-up: what may be left is told, with the journal, which is there."""
    process = started(stand_in, *LIVE, "--rate", "20", requests=30)
    deleting = threading.Event()
    seen = len(stand_in.service.seen)
    stand_in.service.on_request = lambda count: (
        deleting.set() if count > seen and stand_in.service.seen[-1][0] == "DeleteGroup" else None
    )
    process.send_signal(signal.SIGINT)
    wait_for(deleting)
    process.send_signal(signal.SIGINT)
    _, err = outputs(process)
    (journal,) = re.findall(r"with (\S+\.sqlite3)", err)

    assert process.returncode in {2, 3}
    assert "iai-conformance cleanup --target live" in err
    assert [journal] == [str(each) for each in stand_in.journals]
    with stand_in.here():
        assert command("cleanup", "--yes").returncode == 0
    assert foreign_only(stand_in.service)
    assert only_its_own_were_deleted(stand_in.service)


# --- By hand -----------------------------------------------------------------------------------------------


def test_call_keeps_the_bounds(stand_in):
    """A step that goes beyond a bound isn't sent, which is told: 5, nothing was judged."""
    with stand_in.here():
        groups = command(*CALL, "--max-groups", "4", PLAIN)
        requests = command(*CALL, "--max-requests", "4", PLAIN)

    assert (groups.returncode, requests.returncode) == (5, 5)
    assert "--max-groups are created" in groups.stdout
    assert "--max-requests are spent" in requests.stdout
    assert stand_in.service.asked("CreateGroup") == []


def test_call_keeps_the_pace(stand_in):
    """What is sent by hand waits for its turn, and what is throttled is sent again."""
    from conformance.live import pace

    step = ALONE
    stand_in.service.answers["CreateGroup"] = ["RequestLimitExceeded"] * 2
    with stand_in.here(), mock.patch.object(pace.Pace, "wait") as waited:
        done = command(*CALL, step)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(stand_in.service.asked("CreateGroup")) == 3
    assert waited.call_count >= 2
    assert "1 group deleted, 0 left" in done.stdout
    assert foreign_only(stand_in.service)


def test_call_that_is_interrupted(stand_in):
    """Ctrl-C ends a call: what it created is deleted, and that is told; exit code 2."""
    from conformance.cli import conversation

    with stand_in.here(), mock.patch.object(conversation, "_lines", side_effect=KeyboardInterrupt):
        done = command(*CALL, ALONE)

    assert done.returncode == 2
    assert "1 group deleted, 0 left" in done.stdout
    assert foreign_only(stand_in.service)
