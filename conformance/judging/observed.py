"""An exchange of others as a value: what passed and when, whose it was, and what else was under way. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.contract import ACTION
from conformance.exchange.draft import Sender
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.exchange.request import Request
from conformance.exchange.wire import date_of
from conformance.oracle.bodies import decodings

__all__ = ["Context", "GroupRef", "ObservedExchange", "changes_of", "group_ref", "is_change"]

_CHANGING = frozenset({ACTION, "ModifyGroup", "DeleteGroup"})


@dataclass(frozen=True, slots=True)
class GroupRef:
    """The group that a request is about.

    Attributes:
        group_id: its id; None where that isn't said plainly, so that it may be any.
        name: the name that the request gives it; None where it gives none.
        creates: whether it asks for the group, so that nothing that is there can go by it.
    """

    group_id: str | None = None
    name: str | None = None
    creates: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What else is known of an exchange of others.

    Attributes:
        account: the number of the account, in the order in which they were seen; 0 where nobody told them apart.
        answered: when its answer had passed, in seconds since 1970; None where nobody noted it.
        overlapped: what those requests were about that may have changed something while it was under way.
        unseen: whether something may have passed before it that could not be read.
    """

    account: int = 0
    answered: float | None = None
    overlapped: tuple[GroupRef, ...] = ()
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class ObservedExchange:
    """An exchange of others, as it is judged: the same while it passes and when its recording is read.

    Attributes:
        http: the request as it was sent.
        answer: what came; or why nothing did, which is nobody's fault that could be told.
        sent: when it was sent, in seconds since 1970.
        circumstances: what else is known of it.
        sender: whose key signed it; None where that isn't known.
    """

    http: HttpRequest
    answer: Answer
    sent: float
    circumstances: Context = field(default_factory=Context)
    sender: Sender | None = None

    @property
    def moments(self) -> tuple[float, ...]:
        """Candidates for what the server's clock told when it answered, in seconds since 1970; each once.

        It looked at its clock between the request's end and the answer's. If that is this machine's clock, it told
        `sent` at the earliest and `answered` at the latest; if it is another, `Date` at the latest, and at the earliest
        as much before `Date` as the answer took.
        """
        answered = self.circumstances.answered
        answered = self.sent if answered is None else answered
        there = date_of(self.answer) if isinstance(self.answer, HttpResponse) else None
        by_its_own = () if there is None else (there, there - (answered - self.sent))
        return tuple(dict.fromkeys((self.sent, answered, *by_its_own)))


def is_change(http: HttpRequest) -> bool:
    """Whether a request may change which groups there are, or what they are called."""
    return common_parameter(http, "Action") in _CHANGING


def changes_of(requests: Iterable[HttpRequest]) -> tuple[GroupRef, ...]:
    """What those requests are about that may change something; each once."""
    return tuple(dict.fromkeys(group_ref(each) for each in requests if is_change(each)))


def group_ref(http: HttpRequest) -> GroupRef:
    """The group that a request is about; any, where the request can be read in several ways, or in none."""
    creates = common_parameter(http, "Action") == ACTION
    said = {_said(each.request, creates=creates) for each in decodings(http) if each.request is not None}
    return said.pop() if len(said) == 1 else GroupRef()


def _said(request: Request, *, creates: bool) -> GroupRef:
    ids, names = request.values("GroupId"), [each for each in request.values("GroupName") if each is not None]
    match ids, names:
        case (str(group_id),), []:
            return GroupRef(group_id, None, creates)
        case (str(group_id),), [str(name)]:
            return GroupRef(group_id, name, creates)
        case _:
            return GroupRef()
