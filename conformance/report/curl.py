"""A line for the shell that sends a failing request again. It holds no secret: `iai-conformance sign` signs."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit

from conformance.contract import ACTION
from conformance.messages import HttpRequest, header
from conformance.run import Failure

__all__ = ["curl_lines"]


def curl_lines(failure: Failure) -> str:
    """The command that sends the requests of a failure again, in order; each is signed anew."""
    return " && ".join(_line(http) for http in failure.bodies)


def _line(http: HttpRequest) -> str:
    parts = urlsplit(http.url)
    target = f"{parts.scheme}://{parts.netloc}"
    action = header(http.headers, "X-TC-Action") or ACTION
    more = "" if action == ACTION else f" --action {action}"
    if http.method == "GET":
        query = shlex.quote(parts.query)
        return (
            f"iai-conformance sign --target {target}{more} --query {query} | "
            f"curl -sS -H @- {shlex.quote(f'{target}/?{parts.query}')}"
        )
    body = shlex.quote(http.body.decode("utf-8", "surrogateescape"))
    return f"iai-conformance sign --target {target}{more} --body {body} | curl -sS -H @- --data-binary {body} {target}/"
