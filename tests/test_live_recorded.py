"""A live run of the whole list, recorded: planned, judged, cleaned up, and judged again offline."""

import json
from collections import Counter

import pytest

from conformance.base.credentials import Secret
from conformance.recording.reader import load
from conformance.runs.smoke import smoke
from conformance.runs.taking_apart import without
from conformance.strategies.contexts import UNSURE
from tests.command import command
from tests.stand_in import (
    CREDENTIALS,
    FOREIGN,
    HOST,
    StandIn,
    foreign_only,
    no_sockets,
    only_its_own_were_deleted,
)

FEW = ("--only", "GroupId.*", "--level", "parameters,state")

pytestmark = pytest.mark.slow


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
    assert max(Counter(id_[:4] for id_ in created).values()) < 0.2 * len(created)  # nothing gives them away


def test_the_plan_comes_first(recorded):
    """What a run would send, create and delete is said before; and it is about what comes."""
    stand_in, _, done, report = recorded

    assert done.stdout.startswith("a live run of the profile smoke against iai.tencentcloudapi.com:")
    assert abs(report["groups"]["created"] - int(done.stdout.partition("creates   some ")[2].split()[0])) < 10
    planned = int(done.stdout.partition("sends     some ")[2].split()[0])
    besides = 2 + report["groups"]["created"]  # before, and a deletion of each group
    assert abs(len(stand_in.service.seen) - planned - besides) < 40


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
            # What was left out of its context is also told as it was planned, which a recording doesn't know.
            assert all(not told_live.pop(each.id) for each in smoke() if without(each, UNSURE).id != each.id)
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

    for secret in (*map(Secret.reveal, CREDENTIALS.texts), "Employees", "conf-but-not-ours", "Zhang San"):
        assert secret not in text
    assert "SCRUBBED" in text
