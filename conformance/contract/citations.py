"""Short ways to cite: a line of the action's page, or a document of the platform by its name."""

from __future__ import annotations

from conformance.contract.model import Citation

__all__ = ["COMMON_ERRORS", "REQUEST", "RESULT", "SIGNATURE_1", "SIGNATURE_3", "page", "platform"]

COMMON_ERRORS = "API 3.0, common error codes"
RESULT = "API 3.0, response format"
REQUEST = "API 3.0, request structure"
SIGNATURE_1 = "API 3.0, signature version 1"
SIGNATURE_3 = "API 3.0, signature version 3"


def page(line: int, quote: str) -> Citation:
    """Words of the action's page."""
    return Citation(quote, line)


def platform(quote: str, source: str = COMMON_ERRORS) -> Citation:
    """Words of one of the platform's documents."""
    return Citation(quote, None, source)
