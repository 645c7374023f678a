"""Cleaning up after live runs that ended before they could: exactly the journalled groups, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.base.environment import state_folder
from conformance.base.errors import SuiteError, TargetUnusableError
from conformance.base.words import counted
from conformance.live.account import LiveAccount
from conformance.live.clean_up import Outcome, clean_up
from conformance.live.journal import (
    Entry,
    Journal,
    JournalError,
    JournalFile,
    finish,
    key_digest,
    list_journals,
    resume,
)
from conformance.live.pace import DEFAULT_RATE, Pace
from conformance.runs.settings import Settings
from conformance.runs.target_kinds import build_target

__all__ = ["Leftovers", "clean", "leftovers"]

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The journals of runs that ended before they had cleaned up.

    Attributes:
        journals: oldest first.
    """

    journals: tuple[JournalFile, ...]

    @property
    def groups(self) -> int:
        """How many groups may be there that can be looked for, by their ids."""
        return sum(len(_open(each)) for each in self._whole)

    @property
    def anything(self) -> bool:
        """Whether anything may be there that can be looked for."""
        return any(_open(each) or each.sent for each in self._whole)

    @property
    def _whole(self) -> list[JournalFile]:
        return [each for each in self.journals if not each.open and each.account is not None]

    @property
    def damaged(self) -> bool:
        """Whether something is wrong with a journal."""
        return any(each.damage for each in self.journals)

    def lines(self) -> Iterator[str]:
        """What there is, in lines of text."""
        for each in self.journals:
            groups = _open(each)
            if each.open:
                yield f"{each.path}: the run {each.run}, or a clean-up after it, is still going on"
            elif groups or each.sent:
                account = f" at {each.account.endpoint}, {each.account.region}" if each.account is not None else ""
                what = counted(len(groups), "group") if groups else "something"
                yield f"{each.path}: the run {each.run}{account} may have left {what}"
                yield from (f"  {one.group_id!r}, named {' or '.join(map(repr, one.names))}" for one in groups)
                if each.sent:
                    yield f"  and what a lenient service may have made of {counted(len(each.sent), 'other request')}"
            if each.damage:
                yield f"! {each.path}: {each.damage}"
        if not self.anything and not self.damaged and not any(each.open for each in self.journals):
            yield "no group is left to delete"


def _open(journal: JournalFile) -> list[Entry]:
    return [each for each in journal.entries if not each.state.settled]


def leftovers() -> Leftovers:
    """What journals say that was left. Raises JournalError where they can't be read."""
    return Leftovers(list_journals(state_folder()))


def clean(left: Leftovers, settings: Settings) -> Iterator[str]:
    """Delete what was left, telling of each journal; a line that begins with ✗ is of what couldn't be done.

    Args:
        left: the journals.
        settings: how fast, and how long to wait; each journal's own endpoint and region are used.
    """
    for each in left.journals:
        if each.open or each.account is None:
            continue
        try:
            if _open(each) or each.sent:
                yield from _clean(each, settings)
            elif not each.damage:
                finish(resume(each))  # it ended between the last deletion and its own removal
        except (JournalError, TargetUnusableError) as error:
            yield f"✗ {each.path}: {error}"


def _clean(journal: JournalFile, settings: Settings) -> Iterator[str]:
    assert journal.account is not None  # noqa: S101 -- only such are cleaned
    target = build_target(
        Settings(
            target=journal.account.endpoint,
            profile="smoke",
            timeout=settings.timeout,
            ca_file=settings.ca_file,
            region=journal.account.region,
        )
    )
    try:
        if key_digest(target.sender.credentials.secret_id.reveal()) != journal.account.key:
            yield f"✗ {journal.path}: it is another key pair's: set the one that the run had"
            return
        resumed = resume(journal)
        account = LiveAccount(target, Pace(settings.rate or DEFAULT_RATE))
        yield from map(account.secrets.mask, _undone(resumed, account))
    finally:
        target.close()


def _reasons(left: Mapping[str, str]) -> Iterator[str]:
    """Why groups are left; where it is the same with many, once."""
    alike: dict[str, list[str]] = {}
    for group_id, why in left.items():
        alike.setdefault(why, []).append(group_id)
    for why, ids in alike.items():
        if len(ids) > _MOST_TOLD:
            yield f"✗ {len(ids)} groups are left, such as {ids[0]!r}: {why}"
        else:
            yield from (f"✗ {each!r} is left: {why}" for each in ids)


def _undone(journal: Journal, account: LiveAccount) -> Iterator[str]:
    before = [each.group_id for each in journal.entries() if not each.state.settled]
    came = Outcome({})
    problem: SuiteError | None = None
    try:
        came = clean_up(account, journal)
    except JournalError as error:
        problem = error
    settled = [each for each in journal.entries() if each.group_id in before and each.state.settled]
    removed = finish(journal)
    deleted = sum(each.state == "deleted" for each in settled)
    absent = len(settled) - deleted
    there = len({each.group_id for each in journal.entries() if not each.state.settled} | set(came.left))
    yield f"{journal.path}: {deleted} deleted, {absent} weren't there, {there} left"
    yield from _reasons(came.left)
    if came.note:
        yield f"! {came.note}"
    if problem is not None:
        yield f"✗ {problem}"
    if removed:
        yield f"{journal.path}: every group is accounted for; the journal is removed"
