"""Leaving nothing behind in a real account: what came of a run's requests is looked for, deleted, looked for again.

That a deletion was answered with yes, or that an id isn't known, proves nothing: a group is gone once two looks in a
row don't show it, further apart than looks were seen to lag. What was sent last may still be carried out, so the last
look comes after that.
"""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.base.words import counted, visible
from conformance.live.account import BEING_DELETED, NOT_THERE, LiveAccount
from conformance.live.journal import Entry, Journal, JournalError, State
from conformance.live.leniency import could_choose
from conformance.live.ownership import Listed, Whose, is_made_of

__all__ = ["Outcome", "clean_up"]

# Seconds between two looks, at first; and after which a creation may still be carried out.
_BETWEEN_LOOKS = 2.0
_CREATION_TAKES = 20.0
# How often a group is deleted that is there all the same; and how often is looked, whatever is seen.
_ATTEMPTS = 3
_MOST_LOOKS = 10
_LOOKS_TO_BELIEVE = 2
# So many times in a row the same trouble, such as no answer: it is the same with the others.
_LOST_AFTER = 3
# So many of the groups that nobody explains are named.
_MOST_TOLD = 3
_CHOOSES = "its id could be read as a part, or a pattern, of somebody else's: delete it by hand"
_MADE_OF = "its id or its name can be computed of one that was sent: delete it by hand"
# Where groups can't be listed, longer texts than any id are asked for by none.
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a clean-up came to.

    Attributes:
        left: GroupId → why the group was left.
        came: the ids of groups that came while the run went on, and of which nothing that it sent tells.
        went: the ids of groups that were there before the run, and are gone, or have another name.
    """

    left: dict[str, str]
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What else happened in the account meanwhile; empty where nothing is known of it."""
        told = [
            f"{_named(self.came)} came into the account meanwhile under ids and names that this run didn't send: "
            "another run's or somebody else's, or what the service made of requests",
            f"{_named(self.went)} of before the run went, or got another name, meanwhile: somebody did that, or the "
            "service, when it was asked for something else",
        ]
        return "; ".join(each for each, ids in zip(told, (self.came, self.went), strict=True) if ids)


def _named(ids: Sequence[str]) -> str:
    """How many groups there are, and the first of them."""
    some = ", ".join(map(visible, ids[:_MOST_TOLD]))
    return f"{counted(len(ids), 'group')} ({some}{', …' if len(ids) > _MOST_TOLD else ''})"


def clean_up(account: LiveAccount, journal: Journal) -> Outcome:
    """Delete what the journal says was created, the newest first; what became of each is written into the journal.

    Args:
        account: where.
        journal: of a run that sends nothing any more.

    Returns:
        What was left, and what else is there.
    """
    return _CleanUp(account, journal).perform()


@dataclass(slots=True)
class _CleanUp:
    """One clean-up.

    Attributes:
        unsettled: the entries of which the journal doesn't say that nothing is there.
        asked: id → how often it was deleted.
        yes: those whose deletion was answered with success.
        listed: those that were seen in a list: from a list alone they can be seen to be gone.
        theirs: the ids and names of others' groups.
        came, went: as in an `Outcome`.
        why: id → why a group that is there is left.
        elsewhere: id → why a group is left in another Region.
        given_up: why nothing more is deleted.
        trouble: why nothing more can be seen.
    """

    account: LiveAccount
    journal: Journal
    unsettled: dict[str, Entry] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    yes: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    theirs: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    went: set[str] = field(default_factory=set)
    why: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    given_up: str = ""
    trouble: str = ""

    def perform(self) -> Outcome:
        """Empty the account of what is the run's, in each Region to which something was sent; write that down."""
        if not self.journal.entries() and not self.journal.sent():
            return Outcome({})
        self.unsettled = {each.group_id: each for each in self.journal.entries() if not each.state.settled}
        there = self._empty()
        for region in self.journal.regions():
            account = self.account.in_region(region, self.journal)
            if account.served:
                self._take_over(region, _CleanUp(account, self.journal))
        return Outcome(self._settle(there), tuple(sorted(self.came)), tuple(sorted(self.went)))

    def _take_over(self, region: str, other: _CleanUp) -> None:
        """Do the same in another Region, of which a creation's id is known where this process sent it."""
        entries = ((each, self.journal.entry(each)) for each in other.account.ids)
        other.unsettled = {each: entry for each, entry in entries if entry is not None}
        where = f"in the Region {visible(region)}" if region else "where no Region is named"
        self.elsewhere |= {each: f"{where}, {why}" for each, why in other._left(other._empty()).items()}
        self.came |= other.came
        self.went |= other.went
        self.yes |= other.yes

    def _empty(self) -> dict[str, Listed]:
        """Look and delete, until two looks in a row give nothing to do; what is there."""
        there: dict[str, Listed] = {}
        quiet, failed, between, waited = 0, 0, _BETWEEN_LOOKS, False
        for _ in range(_MOST_LOOKS):
            try:
                there = self._look()
                failed, quiet = 0, 0 if self._delete(there) else quiet + 1
            except (TransportError, TargetUnusableError) as error:
                failed += 1
                self.trouble = str(error) if failed == _LOST_AFTER else ""
            if self.trouble or quiet == _LOOKS_TO_BELIEVE:
                break
            if any(each in self.yes for each in there):
                between *= 2  # what is seen lags behind
            self.account.clock.wait(between if waited else max(between, self._late()))
            waited = True
        return there

    def _late(self) -> float:
        """For how many seconds something that was sent may still be carried out, whatever was answered."""
        times = [each.since for each in self.journal.entries()] + [each.since for each in self.journal.sent()]
        due = max(self.account.last_sent, *times) + _CREATION_TAKES - self.account.clock.now()
        return min(_CREATION_TAKES, due)

    # --- Looking ---------------------------------------------------------------------------------------

    def _look(self) -> dict[str, Listed]:
        """The groups that are there and are the run's; of those that are perhaps, why they are left."""
        there: dict[str, Listed] = {}
        self.why, self.theirs, self.came = {}, self.account.foreign_texts(), set()
        listed = self.account.groups()
        self.went = self.account.went_meanwhile(listed)
        for each in listed or ():
            self.listed.add(each.group_id)
            self._take(each, there)
        for group_id in self._unlisted(listed is not None):
            found = self.account.found(group_id)
            if isinstance(found, Listed):
                self._take(found, there)
            elif found is not None and group_id in self.unsettled:
                self.why[group_id] = found if listed is not None else f"{found}, and groups can't be listed either"
        return there

    def _unlisted(self, listed: bool) -> Iterator[str]:
        """The ids that are asked for one by one: where there is no list, or it doesn't show what must be there."""
        ids = dict.fromkeys(each for each in self.unsettled if each not in self.listed)
        if not listed and not self.account.ids:
            ids |= dict.fromkeys(each.group_id for each in self.journal.entries())
            ids |= dict.fromkeys(text for each in self.journal.sent() for text in sorted(each.texts))
        yield from (each for each in ids if (each and len(each) <= _LONGEST_ID) or each in self.unsettled)

    def _take(self, group: Listed, there: dict[str, Listed]) -> None:
        whose, why = self.account.whose(group, self.journal)
        if whose is Whose.OURS:
            there[group.group_id] = group
        elif whose is Whose.UNSURE:
            self.why[group.group_id] = why
        else:
            self._take_of_others(group)

    def _take_of_others(self, group: Listed) -> None:
        self.theirs |= group.texts
        if self.account.came_meanwhile(group, self.journal):
            if is_made_of(group, self.journal.entries()):
                self.why[group.group_id] = _MADE_OF
            else:
                self.came.add(group.group_id)

    # --- Deleting --------------------------------------------------------------------------------------

    def _delete(self, there: dict[str, Listed]) -> bool:
        """Delete groups that are there; whether any was asked for."""
        if self.given_up:
            return False
        order = [each.group_id for each in self.journal.entries() if each.group_id in there]
        latest: deque[str | None] = deque(maxlen=_LOST_AFTER)
        any_asked = False
        for group_id in dict.fromkeys((*order, *there)):
            if any(could_choose(group_id, each) for each in self.theirs):
                self.why[group_id] = _CHOOSES
                continue
            if self.asked[group_id] == _ATTEMPTS:
                continue
            self.asked[group_id] += 1
            any_asked = True
            try:
                why = self._undo(there[group_id])
            except TransportError as error:
                why = str(error)
            except TargetUnusableError as error:
                self.given_up = str(error)
                break
            latest.append(why)
            if why is not None and latest.count(why) == _LOST_AFTER:
                self.given_up = f"nothing else was deleted after the same answer {_LOST_AFTER} times: {why}"
                break
        return any_asked

    def _undo(self, group: Listed) -> str | None:
        """Delete one group; why it may be left, if that wasn't answered with success."""
        group_id = group.group_id
        entry = self.journal.entry(group_id)
        if entry is None or entry.state.settled:
            # Nobody asked for it under this id, or it was refused or deleted, and is there all the same.
            _noted(self.journal.found, group_id, group.name, group.made or self.account.clock.now())
        _noted(self.journal.deleting, group_id)
        answer = self.account.ask("DeleteGroup", GroupId=group_id)
        if answer.problem is None and answer.error is None:
            self.yes.add(group_id)
            return None
        if answer.code in NOT_THERE or answer.code == BEING_DELETED:
            return None
        self.account.refuse_unusable(answer)
        self.why[group_id] = f"DeleteGroup answers {answer.code or answer.problem}"
        return self.why[group_id]

    # --- What became of it -----------------------------------------------------------------------------

    def _left(self, there: dict[str, Listed]) -> dict[str, str]:
        """GroupId → why it was left."""
        left: dict[str, str] = {}
        if self.trouble:
            left = dict.fromkeys((*self.unsettled, *there, *self.asked), self.trouble)
        for group_id in there:
            said = "its deletion was answered with success, and it is still listed"
            why = self.why.get(group_id) or self.given_up or "it is still listed"
            left.setdefault(group_id, said if group_id in self.yes else why)
        return {**left, **{each: why for each, why in self.why.items() if each not in self.account.foreign}}

    def _settle(self, there: dict[str, Listed]) -> dict[str, str]:
        """Write down what became of each group; GroupId → why it was left."""
        left = self._left(there) | self.elsewhere
        for entry in self.journal.entries():
            if entry.group_id in left and entry.state is not State.REFUSED:
                _noted(self.journal.left, entry.group_id, left[entry.group_id])
            elif not entry.state.settled:
                _noted(self.journal.deleted if entry.group_id in self.yes else self.journal.gone, entry.group_id)
        if not self.trouble and not left:
            _noted(self.journal.looked_for)
        return left


def _noted(note: Callable[..., None], *about: object) -> None:
    """Write something into a journal, if that is possible: a full disk is no reason to leave groups behind.

    A later `cleanup` then looks for a group that isn't there any more, which harms nobody.
    """
    with contextlib.suppress(JournalError):
        note(*about)
