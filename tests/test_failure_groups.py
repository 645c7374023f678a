"""Where failures are shown: of what was asked for, of what wasn't, and of answers that can't be read."""

import pytest

from benchmarks.campaign import judged
from conformance.base.errors import UsageError
from conformance.contract import Level
from conformance.judging.judge import DepartureKind as Kind
from conformance.report.failure_groups import failure_groups
from conformance.report.model import Status, Verdict
from conformance.runs.bearing import Bearing, bearing_of, shown_under
from conformance.runs.options import OPTIONS, ExpectedFailure
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke
from tests.reports import all_passed, fail, report_on, unseen

TAKEN = Kind.ACCEPTED_THOUGH_INVALID
PARAMETERS = {"levels": (Level.PARAMETERS,)}


@pytest.mark.parametrize(
    ("settings", "bearing", "shown"),
    [
        ({}, Bearing.DECIDES, "State.listed"),
        (PARAMETERS, Bearing.DECIDES, "Tag.charset"),
        ({"only": ("GroupId.*",)}, Bearing.DECIDES, None),
        ({"skip": ("State.*",)}, Bearing.SKIPPED, None),
        ({"expected_failures": (ExpectedFailure("State.*", "known", 1),)}, Bearing.EXPECTED, "State.listed"),
        ({"expected_failures": (ExpectedFailure("State.*", "known", 1, TAKEN),)}, Bearing.EXPECTED, "State.listed"),
        (
            {"expected_failures": (ExpectedFailure("State.*", "known", 1, Kind.NO_ANSWER),)},
            Bearing.DECIDES,
            "State.listed",
        ),
        ({**PARAMETERS, "expected_failures": (ExpectedFailure("State.*", "known", 1),)}, Bearing.EXPECTED, None),
        ({**PARAMETERS, "expected_failures": (ExpectedFailure("Tag.*", "known", 1),)}, Bearing.DECIDES, "Tag.charset"),
    ],
)
def test_what_a_departure_means(settings, bearing, shown):
    """A group that isn't listed, shown by a request that aims at Tag."""
    chosen = Settings(**settings)

    assert bearing_of("State.listed", TAKEN, chosen) is bearing
    assert shown_under("State.listed", TAKEN, "Tag.charset", chosen) == shown


def test_departures_are_counted_by_what_they_mean():
    """In all, of whatever clause."""
    run = all_passed()
    for clause in ("Tag.charset", "Tag.charset", "GroupId.charset", "State.listed"):
        fail(run, clause)
    expected = (ExpectedFailure("GroupId.*", "known", 1),)

    counts = report_on(run, skip=("State.*",), expected_failures=expected).departures

    assert counts == {Bearing.DECIDES: 2, Bearing.EXPECTED: 1, Bearing.SKIPPED: 1}


def test_answers_of_one_clause_that_cant_be_read():
    """Where others can be, that is the clause's own failure, beside those of answers; else it is shown once."""
    run = all_passed()
    for clause in ("Response.envelope", "Tag.type"):
        fail(run, clause, Kind.MALFORMED)

    statuses = {each.clause.id: each.status for each in report_on(run).clauses}

    assert (statuses["Tag.type"], statuses["Response.envelope"]) == (Status.FAILED, Status.FAILED)
    assert [len(each) for each in failure_groups(run.results, Settings(**PARAMETERS)).of_clauses.values()] == [1]


def test_answers_of_a_whole_level_that_cant_be_read():
    """Where most can't be, that is one mistake of the answers; unless nobody asked for those, or they are expected."""
    run = all_passed()
    fail(run, "Response.envelope", Kind.MALFORMED)
    for each in run.results.tallies:
        if each.startswith(("Tag.", "GroupName.")):
            fail(run, each, Kind.MALFORMED)
            unseen(run, each)
        else:
            run.results.tallies[each].broken = 0

    whole, known = report_on(run), (ExpectedFailure("Response.*", "known", 1),)
    (status,) = {each.status for each in whole.clauses if each.clause.id.startswith("Tag.")}
    parts = [report_on(run, **each) for each in (PARAMETERS, {"expected_failures": known}, {"skip": ("Response.*",)})]

    assert (status, whole.verdict) == (Status.NOT_EXERCISED, Verdict.VIOLATES)
    for each in parts:
        assert each.verdict is Verdict.VIOLATES
        assert {one.status for one in each.clauses if one.clause.id.startswith("Tag.")} == {Status.FAILED}


@pytest.mark.parametrize("name", ["GroupName.length.max", "State.listed"])
def test_what_wasnt_tried_hasnt_passed(name):
    """An expected failure is stale only once every case of its clause was played."""
    expected = {"expected_failures": (ExpectedFailure(name, "known", 1),)}
    whole, cut, unplayed = all_passed(), all_passed(), all_passed()
    unseen(unplayed, name)
    last = [each for each in smoke() if each.clause == name][-1]
    del cut.results.verdicts[last.id]

    assert [each.pattern for each in report_on(whole, **expected).stale] == [name]
    assert report_on(cut, **expected).stale == report_on(unplayed, **expected).stale == ()


def test_a_refusal_of_another_breach_shows_nothing_kept():
    """What is refused for its Tag shows nothing of its name, but that the gateway let it in."""
    illegal_tag = [each for each in smoke() if each.clause == "Tag.charset" and "within" in each.about][:3]

    tallies = judged(illegal_tag).results.tallies

    assert (tallies["Tag.charset"].broken, tallies["GroupName.charset"].kept) == (len(illegal_tag), 0)
    assert tallies["Authentication.signature"].kept == len(illegal_tag)


def test_expected_failures_of_a_kind(tmp_path):
    """A line may name the kind of departure that is known; another word is told, with all that there are."""
    (read,) = (each.read for each in OPTIONS if each.name == "expected-failures")
    file = tmp_path / "known.txt"
    file.write_text("Tag.*: no-answer  # JIRA-1: it hangs\nTag.type # any: kind\n")

    of_a_kind, of_any = read(str(file))

    assert (of_a_kind.written, of_any.written) == ("Tag.*: no-answer", "Tag.type")
    assert [each.covers("Tag.type", Kind.NO_ANSWER) for each in (of_a_kind, of_any)] == [True, True]
    assert [each.covers("Tag.type", TAKEN) for each in (of_a_kind, of_any)] == [False, True]

    file.write_text("Tag.*: hangs  # JIRA-1\n")
    with pytest.raises(
        UsageError, match=r"line 1: 'hangs' is no kind of departure: there are accepted-though-invalid, "
    ):
        read(str(file))
