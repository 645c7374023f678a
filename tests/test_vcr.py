"""vcrpy beside the suite: sealed is what asks for it, its own filters in force; all else is as without the plugin."""

import json
import os
import subprocess
import sys
import textwrap
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.serializers import yamlserializer

from conformance.base.credentials import Credentials
from conformance.base.errors import UsageError
from conformance.exchange.draft import Form, Sender
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import encode
from conformance.privacy.search import found_in
from conformance.recording.format import NOTE
from conformance.recording.reader import load
from conformance.recording.vcrpy import register
from tests.waiting import PATIENCE

PAIR = Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3SECRET1", "Gu5t9xGARNpq86cd98joQYCN3SECRET2")
SECRETS = ["AKIDz8krbsJ5yKBZQpn74WFkmLPx3SECRET1", "Gu5t9xGARNpq86cd98joQYCN3SECRET2"]


class _Other(BaseHTTPRequestHandler):
    """Another API, which tells of the head that it got, and has a reason of its own."""

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        head = f"{self.requestline} {self.headers.get('Authorization')}"
        body = json.dumps({"Response": {"Echo": head, "RequestId": "1"}}).encode()
        self.send_response_only(200, "Quite Fine")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 -- names that the server looks for

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def other_api():
    server = HTTPServer(("127.0.0.1", 0), _Other)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def create(url, scheme=Scheme.TC3, form=Form.JSON, group="vcr"):
    sender = Sender(url, "ap-guangzhou", PAIR, scheme)
    http = encode(Request.of({"GroupName": group, "GroupId": group}), sender, form, 1_700_000_000)
    return requests.request(http.method, http.url, headers=dict(http.headers), data=http.body, timeout=PATIENCE)


def sealing(**options):
    made = vcr.VCR(**options)
    register(made)
    return made


# --- What asks for it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["vcr", "use"])
@pytest.mark.parametrize(("scheme", "form"), [(Scheme.TC3, Form.JSON), (Scheme.SHA256, Form.QUERY)])
def test_filters_of_ones_own_stay_in_force(tmp_path, at, scheme, form):
    """Given to the VCR or where a cassette is used, they are called; and what they take away is known all the same."""
    seen = []

    def without_authorization(request):
        seen.append(request.uri)
        request.headers.pop("Authorization", None)
        request.headers.pop("User-Agent", None)
        return request

    def in_capitals(response):
        return {**response, "status": {**response["status"], "message": response["status"]["message"].upper()}}

    theirs = {"before_record_request": without_authorization, "before_record_response": in_capitals}
    path = tmp_path / "c.yaml"
    with (
        other_api() as url,
        sealing(**theirs if at == "vcr" else {}).use_cassette(str(path), **theirs if at == "use" else {}),
    ):
        echoed = create(url, scheme, form).text
    text = path.read_text()

    assert seen
    assert PAIR.secret_id.reveal() in echoed
    assert text.startswith(NOTE)
    assert "QUITE FINE" in text
    assert "User-Agent" not in text
    assert found_in(text.encode(), SECRETS) is None
    assert echoed[-80:-20] not in text
    assert load(path).interactions


def test_it_is_found_again_by_what_was_asked(tmp_path):
    """Signed anew, a request finds its answer; one that asks something else doesn't. No reading writes anything."""
    path = tmp_path / "c.yaml"
    with other_api() as url:
        with sealing().use_cassette(str(path)):
            create(url, Scheme.SHA1, Form.QUERY)
            requests.get(f"{url}/?b=2&a=1&token=AVeryLongTokenOfSomebody1", timeout=PATIENCE)
        written = path.read_bytes()
    with sealing(record_mode="none").use_cassette(str(path)) as cassette:
        assert create(url, Scheme.SHA256, Form.QUERY).reason == "Quite Fine"
        again = requests.get(f"{url}/?a=1&b=2&token=AVeryLongTokenOfSomebody1", timeout=PATIENCE)
        with pytest.raises(CannotOverwriteExistingCassetteException) as refused:
            create(url, Scheme.SHA1, Form.QUERY, "another")
        assert cassette.all_played

    assert again.reason == "Quite Fine"
    assert path.read_bytes() == written
    assert b"AVeryLongTokenOfSomebody1" not in written
    assert found_in(repr(cassette.requests).encode(), SECRETS) is None
    assert refused.value.cassette is cassette


def test_what_is_sealed_has_all_that_vcrpy_knows(tmp_path):
    """Reasons, absent bodies, members that only one client knows: read again as they were recorded."""
    recorded = {
        "request": {"method": "GET", "uri": "http://x/", "body": None, "headers": {"Accept": ["*/*"]}},
        "response": {
            "status": {"code": 200, "message": "Quite Fine"}, "headers": {"A": ["b"]}, "body": {"string": "né"},
            "url": "http://x/",
        },
    }  # fmt: skip
    form = sealing().serializers["yaml"]
    read = form.deserialize(form.serialize({"version": 1, "interactions": [recorded]}))

    assert read == {"version": 1, "interactions": [recorded]}
    assert form.serialize(read) == form.serialize({"version": 1, "interactions": [recorded]})


OLD_FORMS = {
    "httpx": "{content: hello, headers: {X-A: [b]}, http_version: HTTP/1.1, status_code: 200}",
    "no list": "{body: {string: hello}, headers: {x-a: b}, status: {code: 200, message: Odd}}",
    "base64": "{body: {string: !!binary aGVsbG8=}, headers: {}, status: {code: 200, message: null}}",
}


@pytest.mark.parametrize("form", OLD_FORMS)
def test_what_isnt_sealed_is_read_as_vcrpy_reads_it(form):
    """In whatever form vcrpy wrote it once; what it keeps of a whole cassette is there, too."""
    request = "{body: !!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary aGk=, 0, null]}"
    text = (
        f"interactions:\n- request: {request}, headers: {{}}, method: GET, uri: 'http://example.test/'}}\n"
        f"  response: {OLD_FORMS[form]}\nmetadata: {{a: 1}}\nversion: 1\n"
    )
    plain, sealed = yamlserializer.deserialize(text), sealing().serializers["yaml"].deserialize(text)

    assert plain["interactions"][0]["request"].pop("body").read() == b"hi"
    assert sealed["interactions"][0]["request"].pop("body").read() == b"hi"
    assert sealed == plain


def test_another_form_is_refused(tmp_path):
    """A seal is made of lines of YAML: JSON is told, before anything is sent."""
    with pytest.raises(UsageError, match="a sealed cassette is YAML, not 'json'"):
        sealing().use_cassette(str(tmp_path / "c"), serializer="json").__enter__()


def test_a_match_on_of_ones_own_stays(tmp_path):
    """Whoever says how requests are found again is asked; by the VCR or where a cassette is used."""
    assert sealing().match_on == ("iai",)
    assert sealing(match_on=["method"]).match_on == ["method"]
    assert [each.__name__ for each in sealing().get_merged_config(match_on=["uri"])["match_on"]] == ["uri"]


# --- What doesn't --------------------------------------------------------------------------------------------

TESTS = """
import time, pytest, requests

@pytest.mark.vcr
def test_time_in_the_body():
    assert requests.post("{url}/a", json={{"at": time.time_ns()}}).reason == "Quite Fine"

@pytest.mark.vcr
def test_query():
    assert requests.get("{url}/c?{query}", headers={{"X-TC-Action": "CreateGroup", "X-TC-Version": "1"}}).ok
"""
ASKING = "\npytestmark = pytest.mark.iai_cassette\n"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def recorded(folder, *words):
    """The cassettes that the tests of a folder leave, by name, without the time of theirs that must differ."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *words],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {each.name: each.read_text() for each in sorted(folder.glob("cassettes/test_o/*"))}


@pytest.mark.slow
def test_tests_of_others_record_and_replay_as_without_the_plugin(tmp_path):
    """Neither asks for anything: the same bytes, and what was recorded without it replays, found as vcrpy finds it."""
    with other_api() as url:
        file = tmp_path / "test_o.py"
        file.write_text(textwrap.dedent(TESTS).format(url=url, query="a=1&b=2").replace("time.time_ns()", "5"))
        without = recorded(tmp_path, "--record-mode=rewrite")
        with_it = recorded(tmp_path, "-p", "conformance.plugin", "--record-mode=rewrite")
        file.write_text(textwrap.dedent(TESTS).format(url=url, query="b=2&a=1"))
        replayed = recorded(tmp_path, "-p", "conformance.plugin", "--record-mode=none", "--block-network")

    assert len(without) == 2
    assert with_it == without
    assert replayed == without


@pytest.mark.slow
@pytest.mark.parametrize("how", ["marker", "ini"])
def test_what_asks_for_it_is_sealed(tmp_path, how):
    """A test by its marker, a project by its ini option."""
    with other_api() as url:
        text = textwrap.dedent(TESTS).format(url=url, query="a=1") + (ASKING if how == "marker" else "")
        (tmp_path / "test_o.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n" + ("iai_cassettes = true\n" if how == "ini" else ""))
        found = recorded(tmp_path, "--strict-markers", "-p", "conformance.plugin", "--record-mode=once")

    assert [each.startswith(NOTE) for each in found.values()] == [True, True]


@pytest.mark.slow
def test_a_marker_that_could_do_nothing_is_told(tmp_path):
    """Without pytest-recording nothing would be sealed: the test that asks for it doesn't run."""
    (tmp_path / "test_o.py").write_text(f"import pytest\n{ASKING}\ndef test_it(): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:recording", "-p", "conformance.plugin"],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip

    assert done.returncode == 1
    assert "the marker iai_cassette needs pytest-recording" in done.stdout


def test_the_plugin_alone_leaves_vcrpy_alone():
    """To load the plugin imports nothing of vcrpy, so that it changes nothing there."""
    code = "import sys, conformance.plugin; sys.exit(any(each.split('.')[0] == 'vcr' for each in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=PATIENCE).returncode == 0
