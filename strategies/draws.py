"""Texts drawn by a seed, without Hypothesis: for cases of which each run sends all, with other values each time.

Whatever a seed draws is the same in every process, and from every version of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from functools import cache
from random import Random

from conformance.contract import CLAUSES, Alphabet
from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from conformance.contract.rules import Charset, MaxItems, MaxLength
from conformance.exchange.salt import SALT, SALT_LENGTH, salted
from conformance.strategies.characters import odd_characters, outside_printable

__all__ = [
    "HAN", "Place", "alphabet_of", "between", "descriptions", "drawing", "limit_of", "most_descriptions", "own",
    "strangers_of", "text", "too_long", "version", "with_stranger",
]  # fmt: skip

# What is written before or behind a version, where it isn't trimmed.
_BESIDE = ("0", " ", "v", "V", "-", "_", "a", "x", "+", ".", ",", "\n", "\t", "/", "版", "\u3000", "\0", "'", '"', "%")
HAN = "".join(map(chr, range(HAN_FIRST, HAN_LAST + 1)))
SALTED = frozenset({"GroupName", "GroupId"})


def drawing(seed: int, what: str) -> Random:
    """What draws for one purpose, and is no other's by what was drawn before."""
    return Random(f"{seed} {what}")  # noqa: S311 -- no secret is drawn


class Place(Enum):
    """Where in a text something stands."""

    FIRST = auto()
    LAST = auto()
    WITHIN = auto()


@cache
def limit_of(subject: str) -> int:
    """The most characters, or bytes, of a text."""
    (limit,) = (each.rule.limit for each in CLAUSES if each.subject == subject and isinstance(each.rule, MaxLength))
    return limit


@cache
def alphabet_of(subject: str) -> Alphabet:
    """The characters of a text."""
    (alphabet,) = (each.rule.alphabet for each in CLAUSES if each.subject == subject and isinstance(each.rule, Charset))
    return alphabet


@cache
def most_descriptions() -> int:
    """The most items of a list of descriptions."""
    (limit,) = (each.rule.limit for each in CLAUSES if isinstance(each.rule, MaxItems))
    return limit


def text(random: Random, alphabet: Alphabet, length: int) -> str:
    """A legal text of so many characters: of one script, or of both mixed, as people's are; or of one kind."""
    han = random.choice((0.0, 0.5, 0.9, 1.0)) if alphabet.han else 0.0
    others = random.choice(_kinds(alphabet))
    return "".join(random.choice(HAN) if random.random() < han else random.choice(others) for _ in range(length))


@cache
def _kinds(alphabet: Alphabet) -> tuple[str, ...]:
    """What a text is made of besides Han: mostly everything, else small letters, capitals, digits or signs alone."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda each: not each.isalnum())
    return (alphabet.ascii,) * 4 + tuple("".join(filter(kind, alphabet.ascii)) for kind in kinds)


def version(random: Random, known: Collection[str]) -> str:
    """A version that isn't known, of a form that versions have."""
    number = random.randrange(10)
    forms = (
        f"{number}.0", f"{number}.{random.randrange(10)}", f"{random.choice((2, 3))}.{random.randint(1, 99)}",
        f"{random.choice((2, 3))}.0.{number}", f"{random.choice((2, 3))}.0{random.choice(_BESIDE)}",
        f"{random.choice(_BESIDE)}{random.choice((2, 3))}.0", f"{number}{random.randrange(10)}.0",
    )  # fmt: skip
    drawn = random.choice(forms)
    return drawn if drawn not in known else version(random, known)


def own(random: Random, subject: str, length: int) -> tuple[str, str]:
    """A text of so many characters in two parts, with a salt at one of its ends where it must be unique."""
    if subject not in SALTED:
        return "", text(random, alphabet_of(subject), length)
    if length < SALT_LENGTH:
        return salted(length), ""
    filler = text(random, alphabet_of(subject), max(0, length - SALT_LENGTH))
    return (SALT, filler) if random.random() < 0.5 else (filler, SALT)


def too_long(random: Random, subject: str, length: int | None = None) -> str:
    """A text beyond the limit: of so many characters; else by one, by a few, or by as many again."""
    limit = limit_of(subject)
    beyond = random.choice((1, random.randint(2, limit // 2), random.randint(2, limit)))
    return "".join(own(random, subject, length or limit + beyond))


def strangers_of(subject: str) -> dict[str, str]:
    """Characters that a text must not have, by name: the printable ones of ASCII, and the odd."""
    alphabet = alphabet_of(subject)
    return {f"“{each}”": each for each in outside_printable(alphabet)} | odd_characters(alphabet)


def with_stranger(random: Random, subject: str, stranger: str, place: Place | None = None) -> str:
    """A text within the limit that has these characters at its beginning, at its end, or anywhere between."""
    room = limit_of(subject) - len(stranger.encode("utf-8", "surrogatepass"))
    least = SALT_LENGTH if subject in SALTED else 1
    length = random.choice((least, random.randint(least, room), random.randint(least, room)))
    first, last = own(random, subject, length)
    match place or random.choice((Place.FIRST, Place.LAST, Place.WITHIN, Place.WITHIN)):
        case Place.FIRST:
            return stranger + first + last
        case Place.LAST:
            return first + last + stranger
        case Place.WITHIN:
            filler = first if last == SALT else last
            at = random.randint(0, len(filler))
            filled = filler[:at] + stranger + filler[at:]
            return filled + last if last == SALT else first + filled


def between(random: Random, subject: str, stranger: str, neighbours: str) -> str:
    """A short text that has these characters between two of others."""
    before, after = random.choice(neighbours), random.choice(neighbours)
    return f"{SALT if subject in SALTED else ''}{before}{stranger}{after}"


def descriptions(random: Random, count: int, least: int = 1) -> list[str]:
    """So many legal descriptions, no two alike whatever their case."""
    subject, found = "GroupExDescriptions[]", dict[str, str]()
    while len(found) < count:
        drawn = text(random, alphabet_of(subject), random.randint(least, limit_of(subject)))
        found.setdefault(drawn.lower(), drawn)
    return list(found.values())
