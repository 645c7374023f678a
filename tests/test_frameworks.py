"""What is told of frameworks is what was seen of their mocks; nothing is installed here, and nothing started."""

import pytest

from benchmarks.frameworks.beyond import BEYOND
from benchmarks.frameworks.mistakes import Mistake, astray, clauses_of, mistakes_of
from benchmarks.frameworks.mocks import MOCKS, pinned, told
from benchmarks.frameworks.page import PAGE, rendered
from benchmarks.frameworks.seen import Seen, read
from conformance.exchange.delivery import TWISTS

SEEN = read()
UTF = "UTF-32"


def seen(*smoke, **beyond):
    return Seen({}, list(smoke), beyond)


def test_the_table_is_of_what_was_seen():
    """The page has the table that is made of what was kept, for all nine."""
    text = PAGE.read_text(encoding="utf-8")

    assert rendered(text, SEEN) == text
    assert [f"**{each.title}**" in text for each in MOCKS] == [True] * 9


def test_what_was_seen_is_told():
    """Each departure that was seen of a mock is told of, and nothing is told that wasn't seen."""
    assert list(astray({each.name: mistakes_of(each.name) for each in MOCKS}, SEEN)) == []


@pytest.mark.parametrize("mock", MOCKS, ids=lambda each: each.name)
def test_versions(mock):
    """What a mock is made of now is what was seen: whoever takes another version looks again."""
    assert mock.versions
    assert SEEN[mock.name].versions == mock.versions


def test_what_nothing_tells_of():
    """A departure, by `smoke` or beyond, that no mistake explains is named."""
    mistakes = {"mock": [Mistake("it counts bytes", ("GroupName.length.max: *",))]}
    found = seen(
        "GroupName.length.max: rejected-though-valid", "Tag.charset: no-answer", **{UTF: ["Protocol.json.form: x"]}
    )

    assert list(astray(mistakes, {"mock": found})) == [
        "mock: nothing tells of Tag.charset: no-answer",
        "mock: nothing tells of “UTF-32”: Protocol.json.form: x",
    ]


def test_what_isnt_seen_any_more():
    """A mistake that a newer version doesn't make is named, with what showed it."""
    mistakes = {"mock": [Mistake("it guesses", ("Tag.type: *", "GroupId.type: *"), (UTF,))]}

    (problem,) = astray(mistakes, {"mock": seen("Tag.type: malformed")})

    assert problem == "mock: “it guesses” isn't seen any more by GroupId.type: *, UTF-32"


def test_clauses():
    """In the contract's order, each with whether `smoke` shows it."""
    found = seen("Tag.type: malformed", "GroupName.type: malformed", **{UTF: ["Protocol.json.form: malformed"]})

    assert list(clauses_of(Mistake("", ("*.type: *",), (UTF,)), found).items()) == [
        ("GroupName.type", True),
        ("Tag.type", True),
        ("Protocol.json.form", False),
    ]


@pytest.mark.parametrize(
    ("file", "text", "pins"),
    [
        ("requirements.txt", "Flask==3.1.3\njson-schema==4.26.0\n", {"Flask": "3.1.3", "json-schema": "4.26.0"}),
        ("package.json", '{\n  "dependencies": {\n    "@a/ajv": "8.20.0"\n  }\n}', {"@a/ajv": "8.20.0"}),
        (
            "go.mod",
            "module mock\n\ngo 1.26.0\n\nrequire a.b/c/v10 v10.30.6\n",
            {"go": "1.26.0", "a.b/c/v10": "10.30.6"},
        ),
        ("go.mod", "require (\n\ta.b/c v1.2.3 // indirect\n)\n", {}),
        ("pom.xml", "<artifactId>boot</artifactId>\n  <version>4.0.7</version>", {"boot": "4.0.7"}),
        ("pom.xml", "<artifactId>mock</artifactId>\n  <version>1</version>", {}),
    ],
)
def test_pinned(file, text, pins):
    """What each package manager's file asks for itself, with its version; neither what that needs nor the mock."""
    assert pinned({file: text}) == pins


def test_told():
    """Go's modules are told by their last name, without the version that it may end in."""
    assert told({"go": "1.26.0", "a.b/c/validator/v10": "10.30.6"}) == "go 1.26.0, validator 10.30.6"


@pytest.mark.parametrize("case", BEYOND.values(), ids=BEYOND)
def test_beyond(case):
    """Each request beyond `smoke` is delivered by twists that there are."""
    assert {twist.partition("=")[0] for step in case.steps for twist in step.twists} <= TWISTS.keys()
