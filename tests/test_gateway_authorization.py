"""What the documents allow for the header that authorizes, for tokens, and for what is easily taken for a fault."""

from dataclasses import replace

import pytest

from conformance.exchange.messages import header
from conformance.exchange.reading import common_parameter
from conformance.judging.world_updates import decoded
from tests.gateway_table import (
    EXPIRED,
    FAILURE,
    FORM,
    FORM_256,
    GET,
    GET_1,
    GET_256,
    HEX,
    HOW,
    NOT_SIGNED,
    NOW,
    OK,
    OTHER_TYPE,
    TEMPORARY,
    V3,
    auth,
    http_of,
    of_gateway,
    predicted,
    protocol,
    refused,
    sender_of,
    with_header,
)

# --- Authorization ---------------------------------------------------------------------------------------


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


# --- What is easily taken for a fault --------------------------------------------------------------------


def test_a_query_behind_a_post():
    """The canonical query of a POST is empty, so that a query added on the way leaves the signature right."""
    assert predicted(http_of(V3, "then-append-query=a=b")).outcomes == OK
    assert predicted(http_of(FORM, "then-append-query=a=b"), FORM).outcomes == OK


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
    assert decoded(http) == decoded(plain)
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
