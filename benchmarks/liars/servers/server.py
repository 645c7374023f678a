"""The service over HTTP."""

import itertools
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.liars.servers.words import V1_LIMIT, V3_LIMIT, Connection, Request


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300

    def setup(self):
        super().setup()
        self.life = Connection(next(self.server.connection_numbers), self.client_address[0],
                               self.server.library.clock())

    def version_string(self):
        return self.server_version

    def log_message(self, *_):
        pass

    def read_body(self):
        """The body and whether it was too large to be kept."""
        parts, size, kept = [], 0, V3_LIMIT + 1

        def take(amount):
            nonlocal size
            while amount:
                piece = self.rfile.read(min(amount, 65536))
                if not piece:
                    raise ConnectionError("body cut short")
                amount -= len(piece)
                size += len(piece)
                if size <= kept:
                    parts.append(piece)
                if size > 64 * V1_LIMIT:
                    self.close_connection = True
                    return

        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while True:
                length = int(self.rfile.readline(64).split(b";")[0].strip(), 16)
                if length < 0:
                    raise ValueError
                if not length:
                    break
                take(length)
                if self.close_connection and size > 64 * V1_LIMIT:
                    break
                self.rfile.readline(8)
            while self.rfile.readline(8192).strip():
                pass
        else:
            length = int(self.headers.get("Content-Length") or 0)
            if length < 0:
                raise ValueError
            take(length)
        return b"".join(parts), size > V3_LIMIT

    def respond(self):
        try:
            body, oversize = self.read_body()
        except ValueError:
            self.close_connection = True
            self.send_error(400)
            return
        except (ConnectionError, OSError):
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        if path not in ("/", ""):
            self.send_error(404)
            return
        self.life.requests += 1
        library = self.server.library
        req = Request(self.command, path, query, self.headers, body, self.life, library.clock(),
                      next(self.server.request_numbers), self.life.requests, oversize)
        data = json.dumps(library.answer(req), ensure_ascii=False).encode("utf-8", "replace")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_TRACE = respond


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, library):
        self.library = library
        self.connection_numbers = itertools.count(1)
        self.request_numbers = itertools.count(1)
        super().__init__(address, Handler)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def options(parser):
    parser.add_argument("--secret-id", required=True)
    parser.add_argument("--secret-key", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--account", choices=("new", "legacy"), default="new",
                        help="new: opened after 2020-11-26, only model 3.0; legacy: used before "
                             "2020-04-02, models 2.0 (default) and 3.0")
    parser.add_argument("--max-groups", type=int)
    return parser


def run(library_class, args):
    library = library_class(args.secret_id, args.secret_key, args.account, args.max_groups)
    server = Server((args.host, args.port), library)
    print("http://%s:%d" % (args.host, server.server_address[1]), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
