"""Any server by its URL, through `requests`: no environment, no redirects, no retries."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from conformance import __version__
from conformance.base.errors import HungUpError, TransportError, UnsupportedError
from conformance.base.hosts import is_loopback, is_platform_host
from conformance.exchange.messages import Exchange, HttpRequest, HttpResponse
from conformance.exchange.wire import Sender
from conformance.privacy.logs import keep_secrets_out_of_logs
from conformance.targets import Target, raw
from conformance.targets.answers import CLOSED, plain, too_late
from conformance.targets.connections import Adapter
from conformance.targets.threads import at_once
from conformance.targets.tls import authorities, check

__all__ = ["HttpTarget"]

_NOT_BY_PROXY = "there is a proxy between, and no connection of one's own"
# Seconds that a server gets for a request whose sender is gone, before anything else is asked.
_TIME_TO_TAKE_IT = 0.05
# As `requests` would write them: whoever knows the suite when it comes is no help to its author.
_USUAL = {
    "User-Agent": f"python-requests/{requests.__version__}",
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
}
# The real service is told who asks.
_BY_NAME = {**_USUAL, "User-Agent": f"iai-conformance/{__version__}"}


class HttpTarget:
    """A server reached over HTTP or HTTPS.

    Attributes:
        name: its URL.
        sender: see `Target`.
        exclusive: see `Target`.
        certificates: with which the server proved its name on the latest connection; see `certificates_of`.
    """

    def __init__(
        self, name: str, sender: Sender, *, timeout: float, exclusive: bool = False, ca_file: str | None = None
    ) -> None:
        """Make a target.

        Args:
            name: as the user wrote it.
            sender: who sends to it.
            timeout: seconds to wait for a connection, and then for a whole answer.
            exclusive: whether nobody else uses the account.
            ca_file: of those who vouch for it; None for those that the environment names.

        Raises:
            UsageError: no secure connection can be prepared, whatever the server is.
        """
        if sender.endpoint.startswith("https:"):
            check(ca_file)
        self.name, self.sender, self.exclusive = name, sender, exclusive
        self._timeout = timeout
        keep_secrets_out_of_logs()
        self.certificates: tuple[bytes, ...] = ()
        self._session = self._new_session()
        host = urlsplit(sender.endpoint).hostname or ""
        self._proxies = {} if is_loopback(host) else requests.utils.get_environ_proxies(sender.endpoint)
        self._verify = authorities(ca_file)

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        # Without it, a `.netrc` entry for the host would replace the signature.
        session.trust_env = False
        session.mount("http://", self._adapter())
        session.mount("https://", self._adapter())
        return session

    def _adapter(self) -> HTTPAdapter:
        def seen(certificates: tuple[bytes, ...]) -> None:
            self.certificates = certificates

        return Adapter(self._where, seen)

    @property
    def _where(self) -> str:
        """Whom it speaks to, in words."""
        return urlsplit(self.sender.endpoint).netloc

    def send(self, http: HttpRequest) -> Exchange:
        """Send a request, and wait for its answer; on one connection as long as that stays open."""
        return self._send(http, self._session)

    def _send(self, http: HttpRequest, session: requests.Session) -> Exchange:
        sent = _completed(http)
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.body = sent.method, sent.url, sent.body or None
        prepared.headers = requests.structures.CaseInsensitiveDict(self._on_the_wire(sent).headers)
        try:
            # By the adapter: a session would look at redirects and cookies, though it doesn't follow them.
            answer = session.get_adapter(http.url).send(
                prepared, timeout=self._timeout, proxies=self._proxies, verify=self._verify
            )
        except TransportError as error:
            return Exchange(sent, error)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            why = _why(error, self._where, self._timeout)
            return Exchange(sent, TransportError(why, closed=CLOSED in why))
        body = answer.raw.data or b""
        answer.raw.release_conn()
        return Exchange(sent, plain(HttpResponse(answer.status_code, tuple(answer.headers.items()), body)))

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """Send requests at once, each on a connection of its own."""
        self._release()
        return at_once(self._send_on_its_own, requests)

    def _send_on_its_own(self, http: HttpRequest) -> Exchange:
        with self._new_session() as session:
            return self._send(http, session)

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """Send requests one after the other on one connection, then read; not through a proxy."""
        if self._proxies:
            raise UnsupportedError(_NOT_BY_PROXY)
        sent = [_completed(http) for http in requests]
        try:
            connection = self._connect()
        except TransportError as error:
            return [Exchange(http, error) for http in sent]
        answers = raw.pipelined(connection, list(map(self._on_the_wire, sent)), self._timeout, self._where)
        closed = TransportError("the connection was closed before its answer", closed=True)
        return list(map(Exchange, sent, [*answers, *[closed] * (len(sent) - len(answers))]))

    def abandon(self, http: HttpRequest) -> Exchange:
        """Send a request and hang up before its answer; not through a proxy."""
        if self._proxies:
            raise UnsupportedError(_NOT_BY_PROXY)
        sent = _completed(http)
        try:
            raw.abandon(self._connect(), self._on_the_wire(sent))
        except TransportError as error:
            return Exchange(sent, error)
        time.sleep(_TIME_TO_TAKE_IT)
        return Exchange(sent, HungUpError())

    def _on_the_wire(self, sent: HttpRequest) -> HttpRequest:
        """A request with what a gateway wants besides, which is told nobody."""
        ours = dict(self.sender.gateway_headers)
        taken = {name.lower() for name in ours}
        return replace(sent, headers=(*(each for each in sent.headers if each[0].lower() not in taken), *ours.items()))

    def _connect(self) -> socket.socket:
        self._release()
        return raw.connect(self.sender.endpoint, self._timeout, self._verify)

    def _release(self) -> None:
        """Close what is kept alive: a server that serves one connection at a time would let another wait for ever."""
        self._session.close()

    def with_quota(self, _groups: int) -> Target:
        """Nothing is known of another account."""
        raise UnsupportedError("the target has no account with a small quota")

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()


def _completed(http: HttpRequest) -> HttpRequest:
    """A request with all the headers with which it leaves, so that nobody adds any."""
    usual = _BY_NAME if is_platform_host(urlsplit(http.url).hostname or "") else _USUAL
    headers = requests.structures.CaseInsensitiveDict({"Host": http.host, **usual, **dict(http.headers)})
    if http.method == "POST" or http.body:
        headers["Content-Length"] = str(len(http.body))
    return replace(http, headers=tuple(headers.items()))


def _why(error: BaseException, where: str, timeout: float) -> str:
    """One sentence on why a request couldn't be sent."""
    causes = _causes(error)

    def found(*kinds: type[BaseException]) -> BaseException | None:
        return next((each for each in causes if isinstance(each, kinds)), None)

    # From the most to the least telling: urllib3's refused connection is a kind of its timeout.
    if isinstance(refused := found(ssl.SSLCertVerificationError), ssl.SSLCertVerificationError):
        return f"TLS: the certificate of {where} can't be verified ({refused.verify_message})"
    if found(requests.exceptions.ProxyError, urllib3.exceptions.ProxyError):
        return f"the proxy that the environment names for {where} can't be used: {_deepest(causes)}"
    if isinstance(insecure := found(ssl.SSLError), ssl.SSLError):
        return f"TLS: no secure connection to {where} ({insecure.reason or insecure})"
    if found(urllib3.exceptions.NameResolutionError, socket.gaierror):
        return f"the host name {where} can't be resolved (DNS)"
    if found(ConnectionRefusedError):
        return f"nothing is listening at {where} (connection refused)"
    if found(ConnectionResetError, BrokenPipeError):
        return f"{where} {CLOSED} without an answer"
    if found(TimeoutError, urllib3.exceptions.TimeoutError, requests.Timeout):
        return too_late(where, timeout)
    return f"{where}: {causes[-1] if causes else error}"


def _deepest(causes: list[BaseException]) -> str:
    """What the operating system, or the proxy, said."""
    told = next((each for each in reversed(causes) if isinstance(each, OSError) and each.strerror), None)
    return str(told.strerror if told is not None else causes[-1] if causes else "")


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all that stands behind it, the deepest last."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        each = waiting.pop(0)
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
