"""Right servers that aren't at rest, over sockets: ten runs in a row must all say the same, and name no clause.

    python -m benchmarks.restless [--runs 10] [--profile smoke] [WAY…]

Each way of being restless is one that the documents permit: connections that are reset and internal errors now and
then, throttling, look-ups that lag, a clock that is slow.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.report.model import Report, Status, report_of
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

_ONE_IN_A_HUNDRED = 0.01
_LAG = 0.5  # seconds
_SLOW = 20  # seconds


def _error(code: str) -> HttpResponse:
    body = {
        "Response": {"Error": {"Code": code, "Message": "now and then"}, "RequestId": f"{random.getrandbits(128):x}"}
    }
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(body).encode())


class Restless:
    """The reference emulator, and what becomes of its answers.

    Attributes:
        dates: whether answers have a Date.
    """

    dates = True

    def __init__(self) -> None:
        """Begin with an empty account."""
        self.emulator, self.lock = Emulator(), threading.Lock()

    def answer(self, http: HttpRequest) -> HttpResponse | None:
        """What comes of a request; None where the connection is reset instead."""
        return self.emulator.handle(http)


class Flaky(Restless):
    """One connection in a hundred is reset, before or after the work; one answer in a hundred is an internal error."""

    def answer(self, http: HttpRequest) -> HttpResponse | None:
        """Now and then something else."""
        before, after, broken = (random.random() < each for each in (_ONE_IN_A_HUNDRED / 2,) * 2 + (_ONE_IN_A_HUNDRED,))
        if before:
            return None
        answer = _error("InternalError") if broken else super().answer(http)
        return None if after else answer


class Throttled(Restless):
    """So many requests a second."""

    rate = 20

    def __init__(self) -> None:
        """Begin to count."""
        super().__init__()
        self.lately: list[float] = []

    def answer(self, http: HttpRequest) -> HttpResponse | None:
        """Throttled, when there were too many in the last second."""
        now = time.monotonic()
        self.lately = [each for each in self.lately if now - each < 1]
        if len(self.lately) >= self.rate:
            return _error("RequestLimitExceeded")
        self.lately.append(now)
        return super().answer(http)


class ThrottledLate(Throttled):
    """The documented rate."""

    rate = 50


class Lagging(Restless):
    """Look-ups see a group half a second after it was created."""

    def __init__(self) -> None:
        """Nothing was created yet."""
        super().__init__()
        self.created: dict[str, float] = {}

    def answer(self, http: HttpRequest) -> HttpResponse | None:
        """As if what is new weren't there yet."""
        answer = super().answer(http)
        assert answer is not None
        action = dict(http.headers).get("X-TC-Action")
        new = {group for group, at in self.created.items() if time.monotonic() - at < _LAG}
        if action == "CreateGroup" and b"FaceModelVersion" in answer.body and http.body[:1] == b"{":
            self.created[str(json.loads(http.body).get("GroupId"))] = time.monotonic()
        elif action == "GetGroupInfo" and json.loads(http.body).get("GroupId") in new:
            return _error("InvalidParameterValue.GroupIdNotExist")
        elif action == "GetGroupList" and b"GroupInfos" in answer.body:
            content = json.loads(answer.body)
            shown = content["Response"]["GroupInfos"]
            shown[:] = [each for each in shown if each["GroupId"] not in new]
            content["Response"]["GroupNum"] -= len(new)  # of all groups, however many one list shows
            return HttpResponse(answer.status, answer.headers, json.dumps(content).encode())
        return answer


class SlowClock(Restless):
    """Its clock is slow, and no Date tells."""

    dates = False

    def __init__(self) -> None:
        """Begin some seconds ago."""
        super().__init__()
        self.emulator.clock = lambda: time.time() - _SLOW


WAYS: dict[str, Callable[[], Restless]] = {
    "at rest": Restless,
    "flaky": Flaky,
    "20 a second": Throttled,
    "50 a second": ThrottledLate,
    "lagging": Lagging,
    "slow clock": SlowClock,
}


@contextmanager
def served(restless: Restless) -> Iterator[str]:
    """Its URL, while it is served."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version, wbufsize = "HTTP/1.1", -1

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def __getattr__(self, name: str) -> Callable[[], None]:
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self.respond

        def respond(self) -> None:
            """Answer whatever method it is."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers['Host']}{self.path}"
            with restless.lock:
                answer = restless.answer(HttpRequest(self.command, url, tuple(self.headers.items()), body))
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response_only(answer.status)
            if restless.dates:
                self.send_header("Date", self.date_time_string())
            for name, value in answer.headers:
                if name.lower() not in {"content-length", "date"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if self.command != "HEAD" else b"")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def judged(url: str, profile: str, seed: int) -> Report:
    """The report of one run against it."""
    settings = Settings(target=url, profile=profile, seed=seed)
    session = open_session(settings)
    conduct(session, settings)
    return report_of(session, settings)


def main() -> int:
    """Run all of them; exits with 1 where a clause fails, or the runs of one server don't agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"of {', '.join(WAYS)}; all, if none is named")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--profile", default="smoke")
    options = parser.parse_args()
    wrong = False
    for way in options.ways or WAYS:
        statuses: Counter[str] = Counter()
        requests, seconds, notes = 0, 0.0, ""
        with served(WAYS[way]()) as url:
            for number in range(options.runs):
                report = judged(url, options.profile, number)
                failed = sorted(each.clause.id for each in report.clauses if each.status is Status.FAILED)
                statuses[" ".join([str(report.verdict), *failed])] += 1
                requests, seconds = requests + report.requests, seconds + report.seconds
                notes = "; ".join(report.notes)
        wrong = wrong or list(statuses) != ["conforms"]
        told = ", ".join(f"{number} times {said}" for said, number in statuses.items())
        print(
            f"{way}: {told}; {requests / options.runs:.0f} requests and {seconds / options.runs:.1f} s a run; {notes}",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
