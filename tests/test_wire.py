"""The wire: what is encoded is decoded to the same, and nothing that comes back is trusted."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract import PARAMETERS
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import COMMON_FIELDS, Form, Sender, UndecodableError, decode, encode, envelope

TC3 = Sender("http://localhost", "ap-guangzhou", EXAMPLE_CREDENTIALS)
V1 = Sender("http://localhost", "", Credentials("id", "key", "token"), Scheme.SHA256)
JSON_FORMS = [(TC3, Form.JSON), (TC3, Form.JSON_RAW)]
TEXT_FORMS = [(TC3, Form.QUERY), (V1, Form.QUERY), (V1, Form.FORM)]
ALL_FORMS = JSON_FORMS + TEXT_FORMS
NOW = 1551113065


def name_of(way):
    return way.name if isinstance(way, Form) else "version 3" if way is TC3 else "version 1"


def every(ways):
    return pytest.mark.parametrize(("sender", "form"), ways, ids=name_of)


def sent(sender, form, *pairs):
    """The parameters that arrive when these are sent."""
    return decode(encode(Request.of(pairs), sender, form, NOW)).parameters


# --- There and back --------------------------------------------------------------------------------------

TEXTS = [
    "", "x", "中文", "a b", "a+b", "a%20b", "100%", "&=#?;", '"\\/', "\0", "\n\r\t", "\x7f\x85\u2028",
    "\U00020bb7", "\U0001f600", "\ufeff", "\ufffd", "e\u0301", "x" * 70_000,
]  # fmt: skip


@every(ALL_FORMS)
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_texts(sender, form, text):
    """A text arrives as it was sent, in each form."""
    assert (("GroupName", text), ("GroupId", "x")) == sent(sender, form, ("GroupName", text), ("GroupId", "x"))


@every(ALL_FORMS)
@pytest.mark.parametrize("text", ["a\ud800", "\udfffb", "\udc00\ud800"], ids=ascii)
def test_lone_surrogates(sender, form, text):
    """A lone surrogate arrives as it was sent, in each form."""
    assert (("GroupName", text),) == sent(sender, form, ("GroupName", text))


@every(ALL_FORMS)
def test_order_and_doubled_names(sender, form):
    """Parameters arrive in their order, doubled ones as often as they were sent."""
    pairs = (("Tag", "x"), ("GroupId", "a"), ("Tag", ""), ("GroupName", "b"), ("Tag", "x"))

    assert pairs == sent(sender, form, *pairs)


@every(ALL_FORMS)
@pytest.mark.parametrize("count", [1, 2, 10, 11, 12, 101])
def test_lists(sender, form, count):
    """The items of a list arrive in their order, in the place of the list."""
    pairs = (("GroupId", "a"), ("GroupExDescriptions", [f"x{each}" for each in range(count)]), ("Tag", "b"))

    assert pairs == sent(sender, form, *pairs)


@every(ALL_FORMS)
def test_list_of_empty_texts(sender, form):
    """Empty items of a list arrive too."""
    assert sent(sender, form, ("GroupExDescriptions", ["", "x", ""])) == (("GroupExDescriptions", ["", "x", ""]),)


@every(ALL_FORMS)
def test_no_parameters(sender, form):
    """A request without parameters arrives without any."""
    assert sent(sender, form) == ()


@every(ALL_FORMS)
def test_text_for_a_list(sender, form):
    """A text in the place of a list arrives as a text."""
    assert sent(sender, form, ("GroupExDescriptions", "x")) == (("GroupExDescriptions", "x"),)


@every(ALL_FORMS)
def test_action_and_version(sender, form):
    """Action and version arrive, and whether every value is text."""
    request = decode(encode(Request((), "DeleteGroup", "2018-03-01"), sender, form, NOW))

    assert ("DeleteGroup", "2018-03-01", (sender, form) in TEXT_FORMS) == (
        request.action,
        request.version,
        request.textual,
    )


@every(JSON_FORMS)
@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, 10**30, 3.0, 1e300, [], [[]], ["x", None, 5, ["y"]]], ids=repr
)
def test_other_values(sender, form, value):
    """What isn't a text arrives in JSON as it was sent."""
    assert repr((("Tag", value),)) == repr(sent(sender, form, ("Tag", value)))


@every(JSON_FORMS)
@pytest.mark.parametrize("value", [{}, {"a": "b"}, {"a": {"b": [{}]}}], ids=repr)
def test_objects(sender, form, value):
    """An object arrives as one: sent on, it is the same."""
    once = encode(Request.of({"Tag": value}), sender, form, NOW)

    assert once.body == encode(decode(once), sender, form, NOW).body


NAMES = st.sampled_from((*PARAMETERS, "Unknown", "Ünknown", "", "a b&c=d"))
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT
VALUES = st.recursive(SCALARS, lambda children: st.lists(children, max_size=12), max_leaves=12)


@every(JSON_FORMS)
@settings(deadline=None)
@given(pairs=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_json_there_and_back(sender, form, pairs):
    """Any parameters arrive in JSON as they were sent."""
    assert tuple(pairs) == sent(sender, form, *pairs)


@every(TEXT_FORMS)
@settings(deadline=None)
@given(
    pairs=st.lists(st.tuples(NAMES, ANY_TEXT), max_size=5),
    items=st.lists(ANY_TEXT, min_size=1, max_size=12),
    place=st.integers(0, 5),
)
def test_texts_there_and_back(sender, form, pairs, items, place):
    """Any texts, and a list of texts, arrive in a form or a query as they were sent."""
    pairs.insert(place, ("GroupExDescriptions", items))

    assert tuple(pairs) == sent(sender, form, *pairs)


# --- Bytes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "body"),
    [
        (Form.JSON, rb'{"GroupName": "\u4e2d +", "Tag": "\ud842\udfb7"}'),
        (Form.JSON_RAW, '{"GroupName": "中 +", "Tag": "\U00020bb7"}'.encode()),
    ],
)
def test_json_bytes(form, body):
    """JSON is written with escapes for all that isn't ASCII, or in plain UTF-8."""
    http = encode(Request.of({"GroupName": "中 +", "Tag": "\U00020bb7"}), TC3, form, NOW)

    assert ("POST", "http://localhost/", body) == (http.method, http.url, http.body)


def test_query_bytes():
    """A query is written with upper-case hex; a space is %20, and only unreserved characters stay."""
    http = encode(Request.of({"GroupName": "中 +~-._/", "GroupExDescriptions": ["a", "b"]}), TC3, Form.QUERY, NOW)

    assert (http.method, http.body) == ("GET", b"")
    assert http.query == ("GroupName=%E4%B8%AD%20%2B~-._%2F&GroupExDescriptions.0=a&GroupExDescriptions.1=b")


def test_form_bytes():
    """A form under version 1 ends in its signature, and its common fields are told from the action's own."""
    http = encode(Request.of({"Tag": "x"}), V1, Form.FORM, NOW)

    assert http.body.startswith(
        b"Tag=x&Action=CreateGroup&Version=2020-03-03&Timestamp=1551113065&Token=token&Nonce=1&"
    )
    assert b"&SecretId=id&Signature=" in http.body
    assert decode(http).parameters == (("Tag", "x"),)


@every([way for way in ALL_FORMS if way[0] is TC3])
def test_headers(sender, form):
    """Under version 3, the common parameters are headers; the region is left out where there is none."""
    regionless = Sender(sender.endpoint, "", Credentials("id", "key", "token"))
    http, without = (encode(Request.of({}), each, form, NOW) for each in (sender, regionless))

    assert header(http.headers, "X-TC-Region") == "ap-guangzhou"
    assert header(without.headers, "X-TC-Region") is None
    assert header(without.headers, "X-TC-Token") == "token"
    assert str(NOW) == header(http.headers, "X-TC-Timestamp")


# --- What a form can't say -------------------------------------------------------------------------------


@every(TEXT_FORMS)
@pytest.mark.parametrize("value", [None, True, 5, 3.0, {}, {"a": "b"}, [None], ["x", 5], [["x"]]], ids=repr)
def test_no_text_no_form(sender, form, value):
    """What isn't a text, or a list of texts, is refused in a form or a query."""
    with pytest.raises(ValueError, match=r"can't be said"):
        encode(Request.of({"GroupExDescriptions": value}), sender, form, NOW)


LOST_IN_FORMS = {
    "an empty list": [("GroupExDescriptions", [])],
    "two lists": [("GroupExDescriptions", ["a"]), ("GroupExDescriptions", ["b"])],
    "a list that isn't documented": [("Tag", ["a"])],
    "an indexed name": [("GroupExDescriptions.0", "a")],
    "the name of a common field": [("Action", "DeleteGroup")],
}


@every(TEXT_FORMS)
@pytest.mark.parametrize("pairs", LOST_IN_FORMS.values(), ids=LOST_IN_FORMS)
def test_what_would_arrive_as_something_else(sender, form, pairs):
    """What would arrive as something else is refused in a form or a query."""
    with pytest.raises(ValueError, match=r"can't be said"):
        encode(Request.of(pairs), sender, form, NOW)


@pytest.mark.parametrize(("sender", "form"), [(TC3, Form.FORM), (V1, Form.JSON), (V1, Form.JSON_RAW)], ids=name_of)
def test_undocumented_signatures(sender, form):
    """A form under version 3, and JSON under version 1, are refused: the platform documents neither."""
    with pytest.raises(ValueError, match="can't be signed"):
        encode(Request.of({}), sender, form, NOW)


# --- Requests from strangers -----------------------------------------------------------------------------

FORM_TYPE = "application/x-www-form-urlencoded"
HOSTILE_BODIES = {
    "nothing": b"",
    "deep lists": b"[" * 100_000,
    "deep lists in an object": b'{"Tag": ' + b"[" * 100_000,
    "deep objects": b'{"Tag": ' * 100_000,
    "invalid UTF-8": b'{"Tag": "\xff"}',
    "half a character": b'{"Tag": "\xe4\xb8"}',
    "UTF-16": '{"Tag": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"Tag": "x"}',
    "a list": b'[["Tag", "x"]]',
    "null": b"null",
    "a number": b"5",
    "NaN": b"NaN",
    "a text": b'"x"',
    "an open text": b'{"Tag": "x',
    "a raw newline in a text": b'{"Tag": "\n"}',
    "two objects": b"{}{}",
    "a NUL after the object": b"{}\0",
}


def posted(body, content_type="application/json"):
    return HttpRequest(
        "POST", "http://localhost/", (("Content-Type", content_type), ("X-TC-Action", "CreateGroup")), body
    )


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_hostile_bodies(body):
    """A body that says no request is undecodable, whatever is wrong with it."""
    with pytest.raises(UndecodableError, match="the body is"):
        decode(posted(body))


@pytest.mark.parametrize("sign", ["", "-"])
def test_numbers_that_python_does_not_read(sign):
    """A number of any length is JSON, and some number."""
    (value,) = decode(posted(f'{{"Tag": {sign}{"9" * 10_000}}}'.encode())).values("Tag")
    answer = HttpResponse(200, (), f'{{"Response": {{"RequestId": "r", "x": {sign}{"9" * 10_000}}}}}'.encode())

    assert isinstance(value, float)
    assert (value < 0) == bool(sign)
    assert envelope(answer).request_id == "r"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_json_lacks(number):
    """A number that JSON doesn't have makes a body undecodable."""
    with pytest.raises(UndecodableError, match="the body is no JSON"):
        decode(posted(b'{"Tag": ' + number + b"}"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "get", ""])
def test_methods(method):
    """Methods other than GET and POST are undecodable."""
    with pytest.raises(UndecodableError, match="not GET or POST"):
        decode(HttpRequest(method, "http://localhost/", (), b"{}"))


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/jsonp", "multipart/form-data; boundary=x"])
def test_content_types(content_type):
    """A POST that is neither JSON nor a form is undecodable."""
    with pytest.raises(UndecodableError, match="not application/json or application/x-www-form-urlencoded"):
        decode(posted(b"{}", content_type))


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", " application/json ;x"]
)
def test_content_type_is_read_leniently(content_type):
    """Case, spaces and parameters of a Content-Type don't matter."""
    assert decode(posted(b'{"Tag": "x"}', content_type)).parameters == (("Tag", "x"),)


@pytest.mark.parametrize(
    ("fields", "parameters"),
    [
        (b"Tag=a+b", (("Tag", "a b"),)),
        (b"Tag", (("Tag", ""),)),
        (b"Tag=a=b&&GroupId=c;d", (("Tag", "a=b"), ("GroupId", "c;d"))),
        (b"Tag=%zz%", (("Tag", "%zz%"),)),
        (b"GroupExDescriptions.10=b&GroupExDescriptions.9=a", (("GroupExDescriptions", ["a", "b"]),)),
        (b"GroupExDescriptions.1=b&Tag=x&GroupExDescriptions.0=a", (("GroupExDescriptions", ["a", "b"]), ("Tag", "x"))),
        (b"GroupExDescriptions.01=a", (("GroupExDescriptions.01", "a"),)),
        (b"GroupExDescriptions.x=a", (("GroupExDescriptions.x", "a"),)),
        (b"GroupExDescriptions.-1=a", (("GroupExDescriptions.-1", "a"),)),
        (b"GroupExDescriptions.%D9%A1=a", (("GroupExDescriptions.\u0661", "a"),)),
        (b"GroupExDescriptions.9999999999999999999=a", (("GroupExDescriptions.9999999999999999999", "a"),)),
        (b"Tag.0=a", (("Tag.0", "a"),)),
    ],
)
def test_forms_of_strangers(fields, parameters):
    """A form is read as it stands; only plain indices make a list."""
    assert parameters == decode(posted(fields, FORM_TYPE)).parameters


JSON_VALUES = st.recursive(
    SCALARS | st.floats(), lambda children: st.lists(children) | st.dictionaries(st.text(), children), max_leaves=8
)
BODIES = st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode())


@settings(deadline=None)
@given(
    st.sampled_from(("GET", "POST")),
    st.sampled_from(("application/json", FORM_TYPE, "")),
    BODIES,
    st.text(st.characters(exclude_characters="[]")) | st.binary().map(lambda raw: raw.decode("latin-1")),
)
@example("GET", "application/json", b"", "\ud800")
def test_decode_never_fails_otherwise(method, content_type, body, query):
    """Whatever is sent is a request, or undecodable; nothing else happens."""
    try:
        request = decode(HttpRequest(method, f"http://localhost/?{query}", (("Content-Type", content_type),), body))
    except UndecodableError:
        return
    assert all(isinstance(name, str) for name in request.names)
    assert not (request.textual and COMMON_FIELDS & set(request.names))


# --- Answers from strangers ------------------------------------------------------------------------------


def answered(body):
    return envelope(HttpResponse(200, (), body))


@settings(deadline=None)
@given(BODIES | JSON_VALUES.map(lambda value: json.dumps({"Response": value}).encode()))
@example(b"[" * 100_000)
@example(b'{"Response": ' * 100_000)
@example(b'{"Response": {"RequestId": ' + b"9" * 10_000 + b"}}")
@example(b'\xef\xbb\xbf{"Response": {}}')
@example(b'{"Response": {"Error": {"Code": ["x"]}, "RequestId": {}}}')
def test_envelope_never_raises(body):
    """Any answer has an envelope: an object under `Response`, or a reason why there is none."""
    parsed = answered(body)

    assert (parsed.problem is None) or not parsed.response
    assert parsed.code is None or isinstance(parsed.code, str)
    assert parsed.request_id is None or isinstance(parsed.request_id, str)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "without `Response`"),
        (b'"Response"', "without `Response`"),
        (b'{"response": {}}', "without `Response`"),
        (b'{"Response": null}', "no object"),
        (b'{"Response": []}', "no object"),
    ],
    ids=lambda each: ascii(each[:20]),
)
def test_envelope_problems(body, problem):
    """An answer without an object under `Response` says what is wrong with it."""
    assert problem in answered(body).problem


def test_envelope():
    """Code and RequestId are read from an answer, its other members stay as they are."""
    parsed = answered('{"Response": {"Error": {"Code": "x", "Message": "错"}, "RequestId": "r", "More": 1}}'.encode())

    assert (parsed.code, parsed.request_id, parsed.problem) == ("x", "r", None)
    assert parsed.error == {"Code": "x", "Message": "错"}
    assert parsed.response["More"] == 1


@pytest.mark.parametrize("error", [None, "x", ["Code"], {}, {"Code": 5}, {"Code": None}], ids=repr)
def test_envelope_of_odd_errors(error):
    """An error without a text for its code has no code."""
    parsed = answered(json.dumps({"Response": {"Error": error}}).encode())

    assert (None, error) == (parsed.code, parsed.error)
