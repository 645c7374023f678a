"""What `standard` sends besides the fixed cases, with values of its seed: bounded, and the same for the same seed."""

from random import Random

import pytest

from benchmarks.campaign import judged, run_against
from benchmarks.liars.judging import NOBODY, found_by
from benchmarks.liars.servers.everybody import LIARS
from benchmarks.liars.unfound import UNFOUND
from conformance import __version__
from conformance.contract import CLAUSE, CLAUSES
from conformance.contract.rules import Charset, MaxLength
from conformance.emulator import Emulator
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest
from conformance.exchange.salt import SALT, Salts, fill, fill_text
from conformance.oracle.validator import predict
from conformance.oracle.world import World
from conformance.runs.conduct import RevisitPart
from conformance.runs.settings import Settings
from conformance.strategies.alike import many_alike
from conformance.strategies.conditions import ANOTHER_CLIENT, CONDITIONS
from conformance.strategies.draws import alphabet_of, limit_of, strangers_of
from conformance.strategies.seeded import opening, seeded
from conformance.strategies.sequences import create
from conformance.strategies.sweeps import illegal_characters, sweeps
from conformance.strategies.telling import breaking_each, telling
from conformance.targets.direct import DirectTarget
from conformance.targets.embedded import EmbeddedTarget

SEEDS = (0, 1, 2)
FOLDS = ("-_", "@#", "%&", "#&", "0O", "1l", "lI", "国國")
SALTS = Salts("confabcde")


def test_a_seed_draws_the_same():
    """One seed always makes the same cases; another makes others."""
    first, again, other = ([each.to_line() for each in (*opening(seed), *seeded(seed))] for seed in (1, 1, 2))

    assert first == again
    assert len({*first} & {*other}) < len(first) / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_each_breaks_its_clause(seed):
    """What is drawn for a clause breaks it, and none of another parameter; every clause has its own."""
    told = [*breaking_each(Random(seed)), *illegal_characters(Random(seed))]
    for each in told:
        prediction = predict(fill(each.step.request, SALTS.next()), World())
        broken = {CLAUSE[id_].parameter for id_ in prediction.broken | prediction.open}
        assert each.clause in prediction.broken | prediction.open, each
        assert broken == {each.broken}, each

    assert {each.clause for each in told} == {each.id for each in CLAUSES if each.breakable_alone}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[2:])
def test_the_reference_conforms(seed):
    """Nothing that a seed makes fails a target that conforms; the first seeds' is in whole runs of `standard`.

    That of 0 is the suite, which these tests begin with; that of 1 `test_the_default_conforms_in_standard`.
    """
    assert judged([*opening(seed), *seeded(seed)]).results.failed == {}


def _is_look(step):
    return step.request.action == "GetGroupInfo"


def test_every_length_is_there():
    """Every length from eight on of an id and of a name is accepted once, every one of a tag and of a description."""
    texts = {"GroupName": set(), "GroupId": set(), "Tag": set(), "GroupExDescriptions[]": set()}
    successes = [case for case in sweeps(0) if "successes" in case.about]
    for step in (step for case in successes for step in case.steps[: list(map(_is_look, case.steps)).index(True) - 1]):
        parameters = dict(fill(step.request, SALTS.next()).parameters)
        for name, lengths in texts.items():
            value = parameters[name.removesuffix("[]")]
            lengths.update(map(len, value) if isinstance(value, list) else [len(value)])

    for name, lengths in texts.items():
        assert {*range(8, limit_of(name) + 1)} <= lengths
    assert {*range(1, 31)} <= texts["Tag"] & texts["GroupExDescriptions[]"]


def test_every_length_beyond_is_there():
    """Every length up to half as long again comes once, of every text; of a list every number up to four times."""
    found = {}
    for step in (step for case in sweeps(0) for step in case.steps):
        for name, value in fill(step.request, SALTS.next()).parameters:
            found.setdefault(name, set()).add(len(value))
            for each in value if isinstance(value, list) else ():
                found.setdefault(f"{name}[]", set()).add(len(each))

    for name in ("GroupName", "GroupId", "Tag", "GroupExDescriptions[]"):
        assert {*range(limit_of(name) + 1, limit_of(name) * 3 // 2 + 1), 128, 1024} <= found[name]
    assert {*range(6, 21), 100} <= found["GroupExDescriptions"]


@pytest.mark.parametrize("parameter", ["GroupId", "GroupName"])
def test_every_fold_is_there(parameter):
    """Some groups differ in nothing but two characters that are easily taken for one another; in ids, and in names."""
    texts = [
        {fill_text(dict(step.request.parameters)[parameter], "confabcde") for step in case.steps}
        for case in many_alike(Random(0))
        if case.clause == "GroupId.unique"
    ]
    folds = [each for each in FOLDS if alphabet_of(parameter).certain(each)]

    assert len(folds) > 3
    for first, second in folds:
        assert any(len({each.replace(first, second) for each in others}) < len(others) for others in texts)


@pytest.mark.parametrize("clause", ["GroupId.unique", "GroupName.unique"])
def test_what_is_there_is_asked_for_again(clause):
    """A target that has forgotten what it once created is found; one that hasn't isn't."""
    settings, part = Settings(profile="smoke"), RevisitPart(clause)
    run = run_against()
    for _ in range(3):
        run.case(Case.single("GroupName.required", "a group", create(SALT, SALT)))
    assert part.play(run, settings) == []

    run.target = DirectTarget(Emulator())
    assert {each.clause for each in part.play(run, settings)} == {clause}


@pytest.mark.parametrize(
    "clause", [each for each in CLAUSES if isinstance(each.rule, Charset)], ids=lambda each: each.id
)
def test_every_character_is_there(clause):
    """Every kind of illegal character comes in every text; first, last, and between, not always in the same place."""
    told = [each for seed in range(20) for each in illegal_characters(Random(seed)) if each.clause == clause.id]
    texts = [dict(each.step.request.parameters)[clause.parameter] for each in told]
    places = {text.find("!") for text in map(str, texts) if "!" in text}

    assert len(told) >= 20 * len(strangers_of(clause.subject))
    assert len(places) > 4


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: each.name)
def test_every_condition_changes_something(condition):
    """Under each some telling requests are sent otherwise than plainly."""
    random = Random(0)
    told = [each for seed in range(5) for each in telling(Random(seed))]
    changed = [(each, under) for each in told if (under := condition.under(each, random)) is not None]

    assert any(each != under for each, under in changed)
    assert condition.why


def test_several_conditions_at_once():
    """What another client sends differs in all that one request can."""
    told = next(each for each in breaking_each(Random(0)) if isinstance(CLAUSE[each.clause].rule, MaxLength))
    twists = {each.partition(":")[0].partition("=")[0] for each in ANOTHER_CLIENT.under(told, Random(0)).step.twists}

    assert twists == {"compact", "header", "language", "timestamp"}


@pytest.mark.parametrize("given", [(), (("User-Agent", "HRSystem/2.3"),)], ids=["plain", "as another client"])
def test_only_the_real_service_is_told_who_asks(given):
    """Elsewhere requests are as a common library writes them, or as a condition says."""
    target = EmbeddedTarget(Emulator())
    here, there = (
        dict(target.send(HttpRequest("POST", f"https://{host}/", given, b"{}")).sent.headers)
        for host in ("iai.example", "iai.tencentcloudapi.com")
    )

    assert "conformance" not in " ".join([*here, *here.values()])
    assert here["User-Agent"].startswith("HRSystem" if given else "python-requests/")
    assert there == {**here, "Host": there["Host"], "User-Agent": f"{here['User-Agent']} iai-conformance/{__version__}"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "profile"),
    [(NOBODY, "smoke"), ("kept-alive", "smoke"), ("odd-timestamps", "smoke"), ("empty-account", "standard")],
)
def test_liars(name, profile):
    """The right service conforms; those that are wrong in one thing are found, whichever seed."""
    assert (found_by(name, profile, 3) is None) == (name == NOBODY)


def test_what_is_not_found_has_its_reason():
    """Every liar that isn't found is one of the table, and at least a hundred can be."""
    assert {*UNFOUND} <= {*LIARS}
    assert all(UNFOUND.values())
    assert len(LIARS) - len(UNFOUND) >= 100
