"""Ids and names too short for a salt, so that somebody may have them: what it means that several are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import Envelope, envelope
from conformance.judging.assessor import CaseRun
from conformance.judging.judge import Departure, DepartureKind, explain
from conformance.judging.results import Failure
from conformance.judging.sisters import is_in_use
from conformance.oracle.world import World
from conformance.runs.looks import may_ask

if TYPE_CHECKING:
    from conformance.runs.run import Run

__all__ = ["TRIES", "disbelieve"]

# A short id or name may be in use by somebody else's group: as many others are tried before that is disbelieved.
TRIES = 8
_PAGE = 1000  # groups; as many as GetGroupList gives at once


def disbelieve(run: Run, case_run: CaseRun) -> list[Failure]:
    """Every short text that was tried was said to be in use: that is so, or a departure.

    Args:
        run: what was tried where.
        case_run: the last try.
    """
    case = case_run.case
    if _is_in_use(run, case_run.steps[-1].request) is not False:
        why = f"{TRIES} short ids or names in a row were in use, by earlier runs it may be: start with none of these"
        run.results.note_unseen(case.id, f"{why} groups to see {case.clause} ({case.about})")
        return []
    observed = f"{TRIES} different values in a row were said to be in use"
    case_run.index, case_run.bodies = len(case_run.steps) - 1, case_run.bodies[-1:]
    expected = explain(run.predicted_by(case_run.bodies[0], World()))
    departure = Departure(case.clause, DepartureKind.REJECTED_THOUGH_VALID, expected, observed)
    return [run.assessor.fail(departure, case_run)]


def _is_in_use(run: Run, request: Request) -> bool | None:
    """Whether sister actions say that somebody has the id or the name of a request; None where they don't say."""
    by_id = _looked_up(run, Request((("GroupId", request.last_text("GroupId")),), "GetGroupInfo"))
    listed = _looked_up(run, Request((("Offset", 0), ("Limit", _PAGE)), "GetGroupList"))
    return is_in_use(by_id, listed, request.last_text("GroupName") or "")


def _looked_up(run: Run, request: Request) -> Envelope | None:
    """What a sister action answers, of which nothing is judged; None where nothing comes."""
    if not may_ask(run, request.action):
        return None
    exchange = run.ask_aside(Case.single("GroupId.unique", "whether it is in use", request, probe=True))
    return envelope(exchange.answer) if exchange is not None and isinstance(exchange.answer, HttpResponse) else None
