"""A clause is judged by the readings that its own rule names: a new one of a known kind needs a row, no code."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given

from conformance import contract
from conformance.contract import CLAUSE, CLAUSES, READING, VARIES, rule_of
from conformance.contract.alphabets import NAMES
from conformance.contract.citations import page
from conformance.contract.model import Clause, Reading, Value
from conformance.contract.rules import (
    AnswerRule,
    Charset,
    Default,
    DistinctItems,
    Gate,
    MaxLength,
    OneOf,
    OpenVersions,
    Plain,
    Typed,
    Unique,
    Unit,
    Whole,
)
from conformance.emulator import Emulator, conforming
from conformance.emulator.behaviour import TextCheck
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.judging import ledger
from conformance.oracle import check_orders, findings, interpretation, validator
from conformance.oracle.findings import when
from conformance.oracle.prediction import EVERYWHERE, Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import World
from conformance.runs.run import Run
from conformance.strategies.edges import keeping
from conformance.strategies.parameters import values_keeping
from conformance.targets.direct import DirectTarget

ILLEGAL = "InvalidParameterValue.GroupTagIllegal"
OK = {Accepted("2.0"), Accepted("3.0")}

# --- What the contract's own rules name ------------------------------------------------------------------

AGES = {"after-2020-11-26", "until-2020-11-26", "before-2020-04-02"}
# Kind of rule, its field → the values that the oracle knows; others must stand for codes.
KNOWN = {
    (Typed, "null"): {"absent", "dropped", "empty", "refused"},
    (Typed, "empty_in_form"): {"absent", "empty"},
    (Typed, "blank"): {"text", "empty"},
    (Typed, "one_text"): {"refused", "one-item"},
    (MaxLength, "counting"): {"code-points", "utf16-units"},
    (Charset, "surrogate"): {"Illegal"},
    (DistinctItems, "case"): {"sensitive", "insensitive"},
    (OneOf, "empty"): {"default"},
    (OpenVersions, "age"): AGES,
    (Default, "age"): AGES,
    (Unique, "case"): {"sensitive", "insensitive"},
    (Unique, "deletion"): {"accepted", "AlreadyExist"},
    (Unique, "race"): {"AlreadyExist"},
    (Gate, "absent"): {"ignored"},
    (Gate, "leeway"): {"refused", "accepted", "replaced", "ignored"},
    (Gate, "code"): set(),
    (AnswerRule, "charset"): {"bare", "charset"},
}
NAMED = [
    (clause, field, getattr(clause.rule, field))
    for clause in CLAUSES
    for kind, field in KNOWN
    if isinstance(clause.rule, kind) and getattr(clause.rule, field) is not None
]


@pytest.mark.parametrize(("clause", "field", "reading"), NAMED, ids=lambda each: getattr(each, "id", each))
def test_values(clause, field, reading):
    """A reading that a rule names is one, and has no value of which the oracle doesn't know what it means."""
    known = KNOWN[type(clause.rule), field]
    without_code = {each.name for each in READING[reading].values if each.code is None}

    assert without_code - {VARIES} <= known


def test_every_reading_is_named():
    """Each reading is that of a clause, of a field of its rule, or of its alphabet; one settles nothing."""
    named = {each.reading for each in CLAUSES} | {reading for _, _, reading in NAMED}
    alphabets = [each.rule.alphabet for each in CLAUSES if isinstance(each.rule, Charset)]

    assert READING.keys() - named - {one.reading for each in alphabets for one in each.unsettled} == {"gateway-order"}


def test_null_of_whole_requests():
    """The clause on null has the reading that every parameter's type names."""
    (null,) = (each for each in CLAUSES if each.rule == Whole("null"))

    assert {rule_of(each, Typed).null for each in contract.PARAMETERS} == {null.reading}


# --- A second clause of a kind ---------------------------------------------------------------------------


def forget_findings():
    """What was found of clauses before is found anew."""
    for each in (findings.keeps, findings.breaks, findings.depends, findings.unsure):
        each.cache_clear()


@pytest.fixture
def state(monkeypatch):
    """A function that adds a clause and the reading that it names, for the time of a test."""

    def add(clause, reading):
        forget_findings()
        monkeypatch.setitem(READING, reading.id, reading)
        monkeypatch.setattr(ledger, "READINGS", (*ledger.READINGS, reading))
        monkeypatch.setitem(CLAUSE, clause.id, clause)
        own = [each for each in contract.clauses_of(clause.subject) if each.id != clause.id]
        monkeypatch.setitem(contract._BY_SUBJECT, clause.subject, (*own, clause))
        monkeypatch.setitem(validator._CLAUSES_OF, clause.parameter, (*own, clause))
        monkeypatch.setitem(check_orders._ORDER, clause.id, len(check_orders._ORDER))

    yield add
    forget_findings()


def reading_of(id_, *values):
    """A reading with such values: a name, or a name and its code."""
    taken = [Value(*each[:1], "why", *each[1:]) if isinstance(each, tuple) else Value(each, "why") for each in values]
    return Reading(id_, "Tag.charset", "?", tuple(taken), "a request")


def clause_of(id_, rule, code="InvalidParameterValue", **more):
    return Clause(id_, id_.partition(".")[0], rule, (page(20, "Tag | 否"),), (code,), **more)


def ways(tag, outcome):
    """The readings under which an outcome is allowed for a request with this tag."""
    return [each.readings for each in predict(request_of(tag), World()).ways_to(outcome)]


def values_for(reading, tag, outcome):
    """The values of a reading under which an outcome is allowed; None for a way that doesn't depend on it."""
    return {each.get(reading) for each in ways(tag, outcome)}


def request_of(tag, **parameters):
    return Request.of({"GroupName": "n", "GroupId": "i", "Tag": tag, **parameters})


def test_a_second_list_of_values(state):
    """An empty text is judged by the reading of the clause whose list it isn't in, not by that of another."""
    state(
        clause_of("Tag.values", OneOf(("red", "blue"), empty="empty-tag")),
        reading_of("empty-tag", ("Empty", "MissingParameter"), "default"),
    )

    assert ways("red", Accepted("2.0")) == [{"account-age": frozenset({"before-2020-04-02"})}]
    assert ways("green", Refused("InvalidParameterValue")) == [EVERYWHERE]
    assert ways("", Refused("MissingParameter")) == [when("empty-tag", "Empty")]
    assert predict(request_of(""), World()).outcomes == OK | {Refused("MissingParameter")}
    assert predict(request_of("red", FaceModelVersion=""), World()).outcomes == OK | {
        Refused("InvalidParameterValue.FaceModelVersionIllegal"),
        Refused("MissingParameter.ErrorParameterEmpty"),
    }


def test_a_second_length(state):
    """What one character is may be counted otherwise for another limit."""
    state(
        clause_of("Tag.length.short", MaxLength(3, Unit.CHARACTERS, counting="tag-unit")),
        reading_of("tag-unit", "code-points", "utf16-units"),
    )

    assert values_for("tag-unit", "\U00020bb7" * 2, Refused("InvalidParameterValue")) == {frozenset({"utf16-units"})}
    assert values_for("tag-unit", "\U00020bb7" * 4, Refused("InvalidParameterValue")) == {None}


def test_a_limit_that_is_certain(state):
    """Where nothing says that a character may be two, it is one."""
    state(clause_of("Tag.length.short", MaxLength(3, Unit.CHARACTERS)), reading_of("unused", "one", "two"))

    assert ways("\U00020bb7" * 2, Refused("InvalidParameterValue")) == []
    assert values_for("character-unit", "\U00020bb7" * 4, Refused("InvalidParameterValue")) == {None}


def test_a_second_alphabet(state):
    """The code for a lone surrogate may be another for another alphabet."""
    state(
        clause_of("Tag.charset.more", Charset(NAMES, surrogate="tag-surrogate")),
        reading_of("tag-surrogate", "Illegal", ("Other", "InvalidRequest")),
    )

    assert values_for("tag-surrogate", "\ud800", Refused("InvalidRequest")) == {frozenset({"Other"})}
    assert values_for("lone-surrogate-code", "\ud800", Refused("InvalidRequest")) == {None}


def test_a_code_by_a_reading(state):
    """A clause whose codes a reading tells apart is answered so, whatever its kind of rule."""
    state(
        clause_of("Tag.length.short", MaxLength(3, Unit.CHARACTERS), "InvalidRequest", reading="tag-code"),
        reading_of("tag-code", ("One", "InvalidRequest"), ("Two", "InvalidParameterValue")),
    )

    assert ways("long", Refused("InvalidRequest")) == [when("tag-code", "One")]
    assert ways("long", Refused("InvalidParameterValue")) == [when("tag-code", "Two")]


# --- A rule of a new kind --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotFirst(Plain):
    """A text doesn't begin so."""

    character: str

    def surely_kept_by(self, value):
        """By its beginning."""
        return not isinstance(value, str) or not value.startswith(self.character)


@pytest.fixture
def first_of_tags(state):
    """A clause that the page doesn't have: what a tag begins with."""
    state(clause_of("Tag.first", NotFirst("-"), ILLEGAL), reading_of("unused", "one", "two"))


def test_a_new_kind_is_judged(first_of_tags):
    """What its class says is all that the validator needs."""
    broken = predict(request_of("-x"), World())

    assert (broken.outcomes, broken.broken) == ({Refused(ILLEGAL)}, {"Tag.first"})
    assert predict(request_of("x-"), World()).outcomes == OK
    assert "Tag.first" in predict(request_of("x-"), World()).kept


def test_a_new_kind_is_kept(first_of_tags):
    """Edges and drawn values of other clauses keep it."""
    edges = [each.value for clause in contract.clauses_of("Tag")[:-1] for each in keeping(clause)]

    @given(values_keeping("Tag"))
    def keep_it(tag):
        assert not tag.startswith("-")

    assert len(edges) > 5
    assert [each for each in edges if isinstance(each, str) and each.startswith("-")] == []
    keep_it()


def test_a_new_kind_is_checked(first_of_tags):
    """An emulator that looks for it conforms; one that doesn't breaks it."""
    behaviour = conforming()
    behaviour.texts["Tag"].further["first"] = TextCheck("first", lambda text: text[:1] != "-", ILLEGAL)

    assert failed(judged("-x", behaviour, "Tag.first")) == set()
    assert failed(judged("-x", conforming(), "Tag.first")) == {"Tag.first"}


# --- A new way to understand a parameter -----------------------------------------------------------------

INFORMATION = Request.of({"GroupId": "<salt>"}, "GetGroupInfo")


def judged(tag, behaviour, clause="Tag.charset"):
    """A run of one case: a creation with a tag, and a look at what was kept."""
    run = Run.against(DirectTarget(Emulator(behaviour)))
    creation = Request.of({"GroupName": "<salt>", "GroupId": "<salt>", "Tag": tag})
    run.case(Case(clause, "a tag as it is kept", (Step(creation), Step(INFORMATION))))
    return run


def failed(run):
    return {clause for clause, _ in run.results.failures}


@pytest.fixture
def blank_tags(state):
    """The page is read anew: white space alone may be no tag at all. One row and one field, no code."""
    of_tags = CLAUSE["Tag.type"]
    blank = replace(of_tags, rule=replace(of_tags.rule, blank="blank-tag"))
    state(blank, reading_of("blank-tag", "text", "empty"))


def blank_as_empty():
    """An emulator that takes white space alone for an empty tag, and keeps it so."""
    behaviour = conforming()
    behaviour.texts["Tag"].prepare = lambda text: "" if text.isspace() else text
    return behaviour


def test_a_blank_tag_that_is_kept_empty(blank_tags):
    """A twin that follows a reading which is a row of the contract alone conforms, and is seen to follow it."""
    run = judged("  ", blank_as_empty())

    assert failed(run) == set()
    assert run.ledger.possible["blank-tag"] == {"empty"}
    assert run.results.tallies["State.kept.Tag"].kept


def test_a_blank_tag_that_is_refused(blank_tags):
    """So does one that follows the other value."""
    run = judged("  ", conforming())

    assert failed(run) == set()
    assert run.ledger.possible["blank-tag"] == {"text"}


def test_a_blank_tag_that_is_kept_otherwise(blank_tags):
    """One that takes the request by one value, and keeps what the other means, doesn't."""
    behaviour = blank_as_empty()
    behaviour.store = lambda kept: {**kept, "tag": "  "}

    assert failed(judged("  ", behaviour)) == {"State.kept.Tag"}


def trimming(monkeypatch, *ways_):
    """Tags with white space around them may be understood in these ways, beside that they are refused."""
    plain = interpretation._of_value

    def of_value(name, typed, value, *, textual):
        if name == "Tag" and isinstance(value, str) and value != value.strip():
            yield when("trimmed-tag", "refused"), value, ()
            for way, meaning in ways_:
                yield when("trimmed-tag", way), meaning(value), ()
        else:
            yield from plain(name, typed, value, textual=textual)

    monkeypatch.setattr(interpretation, "_of_value", of_value)


def trims():
    """An emulator that trims tags."""
    behaviour = conforming()
    behaviour.texts["Tag"].prepare = str.strip
    return behaviour


def test_a_trimmed_tag(state, monkeypatch):
    """A way to understand Tag that no field of a rule describes is added to the interpretation, and nowhere else."""
    state(CLAUSE["Tag.type"], reading_of("trimmed-tag", "refused", "trimmed"))
    trimming(monkeypatch, ("trimmed", str.strip))

    run = judged(" x ", trims())
    untrimmed = trims()
    untrimmed.store = lambda kept: {**kept, "tag": " x "}

    assert failed(run) == set()
    assert run.ledger.possible["trimmed-tag"] == {"trimmed"}
    assert run.results.tallies["State.kept.Tag"].kept
    assert failed(judged(" x ", conforming())) == set()
    assert failed(judged(" x ", untrimmed)) == {"State.kept.Tag"}


@pytest.mark.parametrize("kept", ["x", "xx"])
def test_a_tag_that_may_be_kept_in_two_ways(state, monkeypatch, kept):
    """Where two ways are accepted that differ in what is kept, either is right, and neither is seen to be kept."""
    state(CLAUSE["Tag.type"], reading_of("trimmed-tag", "refused", "trimmed", "doubled"))
    trimming(monkeypatch, ("trimmed", str.strip), ("doubled", lambda text: text.strip() * 2))
    behaviour = trims()
    behaviour.store = lambda parameters: {**parameters, "tag": kept}

    run = judged(" x ", behaviour)

    assert failed(run) == set()
    assert run.ledger.possible["trimmed-tag"] == {"trimmed", "doubled"}
    assert run.results.tallies["State.kept.Tag"].kept == 0
