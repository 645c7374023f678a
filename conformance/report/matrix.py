"""Several reports on clients beside each other, as Markdown: clauses by SDKs, and what each does otherwise. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.base.errors import UsageError
from conformance.base.words import visible

__all__ = ["SAID", "column", "render"]

Json = Mapping[str, Any]

_MARKS = {
    "passed": "✓",
    "failed": "✗",
    "expected-failure": "✗",
    "finding": "!",
    "not-exercised": "",
    "unsupported": "–",
    "skipped": "",
}
SAID = (
    "✓ kept · ✗ not kept, though a document says that it must be · ! not kept, and no document says so · "
    "– the client has no way to be asked"
)
_LONGEST = 240


def column(report: Json, path: str) -> Json:
    """A report, if it is one on a client. Raises UsageError."""
    if not isinstance(report, dict) or not isinstance(report.get("client"), dict):
        raise UsageError(f"{path} is no report on a client: write one with `run --target sdk:NAME --json FILE`")
    return report


def render(reports: Sequence[Json]) -> str:
    """A table, a column a report, in their order; then what each client does otherwise, with the smallest call."""
    lines = [f"{SAID}.", "", *_table(reports)]
    for report in reports:
        lines += ["", f"### {_name(report)}", "", *_failures(report)]
    return "\n".join(lines) + "\n"


def _name(report: Json) -> str:
    client = report["client"]
    return f"{client['sdk']} {client['version']}"


def _table(reports: Sequence[Json]) -> Iterator[str]:
    yield f"| | {' | '.join(_name(each) for each in reports)} |"
    yield f"|---|{'---|' * len(reports)}"
    rows = [{each["id"]: each for each in report["clauses"]} for report in reports]
    for clause in rows[0]:
        marks = [_mark(row[clause]) if clause in row else "" for row in rows]
        yield f"| `{clause}` | {' | '.join(marks)} |"


def _mark(result: Json) -> str:
    """A finding that was expected is a finding all the same."""
    if result["status"] == "expected-failure" and result["strength"] == "finding":
        return _MARKS["finding"]
    return _MARKS[result["status"]]


def _failures(report: Json) -> Iterator[str]:
    found = [each for each in report["clauses"] if each["failures"]]
    if not found:
        yield "Nothing."
    for result in found:
        reason = f" ({result['reason']})" if result["reason"] else ""
        yield f"- `{result['id']}`{reason}"
        kinds: dict[str, Json] = {}
        for failure in result["failures"]:
            kinds.setdefault(failure["kind"], failure)
        for failure in kinds.values():
            yield f"  - {_call(failure)}: {_clipped(failure['observed'])}"


def _call(failure: Json) -> str:
    """The smallest call that shows it, and what the server did."""
    calls = "; ".join(_clipped(json.dumps(each, ensure_ascii=False)) for each in failure.get("calls", ()))
    served = f", served {'; then '.join(failure['served'])}" if failure.get("served") else ""
    return f"`{calls}`{served}"


def _clipped(text: str) -> str:
    shown = visible(text).replace("|", "\\|")
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
