"""The verb `sdk`: which SDKs can be judged here, and how one is set up."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.description = (
        "SDKs are judged as `run --target sdk:NAME`; each is installed once, by its own package manager, "
        "in a folder of its own under the user's cache."
    )
    verbs = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    verbs.add_parser("list", help="say which SDKs there are, and what each lacks on this machine")
    setup = verbs.add_parser("setup", help="install an SDK and its driver")
    setup.add_argument("name", metavar="NAME", help="as `sdk list` has it")
    setup.add_argument(
        "--sdk-version",
        metavar="VERSION",
        help="another version than the locked one; then run --target sdk:NAME@VERSION",
    )
    setup.add_argument("--source", metavar="DIR", help="the folder of an SDK's source, where it is in no registry here")
    matrix = verbs.add_parser("matrix", help="several reports on clients beside each other, as Markdown")
    matrix.add_argument("paths", metavar="REPORT", nargs="+", help="written by `run --target sdk:NAME --json FILE`")


def perform(options: argparse.Namespace) -> int:
    """List, set up, or compare."""
    if options.what == "matrix":
        return _matrix(options.paths)
    from conformance.runs.sdks import SDKS, sdk_named, set_up, state_of

    if options.what == "list":
        width = max(len(each.name) for each in SDKS)
        for each in SDKS:
            tried = f" (tried on {each.tried})" if each.tried else ""
            sys.stdout.write(f"{each.name:<{width}}  {each.about}{tried}: {state_of(each)}\n")
        return 0
    version = "" if options.sdk_version is None else f"@{options.sdk_version}"
    sdk = sdk_named(f"{options.name}{version}")
    source = Path(options.source) if options.source is not None else None
    folder = set_up(sdk, lambda command: _say(f"{sdk.name}: {command}"), source)
    sys.stdout.write(f"{sdk.name} is ready in {folder}: `iai-conformance run --target sdk:{sdk.name}`\n")
    return 0


def _matrix(paths: list[str]) -> int:
    import json

    from conformance.base.errors import UsageError
    from conformance.base.files import why
    from conformance.report.matrix import column, render

    columns = []
    for path in paths:
        try:
            columns.append(column(json.loads(Path(path).read_text(encoding="utf-8")), path))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"{path}: it can't be read ({why(error)})") from error
    sys.stdout.write(render(columns))
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
