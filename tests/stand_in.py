"""A stand-in for the real service: the emulator behind TLS, under the real host name, on this machine.

The client's own resolution is directed here, and every other name is unknown: no test ever leaves the machine.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from pathlib import Path
from unittest import mock

import requests
import trustme

import conformance
from conformance.base.credentials import Secret
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.exchange.reading import common_parameter
from conformance.judging.world_updates import decoded
from conformance.runs import settling
from tests.journals import UNFLUSHED
from tests.key_pair import CREDENTIALS
from tests.live_process import RANKS
from tests.waiting import PATIENCE

HOST = "iai.tencentcloudapi.com"
HOSTS = (HOST, "iai.ap-guangzhou.tencentcloudapi.com")
_VARIABLES = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
_ROOT = Path(conformance.__file__).parent.parent

LIVE = ("run", "--target", "live", "--yes")
# Some ninety requests, where it doesn't matter which.
FEW = ("--only", "GroupId.*", "--level", "parameters,state")
# Groups of somebody else, with ids and names that could be taken for this suite's.
FOREIGN = [("Employees", "员工库"), ("conf-but-not-ours", "conf"), ("abc", "Zhang San"), ("a1", "a1")]

_SITE = """
import os, signal, socket
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where whoever started this ignores it
_looked_up = socket.getaddrinfo
def getaddrinfo(host, port, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name in {hosts!r}:
        return _looked_up("127.0.0.1", int(os.environ["STAND_IN_PORT"]), *args, **kwargs)
    if name not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise socket.gaierror(socket.EAI_NONAME, f"{{name}} is not on this machine")
    return _looked_up(host, port, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
"""


class Service(Emulator):
    """The emulator, which remembers what was asked of it and can be told to fail.

    Attributes:
        seen: (action, parameters) of each request that came.
        answers: action → error codes with which the next requests are answered; the last one for ever, if it is alone
            in a tuple.
        breaks: how many creations are done and then answered with InternalError.
        on_request: called with the number of requests so far, before each.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"credentials": CREDENTIALS, **kwargs})
        self.seen, self.answers, self.breaks = [], {}, 0
        self.on_request = lambda _number: None
        self._mutex = threading.Lock()

    def handle(self, http):
        """The answer to a request: the emulator's, unless another was ordered."""
        action, request = common_parameter(http, "Action"), decoded(http)
        with self._mutex:
            self.seen.append((action, dict(request.parameters) if request is not None else {}))
            self.on_request(len(self.seen))
            ordered = self.answers.get(action) or ()
            code = ordered[0] if ordered else None
            if isinstance(ordered, list) and ordered:
                del ordered[0]
            breaks = action == "CreateGroup" and code is None and self.breaks > 0
            self.breaks -= breaks
        if code is not None:
            return self.refuse(code)
        answer = super().handle(http)
        return self.refuse("InternalError") if breaks else answer

    def asked(self, action):
        """The GroupIds for which an action was asked, in order."""
        return [parameters.get("GroupId") for each, parameters in self.seen if each == action]

    def populate(self, *groups):
        """Put groups of somebody else into the account: (GroupId, GroupName) each."""
        from conformance.emulator.account import StoredGroup

        for group_id, name in groups:
            self.account.groups[group_id] = StoredGroup(group_id, name, [], "", "3.0", 1_700_000_000_000, 0, 0.0)


class StandIn:
    """Serves for the time of a `with`; `environment` is for a process, `here()` for this one."""

    def __init__(self, folder, service=None, authority=None):
        self.service = service or Service()
        self.folder, self.ca = folder, folder / "ca.pem"
        folder.mkdir(parents=True, exist_ok=True)
        self.authority = authority or trustme.CA()
        certificate = self.authority.issue_cert(*HOSTS)
        self.authority.cert_pem.write_to_path(str(self.ca))
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        key.write_bytes(certificate.private_key_pem.bytes())
        self.server = Server(self.service, tls=(str(chain), str(key)))
        self.port = int(self.server.url.rpartition(":")[2])
        (folder / "site").mkdir(exist_ok=True)
        (folder / "site" / "sitecustomize.py").write_text(_SITE.format(hosts=HOSTS))

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *_):
        self.server.__exit__(None, None, None)

    @property
    def environment(self):
        """What a process needs to take this for the service; nothing of the user's own environment matters."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "SYSTEMROOT"}}
        ranks = self.folder / "ranks.json"
        ranks.write_text(json.dumps(settling._ranks()), encoding="utf-8")
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join([str(self.folder / "site"), str(_ROOT)]),
            "REQUESTS_CA_BUNDLE": str(self.ca),
            "STAND_IN_PORT": str(self.port),
            RANKS: str(ranks),
            **dict(zip(_VARIABLES, map(Secret.reveal, self.service.credentials.texts), strict=False)),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }

    def settle(self):
        """Once this returns, all that a process which is gone had sent has arrived: this request comes after it."""
        with self.here():
            assert requests.get(f"https://{HOST}/", timeout=PATIENCE).ok

    @contextlib.contextmanager
    def here(self, **changes):
        """The same in this process, without a pace, and without a wait for the disk: names resolve to the stand-in."""
        looked_up = socket.getaddrinfo

        def getaddrinfo(host, port, *args, **kwargs):
            if host in HOSTS:
                return looked_up("127.0.0.1", self.port, *args, **kwargs)
            if host not in {None, "", "localhost", "127.0.0.1", "::1"}:
                raise socket.gaierror(socket.EAI_NONAME, f"{host} is not on this machine")
            return looked_up(host, port, *args, **kwargs)

        environment = {**self.environment, **changes}
        del environment["PYTHONPATH"]
        environment = {name: value for name, value in environment.items() if value is not None}
        with (
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch("socket.getaddrinfo", getaddrinfo),
            mock.patch("conformance.live.pace.Pace.wait"),
            mock.patch("conformance.live.clock.AccountClock.wait"),
            mock.patch("conformance.live.database._FLUSHING", UNFLUSHED),
            mock.patch("tenacity.nap.time.sleep"),
        ):
            yield

    @property
    def journals(self):
        """The journals that are there."""
        return sorted((self.folder / "state" / "iai-conformance" / "journals").glob("*.sqlite3"))


def foreign_only(service, foreign=FOREIGN):
    """Whether nothing but the groups of somebody else is there, as they were."""
    return {id_: group.name for id_, group in service.account.groups.items()} == dict(foreign)


def only_its_own_were_deleted(service):
    """Whether every group that was deleted or renamed had been asked for before, and is nobody else's."""
    created = {id_ for id_ in service.asked("CreateGroup") if isinstance(id_, str)}
    changed = {*service.asked("DeleteGroup"), *service.asked("ModifyGroup")}
    unused = {each for each in changed if each not in created}
    return len(unused) <= 1 and not changed & {id_ for id_, _ in FOREIGN}  # one id that nobody has is tried first


@contextlib.contextmanager
def no_sockets():
    """Whoever opens a socket fails."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a socket was opened")

    with mock.patch("socket.socket", refuse), mock.patch("socket.create_connection", refuse):
        yield


class ConnectProxy:
    """A proxy that lets TLS through to one address; `asked` has what it was asked for."""

    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked = []

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listening.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.asked.append(head.split(b" ")[1].decode())
        server = socket.create_connection(self._target)
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=_pump, args=(client, server), daemon=True).start()
        _pump(server, client)


def _pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def python(*words):
    """The words of a process that runs the command."""
    return [sys.executable, "-m", "conformance", *words]


def live_process(*words):
    """The same against the stand-in, whose `environment` it needs: what takes long to find out is known beforehand."""
    return [sys.executable, "-m", "tests.live_process", *words]
