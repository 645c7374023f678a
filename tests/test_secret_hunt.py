"""Whole runs against a server that quotes its clients everywhere; all that they wrote, however loud, is searched."""

import base64
import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from conformance.base import credentials
from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials, Secret
from conformance.exchange.draft import Form, Sender
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import encode
from scripts import hunt
from tests.echoing import PLACES, WRITINGS, echoing
from tests.key_pair import PAIR
from tests.waiting import PATIENCE, outputs

ROOT = Path(__file__).parent.parent

NAMES = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
STEPS = ('{"parameters": {"GroupName": "a"}}', '{"action": "DeleteGroup", "parameters": {"GroupId": "b"}}')
# Somebody who wants to see everything.
CURIOUS = "import http.client, logging\nhttp.client.HTTPConnection.debuglevel = 1\nlogging.basicConfig(level=0)\n"
LOUD = (
    "-vvv", "--showlocals", "--tb=long", "-o", "log_cli=true", "--log-cli-level=DEBUG", "--log-file=log.txt",
    "--log-file-level=DEBUG", "--junitxml=pytest.xml", "--debug=debug.log", "-p", "no:randomly",
)  # fmt: skip


def commands(url):
    """What is run, by its name: verbs, and the suite under pytest."""
    target, few = ("--target", url), ("--profile", "smoke", "--only", "Tag.*")
    pytest_ = ("pytest", "-p", "conformance.plugin", "--pyargs", "conformance.suite", "--iai-target", url)
    return {
        "run": ("conformance", "run", *target, *few, "--json", "r.json", "--junit", "r.xml"),
        "signatures": ("conformance", "run", *target, "--profile", "smoke", "--only", "Authentication.signature*"),
        "record": ("conformance", "record", *target, *few, "--to", "recording"),
        "call": ("conformance", "call", *target, *STEPS, '{"form": "query", "scheme": "HmacSHA1", "parameters": {}}'),
        "explain": ("conformance", "explain", '{"GroupName": "a"}'),
        "cleanup": ("conformance", "cleanup", *target),
        "rejudge": ("conformance", "rejudge", "recording", "--accept", "--against", "verdicts.json"),
        "readings": ("conformance", "readings", "recording", "--all", "--json", "readings.json"),
        "plan": ("conformance", "plan", "recording", "--json", "plan.json"),
        "replay": ("conformance", "run", "--target", "cassette:recording", "--json", "replay.json"),
        "suite": (*pytest_, "--iai-profile", "smoke", "--iai-only", "Tag.*", "--iai-junit", "p.xml", *LOUD),
        "tracebacks": (*pytest_, "--iai-profile", "smoke", "--iai-only", "Tag.type", "-l", "--full-trace"),
    }  # fmt: skip


# Whoever has this in its way breaks at each answer, with a message that says all of what was sent; or stops there.
BREAKING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from conformance.runs.run import Run
def judge(self, exchange, *_args, **_more):
    print(f"quoting {type(exchange).__name__}", file=sys.stderr)
    if "STOPPED" in os.environ:
        os.kill(os.getpid(), signal.SIGINT)
    raise RuntimeError(f"quoting {exchange.sent.headers} {exchange.sent.url} {exchange.sent.body}")
Run.judge = judge
"""
BROKEN = ("run", "record", "call", "suite")


def environment(folder):
    """That of somebody with a key, who writes into one folder alone."""
    own = dict(zip(NAMES, map(Secret.reveal, PAIR.texts), strict=True))
    where = dict.fromkeys(("TMPDIR", "HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(folder))
    return {**os.environ, **own, **where, "PYTHONPATH": str(ROOT)}


def observed(upstream, folder):
    """Let somebody's requests pass through `observe`, whose output goes into a file; then end it."""
    words = ("observe", "--upstream", upstream, "--port", "0", "--json", "o.json", "--to", "traffic")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "conformance", *words], cwd=folder, env=environment(folder),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    told = process.stdout.readline()
    (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+", told)) - {upstream}
    for number in range(2 * len(PLACES)):
        scheme, form = ((Scheme.TC3, Form.JSON), (Scheme.SHA1, Form.QUERY))[number % 2]
        asked = Request.of({"GroupName": f"a{number}", "GroupId": f"a{number}"})
        http = encode(asked, Sender(url, "ap-guangzhou", PAIR, scheme), form, int(time.time()))
        with contextlib.suppress(requests.RequestException):
            requests.request(
                http.method, http.url, headers=dict(http.headers), data=http.body, timeout=PATIENCE,
                allow_redirects=False,
            )  # fmt: skip
    process.send_signal(signal.SIGINT)
    (folder / "observe.out").write_text(told + outputs(process)[0])


def served(folder):
    """Let somebody's requests come to `serve`, of which one breaks it; then end it."""
    (folder / "sitecustomize.py").write_text(
        "import conformance.emulator.service as service\n"
        "def admit(http, *_): raise ValueError(f'{http.headers} {http.url}')\nservice.admit = admit\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "conformance", "serve", "--port", "0"], cwd=folder,
        env=environment(folder) | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    told = process.stdout.readline()
    (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+", told))
    for scheme, form in ((Scheme.TC3, Form.JSON), (Scheme.SHA1, Form.QUERY)):
        http = encode(Request.of({"GroupName": "a"}), Sender(url, "", PAIR, scheme), form, int(time.time()))
        came = requests.request(http.method, http.url, headers=dict(http.headers), data=http.body, timeout=PATIENCE)
        (folder / f"answer-{form}").write_bytes(came.content)
    process.send_signal(signal.SIGTERM)
    (folder / "serve.out").write_text(told + outputs(process)[0])
    (folder / "sitecustomize.py").unlink()
    assert "ValueError" in (folder / "serve.out").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("stopped", [False, True], ids=["broken", "stopped"])
def test_an_end_in_the_middle_tells_no_secret(tmp_path, stopped):
    """Neither an internal error whose message quotes a request, nor Ctrl-C, of whatever verb."""
    (tmp_path / "sitecustomize.py").write_text(BREAKING)
    path = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"} | ({"STOPPED": "1"} if stopped else {})
    codes = {}
    with echoing(PAIR) as server:
        server.turns = itertools.repeat(("member", "plain"))  # nothing else ends these runs
        for name in BROKEN:
            with (tmp_path / f"{name}.out").open("wb") as out:
                codes[name] = subprocess.run(
                    [sys.executable, "-m", *commands(server.url)[name]], cwd=tmp_path, env=environment(tmp_path) | path,
                    stdout=out, stderr=subprocess.STDOUT, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                ).returncode  # fmt: skip
        signatures = set(server.signatures)

    assert list(hunt.hunt([tmp_path], [*PAIR.texts, *map(Secret, signatures)])) == []
    for each in BROKEN:
        assert re.search(
            r"quoting Exchange|an internal error|sitecustomize\.py:\d+", (tmp_path / f"{each}.out").read_text()
        ), each
    assert codes == dict.fromkeys(BROKEN, 2 if stopped else 3)


@pytest.mark.slow
def test_nothing_that_whole_runs_write_has_a_secret(tmp_path):
    """No output, log, report, cassette, cache or temporary file, of no verb, has a key, a token or a signature."""
    (tmp_path / "conftest.py").write_text(CURIOUS)
    with echoing(PAIR) as server:
        for name, words in commands(server.url).items():
            with (tmp_path / f"{name}.out").open("wb") as out:
                subprocess.run(
                    [sys.executable, "-m", *words], cwd=tmp_path, env=environment(tmp_path), stdout=out,
                    stderr=subprocess.STDOUT, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                )  # fmt: skip
        observed(server.url, tmp_path)
        served(tmp_path)
        signatures = set(server.signatures)

    assert len(signatures) > len(PLACES) * len(WRITINGS) / 2
    found = list(hunt.hunt([tmp_path], [*PAIR.texts, *map(Secret, signatures)]))
    assert found == []
    shown = "".join(each.read_text("utf-8", "replace") for each in tmp_path.glob("*.out"))
    assert "Odd." in shown
    assert "SCRUBBED" in shown
    assert "DEBUG" in (tmp_path / "log.txt").read_text()


# --- The hunt can fail ---------------------------------------------------------------------------------------


# Nobody signs with it: what these tests leave is searched, too.
PLANTED = Credentials(Secret("AKIDplantedWhereItIsLookedFor001"), Secret("plantedSecretKey00aBcDeFgHiJk1"))


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_leak_is_found(tmp_path, writing):
    """However it is written, in whichever of many files; cut off, all but its end must be there."""
    (tmp_path / "a").mkdir()
    leak = WRITINGS[writing](f"{PLANTED.secret_key.reveal()} and more")
    (tmp_path / "a" / "harmless.txt").write_text("nothing")
    (tmp_path / "a" / "report.xml").write_text(f"before {leak} behind")

    found = list(hunt.hunt([tmp_path], PLANTED.texts))

    assert [file.name for file, _ in found] == ["report.xml"]


def test_the_example_pair_is_looked_for(tmp_path, monkeypatch, capsys):
    """Processes that know of no other sign with it; it may stand where it is documented."""
    monkeypatch.setenv("TENCENTCLOUD_TOKEN", "aTokenOfNobody0123456789")
    (tmp_path / "credentials.py").write_bytes(Path(credentials.__file__).read_bytes())
    assert hunt.main([str(tmp_path)]) == 0

    (tmp_path / "log").write_text(f"signed by {EXAMPLE_CREDENTIALS.secret_id.reveal()}")
    assert hunt.main([str(tmp_path)]) == 1
    (tmp_path / "log").unlink()  # which is searched, too


def test_a_leak_in_a_name_is_found(tmp_path, monkeypatch, capsys):
    """The name of a file is told to everybody; without a secret to look for, nothing is said to be clean."""
    monkeypatch.setenv("TENCENTCLOUD_TOKEN", "aTokenOfNobody0123456789")
    (tmp_path / "of aTokenOfNobody0123456789").touch()

    assert hunt.main([str(tmp_path)]) == 1
    monkeypatch.setenv("TENCENTCLOUD_TOKEN", "anotherOfNobody0123456789")
    assert hunt.main([str(tmp_path)]) == 0
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    assert hunt.main([str(tmp_path)]) == 4


@pytest.mark.parametrize("before", [0, 255 * 1024, 256 * 1024 - 5, 256 * 1024, 3 * 256 * 1024 - 7])
def test_a_long_text_is_searched_to_its_end(tmp_path, before):
    """Where a text is cut to be searched, a secret is found that stands across."""
    secret = PLANTED.secret_id
    (tmp_path / "log").write_text("x" * before + base64.b64encode(secret.reveal().encode()).decode() + " tail" * 9)

    assert [file.name for file, _ in hunt.hunt([tmp_path], [secret])] == ["log"]
