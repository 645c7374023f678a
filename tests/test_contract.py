"""The contract against the page, counted both ways: nothing is made up, and nothing is left out."""

import itertools
import json
import re

import pytest

from conformance.contract import (
    CLAUSES,
    CODES,
    COMMON_CODES,
    DEFAULTS,
    EXAMPLES,
    HEADINGS,
    IDS,
    NAMES,
    NOT_CHECKABLE,
    PAGE_CODES,
    PARAMETERS,
    READING,
    READINGS,
    CodeKind,
    Strength,
    clauses_of,
    limit_of,
    page_lines,
)
from conformance.contract.alphabets import UNSETTLED
from conformance.contract.rules import Effect, Gate, MaxItems, MaxLength, OneOf

PAGE = dict(enumerate(page_lines(), 1))
CITATIONS = (*(each for clause in CLAUSES for each in clause.citations), *(each.citation for each in NOT_CHECKABLE))
FIRST_EXAMPLE, LAST_EXAMPLE = 28, 98


def clause_id(clause):
    return clause.id


# --- Nothing is made up ----------------------------------------------------------------------------------


def test_quotes_are_verbatim():
    """A quote stands on the line that it names."""
    of_the_page = [each for each in CITATIONS if each.line is not None]

    assert [str(each) for each in of_the_page if each.quote not in PAGE[each.line]] == []


def test_sources():
    """A citation names a line of the page, or another document by its name."""
    assert [str(each) for each in CITATIONS if not each.quote] == []
    assert [str(each) for each in CITATIONS if (each.source == "page") != (each.line is not None)] == []


def test_page_codes():
    """The page's codes are those of its table, in its order, with its texts."""
    rows = [(line, text.split(" | ")) for line, text in PAGE.items() if line > 118]

    assert [(line, code, message.removesuffix(" |")) for line, (code, message) in rows] == [
        (each.line, each.code, each.message) for each in PAGE_CODES
    ]
    assert len(PAGE_CODES) == 69


def test_common_codes():
    """The platform's 38 common codes are there once each, without a line of the page."""
    assert 38 == len(COMMON_CODES) == len({each.code for each in COMMON_CODES})
    assert {None} == {each.line for each in COMMON_CODES}


def test_the_page_wins():
    """Where both lists have a code, the page's entry is the one that counts."""
    assert all(CODES[each.code] is each for each in PAGE_CODES)
    assert {each.code for each in (*PAGE_CODES, *COMMON_CODES)} == CODES.keys()


def printed_examples():
    """The examples as they stand on the page: (line, title, parameters, response)."""
    starts = [line for line, text in PAGE.items() if re.match(r"示例\d ", text)]
    for start, end in itertools.pairwise([*starts, LAST_EXAMPLE + 1]):
        lines = [PAGE[line] for line in range(start, end)]
        request, answer = lines.index("输入示例"), lines.index("输出示例")
        url, *fields = lines[request + 1 : answer]
        assert url == "https://iai.tencentcloudapi.com/?Action=CreateGroup"
        assert fields.pop() == "&<公共请求参数>"
        yield start, lines[0].partition(" ")[2], gathered(fields), json.loads("".join(lines[answer + 1 :]))["Response"]


def gathered(fields):
    """The parameters of lines such as `&Tag=x`, with indexed ones gathered into tuples."""
    values = {}
    for field in fields:
        name, value = field.removeprefix("&").split("=")
        stem, dot, index = name.partition(".")
        assert not dot or int(index) == len(values.get(stem, ()))
        values[stem] = (*values.get(stem, ()), value) if dot else value
    return tuple(values.items())


def test_examples():
    """The examples are those that the page prints, word for word and in its order."""
    assert list(printed_examples()) == [(each.line, each.title, each.parameters, each.response) for each in EXAMPLES]


# --- Nothing is left out ---------------------------------------------------------------------------------


def headings():
    return {line for first, last in HEADINGS for line in range(first, last + 1)}


def in_examples(line):
    """Whether a line belongs to an example as `test_examples` reads it: to its heading, its request or its answer."""
    explained = any(PAGE[line - 1].startswith(f"示例{number} ") for number in range(1, 5)) and PAGE[line] != "输入示例"
    return FIRST_EXAMPLE <= line <= LAST_EXAMPLE and not explained


def uncovered(line):
    """The words of a line that no citation and no code covers."""
    quotes = [each.quote for each in CITATIONS if each.line == line]
    quotes += [f"{each.code} | {each.message}" for each in PAGE_CODES if each.line == line]
    left = list(PAGE[line])
    for quote in quotes:
        for found in re.finditer(re.escape(quote), PAGE[line]):
            left[found.start() : found.end()] = "\0" * len(quote)
    return [each for each in "".join(left).split("\0") if re.search(r"\w", each)]


@pytest.mark.parametrize("line", [each for each in PAGE if each not in headings() and not in_examples(each)])
def test_every_word_is_covered(line):
    """Each word of the page is in a clause, in a code, in an example, or said not to be checkable."""
    assert uncovered(line) == []


def test_headings_state_nothing():
    """No line that passes for a heading is cited, or belongs to an example."""
    assert not headings() & {each.line for each in CITATIONS}
    assert not headings() & set(range(FIRST_EXAMPLE, LAST_EXAMPLE + 1))


def test_parameters():
    """The parameters are those of the page's table that aren't common ones, in its order."""
    assert [PAGE[line].partition(" | ")[0].removesuffix(".N") for line in range(17, 22)] == list(PARAMETERS)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_required_or_optional(parameter):
    """A parameter is required or optional as the page's 必选 says."""
    (row,) = (PAGE[line] for line in range(17, 22) if PAGE[line].startswith(parameter))
    rules = {type(each.rule).__name__ for each in clauses_of(parameter)}

    assert {{"是": "Required", "否": "MayBeAbsent"}[row.split(" | ")[1]]} == rules & {"Required", "MayBeAbsent"}


# --- Clauses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clause", CLAUSES, ids=clause_id)
def test_clause(clause):
    """A clause is named after its parameter, cites something, and names codes that are documented."""
    assert clause.id.startswith(f"{clause.parameter}.")
    assert clause.citations
    assert set(clause.codes) <= CODES.keys()
    assert len(set(clause.codes)) == len(clause.codes)


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.breakable], ids=clause_id)
def test_breakable_clauses_have_codes(clause):
    """A clause that can be broken says which codes answer; where there are several, a reading tells them apart."""
    assert clause.codes
    assert clause.reading is not None or len(clause.codes) == 1
    if clause.reading is not None and len(clause.codes) == 1:
        assert any(value.code is None for value in READING[clause.reading].values)


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.codes], ids=clause_id)
def test_codes_can_be_provoked(clause):
    """The codes of a clause speak of parameters or of the account's state; those of the gateway of the platform."""
    platform = {CodeKind.PLATFORM} if isinstance(clause.rule, Gate | Effect) else set()
    assert {CODES[each].kind for each in clause.codes} <= {CodeKind.PARAMETERS, CodeKind.ACCOUNT_STATE} | platform


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.strength is Strength.UNSPECIFIED], ids=clause_id)
def test_unspecified_clauses_have_readings(clause):
    """Where the page is silent, a reading says in which ways it can be taken."""
    assert clause.reading in READING


@pytest.mark.parametrize(
    "clause", [each for each in CLAUSES if isinstance(each.rule, MaxLength | MaxItems)], ids=clause_id
)
def test_limits_are_quoted(clause):
    """The number of a limit stands in the words that state it."""
    assert str(clause.rule.limit) in re.findall(r"\d+", clause.citations[0].quote)


LIMITED = [each for each in CLAUSES if isinstance(each.rule, Gate | Effect) and each.rule.limit is not None]


@pytest.mark.parametrize("clause", LIMITED, ids=clause_id)
def test_limits_of_whole_requests_are_quoted(clause):
    """The limit of a size, a time or an account stands in the words that state it, with what it counts."""
    limit = clause.rule.limit

    assert re.search(rf"(?<!\d){limit.number}{limit.measure}", clause.citations[0].quote)
    assert limit_of(clause.id) == limit.amount


def test_limits_of_whole_requests():
    """The clauses on sizes, on time and on the quota have a limit, in bytes, seconds or groups; no others have."""
    assert {each.id: limit_of(each.id) for each in LIMITED} == {
        "Authentication.timestamp.window": 300,
        "Protocol.size.get": 32_768,
        "Protocol.size.version-1": 1_048_576,
        "Protocol.size.version-3": 10_485_760,
        "State.quota": 100_000,
    }
    with pytest.raises(ValueError, match=r"GroupName\.length\.max has no limit of sizes or times"):
        limit_of("GroupName.length.max")


def test_versions_are_quoted():
    """The versions of the face model are those that the page puts in quotation marks."""
    (clause,) = (each for each in CLAUSES if isinstance(each.rule, OneOf))
    assert re.findall(r"\d\.\d", clause.citations[0].quote) == list(clause.rule.values)


def test_ids_are_unique():
    """No two clauses, and no two readings, share an id."""
    assert len(CLAUSES) == len({each.id for each in CLAUSES})
    assert len(READINGS) == len(READING)


# --- Alphabets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alphabet", "marks"), [(IDS, "-%@#&_"), (NAMES, "-_")], ids=["ids", "names"])
def test_alphabets(alphabet, marks):
    """Of ASCII, an alphabet has the letters, the digits and the marks that the page prints."""
    assert {each for each in map(chr, range(128)) if each.isalnum() or each in marks} == set(alphabet.ascii)


def test_only_names_have_han():
    """Names surely have every character of the Han that all tables have; ids have nothing outside ASCII."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))

    assert NAMES.certain(han)
    assert all(classed is None for _, classed in IDS.doubts(han))


@pytest.mark.parametrize("unsettled", UNSETTLED, ids=lambda each: each.reading)
def test_unsettled_characters(unsettled):
    """A class of unsettled characters has a reading; one that isn't uniform can be taken in part."""
    expected = {"accepted", "refused"} if unsettled.uniform else {"all", "none", "some"}

    assert expected == READING[unsettled.reading].names
    assert all(first <= last for first, last in unsettled.ranges)


# --- Readings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.id)
def test_reading(reading):
    """A reading belongs to a clause, has two values or more, and by default has its first."""
    assert reading.clause in {each.id for each in CLAUSES}
    assert len(reading.values) == len(reading.names) >= 2
    assert reading.values[0].name == DEFAULTS[reading.id]
    assert {each.code for each in reading.values} - {None} <= CODES.keys()


CODED = [each for each in CLAUSES if each.reading and any(value.code for value in READING[each.reading].values)]


@pytest.mark.parametrize("clause", CODED, ids=clause_id)
def test_codes_of_readings(clause):
    """Where a reading tells the code of a clause, its codes are those of the clause; a version has one more."""
    more = {"InvalidParameterValue.FaceModelVersionIllegal"} if clause.id == "FaceModelVersion.type" else set()

    assert ({value.code for value in READING[clause.reading].values} - {None}) | more == set(clause.codes)


def test_code_of_a_value_without_one():
    """A value that stands for no code has none to give."""
    with pytest.raises(KeyError, match="unknown-parameter=ignored stands for no code"):
        READING["unknown-parameter"].code("ignored")
