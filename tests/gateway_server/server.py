"""The server as a whole."""

import threading
import time

from tests.gateway_server.authentication import Authentication
from tests.gateway_server.choices import Options
from tests.gateway_server.gateway import Gateway
from tests.gateway_server.groups import Groups
from tests.gateway_server.messages import REGIONS
from tests.gateway_server.sockets import Listener


class GatewayServer:
    """The server, on a free port of 127.0.0.1, while the `with` lasts.

    `token`: the token that belongs to the key pair; empty for a permanent key.
    `quota`: how many groups there can be. `regions`: the regions that exist. `clock`: the time, in seconds.
    `race_delay`: how long the mistake "race" sleeps between the check and the insertion.
    """

    def __init__(
        self,
        secret_id,
        secret_key,
        mistakes=frozenset(),
        choices=None,
        *,
        token="",
        quota=100_000,
        regions=REGIONS,
        clock=time.time,
        race_delay=0.05,
        port=0,
    ):
        options = Options(mistakes, choices)
        authentication = Authentication(secret_id, secret_key, token, options, clock)
        self.gateway = Gateway(authentication, Groups(options, quota, clock, race_delay), options, frozenset(regions))
        self.port, self.listener, self.thread = port, None, None

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.listener = Listener(("127.0.0.1", self.port), self.gateway)
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()
        self.thread.join()
