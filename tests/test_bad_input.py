"""What people mistype, close, fill up or leave empty: one sentence, the right exit code, never a traceback."""

import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import command

ROOT = Path(__file__).parent.parent
PAGE = str(ROOT / "cassettes" / "documentation" / "page")
STEP = '{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}'
DEEP = "[" * 100_000


def one_sentence(done, code):
    assert done.returncode == code, (done.returncode, done.stdout[-500:], done.stderr[-500:])
    assert done.stderr.startswith("iai-conformance: ")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "--target", "http://[::1"), "no URL"),
        (("cleanup", "--target", "http://[::1"), "live service alone"),
        (("run", "--region", "a b"), "--region has a space"),
        (("run", "--region", "中"), "--region has"),
        (("run", "--region", "x\ny"), "--region has"),
        (("run", "--region", ""), "--region: it is empty"),
        (("run", "--json", ""), "--json: it is empty"),
        (("run", "--junit", ""), "--junit: it is empty"),
        (("run", "--expected-failures", ""), "--expected-failures: it is empty"),
        (("run", "--only", ""), "--only: it is empty"),
        (("run", "--json", "x" * 300), "can't be written"),
        (("run", "--junit", "x" * 300), "can't be written"),
        (("record", "--target", "embedded", "--to", "x" * 300), "can't be written"),
        (("record", "--target", "embedded", "--to", "/dev/null"), "that is a file"),
        (("record", "--target", "embedded", "--to", "/dev/null/x"), "--to /dev/null/x"),
        (("run", "--timeout-seconds", "inf"), "--timeout-seconds inf"),
        (("run", "--timeout-seconds", "nan"), "--timeout-seconds nan"),
        (("observe", "--upstream", "http://127.0.0.1:1", "--timeout-seconds", "-1"), "--timeout-seconds -1"),
        (("run", "--rate", "1e-9"), "takes for ever"),
        (("run", "--max-age", "3"), "--max-age is for recordings"),
        (("run", "--target", "cassette:"), "names no recording"),
        (("run", "--target", "http://user:word@127.0.0.1:1"), "no user name or password"),
        (("run", "--target", "live", "--dry-run", "--endpoint", "evil.example"), "--endpoint evil.example"),
        (("run", "--target", "http://iai.tencentcloudapi.com", "--dry-run"), "--target http://iai"),
        (("run", "--target", "https://iai.tencentcloudapi.com", "--endpoint", "x"), "goes with --target live"),
        (("run", "--only", "groupname.*"), "did you mean GroupName.*?"),
        (("run", "--reading", "x=y"), "`iai-conformance list readings`"),
        (("run", "--reading", "check-order=page", "--reading", "check-order=reverse"), "is page already"),
        (("serve", "--strict-signing", "--reading", "signed-port=accepted"), "--strict-signing means"),
        (("serve", "--answer", f"InternalError:{'9' * 5000}"), "no number of times"),
        (("call", "x"), "a step is a JSON object"),
        (("call", ""), "a step is a JSON object"),
        (("call", DEEP), "nested too deep"),
        (("call", '{"form": "x"}'), "is no form: there are json"),
        (("call", '{"action": 1}'), "an action is a text"),
        (("call", '{"twists": ["x"]}'), "`iai-conformance list twists`"),
        (("call", '{"parameters": {"Tag": "a", "Tag": "b"}}'), "Tag stands twice"),
        (("call", "--quota", "-1", STEP), "--quota -1"),
        (("sign", "--target", "http://127.0.0.1:1", "--body", "x", "--action", "a\nX: y"), "--action has"),
        (("rejudge", PAGE, "--against", "/dev/null/x"), "--against"),
        (("rejudge", PAGE, "--against", str(ROOT)), "can't be read"),
        (("readings", "x" * 300), "x: "),
        (("readings", "/dev/null"), "neither a file nor a folder"),
        (("plan", "nowhere"), "no such file"),
    ],
)  # fmt: skip
def test_wrong_usage(words, says):
    """It is said what is wrong, where, and what would be right; exit code 4."""
    told = one_sentence(command(*words), 4)

    assert says in told
    assert told.count("\n") == 1
    assert "user:word" not in told


def test_reports_nobody_wrote(tmp_path):
    """What is no report of verdicts is told without Python's own words."""
    for content in ("null", "[]", "{}", '{"recordings": []}', DEEP, "\x00", "x"):
        file = tmp_path / "report.json"
        file.write_text(content)
        told = one_sentence(command("rejudge", PAGE, "--against", str(file)), 4)
        assert "that is no report on recordings" in told
        assert "NoneType" not in told
        assert "indices" not in told


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--max-requests", "5", "--json"),
        ("run", "--max-requests", "5", "--junit"),
        ("readings", PAGE, "--json"),
        ("plan", PAGE, "--json"),
        ("rejudge", PAGE, "--accept", "--against"),
    ],
    ids=lambda words: f"{words[0]} {words[-1]}",
)
def test_a_full_disk(words):
    """A report that can't be written is told; what was found is printed all the same."""
    done = command(*words, "/dev/full")

    assert os.strerror(errno.ENOSPC) in one_sentence(done, 3)
    assert words[0] != "run" or "incomplete" in done.stdout


# --- Streams, folders, environments ------------------------------------------------------------------------


def shell(line, **more):
    """What a shell makes of a line; `iai` is the command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    line = line.replace("iai ", f"{sys.executable} -m conformance ")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, check=False, **more)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["list", "show Tag.charset", "explain '{}'", f"readings {PAGE}", "--version"])
def test_output_that_cant_be_written(verb):
    """A full disk behind standard output is told, with exit code 3; a closed one is nobody's fault."""
    full = shell(f"iai {verb} > /dev/full")
    closed = shell(f"iai {verb} >&-")

    assert "Traceback" not in full.stderr + closed.stderr
    assert (full.returncode, closed.returncode) in {(3, 0), (0, 0), (120, 0)}
    assert full.returncode == 3 or verb == "--version"


def test_sentences_that_cant_be_written():
    """The exit code stands where even the sentence can't be said."""
    assert shell("iai run --target x 2> /dev/full").returncode == 4
    assert shell("iai run --target x 2>&-").returncode == 4


def test_a_reader_that_ends_early():
    """Whoever reads the report may stop: the exit code is the verdict's; of others, it is that of a broken pipe."""
    assert shell("set -o pipefail; iai run --profile smoke --max-requests 30 | true").returncode == 5
    assert shell("set -o pipefail; iai list readings | head -1").returncode in {0, 141}
    faulty = shell("set -o pipefail; iai run --profile smoke --only 'Tag.*' --fault tag-takes-dot | true")
    assert faulty.returncode == 1
    assert "Traceback" not in faulty.stderr


def test_closed_standard_input():
    """Nobody can be asked, and nothing be read."""
    asked = shell("iai cleanup --target live <&-", env={"XDG_STATE_HOME": "/nonexistent"})
    signed = shell("iai sign --target http://127.0.0.1:1 --body - <&-")

    assert "Traceback" not in asked.stderr + signed.stderr
    assert signed.returncode == 4
    assert "standard input is closed" in signed.stderr


def test_a_folder_that_is_gone(tmp_path):
    """A working folder that was deleted ends it with a sentence, or doesn't matter."""
    done = shell(
        f"mkdir {tmp_path}/g && cd {tmp_path}/g && rmdir {tmp_path}/g && iai run --max-requests 3 --json x.json"
    )

    assert "Traceback" not in done.stderr
    assert done.returncode in {3, 4}


def test_text_of_any_locale():
    """What was typed is sent, whatever the terminal's encoding."""
    step = '{"parameters": {"GroupName": "中<salt>", "GroupId": "<salt>"}}'
    done = shell(f"iai call '{step}'", env={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})

    assert done.returncode == 0, done.stdout + done.stderr


def test_how_far_it_is_shows_on_a_terminal():
    """On a terminal the number of requests is shown while they are sent; elsewhere nothing is."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "conformance", "run", "--profile", "smoke", "--level", "state"])
    shown = b""
    try:
        while data := os.read(terminal, 65536):
            shown += data
    except OSError:
        pass
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert b"requests, 0 clauses failed" in shown
    assert b"\x1b[K" in shown
    assert "clauses failed" not in command("run", "--profile", "smoke", "--max-requests", "50").stderr


def test_a_server_that_writes_to_the_terminal():
    """What a server says is escaped where a person looks at it."""
    import http.server
    import threading

    class Rude(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = b'{"Response":{"Error":{"Code":"\x1b]0;pwned\x07","Message":"\x1b[2J"},"RequestId":"r"}}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rude) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        done = command("call", "--target", url, STEP)
        server.shutdown()

    assert "\x1b" not in done.stdout + done.stderr
    assert "\x07" not in done.stdout + done.stderr
    assert "pwned" in done.stdout
