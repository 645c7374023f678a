"""Live runs, tried against a stand-in under the real name: nothing is left behind, nothing foreign is touched."""

import contextlib
import errno
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from dataclasses import replace
from unittest import mock

import pytest

from conformance.contract import CODES, CodeKind
from conformance.live.journal import JournalError, list_journals, resume
from conformance.recording.reader import load
from tests.command import command
from tests.stand_in import CREDENTIALS, HOST, ConnectProxy, Service, StandIn, no_sockets, python

LIVE = ("run", "--target", "live", "--yes")
FOREIGN = [("Employees", "员工库"), ("conf-but-not-ours", "conf"), ("abc", "Zhang San"), ("a1", "a1")]
FEW = ("--only", "GroupId.*", "--level", "parameters,state")


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path):
    with StandIn(tmp_path / "stand-in") as stand_in:
        stand_in.service.populate(*FOREIGN)
        yield stand_in


def foreign_only(service):
    """Whether nothing but the groups of somebody else is there, as they were."""
    return {id_: group.name for id_, group in service.account.groups.items()} == dict(FOREIGN)


def only_its_own_were_deleted(service):
    """Whether every group that was deleted or renamed had been asked for before, and is nobody else's."""
    created = {id_ for id_ in service.asked("CreateGroup") if isinstance(id_, str)}
    changed = {*service.asked("DeleteGroup"), *service.asked("ModifyGroup")}
    unused = {each for each in changed if each not in created}
    return len(unused) <= 1 and not changed & {id_ for id_, _ in FOREIGN}  # one id that nobody has is tried first


# --- The whole path ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="recorded")
def _recorded(tmp_path_factory):
    """A live run of the whole list, recorded: the stand-in, the folder, how the command ended, its report."""
    folder = tmp_path_factory.mktemp("live")
    with StandIn(folder / "stand-in") as stand_in:
        stand_in.service.populate(*FOREIGN)
        with stand_in.here():
            done = command(
                "record", "--target", "live", "--yes", "--to", str(folder / "cassettes"), "--json",
                str(folder / "report.json"),
            )  # fmt: skip
        yield stand_in, folder / "cassettes", done, json.loads((folder / "report.json").read_text())


def test_a_live_run_conforms_and_leaves_nothing(recorded):
    """The stand-in conforms; each group that was created is deleted, no other; the report counts them."""
    stand_in, _, done, report = recorded
    created = {id_ for id_ in stand_in.service.asked("CreateGroup") if isinstance(id_, str)}

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert foreign_only(stand_in.service)
    assert only_its_own_were_deleted(stand_in.service)
    assert report["groups"]["created"] == report["groups"]["deleted"] > 200
    assert report["groups"]["left"] == []
    assert abs(report["requests"] - len(stand_in.service.seen)) <= 3  # the server itself answers some
    assert stand_in.journals == []
    assert sum(id_.startswith("conf") for id_ in created) > 0.8 * len(created)


def test_the_plan_comes_first(recorded):
    """What a run would send, create and delete is said before; and it is about what comes."""
    stand_in, _, done, report = recorded

    assert done.stdout.startswith("a live run of the profile smoke against iai.tencentcloudapi.com:")
    assert abs(report["groups"]["created"] - int(done.stdout.partition("creates   some ")[2].split()[0])) < 10
    assert abs(len(stand_in.service.seen) - 2 - 2 * report["groups"]["created"]) < 600


def test_a_recording_gives_the_same_verdicts(recorded, tmp_path):
    """Judged offline, with sockets forbidden: clause by clause, reading by reading, case by case the same."""
    _, cassettes, _, live = recorded
    with no_sockets():
        done = command("run", "--target", f"cassette:{cassettes}", "--json", str(tmp_path / "report.json"))
    offline = json.loads((tmp_path / "report.json").read_text())

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    for key in ("verdict", "clauses", "readings", "codes", "cases", "groups_created", "throttled"):
        told, told_live = offline[key], live[key]
        if key == "cases":  # what wasn't recorded for want of a small account comes last
            told, told_live = ({each["id"]: each["departures"] for each in found} for found in (told, told_live))
        assert told == told_live, key


def test_a_stand_in_is_called_one(recorded):
    """It has the real name, and TLS; but no public authority signed its certificate, so nothing calls it live."""
    _, cassettes, _, _ = recorded
    provenance = load(cassettes).provenance

    assert (provenance.kind, provenance.endpoint) == ("stand-in", f"https://{HOST}")
    assert provenance.certificate.fingerprint
    assert "trustme" in provenance.certificate.issuer
    assert {each.stem for each in cassettes.iterdir()} >= {
        "GroupName",
        "GroupId",
        "State",
        "Authentication",
        "Protocol",
    }


def test_nothing_secret_is_written(recorded):
    """No key, no foreign group, no signature in any file of the recording, nor in what the terminal shows."""
    _, cassettes, done, report = recorded
    text = "".join(each.read_text() for each in cassettes.iterdir()) + done.stdout + done.stderr + json.dumps(report)

    for secret in (CREDENTIALS.secret_id, CREDENTIALS.secret_key, "Employees", "conf-but-not-ours", "Zhang San"):
        assert secret not in text
    assert "SCRUBBED" in text


# --- Who isn't let in --------------------------------------------------------------------------------------

STANDING = [each.code for each in CODES.values() if each.kind is CodeKind.ACCOUNT_STANDING]
REFUSALS = [
    "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureFailure", "AuthFailure.TokenFailure",
    "AuthFailure.SignatureExpire", "AuthFailure.InvalidSecretId", "RequestLimitExceeded",
    "FailedOperation.RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded", *STANDING,
]  # fmt: skip


@pytest.mark.parametrize("action", ["GetGroupList", "CreateGroup", None])
@pytest.mark.parametrize("code", REFUSALS)
def test_an_account_that_cant_be_used(stand_in, action, code):
    """One sentence, exit code 3, three requests at most, and nothing created or left."""
    for each in (action,) if action else ("GetGroupList", "CreateGroup", "DeleteGroup", "GetGroupInfo"):
        stand_in.service.answers[each] = (code,)
    with stand_in.here():
        done = command(*LIVE)

    assert done.returncode == 3, done.stdout + done.stderr
    assert code in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(stand_in.service.seen) <= 3
    assert foreign_only(stand_in.service)


def test_a_wrong_key(stand_in):
    """A key that isn't the account's is told as such."""
    with stand_in.here(TENCENTCLOUD_SECRET_KEY="wrong"):
        done = command(*LIVE)

    assert (done.returncode, len(stand_in.service.seen)) == (3, 1)
    assert "refuses the credentials: AuthFailure.SignatureFailure" in done.stderr
    assert "wrong" not in done.stderr


def test_no_key(stand_in):
    """Without credentials nothing is sent, and it is said where they are looked for."""
    with stand_in.here(TENCENTCLOUD_SECRET_ID=None, TENCENTCLOUD_SECRET_KEY=None):
        done = command(*LIVE)

    assert (done.returncode, stand_in.service.seen) == (3, [])
    assert "~/.tencentcloud/credentials" in done.stderr


def test_the_vendors_credential_file(stand_in):
    """Where the environment has no pair, that of the vendor's own file is taken."""
    folder = stand_in.folder / ".tencentcloud"
    folder.mkdir()
    pair = f"secret_id={CREDENTIALS.secret_id}\nsecret_key={CREDENTIALS.secret_key}\n"
    (folder / "credentials").write_text(f"[default]\n{pair}")
    with stand_in.here(TENCENTCLOUD_SECRET_ID=None, TENCENTCLOUD_SECRET_KEY=None):
        done = command(*LIVE, "--max-requests", "3")

    assert done.returncode == 5, done.stderr
    assert "CreateGroup" in {action for action, _ in stand_in.service.seen}


def test_temporary_credentials(tmp_path):
    """A token is sent, and is in no file; the recording is judged like any other."""
    service = Service(credentials=replace(CREDENTIALS, token="AVeryTemporaryTokenOfNobody0123456789"))
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"), *FEW)
        offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}", *FEW)

    assert (done.returncode, offline.returncode) == (0, 0), done.stdout + done.stderr
    assert "AVeryTemporaryToken" not in "".join(each.read_text() for each in (tmp_path / "rec").iterdir())
    assert load(tmp_path / "rec").provenance.token is True


@pytest.mark.parametrize("code", ["AuthFailure.UnauthorizedOperation", "UnauthorizedOperation"])
def test_who_may_not_delete_creates_nothing(stand_in, code):
    """A key pair that couldn't clean up is refused before anything is created."""
    stand_in.service.answers["DeleteGroup"] = (code,)
    with stand_in.here():
        done = command(*LIVE)

    assert (done.returncode, stand_in.service.asked("CreateGroup")) == (3, [])
    assert "iai:DeleteGroup" in done.stderr


def test_who_may_not_list_can_be_judged(stand_in):
    """Listing groups is a convenience: what isn't allowed there doesn't end the run."""
    stand_in.service.answers["GetGroupList"] = ("AuthFailure.UnauthorizedOperation",)
    with stand_in.here():
        done = command(*LIVE, *FEW)

    assert done.returncode == 0, done.stdout + done.stderr
    assert foreign_only(stand_in.service)


@pytest.mark.parametrize("code", ["AuthFailure.TokenFailure", "ResourceUnavailable.InArrears"])
def test_an_account_that_stops_serving(stand_in, code):
    """A token that expires during the run, or money that is spent, is no departure of the service's."""
    service = stand_in.service
    service.on_request = lambda number: service.answers.update(CreateGroup=(code,)) if number == 30 else None
    with stand_in.here():
        done = command(*LIVE)

    assert done.returncode == 3, done.stdout[-1500:]
    assert f"{code}" in done.stderr
    assert "since request" in done.stderr
    assert foreign_only(service)


# --- Consent and bounds ------------------------------------------------------------------------------------


def test_a_dry_run_sends_nothing(stand_in):
    """The plan is printed, and that is all; it needs no key."""
    with stand_in.here(TENCENTCLOUD_SECRET_ID=None, TENCENTCLOUD_SECRET_KEY=None):
        done = command("run", "--target", "live", "--dry-run")

    assert (done.returncode, stand_in.service.seen) == (0, [])
    assert "creates   some" in done.stdout


@pytest.mark.parametrize("answer", ["", "n\n", "no\n", "y\n"])
def test_consent_is_asked_for_on_a_terminal(stand_in, answer):
    """Only a yes sends anything."""
    terminal = mock.Mock(isatty=lambda: True, readline=lambda: answer)
    with stand_in.here(), mock.patch("sys.stdin", terminal):
        done = command("run", "--target", "live", "--max-requests", "2")

    assert bool(stand_in.service.seen) == (answer == "y\n")
    assert done.returncode == (5 if answer == "y\n" else 0)


def test_nobody_can_be_asked(stand_in):
    """Without a terminal and without --yes nothing is sent: wrong usage."""
    with stand_in.here(), mock.patch("sys.stdin", mock.Mock(isatty=lambda: False)):
        done = command("run", "--target", "live")

    assert (done.returncode, stand_in.service.seen) == (4, [])


@pytest.mark.parametrize("groups", [0, 1, 7])
def test_max_groups_is_hard(stand_in, groups):
    """Never more groups than allowed are created, at once or one after the other."""
    with stand_in.here():
        done = command(*LIVE, "--max-groups", str(groups))

    assert len(stand_in.service.asked("CreateGroup")) >= groups
    deleted, left = map(int, re.findall(r"(\d+) deleted, (\d+) left", done.stdout)[0])
    assert left == 0
    assert groups - 1 <= deleted <= groups  # a connection that ended under a creation leaves one in doubt
    assert done.returncode == 5
    assert foreign_only(stand_in.service)


def test_max_requests_is_hard(stand_in):
    """Never more requests than allowed are sent to be judged; looking and deleting come on top."""
    with stand_in.here():
        command(*LIVE, "--max-requests", "25")

    judged = [each for each in stand_in.service.seen if each[0] == "CreateGroup"]
    assert len(judged) <= 25
    assert foreign_only(stand_in.service)


def test_the_rate(stand_in):
    """So many requests a second, and no more; whoever wants more than the service takes is told."""
    with stand_in.here():
        fast = command(*LIVE, "--rate", "51")
    started = time.monotonic()
    done = subprocess.run(
        python(*LIVE, "--rate", "10", "--max-requests", "10"),
        env=stand_in.environment,
        capture_output=True,
        check=False,
    )
    taken = time.monotonic() - started

    assert fast.returncode == 4
    assert done.returncode == 5
    assert taken > (len(stand_in.service.seen) - 1) / 10


def test_throttling_is_waited_for_and_counted(stand_in, tmp_path):
    """What is throttled is sent again, signed anew, and counted; from the recording it is judged the same."""
    service = stand_in.service
    service.on_request = lambda number: (
        service.answers.update(CreateGroup=["RequestLimitExceeded"] * 2) if number in {20, 40} else None
    )
    with stand_in.here():
        done = command(
            "record",
            "--target",
            "live",
            "--yes",
            "--to",
            str(tmp_path / "rec"),
            "--json",
            str(tmp_path / "live.json"),
            *FEW,
        )
        command("run", "--target", f"cassette:{tmp_path / 'rec'}", "--json", str(tmp_path / "offline.json"), *FEW)
    live, offline = (json.loads((tmp_path / f"{each}.json").read_text()) for each in ("live", "offline"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert (live["throttled"], offline["throttled"]) == (4, 4)
    assert live["clauses"] == offline["clauses"]
    assert foreign_only(service)


# --- The network -------------------------------------------------------------------------------------------


def test_an_unknown_authority(stand_in):
    """TLS is always verified."""
    with stand_in.here(REQUESTS_CA_BUNDLE=None):
        done = command(*LIVE)

    assert (done.returncode, stand_in.service.seen) == (3, [])
    assert "can't be verified" in done.stderr


def test_netrc_replaces_no_signature(stand_in):
    """An entry for the host in .netrc is not for this suite."""
    (stand_in.folder / ".netrc").write_text(f"machine {HOST} login me password secret\n")
    with stand_in.here():
        done = command(*LIVE, *FEW)

    assert done.returncode == 0, done.stderr


def test_through_a_proxy(stand_in):
    """HTTPS_PROXY is used, NO_PROXY heeded; what needs a connection of its own isn't seen then."""
    with ConnectProxy(stand_in.port) as proxy:
        with stand_in.here(HTTPS_PROXY=proxy.url):
            done = command(*LIVE)
        asked = list(proxy.asked)
        with stand_in.here(HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY=".tencentcloudapi.com"):
            without = command(*LIVE, *FEW)
        with stand_in.here(HTTPS_PROXY="http://127.0.0.1:1"):
            refused = command(*LIVE)

    assert (done.returncode, set(asked)) == (0, {f"{HOST}:443"}), done.stdout[-900:] + done.stderr
    assert "✓ connection" not in done.stdout
    assert without.returncode == 0, without.stderr
    assert refused.returncode == 3
    assert "proxy" in refused.stderr
    assert foreign_only(stand_in.service)


@pytest.mark.parametrize(
    "words",
    [("--endpoint", "iai.ap-guangzhou.tencentcloudapi.com"), ("--region", "ap-shanghai")],
)
def test_another_region(stand_in, words):
    """Another host of the service, and another region, are taken where they are named."""
    with stand_in.here():
        done = command(*LIVE, *FEW, *words)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_url_of_the_service_is_live(stand_in):
    """Whoever writes the service's URL means the service: with consent, journal and cleaning up."""
    with stand_in.here():
        refused = command("run", "--target", f"https://{HOST}")
        done = command("run", "--target", f"https://{HOST}", "--yes", *FEW)

    assert refused.returncode == 4
    assert done.returncode == 0, done.stderr
    assert foreign_only(stand_in.service)


def test_a_call_by_hand_cleans_up(stand_in):
    """Requests by hand to a live account need consent, and leave nothing either."""
    step = '{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}'
    with stand_in.here():
        refused = command("call", "--target", "live", step)
        done = command("call", "--target", "live", "--yes", step)

    assert (refused.returncode, done.returncode) == (4, 0), done.stderr
    assert "1 group deleted, 0 left" in done.stdout
    assert foreign_only(stand_in.service)


# --- Doubt and trouble -------------------------------------------------------------------------------------


def test_a_creation_in_doubt_is_looked_up(stand_in):
    """A group that was made though an error was answered is found, and deleted."""
    stand_in.service.breaks = 3
    with stand_in.here():
        done = command(*LIVE, *FEW)

    assert foreign_only(stand_in.service), done.stdout
    assert stand_in.journals == [], done.stdout
    assert stand_in.service.asked("GetGroupInfo")


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
        ids = [each for each in service.account.groups if each.startswith("conf") and each not in dict(FOREIGN)]
        if len(service.seen) == 10 and ids:
            group = service.account.groups.pop(ids[-1])
            group.group_id = "elsewhere"
            service.account.groups["elsewhere"] = group
        return answer

    service.handle = renaming
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "8")

    assert "elsewhere" in service.account.groups
    assert "elsewhere: it carries this run's letters" in done.stdout
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
        service.answers.update(DeleteGroup=("FailedOperation.ServerError",)) if number == 20 else None
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


def test_a_large_account(tmp_path):
    """Groups that are there are read page by page, once before and once after; none of them is touched."""
    with StandIn(tmp_path / "stand-in") as stand_in:
        many = [(f"group-{number}", f"name-{number}") for number in range(2300)]
        stand_in.service.populate(*many)
        with stand_in.here():
            done = command(*LIVE, "--max-requests", "5")

        assert [action for action, _ in stand_in.service.seen].count("GetGroupList") == 3 + 3
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
    """An answer that would bring a secret into a file, however it hides it, ends the recording, and removes it."""
    import base64

    hidden = base64.b64encode(f"key {CREDENTIALS.secret_key}".encode()).decode()
    service, handle = stand_in.service, stand_in.service.handle

    def leaking(http):
        answer = handle(http)
        if len(service.seen) < 20:
            return answer
        return replace(answer, body=re.sub(rb'"RequestId": "[^"]*"', f'"RequestId": "{hidden}"'.encode(), answer.body))

    service.handle = leaking
    with stand_in.here():
        done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"))

    assert done.returncode == 3, done.stdout[-500:]
    assert "a secret would stand in" in done.stderr
    assert CREDENTIALS.secret_key not in done.stdout + done.stderr
    assert not (tmp_path / "rec").exists()
    assert foreign_only(service)


# --- Killed ------------------------------------------------------------------------------------------------


def started(stand_in, *words, requests):
    """A live run in a process of its own, once so many requests have come."""
    process = subprocess.Popen(
        python(*words), env=stand_in.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while len(stand_in.service.seen) < requests and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(stand_in, tmp_path, number):
    """After Ctrl-C, or SIGTERM, everything is deleted; the recording says that it ended early."""
    words = ("record", "--target", "live", "--yes", "--rate", "50", "--to", str(tmp_path / "rec"))
    process = started(stand_in, *words, requests=40)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 2, out + err
    assert "interrupted" in err
    assert "0 left" in out
    assert foreign_only(stand_in.service)
    assert stand_in.journals == []
    assert any("interrupted" in note for note in load(tmp_path / "rec").notes)


@pytest.mark.parametrize("requests", [3, 17, 60])
def test_killed(stand_in, tmp_path, requests):
    """After kill -9 the journal names what may be there; cleanup deletes exactly that; the recording is readable."""
    words = ("record", "--target", "live", "--yes", "--rate", "50", "--to", str(tmp_path / "rec"))
    process = started(stand_in, *words, requests=requests)
    process.kill()
    process.communicate(timeout=30)
    time.sleep(0.2)  # what was sent at the last moment arrives
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


def test_a_run_that_goes_on_is_left_alone(stand_in):
    """Cleanup doesn't take away the groups of a run that still uses them."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=20)
    with stand_in.here():
        done = command("cleanup", "--yes")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)

    assert "still going on" in done.stdout
    assert foreign_only(stand_in.service)


def test_a_journal_that_names_foreign_groups(stand_in):
    """Groups of somebody else stay, whatever a journal says: they were there before it began."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=10)
    process.kill()
    process.communicate(timeout=30)
    (left,) = list_journals(stand_in.journals[0].parent.parent)
    with resume(left) as journal:
        for group_id, name in FOREIGN:
            journal.creating(group_id, name)
    with stand_in.here():
        done = command("cleanup", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert foreign_only(stand_in.service)
    assert set(dict(FOREIGN)) <= set(stand_in.service.asked("GetGroupInfo"))
    assert not set(dict(FOREIGN)) & set(stand_in.service.asked("DeleteGroup"))


def test_a_damaged_journal(stand_in):
    """What can be read of it is deleted, what carries the run's letters besides is told; the file is kept."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=20)
    process.kill()
    process.communicate(timeout=30)
    (path,) = stand_in.journals
    ours = [each for each in stand_in.service.account.groups if each not in dict(FOREIGN)]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE notes SET group_id = ? WHERE group_id = ?", (b"Employees", ours[0].encode()))
    with stand_in.here():
        done = command("cleanup", "--yes")

    assert done.returncode == 1
    assert f"! {path}: it is damaged" in done.stdout
    assert f"{ours[0]!r} is left: it carries this run's letters" in done.stdout
    assert set(stand_in.service.account.groups) == {*dict(FOREIGN), ours[0]}
    assert "Employees" not in {*stand_in.service.asked("GetGroupInfo"), *stand_in.service.asked("DeleteGroup")}
    assert stand_in.journals == [path]


@pytest.mark.parametrize("change", ["name", "created"])
def test_a_group_that_isnt_the_journals(stand_in, change):
    """A group with a journalled id, but another name or an older date, is somebody else's: it is left."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=8)
    process.kill()
    process.communicate(timeout=30)
    time.sleep(0.2)
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
            done = command(
                "record", "--target", "live", "--yes", "--timeout-seconds", "1", "--to", str(tmp_path / "rec")
            )
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


def test_where_things_are_kept(stand_in):
    """The journal is readable by its user alone."""
    process = started(stand_in, *LIVE, "--rate", "50", requests=8)
    process.kill()
    process.communicate(timeout=30)
    (journal,) = stand_in.journals

    assert journal.stat().st_mode & 0o077 == 0
    assert journal.parent.stat().st_mode & 0o077 == 0
    assert CREDENTIALS.secret_id.encode() not in journal.read_bytes()
