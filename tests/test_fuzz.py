"""The fuzzing campaign in small: the emulator stands it, and what it looks for it finds."""

import sys
from pathlib import Path

import pytest

from benchmarks.fuzz import SERVE, campaign
from benchmarks.fuzzing.answers import answers, complaint
from benchmarks.fuzzing.drawing import Input
from benchmarks.fuzzing.inputs import KINDS, made
from tests.waiting import PATIENCE

# The emulator, but for what it does with the requests of the campaign that are about its own groups.
BROKEN = """
import os, sys, time
from conformance.base.environment import credentials_of_environment
from conformance.emulator import Emulator
from conformance.emulator.server import serve_forever
from conformance.exchange.messages import HttpResponse

kept = []

class Broken(Emulator):
    def handle(self, http):
        if b"fuzz-" in http.body:
            {}
        return super().handle(http)

serve_forever(Broken(credentials=credentials_of_environment()), "127.0.0.1", 0, lambda url: print(url, flush=True))
"""
MISTAKES = {
    "return HttpResponse(500, (), b'')": "HTTP status 500",
    "kept or kept.append(0) or time.sleep(30)": "neither an answer nor the end of the connection came",
    "sys.stderr.write('oh')": "on its standard error: oh",
    "os._exit(3)": "the server ended with 3",
    "self.account.groups.pop('kept-7', None)": "a valid GetGroupInfo is refused",
    "self.account.groups['kept-7'].tag = 'x'": "the first groups were",
    "self.account = type(self.account)(); self.quota = 0": "a valid CreateGroup is refused",
    "kept.append(b'x' * 20_000_000)": "memory grew",
}


@pytest.mark.slow
def test_small_campaign():
    """A few hundred inputs leave the emulator as it was."""
    assert campaign(SERVE, 400, seconds=PATIENCE, say=lambda _: None) == []


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_goes_wrong_is_found(mistake):
    """A server that breaks, hangs, forgets or leaks is found out, and the failure says how to have it again."""
    if "kept.append" in mistake and not Path("/proc/self/status").exists():
        pytest.skip("the system doesn't tell how much memory a process has")
    command = (sys.executable, "-c", BROKEN.format(mistake))

    seconds = 10 if "sleep" in mistake else PATIENCE  # more than an answer takes on a busy machine
    failures = campaign(command, 25, first=1000, seconds=seconds, say=lambda _: None)

    found = [each for each in failures if MISTAKES[mistake] in each]
    assert found
    assert all("python -m benchmarks.fuzz --seed 0" in each for each in found)


def test_no_server():
    """A command that serves nothing is told with what it said."""
    with pytest.raises(RuntimeError, match="no server: oh"):
        campaign((sys.executable, "-c", "import sys; sys.exit('oh')"), 1)


def test_a_useless_server():
    """A server that creates no groups is found out before the first input."""
    [failure] = campaign((sys.executable, "-c", USELESS), 1, seconds=PATIENCE, say=lambda _: None)

    assert failure.startswith("before the first input: a valid CreateGroup: closed after 0 of 1 answers")


USELESS = """
import socket
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listening.accept()
        connection.recv(65536)
        connection.close()
"""

GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{"Response": {"RequestId": "a"}}'
REFUSED = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nInvalid"
BROKE = GOOD.replace(b"32", b"68").replace(b"}}", b', "Error": {"Code": "InternalError"}}}')
CHUNKS = b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        (b"", []),
        (GOOD * 3, [200, 200, 200]),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD + REFUSED, [200, 400]),
        (CHUNKS + GOOD, [400, 200]),
    ],
)
def test_good_answers(data, statuses):
    """Whole answers are read one by one, and nothing is wrong with them."""
    found = answers(data, b"POST")

    assert [each.status for each in found] == statuses
    assert complaint(Input((b"POST",), answers=len(statuses)), found) is None


@pytest.mark.parametrize(
    ("data", "sent", "words"),
    [
        (GOOD, b"POST", "closed after 1 of 2 answers"),
        (GOOD[:-1], b"POST", "cut short"),
        (GOOD[:50], b"POST", "cut short"),
        (GOOD[:20], b"POST", "cut short"),
        (GOOD.partition(b"{")[0], b"POST", "cut short"),
        (CHUNKS[:-3], b"POST", "cut short"),
        (GOOD + b"nonsense", b"POST", "cut short"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"POST", "no answer of the API"),
        (GOOD.replace(b"RequestId", b"ResponseI"), b"POST", "no answer of the API: no RequestId"),
        (BROKE, b"POST", "InternalError"),
        (REFUSED.replace(b"400", b"503"), b"POST", "HTTP status 503"),
    ],
)
def test_bad_answers(data, sent, words):
    """Too few answers, one that is cut short, and one that isn't the API's are told apart."""
    assert words in complaint(Input((sent,), answers=2), answers(data, sent))


def test_head():
    """To HEAD comes a length, and no body."""
    head = GOOD.partition(b"{")[0]

    assert complaint(Input((b"HEAD",), answers=2), answers(head + GOOD, b"HEAD")) is None


def test_inputs_are_the_same_every_time():
    """A number stands for one input; only what is signed depends on the time."""
    now, later = ([made(3, number, when) for number in range(400)] for when in (1_700_000_000, 1_800_000_000))

    assert now == [made(3, number, 1_700_000_000) for number in range(400)]
    assert [(each.kind, len(each.pieces), each.answers) for each in now] == [
        (each.kind, len(each.pieces), each.answers) for each in later
    ]
    assert {each.kind for each in now} > {"half", "mutated", "json", "values"}
    assert len(KINDS) == len({kind.__name__ for _, kind in KINDS})
