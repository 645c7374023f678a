"""Signatures as the emulator checks them: what is accepted, what is not, and what never makes it stumble."""

from dataclasses import replace

import pytest

from conformance.emulator.auth import TOLERANCE_SECONDS, refusal
from conformance.messages import header
from conformance.request import Request
from conformance.signing import EXAMPLE_CREDENTIALS, Scheme
from conformance.wire import Form, Sender, encode

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


def signed(scheme=Scheme.TC3, form=Form.JSON, endpoint="http://127.0.0.1:8080", now=NOW):
    return encode(ASKED, Sender(endpoint, "ap-guangzhou", EXAMPLE_CREDENTIALS, scheme), form, now)


def verdict(http, *, strict=True, now=NOW):
    return refusal(http, EXAMPLE_CREDENTIALS, now, strict=strict)


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
    ("name", "value"), [("Content-Type", "application/json; charset=utf-8"), ("Host", "example.org")]
)
def test_tampered_headers(name, value):
    """A change of a signed header is refused."""
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


def test_what_sdks_do_at_a_loopback_address():
    """A host signed without its port, and a service named after it, pass the lenient rules alone."""
    without_port = with_header(signed(endpoint="http://127.0.0.1"), "Host", "127.0.0.1:8080")

    assert (verdict(without_port), verdict(without_port, strict=False)) == (FAILURE, None)


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
         "AuthFailure.SecretIdNotFound"),
        ("\ud800\xff" * 100, "AuthFailure.InvalidAuthorization"),
    ],
)  # fmt: skip
def test_malformed_authorization(authorization, expected):
    """A header that is not of the documented form is refused, whatever it is."""
    assert verdict(with_header(signed(), "Authorization", authorization)) == expected


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "1.5", "\u0661\u0662", "9" * 40, "\ud800", "0x10", " 1"])
def test_hostile_timestamps(timestamp):
    """A timestamp that is no number near now is refused, and never makes the check stumble."""
    assert verdict(with_header(signed(), "X-TC-Timestamp", timestamp)) in {
        "InvalidParameter", "AuthFailure.SignatureExpire",
    }  # fmt: skip


def test_absent_fields():
    """A signed form without one of its common fields is refused as missing a parameter."""
    http = signed(Scheme.SHA1, Form.QUERY)

    for name in ("Timestamp", "Nonce", "SecretId"):
        assert verdict(replace(http, url=http.url.replace(f"{name}=", f"X{name}="))) == "MissingParameter"
