"""What the documents allow for the rest of an HTTP request: methods, parameters, sizes, bodies; and for any bytes."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract import CLAUSE, READING
from conformance.exchange.delivery import twisted
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.oracle.prediction import Prediction
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World
from tests.gateway_table import (
    AFTER_METHOD,
    AWAY,
    ENDPOINT,
    FAILURE,
    FORM,
    GAPS,
    GET,
    GET_1,
    GET_256,
    HEX,
    HOW,
    INVALID,
    LIST,
    LONG_TAG,
    MALFORMED,
    MISSING,
    NO_ACTION,
    NO_VERSION,
    NONE_GIVEN,
    NOT_SIGNED,
    NOW,
    OF_JSON,
    OK,
    OTHER_METHOD,
    OTHER_TYPE,
    PAGE,
    PLAIN_FORM,
    PLAIN_JSON,
    SALT,
    TEMPORARY,
    TOO_LARGE,
    TYPE_FORM,
    UNKNOWN_ACTION,
    UNKNOWN_VERSION,
    V3,
    WRONG_TYPE,
    Row,
    auth,
    http_of,
    malformed,
    of_gateway,
    posted,
    predicted,
    protocol,
    refused,
    request_of,
    seen,
    sender_of,
    told,
    unread,
)

# --- Golden table ----------------------------------------------------------------------------------------

GOLDEN = {
    # Protocol.method
    "PUT": Row(V3, ("method=PUT",), OTHER_METHOD, protocol("method"), lost=AFTER_METHOD),
    "post": Row(V3, ("method=post",), OTHER_METHOD, protocol("method"), lost=AFTER_METHOD),
    "DELETE with a query": Row(GET, ("method=DELETE",), OTHER_METHOD, protocol("method"), lost=AFTER_METHOD),
    "OPTIONS, version 1": Row(GET_1, ("method=OPTIONS",), OTHER_METHOD, protocol("method"), lost=AFTER_METHOD),
    "HEAD": Row(V3, ("method=HEAD",), AWAY, protocol("method"), lost=AFTER_METHOD),
    "HEAD with a query": Row(GET, ("method=HEAD",), AWAY, protocol("method"), lost=AFTER_METHOD),
    "CONNECT": Row(V3, ("method=CONNECT",), AWAY, protocol("method"), lost=AFTER_METHOD),
    # Protocol.action, version, region, language, header-names
    **{
        f"no Action, {how}": Row(
            how, ("without=Action",), NO_ACTION, protocol("action.present"), lost=protocol("action.known")
        )
        for how in (V3, GET, FORM, GET_1)
    },
    **{
        f"an unknown Action, {how}": Row(how, ("action=CreateGroups",), UNKNOWN_ACTION, protocol("action.known"))
        for how in (V3, GET, FORM, GET_1)
    },
    "an empty Action": Row(V3, ("action=",), NO_ACTION, protocol("action.present"), lost=protocol("action.known")),
    **{
        f"no Version, {how}": Row(
            how, ("without=Version",), NO_VERSION, protocol("version.present"), lost=protocol("version.known")
        )
        for how in (V3, GET, FORM, GET_1)
    },
    **{
        f"an unknown Version, {how}": Row(how, ("version=2099-01-01",), UNKNOWN_VERSION, protocol("version.known"))
        for how in (V3, GET, FORM, GET_1)
    },
    **{
        f"no Region, {how}": Row(
            how,
            ("without=Region",),
            OK | refused(MISSING),
            set(),
            protocol("region.present"),
            lost=protocol("region.known"),
        )
        for how in (V3, GET, FORM, GET_1)
    },
    **{
        f"a Region that isn't one, {how}": Row(
            how,
            ("region=mars-north",),
            OK | refused("UnsupportedRegion"),
            set(),
            protocol("region.known"),
            lost=protocol("region.present"),
        )
        for how in (V3, GET, FORM, GET_1)
    },
    "Chinese": Row(V3, ("language=zh-CN",), gained=protocol("language")),
    "English, form": Row(FORM, ("language=en-US",), gained=protocol("language")),
    "Klingon": Row(V3, ("language=tlh",)),
    "headers in small letters": Row(V3, ("header-case=lower",), gained=protocol("header-names")),
    "headers in capitals": Row(GET, ("header-case=upper",), gained=protocol("header-names")),
    # Protocol.form.*
    "plus, form": Row(
        FORM,
        ("plus",),
        refused("InvalidParameterValue.GroupTagIllegal"),
        {"Tag.charset"},
        gained=protocol("form.escapes"),
        more={"Tag": "a b"},
    ),
    "everything escaped, GET": Row(GET, ("everything-escaped",), gained=protocol("form.escapes")),
    "everything escaped, version 1": Row(GET_1, ("everything-escaped",), gained=protocol("form.escapes")),
    "indices in order": Row(GET, (), gained=protocol("form.array-gaps"), more=LIST),
    "indices in another order": Row(FORM, ("indices=1,0",), gained=protocol("form.array-gaps"), more=LIST),
    "indices with a gap": Row(GET, ("indices=0,2",), OK | GAPS, set(), protocol("form.array-gaps"), more=LIST),
    "indices from 1": Row(FORM, ("indices=1,2",), OK | GAPS, set(), protocol("form.array-gaps"), more=LIST),
    "an index twice": Row(GET_1, ("indices=0,0",), OK | GAPS, set(), protocol("form.array-gaps"), more=LIST),
    "a huge index": Row(FORM, ("indices=0,999999",), OK | GAPS, set(), protocol("form.array-gaps"), more=LIST),
    "an index past all lists": Row(
        GET,
        (f"indices=0,{'9' * 5000}",),
        OK | refused("UnknownParameter"),
        set(),
        {"Request.unknown-parameter"},
        protocol("form.array-gaps"),
        more=LIST,
    ),
    # Protocol.json.*
    "the last brace is missing": malformed("cut=1"),
    "something behind the object": malformed("append= x"),
    "two objects": malformed("append={}"),
    "NUL behind the object": malformed("append=\0"),
    "no JSON at all": malformed(PLAIN_FORM),
    "NaN": malformed(f'body={PLAIN_JSON[:-1]}, "Tag": NaN}}'),
    "UTF-16": malformed("encoding=utf-16-le"),
    "a list of the object": malformed(f"body=[{PLAIN_JSON}]", clause="json.object"),
    "an empty list": malformed("body=[]", clause="json.object"),
    "a number": malformed("body=5", clause="json.object"),
    "a text": malformed('body="x"', clause="json.object"),
    "nothing": unread("body=", clause="json.form"),
    "nothing but spaces": unread("body= \r\n\t", clause="json.form"),
    "null": unread("body= null ", clause="json.object"),
    "white space wherever it may be": Row(V3, ("spaced",), gained=protocol("json.same-text")),
    "every character escaped": Row(V3, ("escaped",), gained=protocol("json.same-text")),
    "a charset of UTF-8": Row(
        V3, ('content-type=application/json; charset="UTF-8"',), gained=protocol("json.same-text")
    ),
    "a byte order mark": Row(
        V3,
        ("byte-order-mark",),
        OK | MALFORMED,
        set(),
        protocol("json.byte-order-mark"),
    ),
    "a byte order mark before half an object": Row(
        V3,
        ("cut=1", "byte-order-mark"),
        MALFORMED,
        set(),
        protocol("json.byte-order-mark", "json.form"),
        lost=protocol("json.object"),
    ),
    "a name with the byte FF": Row(
        V3,
        (f'body={{"GroupName": "{SALT}\udcff", "GroupId": "{SALT}"}}',),
        MALFORMED | refused("InvalidParameterValue.GroupNameIllegal"),
        set(),
        {"Protocol.json.form", "GroupName.charset"},
    ),
    "200 lists": Row(
        V3,
        (f'body={PLAIN_JSON[:-1]}, "Tag": {"[" * 200}{"]" * 200}}}',),
        MALFORMED | WRONG_TYPE,
        set(),
        {"Protocol.json.depth", "Tag.type"},
    ),
    # Protocol.content-type
    "text/plain": Row(V3, ("content-type=text/plain",), OK | OTHER_TYPE, set(), protocol("content-type")),
    "another charset": Row(
        V3,
        ("content-type=application/json; charset=gbk",),
        OK | OTHER_TYPE,
        set(),
        protocol("content-type"),
        protocol("json.same-text"),
    ),
    "multipart that isn't": Row(
        V3,
        ("content-type=multipart/form-data; boundary=x", PLAIN_FORM),
        OTHER_TYPE,
        protocol("json.form"),
        protocol("content-type"),
        lost=protocol("json.object"),
    ),
    "a form under version 3": Row(
        V3,
        (PLAIN_FORM, f"as-form={TYPE_FORM}"),
        OK | OTHER_TYPE,
        set(),
        protocol("content-type"),
        protocol("form"),
        OF_JSON,
    ),
    # Several at once: any order among the gateway's checks, and none of the parameters'
    "wrongly signed, unknown Action": Row(
        V3,
        ("other-key", "action=CreateGroups"),
        refused(FAILURE) | UNKNOWN_ACTION,
        auth("signature") | protocol("action.known"),
        lost=auth("signature.letter-case"),
    ),
    "wrongly signed, no Region": Row(
        V3,
        ("other-key", "without=Region"),
        refused(FAILURE, MISSING),
        auth("signature"),
        protocol("region.present"),
        lost=auth("signature.letter-case") | protocol("region.known"),
    ),
    "wrongly signed, a tag too long": Row(
        FORM, ("other-key", "long-tag=41"), refused(FAILURE), auth("signature") | {"Tag.length.max"}
    ),
    "no Region, a tag too long": Row(
        GET,
        ("without=Region", "long-tag=41"),
        refused(MISSING) | LONG_TAG,
        {"Tag.length.max"},
        protocol("region.present"),
        lost=protocol("region.known"),
    ),
}


@pytest.mark.parametrize("row", GOLDEN.values(), ids=GOLDEN)
def test_golden(row):
    """Exactly these outcomes are allowed, and exactly these clauses of the gateway are broken, open and kept."""
    assert told(row) == (row.outcomes, row.broken, row.open, row.kept)


SEEN = seen("Protocol")
OF_SIZE = {"Protocol.size.get", "Protocol.size.version-1", "Protocol.size.version-3"}  # in tests of their own
# Never surely kept.
LIKEWISE = {"Protocol.json.byte-order-mark"}


@pytest.mark.parametrize("clause", [each.id for each in SEEN if each.id not in OF_SIZE | LIKEWISE])
def test_the_table_keeps_each_clause(clause):
    """Every one of these clauses that bytes can show is kept somewhere in the table."""
    assert any(clause in row.kept for row in GOLDEN.values())


@pytest.mark.parametrize("clause", [each.id for each in SEEN if each.id not in OF_SIZE and not each.rule.permits])
def test_the_table_breaks_each_clause(clause):
    """Every one of these clauses that bytes can break is broken, or open, somewhere in the table."""
    assert any(clause in row.broken | row.open for row in GOLDEN.values())


@pytest.mark.parametrize("name", GOLDEN)
def test_a_gate_that_is_closed_tells_nothing(name):
    """Where a clause on signatures is broken, nothing that is allowed speaks of a parameter or of the account."""
    row = GOLDEN[name]
    prediction = predicted(http_of(row.how, *row.twists, **row.more), row.how)
    closed = any(each.startswith("Authentication.") for each in row.broken)
    spoken = {clause for each in prediction.allowed for clause in each.clauses}

    assert closed == (closed and not spoken - of_gateway(spoken))
    assert not closed or prediction.must_be_refused


# --- A plain request, in each way ------------------------------------------------------------------------


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("endpoint", ["http://localhost", "https://iai.tencentcloudapi.com", "http://[::1]:8080"])
def test_endpoints(how, endpoint):
    """What the suite signs is right wherever it is sent."""
    sender = sender_of(how, endpoint=endpoint)

    assert predicted(http_of(how, sender=sender), sender=sender).outcomes == OK


@pytest.mark.parametrize("how", HOW)
def test_parameters_are_judged(how):
    """Behind the gateway the page's own clauses decide, in every form."""
    prediction = predicted(http_of(how, Tag="x" * 41), how)

    assert (LONG_TAG, {"Tag.length.max"}) == (prediction.outcomes, prediction.broken)


@pytest.mark.parametrize("how", HOW)
def test_a_list_is_read(how):
    """A list arrives as one in every form: six items are too many."""
    prediction = predicted(http_of(how, GroupExDescriptions=list("abcdef")), how)

    assert prediction.outcomes == refused("InvalidParameterValue.GroupExDescriptionsExceed")


def test_sister_actions_are_known():
    """The Actions and the Version beside CreateGroup's are known ones; no others are.

    A space is a part of a field, and makes it another Action; of a header it isn't: no server sees it there.
    """
    for action in ("DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList"):
        assert "Protocol.action.known" in predicted(http_of(V3, f"action={action}")).kept
    for action in ("creategroup", "CreateGroup ", "DeleteGroups"):
        assert "Protocol.action.known" in predicted(http_of(FORM, f"action={action}"), FORM).broken
    for action in ("creategroup", "Create Group", "DeleteGroups"):
        assert "Protocol.action.known" in predicted(http_of(V3, f"action={action}")).broken
    assert "Protocol.version.known" in predicted(http_of(V3, "version=2018-03-01")).kept


def test_region_of_none():
    """A sender without a Region leaves its clause open, and one that is sent is unknown."""
    sender = sender_of(V3, region="")

    assert predicted(http_of(V3, sender=sender), sender=sender).open == protocol("region.present")
    assert predicted(http_of(V3), sender=sender).open == protocol("region.known")


# --- Sizes -----------------------------------------------------------------------------------------------


def of_size(how, size):
    """A request of so many bytes in what is counted; in version 1, a few more or less, for the signature's escapes."""
    if how == V3:
        return http_of(how, f"padded={size}")
    bare = http_of(how, "long-tag=0")
    return http_of(how, f"long-tag={size - len(bare.body or bare.query)}")


KB = 1024
SIZES = {
    GET: ("Protocol.size.get", 32 * KB),
    GET_1: ("Protocol.size.get", 32 * KB),
    FORM: ("Protocol.size.version-1", KB * KB),
    V3: ("Protocol.size.version-3", 10 * KB * KB),
}


@pytest.mark.parametrize("how", SIZES)
@pytest.mark.parametrize(
    ("part", "state"),
    [(0.45, None), (0.55, "kept"), (0.91, "kept"), (0.93, "open"), (1, "open"), (1.07, "open"), (1.09, "broken")],
)
def test_sizes(how, part, state):
    """A request well within its size is taken, one well beyond isn't, and near the limit either is right."""
    clause, limit = SIZES[how]
    size = int(limit * part)
    http = of_size(how, size)
    prediction = predicted(http, how)
    within = OK if how == V3 else LONG_TAG
    expected = {"open": within | TOO_LARGE, "broken": TOO_LARGE}.get(state, within)

    assert abs(len(http.body or http.query) - size) < 50
    assert prediction.outcomes == expected
    assert {name: clause in getattr(prediction, name) for name in ("kept", "open", "broken")} == {
        name: name == state for name in ("kept", "open", "broken")
    }
    refusals = [each for each in prediction.allowed if clause in each.clauses]
    assert all(each.conclusive == (state == "broken") for each in refusals)


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


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [*range(900, 1001, 10), 100_000])
def test_deeper_than_can_be_read(opening, depth):
    """However deep a body is nested it must be refused, by a code for bodies or for types."""
    closing = "]" if opening == "[" else "}"
    inner = f"{opening * depth}{'1' if opening != '[' else ''}{closing * depth}"
    prediction = predicted(posted(f'{PLAIN_JSON[:-1]}, "Tag": {inner}}}'.encode()))

    assert prediction.must_be_refused
    assert prediction.outcomes >= MALFORMED
    assert "Protocol.json.depth" in prediction.open | prediction.broken


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


# --- Anything --------------------------------------------------------------------------------------------


def check(prediction):
    """A prediction is never empty, puts no clause into two classes, and names what there is."""
    assert isinstance(prediction, Prediction)
    assert prediction.outcomes
    assert not prediction.kept & (prediction.broken | prediction.open)
    assert not prediction.broken & prediction.open
    assert (prediction.kept | prediction.broken | prediction.open) <= CLAUSE.keys()
    for each in prediction.allowed:
        assert set(each.clauses) <= CLAUSE.keys()
        assert all(values and values <= READING[reading].names for reading, values in each.readings.items())
    assert not prediction.broken or prediction.must_be_refused


URL = f"{ENDPOINT}/"
TYPED = ("Content-Type", "application/json")
HOSTILE = {
    "nothing": HttpRequest("", "", ()),
    "a GET of nothing": HttpRequest("GET", "", ()),
    "a POST of nothing": HttpRequest("POST", "", ()),
    "empty headers": HttpRequest("POST", URL, (("", ""), ("Authorization", ""), ("X-TC-Timestamp", ""), ("Host", ""))),
    "surrogates everywhere": HttpRequest("\ud800", "\udfff?\udc80=\ud800", (("\ud800", "\udfff"),), b"\xed\xa0\x80"),
    "surrogates in a query": HttpRequest("GET", f"{URL}?Signature=\ud800&SecretId=\udcff&Timestamp=\udfff", ()),
    "surrogates and signatures": HttpRequest(
        "POST",
        URL,
        (
            TYPED,
            (
                "Authorization",
                f"TC3-HMAC-SHA256 Credential={EXAMPLE_CREDENTIALS.secret_id}/\ud800/\udfff/tc3_request, "
                f"SignedHeaders=content-type;host;\ud800, Signature={HEX}",
            ),
            ("X-TC-Timestamp", str(NOW)),
            ("\ud800", "\udc80"),
        ),
        b"{}",
    ),
    "NUL everywhere": HttpRequest("POST\0", f"{URL}\0?\0=\0", (("\0", "\0"), TYPED), b"\0"),
    "a NUL for a body": HttpRequest("POST", URL, (TYPED,), b"\0"),
    "a number": HttpRequest("POST", URL, (TYPED,), b"9" * 5000),
    "a number for a name": HttpRequest("POST", URL, (TYPED,), b'{"GroupName": -' + b"9" * 5000 + b"}"),
    "a huge exponent": HttpRequest("POST", URL, (TYPED,), b'{"GroupName": 1e999999, "Tag": -1E+99999}'),
    "a Timestamp of digits": HttpRequest(
        "GET", f"{URL}?Signature=x&SecretId=x&Timestamp={'9' * 5000}&Nonce={'0' * 5000}", ()
    ),
    "huge indices": HttpRequest("GET", f"{URL}?GroupExDescriptions.{'9' * 5000}=x&GroupExDescriptions.999999=x", ()),
    "an index below 0": HttpRequest("GET", f"{URL}?GroupExDescriptions.-1=x&GroupExDescriptions.=&.0=&.=", ()),
    "an index in other digits": HttpRequest("GET", f"{URL}?GroupExDescriptions.\u0661=x", ()),
    "ampersands": HttpRequest("GET", f"{URL}?&&&=&=&&", ()),
    "half escapes": HttpRequest("GET", f"{URL}?%=%&%f=%zz&%ED%A0=%80", ()),
    "open brackets": HttpRequest("POST", URL, (TYPED,), b"[" * 100_000),
    "open objects": HttpRequest("POST", URL, (TYPED,), b'{"a":' * 100_000),
    "an open text of brackets": HttpRequest("POST", URL, (TYPED,), b'"' + b"[" * 10_000),
    "escaped quotation marks": HttpRequest("POST", URL, (TYPED,), b'{"' + b"[" * 60 + b'\\"' * 500),
    "byte order marks": HttpRequest("POST", URL, (TYPED,), BOM * 50 + b"{}"),
    "an open URL": HttpRequest("GET", "http://[", ()),
    "a URL of a question mark": HttpRequest("GET", "?", ()),
    "a form of bytes": HttpRequest("POST", URL, (("Content-Type", TYPE_FORM),), bytes(range(256)) * 4),
    "a header of bytes": HttpRequest("POST", URL, (("Content-Type", "".join(map(chr, range(256)))), TYPED), b"{}"),
    "no type, all bytes": HttpRequest("POST", URL, (), bytes(range(256))),
}


@pytest.mark.parametrize("now", [0, -1e18, 1e300, float("inf"), NOW])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name, now):
    """Whatever is sent, at whatever time, is judged: it is refused, as it isn't signed."""
    for credentials in (EXAMPLE_CREDENTIALS, TEMPORARY, Credentials("", "", "")):
        prediction = predict_http(HOSTILE[name], sender_of(V3, credentials), now, World(), replayed=True)
        check(prediction)
        assert prediction.must_be_refused


ODD = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(
    ["", "\0", "\ud800", "\udcff", "%", "%ED%A0%80", "&", "=", "?", "\n", "9" * 5000, "UNSIGNED-PAYLOAD", str(NOW)]
)
NAMES = ODD | st.sampled_from(
    ["Authorization", "Content-Type", "Host", "X-TC-Timestamp", "X-TC-Action", "X-TC-Token", "X-TC-Content-SHA256"]
)
PARTS = st.lists(
    ODD
    | st.sampled_from(
        [
            "TC3-HMAC-SHA256 ", "Credential=", EXAMPLE_CREDENTIALS.secret_id, "/2023-11-14", "/iai", "/tc3_request",
            ", SignedHeaders=", "content-type;host", ", Signature=", HEX, "application/json", TYPE_FORM, "; charset=",
            "Signature=", "&SecretId=", "&Timestamp=", "&Nonce=", "GroupName=", "&GroupExDescriptions.", "0=", "[", "{",
            "]", "}", '"', '"GroupName": ', "null", ", ", "\ufeff",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip
BODIES = st.binary(max_size=40) | PARTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
MOMENTS = st.sampled_from([NOW, 0, NOW + 300, 1e300])


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["GET", "POST", "PUT", "HEAD"]) | ODD,
    PARTS.map(lambda text: f"{URL}?{text}") | ODD,
    st.lists(st.tuples(NAMES, PARTS), max_size=6).map(tuple),
    BODIES,
    MOMENTS,
)
@example("GET", "?\ud800=\udcff", (("Host", "\ud800"),), b"", NOW)
def test_anything_is_judged(method, url, headers, body, now):
    """Whatever is sent has a prediction, with one outcome at least."""
    check(predicted(HttpRequest(method, url, headers, body), now=now))


@st.composite
def mutants(draw):
    """A properly signed request, changed at a few places."""
    how = draw(st.sampled_from(list(HOW)))
    http = http_of(how, Tag="x", GroupExDescriptions=["a", "中"])
    for _ in range(draw(st.integers(1, 3))):
        match draw(st.integers(0, 5)):
            case 0:
                start = draw(st.integers(0, len(http.body)))
                end = draw(st.integers(start, min(len(http.body), start + 8)))
                http = replace(http, body=http.body[:start] + draw(BODIES) + http.body[end:])
            case 1:
                start = draw(st.integers(0, len(http.url)))
                http = replace(http, url=http.url[:start] + draw(ODD) + http.url[start + draw(st.integers(0, 8)) :])
            case 2 if http.headers:
                place = draw(st.integers(0, len(http.headers) - 1))
                name, value = http.headers[place]
                start = draw(st.integers(0, len(value)))
                value = value[:start] + draw(ODD) + value[start + draw(st.integers(0, 8)) :]
                changed = draw(
                    st.sampled_from([((name, value),), (), ((name.upper(), value),), ((draw(NAMES), value),)])
                )
                http = replace(http, headers=(*http.headers[:place], *changed, *http.headers[place + 1 :]))
            case 3:
                http = replace(http, headers=(*http.headers, (draw(NAMES), draw(PARTS))))
            case 4:
                http = replace(http, method=draw(st.sampled_from(["GET", "POST", "PATCH", ""])))
            case _:
                http = replace(http, headers=tuple(draw(st.permutations(http.headers))))
    return how, http


@settings(deadline=None, max_examples=300)
@given(mutants(), MOMENTS, st.booleans())
def test_mutants_are_judged(mutant, now, replayed):
    """A valid request that was changed anywhere has a prediction, with one outcome at least."""
    how, http = mutant

    check(predicted(http, how, now=now, replayed=replayed))
