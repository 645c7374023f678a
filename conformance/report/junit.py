"""The report as JUnit's XML, as Jenkins, GitLab and Maven's Surefire read it: a test case for each clause.

What isn't passed or failed is `skipped`, with its status as the type. Jenkins shows a message, GitLab the text: so each
element has its reason as both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.report import failures
from conformance.report.model import ClauseResult, Report, Status

__all__ = ["properties", "render"]

_SUITE = "iai-conformance"
# What XML 1.0 can't hold, and the carriage return, which its readers take for a line feed.
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """The report as an XML document; what XML can't hold is escaped as in JSON."""
    cases = [*(_of_clause(each, report) for each in report.clauses), *_of_besides(report), *_of_stale(report)]
    count = {outcome: sum(each.find(outcome) is not None for each in cases) for outcome in ("failure", "skipped")}
    totals = {
        "name": _SUITE, "tests": str(len(cases)), "failures": str(count["failure"]), "errors": "0",
        "time": f"{report.seconds:.3f}",
    }  # fmt: skip
    root = Element("testsuites", totals)
    more = {"skipped": str(count["skipped"]), "timestamp": report.date.isoformat()}
    suite = SubElement(root, "testsuite", totals | more)
    of_suite = SubElement(suite, "properties")
    for name, value in properties(report).items():
        SubElement(of_suite, "property", name=name, value=_writable(value))
    suite.extend(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def properties(report: Report) -> dict[str, str]:
    """What stands above the test cases: by the names that the JSON report has for them."""
    return {
        "target": report.target,
        "profile": report.settings.profile,
        "levels": ",".join(report.settings.levels),
        "without": ",".join(report.settings.without),
        "seed": str(report.settings.seed),
        "suite_version": report.versions.suite,
        "contract_version": report.versions.contract,
        "python_version": report.versions.python,
        "hypothesis_version": report.versions.hypothesis,
        "verdict": str(report.verdict),
        "requests": str(report.requests),
    }


def _of_clause(result: ClauseResult, report: Report) -> Element:
    case = Element("testcase", classname=str(result.clause.level), name=result.clause.id)
    shown = "\n\n".join(failures.text(result.clause.id, each, report) for each in result.failures)
    match result.status:
        case Status.PASSED:
            pass
        case Status.FAILED:
            first = result.failures[0]
            message = f"{failures.heading(result.clause.id, first)} ({failures.frequency(first)})"
            _add(case, "failure", str(first.smallest[0].kind), message, shown)
        case Status.EXPECTED_FAILURE:
            _add(case, "skipped", str(result.status), f"expected to fail: {result.reason}", shown)
        case Status.FINDING:
            _add(case, "skipped", str(result.status), "a finding, which doesn't decide the verdict", shown)
        case Status.NOT_EXERCISED | Status.UNSUPPORTED | Status.SKIPPED:
            _add(case, "skipped", str(result.status), f"{result.status}: {result.reason}")
    return case


def _of_besides(report: Report) -> Iterator[Element]:
    """What departs from clauses that weren't asked for makes the verdict as well."""
    for group in report.besides:
        failure = group.smallest[0]
        case = Element("testcase", classname="not-asked-for", name=failure.clause)
        message = f"{failures.heading(failure.clause, group)} ({failures.frequency(group)})"
        _add(case, "failure", str(failure.kind), message, failures.text(failure.clause, group, report))
        yield case


def _of_stale(report: Report) -> Iterator[Element]:
    """What was expected to fail but passed makes the verdict: it fails as well."""
    for each in report.stale:
        case = Element("testcase", classname="expected-failures", name=_writable(each.written))
        message = f"{each.written}: expected to fail ({each.reason}), but passed: remove line {each.line}"
        _add(case, "failure", "stale-expected-failure", message)
        yield case


def _add(case: Element, outcome: str, type_: str, message: str, shown: str = "") -> None:
    """Say what became of a test case."""
    element = SubElement(case, outcome, type=type_, message=_writable(message))
    element.text = _writable(f"{message}\n\n{shown}" if shown and outcome == "skipped" else shown or message)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
