"""A server that answers as the emulator does, and quotes each request's sender in ever another place and writing."""

import base64
import contextlib
import html
import itertools
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest

# How a quotation is written.
WRITINGS = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, after one": lambda text: base64.b64encode(f"x{text}".encode()).decode(),
    "base64, after two": lambda text: base64.b64encode(f"xy{text}".encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base32, after three": lambda text: base64.b32encode(f"xyz{text}".encode()).decode().lower(),
    "hex, apart": lambda text: text.encode().hex(" "),
    "hex, by colons": lambda text: text.encode().hex(":"),
    "hex, as in C": lambda text: ", ".join(f"0x{each:02X}" for each in text.encode()),
    "numbers": lambda text: str(list(text.encode())),
    "numbers, below": lambda text: json.dumps(list(text.encode()), indent=8),
    "JSON": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "XML": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "XML names": html.escape,
    "C": lambda text: "".join(f"\\{ord(each):03o}" for each in text),
    "repr": lambda text: repr(text.encode()),
    "in surrogates": lambda text: "".join(f"\\udc{ord(each):02x}" for each in text),
    "folded by YAML": lambda text: "\\\n    ".join(re.findall("(?s).{1,20}", text)),
    "folded": lambda text: "\n ".join(re.findall("(?s).{1,20}", text)),
    "cut": lambda text: f"{text[:-9]}…",
}
# Where it stands.
PLACES = (
    "member", "Code", "Message", "RequestId", "name of a member", "FaceModelVersion", "Content-Type", "header",
    "name of a header", "reason", "page", "torn", "Location", "Content-Encoding", "GroupInfos",
)  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent at once

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = self.headers.get("Host", "x")
        http = HttpRequest(self.command, f"http://{host}{self.path}", tuple(self.headers.items()), body)
        self.server.remember(http)
        answer = self.server.emulator.handle(http)
        said = {"status": answer.status, "reason": "OK", "headers": dict(answer.headers), "body": answer.body}
        self.server.quote(said, http)
        self.send_response_only(said["status"], said["reason"])
        for name, value in {**said["headers"], "Content-Length": str(len(said["body"]))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said["body"])

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_):
        """Say nothing."""


def _quote(said, place, text):
    """Have an answer quote a text."""
    in_line = text.replace("\n", "").strip().encode("ascii", "replace").decode()
    match place:
        case "Content-Type" | "Content-Encoding":
            said["headers"][place] = f"application/json; {in_line}" if place == "Content-Type" else in_line
        case "header":
            said["headers"]["X-Echo"] = in_line
        case "name of a header":
            said["headers"]["X-" + re.sub("[^A-Za-z0-9-]", "", in_line)] = "y"
        case "reason":
            said["reason"] = in_line
        case "page":
            said["body"] = f"<html>{text}</html>".encode()
        case "torn":
            said["body"] = json.dumps({"Response": {"Echo": text}}).encode()[:-4]
        case "Location":
            said["status"], said["headers"]["Location"] = 302, f"http://127.0.0.1:1/?{in_line}"
        case _:
            _quote_in_json(said, place, text)


def _quote_in_json(said, place, text):
    try:
        response = json.loads(said["body"])["Response"]
    except ValueError:
        return
    error = response.get("Error", {})
    match place:
        case "Code" | "Message":
            response["Error"] = {"Code": "Odd", "Message": "x", **error, place: f"Odd.{text}"}
        case "name of a member":
            response[text] = 1
        case "GroupInfos":
            response["GroupInfos"] = [{"GroupId": text, "GroupName": text}]
        case "member":
            response["Echo"] = {"of": text}
        case _:
            response[place] = text
    said["body"] = json.dumps({"Response": response}).encode()


class Quoting:
    """What quotes its clients.

    Attributes:
        signatures: all that came.
        turns: place and writing of each quotation to come.
    """

    def quote(self, said, http):
        """Have an answer quote a request: its status, reason, headers, body are changed."""
        place, writing = next(self.turns)
        _quote(said, place, WRITINGS[writing](self.quotation(http)))

    def remember(self, http):
        """Keep the signatures of a request."""
        text = f"{http.url} {dict(http.headers)} {http.body.decode('latin-1')}"
        found = re.findall(r"Signature=([0-9a-f]{64}|[^&\s'\"]+)", text)
        self.signatures |= {each for one in found if len(each := unquote(one)) >= 27}

    def quotation(self, http):
        """All that a request says of its sender; and one of the signatures that came before."""
        own = {name: value for name, value in http.headers if name.lower() in {"authorization", "x-tc-token"}}
        fields = [each for each in f"{http.url}&{http.body.decode('latin-1')}".split("&") if "GroupName" not in each]
        return f"{own} {' '.join(fields)[:2000] if 'Signature' in http.url + str(http.body) else ''}"


class Echoing(Quoting, ThreadingHTTPServer):
    """The server, on a port of its own."""

    daemon_threads = True

    def handle_error(self, *_):
        """Whoever hangs up is no news."""

    def __init__(self, credentials):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.emulator = Emulator(credentials=credentials)
        self.signatures = set()
        # Their numbers have no common divisor: all pairs come, and soon each place and each writing.
        self.turns = zip(itertools.cycle(PLACES), itertools.cycle(WRITINGS))
        self.url = f"http://127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def echoing(credentials):
    """The server, as long as the context lasts."""
    server = Echoing(credentials)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
