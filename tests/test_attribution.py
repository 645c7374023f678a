"""What explains a departure: each rule of the table has its turn, and nothing is dropped that is counted elsewhere."""

from dataclasses import replace

import pytest

from benchmarks.campaign import judged
from conformance.judging.attribution import RULES, Evidence, attributed
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.results import Occurrences, Results, Sighting
from conformance.report.model import Status, Verdict
from conformance.runs.bearing import Bearing
from conformance.runs.options import ExpectedFailure
from conformance.runs.smoke import smoke
from tests.reports import report_on

TAKEN, REFUSED, WRONG, MALFORMED = (
    Kind.ACCEPTED_THOUGH_INVALID, Kind.REJECTED_THOUGH_VALID, Kind.WRONG_REASON, Kind.MALFORMED,
)  # fmt: skip
UNREAD = frozenset({"Response.envelope", "Tag.type"})


def seen(clause, kind=TAKEN, aim=None, *, code="", at_issue=(), by=(), plain=True, bare=False):
    """A sighting, plain and of the clause at which it was aimed unless told otherwise."""
    return Sighting(clause, kind, aim or clause, code, frozenset(at_issue), frozenset(by), plain, bare)


def breach(clause, *others, **more):
    """A request that is taken, or answered with a wrong code, and breaks that clause, and those others."""
    return seen(clause, at_issue={clause, *others}, **more)


# Rule → what it explains; what explains it; clauses of which most answers can't be read.
TURNS = {
    "whatever goes by this way is refused so": (
        seen("Tag.charset", WRONG, code="InternalError", by=["form"], plain=False),
        seen("Protocol.form", REFUSED, code="InternalError", by=["form"], plain=False, bare=True),
    ),
    "codes are spelt in a way of its own": (
        seen("Response.Error.documented", MALFORMED, "Tag.charset"),
        breach("Tag.charset", kind=Kind.UNDOCUMENTED_CODE, code="TagIllegal"),
    ),
    "the code is wrong for that breach alone, too": (
        seen("Request.check-order", WRONG, code="C", at_issue=["GroupId.charset", "Tag.charset"]),
        breach("GroupId.charset", kind=WRONG, code="C"),
    ),
    "one of its breaches is accepted alone, too": (
        breach("GroupName.unique", "GroupId.unique"), breach("GroupId.unique"),
    ),
    "the same departs when sent plainly": (
        seen("Concurrency.same-id", at_issue=["GroupId.unique"], plain=False), breach("GroupId.unique"),
    ),
    "a list shows what its creation did": (
        seen("State.kept.Tag", Kind.WRONG_RESULT, "State.listed", plain=False),
        seen("State.kept.Tag", Kind.WRONG_RESULT),
    ),
    "a list shows what had to be refused": (
        seen("State.kept.GroupName", Kind.WRONG_RESULT, "State.listed", plain=False), breach("GroupName.charset"),
    ),
    "nothing but that way is wrong": (
        breach("Tag.length.max", by=["form"], plain=False),
        seen("Protocol.form.array-order", Kind.WRONG_RESULT, by=["form"], plain=False),
    ),
    "a clause departs that is read in two ways": (
        seen("GroupName.length.max", Kind.CONTRADICTION, at_issue=["GroupName.length.max", "Tag.length.max"]),
        seen("Tag.length.max", REFUSED),
    ),
    "answers are so to plain requests": (
        seen("Protocol.get", MALFORMED, at_issue={"Protocol.get", "Response.Error.Code"}, by=["query"], plain=False),
        seen("Response.Error.Code", MALFORMED, "Tag.charset", at_issue={"Response.Error.Code", "Tag.charset"}),
    ),
    "no answer of the API": (
        seen("Response.content-type", MALFORMED, "Tag.type", at_issue={"Response.content-type", *UNREAD}),
        seen("Response.envelope", MALFORMED, "Tag.type", at_issue=UNREAD),
    ),
    "it can't be read where that clause is broken": (
        seen("Response.envelope", MALFORMED, "Tag.type", at_issue=UNREAD), seen("Tag.type", MALFORMED, at_issue=UNREAD),
    ),
}  # fmt: skip


def test_names():
    """Every rule of the table has a case here, in its order."""
    assert list(TURNS) == [each.name for each in RULES]


@pytest.mark.parametrize("name", TURNS)
def test_turns(name):
    """A rule explains a departure by what shows the mistake itself, if that was seen; never the other way round."""
    explained, explaining = TURNS[name]
    (rule,) = (each for each in RULES if each.name == name)
    evidence = Evidence((explained, explaining), frozenset(), frozenset())

    assert rule.explains(explained, evidence) == explaining
    assert rule.explains(explained, replace(evidence, sightings=(explained,))) in {None, explained}
    assert rule.explains(explaining, evidence) in {None, explaining}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (seen("Protocol.get", WRONG, code="C", at_issue=["Tag.charset"], by=["query"], plain=False),
         breach("Tag.charset", kind=WRONG, code="D")),
        (seen("Concurrency.same-id", at_issue=["GroupId.unique"], plain=False), breach("GroupName.unique")),
        (breach("Tag.length.max", by=["form"], plain=False), seen("Protocol.get", REFUSED, by=["query"], plain=False)),
        (breach("GroupName.unique", "GroupId.unique"), breach("Tag.charset")),
        (seen("Tag.type", MALFORMED, at_issue=UNREAD),
         seen("Response.envelope", MALFORMED, "GroupId.type", at_issue={"Response.envelope", "GroupId.type"})),
    ],
)  # fmt: skip
def test_two_mistakes_stay_two(one, other):
    """What another mistake doesn't explain is a finding of its own."""
    assert laid([one, other]) == {}


def laid(sightings, *, may_take=lambda _one, _other: True):
    """What is counted elsewhere, of such sightings in that order."""
    results = Results()
    for number, each in enumerate(sightings, 1):
        results.sightings[each] = Occurrences(number, None, 1)
    return attributed(results, frozenset(), may_take)


def test_many_codes_of_its_own():
    """Where many clauses are told by codes that nobody documents, that is one mistake."""
    documented = seen("Response.Error.documented", MALFORMED, "Tag.charset")
    clauses = ["Tag.charset", "GroupId.charset", "GroupName.charset"]
    undocumented = [breach(each, kind=Kind.UNDOCUMENTED_CODE, code=each) for each in clauses]

    assert laid([documented, *undocumented[:1]]) == {documented: undocumented[0]}
    assert laid([documented, *undocumented]) == dict.fromkeys(undocumented, documented)


def test_a_row_of_explanations():
    """What explains is explained itself: the last is where all is counted; who may not take, takes nothing."""
    last, middle = breach("GroupId.unique"), breach("GroupName.unique", "GroupId.unique", plain=False)
    first = seen("State.renaming", at_issue=["GroupName.unique"])

    assert laid([first, middle, last]) == {first: last, middle: last}
    assert laid([first, middle, last], may_take=lambda one, _: one is middle) == {middle: last}


ON_NAMES = [each for each in smoke() if each.clause.startswith(("GroupName.unique", "GroupId.unique", "Concurrency."))]


@pytest.fixture(name="run", scope="module")
def _run():
    return judged([smoke()[0], *ON_NAMES], faults=["name-not-unique"])


def test_nothing_is_dropped(run):
    """All is counted once, wherever; the cases keep their departures; and what is excused explains nothing."""
    whole, known = report_on(run), report_on(run, expected_failures=(ExpectedFailure("GroupName.unique", "known", 1),))
    raw = {clause for clause, _ in run.results.failed}

    failed = {each.clause.id: each for each in whole.clauses if each.status is Status.FAILED}
    assert (set(failed), len(raw) > 2) == ({"GroupName.unique"}, True)
    (group,) = failed["GroupName.unique"].failures
    assert group.count == run.results.failed.total() == whole.departures[Bearing.DECIDES]
    assert set(group.explained) == raw - {"GroupName.unique"}
    assert {each.status for each in whole.clauses if each.clause.id in group.explained} == {Status.NOT_EXERCISED}
    assert whole.verdicts == run.results.verdicts
    assert known.verdict is Verdict.VIOLATES
    assert {each.clause.id for each in known.clauses if each.status is Status.FAILED} == raw - {"GroupName.unique"}
