"""Writes what the README says of levels, options and outputs: `python -m scripts.readme`, once something changed.

A block stands between `<!-- NAME -->` and `<!-- end -->`; this module makes what is inside. A test makes it again.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from conformance.base.errors import EXIT_CODES
from conformance.contract import Level
from conformance.report.formats import FORMATS
from conformance.report.model import Report, report_of
from conformance.report.terminal import console, print_report
from conformance.runs.conduct import conduct
from conformance.runs.levels import LEVELS
from conformance.runs.options import OPTIONS
from conformance.runs.session import open_session
from conformance.runs.settings import Settings
from scripts import variations

__all__ = ["BLOCKS", "README", "rendered"]

README = Path(__file__).parent.parent / "README.md"
_WIDTH = 112  # characters
# What a case more changes, and nobody reads.
_COUNTS = re.compile(r"^(embedded .*|✗ .*)$", re.MULTILINE)
_SALTS = re.compile(r"conf[a-p]{10}")


@cache
def _printed(fault: str | None) -> str:
    # What `standard` draws besides changes the numbers alone, which are not shown.
    settings = Settings(faults=(fault,) if fault is not None else (), profile="smoke")
    session = open_session(settings)
    conduct(session, settings)
    return _on_terminal(report_of(session, settings))


def _on_terminal(report: Report) -> str:
    out = console()
    out.file = io.StringIO()
    print_report(report, out)
    text = _COUNTS.sub(lambda line: re.sub(r"\d[\d.]*", "N", line[0]), out.file.getvalue())
    return _SALTS.sub("confabcdefghij", text)


def _clipped(text: str) -> str:
    lines = [each if len(each) <= _WIDTH else f"{each[: _WIDTH - 1].rstrip()}…" for each in text.split("\n")]
    return "```\n" + "\n".join(lines).strip("\n") + "\n```"


def _conforming_run() -> str:
    return _clipped(_printed(None))


def _failing_run() -> str:
    """What fails of an emulator that counts bytes, as the terminal shows it."""
    text = _printed("group-name-counts-bytes")
    (block,) = (each for each in text.split("\n\n") if each.startswith("✗ GroupName.length.max: rejected though valid"))
    return _clipped(block)


def _levels() -> str:
    return "\n".join(["| level | what it sends |", "|---|---|", *(f"| `{each}` | {LEVELS[each]} |" for each in Level)])


def _options() -> str:
    rows = ["| option of `run` | |", "|---|---|"]
    for each in (*OPTIONS, *FORMATS):
        if each.name != "to":
            value = f" {each.metavar}" if each.metavar else "" if each.type is None else f" {each.name.upper()}"
            rows.append(f"| `--{each.name}{value}` | {each.help} |")
    rows += [
        "| `--list` | say what each level sends and what it costs; send nothing |",
        "| `--dry-run` | print the plan of a live run, and send nothing |",
    ]
    return "\n".join(rows)


def _exit_codes() -> str:
    return "\n".join(["| exit code | |", "|---|---|", *(f"| {code} | {about} |" for code, about in EXIT_CODES.items())])


BLOCKS: dict[str, Callable[[], str]] = {
    "conforming run": _conforming_run,
    "failing run": _failing_run,
    "levels": _levels,
    "options": _options,
    "exit codes": _exit_codes,
}


def rendered(text: str) -> str:
    """A text with what stands in its blocks made anew. Raises KeyError for a block that nobody makes."""
    return re.sub(
        r"<!-- (?P<name>(?!end )[a-z ]+) -->\n.*?<!-- end -->",
        lambda match: f"<!-- {match['name']} -->\n\n{BLOCKS[match['name']]()}\n\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    of_readme = rendered(README.read_text(encoding="utf-8"))
    for page, made in ((README, of_readme), (variations.PAGE, variations.rendered())):
        changed = made != page.read_text(encoding="utf-8")
        page.write_text(made, encoding="utf-8")
        sys.stdout.write(f"{page}: {'something' if changed else 'nothing'} has changed\n")
