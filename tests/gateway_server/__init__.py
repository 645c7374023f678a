"""A second gateway: written from the documents alone, by somebody who saw nothing of this project's own emulator.

It serves CreateGroup, DeleteGroup, ModifyGroup, GetGroupInfo and GetGroupList of iai 2020-03-03 for one key pair, and
verifies TC3-HMAC-SHA256 and version-1 signatures. Standard library only.

    with GatewayServer("AKIDexample", "secret") as server:
        requests.post(server.url, ...)

`CHOICES` is the table of the points that the documents leave open; the first way of each is what it does by itself.
`MISTAKES` is the table of the mistakes it can be given. Both are closed: a name that isn't there is a ValueError.
"""

from tests.gateway_server.choices import CHOICES, MISTAKES
from tests.gateway_server.server import GatewayServer

__all__ = ["CHOICES", "MISTAKES", "GatewayServer"]
