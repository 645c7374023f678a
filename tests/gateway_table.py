"""What the tests of the gateway share: the ways to send, the codes that answer, and a row of a golden table."""

from dataclasses import dataclass, field, replace

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract.gateway_clauses import GATEWAY_CLAUSES
from conformance.contract.rules import Gate
from conformance.exchange.delivery import twisted
from conformance.exchange.draft import Form, Sender
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.oracle.prediction import Accepted, Refused, TurnedAway
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World

NOW = 1_700_000_000
SALT = "abcdefghijklmn"
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
    """Refusals by these codes; the page lists the common code for formats a second time, in words of its own."""
    return {Refused(each) for each in (*codes, *([PAGE] if INVALID in codes else []))}


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


INVALID, VALUE, MISSING = "InvalidParameter", "InvalidParameterValue", "MissingParameter"
PAGE, EMPTY = "InvalidParameter.InvalidParameter", "MissingParameter.ErrorParameterEmpty"
FAILURE, EXPIRED = "AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire"
BAD_AUTHORIZATION = "AuthFailure.InvalidAuthorization"

NOT_SIGNED = refused(BAD_AUTHORIZATION, MISSING, FAILURE)
UNKNOWN_ID = refused("AuthFailure.SecretIdNotFound", "AuthFailure.InvalidSecretId")
SCOPE = refused(FAILURE, BAD_AUTHORIZATION, EXPIRED)
NO_TIME = refused(INVALID, MISSING, EXPIRED, FAILURE, BAD_AUTHORIZATION)
MALFORMED = refused(INVALID, "InvalidRequest", PAGE, VALUE, MISSING)
OTHER_TYPE = MALFORMED | refused("UnsupportedProtocol", "UnsupportedOperation", FAILURE)
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
OF_JSON = protocol("json.form", "json.object", "json.depth")
# What a plain request keeps of the gateway's clauses.
PLAINLY_KEPT = {
    V3: _SIGNED_3 | _COMMON | OF_JSON | protocol("content-type"),
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
AFTER_METHOD = (_COMMON - protocol("method")) | OF_JSON | protocol("content-type", "get", "form")


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

HEX = "0" * 64
TEMPORARY = Credentials(EXAMPLE_CREDENTIALS.secret_id, EXAMPLE_CREDENTIALS.secret_key, "token")


def told(row):
    """What is told of a row: the outcomes, and the clauses that are broken, open and, of the gateway's, kept."""
    prediction = predicted(http_of(row.how, *row.twists, **row.more), row.how)
    return prediction.outcomes, prediction.broken, prediction.open, of_gateway(prediction.kept)


def seen(subject):
    """The clauses on a subject that bytes can show: no part of another clause, nor seen on what the account does."""
    return [
        each for each in GATEWAY_CLAUSES if isinstance(each.rule, Gate) and not each.part_of and each.subject == subject
    ]


def posted(body, how=V3):
    """A body of any bytes, properly signed."""
    return http_of(how, "body=" + body.decode("utf-8", "surrogateescape"))


def with_header(http, name, value):
    headers = ((each, value if each.lower() == name.lower() else old) for each, old in http.headers)
    return replace(http, headers=tuple(headers))


def without_header(http, name):
    return replace(http, headers=tuple(each for each in http.headers if each[0].lower() != name.lower()))
