"""Characters by kind, for texts that must be accepted and texts that must not.

Everything is derived from the alphabets of the contract; nothing here says again what an alphabet has.
"""

from __future__ import annotations

from functools import cache

from conformance.contract import Alphabet
from conformance.contract.alphabets import HAN_FIRST, HAN_LAST

# Characters outside every alphabet of the page, each a mistake that implementations are known to make.
ODD_CHARACTERS: dict[str, str] = {
    "newline": "\n",
    "emoji": "\U0001f600",
    "null": "\0",
    "lone high surrogate": "\ud800",
    "zero-width space": "\u200b",
    "no-break space": "\xa0",
    "combining acute": "\u0301",
    "ideographic space": "\u3000",
    "right-to-left override": "\u202e",
    "byte order mark": "\ufeff",
    "private use": "\ue000",
    "decomposed letter": "e\u0301",
    "emoji with joiners": "\U0001f469\u200d\U0001f680",
    "euro sign": "\u20ac",
    "soft hyphen": "\xad",
    "zero-width joiner": "\u200d",
    "line separator": "\u2028",
    "variation selector": "\ufe0f",
    "replacement character": "\ufffd",
    "flag": "\U0001f1e8\U0001f1f3",
    "dingbat": "\u2764",
    "copyright sign": "\xa9",
    "lone low surrogate": "\udfff",
}

# Control characters, which a test of what can be printed may let pass; newline and NUL are mistakes of their own.
CONTROLS: dict[str, str] = {
    "first control": "\x01",
    "tab": "\t",
    "carriage return": "\r",
    "escape": "\x1b",
    "last control": "\x1f",
    "delete": "\x7f",
    "next line": "\x85",
}

# Characters that an ASCII alphabet doesn't have, but a careless test of letters and digits takes.
LOOKALIKES: dict[str, str] = {
    "Han": "中",
    "full-width letter": "\uff21",
    "full-width digit": "\uff11",
    "full-width low line": "\uff3f",
    "Latin letter with accent": "\xe9",
    "Cyrillic letter": "\u0430",
    "Kelvin sign": "\u212a",
    "long s": "\u017f",
    "Arabic-Indic digit": "\u0661",
    "superscript two": "\xb2",
    "Han of extension B": "\U00020bb7",
    "middle dot": "\xb7",
    "Chinese full stop": "\u3002",
    "full-width comma": "\uff0c",
    "full-width full stop": "\uff0e",
    "title mark": "\u300a",
    "dash": "\u2014",
    "ellipsis": "\u2026",
    "circled one": "\u2460",
}

# Texts that one careless step takes as a whole, or makes legal: a pattern, a normal form, what is stripped or decoded.
TAKEN_TOGETHER: dict[str, str] = {
    "equal to letters but for case": "\u212a\u017f",
    "letters and digits to isalnum": "\xe9\u0430\u0661\uff21\xb2",
    "letters and digits once normalised": "\u2460\uff21\xb2\ufb01",
    "between capitals and small letters": "[\\]^`",
    "invisible": "\u200b\u200d\u2060\ufeff",
    "tags": "<b></b>",
    "a reference": "&#65;",
    "an escape": "\\u0041",
}

# One character for each reading on what the alphabet of names covers, the first that Unicode gave the class.
UNSETTLED_SAMPLES: dict[str, tuple[str, ...]] = {
    "han-main-block-end": ("\u9fa6", "\u9fef"),
    "han-extension-a": ("\u3400", "\u4db5"),
    "han-extension-b": ("\U00020000", "\U00020bb7"),
    "han-extension-c": ("\U0002a700",),
    "han-extension-d": ("\U0002b740",),
    "han-extension-e": ("\U0002b820",),
    "han-extension-f": ("\U0002ceb0",),
    "han-extension-g": ("\U00030000",),
    "han-extension-h": ("\U00031350",),
    "han-compatibility": ("\uf900",),
    "han-compatibility-supplement": ("\U0002f800",),
    "ideographic-zero": ("\u3007",),
    "han-script-others": ("\u3005",),
    "fullwidth-letters": ("\uff21", "\uff5a"),
    "fullwidth-digits": ("\uff10", "\uff19"),
    "chinese-punctuation": ("\u3002", "\uff0c"),
    "other-letters": ("\xe9", "\u3042"),
    "other-digits": ("\u0661", "\xb2"),
}

# Classes that hardly any implementation treats apart from extension B.
RARE = frozenset(f"han-extension-{letter}" for letter in "cdefgh")

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

# Edges of the Han that are surely taken.
HAN_EDGES = (chr(HAN_FIRST), chr(HAN_LAST))


@cache
def outside_printable(alphabet: Alphabet) -> str:
    """The printable ASCII characters that an alphabet doesn't have; neighbours of what it has come first."""
    outside = [each for each in _PRINTABLE if not alphabet.certain(each)]
    return "".join(sorted(outside, key=lambda each: (not _neighbour(alphabet, each), each)))


def _neighbour(alphabet: Alphabet, character: str) -> bool:
    """Whether the code point before or after is of the alphabet."""
    return any(alphabet.certain(chr(ord(character) + step)) for step in (-1, 1))


def taken_together(alphabet: Alphabet) -> dict[str, str]:
    """Texts surely outside an alphabet that careless code takes all the same, by why it does."""
    return {why: text for why, text in TAKEN_TOGETHER.items() if all(each is None for _, each in alphabet.doubts(text))}


def odd_characters(alphabet: Alphabet) -> dict[str, str]:
    """Characters and short sequences surely outside an alphabet, by name."""
    odd = {**ODD_CHARACTERS, **CONTROLS}
    return odd if alphabet.han else {**LOOKALIKES, **odd}
