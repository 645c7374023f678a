"""Journals on full disks, and damaged ones: one sentence each, and never a group that wasn't noted."""

import contextlib
import json
import os
import resource
import sqlite3
import time
from unittest import mock

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.messages import Exchange, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode
from conformance.live import database
from conformance.live.journal import Journal, JournalError, finish, resume
from conformance.live.journalled import JournalledTarget
from tests.command import command
from tests.journals import ACCOUNT, RUN, UNFLUSHED, only, states, write_sample
from tests.stand_in import no_sockets

HINT = "look in the account for other groups that were created since its name says, in UTC, then remove the file"


@pytest.fixture(autouse=True)
def _unflushed(monkeypatch):
    """Nothing is flushed to the disk."""
    monkeypatch.setattr(database, "_FLUSHING", UNFLUSHED)


@pytest.fixture(name="sample")
def _sample(tmp_path):
    return write_sample(tmp_path)


# --- Full disks --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def file_size(limit):
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def page_count(journal, limit):
    """The disk has room for so many pages."""
    journal._connection.execute(f"PRAGMA max_page_count = {limit}")
    yield
    journal._connection.execute("PRAGMA max_page_count = 1000000")


class Answering:
    """A target that takes every creation; `sent` has their ids."""

    name, alone, sender = "t", False, Sender("https://iai.example.com", "ap-guangzhou", EXAMPLE_CREDENTIALS)

    def __init__(self):
        self.sent = []

    def send(self, http):
        """Success, whatever is asked."""
        self.sent.append(json.loads(http.body)["GroupId"])
        answer = HttpResponse(200, (("Content-Type", "application/json"),), b'{"Response": {"RequestId": "r"}}')
        return Exchange(http, answer)


@pytest.mark.parametrize(
    ("full", "sentence"),
    [("pages", "the disk is full: make room there"), ("bytes", "the disk fails, or takes no more")],
)
def test_a_full_disk(tmp_path, full, sentence):
    """One sentence says what to do; nothing was sent that isn't noted; once there is room it goes on."""
    target = Answering()
    journal = Journal.begin(tmp_path, RUN, ACCOUNT)
    journalled = JournalledTarget(target, journal)

    def send(number):
        request = Request.of({"GroupId": f"{RUN}{number}", "GroupName": "name" * 50}, "CreateGroup")
        journalled.send(encode(request, target.sender, Form.JSON, int(time.time())))

    with page_count(journal, 5) if full == "pages" else file_size(5 * 4096):
        for number in range(1000):
            try:
                send(number)
            except JournalError as error:
                told = str(error)
                break
        before = list(target.sent)
    noted = {each.group_id for each in journal.entries()}
    send("later")
    journal.close()
    one = only(tmp_path)

    assert told.startswith(f"{one.path} can't be written; {sentence}")
    assert "\n" not in told
    assert 5 < len(before) < 100
    assert set(before) == noted
    assert {each.group_id for each in one.entries} == {*before, f"{RUN}later"}
    assert one.damage == ""


def test_what_has_happened_is_known_even_unwritten(tmp_path):
    """An answer that can't be written holds in memory: a cleanup in the same process goes by it."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        journal.creating("a", "x")
        with page_count(journal, 1), pytest.raises(JournalError):
            journal.left("a", "y" * 10_000)
        with page_count(journal, 1), pytest.raises(JournalError):
            journal.creating("b", "y" * 10_000)

        assert states(journal.entries()) == {"a": "left"}
    assert states(only(tmp_path).entries) == {"a": "creating"}


def test_what_isnt_flushed_is_taken_back(tmp_path, monkeypatch):
    """A creation that isn't surely on the disk, and so isn't sent, doesn't come into the file later."""
    with Journal.begin(tmp_path, RUN, ACCOUNT) as journal:
        with monkeypatch.context() as patched:
            patched.setattr(database, "flush", mock.Mock(side_effect=sqlite3.OperationalError("disk I/O error")))
            with pytest.raises(JournalError, match="can't be written; disk I/O error: mend that"):
                journal.creating("a", "x")
        journal.creating("b", "y")

        assert states(journal.entries()) == {"b": "creating"}
    assert states(only(tmp_path).entries) == {"b": "creating"}


def test_no_room_to_begin(tmp_path):
    """A journal that can't be begun leaves no file."""
    with file_size(1000), pytest.raises(JournalError, match="can't be made; the disk fails, or takes no more"):
        Journal.begin(tmp_path, RUN, ACCOUNT)

    assert list((tmp_path / "journals").iterdir()) == []


# --- Damage ------------------------------------------------------------------------------------------------


def check_harmless(sample, sound):
    """Whatever became of a journal, what is read of it was written; damage is told in one sentence; it is kept."""
    before = sample.read_bytes()
    one = only(sample.parent.parent)
    written = {each.group_id: each for each in sound.entries}
    for entry in one.entries:
        assert set(entry.names) <= set(written[entry.group_id].names)
        assert entry.since == written[entry.group_id].since
    assert one.account in {None, ACCOUNT}
    assert one.damage or one.entries == sound.entries
    assert one.damage.count("\n") == 0
    if one.account is None:
        with pytest.raises(JournalError, match="can't be opened"):
            resume(one)
    elif one.damage:
        journal = resume(one)
        if journal.entry(f"{RUN}0") is not None:
            journal.gone(f"{RUN}0")
        assert finish(journal) is False
        assert sample.read_bytes() == before
    return one


def test_overwritten_anywhere(sample):
    """Whatever is overwritten, what can be read is used, damage to a note is noticed, and nothing is made up."""
    data, sound = sample.read_bytes(), only(sample.parent.parent)
    ones = []
    # Zeros; a length that no memory has room for; what stood elsewhere.
    for junk in (bytes(64), b"\xff" * 128, data[-200:-100]):
        for place in range(0, len(data), 256):
            sample.write_bytes(data[:place] + junk + data[place + len(junk) :])
            ones.append(check_harmless(sample, sound))

    assert sum(bool(one.damage and one.entries) for one in ones) > 50
    assert sum(not one.entries for one in ones) > 1


def test_cut_anywhere(sample):
    """Wherever a journal is cut, that is noticed, and the notes before are used."""
    data, sound = sample.read_bytes(), only(sample.parent.parent)
    read = []
    for place in range(1, len(data), 256):
        sample.write_bytes(data[:place])
        one = check_harmless(sample, sound)
        read.append(len(one.entries))

        assert one.damage.endswith(f"of its notes can be read: {HINT}") or place < 4096

    assert read == sorted(read)
    assert 0 < read[len(read) // 2] < len(sound.entries)


def rewritten(*statements):
    """Change a journal as a database."""

    def change(path):
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return change


def exchanged(old, new):
    """Change bytes of a journal, wherever they stand."""
    return lambda path: path.write_bytes(path.read_bytes().replace(old, new))


def replaced(make):
    """Put something else in the place of a journal."""

    def change(path):
        path.unlink()
        make(path)

    return change


KINDS = [
    (lambda path: path.write_bytes(b""), "it is empty, since its run ended before it created anything: remove it"),
    (replaced(lambda path: path.mkdir()), "it is no file, but a folder, a link or the like: move it elsewhere"),
    (replaced(os.mkfifo), "it is no file, but a folder, a link or the like: move it elsewhere"),
    (replaced(lambda path: path.symlink_to("/etc/hosts")), "it is no file, but a folder, a link or the like"),
    (replaced(rewritten("CREATE TABLE notes (number)")), "it is another program's database: move it elsewhere"),
    (rewritten("PRAGMA user_version = 3"), "it has version 3, and this suite knows 2: clean up with the suite that"),
    (lambda path: path.write_text("Dear diary,\n" * 100), f"it is damaged, 0 of its notes can be read: {HINT}"),
    (lambda path: os.truncate(path, 8192), "it is damaged, "),
    (exchanged(b"(number", b"(\xff\xff\xff\xff\xff\xff"), f"it is damaged, 0 of its notes can be read: {HINT}"),
    (rewritten("DROP TABLE notes"), f"it is damaged, 0 of its notes can be read: {HINT}"),
    (rewritten("DELETE FROM notes WHERE number = 5"), f"it is damaged, 86 of its notes can be read: {HINT}"),
    (
        rewritten("UPDATE notes SET text = x'61' WHERE number = 5"),
        f"it is damaged, 86 of its notes can be read: {HINT}",
    ),
    (rewritten("UPDATE notes SET event = 1.5"), f"it is damaged, 0 of its notes can be read: {HINT}"),
    (lambda path: path.rename(path.with_name("old.sqlite3")), "its name is no journal's: give it back the one it had"),
]


@pytest.mark.parametrize(("change", "sentence"), KINDS)
def test_each_kind_of_damage(tmp_path, change, sentence):
    """Each is told by `cleanup` in one sentence; nothing is sent, nothing is removed."""
    change(write_sample(tmp_path / "iai-conformance"))
    (there,) = (tmp_path / "iai-conformance" / "journals").iterdir()
    with no_sockets():
        done = command(
            "cleanup", "--yes", XDG_STATE_HOME=str(tmp_path), TENCENTCLOUD_SECRET_ID="AKIDother",
            TENCENTCLOUD_SECRET_KEY="other",
        )  # fmt: skip
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("!")]

    assert told.startswith(f"! {there}: {sentence}")
    assert (done.returncode, done.stderr) == (1, "")
    assert list(there.parent.iterdir()) == [there]


def test_changed_while_it_is_opened(sample):
    """A journal that was removed or destroyed since it was listed isn't gone on with."""
    listed = only(sample.parent.parent)
    sample.write_bytes(b"")
    with pytest.raises(JournalError, match="can't be opened; it is empty"):
        resume(listed)
    assert sample.read_bytes() == b""

    sample.unlink()
    with pytest.raises(JournalError, match="can't be opened; it isn't there any more"):
        resume(listed)
    assert list(sample.parent.iterdir()) == []
