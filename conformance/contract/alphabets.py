"""What the alphabets of the page cover: certain characters, and classes on which the page is unclear.

“中英文、-、_、数字” names Chinese and English characters, hyphen, underscore and digits. Sure are the ASCII letters
and digits, `-`, `_` and the Han that every table has, U+4E00–9FA5. Whether more is meant is a reading for each class
below. Everything else is outside: other ASCII, white space, controls, marks, symbols, emoji, private use, surrogates.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

HAN_FIRST, HAN_LAST = 0x4E00, 0x9FA5

ACCEPTED = frozenset({"accepted", "all", "some"})
REFUSED = frozenset({"refused", "none", "some"})


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """Characters of which the page doesn't say whether an alphabet has them.

    Attributes:
        reading: id of the reading that decides.
        ranges: inclusive code point ranges.
        categories: initials of Unicode general categories that belong to it besides ("L", "N").
        uniform: whether a target must treat the class as one; if not, the reading has the value `some`.
    """

    reading: str
    ranges: tuple[tuple[int, int], ...] = ()
    categories: tuple[str, ...] = ()
    uniform: bool = True

    def __contains__(self, character: str) -> bool:
        point = ord(character)
        return any(first <= point <= last for first, last in self.ranges) or unicodedata.category(character).startswith(
            self.categories or ("-",)
        )


# In order: a character belongs to the first class that has it. The ranges of the Han extensions are those of the
# version of Unicode that brought them; what was added to a block later is a class of its own, so that a target
# with older tables contradicts nothing.
UNSETTLED: tuple[CharacterClass, ...] = (
    # Unicode 4.1 to 14 filled up the main block; the usual expression for Chinese ends before.
    CharacterClass("han-main-block-end", ((0x9FA6, 0x9FFF),), uniform=False),
    CharacterClass("han-extension-a", ((0x3400, 0x4DB5),)),
    CharacterClass("han-extension-b", ((0x20000, 0x2A6D6),)),
    CharacterClass("han-extension-c", ((0x2A700, 0x2B734),)),
    CharacterClass("han-extension-d", ((0x2B740, 0x2B81D),)),
    CharacterClass("han-extension-e", ((0x2B820, 0x2CEA1),)),
    CharacterClass("han-extension-f", ((0x2CEB0, 0x2EBE0),)),
    CharacterClass("han-extension-g", ((0x30000, 0x3134A),)),
    CharacterClass("han-extension-h", ((0x31350, 0x323AF),)),
    # U+FA0E–FA29 hold twelve unified ideographs between the compatibility ones: below, as later additions.
    CharacterClass("han-compatibility", ((0xF900, 0xFA0D), (0xFA30, 0xFA6D), (0xFA70, 0xFAD9))),
    CharacterClass("han-compatibility-supplement", ((0x2F800, 0x2FA1D),)),
    CharacterClass(
        "han-later-additions",
        ((0x4DB6, 0x4DBF), (0xFA0E, 0xFA2F), (0xFA6E, 0xFA6F), (0xFADA, 0xFAFF), (0x20000, 0x3FFFF)),
        uniform=False,
    ),
    CharacterClass("ideographic-zero", ((0x3007, 0x3007),)),
    CharacterClass(
        "han-script-others",
        ((0x2E80, 0x2FDF), (0x3005, 0x3006), (0x3021, 0x3029), (0x3038, 0x303C), (0x31C0, 0x31EF)),
        uniform=False,
    ),
    CharacterClass("fullwidth-letters", ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))),
    CharacterClass("fullwidth-digits", ((0xFF10, 0xFF19),)),
    CharacterClass(
        "chinese-punctuation",
        (
            (0x00B7, 0x00B7),
            (0x2013, 0x2014),
            (0x2018, 0x201D),
            (0x2026, 0x2026),
            (0x3001, 0x3003),
            (0x3008, 0x3011),
            (0x3014, 0x301F),
            (0xFF01, 0xFF0F),
            (0xFF1A, 0xFF20),
            (0xFF3B, 0xFF40),
            (0xFF5B, 0xFF65),
        ),
        uniform=False,
    ),
    CharacterClass("other-letters", categories=("L",), uniform=False),
    CharacterClass("other-digits", categories=("N",), uniform=False),
    CharacterClass("unassigned-characters", categories=("Cn",), uniform=False),
)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters that a text may have.

    Attributes:
        name: how it is called in messages.
        ascii: its ASCII characters.
        han: whether it has Han.
        unsettled: the classes that some reading adds.
    """

    name: str
    ascii: str
    han: bool = False
    unsettled: tuple[CharacterClass, ...] = ()
    _certain: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        han = f"{chr(HAN_FIRST)}-{chr(HAN_LAST)}" if self.han else ""
        object.__setattr__(self, "_certain", re.compile(f"[{re.escape(self.ascii)}{han}]*"))

    def certain(self, text: str) -> bool:
        """Whether every character of the text is surely of the alphabet."""
        return self._certain.fullmatch(text) is not None

    def doubts(self, text: str) -> Iterator[tuple[str, CharacterClass | None]]:
        """The characters of the text that aren't surely of the alphabet, each once.

        Yields:
            The character, and the class whose reading decides; None where it is surely outside.
        """
        for character in dict.fromkeys(text):
            if not self.certain(character):
                yield character, next((each for each in self.unsettled if character in each), None)


NAMES = Alphabet("names", string.ascii_letters + string.digits + "-_", han=True, unsettled=UNSETTLED)
IDS = Alphabet("ids", string.ascii_letters + string.digits + "-%@#&_")
