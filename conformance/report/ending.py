"""The end of a run, however it came: the report and its files, what is said, and the exit code."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.base.errors import SuiteError
from conformance.privacy.secrets import Secrets
from conformance.report.formats import write_files
from conformance.report.model import Report, Verdict, report_of
from conformance.runs.session import Session
from conformance.runs.settings import Settings

__all__ = ["Ending", "ending_of", "exit_code", "internal_error"]

_INTERRUPTED = 2


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Attributes:
        code: the exit code.
        said: what went wrong, a sentence each.
        report: what was found; None where the target couldn't be judged.
    """

    code: int
    said: list[str] = field(default_factory=list)
    report: Report | None = None


def exit_code(report: Report) -> int:
    """The exit code that a report stands for; `EXIT_CODES` has them all."""
    if report.requests == 0:
        return 5
    if report.verdict is Verdict.CONFORMS and report.groups is not None and report.groups.left:
        return 3  # nothing was wrong but for what is left behind
    return {Verdict.CONFORMS: 0, Verdict.VIOLATES: 1, Verdict.INCOMPLETE: 5}[report.verdict]


def internal_error(error: BaseException, secrets: Secrets) -> str:
    """What is said of an error of ours; its message may quote what was sent."""
    return secrets.mask("internal error, please report it:\n" + "".join(traceback.format_exception(error)).rstrip())


def ending_of(
    session: Session,
    settings: Settings,
    files: Mapping[str, str],
    *,
    interrupted: bool = False,
    broken: str = "",
    failed: SuiteError | None = None,
) -> Ending:
    """End a run whose session is closed.

    Args:
        session: what was run.
        settings: what was asked for.
        files: name of a format → the file that it is written to.
        interrupted: whether it was interrupted.
        broken: what is said of an error of ours; empty where there was none.
        failed: why the target couldn't be judged any further; None where it could.
    """
    if failed is not None:
        told = [str(failed), *_seen(session), *session.said, *_left(session)]
        return Ending(failed.exit_code, session.run.secrets.masked(told))
    report = report_of(session, settings, interrupted=interrupted or bool(broken))
    said = [*filter(None, [broken, "interrupted" if interrupted else ""]), *session.run.secrets.masked(session.said)]
    problems = write_files(report, files)
    code = _INTERRUPTED if interrupted else exit_code(report)
    if broken or problems or session.said:
        code = SuiteError.exit_code
    return Ending(code, [*said, *problems], report)


def _seen(session: Session) -> list[str]:
    """What departed before a run ended that has no report."""
    clauses = sorted({clause for clause, _ in session.run.results.failed})
    return [f"before that, answers departed from {', '.join(clauses)}"] if clauses else []


def _left(session: Session) -> list[str]:
    """What there is to know of the groups of a run without a report."""
    groups = session.groups
    if groups is None or not (groups.created or groups.note):
        return []
    return [f"{groups.created} groups were created, {groups.deleted} deleted, {len(groups.left)} left{groups.hint}"]
