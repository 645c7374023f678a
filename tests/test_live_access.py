"""Who may send what to a live account: credentials, consent, bounds, and the way there."""

import json
import re
import time
from dataclasses import replace
from unittest import mock

import pytest

from conformance.contract import CODES, CodeKind
from conformance.live import pace
from conformance.recording.reader import load
from tests.command import command
from tests.key_pair import CREDENTIALS, TOKEN
from tests.stand_in import (
    FEW,
    HOST,
    LIVE,
    ConnectProxy,
    Service,
    StandIn,
    foreign_only,
)

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
    """One sentence, exit code 3, nothing created or left: three requests at most, and two looks that it is so."""
    for each in (action,) if action else ("GetGroupList", "CreateGroup", "DeleteGroup", "GetGroupInfo"):
        stand_in.service.answers[each] = (code,)
    with stand_in.here():
        done = command(*LIVE)

    assert done.returncode == 3, done.stdout + done.stderr
    assert code in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(stand_in.service.seen) <= 3 + 2
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
    pair = f"secret_id={CREDENTIALS.secret_id.reveal()}\nsecret_key={CREDENTIALS.secret_key.reveal()}\n"
    (folder / "credentials").write_text(f"[default]\n{pair}")
    with stand_in.here(TENCENTCLOUD_SECRET_ID=None, TENCENTCLOUD_SECRET_KEY=None):
        done = command(*LIVE, "--max-requests", "3")
    (folder / "credentials").unlink()  # it's the user's own; nobody else may have written the pair anywhere

    assert done.returncode == 5, done.stderr
    assert "CreateGroup" in {action for action, _ in stand_in.service.seen}


@pytest.mark.slow
def test_temporary_credentials(tmp_path):
    """A token is sent, and is in no file; the recording is judged like any other."""
    service = Service(credentials=replace(CREDENTIALS, token=TOKEN))
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        done = command("record", "--target", "live", "--yes", "--to", str(tmp_path / "rec"), *FEW)
        offline = command("run", "--target", f"cassette:{tmp_path / 'rec'}", *FEW)

    assert (done.returncode, offline.returncode) == (0, 0), done.stdout + done.stderr
    assert TOKEN.reveal() not in "".join(each.read_text() for each in (tmp_path / "rec").iterdir())
    assert load(tmp_path / "rec").provenance.token is True


@pytest.mark.parametrize("code", ["AuthFailure.UnauthorizedOperation", "UnauthorizedOperation"])
def test_who_may_not_delete_creates_nothing(stand_in, code):
    """A key pair that couldn't clean up is refused before anything is created."""
    stand_in.service.answers["DeleteGroup"] = (code,)
    with stand_in.here():
        done = command(*LIVE)

    assert (done.returncode, stand_in.service.asked("CreateGroup")) == (3, [])
    assert "iai:DeleteGroup" in done.stderr


@pytest.mark.slow
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
    """Each request waits for its turn at the rate that was asked for; more than the service takes is refused."""
    with (
        stand_in.here(),
        mock.patch.object(pace, "_rate", wraps=pace._rate) as rate,
        mock.patch.object(pace.Pace, "wait") as waited,
    ):
        fast = command(*LIVE, "--rate", "51")
        done = command(*LIVE, "--rate", "10", "--max-requests", "10")

    assert (fast.returncode, done.returncode) == (4, 5)
    assert rate.mock_calls == [mock.call(10.0)]
    assert waited.call_count >= len(stand_in.service.seen) >= 10


def test_a_pace():
    """So many turns a second, and no burst at the beginning; without a rate nobody waits."""
    steady, free = pace.Pace(100), pace.Pace(None)
    began = time.monotonic_ns()
    steady.wait(12)
    took = time.monotonic_ns() - began
    free.wait(10**9)

    assert took // 10**6 >= 11 * 10 - 1


@pytest.mark.slow
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


@pytest.mark.slow
def test_through_a_proxy(stand_in):
    """HTTPS_PROXY is used, NO_PROXY heeded; what needs a connection of its own isn't seen then."""
    with ConnectProxy(stand_in.port) as proxy:
        with stand_in.here(HTTPS_PROXY=proxy.url):
            done = command(*LIVE, *FEW, "--only", "Protocol.connection", "--level", "protocol")
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
