"""What the documents allow for HTTP requests: signature and protocol, by a golden table, at edges, and for any bytes."""

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.contract import CLAUSE, READING
from conformance.contract.gateway_clauses import GATEWAY_CLAUSES
from conformance.contract.model import Gate
from conformance.draft import Form, Sender
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
        return (PLAINLY_KEPT[self.how] - self.lost - self.broken - self.open) | self.gained


def broken_signature(how, *twists):
    return Row(how, twists, refused(FAILURE), auth("signature"), lost=auth("signature.letter-case"))


def malformed(*twists, open=(), clause="json.form", outcomes=MALFORMED):  # noqa: A002 -- as in Row
    return Row(V3, twists, outcomes, protocol(clause), set(open), lost=protocol("json.form", "json.object"))


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
    "a space behind the body": broken_signature(V3, "then-append= "),
    "the query changed": broken_signature(GET, f"then-query={SALT}→{SALT}b"),
    "a field added to the query": broken_signature(GET, "then-append-query=&Tag=x"),
    "a field changed, form": broken_signature(FORM, f"then-field={SALT}→{SALT}b"),
    "a field added, form": broken_signature(FORM_256, "then-append=&Tag=x"),
    "a field changed, GET of version 1": broken_signature(GET_256, f"then-field={SALT}→{SALT}b"),
    "the method changed, version 1": Row(
        GET_1, ("then-header=Host:iai.example.org",), refused(FAILURE), auth("signature")
    ),
    "the Timestamp changed": broken_signature(V3, "then-timestamp=7"),
    "the Content-Type changed": broken_signature(V3, "then-header=Content-Type:application/json "),
    "a signed header changed": replace(
        broken_signature(V3, "signed-header=X-Custom:a", "then-header=X-Custom:b"), gained=auth("other-headers")
    ),
    "in capitals": Row(V3, ("signature-upper",), OK | refused(FAILURE), set(), auth("signature.letter-case")),
    "in capitals, GET": Row(GET, ("signature-upper",), OK | refused(FAILURE), set(), auth("signature.letter-case")),
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
    **{f"an hour old, {how}": Row(how, ("timestamp=-3600",), refused(EXPIRED), auth("timestamp.window")) for how in HOW},
    **{f"a day ahead, {how}": Row(how, ("timestamp=86400",), refused(EXPIRED), auth("timestamp.window")) for how in HOW},
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
    "an empty Action": Row(
        V3, ("action=",), NO_ACTION, protocol("action.present"), lost=protocol("action.known")
    ),
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
    "Klingon": Row(V3, ("language=tlh",), gained=auth()),
    "headers in small letters": Row(V3, ("header-case=lower",), gained=protocol("header-names")),
    "headers in capitals": Row(GET, ("header-case=upper",), gained=protocol("header-names")),
    # Protocol.form.*
    "plus, form": Row(FORM, ("plus",), refused("InvalidParameterValue.GroupTagIllegal"), {"Tag.charset"},
                      gained=protocol("form.escapes"), more={"Tag": "a b"}),
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
    "no UTF-8, GET": Row(
        GET,
        ("then-append-query=", "everything-escaped"),
        gained=protocol("form.escapes"),
    ),
    # Protocol.json.*
    "the last brace is missing": malformed("cut=1"),
    "something behind the object": malformed("append= x"),
    "two objects": malformed("append={}"),
    "NUL behind the object": malformed("append=\0"),
    "no JSON at all": malformed(PLAIN_FORM),
    "NaN": malformed(f'body={PLAIN_JSON[:-1]}, "Tag": NaN}}'),
    "UTF-16": malformed(
        "encoding=utf-16-le", open=()
    ),
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
        V3, ("byte-order-mark",), OK | MALFORMED, set(), protocol("json.byte-order-mark"),
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
