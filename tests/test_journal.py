"""The journal of a live run: on the disk before anything is sent, one opener, and never a group that wasn't noted."""

import contextlib
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import conformance
from conformance.base.environment import state_folder
from conformance.base.errors import SuiteError
from conformance.live import database
from conformance.live.journal import Journal, JournalError, State, finish, key_digest, list_journals, resume
from conformance.live.notes import EVENTS
from tests.journals import ACCOUNT, RUN, UNFLUSHED, only, states, write_sample

ROOT = Path(conformance.__file__).parent.parent
HELD = "another run or cleanup holds it"
quick = settings(
    deadline=None, database=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.characters(), max_size=20) | st.text(st.sampled_from('\ud83d\ude00\0\n\r"\\é😀'), max_size=9)


@pytest.fixture(autouse=True)
def _unflushed(monkeypatch):
    """Nothing is flushed to the disk but by other processes."""
    monkeypatch.setattr(database, "_FLUSHING", UNFLUSHED)
    monkeypatch.setattr(os, "fsync", lambda _: None)


# --- What is written is read -------------------------------------------------------------------------------


def test_what_is_written_is_read(tmp_path):
    """Entries come back from the file as they are in memory: those that may be there first, the newest first."""
    before = time.time()
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "one")
        journal.created("a")
        journal.creating("b", None)
        journal.refused("b")
        journal.creating("c", "three")
        journal.renaming("a", "four")
        kept = journal.entries()
    one = only(tmp_path)

    assert [(each.group_id, each.names, each.state) for each in kept] == [
        ("c", ("three",), State.CREATING),
        ("a", ("one", "four"), State.CREATED),
        ("b", (), State.REFUSED),
    ]
    assert before <= kept[1].since <= kept[0].since <= time.time()
    assert (one.path, one.run, one.account, one.entries) == (journal.path, RUN, ACCOUNT, kept)
    assert (one.damage, one.open) == ("", False)
    assert [each.name for each in journal.path.parent.iterdir()] == [journal.path.name]


@quick
@given(group_id=TEXTS, name=st.none() | TEXTS, renamed=TEXTS)
def test_any_text(tmp_path, group_id, name, renamed):
    """Ids and names may be any text, lone surrogates, zeros and line breaks among them, and long ones."""
    folder = tmp_path / secrets.token_hex(8)
    with Journal.begin(folder, RUN, ACCOUNT) as journal:
        journal.creating(group_id, name)
        journal.renaming(group_id, renamed)
        journal.left(group_id, "中" * 10_000)
    one = only(folder)

    assert (one.damage, one.entries) == ("", journal.entries())
    assert one.entries[0].group_id == group_id
    assert one.entries[0].names == tuple(dict.fromkeys([*([] if name is None else [name]), renamed]))


NOTES = st.lists(st.tuples(st.sampled_from(sorted(EVENTS - {"begun"})), st.sampled_from("ab"), st.sampled_from("xyz")))


def play(journal, notes):
    """Write whatever can be written of some notes."""
    for event, group_id, text in notes:
        arguments = {"stopped": (), "looked_for": (), "sending": ([text],)}.get(event, (group_id,))
        arguments = (group_id, text) if event in {"creating", "renaming", "left"} else arguments
        with contextlib.suppress(ValueError):
            getattr(journal, event)(*arguments)


@quick
@given(notes=NOTES, later=NOTES)
def test_memory_and_file_agree(tmp_path, notes, later):
    """In whatever order things happen, the file says what memory does, also when it is gone on with."""
    folder = tmp_path / secrets.token_hex(8)
    with Journal.begin(folder, RUN, ACCOUNT) as journal:
        play(journal, notes)
    first = only(folder)
    with resume(first) as resumed:
        play(resumed, later)

    assert (first.entries, first.sent, first.damage) == (journal.entries(), journal.sent(), "")
    # What was settled before counts as older than what is settled later: among those the order may differ.
    assert set(only(folder).entries) == set(resumed.entries())
    assert only(folder).sent == resumed.sent()


@pytest.mark.parametrize(
    ("before", "event", "why"),
    [
        *(("", event, "no creation is written down") for event in sorted(set(State) - {"creating"})),
        *((settled, "deleting", "isn't there any more") for settled in ("refused", "gone")),
        *((settled, "renaming", "isn't there any more") for settled in ("refused", "gone")),
        ("refused", "left", "never there"),
    ],
)
def test_what_cant_be_noted(tmp_path, before, event, why):
    """What no run made, or what is settled, can't be deleted or renamed: it would be somebody else's."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        if before:
            journal.creating("a", "x")
            getattr(journal, before)("a")
        kept = journal.entries()
        with pytest.raises(ValueError, match=why):
            getattr(journal, event)(*(("a", "y") if event in {"renaming", "left"} else ("a",)))

        assert journal.entries() == kept
    assert only(tmp_path).entries == kept


def test_a_closed_journal(tmp_path):
    """Nothing is written into a closed journal, and that is said before anything is sent."""
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    journal.close()
    journal.close()

    with pytest.raises(ValueError, match="closed"):
        journal.creating("a", "b")


def test_threads(tmp_path):
    """Threads may write at once."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:

        def create(first):
            for number in range(20):
                journal.creating(f"{first}{number}", None)
                journal.created(f"{first}{number}")

        threads = [threading.Thread(target=create, args=(name,)) for name in "abcd"]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    one = only(tmp_path)

    assert (one.damage, len(one.entries), set(states(one.entries).values())) == ("", 80, {"created"})


# --- Killed, and a second opener ---------------------------------------------------------------------------


def child(code, folder):
    """A Python process; `folder` is its argument."""
    start = f"import os, sys\nfrom pathlib import Path\nfrom conformance.live.journal import *\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", start, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


BEGIN = "journal = Journal.begin(Path(sys.argv[1]), 'child', AccountIdentity('e', 'r', 'k'))\n"
# Says of each creation that it may be sent now.
CREATE = """
for number in range(100000):
    journal.creating(f"id{number}", f"name{number}")
    os.write(1, b"id%d\\n" % number)
    journal.created(f"id{number}")
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 24, 28, 33, 40])
def test_killed(tmp_path, count):
    """Whatever was said to be written down before kill -9 is there, nothing is damaged, and the lock is gone."""
    with child(BEGIN + CREATE, tmp_path) as process:
        promised = [process.stdout.readline().strip() for _ in range(count)]
        process.kill()
        promised += process.stdout.read().split()
    one = only(tmp_path)

    assert (process.returncode, one.damage, one.open) == (-signal.SIGKILL, "", False)
    assert len(promised) >= count
    assert set(promised) <= set(states(one.entries))
    assert len(one.entries) <= len(promised) + 1
    with resume(one) as journal:
        assert set(states(journal.entries()).values()) <= {"created", "unknown"}
    assert [each.name for each in one.path.parent.iterdir()] == [one.path.name]


INTERRUPTED = """
import random, signal
def interrupt(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
sent = []
for number in range(150):
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00001, 0.002))
        for part in range(1000000):
            journal.creating(f"id{number}-{part}", "name")
            sent.append(f"id{number}-{part}")
            journal.created(f"id{number}-{part}")
    except KeyboardInterrupt:
        pass
journal.close()
print(*sent)
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers that interrupt there")
def test_interrupted_anywhere(tmp_path):
    """Ctrl-C at any moment: what was sent is in the journal, and the journal is sound."""
    with child(BEGIN + INTERRUPTED, tmp_path) as process:
        sent = process.stdout.read().split()
    one = only(tmp_path)

    assert process.returncode == 0
    assert set(sent) <= set(states(one.entries))
    assert one.damage == ""


def test_a_second_opener_elsewhere(tmp_path, monkeypatch):
    """A journal that another process holds is seen to be open, and refused in one sentence until that has ended."""
    monkeypatch.setattr(database, "_LOCK_SECONDS", 0.01)
    with child(
        BEGIN + "journal.creating('a', 'b')\nprint('written', flush=True)\nsys.stdin.read()", tmp_path
    ) as process:
        process.stdout.readline()
        one = only(tmp_path)
        with pytest.raises(JournalError, match=rf"^{one.path} can't be opened; {HELD}[^\n]*$"):
            resume(one)
        process.kill()

    assert (one.open, one.entries, one.damage, one.run) == (True, (), "", "child")
    with resume(only(tmp_path)) as journal:
        assert states(journal.entries()) == {"a": "unknown"}


@pytest.mark.parametrize("first", ["begun", "resumed"])
def test_a_second_opener_here(tmp_path, monkeypatch, first):
    """So is one that this very process holds; whoever looks at it takes nothing away from the lock."""
    monkeypatch.setattr(database, "_LOCK_SECONDS", 0.01)
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    if first == "resumed":
        journal.close()
        journal = resume(only(tmp_path))
    for _ in range(2):
        assert only(tmp_path).open is True
        with pytest.raises(JournalError, match=HELD):
            resume(only(tmp_path))
    journal.creating("a", "b")
    journal.close()

    with resume(only(tmp_path)) as journal:
        assert states(journal.entries()) == {"a": "unknown"}


# --- Finding, resuming, finishing --------------------------------------------------------------------------


def test_nothing_there(tmp_path):
    """Where no run ever was there are no journals, and looking makes none."""
    assert list_journals(tmp_path / "nowhere") == ()
    assert list(tmp_path.iterdir()) == []


def test_oldest_first(tmp_path):
    """Journals are found in the order in which their runs began; other files are of no interest."""
    for run, moment in (("a", 1_700_000_000.5), ("b", 1_600_000_000.25), ("c", 1_800_000_000.0)):
        Journal.begin(tmp_path, run, ACCOUNT, lambda moment=moment: moment).close()
    (tmp_path / "journals" / "notes.txt").write_text("of no interest")

    assert [each.run for each in list_journals(tmp_path)] == ["b", "a", "c"]
    assert list_journals(tmp_path)[0].path.name == f"20200913T122640.250000Z-b-{os.getpid()}.sqlite3"


def test_resumed_and_finished(tmp_path):
    """A cleanup goes on with a journal; when all is settled its file is removed."""
    write_sample(tmp_path, groups=4)
    with resume(only(tmp_path)) as journal:
        journal.deleting(f"{RUN}0")
        journal.deleted(f"{RUN}0")
    journal = resume(only(tmp_path))
    assert journal.entry(f"{RUN}0").state is State.DELETED
    assert journal.entry(f"{RUN}unanswered").state is State.UNKNOWN
    for entry in journal.entries():
        if not entry.state.settled:
            journal.gone(entry.group_id)

    assert finish(journal) is True
    assert list((tmp_path / "journals").iterdir()) == []


def test_finished_with_nothing_written(tmp_path):
    """A run that created nothing leaves no journal."""
    assert finish(Journal.begin(tmp_path, RUN, ACCOUNT)) is True
    assert list((tmp_path / "journals").iterdir()) == []


@pytest.mark.parametrize("event", ["created", "unknown", "deleting", "left"])
def test_kept_while_a_group_may_be_there(tmp_path, event):
    """A journal with a group that may still be there is kept, closed."""
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    journal.creating("a", "x")
    getattr(journal, event)(*(("a", "not ours") if event == "left" else ("a",)))

    assert finish(journal) is False
    assert (states(only(tmp_path).entries), only(tmp_path).open) == ({"a": event}, False)


# --- Files and folders -------------------------------------------------------------------------------------


def test_flushed(tmp_path, monkeypatch):
    """SQLite is told to flush all that it writes before a transaction ends; the folder with the file's name is, too."""
    monkeypatch.undo()
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        for name, value in (("synchronous", 3), ("fullfsync", 1), ("journal_mode", b"delete")):
            assert journal._connection.execute(f"PRAGMA {name}").fetchone() == (value,)

    assert flushed == [each.stat().st_ino for each in (tmp_path, journal.path.parent)]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_for_this_user_alone(tmp_path, mask):
    """Nobody else can read or change anything, whatever the umask, also what SQLite keeps while a run goes on."""
    before = os.umask(mask)
    try:
        with Journal.begin(tmp_path / "state" / "suite", RUN, ACCOUNT) as journal:
            journal.creating("a", "b")
            modes = {each: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "state").rglob("*")}
    finally:
        os.umask(before)

    assert modes == {
        journal.path.parent.parent: 0o700,
        journal.path.parent: 0o700,
        journal.path: 0o600,
        journal.path.with_name(f"{journal.path.name}-journal"): 0o600,
    }


def test_two_journals_of_one_name(tmp_path):
    """A journal that is there already isn't written to."""
    with Journal.begin(tmp_path, RUN, ACCOUNT, lambda: 1_700_000_000.0) as journal:
        with pytest.raises(JournalError, match="can't be made; File exists"):
            Journal.begin(tmp_path, RUN, ACCOUNT, lambda: 1_700_000_000.0)
        journal.creating("a", "b")

    assert states(only(tmp_path).entries) == {"a": "creating"}


@pytest.mark.parametrize("run", ["", "a/b", "..", "a b", "中", "a\n", "x" * 65])
def test_no_name_for_a_run(tmp_path, run):
    """A run's salt is part of a file's name, so that it can't be anything."""
    with pytest.raises(ValueError, match="can't stand in a file's name"):
        Journal.begin(tmp_path, run, ACCOUNT)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path):
    """A file where the folder should be is told in one sentence."""
    (tmp_path / "state").write_text("")
    told = "Not a directory: mend that, or set XDG_STATE_HOME to a folder that can be used"

    with pytest.raises(JournalError, match=f"can't be made; {told}"):
        Journal.begin(tmp_path / "state", RUN, ACCOUNT)
    with pytest.raises(JournalError, match=f"can't be read; {told}"):
        list_journals(tmp_path / "state")


def test_no_permission(tmp_path):
    """A folder that may not be written to is told in one sentence, by a process that isn't root."""
    code = (
        "if os.geteuid() == 0:\n    os.setuid(65534)\n"
        "try:\n    Journal.begin(Path(sys.argv[1]) / 'state', 'child', AccountIdentity('e', 'r', 'k'))\n"
        "except JournalError as error:\n    print(error)\n"
    )
    tmp_path.chmod(0o500)
    with child(code, tmp_path) as process:
        told = process.stdout.read()
    tmp_path.chmod(0o700)

    assert "can't be made; Permission denied: mend that, or set XDG_STATE_HOME" in told
    assert list(tmp_path.iterdir()) == []


def test_a_journal_error_is_the_suites_own():
    """It ends a run with the suite's exit code, and its one sentence is shown."""
    assert issubclass(JournalError, SuiteError)
    assert JournalError.exit_code == 3


def test_state_folder(tmp_path, monkeypatch):
    """XDG_STATE_HOME counts if it is a full path, else the home folder's usual place; without either it is told."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = tmp_path / ".local" / "state" / "iai-conformance"

    assert state_folder({"XDG_STATE_HOME": "/var/state"}) == Path("/var/state/iai-conformance")
    assert [state_folder({"XDG_STATE_HOME": "relative"}), state_folder({})] == [usual, usual]
    monkeypatch.setattr(Path, "expanduser", mock.Mock(side_effect=RuntimeError("Could not determine home directory.")))
    with pytest.raises(SuiteError, match="set XDG_STATE_HOME"):
        state_folder({})


def test_key_digest():
    """A SecretId's digest is short, always the same, and not that of another."""
    digest = key_digest("AKIDEXAMPLE")

    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")
    assert digest == key_digest("AKIDEXAMPLE") != key_digest("AKIDEXAMPLF")
