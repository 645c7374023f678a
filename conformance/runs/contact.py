"""Whether a target is still there, and still lets us in: what silence and refusals tell of it, and not of a clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.exchange.messages import Answer, HttpResponse
from conformance.exchange.wire import Envelope, envelope, location_of
from conformance.judging.account_status import why_down, why_full, why_not_the_api, why_unusable
from conformance.oracle.prediction import Prediction, Refused

__all__ = ["Contact"]

# A target is taken for gone after so many requests without an answer in a row, or for which it was waited in all.
_LOST_AFTER = 3
_LOST_AFTER_IN_ALL = 20


@dataclass(slots=True)
class Contact:
    """What a run knows of its being heard.

    Attributes:
        ask: sends a plain request, to which nothing is wrong; None where none can be sent any more.
        let_in: whether the first answer was looked at, and refused nobody.
    """

    ask: Callable[[], Answer | None]
    let_in: bool = False
    _unanswered: int = 0
    _waited_in_vain: int = 0

    @property
    def lost(self) -> bool:
        """Whether the target stopped answering."""
        return self._unanswered >= _LOST_AFTER or self._waited_in_vain >= _LOST_AFTER_IN_ALL

    def answered(self) -> None:
        """Something came: whoever was silent is there."""
        self._unanswered = 0

    def count_unanswered(self, error: TransportError) -> None:
        """Count a request without an answer; after a few in a row, ask plainly whether anybody is still there."""
        self._unanswered += 1
        self._waited_in_vain += not (error.closed or error.unreadable)
        if self._unanswered >= _LOST_AFTER and self._waited_in_vain < _LOST_AFTER_IN_ALL and self._answers_plainly():
            self._unanswered = 0

    def is_gone(self) -> bool:
        """Whether, of a service far away, nothing at all is heard any more: that is no departure of the service's."""
        if self._answers_plainly():
            return False
        self._unanswered = _LOST_AFTER
        return True

    def _answers_plainly(self) -> bool:
        return isinstance(self.ask(), HttpResponse)

    def admit(self, name: str, answer: HttpResponse, *, relied_on: bool) -> None:
        """Look at the first answer: one sentence instead of a hundred failures for a target that refuses everybody.

        Args:
            name: of the target.
            answer: to a request to which nothing is wrong.
            relied_on: whether it is a service that is relied on, so that what fails at everything isn't a departure.

        Raises:
            TargetUnusableError: it can't be used.
        """
        self.let_in = True
        if (where := location_of(answer)) is not None:
            raise TargetUnusableError(
                f"{name} redirects to {where} (HTTP {answer.status}); it isn't followed, and no key is sent there: "
                "name the URL of the API itself as --target"
            )
        why = _unusable(name, envelope(answer), relied_on=relied_on) or why_not_the_api(name, answer)
        if why is not None:
            raise TargetUnusableError(why)

    def check_still_let_in(self, name: str, answer: HttpResponse, prediction: Prediction, since: int) -> None:
        """Tell when a real account can't be used any more: its token has expired, say, or it has no room.

        What isn't allowed is asked again in a plain request: only if that is refused as well it is the account.

        Args:
            name: of the target, which is relied on.
            answer: that may tell so.
            prediction: what was allowed.
            since: the number of its request.

        Raises:
            TargetUnusableError: it can't be used any more.
        """
        parsed = envelope(answer)
        if prediction.ways_to(Refused(parsed.code or "")):
            return
        suspicious = prediction.must_be_accepted and _unusable(name, parsed, relied_on=True) is not None
        if why_unusable("", parsed) is None and not suspicious:
            return
        plainly = self.ask()
        if not isinstance(plainly, HttpResponse):
            return
        if (why := _unusable(name, envelope(plainly), relied_on=True)) is not None:
            raise TargetUnusableError(f"since request {since}, {why}")


def _unusable(name: str, parsed: Envelope, *, relied_on: bool) -> str | None:
    """Why a target can't be used that answers like this to a request to which nothing is wrong."""
    if relied_on and (why := why_down(name, parsed) or why_full(name, parsed)) is not None:
        return why
    return why_unusable(name, parsed)
