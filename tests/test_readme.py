"""What the README and the changelog say is so: their numbers, options and outputs are made by the code."""

import re
from pathlib import Path

import pytest

from conformance import __version__
from conformance.contract import CLAUSES
from conformance.runs.options import PROFILES
from scripts.readme import BLOCKS, README, rendered

ROOT = Path(__file__).parent.parent
TEXT = README.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_blocks_are_as_the_code_makes_them():
    """`python -m scripts.readme` would change nothing."""
    assert rendered(TEXT) == TEXT


@pytest.mark.parametrize("name", ["options", "exit codes"])
def test_the_tables_are_as_the_code_makes_them(name):
    """The blocks that need no run."""
    assert f"<!-- {name} -->\n\n{BLOCKS[name]()}\n\n<!-- end -->" in TEXT


def test_every_block_has_its_place():
    """Each block that is made stands in the README, once."""
    assert sorted(re.findall(r"<!-- (?!end )([a-z ]+) -->", TEXT)) == sorted(BLOCKS)


def test_an_unknown_block():
    """A block that nobody makes is an error, not a gap."""
    with pytest.raises(KeyError, match="nothing"):
        rendered("<!-- nothing -->\n<!-- end -->")


def test_the_changelog_names_the_version():
    """The version that is built is in the changelog."""
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_links(link):
    """What the README links to is there."""
    assert (ROOT / link).exists()


def test_every_profile_is_explained():
    """The option's row names all of them."""
    (row,) = re.findall(r"^\| `--profile.*$", TEXT, re.MULTILINE)

    assert all(f"{each}" in row for each in PROFILES)


def test_every_clause_subject_is_in_the_first_screen():
    """The table in the README has a line for each subject, as the command prints it."""
    for subject in dict.fromkeys(each.parameter for each in CLAUSES):
        assert re.search(rf"^  {subject} +✓", TEXT, re.MULTILINE)
