"""Salts: what makes the ids and names of each request its own, whatever was sent before.

A template is a request whose texts hold markers. Filling replaces each by characters that no other request of this
run, nor any other run, uses. What a marker and a salt make never changes: recordings hold both.

    <salt>     14 small letters and digits
    <SALT>     the same in capitals
    <id>       8 to 60 letters, digits, - and _, of a form that people give to ids; another for each salt
    <name>     8 to 60 characters of a form that people give to names, Han among them
    <word>     12 letters that could be spoken, as in an id that somebody thought of
    <salt:3>   3 letters or digits, for texts too short for a whole salt: unlikely, not impossible, to be in use
    <han:1>    1 Han character, likewise
    <digits:9> 9 digits, likewise
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from conformance.exchange.request import Request

SALT = "<salt>"
SALT_CAPITALS = "<SALT>"
SALT_LENGTH = 14
# Begins the name of every run.
PREFIX = "conf"
_RUN_LENGTH = 5
# So many that no two runs in the world have the same.
_OF_ITS_OWN = 16
# Half of the letters: a target that mistakes one of the others can't then fail requests that aim at something else.
_LETTERS = string.ascii_lowercase[:16]
_HAN = "".join(map(chr, range(HAN_FIRST, HAN_LAST + 1)))
_SHORT = string.ascii_lowercase + string.digits
MARKER = re.compile(r"<(salt|SALT|id|name|word|han|digits)(?::([1-9][0-9]{0,4}))?>")
ID, NAME, WORD = "<id>", "<name>", "<word>"
# So many characters of a salt are never in use by chance.
CERTAIN = 8
_MOST = 60  # characters
# As many as one hash gives.
_FEW = 40


def salted(length: int, *, han: bool = False) -> str:
    """A template of exactly `length` characters: a whole salt where it fits, filled up with letters and digits.

    Args:
        length: in characters; at least 1.
        han: fill up with Han instead of letters.
    """
    kind = "han" if han else "salt"
    if length < SALT_LENGTH:
        return f"<{kind}:{length}>"
    return f"{SALT}<{kind}:{length - SALT_LENGTH}>" if length > SALT_LENGTH else SALT


def run_salt() -> str:
    """A new name for a run, which no other has: the prefix and letters."""
    return PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_OF_ITS_OWN))


def seeded_run_salt(seed: int) -> str:
    """The name of a run that must come out the same each time; for accounts that nobody else uses."""
    return PREFIX + _letters(int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8]), _RUN_LENGTH)


@dataclass(slots=True)
class Salts:
    """Hands out the salts of one run.

    Attributes:
        run: the run's name.
        handed: how many were handed out.
    """

    run: str = field(default_factory=run_salt)
    handed: int = 0

    def of(self, case: str) -> str | None:
        """A salt for a case, by its id, that wasn't handed out before; None where there is none."""
        del case
        return self.next()

    def next(self) -> str:
        """A salt that wasn't handed out before."""
        self.handed += 1
        return _word(f"{self.run} {self.handed}")


@dataclass(slots=True)
class SaltsByCase(Salts):
    """Salts made of the case's id alone, whatever other cases there are; for accounts that nobody else uses."""

    run: str = PREFIX
    _tries: Counter[str] = field(default_factory=Counter)

    def of(self, case: str) -> str | None:
        """The salt of a case; another where it is tried again."""
        self._tries[case] += 1
        return _word(f"{case} {self._tries[case]}")


def nonce(salt: str, step: int, copy: int) -> int:
    """A Nonce, from 1 to 999 999 999: another for each request of a case, the same whatever was sent before it."""
    return 1 + int.from_bytes(hashlib.sha256(f"{salt} {step} {copy}".encode()).digest()) % 999_999_999


def fill(template: Request, salt: str) -> Request:
    """The request that a template makes with a salt."""
    return replace(template, parameters=tuple((name, fill_value(value, salt)) for name, value in template.parameters))


def fill_value(value: object, salt: str) -> object:
    """A value with its markers replaced, in lists too."""
    match value:
        case str():
            return fill_text(value, salt)
        case list():
            return [fill_value(each, salt) for each in value]
        case _:
            return value


def fill_text(text: str, salt: str) -> str:
    """A text with its markers replaced."""
    return MARKER.sub(lambda marker: _filled(*marker.groups(), salt), text) if "<" in text else text


@lru_cache(maxsize=32)  # the steps of a case have the same markers
def _filled(kind: str, length: str | None, salt: str) -> str:
    if kind in {"id", "name"}:
        return _form(salt, han=kind == "name")
    if kind == "word":
        return _spoken(_number(f"{salt} word"), 6)
    if length is None:
        return salt.upper() if kind == "SALT" else salt
    alphabet = {"han": _HAN, "digits": string.digits}.get(kind, _SHORT)
    if int(length) > _FEW:
        return _many(salt, int(length), alphabet)
    return _digits(int.from_bytes(hashlib.sha256(salt.encode()).digest()), int(length), alphabet)


def words(template: Request, salt: str) -> Iterator[str]:
    """The texts that a template's markers make, in small letters, as far as nobody else has them by chance."""
    for _, value in template.parameters:
        for text in value if isinstance(value, list) else [value]:
            for marker in MARKER.finditer(text) if isinstance(text, str) else ():
                if len(word := fill_text(marker[0], salt)) >= CERTAIN:
                    yield word.lower()


@dataclass(slots=True)
class Words:
    """The words of one run: a text that has one of them is its own.

    It finds a word in a text by the word's beginning, whatever stands around it.
    """

    _by_beginning: dict[str, set[str]] = field(default_factory=dict)

    def add(self, found: Iterable[str]) -> None:
        """Take words in, in small letters, of at least `CERTAIN` characters."""
        for each in found:
            self._by_beginning.setdefault(each[:CERTAIN], set()).add(each)

    def __contains__(self, text: object) -> bool:
        """Whether a text has a word of the run's, in whatever letter case."""
        text = str(text).lower()
        return any(
            text.startswith(word, place)
            for place in range(len(text) - CERTAIN + 1)
            for word in self._by_beginning.get(text[place : place + CERTAIN], ())
        )


_MIXED = string.ascii_letters + string.digits
_SPOKEN = [one + other for one in "ghjklmnprstvwz" for other in "aeiou"]
_SYLLABLES = [one + other for one in "bdfgklmnrs" for other in "ao"]


def _word(seed: str) -> str:
    """Letters and digits, a letter first, so that capitals differ."""
    number = _number(seed)
    return string.ascii_lowercase[number % 26] + _digits(number // 26, SALT_LENGTH - 1, _SHORT)


def _form(salt: str, *, han: bool) -> str:
    """An id or a name of some form and length, the same for the same salt: one that no rule of thumb knows."""
    number = _number(f"{salt} {'name' if han else 'id'}")
    number, form = divmod(number, 8 if han else 6)
    number, size = divmod(number, 10)
    shortest, longest = (CERTAIN, 16) if size < 6 else (17, 32) if size < 9 else (33, _MOST)
    number, more = divmod(number, longest - shortest + 1)
    length = shortest + more
    match form:
        case 0:
            return _digits(number, length, _SHORT)
        case 1:
            return _digits(number, length, _MIXED)
        case 2:  # in groups
            separator = "-_"[number % 2]
            return separator.join(_digits(number // 2, length, _MIXED)[at : at + 4] for at in range(0, length, 5))
        case 3:  # as if it could be spoken, and a number
            spoken = "".join(_SYLLABLES[number // 20**at % 20] for at in range(length // 2))
            return f"{spoken[:-3].capitalize()}_{number % 10_000_000:07d}"[-_MOST:]
        case 4:
            return _digits(number, max(length, 14), string.digits)
        case 5:  # as a UUID
            text = _digits(number, 32, "0123456789abcdef")
            return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        case 6:
            return _digits(number, length, _HAN)
        case _:
            return _digits(number, length // 2, _HAN) + _digits(number // 7, length - length // 2, _MIXED)


def _spoken(number: int, syllables: int) -> str:
    """Small letters, none of which a reader could take for hexadecimal digits in a row."""
    return "".join(_SPOKEN[number // len(_SPOKEN) ** at % len(_SPOKEN)] for at in range(syllables))


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha512(seed.encode()).digest())


def _many(seed: str, length: int, alphabet: Sequence[str]) -> str:
    numbers = struct.unpack(f">{length}H", hashlib.shake_256(seed.encode()).digest(2 * length))
    size = len(alphabet)
    return "".join([alphabet[number % size] for number in numbers])


def _letters(number: int, length: int) -> str:
    return _digits(number, length, _LETTERS)


def _digits(number: int, length: int, alphabet: Sequence[str]) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        digits.append(alphabet[rest])
    return "".join(reversed(digits))
