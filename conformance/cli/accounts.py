"""What concerns a live account besides judging it: consent to a plan, and cleaning up after an interrupted run."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError

if TYPE_CHECKING:
    from conformance.runs.settings import Settings

__all__ = ["add_cleanup", "agreed", "agreed_to_call"]


def agreed(settings: Settings, *, dry_run: bool) -> bool:
    """Print the plan of a live run, and whether the user agrees to it; never where it is only asked for.

    Raises:
        UsageError: the target isn't live; or nobody can be asked.
    """
    from conformance.cli.plan import costs_of

    if not settings.is_live:
        raise UsageError(f"--dry-run is for a live run; `run --list` tells what any run costs, {settings.target} too")
    for line in costs_of(settings):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return not dry_run and (settings.consent or _confirmed("Send this?"))


def agreed_to_call(settings: Settings) -> bool:
    """Whether the user agrees to requests by hand to a live account. Raises UsageError where nobody can be asked."""
    return settings.consent or _confirmed("Send these to a real account, and delete what they create?")


def _confirmed(question: str) -> bool:
    """Whether the user says yes on a terminal. Raises UsageError where there is none."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: agree beforehand with --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    sys.stderr.write("nothing was sent\n")
    return False


def add_cleanup(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cleanup`."""
    parser.add_argument("--target", default="live", help="live (default), or the URL of a host of the service")
    parser.add_argument("--endpoint", metavar="HOST", help="another host of the service")
    parser.add_argument("--rate", type=float, metavar="N", help="requests a second (default 10)")
    parser.add_argument("--timeout-seconds", type=float, default=10.0, metavar="S", help="seconds to wait (default 10)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and send nothing")
    parser.add_argument("--yes", action="store_true", help="delete without being asked")
    parser.set_defaults(verb=_cleanup)


def _cleanup(options: argparse.Namespace) -> int:
    """Delete what journals say that interrupted runs created."""
    from conformance.base.words import counted
    from conformance.cli.cleaning import clean, leftovers
    from conformance.runs.settings import Settings

    settings = Settings(
        target=options.target, endpoint=options.endpoint, rate=options.rate, timeout=options.timeout_seconds,
        profile="smoke",
    )  # fmt: skip
    if not settings.is_live:
        raise UsageError(
            f"--target {options.target}: groups are journalled, and cleaned up, for the live service alone"
        )
    found = leftovers()
    for line in found.told():
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if options.dry_run:
        return 0 if not found.damaged else 1
    if (
        found.groups
        and not options.yes
        and not _confirmed(f"Look for {counted(found.groups, 'group')}, and delete what is there of them?")
    ):
        return 0
    left = False
    for line in clean(found, settings):
        left = left or line.startswith("✗")
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 1 if left or found.damaged else 0
