"""A real account, besides what is judged of it: whether it can be used, what was in it, and leaving nothing behind."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.contract import CLAUSE, THROTTLED
from conformance.exchange.request import Request
from conformance.exchange.wire import Envelope, Form, encode, envelope
from conformance.judging.account_status import MAY_NOT, why_down, why_unusable
from conformance.live.journal import Entry, Journal, JournalError, State
from conformance.live.pace import ATTEMPTS, Pace
from conformance.oracle.world import World
from conformance.targets import Target

__all__ = ["LiveAccount"]

_PAGE = 1000  # groups; as many as GetGroupList gives at once
# No group has such an id; or none can have it.
_NOT_THERE = frozenset({"InvalidParameterValue.GroupIdNotExist", "InvalidParameterValue.GroupIdNotExists"}) | {
    *CLAUSE["GroupId.length.min"].codes,
    *CLAUSE["GroupId.length.max"].codes,
    *CLAUSE["GroupId.charset"].codes,
}
_BEING_DELETED = "FailedOperation.GroupInDeletedState"
# Of an id that nobody has, a service that deletes groups says something of the id.
_OF_THE_ID = ("InvalidParameter", "ResourceNotFound", _BEING_DELETED)
# The action isn't served, whoever asks.
_NOT_SERVED = frozenset({"ActionOffline", "InvalidAction", "NoSuchVersion", "UnsupportedOperation"})
# Seconds for which a group that was deleted may still be listed; and after which a creation may still be carried out
# to whose answer nobody waited.
_DELETION_TAKES = 2.0
_CREATION_TAKES = 5.0
# Clocks may differ by so much: a group that is older than its journal says by more wasn't made by this run.
_CLOCKS_DIFFER = 600.0  # seconds
# An account that can't be used is known after so many requests.
_MOST_IN_VAIN = 3
# So many times in a row the same trouble, such as no answer: it is the same with the others.
_LOST_AFTER = 3


@dataclass(slots=True)
class LiveAccount:
    """An account at a target, asked for what isn't judged.

    Attributes:
        target: where to ask.
        pace: how fast.
        requests: how many were sent.
        on_request: called after each.
        foreign: the ids that were there before the run: they are never this run's, whatever is answered.
    """

    target: Target
    pace: Pace
    requests: int = 0
    on_request: Callable[[], None] = lambda: None
    foreign: set[str] = field(default_factory=set)
    _late: float = 0.0

    def ask(self, action: str, *, attempts: int = ATTEMPTS, **parameters: object) -> Envelope:
        """What an action answers; sent again where it is throttled. Raises TransportError where no answer comes."""

        def send() -> Envelope:
            self.pace.wait()
            self.requests += 1
            self.on_request()
            http = encode(
                Request.of(parameters, action), self.target.sender, Form.JSON, int(time.time()), self.requests
            )
            answer = self.target.send(http).answer
            if isinstance(answer, TransportError):
                raise answer
            return envelope(answer)

        return self.pace.patiently(send, lambda answer: answer.code in THROTTLED, attempts)

    def _unusable(self, answer: Envelope) -> str | None:
        """Why the account can't be used, by an answer to a request to which nothing is wrong; None where it can."""
        return why_unusable(self.target.name, answer) or why_down(self.target.name, answer)

    # --- Before ----------------------------------------------------------------------------------------

    def look(self, world: World) -> int:
        """Read the groups that are there into a world, so that predictions hold on an account in use.

        Returns:
            How many groups there are.

        Raises:
            TargetUnusableError: the account can't be used, or not be reached; the message says why.
        """
        found = 0
        for entry in self._groups() or ():
            found += 1
            group_id, name = entry.get("GroupId"), entry.get("GroupName")
            if isinstance(group_id, str):
                self.foreign.add(group_id)
                world.foreign(group_id, name if isinstance(name, str) else None)
        return found

    def _groups(self) -> list[dict[str, object]] | None:
        """The entries of GetGroupList; None where this key pair may not list them. Raises TargetUnusableError."""
        found: list[dict[str, object]] = []
        ids: set[str] = set()
        while True:
            try:
                answer = self.ask("GetGroupList", Offset=len(found), Limit=_PAGE)
            except TransportError as error:
                raise TargetUnusableError(f"{self.target.name} can't be judged: {error}") from error
            if answer.code in MAY_NOT | _NOT_SERVED:
                return None  # a key pair that may create groups need not be one that may list them
            if (why := self._unusable(answer)) is not None:
                raise TargetUnusableError(why)
            entries = answer.response.get("GroupInfos")
            page = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
            known = len(ids)
            ids.update(str(each.get("GroupId")) for each in page)
            found += page
            number = answer.response.get("GroupNum")
            if len(ids) == known or not isinstance(number, int) or len(found) >= number:  # or else it never ends
                return found if isinstance(entries, list) else None

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
        if (why := self._unusable(answer)) is not None:
            raise TargetUnusableError(why)
        code = answer.code or ""
        if answer.error is not None and not code.startswith(_OF_THE_ID):
            raise TargetUnusableError(
                f"{self.target.name} answers DeleteGroup with {code}, for a group that isn't there: "
                "what a run creates might be left behind"
            )

    # --- After -----------------------------------------------------------------------------------------

    def clean_up(self, journal: Journal, run: str, *, trusting: bool) -> dict[str, str]:
        """Delete what a journal says was created, the newest first; what became of each is written into the journal.

        Args:
            journal: which groups.
            run: the run's part of each salt, which nobody else has.
            trusting: whether a creation that was answered needs no look before it is undone, since this very process
                wrote it down and the id carries the run's letters. What is in doubt is always looked up: a group is
                deleted only if its name is one that the journal says, and it isn't older than the journal says.

        Returns:
            GroupId → why the group was left.
        """
        left: dict[str, str] = {}
        latest: deque[str | None] = deque(maxlen=_LOST_AFTER)
        refused = ""
        for entry in journal.entries():
            if entry.state.settled:
                continue
            if refused:
                left[entry.group_id] = refused
                continue
            try:
                why = self._undo(entry, journal, run, trusting=trusting)
            except TransportError as error:
                why = str(error)
            except TargetUnusableError as error:
                why = refused = str(error)
            latest.append(why)
            if why is not None and latest.count(why) == _LOST_AFTER:
                refused = f"nothing else was asked after the same answer {_LOST_AFTER} times: {why}"
            if why is not None:
                left[entry.group_id] = why
                _noted(journal.left, entry.group_id, why)
        return left

    def still_there(self, run: str, journal: Journal) -> dict[str, str]:
        """What a cleaned up account lists all the same; it is told, and not deleted.

        That is a group that was said to be deleted, and one that carries a run's letters under an id that its journal
        doesn't name.

        Args:
            run: the run's part of each salt, which nobody else has.
            journal: of the run, cleaned up.

        Returns:
            GroupId → why it is left; empty where groups can't be listed.
        """
        _wait(min(self._late - time.time(), _CREATION_TAKES))
        listed = self._listed()
        if any(_is_undead(journal, each) for each in listed):
            _wait(_DELETION_TAKES)
            listed = self._listed()
        late = [each for each in listed if _is_late(journal, each)]
        for each in late:
            _noted(journal.left, str(each["GroupId"]), "it was made after it had been looked for")
        if late:
            self.clean_up(journal, run, trusting=False)
            listed = self._listed()
        found: dict[str, str] = {}
        for each in listed:
            group_id, name = each.get("GroupId"), each.get("GroupName")
            if not isinstance(group_id, str):
                continue
            if _is_undead(journal, each):
                found[group_id] = "its deletion was answered with success, and it is still listed"
                _noted(journal.left, group_id, found[group_id])
            elif journal.entry(group_id) is None and run in f"{group_id} {name}".lower():
                found[group_id] = "it carries this run's letters, but the journal doesn't name it: delete it by hand"
        return found

    def _listed(self) -> list[dict[str, object]]:
        try:
            return self._groups() or []
        except TargetUnusableError:
            return []

    def _undo(self, entry: Entry, journal: Journal, run: str, *, trusting: bool) -> str | None:
        """Delete one group, if it is there and ours; why it was left, if it was."""
        carries_letters = run in entry.group_id.lower()
        if entry.group_id in self.foreign:
            _noted(journal.gone, entry.group_id)  # of ours, nothing is there: it is the one that was there before
            return None
        if not (trusting and carries_letters and entry.state is State.CREATED):
            found = self._found(entry.group_id)
            if found is None:
                self._late = max(self._late, entry.since + _CREATION_TAKES)
                _noted(journal.gone, entry.group_id)
                return None
            if isinstance(found, str):
                return found
            if (why := _not_ours(entry, found)) is not None:
                if carries_letters or journal.damage:
                    return why
                _noted(journal.gone, entry.group_id)  # a short id that somebody else has
                return None
        _noted(journal.deleting, entry.group_id)
        answer = self.ask("DeleteGroup", GroupId=entry.group_id)
        if answer.problem is None and answer.error is None:
            _noted(journal.deleted, entry.group_id)
        elif answer.code in _NOT_THERE or answer.code == _BEING_DELETED:
            _noted(journal.gone, entry.group_id)
        else:
            self._refuse_unusable(answer)
            return f"DeleteGroup answers {answer.code or answer.problem}"
        return None

    def _found(self, group_id: str) -> Mapping[str, object] | str | None:
        """What the account says of a group: by GetGroupInfo, or by GetGroupList where that may not be asked.

        Returns:
            Its entry; None where it isn't there; why that can't be said.
        """
        answer = self.ask("GetGroupInfo", GroupId=group_id)
        if answer.code in _NOT_THERE:
            return None
        if answer.code in MAY_NOT | _NOT_SERVED:
            listed = self._groups()
            if listed is None:
                return f"GetGroupInfo answers {answer.code}, and groups can't be listed either"
            return next((each for each in listed if each.get("GroupId") == group_id), None)
        self._refuse_unusable(answer)
        if answer.problem is not None or answer.error is not None:
            return f"GetGroupInfo answers {answer.code or answer.problem}"
        return answer.response

    def _refuse_unusable(self, answer: Envelope) -> None:
        """Raise TargetUnusableError where whatever is asked next will be refused as well.

        Throttling passes, and what a key pair may not do is one action.
        """
        if answer.code not in THROTTLED | MAY_NOT and (why := why_unusable(self.target.name, answer)) is not None:
            raise TargetUnusableError(why)


def _wait(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)


def _noted(note: Callable[..., None], *about: str) -> None:
    """Write something into a journal, if that is possible: a full disk is no reason to leave groups behind.

    A later `cleanup` then looks for a group that isn't there any more, which harms nobody.
    """
    with contextlib.suppress(JournalError):
        note(*about)


def _is_undead(journal: Journal, listed: Mapping[str, object]) -> bool:
    """Whether a group that is listed is one of the journal's that was said to be deleted."""
    return _is_ours_in(State.DELETED, journal, listed)


def _is_late(journal: Journal, listed: Mapping[str, object]) -> bool:
    """Whether a group that is listed is one of the journal's that wasn't there when it was looked for."""
    return _is_ours_in(State.GONE, journal, listed)


def _is_ours_in(state: State, journal: Journal, listed: Mapping[str, object]) -> bool:
    entry = journal.entry(str(listed.get("GroupId")))
    return entry is not None and entry.state is state and _not_ours(entry, listed) is None


def _not_ours(entry: Entry, found: Mapping[str, object]) -> str | None:
    """Why a group that is there may be somebody else's; None where it is the one of the journal."""
    name, made = found.get("GroupName"), found.get("CreationTimestamp")
    if name not in entry.names:
        return "it has another name than the journal says"
    if not isinstance(made, int) or isinstance(made, bool):
        return "the account doesn't say when it was created"
    if made < (entry.since - _CLOCKS_DIFFER) * 1000:
        return "it is older than the journal says"
    return None
