"""The command line: one table of verbs, each in a module of its own that is imported when it is called."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from conformance import __version__
from conformance.base.errors import EXIT_CODES, SuiteError, UsageError
from conformance.base.files import let_go_of
from conformance.base.streams import shown_streams
from conformance.base.to_come import VERBS_TO_COME
from conformance.base.words import visible

if TYPE_CHECKING:
    from conformance.privacy.secrets import Secrets

__all__ = ["VERBS", "main"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the command line.

    Attributes:
        name: as it is written.
        help: what it does.
        module: of `conformance.cli`, with `add_arguments` and `perform`.
        judges: whether its exit code is a verdict.
    """

    name: str
    help: str
    module: str
    judges: bool = False


VERBS = (
    Verb("run", "judge a target", "run", judges=True),
    Verb("serve", "serve the reference emulator over HTTP", "serve"),
    Verb("list", "list clauses, readings, faults, codes, cases or twists", "list"),
    Verb("show", "show one clause, reading, fault, code or case", "show"),
    Verb("explain", "tell what the page allows for a request", "explain"),
    Verb("call", "send requests by hand, and judge their answers", "call"),
    Verb("sign", "print the headers that sign a request, for `curl -H @-`", "sign"),
    Verb("record", "judge a target, and record what it answers", "record", judges=True),
    Verb("rejudge", "judge recordings anew: what has changed since a report?", "rejudge"),
    Verb("readings", "tell what recordings say of the page's ambiguities", "readings"),
    Verb("plan", "name few requests that would settle what is still open", "planning"),
    Verb("cleanup", "delete the groups that interrupted live runs left", "cleanup"),
    Verb("sdk", "list the SDKs that can be judged, or set one up", "sdk"),
    Verb("driver", "check a driver, or make one of its calls again", "driver"),
    Verb("drift", "tell what newer documents say otherwise than the page", "drift"),
    Verb("observe", "pass on the traffic of others, and judge it", "observe"),
)
# What Unix programs exit with whose output nobody reads any more.
_BROKEN_PIPE = 128 + 13


class _Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes exit with 4, as pytest's do."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"{self.prog}: {visible(message)}\n{self.format_usage()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    with shown_streams():
        try:
            return _perform(words)
        except Exception as error:
            return _broken(error)


def _perform(words: list[str]) -> int:
    try:
        if words and words[0] in VERBS_TO_COME:
            raise UsageError(f"`{words[0]}` is still to come: {VERBS_TO_COME[words[0]]}")
        options = _parser(words[:1]).parse_args(words)
        _refuse_empty(options)
        code: int = options.perform(options)
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


def _broken(error: Exception) -> int:
    """Say where it is this program that is wrong, without a secret; its exit code."""
    from conformance.report.ending import internal_error

    sys.stderr.write(f"iai-conformance: {internal_error(error, _secrets())}\n")
    return SuiteError.exit_code


def _secrets() -> Secrets:
    from conformance.base.environment import secrets_of_environment
    from conformance.privacy.secrets import Secrets

    return Secrets.of(secrets_of_environment())


def _parser(called: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; of the verb that is called with all its arguments, of the others by their names alone."""
    codes = "exit codes: " + ", ".join(f"{code} {about}" for code, about in EXIT_CODES.items())
    parser = _Parser("iai-conformance", description="Does a server behave as CreateGroup's page says?", epilog=codes)
    parser.add_argument("--version", action="version", version=f"iai-conformance {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True, title="verbs")
    for each in VERBS:
        verb = verbs.add_parser(each.name, help=each.help, epilog=codes if each.judges else None)
        if each.name in called:
            module = import_module(f"conformance.cli.{each.module}")
            module.add_arguments(verb)
            verb.set_defaults(perform=module.perform)
    return parser


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
        sys.stderr.write(f"iai-conformance: {visible(_secrets().mask(why))}\n")
        sys.stderr.flush()
    except OSError:
        let_go_of(sys.stderr)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
