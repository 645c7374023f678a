"""The verb `drift`: what other documents say otherwise than the page that the contract is made of."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError
from conformance.base.words import counted, visible

if TYPE_CHECKING:
    from conformance.contract.descriptions import Description

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.description = (
        "Compare the page that the contract is made of with a newer page, or with the vendor's packages; with no file, "
        "with what `sdk setup tccli` and `sdk setup python` installed. Exits with 1 where something changed."
    )
    parser.add_argument("--page", metavar="FILE", help="a page of the action, as text in UTF-8")
    parser.add_argument("--api", metavar="FILE", help="the api.json of tccli's iai, v20200303")
    parser.add_argument("--codes", metavar="FILE", help="the errorcodes.py of the Python SDK's iai, v20200303")
    parser.add_argument("--json", metavar="FILE", help="write what changed as JSON")


def perform(options: argparse.Namespace) -> int:
    """Tell what was added, changed and removed."""
    from conformance.base.files import check_writable, write_text
    from conformance.contract import page_lines
    from conformance.contract.descriptions import changes, of_page

    if options.json is not None:
        check_writable("--json", options.json)
    page = of_page(page_lines())
    found = []
    for other in _descriptions(options):
        differences = sorted(changes(page, other), key=lambda each: (each.subject, each.what))
        sys.stdout.write(
            f"{other.source}: {counted(len(differences), 'change') if differences else 'nothing changed'}\n"
        )
        for each in differences:
            sys.stdout.write(f"  {visible(str(each))}\n")
            written = {"what": each.what, "subject": each.subject, "before": each.before, "after": each.after}
            found.append({"source": other.source, **written})
    if options.json is not None:
        write_text("--json", options.json, json.dumps({"changes": found}, indent=1) + "\n")
    return 1 if found else 0


def _descriptions(options: argparse.Namespace) -> Iterator[Description]:
    """The documents that are named; else those of the SDKs that were set up. Raises UsageError."""
    from conformance.contract import ACTION
    from conformance.contract.descriptions import of_api, of_error_codes, of_page

    readers: dict[str, Callable[[str, str], Description]] = {
        "page": lambda text, source: of_page(text.splitlines(), source),
        "api": lambda text, source: of_api(json.loads(text), ACTION, source),
        "codes": of_error_codes,
    }
    named = {name: getattr(options, name) for name in readers if getattr(options, name) is not None}
    for name, path in (named or _installed()).items():
        try:
            yield readers[name](Path(path).read_text(encoding="utf-8"), f"{path}")
        except (OSError, ValueError, RecursionError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"--{name} {path}: it can't be read ({why})") from error


# Where the packages of the SDKs that were set up have their descriptions.
_PLACES = {
    "api": ("tccli", "tccli/services/iai/v20200303/api.json"),
    "codes": ("python", "tencentcloud/iai/v20200303/errorcodes.py"),
}


def _installed() -> dict[str, str]:
    from conformance.base.environment import cache_folder

    found: dict[str, str] = {}
    for name, (sdk, path) in _PLACES.items():
        places = sorted((cache_folder() / "sdks" / sdk).glob(f"venv/lib/python3*/site-packages/{path}"))
        if places:
            found[name] = str(places[0])
    if not found:
        raise UsageError("there is nothing to compare with: `sdk setup tccli` installs it; or name a file, --page FILE")
    return found
