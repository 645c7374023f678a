"""The public strategies draw what their names promise."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import strategies
from conformance.contract import CLAUSE, CLAUSES, IDS, NAMES
from conformance.oracle.prediction import Accepted
from conformance.oracle.validator import predict
from conformance.oracle.world import World
from conformance.strategies.sequences import examples, uniqueness
from conformance.strategies.text import texts, texts_with

BROKEN_ALONE = [each.id for each in CLAUSES if each.breakable_alone]
quickly = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def identity(request):
    return request.values("GroupId"), request.values("GroupName")


@quickly
@given(strategies.valid_requests())
def test_valid_requests(request):
    """A valid request is accepted under every reading, but for “2.0” on an account that can't choose it."""
    prediction = predict(request, World())

    assert not prediction.broken
    assert prediction.open <= {"FaceModelVersion.open"}
    assert any(isinstance(each, Accepted) for each in prediction.outcomes)


@pytest.mark.parametrize("clause", BROKEN_ALONE)
def test_requests_breaking(clause):
    """A request that breaks a clause breaks that clause, and surely no other."""

    @quickly
    @given(strategies.requests_breaking(clause))
    def holds(request):
        prediction = predict(request, World())

        assert clause in prediction.broken | prediction.open
        # A text with a stranger in it may be too long as well; but no other parameter is touched.
        assert {CLAUSE[each].parameter for each in prediction.broken} <= {CLAUSE[clause].parameter}

    holds()


@quickly
@given(strategies.requests_breaking_several())
def test_requests_breaking_several(request):
    """A request that breaks several clauses breaks two at least, surely or by some reading."""
    prediction = predict(request, World())

    assert len(prediction.broken | prediction.open) >= 2


@quickly
@given(strategies.invalid_requests())
def test_invalid_requests(request):
    """An invalid request breaks something."""
    prediction = predict(request, World())

    assert prediction.broken | prediction.open


def test_each_draw_is_its_own():
    """No two draws share an id or a name that has room for a salt."""
    seen = []

    @quickly
    @given(strategies.valid_requests())
    def collect(request):
        seen.append(identity(request))

    collect()
    ids = [group_id for (group_id,), _ in seen]

    assert len(set(ids)) == len(ids) >= 40


@pytest.mark.parametrize("clause", ["GroupId.unique", "FaceModelVersion.open", "Tag.optional", "Response.envelope"])
def test_what_no_request_breaks_alone(clause):
    """A clause that a single request can't break is refused by name."""
    with pytest.raises(ValueError, match="can't be broken"):
        strategies.requests_breaking(clause)


def test_an_unknown_clause():
    """An unknown clause is an error at once, not when drawing."""
    with pytest.raises(KeyError):
        strategies.requests_breaking("GroupName.lenght")


@given(st.sampled_from([NAMES, IDS]), st.integers(0, 64), st.data())
@settings(max_examples=60, deadline=None)
def test_texts(alphabet, length, data):
    """A text has exactly the length asked for, of characters that are surely of the alphabet."""
    text = data.draw(texts(alphabet, length))

    assert len(text) == length
    assert alphabet.certain(text)


@given(st.sampled_from([NAMES, IDS]), st.data())
@settings(max_examples=100, deadline=None)
def test_texts_with_a_stranger(alphabet, data):
    """A text with a stranger has at least one character that is surely outside, and stays within the length."""
    text = data.draw(texts_with(alphabet, 30))

    assert any(unsettled is None for _, unsettled in alphabet.doubts(text))
    assert len(text.encode("utf-8", "surrogatepass")) <= 30 * 3


def test_edges_are_reached():
    """Texts as long as the limit are drawn often: they are asked for by name."""
    lengths = []

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.values_keeping("Tag"))
    def collect(tag):
        lengths.append(len(tag))

    collect()

    assert lengths.count(40) >= 5
    assert lengths.count(0) >= 1


def test_public_names():
    """Everything that the package promises can be imported from it."""
    for name in strategies.__all__:
        assert callable(getattr(strategies, name))
    with pytest.raises(AttributeError):
        _ = strategies.nothing_of_that_name


def test_sequences_are_told_apart():
    """Each fixed sequence has a name of its own, and the examples are those of the page."""
    abouts = [about for _, about, _, _ in (*uniqueness(), *examples())]

    assert len(set(abouts)) == len(abouts)
    assert sum(about.startswith("printed example") for about in abouts) == 3
