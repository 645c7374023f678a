"""Texts of an alphabet, of an exact length, and texts with something that the alphabet doesn't have.

Strategies are made once and kept: making one costs more than drawing from it. Sizes are drawn explicitly: left to
itself, Hypothesis hardly ever draws a text as long as a limit.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conformance.contract import Alphabet
from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from conformance.strategies.characters import HAN_EDGES, odd_characters, outside_printable

__all__ = ["characters_outside", "lengths_up_to", "texts", "texts_with"]


def _mixtures(alphabet: Alphabet) -> list[str]:
    """Characters to mix in one text: the ASCII ones; with Han, also its edges and all of it."""
    if not alphabet.han:
        return [alphabet.ascii]
    han = "".join(map(chr, range(HAN_FIRST, HAN_LAST + 1)))
    return [alphabet.ascii, alphabet.ascii + "".join(HAN_EDGES), han]


@cache
def characters_outside(alphabet: Alphabet) -> st.SearchStrategy[str]:
    """Characters, or short sequences of them, that are surely outside an alphabet."""
    any_kind = st.one_of([st.integers(first, last) for first, last in _STRANGE_BLOCKS]).map(chr)
    return (
        st.sampled_from(outside_printable(alphabet))
        | st.sampled_from(sorted(odd_characters(alphabet).values()))
        | any_kind.filter(lambda character: _outside(alphabet, character))
    )


# Where characters outside every alphabet lie thick. Ranges, because tables of categories take seconds to make.
_STRANGE_BLOCKS = (
    (0x0000, 0x001F),  # controls
    (0x007F, 0x009F),  # more controls
    (0x0300, 0x036F),  # combining marks
    (0x2000, 0x206F),  # spaces, joiners, directions
    (0x2190, 0x23FF),  # arrows, operators, technical signs
    (0xD800, 0xDFFF),  # surrogates
    (0xE000, 0xF8FF),  # private use
    (0xFE00, 0xFE0F),  # variation selectors
    (0x1F300, 0x1F64F),  # emoji
    (0xE0100, 0xE01EF),  # more variation selectors
    (0xF0000, 0xFFFFD),  # private use
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
    # A text is one draw where its alphabet is a string; with a strategy it is several for each character.
    return st.one_of([st.text(each, min_size=length, max_size=length) for each in _mixtures(alphabet)])


@cache
def _strangers(alphabet: Alphabet, longest: int) -> st.SearchStrategy[str]:
    return characters_outside(alphabet).filter(lambda text: len(text.encode("utf-8", "surrogatepass")) <= longest)


@cache
@st.composite
def texts_with(draw: st.DrawFn, alphabet: Alphabet, longest: int) -> str:
    """Texts no longer than `longest` with one thing that is surely outside the alphabet, in any place."""
    stranger = draw(_strangers(alphabet, longest))
    room = longest - len(stranger.encode("utf-8", "surrogatepass"))
    legal = draw(texts(alphabet, draw(st.integers(0, min(room, 8)))))
    place = draw(st.integers(0, len(legal)))
    return legal[:place] + stranger + legal[place:]
