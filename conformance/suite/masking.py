"""What pytest shows of the suite's tests, without secrets: a traceback's variables hold requests and their heads."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.privacy.secrets import Secrets

__all__ = ["mask_report", "mask_shown"]


def mask_report(report: pytest.TestReport, secrets: Secrets) -> None:
    """Mask all that a report shows: the failure, and what was printed and logged meanwhile."""
    report.longrepr = _masked(report.longrepr, secrets)
    report.sections = [(name, secrets.mask(text)) for name, text in report.sections]


def mask_shown(shown: object, secrets: Secrets) -> None:
    """Mask what pytest prepared to print of an exception, in its place: its lines, variables and arguments."""
    for name, value in list(getattr(shown, "__dict__", {}).items()):
        object.__setattr__(shown, name, _masked(value, secrets))


def _masked(value: Any, secrets: Secrets) -> Any:
    match value:
        case str():
            return secrets.mask(value)
        case list() if all(isinstance(each, str) for each in value):  # a text may run on from line to line
            return secrets.mask("\n".join(value)).split("\n") if value else value
        case list() | tuple():
            return type(value)(_masked(each, secrets) for each in value)
        case _:
            mask_shown(value, secrets)
            return value
