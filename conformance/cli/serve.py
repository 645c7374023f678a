"""The verb `serve`: the reference emulator over HTTP."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError
from conformance.base.words import counted, suggest
from conformance.contract import CODES

if TYPE_CHECKING:
    from conformance.emulator.service import Scripted

__all__ = ["STRICT_SIGNING", "add_arguments", "parse_answers", "perform"]

# What SDKs do at a loopback address isn't taken: the host signed without its port, the service named after the host.
STRICT_SIGNING = {"scope-of-host": "refused", "signed-port": "refused"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    from conformance.emulator.bounds import IN_WORDS

    parser.description = f"Serve the reference emulator over HTTP until Ctrl-C. {IN_WORDS}"
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen at (default 8080; 0 for any)")
    parser.add_argument("--reading", action="append", metavar="ID=VALUE", help="choose a reading; may be repeated")
    parser.add_argument("--fault", action="append", metavar="NAME", help="switch on a fault; may be repeated")
    parser.add_argument("--quota", type=int, metavar="N", help="how many groups the account may have (default 100000)")
    parser.add_argument(
        "--answer",
        action="append",
        metavar="[GROUPID=]CODE[:TIMES]",
        help="answer CreateGroup with this error code; for GroupIds that a glob matches, so often; may be repeated",
    )
    parser.add_argument(
        "--strict-signing",
        action="store_true",
        help="refuse what SDKs do at a loopback address: a host signed without its port, a service named after it",
    )
    parser.add_argument(
        "--stub",
        action="append",
        metavar="ACTION=FILE",
        help="answer an action that the emulator doesn't know with this JSON under Response; may be repeated",
    )
    parser.add_argument(
        "--explain-signatures", action="store_true", help="say in the answer, too, why a signature was refused"
    )
    parser.add_argument(
        "--control-port",
        type=int,
        metavar="PORT",
        help="be led over HTTP at this port, 0 for any: GET /arrivals, POST and DELETE /answers, POST /reset",
    )


def perform(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from conformance.base.credentials import EXAMPLE_CREDENTIALS
    from conformance.base.environment import credentials_of_environment
    from conformance.emulator import Emulator, conforming
    from conformance.emulator.faults import faulty
    from conformance.emulator.server import serve_forever
    from conformance.runs.options import check_faults, parse_readings
    from conformance.targets.control import Control, Watch

    for name, port in (("--port", options.port), ("--control-port", options.control_port or 0)):
        if not 0 <= port <= 65535:
            raise UsageError(f"{name} {port}: a port is a number from 0 to 65535")
    readings = parse_readings(options.reading or ())
    if options.strict_signing:
        if other := [
            each for each in STRICT_SIGNING if readings.get(each, STRICT_SIGNING[each]) != STRICT_SIGNING[each]
        ]:
            raise UsageError(f"--strict-signing means --reading {other[0]}={STRICT_SIGNING[other[0]]}")
        readings |= STRICT_SIGNING
    behaviour = faulty(conforming(readings), *check_faults(options.fault or ()))
    found = credentials_of_environment()
    if options.quota is not None and options.quota < 0:
        raise UsageError(f"--quota {options.quota}: an account can't have fewer than no groups")
    answers, stubs = parse_answers(options.answer or ()), read_stubs(options.stub or ())
    emulator = Emulator(behaviour, found or EXAMPLE_CREDENTIALS, scripted=answers, stubs=stubs)
    watch = Watch(
        emulator, _tell_refusal, in_answers=options.explain_signatures, keeps=options.control_port is not None
    )
    control: Control | None = None
    if options.quota is not None:
        emulator.quota = options.quota

    def announce(url: str) -> None:
        whose = "the environment's key pair" if found else "the documentation's example key pair"
        signing = "strict" if options.strict_signing else "lenient (--strict-signing for the documented rules)"
        sys.stdout.write(f"{url} answers as CreateGroup's page says; it knows {whose}; signing is {signing}\n")
        for fault in options.fault or ():
            sys.stdout.write(f"  with the fault {fault}\n")
        for each in emulator.scripted:
            times = "" if each.times is None else f", {counted(each.times, 'time')}"
            sys.stdout.write(f"  answering CreateGroup with {each.code} for the GroupIds {each.group_ids}{times}\n")
        for action in emulator.stubs:
            sys.stdout.write(f"  answering {action} as its file says\n")
        if control is not None:
            sys.stdout.write(f"  led at {control.url}\n")
        sys.stdout.flush()

    if options.control_port is not None:
        control = Control(
            watch, options.host, options.control_port, lambda written: emulator.scripted.extend(parse_answers(written))
        )
    serve_forever(emulator, options.host, options.port, announce)
    if control is not None:
        control.close()
    return 0


def _tell_refusal(line: str) -> None:
    from conformance.base.words import visible

    sys.stderr.write(f"signature refused: {visible(line)}\n")
    sys.stderr.flush()


def read_stubs(written: Iterable[str]) -> dict[str, dict[str, object]]:
    """Answers of other actions, written as `ACTION=FILE`. Raises UsageError for one of ours, or no JSON object."""
    import json
    from pathlib import Path

    from conformance.base.files import why
    from conformance.emulator.actions import ACTIONS

    found = {}
    for each in written:
        action, equals, path = each.partition("=")
        if not equals or not action.isidentifier():
            raise UsageError(f"--stub {each}: write it as ACTION=FILE, such as CreatePerson=person.json")
        if action in ACTIONS:
            raise UsageError(f"--stub {each}: {action} is answered by the emulator itself; --answer orders its errors")
        try:
            response = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"--stub {each}: {path} can't be read ({why(error)})") from error
        response = response.get("Response", response) if isinstance(response, dict) else response
        if not isinstance(response, dict):
            raise UsageError(f"--stub {each}: {path} is no JSON object, which would stand under Response")
        found[action] = response
    return found


def parse_answers(written: Iterable[str]) -> list[Scripted]:
    """Answers written as `[GROUPID-GLOB=]CODE[:TIMES]`. Raises UsageError for an unknown code or no number."""
    from conformance.emulator.service import Scripted

    found = []
    for each in written:
        group_ids, equals, rest = each.rpartition("=")
        code, colon, times = rest.partition(":")
        if code not in CODES:
            hint = suggest(code, CODES, "codes")
            raise UsageError(f"--answer {each}: no list of the documentation has the code {code!r}{hint}")
        if colon and not (times.isascii() and times.isdigit() and len(times) < 10):
            raise UsageError(f"--answer {each}: {times!r} is no number of times; write it as CODE:3")
        found.append(Scripted(code, group_ids if equals else "*", int(times) if colon else None))
    return found
