"""The account, looked at through sister actions: a step of a case, unless they are left out, or aren't there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.base.errors import TransportError
from conformance.exchange.cases import Step
from conformance.exchange.messages import Exchange
from conformance.judging.assessor import CaseRun
from conformance.judging.sisters import Seen
from conformance.runs.ways import Way

if TYPE_CHECKING:
    from conformance.runs.run import Run

__all__ = ["look", "may_ask"]


def may_ask(run: Run, action: str) -> bool:
    """Whether a sister action may be asked: it isn't left out, nor known not to be there."""
    return Way.SISTERS not in run.ways.left_out and action not in run.results.unseen


def look(run: Run, step: Step, case_run: CaseRun) -> None:
    """Send a step to a sister action, and note what its answer shows; where that can't be, the case ends."""
    request = step.request
    if not may_ask(run, request.action):
        case_run.ended, case_run.unserved = True, request.action
        return

    before: list[Exchange] = []

    def send() -> Exchange:
        if before:
            run.assessor.perhaps_changed(request)
        before.append(run.sent(run.encoded(step, 0, case_run)))
        return before[-1]

    def see() -> tuple[Exchange, Seen]:
        before.clear()
        exchange = run.patience.bear(send, run.disturbance, case_run.case.clause)
        return exchange, run.assessor.see(request, exchange.answer)

    exchange, seen = run.patience.await_(see(), see, lambda looked: looked[1].lacking)
    case_run.bodies.append(exchange.sent)
    if isinstance(exchange.answer, TransportError):
        run.count_unanswered(exchange.answer)
    run.assessor.note(seen, request, case_run)
