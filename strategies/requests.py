"""Whole requests, ready to send: every one with ids and names of its own, whatever was drawn before.

For other people's tests; the suite itself draws the templates behind them.
"""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.contract import CLAUSE
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts, fill
from conformance.strategies import templates

__all__ = ["invalid_requests", "odd_requests", "requests_breaking", "requests_breaking_several", "valid_requests"]

_SALTS = Salts()


def _filled(drawn: st.SearchStrategy[Request]) -> st.SearchStrategy[Request]:
    """A salt for each draw, shrink steps included, so that none collides with what was sent before."""
    return drawn.map(lambda template: fill(template, _SALTS.next()))


def valid_requests() -> st.SearchStrategy[Request]:
    """Requests that keep every clause of the page."""
    return _filled(templates.keeping_all())


def requests_breaking(clause: str) -> st.SearchStrategy[Request]:
    """Requests that break one clause and no other.

    Args:
        clause: its id, "GroupName.length.max".

    Raises:
        KeyError: there is no such clause.
        ValueError: no single request can break it.
    """
    found = CLAUSE[clause]
    if not found.breakable_alone:
        raise ValueError(f"{clause} can't be broken by a request alone")
    return _filled(templates.breaking_one(found))


def requests_breaking_several() -> st.SearchStrategy[Request]:
    """Requests that break two or three clauses at once."""
    return _filled(templates.breaking_several())


def odd_requests() -> st.SearchStrategy[Request]:
    """Requests on whose shape the page is silent: unknown, doubled, null and empty parameters."""
    return _filled(templates.odd())


def invalid_requests() -> st.SearchStrategy[Request]:
    """Requests that break one clause, whichever."""
    clauses = [each.id for each in CLAUSE.values() if each.breakable_alone]
    return st.sampled_from(clauses).flatmap(requests_breaking)
