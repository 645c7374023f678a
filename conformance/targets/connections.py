"""`requests`' connections, whose answers are read by the suite's own reader; they never retry."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from conformance.exchange.messages import header
from conformance.targets.answers import AnswerStream, Deadline
from conformance.targets.raw import message
from conformance.targets.tls import certificates_of

__all__ = ["Adapter"]


class _Bounded(HTTPConnection):
    """A connection whose answers must be whole within its timeout, from when their request begins to be sent."""

    where = ""
    debuglevel = 0  # else, where somebody sets it for all, `http.client` prints what is sent to a proxy
    _deadline = Deadline(0)
    _method = ""
    _is_last = False

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **_options: Any) -> None:
        """Send a request whole. Raises OSError, ValueError."""
        sent = tuple((headers or {}).items())
        data = message(method, url, sent, body or b"")
        self._is_last = (header(sent, "Connection") or "").lower() == "close"
        self._method, self._deadline = method, Deadline(float(self.timeout or 0))
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self._deadline.left)
        try:
            self.sock.sendall(data)
        except TimeoutError as error:  # who takes no more may have answered, as after a broken pipe
            raise BrokenPipeError from error

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        """What came, with its content coding. Raises TransportError."""
        answers = AnswerStream(self.sock, self.where)
        answer = answers.read(self._method, self._deadline)
        if self._is_last or not answers.keeps_alive:
            self.close()
        headers = urllib3.HTTPHeaderDict(answer.headers)
        # A body that is given as bytes is decoded by nobody.
        return urllib3.HTTPResponse(answer.body, headers, answer.status, preload_content=False)


class Adapter(HTTPAdapter):
    """An adapter that never retries, and looks at the certificates of each connection, through a proxy too."""

    def __init__(self, where: str, seen: Callable[[tuple[bytes, ...]], None]) -> None:
        """Connect to `where`, as people call it; `seen` is told of the certificates of a connection, in DER."""

        class Connection(_Bounded):
            pass

        class Secure(_Bounded, HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                if isinstance(self.sock, ssl.SSLSocket):
                    seen(certificates_of(self.sock))

        class Pool(urllib3.HTTPConnectionPool):
            ConnectionCls = Connection

        class SecurePool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Secure

        Connection.where = Secure.where = where
        self._pools = {"http": Pool, "https": SecurePool}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As every adapter, with connections of one's own."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> urllib3.ProxyManager:
        """As every adapter, with connections of one's own."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager
