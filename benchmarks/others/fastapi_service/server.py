"""Command line of the IAI group emulator."""

import argparse
import json
import os
import socket
import sys

import uvicorn

from app import mistakes
from app.settings import Settings


class AnnouncingServer(uvicorn.Server):
    """Prints its address once it accepts connections."""

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"listening on http://{host}:{port}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mistake", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print all mistakes")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if arguments.list:
        for row in mistakes.load():
            print(json.dumps(row, ensure_ascii=False))
        return
    if arguments.mistake:
        try:
            mistakes.activate(arguments.mistake)
        except KeyError:
            sys.exit(f"no such mistake: {arguments.mistake}")

    # Imported late: schemas read the active mistake while they are defined.
    from app.main import create_app

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", arguments.port))
    config = uvicorn.Config(
        create_app(Settings.from_environment(os.environ)),
        loop="asyncio",
        http="httptools",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
        backlog=1024,
    )
    AnnouncingServer(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
