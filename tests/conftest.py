"""What all tests share."""

import math
import signal
import time
from unittest import mock

import pytest
from hypothesis import settings

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.emulator import server
from conformance.report import json_report
from conformance.runs.conduct import judge_recording
from tests.counted_once import cost_once
from tests.key_pair import know_the_key_pair
from tests.onlooker import Onlooker
from tests.reports import checked
from tests.stand_in import FOREIGN, StandIn

# How long an example takes depends on what else the machine does.
settings.register_profile("no deadline", settings.get_profile("default"), deadline=None)
settings.load_profile("no deadline")


def pytest_configure():
    """All sign with one key pair, and processes end by signals."""
    know_the_key_pair()
    _heed_signals()


def _heed_signals():
    """Processes of tests are ended by signals, also where whoever started the tests ignores them, as `nohup` does."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(each) is signal.SIG_IGN:
            signal.signal(each, signal.default_int_handler if each is signal.SIGINT else signal.SIG_DFL)


@pytest.fixture(autouse=True, scope="session")
def _reports_keep_the_schema():
    """Whatever a test makes: each report that becomes JSON in this process keeps the published schema."""
    made = json_report.to_json
    with mock.patch.object(json_report, "to_json", lambda report: checked(made(report))):
        yield


@pytest.fixture(autouse=True, scope="session")
def _nobody_waits_for_what_is_in_this_process():
    """Servers of tests have done what they do when they answer: a run that waits for them waits for no time."""
    with mock.patch("conformance.runs.patience.time", mock.Mock(wraps=time, sleep=lambda _seconds: None)):
        yield


@pytest.fixture(autouse=True, scope="session")
def _nobody_is_told_what_takes_long():
    """To find out what a run costs takes as long as the run: once is enough. On a busy machine every server is slow."""
    with (
        mock.patch("conformance.runs.costs.cost", cost_once),
        mock.patch("conformance.runs.forecast._SLOW", math.inf),
    ):
        yield


def pytest_terminal_summary(terminalreporter):
    """Name what was left out, for a run isn't as good without it."""
    for each in terminalreporter.stats.get("skipped", []):
        if not each.nodeid.startswith("tests/"):  # of the suite's own tests the report tells
            continue
        terminalreporter.write_line(
            f"LEFT OUT {each.nodeid}: {each.longrepr[2].removeprefix('Skipped: ')}", yellow=True
        )


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path):
    """The real service's stand-in, with groups of somebody else in the account."""
    with StandIn(tmp_path / "stand-in") as stand_in:
        stand_in.service.populate(*FOREIGN)
        yield stand_in


@pytest.fixture
def keyless(monkeypatch):
    """An environment that names no key."""
    for name in ("SECRET_ID", "SECRET_KEY", "TOKEN"):
        monkeypatch.delenv(f"TENCENTCLOUD_{name}", raising=False)


@pytest.fixture
def onlooker(tmp_path, keyless):
    """An observer; what it saw is judged offline as it was online."""
    found = Onlooker(tmp_path / "recording")
    yield found
    found.observer.end()
    assert found.observer.problem == ""
    if found.observer.recorded:
        offline = judge_recording(tmp_path / "recording").run
        assert offline.results.verdicts == found.verdicts
        assert offline.ledger.possible == found.observer.session.run.ledger.possible


@pytest.fixture
def knowing(monkeypatch):
    """An observer whose environment names a key."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", EXAMPLE_CREDENTIALS.secret_id.reveal())
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", EXAMPLE_CREDENTIALS.secret_key.reveal())
    monkeypatch.delenv("TENCENTCLOUD_TOKEN", raising=False)
    found = Onlooker()
    yield found
    found.observer.end()


@pytest.fixture
def patient_server(monkeypatch):
    """A faulty emulator waits a second for whoever hangs up: far longer than that takes on any machine."""
    monkeypatch.setattr(server, "_MOMENT", 1.0)
