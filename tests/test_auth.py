"""Signatures as the emulator checks them: what is accepted, what is not, and what never makes it stumble."""

from dataclasses import replace

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.cli.serve import STRICT_SIGNING
from conformance.emulator import conforming
from conformance.emulator.auth import refusal
from conformance.exchange.delivery import twisted
from conformance.exchange.messages import header
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, Sender, encode

NOW = 1_700_000_000
ASKED = Request.of({"GroupName": "学号 +%", "GroupId": "a", "GroupExDescriptions": ["x", "y"]})
FORMS = [
    (Scheme.TC3, Form.JSON),
    (Scheme.TC3, Form.JSON_RAW),
    (Scheme.TC3, Form.QUERY),
    (Scheme.SHA1, Form.FORM),
    (Scheme.SHA1, Form.QUERY),
    (Scheme.SHA256, Form.FORM),
    (Scheme.SHA256, Form.QUERY),
]
FAILURE = "AuthFailure.SignatureFailure"
TOLERANCE_SECONDS = 300


def signed(scheme=Scheme.TC3, form=Form.JSON, endpoint="http://127.0.0.1:8080", now=NOW):
    return encode(ASKED, Sender(endpoint, "ap-guangzhou", EXAMPLE_CREDENTIALS, scheme), form, now)


def verdict(http, *, strict=True, now=NOW):
    return refusal(http, conforming(STRICT_SIGNING if strict else None), EXAMPLE_CREDENTIALS, now)


def with_header(http, name, value):
    kept = tuple(pair for pair in http.headers if pair[0].lower() != name.lower())
    return replace(http, headers=kept if value is None else (*kept, (name, value)))


@pytest.mark.parametrize(("scheme", "form"), FORMS)
def test_what_we_sign_is_accepted(scheme, form):
    """Whatever the suite signs, the strict rules accept."""
    assert verdict(signed(scheme, form)) is None


@pytest.mark.parametrize(("scheme", "form"), FORMS)
def test_tampering(scheme, form):
    """A change of body or query after signing is refused."""
    http = signed(scheme, form)
    tampered = (
        replace(http, body=http.body.replace(b'"a"', b'"b"').replace(b"GroupId=a", b"GroupId=b"))
        if http.body
        else replace(http, url=http.url.replace("GroupId=a", "GroupId=b"))
    )

    assert tampered != http
    assert verdict(tampered, strict=False) == FAILURE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Type", None),
        ("Host", "example.org"),
        ("X-TC-Timestamp", str(NOW + 1)),
    ],
)
def test_tampered_headers(name, value):
    """A change of a header that is signed, or its absence, is refused."""
    assert verdict(with_header(signed(), name, value), strict=False) == FAILURE


@pytest.mark.parametrize(("scheme", "form"), [FORMS[0], FORMS[2], FORMS[3], FORMS[6]])
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (TOLERANCE_SECONDS, None),
        (-TOLERANCE_SECONDS, None),
        (TOLERANCE_SECONDS + 1, "AuthFailure.SignatureExpire"),
        (-TOLERANCE_SECONDS - 1, "AuthFailure.SignatureExpire"),
    ],
)
def test_the_edges_of_time(scheme, form, seconds, expected):
    """Five minutes either way are accepted, a second more is not."""
    assert verdict(signed(scheme, form), now=NOW + seconds) == expected


def both(http):
    """What the strict and the lenient rules say."""
    return verdict(http), verdict(http, strict=False)


@pytest.mark.parametrize(("scheme", "form"), FORMS)
def test_a_host_without_its_port(scheme, form):
    """A host signed without its port passes the lenient rules alone."""
    http = with_header(signed(scheme, form, "http://127.0.0.1"), "Host", "127.0.0.1:8080")

    assert both(http) == (FAILURE, None)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "http://127.0.0.1"])
def test_another_service(monkeypatch, endpoint):
    """A scope that names the host's first label as its service, as SDKs do, passes the lenient rules alone."""
    monkeypatch.setattr("conformance.exchange.draft.SERVICE", "127")

    assert both(with_header(signed(endpoint=endpoint), "Host", "127.0.0.1:8080")) == (FAILURE, None)


@pytest.mark.parametrize("form", [Form.FORM, Form.QUERY])
@pytest.mark.parametrize("scheme", [Scheme.SHA1, Scheme.SHA256])
def test_a_line_end_after_the_signature(scheme, form):
    """A signature that ends with a line end, as one SDK writes Base64, passes."""
    http = signed(scheme, form)

    assert both(replace(http, body=http.body + b"%0A") if http.body else replace(http, url=f"{http.url}%0A")) == (
        None,
        None,
    )


@pytest.mark.parametrize(("scheme", "form"), FORMS)
def test_lone_surrogates_are_signed(scheme, form):
    """A lone surrogate in a value is signed and checked alike, so that its own rule answers, not the signature's."""
    sender = Sender("http://127.0.0.1:8080", "ap-guangzhou", EXAMPLE_CREDENTIALS, scheme)
    asked = Request.of({"GroupName": "a\ud800b\udc00\ud83d\ude00", "GroupId": "a"})

    assert verdict(encode(asked, sender, form, NOW)) is None


def test_spaces_after_the_algorithm():
    """Two spaces before the credential, as one SDK sends them, change nothing."""
    http = signed()
    authorization = header(http.headers, "Authorization").replace("SHA256 ", "SHA256  ")

    assert verdict(with_header(http, "Authorization", authorization)) is None


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, "AuthFailure.InvalidAuthorization"),
        ("", "AuthFailure.InvalidAuthorization"),
        ("Basic YTpi", "AuthFailure.InvalidAuthorization"),
        ("TC3-HMAC-SHA256 Credential=a/b/c", "AuthFailure.InvalidAuthorization"),
        ("TC3-HMAC-SHA256 Credential=a/2023-11-14/iai/aws4_request, SignedHeaders=host, Signature=0",
         "AuthFailure.InvalidAuthorization"),
        ("TC3-HMAC-SHA256 Credential=a/2023-11-14/iai/tc3_request, SignedHeaders=host, Signature=0",
         "AuthFailure.InvalidAuthorization"),
        ("\ud800\xff" * 100, "AuthFailure.InvalidAuthorization"),
    ],
)  # fmt: skip
def test_malformed_authorization(authorization, expected):
    """A header that is not of the documented form is refused, whatever it is."""
    assert verdict(with_header(signed(), "Authorization", authorization)) == expected


@pytest.mark.parametrize(
    ("signed_headers", "expected"),
    [
        ("host", "AuthFailure.InvalidAuthorization"),
        ("content-type", "AuthFailure.InvalidAuthorization"),
        ("", "AuthFailure.InvalidAuthorization"),
        ("content-type;host;x-absent", FAILURE),
        ("content-type;host;host", FAILURE),
    ],
)
def test_tampered_list_of_headers(signed_headers, expected):
    """A list of signed headers is refused that leaves a required one out, or names one twice or one that isn't sent."""
    http = signed()
    authorization = header(http.headers, "Authorization").replace("content-type;host", signed_headers)

    assert verdict(with_header(http, "Authorization", authorization), strict=False) == expected


@pytest.mark.parametrize(
    "timestamp",
    ["", "x", "-1", "1.5", "1e9", "\u0661\u0662", "\u00b2", "\ud800", "0x10", " 1"],
)
def test_timestamps_that_are_no_number(timestamp):
    """A timestamp that is no number is an invalid parameter, whatever signs it."""
    form = signed(Scheme.SHA1, Form.FORM)
    body = form.body.replace(str(NOW).encode(), timestamp.encode("utf-8", "surrogatepass"))

    assert verdict(with_header(signed(), "X-TC-Timestamp", timestamp)) == "InvalidParameter"
    assert verdict(replace(form, body=body)) == "InvalidParameter"


@pytest.mark.parametrize(
    "timestamp", ["0", "9" * 15, str(10**40), "9" * 5000, f"{NOW:015}" + "9" * 30, f"{NOW:015}" + "9" * 5000]
)
def test_timestamps_past_all_dates(timestamp):
    """A number that is no time near now has expired, however many digits it has."""
    form = signed(Scheme.SHA256, Form.QUERY)

    assert verdict(with_header(signed(), "X-TC-Timestamp", timestamp)) == "AuthFailure.SignatureExpire"
    assert verdict(replace(form, url=form.url.replace(str(NOW), timestamp))) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize("zeros", [1, 6, 5000])
def test_zeros_before_a_timestamp(zeros):
    """Zeros before a number change nothing of it, but for what is signed."""
    timestamp = "0" * zeros + str(NOW)
    sender = Sender("http://127.0.0.1:8080", "ap-guangzhou", EXAMPLE_CREDENTIALS)

    assert verdict(twisted(ASKED, sender, Form.JSON, NOW, 1, [f"timestamp-text={timestamp}"])) is None
    assert verdict(with_header(signed(), "X-TC-Timestamp", timestamp)) == FAILURE


def test_a_query_behind_a_post():
    """The query of a POST isn't signed; that of a GET is."""
    http, get = signed(), signed(form=Form.QUERY)

    assert verdict(replace(http, url=f"{http.url}?a=b")) is None
    assert verdict(replace(get, url=f"{get.url}&a=b")) == FAILURE


HOSTILE = ["\ud800", "\udcff", "\xff", "\u0661", "\0", "%", "%ff", "%ED%A0%80", "9" * 5000, "\n", ";", "/", ""]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("part", ["Credential=", "/2023-11-14/", "/iai/", "SignedHeaders=", "Signature="])
def test_hostile_authorization(part, strict):
    """No text in any part of the header is accepted, or makes the check stumble."""
    http = signed()
    for hostile in HOSTILE:
        authorization = header(http.headers, "Authorization").replace(part, f"{part}{hostile}x")
        found = verdict(with_header(http, "Authorization", authorization), strict=strict)
        assert found.startswith("AuthFailure."), ascii(hostile)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("part", ["SecretId=", "Signature=", "GroupId=", "&Nonce"])
@pytest.mark.parametrize("form", [Form.FORM, Form.QUERY])
def test_hostile_fields(form, part, strict):
    """No text in any field of a form or a query is accepted, or makes the check stumble."""
    http = signed(Scheme.SHA1, form)
    for hostile in HOSTILE:
        spoiled = (
            replace(http, body=http.body.replace(part.encode(), f"{part}{hostile}x".encode("utf-8", "surrogatepass")))
            if http.body
            else replace(http, url=http.url.replace(part, f"{part}{hostile}x"))
        )
        assert verdict(spoiled, strict=strict) in {
            FAILURE,
            "AuthFailure.SecretIdNotFound",
            "AuthFailure.InvalidAuthorization",
            "MissingParameter",
            "InvalidParameter",
        }, ascii(hostile)


def test_absent_fields():
    """A signed form without one of its common fields is refused as missing a parameter."""
    http = signed(Scheme.SHA1, Form.QUERY)

    codes = {
        "Timestamp": "MissingParameter",
        "Nonce": "MissingParameter",
        "SecretId": "AuthFailure.InvalidAuthorization",
    }
    for name, expected in codes.items():
        assert verdict(replace(http, url=http.url.replace(f"{name}=", f"X{name}="))) == expected
