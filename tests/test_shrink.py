"""Shrinking: which smaller requests are tried, in which order, how many, and what stays as it is."""

import pytest

from conformance.base.errors import BudgetSpentError, TransportError
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import faulty
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import Exchange
from conformance.exchange.request import Request
from conformance.exchange.salt import Salts
from conformance.judging.judge import DepartureKind as Kind
from conformance.runs.run import Run
from conformance.runs.shrink import shrink, shrink_failures
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

PLAIN = {"GroupName": "<salt>", "GroupId": "<salt>"}
WITHOUT_LIMIT = 10_000


def case_of(*steps, twists=()):
    """A case of these steps, each of parameters; the last with twists."""
    made = [Step(Request.of(each)) for each in steps]
    made[-1] = Step(Request.of(steps[-1]), twists=twists)
    return Case("GroupName.charset", "", tuple(made))


def last(case):
    """The parameters of a case's last request."""
    return dict(case.steps[-1].request.parameters)


def tried(case):
    """What is tried where nothing smaller fails, in order."""
    seen = []
    shrink(case, seen.append, WITHOUT_LIMIT)  # None, so that none of them fails
    return seen


def tried_with(name, value):
    """The values of one parameter that are tried where nothing smaller fails; those without it left out."""
    return [last(each)[name] for each in tried(case_of({**PLAIN, name: value})) if name in last(each)]


# --- What is tried ---------------------------------------------------------------------------------------------


def test_steps_are_left_out_first():
    """Each earlier step alone, then what is smaller in the last one; the last itself stays."""
    case = case_of({"Tag": "first"}, {"Tag": "second"}, PLAIN)

    assert [[last(Case("GroupName.charset", "", (step,))) for step in each.steps] for each in tried(case)] == [
        [{"Tag": "second"}, PLAIN],
        [{"Tag": "first"}, PLAIN],
    ]


def test_twists_are_left_out_one_by_one():
    """Each twist of the last request alone; the others stay in their order."""
    case = case_of(PLAIN, twists=("a", "b", "c"))

    assert [each.steps[-1].twists for each in tried(case)] == [("b", "c"), ("a", "c"), ("a", "b")]


def test_parameters_in_their_order():
    """What needn't be there is left out; what must becomes the plain one; then values become smaller."""
    case = case_of({"GroupName": "<salt>.", "GroupId": "<salt>", "Tag": "t", "FaceModelVersion": None})

    seen = [last(each) for each in tried(case)]

    assert seen == [
        {"GroupName": "<salt>.", "GroupId": "<salt>", "FaceModelVersion": None},
        {"GroupName": "<salt>.", "GroupId": "<salt>", "Tag": "t"},
        {"GroupName": "<salt>", "GroupId": "<salt>", "Tag": "t", "FaceModelVersion": None},
        *[{"GroupName": each, "GroupId": "<salt>", "Tag": "t", "FaceModelVersion": None} for each in TEXTS["<salt>."]],
        *[{"GroupName": "<salt>.", "GroupId": "<salt>", "Tag": each, "FaceModelVersion": None} for each in TEXTS["t"]],
    ]


def test_absent_parameters_stay_absent():
    """A required parameter that isn't there isn't put there."""
    assert [last(each) for each in tried(case_of({"GroupName": "<salt>"}))] == []


TEXTS = {
    "x": [],
    ".": ["x", "x"],
    "abcd": ["cd", "ab", "bcd", "acd", "abd", "abc", "xxxx", "xbcd", "axcd", "abxd", "abcx"],
    "ax": ["x", "a", "xx", "xx"],
    "a<salt:2>b": ["<salt:2>b", "a<salt:2>", "x<salt:2>x", "x<salt:2>b", "a<salt:2>x"],
    "<>": [">", "<", "xx", "x>", "<x"],
    "<salt>": [],
    "<salt>.": ["<salt>", "<salt>x", "<salt>x"],
    "t": ["x", "x"],
}


@pytest.mark.parametrize(("text", "smaller"), TEXTS.items(), ids=TEXTS)
def test_texts(text, smaller):
    """By halves, quarters and so on; then plain, whole and letter by letter. A marker is never cut nor made plain."""
    assert tried_with("Tag", text) == smaller


@pytest.mark.parametrize(("length", "by_letter"), [(12, 12), (13, 0)])
def test_long_texts_are_not_made_plain_letter_by_letter(length, by_letter):
    """That would take a request a letter; as a whole they are."""
    plain = [each for each in tried_with("Tag", "." * length) if len(each) == length]

    assert plain[0] == "x" * length
    assert plain[1:] == ["." * place + "x" + "." * (length - place - 1) for place in range(by_letter)]


LISTS = [
    ([], []),
    (["x", "x"], [["x"], ["x"]]),
    (["ab", "c"], [["c"], ["ab"], ["b", "c"], ["a", "c"], ["xx", "c"], ["xb", "c"], ["ax", "c"], *[["ab", "x"]] * 2]),
    ([5, None], [[None], [5]]),
    ([["."]], [[], [[]], *[[["x"]]] * 2]),
]


@pytest.mark.parametrize(("value", "smaller"), LISTS, ids=[str(each) for each, _ in LISTS])
def test_lists(value, smaller):
    """Items are left out one by one; then each becomes smaller where it stands."""
    assert tried_with("GroupExDescriptions", value) == smaller


@pytest.mark.parametrize("value", [None, 5, True, {"a": "b"}, ""])
def test_values_that_have_nothing_smaller(value):
    """Neither a number nor an object nor an empty text is made smaller."""
    assert tried_with("Tag", value) == []


# --- What is found ---------------------------------------------------------------------------------------------


def test_the_smallest_that_still_fails():
    """Whatever isn't needed for the failure goes: steps, twists, parameters, letters."""
    case = case_of({"Tag": "before"}, {**PLAIN, "Tag": "t", "GroupName": "<salt>ab.cd"}, twists=("one", "two"))

    smallest = shrink(case, lambda each: "." in str(last(each).get("GroupName")), WITHOUT_LIMIT)

    assert smallest == case_of({**PLAIN, "GroupName": "<salt>."})


@pytest.mark.parametrize("budget", [0, 1, 5, 6])
def test_the_budget_is_hard(budget):
    """No more cases are tried than were allowed; the smallest so far is the result."""
    case = case_of({**PLAIN, "Tag": "abcdefgh"})
    seen = []

    def fails(smaller):
        seen.append(smaller)
        return "a" in str(last(smaller).get("Tag"))

    smallest = shrink(case, fails, budget)

    assert len(seen) == budget
    # Without the tag; its second half; its first, which fails; then the same again with that.
    assert last(smallest)["Tag"] == {0: "abcdefgh", 1: "abcdefgh", 5: "abcd", 6: "ab"}[budget]


# --- In a run --------------------------------------------------------------------------------------------------


class Answering(DirectTarget):
    """The emulator with faults; each request after the first so many gets no answer."""

    def __init__(self, *faults, most=WITHOUT_LIMIT):
        super().__init__(Emulator(faulty(conforming(), *faults)))
        self.most = most

    def send(self, http):
        """The emulator's answer, or none."""
        self.most -= 1
        if self.most < 0:
            return Exchange(http, TransportError("gone"))
        return super().send(http)


def run_of(*faults, cases, **options):
    """A run against an emulator with these faults, after these cases."""
    run = Run.against(Answering(*faults, **options), salts=Salts("abcdefg"))
    for each in cases:
        run.case(each)
    return run


def of(clause):
    return [each for each in smoke() if each.clause == clause]


def smallest(run, clause):
    """The smallest request by which a clause is known to fail."""
    (found,) = [failures[0] for (each, _), failures in run.results.failures.items() if each == clause]
    return dict(found.case.steps[-1].request.parameters)


def test_a_run_keeps_the_smallest():
    """What a run shows first is the smallest request that was found."""
    case = case_of({**PLAIN, "GroupName": "<salt>one.two", "Tag": "t"})
    run = run_of("group-name-takes-dot", cases=[smoke()[0], case])
    before = smallest(run, "GroupName.charset")
    shrink_failures(run)

    assert before == {**PLAIN, "GroupName": "<salt>one.two", "Tag": "t"}
    assert smallest(run, "GroupName.charset") == {**PLAIN, "GroupName": "<salt>."}


@pytest.fixture(name="shrunk")
def _shrunk(monkeypatch):
    """What was to be shrunk, with how many tries, in the place of shrinking it."""
    seen = []
    monkeypatch.setattr("conformance.runs.shrink.shrink", lambda case, _fails, budget: seen.append((case, budget)))
    return seen


def test_what_is_shrunk(shrunk):
    """The smallest request of each failure, with forty tries; of very many failures the first."""
    run = run_of("accepts-everything", cases=smoke()[:200])
    shrink_failures(run)

    failures = [found[0].case for found in run.results.failures.values()]
    assert len(failures) > 24
    assert shrunk == [(each, 40) for each in failures[:24]]


def test_no_answer_is_not_shrunk(shrunk):
    """To wait in vain again and again would tell nothing."""
    run = run_of("group-name-takes-dot", cases=[smoke()[0], *of("GroupName.charset")])
    run.target.most = 0
    run.case(of("Tag.charset")[0])
    shrink_failures(run)

    kinds = [kind for _, kind in run.results.failures]
    assert kinds == [Kind.ACCEPTED_THOUGH_INVALID, Kind.NO_ANSWER]
    assert len(shrunk) == 1


def test_a_lost_target_is_left_alone(shrunk):
    """Who doesn't answer any more isn't asked."""
    run = run_of("group-name-takes-dot", cases=[smoke()[0], *of("GroupName.charset")])
    run.target.most = 0
    for each in of("Tag.charset")[:3]:
        run.case(each)
    assert run.lost
    shrink_failures(run)

    assert shrunk == []


def test_what_cant_be_said_shows_nothing(monkeypatch):
    """A smaller request that can't be written in its form is none."""
    run = run_of("group-name-takes-dot", cases=[smoke()[0], *of("GroupName.charset")])
    before = run.results.failures["GroupName.charset", Kind.ACCEPTED_THOUGH_INVALID][0]

    def refuse(_case):
        raise ValueError("a number has no place in a form")

    monkeypatch.setattr(Run, "case", lambda _run, case: refuse(case))
    shrink_failures(run)

    assert run.results.failures["GroupName.charset", Kind.ACCEPTED_THOUGH_INVALID][0] is before


def test_a_run_without_requests_left_stops():
    """A spent budget ends shrinking, and nothing else: what was found stays."""
    run = run_of("group-name-takes-dot", cases=[smoke()[0], *of("GroupName.charset")])
    run.bounds.requests = run.results.requests + 3
    shrink_failures(run)

    assert run.results.requests == run.bounds.requests
    assert run.results.failures
    with pytest.raises(BudgetSpentError):
        run.case(smoke()[0])
