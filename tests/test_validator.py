"""The validator: what the page allows for a request, by hand for each limit and by rule for each edge."""

from copy import deepcopy

import pytest

from conformance.contract import CLAUSES, EXAMPLES, READING
from conformance.contract.rules import OpenVersions
from conformance.exchange.request import Request
from conformance.exchange.salt import fill_value
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import World
from conformance.strategies.edges import breaking, keeping, unsettled
from tests.allowed import (
    ABSENCE,
    AGES,
    CLOSED,
    EMPTY,
    GOLDEN,
    INVALID,
    NAME_EXISTS,
    NO_DESCRIPTION,
    NO_ID,
    OK,
    SALT,
    THREE,
    TWO,
    WRONG_TYPE,
    outcomes,
    refused,
    request_of,
    value,
    with_group,
)
from tests.second_reading import codes
from tests.worlds import words_of

# --- The printed examples --------------------------------------------------------------------------------


def answer_of(example):
    error = example.response.get("Error")
    return Refused(error["Code"]) if error else Accepted(example.response["FaceModelVersion"])


def parameters_of(example):
    return {name: list(given) if isinstance(given, tuple) else given for name, given in example.parameters}


@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda example: example.title)
def test_examples_that_need_no_group(example):
    """The printed answers to the examples that need no other group are the only ones allowed."""
    assert {answer_of(example)} == outcomes(**parameters_of(example))


@pytest.mark.parametrize(("name", "others"), [("另一个", set()), ("腾讯深圳员工库", NAME_EXISTS)])
def test_example_of_an_id_in_use(name, others):
    """The printed answer to an id in use is allowed, and so is the name's where the name is in use too."""
    example = EXAMPLES[0]
    world = with_group("TencentShenZhenEmployee", name)

    assert {answer_of(example), *others} == outcomes(world, **parameters_of(example))


# --- Golden cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "expected"), GOLDEN.values(), ids=GOLDEN)
def test_golden(changes, expected):
    """These outcomes are allowed; whether any other is, and which, says the second reading of the page."""
    found = outcomes(**changes)
    refusals = {each.code for each in found if isinstance(each, Refused)}

    assert expected <= found
    assert expected & OK == found & OK
    assert refusals == {each for each in codes(request_of(**changes).parameters) if not each.startswith("OK ")}


# --- Doubled parameters ----------------------------------------------------------------------------------


# What is said twice may be refused as such, or as no JSON at all.
DOUBLED = refused(
    INVALID, "InvalidParameter.InvalidParameter", "InvalidParameterValue", "InvalidRequest", "MissingParameter"
)


def doubled(*pairs):
    return predict(Request.of([*request_of().parameters, *pairs]), World())


def test_doubled():
    """Of two values, either may count, or the request may be refused."""
    prediction = doubled(("Tag", "x"), ("Tag", "!"))

    assert OK | value("GroupTagIllegal") | DOUBLED == prediction.outcomes


def test_doubled_alike():
    """Two values that are alike can be refused for being two, for nothing else."""
    assert doubled(("Tag", "x"), ("Tag", "x")).outcomes == OK | DOUBLED


def test_doubled_twice():
    """It is the first value of all doubled parameters that counts, or the last of all."""
    prediction = doubled(("Tag", "x"), ("Tag", "!"), ("FaceModelVersion", "4.0"), ("FaceModelVersion", "3.0"))

    assert value("GroupTagIllegal", "FaceModelVersionIllegal") | DOUBLED == prediction.outcomes


def test_doubled_version():
    """An acceptance names the version that counts."""
    prediction = doubled(("FaceModelVersion", "2.0"), ("FaceModelVersion", "3.0"))

    assert [{"doubled-parameter": frozenset({"last"})}] == [each.readings for each in prediction.ways_to(THREE)]
    assert {THREE, TWO} | CLOSED | DOUBLED == prediction.outcomes


# --- Forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Tag": ""}, OK),
        ({"GroupId": ""}, NO_ID | ABSENCE),
        ({"FaceModelVersion": ""}, OK | value("FaceModelVersionIllegal") | refused(EMPTY)),
        ({"GroupExDescriptions": ""}, OK | WRONG_TYPE | NO_DESCRIPTION | refused("UnknownParameter")),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_empty_in_a_form(changes, expected):
    """In a form, an empty value may be an absent one."""
    request = Request(request_of(**changes).parameters, textual=True)

    assert expected == predict(request, World()).outcomes


# --- Every edge of every clause --------------------------------------------------------------------------


def edge_request(clause, edge):
    filled = fill_value(edge.value, SALT)
    return request_of(**{clause.parameter: [filled] if clause.of_elements else filled})


BREAKING = [(clause, each) for clause in CLAUSES for each in breaking(clause)]
KEEPING = [(clause, each) for clause in CLAUSES for each in keeping(clause)]
UNSETTLED = [(clause, reading, each) for clause in CLAUSES for reading, each in unsettled(clause)]


def test_breaking_edges():
    """An edge that breaks a clause breaks that one alone, and must be refused."""
    for clause, edge in BREAKING:
        prediction = predict(edge_request(clause, edge), World())
        # What is no text is none of the versions either.
        follows = {"FaceModelVersion.values"} if clause.id == "FaceModelVersion.type" else set()
        assert {clause.id} <= prediction.broken <= {clause.id, *follows}, (clause.id, edge)
        assert not prediction.open
        assert prediction.must_be_refused


def test_keeping_edges():
    """An edge that keeps a clause keeps all others too, and must be accepted by an account that may choose."""
    world = World(known={"account-age": frozenset(AGES[1:])})
    for clause, edge in KEEPING:
        prediction = predict(edge_request(clause, edge), world)
        closed = {each.id for each in CLAUSES if isinstance(each.rule, OpenVersions)} if edge.value == "2.0" else set()
        assert clause.id in prediction.kept | closed, (clause.id, edge)
        assert not prediction.broken
        assert any(isinstance(each, Accepted) for each in prediction.outcomes)
        assert prediction.must_be_accepted


def test_unsettled_edges():
    """An edge on which the page is unclear leaves its clause open, by the reading that it is for."""
    for clause, reading, edge in UNSETTLED:
        prediction = predict(edge_request(clause, edge), World())
        assert (frozenset(), {clause.id}) == (prediction.broken, prediction.open), (clause.id, edge)
        assert {reading} == {name for each in prediction.allowed for name in each.readings} - {"account-age"}


# --- Predictions by themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN)
def test_predictions(name):
    """A prediction is never empty, puts no clause into two classes, and names readings and values that exist."""
    prediction = predict(request_of(**GOLDEN[name][0]), World())

    assert prediction.allowed
    assert not prediction.kept & (prediction.broken | prediction.open)
    assert not prediction.broken & prediction.open
    for each in prediction.allowed:
        assert all(values <= READING[reading].names for reading, values in each.readings.items())
        assert prediction.ways_to(each.outcome)


@pytest.mark.parametrize("name", GOLDEN)
def test_pure(name):
    """A prediction changes nothing that is known of the account, and is the same the next time."""
    world = with_group(ours=words_of("somebody-else"))
    before = deepcopy(world)
    request = request_of(**GOLDEN[name][0])

    first, second = predict(request, world), predict(request, world)

    assert first == second
    assert before == world
