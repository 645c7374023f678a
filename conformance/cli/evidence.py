"""What recordings say of the page's ambiguities: which values are left, and which interactions excluded the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.base.words import counted
from conformance.contract import READINGS, Reading
from conformance.judging.ledger import Evidence, is_settled
from conformance.judging.results import NOT_RECORDED
from conformance.runs.conduct import judge_recording
from conformance.runs.run import Run

__all__ = ["Witness", "evidence_of", "possible_after", "render", "values_of"]

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Witness:
    """What one recording says.

    Attributes:
        path: of the recording.
        source: its kind, endpoint and day, in words.
        possible: reading id → the values that are left.
        counted: reading id → how many answers depended on it.
        evidence: reading id → the interactions that excluded values.
        known: ids of the cases whose answers it has.
    """

    path: Path
    source: str
    possible: Mapping[str, frozenset[str]]
    counted: Mapping[str, int]
    evidence: Mapping[str, Sequence[Evidence]]
    known: frozenset[str] = frozenset()


def evidence_of(path: Path, max_age: float | None) -> Witness:
    """What a recording says. Raises as `shelf.load`."""
    session = judge_recording(path, max_age=max_age)
    run: Run = session.run
    assert session.recording is not None  # noqa: S101 -- it was judged
    provenance = session.recording.provenance
    source = f"{provenance.kind}, {provenance.endpoint}, {provenance.date[:10]}"
    known = frozenset(id_ for id_, found in run.results.verdicts.items() if found != NOT_RECORDED)
    return Witness(path, source, run.ledger.possible, run.ledger.counted, run.ledger.evidence, known)


def possible_after(witnesses: Iterable[Witness]) -> dict[str, frozenset[str]]:
    """Reading id → the values that no recording excludes; all of them where recordings exclude each other's."""
    possible = {each.id: each.names for each in READINGS}
    for witness in witnesses:
        for reading, values in witness.possible.items():
            possible[reading] = (possible[reading] & values) or possible[reading]
    return possible


def _in_order(reading: Reading, values: Iterable[str]) -> list[str]:
    chosen = set(values)
    return [each.name for each in reading.values if each.name in chosen]


def render(witnesses: Sequence[Witness], *, everything: bool) -> Iterator[str]:
    """A few lines for each ambiguity of which something is known; for each at all, where `everything` is asked for."""
    settled = 0
    for reading in READINGS:
        narrowed = [each for each in witnesses if each.possible[reading.id] < reading.names]
        settled += bool(narrowed) and all(_is_settled(reading, each) for each in narrowed)
        if not narrowed and not everything:
            continue
        yield f"{reading.id}: {reading.question}"
        if not narrowed:
            yield f"  open      {' | '.join(_in_order(reading, reading.names))}"
        for each in narrowed:
            left = _in_order(reading, each.possible[reading.id])
            yield f"  {'settled  ' if _is_settled(reading, each) else 'narrowed '} {' | '.join(left)}  ({each.path})"
            yield from _because(reading, each)
        if len({each.possible[reading.id] for each in narrowed}) > 1 and not frozenset.intersection(
            *(each.possible[reading.id] for each in narrowed)
        ):
            yield "  differs   these recordings exclude each other's values: of other accounts, or of another day"
    yield ""
    yield from (f"{each.path}: {each.source}" for each in witnesses)
    yield f"{settled} of {len(READINGS)} ambiguities are settled by {counted(len(witnesses), 'recording')}"


def _is_settled(reading: Reading, witness: Witness) -> bool:
    return is_settled(witness.possible[reading.id])


def _because(reading: Reading, witness: Witness) -> Iterator[str]:
    found = witness.evidence.get(reading.id, ())
    for each in found[:_MOST_TOLD]:
        excluded = " | ".join(_in_order(reading, each.excluded))
        yield f"    not {excluded}: {each.observation}"
    if len(found) > _MOST_TOLD:
        yield f"    and {len(found) - _MOST_TOLD} more"


def values_of(witnesses: Sequence[Witness]) -> dict[str, object]:
    """The same as JSON values."""
    return {
        "recordings": [{"path": str(each.path), "source": each.source} for each in witnesses],
        "readings": [
            {
                "id": reading.id,
                "question": reading.question,
                "by": [
                    {
                        "path": str(each.path),
                        "possible": _in_order(reading, each.possible[reading.id]),
                        "answers": each.counted.get(reading.id, 0),
                        "evidence": [
                            {"excluded": _in_order(reading, one.excluded), "observation": one.observation}
                            for one in each.evidence.get(reading.id, ())
                        ],
                    }
                    for each in witnesses
                ],
            }
            for reading in READINGS
        ],
    }
