"""The cassettes that are shipped, and the verbs that judge recordings anew."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import conformance
from conformance.cli import shipping as shipped
from conformance.cli.main import main
from conformance.cli.reference import record
from conformance.cli.rejudging import verdicts_of
from conformance.contract import DEFAULTS, EXAMPLES, READING
from conformance.exchange.cases import Case
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.recording.provenance import Kind
from conformance.recording.reader import load
from conformance.runs.smoke import smoke
from conformance.runs.taking_apart import without
from conformance.strategies.contexts import UNSURE

SHIPPED = Path(conformance.__file__).parent.parent / "cassettes"
AGES = [each.name for each in READING["account-age"].values]


@pytest.mark.slow
def test_verdicts_stand(capsys):
    """Today's contract judges what is shipped as it was judged when it was accepted."""
    folders = [str(SHIPPED / name) for name in shipped.FOLDERS]
    code = main(["rejudge", *folders, "--against", str(SHIPPED / shipped.VERDICTS)])

    assert code == 0, capsys.readouterr().out


def test_the_pages_examples():
    """The four printed exchanges are there, whole, called documentation, and allowed by the page itself."""
    recording = load(SHIPPED / "documentation" / "page")
    judged = verdicts_of(SHIPPED / "documentation" / "page", None)

    assert recording.provenance.kind is Kind.DOCUMENTATION
    found = {(each.request.body, each.answer.body) for each in recording.interactions}
    assert found == {
        (
            json.dumps(dict(each.parameters), ensure_ascii=False).encode(),
            json.dumps({"Response": each.response}, ensure_ascii=False).encode(),
        )
        for each in EXAMPLES
    }
    assert list(judged["cases"].values()) == [[], [], [], []]
    assert judged["verdict"] == "incomplete"


@pytest.mark.slow
@pytest.mark.parametrize("age", AGES)
def test_the_reference(age):
    """Each kind of account is recognised and departs from nothing; that of today has all, and so conforms."""
    recording, judged = load(SHIPPED / "reference" / age), verdicts_of(SHIPPED / "reference" / age, None)

    assert (recording.provenance.kind, recording.account, recording.notes) == (Kind.EMULATOR, age, ())
    assert judged["verdict"] == ("conforms" if age == AGES[0] else "incomplete")
    assert judged["readings"]["account-age"] == [age]
    taken = {**DEFAULTS, "account-age": age}
    assert [id_ for id_, possible in judged["readings"].items() if taken[id_] not in possible] == []
    recorded = [each.id for each in shipped.cases_of(age) if each.quota is None]
    assert [id_ for id_ in recorded if judged["cases"][id_]] == []


def test_all_of_an_account_of_today():
    """What isn't recorded of it tells readings apart and nothing else, or takes an account with a small quota."""
    recorded = load(SHIPPED / "reference" / AGES[0]).cases
    left = [each for each in smoke() if without(each, UNSURE).id not in recorded and each.quota is None]
    settled = {READING[each].clause for each in READING if isinstance(READING[each].told_apart_by, Mapping)}

    assert 0 < len(left) < 20
    assert {each.clause for each in left} <= settled


def lists_groups(case):
    return any(each.request.action == "GetGroupList" for each in case.steps)


def some(age):
    """A few of the cases that are recorded; whoever lists groups sees those of the cases that do so, too."""
    return [each for place, each in enumerate(shipped.cases_of(age)) if place % 20 == 0 or lists_groups(each)]


SOME = some(AGES[0])


def entries(folder):
    """What stands in each cassette: its head, its interactions, its seal."""
    return {
        each.name: re.split(r"(?m)^(?=- |seal: )", each.read_text(encoding="utf-8"))
        for each in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("age", AGES)
def test_shipped_cassettes_are_of_today(age, tmp_path):
    """What would be written today of some cases stands there, to the byte; and there are no other cases than today's.

    Whoever changes the smoke list, the emulator or the format writes them anew.
    """
    record(tmp_path / "some", some(age), age)
    recorded = load(SHIPPED / "reference" / age)

    assert set(recorded.cases) == {each.id for each in shipped.cases_of(age) if each.quota is None}
    shipped_entries = entries(SHIPPED / "reference" / age)
    for name, (head, *interactions, _) in entries(tmp_path / "some").items():
        assert head == shipped_entries[name][0]
        assert set(interactions) <= set(shipped_entries[name]), name


def test_the_pages_examples_are_of_today(tmp_path):
    """What would be written today of what the page prints stands there, to the byte."""
    shipped.documentation(tmp_path / "page")

    assert entries(tmp_path / "page") == entries(SHIPPED / "documentation" / "page")


def test_a_case_more_changes_nothing_but_its_own_lines(tmp_path):
    """Of all files, one has an interaction more and another seal: the others are the same, to the byte."""
    parameters = {"GroupName": SALT, "GroupId": SALT, "Tag": "一个新的标签"}
    case = Case.single("Tag.charset", "a case more", Request.of(parameters))
    middle = len(SOME) // 2
    record(tmp_path / "before", SOME, AGES[0])
    record(tmp_path / "after", [*SOME[:middle], case, *SOME[middle:]], AGES[0])
    before, after = entries(tmp_path / "before"), entries(tmp_path / "after")

    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["Tag.yaml"]
    *others, _ = before["Tag.yaml"]
    *with_it, _ = after["Tag.yaml"]
    (added,) = [each for each in with_it if each not in others]
    assert f'"case": "{case.id}"' in added
    assert [each for each in with_it if each != added] == others


def test_rejudge_tells_what_changed(tmp_path, capsys):
    """Each verdict that isn't what it was is a line, and an exit code of 1, until it is accepted."""
    recording = tmp_path / "answers"
    shutil.copytree(SHIPPED / "documentation" / "page", recording)
    report = tmp_path / "verdicts.json"
    words = ["rejudge", str(recording), "--against", str(report)]

    assert main([*words, "--accept"]) == 0
    assert main(words) == 0
    read = json.loads(report.read_text())
    of_it = read["recordings"]["answers"]
    of_it["clauses"]["GroupId.unique"] = "failed"
    of_it["cases"]["interaction 3"] = ["GroupId.unique: accepted though invalid"]
    of_it["readings"]["account-age"] = []
    del of_it["readings"]["null-parameter"]  # it came since: no verdict has changed
    of_it["cases"]["a case"] = []  # it was allowed, and went: no verdict has changed either
    del of_it["clauses"]["Tag.type"]
    report.write_text(json.dumps(read))
    capsys.readouterr()

    assert main(words) == 1
    told = capsys.readouterr().out
    for words_ in (
        "clause GroupId.unique: - failed + passed",
        "case interaction 3: - GroupId.unique: accepted-though-invalid + allowed",
        "reading account-age: - ",
        "clause Tag.type: - no such clause + not-exercised",
        "4 verdicts changed",
    ):
        assert words_ in told
    assert main([*words, "--accept"]) == 0
    assert main(words) == 0


def test_rejudge_against_a_report_of_run(tmp_path, monkeypatch, capsys):
    """A report that `run --json` wrote of a recording serves as well; and one of something else is no such report."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SHIPPED / "documentation" / "page", "page")

    assert main(["run", "--target", "cassette:page", "--json", "report.json"]) == 5
    assert main(["rejudge", "page", "--against", "report.json"]) == 0
    Path("other.json").write_text('{"verdict": "conforms"}')
    assert main(["rejudge", "page", "--against", "other.json"]) == 4
    assert "no report on recordings" in capsys.readouterr().err


def test_recordings_that_come_and_go_are_told(tmp_path, capsys):
    """A recording that is judged for the first time, or not any more, is a change as well."""
    for name in ("one", "two"):
        shutil.copytree(SHIPPED / "documentation" / "page", tmp_path / name)
    report = tmp_path / "verdicts.json"
    assert main(["rejudge", str(tmp_path), "--against", str(report), "--accept"]) == 0
    (tmp_path / "two").rename(tmp_path / "three")
    capsys.readouterr()

    assert main(["rejudge", str(tmp_path), "--against", str(report)]) == 1

    told = capsys.readouterr().out
    assert "- two: it was judged before, and isn't now" in told
    assert "+ three: it wasn't judged before, and is now" in told


@pytest.mark.slow
def test_readings_of_recordings(tmp_path, capsys):
    """For each ambiguity: what is left, and by which interaction of which file and day the others are excluded."""
    file = tmp_path / "readings.json"

    paths = [str(SHIPPED / "reference" / age) for age in AGES[:2]]
    code = main(["readings", *paths, "--json", str(file)])

    told, read = capsys.readouterr().out, json.loads(file.read_text())
    assert code == 0
    assert [each["path"] for each in read["recordings"]] == paths
    assert all(f"{path}: emulator, http://127.0.0.1:8080" in told for path in paths)
    (ages,) = (each for each in read["readings"] if each["id"] == "account-age")
    assert [each["possible"] for each in ages["by"]] == [[Path(each["path"]).name] for each in ages["by"]]
    assert "differs" in told
    assert re.search(r"\.yaml, interaction \d+, recorded 2026-11-23", told)


@pytest.mark.slow
def test_a_plan_after_evidence_is_shorter(capsys):
    """What a recording has settled needs no request any more."""
    main(["plan"])
    before = capsys.readouterr().out
    main(["plan", str(SHIPPED / "reference" / AGES[0])])
    after = capsys.readouterr().out

    assert after.count("\n") < before.count("\n") / 2
