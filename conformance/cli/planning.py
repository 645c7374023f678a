"""The verb `plan`: few requests that would settle what is still open."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Mapping
from itertools import combinations

from conformance.base.words import counted
from conformance.contract import READING, READINGS, VARIES
from conformance.judging.ledger import is_settled
from conformance.runs.options import WITHOUT, add_options, values_of
from conformance.runs.settling import Settling, cover, unsettled
from conformance.runs.ways import Way

__all__ = ["add_arguments", "perform"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="recordings whose evidence counts; none: all is open")
    add_options(parser.add_argument, (WITHOUT,))
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")


def perform(options: argparse.Namespace) -> int:
    """Name few requests that would settle what is still open."""
    from conformance.base.files import check_writable, write_text
    from conformance.cli.evidence import evidence_of, possible_after
    from conformance.recording.reader import recordings_at

    if options.json is not None:
        check_writable("--json", options.json)
    found = [evidence_of(path, None) for path in recordings_at(options.paths)] if options.paths else []
    known = frozenset[str]().union(*(each.known for each in found))
    without = values_of(options, (WITHOUT,)).get("without", ())
    lines, values = _rendered(possible_after(found), known, without)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    if options.json is not None:
        write_text("--json", options.json, f"{json.dumps(values, indent=1, ensure_ascii=False)}\n")
    return 0


def _what_it_does(each: Settling, reading: str, possible: Collection[str]) -> str:
    """How far a case settles a reading, in a word or two."""
    values = sorted(set(possible) - {VARIES})
    surely = {pair for pair in each.surely if pair[0] == reading}
    if surely >= {(reading, one, other) for one, other in combinations(values, 2)}:
        return "settles"
    return "narrows" if surely else "may narrow" if len(values) > 2 else "may settle"


def _rendered(
    possible: Mapping[str, Collection[str]], known: Collection[str] = frozenset(), without: tuple[Way, ...] = ()
) -> tuple[list[str], dict[str, object]]:
    """Few requests that settle what is open, in lines of text and as JSON values.

    Args:
        possible: reading id → the values that are still possible.
        known, without: see `settlings`.
    """
    chosen = list(cover(possible, known, without))
    open_ = [each.id for each in READINGS if not is_settled(possible[each.id])]
    left = unsettled(possible, known, without)
    requests = sum(each.case.requests for each in chosen)
    some = len(open_) - len(left)
    told = f"{len(open_)} of {len(READINGS)} ambiguities {'is' if len(open_) == 1 else 'are'} open"
    lines = [f"{told}; {counted(requests, 'request')} may settle {some}:" if chosen else f"{told}"]
    for each in chosen:
        lines.append(f"{each.case.id} {each.case.clause}: {each.case.about} ({counted(each.case.requests, 'request')})")
        for reading in each.readings:
            values = " | ".join(one.name for one in READING[reading].values if one.name in possible[reading])
            lines.append(f"    {_what_it_does(each, reading, possible[reading])} {reading}: {values}")
    lines += [f"no request of the list settles {id_}: {READING[id_].settling_request}" for id_ in left]
    values_ = {
        "open": open_,
        "requests": requests,
        "cases": [
            {
                "id": each.case.id,
                "clause": each.case.clause,
                "about": each.case.about,
                "requests": each.case.requests,
                "readings": list(each.readings),
            }
            for each in chosen
        ],
        "unsettled": left,
    }
    return lines, values_
