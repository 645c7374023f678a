"""A run from beginning to end: its target, what is wrapped around that, and what is done when it is over.

The only place where settings, targets, recordings and a live account meet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.base.environment import secrets_of_environment
from conformance.base.errors import UsageError
from conformance.base.words import counted, visible
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.privacy.secrets import Secrets
from conformance.recording.certificates import provenance_of_now
from conformance.recording.provenance import Provenance
from conformance.runs.run import Run
from conformance.runs.settings import Settings
from conformance.runs.target_kinds import build_target
from conformance.runs.ways import Ways
from conformance.targets import Target

if TYPE_CHECKING:
    from conformance.live.account import LiveAccount
    from conformance.live.journal import Journal
    from conformance.recording.reader import Recording
    from conformance.recording.replay import CassetteTarget
    from conformance.recording.writer import Writer
    from conformance.targets.http import HttpTarget

__all__ = ["Groups", "Session", "open_session"]


@dataclass(frozen=True, slots=True)
class Groups:
    """What became of the groups of a live run.

    Attributes:
        created: how many were created, or may have been: those that were deleted, and those that are left.
        deleted: how many were deleted.
        left: GroupId → why it was left.
        note: what is to be known of groups that came meanwhile; empty where there are none.
        journal: whether there is a journal by which `cleanup` finds what was left.
    """

    created: int
    deleted: int
    left: dict[str, str]
    note: str = ""
    journal: bool = True

    @property
    def hint(self) -> str:
        """What else is to be known after a sentence on how many were left; empty where there is nothing."""
        return "".join(f"; {each}" for each in (self.told if self.left else "", self.note) if each)

    @property
    def told(self) -> str:
        """What was left, why, and how it is removed, to be read after a semicolon."""
        alike: dict[str, list[str]] = {}
        for group_id, why in self.left.items():
            alike.setdefault(visible(why), []).append(visible(group_id))
        which = "; ".join(f"{', '.join(ids)}: {why}" for why, ids in alike.items())
        how = "`iai-conformance cleanup --target live` looks for them again"
        return f"{how if self.journal else 'there is no journal any more, delete them by hand'}; {which}"


@dataclass(slots=True, repr=False)
class Session:
    """A run and what belongs to it.

    Attributes:
        run: sends and judges.
        recording: what is judged, where that is a recording.
        groups: what became of the groups of a live run, once it is over; None where nothing is deleted.
        said: what went wrong at the end, a sentence each.
    """

    run: Run
    recording: Recording | None = None
    groups: Groups | None = None
    said: list[str] = field(default_factory=list)
    _writer: Writer | None = None
    _live: _Live | None = None

    def close(self, ended: str = "finished") -> None:
        """End the recording, delete what was created, let go of everything.

        Args:
            ended: "finished", or why the run ended before; for the recording.
        """
        from conformance.base.errors import SuiteError

        try:
            if self._writer is not None:
                self._writer.finish(_account_kind(self.run), ended)
        except SuiteError as error:
            self.said.append(str(error))
        finally:
            try:
                if self._live is not None:
                    self.groups = self._live.leave_nothing(self.run)
            except SuiteError as error:
                self.said.append(str(error))
            except BaseException:
                if self._live is not None:
                    self.said.append(self._live.unfinished())
                raise
            finally:
                self.run.target.close()


# --- Opening ---------------------------------------------------------------------------------------------


def open_session(settings: Settings) -> Session:
    """A run against the target that the settings name, ready to send.

    Raises:
        UsageError: there is no such target, or a recording can't be made there.
        TargetUnusableError: there are no credentials for it; or it is a recording that is refused.
    """
    from conformance.recording.replay import CassetteTarget

    target = build_target(settings)
    try:
        session = _replayed(settings, target) if isinstance(target, CassetteTarget) else _opened(settings, target)
    except BaseException:
        target.close()
        raise
    session.run.ways = Ways(settings.without)
    return session


def _opened(settings: Settings, target: Target) -> Session:
    """A run against a target that answers now, with what is wrapped around that."""
    # An account that nobody else uses may get the same ids each time; another must never.
    salts = Salts(seeded_run_salt(settings.seed)) if target.exclusive else Salts()
    session = Session(Run.against(target, max_requests=settings.max_requests, salts=salts))
    run = session.run
    run.secrets = Secrets.of([*target.sender.secrets, *secrets_of_environment()])
    run.bounds.groups, run.bounds.seconds = settings.max_groups, settings.max_seconds
    if settings.rate is not None or settings.is_live:
        from conformance.live.pace import DEFAULT_RATE, Pace

        run.pace = Pace(settings.rate or DEFAULT_RATE, patient=settings.is_live)
    # What can be refused comes first: a journal that is begun must be ended.
    session._writer = _writer(run, target, settings) if settings.records else None
    if settings.is_live:
        session._live = _begin_live(run)
        run.target = session._live.target
    if session._writer is not None:
        from conformance.recording.recorder import RecordingTarget

        run.target = RecordingTarget(run.target, session._writer, run.case_of)
    return session


def _replayed(settings: Settings, target: CassetteTarget) -> Session:
    """A run against a recording: its salts, its clock, its pace."""
    from conformance.live.pace import Pace
    from conformance.recording.provenance import Kind

    recording = target.recording
    run = Run.against(target, max_requests=settings.max_requests, salts=target.salts)
    run.clock, run.assessor.cite, run.bounds.groups = target.now, target.cite, settings.max_groups
    run.from_call = not _begins_plainly(recording)
    run.patience.sleep = None
    run.patience.lags = True  # what was asked again is in the recording, too
    if recording.provenance.kind in {Kind.LIVE, Kind.STAND_IN}:
        run.pace = Pace(None, waits=False)  # what was throttled was sent again
    return Session(run, recording)


def _begins_plainly(recording: Recording) -> bool:
    """Whether the first request is the plain one that shows who is let in; not so where that is in another file."""
    place = next((each.request.place for each in recording.interactions), None)
    case = recording.cases.get(place.case) if place is not None else None
    return case is not None and case.steps[0].is_plain


# --- A live account --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Live:
    """A live account while a run uses it."""

    target: Target
    account: LiveAccount
    journal: Journal
    _restore: Callable[[], object]

    def leave_nothing(self, run: Run) -> Groups:
        """Delete what the journal says, and tell what became of it."""
        from conformance.live.clean_up import clean_up
        from conformance.live.journal import JournalError, State, finish

        run.results.requests += self.account.requests

        def deleting() -> None:
            run.results.requests += 1
            run.on_request()

        self.account.on_request = deleting
        try:
            with contextlib.suppress(JournalError):  # known all the same, where the disk is full
                self.journal.stopped()
            came = clean_up(self.account, self.journal)
        finally:
            self._restore()
            states = [each.state for each in self.journal.entries()]
            finish(self.journal)
        deleted = states.count(State.DELETED)
        return Groups(deleted + len(came.left), deleted, came.left, came.note, journal=self.journal.is_there)

    def unfinished(self) -> str:
        """What may be left where clean-up didn't come to its end, and how it is removed; a sentence."""
        ids = [each.group_id for each in self.journal.entries() if not each.state.settled]
        some = f"clean-up didn't come to its end, {counted(len(ids), 'group')} may be left"
        if self.journal.is_there:
            return f"{some}: `iai-conformance cleanup --target live` goes on, with {self.journal.path}"
        return f"{some}, and the journal is gone: delete by hand what is there of {', '.join(map(repr, ids))}"


def _begin_live(run: Run) -> _Live:
    """Look at the account, and open a journal. Raises TargetUnusableError, JournalError."""
    from conformance.base.environment import state_folder
    from conformance.base.signals import termination_as_interrupt
    from conformance.live.account import LiveAccount
    from conformance.live.journal import AccountIdentity, Journal, key_digest
    from conformance.live.journalled import JournalledTarget
    from conformance.live.pace import Pace

    sender = run.target.sender
    assert isinstance(run.pace, Pace)  # noqa: S101 -- every live run has one
    account = LiveAccount(run.target, run.pace, secrets=run.secrets)
    run.clock = account.clock.now
    # What ends a process is taken as Ctrl-C, so that what was created is deleted.
    with contextlib.ExitStack() as until_cleaned:
        until_cleaned.enter_context(termination_as_interrupt())
        account.look(run.world)
        account.may_delete(run.salts.next())
        owner = AccountIdentity(sender.endpoint, sender.region, key_digest(sender.credentials.secret_id.reveal()))
        journal = Journal.begin(state_folder(), run.salts.run, owner, account.clock.now)
        restore = until_cleaned.pop_all().close
    return _Live(JournalledTarget(run.target, journal, account), account, journal, restore)


# --- A recording -----------------------------------------------------------------------------------------


def _writer(run: Run, http: Target, settings: Settings) -> Writer:
    """What writes the recording; `http` is the target that has the connection. Raises UsageError."""
    from conformance.recording.writer import Writer, free_folder
    from conformance.targets.http import HttpTarget

    assert settings.record_to is not None  # noqa: S101 -- it records
    if not isinstance(http, HttpTarget):
        raise UsageError(f"--to {settings.record_to}: {http.name} isn't recorded; servers and the emulator are")
    overwrite = settings.record_mode in {"all", "rewrite"}
    folder = free_folder(Path(settings.record_to), overwrite=overwrite, hint=", or say --record-mode rewrite")
    secrets = http.sender.secrets
    return Writer(folder, lambda: _provenance(http, run.salts.run), secrets, replaces=overwrite)


def _provenance(target: HttpTarget, run: str) -> Provenance:
    """Where the recording that begins now comes from: by the connection that the first answer came over."""
    sender = target.sender
    client, token = f"iai-conformance {__version__}", sender.credentials.token is not None
    return provenance_of_now(sender.endpoint, target.certificates, sender.region, run, client, token=token)


def _account_kind(run: Run) -> str:
    """What kind of account answered, as far as the readings of its answers tell."""
    return " or ".join(sorted(run.ledger.possible["account-age"]))
