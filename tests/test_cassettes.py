"""Cassettes: what is written is read again as it was, by vcrpy too; what was edited, torn or forged is refused."""

import base64
import gzip
import json
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock
from urllib.parse import quote

import pytest
import requests
import vcr
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recordings import difference, recorded
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.base.errors import SuiteError, TargetUnusableError, TransportError
from conformance.base.hosts import is_platform_host
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import FAULTS, faulty
from conformance.exchange.messages import HttpRequest, Place
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode
from conformance.privacy.scrub import scrubbed_answer, scrubbed_request
from conformance.privacy.search import found_in
from conformance.recording import certificates
from conformance.recording.format import parsed
from conformance.recording.interaction import fingerprint, from_values, to_values
from conformance.recording.provenance import Certificate, Kind, Provenance
from conformance.recording.reader import load
from conformance.recording.writer import RecordingError, Writer
from conformance.runs.conduct import judge_recording
from tests.command import command
from tests.recorded import ANSWER, HOST, HTTP, NOW, PROVENANCE, cut, interaction, small_recording, written
from tests.stand_in import no_sockets

SECRET = "AKIDsecretSecretSecretSecret0123456789"


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory):
    return small_recording(tmp_path_factory.mktemp("small") / "rec")


# --- Text --------------------------------------------------------------------------------------------------

BODIES = [
    b"", b"{}", b"\xff\xfe", b"\0\1", "é中\U0001f600".encode(), b'"\\ud800"', b"\xed\xa0\x80",
    "\u2028\u0085\ufeff\x7f\t".encode(), b"interactions:\n- {}\nseal: {}", b"x" * 20_000, b"\xff" * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_every_body_comes_back(body):
    """Whatever bytes were sent or came, they are read again as they were."""
    sent = interaction(http=replace(HTTP, body=body), answer=replace(ANSWER, body=body))

    (found,) = parsed(written(sent)).interactions

    assert (found.whole.body, found.answer.body) == (body, body)
    assert (found.whole.headers, found.answer.headers) == (HTTP.headers, ANSWER.headers)
    assert found.fingerprint == fingerprint(sent.request)


@given(st.binary(), st.binary(), st.text(max_size=20), st.booleans())
def test_round_trips(body, answer, reason, closed):
    """Any bytes, any place, any reason for no answer."""
    place = Place("0123456789", "confabcdeaaaab", 2, 1)
    first = interaction(http=replace(HTTP, body=body, place=place), answer=replace(ANSWER, body=answer))
    reason = reason.encode("utf-8", "replace").decode()
    second = interaction(2, answer=TransportError(reason, closed=closed))

    one, two = parsed(written(first, second)).interactions

    assert (one.whole.body, one.answer.body, one.request.place) == (body, answer, place)
    assert (str(two.answer), two.answer.closed) == (reason, closed)
    assert from_values(to_values(one)).request.place == place


def test_any_yaml_parser_reads_it(small):
    """The file is YAML, version 1, with vcrpy's members; the safe loader suffices, and finds the same."""
    for file in small.iterdir():
        read = yaml.safe_load(file.read_text())
        fast = parsed(file.read_text())
        assert read["version"] == 1
        assert [each["request"]["body"] for each in read["interactions"]] == [
            each.request.body.decode() for each in fast.interactions
        ]
        assert [each["response"]["body"]["string"] for each in read["interactions"]] == [
            each.answer.body.decode() for each in fast.interactions
        ]


def test_vcrpy_replays_it(small):
    """The library itself answers from the file, without a socket."""
    file = small / "Tag.yaml"
    found = parsed(file.read_text()).interactions
    with no_sockets(), vcr.VCR(record_mode="none", match_on=["method", "uri", "body"]).use_cassette(str(file)):
        for each in found:
            answer = requests.post(each.request.url, data=each.request.body, timeout=1)
            assert (answer.status_code, answer.content) == (each.answer.status, each.answer.body)


def test_every_changed_byte_is_noticed(small):
    """A cassette that was changed in any one place is refused; or nothing in it means anything else."""
    file = small / "GroupId.yaml"
    whole = file.read_text()
    sound = parsed(whole)
    start = whole.index("\n") + 1  # the first line is a comment
    for place in range(start, len(whole)):
        other = "x" if whole[place] != "x" else "y"
        try:
            found = parsed(whole[:place] + other + whole[place + 1 :])
        except ValueError:
            continue
        assert (found.provenance, found.interactions) == (sound.provenance, sound.interactions), whole[
            place - 20 : place + 9
        ]


def test_torn_anywhere_it_stays_readable(small):
    """Cut off after any character, what is whole is read, and nothing is taken for a whole recording."""
    whole = (small / "GroupId.yaml").read_text()
    sound = parsed(whole)
    for place in range(len(whole) - 1):
        try:
            found = parsed(whole[:place])
        except ValueError:
            assert place < whole.index("interactions:\n") + len("interactions:\n")
            continue
        assert found.seal is None
        assert found.interactions == sound.interactions[: len(found.interactions)]


@pytest.mark.parametrize(
    "content",
    [
        "", "\0", "a: [", "- 1", "interactions: 5", "interactions: [1]", "interactions: [{}]", "[" * 5000,
        "!!python/object/apply:os.system ['true']", "interactions: [{request: !!python/name:os.system }]",
        "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]", "version: 1\nprovenance: {}\ninteractions: []",
        "\ufeffinteractions: []", "x" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_cassette_is_refused(tmp_path, content):
    """Whatever stands in a file: a sentence and exit code 3, no traceback, nothing run."""
    (tmp_path / "x.yaml").write_text(content)

    done = command("run", "--target", f"cassette:{tmp_path / 'x.yaml'}")

    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert "refused" in done.stderr
    assert "internal error" not in done.stderr


def test_a_file_that_isnt_text(tmp_path):
    """Bytes that are no UTF-8 are told as such."""
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")

    done = command("run", "--target", f"cassette:{tmp_path / 'x.yaml'}")

    assert (done.returncode, "not UTF-8" in done.stderr) == (3, True)


def test_written_anew_by_another_program(small, tmp_path):
    """A cassette that a YAML tool wrote again can't be checked any more."""
    (tmp_path / "Tag.yaml").write_text(yaml.safe_dump(yaml.safe_load((small / "Tag.yaml").read_text())))

    with pytest.raises(TargetUnusableError, match="written anew by another program"):
        load(tmp_path / "Tag.yaml")


def test_plain_vcrpy_has_no_provenance(tmp_path):
    """A cassette of which nobody says where it comes from isn't judged."""
    (tmp_path / "x.yaml").write_text(yaml.safe_dump({"version": 1, "interactions": []}))

    with pytest.raises(TargetUnusableError, match="no provenance"):
        load(tmp_path / "x.yaml")


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
        ("twice", {**texts, "Tog.yaml": texts["Tag.yaml"]}, "both have the interaction"),
        ("cut", {**texts, "Tag.yaml": cut(texts["Tag.yaml"])}, "its last interactions were taken out"),
        ("other", {**texts, "Tag.yaml": written(interaction())}, "another run"),
    ):
        with pytest.raises(TargetUnusableError, match=says):
            load(folder(name, content))


def test_what_isnt_recorded_is_no_pass(small):
    """A case without a recording is neither passed nor sent anywhere; the verdict is incomplete."""
    with no_sockets():
        done = command("run", "--target", f"cassette:{small}")

    assert done.returncode == 5
    assert "not-exercised: not recorded: " in done.stdout


# Those of a small quota can't be seen: another account's traffic isn't recorded.
SEEN = [each for each in FAULTS if "State.quota" not in each.clauses]


@pytest.mark.parametrize("fault", SEEN[::24], ids=lambda each: each.name)
def test_faults_are_found_offline(fault, tmp_path):
    """What is found of a faulty emulator live is found from its recording, no more and no less."""
    live = recorded(tmp_path / "rec", Emulator(faulty(conforming(), fault.name)))
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


# --- Where it comes from -----------------------------------------------------------------------------------


class Authority:
    """An authority that signs as public ones do, which is more strictly than what tests usually need."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of tests")])
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = self._builder(self.name, self.key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())

    def _builder(self, subject, public_key):
        identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = x509.CertificateBuilder(issuer_name=self.name, subject_name=subject, public_key=public_key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - timedelta(days=400)).not_valid_after(NOW + timedelta(days=4000))
        return builder.add_extension(identifier, critical=False).add_extension(signer, critical=False)

    def chain_for(self, *names):
        """Certificates in DER, the server's own first."""
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        builder = self._builder(subject, ec.generate_private_key(ec.SECP256R1()).public_key())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(alternatives, critical=False)
        purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purpose, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        own = builder.sign(self.key, hashes.SHA256())
        return [each.public_bytes(Encoding.DER) for each in (own, self.certificate)]


@pytest.fixture(scope="module", name="authority")
def _authority():
    """What stands for a public authority here."""
    return Authority()


@pytest.fixture(name="public")
def _public(authority):
    with mock.patch.object(certificates, "_public", return_value=(authority.certificate,)):
        yield


def claiming(kind, certificate, endpoint=f"https://{HOST}", date=None):
    """A cassette that claims something, every hash in order."""
    http = replace(HTTP, url=f"{endpoint}/", headers=(("Host", HOST),))
    today = datetime.now(UTC).replace(microsecond=0)
    provenance = replace(
        PROVENANCE, kind=kind, endpoint=endpoint, certificate=certificate, date=(date or today).isoformat()
    )
    return written(interaction(http=http), provenance=provenance)


def certificate(authority, *names):
    return certificates.certificate_of(authority.chain_for(*names), HOST, datetime.now(UTC))


@pytest.mark.usefixtures("public")
def test_live_needs_a_public_certificate(authority, tmp_path):
    """With certificates that a public authority vouches for, for this name and day, it is live."""
    found = certificate(authority, HOST)
    (tmp_path / "x.yaml").write_text(claiming(Kind.LIVE, found))

    assert found.public
    assert load(tmp_path / "x.yaml").provenance.kind is Kind.LIVE


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("forgery", ["other name", "other authority", "another day", "none", "not said", "no chain"])
def test_forged_claims_are_refused(authority, tmp_path, forgery):
    """Whoever makes all hashes anew still has no certificate for it."""
    true = certificate(authority, HOST)
    stranger = Certificate(certificate(Authority(), HOST).chain, True, "somebody")
    wrong_name = Certificate(certificate(authority, "example.com").chain, True, "somebody")
    content = {
        "other name": lambda: claiming(Kind.LIVE, wrong_name),
        "other authority": lambda: claiming(Kind.LIVE, stranger),
        "another day": lambda: claiming(Kind.LIVE, true, date=datetime(1999, 1, 1, tzinfo=UTC)),
        "none": lambda: claiming(Kind.LIVE, None),
        "not said": lambda: claiming(Kind.LIVE, replace(true, public=False)),
        "no chain": lambda: claiming(Kind.LIVE, Certificate((), True, "")),
    }[forgery]()
    (tmp_path / "x.yaml").write_text(content)

    with pytest.raises(TargetUnusableError, match="refused"):
        load(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [
        (Kind.LIVE, "http://127.0.0.1:8080"), (Kind.LIVE, f"http://{HOST}"), (Kind.EMULATOR, f"https://{HOST}"),
        (Kind.STAND_IN, "http://127.0.0.1:8080"), (Kind.LIVE, "https://iai.tencentcloudapi.com.example.com"),
    ],
)  # fmt: skip
def test_the_kind_must_fit_the_endpoint(tmp_path, kind, endpoint):
    """Nothing is live, a stand-in or an emulator that its own endpoint says it isn't."""
    (tmp_path / "x.yaml").write_text(claiming(kind, None, endpoint))

    with pytest.raises(TargetUnusableError, match="it says that it is"):
        load(tmp_path / "x.yaml")


def test_requests_to_somebody_else(tmp_path):
    """A recording in which a request went to another host than it claims is refused."""
    http = replace(HTTP, url="http://example.com/")
    (tmp_path / "x.yaml").write_text(written(interaction(http=http)))

    with pytest.raises(TargetUnusableError, match=r"went to example\.com"):
        load(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "real"}, {"date": "yesterday"}, {"kind": None}, {"endpoint": 5}, {"more": 1},
        {"certificate": {"chain": ["!"], "sha256": "0"}}, {"certificate": {"chain": [], "sha256": "0"}},
        {"certificate": 1},
    ],
)  # fmt: skip
def test_provenance_that_says_nothing(change):
    """A provenance that lacks something, or has it in another form, is told in a sentence."""
    with pytest.raises(ValueError, match="its provenance"):
        Provenance.from_values({**PROVENANCE.to_values(), **change})


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        (HOST, True), ("iai.ap-guangzhou.tencentcloudapi.com", True), ("iai.intl.tencentcloudapi.com", True),
        ("IAI.tencentcloudapi.com", True), ("cvm.tencentcloudapi.com", False), ("iai.tencentcloudapi.com.cn", False),
        ("xiai.tencentcloudapi.com", False), ("iai.a.b.tencentcloudapi.com", False), ("127.0.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_hosts_of_the_service(host, is_one):
    """The service's own hosts, its regions', and nobody else's."""
    assert is_platform_host(host) is is_one


# --- Scrubbing ---------------------------------------------------------------------------------------------

SENDER = Sender("http://127.0.0.1:8080", "ap-guangzhou", replace(EXAMPLE_CREDENTIALS, secret_id=SECRET, token="T" * 30))


@pytest.mark.parametrize("scheme", ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"])
@pytest.mark.parametrize("form", [Form.JSON, Form.FORM, Form.QUERY])
def test_no_signature_no_key_no_token(scheme, form):
    """However a request is signed and written, nothing of its sender is left; what it asks is."""
    from conformance.exchange.signing import Scheme

    request = Request.of({"GroupName": "名", "GroupId": "id"})
    try:
        http = encode(request, replace(SENDER, scheme=Scheme(scheme)), form, 1_700_000_000)
    except ValueError:
        pytest.skip("this form can't be signed so")
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
    hidden = replace(ANSWER, body=b'{"Response": {"RequestId": "%s"}}' % base64.b64encode(SECRET.encode()))

    with pytest.raises(RecordingError, match="a secret would stand in"):
        writer.write(HTTP, hidden, 1.0, None)

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


def test_the_vendors_sdk_under_pytest_recording(tmp_path, monkeypatch):
    """Anybody's test that is marked `vcr` records sealed and scrubbed, replays offline, and can be judged."""
    import subprocess
    import sys

    from conformance.emulator.server import Server

    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", EXAMPLE_CREDENTIALS.secret_id)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", EXAMPLE_CREDENTIALS.secret_key)
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
    assert EXAMPLE_CREDENTIALS.secret_id not in file.read_text()
    assert (judged.returncode, "✗" in judged.stdout) == (5, False), judged.stdout
    file.write_text(edited)
    assert run("--block-network").returncode == 1


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
