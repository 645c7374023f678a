"""Whether the user agrees to what touches a real account, after the plan of it was told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from conformance.base.errors import UsageError

if TYPE_CHECKING:
    from conformance.runs.settings import Settings

__all__ = ["agreed", "agreed_to_call", "confirmed"]


def agreed(settings: Settings, *, dry_run: bool) -> bool:
    """Print the plan of a live run, and whether the user agrees to it; never where it is only asked for.

    Raises:
        UsageError: the target isn't live; or nobody can be asked.
    """
    from conformance.cli.live_plan import costs_of

    if not settings.is_live:
        raise UsageError(f"--dry-run is for a live run; `run --list` tells what any run costs, {settings.target} too")
    for line in costs_of(settings):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return not dry_run and (settings.consent or confirmed("Send this?"))


def agreed_to_call(settings: Settings) -> bool:
    """Whether the user agrees to requests by hand to a live account. Raises UsageError where nobody can be asked."""
    return settings.consent or confirmed("Send these to a real account, and delete what they create?")


def confirmed(question: str) -> bool:
    """Whether the user says yes on a terminal. Raises UsageError where there is none."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: agree beforehand with --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    sys.stderr.write("nothing was sent\n")
    return False
