"""The edges and the smoke list: small, and telling on every clause."""

import json
from functools import cache

import pytest

from benchmarks.campaign import judged
from conformance.contract import CLAUSE, CLAUSES, READINGS
from conformance.contract.alphabets import UNSETTLED
from conformance.contract.rules import Effect, MaxItems, MaxLength, MinLength, Unit, Whole
from conformance.exchange.cases import Case
from conformance.exchange.salt import MARKER, Salts, fill, fill_value, salted
from conformance.oracle.validator import predict, predict_http
from conformance.oracle.world import World
from conformance.runs.smoke import smoke
from conformance.strategies.characters import ODD_CHARACTERS, UNSETTLED_SAMPLES
from conformance.strategies.edges import breaking, keeping, unsettled

SMOKE = smoke()
LINES = [each.to_line() for each in SMOKE]
BREAKABLE = [each for each in CLAUSES if each.breakable and not each.part_of]
SALT = "abcdefghijklmn"


def clause_id(clause):
    return clause.id


# --- The list ------------------------------------------------------------------------------------------


def test_the_list_is_short():
    """The list has 1 000 requests at most."""
    assert sum(case.requests for case in SMOKE) <= 1000


def test_ids_are_unique():
    """No two cases have the same id, and so the same content."""
    assert len(SMOKE) == len({case.id for case in SMOKE})


def test_ids_are_made_of_the_content():
    """A case has its id from its requests alone, whatever it aims at and says about itself."""
    case = SMOKE[0]

    assert case.id == Case("Tag.type", "otherwise", case.steps).id
    assert case.id != Case(case.clause, case.about, (*case.steps, *case.steps)).id


@pytest.mark.parametrize(("old", "new"), [("<id>", "<id>x"), ('"GroupName"', '"GroupNam"'), ('"id": "', '"id": "0')])
def test_lines_edited_by_hand(old, new):
    """A line that was edited by hand is refused, with the id that its content makes."""
    edited = LINES[0].replace(old, new, 1)
    assert edited != LINES[0]
    with pytest.raises(ValueError, match=r"was edited by hand: its content makes the id [0-9a-f]{10}"):
        Case.from_line(edited)


def test_there_and_back():
    """A case is the same once written and read."""
    assert [case.id for case in SMOKE if case != Case.from_line(case.to_line())] == []


def test_lines_are_plain():
    """A line can be read and copied: no control, no lone surrogate, no character that shows nothing."""
    assert all(line.isprintable() for line in LINES)
    assert all(json.loads(line)["clause"] in {each.id for each in CLAUSES} for line in LINES)


# --- What the list shows ---------------------------------------------------------------------------------


@cache
def predictions():
    """The prediction for each request of the list, as it is sent to an emulator that conforms."""
    seen = []

    def predicting(*words, **names):
        seen.append(predict_http(*words, **names))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conformance.judging.assessor.predict_http", predicting)
        judged(SMOKE)
    return seen


@pytest.mark.parametrize(
    "clause",
    [each for each in CLAUSES if each.subject not in {"Request", "Response"} and not each.part_of],
    ids=clause_id,
)
def test_clauses_are_seen_kept(clause):
    """Each clause on a request is kept by some request, permissions too."""
    silent = isinstance(clause.rule, Whole | Effect) or clause.id in NEVER_AS_USUAL
    assert silent or any(clause.id in each.kept for each in predictions())


@pytest.mark.parametrize("clause", BREAKABLE, ids=clause_id)
def test_clauses_are_seen_broken(clause):
    """Each clause that can be broken is broken by some request, by that fault alone."""
    # What is no text is none of the versions either.
    follows = {"FaceModelVersion.values"} if clause.id == "FaceModelVersion.type" else set()
    # What is too large, or too deep, is not what a parameter may be.
    if clause.id.startswith(("Protocol.size.", "Protocol.json.depth")):
        follows = {each for each in CLAUSE if each.startswith("Tag.")}
    assert any({clause.id} <= each.broken | each.open <= {clause.id, *follows} for each in predictions())


@pytest.mark.parametrize(
    "clause", [each for each in CLAUSES if (each.subject == "Request" and each.codes) or each.id.endswith("count.min")],
    ids=clause_id,
)  # fmt: skip
def test_silence_is_seen(clause):
    """Each point on which the page is silent is touched by some request."""
    touched = {reading for each in predictions() for way in each.allowed for reading in way.readings}
    assert clause.reading in touched


# Of what is never as usual, a reading alone says whether it is kept.
NEVER_AS_USUAL = {"Authentication.token", "Authentication.unsigned-payload", "Protocol.json.byte-order-mark"}
FAR = {each.reading for each in UNSETTLED} - {
    reading for clause in CLAUSES for reading, edge in unsettled(clause) if edge.rank <= 3
}


@pytest.mark.parametrize(
    "reading",
    [each.id for each in READINGS if each.id not in FAR | {"content-type-charset", "form-empty-text", "gateway-order"}],
)
def test_readings_are_told_apart(reading):
    """Each reading but the exotic ones leaves some request with answers that tell its values apart."""
    ways = [way.readings.get(reading) for each in predictions() for way in each.allowed]
    assert len({values for values in ways if values}) > 1


def test_both_sides_alike():
    """Many requests must be accepted, and many refused: neither a yes-man nor a nay-sayer passes."""
    accepted = sum(each.must_be_accepted for each in predictions())
    refused = sum(each.must_be_refused for each in predictions())

    assert accepted > 50
    assert refused > 50


# --- Edges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clause", CLAUSES, ids=clause_id)
def test_edges_are_distinct(clause):
    """No two edges on one side of a clause have the same value, or say the same about themselves."""
    for edges in (list(keeping(clause)), list(breaking(clause))):
        assert len({repr(each.value) for each in edges}) == len(edges)
        assert len({each.about for each in edges}) == len(edges)


@pytest.mark.parametrize(
    "clause", [each for each in CLAUSES if isinstance(each.rule, MaxLength | MaxItems)], ids=clause_id
)
def test_edges_are_next_to_each_other(clause):
    """Of a limit, the longest that is allowed and one more are the most telling edges."""

    def sizes(edges):
        return {len(fill_value(each.value, SALT)) for each in edges if each.rank == 0}

    assert (sizes(keeping(clause)), sizes(breaking(clause))) == ({clause.rule.limit}, {clause.rule.limit + 1})


@pytest.mark.parametrize("clause", [each for each in CLAUSES if isinstance(each.rule, MinLength)], ids=clause_id)
def test_shortest(clause):
    """The shortest text that is allowed is an edge; in Han too, where the unit is the character."""
    texts = [fill_value(each.value, SALT) for each in keeping(clause)]

    assert {len(each) for each in texts} == {clause.rule.limit}
    assert any(not each.isascii() for each in texts) == (clause.rule.unit is Unit.CHARACTERS and clause.rule.limit > 0)


@pytest.mark.parametrize(
    "clause", [each for each in CLAUSES if each.subject in {"GroupName", "GroupId"}], ids=clause_id
)
def test_edges_have_a_salt(clause):
    """An id or name that must be accepted is a new one each time, and one that must be refused too."""
    texts = [each.value for each in (*keeping(clause), *breaking(clause)) if isinstance(each.value, str) and each.value]

    assert all(MARKER.search(each) for each in texts)


@pytest.mark.parametrize("reading", sorted({each.reading for each in UNSETTLED} & UNSETTLED_SAMPLES.keys()))
def test_samples(reading):
    """A sample of an unsettled class belongs to that class first."""
    for character in UNSETTLED_SAMPLES[reading]:
        assert reading == next(each.reading for each in UNSETTLED if character in each)


def test_samples_are_of_classes():
    """There are samples of unsettled classes alone, and of each uniform one."""
    assert UNSETTLED_SAMPLES.keys() <= {each.reading for each in UNSETTLED}
    assert {each.reading for each in UNSETTLED if each.uniform} <= UNSETTLED_SAMPLES.keys()


@pytest.mark.parametrize("name", ODD_CHARACTERS)
def test_odd_characters(name):
    """An odd character is surely outside every alphabet, under every reading."""
    request = fill(SMOKE[0].steps[0].request, SALT)
    for parameter in ("GroupName", "Tag"):
        pairs = {**dict(request.parameters), parameter: f"{SALT}{ODD_CHARACTERS[name]}"}
        assert predict(type(request).of(pairs), World()).must_be_refused


@pytest.mark.parametrize("length", [1, 2, 11, 12, 13, 60])
@pytest.mark.parametrize("han", [False, True])
def test_salted(length, han):
    """A salted text has exactly the wanted length once filled, and differs from one salt to the next."""
    template = salted(length, han=han)
    salts = Salts("abcdefg")

    assert len(fill_value(template, salts.next())) == length
    assert fill_value(template, salts.next()) != fill_value(template, salts.next())
