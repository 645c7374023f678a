"""Serves until stopped: `python -m tests.gateway_server SECRET_ID SECRET_KEY [MISTAKE | CHOICE=WAY]...`."""

import sys

from tests.gateway_server.server import GatewayServer


def main():
    """Serve until stopped."""
    secret_id, secret_key, *rest = sys.argv[1:]
    choices = dict(each.split("=", 1) for each in rest if "=" in each)
    with GatewayServer(secret_id, secret_key, {each for each in rest if "=" not in each}, choices) as server:
        print(server.url, flush=True)
        server.thread.join()


main()
