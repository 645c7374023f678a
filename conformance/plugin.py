"""The pytest plugin: the suite's options, its tests' parameters and order, the report at the end. Hooks alone.

pytest -p conformance.plugin --pyargs conformance.suite --iai-target http://127.0.0.1:8080
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.base.errors import UsageError
from conformance.base.words import visible
from conformance.report.formats import FORMATS, check_files
from conformance.runs.options import OPTIONS, PYTEST_PREFIX, add_options, as_spelled
from conformance.suite.harness import Harness
from conformance.suite.masking import mask_report, mask_shown

if TYPE_CHECKING:
    from conformance.report.model import Report
    from conformance.report.progress import Progress
    from conformance.runs.run import Run

_SUITE = "conformance.suite."
_HARNESS: pytest.StashKey[Harness] = pytest.StashKey()
_REPORT: pytest.StashKey[Report] = pytest.StashKey()
_RUNNING: pytest.StashKey[pytest.Item] = pytest.StashKey()
# What asks for sealed cassettes: the ini option of a project, the marker of a test. Nobody else's tests are touched.
_SEALING_PROJECT, _SEALING_TEST = "iai_cassettes", "iai_cassette"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run, as the command line has them, each behind a prefix that no other plugin uses."""
    group = parser.getgroup("iai-conformance", "conformance of a CreateGroup implementation")
    add_options(group.addoption, (*OPTIONS, *FORMATS), PYTEST_PREFIX)
    parser.addini(_SEALING_PROJECT, "seal and scrub what every test marked `vcr` records", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; a mistake among them ends pytest with exit code 4."""
    from conformance.runs.settings import Settings

    config.addinivalue_line("markers", f"{_SEALING_TEST}: beside `vcr`: seal and scrub what the test records.")
    if getattr(config.option, "numprocesses", None) and _may_reach_the_suite(config):
        raise pytest.UsageError("the suite is one conversation with one account: run it without -n")
    try:
        files = check_files(config.option, PYTEST_PREFIX)
        settings = Settings.of_options(config.option, prefix=PYTEST_PREFIX)
        if config.getoption("disable_recording", default=False):
            settings = replace(settings, record_to=None)
    except UsageError as error:
        raise pytest.UsageError(visible(as_spelled(str(error), PYTEST_PREFIX))) from error
    harness = config.stash[_HARNESS] = Harness(settings, files)
    config.pluginmanager.register(_Interruptions(config, harness))


def _may_reach_the_suite(config: pytest.Config) -> bool:
    """Whether the suite is, or is a part of, what pytest was told to run."""
    suite = Path(__file__).resolve().with_name("suite")
    for word in config.args:
        named = word.partition("::")[0]
        place = (config.invocation_params.dir / named).resolve()
        by_name = config.option.pyargs and named.partition(".")[0] == __package__
        if by_name or place.is_relative_to(suite):
            return True
        # Nobody means to run what lies installed somewhere below a folder, as in the project's own virtual environment.
        if suite.is_relative_to(place) and "site-packages" not in suite.relative_to(place).parts:
            return True
    return False


def pytest_report_header(config: pytest.Config) -> str | None:
    """Tell of a package of the user's own that can't be imported beside this one: there is one `conformance`."""
    for folder in (config.invocation_params.dir, config.rootpath):
        theirs = folder / __package__
        if (theirs / "__init__.py").is_file() and theirs.resolve() != Path(__file__).resolve().parent:
            return f"iai-conformance: `import conformance` is the suite's in this run, not {theirs}"
    return None


# --- Collection ----------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Open the recording that is judged: its cases are what is collected; one that is refused ends pytest."""
    harness = session.config.stash[_HARNESS]
    if harness.settings.cassette is not None:
        _ = harness.session


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the suite's tests the parts of the run, and the clauses on answers."""
    if not metafunc.module.__name__.startswith(_SUITE):
        return
    harness = metafunc.config.stash[_HARNESS]
    if "iai_part" in metafunc.fixturenames:
        parts = [pytest.param(each, id=each.id) for each in harness.parts]
        metafunc.parametrize("iai_part", parts)
    if "iai_answer_clause" in metafunc.fixturenames:
        from conformance.contract import clauses_of

        of_answers = () if harness.settings.is_client else clauses_of("Response")
        ids = [each.id for each in of_answers if harness.settings.selects(each.id)]
        metafunc.parametrize("iai_answer_clause", ids)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Put the suite's tests in the run's own order, whatever else orders tests; before everybody else's."""
    ours = [item for item in items if _is_ours(item) and not _is_empty(item)]
    others = [item for item in items if not _is_ours(item)]
    order = {id(each): index for index, each in enumerate(config.stash[_HARNESS].parts)} if ours else {}
    items[:] = sorted(ours, key=lambda item: order.get(id(_parameters(item).get("iai_part")), len(order))) + others


def _is_ours(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    return module is not None and module.__name__.startswith(_SUITE)


def _parameters(item: pytest.Item) -> Mapping[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _is_empty(item: pytest.Item) -> bool:
    """Whether a test stands for nothing at all: pytest makes one where nothing was selected."""
    return any(type(value).__name__ == "NotSetType" for value in _parameters(item).values())


# --- The run -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def iai_harness(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The run behind the suite's tests; when it is over, what it created is deleted, if it is live."""
    from conformance.report.progress import Progress
    from conformance.runs.forecast import Forecast

    harness = request.config.stash[_HARNESS]
    run = harness.session.run
    with Progress(run) as progress:
        run.on_request = progress.tick
        run.on_part = Forecast(run, harness.settings, _teller(request.config, progress)).look
        yield harness
        stopped = request.session.shouldfail or request.session.shouldstop
        harness.close(str(stopped) if stopped else "")


def _teller(config: pytest.Config, progress: Progress) -> Callable[[str], None]:
    """What tells something of the run while it goes on, past pytest's capture."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled() if capture is not None else contextlib.nullcontext():
            progress.say(as_spelled(line, PYTEST_PREFIX))

    return say


@pytest.fixture(scope="session")
def iai_run(iai_harness: Harness) -> Run:
    """The run against the target that the options name: sends cases, and judges what comes."""
    return iai_harness.session.run


class _Interruptions:
    """Tells the harness that pytest was interrupted; the hooks aren't told of which configuration it is."""

    def __init__(self, config: pytest.Config, harness: Harness) -> None:
        self._config, self._harness = config, harness

    @pytest.hookimpl(trylast=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """It was interrupted, or told to stop by whoever has said why."""
        self._harness.interrupted = not isinstance(excinfo.value, pytest.exit.Exception)
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if self._harness.is_open:
            # What `--full-trace` prints of every frame's arguments.
            mask_shown(getattr(terminal, "_keyboardinterrupt_memo", None), self._harness.secrets)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object) -> None:
        """What is printed of an error of pytest, or of a plugin."""
        if self._harness.is_open:
            mask_shown(excrepr, self._harness.secrets)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mask what is shown of the suite's tests, and of those that ask for sealed cassettes; of no other."""
    report = yield
    if _is_ours(item) or _is_sealed(item):
        mask_report(report, item.config.stash[_HARNESS].secrets)
    return report


# --- Tests of others -----------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note which test runs; one that asks for a sealed cassette must get it."""
    item.config.stash[_RUNNING] = item
    if item.get_closest_marker(_SEALING_TEST) and not item.config.pluginmanager.hasplugin("recording"):
        pytest.fail(
            f"the marker {_SEALING_TEST} needs pytest-recording, which isn't active; elsewhere "
            "`conformance.recording.vcrpy.register(vcr)` has a VCR of one's own seal what it records",
            pytrace=False,
        )


@pytest.hookimpl(optionalhook=True)
def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """Scrub, seal and match exactly what is recorded by a test that asks for it."""
    if _is_sealed(config.stash[_RUNNING]):
        from conformance.recording.vcrpy import register

        register(vcr)


def _is_sealed(item: pytest.Item) -> bool:
    """Whether a test, or its project, asks for sealed cassettes."""
    return bool(item.config.getini(_SEALING_PROJECT)) or item.get_closest_marker(_SEALING_TEST) is not None


# --- The end -------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Write the report, print it where pytest's own terminal doesn't, and set the exit code."""
    yield
    config = session.config
    ending = config.stash[_HARNESS].ending()
    if ending is None:
        return
    for each in ending.said:
        sys.stderr.write(f"iai-conformance: {visible(each)}\n")
    others_failed = exitstatus == pytest.ExitCode.TESTS_FAILED and ending.code != 1
    of_others = others_failed and any(not _is_ours(item) for item in getattr(session, "items", ()))
    # What went wrong in pytest itself, or in a fixture of somebody's, is no conformance.
    hidden = ending.code == 0 and exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    if not of_others and not hidden:
        session.exitstatus = ending.code
    if ending.report is not None:
        config.stash[_REPORT] = ending.report
        if not config.pluginmanager.hasplugin("terminalreporter"):
            _print(ending.report)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the report after pytest's own."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        terminalreporter.section("conformance")
        _print(report)


def _print(report: Report) -> None:
    from conformance.report.terminal import console, print_report

    print_report(report, console())
