"""Every liar by its name."""

from benchmarks.liars.servers import (  # noqa: F401
    caches,
    edges,
    folded,
    forms,
    insisting,
    kept,
    optional,
    protocol,
    sameness,
    several,
    values,
    when,
    who,
)
from benchmarks.liars.servers.table import LIARS

__all__ = ["LIARS"]
