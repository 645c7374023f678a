"""Salts: what makes the ids and names of each request its own, whatever was sent before.

A template is a request whose texts hold markers. Filling replaces each by characters that no other request of this
run, nor any other run, uses:

    <salt>     14 letters: "conf", five of the run, five of the case
    <SALT>     the same in capitals
    <salt:3>   3 letters or digits, for texts too short for a whole salt: unlikely, not impossible, to be in use
    <han:1>    1 Han character, likewise
    <digits:9> 9 digits, likewise
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from conformance.exchange.request import Request

SALT = "<salt>"
SALT_CAPITALS = "<SALT>"
SALT_LENGTH = 14
# Begins every id and name, so that people know them in an account.
PREFIX = "conf"
_RUN_LENGTH = 5
# Half of the letters: a target that mistakes one of the others can't then fail requests that aim at something else.
_LETTERS = string.ascii_lowercase[:16]
_HAN = "".join(map(chr, range(HAN_FIRST, HAN_LAST + 1)))
_SHORT = string.ascii_lowercase + string.digits
MARKER = re.compile(r"<(salt|SALT|han|digits)(?::([1-9][0-9]?))?>")


def salted(length: int, *, han: bool = False) -> str:
    """A template of exactly `length` characters: a whole salt where it fits, filled up with letters.

    Args:
        length: in characters; at least 1.
        han: fill up with Han instead of letters.
    """
    if length < SALT_LENGTH:
        return f"<{'han' if han else 'salt'}:{length}>"
    return SALT + ("中" if han else "x") * (length - SALT_LENGTH)


def run_salt() -> str:
    """A new salt for a run: the prefix and five letters."""
    return PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_RUN_LENGTH))


def seeded_run_salt(seed: int) -> str:
    """The salt of a run that must come out the same each time; for accounts that nobody else uses."""
    return PREFIX + _letters(int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8]), _RUN_LENGTH)


@dataclass(slots=True)
class Salts:
    """Hands out the salts of one run.

    Attributes:
        run: the run's own nine letters.
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
        return self.run + _letters(self.handed, SALT_LENGTH - len(self.run))


@dataclass(slots=True)
class SaltsByCase(Salts):
    """Salts made of the case's id alone, whatever other cases there are; for accounts that nobody else uses."""

    run: str = PREFIX
    _tries: Counter[str] = field(default_factory=Counter)

    def of(self, case: str) -> str | None:
        """The salt of a case; another where it is tried again."""
        self._tries[case] += 1
        return self.run + _letters(int(case, 16) + self._tries[case] - 1, SALT_LENGTH - len(self.run))


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
    return MARKER.sub(_filler(salt), text) if "<" in text else text


def _filler(salt: str) -> Callable[[re.Match[str]], str]:
    def filled(marker: re.Match[str]) -> str:
        kind, length = marker.groups()
        if length is None:
            return salt.upper() if kind == "SALT" else salt
        number = int.from_bytes(hashlib.sha256(salt.encode()).digest())
        if kind == "han":
            return _digits(number, int(length), _HAN)
        return _digits(number, int(length), string.digits if kind == "digits" else _SHORT)

    return filled


def _letters(number: int, length: int) -> str:
    return _digits(number, length, _LETTERS)


def _digits(number: int, length: int, alphabet: str) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        digits.append(alphabet[rest])
    return "".join(reversed(digits))
