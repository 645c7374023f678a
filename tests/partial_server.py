"""A server that answers as the emulator does, but doesn't serve every way of asking, and says so in ways of its own."""

import collections
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest
from conformance.exchange.reading import common_parameter


def _in_json(status, code):
    body = {"Response": {"Error": {"Code": code, "Message": "?"}, "RequestId": "00000000-0000-0000-0000-000000000000"}}
    return status, "application/json", json.dumps(body).encode()


# How a way that isn't served is refused: status, Content-Type and body; None where the connection is closed.
REFUSALS = {
    "400": (400, "text/html", b"<h1>Bad Request</h1>"),
    "404": (404, "application/json", b'{"detail": "Not Found"}'),
    "415": (415, "text/plain", b"only JSON"),
    "500": (500, "text/html", b"<h1>Internal Server Error</h1>"),
    "html": (200, "text/html", b"<h1>Welcome</h1>"),
    "InvalidParameter": _in_json(200, "InvalidParameter"),
    "MissingParameter": _in_json(200, "MissingParameter"),
    "SignatureFailure": _in_json(200, "AuthFailure.SignatureFailure"),
    "InvalidAction": _in_json(200, "InvalidAction"),
    "unknown": _in_json(200, "NotImplemented"),
    "closed": None,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent at once

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        http = HttpRequest(self.command, f"http://{self.headers['Host']}{self.path}", tuple(self.headers.items()), body)
        answer = self.server.answer(http)
        if answer is None:
            self.close_connection = True
            return
        status, kind, content = answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_):
        """Say nothing."""


def ways_of(http):
    """The ways by which a request came."""
    headers = {name.lower(): value for name, value in http.headers}
    by = {
        "get": http.method == "GET",
        "form": headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        and http.method == "POST",
        "v1": b"Signature=" in http.body or "Signature=" in http.url,
        "sisters": common_parameter(http, "Action") in {"DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList"},
    }
    return [way for way, goes in by.items() if goes]


class PartialServer(ThreadingHTTPServer):
    """The server, on a port of its own, until the end of a `with`.

    Attributes:
        url: where it is.
        came: how many requests came by each way.
        all: how many requests came.
    """

    daemon_threads = True

    def __init__(self, refused=()):
        """Refuse by `refused`: way → a name of `REFUSALS`."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refused, self.url = dict(refused), f"http://127.0.0.1:{self.server_port}"
        self.emulator = Emulator()
        self.came, self.all = collections.Counter(), 0
        self._counting = threading.Lock()

    def handle_error(self, *_):
        """Whoever hangs up is no news."""

    def answer(self, http):
        """Status, Content-Type and body; None where the connection is closed."""
        ways = ways_of(http)
        with self._counting:
            self.came.update(ways)
            self.all += 1
        for way in ways:
            if way in self.refused:
                return REFUSALS[self.refused[way]]
        answer = self.emulator.handle(http)
        return answer.status, dict(answer.headers)["Content-Type"], answer.body

    def __enter__(self):
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()
