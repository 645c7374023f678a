"""What goes on between somebody else's client and a server: judged as it passes, and recorded if asked for."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.base.credentials import Credentials, Secret
from conformance.base.environment import credentials_of_environment
from conformance.base.errors import SuiteError
from conformance.base.words import counted, visible
from conformance.contract import ACTION, SISTERS
from conformance.exchange.compression import decompressed
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter, secret_id_of
from conformance.exchange.wire import Sender, envelope
from conformance.judging.observed import Context, GroupRef, ObservedExchange, group_ref, is_change
from conformance.judging.results import Failure
from conformance.judging.traffic import Opinion
from conformance.judging.world_updates import decoded, requested_id
from conformance.observe.telling import RelayedExchange
from conformance.privacy.secrets import Secrets
from conformance.recording.certificates import provenance_of_now
from conformance.recording.provenance import Provenance
from conformance.recording.writer import Writer, free_folder
from conformance.report.ending import exit_code
from conformance.report.model import Report, Verdict, report_of
from conformance.runs.run import Run
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.targets.http import HttpTarget

__all__ = ["Observer"]

_LONGEST = 160
_MOST_TOLD = 3
# Account, action and group: what an exchange is about.
_Subject = tuple[int, str, GroupRef]
# Judging takes time for each member of a request; nobody's group has a hundredth of these.
_MOST_VALUES = 50_000
_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Note:
    """What a request was about, for those that overlap it: as it was said, and as it may be recorded."""

    plain: GroupRef
    clean: GroupRef


_ANY_GROUP = Note(GroupRef(), GroupRef())


def _notes(exchange: RelayedExchange) -> list[Note]:
    """The notes of what overlapped an exchange; what wasn't looked at may have been about any group."""
    return [each if isinstance(each, Note) else _ANY_GROUP for each in exchange.overlapped]


def _why_too_much(http: HttpRequest) -> str | None:
    """Why a request isn't looked at; None for one that somebody can mean."""
    values = http.url.count("&") + sum(map(http.body.count, (b",", b"&", b"[", b"{", b"\r\n--")))
    return f"it has more than {_MOST_VALUES} values" if values > _MOST_VALUES else None


@dataclass(slots=True, repr=False)
class Observer:
    """Judges exchanges that others make.

    Attributes:
        session: the run that judges, and its recording.
        upstream: URL of the server.
        say: called with each line for the user.
        credentials: the pair that the environment names; whoever signs with it has their signatures verified.
        certificates: tells those with which the server proved its name.
        judged: how many exchanges were judged.
        unjudged: how many could not be.
        departures: how many depart from the page.
        blinded: how many connections could not be read from some point on.
        recorded: how many exchanges are in the recording.
        problem: why recording ended; empty where it didn't.
    """

    session: Session
    upstream: str
    say: Callable[[str], None]
    credentials: Credentials | None = None
    certificates: Callable[[], tuple[bytes, ...]] = tuple
    judged: int = 0
    unjudged: int = 0
    departures: int = 0
    blinded: int = 0
    recorded: int = 0
    problem: str = ""
    _writer: Writer | None = None
    _region: str = ""
    _accounts: dict[str, int] = field(default_factory=dict)
    _unseen: bool = False
    _shown: bool = False
    _unsettled: dict[_Subject, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, upstream: str, record_to: str | None, say: Callable[[str], None]) -> Observer:
        """An observer of a server's traffic, that records into a folder if one is named.

        Raises:
            UsageError: the environment names half a key pair, or the folder isn't free.
        """
        pair = credentials_of_environment()
        target = HttpTarget(upstream, Sender(upstream, "", Credentials(Secret(""), Secret(""))), timeout=1)
        run = Run.against(target)
        run.secrets = Secrets.of(pair.texts if pair is not None else [])
        observer = cls(Session(run), upstream, lambda line: say(run.secrets.mask(line)), pair)
        if record_to is not None:
            observer._writer = Writer(free_folder(Path(record_to)), observer._provenance, run.secrets.own)
        return observer

    def _provenance(self) -> Provenance:
        return provenance_of_now(self.upstream, self.certificates(), self._region, "", "traffic of others")

    # --- What passes -----------------------------------------------------------------------------------

    def exchange(self, exchange: RelayedExchange) -> None:
        """Judge an exchange, record it, and tell of it; what is neither CreateGroup nor a sister action is left out."""
        action = common_parameter(exchange.http, "Action") or ""
        if action not in {ACTION, *SISTERS}:
            return
        if (why := _why_too_much(exchange.http)) is not None:
            self.unjudged += 1
            self._unseen = True
            self._say(f"– {action}")
            self._say(f"    not judged: {why}")
            return
        self.session.run.secrets.learn(exchange.http)
        self._region = self._region or common_parameter(exchange.http, "Region") or ""
        heard, results = self._overheard(exchange), self.session.run.results
        opinion = self.session.run.traffic.judge(heard)
        results.note(f"interaction {results.requests}", opinion.failures)
        self.unjudged += bool(opinion.unjudged)
        self.judged += not opinion.unjudged
        self._shown = self._shown or (opinion.conclusive and not opinion.unjudged)
        self._settle(heard, opinion)
        self.departures += bool(opinion.failures)
        self._record(exchange, heard)
        for line in _lines(action, heard, opinion):
            self._say(line)

    def _settle(self, heard: ObservedExchange, opinion: Opinion) -> None:
        """Keep what couldn't be judged, until the same is asked again and judged: clients try again."""
        group = group_ref(heard.http)
        action = common_parameter(heard.http, "Action") or ""
        subject = heard.circumstances.account, action, group
        if opinion.unjudged:
            self._unsettled.setdefault(subject, []).append(opinion.unjudged)
        elif group.group_id is not None:
            self._unsettled.pop(subject, None)

    @property
    def unsettled(self) -> Counter[str]:
        """Why exchanges couldn't be judged → how many, of those that weren't asked again and judged then."""
        return Counter(why for each in self._unsettled.values() for why in each)

    def note(self, http: HttpRequest) -> Note | None:
        """What to know of a request for those that overlap it; None where it changes nothing."""
        if not is_change(http):
            return None
        self.session.run.secrets.learn(http)
        subject = GroupRef() if _why_too_much(http) else group_ref(http)
        if sum(len(each) for each in (subject.group_id, subject.name) if each is not None) > _LONGEST_NOTE:
            subject = GroupRef()
        clean = self.session.run.secrets.out_of
        group_id, name = (None if each is None else clean(each) for each in (subject.group_id, subject.name))
        return Note(subject, GroupRef(group_id, name, subject.creates))

    def dropped(self, number: int) -> None:
        """More came than could be judged, or it ended before all was."""
        self.unjudged += number
        self._unseen = True
        self._say(f"! {counted(number, 'exchange')} passed unjudged: more came than there was room and time for")

    def blind(self, why: str) -> None:
        """A connection can't be read from here on, for a reason in words: what passes on it is seen by nobody."""
        self.blinded += 1
        self._unseen = True
        self._say(f"! a connection can't be read from here on: {_visible(why)}")

    def _overheard(self, exchange: RelayedExchange) -> ObservedExchange:
        """The exchange, with what is known of it; times in whole milliseconds, as they are recorded."""
        secret_id = secret_id_of(exchange.http)
        account = self._accounts.setdefault(secret_id, len(self._accounts) + 1)
        beside = tuple(each.plain for each in _notes(exchange))
        known = Context(account, round(exchange.answered, 3), beside, self._unseen)
        self._unseen = False
        ours = self.credentials is not None and self.credentials.secret_id == secret_id
        sender = Sender(self.upstream, "", self.credentials) if self.credentials is not None and ours else None
        return ObservedExchange(exchange.http, exchange.answer, round(exchange.sent, 3), known, sender)

    def _record(self, exchange: RelayedExchange, heard: ObservedExchange) -> None:
        if self._writer is None or self.problem:
            return
        known = replace(heard.circumstances, overlapped=tuple(each.clean for each in _notes(exchange)))
        with self._recording():
            asked = requested_id(heard.http)
            self._writer.write(heard.http, heard.answer, heard.sent, None, asked, circumstances=known)
            self.recorded = self._writer.written

    @contextlib.contextmanager
    def _recording(self) -> Iterator[None]:
        """What goes wrong ends the recording, and nothing else."""
        try:
            yield
        except SuiteError as error:
            self.problem = str(error)
            self._say(f"! {error}")

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever doesn't listen any more still gets the recording
            self.say(line)

    # --- The end ---------------------------------------------------------------------------------------

    def end(self) -> Report:
        """End the recording; the report of all that was seen."""
        if self._writer is not None and not self.problem:
            with self._recording():
                self._writer.finish(" or ".join(sorted(self.session.run.ledger.possible["account-age"])))
        report = report_of(self.session, Settings(target=self.upstream))
        self.session.run.target.close()
        return report

    def summary(self, report: Report) -> Iterator[str]:
        """What was seen in all, in lines of text."""
        yield from map(self.session.run.secrets.mask, self._summarized(report))

    def _summarized(self, report: Report) -> Iterator[str]:
        broken = sorted({each.clause.id for each in report.clauses if each.failures})
        yield f"{self.judged} exchanges judged, {self.departures} depart from the page" + (
            f": {', '.join(broken)}" if broken else ""
        )
        if self.judged and not self._shown:
            yield "nothing of the server was shown: any account may get such answers"
        if self.unjudged:
            yield f"{self.unjudged} exchanges could not be judged"
        if why := "; ".join(f"{_visible(each)} ({count})" for each, count in self.unsettled.most_common(_MOST_TOLD)):
            yield f"so nothing was shown of them, nor when they were asked again: {why}"
        if self.blinded:
            yield f"{self.blinded} connections could not be read to their end"
        if self._writer is not None and not self.problem:
            yield f"{self.recorded} recorded in {self._writer.folder}" if self.recorded else "nothing was recorded"

    def exit_code(self, report: Report) -> int:
        """The exit code that all of it stands for: what wasn't judged is never taken for conforming."""
        if self.problem:
            return SuiteError.exit_code
        if report.verdict is Verdict.VIOLATES:
            return exit_code(report)
        return 0 if self._shown and not self.unsettled and not self.blinded else _NOT_ALL_WAS_JUDGED


_NOT_ALL_WAS_JUDGED = 5


# --- In words ----------------------------------------------------------------------------------------------


def _lines(action: str, heard: ObservedExchange, opinion: Opinion) -> Iterator[str]:
    """What is said of an exchange, in lines."""
    unanswered = not isinstance(heard.answer, HttpResponse)
    mark = "–" if opinion.unjudged or unanswered else "✗" if opinion.failures else "✓"
    yield f"{mark} {action} {_visible(_said(heard.http))} → {_visible(_came(heard.answer))}"
    if opinion.unjudged:
        yield f"    not judged: {_visible(opinion.unjudged)}"
    for each in opinion.failures:
        yield from _departure(each)


def _said(http: HttpRequest) -> str:
    request = decoded(http)
    return json.dumps(request.plain, ensure_ascii=False) if request is not None else "a body that can't be read"


def _came(answer: Answer) -> str:
    if not isinstance(answer, HttpResponse):
        return f"no answer: {answer}"
    parsed = envelope(decompressed(answer))
    return parsed.code or parsed.problem or "accepted"


def _departure(failure: Failure) -> Iterator[str]:
    yield f"    {failure.clause}: {failure.kind.about}"
    yield from (f"      allowed  {visible(line)}" for line in failure.expected)
    yield f"      came     {_visible(failure.observed)}"


def _visible(text: str) -> str:
    """What a terminal neither obeys nor drowns in."""
    shown = visible(text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown}…"
