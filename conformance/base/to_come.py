"""What this version says of what is still to come, in one place."""

from __future__ import annotations

__all__ = ["VERBS_TO_COME"]

VERBS_TO_COME = {
    "compare": "comparing two reports",
    "measure": "measuring what a target does",
}
