"""A driver as a process: what it says, how it ends, what else it writes; and the stage, which keeps what arrives."""

import json
import os
import socket
import sys
import time
from pathlib import Path

import pytest
import requests

from conformance.base.errors import TargetUnusableError
from conformance.emulator import Emulator
from conformance.exchange.driver_protocol import Result, Unsupported
from conformance.exchange.observed_calls import Ended
from conformance.exchange.plays import PLAY
from conformance.targets.drivers import DriverProcess
from conformance.targets.stage import Act, Stage

HELLO = {
    "type": "hello", "protocol": 1, "sdk": "s", "version": "1", "runtime": "r", "methods": ["POST"],
    "signing": ["TC3-HMAC-SHA256"], "reach": ["endpoint"], "can": [],
}  # fmt: skip
BEGINNING = f"import json, os, sys, time\nprint({json.dumps(json.dumps(HELLO))}, flush=True)\n"
ANSWER = 'print(json.dumps({"type": "result", "id": "1", "answer": {}}), flush=True)\n'
LONG = 30.0  # seconds: what should come at once comes, however busy the machine is


def started(body, beginning=BEGINNING):
    """A driver that says hello, reads a line and does something."""
    driver = DriverProcess([sys.executable, "-c", f"{beginning}sys.stdin.readline()\n{body}"])
    driver.start()
    return driver


@pytest.mark.parametrize(
    ("body", "outcome", "told"),
    [
        (ANSWER, Result("1", answer={}), ""),
        ('print(json.dumps({"type": "unsupported", "id": "1", "reason": "x"}))', Unsupported("1", "x"), ""),
        ("print(json.dumps({'type': 'result', 'id': '2', 'answer': {}}))", Ended.GARBLED, "the call 2 instead of 1"),
        ("print(json.dumps({'type': 'result', 'id': '1'}))", Ended.GARBLED, "not both"),
        ("print(json.dumps({'type': 'bye'}))", Ended.GARBLED, "neither result nor unsupported"),
        ("sys.exit(3)", Ended.CRASHED, "exit code 3"),
        ("sys.exit('why it ended')", Ended.CRASHED, "why it ended"),
        ("os.kill(os.getpid(), 9)", Ended.CRASHED, "by SIGKILL"),
        ("raise ValueError('x')", Ended.CRASHED, "ValueError: x"),
    ],
)
def test_what_comes_of_a_call(body, outcome, told):
    """What a driver says; or how it ends without a word, with the last it wrote on standard error."""
    driver = started(body)
    reply = driver.ask("1", "{}", LONG)

    assert reply.outcome == outcome
    assert told in reply.told
    assert isinstance(outcome, Result | Unsupported) or not driver.is_running
    driver.stop()


def test_a_driver_that_hangs_is_stopped(tmp_path):
    """With all that it started; the next one is started anew."""
    pid = tmp_path / "pid"
    child = "import os, time; open({0!r}, 'w').write(str(os.getpid())); time.sleep(999)"
    start = f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {child.format(str(pid))!r}])\n"
    body = f"{start}{ANSWER}sys.stdin.readline()\ntime.sleep(999)"
    driver = started(body)
    driver.ask("1", "{}", LONG)
    while not pid.exists() or not pid.read_text(encoding="ascii"):
        time.sleep(0.01)

    reply = driver.ask("2", "{}", 0.05)

    assert (reply.outcome, driver.is_running) == (Ended.LATE, False)
    # Ended, or nobody has taken note of its end yet.
    state = Path(f"/proc/{pid.read_text(encoding='ascii')}/stat")
    assert not state.exists() or state.read_text(encoding="utf-8").rpartition(") ")[2][0] in "ZX"
    driver.start()
    assert driver.is_running
    driver.stop()


def test_what_else_it_writes_is_told():
    """On standard output: it is no part of the protocol, and spoils no message."""
    driver = started(f"print('DEBUG 1')\nprint('[1, 2]')\nprint()\n{ANSWER}")
    reply = driver.ask("1", "{}", LONG)

    assert reply.outcome == Result("1", answer={})
    assert reply.stray == ("DEBUG 1", "[1, 2]")
    driver.stop()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("""print('{"type": "bye"}')""", ""),
        ("sys.exit(0)", "exit code 0"),
        (ANSWER, "another message"),
    ],
)
def test_bye(body, wrong):
    """A driver answers bye and ends; whatever else it does is told."""
    driver = started(body)
    told = driver.leave()

    assert bool(told) == bool(wrong)
    assert wrong in told
    assert not driver.is_running


@pytest.mark.parametrize("script", ["pass", "print('hi')", "raise SystemExit('no SDK here')"])
def test_no_hello(script):
    """What ends without a hello can't be used; a sentence has the last it wrote."""
    with pytest.raises(TargetUnusableError, match="can't be used: the driver ended with exit code") as told:
        DriverProcess([sys.executable, "-c", script]).start()

    assert ("no SDK here" in str(told.value)) == ("SDK" in script)
    assert ("it wrote: hi" in str(told.value)) == ("hi" in script)


def test_its_environment(monkeypatch):
    """Neither key pair nor proxy goes along."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://x")
    monkeypatch.setenv("KEPT", "1")
    driver = started("print(json.dumps({'type': 'result', 'id': '1', 'answer': dict(os.environ)}))")
    seen = driver.ask("1", "{}", LONG).outcome.answer
    driver.stop()

    assert "KEPT" in seen
    assert not {"TENCENTCLOUD_SECRET_KEY", "HTTPS_PROXY"} & seen.keys()


# --- The stage -----------------------------------------------------------------------------------------------------


@pytest.fixture(name="stage")
def _stage():
    stage = Stage(Emulator())
    yield stage
    stage.close()


def post(stage, body, **more):
    return requests.post(f"http://{stage.address}/", data=body, timeout=LONG, **more)


def begun(stage, *plays, word=""):
    act = Act([PLAY[each] for each in plays], word)
    stage.begin(act, is_proxy=False)
    return act


def test_plays_come_in_turn(stage):
    """The first at the first request, the last at all that follow; each arrival is kept with its bytes."""
    act = begun(stage, "code-InternalError", "status-500")
    statuses = [post(stage, body).status_code for body in (b"1", b"2", b"3")]

    assert statuses == [200, 500, 500]
    assert [each.play for each in act.arrivals] == ["code-InternalError", "status-500", "status-500"]
    assert [each.raw[-1:] for each in act.arrivals] == [b"1", b"2", b"3"]
    assert all(each.raw.startswith(b"POST / HTTP/1.1\r\n") for each in act.arrivals)


def test_a_late_request_belongs_to_its_own_call(stage):
    """By its word, whatever call is in flight meanwhile; one without any word belongs to that."""
    first = begun(stage, "code-InternalError", word="first")
    second = begun(stage, "status-500", word="second")
    headers = {"Content-Type": "application/json"}
    for name in ("first", "second", "other"):
        post(stage, json.dumps({"GroupName": name}), headers=headers)

    assert [each.named for each in first.arrivals] == [True]
    assert [each.named for each in second.arrivals] == [True, False]


@pytest.mark.parametrize(
    ("play", "whole"),
    [("reset-before", False), ("reset-amid", False), ("lost", False), ("too-short", False), ("without-length", True),
     ("chunked", True), ("in-pieces", True), ("gzip", True)],
)  # fmt: skip
def test_tricks(stage, play, whole):
    """What is whole can be read by any client; of the rest, none can make an answer."""
    act = begun(stage, play)
    try:
        body = post(stage, b"{}").json()
    except (requests.RequestException, ValueError):
        body = None

    (arrival,) = act.arrivals
    assert (body is not None, arrival.whole) == (whole, whole)


def test_nobody_is_let_in_at_the_deaf_port(stage):
    """A connection to it isn't made."""
    host, _, port = stage.deaf.partition(":")
    with socket.socket() as connection:
        connection.settimeout(0.2)
        with pytest.raises(OSError, match="timed out"):
            connection.connect((host, int(port)))


def test_nothing_is_left_open():
    """Whoever closes a stage gets back what it opened."""
    folder = Path(f"/proc/{os.getpid()}/fd")
    if not folder.exists():
        pytest.skip("no list of what is open")
    before = len(list(folder.iterdir()))
    for _ in range(5):
        Stage(Emulator()).close()

    assert len(list(folder.iterdir())) <= before
