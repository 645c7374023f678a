"""What goes on between somebody else's client and a server: judged as it passes, and recorded if asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.carried import Secrets
from conformance.cassettes.certificates import provenance_of_now
from conformance.cassettes.provenance import Provenance
from conformance.cassettes.writer import Writer, free_folder
from conformance.contract import ACTION
from conformance.errors import SuiteError
from conformance.gateway import common_parameter
from conformance.learning import group_of, read
from conformance.messages import Answer, HttpRequest, HttpResponse
from conformance.report.model import Report, report_of
from conformance.results import Failure
from conformance.run import Run
from conformance.session import Session
from conformance.settings import Settings, credentials_of_environment
from conformance.siblings import SIBLINGS
from conformance.signing import Credentials
from conformance.targets.http import HttpTarget
from conformance.wire import Sender, envelope

__all__ = ["Observer"]

_LONGEST = 160
# No id has it: of the groups that aren't seen being created, any may be somebody's.
_NOBODY = "\0"


@dataclass(slots=True)
class Observer:
    """Judges exchanges that others make.

    Attributes:
        session: the run that judges, and its recording.
        say: called with each line for the user.
        credentials: the pair that the environment names; whoever signs with it has their signatures verified.
        certificates: tells those with which the server proved its name.
        judged: how many exchanges were judged.
        departures: how many of them depart from the page.
        problem: why recording ended; empty where it didn't.
    """

    session: Session
    upstream: str
    say: Callable[[str], None]
    credentials: Credentials | None = None
    certificates: Callable[[], tuple[bytes, ...]] = tuple
    judged: int = 0
    departures: int = 0
    problem: str = ""
    _writer: Writer | None = None
    _region: str = field(default="")

    @classmethod
    def of(cls, upstream: str, record_to: str | None, say: Callable[[str], None]) -> Observer:
        """An observer of a server's traffic, that records into a folder if one is named.

        Raises:
            UsageError: the environment names half a key pair, or the folder isn't free.
        """
        pair = credentials_of_environment()
        target = HttpTarget(upstream, Sender(upstream, "", Credentials("", "")), timeout=1)
        run = Run.against(target)
        run.world.salt = _NOBODY
        secrets = pair.texts if pair is not None else []
        run.secrets = Secrets.of(secrets)
        observer = cls(Session(run), upstream, lambda line: say(run.secrets.mask(line)), pair)
        if record_to is not None:
            observer._writer = Writer(free_folder(Path(record_to)), observer._provenance, secrets)
        return observer

    def _provenance(self) -> Provenance:
        return provenance_of_now(self.upstream, self.certificates(), self._region, "", "traffic of others")

    def exchange(self, http: HttpRequest, answer: Answer) -> None:
        """Judge an exchange, tell of it, and record it; what is neither CreateGroup nor a sister action is left out."""
        request, at = read(http), time.time()
        action = common_parameter(http, "Action") or ""
        if action not in {ACTION, *SIBLINGS}:
            return
        self.session.run.secrets.learn(http)
        self._region = self._region or common_parameter(http, "Region") or ""
        failures = self.session.run.overhear(http, answer, at, self._sender_of(http))
        self.session.run.results.note(f"interaction {self.session.run.results.requests}", failures)
        self.judged += 1
        self.departures += bool(failures)
        said = json.dumps(request.plain, ensure_ascii=False) if request is not None else "a body that can't be read"
        self.say(f"{'✗' if failures else '✓'} {action} {_visible(said)} → {_visible(_came(answer))}")
        for each in failures:
            for line in _told(each):
                self.say(line)
        if self._writer is not None and not self.problem:
            group = group_of(request)
            try:
                self._writer.write(http, answer, at, None, group.group_id if group is not None else None)
            except SuiteError as error:
                self.problem = str(error)
                self.say(f"! {error}")

    def _sender_of(self, http: HttpRequest) -> Sender | None:
        """Whose key signed a request, if it is that of the environment."""
        signed = " ".join(value for name, value in http.headers if name.lower() == "authorization") + http.query
        signed += http.body.decode("latin-1") if len(http.body) < 1_000_000 else ""
        if self.credentials is None or self.credentials.secret_id not in signed:
            return None
        region = common_parameter(http, "Region") or ""
        return Sender(self.upstream, region, self.credentials)

    def end(self) -> Report:
        """End the recording; the report of all that was seen."""
        if self._writer is not None and not self.problem:
            try:
                self._writer.finish(" or ".join(sorted(self.session.run.ledger.possible["account-age"])))
            except SuiteError as error:
                self.problem = str(error)
                self.say(f"! {error}")
        report = report_of(self.session, Settings(target=self.upstream))
        self.session.run.target.close()
        return report

    def summary(self, report: Report) -> Iterator[str]:
        """What was seen in all, in lines of text."""
        broken = sorted({each.clause.id for each in report.clauses if each.failures})
        yield f"{self.judged} exchanges judged, {self.departures} depart from the page" + (
            f": {', '.join(broken)}" if broken else ""
        )
        if self._writer is not None and not self.problem:
            yield f"{self._writer.written} recorded in {self._writer.folder}"


def _came(answer: Answer) -> str:
    if not isinstance(answer, HttpResponse):
        return f"no answer: {answer}"
    parsed = envelope(answer)
    return parsed.code or parsed.problem or "accepted"


def _told(failure: Failure) -> Iterator[str]:
    yield f"    {failure.clause}: {failure.kind}"
    yield from (f"      allowed  {line}" for line in failure.expected)
    yield f"      came     {_visible(failure.observed)}"


def _visible(text: str) -> str:
    """What a terminal neither obeys nor drowns in."""
    shown = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown}…"
