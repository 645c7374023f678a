"""The formats in which a report is written to a file, one table; each also is an option of a run."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from conformance.base.errors import SuiteError
from conformance.base.files import check_writable, write_text
from conformance.runs.options import Option

if TYPE_CHECKING:
    from conformance.report.model import Report

__all__ = ["FORMATS", "Format", "check_files", "write_files"]


@dataclass(frozen=True, slots=True)
class Format(Option):
    """A format of reports, and the option that names its file.

    Attributes:
        module: of `conformance.report`, with a pure function `render` from a report to text; imported when it is used.
    """

    module: str = field(kw_only=True)

    def render(self, report: Report) -> str:
        """What is written."""
        text: str = import_module(f"conformance.report.{self.module}").render(report)
        return text


FORMATS: tuple[Format, ...] = (
    Format("json", "write the report as JSON", metavar="FILE", module="json_report"),
    Format("junit", "write the report as JUnit's XML, a test case for each clause", metavar="FILE", module="junit"),
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
                write_text(f"--{each.name}", files[each.name], each.render(report))
            except SuiteError as error:
                problems.append(str(error))
    return problems
