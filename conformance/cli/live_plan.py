"""What a live run would send and cost: told before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.base.words import duration
from conformance.live.pace import DEFAULT_RATE
from conformance.runs.settings import Settings

__all__ = ["costs_of"]

_LOOKS_TAKE = 6.0  # seconds, in which what was deleted disappears


def costs_of(settings: Settings) -> Iterator[str]:
    """What a live run would send, in lines of text; nothing is sent to find out."""
    from conformance.runs.costs import cost

    requests, groups = cost(settings)
    rate = settings.rate or DEFAULT_RATE
    limits = [
        f"at most {limit} {what}"
        for limit, what in ((settings.max_requests, "requests"), (settings.max_groups, "groups"))
        if limit is not None
    ]
    requests = min(requests, settings.max_requests if settings.max_requests is not None else requests)
    groups = min(groups, requests, settings.max_groups if settings.max_groups is not None else groups)
    yield f"a live run of the profile {settings.profile} against {settings.service.removeprefix('https://')}:"
    yield "  before    2 requests: which groups are there (one more for each 1000), and whether they may be deleted"
    yield f"  sends     some {requests} requests, the most telling first" + (
        f" ({', '.join(limits)})" if limits else ""
    )
    if settings.without:
        yield f"  without   {', '.join(settings.without)}: left out"
    yield f"  creates   some {groups} groups, under ids and names that no other run uses"
    yield f"  deletes   these groups, and no other: {groups} requests more, and three looks that none is left"
    seconds = (2 + requests + groups + 3) / rate + _LOOKS_TAKE
    yield f"  takes     about {duration(seconds)}, at {rate:g} requests a second (--rate)"
    if settings.records:
        yield f"  records   into {settings.record_to}; no key, token, signature or foreign group is written"
