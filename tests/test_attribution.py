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
PARAMETERS = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")
NO_ANSWER = "HTTP 400, and no answer of the API"
UNREAD = frozenset({"Response.envelope", "Tag.type"})


def seen(clause, kind=TAKEN, aim=None, *, code="", at_issue=(), by=(), plain=True, bare=False):
    """A sighting, plain and of the clause at which it was aimed unless told otherwise."""
    return Sighting(clause, kind, aim or clause, code, frozenset(at_issue), frozenset(by), plain, bare)


def breach(clause, *others, **more):
    """A request that is taken, or answered with a wrong code, and breaks that clause, and those others."""
    return seen(clause, at_issue={clause, *others}, **more)


def unread(clause, *, code=NO_ANSWER, aim=None):
    """An answer that can't be read, to a request that breaks that clause, or is aimed at it."""
    return seen(clause, MALFORMED, aim, code=code, at_issue={aim or clause, "Response.envelope"}, plain=False)


# Rule → what it explains; what explains it; what else was seen.
TURNS = {
    "the answer to an earlier request comes again": (
        seen("Tag.optional", REFUSED, code="MissingParameter", at_issue=["Response.RequestId.unique"], plain=False),
        seen("Response.RequestId.unique", MALFORMED, "Tag.charset", at_issue=["Response.RequestId.unique"]),
    ),
    "nothing is refused": (
        breach("Protocol.method", plain=False), breach("GroupName.required"), breach("GroupId.required"),
        *(breach(f"{each}.type") for each in PARAMETERS), *(breach(f"{each}.charset") for each in ("GroupId", "Tag")),
        breach("GroupId.unique"),
    ),
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
    "a method of no meaning is refused so": (
        seen("Authentication.signature", WRONG, code="InvalidParameter", by=["HmacSHA256", "form"], plain=False),
        seen("Authentication.version-1", REFUSED, code="InvalidParameter", by=["HmacSHA1", "form"], plain=False),
    ),
    "signatures aren't compared": (
        breach("Authentication.secret-id", plain=False), breach("Authentication.signature", plain=False),
    ),
    "one of its breaches is accepted alone, too": (
        breach("GroupName.unique", "GroupId.unique"), breach("GroupId.unique"),
    ),
    "the same rule isn't followed for most parameters": (
        breach("Tag.type"), breach("GroupName.type"), breach("GroupId.type"),
        breach("FaceModelVersion.type", kind=WRONG, code="C"),
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
    "in fields the parameter arrives otherwise": (
        breach("GroupExDescriptions.count.max", by=["form"], plain=False),
        seen("State.kept.GroupExDescriptions", Kind.WRONG_RESULT, by=["form"], plain=False),
    ),
    "a clause departs that is read in two ways": (
        seen("GroupName.length.max", Kind.CONTRADICTION, at_issue=["GroupName.length.max", "Tag.length.max"]),
        seen("Tag.length.max", REFUSED),
    ),
    "a connection is left so that the next request can't be read": (
        unread("Tag.type"), unread("Protocol.connection", aim="Protocol.connection"),
    ),
    "answers are so to plain requests": (
        seen("Protocol.get", MALFORMED, at_issue={"Protocol.get", "Response.Error.Code"}, by=["query"], plain=False),
        seen("Response.Error.Code", MALFORMED, "Tag.charset", at_issue={"Response.Error.Code", "Tag.charset"}),
    ),
    "many breaches are answered in a way of its own": (
        unread("Tag.type"), unread("Response.envelope", aim="Tag.type"),
        unread("Protocol.json.form"), unread("Protocol.json.object", code=NO_ANSWER.replace("400", "422")),
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
    explained, explaining, *others = TURNS[name]
    (rule,) = (each for each in RULES if each.name == name)
    evidence = Evidence((explained, explaining, *others), frozenset(), frozenset())

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
        (breach("GroupName.charset", kind=WRONG, code="C"), breach("GroupName.charset")),
        (breach("GroupName.type", kind=WRONG, code="C"), breach("GroupId.type")),
        (breach("Authentication.timestamp.window", plain=False), breach("Authentication.signature", plain=False)),
        (unread("Tag.type"), unread("Protocol.json.form")),
        (breach("Tag.charset", by=["form"], plain=False),
         seen("State.kept.Tag", Kind.WRONG_RESULT)),
    ],
)  # fmt: skip
def test_two_mistakes_stay_two(one, other):
    """What another mistake doesn't explain is a finding of its own."""
    assert laid([one, other]) == {}


def laid(sightings, *, may_take=lambda _one, _other: True, held=()):
    """What is counted elsewhere of such sightings, in that order; the breaches of some clauses were told rightly."""
    results = Results()
    for number, each in enumerate(sightings, 1):
        results.sightings[each] = Occurrences(number, None, 1)
    for each in held:
        results.tallies[each].broken = 1
    return attributed(results, frozenset(), may_take)


def test_of_every_parameter_or_of_some():
    """Three parameters of a kind are three findings, and four are one; what is refused now and then isn't nothing."""
    lengths = [breach(f"{each}.length.max") for each in ("GroupName", "GroupId", "Tag", "GroupExDescriptions.element")]
    ten = TURNS["nothing is refused"]

    assert laid(lengths[:3]) == {}
    assert laid(lengths) == dict.fromkeys(lengths[1:], lengths[0])
    assert set(laid(ten).values()) == {breach("GroupName.required")}
    assert breach("GroupName.required") not in laid(ten, held=["Tag.length.max"]).values()


def test_a_name_in_another_case():
    """Whoever takes a request without a name takes it with another member, too; who doesn't, has taken that for it."""
    otherwise_named, unnamed = (
        seen("Request.unknown-parameter", at_issue=["GroupName.required"]),
        breach("GroupName.required"),
    )

    assert laid([otherwise_named, unnamed]) == {otherwise_named: unnamed}
    assert laid([otherwise_named]) == {}


def test_unread_of_many_statuses():
    """What breaks isn't what is refused: a status of its class alone is one way to answer."""
    refused, broken = unread("Tag.type"), unread("GroupId.type", code=NO_ANSWER.replace("400", "500"))
    others = [unread("Protocol.json.form"), unread("Protocol.json.object")]
    envelopes = [unread("Response.envelope", code="", aim=each.clause) for each in (refused, broken, *others)]

    found = laid([refused, broken, *others, *envelopes])

    assert found == {refused: envelopes[0], envelopes[1]: broken, **dict(zip(others, envelopes[2:], strict=True))}


def test_unread_of_several_breaches():
    """What can't be read where several clauses are broken is of that one where it can't be read by itself either."""
    alone = replace(unread("GroupName.type"), is_plain=True)
    several = seen(
        "Request.check-order", MALFORMED, code=NO_ANSWER,
        at_issue={"Request.check-order", "GroupName.type", "GroupId.charset", "Response.envelope"},
    )  # fmt: skip

    assert laid([several, alone]) == {several: alone}
    assert laid([several, replace(alone, code=NO_ANSWER.replace("400", "500"))]) == {}


def test_a_constant_request_id():
    """Where most answers have the same RequestId, one more explains nothing else."""
    wrong, repeated = TURNS["the answer to an earlier request comes again"]
    results = Results()
    results.sightings = {wrong: Occurrences(1, None, 1), repeated: Occurrences(2, None, 1)}
    results.tallies[repeated.clause].kept = 3

    assert attributed(results, frozenset(), lambda _one, _other: True) == {wrong: repeated}
    results.failed[repeated.clause, MALFORMED] = 2
    assert attributed(results, frozenset(), lambda _one, _other: True) == {}


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
