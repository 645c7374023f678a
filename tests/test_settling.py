"""Which requests settle the page's ambiguities: what the plan promises, a twin keeps."""

import json

from conformance.cli.main import main
from conformance.contract import READING, READINGS, VARIES
from conformance.emulator import Emulator, conforming
from conformance.runs.run import Run
from conformance.runs.settling import cover, most_telling_first, settlings, unsettled
from conformance.runs.smoke import smoke
from conformance.runs.ways import PROBES, Way, ways_of
from conformance.targets.direct import DirectTarget

EVERYTHING = {each.id: each.names for each in READINGS}


def test_what_is_surely_told_apart():
    """An emulator that follows one of two values is seen not to follow the other, by this case alone."""
    pairs = [(each.case, pair) for each in cover() for pair in sorted(each.surely)]
    told = [(case, reading, *way) for case, (reading, *way) in pairs[::7]]
    for case, reading, value, excluded in [*told, *((case, reading, *reversed(way)) for case, reading, *way in told)]:
        run = Run.against(DirectTarget(Emulator(conforming({reading: value}))))
        run.case(smoke()[0])  # shows that it is let in
        assert run.case(case) == []
        assert value in run.ledger.possible[reading]
        assert excluded not in run.ledger.possible[reading]


def test_few_settle_what_the_list_settles():
    """Nothing is lost on the way from the whole list to the few; they are few, and each tells something new."""
    sure = {pair for each in settlings() for pair in each.surely}
    perhaps = {pair for each in settlings() for pair in each.perhaps} - sure
    chosen = list(cover())

    assert {pair for each in chosen for pair in each.surely} == sure
    assert {pair for each in chosen for pair in each.perhaps} >= perhaps
    assert all(each.surely or each.perhaps for each in chosen)
    assert sum(each.case.requests for each in chosen) < 100
    assert len({each.case.id for each in chosen}) == len(chosen)


def test_what_is_sure_comes_first():
    """Cases that surely settle something come before those that only may, the most for its requests first."""
    gains = [len(each.surely) / each.case.requests for each in cover()]

    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0


def test_the_most_telling_come_first():
    """The order is another one of the same cases; the first ones stay, which show who is let in, and by which ways."""
    ordered = most_telling_first(smoke())

    first = (smoke()[0], *PROBES.values())
    assert ordered[:4] == first
    assert sorted(each.id for each in ordered) == sorted(each.id for each in smoke())
    assert {each.case.id for each in cover()} == {each.id for each in ordered[: 4 + len(list(cover()))]} - (
        {each.id for each in first} - {each.case.id for each in cover()}
    )


def test_what_is_known_needs_no_request():
    """A reading of which one value is left is in no plan; where all are settled, the plan is empty."""
    known = {**EVERYTHING, "group-id-case": frozenset({"sensitive"})}

    assert "group-id-case" not in {reading for each in cover(known) for reading in each.readings}
    assert list(cover({id_: frozenset(list(values)[:1]) for id_, values in EVERYTHING.items()})) == []


def test_what_nothing_settles_is_told():
    """A reading is either settled by a case of the plan, or named as one that nothing in the list settles."""
    settled = {reading for each in cover() for reading in each.readings}
    left = set(unsettled(EVERYTHING))

    assert settled & left == set()
    assert settled | left >= {each.id for each in READINGS if len(each.names - {VARIES}) > 1}


def test_a_plan_without_ways():
    """What is left out is in no plan, and what it alone would settle is told."""
    fewer = list(cover(without=(Way.GET, Way.FORM)))

    assert fewer
    assert not any({Way.GET, Way.FORM} & ways_of(each.case) for each in fewer)
    assert set(unsettled(EVERYTHING, without=(Way.GET, Way.FORM))) > set(unsettled(EVERYTHING))


def test_plan(capsys, tmp_path):
    """The verb names cases that exist, with what they settle; its JSON says the same."""
    file = tmp_path / "plan.json"

    assert main(["plan", "--json", str(file)]) == 0

    told, plan = capsys.readouterr().out, json.loads(file.read_text())
    known = {each.id: each for each in smoke()}
    assert [each["id"] for each in plan["cases"]] == [each.case.id for each in cover()]
    assert all(known[each["id"]].about == each["about"] and each["id"] in told for each in plan["cases"])
    assert all(READING[each].settling_request in told for each in plan["unsettled"])
