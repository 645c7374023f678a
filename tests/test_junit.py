"""The report as JUnit's XML: as the tools that read it take it, whatever texts are in it."""

import re
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.base.words import visible
from conformance.contract import CLAUSES, Level
from conformance.report import json_report
from conformance.report.junit import properties, render
from conformance.runs.options import ExpectedFailure
from tests.command import command
from tests.reports import all_passed, fail, report_on, unseen

# The rules of junit-10.xsd, which Jenkins publishes, for the elements that are written here:
# attributes that must be there, those that may, and the children.
RULES = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"}, {"time", "skipped", "timestamp"}, {"properties", "testcase"}
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name", "classname"}, set(), {"failure", "skipped"}),
    "failure": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
}  # fmt: skip
SUREFIRE_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")
LEFT_OUT = tuple(each for each in Level if each is not Level.CONCURRENCY)


def parsed(text):
    """The root of a document, which keeps the rules and counts as it is."""
    root = fromstring(text)
    for element in root.iter():
        must, may, children = RULES[element.tag]
        assert must <= element.attrib.keys() <= must | may
        assert {each.tag for each in element} <= children
        if not element.tag.startswith(("failure", "skipped")):
            assert not (element.text or "").strip()
        assert SUREFIRE_TIME.fullmatch(element.get("time", ""))
    (suite,) = root
    cases = suite.findall("testcase")
    assert all(len(each) <= 1 for each in cases)
    assert len({(each.get("classname"), each.get("name")) for each in cases}) == len(cases)
    counts = len(cases), len(suite.findall(".//failure")), len(suite.findall(".//skipped")), 0
    assert tuple(int(suite.get(name)) for name in ("tests", "failures", "skipped", "errors")) == counts
    assert all(root.get(name) == suite.get(name) for name in root.attrib)
    return root


def outcome(root, name):
    """What became of a test case: None where it passed."""
    (case,) = (each for each in root.iter("testcase") if each.get("name") == name)
    return case[0] if len(case) else None


def broken(clause="Tag.charset", **what):
    """A run in which one clause fails."""
    run = all_passed()
    fail(run, clause, **what)
    return run


def test_a_test_case_for_each_clause():
    """In the order of the contract, by level and id; those that passed say nothing."""
    root = parsed(render(report_on(all_passed())))

    assert [(each.get("classname"), each.get("name"), len(each)) for each in root.iter("testcase")] == [
        (each.level, each.id, 0) for each in CLAUSES
    ]


def test_a_failure_has_its_whole_text():
    """What the page says, what was sent, expected and came, and a line to repeat it; nothing is cut."""
    run = broken(parameters={"GroupName": "n", "GroupId": "i", "Tag": "x" * 3000})
    found = outcome(parsed(render(report_on(run))), "Tag.charset")

    assert (found.tag, found.get("type")) == ("failure", "accepted-though-invalid")
    assert found.get("message") == "Tag.charset: accepted though invalid (once, first at request 7)"
    lines = found.text.splitlines()
    labels = [line[4:12].strip() for line in lines if line[4:12].strip() and line.startswith("    ")]
    assert labels == ["says", "sent", "expected", "came", "again"]
    assert lines[0] == "Tag.charset: accepted though invalid  (once, first at request 7)"
    assert found.text.count("x" * 3000) == 3


def test_kinds_of_failures_are_all_there():
    """Tools read one element of a test case: it holds a block for each kind."""
    run = broken(observed="first")
    run.results.failures["Tag.charset", "no-answer"] = run.results.failures["Tag.charset", "accepted-though-invalid"]
    run.results.failed["Tag.charset", "no-answer"] = 1
    run.results.first_failed["Tag.charset", "no-answer"] = 9
    found = outcome(parsed(render(report_on(run))), "Tag.charset")

    assert found.text.count("    came     first") == 2
    assert "first at request 9" in found.text


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("expected-failure", "expected to fail: JIRA-1"),
        ("not-exercised", "not-exercised: no answer that the page allows showed it"),
        ("unsupported", "unsupported: it sends no GET"),
        ("skipped", "skipped: left out by --level: not concurrency"),
    ],
)
def test_what_is_neither_passed_nor_failed(status, message):
    """It is skipped, told apart by its type; the reason is the message, which Jenkins shows, and in the text."""
    run = broken()
    unseen(run, "Protocol.get", "Protocol.method")
    run.results.unsupported["Protocol.get"] = "it sends no GET"
    report = report_on(run, expected_failures=(ExpectedFailure("Tag.*", "JIRA-1", 1),), levels=LEFT_OUT)
    root = parsed(render(report))
    clause = {
        "expected-failure": "Tag.charset", "not-exercised": "Protocol.method", "unsupported": "Protocol.get",
        "skipped": "Concurrency.same-id",
    }[status]  # fmt: skip
    found = outcome(root, clause)

    assert (found.tag, found.get("type"), found.get("message")) == ("skipped", status, message)
    assert found.text.startswith(message)
    assert ("    came     accepted" in found.text) == (status == "expected-failure")


def test_expected_failures_that_passed_fail():
    """They make the verdict: where it violates, a test case has failed."""
    report = report_on(all_passed(), expected_failures=(ExpectedFailure("Tag.*", "JIRA-1", 3),))
    found = outcome(parsed(render(report)), "Tag.*")

    assert (found.tag, found.get("type")) == ("failure", "stale-expected-failure")
    assert found.text == "Tag.*: expected to fail (JIRA-1), but passed: remove line 3"


def test_properties():
    """They are the values of the JSON report, by its names."""
    report = report_on(broken(), seed=5)
    written = json_report.to_json(report)
    found = {each.get("name"): each.get("value") for each in parsed(render(report)).iter("property")}

    assert found == properties(report)
    assert found == {
        name: ",".join(written[name]) if isinstance(written[name], list) else str(written[name]) for name in found
    }
    assert (found["seed"], found["verdict"]) == ("5", "violates")


ANY_TEXT = st.text(st.characters(exclude_categories=()))
# The characters of XML 1.0, but for the carriage return, which its readers take for a line feed.
HELD = {"\t", "\n", *map(chr, range(0x20, 0xD800)), *map(chr, range(0xE000, 0xFFFE))}
ONE_FAILED = report_on(broken(), expected_failures=(ExpectedFailure("Tag.*", "known", 1),))


def in_xml(text):
    """A text as it must come back: what XML can't hold is escaped as in JSON."""
    return "".join(each if each in HELD or ord(each) > 0xFFFF else f"\\u{ord(each):04x}" for each in text)


@given(ANY_TEXT, ANY_TEXT)
@example("\0\x01\x0b\x1f\r\n\t", "\ud800\udfff\ufffe\uffff\U0001ffff]]><&>\"'")
def test_any_text_can_be_read_again(observed, reason):
    """It is readable XML, and all that XML can hold comes back as it was."""
    (result,) = (each for each in ONE_FAILED.clauses if each.failures)
    (group,) = result.failures
    failure = replace(group.smallest[0], observed=observed)
    result = replace(result, reason=reason, failures=(replace(group, smallest=(failure,)),))
    found = outcome(parsed(render(replace(ONE_FAILED, clauses=(result,))).encode()), "Tag.charset")

    assert found.get("message") == in_xml(f"expected to fail: {reason}")
    assert found.text.startswith(found.get("message"))
    assert f"\n    came     {visible(observed)}\n" in found.text


def test_the_same_report_gives_the_same_text():
    """Nothing in it is left to chance."""
    report = report_on(broken())

    assert render(report) == render(report)


def test_of_a_run(tmp_path):
    """A run writes it: one departure, whole, beside a hundred clauses that are kept."""
    path = tmp_path / "junit.xml"
    done = command("run", "--profile", "smoke", "--only", "Tag.*", "--fault", "tag-takes-dot", "--junit", str(path))
    root = parsed(path.read_text(encoding="utf-8"))
    failed = [each.get("name") for each in root.iter("testcase") if each.find("failure") is not None]

    assert (done.returncode, failed) == (1, ["Tag.charset"])
    for line in done.stdout.splitlines():
        if line.startswith("    ") and line[4:12].strip() in {"says", "sent", "expected", "came", "again"}:
            assert line in outcome(root, "Tag.charset").text
