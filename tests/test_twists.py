"""Twists: each does what it says and nothing else; what changes before the signature leaves it right."""

import inspect
import json
import re
from dataclasses import replace
from functools import cache

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.cli.serve import STRICT_SIGNING
from conformance.emulator import conforming
from conformance.emulator.auth import refusal
from conformance.exchange.delivery import TWISTS
from conformance.exchange.messages import header
from conformance.exchange.signing import (
    UNSIGNED_PAYLOAD,
    payload_hash,
)
from conformance.exchange.wire import fields_of
from conformance.runs.smoke import smoke
from conformance.strategies import delivered
from conformance.strategies.seeded import seeded
from tests.twisting import (
    ANYTHING,
    BODY,
    ENDPOINT,
    FORM,
    GET,
    GET_1,
    HOW,
    JSON_BODY,
    NOW,
    OF_VERSION_1,
    OF_VERSION_3,
    RAW,
    TEMPORARY,
    TODAY,
    V3,
    changes,
    is_right,
    parts,
    predicted,
    sender_of,
    sent,
)

# --- Before signing --------------------------------------------------------------------------------------

UNKNOWN = "AKIDnobodyHasThisOne00000000000EXAMPLE"
ID = EXAMPLE_CREDENTIALS.secret_id.reveal()
RAW_BODY = '{"GroupName": "学 b", "GroupId": "i", "GroupExDescriptions": ["a", "b"]}'.encode()
QUERY = "GroupName=%E5%AD%A6%20b&GroupId=i&GroupExDescriptions.0=a&GroupExDescriptions.1=b"


def scope(date=TODAY, service="iai", secret_id=ID):
    return {"Credential": f"{secret_id}/{date}/{service}/tc3_request"}


def everywhere(twist, of_3, of_1):
    """The same twist of a common parameter, as a header and as a field."""
    return {
        **{(how, twist): of_3 for how in OF_VERSION_3},
        **{(how, twist): of_1 for how in OF_VERSION_1},
    }


def common(twist, name, value):
    return everywhere(twist, {f"X-TC-{name}": value}, {f"{name}=": value})


def without(name):
    """Without a common parameter; in version 1, the list of names tells it too."""
    rows = common(f"without={name}", name, None)
    for how in OF_VERSION_1:
        names = [each for each in parts(sent(how), how)["names"] if each != name]
        rows[how, f"without={name}"] = {f"{name}=": None, "names": names}
    return rows


def more_names(how, *names):
    """A field more, before the key's id."""
    given = parts(sent(how), how)["names"]
    return [*given[:-2], *names, *given[-2:]]


BEFORE = {
    **everywhere("unknown-id", scope(secret_id=UNKNOWN), {"SecretId=": UNKNOWN}),
    **everywhere("other-key", {}, {}),
    **common("timestamp=5", "Timestamp", str(NOW + 5)),
    **everywhere(
        "timestamp=-86400",
        {"X-TC-Timestamp": str(NOW - 86400), **scope("2023-11-13")},
        {"Timestamp=": str(NOW - 86400)},
    ),
    **common("timestamp-text=now", "Timestamp", "now"),
    **{(how, "date=-1"): scope("2023-11-13") for how in OF_VERSION_3},
    **{(how, "date=365"): scope("2024-11-13") for how in OF_VERSION_3},
    **{(how, "service=cvm"): scope(service="cvm") for how in OF_VERSION_3},
    **{(how, "service-of-host"): scope(service="127") for how in OF_VERSION_3},
    **everywhere("host-without-port", {}, {}),
    **common("action=DeleteGroup", "Action", "DeleteGroup"),
    **common("version=2018-03-01", "Version", "2018-03-01"),
    **common("region=x", "Region", "x"),
    **common("token=x", "Token", "x"),
    **{(how, "language=en-US"): {"X-TC-Language": "en-US"} for how in OF_VERSION_3},
    **{(how, "language=en-US"): {"Language=": "en-US", "names": more_names(how, "Language")} for how in OF_VERSION_1},
    **{(how, "nonce=x"): {"Nonce=": "x"} for how in OF_VERSION_1},
    **{(how, "signature-method=x"): {"SignatureMethod=": "x"} for how in (FORM, GET_1)},
    **without("Action"),
    **without("Version"),
    **without("Timestamp"),
    **without("Region"),
    **without("Token"),
    **{
        (how, f"without={name}"): {f"{name}=": None, "names": [x for x in parts(sent(how), how)["names"] if x != name]}
        for how in (FORM, GET_1)
        for name in ("Nonce", "SignatureMethod")
    },
    **everywhere("method=PUT", {"method": "PUT"}, {"method": "PUT"}),
    **everywhere("content-type=text/plain", {"Content-Type": "text/plain"}, {"Content-Type": "text/plain"}),
    **everywhere("no-content-type", {"Content-Type": None, "SignedHeaders": "host"}, {"Content-Type": None}),
    **everywhere("header=X-Custom: a:b ", {"X-Custom": " a:b "}, {"X-Custom": " a:b "}),
    **everywhere(
        "signed-header=X-Custom:A", {"X-Custom": "A", "SignedHeaders": "content-type;host;x-custom"}, {"X-Custom": "A"}
    ),
    **{(how, "also-signed=X-TC-Action"): {"SignedHeaders": "content-type;host;x-tc-action"} for how in OF_VERSION_3},
    **{(how, "not-signed=Host"): {"SignedHeaders": "content-type"} for how in OF_VERSION_3},
    **{(how, "unsigned-payload"): {"X-TC-Content-SHA256": UNSIGNED_PAYLOAD} for how in OF_VERSION_3},
    (V3, "declared-hash"): {"X-TC-Content-SHA256": payload_hash(JSON_BODY)},
    (GET, "declared-hash"): {"X-TC-Content-SHA256": payload_hash(b"")},
    (V3, "body=x=\udcff"): {"body": b"x=\xff"},
    (V3, "body="): {"body": b""},
    (RAW, "encoding=gbk"): {"body": RAW_BODY.decode().encode("gbk")},
    (V3, "encoding=utf-16"): {"body": JSON_BODY.decode().encode("utf-16")},
    (V3, "byte-order-mark"): {"body": b"\xef\xbb\xbf" + JSON_BODY},
    (V3, "cut=1"): {"body": JSON_BODY[:-1]},
    (V3, "cut=20"): {"body": JSON_BODY[:-20]},
    (V3, "cut=9999"): {"body": b""},
    (V3, "append= \udcff="): {"body": JSON_BODY + b" \xff="},
    (V3, "padded=99"): {"body": JSON_BODY + b" " * (99 - len(JSON_BODY))},
    (GET, "long-tag=3"): {"query": f"{QUERY}&Tag=xxx"},
    (V3, "spaced"): {"body": ANYTHING},
    (V3, "compact"): {"body": json.dumps(json.loads(JSON_BODY), separators=(",", ":")).encode()},
    (V3, "escaped"): {"body": ANYTHING},
    (RAW, "spaced"): {"body": ANYTHING},
    (RAW, "escaped"): {"body": ANYTHING},
    (V3, "misspelt=1x"): {"body": b"{x" + JSON_BODY[2:]},
    (V3, f"misspelt={len(JSON_BODY) + 1}x"): {"body": b"{x" + JSON_BODY[2:]},
    (V3, "as-form=text/x"): {"Content-Type": "text/x"},
    (GET, "indices=1,0"): {"query": QUERY.replace(".1", ".2").replace(".0", ".1").replace(".2", ".0")},
    (GET, "indices=7,x"): {"query": QUERY.replace(".0", ".7").replace(".1", ".x")},
    (GET, "plus"): {"query": QUERY.replace("%20", "+")},
    (FORM, "plus"): {"GroupName=": "%E5%AD%A6+b"},
    (GET_1, "plus"): {"GroupName=": "%E5%AD%A6+b"},
    (GET, "everything-escaped"): {"query": ANYTHING},
}


@pytest.mark.parametrize(("how", "twist"), BEFORE, ids=ascii)
def test_before_signing(how, twist):
    """It changes what it says and nothing else, and the signature is right for what is sent, but for its own key."""
    http, found, expected = sent(how, twist), changes(how, twist), BEFORE[how, twist]
    host = "127.0.0.1" if twist == "host-without-port" else None

    assert found.keys() == expected.keys()
    assert all(expected[name] in {ANYTHING, value} for name, value in found.items() if name != "names")
    assert found.get("names") == expected.get("names")
    assert is_right(http, host=host) == (twist != "other-key")
    assert http != sent(how)


def test_before_signing_the_key_is_another():
    """The other key is a key that can be told."""
    for how in HOW:
        key = f"{TEMPORARY.secret_key.reveal()[::-1]}x"
        assert is_right(sent(how, "other-key"), replace(TEMPORARY, secret_key=key))


@pytest.mark.parametrize(("how", "twist"), BEFORE, ids=ascii)
def test_before_signing_as_it_is_judged(how, twist):
    """A signature that is looked at is judged to be right, by validator and emulator, but for its own key."""
    http = sent(how, twist)
    credentials = TEMPORARY
    if twist == "unknown-id":
        credentials = replace(TEMPORARY, secret_id=UNKNOWN)
    if twist.startswith(("token=", "without=Token")):
        credentials = replace(TEMPORARY, token=header(http.headers, "X-TC-Token") or dict(fields_of(http)).get("Token"))
    prediction = predicted(http, how, replace(sender_of(how), credentials=credentials))

    broken = "Authentication.signature" in prediction.broken
    code = refusal(http, conforming(), credentials, NOW)
    assert broken == (twist == "other-key")
    assert (code == "AuthFailure.SignatureFailure") == (
        twist in {"other-key", "service=cvm"} or twist.startswith("date=")
    )


def test_the_host_without_its_port():
    """The host is sent with its port; the lenient take its signature, the strict don't."""
    for how in HOW:
        http = sent(how, "host-without-port")
        verdicts = [refusal(http, conforming(each), TEMPORARY, NOW) for each in (None, STRICT_SIGNING)]
        assert header(http.headers, "Host") == "127.0.0.1:8080"
        assert not is_right(http)
        assert verdicts == [None, "AuthFailure.SignatureFailure"]


@pytest.mark.parametrize("how", [V3, RAW])
def test_spaced(how):
    """White space stands between all that JSON is made of, and not in texts."""
    body = sent(how, "spaced").body

    assert json.loads(body) == BODY
    assert b"\r\n\t" in body
    assert b'"i"' in body
    assert re.search(rb'" ?[:,}\]]', body) is None
    assert re.search(rb'[{:,\[] *"', body) is not None


@pytest.mark.parametrize("how", [V3, RAW])
def test_escaped(how):
    """Every character of every text is an escape; but a text that had one already stays."""
    body = sent(how, "escaped").body
    plain = json.loads(body)

    assert plain == BODY
    assert body.count(rb"\u0069") >= 1
    assert set(re.sub(rb"\\u[0-9a-f]{4}", b"", body if how == RAW else body.replace(b" b", b""))) <= set(b'{}[]", :')


def test_everything_escaped():
    """Every byte of every name and value is percent-encoded, and it says the same."""
    http = sent(GET, "everything-escaped")

    assert re.fullmatch(r"((%[0-9A-F]{2})+=(%[0-9A-F]{2})+(&|$))+", http.query)
    assert fields_of(http) == fields_of(sent(GET))


def test_the_body_as_a_form():
    """What stands in the body is sent as a form, whatever the signature."""
    http = sent(V3, "body=GroupName=x", "as-form=application/x-www-form-urlencoded")

    assert (http.method, http.body, header(http.headers, "Content-Type")) == (
        "POST",
        b"GroupName=x",
        "application/x-www-form-urlencoded",
    )
    assert is_right(http)


def test_a_long_tag():
    """A Tag of so many characters is one more field."""
    for how in (GET, FORM, GET_1):
        assert dict(fields_of(sent(how, "long-tag=5")))["Tag"] == "xxxxx"


# --- After signing ---------------------------------------------------------------------------------------

SIGNATURE = header(sent(V3).headers, "Authorization").rpartition("=")[2]
AFTER = {
    (V3, 'then-body="i"→"j"'): ({"body": JSON_BODY.replace(b'"i"', b'"j"')}, False),
    (V3, 'then-body="i"'): ({"body": JSON_BODY.replace(b'"i"', b"")}, False),
    (V3, "then-body=Group→x"): ({"body": JSON_BODY.replace(b"Group", b"x", 1)}, False),
    (GET, "then-query=GroupId=i→GroupId=j"): ({"query": QUERY.replace("GroupId=i", "GroupId=j")}, False),
    (GET, "then-field=GroupId=i→GroupId=j"): ({"query": QUERY.replace("GroupId=i", "GroupId=j")}, False),
    (V3, 'then-field="i"→"j"'): ({"body": JSON_BODY.replace(b'"i"', b'"j"')}, False),
    (FORM, "then-field=GroupId=i→GroupId=j"): ({"GroupId=": "j"}, False),
    (GET_1, "then-field=GroupId=i→GroupId=j"): ({"GroupId=": "j"}, False),
    (V3, "then-append= \udcff"): ({"body": JSON_BODY + b" \xff"}, False),
    (GET, "then-append=x"): ({"body": b"x"}, False),
    (GET, "then-append-query=&Tag=x"): ({"query": f"{QUERY}&Tag=x"}, False),
    (V3, "then-append-query=Tag=x"): ({"query": "Tag=x"}, True),  # the query of a POST isn't signed
    (V3, "then-header=host:x"): ({"Host": "x"}, False),
    (V3, "then-header=X-TC-Region:a:b"): ({"X-TC-Region": "a:b"}, True),
    (FORM, "then-header=Host:x"): ({"Host": "x"}, False),
    (V3, "then-header=Content-Type:text/plain"): ({"Content-Type": "text/plain"}, False),
    (V3, f"then-authorization=/{TODAY}/→/2000-01-01/"): (scope("2000-01-01"), False),
    (V3, f"then-authorization={ID}→x"): (scope(secret_id="x"), True),
    (V3, "then-timestamp=7"): ({"X-TC-Timestamp": str(NOW + 7)}, False),
    (GET, "then-timestamp=-7"): ({"X-TC-Timestamp": str(NOW - 7)}, False),
    (V3, "then-add-header=X-Custom:a:b"): ({"X-Custom": "a:b"}, True),
    (V3, "then-add-header=Host:x"): ({"Host+": "x"}, True),
    (FORM, "then-add-header=X-Custom:1"): ({"X-Custom": "1"}, True),
    (V3, "then-without=x-tc-region"): ({"X-TC-Region": None}, True),
    (V3, "then-without=Content-Type"): ({"Content-Type": None}, False),
    (V3, "then-without=Authorization"): (
        {"Credential": None, "SignedHeaders": None, "rest": ""},
        False,
    ),
    (V3, "then-method=PUT"): ({"method": "PUT"}, False),
    (FORM, "then-method=PUT"): ({"method": "PUT"}, False),
    (V3, "then-path=/x/y"): ({"path": f"{ENDPOINT}/x/y"}, True),
    (GET, "then-path=/x"): ({"path": f"{ENDPOINT}/x"}, True),
    (V3, "signature-cut"): ({"rest": f"TC3-HMAC-SHA256 , , Signature={SIGNATURE[:32]}"}, False),
    (V3, "signature-empty"): ({"rest": "TC3-HMAC-SHA256 , , Signature="}, False),
    (V3, "signature-upper"): ({"rest": f"TC3-HMAC-SHA256 , , Signature={SIGNATURE.upper()}"}, False),
    (V3, "signature-end"): ({}, False),
    (V3, "signature-digit=30"): ({}, False),
    (V3, "signature-reversed"): ({}, False),
    (GET, "signature-end"): ({}, False),
    (GET, "signature-reversed"): ({}, False),
}


def _shown(value):
    """What a test is called by, which everybody sees."""
    return ascii(value).replace(ID, "ID")


@pytest.mark.parametrize(("how", "twist"), AFTER, ids=_shown)
def test_after_signing(how, twist):
    """It changes what it says and nothing else; the signature stays, and is right for what is sent, or isn't."""
    expected, right = AFTER[how, twist]
    http = sent(how, twist)

    assert changes(how, twist) == expected
    assert http != sent(how)
    assert is_right(http) == right


@pytest.mark.parametrize(("how", "twist"), AFTER, ids=_shown)
def test_after_signing_as_it_is_judged(how, twist):
    """Whoever isn't rightly signed any more isn't let in; whoever is may be, by the validator and by the emulator."""
    _, right = AFTER[how, twist]
    http = sent(how, twist)
    prediction = predicted(http, how)
    broken = {each for each in prediction.broken if each.startswith("Authentication.")}
    let_in = twist == "signature-upper" or (right and ID not in twist)

    assert bool(broken) != bool(let_in)
    assert (refusal(http, conforming(), TEMPORARY, NOW) is None) == bool(let_in and twist != "signature-upper")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("place", [*range(0, 60, 7), 999, 10**6])
def test_flipped(how, place):
    """One letter or digit of what is signed is another; nothing else changes, and the signature isn't right."""
    plain, http = sent(how), sent(how, f"then-flip={place}")
    old, new = (each.body.decode("latin-1") if each.body else each.query for each in (plain, http))
    differing = [(one, other) for one, other in zip(old, new, strict=True) if one != other]

    assert len(differing) == 1
    assert all(each.isalnum() and each.isascii() for each in differing[0])
    assert (http.headers, http.method, http.url.partition("?")[0]) == (
        plain.headers,
        "POST" if plain.body else "GET",
        f"{ENDPOINT}/",
    )
    assert not is_right(http)
    assert predicted(http, how).must_be_refused


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("argument", "change"), [("lower", str.lower), ("upper", str.upper)])
def test_header_case(how, argument, change):
    """The names of all headers are in this case, their values as they were; nothing else changes."""
    plain, http = sent(how), sent(how, f"header-case={argument}")

    assert http == replace(plain, headers=tuple((change(name), value) for name, value in plain.headers))
    assert is_right(http)
    assert predicted(http, how).broken == predicted(sent(how), how).broken


def test_the_signature_itself():
    """The signature's end is another digit; backwards, in capitals or cut, it is made of the same ones."""

    def signature(twist):
        return header(sent(V3, twist).headers, "Authorization").rpartition("Signature=")[2]

    assert (signature("signature-end")[:-1], len(signature("signature-end"))) == (SIGNATURE[:-1], 64)
    assert signature("signature-end") != SIGNATURE
    other = signature("signature-digit=30")
    assert (other[:30], other[31:]) == (SIGNATURE[:30], SIGNATURE[31:])
    assert other[30] != SIGNATURE[30]
    assert signature("signature-reversed") == SIGNATURE[::-1]


# --- All of them -----------------------------------------------------------------------------------------


@cache
def used_by_cases():
    return {twist.partition("=")[0] for case in (*smoke(), *seeded(0)) for step in case.steps for twist in step.twists}


@pytest.mark.parametrize("name", TWISTS)
def test_every_twist_is_tried(name):
    """Every twist is tried here, on the side of the signature on which it changes something."""
    twist = TWISTS[name]
    tried = {each.partition("=")[0] for _, each in (BEFORE if twist.before else AFTER)} | {"then-flip", "header-case"}

    assert name in tried
    assert (twist.before is None) != (twist.after is None)
    assert (twist.name, bool(twist.about)) == (name, True)


def test_several_in_their_order():
    """Twists of one side are done in their order; all of the first side before any of the second."""
    http = sent(V3, "then-append=2", "body=a", "append=b", "then-append=3", "append=c")

    assert http.body == b"abc23"
    assert not is_right(http)
    assert is_right(sent(V3, "body=a", "append=b"))
    assert sent(V3, "append=b", "body=a").body == b"a"


def test_no_twists():
    """Without a twist, a request is a plain one, and is let in."""
    for how in HOW:
        http = sent(how)
        assert is_right(http)
        assert refusal(http, conforming(STRICT_SIGNING), TEMPORARY, NOW) is None
        assert predicted(http, how).broken == {"GroupName.charset"}
        assert predicted(http, how).open == set()


# For `call` alone, which sends by hand what no case does: the documents don't say what answers another path or two
# headers of one name, and what is shown by the others is shown by cases already.
BY_HAND = {"no-content-type", "then-add-header", "then-method", "then-path"}


@pytest.mark.parametrize("name", TWISTS)
def test_every_twist_is_used(name):
    """Every twist is used by a case of `smoke` or of a seed, or by what Hypothesis draws; a few are there for `call`.

    That each had a case was asked too much: a twist is a word of a step, and `call` sends any step.
    """
    drawn = re.search(rf'"{name}[="]', inspect.getsource(delivered)) is not None

    assert (name in used_by_cases() or drawn) == (name not in BY_HAND)
