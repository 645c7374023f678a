"""A real account, besides what is judged of it: whether it can be used, and which groups are in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.contract import CLAUSE, THROTTLED
from conformance.exchange.messages import Exchange
from conformance.exchange.request import Request
from conformance.exchange.wire import Envelope, Form, encode, envelope
from conformance.judging.account_status import MAY_NOT, why_down, why_unusable
from conformance.live.clock import AccountClock
from conformance.live.journal import Journal
from conformance.live.ownership import Listed, Whose, was_made_while, whose
from conformance.live.pace import ATTEMPTS, Pace
from conformance.oracle.world import World
from conformance.privacy.secrets import Secrets
from conformance.targets import Target

__all__ = ["BEING_DELETED", "NOT_SERVED", "NOT_THERE", "LiveAccount"]

_PAGE = 1000  # groups; as many as GetGroupList gives at once
_MOST_PAGES = 100
# Where groups can't be listed, so many texts of a request are asked for one by one.
_MOST_ASKED = 12
# No group has such an id; or none can have it.
NOT_THERE = frozenset({"InvalidParameterValue.GroupIdNotExist", "InvalidParameterValue.GroupIdNotExists"}) | {
    *CLAUSE["GroupId.length.min"].codes,
    *CLAUSE["GroupId.length.max"].codes,
    *CLAUSE["GroupId.charset"].codes,
}
BEING_DELETED = "FailedOperation.GroupInDeletedState"
# There is no such Region, or it may not be left out.
_NO_REGION = frozenset(CLAUSE["Protocol.region.known"].codes) | frozenset(CLAUSE["Protocol.region.present"].codes)
# Of an id that nobody has, a service that deletes groups says something of the id.
_OF_THE_ID = ("InvalidParameter", "ResourceNotFound", BEING_DELETED)
# The action isn't served, whoever asks.
NOT_SERVED = frozenset({"ActionOffline", "InvalidAction", "NoSuchVersion", "UnsupportedOperation"})
# An account that can't be used is known after so many requests.
_MOST_IN_VAIN = 3


@dataclass(slots=True)
class LiveAccount:
    """An account at a target, asked for what isn't judged.

    Attributes:
        target: where to ask.
        pace: how fast.
        requests: how many were sent.
        on_request: called after each.
        foreign: id → name of the groups that were there before the run: they are never this run's, whatever is
            answered.
        listed: whether they could be listed.
        looked: whether they were.
        secrets: what no sentence may have in it; what is asked of the account is remembered there.
        clock: what time it is there.
        last_sent: when a run sent something last, whatever was answered.
        region: in which Region; None for the run's own.
        served: whether there is such a Region.
        ids: where it isn't the run's own, the ids of the creations that were sent there.
    """

    target: Target
    pace: Pace
    requests: int = 0
    on_request: Callable[[], None] = lambda: None
    foreign: dict[str, str | None] = field(default_factory=dict)
    listed: bool = True
    looked: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    clock: AccountClock = field(default_factory=AccountClock)
    last_sent: float = 0.0
    region: str | None = None
    served: bool = True
    ids: set[str] = field(default_factory=set)
    _regions: dict[str, LiveAccount] = field(default_factory=dict)
    _endless: bool = False
    _asked_for: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.secrets.own:
            self.secrets = Secrets.of(self.target.sender.secrets)

    def ask(self, action: str, *, attempts: int = ATTEMPTS, **parameters: object) -> Envelope:
        """What an action answers; sent again where it is throttled. Raises TransportError where no answer comes."""
        request, sender = Request.of(parameters, action), self.target.sender
        sender = sender if self.region is None else replace(sender, region=self.region)

        def once() -> tuple[Exchange, Envelope]:
            self.pace.wait()
            self.requests += 1
            self.on_request()
            http = encode(request, sender, Form.JSON, int(self.clock.now()), self.requests)
            exchange = self.target.send(http)
            self.secrets.note(exchange.sent)
            if isinstance(exchange.answer, TransportError):
                raise TransportError(self.secrets.mask(str(exchange.answer)), closed=exchange.answer.closed)
            return exchange, self._bare(envelope(exchange.answer))

        def send() -> Envelope:
            exchange, answer = once()
            return once()[1] if self.clock.heard(exchange) else answer

        return self.pace.patiently(send, lambda answer: answer.code in THROTTLED, attempts)

    def in_region(self, region: str, journal: Journal) -> LiveAccount:
        """The account in another Region, which may have groups of its own; looked at when it is first asked for.

        Args:
            region: its name; "" for where none is named.
            journal: by which the run's groups are known, which a service that has one place for all Regions shows.
        """

        def asked() -> None:
            self.requests += 1
            self.on_request()

        if region not in self._regions:
            there = LiveAccount(self.target, self.pace, secrets=self.secrets, clock=self.clock, region=region)
            there.on_request = asked
            with contextlib.suppress(TargetUnusableError):
                listed = there.groups(attempts=_MOST_IN_VAIN)
                there.listed = there.looked = listed is not None
                others = [each for each in listed or () if self.whose(each, journal)[0] is not Whose.OURS]
                there.foreign = {each.group_id: each.name for each in others}
            self._regions[region] = there
        return self._regions[region]

    def unusable(self, answer: Envelope) -> str | None:
        """Why the account can't be used, by an answer to a request to which nothing is wrong; None where it can."""
        return why_unusable(self.target.name, answer) or why_down(self.target.name, answer)

    def _bare(self, answer: Envelope) -> Envelope:
        """An answer whose error quotes no secret: it is told of."""
        if answer.error is None and answer.problem is None:
            return answer
        error = {"Error": self.secrets.masked(answer.error)} if answer.error is not None else {}
        return Envelope({**answer.response, **error}, self.secrets.masked(answer.problem))

    # --- Before ----------------------------------------------------------------------------------------

    def look(self, world: World) -> int:
        """Read the groups that are there into a world, so that predictions hold on an account in use.

        Returns:
            How many groups there are.

        Raises:
            TargetUnusableError: the account can't be used, or not be reached; the message says why.
        """
        listed = self.groups(attempts=_MOST_IN_VAIN)
        self.listed = self.looked = listed is not None
        if self._endless:
            raise TargetUnusableError(
                f"{self.target.name} gives no end of groups: after {_MOST_PAGES} pages of GetGroupList there are more, "
                "and nobody can say whose they are"
            )
        for each in listed or ():
            self.foreign[each.group_id] = each.name
            world.foreign(each.group_id, each.name)
        return len(self.foreign)

    def groups(self, *, attempts: int = ATTEMPTS) -> list[Listed] | None:
        """The groups that GetGroupList tells of; None where they can't be listed. Raises TargetUnusableError."""
        found: dict[str, Listed] = {}
        entries = 0
        for _ in range(0 if self._endless else _MOST_PAGES):
            try:
                answer = self.ask("GetGroupList", attempts=attempts, Offset=entries, Limit=_PAGE)
            except TransportError as error:
                raise TargetUnusableError(f"{self.target.name} can't be judged: {error}") from error
            if self.region is not None and answer.code in _NO_REGION:
                self.served = False
                return []
            if answer.code in MAY_NOT | NOT_SERVED:
                return None  # a key pair that may create groups need not be one that may list them
            if (why := self.unusable(answer)) is not None:
                raise TargetUnusableError(why)
            told = answer.response.get("GroupInfos")
            if not isinstance(told, list):
                return None
            known, entries = len(found), entries + len(told)
            page = [group for each in told if isinstance(each, dict) and (group := Listed.of(each)) is not None]
            if len(page) < len(told):
                return None  # whoever can't be read in it isn't known
            found.update((each.group_id, each) for each in page)
            number = answer.response.get("GroupNum")
            whole = not isinstance(number, int) or entries >= number
            if len(found) == known or (whole and len(told) < _PAGE):  # or else it never ends
                return list(found.values())
        self._endless = True
        return None

    def found(self, group_id: str) -> Listed | str | None:
        """What GetGroupInfo says of a group.

        Returns:
            The group; None where it isn't there; why that can't be said.

        Raises:
            TransportError: no answer came.
            TargetUnusableError: whatever is asked next will be refused as well.
        """
        answer = self.ask("GetGroupInfo", GroupId=group_id)
        if answer.code in NOT_THERE:
            return None
        if answer.code not in MAY_NOT:
            self.refuse_unusable(answer)
        if answer.problem is not None or answer.error is not None:
            return f"GetGroupInfo answers {answer.code or answer.problem}"
        return Listed.of(answer.response, group_id)

    def foreign_texts(self) -> set[str]:
        """The ids and names of the groups that were there before the run, as far as is known."""
        return {each for group in self.foreign.items() for each in group if each is not None}

    def met(self, journal: Journal, ids: Iterable[str]) -> set[str]:
        """As `foreign_texts`; where groups couldn't be listed before the run, ids are asked for first, each once."""
        with contextlib.suppress(TransportError, TargetUnusableError):
            for each in () if self.listed else set(ids) - self._asked_for:
                self._asked_for.add(each)
                found = self.found(each) if journal.entry(each) is None else None
                if isinstance(found, Listed):
                    self.foreign[each] = found.name
        return self.foreign_texts()

    def others(self, journal: Journal, texts: Iterable[str]) -> set[str] | None:
        """Every id and name that groups of others have now; None where that can't be found out.

        Args:
            journal: whatever isn't surely its run's is others'.
            texts: where groups can't be listed, those that are asked for.
        """
        theirs = self.foreign_texts()
        try:
            listed = self.groups()
            if listed is None:
                asked = tuple(texts)
                if len(asked) > _MOST_ASKED:
                    return None
                answers = [self.found(each) for each in asked]
                if any(isinstance(each, str) for each in answers):
                    return None
                listed = [each for each in answers if isinstance(each, Listed)]
        except (TransportError, TargetUnusableError):
            return None
        for each in listed:
            if self.whose(each, journal)[0] is not Whose.OURS:
                theirs |= each.texts
        return theirs

    def whose(self, group: Listed, journal: Journal) -> tuple[Whose, str]:
        """Whose a group is that is there; see `ownership`."""
        return whose(group, journal.entry(group.group_id), journal.entries(), journal.sent(), self.foreign)

    def came_meanwhile(self, group: Listed, journal: Journal) -> bool:
        """Whether a group came while the run of a journal went on: since the account was looked at, or by its date."""
        if group.group_id in self.foreign or self.looked:
            return group.group_id not in self.foreign
        times = [each.since for each in journal.entries()] + [each.since for each in journal.sent()]
        return was_made_while(group, min(times), max(*times, self.last_sent)) if times else False

    def went_meanwhile(self, listed: Iterable[Listed] | None) -> set[str]:
        """The ids of groups that were there before the run, and now aren't, or under another name, as a list tells."""
        if not self.looked or listed is None:
            return set()
        names = {each.group_id: each.name for each in listed}
        return {each for each, name in self.foreign.items() if each not in names or names[each] != name}

    def refuse_unusable(self, answer: Envelope) -> None:
        """Raise TargetUnusableError where whatever is asked next will be refused as well.

        Throttling passes, and what a key pair may not do is one action.
        """
        if answer.code not in THROTTLED | MAY_NOT and (why := why_unusable(self.target.name, answer)) is not None:
            raise TargetUnusableError(why)

    def may_delete(self, unused: str) -> None:
        """See that what will be created can be deleted; an id that nobody has is asked for.

        Raises:
            TargetUnusableError: it can't be; the message says why.
        """
        try:
            attempts = max(1, _MOST_IN_VAIN - self.requests)
            answer = self.ask("DeleteGroup", attempts=attempts, GroupId=unused)
        except TransportError as error:
            raise TargetUnusableError(f"{self.target.name} can't be judged: {error}") from error
        if answer.code in MAY_NOT:
            raise TargetUnusableError(
                f"{self.target.name} doesn't let this key pair delete groups ({answer.code}): what a run creates would "
                "be left behind; allow it iai:DeleteGroup"
            )
        if (why := self.unusable(answer)) is not None:
            raise TargetUnusableError(why)
        code = answer.code or ""
        if answer.error is not None and not code.startswith(_OF_THE_ID):
            raise TargetUnusableError(
                f"{self.target.name} answers DeleteGroup with {code}, for a group that isn't there: "
                "what a run creates might be left behind"
            )
