"""What others wrote reaches no terminal as it is: whatever verb shows it, in a sentence, a report or a mistake."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conformance.base.words import shown, visible
from conformance.report.terminal import console
from tests.command import command

ROOT = str(Path(__file__).parent.parent)
# One of each kind: clear the screen, a title, C1, bell, backspace, delete, turn the direction, ends of lines, tags.
EVIL = "\x1b[2J\x1b]0;t\x07\x9b31m\x08\x7f\u202e\u2066\u2028\x85\ufeff\U000e0041\r"
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize("text", ["人脸库，“中文”", "\u3000全角", "👨‍👩‍👧 🇨🇳 ❤️", "葛\U000e0100", "é\u0301 ₂ \ue000"])
def test_chinese_and_emoji_stay(text):
    """What people write is shown as they wrote it."""
    assert visible(text) == text == shown(text)


CONTROL = [each for each in EVIL if OBEYED.match(each)]


@pytest.mark.parametrize("character", CONTROL)
def test_what_is_obeyed_is_escaped(character):
    """Each by its number; in lines of our own, their ends stay."""
    assert not OBEYED.search(visible(f"a{character}b\n"))
    number = ord(character)
    escaped = f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"
    assert shown(f"a{character}b\n\tc") == f"a{escaped}b\n\tc"


def test_colours_are_ours_alone(capsys):
    """A report is coloured on a terminal; what it cites isn't."""
    out = console()
    out._force_terminal = True
    out.print(f"a{EVIL}b", style="red")
    written = capsys.readouterr().out

    assert "\\u001b[2J" in written
    assert not OBEYED.search(re.sub("\x1b\\[[0-9;]*m", "", written))


class _Evil(http.server.BaseHTTPRequestHandler):
    """Answers with what would take over a terminal, in every place that an answer has."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        error = {"Code": f"Invalid{EVIL}", "Message": EVIL, EVIL: EVIL}
        body = json.dumps({"Response": {"Error": error, "RequestId": EVIL}, EVIL: EVIL}, ensure_ascii=False).encode()
        self.send_response(200, "\x1b[31m")
        self.send_header("Content-Type", "application/json\x1b[31m\x9b")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 -- as `http.server` calls it

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module", name="evil")
def _evil():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Evil) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


NAME = EVIL.replace("\x00", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("run", "--target", "EVIL", "--max-requests", "30", "--only", "GroupId.*"),
        ("call", "--target", "EVIL", '{"GroupId": "a", "GroupName": "b"}'),
        ("call", "--target", "EVIL", json.dumps({"GroupId": EVIL, "GroupName": EVIL}, ensure_ascii=False)),
        ("explain", json.dumps({"GroupId": EVIL, EVIL: EVIL}, ensure_ascii=False)),
        (NAME,), ("run", NAME), ("run", f"--{NAME}"), ("run", "--seed", NAME), ("run", "--profile", NAME),
        ("run", "--target", f"cassette:{NAME}"), ("run", "--target", f"http://{NAME}"), ("run", "--target", NAME),
        ("run", "--json", f"/{NAME}/x"), ("run", "--expected-failures", NAME), ("run", "--only", NAME),
        ("run", "--fault", NAME),
        ("show", NAME), ("list", NAME), ("readings", NAME), ("plan", NAME), ("rejudge", NAME), ("cleanup", NAME),
        ("serve", "--answer", NAME), ("serve", "--reading", NAME), ("serve", "--host", NAME), ("serve", "--port", NAME),
        ("observe", "--upstream", NAME), ("sign", NAME), ("explain", NAME), ("call", NAME),
    ],
    ids=lambda words: " ".join(words[:2])[:20].encode("ascii", "backslashreplace").decode(),
)  # fmt: skip
def test_no_verb_lets_it_through(evil, words, tmp_path, monkeypatch):
    """Neither what a server says nor what stands in a name, an option or a request."""
    monkeypatch.chdir(tmp_path)
    done = command(*(evil if each == "EVIL" else each for each in words))

    assert done.stdout + done.stderr
    assert not OBEYED.search(done.stdout + done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("--iai-target", "EVIL", "--iai-profile", "smoke", "--iai-max-requests", "9"),
        ("--iai-target", f"cassette:{NAME}"),
        ("--iai-only", NAME),
    ],
)
def test_nor_does_pytest(evil, words, tmp_path):
    """The same under pytest: in failures, in what ends it, in mistakes among the options."""
    options = [evil if each == "EVIL" else each for each in words]
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "--pyargs", "conformance.suite", *options]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": ROOT}
    )
    told = (done.stdout + done.stderr).decode()

    assert done.returncode in {1, 4}
    assert "\\u001b" in told
    assert not OBEYED.search(told)
