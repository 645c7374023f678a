"""A client by its name, as a driver: `python -m benchmarks.clients NAME`; with no name, how each is found."""

from __future__ import annotations

import sys

from benchmarks.clients.broken import BROKEN
from benchmarks.clients.lying import LYING
from benchmarks.clients.perfect import Driver


def driver_of(name: str) -> Driver:
    """The driver of a name: "perfect", a broken client's, or that of a driver that lies. Raises KeyError."""
    if name in LYING:
        return LYING[name][0]()
    made = Driver()
    if name != "perfect":
        made.client = BROKEN[name][0]
    return made


if __name__ == "__main__":
    driver_of(sys.argv[1]).main()
