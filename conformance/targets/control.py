"""A server that is led over HTTP, on a port of its own: for tests in any language. JSON in, JSON out."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conformance.base.errors import SuiteError, UsageError
from conformance.emulator import Emulator
from conformance.emulator.account import ReferenceAccount
from conformance.emulator.why_refused import why_refused
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.wire import UndecodableError, decode, envelope, received
from conformance.privacy.secrets import Secrets

__all__ = ["Control", "Watch"]

# So many of the last requests are kept; bytes of a body that is shown.
_MOST_KEPT = 1000
_MOST_SHOWN = 64 * 1024
_LARGEST_ORDER = 1024 * 1024
_SIGNATURE = "AuthFailure.SignatureFailure"


class Watch:
    """What an emulator was asked, and how it answered; and why signatures were refused."""

    def __init__(
        self, emulator: Emulator, tell: Callable[[str], None], *, in_answers: bool = False, keeps: bool = True
    ) -> None:
        """Look at an emulator from now on.

        Args:
            emulator: whose requests are kept.
            tell: told why a signature was refused, a line at a time.
            in_answers: whether the answers tell it, too.
            keeps: whether anybody may ask for what arrived; else nothing of it is kept.
        """
        self.emulator, self._tell, self._in_answers, self._keeps = emulator, tell, in_answers, keeps
        self._kept: deque[dict[str, object]] = deque(maxlen=_MOST_KEPT)
        emulator.look = self._look

    def arrivals(self) -> list[dict[str, object]]:
        """The last requests, the first first: method, target, headers, body, what it asks, and the answer's code."""
        return list(self._kept)

    def reset(self) -> None:
        """As if just started: no group, no request, no answer that was ordered."""
        self.emulator.account = ReferenceAccount()
        self.emulator.scripted.clear()
        self._kept.clear()

    def _look(self, http: HttpRequest, answer: HttpResponse, now: float) -> HttpResponse:
        code = envelope(answer).code
        if code != _SIGNATURE and not self._keeps:
            return answer
        secrets = Secrets.of(self.emulator.credentials.texts)
        secrets.learn(http)
        if self._keeps:
            self._kept.append(_shown(http, answer, code, secrets))
        if code != _SIGNATURE:
            return answer
        lines = [secrets.mask(each) for each in why_refused(http, self.emulator.credentials, now)]
        for each in lines:
            self._tell(each)
        return _with_explanation(answer, lines) if self._in_answers else answer


def _shown(http: HttpRequest, answer: HttpResponse, code: str | None, secrets: Secrets) -> dict[str, object]:
    try:
        asked = decode(received(http))
        action, parameters = asked.action, asked.plain
    except UndecodableError:
        action, parameters = "", None
    shown: dict[str, object] = {
        "method": http.method,
        "target": http.url.partition("//")[2].partition("/")[2],
        "headers": [list(each) for each in http.headers],
        "body": http.body[:_MOST_SHOWN].decode("utf-8", "backslashreplace"),
        "action": action,
        "parameters": parameters,
        "status": answer.status,
        "code": code,
    }
    masked: dict[str, object] = json.loads(secrets.mask(json.dumps(shown)))
    return masked


def _with_explanation(answer: HttpResponse, lines: list[str]) -> HttpResponse:
    document = json.loads(answer.body)
    document["Response"]["Error"]["Explanation"] = lines
    return HttpResponse(answer.status, answer.headers, json.dumps(document, ensure_ascii=False).encode())


class Control:
    """The port at which a server is led, in a thread of its own."""

    def __init__(self, watch: Watch, host: str, port: int, order: Callable[[list[str]], None]) -> None:
        """Listen; orders are taken from now on.

        Args:
            watch: what is told, and reset.
            host, port: where to listen; 0 for any port.
            order: takes answers, as `serve --answer` writes them. Raises UsageError for what is none.

        Raises:
            SuiteError: the address can't be listened at.
        """
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(watch, order))
        except (OSError, OverflowError) as error:
            raise SuiteError(f"can't listen at {host}:{port}: {getattr(error, 'strerror', None) or error}") from error
        self.url = f"http://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="control", daemon=True).start()

    def close(self) -> None:
        """Take no more orders."""
        self._server.shutdown()
        self._server.server_close()


def _texts(written: object) -> list[str]:
    if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
        raise UsageError('the body is a list of texts, such as ["GROUPID=InternalError:2"]')
    return written


def _handler(watch: Watch, order: Callable[[list[str]], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """GET /arrivals · POST /answers · DELETE /answers · POST /reset."""

        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            """Tell what arrived."""
            if self.path == "/arrivals":
                self._say(200, watch.arrivals())
            else:
                self._unknown()

        def do_POST(self) -> None:
            """Reset, or take orders: a list of texts, as `serve --answer` has them."""
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LARGEST_ORDER))
            if self.path == "/reset":
                watch.reset()
                self._say(200, {})
            elif self.path == "/answers":
                self._order(body)
            else:
                self._unknown()

        def do_DELETE(self) -> None:
            """Forget the answers that were ordered."""
            if self.path == "/answers":
                watch.emulator.scripted.clear()
                self._say(200, {})
            else:
                self._unknown()

        def _order(self, body: bytes) -> None:
            try:
                order(_texts(json.loads(body)))
            except (UsageError, ValueError) as error:
                self._say(400, {"error": str(error)})
            else:
                self._say(200, {})

        def _unknown(self) -> None:
            self._say(404, {"error": "there are GET /arrivals, POST /answers, DELETE /answers and POST /reset"})

        def _say(self, status: int, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nobody reads it."""

    return Handler
