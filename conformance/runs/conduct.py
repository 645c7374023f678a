"""The suite as a callable: everything that settings ask for, sent to one target, judged, and ended in order.

What is sent comes in *parts*: a case, a round of exploration, something that others sent and was recorded. The command
line plays them in a loop; the pytest plugin makes a test of each; either way the same parts come in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from conformance.base.errors import BudgetSpentError, NotRecordedError, SuiteError, UnsupportedError
from conformance.contract import CLAUSE, PARAMETERS
from conformance.contract.rules import Typed
from conformance.exchange.cases import Case
from conformance.exchange.salt import CERTAIN
from conformance.judging.results import Failure
from conformance.oracle.world import Presence
from conformance.recording.interaction import Interaction
from conformance.runs.run import Run
from conformance.runs.selection import cases_of, traffic_of
from conformance.runs.session import Session, open_session
from conformance.runs.settings import CASSETTE, Settings
from conformance.runs.shrink import shrink_failures
from conformance.runs.taking_apart import as_served, planned
from conformance.runs.ways import PROBES, Way, Ways, probed_for
from conformance.strategies.draws import drawing
from conformance.strategies.seeded import opening, seeded
from conformance.strategies.sequences import given_again

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.recording.reader import Recording
    from conformance.runs.exploration import Property

__all__ = [
    "CasePart",
    "ExplorationPart",
    "Part",
    "Played",
    "RevisitPart",
    "conduct",
    "finish",
    "judge_recording",
    "parts_of",
    "play",
]

# A round of `deep` sends at least so many.
_DEEP_REQUESTS = 20_000
# Far enough that no round of one seed is a round of another that anybody would choose.
_SEEDS_APART = 1_000_003
# So many of the groups that were created first are asked for again, and as many of the others.
_REVISITED = 6
_UNIQUE = ("GroupId.unique", "GroupName.unique")


class Part(Protocol):
    """Something to send, or to look at, that belongs together.

    Attributes:
        id: unique among the parts of a run, and the same in each run.
    """

    @property
    def id(self) -> str:
        """See above."""

    def play(self, run: Run, settings: Settings) -> list[Failure]:
        """Send it and judge what comes; the failures that it showed.

        Raises:
            BudgetSpentError: no request is left.
            NotRecordedError: the target is a recording that lacks it.
            SuiteError: the target can't be judged any further.
            UnsupportedError: the target doesn't serve the way by which it goes.
        """


@dataclass(frozen=True, slots=True)
class CasePart:
    """A case of the list, or of a recording."""

    case: Case
    before: int = 0

    @property
    def id(self) -> str:
        """Clause and case, and how often the case came before: a recording may have it twice."""
        return f"{self.case.clause}-{self.case.id}" + (f"-{self.before}" if self.before else "")

    def play(self, run: Run, _settings: Settings) -> list[Failure]:
        """Send its steps, in its context but for what fails by itself."""
        case = run.taking_apart.without_failing(as_served(self.case, run.ways))
        if (way := run.ways.barred(case)) is not None:
            raise UnsupportedError(run.ways.why(way))
        if case is not self.case and case.id in run.results.verdicts:  # it was sent
            run.results.verdicts.setdefault(planned(case).id, run.results.verdicts[case.id])
            return []
        before = run.results.groups_created
        try:
            failures = run.case(case)
        except NotRecordedError:
            run.results.not_recorded(case)
            raise
        for each in dict.fromkeys((case.id, planned(case).id)):
            run.results.note(each, failures)
        run.taking_apart.learn(case, failures, refused=run.results.groups_created == before)
        return failures


@dataclass(frozen=True, slots=True)
class TrafficPart:
    """An exchange of others that was recorded."""

    interaction: Interaction

    @property
    def id(self) -> str:
        """Its number."""
        return f"interaction-{self.interaction.number}"

    def play(self, run: Run, _settings: Settings) -> list[Failure]:
        """Judge it as it was given."""
        failures = list(run.traffic.judge(self.interaction.overheard).failures)
        run.results.note(f"interaction {self.interaction.number}", failures)
        return failures


@dataclass(frozen=True, slots=True)
class ExplorationPart:
    """A kind of request that Hypothesis draws, so many examples of it."""

    drawn: Property
    round: int

    @property
    def id(self) -> str:
        """Clause, kind and round."""
        return f"{self.drawn.clause}-{self.drawn.about.replace(' ', '-')}-{self.round}"

    def play(self, run: Run, settings: Settings) -> list[Failure]:
        """Draw, send, and shrink what departs."""
        from conformance.runs.exploration import explore

        before = run.results.failed.copy()
        seed = settings.seed + _SEEDS_APART * self.round
        explore(run, self.drawn, examples=settings.examples * self.drawn.weight, seed=seed)
        return [run.results.failures[key][0] for key in run.results.failed - before]


@dataclass(frozen=True, slots=True)
class RevisitPart:
    """Groups that were created long before: their ids and their names are asked for again, by others.

    Attributes:
        clause: on ids, or on names.
    """

    clause: str

    @property
    def id(self) -> str:
        """Its clause: there is one of each."""
        return f"{self.clause}-after-all-others"

    def play(self, run: Run, settings: Settings) -> list[Failure]:
        """Ask for those that were created first, and for some others, so far as they are surely there."""
        there = [each for each in run.world.groups.values() if run.world.presence(each.group_id) is Presence.THERE]
        drawn = drawing(settings.seed, self.clause)
        chosen = [*there[:_REVISITED], *drawn.sample(there[_REVISITED:], min(_REVISITED, len(there[_REVISITED:])))]
        texts = (each.text(CLAUSE[self.clause].parameter) for each in chosen)
        cases = [given_again(self.clause, text) for text in texts if text is not None and len(text) >= CERTAIN]
        return [failure for case in cases for failure in run.case(case)]


def parts_of(settings: Settings, recording: Recording | None = None) -> Iterator[Part]:
    """What a run plays, in order: its cases, what was recorded of others, then what it explores.

    Args:
        settings: what the run was asked for.
        recording: what is judged, where that is a recording.
    """
    if settings.is_client:
        from conformance.runs.clients import client_parts

        yield from client_parts(settings)
        return
    explores = recording is None and settings.profile != "smoke"
    explored = tuple(_explorations(settings)) if explores else ()
    before: Counter[str] = Counter()

    def part(case: Case) -> CasePart:
        before[case.id] += 1
        return CasePart(case, before[case.id] - 1)

    ways, seed = Ways((*settings.without, *_unasked(settings))), settings.seed
    first, last = [_aimed_at(each, settings, ways) for each in (opening(seed), seeded(seed))] if explores else [[], []]
    yield from map(part, first)
    yield from map(part, _asked_for(settings, cases_of(settings, recording), explored, [*first, *last]))
    if recording is not None:
        yield from map(TrafficPart, traffic_of(recording))
    yield from explored
    yield from map(part, last)
    if explores:
        yield from (RevisitPart(each) for each in _UNIQUE if settings.aims_at(each))


def _unasked(settings: Settings) -> set[Way]:
    """The ways that are none of what is asked for."""
    return {way for way, probe in PROBES.items() if not settings.aims_at(probe.clause)}


def _aimed_at(cases: Iterable[Case], settings: Settings, ways: Ways) -> list[Case]:
    # Nor that their server looks at no signatures.
    signed = settings.aims_at("Authentication.signature")
    cases = tuple(cases)
    aimed = {clause for clause in {each.clause for each in cases} if settings.aims_at(clause)}
    return [
        each
        for each in cases
        if each.clause in aimed and ways.barred(each) is None and (signed or not _is_signed_wrongly(each))
    ]


def _is_signed_wrongly(case: Case) -> bool:
    return any("other-key" in step.twists for step in case.steps)


def _asked_for(
    settings: Settings, cases: Sequence[Case], explored: Iterable[ExplorationPart], beside: Iterable[Case]
) -> Iterator[Case]:
    """The cases at which the settings aim, by no way that they leave out; and those that show by which ways these go.

    The first case, a plain request, is always sent: it shows whether anybody is let in. Whoever asks whether values of
    other types are refused is shown that those of the right one are taken.
    """
    # Nobody who asks for parameters alone is told that their server knows no forms.
    unasked, ways = Ways((*settings.without, *_unasked(settings))), Ways(settings.without)
    cases = [as_served(each, unasked) for each in cases]
    aimed = _aimed_at(cases, settings, ways)
    drawn = {way for each in explored for way in each.drawn.ways if way not in settings.without}
    chosen = {*(each.id for each in cases[:1]), *(each.id for each in aimed)}
    chosen |= {*probed_for([*aimed, *beside], drawn)}
    if any(isinstance(CLAUSE[each.clause].rule, Typed) for each in aimed):
        chosen |= {*[each.id for each in cases if _gives_everything(each)][:1]}
    return (each for each in cases if each.id in chosen and ways.barred(each) is None)


def _gives_everything(case: Case) -> bool:
    """Whether it is a plain request with every parameter."""
    (first, *rest) = case.steps
    return not rest and first.is_plain and {name for name, _ in first.request.parameters} == {*PARAMETERS}


def _explorations(settings: Settings) -> Iterator[ExplorationPart]:
    """Each property that the settings aim at; in the profile `deep`, as often as the budget of requests is for."""
    from conformance.runs.exploration import PROPERTIES

    rounds = 1
    if settings.profile == "deep" and settings.max_requests is not None:
        rounds += settings.max_requests // _DEEP_REQUESTS
    for round_ in range(rounds):
        for each in PROPERTIES:
            if settings.aims_at(each.clause):
                yield ExplorationPart(each, round_)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a part: the failures that it showed, or why it wasn't tried to its end."""

    failures: tuple[Failure, ...] = ()
    untried: str = ""


def play(part: Part, run: Run, settings: Settings) -> Played:
    """Play one part, as far as the run still can. Raises SuiteError where the target can't be judged any further."""
    run.on_part()
    if run.lost:
        return Played(untried="the target stopped answering")
    try:
        return Played(tuple(part.play(run, settings)))
    except BudgetSpentError as error:
        return Played(untried=str(error))
    except NotRecordedError:
        return Played(untried="not recorded")
    except UnsupportedError as error:
        return Played(untried=str(error))


def finish(session: Session, settings: Settings) -> None:
    """After the last part: look for smaller requests that show the same, where that is worth its requests."""
    if settings.profile != "smoke" and session.recording is None and not settings.is_client:
        shrink_failures(session.run)


def conduct(
    session: Session,
    settings: Settings,
    parts: Iterable[Part] | None = None,
    enough: Callable[[Run], bool] = lambda _run: False,
) -> None:
    """Play everything that the settings ask for, then end the session, whatever happens.

    What was found stands in `session.run.results`; how it ended, and what is left, in the session.

    Args:
        session: the run, ready to send.
        settings: what it was asked for.
        parts: what to play; None for all that the settings ask for.
        enough: asked after each part, whether the rest may be left.

    Raises:
        SuiteError: the target can't be judged, or not any further.
        KeyboardInterrupt: the run was interrupted; all is cleaned up.
    """
    ended = "it was interrupted"
    try:
        for part in parts_of(settings, session.recording) if parts is None else parts:
            play(part, session.run, settings)
            if enough(session.run):
                break
        finish(session, settings)
        ended = "finished"
    except SuiteError as error:
        ended = str(error)
        raise
    finally:
        session.close("the target stopped answering" if session.run.lost else ended)


def judge_recording(path: Path, *, max_age: float | None = None) -> Session:
    """The whole of a recording, judged with today's contract. Raises as `recording.reader.load`."""
    settings = Settings(target=f"{CASSETTE}{path}", profile="smoke", max_age=max_age)
    session = open_session(settings)
    conduct(session, settings)
    return session
