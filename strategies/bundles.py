"""Bundles: valid requests that carry many probes at once, since all of their texts must be accepted and kept.

Each group is looked at after its creation. Only what every reading takes is bundled.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

from conformance.contract import NAMES
from conformance.contract.alphabets import HAN_FIRST, HAN_LAST
from conformance.exchange.cases import Case
from conformance.exchange.request import Request
from conformance.exchange.salt import CERTAIN, SALT, SALT_LENGTH, WORD, salted
from conformance.strategies.alike import WORDS, looked_at, many_alike, misread
from conformance.strategies.draws import drawing, limit_of, most_descriptions, own, text

__all__ = ["bundles", "short_ones"]

# Runs, ends and kinds of what an alphabet has, which a pattern that somebody thought of may not have.
_RUNS = ("--", "__", "-_", "_-", "aaa", "000", "AAA", "-1-", "_1_", "学学学", "a学a", "1学1")
_KINDS = ("-_-_-", "QWERTY", "word", "0123456789", "学号", "7a", "Qa", "0a", "a0", "-a", "_a", "a-", "a_", "学a", "a学")
_HAN_PAGE = 256


def bundles() -> Iterator[Case]:
    """Cases that carry many values of every text, always the same."""
    random = drawing(0, "bundles")
    yield from misread(random)
    yield from many_alike(random)
    yield from _of_words()
    yield from _of_texts("runs", _RUNS)
    yield from _of_texts("kinds", _KINDS)
    yield from _of_lengths(random)
    yield from _of_han(random)


def _of_words() -> Iterator[Case]:
    """Words at which guards start, one after the other in ids and names, and alone in the others."""
    words, at = cycle(WORDS), 0
    while at < len(WORDS):
        ids, names = (_joined(words, limit_of(each) - SALT_LENGTH) for each in ("GroupId", "GroupName"))
        items = list(islice(words, most_descriptions()))
        at += len(ids) + len(names) + len(items)
        yield looked_at(
            "GroupName", f"words: {', '.join((*ids, *names, *items))}", GroupId="-".join((SALT, *ids)),
            GroupName="_".join((SALT, *names)), Tag=items[-1], GroupExDescriptions=items,
        )  # fmt: skip


def _joined(words: Iterator[str], room: int) -> list[str]:
    """As many of the next as there is room for, each behind a sign; one word more is passed over."""
    taken: list[str] = []
    for word in words:
        if len(word) >= room:
            return taken
        taken.append(word)
        room -= len(word) + 1
    return taken


def _of_texts(about: str, texts: tuple[str, ...]) -> Iterator[Case]:
    """Texts as descriptions and as tags, and as parts of ids and of names."""
    waiting = iter(texts)
    while items := list(islice(waiting, most_descriptions())):
        ids = [each for each in items if each.isascii()] or ["a"]
        yield looked_at(
            "GroupExDescriptions", f"{about}: {', '.join(items)}", GroupId=f"{WORD}{ids[0]}{ids[-1]}x",
            GroupName=f"{WORD}{items[-1]}{items[0]}x", Tag=items[len(items) // 2], GroupExDescriptions=items,
        )  # fmt: skip


def _of_lengths(random: Random) -> Iterator[Case]:
    """Texts of every length: of ids and names from the first that is surely nobody else's, of the others from one."""
    tags, items = (_shuffled(random, range(1, limit_of(each) + 1)) for each in ("Tag", "GroupExDescriptions[]"))
    names = _shuffled(random, range(CERTAIN, limit_of("GroupName") + 1))
    for at, length in enumerate(_shuffled(random, range(CERTAIN, limit_of("GroupId") + 1))):
        count = most_descriptions()
        lengths = dict.fromkeys(items[(at * count + each) % len(items)] for each in range(count))
        yield looked_at(
            "GroupExDescriptions", f"of {length} characters, and others of other lengths",
            GroupId="".join(own(random, "GroupId", length)),
            GroupName="".join(own(random, "GroupName", names[at % len(names)])),
            Tag=text(random, NAMES, tags[at % len(tags)]),
            GroupExDescriptions=[text(random, NAMES, each) for each in lengths],
        )  # fmt: skip


def short_ones() -> Iterator[Case]:
    """Ids and names that are shorter than those."""
    for length in range(2, CERTAIN):
        parameters = {"GroupName": salted(length), "GroupId": salted(length)}
        yield Case.single("GroupId.length.max", f"id and name of {length} characters", Request.of(parameters))


def _shuffled(random: Random, numbers: range) -> list[int]:
    return random.sample(numbers, len(numbers))


def _of_han(random: Random) -> Iterator[Case]:
    """Han of each part of their block, in every text."""
    firsts = range(HAN_FIRST, HAN_LAST + 1, _HAN_PAGE)
    pages = [chr(random.randint(each, min(each + _HAN_PAGE - 1, HAN_LAST))) for each in firsts]
    room = limit_of("GroupName") - SALT_LENGTH
    for start in range(0, len(pages), room):
        part = "".join(pages[start : start + room])
        size = limit_of("GroupExDescriptions[]")
        yield looked_at(
            "GroupName", f"Han from U+{ord(part[0]):04X}", GroupName=SALT + part, Tag=part[: limit_of("Tag")],
            GroupExDescriptions=[part[at : at + size] for at in range(0, len(part), size)],
        )  # fmt: skip
