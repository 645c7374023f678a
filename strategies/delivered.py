"""Requests that Hypothesis delivers in many ways: in every form and signature, misspelt, or changed on their way."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conformance.contract import CLAUSES
from conformance.exchange.cases import Step
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.strategies.forms import is_sayable
from conformance.strategies.sequences import create
from conformance.strategies.templates import breaking_one, keeping_all

__all__ = ["in_forms", "misspelt", "rewritten", "tampered"]

Steps = tuple[Step, ...]

# Forms with the signatures that are documented for them; both of JSON have one alone.
_TEXTUAL = (
    (Form.QUERY, Scheme.TC3),
    (Form.QUERY, Scheme.SHA1),
    (Form.QUERY, Scheme.SHA256),
    (Form.FORM, Scheme.SHA1),
    (Form.FORM, Scheme.SHA256),
)
_FAR = 10_000


@cache
def _textual() -> st.SearchStrategy[Request]:
    clauses = [each for each in CLAUSES if each.breakable_alone and not each.id.endswith(".type")]
    return st.one_of(keeping_all(), st.sampled_from(clauses).flatmap(breaking_one)).filter(is_sayable)


@cache
@st.composite
def in_forms(draw: st.DrawFn) -> Steps:
    """A request in a form or a query, with a signature that goes with it."""
    form, scheme = draw(st.sampled_from(_TEXTUAL))
    twists = draw(st.sampled_from([(), (), ("plus",), ("everything-escaped",), ("header-case=lower",)]))
    return (Step(draw(_textual()), form, scheme, twists),)


@cache
@st.composite
def rewritten(draw: st.DrawFn) -> Steps:
    """A request that must be accepted, its JSON written otherwise; and the same again, which must exist."""
    request = draw(keeping_all())
    form = draw(st.sampled_from([Form.JSON, Form.JSON_RAW]))
    twists = draw(st.lists(st.sampled_from(["spaced", "escaped", "language=en-US", "header=X-Custom:1"]), unique=True))
    return Step(request, form, twists=tuple(sorted(twists, reverse=True))), Step(request)


@cache
@st.composite
def misspelt(draw: st.DrawFn) -> Steps:
    """A request with one character of its body another, properly signed: mostly no JSON any more."""
    place, character = draw(st.integers(0, 120)), draw(st.sampled_from('{}[]",:\\x5 \n'))
    return (Step(create(), twists=(f"misspelt={place}{character}",)),)


@cache
@st.composite
def tampered(draw: st.DrawFn) -> Steps:
    """A request that is changed after it was signed, or signed for another time; and a plain one after it."""
    form, scheme = draw(st.sampled_from([(Form.JSON, Scheme.TC3), (Form.JSON_RAW, Scheme.TC3), *_TEXTUAL]))
    kinds = ["flip", "seconds", "other-key"] + (["signature"] if scheme is Scheme.TC3 else [])
    match draw(st.sampled_from(kinds)):
        case "flip":
            twist = f"then-flip={draw(st.integers(0, 400))}"
        case "seconds":
            away = draw(st.integers(320, _FAR)) * draw(st.sampled_from([-1, 1]))
            twist = f"timestamp={away}"
        case "signature":
            twist = draw(
                st.sampled_from(["signature-reversed", "signature-end", "signature-cut", "then-timestamp=3", "date=-1"])
            )
        case _:
            twist = "other-key"
    return Step(create(), form, scheme, (twist,)), Step(create())
