"""Whatever bytes a request is made of, it is judged."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract import CLAUSE, READING
from conformance.exchange.messages import HttpRequest
from conformance.oracle.prediction import Prediction
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World
from tests.gateway_table import (
    ENDPOINT,
    HEX,
    HOW,
    NOW,
    TEMPORARY,
    TYPE_FORM,
    V3,
    http_of,
    predicted,
    sender_of,
)

SECRET_ID = EXAMPLE_CREDENTIALS.secret_id.reveal()
BOM = b"\xef\xbb\xbf"

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
                f"TC3-HMAC-SHA256 Credential={SECRET_ID}/\ud800/\udfff/tc3_request, "
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
            "TC3-HMAC-SHA256 ", "Credential=", SECRET_ID, "/2023-11-14", "/iai", "/tc3_request",
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
