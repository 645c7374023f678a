"""The verb `sign`: the headers that sign a request, for `curl -H @-`."""

from __future__ import annotations

import argparse
import sys

from conformance.base.errors import UsageError

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--target", required=True, help="the URL that the request will go to")
    parser.add_argument("--action", default="CreateGroup")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--body", help="the body of a POST, as it will be sent; - for standard input")
    what.add_argument("--query", help="the query of a GET, as it will be sent")


def perform(options: argparse.Namespace) -> int:
    """Print the headers, a line each."""
    import time

    from conformance.base.environment import check_header, credentials_for, region_of_environment
    from conformance.base.hosts import endpoint_of
    from conformance.contract import VERSION
    from conformance.exchange.wire import Sender, headers_for

    endpoint = endpoint_of(options.target)
    sender = Sender(endpoint, region_of_environment(), credentials_for(endpoint))
    check_header("--action", options.action)
    body = None
    if options.body == "-" and sys.stdin is None:
        raise UsageError("--body -: standard input is closed")
    if options.body is not None:
        body = sys.stdin.buffer.read() if options.body == "-" else options.body.encode("utf-8", "surrogateescape")
    headers = headers_for(sender, options.action, VERSION, int(time.time()), body=body, query=options.query or "")
    for name, value in headers:
        sys.stdout.write(f"{name}: {value}\n")
    return 0
