"""The verbs `run` and `record`: judge a target with everything that is asked for, and report."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from conformance.base.errors import SuiteError, TargetUnusableError
from conformance.report.formats import FORMATS
from conformance.runs.options import OPTIONS, add_options

if TYPE_CHECKING:
    from conformance.runs.settings import Settings

__all__ = ["add_arguments", "perform"]

_OF_RUN = tuple(each for each in OPTIONS if each.name != "to")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_options(parser.add_argument, (*_OF_RUN, *FORMATS))
    parser.add_argument("--list", action="store_true", help="say what each level sends and what it costs; send nothing")
    parser.add_argument("--dry-run", action="store_true", help="print the plan of a live run, and send nothing")


def perform(options: argparse.Namespace) -> int:
    """Judge a target; the exit code is the verdict's."""
    from conformance.report.formats import check_files
    from conformance.runs.settings import Settings

    files = check_files(options)
    settings = Settings.of_options(options)
    if options.list:
        return _list_costs(settings)
    if options.dry_run or (settings.is_live and settings.cassette is None):
        from conformance.cli.consent import agreed

        if not agreed(settings, dry_run=options.dry_run):
            return 0
    return judge(settings, files)


def _list_costs(settings: Settings) -> int:
    from conformance.cli.catalogue import costs
    from conformance.runs.target_kinds import build_target

    with contextlib.suppress(TargetUnusableError):  # nothing is sent; but one that can't be meant is told
        build_target(settings).close()
    for line in costs(settings):
        sys.stdout.write(f"{line}\n")
    return 0


def judge(settings: Settings, files: dict[str, str]) -> int:
    """Run what the settings ask for, write and print the report; the exit code.

    Args:
        settings: what to run.
        files: name of a format → the file that it is written to.

    Raises:
        SuiteError: the target can't be judged at all.
    """
    from conformance.report.ending import ending_of, internal_error
    from conformance.report.progress import Progress
    from conformance.report.terminal import console, print_report
    from conformance.runs.conduct import conduct
    from conformance.runs.forecast import Forecast
    from conformance.runs.session import open_session

    session = open_session(settings)
    interrupted, broken = False, ""
    failed: SuiteError | None = None
    with Progress(session.run) as progress:
        session.run.on_request = progress.tick
        session.run.on_part = Forecast(session.run, settings, progress.say).look
        try:
            conduct(session, settings)
        except KeyboardInterrupt:
            interrupted = True
        except SuiteError as error:
            failed = error
        except Exception as error:
            broken = internal_error(error, session.run.secrets)
    ending = ending_of(session, settings, files, interrupted=interrupted, broken=broken, failed=failed)
    for line in ending.said:
        sys.stderr.write(f"iai-conformance: {line}\n")
    if ending.report is not None:
        print_report(ending.report, console())
    return ending.code
