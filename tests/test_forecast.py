"""A run on a slow target says first how long it will take, and what would shorten it."""

import itertools

import pytest

from conformance.emulator import Emulator
from conformance.runs import forecast as module
from conformance.runs.conduct import parts_of, play
from conformance.runs.forecast import Forecast, forecast
from conformance.runs.run import Run
from conformance.runs.settings import Settings
from conformance.targets.direct import DirectTarget
from tests.command import command

_COSTS = {"smoke": 700, "standard": 1900}


@pytest.fixture(name="costs")
def _costs(monkeypatch):
    """What a run costs is known, which else takes seconds to find out."""

    def cost(settings):
        requests = 20 if settings.only else _COSTS[settings.profile]
        return min(requests, settings.max_requests or requests), 0

    monkeypatch.setattr(module, "cost", cost)
    monkeypatch.setattr(module, "_SLOW", 0.05)


def said(settings, seconds, parts=12):
    """What is said of a target whose every answer takes so many seconds, and after how many requests."""
    run, lines = Run.against(DirectTarget(Emulator())), []
    look = Forecast(run, settings, lambda line: lines.append((run.results.requests, line)))
    look.clock = lambda: 1000 + run.results.requests * seconds
    run.on_part = look.look
    for part in itertools.islice(parts_of(settings), parts):
        play(part, run, settings)
    return lines


def test_a_slow_target(costs):
    """It is said once, early, with the time of the whole run."""
    ((requests, line),) = said(Settings(profile="smoke"), 1.0)

    assert 5 <= requests < 12
    assert line.startswith("direct takes 1.0 s for an answer, so this run will take about 12 min (")
    assert "--max-seconds S ends it" in line
    assert "--timeout-seconds" not in line


def test_what_would_shorten_it(costs):
    """What is named helps: a smaller profile, and more time to wait where answers come close to its end."""
    ((_, line),) = said(Settings(profile="standard", timeout=2.0), 1.0)

    assert "takes 1.0 s for an answer, so this run will take about 32 min (--profile smoke takes about 12 min" in line
    assert "--timeout-seconds 4 leaves time for slower answers" in line


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        (Settings(profile="smoke"), 0.02),
        (Settings(profile="smoke"), 0.1),
        (Settings(profile="smoke", max_seconds=60), 1.0),
        (Settings(profile="smoke", max_requests=100), 1.0),
        (Settings(profile="smoke", only=("Tag.type",)), 1.0),
    ],
)
def test_a_run_that_is_short(settings, seconds, costs):
    """Nothing is said of a run that takes no longer than anybody waits, however slow the target is."""
    assert said(settings, seconds) == []


def test_no_time_to_measure(costs):
    """A few answers tell nothing."""
    assert said(Settings(profile="smoke"), 1.0, parts=3) == []


def test_it_is_said_before_the_report(monkeypatch, capfd):
    """The command tells it on standard error while it goes on."""
    monkeypatch.setattr(module, "_SLOW", 0.0)
    monkeypatch.setattr(module, "_LONG", 0.0)
    done = command("run", "--profile", "smoke", "--only", "GroupId.*")

    assert done.returncode == 0
    assert capfd.readouterr().err.startswith("iai-conformance: embedded takes 0.0 s for an answer, so this run will")


def test_nothing_takes_forever(costs):
    """What is said is a time that people read."""
    assert "will take about 2.9 h" in forecast("it", 15.0, Settings(profile="smoke"))
