"""No secret reaches a file, a terminal or a report: wherever it stands, however it is written; what is none stays."""

import base64
import gzip
import json
import os
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.campaign import judged, of_megabytes
from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, Sender, encode
from conformance.observe.observer import Observer
from conformance.observe.telling import RelayedExchange
from conformance.oracle.gateway import findings
from conformance.privacy.scrub import scrubbed_answer, scrubbed_request
from conformance.privacy.search import found_in
from conformance.privacy.secrets import SCRUBBED, Secrets
from conformance.recording.interaction import fingerprint
from conformance.recording.provenance import Kind, Provenance, contract_version
from conformance.recording.reader import load
from conformance.recording.writer import RecordingError, Writer
from conformance.report import json_report
from conformance.report.model import report_of
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from tests.command import command

ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3SECRET1"
KEY = "Gu5t9xGARNpq86cd98joQYCN3SECRET2"
TOKEN = "Tk+aB3/x9Q+TokenTokenToken/SECRET3=="
SIGNATURE = "deadbeef" * 8
SECRETS = (ID, KEY, TOKEN, SIGNATURE)
PROVENANCE = Provenance(
    kind=Kind.EMULATOR, endpoint="http://127.0.0.1:8080", date="2026-11-23T12:00:00+00:00", suite="0.1.0",
    contract=contract_version(), region="ap-guangzhou", run="", client="a test",
)  # fmt: skip
JSON_HEADERS = (("Content-Type", "application/json"), ("X-TC-Action", "CreateGroup"), ("X-TC-Version", "2020-03-03"))
ACCEPTED = HttpResponse(
    200,
    JSON_HEADERS[:1],
    b'{"Response": {"FaceModelVersion": "3.0", "RequestId": "6f0a9a5e-1111-4c4f-9a53-000000000001"}}',
)


def authorization(secret_id=ID, signature=SIGNATURE):
    scope = f"{secret_id}/2026-11-23/iai/tc3_request"
    return f"TC3-HMAC-SHA256 Credential={scope}, SignedHeaders=content-type;host, Signature={signature}"


def request(*headers, body=b'{"GroupId": "g", "GroupName": "g"}', url="http://127.0.0.1:8080/", content=JSON_HEADERS):
    return HttpRequest("POST", url, (*content, *headers), body)


def form(content_type, name="SecretId", value=ID):
    headers = (("Content-Type", content_type), *JSON_HEADERS[1:]) if content_type else JSON_HEADERS[1:]
    return request(content=headers, body=f"GroupId=g&{name}={quote(value, safe='')}&GroupName=g".encode())


def multipart(name, value):
    body = f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--B--\r\n'.encode()
    return request(content=(("Content-Type", "multipart/form-data; boundary=B"), *JSON_HEADERS[1:]), body=body)


def member(name, value, **more):
    return request(body=json.dumps({"GroupId": "g", name: value, **more}).encode())


# Where a request of anybody may carry a secret: place → the request, and the secret.
BASIC = base64.b64encode(b"u:" + KEY.encode()).decode()
PLACES = {
    "Authorization, id": (request(("Authorization", authorization())), ID),
    "Authorization, signature": (request(("Authorization", authorization())), SIGNATURE),
    "Authorization, lower case": (request(("authorization", authorization())), ID),
    "Authorization twice": (request(("Authorization", authorization("x")), ("Authorization", authorization())), ID),
    "Authorization, odd": (request(("Authorization", authorization().replace("TC3-HMAC", "XX"))), ID),
    "Authorization, in front": (request(("Authorization", f"Basic {KEY} {authorization()}")), KEY),
    "Authorization: Basic": (request(("Authorization", f"Basic {BASIC}")), KEY),
    "Authorization: Bearer": (request(("Authorization", f"Bearer {TOKEN}")), TOKEN),
    "X-TC-Token": (request(("X-TC-Token", TOKEN)), TOKEN),
    "x-tc-token, twice": (request(("x-tc-token", "x"), ("x-tc-token", TOKEN)), TOKEN),
    "X-TC-SecretId": (request(("X-TC-SecretId", ID)), ID),
    "X-Secret-Key": (request(("X-Secret-Key", KEY)), KEY),
    "Cookie": (request(("Cookie", f"a=b; session={KEY}")), KEY),
    "query": (request(url=f"http://127.0.0.1:8080/?SecretId={ID}&x=1"), ID),
    "query, token": (request(url=f"http://127.0.0.1:8080/?Token={quote(TOKEN, safe='')}"), TOKEN),
    "query, token with its +": (request(url=f"http://127.0.0.1:8080/?Token={quote(TOKEN, safe='+/')}"), TOKEN),
    "user of a URL": (request(url=f"http://{ID}:x@127.0.0.1:8080/"), ID),
    "password of a URL": (request(url=f"http://u:{KEY}@127.0.0.1:8080/"), KEY),
    "form": (form("application/x-www-form-urlencoded"), ID),
    "form, escaped name": (form("application/x-www-form-urlencoded", "%53ecretId"), ID),
    "form without Content-Type": (form(""), ID),
    "form as text": (form("text/plain", "Token", TOKEN), TOKEN),
    "form as JSON": (form("application/json", "Signature", SIGNATURE), SIGNATURE),
    "form, lower case": (form("application/x-www-form-urlencoded", "secretkey", KEY), KEY),
    "form, signature under another name": (form("text/plain", "Sign", SIGNATURE), SIGNATURE),
    "multipart": (multipart("SecretId", ID), ID),
    "multipart, upper case": (multipart("TOKEN", TOKEN), TOKEN),
    "member": (member("SecretKey", KEY), KEY),
    "member, lower case": (member("secretid", ID), ID),
    "member, with dashes": (member("x-secret-key", KEY), KEY),
    "member, escaped name": (request(body=b'{"\\u0053ecretKey": "%s"}' % KEY.encode()), KEY),
    "member, escaped value": (request(body=b'{"SecretKey": "\\u0047%s"}' % KEY[1:].encode()), KEY),
    "member of a member": (member("Auth", {"Credential": {"SecretKey": KEY}}), KEY),
    "member, a list": (member("Token", ["x", {"y": TOKEN}]), TOKEN),
    "member of JSON that is none": (request(body=b'{"SecretKey": "%s", ' % KEY.encode()), KEY),
    "member of JSON as text": (replace(member("SecretKey", KEY), headers=(("Content-Type", "text/plain"),)), KEY),
}  # fmt: skip


def texts(http):
    """All of a message, as bytes."""
    headers = "\n".join(f"{name}: {value}" for name, value in http.headers)
    url = http.url if isinstance(http, HttpRequest) else ""
    return f"{url}\n{headers}\n".encode("utf-8", "surrogatepass") + http.body


@pytest.mark.parametrize("place", PLACES)
def test_it_is_taken_out_of_its_place(place):
    """A secret is taken out wherever it stands; and out of what else says it, of this request and of what follows."""
    http, secret = PLACES[place]
    secrets = Secrets()
    twice = replace(http, headers=(*http.headers, ("X-TC-RequestClient", secret)))
    bare, _ = secrets.taken_out(twice)
    answer = replace(ACCEPTED, body=json.dumps({"Response": {"RequestId": f"of {secret}"}}).encode())
    later = request(body=json.dumps({"Tag": f"a {secret} b"}).encode())

    assert found_in(texts(bare), [secret]) is None
    assert b"X-TC-RequestClient" in texts(bare)
    assert found_in(texts(scrubbed_answer(answer, secrets)), [secret]) is None
    assert found_in(texts(secrets.taken_out(later)[0]), [secret]) is None
    assert secret not in secrets.mask(f"Tag {secret}")
    assert fingerprint(bare) == fingerprint(scrubbed_request(bare))


@pytest.mark.parametrize("place", PLACES)
def test_no_file_has_it(place, tmp_path):
    """A recording of a request that carries a secret, and of answers that echo it, has it nowhere."""
    http, secret = PLACES[place]
    writer = Writer(tmp_path / "rec", lambda: PROVENANCE)
    message = {"Code": "AuthFailure.SecretIdNotFound", "Message": f"The SecretId {secret} is not found."}
    echo = json.dumps({"Response": {"Error": message, "RequestId": secret}}).encode()
    for body in (echo, ACCEPTED.body, b"<html>" + secret.encode()):
        writer.write(http, replace(ACCEPTED, body=body), 1.0, None)
    writer.finish("")

    (file,) = (tmp_path / "rec").iterdir()
    assert found_in(file.read_bytes(), [secret]) is None
    assert len(load(tmp_path / "rec").interactions) == 3


@given(st.text(min_size=16, max_size=60).filter(lambda each: len(set(each)) > 1), st.sampled_from([None, "a", "é"]))
@example("000000000000000%", None)
@example('x"\\/% +&=\n€\U0001f600abcdef', None)
def test_any_text_may_be_a_secret(secret, around):
    """Whatever letters it has: out of a query, a form and JSON, escaped or not."""
    try:
        secret.encode()
    except UnicodeEncodeError:
        return
    secrets = Secrets([secret])
    around = around or ""
    for written in (
        secret, quote(secret, safe=""), quote(secret), quote(quote(secret, safe=""), safe=""),
        json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
        secret.swapcase() if secret.isascii() else secret,
    ):  # fmt: skip
        assert secrets.out_of(f"{around} {written} {around}") == f"{around} {SCRUBBED} {around}"


HIDDEN = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, but for +": lambda text: quote(text, safe="+"),
    "percent, twice": lambda text: quote("".join(f"%{ord(each):02x}" for each in text), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, after one": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "base64, after two": lambda text: base64.b64encode(b"xy" + text.encode()).decode(),
    "base64, in lines": lambda text: base64.encodebytes(b"long words before it, and: " + text.encode()).decode()[:-1],
    "base64, of a URL": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex, after a digit": lambda text: "a" + text.encode().hex(),
    "hex, upper case": lambda text: text.encode().hex().upper(),
    "JSON escapes": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "upper case": str.upper,
    "gzip": lambda text: base64.b64encode(gzip.compress(text.encode() * 3)).decode(),
    "UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "UTF-16, the other way": lambda text: base64.b64encode(text.encode("utf-16-be")).decode(),
}  # fmt: skip


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("secret", SECRETS)
def test_it_is_found_however_it_is_hidden(how, secret, tmp_path):
    """In a member that stays as it is, a secret is taken out; or the recording is refused, and is gone."""
    writer = Writer(tmp_path / "rec", lambda: PROVENANCE)
    carrying = request(("Authorization", authorization()), ("X-TC-Token", TOKEN), ("X-Secret-Key", KEY))
    hidden = json.dumps({"Response": {"FaceModelVersion": "3.0", "RequestId": HIDDEN[how](secret)}}).encode()
    try:
        writer.write(carrying, replace(ACCEPTED, body=hidden), 1.0, None)
        writer.finish("")
    except RecordingError as error:
        assert "refused and removed" in str(error)  # noqa: PT017 -- either is right
        assert not (tmp_path / "rec").exists()
        return
    (file,) = (tmp_path / "rec").iterdir()
    assert found_in(file.read_bytes(), [secret]) is None
    assert HIDDEN[how](secret).encode() not in file.read_bytes()


@pytest.mark.parametrize("hidden", [bytes.fromhex(SIGNATURE), SIGNATURE.upper().encode(), SIGNATURE.encode()])
def test_of_many_signatures_each_is_found(hidden):
    """As many as a recording has, plain, in capitals, and as the bytes that their digits stand for, in Base64."""
    many = [SIGNATURE, *(f"{number:064x}" for number in range(16**63, 16**63 + 500))]

    assert found_in(b"before " + base64.b64encode(b"x" + hidden) + b" behind", many) is not None
    assert found_in(b"before " + base64.b64encode(b"x" + hidden[:-1]) + b" behind", many) is None


def test_a_signature_of_long_ago_is_taken_out(tmp_path):
    """What a server quotes of a request a hundred before is found as well."""
    writer = Writer(tmp_path / "rec", lambda: PROVENANCE)
    for number in range(100):
        writer.write(request(("Authorization", authorization("x", f"{number + 16**63:064x}"))), ACCEPTED, 1.0, None)
    quoting = json.dumps({"Response": {"RequestId": f"{16**63:064x}"}}).encode()
    writer.write(request(), replace(ACCEPTED, body=quoting), 1.0, None)
    writer.finish("")

    *_, last = load(tmp_path / "rec").interactions
    assert last.answer.body == b'{"Response": {"RequestId": "SCRUBBED"}}'


# --- What is none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"GroupName": "Token", "GroupId": "SecretId"}, {"GroupName": "a&Token=b&SecretId=c", "GroupId": "x=y"},
        {"GroupName": "Signature=abc", "Tag": "100012345678"}, {"GroupName": "张三", "Tag": "uin 100012345678"},
        {"GroupName": '"SecretKey": "x"', "GroupExDescriptions": ["token", "AKID", "AKIDEXAMPLE"]},
        {"GroupName": "0" * 64, "Tag": "d41d8cd98f00b204e9800998ecf8427e"}, {"Tokens": "3", "Secret": "no", "Key": "k"},
        {"SignatureMethod": "HmacSHA256", "TokenCount": 5}, {"GroupName": SCRUBBED, "Tag": "Basic dTpw"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("signed", [False, True])
def test_honest_parameters_stay(parameters, signed):
    """What only looks like a secret is recorded byte by byte."""
    body = json.dumps(parameters).encode()
    headers = (("Authorization", authorization()),) if signed else ()

    assert scrubbed_request(request(*headers, body=body)).body == body
    assert Secrets().mask(json.dumps({"GroupName": "d41d8cd98f00b204e9800998ecf8427e"})) == json.dumps(
        {"GroupName": "d41d8cd98f00b204e9800998ecf8427e"}
    )


@given(st.binary())
def test_any_body_without_secrets_stays(body):
    """Bytes in which nothing is named as a secret are the same afterwards."""
    assert scrubbed_request(request(body=body)).body == body or b"=" in body or b":" in body


@pytest.mark.parametrize("body", [b"{", b'{"GroupId": "g', b"\xff{]", b'{"a": [1, {"b": "\\u0041"}], }', b"[" * 9000])
def test_torn_json_stays(body):
    """What can't be read is left byte by byte."""
    assert scrubbed_request(request(body=body)).body == body


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(
    "change",
    [str, lambda text: text.replace("iai", "cvm"), lambda text: text.replace("Signature=", "Sign="), str.upper],
)
def test_a_strangers_request_is_judged_the_same(scheme, change):
    """What a request's Authorization, token and signature say besides the secret decides as before."""
    sender = Sender("http://127.0.0.1:8080", "ap-guangzhou", Credentials(ID, KEY, TOKEN), scheme)
    http = encode(Request.of({"GroupName": "g", "GroupId": "g"}), sender, Form.QUERY, 1_795_435_200)
    changed = replace(
        http, headers=tuple((name, change(value) if name == "Authorization" else value) for name, value in http.headers)
    )
    bare = scrubbed_request(changed)

    assert list(findings(bare, None, 1_795_435_200)) == list(findings(changed, None, 1_795_435_200))
    assert all(each not in texts(bare).decode() for each in (ID, quote(TOKEN, safe="")))


# --- Terminal and report -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_people_see_is_masked(how, secret):
    """A text for people has no secret, however the target wrote it; what stands around it stays."""
    shown = Secrets(SECRETS).mask(f"came {HIDDEN[how](secret)} here")

    assert shown.split() == ["came", SCRUBBED, "here"]


@pytest.mark.parametrize("how", [each for each in HIDDEN if each != "gzip"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_cut_leaves_no_half(how, secret):
    """Wherever a text is cut off, less than the first half of a secret can be read before the cut."""
    secrets, written = Secrets(SECRETS), HIDDEN[how](secret)
    half = os.path.commonprefix([HIDDEN[how](secret[: len(secret) // 2]), written]).rstrip("=\n")  # noqa: RUF071

    for length in range(len(half), len(written)):
        assert half not in secrets.mask(f"came {written[:length]}… (2000 characters)")


@given(st.text(), st.text(min_size=16), st.text())
def test_any_text_can_be_masked(before, secret, behind):
    """Whatever stands there, it is a text again, and stays as it is but for the secret."""
    shown = Secrets([secret]).mask(f"{before} {secret} {behind}")

    assert secret not in shown
    assert shown.startswith(before[: shown.find(SCRUBBED)])


def test_an_account_is_masked():
    """Account numbers are masked where a text says what they are; ids of the run aren't."""
    mask = Secrets().mask

    assert mask("qcs::iai:ap-guangzhou:uin/100012345678:*") == "qcs::iai:ap-guangzhou:uin/SCRUBBED:*"
    assert mask('"OwnerUin": "100012345678", "AppId": 1250000000') == '"OwnerUin": "SCRUBBED", "AppId": SCRUBBED'
    assert mask("confabcde100012345678 4111111111111111") == "confabcde100012345678 4111111111111111"


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_observing_tells_no_secret(place, tmp_path):
    """What `observe` says and reports of others' requests has no secret, whether the server conforms or not."""
    http, secret = PLACES[place]
    said = []
    observer = Observer.of("http://127.0.0.1:8080", str(tmp_path / "rec"), said.append)
    message = {"Error": {"Code": f"Odd.{secret}", "Message": secret}, "RequestId": secret}
    for body in (ACCEPTED.body, json.dumps({"Response": message}).encode(), b"oops " + secret.encode()):
        observer.exchange(RelayedExchange(http, replace(ACCEPTED, body=body), 1.0, 2.0, ()))
    report = json.dumps(json_report.to_json(observer.end()), ensure_ascii=False)

    (file,) = (tmp_path / "rec").iterdir() if observer.judged else (None,)
    for each in ("\n".join(said), report, file.read_text() if file else ""):
        assert secret not in each
        assert found_in(each.encode(), [secret]) is None


OWN = {"TENCENTCLOUD_SECRET_ID": ID, "TENCENTCLOUD_SECRET_KEY": KEY, "TENCENTCLOUD_TOKEN": TOKEN}


def test_observing_masks_the_environments_key(tmp_path, monkeypatch):
    """The SecretKey is never sent; where an application has it in a parameter, it is neither told nor written."""
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    said = []
    observer = Observer.of("http://127.0.0.1:8080", str(tmp_path / "rec"), said.append)
    http = request(body=json.dumps({"GroupId": "x" * 65, "GroupName": "g", "Tag": KEY}).encode())
    observer.exchange(RelayedExchange(http, ACCEPTED, 1.0, 2.0, ()))
    report = json.dumps(json_report.to_json(observer.end()))

    assert observer.departures == 1
    for each in ("\n".join(said), report, (tmp_path / "rec" / "traffic.yaml").read_text()):
        assert KEY not in each


@pytest.mark.parametrize("fault", [None, "accepts-everything"])
def test_call_prints_no_secret(monkeypatch, fault):
    """Bodies, curl lines and departures of `call` are masked: a key in a parameter, a signature in a form."""
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    faults = ["--fault", fault] if fault else []
    steps = [
        json.dumps({"parameters": {"GroupName": "n", "GroupId": KEY, "Tag": TOKEN}}),
        json.dumps({"parameters": {"GroupName": "n", "GroupId": "g"}, "form": "form", "scheme": "HmacSHA256"}),
    ]
    done = command("call", "--target", "embedded", *faults, *steps)

    assert done.returncode in {0, 1}, done.stderr
    assert "→ POST" in done.stdout
    mine = [ID, KEY, TOKEN, EXAMPLE_CREDENTIALS.secret_id.reveal()]
    assert found_in((done.stdout + done.stderr).encode(), mine) is None
    assert "&Signature=SCRUBBED" in done.stdout


def test_a_report_has_no_secret(tmp_path, monkeypatch):
    """What a server says of the sender in its answers is masked on the terminal and in the report; it is judged."""

    def echoing(http):
        said = {"Code": f"Odd.{ID}", "Message": f"{header(http.headers, 'Authorization')}"}
        return HttpResponse(200, JSON_HEADERS[:1], json.dumps({"Response": {"Error": said, "RequestId": "1"}}).encode())

    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    emulator = Emulator()
    monkeypatch.setattr(emulator, "handle", echoing)
    with Server(emulator) as server:
        words = ("--profile", "smoke", "--only", "Tag.*", "--json", str(tmp_path / "report.json"))
        done = command("run", "--target", server.url, *words, "--junit", str(tmp_path / "junit.xml"))

    for each in (done.stdout, done.stderr, *((tmp_path / name).read_text() for name in ("report.json", "junit.xml"))):
        assert found_in(each.encode(), [ID, KEY, TOKEN]) is None
    assert f"Odd.{SCRUBBED}" in done.stdout + done.stderr


def test_a_report_holds_what_is_shown():
    """Of what was sent, where it went and the bodies of plain creations: no megabytes are shown, and none masked."""
    session = Session(judged([smoke()[0], *of_megabytes()], faults=["everything-optional-required"]))
    groups = [group for each in report_of(session, Settings()).clauses for group in each.failures]
    shown = [(one.is_plain, http) for group in groups for one in group.smallest for http in one.bodies]
    sent = [http for kept in session.run.results.failures.values() for one in kept for http in one.bodies]

    assert max(len(http.body) for http in sent) > 1_000_000
    assert {plain for plain, _ in shown} == {True, False}
    assert all(bool(http.body) == plain and http.headers == () and http.query == "" for plain, http in shown)
    assert sum(len(http.body) for _, http in shown) < 10_000


def test_a_refused_recording_is_told(tmp_path, monkeypatch):
    """A secret that is hidden too well to be taken out: no recording, one sentence, exit code 3."""
    hidden = base64.b64encode(f"of {ID}".encode()).decode()

    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Secrets, "out_of_hiding", lambda _self, text: text)
    emulator = Emulator()
    body = json.dumps({"Response": {"FaceModelVersion": "3.0", "RequestId": hidden}}).encode()
    monkeypatch.setattr(emulator, "handle", lambda _http: replace(ACCEPTED, body=body))
    with Server(emulator) as server:
        words = ("record", "--target", server.url, "--to", str(tmp_path / "rec"), "--profile", "smoke")
        done = command(*words, "--only", "Tag.*")

    assert done.returncode == 3, done.stdout
    assert done.stderr.count("refused and removed: a secret would stand in") == 1
    assert not (tmp_path / "rec").exists()
