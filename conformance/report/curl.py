"""A line for the shell that sends a failing request again. It holds no secret: `iai-conformance` signs."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urlsplit

from conformance.exchange.messages import HttpRequest
from conformance.judging.results import Failure

__all__ = ["curl_lines"]


def curl_lines(failure: Failure) -> str:
    """The command that sends the requests of a failure again, in order, each signed anew.

    One plain creation, or two, go through curl. What would be a page of it, or what it can't do, `call` does.
    """
    target = _target(failure.bodies[0])
    if failure.needs_others:  # what a list shows of other cases' groups takes those cases
        return f"iai-conformance run --target {target} --profile smoke"
    if failure.is_plain:
        return " && ".join(_line(http) for http in failure.bodies)
    steps = " ".join(shlex.quote(json.dumps(each.to_json())) for each in failure.case.steps)
    quota = "" if failure.case.quota is None else f" --quota {failure.case.quota}"
    return f"iai-conformance call --target {target}{quota} {steps}"


def _target(http: HttpRequest) -> str:
    """Where a request went; some clients write a whole URL into their Host header."""
    parts = urlsplit(http.url)
    while parts.netloc in {"http:", "https:"}:
        parts = urlsplit(f"{parts.netloc}{parts.path}")
    return f"{parts.scheme}://{parts.netloc}"


def _line(http: HttpRequest) -> str:
    target = _target(http)
    body = shlex.quote(http.body.decode("utf-8", "surrogateescape"))
    return f"iai-conformance sign --target {target} --body {body} | curl -sS -H @- --data-binary {body} {target}/"
