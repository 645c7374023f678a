"""The report as values, and the table of the formats in which it is written."""

import copy
import io
import json
from argparse import ArgumentParser
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from jsonschema import ValidationError

from conformance.contract import CLAUSE, CLAUSES, CodeKind, Level, Strength
from conformance.exchange.cases import Sending
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.judging.judge import DepartureKind as Kind
from conformance.recording.provenance import Kind as RecordingKind
from conformance.report import json_report, model
from conformance.report.ending import exit_code
from conformance.report.formats import FORMATS, check_files, write_files
from conformance.report.model import Status, Verdict
from conformance.report.terminal import console, print_report
from conformance.runs.options import PROFILES, ExpectedFailure, add_options
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.suite.harness import ConformanceError, Harness
from tests.reports import SCHEMA, all_passed, checked, fail, report_on, unseen

# What others build on; more may be there.
KEYS = {
    "schema_version", "suite_version", "contract_version", "date", "verdict", "target", "profile", "levels", "without",
    "seed", "requests", "groups_created", "seconds", "first_failure_request", "summary", "causes", "clauses",
    "readings", "codes",
}  # fmt: skip
KEYS_OF_CLAUSE = {"id", "level", "strength", "status", "reason", "judged", "failures"}
KEYS_OF_FAILURE = {"request", "expected", "observed", "kind", "curl"}


def status_of(report, clause):
    """Status and reason of a clause, as JSON has them."""
    (found,) = (each for each in json_report.to_json(report)["clauses"] if each["id"] == clause)
    return found["status"], found["reason"]


def printed(report):
    """What the terminal shows of a report."""
    out = console()
    out.file = io.StringIO()
    print_report(report, out)
    return out.file.getvalue()


@pytest.fixture(name="finding")
def _finding(monkeypatch):
    """Make a finding of Tag.charset: as if no document had it."""
    clauses = [replace(each, strength=Strength.FINDING) if each.id == "Tag.charset" else each for each in CLAUSES]
    monkeypatch.setattr(model, "CLAUSES", tuple(clauses))
    monkeypatch.setitem(CLAUSE, "Tag.charset", next(each for each in clauses if each.id == "Tag.charset"))
    return "Tag.charset"


# --- What became of a clause -------------------------------------------------------------------------------------


def test_all_passed():
    """A target that showed every clause conforms."""
    report = report_on(all_passed())

    assert report.counts() == {each: len(CLAUSES) * (each is Status.PASSED) for each in Status}
    assert (report.verdict, exit_code(report), report.first_failure) == (Verdict.CONFORMS, 0, None)


def test_a_departure_from_what_must_be():
    """It fails, and makes the verdict."""
    run = all_passed()
    fail(run, "Tag.charset", number=7)
    report = report_on(run)

    assert status_of(report, "Tag.charset") == ("failed", "")
    assert (report.verdict, exit_code(report), report.first_failure) == (Verdict.VIOLATES, 1, 7)


def test_a_finding_is_reported_and_never_the_verdict(finding):
    """A departure from what no document has is shown whole, counted, and exits with 0."""
    run = all_passed()
    fail(run, finding)
    report = report_on(run)
    shown = printed(report)

    assert status_of(report, finding) == ("finding", "")
    assert (report.verdict, exit_code(report)) == (Verdict.CONFORMS, 0)
    assert "! Tag.charset: accepted though invalid  (once, first at request 7)" in shown
    assert f"conforms: {len(CLAUSES) - 1} passed, 1 finding; " in shown


def test_a_finding_under_pytest(finding):
    """A test that shows nothing but findings fails as expected; any other departure fails it."""
    run = all_passed()
    failures = [fail(run, finding), fail(run, "Tag.type")]
    harness = Harness(Settings(), {})
    harness._session = Session(run)

    for shown, raised in ((failures[:1], pytest.xfail.Exception), (failures, ConformanceError)):
        with pytest.raises(raised, match=r"Tag\.charset"):
            harness.check(SimpleNamespace(play=lambda _run, _settings, shown=shown: shown))


def test_a_finding_beside_a_failure(finding):
    """A finding doesn't hide what fails."""
    run = all_passed()
    fail(run, finding)
    fail(run, "Tag.type")

    assert report_on(run).verdict is Verdict.VIOLATES


def test_a_finding_that_wasnt_seen_is_no_gap(finding):
    """Whoever claims nothing leaves nothing open; a clause that must be kept does."""
    run = all_passed()
    unseen(run, finding)
    assert report_on(run).verdict is Verdict.CONFORMS

    unseen(run, "Tag.type")
    assert report_on(run).verdict is Verdict.INCOMPLETE


def test_an_expected_finding(finding):
    """What the user says of a clause comes first."""
    run = all_passed()
    fail(run, finding)
    report = report_on(run, expected_failures=(ExpectedFailure("Tag.*", "known", 3),))

    assert status_of(report, finding) == ("expected-failure", "known")


def test_unsupported_is_no_gap():
    """What the target has no way to do is neither passed nor failed; why is told."""
    run = all_passed()
    unseen(run, "Protocol.get")
    run.results.unsupported["Protocol.get"] = "it sends no GET"
    report = report_on(run)

    assert status_of(report, "Protocol.get") == ("unsupported", "it sends no GET")
    assert (report.verdict, exit_code(report)) == (Verdict.CONFORMS, 0)
    assert "? unsupported: it sends no GET: Protocol.get" in printed(report)


def test_unsupported_in_part():
    """What was seen otherwise counts: a clause passed, or failed, whatever one of its cases takes."""
    run = all_passed()
    run.results.unsupported |= {"Protocol.get": "it sends no GET", "Tag.charset": "it sends no Tag"}
    fail(run, "Tag.charset")
    report = report_on(run)

    assert status_of(report, "Protocol.get") == ("passed", "")
    assert status_of(report, "Tag.charset") == ("failed", "")


def test_secrets_are_masked_in_reasons():
    """Why a target can't do something is its own word."""
    run = all_passed()
    unseen(run, "Protocol.get")
    secret = run.target.sender.credentials.secret_key.reveal()
    run.results.unsupported["Protocol.get"] = f"no GET with {secret}"

    assert secret not in json_report.render(report_on(run))


def test_the_date_is_of_the_report():
    """It is in UTC, to the second."""
    before = datetime.now(UTC).replace(microsecond=0)
    date = json_report.to_json(report_on(all_passed()))["date"]

    assert before <= datetime.fromisoformat(date) <= datetime.now(UTC)
    assert date.endswith("+00:00")


def test_expected_failures_that_passed_are_in_the_report():
    """They make the verdict, so a reader of the JSON sees why."""
    report = report_on(all_passed(), expected_failures=(ExpectedFailure("Tag.*", "known", 3),))
    written = json_report.to_json(report)

    assert written["verdict"] == "violates"
    assert written["stale_expected_failures"] == [{"pattern": "Tag.*", "reason": "known", "line": 3}]


# --- The formats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", FORMATS, ids=lambda each: each.name)
def test_a_format_is_an_option_and_a_file(row, tmp_path):
    """A row of the table is all that it takes: the option, the check of its file, and what is written."""
    parser = ArgumentParser()
    add_options(parser.add_argument, FORMATS)
    path = tmp_path / "report"
    files = check_files(parser.parse_args([f"--{row.name}", str(path)]))
    run = all_passed()
    fail(run, "Tag.charset")
    report = report_on(run)

    assert files == {row.name: str(path)}
    assert write_files(report, files) == []
    assert path.read_text(encoding="utf-8") == row.render(report)
    assert "Tag.charset" in row.render(report)


@pytest.mark.parametrize("row", FORMATS, ids=lambda each: each.name)
def test_formats_take_any_text(row, tmp_path):
    """Whatever a server says, or a request holds, a file can be written."""
    hostile = '\ud800 \udfff \0 \x1b[2J \r\n ]]> & < " \ufffe \U0001f600'
    run = all_passed()
    parameters = [("GroupName", hostile), (hostile, 1e999), (hostile, [hostile])]
    fail(run, "Tag.charset", observed=hostile, parameters=parameters)
    path = tmp_path / "report"

    assert write_files(report_on(run), {row.name: str(path)}) == []
    assert path.read_bytes().decode("utf-8")


def test_a_file_that_cant_be_written_is_told(tmp_path):
    """The other files are written all the same."""
    (tmp_path / "folder").mkdir()
    files = {"json": str(tmp_path / "folder"), "junit": str(tmp_path / "junit.xml")}
    (told,) = write_files(report_on(all_passed()), files)

    assert told.startswith(f"--json {tmp_path / 'folder'}: it can't be written")
    assert (tmp_path / "junit.xml").exists()


# --- The schema --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", name="values")
def _values():
    """The values of a report with a failure, as JSON gives them back."""
    run = all_passed()
    fail(run, "Tag.charset", parameters=[("GroupName", 1), ("GroupName", 1e999)])
    run.results.verdicts = {"a-case": ("Tag.charset: accepted-though-invalid",), "other": ("not recorded",)}
    return json.loads(json_report.render(report_on(run)))


def test_the_keys_that_others_build_on(values):
    """They are all there."""
    clause = next(each for each in values["clauses"] if each["failures"])

    assert values.keys() >= KEYS
    assert clause.keys() >= KEYS_OF_CLAUSE
    assert clause["failures"][0].keys() >= KEYS_OF_FAILURE


def test_a_number_beyond_all_is_text(values):
    """JSON has no infinity."""
    clause = next(each for each in values["clauses"] if each["failures"])

    assert clause["failures"][0]["request"][0]["parameters"] == [["GroupName", 1], ["GroupName", "Infinity"]]


def objects(schema, at="$"):
    """Every schema of an object with named keys, and where it stands."""
    if isinstance(schema, dict):
        if "required" in schema:
            yield at, schema
        for key, each in schema.items():
            yield from objects(each, f"{at}.{key}")
    elif isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from objects(each, f"{at}.{index}")


@pytest.mark.parametrize("found", [pytest.param(found, id=at) for at, found in objects(SCHEMA)])
def test_the_schema_is_strict(found):
    """Each object has no key but those that are described; all but those of a step's delivery must be there.

    So but for what clients are asked for.
    """
    may_be_absent = {"scheme", "twists", "sending", "copies", "calls", "served"}
    may_be_absent |= {"signing", "method", "client", "retries", "timeout", "token", "language"}

    assert found["additionalProperties"] is False
    assert set(found["properties"]) - may_be_absent == set(found["required"]) - may_be_absent


OF_FAILURE = SCHEMA["$defs"]["failure"]["properties"]
OF_CLAUSE = SCHEMA["$defs"]["clause"]["properties"]
OF_STEP = SCHEMA["$defs"]["step"]["properties"]


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        pytest.param([SCHEMA["properties"]["schema_version"]["const"]], [json_report.SCHEMA_VERSION], id="version"),
        pytest.param(SCHEMA["properties"]["verdict"]["enum"], Verdict, id="verdicts"),
        pytest.param(SCHEMA["properties"]["profile"]["enum"], PROFILES, id="profiles"),
        pytest.param(SCHEMA["properties"]["summary"]["required"], Status, id="summary"),
        pytest.param(SCHEMA["$defs"]["level"]["enum"], Level, id="levels"),
        pytest.param(OF_CLAUSE["status"]["enum"], Status, id="statuses"),
        pytest.param(OF_CLAUSE["strength"]["enum"], Strength, id="strengths"),
        pytest.param(OF_FAILURE["kind"]["enum"], Kind, id="kinds"),
        pytest.param(OF_STEP["form"]["enum"], Form, id="forms"),
        pytest.param(OF_STEP["scheme"]["enum"], set(Scheme) - {Scheme.TC3}, id="schemes"),
        pytest.param(OF_STEP["sending"]["enum"], set(Sending) - {Sending.ALONE}, id="sendings"),
        pytest.param(SCHEMA["properties"]["codes"]["items"]["properties"]["kind"]["enum"], CodeKind, id="codes"),
        pytest.param(SCHEMA["$defs"]["recording"]["properties"]["kind"]["enum"], RecordingKind, id="recordings"),
    ],
)
def test_the_schema_has_the_words_of_the_code(listed, words):
    """Each closed set of words is the same in both."""
    assert sorted(listed) == sorted(map(str, words))


def set_(*path, to):
    """A change of one value somewhere in a report."""

    def change(report):
        for key in path[:-1]:
            report = report[key]
        report[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(set_("schema_version", to="2.0"), id="another schema"),
        pytest.param(set_("date", to="2026-11-23 12:00"), id="a date without its zone"),
        pytest.param(set_("verdict", to="passes"), id="a verdict that is none"),
        pytest.param(set_("requests", to=-1), id="a count below zero"),
        pytest.param(set_("unknown", to=1), id="an unknown key"),
        pytest.param(set_("causes", to=[{}]), id="a cause"),
        pytest.param(set_("without", to=["forms"]), id="a way that is none"),
        pytest.param(set_("clauses", 0, "status", to="failed"), id="a failed clause without a failure"),
        pytest.param(set_("cases", 0, "departures", to=["Tag.charset: accepted though invalid"]), id="a kind in words"),
        pytest.param(set_("summary", "broken", to=1), id="an unknown status"),
        pytest.param(lambda report: report.pop("first_failure_request"), id="a key that isn't there"),
    ],
)
def test_the_schema_refuses(values, change):
    """What isn't a report of this version is none."""
    changed = copy.deepcopy(values)
    checked(changed)
    change(changed)

    with pytest.raises(ValidationError):
        checked(changed)
