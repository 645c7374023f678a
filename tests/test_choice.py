"""The choice of the smoke list: what is sent, in which order; and the greedy way to choose it."""

import json
from dataclasses import replace

import pytest

from benchmarks.choice.greedy import Candidate, Choosing
from benchmarks.choice.holding import OPTIONS, Options, holding
from benchmarks.choice.shown import Played, Shown, read, write
from conformance.contract import CLAUSES, Level
from conformance.emulator.faults.conditions import CONDITION
from conformance.exchange.cases import Case, Step
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.runs.smoke import kernels, smoke, smoke_on_clauses
from conformance.strategies.choice import CHOICE, Choice, load_choice
from conformance.strategies.sequences import create, delete


def test_the_choice_is_of_today():
    """Every kernel that was chosen or left is there still; what is needed is sent."""
    known = load_choice().known

    assert known <= {each.case.id for each in kernels()}
    assert not {each.case.id for each in kernels() if each.is_kept} - {id_ for id_, _ in load_choice().sent}
    assert not {each.case.id for each in kernels() if each.is_needed} - {each.id for each in smoke()}


def test_the_list_has_bounds():
    assert sum(each.requests for each in smoke()) <= 1000
    assert len({each.id for each in smoke()}) == len(smoke())


def test_what_the_page_demands_of_parameters_comes_first():
    """Each clause that must be kept, on parameters, is tried within 150 requests."""
    wanted = {each.id for each in CLAUSES if each.level is Level.PARAMETERS and each.breakable_alone}
    sent = 0
    for case in smoke():
        sent += case.requests
        wanted.discard(case.clause)
        if sent >= 150:
            break

    assert wanted == set()


def test_each_clause_is_tried_plainly():
    plainly = {each.clause for each in smoke() if each.context is None}

    assert {each.case.clause for each in kernels()} <= plainly


def test_what_holds_clauses_is_most_of_it():
    assert {each.id for each in smoke_on_clauses()} < {each.id for each in smoke()}


def test_a_choice_is_written_and_read(tmp_path):
    choice = Choice((("0123456789", 0), ("abcdef0123", 7)), frozenset({"fedcba9876"}))

    assert Choice.from_text(choice.to_text()) == choice
    assert json.loads(choice.to_text())["sent"] == ["0123456789", "abcdef0123 7"]
    assert Choice.from_text(CHOICE.read_text(encoding="utf-8")).to_text() == CHOICE.read_text(encoding="utf-8")


def test_shown_is_written_and_read(tmp_path):
    rows = Shown("x", frozenset({"a", "b"}), frozenset({"a"})), Shown("y", frozenset(), frozenset())
    played = Played(frozenset({"a", "b", "c"}), rows)

    write(tmp_path / "shown", played)

    assert read(tmp_path / "shown") == played


def test_what_new_cases_show_is_added():
    """To the rows that are there, and for faults that are new."""
    played = Played(frozenset({"a"}), (Shown("x", frozenset({"a"}), frozenset()),))

    more = played.and_([Shown("x", frozenset({"b"}), frozenset({"b"})), Shown("n", frozenset({"b"}), frozenset())], "b")

    assert more.cases == {"a", "b"}
    assert more.rows == (
        Shown("n", frozenset({"b"}), frozenset()),
        Shown("x", frozenset({"a", "b"}), frozenset({"b"})),
    )


def choosing(requests=10, groups=10):
    return Choosing([1.0, 0.5, 0.25], int.bit_count, requests, groups, 1.0)


def candidate(name, shows, requests=1, groups=0):
    return Candidate((name, 0), shows, requests, groups)


def chosen(choosing):
    return [each.id[0] for each in choosing.chosen]


def test_the_best_comes_first_and_what_shows_nothing_more_never():
    one = choosing()

    one.take_best([candidate("half", {0: 1}), candidate("all", {0: 3, 1: 1}), candidate("other", {2: 1})])

    assert chosen(one) == ["all", "other"]
    assert one.seen == [3, 1, 1]


def test_what_costs_more_must_show_more():
    one = choosing(requests=3, groups=1)

    one.take_best([candidate("dear", {0: 1}, requests=3, groups=1), candidate("cheap", {1: 1})])

    assert chosen(one) == ["cheap"]
    assert (one.requests, one.groups) == (2, 1)


def test_what_is_promised_is_taken_though_it_shows_nothing():
    one = choosing(requests=1)
    one.promised = {"a": (5, 0), "b": (1, 0)}
    some = [replace(candidate(each, {}, requests=5), promise=each[0]) for each in ("a1", "a2")]
    dear = replace(candidate("b1", {}, requests=3), promise="b")

    one.take_best([*some, dear, candidate("something", {0: 1})])
    one.take_promised([*some, dear])

    assert chosen(one) == ["something", "a1"]
    assert one.promised == {"b": (1, 0)}
    assert one.requests == 0


def held(case, subject="", plain=None):
    bits = holding(case, plain or case, [subject], OPTIONS)[subject]
    return {each.name for at, each in enumerate(OPTIONS.conditions) if bits >> (1 + at) & 1}


def one_step(*twists, form=Form.JSON, scheme=Scheme.TC3, **parameters):
    return Case("Tag.charset", "x", (Step(create(**parameters), form, scheme, twists),))


@pytest.mark.parametrize(
    ("case", "names"),
    [
        (one_step("header-case=lower"), {"small-headers"}),
        (one_step(Tag=""), {"with-tag", "with-empty-tag"}),
        (one_step("escaped", GroupExDescriptions=["x"]), {"escaped", "with-one-description"}),
        (one_step(form=Form.QUERY, scheme=Scheme.SHA256), {"by-get", "signed-by-sha-256"}),
        (Case("Tag.charset", "x", (Step(create()), Step(delete()), Step(create()))), {"once-deleted"}),
    ],
    ids=["delivery", "empty", "two", "way", "history"],
)
def test_what_holds_is_told(case, names):
    assert names <= held(case) <= set(CONDITION)
    assert not names <= held(one_step())


def test_what_could_be_json_shows_another_way_by_that_way_alone():
    """Many targets take JSON alone, and what is wrong in any way must be shown there."""
    case = one_step(form=Form.FORM, scheme=Scheme.SHA1, Tag="")
    bits = holding(case, one_step(Tag=""), [""], OPTIONS)[""]

    assert held(case, plain=one_step(Tag="")) == {"in-forms", "signed-by-sha-1"}
    assert not bits & 1
    assert holding(case, case, [""], OPTIONS)[""] & 1


def test_what_shows_under_no_condition_weighs_most():
    options = Options(tuple(OPTIONS.conditions[:6]))

    assert [options.weight(each) for each in options.of_number] == pytest.approx([3, 1, 1])
    assert options.bits(frozenset({0, 2})).bit_count() == 1 + 2 + 1
