"""Hypothesis strategies for CreateGroup: requests that the page accepts, and requests that break it where one says.

from hypothesis import given
from conformance.strategies import requests_breaking

@given(requests_breaking("GroupName.length.max"))
def test_mine(request): ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.strategies.parameters import values_breaking, values_keeping
    from conformance.strategies.requests import (
        invalid_requests,
        odd_requests,
        requests_breaking,
        requests_breaking_several,
        valid_requests,
    )
    from conformance.strategies.text import texts, texts_with

__all__ = [
    "invalid_requests",
    "odd_requests",
    "requests_breaking",
    "requests_breaking_several",
    "texts",
    "texts_with",
    "valid_requests",
    "values_breaking",
    "values_keeping",
]

_HOMES = {"texts": "text", "texts_with": "text", "values_breaking": "parameters", "values_keeping": "parameters"}


def __getattr__(name: str) -> Any:
    """Import a strategy when it is asked for: the edges need no Hypothesis, which takes a while to import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"conformance.strategies.{_HOMES.get(name, 'requests')}"), name)
