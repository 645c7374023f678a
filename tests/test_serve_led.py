"""A server that is led: answers that are ordered, what arrived, stubs, and why a signature is refused."""

import json
import re
import time
from dataclasses import replace

import pytest
import requests

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.cli.main import main
from conformance.cli.serve import parse_answers, read_stubs
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.emulator.why_refused import why_refused
from conformance.exchange.draft import draft, sign
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, Sender, encode
from conformance.targets.control import Control, Watch

PLAIN = Request.of({"GroupName": "a", "GroupId": "b"})
TEMPORARY = Credentials("AKIDtemporary", "a-key-that-nobody-may-see", "a-token-that-nobody-may-see")


@pytest.fixture(name="told")
def _told():
    return []


@pytest.fixture(name="led")
def _led(told):
    """A server, the URL at which it is led, and a way to send to it."""
    emulator = Emulator(stubs={"CreatePerson": {"FaceId": "1"}})
    watch = Watch(emulator, told.append, in_answers=True)
    control = Control(watch, "127.0.0.1", 0, lambda written: emulator.scripted.extend(parse_answers(written)))
    with Server(emulator) as server:
        yield server.url, control.url
    control.close()


def send(url, request=PLAIN, credentials=EXAMPLE_CREDENTIALS, scheme=Scheme.TC3, form=Form.JSON, **changed):
    """The object under Response; `changed` are attributes of the draft that are others."""
    made = draft(request, Sender(url, "ap-guangzhou", credentials, scheme), form, int(time.time()))
    for name, value in changed.items():
        setattr(made, name, value)
    http = sign(made)
    answer = requests.request(http.method, http.url, headers=dict(http.headers), data=http.body, timeout=30)
    return answer.json()["Response"]


def test_answers_are_ordered_and_forgotten(led):
    """As `--answer` does it, while the server runs."""
    url, control = led
    assert requests.post(f"{control}/answers", json=["b=InternalError:2"], timeout=30).status_code == 200
    codes = [send(url).get("Error", {}).get("Code") for _ in range(2)]
    requests.post(f"{control}/answers", json=["*=FailedOperation.ServerError"], timeout=30)
    codes.append(send(url)["Error"]["Code"])
    requests.delete(f"{control}/answers", timeout=30)

    assert codes == ["InternalError", "InternalError", "FailedOperation.ServerError"]
    assert send(url)["FaceModelVersion"] == "3.0"


def test_what_arrived_is_told_and_forgotten(led):
    """With what was asked and answered, and no key in it; a reset forgets the groups, too."""
    url, control = led
    send(url)
    send(url)
    arrived = requests.get(f"{control}/arrivals", timeout=30).json()

    assert [each["code"] for each in arrived] == [None, "InvalidParameterValue.GroupIdAlreadyExist"]
    assert arrived[0]["parameters"] == {"GroupName": "a", "GroupId": "b"}
    assert (arrived[0]["method"], arrived[0]["action"], arrived[0]["status"]) == ("POST", "CreateGroup", 200)
    assert EXAMPLE_CREDENTIALS.secret_id.reveal() not in json.dumps(arrived)

    assert requests.post(f"{control}/reset", timeout=30).json() == {}
    assert requests.get(f"{control}/arrivals", timeout=30).json() == []
    assert "Error" not in send(url)


@pytest.mark.parametrize(
    ("order", "status", "said"),
    [
        ("POST /answers [", 400, "Expecting"),
        ("POST /answers {}", 400, "a list of texts"),
        ('POST /answers ["Nonsense"]', 400, "no list of the documentation"),
        ("POST /other", 404, "GET /arrivals"),
        ("GET /", 404, "POST /reset"),
        ("DELETE /arrivals", 404, "DELETE /answers"),
    ],
)
def test_orders_that_are_none(led, order, status, said):
    """They are told in a sentence."""
    method, path, *body = order.split(" ", 2)
    answer = requests.request(method, f"{led[1]}{path}", data="".join(body), timeout=30)

    assert (answer.status_code, said in answer.json()["error"]) == (status, True)


def test_stubs(led):
    """An action that isn't ours is answered from a file, with a RequestId of its own; others still aren't known."""
    url, _ = led
    stubbed = [send(url, replace(PLAIN, action="CreatePerson")) for _ in range(2)]

    assert [each["FaceId"] for each in stubbed] == ["1", "1"]
    assert stubbed[0]["RequestId"] != stubbed[1]["RequestId"]
    assert send(url, replace(PLAIN, action="SearchPersons"))["Error"]["Code"] == "InvalidAction"


def test_stubs_are_files(tmp_path):
    """With or without the envelope."""
    (tmp_path / "a.json").write_text('{"Response": {"A": 1}}', encoding="utf-8")
    (tmp_path / "b.json").write_text('{"B": 2}', encoding="utf-8")

    found = read_stubs([f"CreatePerson={tmp_path / 'a.json'}", f"SearchPersons={tmp_path / 'b.json'}"])
    assert found == {"CreatePerson": {"A": 1}, "SearchPersons": {"B": 2}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--stub", "CreatePerson"], "ACTION=FILE"),
        (["--stub", "CreateGroup=x.json"], "answered by the emulator itself"),
        (["--stub", "CreatePerson=/no/such.json"], "can't be read"),
        (["--control-port", "70000"], "0 to 65535"),
    ],
)
def test_mistakes(words, said, capsys):
    """In a sentence, with exit code 4."""
    assert main(["serve", *words]) == 4
    assert said in capsys.readouterr().err


REFUSED = [
    ({"payload": b""}, "an empty body"),
    ({"host": "iai.tencentcloudapi.com"}, "another key, or something else"),
    ({"service": "cvm"}, "service is cvm"),
    ({"date": "2020-01-01"}, "date is 2020-01-01"),
    ({"credentials": Credentials(EXAMPLE_CREDENTIALS.secret_id, "wrong")}, "another key"),
    ({"scheme": Scheme.SHA1, "form": Form.FORM, "host": "other"}, "another key"),
]


def test_another_method_was_signed():
    """A GET whose signature is that of a POST."""
    sender = Sender("http://127.0.0.1:1", "ap-guangzhou", EXAMPLE_CREDENTIALS, Scheme.SHA256)
    made = draft(PLAIN, sender, Form.QUERY, int(time.time()))
    made.method = "POST"
    lines = why_refused(replace(sign(made), method="GET"), EXAMPLE_CREDENTIALS, time.time())

    assert lines[-1] == "what was signed is that with the method POST"


@pytest.mark.parametrize(("changed", "said"), REFUSED)
def test_why_a_signature_is_refused(changed, said, led, told):
    """Step by step, on standard error and in the answer: what was signed, and what differs."""
    answer = send(led[0], **changed)
    lines = answer["Error"]["Explanation"]

    assert answer["Error"]["Code"] == "AuthFailure.SignatureFailure"
    assert told == lines
    assert any(said in each for each in lines), lines
    assert any("string to sign" in each or "service is" in each for each in lines)


@pytest.mark.parametrize("scheme", Scheme)
def test_nobody_learns_a_secret(scheme):
    """Neither key nor token nor the right signature stands in an explanation."""
    sender = Sender("http://127.0.0.1:1", "ap-guangzhou", TEMPORARY, scheme)
    form = Form.JSON if scheme is Scheme.TC3 else Form.QUERY
    right = encode(PLAIN, sender, form, int(time.time()))
    wrong = replace(right, body=right.body + b" ") if form is Form.JSON else replace(right, url=f"{right.url}&Tag=x")
    told = " ".join(why_refused(wrong, TEMPORARY, time.time()))

    assert "signed" in told
    assert not any(each.reveal() in told for each in (TEMPORARY.secret_key, TEMPORARY.token, TEMPORARY.secret_id))
    expected = " ".join(why_refused(right, TEMPORARY, time.time()))
    assert "all as it was sent" in expected
    assert not re.search(r"Signature=[0-9a-f]{64}", expected)


@pytest.mark.parametrize(
    "authorization", ["", "x", "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request", "TC3-HMAC-SHA256 \0" * 99]
)
def test_any_header_is_explained(authorization):
    """Whatever stands there."""
    http = encode(PLAIN, Sender("http://127.0.0.1:1", "r", EXAMPLE_CREDENTIALS), Form.JSON, 1)
    headers = tuple((name, authorization if name == "Authorization" else value) for name, value in http.headers)

    assert why_refused(replace(http, headers=headers), EXAMPLE_CREDENTIALS, 1.0)
    bare = tuple(each for each in headers if each[0] != "Authorization")
    assert why_refused(replace(http, headers=bare), EXAMPLE_CREDENTIALS, 1.0)
