"""A stranger's server with single mistakes: the table is whole, and a mistake is told as a person would.

`python -m benchmarks.mistakes` takes all of them, each to the end of the fixed cases.
"""

import runpy
from pathlib import Path

import pytest

from benchmarks.mistakes import judged
from benchmarks.mistakes.table import OUT_OF_SIGHT, PERMITTED, TABLE
from conformance.contract import CLAUSE, READING

SERVER = Path(judged.__file__).parent / "server"


def test_the_table_is_whole():
    """Each mistake of the server is in one of three tables, with clauses or readings that there are."""
    names = {each["name"] for each in runpy.run_path(str(SERVER / "mistakes.py"))["TABLE"]}

    assert sorted([*TABLE, *PERMITTED, *OUT_OF_SIGHT]) == sorted(names)
    assert {clause for named in TABLE.values() for clause in named} <= CLAUSE.keys()
    assert set(PERMITTED.values()) <= READING.keys()


def test_rank():
    """Where the first of the clauses stands that a person would name."""
    found = judged.Found(("Tag.type", "Tag.charset", "Tag.optional"), 1)

    assert found.rank(("Tag.optional", "Tag.charset")) == 2
    assert found.rank(("GroupId.charset",)) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "only", "clauses"),
    [
        ("", "GroupId.*", ()),
        ("tag-falsy-absent", "Tag.*", ("Tag.type",)),
        ("desc-json-string", "GroupExDescriptions.*", ("GroupExDescriptions.type",)),
        ("code-name-for-id", "*.length.max", ("GroupId.length.max",)),
    ],
)
def test_told_as_a_person_would(mistake, only, clauses):
    """One mistake is one clause; none is none."""
    assert judged.found(mistake, only, "Request.check-order") == judged.Found(clauses, int(bool(clauses)))


@pytest.mark.slow
def test_what_is_left_of_a_body():
    """What was not read of a body spoils the next request, whichever that is; the connection is named early."""
    found = judged.found("proto-body-unread", "Protocol.*", "Request.check-order")

    assert found.exit_code == 1
    assert "Protocol.connection" in found.clauses[:2]
