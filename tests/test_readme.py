"""What the README and the changelog say of numbers and commands is so."""

import re
from pathlib import Path

import pytest

from conformance import __version__
from conformance.contract import CLAUSES, CODES, READINGS, Level
from conformance.emulator.faults import FAULTS
from conformance.runs.costs import cost
from conformance.runs.options import PROFILES
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_numbers_of_the_readme():
    """The README counts cases, requests, faults and readings as they are."""
    requests = sum(each.requests for each in smoke())

    assert f"{len(smoke())} cases ({requests} requests)" in README
    assert f"{len(FAULTS)} switchable" in README
    assert f"of {len(READINGS)} ambiguities" in README
    assert f"{len(CLAUSES) - 1} passed, 1 not-exercised" in README


@pytest.mark.parametrize("level", [each for each in Level if each is not Level.ENVELOPE])
def test_the_costs_of_the_readme(level):
    """The README says what each level sends in the profile smoke."""
    requests, _ = cost(Settings(profile="smoke", levels=(level,)))

    assert re.search(rf"^\| `{level}` \|.*\| {requests}(?: requests)? \|$", README, re.MULTILINE)


def test_the_numbers_of_the_changelog():
    """The changelog names the version, and counts as it is."""
    assert f"## {__version__}" in CHANGELOG
    for words in (f"{len(CLAUSES)} clauses", f"{len(CODES)} ", f"{len(READINGS)} readings", f"{len(FAULTS)} faults"):
        assert words in CHANGELOG


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links(link):
    """What the README links to is there."""
    assert (ROOT / link).exists()


def test_profiles_and_options():
    """Every profile is explained, and nothing else is."""
    assert set(re.findall(r"`--profile (\w+)`", README)) == set(PROFILES)


def test_every_clause_subject_is_in_the_first_screen():
    """The table in the README has a line for each subject, as the command prints it."""
    for subject in dict.fromkeys(each.parameter for each in CLAUSES):
        assert re.search(rf"^  {subject} +✓", README, re.MULTILINE)
