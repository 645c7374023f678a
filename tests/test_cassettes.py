"""Recordings: several files as one, judged offline as they were live; no secret in them; under pytest as well."""

import base64
import gzip
import json
import shutil
import textwrap
from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recordings import difference, recorded, recorder
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import SuiteError, TargetUnusableError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import FAULTS, faulty
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.exchange.wire import Form, Sender, encode
from conformance.privacy.scrub import scrubbed_answer, scrubbed_request
from conformance.privacy.search import found_in
from conformance.recording.interaction import fingerprint
from conformance.recording.reader import load
from conformance.recording.writer import RecordingError, Writer
from conformance.report.model import Verdict, report_of
from conformance.runs.conduct import judge_recording
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from tests.command import command
from tests.recorded import ANSWER, HTTP, PROVENANCE, cut, interaction, small_recording, written
from tests.stand_in import no_sockets

SECRET = "AKIDsecretSecretSecretSecret0123456789"


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory):
    return small_recording(tmp_path_factory.mktemp("small") / "rec")


# --- Recordings --------------------------------------------------------------------------------------------


def test_files_of_one_run_belong_together(small, tmp_path):
    """A file that is absent, is there twice, or is of another run, is noticed."""
    texts = {each.name: each.read_text() for each in small.iterdir()}

    def folder(name, content):
        (tmp_path / name).mkdir()
        for each, one in content.items():
            (tmp_path / name / each).write_text(one)
        return tmp_path / name

    assert len(load(folder("whole", texts)).interactions) == 6
    for name, content, says in (
        (
            "absent",
            {each: one for each, one in texts.items() if each != "Tag.yaml"},
            "a file was taken out, that of Tag",
        ),
        ("twice", {**texts, "Tog.yaml": texts["Tag.yaml"]}, "Tag.yaml and Tog.yaml are both the file of Tag"),
        ("other", {**texts, "Tag.yaml": written(interaction())}, "another run"),
    ):
        with pytest.raises(TargetUnusableError, match=says):
            load(folder(name, content))


def test_a_file_that_was_cut_off_makes_it_incomplete(small, tmp_path):
    """A file without a seal beside those that have one is told; the verdict is never that of a whole recording."""
    shutil.copytree(small, tmp_path / "cut")
    file = tmp_path / "cut" / "Tag.yaml"
    file.write_text(cut(file.read_text()))

    found = load(tmp_path / "cut")

    assert found.interrupted
    assert found.notes == (
        "Tag.yaml has no seal, as the other files have: its end was cut off, or the recording interrupted there",
    )
    assert report_of(judge_recording(tmp_path / "cut"), Settings()).verdict is Verdict.INCOMPLETE


def test_files_are_in_the_order_of_recording(tmp_path):
    """Cases of several files come back in the order in which they were sent, though the clock was set back."""
    begin = 1_795_392_000
    run, writer = recorder(tmp_path / "rec", Emulator(clock=lambda: begin))
    seconds = iter([100.0, 101.0, 90.0, 90.5, 91.0, 200.0])
    run.clock = lambda: begin + next(seconds)
    sent = [
        Case.single(f"{part}.charset", "", Request.of({"GroupName": SALT, "GroupId": SALT, "Tag": f"{number}"}))
        for number, part in enumerate(("Tag", "GroupId", "Tag", "Tag", "GroupName", "GroupId"))
    ]
    for case in sent:
        run.case(case)
    writer.finish("")

    assert [each.request.place.case for each in load(tmp_path / "rec").interactions] == [each.id for each in sent]


def test_what_isnt_recorded_is_no_pass(small):
    """A case without a recording is neither passed nor sent anywhere; the verdict is incomplete."""
    with no_sockets():
        done = command("run", "--target", f"cassette:{small}")

    assert done.returncode == 5
    assert "not-exercised: not recorded: " in done.stdout


# Those of a small quota can't be seen: another account's traffic isn't recorded.
SEEN = [each for each in FAULTS if "State.quota" not in each.clauses]


def cases_for(fault):
    """A plain request, those cases that aim at what a fault breaks, and some of the others; none of megabytes."""
    first, *others = [each for each in smoke() if "size" not in each.clause]
    return [first, *(each for n, each in enumerate(others) if each.clause in fault.clauses or n % 20 == 0)]


@pytest.mark.slow
# `python -m benchmarks.recordings` has all faults, and the whole list.
@pytest.mark.parametrize("fault", SEEN[::48], ids=lambda each: each.name)
def test_faults_are_found_offline(fault, tmp_path):
    """What is found of a faulty emulator live is found from its recording, no more and no less."""
    live = recorded(tmp_path / "rec", Emulator(faulty(conforming(), fault.name)), cases_for(fault))
    with no_sockets():
        offline = judge_recording(tmp_path / "rec").run

    assert live.results.failed
    assert difference(live, offline) == ""
    assert {id_: each.judged for id_, each in offline.results.tallies.items()} == {
        id_: each.judged for id_, each in live.results.tallies.items()
    }


def test_age(small):
    """An old recording is refused where that is asked for, and tells its age."""
    later = (datetime.fromisoformat(load(small).provenance.date) + timedelta(days=40)).timestamp()
    with mock.patch("time.time", return_value=later):
        assert load(small, max_age=41)
        with pytest.raises(TargetUnusableError, match=r"40 days old, --max-age allows 30"):
            load(small, max_age=30)


# --- Scrubbing ---------------------------------------------------------------------------------------------

SENDER = Sender("http://127.0.0.1:8080", "ap-guangzhou", replace(EXAMPLE_CREDENTIALS, secret_id=SECRET, token="T" * 30))


@pytest.mark.parametrize(
    ("scheme", "form"),
    [
        ("TC3-HMAC-SHA256", Form.JSON), ("TC3-HMAC-SHA256", Form.QUERY),
        ("HmacSHA1", Form.FORM), ("HmacSHA1", Form.QUERY), ("HmacSHA256", Form.FORM), ("HmacSHA256", Form.QUERY),
    ],
)  # fmt: skip
def test_no_signature_no_key_no_token(scheme, form):
    """However a request is signed and written, nothing of its sender is left; what it asks is."""
    from conformance.exchange.signing import Scheme

    request = Request.of({"GroupName": "名", "GroupId": "id"})
    http = encode(request, replace(SENDER, scheme=Scheme(scheme)), form, 1_700_000_000)
    scrubbed = scrubbed_request(http)
    shown = repr(scrubbed)

    for secret in (SECRET, quote(SECRET), "T" * 30):
        assert secret not in shown
    authorization = dict(http.headers).get("Authorization", "")
    assert authorization.rpartition("Signature=")[2][:64] not in shown or not authorization
    assert fingerprint(scrubbed) == fingerprint(http)


@pytest.mark.parametrize(
    "field",
    ["Signature={}", "%53ignature={}", "NoSignature={}", "SecretId=AKIDwhatever0000", "x=1&Token=abcdef&y=2"],
)
def test_fields_are_scrubbed_under_any_name(field):
    """A signature in a form is scrubbed though its name is escaped, or another."""
    signature = quote(base64.b64encode(b"0123456789abcdefghij").decode(), safe="")
    body = f"GroupId=a&{field.format(signature)}".encode()
    http = HttpRequest("POST", "http://x/", (("Content-Type", "application/x-www-form-urlencoded"),), body)

    scrubbed = scrubbed_request(http).body

    assert b"GroupId=a&" in scrubbed
    assert b"SCRUBBED" in scrubbed
    for secret in (signature.encode(), b"AKIDwhatever0000", b"abcdef"):
        assert secret not in scrubbed


def test_headers_that_tell_nothing_are_emptied():
    """Cookies, tokens and unknown headers keep their name alone; what is judged stays."""
    headers = (("Cookie", "me"), ("X-TC-Token", "t"), ("X-Uin", "100000000001"), ("X-TC-Action", "CreateGroup"))
    scrubbed = scrubbed_request(replace(HTTP, headers=headers))
    answer = scrubbed_answer(replace(ANSWER, headers=(("Set-Cookie", "me"), ("Date", "today"))))

    assert dict(scrubbed.headers) == {
        "Cookie": "SCRUBBED", "X-TC-Token": "SCRUBBED", "X-Uin": "SCRUBBED", "X-TC-Action": "CreateGroup"
    }  # fmt: skip
    assert dict(answer.headers) == {"Set-Cookie": "SCRUBBED", "Date": "today"}


def test_groups_of_others_are_hidden():
    """Of groups that aren't the run's own only their number stays; its own stay whole."""
    own = {"GroupId": "ours", "GroupName": "n", "CreationTimestamp": 1_700_000_000_000}
    foreign = {"GroupId": "Employees", "GroupName": "张三", "Tag": "x", "GroupExDescriptions": ["工号"]}
    body = json.dumps({"Response": {"GroupInfos": [foreign, own], "GroupNum": 2, "RequestId": "1"}}, ensure_ascii=False)

    hidden = scrubbed_answer(replace(ANSWER, body=body.encode()), ours={"ours"}).body.decode()

    entries = json.loads(hidden)["Response"]["GroupInfos"]
    assert entries[1] == own
    assert len(entries) == 2
    assert not any(each in hidden for each in ("Employees", "张三", "工号"))


def test_numbers_of_accounts_are_hidden_in_messages():
    """A message that names an account doesn't name it any more; RequestIds stay."""
    error = {"Code": "UnauthorizedOperation", "Message": "uin 100012345678 (appid 1250000000) may not"}
    body = json.dumps({"Response": {"Error": error, "RequestId": "12345678-1234-1234-1234-123456789012"}})

    scrubbed = scrubbed_answer(replace(ANSWER, body=body.encode())).body.decode()

    assert "100012345678" not in scrubbed
    assert "1250000000" not in scrubbed
    assert "12345678-1234-1234-1234-123456789012" in scrubbed


def test_a_packed_answer_is_unpacked_first():
    """What comes compressed is scrubbed like anything else."""
    body = gzip.compress(json.dumps({"Response": {"Debug": SECRET}}).encode())
    answer = replace(ANSWER, headers=(("Content-Encoding", "gzip"),), body=body)

    scrubbed = scrubbed_answer(answer, [SECRET])

    assert json.loads(scrubbed.body) == {"Response": {"Debug": "SCRUBBED"}}
    assert scrubbed.headers == ()


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"Response": []}', b'{"Response": {"Error": 5}}', b"{", b"\xff"])
def test_odd_answers_are_left_as_they_are(body):
    """What has no form in which something could hide is kept, byte for byte."""
    assert scrubbed_answer(replace(ANSWER, body=body)).body == body


ENCODINGS = {
    "percent": lambda data: "".join(f"%{byte:02x}" for byte in data).encode(),
    "json": lambda data: "".join(f"\\u{byte:04x}" for byte in data).encode(),
    "base64": lambda data: b"prefix " + base64.b64encode(b"x" + data) + b" suffix",
    "urlsafe": base64.urlsafe_b64encode,
    "hex": lambda data: data.hex().encode(),
    "gzip": lambda data: gzip.compress(data * 3),
    "utf-16": lambda data: data.decode("latin-1").encode("utf-16-le"),
}


@given(st.lists(st.sampled_from(sorted(ENCODINGS)), max_size=2), st.binary(max_size=40), st.binary(max_size=40))
def test_a_secret_is_found_however_it_is_hidden(names, before, after):
    """Plain, in any encoding, and in one encoding within another."""
    data = SECRET.encode()
    for name in names:
        data = ENCODINGS[name](data)

    assert found_in(before + b"\n" + data + b"\n" + after, [SECRET]) is not None


@given(st.binary(max_size=2000))
def test_nothing_is_found_where_nothing_is(data):
    """No alarm on what has no secret."""
    assert found_in(data, [SECRET]) is None


def test_a_recording_with_a_secret_is_removed(tmp_path):
    """A secret that would be written ends the recording, and takes it away."""
    writer = Writer(tmp_path / "rec", lambda: PROVENANCE, [SECRET])
    writer.write(HTTP, ANSWER, 1.0, None)
    hidden = replace(HTTP, body=b'{"GroupName": "%s"}' % base64.b64encode(SECRET.encode()))

    with pytest.raises(RecordingError, match="a secret would stand in"):
        writer.write(hidden, ANSWER, 1.0, None)

    assert not (tmp_path / "rec").exists()


def test_a_folder_that_is_in_use_is_kept(tmp_path):
    """A recording never replaces anything unless it is told to, and then only cassettes."""
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "diary.txt").write_text("dear")

    plain = command("record", "--target", "embedded", "--to", str(tmp_path / "rec"), "--only", "Tag.*")
    told = command("record", "--target", "embedded", "--to", str(tmp_path / "rec"), "--only", "Tag.*", "--overwrite")

    assert (plain.returncode, "something is there already" in plain.stderr) == (4, True)
    assert (told.returncode, "more than cassettes" in told.stderr) == (4, True)
    assert (tmp_path / "rec" / "diary.txt").read_text() == "dear"


# --- Under pytest ------------------------------------------------------------------------------------------

SDK_TEST = """
import os
import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.iai.v20200303 import iai_client, models

@pytest.mark.vcr
@pytest.mark.iai_cassette
def test_create():
    pair = Credential(os.environ.get("TENCENTCLOUD_SECRET_ID", "x"), os.environ.get("TENCENTCLOUD_SECRET_KEY", "y"))
    http = HttpProfile(protocol="http", endpoint="{endpoint}")
    client = iai_client.IaiClient(pair, "ap-guangzhou", ClientProfile(httpProfile=http))
    request = models.CreateGroupRequest()
    request.GroupName, request.GroupId = "名", "conf"
    assert client.CreateGroup(request).FaceModelVersion == "3.0"
    with pytest.raises(TencentCloudSDKException) as refused:
        client.CreateGroup(request)
    assert refused.value.code == "InvalidParameterValue.GroupIdAlreadyExist"
"""


@pytest.mark.slow
def test_the_vendors_sdk_under_pytest_recording(tmp_path, monkeypatch):
    """Anybody's test that asks for it records sealed and scrubbed, replays offline, and can be judged."""
    import subprocess
    import sys

    from conformance.emulator.server import Server

    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", EXAMPLE_CREDENTIALS.secret_id.reveal())
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", EXAMPLE_CREDENTIALS.secret_key.reveal())
    words = [sys.executable, "-m", "pytest", "-q", "-p", "conformance.plugin", "-p", "no:cacheprovider", "test_sdk.py"]

    def run(*more):
        return subprocess.run([*words, *more], cwd=tmp_path, capture_output=True, text=True, check=False)

    with Server(Emulator()) as server:
        test = SDK_TEST.replace("{endpoint}", server.url.removeprefix("http://"))
        (tmp_path / "test_sdk.py").write_text(textwrap.dedent(test))
        recording = run("--record-mode=once")
    monkeypatch.delenv("TENCENTCLOUD_SECRET_ID")
    monkeypatch.delenv("TENCENTCLOUD_SECRET_KEY")
    replayed = run("--block-network")
    (file,) = (tmp_path / "cassettes" / "test_sdk").iterdir()
    judged = command("run", "--target", f"cassette:{file}")
    edited = file.read_text().replace("3.0", "2.0", 1)

    assert (recording.returncode, replayed.returncode) == (0, 0), recording.stdout + replayed.stdout
    assert EXAMPLE_CREDENTIALS.secret_id.reveal() not in file.read_text()
    assert (judged.returncode, "✗" in judged.stdout) == (5, False), judged.stdout
    file.write_text(edited)
    assert run("--block-network").returncode == 1


@pytest.mark.slow
def test_the_suite_under_pytests_record_modes(tmp_path):
    """`--record-mode` with `--to` means for the suite what it means for any test."""
    import subprocess
    import sys

    def run(*more):
        words = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "conformance.plugin",
            "-p",
            "no:cacheprovider",
            "--pyargs",
            "conformance.suite",
        ]
        fixed = ["--iai-target", "embedded", "--iai-profile", "smoke", "--iai-only", "Tag.*", "--iai-to", "rec"]
        return subprocess.run(
            [sys.executable, *words, *fixed, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run().returncode == 4
    assert run("--record-mode=once").returncode == 0
    first = (tmp_path / "rec" / "Tag.yaml").read_text()
    replayed = run("--block-network")
    assert (replayed.returncode, "cassette:rec conforms" in replayed.stdout) == (0, True)
    assert run("--record-mode=once").returncode == 0
    assert (tmp_path / "rec" / "Tag.yaml").read_text() == first
    assert run("--record-mode=new_episodes").returncode == 4
    assert run("--record-mode=rewrite").returncode == 0
    assert (tmp_path / "rec" / "Tag.yaml").read_text() != first
    assert run("--disable-recording").returncode == 0


def test_errors_of_recordings_are_the_suites(tmp_path):
    """Whatever is wrong with a recording is one of the suite's own errors, with an exit code."""
    assert issubclass(RecordingError, SuiteError)
    assert RecordingError.exit_code == 3
