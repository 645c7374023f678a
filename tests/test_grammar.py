"""The grammar of faults: each is of a kind, shows by its witness, and under a condition only where that holds."""

from random import Random

import pytest

from benchmarks.grammar import found_by
from conformance.contract import CLAUSE
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults import CONDITIONS, SPACE, Fault, fault_named, faulty
from conformance.emulator.faults.drawing import Space, under, witness_of
from conformance.emulator.faults.operators import OPERATORS, Seam, operator_of
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.direct import ENDPOINT, DirectTarget

FIRST = smoke()[0]


def shows(fault, case):
    """Whether a case shows a fault under one of its clauses."""
    return found_by(fault, (), [FIRST, case])[1]


# --- Operators -----------------------------------------------------------------------------------------------


def test_every_fault_is_of_one_kind():
    """Names are each had once, clauses exist, and every operator has faults and a weight with its reason."""
    used = {operator_of(each).name for each in SPACE}

    assert len({each.name for each in SPACE}) == len(SPACE) > 1200
    assert {clause for each in SPACE for clause in each.clauses} <= CLAUSE.keys()
    assert used == {each.name for each in OPERATORS}
    assert len(OPERATORS) >= 80
    assert {each.seam for each in OPERATORS} == set(Seam)
    assert all(1 <= each.weight <= 8 and each.why for each in OPERATORS)
    with pytest.raises(LookupError, match="no-kind"):
        operator_of(Fault("no-kind", "", (), lambda _behaviour: None))


# A server that breaks on what a first request may have can't be judged at all.
_BREAKS_AT_ONCE = {"group-name-breaks-on-han", "group-id-breaks-on-digits"}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda each: each.name)
def test_a_witness_shows_its_fault(operator):
    """By the smallest requests that show it each fault fails one of its clauses; a right emulator fails none."""
    faults = [each for each in SPACE if operator_of(each) is operator and each.witness]

    missed = {each.name for each in faults if not shows(each, witness_of(each))} - _BREAKS_AT_ONCE

    assert missed == set()
    assert not any(Run.against(DirectTarget(Emulator())).case(witness_of(each)) for each in faults[:3])


# --- Conditions ----------------------------------------------------------------------------------------------

# Of texts, of lists, of answers, of requests: one of them can be said in each context.
_PROBED = [fault_named(name) for name in ("group-id-also-dollar", "group-name-also-asterisk", "tag-also-asterisk")]
# These hold by the clock, or by chance.
_NOT_MADE = {"by-day", "at-once", "after-a-second"}


@pytest.mark.parametrize("condition", [each for each in CONDITIONS if not each.of_answer], ids=lambda each: each.name)
def test_a_context_makes_its_condition_hold(condition):
    """In its context a fault under a condition applies."""
    if condition.name in _NOT_MADE:
        assert witness_of(_PROBED[0], [condition]) is not None
        return
    held = []
    for fault in _PROBED:
        case = witness_of(fault, [condition])
        if case is not None:
            probe = under(Fault("probe", "", fault.clauses, held.append, fault.subject), condition)
            found_by(probe, (), [case])

    assert held


@pytest.mark.parametrize(
    "name",
    [
        "by-get",
        "in-forms",
        "escaped",
        "with-tag",
        "with-everything",
        "of-han",
        "after-an-error",
        "once-deleted",
        "after-5-groups",
    ],
)
def test_nothing_shows_where_a_condition_doesn_t_hold(name):
    """The witness alone shows nothing of a fault under a condition; in its context it shows it."""
    fault = fault_named("group-name-also-asterisk")
    (condition,) = [each for each in CONDITIONS if each.name == name]

    assert not shows(under(fault, condition), witness_of(fault))
    assert shows(under(fault, condition), witness_of(fault, [condition]))


def test_two_conditions_both_hold():
    """A fault under two conditions shows where both hold alone."""
    fault, both = (
        fault_named("group-name-also-asterisk"),
        [each for each in CONDITIONS if each.name in {"by-get", "with-tag"}],
    )
    spoilt = fault_named("group-name-also-asterisk@by-get@with-tag")

    assert [shows(spoilt, witness_of(fault, some)) for some in ([], both[:1], both[1:], both)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_fault_of_some_answers():
    """Under a condition on answers the others are as they were."""
    right, wrong = (Case("Response.http-status", "", (Step(Request.of(each)),)) for each in (
        {"GroupName": "<salt>", "GroupId": "<salt>"}, {"GroupName": "<salt>", "GroupId": "!"}
    ))  # fmt: skip
    spoilt = fault_named("http-500@on-errors")

    assert not shows(spoilt, right)
    assert shows(spoilt, wrong)


# --- Together ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("group-id-also-dollar", "group-id-also-asterisk"),
        ("names-compared-by-first-20", "names-compared-by-without-hyphens"),
        ("error-without-message", "request-id-missing-on-error"),
        ("group-name-too-long-as-invalid", "group-name-illegal-as-internal"),
        ("tag-kept-cut-at-16", "description-list-twice"),
        ("action-in-any-case", "action-by-its-end"),
        ("newest-5-names", "names-compared-by-last-8"),
    ],
)
def test_two_faults_at_one_seam_both_show(one, other):
    """Neither is lost by the other, whichever is switched on first."""
    for first, second in ((one, other), (other, one)):
        behaviour = faulty(conforming(), first, second)
        for each in (fault_named(one), fault_named(other)):
            run = Run.against(DirectTarget(Emulator(behaviour)))
            cases = [witness_of(each)] if each.witness else smoke()[:60]
            assert any([run.case(case) for case in [FIRST, *cases]])  # noqa: C419 -- all of them are played


@pytest.mark.parametrize("name", ["id-compared-short", "ids-compared-by-first-8", "ids-compared-by-digits"])
def test_sameness_is_compared(name):
    """Ids that are compared in part are kept whole: another's deletion finds its group, and none breaks."""
    emulator = Emulator(faulty(conforming(), name))
    sender = Sender(ENDPOINT, "ap-guangzhou", emulator.credentials)

    def sent(action, **parameters):
        http = encode(Request.of(parameters, action), sender, Form.JSON, int(emulator.clock()))
        return emulator.handle(http).body.decode()

    ids = ["1234567-" + "x" * 40 + "a", "1234567-" + "x" * 40 + "b"]
    sent("CreateGroup", GroupId=ids[0], GroupName="a")

    assert ids[0] in sent("GetGroupInfo", GroupId=ids[1])
    assert "Error" not in sent("DeleteGroup", GroupId=ids[1])
    assert emulator.account.groups == {}


# --- Drawn ---------------------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same():
    """A drawing depends on its seed alone, and has as many conditions as were asked for, each once."""
    space = Space(SPACE)
    one, other = ([space.draw(Random(7 + at), at % 3) for at in range(60)] for _ in range(2))

    assert [(fault.name, conditions) for fault, conditions in one] == [(f.name, c) for f, c in other]
    assert {len(set(conditions)) for _, conditions in one} == {0, 1, 2}
    for fault, conditions in one:
        assert fault_named(under(fault, *conditions).name).about == under(fault, *conditions).about


def test_likely_kinds_are_drawn_more_often():
    """Operators are drawn by their weights, however many faults each has."""
    space, random = Space(SPACE), Random(3)
    drawn = [operator_of(space.draw(random)[0]) for _ in range(3000)]
    heavy, light = (sum(each.weight in weights for each in drawn) for weights in ({8, 6}, {1}))
    of_heavy, of_light = (sum(each.weight for each in OPERATORS if each.weight in weights) for weights in ({8, 6}, {1}))

    assert heavy / light == pytest.approx(of_heavy / of_light, rel=0.25)
