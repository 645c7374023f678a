"""The journal of a live run: written before anything is sent, and never a word in it that the run didn't write."""

import contextlib
import errno
import itertools
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import conformance
from conformance.base.errors import SuiteError
from conformance.live import journal as module
from conformance.live.journal import (
    Account,
    Entry,
    Journal,
    JournalError,
    State,
    finish,
    found,
    key_digest,
    resume,
    state_folder,
)

ROOT = Path(conformance.__file__).parent.parent
ACCOUNT = Account("https://iai.example.com", "ap-guangzhou", key_digest("AKIDEXAMPLE"))
RUN = "abcdefg"
TORN = "left alone: torn, or no line of a journal"
# Folders are made anew for each example; nothing is kept of one.
quick = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(), max_size=20) | st.text(st.sampled_from('\ud83d\ude00\0\n\r"\\é😀'), max_size=9)


def only(folder):
    (one,) = found(folder)
    return one


def states(entries):
    return {entry.group_id: str(entry.state) for entry in entries}


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def groups_of(*texts):
    """The groups that sound lines create, by id: their names, and when they were written down."""
    made = {}
    for line in itertools.chain(*texts):
        value = json.loads(line)
        if value["event"] in {"creating", "renaming"}:
            names, times = made.setdefault(value["group"], (set(), set()))
            names.add(value["text"])
            times.add(value["time"])
    return made


def write_sample(folder, run=RUN):
    """A journal with a bit of everything; its path."""
    with Journal.begin(folder, run, ACCOUNT) as journal:
        journal.creating(f"{run}-1", "first")
        journal.created(f"{run}-1")
        journal.creating(f"{run}-2", "second")
        journal.refused(f"{run}-2")
        journal.renaming(f"{run}-1", "renamed")
        journal.creating(f"{run}-3", None)
        journal.unknown(f"{run}-3")
        journal.deleting(f"{run}-1")
        journal.deleted(f"{run}-1")
        journal.creating(f"{run}-1", "again")
    return journal.path


@pytest.fixture(autouse=True)
def _unflushed(monkeypatch):
    """Nothing is flushed to the disk, which takes long on some, but by other processes and where that is the point."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(name="sample")
def _sample(tmp_path):
    return write_sample(tmp_path)


def check_harmless(one, made):
    """Whatever became of a journal, what is read of it was written into it."""
    assert one.account in {None, ACCOUNT}
    for entry in one.entries:
        names, times = made[entry.group_id]
        assert set(entry.names) <= names
        assert entry.since in times


def child(code, folder, **options):
    """A Python process that has begun nothing yet; `folder` is its argument."""
    start = f"import os, sys, time\nfrom pathlib import Path\nfrom conformance.live.journal import *\n{code}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", start, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, **options,
    )  # fmt: skip


BEGIN = "journal = Journal.begin(Path(sys.argv[1]), 'child', Account('e', 'r', 'k'))\n"


# What is written is read.


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
    assert (one.damage, one.open) == ((), False)


@quick
@given(group_id=TEXTS, name=st.none() | TEXTS, renamed=TEXTS, account=st.builds(Account, TEXTS, TEXTS, TEXTS))
def test_any_text(tmp_path, group_id, name, renamed, account):
    """Ids, names and accounts may be any text, lone surrogates and line breaks among them."""
    folder = tmp_path / secrets.token_hex(8)
    with Journal.begin(folder, RUN, account) as journal:
        journal.creating(group_id, name)
        journal.renaming(group_id, renamed)
        journal.left(group_id, renamed)
    one = only(folder)

    assert one.damage == ()
    assert one.account == account
    assert one.entries == journal.entries()
    assert one.entries[0].group_id == group_id
    assert one.entries[0].names == tuple(dict.fromkeys([*([] if name is None else [name]), renamed]))
    assert journal.path.read_bytes().isascii()


@pytest.mark.parametrize("text", ["中" * 10_000, "\ud83d\ude00" * 5_000, "\0" * 10_000, "\r\n" * 5_000])
def test_long_texts(tmp_path, text):
    """Ten thousand characters are one line like others."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating(text, text)

    assert only(tmp_path).entries == (Entry(text, (text,), journal.entries()[0].since, State.CREATING),)
    assert len(lines(journal.path)) == 2


def test_lines_are_json(sample):
    """Each line is a JSON object that says whose it is, where it stands and what happened."""
    for number, line in enumerate(lines(sample)):
        value = json.loads(line)

        assert value["number"] == number
        assert value["journal"] == sample.stem
        assert value["account"] == [ACCOUNT.endpoint, ACCOUNT.region, ACCOUNT.key]


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("creating", State.CREATING),
        ("creating created", State.CREATED),
        ("creating refused", State.REFUSED),
        ("creating unknown", State.UNKNOWN),
        ("creating creating refused", State.CREATING),
        ("creating creating refused refused", State.REFUSED),
        ("creating creating refused created", State.CREATED),
        ("creating creating created refused", State.CREATED),
        ("creating creating unknown refused", State.UNKNOWN),
        ("creating refused created", State.CREATED),
        ("creating refused unknown", State.UNKNOWN),
        ("creating created creating", State.CREATED),
        ("creating created creating unknown", State.CREATED),
        ("creating created deleting", State.DELETING),
        ("creating created deleting deleted", State.DELETED),
        ("creating created deleting gone", State.GONE),
        ("creating gone", State.GONE),
        ("creating deleting deleted", State.CREATING),
        ("creating deleting deleted created", State.CREATED),
        ("creating deleting deleted gone", State.GONE),
        ("creating created deleting creating deleted", State.CREATING),
        ("creating created deleting deleted creating", State.CREATING),
        ("creating created deleting deleted creating refused", State.REFUSED),
        ("creating stopped", State.UNKNOWN),
        ("creating stopped deleting deleted", State.DELETED),
        ("creating created creating stopped deleting deleted", State.DELETED),
        ("creating refused stopped", State.REFUSED),
        ("creating created left", State.LEFT),
        ("creating created left deleting deleted", State.DELETED),
    ],
)
def test_states(tmp_path, written, state):
    """What is known of an id after notes; reading the file comes to the same."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        for event in written.split():
            arguments = {"creating": ("id", "name"), "left": ("id", "why"), "stopped": ()}.get(event, ("id",))
            getattr(journal, event)(*arguments)

    assert states(journal.entries()) == {"id": state}
    assert only(tmp_path).entries == journal.entries()


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["creating", "created", "refused", "unknown", "renaming", "deleting", "deleted", "gone", "left", "stopped"]
        ),
        st.sampled_from("ab"),
        st.sampled_from("xyz"),
    ),
    max_size=25,
)


def play(journal, operations):
    """Write whatever can be written of some operations."""
    for event, group_id, text in operations:
        arguments = {"stopped": ()}.get(event, (group_id,))
        arguments = (group_id, text) if event in {"creating", "renaming", "left"} else arguments
        with contextlib.suppress(ValueError):
            getattr(journal, event)(*arguments)


@quick
@given(operations=OPERATIONS, later=OPERATIONS)
def test_memory_and_file_agree(tmp_path, operations, later):
    """In whatever order things happen, the file says what memory does, also when it is gone on with."""
    folder = tmp_path / secrets.token_hex(8)
    with Journal.begin(folder, RUN, ACCOUNT) as journal:
        play(journal, operations)
    first = only(folder)
    with resume(first) as resumed:
        play(resumed, later)

    assert (first.entries, first.damage) == (journal.entries(), ())
    assert (only(folder).entries, only(folder).damage) == (resumed.entries(), ())


def test_an_id_that_was_settled_starts_anew(tmp_path):
    """Names and times from before a deletion aren't those of the group that was made after it."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "old")
        journal.created("a")
        journal.gone("a")
        middle = time.time()
        journal.creating("a", "new")

        assert journal.entry("a").names == ("new",)
        assert journal.entry("a").since >= middle
        assert journal.entry("b") is None


@pytest.mark.parametrize("event", ["created", "refused", "unknown", "deleting", "deleted", "gone"])
def test_only_what_was_written_down(tmp_path, event):
    """A group of which no creation was written down can't be spoken of, let alone deleted."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        with pytest.raises(ValueError, match="no creation is written down"):
            getattr(journal, event)("somebody else's")

        assert len(lines(journal.path)) == 1


@pytest.mark.parametrize("settled", ["refused", "deleted", "gone"])
def test_what_is_settled_stays(tmp_path, settled):
    """A group with an id that was refused, or deleted before, is somebody else's: no deletion, no renaming."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        if settled == "deleted":
            journal.created("a")
        getattr(journal, settled)("a")
        for event, *text in (("deleting",), ("renaming", "y")):
            with pytest.raises(ValueError, match="isn't there any more"):
                getattr(journal, event)("a", *text)

        assert journal.entries()[0].names == ("x",)


@pytest.mark.parametrize("settled", ["gone", "deleted"])
def test_what_was_deleted_may_be_there_all_the_same(tmp_path, settled):
    """A service may say that a group was deleted that it lists afterwards: it is left, and looked for again."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        journal.created("a")
        getattr(journal, settled)("a")
        journal.left("a", "it is still listed")

    (again,) = found(tmp_path)
    assert [(each.group_id, each.state) for each in again.entries] == [("a", State.LEFT)]


def test_what_was_refused_was_never_there(tmp_path):
    """A group whose creations were all refused is somebody else's: nothing can be left of it."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        journal.refused("a")
        with pytest.raises(ValueError, match="never there"):
            journal.left("a", "why")


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

    assert (one.damage, len(one.entries), set(states(one.entries).values())) == ((), 80, {"created"})


# Before anything is sent.


def test_on_the_disk_before_it_is_sent(tmp_path, monkeypatch):
    """Creations and renamings are flushed to the disk; so is the folder once, which has the file's name."""
    flushed = []
    really = os.fsync

    def fsync(descriptor):
        status = os.fstat(descriptor)
        flushed.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    assert flushed[-2:] == [journal.path.stat().st_size, "folder"]
    for write in (lambda: journal.creating("a", "b"), lambda: journal.renaming("a", "c")):
        write()
        assert flushed[-1] == journal.path.stat().st_size
    count = len(flushed)
    journal.created("a")
    journal.deleting("a")
    journal.close()

    assert len(flushed) == count


def test_one_write_a_line(tmp_path, monkeypatch):
    """A line goes to the system at once, so that being killed doesn't tear it."""
    written = []
    really = os.write
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        monkeypatch.setattr(os, "write", lambda file, data: written.append(bytes(data)) or really(file, data))
        journal.creating("a", "b")
        journal.created("a")

    assert written == lines(journal.path)[1:]


LOOP = """
for number in range(100000):
    journal.creating(f"id{number}", f"name{number}")
    sys.stdout.write(f"id{number}\\n")
    sys.stdout.flush()
    journal.created(f"id{number}")
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
@pytest.mark.parametrize("count", [1, 20, 150])
def test_killed(tmp_path, count):
    """After kill -9 the journal has every creation that might have been sent, and nothing wrong but a torn end."""
    with child(BEGIN + LOOP, tmp_path) as process:
        reported = [process.stdout.readline().strip() for _ in range(count)]
        process.kill()
        reported += process.stdout.read().split()
    one = only(tmp_path)
    last = len(lines(one.path))

    assert len(reported) >= count
    assert set(reported) <= set(states(one.entries))
    assert len(one.entries) <= len(reported) + 1
    assert one.damage in {(), (f"line {last} is {TORN}",)}
    assert one.open is False


INTERRUPTED = """
import random, signal
def interrupt(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
sent = []
for number in range(300):
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00001, 0.001))
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
    assert len(sent) > 10
    assert set(sent) <= set(states(one.entries))
    assert one.damage == ()


# Disks that take nothing, or not all.


def instead(monkeypatch, name, function):
    """Have a function of `os` done by another, which is given the real one and how often it was called."""
    really, calls = getattr(os, name), itertools.count(1)
    monkeypatch.setattr(os, name, lambda *arguments: function(really, next(calls), *arguments))


def failing_after(length, error):
    """A write that takes some bytes, and fails when it is given the rest."""

    def write(really, call, descriptor, data):
        if call == 1 and length:
            return really(descriptor, data[:length])
        if call == 1 + bool(length):
            raise error
        return really(descriptor, data)

    return write


NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("length", [0, 1, 100, 300])
@pytest.mark.parametrize("error", [NO_SPACE, OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_write_that_fails(tmp_path, monkeypatch, length, error):
    """A line that is written in part is taken back, and the journal goes on; what it announced isn't known of."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        before = journal.path.read_bytes()
        with monkeypatch.context() as patched:
            instead(patched, "write", failing_after(length, error))
            with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else JournalError):
                journal.creating("b", "y")
        if isinstance(error, OSError):
            assert journal.path.read_bytes() == before
        assert states(journal.entries()) == {"a": "creating"}
        journal.creating("c", "z")
    one = only(tmp_path)

    assert (states(one.entries), one.damage) == ({"a": "creating", "c": "creating"}, ())


def test_the_last_write_is_interrupted(tmp_path, monkeypatch):
    """Nothing torn is left when a journal is closed after an interruption."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        instead(monkeypatch, "write", failing_after(50, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            journal.creating("b", "y")

    assert (len(lines(journal.path)), only(tmp_path).damage) == (1, ())


def test_what_has_happened_is_known_even_unwritten(tmp_path, monkeypatch):
    """An answer that can't be written holds in memory: a cleanup in the same process goes by it."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        instead(monkeypatch, "write", failing_after(0, NO_SPACE))
        with pytest.raises(JournalError):
            journal.created("a")

        assert states(journal.entries()) == {"a": "created"}
    assert states(only(tmp_path).entries) == {"a": "creating"}


def test_a_flush_that_fails(tmp_path, monkeypatch):
    """What isn't surely on the disk isn't sent, and is taken back."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        before = journal.path.read_bytes()

        def fail(really, call, descriptor):
            raise OSError(errno.EIO, "Input/output error")

        instead(monkeypatch, "fsync", fail)
        with pytest.raises(JournalError, match="Input/output error"):
            journal.creating("a", "x")

        assert (journal.path.read_bytes(), journal.entries()) == (before, ())


def test_a_line_that_cannot_be_taken_back(tmp_path, monkeypatch):
    """Where even that fails the journal stays readable, and the next line is written once it can be."""

    def fail(really, call, *arguments):
        raise OSError(errno.EIO, "Input/output error")

    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        with monkeypatch.context() as patched:
            instead(patched, "write", failing_after(60, NO_SPACE))
            instead(patched, "ftruncate", fail)
            with pytest.raises(JournalError, match="the disk is full"):
                journal.creating("b", "y")
            with pytest.raises(JournalError):
                journal.creating("c", "z")
        torn = lines(journal.path)
        journal.creating("d", "z")
    one = only(tmp_path)

    assert (len(torn), len(torn[-1])) == (3, 60)
    assert (states(one.entries), one.damage) == ({"a": "creating", "d": "creating"}, ())


def test_small_writes(tmp_path, monkeypatch):
    """A system that takes seven bytes at a time gets all of them in the end."""
    instead(monkeypatch, "write", lambda really, _, descriptor, data: really(descriptor, data[:7]))
    sample = write_sample(tmp_path)

    assert (only(tmp_path).damage, len(lines(sample))) == ((), 11)


def test_a_system_that_takes_nothing(tmp_path, monkeypatch):
    """A write of no bytes, again and again, is an error and no endless loop."""
    instead(monkeypatch, "write", lambda *_: 0)

    with pytest.raises(JournalError):
        Journal.begin(tmp_path, RUN, ACCOUNT)


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits there")
def test_a_full_disk(tmp_path):
    """With a real limit: what was written before it is sound, and the sentence says what to do."""
    code = BEGIN + (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "sent = []\n"
        "try:\n"
        "    for number in range(1000):\n"
        "        journal.creating(f'id{number}', 'name' * 100)\n"
        "        sent.append(f'id{number}')\n"
        "except JournalError as error:\n"
        "    print(error)\n"
        "print(*sent)\n"
    )
    with child(code, tmp_path) as process:
        told, sent = process.stdout.read().splitlines()
    one = only(tmp_path)

    assert told == f"{one.path} can't be written; files may not grow so large here: raise the limit (ulimit -f)"
    assert 5 < len(sent.split()) < 30
    assert list(states(one.entries)) == sent.split()[::-1]
    assert one.damage == ()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full there")
def test_a_device_that_is_full(tmp_path):
    """The system's own full device: one sentence that says so."""
    key = secrets.token_bytes(32)
    with Journal(tmp_path / "full.jsonl", ACCOUNT, os.open("/dev/full", os.O_RDWR), key) as journal:
        with pytest.raises(JournalError, match=r"full\.jsonl can't be written; the disk is full: make room there"):
            journal.creating("a", "b")

        assert journal.entries() == ()


def test_no_room_to_begin(tmp_path, monkeypatch):
    """A journal that can't be begun leaves no file."""
    write_sample(tmp_path).unlink()
    instead(monkeypatch, "write", failing_after(10, NO_SPACE))

    with pytest.raises(JournalError, match="disk is full"):
        Journal.begin(tmp_path, RUN, ACCOUNT)
    assert found(tmp_path) == ()


# Damage.


def test_each_byte_changed(tmp_path, sample):
    """Whatever byte is changed, only what was written is read, the damage is told, and other lines are used."""
    data = sample.read_bytes()
    made = groups_of(lines(sample))
    # In its place: to write thousands of files anew takes long on some disks.
    with sample.open("r+b", buffering=0) as file:
        for place, byte in enumerate(data):
            for other in {byte ^ 1, ord("\n") if place % 3 else byte ^ 0x80} - {byte}:
                file.seek(place)
                file.write(bytes([other]))
                one = only(tmp_path)

                check_harmless(one, made)
                assert one.damage
                assert one.entries
                assert one.account == ACCOUNT
            file.seek(place)
            file.write(bytes([byte]))


def test_cut_at_each_byte(tmp_path, sample):
    """Wherever a journal is cut, the whole lines are used; a part of one is told."""
    data = sample.read_bytes()
    made = groups_of(lines(sample))
    ends = {0} | {place for place in range(len(data)) if data[place - 1 : place] == b"\n" or data[place] == 0x0A}
    for place in reversed(range(len(data))):
        os.truncate(sample, place)
        one = only(tmp_path)

        check_harmless(one, made)
        # That no line is there at all is told as well; a line needs no line break to be whole.
        assert len(one.damage) == (place not in ends or not place)


@quick
@given(data=st.data())
def test_lines_in_disorder(tmp_path, data):
    """Lines left out, doubled, moved and mixed with another journal's never make a group that wasn't written down."""
    folder = tmp_path / secrets.token_hex(8)
    own, other = write_sample(folder), write_sample(folder, "other")
    made = groups_of(lines(own))
    foreign = set(groups_of(lines(other)))
    mixed = data.draw(st.lists(st.sampled_from(lines(own) + lines(other)), max_size=25))
    own.write_bytes(b"".join(mixed))
    one = next(each for each in found(folder) if each.path == own)

    check_harmless(one, made)
    assert not foreign & set(states(one.entries))
    if mixed != lines(own)[: len(mixed)]:
        assert one.damage or not mixed


@quick
@given(operations=OPERATIONS, data=st.data())
def test_lines_left_out(tmp_path, operations, data):
    """Whatever lines are left out, an id or a name that wasn't written can't come of it."""
    folder = tmp_path / secrets.token_hex(8)
    with Journal.begin(folder, RUN, ACCOUNT) as journal:
        play(journal, operations)
    whole = lines(journal.path)
    kept = data.draw(st.lists(st.booleans(), min_size=len(whole), max_size=len(whole)))
    journal.path.write_bytes(b"".join(line for line, keep in zip(whole, kept, strict=True) if keep))

    check_harmless(only(folder), groups_of(whole))


@quick
@given(junk=st.binary(max_size=300), place=st.integers(0, 11))
def test_junk(tmp_path, junk, place):
    """Bytes of any kind between the lines are told and change nothing."""
    folder = tmp_path / secrets.token_hex(8)
    sample = write_sample(folder)
    sound = only(folder)
    whole = lines(sample)
    sample.write_bytes(b"".join([*whole[:place], junk, b"\n", *whole[place:]]))
    one = only(folder)

    assert one.entries == sound.entries
    assert bool(one.damage) == bool(junk.strip(b"\n"))


def rewritten(path, change):
    """Write a journal anew with its list of lines changed."""
    whole = lines(path)
    path.write_bytes(b"".join(change(whole)))


@pytest.mark.parametrize(
    ("change", "damage"),
    [
        (lambda whole: [*whole[:4], b"{}\n", *whole[5:]], f"line 5 is {TORN}"),
        (lambda whole: [*whole[:4], whole[4][:-9]], f"line 5 is {TORN}"),
        (lambda whole: [*whole[:4], b"\xff\xfe\n", b"[" * 9999, b"\n"], f"lines 5 to 6 are {TORN}"),
        (
            lambda whole: [*whole[:4], whole[4].replace(b"-2", b"-9"), *whole[5:]],
            "line 5 is left alone: changed since it was written",
        ),
        (lambda whole: [*whole[:4], *whole[3:]], "line 5 is left alone: there a second time"),
        (lambda whole: whole[:4] + whole[5:], "a line is missing before line 5: what was written there isn't known"),
        (lambda whole: whole[7:], "7 lines are missing before line 1: what was written there isn't known"),
    ],
)
def test_damage_is_told(tmp_path, sample, change, damage):
    """Each kind of damage has its sentence, with the line."""
    rewritten(sample, change)

    assert only(tmp_path).damage[0] == damage


def test_lines_moved(tmp_path, sample):
    """A line that comes late is left alone; the lines that it was missing before are told."""
    rewritten(sample, lambda whole: [*whole[:1], *whole[3:5], *whole[1:3], *whole[5:7]])
    one = only(tmp_path)

    assert one.damage[0].startswith("2 lines are missing before line 2")
    assert one.damage[1] == "lines 4 to 5 are left alone: out of sequence"
    assert states(one.entries) == {f"{RUN}-2": "refused", f"{RUN}-3": "creating"}


def test_a_line_of_another_journal(tmp_path, sample):
    """A line that this machine signed for another run isn't this run's."""
    other = write_sample(tmp_path, "other")
    rewritten(sample, lambda whole: whole[:4] + lines(other)[4:6] + whole[4:])
    one = next(each for each in found(tmp_path) if each.path == sample)

    assert one.damage == (f"lines 5 to 6 are left alone: of another journal, {other.stem}",)
    assert set(states(one.entries)) == {f"{RUN}-1", f"{RUN}-2", f"{RUN}-3"}


def test_a_journal_under_another_name(tmp_path, sample):
    """A copy under another name is no journal of its own."""
    other = sample.with_name(sample.name.replace(RUN, "another"))
    other.write_bytes(sample.read_bytes())
    one = next(each for each in found(tmp_path) if each.path == other)

    assert (one.run, one.account, one.entries) == ("another", None, ())
    assert one.damage == (f"lines 1 to 11 are left alone: of another journal, {sample.stem}",)


@pytest.mark.parametrize("replaced", [True, False])
def test_a_journal_of_another_machine(tmp_path, sample, replaced):
    """Without the key that it was written with, all of a journal is left alone."""
    (tmp_path / "key").unlink()
    if replaced:
        write_sample(tmp_path, "other").unlink()
    one = only(tmp_path)

    assert (one.account, one.entries) == (None, ())
    assert one.damage == ("lines 1 to 11 are left alone: written with another key",)
    assert (tmp_path / "key").exists() == replaced
    with pytest.raises(JournalError, match="left alone"):
        resume(one)


def forged(sample, key, number, note, **changed):
    """A line as somebody would write it who has a key."""
    line = module._line(key, sample.stem, number, ACCOUNT, note)
    value = {**json.loads(line), **changed}
    del value["mac"]
    body = json.dumps(value, separators=(",", ":")).encode()[1:]
    return b'{"mac":"%s",%s\n' % (module._mac(key, body).encode(), body)


def test_forged_lines(tmp_path, sample):
    """A line that says it was signed with this key, and wasn't, is left alone."""
    key = (tmp_path / "key").read_bytes()
    note = module._Note("creating", time.time(), "victim", "name")
    mine = forged(sample, bytes(32), 11, note, signer=module._signer(key))
    other = forged(sample, bytes(32), 11, note)
    unsigned = b'{"mac":"%s",%s' % (b"0" * 64, mine.split(b",", 1)[1])
    sound = only(tmp_path).entries
    rewritten(sample, lambda whole: [*whole, mine, other, unsigned, b'{"event":"creating","group":"victim"}\n'])
    one = only(tmp_path)

    assert one.entries == sound
    assert one.damage == (
        "line 12 is left alone: changed since it was written",
        "line 13 is left alone: written with another key",
        "line 14 is left alone: changed since it was written",
        f"line 15 is {TORN}",
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": 2}, "written by another version of this suite"),
        ({"event": "exploding"}, "written by another version of this suite"),
        ({"account": ["e", "r", "k"]}, "of another account"),
        ({"event": "deleting", "group": "victim"}, "about a group of which no creation is written down"),
        ({"event": "deleting", "group": f"{RUN}-2"}, "about a group that isn't there any more"),
        ({"event": "renaming", "group": f"{RUN}-2"}, "about a group that isn't there any more"),
    ],
)
def test_signed_lines_that_say_what_cannot_be(tmp_path, sample, changed, reason):
    """Even a line with a sound signature must say what a run could have written there."""
    key = (tmp_path / "key").read_bytes()
    sound = only(tmp_path).entries
    line = forged(sample, key, 11, module._Note("created", time.time(), f"{RUN}-1"), **changed)
    rewritten(sample, lambda whole: [*whole, line])
    one = only(tmp_path)

    assert (one.entries, one.account) == (sound, ACCOUNT)
    assert one.damage == (f"line 12 is left alone: {reason}",)


def test_no_file(tmp_path, sample):
    """What lies among journals and is none is told, and neither followed nor waited for."""
    folder = sample.parent
    (folder / "notes.txt").write_text("of no interest")
    stem = sample.stem
    (folder / f"{stem}1.jsonl").mkdir()
    (folder / f"{stem}2.jsonl").symlink_to(sample)
    os.mkfifo(folder / f"{stem}3.jsonl")
    (folder / f"{stem}4.jsonl").write_bytes(b"")
    (folder / "zzz.jsonl").write_bytes(sample.read_bytes())
    told = {each.path.name.removeprefix(stem): each for each in found(tmp_path)}

    assert {name: one.damage[0] for name, one in told.items() if one.damage} == {
        "1.jsonl": "it is no file: it is left alone",
        "2.jsonl": "it can't be read (Too many levels of symbolic links): it is left alone",
        "3.jsonl": "it is no file: it is left alone",
        "4.jsonl": "it is empty: its run ended before it could create anything, so that it can be removed",
        "zzz.jsonl": "its name is no journal's: it is left alone",
    }
    assert all(not one.entries for one in told.values() if one.damage)
    assert told["zzz.jsonl"].run == ""


# Finding, resuming, finishing.


def test_nothing_there(tmp_path):
    """Where no run ever was there are no journals, and looking makes none."""
    assert found(tmp_path / "nowhere") == ()
    assert list(tmp_path.iterdir()) == []


def test_oldest_first(tmp_path, monkeypatch):
    """Journals are found in the order in which their runs began."""
    moments = iter([1_700_000_000.5, 1_600_000_000.25, 1_800_000_000.0])
    for run in "abc":
        with monkeypatch.context() as patched:
            moment = next(moments)
            patched.setattr(module, "_now", lambda moment=moment: moment)
            Journal.begin(tmp_path, run, ACCOUNT).close()

    assert [each.run for each in found(tmp_path)] == ["b", "a", "c"]
    assert found(tmp_path)[0].path.name == f"20200913T122640.250000Z-b-{os.getpid()}.jsonl"


def test_resumed_and_finished(tmp_path, sample):
    """A cleanup goes on with a journal; when all is settled its file is removed."""
    journal = resume(only(tmp_path))
    assert states(journal.entries()) == {f"{RUN}-1": "unknown", f"{RUN}-2": "refused", f"{RUN}-3": "unknown"}
    for entry in journal.entries():
        if not entry.state.settled:
            journal.deleting(entry.group_id)
            journal.deleted(entry.group_id)

    assert only(tmp_path).damage == ()
    assert finish(journal) is True
    assert found(tmp_path) == ()
    assert list(sample.parent.iterdir()) == []


def test_finished_with_nothing_written(tmp_path):
    """A run that created nothing leaves no journal."""
    assert finish(Journal.begin(tmp_path, RUN, ACCOUNT)) is True
    assert found(tmp_path) == ()


@pytest.mark.parametrize("event", ["created", "unknown", "deleting", "left"])
def test_kept_while_a_group_may_be_there(tmp_path, event):
    """A journal with a group that may still be there is kept, closed."""
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    journal.creating("a", "x")
    getattr(journal, event)(*(("a", "not ours") if event == "left" else ("a",)))

    assert finish(journal) is False
    assert states(only(tmp_path).entries) == {"a": event}
    assert only(tmp_path).open is False


def test_a_torn_end_is_ended(tmp_path, sample):
    """What is written after a torn line stands on a line of its own; the damaged journal is kept."""
    sample.write_bytes(sample.read_bytes()[:-20])
    journal = resume(only(tmp_path))
    for group in ("1", "3"):
        with contextlib.suppress(ValueError):
            journal.gone(f"{RUN}-{group}")
    kept = journal.entries()

    assert journal.damage == (f"line 11 is {TORN}",)
    assert all(entry.state.settled for entry in kept)
    assert finish(journal) is False
    assert only(tmp_path).entries == kept
    assert only(tmp_path).damage == journal.damage


def test_an_end_without_a_line_break(tmp_path, sample):
    """A last line that lacks nothing but its line break is whole."""
    sample.write_bytes(sample.read_bytes()[:-1])
    resume(only(tmp_path)).close()

    assert only(tmp_path).damage == ()
    assert len(lines(sample)) == 12


def test_resumed_after_it_changed(tmp_path, sample):
    """A journal is read anew when it is resumed: what was removed or emptied meanwhile isn't gone on with."""
    before = only(tmp_path)
    finish(resume(before))
    with resume(before) as journal:
        for entry in journal.entries():
            if not entry.state.settled:
                journal.gone(entry.group_id)
        assert journal.entries() != before.entries
        finish(journal)

    with pytest.raises(JournalError, match="isn't there, or not any more"):
        resume(before)
    sample.write_bytes(b"")
    with pytest.raises(JournalError, match="left alone"):
        resume(before)
    assert sample.read_bytes() == b""


def test_replaced_while_it_is_opened(tmp_path, sample, monkeypatch):
    """A file that another cleanup has put in the place of what was opened isn't taken for it; nothing is written."""
    before = only(tmp_path)
    data = sample.read_bytes()

    def lock(path, descriptor):
        path.rename(tmp_path / "old")
        path.write_bytes(data)

    monkeypatch.setattr(module, "_lock", lock)
    with pytest.raises(JournalError, match="was changed meanwhile: it is left alone"):
        resume(before)

    assert sample.read_bytes() == (tmp_path / "old").read_bytes() == data


# Two processes.


@pytest.mark.skipif(module.fcntl is None, reason="there are no locks there")
def test_a_run_that_is_going_on(tmp_path, monkeypatch):
    """A journal that another process holds is seen to be open, and can't be resumed until that process has ended."""
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.05)
    code = BEGIN + "journal.creating('a', 'b')\nprint('written', flush=True)\nsys.stdin.read()"
    with child(code, tmp_path) as process:
        process.stdout.readline()
        one = only(tmp_path)
        with pytest.raises(JournalError, match="is held by another process"):
            resume(one)
        process.kill()

    assert (one.open, one.damage, states(one.entries)) == (True, (), {"a": "creating"})
    assert only(tmp_path).open is False
    with resume(only(tmp_path)) as journal:
        assert only(tmp_path).open is True
        assert states(journal.entries()) == {"a": "unknown"}


@pytest.mark.skipif(module.fcntl is None, reason="there are no locks there")
def test_a_line_that_is_being_written(tmp_path):
    """Part of a line is no damage while its run is going on; before its first line, nor is an empty file."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        whole = journal.path.read_bytes()
        journal.path.write_bytes(whole + b'{"mac":"')
        assert (only(tmp_path).damage, only(tmp_path).open) == ((), True)
        journal.path.write_bytes(b"")
        assert (only(tmp_path).damage, only(tmp_path).open) == ((), True)


@pytest.mark.parametrize("lockable", ["no module", "no locks"])
def test_where_nothing_can_be_locked(tmp_path, monkeypatch, lockable):
    """Without locks everything works but that a run can't be seen to be going on."""
    if lockable == "no module":
        monkeypatch.setattr(module, "fcntl", None)
    else:

        def flock(descriptor, operation):
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(module.fcntl, "flock", flock)
    with Journal.begin(tmp_path, RUN, ACCOUNT):
        assert only(tmp_path).open is False
    with resume(only(tmp_path)) as journal:
        assert finish(journal) is True


def test_runs_at_once(tmp_path):
    """Processes that begin at once in a new folder agree on a key, and each has a journal of its own."""
    folder = tmp_path / "new"
    code = (
        "sys.stdin.readline()\n"
        + BEGIN
        + "for number in range(20):\n    journal.creating(f'{os.getpid()}-{number}', None)\n"
    )
    processes = [child(code, folder) for _ in range(5)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=30)

    assert [process.returncode for process in processes] == [0] * 5
    assert len(found(folder)) == 5
    for one in found(folder):
        pid = one.path.stem.rpartition("-")[2]
        assert one.damage == ()
        assert set(states(one.entries)) == {f"{pid}-{number}" for number in range(20)}
    assert {each.name for each in folder.iterdir()} == {"key", "journals"}


def test_another_process_makes_the_key(tmp_path, monkeypatch):
    """Whoever comes second takes the key that is there."""
    theirs = secrets.token_bytes(32)

    def link(really, call, source, target):
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, theirs)
        os.close(descriptor)
        really(source, target)

    instead(monkeypatch, "link", link)
    Journal.begin(tmp_path, RUN, ACCOUNT).close()

    assert (tmp_path / "key").read_bytes() == theirs
    assert only(tmp_path).damage == ()
    assert {each.name for each in tmp_path.iterdir()} == {"key", "journals"}


# Files and folders.


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_for_this_user_alone(tmp_path, mask):
    """Nobody else can read or change anything, whatever the umask."""
    before = os.umask(mask)
    try:
        sample = write_sample(tmp_path / "state" / "suite")
    finally:
        os.umask(before)
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "state").rglob("*")}

    assert modes == {
        sample.parent.parent: 0o700,
        sample.parent.parent / "key": 0o600,
        sample.parent: 0o700,
        sample: 0o600,
    }


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o400, 0o700])
def test_a_key_that_others_may_know(tmp_path, sample, mode):
    """A key with other permissions isn't used, neither to write nor to read."""
    (tmp_path / "key").chmod(mode)

    for use in (lambda: found(tmp_path), lambda: Journal.begin(tmp_path, RUN, ACCOUNT)):
        with pytest.raises(JournalError, match=rf"key has mode {mode:04o}: it must be 0600"):
            use()


@pytest.mark.parametrize("length", [0, 31, 33, 1000])
def test_a_key_of_another_length(tmp_path, sample, length):
    """A key that isn't whole isn't used."""
    (tmp_path / "key").write_bytes(bytes(length))

    with pytest.raises(JournalError, match=f"key has {length} bytes, and a key has 32"):
        found(tmp_path)


def test_a_key_of_somebody_else(tmp_path, sample, monkeypatch):
    """A key that belongs to another user isn't used."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(JournalError, match="belongs to another user"):
        found(tmp_path)


def test_a_key_that_is_no_file(tmp_path, sample):
    """A link in the key's place isn't followed."""
    (tmp_path / "key").rename(tmp_path / "kept")
    (tmp_path / "key").symlink_to(tmp_path / "kept")

    with pytest.raises(JournalError, match="key can't be read; it is a symbolic link"):
        found(tmp_path)


def test_two_journals_of_one_name(tmp_path, monkeypatch):
    """A journal that is there already isn't written to."""
    monkeypatch.setattr(module, "_now", lambda: 1_700_000_000.0)
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        before = journal.path.read_bytes()
        with pytest.raises(JournalError, match="can't be made; it is there already"):
            Journal.begin(tmp_path, RUN, ACCOUNT)

        assert journal.path.read_bytes() == before


@pytest.mark.parametrize("run", ["", "a/b", "..", "a b", "中", "a\n", "x" * 65])
def test_no_name_for_a_run(tmp_path, run):
    """A run's salt is part of a file's name, so that it can't be anything."""
    with pytest.raises(ValueError, match="can't stand in a file's name"):
        Journal.begin(tmp_path, run, ACCOUNT)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path):
    """A file where the folder should be is told in one sentence."""
    (tmp_path / "state").write_text("")

    with pytest.raises(JournalError, match="can't be made; part of the path is no folder"):
        Journal.begin(tmp_path / "state", RUN, ACCOUNT)
    with pytest.raises(JournalError, match="can't be read; part of the path is no folder"):
        found(tmp_path / "state")


def test_no_permission(tmp_path):
    """A folder that may not be written to is told in one sentence, by a process that isn't root."""
    tmp_path.chmod(0o500)
    code = (
        "if os.geteuid() == 0:\n    os.setuid(65534)\n"
        "try:\n    Journal.begin(Path(sys.argv[1]), 'child', Account('e', 'r', 'k'))\n"
        "except JournalError as error:\n    print(error)\n"
    )
    with child(code, tmp_path / "state") as process:
        told = process.stdout.read()
    tmp_path.chmod(0o700)

    assert "can't be made; no permission: let your user read and write there" in told
    assert list(tmp_path.iterdir()) == []


def test_a_journal_error_is_the_suites_own():
    """It ends a run with the suite's exit code, and its one sentence is shown."""
    assert issubclass(JournalError, SuiteError)
    assert JournalError.exit_code == 3


def test_state_folder(tmp_path, monkeypatch):
    """XDG_STATE_HOME counts if it is a full path, else the home folder's usual place."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = tmp_path / ".local" / "state" / "iai-conformance"

    assert state_folder({"XDG_STATE_HOME": "/var/state"}) == Path("/var/state/iai-conformance")
    assert state_folder({"XDG_STATE_HOME": "relative"}) == usual
    assert state_folder({"XDG_STATE_HOME": ""}) == usual
    assert state_folder({}) == usual


def test_no_home(monkeypatch):
    """Where no home folder is known it is said what to set."""

    def fail(self):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", fail)

    with pytest.raises(JournalError, match="set XDG_STATE_HOME"):
        state_folder({})


def test_key_digest():
    """A SecretId's digest is short, always the same, and not that of another."""
    digest = key_digest("AKIDEXAMPLE")

    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")
    assert digest == key_digest("AKIDEXAMPLE") != key_digest("AKIDEXAMPLF")
