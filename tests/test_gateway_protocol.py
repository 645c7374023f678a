"""What the documents allow for the rest of an HTTP request: methods, parameters, sizes."""

import pytest

from tests.gateway_table import (
    AFTER_METHOD,
    AWAY,
    FAILURE,
    FORM,
    GAPS,
    GET,
    GET_1,
    HOW,
    LIST,
    LONG_TAG,
    MALFORMED,
    MISSING,
    NO_ACTION,
    NO_VERSION,
    OF_JSON,
    OK,
    OTHER_METHOD,
    OTHER_TYPE,
    PLAIN_FORM,
    PLAIN_JSON,
    SALT,
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
    predicted,
    protocol,
    refused,
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
    """The Actions beside CreateGroup are known ones; no others are. An earlier Version may be known or not.

    A space is a part of a field, and makes it another Action; of a header it isn't: no server sees it there.
    """
    for action in ("DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList"):
        assert "Protocol.action.known" in predicted(http_of(V3, f"action={action}")).kept
    for action in ("creategroup", "CreateGroup ", "DeleteGroups"):
        assert "Protocol.action.known" in predicted(http_of(FORM, f"action={action}"), FORM).broken
    for action in ("creategroup", "Create Group", "DeleteGroups"):
        assert "Protocol.action.known" in predicted(http_of(V3, f"action={action}")).broken
    earlier = predicted(http_of(V3, "version=2018-03-01"))
    assert earlier.open == protocol("version.known")
    assert earlier.outcomes == OK | UNKNOWN_VERSION


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
