"""The verb `explain`: what the page allows for a request."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError

if TYPE_CHECKING:
    from conformance.exchange.request import Request

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("parameters", help='the parameters as JSON: \'{"GroupName": "x", "GroupId": "y"}\'')


def perform(options: argparse.Namespace) -> int:
    """Print what is allowed, and by which clauses."""
    from conformance.judging.judge import explain
    from conformance.oracle.validator import predict
    from conformance.oracle.world import World

    prediction = predict(_request_from(options.parameters), World())
    for name, clauses in (("breaks", prediction.broken), ("may break", prediction.open)):
        if clauses:
            sys.stdout.write(f"{name}: {', '.join(sorted(clauses))}\n")
    for line in explain(prediction):
        sys.stdout.write(f"{line}\n")
    return 0


def _request_from(text: str) -> Request:
    from conformance.exchange.messages import HttpRequest
    from conformance.exchange.wire import UndecodableError, decode

    body = text.encode("utf-8", "surrogateescape")
    try:
        return decode(HttpRequest("POST", "http://127.0.0.1/", (("Content-Type", "application/json"),), body))
    except UndecodableError as error:
        raise UsageError(f"the parameters must be a JSON object: {error}") from error
