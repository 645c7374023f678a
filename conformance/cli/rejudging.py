"""Recordings judged anew, held against how they were judged before: the verdicts that changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypedDict

from conformance.base.errors import UsageError
from conformance.base.files import why
from conformance.judging.judge import DepartureKind
from conformance.judging.results import NOT_RECORDED
from conformance.runs.conduct import judge_recording

__all__ = ["Verdicts", "beside", "changes", "of_the_same", "read_verdicts", "still_there", "verdicts_of", "written"]


class Verdicts(TypedDict):
    """How one recording is judged.

    `verdict` is the run's; `clauses` has each clause's status; `cases` has, for each case or interaction, its
    departures as `CLAUSE: KIND`: none where it conforms; and "not recorded" where it isn't there; `readings` has the
    values that are left.
    """

    verdict: str
    clauses: dict[str, str]
    cases: dict[str, list[str]]
    readings: dict[str, list[str]]


def verdicts_of(path: Path, max_age: float | None) -> Verdicts:
    """How a recording is judged today. Raises as `shelf.load`."""
    from conformance.report.model import report_of
    from conformance.runs.settings import CASSETTE, Settings

    session = judge_recording(path, max_age=max_age)
    report = report_of(session, Settings(target=f"{CASSETTE}{path}"))
    return {
        "verdict": str(report.verdict),
        "clauses": {each.clause.id: str(each.status) for each in report.clauses},
        "cases": {id_: list(found) for id_, found in report.verdicts.items()},
        "readings": {each.id: list(each.possible) for each in report.readings},
    }


def brief(verdicts: Verdicts) -> Verdicts:
    """Verdicts without the cases that go without saying: those that depart from nothing, or aren't recorded."""
    departing = {id_: found for id_, found in verdicts["cases"].items() if found and tuple(found) != NOT_RECORDED}
    return {**verdicts, "cases": departing}


def written(recordings: Mapping[str, Verdicts]) -> str:
    """The text of a report."""
    text = json.dumps({"recordings": {name: brief(each) for name, each in recordings.items()}}, indent=1)
    return f"{text}\n"


def beside(report: Path, path: Path) -> str:
    """The name of a recording in a report: its path as seen from there, so that both can be moved together."""
    return Path(os.path.relpath(path, report.parent)).as_posix()


def read_verdicts(path: Path) -> dict[str, Verdicts] | None:
    """The verdicts of a report that `rejudge --accept` wrote, or `run --json` on a recording; None where there is none.

    Raises:
        UsageError: it is neither.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        return None  # a device: it may be written to, and reading it might never end
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if "recordings" in read:
            recordings: dict[str, Verdicts] = {
                str(name): {
                    "verdict": str(each["verdict"]),
                    "clauses": {str(id_): str(status) for id_, status in each["clauses"].items()},
                    "cases": {str(id_): _departures(found) for id_, found in each["cases"].items()},
                    "readings": {str(id_): list(map(str, values)) for id_, values in each["readings"].items()},
                }
                for name, each in read["recordings"].items()
            }
            return recordings
        return {
            beside(path, Path(str(read["recording"]["path"]))): {
                "verdict": str(read["verdict"]),
                "clauses": {str(each["id"]): str(each["status"]) for each in read["clauses"]},
                "cases": {str(each["id"]): _departures(each["departures"]) for each in read["cases"]},
                "readings": {str(each["id"]): list(map(str, each["possible"])) for each in read["readings"]},
            }
        }
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"--against {path}: it can't be read ({why(error)})") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        hint = f" (it is no JSON: {error})" if isinstance(error, ValueError) else ""
        raise UsageError(
            f"--against {path}: that is no report on recordings; `rejudge --accept`, or `run --target cassette:PATH "
            f"--json`, writes one{hint}"
        ) from error


# Before kinds had words of their own, reports held what people read.
_WORDS = {each.about: str(each) for each in DepartureKind}


def _departures(read: Iterable[object]) -> list[str]:
    """Departures as today's reports have them, whenever they were written."""
    parts = (str(each).partition(": ") for each in read)
    return sorted(f"{clause}{colon}{_WORDS.get(kind, kind)}" for clause, colon, kind in parts)


def of_the_same(before: dict[str, Verdicts], now: Mapping[str, Verdicts]) -> dict[str, Verdicts]:
    """Verdicts by the names of today, where one recording is held against one: from wherever it was judged before."""
    if len(before) == len(now) == 1:
        return dict(zip(now, before.values(), strict=True))
    return before


def still_there(report: Path, before: Mapping[str, Verdicts]) -> dict[str, Verdicts]:
    """The verdicts on recordings that are still there; those of others aren't kept."""
    return {name: each for name, each in before.items() if (report.parent / name).exists()}


def changes(before: Mapping[str, Verdicts], now: Mapping[str, Verdicts]) -> Iterator[str]:
    """A line for each verdict that isn't what it was, as a diff has it: - what was, + what is."""
    for name in dict.fromkeys((*before, *now)):
        if name not in now:
            yield f"- {name}: it was judged before, and isn't now"
        elif name not in before:
            yield f"+ {name}: it wasn't judged before, and is now ({now[name]['verdict']})"
        else:
            yield from (f"{name}: {each}" for each in _of_one(brief(before[name]), brief(now[name])))


def _of_one(before: Verdicts, now: Verdicts) -> Iterator[str]:
    if before["verdict"] != now["verdict"]:
        yield f"the verdict: - {before['verdict']} + {now['verdict']}"
    for id_ in dict.fromkeys((*before["clauses"], *now["clauses"])):
        was, is_ = before["clauses"].get(id_, "no such clause"), now["clauses"].get(id_, "no such clause")
        if was != is_:
            yield f"clause {id_}: - {was} + {is_}"
    for id_ in dict.fromkeys((*before["cases"], *now["cases"])):
        was_found, is_found = _in_words(before["cases"].get(id_)), _in_words(now["cases"].get(id_))
        if was_found != is_found:
            yield f"case {id_}: - {was_found} + {is_found}"
    for id_, was_left in before["readings"].items():  # of a reading that came since, nothing was said
        is_left = now["readings"].get(id_)
        if was_left != is_left:
            yield f"reading {id_}: - {_listed(was_left)} + {_listed(is_left)}"


def _in_words(departures: list[str] | None) -> str:
    return "; ".join(departures) if departures else "allowed"


def _listed(values: list[str] | None) -> str:
    return "no such reading" if values is None else " | ".join(values)
