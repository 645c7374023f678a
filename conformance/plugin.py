"""The pytest plugin: options, the `run` fixture, the order of the suite, and the report at the end. No logic.

pytest -p conformance.plugin --pyargs conformance.suite --target http://127.0.0.1:8080
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.report.model import Report
    from conformance.run import Run
    from conformance.settings import Settings

_SUITE = "conformance.suite."
_SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
_RUN: pytest.StashKey[Run] = pytest.StashKey()
_REPORT: pytest.StashKey[Report] = pytest.StashKey()

# Exploration: how many examples for each unit of a property's weight.
STANDARD_EXAMPLES = 10
DEEP_EXAMPLES = 400
# A round of `deep` sends at least so many.
_DEEP_REQUESTS = 20_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; the command line passes them on as they are."""
    group = parser.getgroup("iai-conformance", "conformance of a CreateGroup implementation")
    group.addoption("--target", help="embedded (default), or the URL of a server")
    group.addoption("--profile", help="smoke, standard (default) or deep")
    group.addoption("--seed", type=int, help="seed of the exploration (default 0)")
    group.addoption("--max-requests", type=int, metavar="N", help="a hard bound on requests")
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
    from conformance.errors import UsageError
    from conformance.settings import Settings

    if getattr(config.option, "numprocesses", None) and _may_reach_the_suite(config):
        raise pytest.UsageError("the suite is one conversation with one account: run it without -n")
    try:
        config.stash[_SETTINGS] = Settings.of_options(config.option)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


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
    if (
        "case" in metafunc.fixturenames
    ):  # the first, a plain request, is always sent: it shows whether anybody is let in
        from conformance.suite.smoke import chapter, smoke

        here = metafunc.module.__name__.removeprefix(f"{_SUITE}test_")
        cases = [
            pytest.param(case, place, id=f"{case.clause}-{case.id}")
            for place, case in enumerate(smoke())
            if chapter(case) == here and (place == 0 or settings.aims_at(case.clause))
        ]
        metafunc.parametrize(("case", "place"), cases)
    if "property_" in metafunc.fixturenames:
        metafunc.parametrize(("property_", "round_"), list(_explorations(settings)))
    if "answer_clause" in metafunc.fixturenames:
        from conformance.contract import clauses_of

        ids = [each.id for each in clauses_of("Response") if settings.selects(each.id)]
        metafunc.parametrize("answer_clause", ids)


def _explorations(settings: Settings) -> Iterator[Any]:
    """Each property that the settings aim at; in the profile `deep`, as often as the budget of requests is for."""
    if settings.profile == "smoke":
        return
    from conformance.suite.exploration import PROPERTIES

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
    """The run against the target that the options name."""
    from conformance.errors import SuiteError
    from conformance.report.progress import Progress
    from conformance.run import Run
    from conformance.salt import Salts, seeded_run_salt
    from conformance.settings import build_target
    from conformance.suite.shrink import shrink_failures

    settings = pytestconfig.stash[_SETTINGS]
    try:
        target = build_target(settings)
    except SuiteError as error:
        pytest.exit(str(error), returncode=error.exit_code)
    # An account that nobody else uses may get the same ids each time; another must never.
    salts = Salts(seeded_run_salt(settings.seed)) if target.alone else Salts()
    current = Run.against(target, max_requests=settings.max_requests, salts=salts)
    pytestconfig.stash[_RUN] = current
    with Progress(current) as progress:
        current.on_request = progress.tick
        yield current
        if settings.profile != "smoke":
            shrink_failures(current)
    target.close()


def examples_per_weight(config: pytest.Config) -> int:
    """How many examples the profile explores for each unit of a property's weight."""
    return DEEP_EXAMPLES if config.stash[_SETTINGS].profile == "deep" else STANDARD_EXAMPLES


def settings_of(config: pytest.Config) -> Settings:
    """What the run was asked for."""
    return config.stash[_SETTINGS]


# --- The end -------------------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the report, print it where pytest's own terminal doesn't, and set the exit code."""
    config = session.config
    current = config.stash.get(_RUN, None)
    if exitstatus in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR} or exitstatus == 3:
        return
    if current is None:
        return
    from conformance.report.model import exit_code, report_of

    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
    report = config.stash[_REPORT] = report_of(current, config.stash[_SETTINGS], interrupted=interrupted)
    code = exit_code(report)
    if config.option.json and (problem := _write_json(config.option.json, report.to_json())):
        sys.stderr.write(f"iai-conformance: {problem}\n")
        code = 3
    others_failed = exitstatus == pytest.ExitCode.TESTS_FAILED and code != 1
    if not interrupted and not (others_failed and _has_other_tests(session)):
        session.exitstatus = code
    if not config.pluginmanager.hasplugin("terminalreporter"):
        from conformance.report.terminal import console, print_report

        print_report(report, console())


def _has_other_tests(session: pytest.Session) -> bool:
    return any(not _is_ours(item) for item in getattr(session, "items", ()))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the report after pytest's own."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        from conformance.report.terminal import console, print_report

        terminalreporter.section("conformance")
        print_report(report, console())


def _write_json(path: str, report: dict[str, object]) -> str | None:
    """Write the report; what went wrong, if anything."""
    import json

    text = json.dumps(report, ensure_ascii=True, indent=1)
    try:
        Path(path).write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        return f"--json {path}: the report can't be written ({error.strerror})"
    return None
