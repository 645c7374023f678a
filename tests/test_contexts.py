"""Contexts: what stands around a value is another in each, and what is at issue stays."""

from dataclasses import replace

import pytest

from benchmarks.campaign import judged, run_against
from conformance.contract import ACTION, CLAUSE
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.salt import fill
from conformance.exchange.wire import Form
from conformance.runs.conduct import CasePart, play
from conformance.runs.settings import Settings
from conformance.runs.smoke import kernels, smoke
from conformance.runs.taking_apart import without
from conformance.strategies.contexts import DIMENSIONS, OTHER_WAYS, added_alone, additions, in_context, probes
from conformance.strategies.sequences import create

OLD = "FaceModelVersion='2.0'"
SALT_OF_TESTS = "confabcdefghij"
KERNELS = {each.case.id: each.case for each in kernels()}
IN_CONTEXT = [each for each in smoke() if each.context is not None]
BARE, *_ = smoke()


def creation(case):
    *_, last = (each for each in case.steps if each.request.action == ACTION)
    return last


def test_the_same_number_gives_the_same():
    plain = KERNELS[IN_CONTEXT[0].context[0].id]

    assert in_context(plain, 3) == in_context(plain, 3)
    assert len({in_context(plain, number).id for number in range(1, 20)}) > 10


def test_what_is_at_issue_stays():
    """The parameter that a case is about has the value that it had, or a longer text that is wrong in the same way."""
    for case in IN_CONTEXT:
        plain, subject = creation(case.context[0]), CLAUSE[case.clause].parameter
        values = creation(case).request.values(subject)
        assert len(values) == len(plain.request.values(subject))
        for was, value in zip(plain.request.values(subject), values, strict=True):
            if not isinstance(was, str):
                assert type(value) is type(was)
            else:
                lengths = [len(dict(fill(create(Tag=each), SALT_OF_TESTS).parameters)["Tag"]) for each in (was, value)]
                limit = 40
                assert (lengths[0] > limit) == (lengths[1] > limit) or lengths[1] <= limit + 24


@pytest.mark.parametrize("case", [BARE, *KERNELS.values()][::40], ids=lambda each: each.id)
def test_twists_of_a_case_are_never_changed(case):
    for number in range(1, 12):
        changed = in_context(case, number)
        if changed is not None:
            was, now = case.steps[-1], changed.steps[-1]
            assert now.twists[: len(was.twists)] == was.twists
            assert changed.context == (case, number)


def test_what_is_sent_at_once_stays_as_it_is():
    """Nor does what waits, or takes an account of its own."""
    step = Step(create(), sending=Sending.TOGETHER, copies=2)

    assert in_context(Case("Concurrency.same-id", "two", (step,)), 1) is None
    assert in_context(Case("State.quota", "one", (Step(create()),), quota=1), 1) is None
    assert in_context(Case("GroupId.unique", "late", (Step(create(), pause=1.0),)), 1) is None


def test_left_out_additions_are_not_there():
    every = {name for case in IN_CONTEXT for name in additions(creation(case.context[0]), creation(case))}

    for case in IN_CONTEXT[::10]:
        plain, number = case.context
        less = in_context(plain, number, every)
        assert less is None or additions(creation(plain), creation(less)) == frozenset()


def test_each_addition_is_probed_first():
    """Whatever a context adds that means something by itself is sent alone before, but for another way."""
    alone = [added for added in map(added_alone, probes()) if added is not None]
    of_ways = {
        f"{each.steps[-1].form} {each.steps[-1].scheme}" for each in smoke() if each.steps[-1].form is not Form.JSON
    }
    needed = [added_alone(each.case) for each in kernels() if each.is_needed]
    probed = {name for added in (*alone, *needed) if added is not None and len(added) == 1 for name in added}
    ranks = {each.case.id: at for at, each in enumerate(kernels())}

    for case in IN_CONTEXT:
        named = additions(creation(case.context[0]), creation(case)) - of_ways
        assert {each for each in named if "<salt>" not in each and "['学号'," not in each} <= probed
    assert len(alone) > 20
    assert all(each.is_needed for each in kernels() if each.case in list(probes())), ranks


def test_every_dimension_is_used():
    used = {name for case in IN_CONTEXT for name in additions(creation(case.context[0]), creation(case))}
    some = ("header-case=lower", "language=en-US", "escaped", "Tag=''", "GroupExDescriptions=[]", "query", "form")

    assert [each for each in some if not any(name.startswith(each) for name in used)] == []
    assert len({each.name for each in DIMENSIONS}) == len(DIMENSIONS) > 10


def outcome_of(fault, cases):
    run = run_against(faults=[fault])
    for case in cases:
        play(CasePart(case), run, Settings(profile="smoke"))
    return run


def test_what_fails_by_itself_leaves_later_contexts():
    """A service that refuses an empty Tag fails on that, and on nothing that is sent with one."""
    (probe,) = (
        each for each in probes() if added_alone(each) == {"Tag=''"} and each.steps[-1].request.names[-1] == "Tag"
    )
    others = [each for each in IN_CONTEXT if "Tag=''" in additions(creation(each.context[0]), creation(each))][:20]

    run = outcome_of("tag-not-empty", [BARE, probe, *others])

    assert run.taking_apart.failing == {"Tag=''", OLD}
    assert len({clause for clause, _ in run.results.failed}) == 1
    assert all(judged([BARE, each]).results.failures == {} for each in others[:3])


@pytest.mark.parametrize(("age", "left_out"), [("after-2020-11-26", {OLD}), ("until-2020-11-26", set())])
def test_the_old_version_is_chosen_where_it_was_seen_to_be_accepted(age, left_out):
    """The page lets a young account choose none: nothing else would show in requests that do."""
    (choice,) = (each.case for each in kernels() if each.case.about == "“2.0”" and each.is_needed)
    beside = [each for each in IN_CONTEXT if OLD in additions(creation(each.context[0]), creation(each))]
    run = run_against({"account-age": age})
    assert run.taking_apart.failing == {OLD}

    for case in (BARE, choice):
        play(CasePart(case), run, Settings(profile="smoke"))

    assert run.taking_apart.failing == left_out
    assert all(CLAUSE[each.clause].parameter not in {None, "FaceModelVersion"} for each in beside)
    assert len(beside) > 20


def test_what_is_left_out_stays_out():
    """Whatever is learnt later: a way that isn't served isn't taken again."""
    case = next(each for each in IN_CONTEXT if creation(each).form is Form.QUERY and creation(each.context[0]).is_plain)
    left = without(without(case, OTHER_WAYS), {OLD})

    assert creation(left).form in {Form.JSON, Form.JSON_RAW}
    assert without(left, OTHER_WAYS) is left


def test_what_fails_anyway_stays_in_contexts():
    """Where the plainest request fails in the same way, no addition is to blame."""
    run = outcome_of("request-id-missing", [BARE, *probes()])

    assert run.results.failed
    assert run.taking_apart.failing == {OLD}


def test_a_context_without_what_fails_is_sent_once():
    case = next(each for each in IN_CONTEXT if each.clause == "Tag.charset")
    plain, _ = case.context
    run = run_against()
    run.taking_apart.failing |= additions(creation(plain), creation(case))
    left = run.taking_apart.without_failing(case)

    play(CasePart(left), run, Settings(profile="smoke"))
    before = run.results.requests
    play(CasePart(case), run, Settings(profile="smoke"))

    assert run.results.requests == before
    assert left != case
    assert replace(left, context=None).id in run.results.verdicts
