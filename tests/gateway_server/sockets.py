"""The server's sockets: requests out of bytes, and answers into them."""

import contextlib
import json
import re
import socket
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.gateway_server.messages import JSON, READ_AT_MOST, Call, Refusal


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def __getattr__(self, name):
        """Serve every method, known or not: the gateway says which are good."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self):
        gateway = self.server.gateway
        if len(self.headers.get_all("Host") or ()) != 1 and self.request_version == "HTTP/1.1":
            self.send_error(400)
            return
        target = self.path
        if re.match(r"https?://", target, re.IGNORECASE):  # as to a proxy
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        call = Call(self.command, path or "/", query.encode("latin-1"), self.headers, b"")
        try:
            if gateway.takes(call.method) or not gateway.options.errs("unread-body"):
                call.body = self._body(gateway.limit(call))
        except ValueError:
            self.send_error(400)
            return
        status, answer = (405, None) if call.method == "CONNECT" else gateway.answer(call)
        self._reply(status, answer)

    def _body(self, limit):
        """The body; None if it is over the limit, and then it has been read all the same."""
        kept, total = [], 0
        for piece in self._pieces():
            total += len(piece)
            if total > READ_AT_MOST:
                self.close_connection = True
                return None
            if total <= limit:
                kept.append(piece)
        return b"".join(kept) if total <= limit else None

    def _pieces(self):
        lengths = self.headers.get_all("Content-Length") or ["0"]
        codings = self.headers.get_all("Transfer-Encoding")
        if codings:
            if "Content-Length" in self.headers or [each.strip().lower() for each in codings] != ["chunked"]:
                raise ValueError("two ways to frame a body")
            while size := self._chunk_size():
                yield from self._exactly(size)
                if self.rfile.readline(3) not in (b"\r\n", b"\n"):
                    raise ValueError("a chunk is longer than it says")
            while self.rfile.readline(65537) not in (b"\r\n", b"\n", b""):
                pass
        elif len(set(lengths)) > 1 or not re.fullmatch(r"[0-9]{1,18}", lengths[0].strip()):
            raise ValueError("no length")
        else:
            yield from self._exactly(int(lengths[0]))

    def _chunk_size(self):
        text = self.rfile.readline(1025).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", text):
            raise ValueError("no chunk")
        return int(text, 16)

    def _exactly(self, left):
        while left:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                raise ConnectionResetError("the client went in the middle of its body")
            left -= len(piece)
            yield piece

    def send_error(self, code, message=None, explain=None):  # noqa: ARG002 - the base class's own names
        """Answer what is no HTTP request; a request line beyond all measure is only a request too large."""
        self.close_connection = True
        self.request_version = self.protocol_version
        if code == 414 and not self.server.gateway.options.takes("too_large", "413"):
            refused = Refusal("RequestSizeLimitExceeded")
            error = {"Error": {"Code": refused.code, "Message": refused.message}}
            self._reply(200, {"Response": {**error, "RequestId": str(uuid.uuid4())}})
        else:
            self._reply(code, None)

    def _reply(self, status, answer):
        options = self.server.gateway.options
        data = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace")
        self.send_response(status)
        if answer is not None:
            charset = "; charset=utf-8" if options.errs("answer-with-charset") else ""
            self.send_header("Content-Type", JSON + charset)
        if status == 405:
            self.send_header("Allow", "GET, POST")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        if self.close_connection:
            self._linger()

    def _linger(self):
        """Read what still comes, for a moment: a connection closed over unread bytes takes the answer with it."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            until = time.monotonic() + 5
            while time.monotonic() < until and self.connection.recv(65536):
                pass

    def log_message(self, *_):
        """Say nothing."""


class Listener(ThreadingHTTPServer):
    """The sockets of one server; it hangs up on everybody when it ends."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, gateway):
        self.gateway = gateway
        self.connections = set()
        super().__init__(address, Handler)

    def process_request(self, request, client_address):
        """Remember the connection."""
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        """Forget the connection."""
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that went away is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self):
        """Hang up on everybody."""
        super().server_close()
        for each in list(self.connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
