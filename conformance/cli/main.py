"""The command line. Each verb is a small function; what it needs is imported when it is called."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from conformance import __version__
from conformance.base.errors import SuiteError, TargetUnusableError, UsageError
from conformance.base.files import let_go_of
from conformance.cli import accounts, observing, recordings

if TYPE_CHECKING:
    from conformance.exchange.request import Request

__all__ = ["main"]

_TO_COME = {
    "compare": "comparing two reports",
    "merge": "merging reports",
    "sdk": "driving SDKs",
    "driver": "checking drivers",
    "drift": "comparing documents",
}
_EXIT_CODES = (
    "exit codes: 0 conforms, 1 does not conform, 2 interrupted, 3 the target can't be used or an internal error, "
    "4 wrong usage, 5 nothing was judged, or not every clause"
)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes exit with 4, as pytest's do."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"{self.prog}: {message}\n{self.format_usage()}")


# What Unix programs exit with whose output nobody reads any more.
_BROKEN_PIPE = 128 + 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    try:
        if words and words[0] in _TO_COME:
            raise UsageError(f"`{words[0]}` is still to come: {_TO_COME[words[0]]}")
        options = _parser().parse_args(words)
        _refuse_empty(options)
        verb: Callable[[argparse.Namespace], int] = options.verb
        code = verb(options)
        sys.stdout.flush()
    except SuiteError as error:
        return _failed(str(error), error.exit_code)
    except BrokenPipeError:
        let_go_of(sys.stdout)
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return 2
    except OSError as error:
        let_go_of(sys.stdout)
        where = f"{error.filename}: " if error.filename is not None else ""
        return _failed(f"{where}{error.strerror or error}", SuiteError.exit_code)
    return code


def _prepare_streams() -> None:
    """Make the streams take any text; those that are closed must not give their numbers to files."""
    for name, mode in (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, f"__{name}__") is None:
            handle = os.open(os.devnull, mode)
            if name != "stdin" and getattr(sys, name) is None:
                setattr(sys, name, open(handle, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 -- as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the page is Chinese; not every terminal is


# What is signed may be; what isn't an option is told of by whoever reads it.
_MAY_BE_EMPTY = frozenset({"body", "query", "name", "parameters", "paths", "steps"})


def _refuse_empty(options: argparse.Namespace) -> None:
    """Raise UsageError for an option whose value is no text at all, such as that of a variable that isn't set."""
    for name, value in vars(options).items():
        if name not in _MAY_BE_EMPTY and "" in (value if isinstance(value, list) else [value]):
            raise UsageError(f"--{name.replace('_', '-')}: it is empty; leave it out, or give it a value")


def _failed(why: str, code: int) -> int:
    """Say why, if that is possible, and return the code."""
    try:
        sys.stderr.write(f"iai-conformance: {why}\n")
        sys.stderr.flush()
    except OSError:
        let_go_of(sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "iai-conformance", description="Does a server behave as CreateGroup's page says?", epilog=_EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=f"iai-conformance {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True, title="verbs")
    _add_run(verbs.add_parser("run", help="judge a target", epilog=_EXIT_CODES))
    _add_serve(verbs.add_parser("serve", help="serve the reference emulator over HTTP"))
    _add_list(verbs.add_parser("list", help="list clauses, readings, faults, codes, cases or twists"))
    _add_show(verbs.add_parser("show", help="show one clause, reading, fault, code or case"))
    _add_explain(verbs.add_parser("explain", help="tell what the page allows for a request"))
    _add_call(verbs.add_parser("call", help="send requests by hand, and judge their answers"))
    _add_sign(verbs.add_parser("sign", help="print the headers that sign a request, for `curl -H @-`"))
    _add_record(verbs.add_parser("record", help="judge a target, and record what it answers", epilog=_EXIT_CODES))
    recordings.add_rejudge(verbs.add_parser("rejudge", help="judge recordings anew: what has changed since a report?"))
    recordings.add_readings(verbs.add_parser("readings", help="tell what recordings say of the page's ambiguities"))
    recordings.add_plan(verbs.add_parser("plan", help="name the fewest requests that would settle what is still open"))
    accounts.add_cleanup(verbs.add_parser("cleanup", help="delete the groups that interrupted live runs left"))
    observing.add_observe(verbs.add_parser("observe", help="pass on the traffic of others, and judge it"))
    return parser


# --- run -----------------------------------------------------------------------------------------------------


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--target", default="embedded", help="embedded (default), live, cassette:PATH, or the URL of a server"
    )
    _add_judging(parser)
    parser.add_argument("--list", action="store_true", help="say what each level sends and what it costs; send nothing")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")
    parser.set_defaults(verb=_run, to=None)


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", required=True, help="live, the URL of a server, or embedded (over HTTP)")
    parser.add_argument("--to", required=True, metavar="DIR", help="a new folder, such as cassettes/live/NAME")
    parser.add_argument("--overwrite", action="store_true", help="replace a recording that is there")
    _add_judging(parser)
    parser.set_defaults(verb=_run, list=False, max_age=None)


def _add_judging(parser: argparse.ArgumentParser) -> None:
    """The options of what is sent, where to, how fast, and what is reported."""
    parser.add_argument(
        "--profile", help="smoke: the fixed cases (default live); standard (default): and exploration; deep: much of it"
    )
    parser.add_argument("--seed", type=int, help="seed of the exploration (default 0)")
    parser.add_argument("--max-requests", type=int, metavar="N", help="a hard bound on requests")
    parser.add_argument("--max-groups", type=int, metavar="N", help="a hard bound on groups that are created")
    parser.add_argument("--rate", type=float, metavar="N", help="requests a second (default: 10 live, else unbounded)")
    parser.add_argument("--region", help="the value of Region (default: TENCENTCLOUD_REGION, or ap-guangzhou)")
    parser.add_argument("--endpoint", metavar="HOST", help="another host of the service, for the target live")
    parser.add_argument("--dry-run", action="store_true", help="print the plan of a live run, and send nothing")
    parser.add_argument("--yes", action="store_true", default=None, help="agree to a live run without being asked")
    parser.add_argument(
        "--level",
        action="append",
        metavar="LEVEL",
        help="parameters, envelope, authentication, protocol, state or concurrency (default: all); may be repeated",
    )
    parser.add_argument("--only", action="append", metavar="GLOB", help="clauses to judge; may be repeated")
    parser.add_argument("--skip", action="append", metavar="GLOB", help="clauses to leave out; may be repeated")
    parser.add_argument(
        "--expected-failures", metavar="FILE", help="clauses known to fail: `GLOB  # reason`, a line each"
    )
    parser.add_argument("--fault", action="append", metavar="NAME", help="switch on a fault of the embedded emulator")
    parser.add_argument(
        "--reading", action="append", metavar="ID=VALUE", help="choose a reading of the embedded emulator"
    )
    parser.add_argument("--timeout-seconds", type=float, metavar="S", help="seconds to wait for an answer (default 10)")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON")
    parser.add_argument("--html", metavar="FILE", help="still to come")
    parser.add_argument("--junit", metavar="FILE", help="write pytest's JUnit report")


def _run(options: argparse.Namespace) -> int:
    """Run the suite under pytest, without the user's own pytest settings, plugins or conftest files."""
    from importlib.util import find_spec
    from pathlib import Path

    import pytest

    from conformance.base.files import check_writable
    from conformance.runs.settings import Settings

    if options.to is not None:
        options.record_mode = "rewrite" if options.overwrite else "once"
        if not options.overwrite:
            from conformance.recording.writer import free_folder

            free_folder(Path(options.to), hint=", or say --overwrite")
    settings = Settings.of_options(options)  # told in our words, before pytest starts
    if settings.cassette is not None:
        from conformance.recording.reader import recordings_at

        recordings_at([settings.cassette])
    if options.list:
        from conformance.cli.catalogue import costs
        from conformance.runs.session import build_target

        with contextlib.suppress(TargetUnusableError):  # nothing is sent; but one that can't be meant is told
            if settings.cassette is None:
                build_target(settings).close()
        for line in costs(settings):
            sys.stdout.write(f"{line}\n")
        return 0
    if options.junit is not None:
        check_writable("--junit", options.junit)
    if options.dry_run or (settings.is_live and settings.cassette is None):
        if not accounts.agreed(settings, dry_run=options.dry_run):
            return 0
        options.yes = True
    spec = find_spec("conformance.suite")
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 -- a part of this package
    suite = str(Path(spec.origin).parent)
    fixed = [
        "-c",
        os.devnull,
        "--rootdir",
        suite,
        "--noconftest",
        "--disable-plugin-autoload",
        "--import-mode=importlib",
    ]
    recorder = ["-p", "pytest_recording.plugin", f"--record-mode={options.record_mode}"] if options.to else []
    quiet = [
        *recorder,
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:warnings",
        "-p",
        "no:logging",
        "-p",
        "no:faulthandler",
        "--capture=no",  # nothing of the suite writes; and how far it is goes to the terminal itself
    ]
    words = [*fixed, *quiet, "-p", "conformance.plugin", "--pyargs", "conformance.suite", *_passed_on(options)]
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    watcher = _Watcher()
    code = int(pytest.main(words, plugins=[watcher]))
    code = SuiteError.exit_code if watcher.broken else code
    for line in watcher.said:
        _failed(line, code)
    return code


_VALUES = (
    "target", "profile", "seed", "max_requests", "max_groups", "rate", "region", "endpoint", "to", "max_age",
    "expected_failures", "timeout_seconds", "json", "html",
)  # fmt: skip


def _passed_on(options: argparse.Namespace) -> Iterable[str]:
    if options.yes:
        yield "--yes"
    for name in _VALUES:
        value = getattr(options, name)
        if value is not None:
            yield f"--{name.replace('_', '-')}={value}"
    for name in ("level", "only", "skip", "fault", "reading"):
        yield from (f"--{name}={value}" for value in getattr(options, name) or ())
    if options.junit is not None:
        yield f"--junit-xml={options.junit}"


class _Watcher:
    """Keeps what pytest would tell, had it a terminal: why it stopped, and errors that are ours."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.broken = False

    def pytest_keyboard_interrupt(self, excinfo: object) -> None:
        """The run was interrupted, or told to stop."""
        import pytest

        value = getattr(excinfo, "value", None)
        if isinstance(value, pytest.Session.Interrupted):
            return  # whoever asked pytest to stop has said why
        self.said.append(str(value.msg) if isinstance(value, pytest.exit.Exception) else "interrupted")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Something of ours broke."""
        self.broken = True
        self.said.append(f"internal error, please report it:\n{excrepr}")

    def pytest_collectreport(self, report: object) -> None:
        """A module of the suite can't be imported."""
        if getattr(report, "failed", False):
            self.broken = True
            self.said.append(f"internal error, please report it:\n{getattr(report, 'longrepr', '')}")


# --- serve ---------------------------------------------------------------------------------------------------


def _add_serve(parser: argparse.ArgumentParser) -> None:
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
    parser.set_defaults(verb=_serve)


def _serve(options: argparse.Namespace) -> int:
    from conformance.base.credentials import EXAMPLE_CREDENTIALS
    from conformance.base.environment import credentials_of_environment
    from conformance.base.words import counted
    from conformance.emulator import Emulator, conforming
    from conformance.emulator.faults import faulty
    from conformance.emulator.server import serve_forever
    from conformance.runs.settings import STRICT_SIGNING, check_faults, parse_answers, parse_readings

    if not 0 <= options.port <= 65535:
        raise UsageError(f"--port {options.port}: a port is a number from 0 to 65535")
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
    emulator = Emulator(behaviour, found or EXAMPLE_CREDENTIALS, scripted=parse_answers(options.answer or ()))
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
        sys.stdout.flush()

    serve_forever(emulator, options.host, options.port, announce)
    return 0


# --- list, show ----------------------------------------------------------------------------------------------

_KINDS = ("clauses", "readings", "faults", "codes", "cases", "twists")


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=_KINDS, default="clauses")
    parser.set_defaults(verb=_list)


def _list(options: argparse.Namespace) -> int:
    from conformance.cli.catalogue import listed

    for line in listed(options.what):
        sys.stdout.write(f"{line}\n")
    return 0


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the id of a clause, reading, fault, error code or case")
    parser.set_defaults(verb=_show)


def _show(options: argparse.Namespace) -> int:
    from conformance.cli.catalogue import shown

    for line in shown(options.name):
        sys.stdout.write(f"{line}\n")
    return 0


# --- explain, sign -------------------------------------------------------------------------------------------


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("parameters", help='the parameters as JSON: \'{"GroupName": "x", "GroupId": "y"}\'')
    parser.set_defaults(verb=_explain)


def _explain(options: argparse.Namespace) -> int:
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


def _add_call(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", default="embedded", help="embedded (default), or the URL of a server")
    parser.add_argument("--fault", action="append", metavar="NAME", help="switch on a fault of the embedded emulator")
    parser.add_argument(
        "--reading", action="append", metavar="ID=VALUE", help="choose a reading of the embedded emulator"
    )
    parser.add_argument("--timeout-seconds", type=float, default=10.0, metavar="S", help="seconds to wait (default 10)")
    parser.add_argument("--quota", type=int, metavar="N", help="how many groups the account still takes")
    parser.add_argument("--yes", action="store_true", help="agree to sending to a live account")
    parser.add_argument(
        "steps",
        nargs="+",
        metavar="STEP",
        help='a request as JSON: \'{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}\'; as cases have them',
    )
    parser.set_defaults(verb=_call)


def _call(options: argparse.Namespace) -> int:
    from conformance.base.words import counted
    from conformance.cli.conversation import told
    from conformance.runs.session import open_session
    from conformance.runs.settings import Settings, check_faults, parse_readings, parse_step

    steps = [parse_step(each) for each in options.steps]
    if options.quota is not None and options.quota < 0:
        raise UsageError(f"--quota {options.quota}: an account can't take fewer than no groups")
    settings = Settings(
        target=options.target,
        profile="smoke",
        faults=check_faults(options.fault or ()),
        readings=parse_readings(options.reading or ()),
        timeout=options.timeout_seconds,
        consent=options.yes,
    )
    if settings.is_live and not accounts.agreed_to_call(settings):
        return 0
    session = open_session(settings)
    if session.recording is not None:
        raise UsageError("a recording can't be called: it answers what was recorded alone")
    departs = False
    try:
        for line in told(session.run.target, steps, options.quota, session.run.salts):
            departs = departs or line.startswith("✗")
            sys.stdout.write(f"{line}\n")
    finally:
        session.close()
    for line in session.said:
        sys.stderr.write(f"iai-conformance: {line}\n")
    if session.groups is not None:
        sys.stdout.write(f"{counted(session.groups.deleted, 'group')} deleted, {len(session.groups.left)} left\n")
    return 1 if departs else 0


def _add_sign(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", required=True, help="the URL that the request will go to")
    parser.add_argument("--action", default="CreateGroup")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--body", help="the body of a POST, as it will be sent; - for standard input")
    what.add_argument("--query", help="the query of a GET, as it will be sent")
    parser.set_defaults(verb=_sign)


def _sign(options: argparse.Namespace) -> int:
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


if __name__ == "__main__":
    raise SystemExit(main())
