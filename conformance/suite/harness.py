"""The run behind the suite's tests: opened when it is first needed, played part by part, ended after the last test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NoReturn

import pytest

from conformance.base.environment import secrets_of_environment
from conformance.base.errors import SuiteError
from conformance.base.words import shown, visible
from conformance.contract import CLAUSE
from conformance.contract.rules import AnswerRule
from conformance.judging.results import Failure
from conformance.privacy.secrets import Secrets
from conformance.report.words import delivery
from conformance.report.words import sent as sent_in_words
from conformance.runs.bearing import Bearing, bearing_of
from conformance.runs.options import PYTEST_PREFIX, as_spelled
from conformance.runs.settings import Settings

if TYPE_CHECKING:
    from conformance.report.ending import Ending
    from conformance.runs.conduct import Part
    from conformance.runs.session import Session

__all__ = ["ConformanceError", "Harness"]


class ConformanceError(AssertionError):
    """The target departs from the page."""


class Harness:
    """One run under pytest.

    Attributes:
        settings: what was asked for.
        interrupted: whether pytest was told to stop.
    """

    def __init__(self, settings: Settings, files: Mapping[str, str]) -> None:
        """Prepare a run; `files` has the file of each format of reports that is asked for."""
        self.settings = settings
        self.interrupted = False
        self._files = files
        self._session: Session | None = None
        self._parts: tuple[Part, ...] | None = None
        self._failed: SuiteError | None = None
        self._broken = ""

    # --- What there is to play ---------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The run with all that belongs to it, opened once; pytest ends where it can't be."""
        if self._session is None:
            from conformance.runs.session import open_session

            if self.settings.is_live and self.settings.cassette is None and not self.settings.consent:
                pytest.exit(
                    f"a live run sends requests to a real account and creates groups there: agree with "
                    f"--{PYTEST_PREFIX}yes (`iai-conformance run --target live --dry-run` shows the plan)",
                    returncode=4,
                )
            try:
                self._session = open_session(self.settings)
            except SuiteError as error:
                pytest.exit(visible(as_spelled(str(error), PYTEST_PREFIX)), returncode=error.exit_code)
        return self._session

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the run plays, in order; found out once."""
        if self._parts is None:
            from conformance.runs.conduct import parts_of

            recording = self.session.recording if self.settings.cassette is not None else None
            self._parts = tuple(parts_of(self.settings, recording))
        return self._parts

    @property
    def is_open(self) -> bool:
        """Whether there is a run."""
        return self._session is not None

    @property
    def secrets(self) -> Secrets:
        """What nobody may see: what the run sent, and what the environment has."""
        if self._session is not None:
            return self._session.run.secrets
        return Secrets.of(secrets_of_environment())

    # --- Playing -----------------------------------------------------------------------------------------

    def check(self, part: Part) -> None:
        """Play a part; fail if an answer departs from the page, skip if it couldn't be tried."""
        __tracebackhide__ = True
        from conformance.runs.conduct import play

        try:
            played = play(part, self.session.run, self.settings)
        except SuiteError as error:
            self._failed = error
            pytest.exit(visible(str(error)), returncode=error.exit_code)
        except Exception as error:
            self._stop(error)
        self._fail_for(each for each in played.failures if not self._has_a_test(each.clause))
        if played.untried:
            pytest.skip(visible(played.untried))

    def check_answers(self, clause: str) -> None:
        """Fail if an answer of the run broke a clause on answers as such, whatever was asked."""
        __tracebackhide__ = True
        results = self.session.run.results
        self._fail_for(failures[0] for (id_, _), failures in results.failures.items() if id_ == clause)
        if not results.tallies[clause].judged:
            pytest.skip("no answer showed it")

    def _has_a_test(self, clause: str) -> bool:
        """Whether a clause on answers has a test of its own, which the plugin collects where it is asked for."""
        return isinstance(CLAUSE[clause].rule, AnswerRule) and self.settings.selects(clause)

    def _stop(self, error: Exception) -> NoReturn:
        from conformance.report.ending import internal_error

        self._broken = internal_error(error, self.secrets)
        pytest.exit("an internal error", returncode=SuiteError.exit_code)

    def _fail_for(self, failures: Iterable[Failure]) -> None:
        """Fail for those failures that decide the verdict; as expected where all of them are, or are findings."""
        __tracebackhide__ = True
        bearings = [(each, bearing_of(each.clause, each.kind, self.settings)) for each in failures]
        found = [each for each, bearing in bearings if bearing is not Bearing.SKIPPED]
        if not found:
            return
        if all(bearing is not Bearing.DECIDES for _, bearing in bearings):
            pytest.xfail("; ".join(sorted({each.clause for each in found})))
        secrets = self.session.run.secrets
        for each in found:
            secrets.learn(*each.bodies)
        raise ConformanceError(shown(secrets.mask("\n\n".join(map(_text, found)))))

    # --- The end -----------------------------------------------------------------------------------------

    def close(self, stopped: str) -> None:
        """After the last test: shrink what failed, end the recording, clean up.

        Args:
            stopped: why pytest stopped before; empty where it didn't.
        """
        from conformance.runs.conduct import finish

        ended = stopped or ("it was interrupted" if self.interrupted or self._broken else "finished")
        if self._failed is not None:
            ended = str(self._failed)
        session = self.session
        try:
            if ended == "finished":
                finish(session, self.settings)
        finally:
            session.close("the target stopped answering" if session.run.lost else ended)

    def ending(self) -> Ending | None:
        """How the run ended; None where there was none."""
        if self._session is None:
            return None
        from conformance.report.ending import ending_of

        return ending_of(
            self._session,
            self.settings,
            self._files,
            interrupted=self.interrupted and not self._broken,
            broken=self._broken,
            failed=self._failed,
        )


def _text(failure: Failure) -> str:
    requests = "; ".join(f"{sent_in_words(each)} {delivery(each)}".strip() for each in failure.sent)
    expected = "\n          ".join(map(visible, failure.expected))
    sent, came = visible(requests), visible(failure.observed)
    if (staged := failure.staged) is not None:
        served = "; then ".join(staged.played) or "as it should be"
        came += f"\nserved    {visible(served)}\nagain     {visible(staged.again)}"
    return f"{failure.clause}: {failure.kind.about}\nsent      {sent}\nexpected  {expected}\ncame      {came}"
