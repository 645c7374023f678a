"""What the documents allow for HTTP requests: signature and protocol, by a golden table, at edges, for any bytes."""

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.contract import CLAUSE, READING
from conformance.contract.gateway_clauses import GATEWAY_CLAUSES
from conformance.contract.model import Gate
from conformance.draft import Form, Sender
from conformance.gateway import common_parameter
from conformance.learning import read
from conformance.messages import HttpRequest, header
from conformance.prediction import Accepted, Prediction, Refused, TurnedAway
from conformance.request import Request, World
from conformance.signing import EXAMPLE_CREDENTIALS, Credentials, Scheme
from conformance.twists import twisted
from conformance.validator import predict_http

NOW = 1_700_000_000
SALT = "abcdefghijkl"
ENDPOINT = "http://127.0.0.1:8080"
OK = {Accepted("2.0"), Accepted("3.0")}
AWAY = {TurnedAway()}
V3, GET, FORM, FORM_256, GET_1, GET_256 = "v3", "get", "form", "form-256", "get-1", "get-256"
HOW = {
    V3: (Form.JSON, Scheme.TC3),
    GET: (Form.QUERY, Scheme.TC3),
    FORM: (Form.FORM, Scheme.SHA1),
    FORM_256: (Form.FORM, Scheme.SHA256),
    GET_1: (Form.QUERY, Scheme.SHA1),
    GET_256: (Form.QUERY, Scheme.SHA256),
}


def refused(*codes):
    return {Refused(each) for each in codes}


def auth(*names):
    return {f"Authentication.{each}" for each in names}


def protocol(*names):
    return {f"Protocol.{each}" for each in names}


def sender_of(how, credentials=EXAMPLE_CREDENTIALS, endpoint=ENDPOINT, region="ap-guangzhou"):
    return Sender(endpoint, region, credentials, HOW[how][1])


def request_of(**more):
    return Request.of({"GroupName": SALT, "GroupId": SALT, **more})


def http_of(how, *twists, sender=None, **more):
    """A request that is sent so, with twists."""
    return twisted(request_of(**more), sender or sender_of(how), HOW[how][0], NOW, 1, twists)


def predicted(http, how=V3, *, sender=None, now=NOW, world=None, replayed=False):
    return predict_http(http, sender or sender_of(how), now, world or World(), replayed=replayed)


def of_gateway(ids):
    return {each for each in ids if each.partition(".")[0] in {"Authentication", "Protocol"}}


# --- Golden table ----------------------------------------------------------------------------------------

INVALID, VALUE, MISSING = "InvalidParameter", "InvalidParameterValue", "MissingParameter"
PAGE, EMPTY = "InvalidParameter.InvalidParameter", "MissingParameter.ErrorParameterEmpty"
FAILURE, EXPIRED = "AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire"
BAD_AUTHORIZATION = "AuthFailure.InvalidAuthorization"

NOT_SIGNED = refused(BAD_AUTHORIZATION, MISSING, FAILURE)
UNKNOWN_ID = refused("AuthFailure.SecretIdNotFound", "AuthFailure.InvalidSecretId")
SCOPE = refused(FAILURE, BAD_AUTHORIZATION, EXPIRED)
NO_TIME = refused(INVALID, MISSING, EXPIRED, FAILURE, BAD_AUTHORIZATION)
MALFORMED = refused(INVALID, "InvalidRequest", PAGE, VALUE, MISSING)
OTHER_TYPE = MALFORMED | refused("UnsupportedProtocol", "UnsupportedOperation")
NO_ACTION = refused(MISSING, "InvalidAction", "UnsupportedOperation.UnknowMethod")
UNKNOWN_ACTION = refused("InvalidAction", "UnsupportedOperation.UnknowMethod")
NO_VERSION = refused(MISSING, "NoSuchVersion", "InvalidAction")
UNKNOWN_VERSION = refused("NoSuchVersion", "InvalidAction")
OTHER_METHOD = refused("UnsupportedProtocol") | AWAY
TOO_LARGE = refused("RequestSizeLimitExceeded", FAILURE) | AWAY
GAPS = refused(INVALID, PAGE, VALUE, MISSING)
NONE_GIVEN = refused(MISSING, EMPTY, PAGE)
WRONG_TYPE = refused(INVALID, PAGE, VALUE)
TOKEN = refused("AuthFailure.TokenFailure")
LONG_TAG = refused("InvalidParameterValue.GroupTagTooLong")

_SIGNED = auth("authorization.present", "authorization.form", "secret-id", "signature")
_SIGNED |= auth("timestamp.form", "timestamp.window")
_SIGNED_3 = _SIGNED | auth("signature.letter-case", "scope.date", "scope.service")
_SIGNED_1 = _SIGNED | auth("nonce", "version-1")
_COMMON = protocol(
    "method", "action.present", "action.known", "version.present", "version.known", "region.present", "region.known"
)
_JSON = protocol("json.form", "json.object", "json.depth")
# What a plain request keeps of the gateway's clauses.
PLAINLY_KEPT = {
    V3: _SIGNED_3 | _COMMON | _JSON | protocol("content-type"),
    GET: _SIGNED_3 | _COMMON | protocol("get"),
    FORM: _SIGNED_1 | _COMMON | protocol("form", "content-type"),
    FORM_256: _SIGNED_1 | _COMMON | protocol("form", "content-type"),
    GET_1: _SIGNED_1 | _COMMON | protocol("get"),
    GET_256: _SIGNED_1 | _COMMON | protocol("get"),
}
# What is no longer asked once the one before is broken.
AFTER_ID = auth("signature", "signature.letter-case", "scope.date", "scope.service", "version-1")
AFTER_TIME = AFTER_ID | auth("timestamp.window")
AFTER_FORM = AFTER_TIME | auth("timestamp.form", "nonce", "secret-id")
AFTER_PRESENT = AFTER_FORM | auth("authorization.form")
AFTER_METHOD = (_COMMON - protocol("method")) | _JSON | protocol("content-type", "get", "form")


@dataclass(frozen=True)
class Row:
    """A request and what is allowed for it; of what is kept, what differs from a plain request."""

    how: str
    twists: tuple[str, ...]
    outcomes: set = field(default_factory=lambda: OK)
    broken: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    gained: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    more: dict[str, object] = field(default_factory=dict)

    @property
    def kept(self):
        """What is kept of the clauses of the gateway."""
        return (PLAINLY_KEPT[self.how] - self.lost - self.broken - self.open) | self.gained


def broken_signature(how, *twists):
    return Row(how, twists, refused(FAILURE), auth("signature"), lost=auth("signature.letter-case"))


def malformed(*twists, clause="json.form", outcomes=MALFORMED):
    return Row(V3, twists, outcomes, protocol(clause), lost=protocol("json.form", "json.object"))


def unread(*twists, clause):
    """A body that says nothing, or an object without members."""
    row = malformed(*twists, clause=clause, outcomes=MALFORMED | NONE_GIVEN)
    return replace(row, broken=set(), open=row.broken | {"GroupName.required", "GroupId.required"})


LIST = {"GroupExDescriptions": ["a", "b"]}
TYPE_FORM = "application/x-www-form-urlencoded"
PLAIN_FORM = f"body=GroupName={SALT}&GroupId={SALT}"
PLAIN_JSON = f'{{"GroupName": "{SALT}", "GroupId": "{SALT}"}}'
GOLDEN = {
    # Authentication.authorization.*, secret-id
    **{f"plain {how}": Row(how, ()) for how in HOW},
    "no Authorization": Row(
        V3, ("then-without=Authorization",), NOT_SIGNED, auth("authorization.present"), lost=AFTER_PRESENT
    ),
    "no Authorization, GET": Row(
        GET, ("then-without=Authorization",), NOT_SIGNED, auth("authorization.present"), lost=AFTER_PRESENT
    ),
    "no Signature, form": Row(
        FORM,
        ("then-field=&Signature=→&NoSignature=",),
        NOT_SIGNED,
        auth("authorization.present"),
        {"Request.unknown-parameter"},
        lost=AFTER_PRESENT,
    ),
    "no Signature, GET of version 1": Row(
        GET_1,
        ("then-field=&Signature=→&NoSignature=",),
        NOT_SIGNED,
        auth("authorization.present"),
        {"Request.unknown-parameter"},
        lost=AFTER_PRESENT,
    ),
    "Basic": Row(
        V3, ("then-header=Authorization:Basic eDp5",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM
    ),
    "an empty Authorization": Row(
        GET, ("then-header=Authorization:",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM
    ),
    "no SecretId, form": Row(
        FORM,
        ("then-field=&SecretId=→&NoSecretId=",),
        NOT_SIGNED,
        auth("authorization.form"),
        {"Request.unknown-parameter"},
        lost=AFTER_FORM,
    ),
    "an empty SecretId, GET of version 1": Row(
        GET_1,
        (f"then-field=&SecretId={EXAMPLE_CREDENTIALS.secret_id}→&SecretId=",),
        NOT_SIGNED,
        auth("authorization.form"),
        lost=AFTER_FORM,
    ),
    "a scope that ends otherwise": Row(
        V3,
        ("then-authorization=/tc3_request→/tc4_request",),
        NOT_SIGNED,
        auth("authorization.form"),
        lost=AFTER_FORM,
    ),
    "the host not signed": Row(V3, ("not-signed=host",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM),
    "the Content-Type not signed": Row(
        GET, ("not-signed=content-type",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM
    ),
    "a list of signed headers twice": Row(
        V3,
        ("then-authorization=SignedHeaders=→SignedHeaders=host, SignedHeaders=",),
        NOT_SIGNED,
        auth("authorization.form"),
        lost=AFTER_FORM,
    ),
    "a Credential twice": Row(
        V3,
        ("then-authorization=Credential=→Credential=x/2023-11-14/iai/tc3_request, Credential=",),
        NOT_SIGNED,
        auth("authorization.form"),
        lost=AFTER_FORM,
    ),
    "a Signature twice": Row(
        V3,
        (f"then-authorization=Signature=→Signature={'0' * 64}, Signature=",),
        NOT_SIGNED,
        auth("authorization.form"),
        lost=AFTER_FORM,
    ),
    "half a signature": Row(V3, ("signature-cut",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM),
    "an empty signature": Row(GET, ("signature-empty",), NOT_SIGNED, auth("authorization.form"), lost=AFTER_FORM),
    "a signed header lost": Row(
        V3,
        ("signed-header=X-Custom:a", "then-without=X-Custom"),
        NOT_SIGNED,
        auth("authorization.form"),
        gained=auth("other-headers"),
        lost=auth("signature", "signature.letter-case"),
    ),
    **{
        f"an unknown SecretId, {how}": Row(how, ("unknown-id",), UNKNOWN_ID, auth("secret-id"), lost=AFTER_ID)
        for how in HOW
    },
    # Authentication.signature
    **{f"another key, {how}": replace(broken_signature(how, "other-key")) for how in HOW},
    "another end, version 3": broken_signature(V3, "signature-end"),
    "backwards": broken_signature(GET, "signature-reversed"),
    "the body changed": broken_signature(V3, f"then-body={SALT}→{SALT}b"),
    "a space behind the body": replace(broken_signature(V3, "then-append= "), gained=protocol("json.same-text")),
    "the query changed": broken_signature(GET, f"then-query={SALT}→{SALT}b"),
    "a field added to the query": broken_signature(GET, "then-append-query=&Tag=x"),
    "a field changed, form": broken_signature(FORM, f"then-field={SALT}→{SALT}b"),
    "a field added, form": broken_signature(FORM_256, "then-append=&Tag=x"),
    "a field changed, GET of version 1": broken_signature(GET_256, f"then-field={SALT}→{SALT}b"),
    "the Host changed": broken_signature(V3, "then-header=Host:iai.example.org"),
    "the Host changed, GET of version 1": broken_signature(GET_1, "then-header=Host:iai.example.org"),
    "the Timestamp changed": broken_signature(V3, "then-timestamp=7"),
    "the Content-Type changed": replace(
        broken_signature(V3, "then-header=Content-Type:application/json; charset=utf-8"),
        gained=protocol("json.same-text"),
    ),
    "the Content-Type with a space behind it": Row(V3, ("then-header=Content-Type: application/json ",)),
    "a signed header changed": replace(
        broken_signature(V3, "signed-header=X-Custom:a", "then-header=X-Custom:b"), gained=auth("other-headers")
    ),
    **{
        f"in capitals, {how}": Row(
            how,
            ("signature-upper",),
            OK | refused(FAILURE),
            set(),
            auth("signature.letter-case"),
            lost=auth("signature"),
        )
        for how in (V3, GET)
    },
    # Authentication.scope.*
    "yesterday's scope": Row(V3, ("date=-1",), SCOPE, auth("scope.date")),
    "tomorrow's scope": Row(GET, ("date=1",), SCOPE, auth("scope.date")),
    "another product's scope": Row(V3, ("service=cvm",), SCOPE, auth("scope.service")),
    "no product's scope": Row(GET, ("service=",), SCOPE, auth("scope.service")),
    "the scope of the host": Row(V3, ("service-of-host",), OK | SCOPE, set(), auth("scope.service")),
    # Authentication.timestamp.*
    "no Timestamp": Row(V3, ("without=Timestamp",), NO_TIME, auth("timestamp.form"), lost=AFTER_TIME),
    "no Timestamp, form": Row(
        FORM, ("without=Timestamp",), NO_TIME, auth("timestamp.form"), lost=auth("timestamp.window")
    ),
    "a Timestamp in words": Row(V3, ("timestamp-text=now",), NO_TIME, auth("timestamp.form"), lost=AFTER_TIME),
    "a Timestamp in words, GET": Row(GET, ("timestamp-text=",), NO_TIME, auth("timestamp.form"), lost=AFTER_TIME),
    "a Timestamp with a fraction, GET of version 1": Row(
        GET_1, ("timestamp-text=1.5",), NO_TIME, auth("timestamp.form"), lost=auth("timestamp.window")
    ),
    **{
        f"an hour old, {how}": Row(how, ("timestamp=-3600",), refused(EXPIRED), auth("timestamp.window")) for how in HOW
    },
    **{
        f"a day ahead, {how}": Row(how, ("timestamp=86400",), refused(EXPIRED), auth("timestamp.window")) for how in HOW
    },
    # Authentication.nonce, token, unsigned-payload, other-headers, version-1
    "no Nonce": Row(FORM, ("without=Nonce",), OK | refused(INVALID, MISSING), set(), auth("nonce")),
    "a Nonce in words": Row(GET_1, ("nonce=x",), OK | refused(INVALID, MISSING), set(), auth("nonce")),
    "a Nonce of 0": Row(FORM_256, ("nonce=0",), OK | refused(INVALID, MISSING), set(), auth("nonce")),
    "a Nonce of 5000 digits": Row(FORM, (f"nonce={'9' * 5000}",)),
    "a token for a permanent key": Row(V3, ("token=x",), OK | TOKEN, set(), auth("token")),
    "a token for a permanent key, form": Row(FORM, ("token=x",), OK | TOKEN, set(), auth("token")),
    "an unsigned body": Row(
        V3,
        ("unsigned-payload",),
        OK | refused(FAILURE),
        set(),
        auth("unsigned-payload"),
        auth("other-headers"),
    ),
    "a header that isn't signed": Row(V3, ("header=X-Custom:1",), gained=auth("other-headers")),
    "a signed header": Row(GET, ("signed-header=X-Custom: Two Words ",), gained=auth("other-headers")),
    "a signed Action": Row(V3, ("also-signed=x-tc-action",), gained=auth("other-headers")),
    "the body's hash": Row(V3, ("declared-hash",), gained=auth("other-headers")),
    "another SignatureMethod": Row(FORM, ("signature-method=HmacMD5",)),
    "no SignatureMethod": Row(GET_1, ("without=SignatureMethod",)),
    "SHA-256 that isn't named": Row(FORM_256, ("without=SignatureMethod",), refused(FAILURE), auth("signature")),
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
        _JSON,
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
    prediction = predicted(http_of(row.how, *row.twists, **row.more), row.how)

    assert prediction.outcomes == row.outcomes
    assert prediction.broken == row.broken
    assert prediction.open == row.open
    assert of_gateway(prediction.kept) == row.kept


# What no bytes show: it is part of another clause, or is seen on what the account does.
SEEN = [each for each in GATEWAY_CLAUSES if isinstance(each.rule, Gate) and not each.part_of]
OF_SIZE = {"Protocol.size.get", "Protocol.size.version-1", "Protocol.size.version-3"}  # in tests of their own
# Kept with temporary credentials alone; never surely kept.
LIKEWISE = {"Authentication.token", "Authentication.unsigned-payload", "Protocol.json.byte-order-mark"}


@pytest.mark.parametrize("clause", [each.id for each in SEEN if each.id not in OF_SIZE | LIKEWISE])
def test_the_table_keeps_each_clause(clause):
    """Every clause of the gateway that bytes can show is kept somewhere in the table."""
    assert any(clause in row.kept for row in GOLDEN.values())


@pytest.mark.parametrize("clause", [each.id for each in SEEN if each.id not in OF_SIZE and not each.rule.permits])
def test_the_table_breaks_each_clause(clause):
    """Every clause of the gateway that bytes can break is broken, or open, somewhere in the table."""
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


@pytest.mark.parametrize("how", HOW)
def test_replayed(how):
    """The very same bytes again may be answered, or refused by the signature or its age."""
    prediction = predicted(http_of(how), how, replayed=True)

    assert prediction.outcomes == OK | refused(FAILURE, EXPIRED)
    assert prediction.open == auth("replay")


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


# --- Time ------------------------------------------------------------------------------------------------

KEPT, EITHER, BROKEN = OK, OK | refused(EXPIRED), refused(EXPIRED)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, KEPT),
        (294, KEPT),
        (294.9, KEPT),
        (295, EITHER),
        (300, EITHER),
        (305, EITHER),
        (305.1, BROKEN),
        (306, BROKEN),
        (10**9, BROKEN),
    ],
)
def test_the_edges_of_time(how, sign, seconds, expected):
    """Up to 295 seconds either way a signature is taken, past 305 it isn't, and between them either is right."""
    prediction = predicted(http_of(how), how, now=NOW + sign * seconds)
    window = "Authentication.timestamp.window"

    assert prediction.outcomes == expected
    assert (window in prediction.kept, window in prediction.open, window in prediction.broken) == (
        expected is KEPT,
        expected is EITHER,
        expected is BROKEN,
    )


@pytest.mark.parametrize("how", HOW)
def test_near_the_edge_of_time_nothing_is_proven(how):
    """A refusal within five seconds of the limit settles nothing."""
    ways = predicted(http_of(how), how, now=NOW + 300).ways_to(Refused(EXPIRED))

    assert [each.conclusive for each in ways] == [False]


@pytest.mark.parametrize("how", [V3, GET])
@pytest.mark.parametrize("timestamp", ["0", "9" * 15, "9" * 16, "9" * 5000])
def test_times_of_no_calendar(how, timestamp):
    """A number that is no time near now has expired; its scope is of another day, its signature right."""
    prediction = predicted(http_of(how, f"timestamp-text={timestamp}"), how)

    assert prediction.broken == auth("timestamp.window", "scope.date")
    assert prediction.outcomes == refused(EXPIRED) | SCOPE


@pytest.mark.parametrize("how", [FORM, GET_256])
@pytest.mark.parametrize("timestamp", ["0", "9" * 16, "9" * 5000])
def test_times_of_no_calendar_in_version_1(how, timestamp):
    """So it has in version 1."""
    assert predicted(http_of(how, f"timestamp-text={timestamp}"), how).outcomes == refused(EXPIRED)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1.5", "1e9", "\u0661\u0662", "\u00b2", "0x10", "\ud800", "1 2"])
def test_timestamps_that_are_no_number(how, timestamp):
    """A Timestamp that is no number is answered by its own codes alone."""
    prediction = predicted(http_of(how, f"timestamp-text={timestamp}"), how)

    assert (prediction.outcomes, prediction.broken) == (NO_TIME, auth("timestamp.form"))


def test_the_day_changes():
    """The scope's date is that of the Timestamp, not of now."""
    midnight = 1_700_006_400
    http = twisted(request_of(), sender_of(V3), Form.JSON, midnight - 1, 1, ())
    stale = twisted(request_of(), sender_of(V3), Form.JSON, midnight, 1, ("date=-1",))

    assert predicted(http, now=midnight + 1).outcomes == OK
    assert predicted(stale, now=midnight).broken == auth("scope.date")


# --- Hosts and ports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", HOW)
def test_a_host_without_its_port(how):
    """A host that is signed without its port may be taken or not; without a port there is nothing to leave out."""
    prediction = predicted(http_of(how, "host-without-port"), how)
    portless = sender_of(how, endpoint="http://localhost")

    assert (prediction.outcomes, prediction.open) == (OK | refused(FAILURE), auth("signature"))
    assert {frozenset({"signed-port"})} == {frozenset(each.readings) - {"account-age"} for each in prediction.allowed}
    assert predicted(http_of(how, "host-without-port", sender=portless), sender=portless).outcomes == OK


def test_another_port_is_another_host():
    """A host that is signed with another port, or with one where none is sent, is wrong."""
    http = http_of(V3)

    for host in ("127.0.0.1:8081", "127.0.0.1", "localhost:8080"):
        assert predicted(with_header(http, "Host", host)).outcomes == refused(FAILURE)


def test_no_host():
    """Where no Host is sent, the URL's counts."""
    http = http_of(V3)

    assert predicted(without_header(http, "Host")).outcomes == OK
    assert predicted(replace(without_header(http, "Host"), url="http://127.0.0.1:80/")).outcomes == refused(FAILURE)


def test_the_first_label_of_the_platforms_host():
    """At the platform's own host, its first label is the service."""
    sender = sender_of(V3, endpoint="https://iai.tencentcloudapi.com")
    prediction = predicted(http_of(V3, "service-of-host", sender=sender), sender=sender)

    assert prediction.outcomes == OK
    assert "Authentication.scope.service" in prediction.kept


def with_header(http, name, value):
    headers = ((each, value if each.lower() == name.lower() else old) for each, old in http.headers)
    return replace(http, headers=tuple(headers))


def without_header(http, name):
    return replace(http, headers=tuple(each for each in http.headers if each[0].lower() != name.lower()))


# --- Authorization ---------------------------------------------------------------------------------------

HEX = "0" * 64


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "TC3-HMAC-SHA256",
        f"Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA1 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"tc3-hmac-sha256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/x/tc3_request, SignedHeaders=content-type;host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type host, Signature={HEX}",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, Signature={HEX}",
        "TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX[1:]}",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}0",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX[1:]}g",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request, SignedHeaders=content-type;host, Signature={HEX}, More=1",
        f"TC3-HMAC-SHA256 Credential=a/b/iai/tc3_request\nSignedHeaders=content-type;host, Signature={HEX}",
        "\ud800\0\xff" * 1000,
    ],
)
def test_no_authorization_at_all(authorization):
    """What isn't of the documented form has no signature: nothing else is said of it."""
    prediction = predicted(with_header(http_of(V3), "Authorization", authorization))

    assert prediction.outcomes == NOT_SIGNED
    assert prediction.broken == auth("authorization.form")
    assert of_gateway(prediction.kept) & auth("signature", "secret-id", "timestamp.window") == set()


@pytest.mark.parametrize("how", [V3, GET])
def test_spaces_in_the_authorization(how):
    """Spaces around the header, behind the algorithm and behind commas, or none there, change nothing."""
    http = http_of(how)
    given = header(http.headers, "Authorization")

    for each in (
        f"  {given} ",
        given.replace("SHA256 ", "SHA256   "),
        given.replace(", ", ","),
        given.replace(", ", ",  "),
    ):
        assert predicted(with_header(http, "Authorization", each)).outcomes == OK


def test_the_first_of_two_headers_counts():
    """Of two headers of one name the first is read, whatever its case."""
    http = http_of(V3, "then-add-header=authorization:Basic eDp5")

    assert predicted(http).outcomes == OK
    assert predicted(replace(http, headers=http.headers[::-1])).outcomes == NOT_SIGNED


def test_the_first_of_two_headers_is_signed():
    """Of two headers of one name the first belongs to the signature."""
    http = http_of(V3, "signed-header=X-Custom:a", "then-add-header=x-custom:b")

    assert predicted(http).outcomes == OK
    assert predicted(replace(http, headers=http.headers[::-1])).outcomes == refused(FAILURE)


def test_an_authorization_beside_a_signature():
    """With an Authorization a request is of version 3, whatever its fields say."""
    prediction = predicted(http_of(FORM, "then-add-header=Authorization:Basic eDp5"), FORM)

    assert prediction.outcomes == NOT_SIGNED | OTHER_TYPE


@pytest.mark.parametrize("end", ["%0A", "%0A%0A"])
@pytest.mark.parametrize("how", [FORM, FORM_256, GET_1, GET_256])
def test_a_line_end_after_the_signature(how, end):
    """A Base64 signature may end with a line end; with anything else it is another."""
    twist = "then-append" if how in {FORM, FORM_256} else "then-append-query"

    assert predicted(http_of(how, f"{twist}={end}"), how).outcomes == OK
    assert predicted(http_of(how, f"{twist}=%20"), how).outcomes == refused(FAILURE)


# --- Temporary credentials -------------------------------------------------------------------------------

TEMPORARY = Credentials(EXAMPLE_CREDENTIALS.secret_id, EXAMPLE_CREDENTIALS.secret_key, "token")
NO_TOKEN = refused("AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound", "AuthFailure.InvalidSecretId")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("twists", "expected"),
    [((), OK), (("without=Token",), NO_TOKEN), (("token=other",), NO_TOKEN), (("token=",), NO_TOKEN)],
    ids=["right", "absent", "another", "empty"],
)
def test_temporary_credentials(how, twists, expected):
    """Temporary credentials need their token: without it, or with another, not even the key is known."""
    sender = sender_of(how, TEMPORARY)
    prediction = predicted(http_of(how, *twists, sender=sender), sender=sender)
    right = expected is OK

    assert prediction.outcomes == expected
    assert prediction.broken == (set() if right else auth("token"))
    assert ("Authentication.token" in prediction.kept) == right


def test_a_permanent_key_keeps_nothing_of_tokens():
    """Where there is no token, its clause isn't spoken of."""
    prediction = predicted(http_of(V3))

    assert "Authentication.token" not in prediction.kept | prediction.open | prediction.broken


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


def posted(body, how=V3):
    """A body of any bytes, properly signed."""
    return http_of(how, "body=" + body.decode("utf-8", "surrogateescape"))


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


# --- What is easily taken for a fault --------------------------------------------------------------------


def test_a_query_behind_a_post():
    """The canonical query of a POST is empty, so that a query added on the way leaves the signature right."""
    assert predicted(http_of(V3, "then-append-query=a=b")).outcomes == OK
    assert predicted(http_of(FORM, "then-append-query=a=b"), FORM).outcomes == OK


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


@pytest.mark.parametrize("how", [V3, GET])
def test_a_signed_body_whose_header_says_that_it_is_not(how):
    """Who doesn't know X-TC-Content-SHA256 compares the body's own hash, and finds the signature right.

    Who knows it finds it wrong, or asks no more of what is signed all the same: either answer proves nothing.
    """
    prediction = predicted(http_of(how, "header=X-TC-Content-SHA256:UNSIGNED-PAYLOAD"), how)
    wrong = predicted(http_of(how, "other-key", "header=X-TC-Content-SHA256:UNSIGNED-PAYLOAD"), how)

    assert prediction.outcomes == OK | refused(FAILURE)
    assert prediction.open == auth("unsigned-payload")
    assert "Authentication.signature" in prediction.kept
    assert all("unsigned-payload" not in each.readings for each in prediction.allowed)
    assert (wrong.outcomes, wrong.broken) == (refused(FAILURE), auth("signature"))


@pytest.mark.parametrize("how", [V3, GET])
def test_white_space_around_headers(how):
    """White space around a header's value is no part of it (RFC 9110, section 5.5): no server sees it."""
    plain = http_of(how)
    http = replace(plain, headers=tuple((name, f" \t{value}\t ") for name, value in plain.headers))

    assert predicted(http, how) == predicted(plain, how)
    assert read(http) == read(plain)
    assert common_parameter(http, "Region") == "ap-guangzhou"


def test_zeros_before_a_timestamp():
    """Zeros before a number change nothing of it."""
    assert predicted(http_of(V3, f"timestamp-text={NOW:015}")).outcomes == OK
    assert predicted(http_of(V3, f"timestamp-text={NOW:016}")).outcomes == OK
    assert predicted(http_of(FORM, f"timestamp-text={NOW:05000}"), FORM).outcomes == OK
    assert predicted(http_of(V3, f"timestamp-text={NOW - 400:016}")).outcomes == refused(EXPIRED)


def test_a_form_by_another_method_is_signed():
    """A form by another method carries its signature all the same."""
    assert predicted(http_of(FORM, "method=PUT"), FORM).broken == protocol("method")
    assert predicted(http_of(FORM, "method=PUT", "then-append=x"), FORM).broken == protocol("method") | auth(
        "signature"
    )


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
