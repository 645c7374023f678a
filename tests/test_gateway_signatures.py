"""What the documents allow for signatures, by a golden table and at edges: time and hosts."""

from dataclasses import replace

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.delivery import twisted
from conformance.exchange.draft import Form
from conformance.oracle.prediction import Refused
from conformance.oracle.world import World
from tests.gateway_table import (
    AFTER_FORM,
    AFTER_ID,
    AFTER_PRESENT,
    AFTER_TIME,
    BAD_AUTHORIZATION,
    EXPIRED,
    FAILURE,
    FORM,
    FORM_256,
    GET,
    GET_1,
    GET_256,
    HOW,
    INVALID,
    MISSING,
    NO_TIME,
    NOT_SIGNED,
    NOW,
    OK,
    SALT,
    SCOPE,
    TOKEN,
    UNKNOWN_ID,
    V3,
    Row,
    auth,
    broken_signature,
    http_of,
    of_gateway,
    predicted,
    protocol,
    refused,
    request_of,
    seen,
    sender_of,
    told,
    with_header,
    without_header,
)

# --- Golden table ----------------------------------------------------------------------------------------

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
        (f"then-field=&SecretId={EXAMPLE_CREDENTIALS.secret_id.reveal()}→&SecretId=",),
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
            OK | refused(FAILURE, BAD_AUTHORIZATION),
            set(),
            auth("signature.letter-case"),
            lost=auth("signature"),
        )
        for how in (V3, GET)
    },
    # Authentication.scope.*
    "yesterday's scope": Row(V3, ("date=-1",), SCOPE, auth("scope.date")),
    "tomorrow's scope": Row(GET, ("date=1",), SCOPE, auth("scope.date")),
    "another product's scope": Row(V3, ("service=cvm",), OK | SCOPE, set(), auth("scope.service")),
    "no product's scope": Row(GET, ("service=",), OK | SCOPE, set(), auth("scope.service")),
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
}


@pytest.mark.parametrize("row", GOLDEN.values(), ids=GOLDEN)
def test_golden(row):
    """Exactly these outcomes are allowed, and exactly these clauses of the gateway are broken, open and kept."""
    assert told(row) == (row.outcomes, row.broken, row.open, row.kept)


SEEN = seen("Authentication")
# Kept with temporary credentials alone; never surely kept.
LIKEWISE = {"Authentication.token", "Authentication.unsigned-payload"}


@pytest.mark.parametrize("clause", [each.id for each in SEEN if each.id not in LIKEWISE])
def test_the_table_keeps_each_clause(clause):
    """Every one of these clauses that bytes can show is kept somewhere in the table."""
    assert any(clause in row.kept for row in GOLDEN.values())


@pytest.mark.parametrize("clause", [each.id for each in SEEN if not each.rule.permits])
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


@pytest.mark.parametrize("how", HOW)
def test_replayed(how):
    """The very same bytes again may be answered, or refused by the signature or its age."""
    prediction = predicted(http_of(how), how, replayed=True)

    assert prediction.outcomes == OK | refused(FAILURE, EXPIRED)
    assert prediction.open == auth("replay")


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


@pytest.mark.parametrize("host", ["iai.tencentcloudapi.com", "iai.ap-guangzhou.tencentcloudapi.com"])
def test_the_scope_at_the_platform(host):
    """Where the product is known by the host, no other may be named."""
    sender = sender_of(V3, endpoint=f"https://{host}")
    prediction = predicted(http_of(V3, "service=cvm", sender=sender), sender=sender)

    assert (prediction.outcomes, prediction.broken) == (SCOPE, auth("scope.service"))


def test_a_clock_that_nobody_tells():
    """Where it isn't known what time it is there, a minute about the five of the window tells nothing."""
    told, untold = World(), World(clocks_apart=60)
    for seconds, certain in ((-310, False), (310, False), (-250, False), (-370, True), (370, True), (-230, True)):
        http = http_of(V3, f"timestamp={seconds}")
        window = "Authentication.timestamp.window"
        assert (window in predicted(http, world=untold).open) != certain
        assert window not in predicted(http, world=told).open


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
