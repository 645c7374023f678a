"""Requests that are sent at once, and those whose answer nobody waits for: sent, and judged as some order of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.base.errors import HungUpError, TransportError
from conformance.exchange.messages import Exchange, HttpRequest
from conformance.judging.account_status import Disturbance, is_refusal
from conformance.judging.assessor import CaseRun

if TYPE_CHECKING:
    from conformance.runs.run import Run

__all__ = ["send_and_hang_up", "send_pipelined", "send_together"]


def send_together(run: Run, requests: list[HttpRequest], case_run: CaseRun) -> None:
    """Send requests at once, each on a connection of its own, and judge what comes."""
    exchanges = run.spend_on(len(requests), lambda: run.target.together(requests))
    _judge(run, exchanges, case_run)


def send_pipelined(run: Run, requests: list[HttpRequest], case_run: CaseRun) -> None:
    """Send requests on one connection, without waiting for answers, and judge what comes."""
    exchanges = run.spend_on(len(requests), lambda: run.target.pipelined(requests))
    # A server may close a connection at any time; the client then asks again.
    _judge(run, exchanges, case_run, may_close="the target closes connections after an answer")


def send_and_hang_up(run: Run, http: HttpRequest, case_run: CaseRun) -> None:
    """Send a request and cut the connection: from now on the group may be there or not."""
    exchange = run.spend_on(1, lambda: run.target.abandon(http))
    case_run.bodies.append(exchange.sent)
    if isinstance(exchange.answer, HungUpError):
        run.assessor.perhaps_created(exchange.sent)
        return
    case_run.ended = True
    if isinstance(exchange.answer, TransportError):
        run.count_unanswered(exchange.answer)
    run.results.unsupported.setdefault(case_run.case.clause, f"no connection could be cut: {exchange.answer}")


def _judge(run: Run, exchanges: list[Exchange], case_run: CaseRun, *, may_close: str = "") -> None:
    """Judge those that were accepted first, as if they had come first: the others then find their groups there.

    Args:
        run: where they were sent.
        exchanges: in the order of their requests.
        case_run: the case to which they belong.
        may_close: what it means that a connection is closed; "" where it may not be.
    """
    case_run.bodies += [each.sent for each in exchanges]
    answered = [each for each in exchanges if not _is_lost(run, each, case_run, may_close)]
    for each in sorted(answered, key=lambda each: is_refusal(each.answer)):
        run.judge(each, run.predict(each.sent), case_run, at_once=True)
    run.world.settled()


def _is_lost(run: Run, exchange: Exchange, case_run: CaseRun, may_close: str) -> bool:
    """Whether what came of one of several requests tells nothing of it; the case is then tried once more."""
    found = run.disturbance(exchange)
    for_good = case_run.is_last and not run.patience.borne
    if found is Disturbance.THROTTLED and case_run.is_last:
        clause = case_run.case.clause
        run.results.note_unseen(f"{clause} at once", f"{clause}: what is sent at once is throttled, so it wasn't seen")
    if found is Disturbance.CLOSED and may_close and for_good:
        run.results.unsupported.setdefault(case_run.case.clause, may_close)
    elif found is None or (for_good and found is not Disturbance.THROTTLED):
        return False
    case_run.disturbed, case_run.conclusive, case_run.ended = True, False, True
    run.assessor.perhaps_created(exchange.sent)
    return True
