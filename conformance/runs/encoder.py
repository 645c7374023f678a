"""Requests made of the steps of cases: signed now, and no two alike that aren't the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conformance.exchange.cases import Step
from conformance.exchange.delivery import twisted
from conformance.exchange.messages import HttpRequest, Place, header
from conformance.exchange.salt import nonce
from conformance.exchange.wire import Sender
from conformance.judging.assessor import CaseRun

__all__ = ["Encoder"]

# So many requests of one second may differ in nothing that is signed.
_MOST_ALIKE = 4


@dataclass(slots=True)
class Encoder:
    """Makes the requests of one run; remembers what each signature stood for."""

    _signed: dict[str, int] = field(default_factory=dict)

    def encode(self, case_run: CaseRun, step: Step, copy: int, sender: Sender, now: float) -> HttpRequest:
        """The request of a step, at its place of the run.

        Args:
            case_run: the case, with the step at hand.
            step: with the salt.
            copy: which of its copies, from 0.
            sender: whose key signs it, and where it goes.
            now: in seconds since 1970.
        """
        request = step.copy(copy) if step.copies > 1 else step.request
        once = nonce(case_run.salt, case_run.index, copy)
        tampered = any(each.startswith("then-") for each in step.twists)  # under a signature that was right
        before = case_run.bodies[-1].place if case_run.bodies else None
        # The signature of the step before is right again in the same second alone.
        second = int(before.at if tampered and before is not None else now)
        for earlier in range(_MOST_ALIKE):
            signer = replace(sender, scheme=step.scheme)
            http = twisted(request, signer, step.form, second - earlier, once, step.twists)
            signature = header(http.headers, "Authorization")
            if tampered or signature is None or self._signed.setdefault(signature, hash(http)) == hash(http):
                break  # else what differs isn't signed: to the target it would be a replay
        return replace(http, place=Place(case_run.case.id, case_run.salt, case_run.index, copy, now))
