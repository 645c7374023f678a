"""Live runs, tried against a stand-in under the real name: nothing is left behind, nothing foreign is touched."""

import contextlib
import errno
import os
import re
import signal
import sqlite3
import subprocess
import threading
from dataclasses import replace
from unittest import mock

import pytest

from conformance.live.journal import JournalError, list_journals, resume
from conformance.recording.reader import load
from tests.command import command
from tests.stand_in import (
    CREDENTIALS,
    FEW,
    FOREIGN,
    LIVE,
    Service,
    StandIn,
    foreign_only,
    live_process,
    only_its_own_were_deleted,
)
from tests.waiting import outputs, wait_for

# --- Doubt and trouble -------------------------------------------------------------------------------------


def test_a_creation_in_doubt_is_looked_up(stand_in):
    """A group that was made though an error was answered is found, and deleted."""
    stand_in.service.breaks = 3
    with stand_in.here():
        done = command(*LIVE, *FEW)

    assert foreign_only(stand_in.service), done.stdout
    assert stand_in.journals == [], done.stdout
    assert len(stand_in.service.asked("GetGroupList")) > 2


def test_an_id_that_may_be_taken_for_several_is_looked_up(stand_in):
    """A lenient service makes "7" of 7, and of white space nothing: what it made is found, and nothing else goes."""
    from conformance.emulator.faults import faulty

    service = stand_in.service
    service.behaviour = faulty(service.behaviour, "group-id-any-type", "group-id-trims")
    service.populate(("7", "seven"))
    with stand_in.here():
        command(*LIVE, "--only", "GroupId.*", "--level", "parameters")

    assert {id_: group.name for id_, group in service.account.groups.items()} == {**dict(FOREIGN), "7": "seven"}
    assert stand_in.journals == []


def test_strays_are_told_and_not_deleted(stand_in):
    """A group that the service made under an id that nobody asked for is told: its name gives it away."""
    service, handle = stand_in.service, stand_in.service.handle

    def renaming(http):
        answer = handle(http)
        ids = [each for each in service.account.groups if len(each) > 7 and each not in dict(FOREIGN)]
        if len(service.seen) == 10 and ids:
            group = service.account.groups.pop(ids[-1])
            group.group_id = "elsewhere"
            service.account.groups["elsewhere"] = group
        return answer

    service.handle = renaming
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "8")

    assert "elsewhere" in service.account.groups
    assert "elsewhere: it has a name that was sent, under an id that nobody asked for" in done.stdout
    assert "1 left" in done.stdout


def test_an_account_that_lets_nobody_in_any_more_is_asked_once(stand_in):
    """Where whatever is asked is refused, the groups that are left are told without asking for each."""
    service = stand_in.service
    refused = dict.fromkeys(("CreateGroup", "DeleteGroup", "GetGroupInfo"), ("AuthFailure.TokenFailure",))
    service.on_request = lambda number: service.answers.update(refused) if number == 30 else None
    with stand_in.here():
        done = command(*LIVE)
    before = service.asked("DeleteGroup")
    with stand_in.here():
        cleaned = command("cleanup", "--yes")

    assert done.returncode == 3
    assert len(before) < 8
    assert cleaned.returncode == 1
    assert cleaned.stdout.count("AuthFailure.TokenFailure") == 1
    service.on_request = lambda _number: None
    service.answers.clear()
    with stand_in.here():
        assert command("cleanup", "--yes").returncode == 0
    assert foreign_only(service)


def test_groups_that_cant_be_deleted_are_told(stand_in):
    """What is left is in the report, with the way to look again; and cleanup does it once that is possible."""
    service = stand_in.service
    service.on_request = lambda number: (
        service.answers.update(DeleteGroup=("FailedOperation.ServerError",)) if number == 6 else None
    )
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "4")
        left = len(service.account.groups) - len(FOREIGN)
        service.answers.clear()
        listed = command("cleanup", "--dry-run")
        cleaned = command("cleanup", "--yes")
        again = command("cleanup", "--yes")

    assert f"{left} left" in done.stdout
    assert left > 0
    assert "iai-conformance cleanup" in done.stdout
    assert (listed.returncode, cleaned.returncode, again.returncode) == (0, 0, 0), cleaned.stdout + cleaned.stderr
    assert "no group is left to delete" in again.stdout
    assert foreign_only(service)


@pytest.mark.slow
def test_a_large_account(tmp_path):
    """Groups that are there are read page by page, once before, and for each look after; none of them is touched."""
    with StandIn(tmp_path / "stand-in") as stand_in:
        many = [(f"group-{number}", f"name-{number}") for number in range(2300)]
        stand_in.service.populate(*many)
        with stand_in.here():
            done = command(*LIVE, "--max-requests", "5")

        assert [action for action, _ in stand_in.service.seen].count("GetGroupList") == 3 * (1 + 3)
        assert done.returncode == 5
        assert set(stand_in.service.account.groups) == {id_ for id_, _ in many}


def test_a_journal_that_cant_be_written(stand_in, tmp_path):
    """A creation that can't be written down isn't sent: the run ends in one sentence, and cleans up."""
    told = JournalError("the journal can't be written: the disk is full")
    with stand_in.here(), mock.patch("conformance.live.journal.Journal.creating", side_effect=[None] * 0 + [told]):
        done = command(*LIVE)

    assert (done.returncode, stand_in.service.asked("CreateGroup")) == (3, [])
    assert "the disk is full" in done.stderr
    assert foreign_only(stand_in.service)


@pytest.mark.slow
def test_a_recording_on_a_full_disk(stand_in, tmp_path):
    """A recording that can't go on ends the run; what it has stays readable, and nothing is left in the account."""
    from conformance.recording import writer

    write, written = writer._write, []

    def full(handle, text):
        written.append(text)
        if len(written) > 60:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(handle, text)

    with stand_in.here(), mock.patch.object(writer, "_write", full):
        done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"))
    offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}")

    assert done.returncode == 3, done.stdout[-500:]
    assert "No space left" in done.stderr
    assert foreign_only(stand_in.service)
    assert offline.returncode == 5
    assert "interrupted" in offline.stdout


def test_a_secret_in_an_answer_removes_the_recording(stand_in, tmp_path):
    """An answer that would bring a secret into a file, where it isn't taken out, ends the recording, and removes it."""
    import base64

    from conformance.privacy.secrets import Secrets

    hidden = base64.b64encode(f"key {CREDENTIALS.secret_key.reveal()}".encode()).decode()
    service, handle = stand_in.service, stand_in.service.handle

    def leaking(http):
        answer = handle(http)
        if len(service.seen) < 20:
            return answer
        return replace(answer, body=re.sub(rb'"RequestId": "[^"]*"', f'"RequestId": "{hidden}"'.encode(), answer.body))

    service.handle = leaking
    with stand_in.here(), mock.patch.object(Secrets, "out_of_hiding", lambda _self, text: text):
        done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"))

    assert done.returncode == 3, done.stdout[-500:]
    assert "a secret would stand in" in done.stderr
    assert CREDENTIALS.secret_key.reveal() not in done.stdout + done.stderr
    assert not (tmp_path / "rec").exists()
    assert foreign_only(service)


# --- Killed ------------------------------------------------------------------------------------------------


def started(stand_in, *words, requests):
    """A live run of few requests in a process of its own, once so many have come; one that ends before that fails."""
    come = threading.Event()
    stand_in.service.on_request = lambda number: come.set() if number >= requests else None
    process = subprocess.Popen(
        live_process(*words, *FEW), env=stand_in.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    threading.Thread(target=lambda: (process.wait(), come.set()), daemon=True).start()
    wait_for(come)
    assert process.poll() is None, outputs(process)
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(stand_in, tmp_path, number):
    """After Ctrl-C, or SIGTERM, everything is deleted; the recording says that it ended early."""
    words = ("record", "--target", "live", "--yes", "--rate", "50", "--to", str(tmp_path / "rec"))
    process = started(stand_in, *words, requests=40)
    process.send_signal(number)
    out, err = outputs(process)

    assert process.returncode == 2, out + err
    assert "interrupted" in err
    assert "0 left" in out
    assert foreign_only(stand_in.service)
    assert stand_in.journals == []
    assert any("interrupted" in note for note in load(tmp_path / "rec").notes)


@pytest.mark.slow
@pytest.mark.parametrize("requests", [3, 17, 60])
def test_killed(stand_in, tmp_path, requests):
    """After kill -9 the journal names what may be there; cleanup deletes exactly that; the recording is readable."""
    words = ("record", "--target", "live", "--yes", "--rate", "50", "--to", str(tmp_path / "rec"))
    process = started(stand_in, *words, requests=requests)
    process.kill()
    process.communicate(timeout=30)
    stand_in.settle()
    left = set(stand_in.service.account.groups) - {id_ for id_, _ in FOREIGN}
    with stand_in.here():
        listed = command("cleanup", "--dry-run")
        done = command("cleanup", "--yes")

    assert left
    assert all(repr(each) in listed.stdout for each in left)
    assert done.returncode == 0, done.stdout + done.stderr
    assert foreign_only(stand_in.service)
    assert only_its_own_were_deleted(stand_in.service)
    assert not (tmp_path / "rec").exists() or load(tmp_path / "rec").notes


@pytest.mark.slow
def test_a_run_that_goes_on_is_left_alone(stand_in):
    """Cleanup doesn't take away the groups of a run that still uses them."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=20)
    process.send_signal(signal.SIGSTOP)  # it can't end meanwhile
    with stand_in.here():
        done = command("cleanup", "--yes")
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    outputs(process)

    assert "still going on" in done.stdout
    assert foreign_only(stand_in.service)


@pytest.mark.slow
def test_a_journal_that_names_foreign_groups(stand_in):
    """Groups of somebody else stay, whatever a journal says: they were there before it began."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=10)
    process.kill()
    process.communicate(timeout=30)
    stand_in.settle()
    (left,) = list_journals(stand_in.journals[0].parent.parent)
    with resume(left) as journal:
        for group_id, name in FOREIGN:
            journal.creating(group_id, name)
    with stand_in.here():
        done = command("cleanup", "--yes")

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{len(FOREIGN)} groups are left, such as 'Employees': it is older than the journal says" in done.stdout
    assert foreign_only(stand_in.service)
    assert not set(dict(FOREIGN)) & set(stand_in.service.asked("DeleteGroup"))


@pytest.mark.slow
def test_a_damaged_journal(stand_in):
    """What can be read of it is deleted, what else may be there is told by its date; the file is kept."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=20)
    process.kill()
    process.communicate(timeout=30)
    stand_in.settle()
    (path,) = stand_in.journals
    ours = [each for each in stand_in.service.account.groups if each not in dict(FOREIGN)]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        # One that no other note tells of, as one of the texts that could be read from what was sent.
        notes = connection.execute("SELECT CAST(coalesce(group_id, '') || coalesce(text, '') AS BLOB) FROM notes")
        told = [note.lower() for (note,) in notes]
        lost = min(ours, key=lambda group_id: sum(group_id.lower().encode() in note for note in told))
        connection.execute("UPDATE notes SET group_id = ? WHERE group_id = ?", (b"Employees", lost.encode()))
    with stand_in.here():
        done = command("cleanup", "--yes")

    assert done.returncode == 1
    assert f"! {path}: it is damaged" in done.stdout
    assert "look in the account for other groups that were created since its name says" in done.stdout
    assert set(stand_in.service.account.groups) == {*dict(FOREIGN), lost}
    assert "Employees" not in {*stand_in.service.asked("GetGroupInfo"), *stand_in.service.asked("DeleteGroup")}
    assert stand_in.journals == [path]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["name", "created"])
def test_a_group_that_isnt_the_journals(stand_in, change):
    """A group with a journalled id, but another name or an older date, is somebody else's: it is left."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=8)
    process.kill()
    process.communicate(timeout=30)
    stand_in.settle()
    groups = stand_in.service.account.groups
    ours = next(each for each in groups if each not in dict(FOREIGN))
    if change == "name":
        groups[ours].name = "somebody else's"
    else:
        groups[ours].created = 1_600_000_000_000
    with stand_in.here():
        done = command("cleanup", "--yes")

    assert done.returncode == 1
    assert ours in groups
    assert f"{ours!r} is left" in done.stdout
    assert ours not in stand_in.service.asked("DeleteGroup")


@pytest.mark.slow
def test_another_accounts_journal(stand_in):
    """A journal of another key pair is left to whoever has that."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=8)
    process.kill()
    process.communicate(timeout=30)
    with stand_in.here(TENCENTCLOUD_SECRET_ID="AKIDsomebodyElse00000000000000000000"):
        done = command("cleanup", "--yes")
        assert done.returncode == 1
        assert "another key pair" in done.stdout
    with stand_in.here():
        command("cleanup", "--yes")
    assert foreign_only(stand_in.service)


def test_a_network_that_goes(tmp_path):
    """A service that isn't heard any more has departed from nothing; what was created is cleaned up later."""
    service = Service()
    with StandIn(tmp_path / "stand-in", service) as stand_in:
        service.on_request = lambda number: (
            setattr(stand_in.server._server, "should_exit", True) if number == 40 else None
        )
        with stand_in.here():
            done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"))
    left = len(service.account.groups)
    service.on_request = lambda _number: None
    with StandIn(tmp_path / "stand-in", service, stand_in.authority) as back, back.here():
        offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}")
        cleaned = command("cleanup", "--yes")

    assert done.returncode == 5, done.stdout[-800:] + done.stderr
    assert "stopped answering" in done.stdout
    assert left > 5
    assert offline.returncode == 5
    assert cleaned.returncode == 0, cleaned.stdout
    assert service.account.groups == {}


@pytest.mark.slow
def test_where_things_are_kept(stand_in):
    """The journal is readable by its user alone."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=8)
    process.kill()
    process.communicate(timeout=30)
    (journal,) = stand_in.journals

    assert journal.stat().st_mode & 0o077 == 0
    assert journal.parent.stat().st_mode & 0o077 == 0
    assert CREDENTIALS.secret_id.reveal().encode() not in journal.read_bytes()
