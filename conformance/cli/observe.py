"""The verb `observe`: a relay that passes on whatever goes through it, and judges what is CreateGroup."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError

if TYPE_CHECKING:
    from conformance.observe.observer import Observer

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--upstream", required=True, metavar="URL", help="where requests are passed on to")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen at (default 8081; 0 for any)")
    parser.add_argument("--to", metavar="DIR", help="record into this folder, without any secret")
    parser.add_argument("--json", metavar="FILE", help="write a report as JSON at the end")
    parser.add_argument(
        "--timeout-seconds", type=float, default=30.0, metavar="S", help="seconds to reach it (default 30)"
    )


def perform(options: argparse.Namespace) -> int:
    """Relay until Ctrl-C, telling of each request to CreateGroup; then what was seen in all."""
    from conformance.base.files import check_writable
    from conformance.base.hosts import endpoint_of
    from conformance.observe.observer import Observer
    from conformance.observe.relay import Relay
    from conformance.observe.telling import Listener
    from conformance.runs.options import check_timeout

    if not 0 <= options.port <= 65535:
        raise UsageError(f"--port {options.port}: a port is a number from 0 to 65535")
    check_timeout("--timeout-seconds", options.timeout_seconds)
    if options.json is not None:
        check_writable("--json", options.json)
    upstream = endpoint_of(options.upstream, option="--upstream")
    observer = Observer.of(upstream, options.to, _say)
    relay = Relay(
        upstream,
        Listener(observer.exchange, observer.blind, observer.dropped, observer.note, observer.session.run.secrets.mask),
        host=options.host,
        port=options.port,
        timeout=options.timeout_seconds,
    )
    observer.certificates = lambda: relay.certificates

    def announce(url: str) -> None:
        _say(f"{url} passes everything on to {upstream}, and judges what is CreateGroup; Ctrl-C ends it")

    relay.run(announce)
    return _end(observer, options.json)


def _end(observer: Observer, json_file: str | None) -> int:
    from conformance.base.files import write_text
    from conformance.report.json_report import render

    report = observer.end()
    for line in observer.summary(report):
        _say(line)
    if json_file is not None:
        write_text("--json", json_file, render(report))
    return observer.exit_code(report)


def _say(line: str) -> None:
    """Say a line; whoever doesn't listen any more stops neither the traffic nor the recording."""
    from conformance.base.files import let_go_of

    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        let_go_of(sys.stdout)
