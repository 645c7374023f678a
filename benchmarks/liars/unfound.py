"""Liars that the suite doesn't find, each with the reason: what would take too long, or what the page allows."""

from __future__ import annotations

UNFOUND: dict[str, str] = {}
