"""A conversation with a target, told request by request: for `call`."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.base.errors import BudgetSpentError, UnsupportedError, UsageError
from conformance.base.words import visible
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import Answer, Exchange, HttpRequest, HttpResponse, header
from conformance.judging.results import Failure
from conformance.report.words import delivery, sent
from conformance.runs.run import Run
from conformance.targets import Target

__all__ = ["converse"]

_LONGEST = 2000


@dataclass
class _Listening:
    """A target that remembers what came; see `Target`."""

    target: Target
    heard: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name, self.sender, self.exclusive = self.target.name, self.target.sender, self.target.exclusive

    def send(self, http: HttpRequest) -> Exchange:
        self.heard.append(self.target.send(http))
        return self.heard[-1]

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        exchanges = self.target.together(requests)
        self.heard += exchanges
        return exchanges

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        exchanges = self.target.pipelined(requests)
        self.heard += [each for each in exchanges if isinstance(each.answer, HttpResponse)]
        return exchanges

    def abandon(self, http: HttpRequest) -> Exchange:
        return self.target.abandon(http)

    def with_quota(self, groups: int) -> Target:
        return self.target.with_quota(groups)

    def close(self) -> None:
        self.target.close()


def converse(run: Run, steps: Iterable[Step], quota: int | None = None) -> Iterator[str]:
    """Send steps; a few lines for each, then those for what departs from the documents, which begin with ✗.

    Args:
        run: against the target, of which nothing was sent yet; its pace and its bounds hold.
        steps: what to send.
        quota: how many groups the account still takes; None for plenty.

    Raises:
        UsageError: a step can't be made into a request.
        TargetUnusableError: the target throttles, however long it is waited.
    """
    steps = tuple(steps)
    # Where the account can be had with this quota, it is; elsewhere the user says what the account's is.
    with contextlib.suppress(UnsupportedError):
        run.target = run.target.with_quota(quota) if quota is not None else run.target
    listening = _Listening(run.target)
    run.target, run.world.quota, run.from_call = listening, quota, True
    failures: list[Failure] = []
    try:
        failures = run.case(Case("Request.check-order", "by hand", steps))
    except ValueError as error:
        raise UsageError(str(error)) from error
    except BudgetSpentError as error:
        run.results.note_unseen("by hand", str(error))
    for each in listening.heard:
        run.secrets.learn(each.sent)
    yield from map(run.secrets.mask, _lines(steps, listening.heard, failures, run.results.unseen.values()))


def _lines(
    steps: Sequence[Step], heard: Sequence[Exchange], failures: Sequence[Failure], unseen: Collection[str]
) -> Iterator[str]:
    for step in steps:
        how = delivery(step)
        yield visible(sent(step)) + (f"  [{how}]" if how else "")
    yield from (f"! {visible(each)}" for each in unseen)
    if len(heard) < sum(each.requests for each in steps) and not failures and not unseen:
        yield "! not every step was sent: one that changes a group needs the step before that creates it"
    for each in heard:
        http = each.sent
        yield f"→ {http.method} {_clipped(visible(http.body.decode('utf-8', 'backslashreplace') or http.query))}"
        yield f"← {_answer(each.answer)}"
    for failure in failures:
        yield f"✗ {failure.clause}: {failure.kind.about}"
        yield from (f"    allowed  {visible(line)}" for line in failure.expected)
        yield f"    came     {visible(failure.observed)}"


def _answer(answer: Answer) -> str:
    if not isinstance(answer, HttpResponse):
        return f"no answer: {visible(str(answer))}"
    content_type = header(answer.headers, "Content-Type") or "no Content-Type"
    body = _clipped(visible(answer.body.decode("utf-8", "backslashreplace")))
    return f"HTTP {answer.status}, {visible(content_type)}: {body}"


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
