"""The page of what others may build on says what the code has."""

import re
from pathlib import Path

import pytest

import conformance
from conformance import strategies
from conformance.base.errors import EXIT_CODES
from conformance.contract import CLAUSES, READINGS, Level, Strength
from conformance.emulator.faults import FAULTS
from conformance.judging.judge import DepartureKind as Kind
from conformance.report.junit import properties
from conformance.report.model import Status, Verdict
from conformance.runs.options import PROFILES
from conformance.runs.ways import Way
from tests.reports import SCHEMA, all_passed, report_on

ROOT = Path(conformance.__file__).parent.parent
PAGE = (ROOT / "docs" / "stability.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODES = SCHEMA["properties"]["codes"]["items"]["properties"]["status"]["enum"]


def rows(heading, page=PAGE):
    """The table under a heading: first column, without its backticks → second."""
    table = re.search(rf"^\| {heading} \|[^\n]*\n\|---\|---\|\n((?:\|[^\n]*\n)+)", page, re.MULTILINE)[1]
    cells = [[cell.strip() for cell in line.strip("|").split("|", 1)] for line in table.splitlines()]
    return {first.strip("`"): second.rstrip("| ") for first, second in cells}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("verdict", Verdict),
        ("status of a clause", Status),
        ("strength of a clause", Strength),
        ("kind of a departure", Kind),
        ("status of an error code", CODES),
    ],
)
def test_words(heading, words):
    """Each closed set of words is the code's, in its order."""
    assert list(rows(heading)) == list(map(str, words))


def test_exit_codes():
    """They are those of `--help`; the README has the same numbers."""
    assert rows("exit code") == {str(code): about for code, about in EXIT_CODES.items()}
    assert list(rows("exit code", README)) == list(map(str, EXIT_CODES))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("| levels | ", Level),
        ("| profiles | ", PROFILES),
        ("| ways of asking | ", Way),
        ("the JSON report has for the same: ", properties(report_on(all_passed()))),
        ("of `conformance.strategies`: ", strategies.__all__),
    ],
)
def test_words_in_a_sentence(before, words):
    """What stands in one line is whole, too."""
    listed = " ".join(PAGE.split()).partition(" ".join(before.split()) + " ")[2]
    found = re.match(r"`\w+`(?:(?: \([\w ]+\))?, `\w+`)*", listed)[0]

    assert re.findall(r"`(\w+)`", found) == list(map(str, words))


def test_every_public_name_is_there():
    """What the page names can be imported."""
    assert conformance.__version__
    for name in strategies.__all__:
        assert callable(getattr(strategies, name))


@pytest.mark.parametrize(
    ("ids", "form"),
    [
        ([each.id for each in CLAUSES], r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
        ([each.id for each in READINGS], r"[a-z0-9]+(-[a-z0-9]+)*"),
        ([each.name for each in FAULTS], r"[a-z0-9]+(-[a-z0-9]+)*"),
        (list(Kind), r"[a-z]+(-[a-z]+)*"),
    ],
    ids=["clauses", "readings", "faults", "kinds"],
)
def test_ids_are_words(ids, form):
    """They can stand in a file name, a glob or a shell line as they are; no two are the same."""
    assert [each for each in ids if not re.fullmatch(form, each)] == []
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", PAGE))
def test_links(link):
    """What the page links to is there."""
    assert (ROOT / "docs" / link).exists()


def test_each_kind_is_told_to_people():
    """A kind is a word and, beside it, what people read; no two read alike."""
    assert all(each.about and str(each) == each.value for each in Kind)
    assert len({each.about for each in Kind}) == len(Kind)
