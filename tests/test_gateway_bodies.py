"""What the documents allow for bodies: JSON, forms, their encodings, types and depth."""

import json
from dataclasses import replace

import pytest

from conformance.exchange.delivery import twisted
from conformance.exchange.request import Request
from conformance.oracle.prediction import Accepted
from tests.gateway_table import (
    FORM,
    GET,
    GET_1,
    GET_256,
    HOW,
    INVALID,
    MALFORMED,
    NONE_GIVEN,
    NOT_SIGNED,
    NOW,
    OK,
    OTHER_TYPE,
    PAGE,
    PLAIN_JSON,
    SALT,
    TYPE_FORM,
    V3,
    WRONG_TYPE,
    auth,
    http_of,
    posted,
    predicted,
    protocol,
    refused,
    request_of,
    sender_of,
)

# --- Bodies ----------------------------------------------------------------------------------------------

NAME_ILLEGAL = refused("InvalidParameterValue.GroupNameIllegal")
BOM = b"\xef\xbb\xbf"


def test_a_byte_order_mark_alone():
    """Behind a byte order mark there may be nothing, too."""
    prediction = predicted(posted(BOM))

    assert prediction.outcomes == MALFORMED | NONE_GIVEN


def test_a_byte_order_mark_is_one_reading():
    """An acceptance behind a byte order mark says that it is passed over; a refusal, that it isn't."""
    prediction = predicted(http_of(V3, "byte-order-mark"))

    assert {each.readings["byte-order-mark"] for each in prediction.allowed if each.outcome in OK} == {
        frozenset({"accepted"})
    }
    assert {each.readings["byte-order-mark"] for each in prediction.allowed if each.outcome not in OK} == {
        frozenset({"refused"})
    }


def test_invalid_utf_8_is_one_reading():
    """Bytes that are no UTF-8 are refused as no JSON, or as U+FFFD in a name, never taken."""
    prediction = predicted(posted(PLAIN_JSON.replace(SALT, f"{SALT}\udcff", 1).encode("utf-8", "surrogateescape")))
    replaced = {each.outcome for each in prediction.allowed if each.readings["invalid-utf-8"] == {"replaced"}}

    assert replaced == NAME_ILLEGAL
    assert prediction.outcomes == NAME_ILLEGAL | MALFORMED
    assert prediction.must_be_refused


def test_invalid_utf_8_outside_of_texts():
    """Bytes that are no UTF-8 make no JSON where no text stands, whatever they are taken for."""
    prediction = predicted(posted(PLAIN_JSON.encode() + b"\xff"))

    assert (prediction.outcomes, prediction.broken) == (MALFORMED, protocol("json.form"))


def test_invalid_utf_8_behind_a_byte_order_mark():
    """Both readings go together."""
    body = BOM + PLAIN_JSON.replace(SALT, f"{SALT}\udcff", 1).encode("utf-8", "surrogateescape")
    prediction = predicted(posted(body))

    assert prediction.outcomes == NAME_ILLEGAL | MALFORMED
    assert {frozenset({"invalid-utf-8", "byte-order-mark"})} == {
        frozenset(each.readings) for each in prediction.ways_to(*NAME_ILLEGAL)
    }


@pytest.mark.parametrize("escape", ["%FF", "%ED%A0%80", "%E4%B8"])
@pytest.mark.parametrize("how", [FORM, GET_1])
def test_invalid_utf_8_in_fields(how, escape):
    """In a form or a query too: bytes that are no UTF-8 are refused as such, or as U+FFFD in a name."""
    raw = {"%FF": "\udcff", "%ED%A0%80": "\ud800", "%E4%B8": "\udce4\udcb8"}[escape]
    http = http_of(how, GroupName=f"{SALT}{raw}")
    changed = raw.encode("utf-8", "surrogatepass")
    written = "".join(f"%{byte:02X}" for byte in changed)
    http = (
        replace(http, body=http.body.replace(written.encode(), escape.encode()))
        if http.body
        else replace(http, url=http.url.replace(written, escape))
    )
    prediction = predicted(http, how)

    replaced = {each.outcome for each in prediction.allowed if each.readings["invalid-utf-8"] == {"replaced"}}

    assert escape in (http.body.decode() or http.url)
    assert (prediction.outcomes, replaced) == (NAME_ILLEGAL | MALFORMED, NAME_ILLEGAL)


def test_a_lone_surrogate_in_json_has_a_reading():
    """Half a pair, escaped in JSON, is answered as its own reading says."""
    prediction = predicted(http_of(V3, GroupName=f"{SALT}\ud800"))

    assert prediction.outcomes == NAME_ILLEGAL | refused(INVALID, PAGE)


@pytest.mark.parametrize(("depth", "is_deep"), [(48, False), (49, False), (50, True), (200, True)])
def test_depth(depth, is_deep):
    """Beyond 50 lists and objects in each other, the whole counted, the body may not be read."""
    body = f'{PLAIN_JSON[:-1]}, "Tag": {"[" * depth}{"]" * depth}}}'
    prediction = predicted(posted(body.encode()))

    assert prediction.outcomes == (WRONG_TYPE | MALFORMED if is_deep else WRONG_TYPE)
    assert ("Protocol.json.depth" in prediction.open) == is_deep
    assert ("Protocol.json.depth" in prediction.kept) != is_deep


def test_brackets_in_texts_are_not_depth():
    """Brackets within texts, and those that follow each other, nest nothing."""
    brackets, many = "[{" * 40, ", ".join(["[]"] * 60)
    for written in (json.dumps(brackets), json.dumps(f'"{brackets}\\'), f"[{many}]"):
        prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, "Tag": {written}}}'.encode()))
        assert "Protocol.json.depth" in prediction.kept
        assert "Protocol.json.form" in prediction.kept


NESTED = {"lists": ("[", "1", "]"), "objects": ('{"a":', "1", "}"), "both": ('[{"a":', "1", "}]")}


@pytest.mark.parametrize("nesting", NESTED)
@pytest.mark.parametrize("depth", [*range(900, 1001, 20), 100_000])
def test_deeper_than_can_be_read(nesting, depth):
    """However deep a parameter's value is nested, it is of a wrong type, or can't be read."""
    opening, inner, closing = NESTED[nesting]
    value = f"{opening * depth}{inner}{closing * depth}"
    prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, "Tag": {value}}}'.encode()))

    assert prediction.outcomes == WRONG_TYPE | MALFORMED
    assert prediction.at_issue == {"Protocol.json.depth", "Tag.type"}


@pytest.mark.parametrize("depth", [600, 100_000])
def test_deep_and_unknown(depth):
    """What the page doesn't know may be ignored, however deep it is nested; the others mean what they say."""
    prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, "X": {"[" * depth}{"]" * depth}}}'.encode()))
    ways = [each.readings for each in prediction.allowed if isinstance(each.outcome, Accepted)]

    assert prediction.outcomes >= MALFORMED | refused("UnknownParameter")
    assert {frozenset(each["unknown-parameter"]) for each in ways} == {frozenset({"ignored"})}
    assert {each.group.group_id for each in prediction.allowed if each.group is not None} == {SALT}


@pytest.mark.parametrize("inner", ["}", "]", '"', "tru", "1 2", '{"a" 1}', ""])
def test_deep_and_malformed(inner):
    """What isn't JSON a thousand lists deep isn't JSON."""
    body = f'{PLAIN_JSON[:-1]}, "X": {"[" * 1000}{inner}{"]" * 999 if inner == "" else "]" * 1000}}}'
    prediction = predicted(posted(body.encode()))

    assert prediction.must_be_refused
    assert "Protocol.json.form" in prediction.open


DOUBLED = MALFORMED


@pytest.mark.parametrize("second", ['"GroupName"', '"\\u0047roupName"'])
def test_doubled_keys(second):
    """A key twice, escaped or not, is the first or the last, or refused."""
    prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, {second}: "!"}}'.encode()))

    assert prediction.outcomes == OK | NAME_ILLEGAL | DOUBLED
    assert prediction.open == {"GroupName.charset", "Request.doubled-parameter"}


@pytest.mark.parametrize("how", [FORM, GET, GET_256])
def test_doubled_fields(how):
    """So it is in a form, and in a query."""
    doubled = Request.of([*request_of().parameters, ("GroupName", "!")])
    http = twisted(doubled, sender_of(how), HOW[how][0], NOW, 1, ())

    assert predicted(http, how).outcomes == OK | NAME_ILLEGAL | DOUBLED


@pytest.mark.parametrize(
    "content_type",
    ["Application/JSON", " application/json ", 'application/json;charset="utf-8"', "application/json; charset=UTF8"],
)
def test_content_types_that_are_json(content_type):
    """Case, spaces and a charset of UTF-8 change no Content-Type."""
    prediction = predicted(http_of(V3, f"content-type={content_type}"))

    assert prediction.outcomes == OK
    assert "Protocol.content-type" in prediction.kept


@pytest.mark.parametrize(
    "content_type", ["application/jsonp", "application/json, text/plain", "application/json; boundary=x", "", "json"]
)
def test_content_types_that_are_not(content_type):
    """Any other Content-Type may be taken, or refused."""
    prediction = predicted(http_of(V3, f"content-type={content_type}"))

    assert (prediction.outcomes, prediction.open) == (OK | OTHER_TYPE, protocol("content-type"))


def test_no_content_type():
    """Without a Content-Type what must be signed isn't."""
    prediction = predicted(http_of(V3, "no-content-type"))

    assert prediction.outcomes == NOT_SIGNED | OTHER_TYPE
    assert (prediction.broken, prediction.open) == (auth("authorization.form"), protocol("content-type"))


def test_a_form_in_another_charset():
    """A form whose charset isn't UTF-8 may be refused for it."""
    prediction = predicted(http_of(FORM, f"content-type={TYPE_FORM}; charset=gbk"), FORM)

    assert (prediction.outcomes, prediction.open) == (OK | OTHER_TYPE, protocol("content-type"))


def test_json_without_a_signature_is_still_json():
    """A body of JSON without an Authorization is read: what is missing is the signature."""
    prediction = predicted(http_of(V3, "then-without=Authorization"))

    assert "Protocol.content-type" in prediction.kept
    assert prediction.broken == auth("authorization.present")


@pytest.mark.parametrize("digits", [4300, 4301, 5000])
def test_a_number_of_5000_digits(digits):
    """A long number is JSON; for a parameter that is ignored it is no matter. But a reader of JSON may have a limit."""
    prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, "Unknown": {"9" * digits}}}'.encode()))
    more = MALFORMED if digits > 4300 else set()

    assert prediction.outcomes == OK | refused("UnknownParameter") | more
    assert ("Protocol.json.form" in prediction.open) == (digits > 4300)


def test_a_number_of_5000_digits_for_a_name():
    """For a name it is of a wrong type; digits in a text are no number."""
    number, text = (PLAIN_JSON.replace(f'"{SALT}"', each, 1) for each in ("9" * 5000, f'"{"9" * 5000}"'))

    assert predicted(posted(number.encode())).outcomes == WRONG_TYPE | MALFORMED
    assert predicted(posted(text.encode())).outcomes == refused("InvalidParameterValue.GroupNameTooLong")
