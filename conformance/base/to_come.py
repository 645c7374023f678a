"""What this version says of what is still to come, in one place."""

from __future__ import annotations

__all__ = ["TARGETS_TO_COME", "VERBS_TO_COME"]

VERBS_TO_COME = {
    "compare": "comparing two reports",
    "sdk": "driving SDKs",
    "driver": "checking drivers",
    "drift": "comparing documents",
    "measure": "measuring what a target does",
}
# By what a target's name begins with.
TARGETS_TO_COME = {"sdk:": "SDKs", "driver:": "drivers"}
