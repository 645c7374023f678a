"""Texts of an alphabet, of an exact length, and texts with something that the alphabet doesn't have.

Strategies are made once and kept: making one costs more than drawing from it. Sizes are drawn explicitly: left to itself, Hypothesis hardly ever draws a text as long as a limit.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conformance.contract import Alphabet
from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from strategies.characters import HAN_EDGES, odd_characters, outside_printable

__all__ = ["characters_of", "characters_outside", "lengths_up_to", "texts", "texts_with"]


@cache
def characters_of(alphabet: Alphabet) -> st.SearchStrategy[str]:
    """Single characters that are surely of an alphabet; its edges and marks often."""
    ascii_ = st.sampled_from(alphabet.ascii)
    if not alphabet.han:
        return ascii_
    return ascii_ | st.sampled_from(HAN_EDGES) | st.characters(min_codepoint=HAN_FIRST, max_codepoint=HAN_LAST)


@cache
def characters_outside(alphabet: Alphabet) -> st.SearchStrategy[str]:
    """Characters, or short sequences of them, that are surely outside an alphabet."""
    any_kind = st.characters(
        exclude_categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Cn"],
    ).filter(lambda character: _outside(alphabet, character))
    return (
        st.sampled_from(outside_printable(alphabet)) | st.sampled_from(sorted(odd_characters(alphabet).values())) | any_kind
    )


def _outside(alphabet: Alphabet, character: str) -> bool:
    return any(unsettled is None for _, unsettled in alphabet.doubts(character))


@cache
def lengths_up_to(limit: int, *, least: int = 1) -> st.SearchStrategy[int]:
    """Lengths that are allowed: the edges as often as all the others together."""
    edges = sorted({length for length in (least, least + 1, limit // 2, limit - 1, limit) if least <= length <= limit})
    return st.sampled_from(edges) | st.integers(least, limit)


@cache
def texts(alphabet: Alphabet, length: int) -> st.SearchStrategy[str]:
    """Texts of exactly so many characters (not bytes), all surely of the alphabet."""
    return st.text(characters_of(alphabet), min_size=length, max_size=length)


@cache
@st.composite
def texts_with(draw: st.DrawFn, alphabet: Alphabet, longest: int) -> str:
    """Texts no longer than `longest` with one thing that is surely outside the alphabet, in any place."""
    stranger = draw(characters_outside(alphabet))
    room = longest - len(stranger.encode("utf-8", "surrogatepass"))
    legal = draw(texts(alphabet, draw(st.integers(0, min(room, 8)))))
    place = draw(st.integers(0, len(legal)))
    return legal[:place] + stranger + legal[place:]
