"""The formats in which a report is written to a file, one table; each also is an option of a run."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.base.errors import SuiteError
from conformance.base.files import check_writable, write_text
from conformance.report.model import Report
from conformance.runs.options import Option

__all__ = ["FORMATS", "Format", "check_files", "write_files"]


@dataclass(frozen=True, slots=True)
class Format(Option):
    """A format of reports, and the option that names its file.

    Attributes:
        text: what is written.
    """

    text: Callable[[Report], str] = str


FORMATS: tuple[Format, ...] = (
    Format(
        "json",
        "write the report as JSON",
        metavar="FILE",
        text=lambda report: f"{json.dumps(report.to_json(), ensure_ascii=True, indent=1)}\n",
    ),
)


def check_files(given: Namespace, prefix: str = "") -> dict[str, str]:
    """Name of a format → its file, of those that were asked for. Raises UsageError where one can't be written."""
    files = {}
    for each in FORMATS:
        path = getattr(given, f"{prefix}{each.name}".replace("-", "_"), None)
        if path is not None:
            check_writable(f"--{each.name}", path)
            files[each.name] = path
    return files


def write_files(report: Report, files: Mapping[str, str]) -> list[str]:
    """Write a report to its files; what went wrong, a sentence each."""
    problems = []
    for each in FORMATS:
        if each.name in files:
            try:
                write_text(f"--{each.name}", files[each.name], each.text(report))
            except SuiteError as error:
                problems.append(str(error))
    return problems
