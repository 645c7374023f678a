"""The verb `list`: what there is, a line each."""

from __future__ import annotations

import argparse
import sys

__all__ = ["add_arguments", "perform"]

_KINDS = ("clauses", "readings", "faults", "conditions", "codes", "cases", "twists", "sdk-clauses", "calls")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("what", nargs="?", choices=_KINDS, default="clauses")


def perform(options: argparse.Namespace) -> int:
    """Print a line for each."""
    from conformance.cli.catalogue import listed

    for line in listed(options.what):
        sys.stdout.write(f"{line}\n")
    return 0
