"""The pytest plugin: options, the `run` fixture, the order of the suite, and the report at the end. No logic.

pytest -p conformance.plugin --pyargs conformance.suite --target http://127.0.0.1:8080
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.base.errors import SuiteError
from conformance.base.files import why, write_text

if TYPE_CHECKING:
    from conformance.exchange.cases import Case
    from conformance.report.model import Report
    from conformance.runs.run import Run
    from conformance.runs.session import Session
    from conformance.runs.settings import Settings

_SUITE = "conformance.suite."
_SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
_REPORT: pytest.StashKey[Report] = pytest.StashKey()
_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_CASES: pytest.StashKey[tuple[Case, ...]] = pytest.StashKey()
_WATCHER: pytest.StashKey[_Watcher] = pytest.StashKey()

# A round of `deep` sends at least so many.
_DEEP_REQUESTS = 20_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; the command line passes them on as they are."""
    group = parser.getgroup("iai-conformance", "conformance of a CreateGroup implementation")
    group.addoption("--target", help="embedded (default), live, cassette:PATH, or the URL of a server")
    group.addoption("--profile", help="smoke (default for live), standard (default) or deep")
    group.addoption("--seed", type=int, help="seed of the exploration (default 0)")
    group.addoption("--max-requests", type=int, metavar="N", help="a hard bound on requests")
    group.addoption("--max-groups", type=int, metavar="N", help="a hard bound on groups that are created")
    group.addoption("--rate", type=float, metavar="N", help="requests a second (default: 10 live, else unbounded)")
    group.addoption("--region", help="the value of Region (default: TENCENTCLOUD_REGION, or ap-guangzhou)")
    group.addoption("--endpoint", metavar="HOST", help="another host of the service, for the target live")
    group.addoption("--yes", action="store_true", default=None, help="agree to a live run")
    group.addoption("--to", metavar="DIR", help="record into this folder, as --record-mode says; without it, judge it")
    group.addoption("--max-age", type=float, metavar="DAYS", help="refuse a recording that is older")
    group.addoption("--level", action="append", metavar="LEVEL", help="what to look at: parameters, envelope, …")
    group.addoption("--only", action="append", metavar="GLOB", help="clauses to judge")
    group.addoption("--skip", action="append", metavar="GLOB", help="clauses to leave out")
    group.addoption("--expected-failures", metavar="FILE", help="clauses known to fail: `GLOB  # reason`, a line each")
    group.addoption("--fault", action="append", metavar="NAME", help="a fault of the embedded emulator")
    group.addoption("--reading", action="append", metavar="ID=VALUE", help="a reading of the embedded emulator")
    group.addoption("--timeout-seconds", type=float, metavar="S", help="seconds to wait for an answer (default 10)")
    group.addoption("--json", metavar="FILE", help="write the report as JSON")
    group.addoption("--html", metavar="FILE", help="still to come")


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; a mistake among them ends pytest with exit code 4."""
    from conformance.base.errors import UsageError
    from conformance.runs.settings import Settings

    if getattr(config.option, "numprocesses", None) and _may_reach_the_suite(config):
        raise pytest.UsageError("the suite is one conversation with one account: run it without -n")
    try:
        config.stash[_SETTINGS] = Settings.of_options(config.option)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_WATCHER] = _Watcher()
    config.pluginmanager.register(config.stash[_WATCHER])
    if config.getoption("disable_recording", default=False):
        config.stash[_SETTINGS] = replace(config.stash[_SETTINGS], record_to=None)
    _check_recording(config.stash[_SETTINGS])


def _check_recording(settings: Settings) -> None:
    """Refuse what can't be meant: a recording that isn't there, one that would be added to."""
    if settings.record_mode == "new_episodes" and settings.was_recorded:
        raise pytest.UsageError(
            f"--record-mode new_episodes --to {settings.record_to}: a recording isn't added to, for it shows one "
            "account from its beginning to its end; say rewrite, or name another folder"
        )
    if settings.record_to is not None and settings.record_mode == "none" and not settings.was_recorded:
        raise pytest.UsageError(
            f"--to {settings.record_to}: there is no recording to judge; say --record-mode once to make one"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Open the recording that is judged: its cases are what is collected; one that is refused ends pytest."""
    if session.config.stash[_SETTINGS].cassette is not None:
        _session(session.config)


def _may_reach_the_suite(config: pytest.Config) -> bool:
    """Whether the suite is, or is a part of, what pytest was told to run."""
    suite = Path(__file__).resolve().with_name("suite")
    for word in config.args:
        named = word.partition("::")[0]
        place = (config.invocation_params.dir / named).resolve()
        by_name = config.option.pyargs and named.partition(".")[0] == __package__
        if by_name or suite.is_relative_to(place) or place.is_relative_to(suite):
            return True
    return False


# --- Collection ----------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test of the suite the cases of its chapter, or the properties, or the clauses."""
    if not metafunc.module.__name__.startswith(_SUITE):
        return
    settings = metafunc.config.stash[_SETTINGS]
    # The first case, a plain request, is always sent: it shows whether anybody is let in.
    if "case" in metafunc.fixturenames:
        from conformance.runs.smoke import chapter

        here = metafunc.module.__name__.removeprefix(f"{_SUITE}test_")
        cases = [
            pytest.param(case, place, id=f"{case.clause}-{case.id}")
            for place, case in enumerate(_cases(metafunc.config))
            if chapter(case) == here and (place == 0 or settings.aims_at(case.clause))
        ]
        metafunc.parametrize(("case", "place"), cases)
    if "interaction" in metafunc.fixturenames:
        from conformance.runs.selection import traffic_of

        recording = _session(metafunc.config).recording if settings.cassette is not None else None
        traffic = traffic_of(recording) if recording is not None else ()
        metafunc.parametrize("interaction", [pytest.param(each, id=f"{each.number}") for each in traffic])
    if "property_" in metafunc.fixturenames:
        metafunc.parametrize(("property_", "round_"), list(_explorations(settings)))
    if "answer_clause" in metafunc.fixturenames:
        from conformance.contract import clauses_of

        ids = [each.id for each in clauses_of("Response") if settings.selects(each.id)]
        metafunc.parametrize("answer_clause", ids)


def _cases(config: pytest.Config) -> tuple[Case, ...]:
    """The cases of the run, those first that are sent first; found out once."""
    if config.stash.get(_CASES, None) is None:
        from conformance.runs.selection import cases_of

        settings = config.stash[_SETTINGS]
        recording = _session(config).recording if settings.cassette is not None else None
        config.stash[_CASES] = cases_of(settings, recording)
    return config.stash[_CASES]


def _session(config: pytest.Config) -> Session:
    """The run with all that belongs to it, opened once; pytest ends where it can't be."""
    if config.stash.get(_SESSION, None) is None:
        from conformance.base.errors import SuiteError
        from conformance.runs.session import open_session

        try:
            config.stash[_SESSION] = open_session(config.stash[_SETTINGS])
        except SuiteError as error:
            pytest.exit(str(error), returncode=error.exit_code)
    return config.stash[_SESSION]


def _explorations(settings: Settings) -> Iterator[Any]:
    """Each property that the settings aim at; in the profile `deep`, as often as the budget of requests is for."""
    if settings.profile == "smoke" or settings.cassette is not None:
        return
    from conformance.runs.exploration import PROPERTIES

    rounds = 1
    if settings.profile == "deep" and settings.max_requests is not None:
        rounds += settings.max_requests // _DEEP_REQUESTS
    for round_ in range(rounds):
        for each in PROPERTIES:
            if settings.aims_at(each.clause):
                yield pytest.param(each, round_, id=f"{each.clause}-{each.about.replace(' ', '-')}-{round_}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the suite's tests in its own order: the most telling case first, whatever else orders tests."""
    ours = [item for item in items if _is_ours(item) and not _is_empty(item)]
    others = [item for item in items if not _is_ours(item)]
    items[:] = sorted(ours, key=_place) + others


def _is_ours(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    return module is not None and module.__name__.startswith(_SUITE)


def _parameters(item: pytest.Item) -> Mapping[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _is_empty(item: pytest.Item) -> bool:
    """Whether a test stands for no case at all: pytest makes one where nothing was selected for a module."""
    return any(type(value).__name__ == "NotSetType" for value in _parameters(item).values())


def _place(item: pytest.Item) -> tuple[int, int]:
    place = _parameters(item).get("place")
    if isinstance(place, int):
        return 0, place
    round_ = _parameters(item).get("round_")
    return (1, round_) if isinstance(round_, int) else (2, 0)


# --- The run -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator[Run]:
    """The run against the target that the options name; when it is over, what it created is deleted, if it is live."""
    from conformance.report.progress import Progress
    from conformance.runs.shrink import shrink_failures

    settings = pytestconfig.stash[_SETTINGS]
    if settings.is_live and settings.cassette is None and not settings.consent:
        pytest.exit(
            "a live run sends requests to a real account and creates groups there: agree with --yes "
            "(`iai-conformance run --target live --dry-run` shows the plan)",
            returncode=4,
        )
    session = _session(pytestconfig)
    current = session.run
    with Progress(current) as progress:
        current.on_request = progress.tick
        try:
            yield current
            if settings.profile != "smoke" and session.recording is None:
                shrink_failures(current)
        finally:
            session.close(_why_ended(current, pytestconfig))


def _why_ended(run: Run, config: pytest.Config) -> str:
    """What its recording says of how the run ended."""
    watcher = config.stash[_WATCHER]
    if run.lost:
        return "the target stopped answering"
    return watcher.why_stopped or ("finished" if watcher.is_over else "it was interrupted")


class _Watcher:
    """Remembers why pytest stopped, for whoever ends the run.

    Attributes:
        why_stopped: in words; empty where it didn't.
        broken: the traceback of something of ours that broke; empty where nothing did.
        is_over: whether the last test of the suite has been run.
    """

    def __init__(self) -> None:
        self.why_stopped = ""
        self.broken = ""
        self.is_over = False

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        """A test has begun, been run, or ended."""
        ours = [each for each in (item.session.items[-1:] if call.when == "call" else ()) if each is item]
        self.is_over = self.is_over or bool(ours)

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any], report: pytest.TestReport
    ) -> None:
        """Something of ours broke, which is no departure of the target's: nothing is sent any more."""
        from conformance.suite.checking import ConformanceError

        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(node, pytest.Item) and _is_ours(node) and not isinstance(error, ConformanceError):
            self.broken = self.broken or str(report.longrepr)
            node.session.shouldstop = "an internal error"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """It was interrupted, or told to stop."""
        self.why_stopped = getattr(excinfo.value, "msg", "") or "it was interrupted"


def examples_per_weight(config: pytest.Config) -> int:
    """How many examples the profile explores for each unit of a property's weight."""
    return config.stash[_SETTINGS].examples


def settings_of(config: pytest.Config) -> Settings:
    """What the run was asked for."""
    return config.stash[_SETTINGS]


# --- Tests of others -----------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_recording_configure(vcr: Any) -> None:
    """Scrub, seal and match exactly what anybody's tests record that are marked `vcr`."""
    from conformance.recording.vcrpy import register

    register(vcr)


# --- The end -------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Write the report, print it where pytest's own terminal doesn't, and set the exit code."""
    config = session.config
    problems = []
    try:
        yield
    except OSError as error:
        junit = getattr(config.option, "xmlpath", None)
        if junit is None:
            raise
        problems.append(f"--junit {junit}: it can't be written ({why(error)})")
    session_ = config.stash.get(_SESSION, None)
    if broken := config.stash[_WATCHER].broken:
        sys.stderr.write(f"iai-conformance: internal error, please report it:\n{broken}\n")
        session.exitstatus = SuiteError.exit_code
    if session_ is None:
        return
    if exitstatus in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR} or exitstatus == 3:
        _tell_end(session_)
        return
    from conformance.report.model import exit_code, report_of

    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    report = config.stash[_REPORT] = report_of(session_, config.stash[_SETTINGS], interrupted=interrupted)
    code = exit_code(report)
    if config.option.json is not None:
        try:
            write_text("--json", config.option.json, f"{json.dumps(report.to_json(), ensure_ascii=True, indent=1)}\n")
        except SuiteError as error:
            problems.append(str(error))
    for each in (*session_.said, *problems):
        _tell(each)
    if problems or session_.said:
        code = SuiteError.exit_code
    others_failed = exitstatus == pytest.ExitCode.TESTS_FAILED and code != 1
    if not broken and not interrupted and not (others_failed and _has_other_tests(session)):
        session.exitstatus = code
    if not config.pluginmanager.hasplugin("terminalreporter"):
        from conformance.report.terminal import console, print_report

        print_report(report, console())


def _tell(what: str) -> None:
    sys.stderr.write(f"iai-conformance: {what}\n")


def _tell_end(session: Session) -> None:
    """What there is to know of a run without a report: what went wrong at its end, and what it left."""
    for each in session.said:
        _tell(each)
    groups = session.groups
    if groups is not None and groups.created:
        hint = "; `iai-conformance cleanup --target live` looks for them again" if groups.left else ""
        _tell(f"{groups.created} groups were created, {groups.deleted} deleted, {len(groups.left)} left{hint}")


def _has_other_tests(session: pytest.Session) -> bool:
    return any(not _is_ours(item) for item in getattr(session, "items", ()))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the report after pytest's own."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        from conformance.report.terminal import console, print_report

        terminalreporter.section("conformance")
        print_report(report, console())
