"""Twins follow one permitted combination of readings each: the suite fails none of them."""

import itertools
import random

import pytest

from benchmarks.campaign import judged, of_megabytes, standard_cases, without_megabytes
from conformance.contract import CLAUSES, READING, READINGS, VARIES
from conformance.runs.settling import settlings
from conformance.runs.smoke import smoke

OTHERS = [(reading.id, value.name) for reading in READINGS for value in reading.values[1:]]
PAIRS = [dict(pair) for pair in itertools.combinations(OTHERS, 2) if pair[0][0] != pair[1][0]]


def _assert_conforms(run, twin):
    assert run.results.failures == {}
    assert [id_ for id_, value in twin.items() if value not in run.ledger.possible[id_]] == []


@pytest.mark.slow
@pytest.mark.parametrize("twin", random.Random(20200303).sample(PAIRS, 6), ids=str)
def test_pairs_of_readings_conform(twin):
    """An emulator that follows two readings conforms; `python -m benchmarks.false_alarms` tries all pairs."""
    _assert_conforms(judged(without_megabytes(), twin), twin)


def mixtures():
    """Emulators that follow another value of every reading, as many as it takes to have each value in one."""
    others = {each.id: [value.name for value in each.values[1:]] for each in READINGS}
    for place in range(max(map(len, others.values()))):
        yield {id_: values[place % len(values)] for id_, values in others.items()}


@pytest.mark.slow
@pytest.mark.parametrize("twin", list(mixtures()), ids=lambda _: "mixture")
def test_mixtures_conform(twin):
    """An emulator that takes all points otherwise conforms, also on requests of megabytes; every value has its turn."""
    run = judged(smoke(), twin)

    _assert_conforms(run, twin)
    assert all(run.results.tallies[each.clause].judged for each in of_megabytes())


@pytest.mark.slow
def test_the_default_conforms_in_standard():
    """The reference emulator conforms whatever is drawn; `benchmarks.false_alarms` takes several seeds. And few."""
    run = judged(standard_cases(1))

    _assert_conforms(run, {})
    assert 1000 < run.results.requests < 4800
    assert run.results.groups_created < 1050


@pytest.mark.slow
@pytest.mark.parametrize("twin", random.Random(45015).sample(PAIRS, 1), ids=str)
def test_pairs_conform_in_standard(twin):
    """An emulator that follows two readings conforms in exploration too."""
    _assert_conforms(judged(standard_cases(1), twin), twin)


SETTLED = [
    "absent-required-code", "account-age", "description-case", "doubled-parameter", "duplicate-description-code",
    "empty-description-code", "empty-description-list", "empty-group-id-code", "empty-group-name-code",
    "fullwidth-letters", "group-id-case", "group-name-case", "han-extension-a", "han-extension-b", "ideographic-zero",
    "null-parameter", "text-for-list", "unknown-parameter", "wrong-type-code",
]  # fmt: skip


def _assert_settled(run, twin):
    for reading, value in twin.items():
        possible = run.ledger.possible[reading]
        # What varies can look, in few requests, like any of the others; any of the others can be a part of it.
        assert value in possible <= {value, VARIES} or value == VARIES


@pytest.mark.slow
@pytest.mark.parametrize("reading", SETTLED)
def test_evidence_settles(reading):
    """An emulator that follows one reading conforms, and those of the fixed cases that may tell find out which.

    The mixtures above follow every value of every reading; `benchmarks.false_alarms --singles` tries all alone.
    """
    value = random.Random(reading).choice(READING[reading].values[1:]).name
    telling = {each.case.id for each in settlings({reading: READING[reading].names})}
    first, *others = smoke()
    run = judged([first, *(each for each in others if each.id in telling)], {reading: value})

    _assert_conforms(run, {reading: value})
    _assert_settled(run, {reading: value})


def settled_at_once():
    """The usual value of each of these readings, and as many mixtures as it takes to have every value in one."""
    values = {id_: [each.name for each in READING[id_].values] for id_ in SETTLED}
    yield {id_: each[0] for id_, each in values.items()}
    for place in range(max(map(len, values.values()))):
        yield {id_: each[(place + shift) % len(each)] for shift, (id_, each) in enumerate(values.items())}


@pytest.mark.slow
@pytest.mark.parametrize("twin", list(settled_at_once()), ids=lambda _: "mixture")
def test_evidence_settles_all_at_once(twin):
    """The same where an emulator takes every one of the points in a way of its own; every value has its turn."""
    run = judged(without_megabytes(), twin)

    _assert_conforms(run, twin)
    _assert_settled(run, twin)


@pytest.mark.slow
def test_every_clause_is_seen_kept_and_broken():
    """In one run of the fixed cases, each clause that a request can break is seen on both sides."""
    tallies = judged(smoke()).results.tallies
    breakable = [each.id for each in CLAUSES if each.breakable]

    one_sided = {id_ for id_ in breakable if not tallies[id_].kept or not tallies[id_].broken + tallies[id_].open}
    # What is never as usual can only be open.
    assert one_sided == {
        "Authentication.token", "Authentication.unsigned-payload", "Protocol.json.byte-order-mark"
    }  # fmt: skip
    assert [each.id for each in CLAUSES if not tallies[each.id].judged] == ["Protocol.connection"]
