"""The verb `cleanup`: deletes the groups that interrupted live runs left."""

from __future__ import annotations

import argparse
import sys

from conformance.base.errors import UsageError
from conformance.cli.consent import confirmed
from conformance.runs.options import OF_THE_WAY, add_options

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--target", default="live", help="live (default), or the URL of a host of the service")
    parser.add_argument("--endpoint", metavar="HOST", help="another host of the service")
    parser.add_argument("--rate", type=float, metavar="N", help="requests a second (default 10)")
    parser.add_argument("--timeout-seconds", type=float, default=10.0, metavar="S", help="seconds to wait (default 10)")
    add_options(parser.add_argument, OF_THE_WAY[:1])
    parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and send nothing")
    parser.add_argument("--yes", action="store_true", help="delete without being asked")


def perform(options: argparse.Namespace) -> int:
    """Delete what journals say that interrupted runs created."""
    from conformance.base.words import counted
    from conformance.cli.cleaning import clean, leftovers
    from conformance.runs.settings import Settings

    settings = Settings(
        target=options.target, endpoint=options.endpoint, rate=options.rate, timeout=options.timeout_seconds,
        profile="smoke", ca_file=options.ca_file,
    )  # fmt: skip
    if not settings.is_live:
        raise UsageError(
            f"--target {options.target}: groups are journalled, and cleaned up, for the live service alone"
        )
    found = leftovers()
    for line in found.lines():
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if options.dry_run:
        return 0 if not found.damaged else 1
    if (
        found.anything
        and not options.yes
        and not confirmed(f"Look for {counted(found.groups, 'group')}, and delete what is there of the run's?")
    ):
        return 0
    left = False
    for line in clean(found, settings):
        left = left or line.startswith("✗")
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 1 if left or found.damaged else 0
