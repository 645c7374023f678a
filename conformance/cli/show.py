"""The verb `show`: everything about one thing."""

from __future__ import annotations

import argparse
import sys

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", help="the id of a clause, reading, fault, error code or case")


def perform(options: argparse.Namespace) -> int:
    """Print what there is to know of it."""
    from conformance.cli.catalogue import shown

    for line in shown(options.name):
        sys.stdout.write(f"{line}\n")
    return 0
