"""Journals of earlier versions, written by their own code: read, and finished by `cleanup`."""

import fcntl
import json
from pathlib import Path

import pytest

from conformance.live.journal import AccountIdentity, JournalError, finish, key_digest, list_journals, resume
from tests.command import command
from tests.journals import only, states
from tests.key_pair import CREDENTIALS
from tests.stand_in import StandIn

OLD = Path(__file__).parent / "data" / "old_journals"
WHOLE, TORN = sorted(OLD.iterdir())
# The digest of the key with which they were written.
WRITERS = b"325579e6dc4d"
ACCOUNT = AccountIdentity("https://iai.tencentcloudapi.com", "ap-guangzhou", key_digest(CREDENTIALS.secret_id.reveal()))


def put(path, folder):
    """Copy a journal to where an earlier version had it, as one of the tests' key pair; its new path."""
    (folder / "journals").mkdir(parents=True, exist_ok=True)
    there = folder / "journals" / path.name
    there.write_bytes(path.read_bytes().replace(WRITERS, ACCOUNT.key.encode()))
    return there


def test_what_an_old_journal_says(tmp_path):
    """Names, times, states and the account are those that were written."""
    path = put(WHOLE, tmp_path)
    one = only(tmp_path)

    assert (one.path, one.run, one.account, one.damage, one.open) == (path, "confabcde", ACCOUNT, "", False)
    assert [(each.group_id, each.names, each.since, str(each.state)) for each in one.entries] == [
        ("confabcdeaaaae", ("confabcdeaaaae",), 1699999016.25, "creating"),
        ("confabcdeaaaad", (), 1699999012.25, "unknown"),
        ("confabcdeaaaac", ("confabcdeaaaac",), 1699999005.25, "created"),
        ("confabcdeaaaaa", ("confabcdeaaaaa", "confabcderenamed"), 1699999001.25, "created"),
        ("\ud83d\ude00", ("中 \ud83d\ude00",), 1699999014.25, "refused"),
        ("7", ("seven",), 1699999007.25, "refused"),
        ("confabcdeaaaab", ("confabcdeaaaab",), 1699999003.25, "deleted"),
    ]


def test_a_torn_last_line(tmp_path):
    """What a torn line was to announce was never sent: nothing is lost by it."""
    put(TORN, tmp_path)
    one = only(tmp_path)

    assert not TORN.read_bytes().endswith(b"\n")
    assert one.damage == ""
    assert {"confbcdefaaaad", "confbcdefaaaac"} < states(one.entries).keys()
    assert "confbcdefaaaae" not in states(one.entries)


@pytest.mark.parametrize("path", [WHOLE, TORN])
def test_an_old_journal_is_gone_on_with(tmp_path, path):
    """It is removed once all is settled, and else left as it is."""
    there = put(path, tmp_path)
    before = there.read_bytes()
    journal = resume(only(tmp_path))
    unsettled = [each.group_id for each in journal.entries() if not each.state.settled]
    journal.left(unsettled.pop(), "why")
    assert "creating" not in states(journal.entries()).values()
    for group_id in unsettled:
        journal.deleting(group_id)
        journal.deleted(group_id)

    assert finish(journal) is False
    assert there.read_bytes() == before
    journal = resume(only(tmp_path))
    for entry in journal.entries():
        journal.gone(entry.group_id)
    assert finish(journal) is True
    assert list_journals(tmp_path) == ()


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff" * 40,
        b'{"mac":"97c0',
        b"[" * 100_000,
        b"7",
        {"group": 7},
        {"group": None},
        {"group": ["a", 7]},
        {"time": "now"},
        {"time": float("nan")},
        {"event": "exploding"},
        {"account": ["e", "r", "k"]},
        {"account": None},
    ],
)
def test_a_damaged_line(tmp_path, damage):
    """A line that can't be read is told in one sentence, the others are used; the file is kept."""
    there = put(WHOLE, tmp_path)
    lines = WHOLE.read_bytes().splitlines()
    if isinstance(damage, dict):
        damage = json.dumps({**json.loads(lines[1]), **damage}).encode()
    data = b"\n".join([*lines[:1], damage, *lines[2:], b""])
    there.write_bytes(data)
    one = only(tmp_path)
    journal = resume(one)
    for entry in journal.entries():
        journal.gone(entry.group_id)

    assert one.damage == (
        "it is damaged, 16 of its notes can be read: look in the account for other groups that were created "
        "since its name says, in UTC, then remove the file"
    )
    assert "confabcdeaaaac" in states(one.entries)
    assert "confabcdeaaaaa" not in states(one.entries)
    assert finish(journal) is False
    assert there.read_bytes() == data


@pytest.mark.parametrize("data", [b"", b"\n", b"Dear diary\n", b"\0" * 5000])
def test_no_line_at_all(tmp_path, data):
    """What has no line of a journal is told, and never gone on with."""
    put(WHOLE, tmp_path).write_bytes(data)
    one = only(tmp_path)

    assert (one.account, one.entries) == (None, ())
    assert one.damage.startswith("it is damaged, 0 of its notes can be read")
    with pytest.raises(JournalError, match="can't be opened; it is damaged"):
        resume(one)


def test_an_old_run_that_goes_on(tmp_path):
    """A run of an earlier version keeps its journal locked: it is left alone."""
    there = put(WHOLE, tmp_path)
    before = only(tmp_path)
    with there.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert (only(tmp_path).open, only(tmp_path).entries) == (True, ())
        with pytest.raises(JournalError, match="another run or cleanup holds it"):
            resume(before)
    assert only(tmp_path).open is False


def test_cleanup_finishes_old_journals(tmp_path):
    """Exactly the groups that they name are deleted, if they have the name and are no older; then they are removed."""
    with StandIn(tmp_path / "stand-in") as stand_in:
        state = tmp_path / "stand-in" / "state" / "iai-conformance"
        for path in (WHOLE, TORN):
            put(path, state)
        foreign = {"7": "seven", "confabcdeaaaab": "somebody else's", "Employees": "Employees"}
        ours = {"confabcdeaaaaa": "confabcderenamed", "confabcdeaaaac": "confabcdeaaaac"}
        ours |= {"confabcdeaaaae": "confabcdeaaaae", "confbcdefaaaac": "confbcdefaaaac"}
        stand_in.service.populate(*foreign.items(), *ours.items())
        with stand_in.here():
            done = command("cleanup", "--yes")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "'confabcdeaaaab' is left: it has another name than the journal says" in done.stdout
    assert {id_: group.name for id_, group in stand_in.service.account.groups.items()} == foreign
    assert sorted(stand_in.service.asked("DeleteGroup")) == sorted(ours)
    assert [each.name for each in (state / "journals").iterdir()] == [WHOLE.name]
