"""The cassettes that are shipped, and the verbs that judge recordings anew."""

import json
import shutil
from pathlib import Path

import pytest

import conformance
from conformance.cli import shipping as shipped
from conformance.cli.main import main
from conformance.cli.rejudging import verdicts_of
from conformance.contract import EXAMPLES, READING
from conformance.recording.provenance import Kind
from conformance.recording.reader import load, recordings_at
from conformance.runs.smoke import smoke

SHIPPED = Path(conformance.__file__).parent.parent / "cassettes"
AGES = [each.name for each in READING["account-age"].values]


@pytest.mark.parametrize("name", ["documentation", "reference", "corrupted"])
def test_verdicts_stand(name, capsys):
    """Today's contract judges what is shipped as it was judged when it was accepted."""
    code = main(["rejudge", str(SHIPPED / name), "--against", str(SHIPPED / name / shipped.VERDICTS)])

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


@pytest.mark.parametrize("age", AGES)
def test_the_reference(age):
    """Each kind of account has the whole smoke list, conforms, and is recognised."""
    path = SHIPPED / "reference" / age
    recording, judged = load(path), verdicts_of(path, None)

    assert (recording.provenance.kind, recording.account, recording.notes) == (Kind.EMULATOR, age, ())
    assert judged["verdict"] == "conforms"
    assert judged["readings"]["account-age"] == [age]
    without_quota = [each.id for each in smoke() if each.quota is None]
    assert not [id_ for id_ in without_quota if "not recorded" in judged["cases"][id_]]


def test_every_corrupted_answer_is_refused():
    """Answers that were spoilt on purpose are refused, one and all."""
    recording = load(SHIPPED / "corrupted" / "answers")
    judged = verdicts_of(SHIPPED / "corrupted" / "answers", None)
    spoilt = {each.request.place.case for each in recording.interactions}

    assert len(spoilt) > 300
    assert [id_ for id_ in spoilt if judged["cases"][id_] in ([], ["not recorded"])] == []
    assert judged["verdict"] == "violates"


def test_shipped_cassettes_are_of_today(tmp_path):
    """What would be written today has the same requests: whoever changes the smoke list writes them anew."""
    recording = load(SHIPPED / "reference" / AGES[0])
    recorded = {each.request.place.case for each in recording.interactions}

    assert recorded >= {each.id for each in smoke() if each.quota is None}
    shipped.documentation(tmp_path / "page")
    assert load(tmp_path / "page").interactions == load(SHIPPED / "documentation" / "page").interactions


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


def test_readings_of_recordings(tmp_path, capsys):
    """For each ambiguity: what is left, and by which interaction of which file and day the others are excluded."""
    file = tmp_path / "readings.json"

    code = main(["readings", str(SHIPPED / "reference"), "--json", str(file)])

    told, read = capsys.readouterr().out, json.loads(file.read_text())
    assert code == 0
    assert len(read["recordings"]) == len(AGES) == told.count("(emulator") or "emulator, http://127.0.0.1" in told
    (ages,) = (each for each in read["readings"] if each["id"] == "account-age")
    assert [each["possible"] for each in ages["by"]] == [[Path(each["path"]).name] for each in ages["by"]]
    assert "differs" in told
    days = {str(load(path).provenance.moment.date()) for path in recordings_at([str(SHIPPED / "reference")])}
    assert all(f"recorded {day}" in told for day in days)
    assert ".yaml, interaction " in told


def test_a_plan_after_evidence_is_shorter(capsys):
    """What a recording has settled needs no request any more."""
    main(["plan"])
    before = capsys.readouterr().out
    main(["plan", str(SHIPPED / "reference" / AGES[0])])
    after = capsys.readouterr().out

    assert after.count("\n") < before.count("\n") / 2
