"""Twists that can't be, and twists that have nothing to change."""

import re
from dataclasses import replace

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.delivery import twisted
from conformance.exchange.draft import Form
from conformance.exchange.request import Request
from tests.twisting import (
    ENDPOINT,
    FORM,
    GET,
    JSON_BODY,
    NOW,
    RAW,
    REQUEST,
    V3,
    changes,
    is_right,
    sender_of,
    sent,
)

# --- What can't be ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "x", "Other-key", " other-key", "other-key ", "then", "=", "=x"])
def test_unknown_twists(name):
    """A twist that there isn't is a mistake of the caller's, named."""
    with pytest.raises(ValueError, match=f"there is no twist {name.partition('=')[0]!r}"):
        sent(V3, name)


IMPOSSIBLE = [
    *[f"timestamp={each}" for each in ("", "x", "1.5", "9" * 30, "9" * 5000, "-99999999999999")],
    *[f"date={each}" for each in ("", "x", "99999999", "-99999999", "9" * 30)],
    *[f"cut={each}" for each in ("", "x", "1.5")],
    *[f"padded={each}" for each in ("", "x", "9" * 30)],
    *[f"long-tag={each}" for each in ("", "x", "9" * 30)],
    *[f"misspelt={each}" for each in ("", "x", "5", "x5", "5\ud800")],
    *[f"encoding={each}" for each in ("", "x", "rot13", "hex", "\0")],
    "not-signed=x-custom", "not-signed=", "append=\ud800", "body=\ud800",
    "then-body=x-y→z", "then-query=x-y→z", "then-field=x-y→z", "then-authorization=x-y→z", "then-append=\ud800",
    *[f"then-timestamp={each}" for each in ("", "x", "1.5", "9" * 5000)],
    *[f"then-flip={each}" for each in ("", "x", "1.5")],
]  # fmt: skip


@pytest.mark.parametrize("twist", IMPOSSIBLE, ids=ascii)
def test_impossible_arguments(twist):
    """An argument that a twist can't do anything with is told, with the twist."""
    with pytest.raises(ValueError, match=re.escape(f"the twist {twist.partition('=')[0]}=")):
        sent(V3, twist)


@pytest.mark.parametrize(
    ("how", "twists"),
    [
        (RAW, ["encoding=ascii"]),
        (V3, ["body=\udcff", "encoding=utf-8"]),
        (V3, ["body=\udcff", "escaped"]),
        (V3, ["no-content-type", "also-signed=content-type"]),
        (V3, ["without=Timestamp", "then-timestamp=1"]),
        (V3, ["body=x", "as-form=x", "append=y"]),
        (V3, ["body=x y", "as-form=x", "plus"]),
        (V3, ["body=\udcff", "as-form=x"]),
        (V3, ["no-content-type", "no-content-type"]),
        (V3, ["not-signed=host", "not-signed=host"]),
        (V3, ["body=", "then-flip=0"]),
        (V3, ["then-header=Authorization:", "signature-end"]),
        (V3, ["then-without=Authorization", "signature-end"]),
        (V3, ["then-without=Authorization", "then-authorization=a→b"]),
        (FORM, ["signature-end"]),
        (FORM, ["then-authorization=a→b"]),
        (V3, ["then-header=X-TC-Timestamp:x", "then-timestamp=1"]),
        (V3, ["date=-1", "date=-999999"]),
    ],
    ids=ascii,
)
def test_impossible_requests(how, twists):
    """A twist that this request can't have is told."""
    with pytest.raises(ValueError, match="can't be applied"):
        sent(how, *twists)


def test_what_no_form_can_say():
    """What a form can't say isn't said, whatever twists there are."""
    with pytest.raises(ValueError, match="can't be said"):
        sent(GET, "long-tag=1", request=Request.of({"Tag": 5}))
    with pytest.raises(ValueError, match="can't be signed"):
        twisted(REQUEST, sender_of(FORM), Form.JSON, NOW, 1, ["body="])


# --- What has nothing to change --------------------------------------------------------------------------


@pytest.mark.parametrize("how", [GET, FORM])
def test_too_few_indices(how):
    """Fewer indices than items can't be applied."""
    with pytest.raises(ValueError, match="can't be applied"):
        sent(how, "indices=0")


@pytest.mark.parametrize(("how", "name"), [(V3, "padded"), (GET, "long-tag")])
def test_sizes_past_all_memory(how, name):
    """A size that no memory has can't be applied."""
    with pytest.raises(ValueError, match="can't be applied"):
        sent(how, f"{name}={10**18}")


@pytest.mark.parametrize("argument", ["0", "-5"])
def test_nothing_is_cut(argument):
    """Without its last 0 bytes, a body is what it was; -5 can't be applied."""
    try:
        body = sent(V3, f"cut={argument}").body
    except ValueError:
        assert argument == "-5"
    else:
        assert (body, argument) == (JSON_BODY, "0")


def test_as_large_as_it_is():
    """A body that has so many bytes needs no filling; one that has more can't be filled up to so many."""
    assert sent(V3, f"padded={len(JSON_BODY)}") == sent(V3)
    with pytest.raises(ValueError, match="can't be applied"):
        sent(V3, f"padded={len(JSON_BODY) - 1}")


@pytest.mark.parametrize("name", ["then-query", "then-field"])
def test_the_query_alone_is_changed(name):
    """What changes is the query, not the host that it is sent to."""
    http = sent(GET, "long-tag=1", f"{name}=1→2")

    assert http.url.startswith(f"{ENDPOINT}/?")
    assert http.query != sent(GET, "long-tag=1").query


HEADERS = ["Host", "Content-Type", "X-TC-Action"]


def test_one_more_host():
    """A header that isn't signed isn't, and is sent with its value, whatever its name."""
    assert changes(V3, "header=Host:x") == {"Host+": "x"}
    assert changes(V3, "header=Content-Type:x") == {"Content-Type+": "x"}
    assert all(is_right(sent(V3, f"{twist}={name}:x")) for twist in ("header", "signed-header") for name in HEADERS)


def test_what_a_sender_may_not_have():
    """Whoever has no Region or token leaves them out, with the twist and without it."""
    permanent = replace(sender_of(V3), region="", credentials=EXAMPLE_CREDENTIALS)
    plain = twisted(REQUEST, permanent, Form.JSON, NOW, 7, ())

    assert twisted(REQUEST, permanent, Form.JSON, NOW, 7, ["without=Region", "without=Token"]) == plain


@pytest.mark.parametrize(
    ("how", "twist"),
    [
        (V3, "without=Regoin"),
        (V3, "without=Nonce"),
        (V3, "without=Language"),
        (V3, "also-signed=x-absent"),
        (V3, "then-header=X-Absent:1"),
        (V3, "then-without=X-Absent"),
        (V3, "then-body="),
        (V3, "then-body=i→i"),
        (V3, "then-query=i→j"),
        (V3, "header-case=small"),
        (V3, "everything-escaped"),
        (V3, "plus"),
        (V3, "long-tag=9"),
        (V3, "indices=0"),
        (GET, "indices=0,1,2"),
        (GET, "spaced"),
        (GET, "byte-order-mark"),
        (GET, "cut=1"),
        (GET, "body=x"),
        *[(GET, each) for each in ("append=x", "padded=99", "escaped", "misspelt=1x", "encoding=gbk", "as-form=x")],
        *[(FORM, each) for each in ("unsigned-payload", "declared-hash", "service-of-host", "not-signed=host")],
        (FORM, "date=-1"),
        (FORM, "service=cvm"),
        (FORM, "also-signed=host"),
        (FORM, "signature-end"),
        (FORM, "signature-empty"),
        (FORM, "signature-upper"),
        (FORM, "signature-cut"),
        (FORM, "signature-reversed"),
        (FORM, "then-timestamp=7"),
    ],
)
def test_twists_without_effect(how, twist):
    """A twist that can't be applied to this request is told: a plain request would be sent in its name."""
    with pytest.raises(ValueError, match="can't be applied"):
        sent(how, twist)
