"""Sweeps: every length, every kind of illegal character, and ids and names that are nearly alike, once in each run.

Who is wrong for one length, one character or one pair alone is found by trying each. A valid request carries a length
of every parameter at once, and many of them in a row are what the next refusal comes after.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

from conformance.contract import CLAUSE, NAMES
from conformance.contract.rules import Typed, Whole
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import CERTAIN, SALT, WORD
from conformance.strategies.alike import many_alike, misread, nearly_alike
from conformance.strategies.conditions import under_any
from conformance.strategies.draws import (
    HAN,
    Place,
    alphabet_of,
    between,
    descriptions,
    drawing,
    limit_of,
    most_descriptions,
    own,
    strangers_of,
    text,
    too_long,
    with_stranger,
)
from conformance.strategies.sequences import create, delete, information, modify
from conformance.strategies.telling import Telling, breaking_each

__all__ = ["illegal_characters", "looked_at_again", "sweeps"]

_IN_A_ROW = 7
_PASSES = 3
# Lengths at which buffers and columns end, and numbers of items.
_FAR = (50, 64, 80, 100, 127, 128, 255, 256, 512, 1024)
_MANY = (50, 100, 128)
# Texts that are taken for something else by who reads them once too often.
_MISREAD = (
    "null",
    "true",
    "0",
    "NaN",
    "-",
    "None",
    "undefined",
    "1e5",
    "-1",
    "007",
    "_",
    "False",
    "nil",
    "select",
    "--",
)


def sweeps(seed: int) -> Iterator[Case]:
    """Lengths and pairs, with values of a seed."""
    yield from nearly_alike()
    yield from many_alike(drawing(seed, "alike"))
    yield from looked_at_again()
    yield from _changed_again()
    yield from misread(drawing(seed, "misread"))
    yield from _after_successes(drawing(seed, "lengths"))
    beyond = drawing(seed, "beyond")
    yield from under_any(_beyond(beyond), beyond)


def _changed_again() -> Iterator[Case]:
    """Groups that are changed, and whose ids and names are then asked for; and such that are changed back."""
    a, b, made = WORD, f"{WORD}b", create(WORD, WORD)
    renamed, back = modify(a, GroupName=b, Tag="yz"), modify(a, GroupName=a)
    histories = (
        ("State.id-stays", "given to others after a change", (made, renamed, create(a, f"{a}c"), create(f"{a}d", b))),
        ("State.renaming", "given its old name back", (made, renamed, back, create(b, a), create(b, b))),
    )
    for clause, about, requests in histories:
        yield Case(clause, about, tuple(map(Step, requests)))


def _every_length(random: Random, *, long: bool) -> Iterator[Step]:
    """Valid requests that together have every length of every text, so far as no short one may be somebody else's.

    Args:
        random: draws their order, and the texts.
        long: whether of tags and descriptions the longer half will do.
    """
    names, ids = ([*range(CERTAIN, limit_of(each) + 1)] for each in ("GroupName", "GroupId"))
    limits = [limit_of(each) for each in ("Tag", "GroupExDescriptions[]")]
    tags, items = ([*range(each // 2 + 1 if long else 1, each + 1)] for each in limits)
    for each in (names, ids, tags, items):
        random.shuffle(each)
    endless = cycle(items)
    for group_id, name, tag in zip(ids, cycle(names), cycle(tags), strict=False):
        lengths = dict.fromkeys(islice(endless, random.randint(1, most_descriptions())))
        yield Step(
            create(
                "".join(own(random, "GroupId", group_id)),
                "".join(own(random, "GroupName", name)),
                Tag=text(random, NAMES, tag),
                GroupExDescriptions=[text(random, NAMES, each) for each in lengths],
            )
        )


def _after_successes(random: Random) -> Iterator[Case]:
    """Violations of the clauses, each after successes in a row, the last of which is looked at.

    Of the first pass each id and each name is asked for once more, by another group.
    """
    rows = [(at, row) for at in range(_PASSES) for row in _in_rows([*_every_length(random, long=at > 0)])]
    for told, (at, row) in zip(_not_of_types(random), rows, strict=False):
        look = Step(information(row[-1].request.last_text("GroupId") or ""))
        again = () if at else _given_again(row)
        yield Case(told.clause, "broken, after successes", (*row, told.step, look, *again))


def _given_again(row: tuple[Step, ...]) -> Iterator[Step]:
    for at, step in enumerate(row):
        parameters = dict(step.request.parameters)
        for name in ("GroupId", "GroupName"):
            yield Step(Request.of({"GroupName": f"{WORD}{at}", "GroupId": f"{WORD}{at}", name: parameters[name]}))


def _beyond(random: Random) -> Iterator[Telling]:
    """Every length beyond the limit up to half as long again, some far beyond; and numbers of items likewise."""
    for subject in ("GroupName", "GroupId", "Tag", "GroupExDescriptions[]"):
        limit, clause = limit_of(subject), subject.replace("[]", ".element") + ".length.max"
        nearest = limit + limit // 2
        for length in (*range(limit + 1, nearest + 1), *(each for each in _FAR if each > nearest)):
            yield _wrong(random, subject, clause, f"{length} characters", too_long(random, subject, length))
    most = most_descriptions()
    for count in (*range(most + 1, 4 * most + 1), *_MANY):
        value = descriptions(random, count, least=2)
        yield Telling(
            "GroupExDescriptions.count.max", f"{count} items", Step(_put("GroupExDescriptions", value)),
            broken="GroupExDescriptions",
        )  # fmt: skip


def _in_rows(steps: list[Step]) -> Iterator[tuple[Step, ...]]:
    """As many as are asked for in a row; no two of a row have texts of the same length, nor so the same texts."""
    starts = range(0, len(steps) - _IN_A_ROW + 1, _IN_A_ROW)
    ends = (*starts[1:], len(steps))  # the last takes the rest: few successes are none in a row
    return (tuple(steps[start:end]) for start, end in zip(starts, ends, strict=True))


def _not_of_types(random: Random) -> list[Telling]:
    told = [each for each in breaking_each(random) if not isinstance(CLAUSE[each.clause].rule, Typed | Whole)]
    random.shuffle(told)
    return told


def illegal_characters(random: Random) -> Iterator[Telling]:
    """Every kind of character that isn't allowed, somewhere in a text.

    What people type comes first, last, and between digits, as in a date: the fixed cases have it between letters. What
    can't be seen comes between Han as well.
    """
    for subject in ("GroupName", "GroupId", "Tag", "GroupExDescriptions[]"):
        clause = subject.replace("[]", ".element") + ".charset"
        for name, stranger in strangers_of(subject).items():
            typed = stranger.isascii() and stranger.isprintable()
            for place in (Place.FIRST, Place.LAST) if typed else random.sample([*Place], 1):
                text_ = with_stranger(random, subject, stranger, place)
                yield _wrong(random, subject, clause, f"{name} {place.name.lower()}", text_)
            unseen = alphabet_of(subject).han and (stranger.isspace() or not stranger.isprintable())
            for neighbours, about in ((string.digits, "digits"),) * typed + ((HAN, "Han"),) * unseen:
                text_ = between(random, subject, stranger, neighbours)
                yield _wrong(random, subject, clause, f"{name} between {about}", text_)


def _wrong(random: Random, subject: str, clause: str, about: str, text_: str) -> Telling:
    parameter = subject.removesuffix("[]")
    value: object = text_
    if subject.endswith("[]"):
        others = descriptions(random, random.randrange(most_descriptions()))
        others.insert(random.randint(0, len(others)), text_)
        value = others
    return Telling(clause, about, Step(_put(parameter, value)), broken=parameter)


def _put(parameter: str, value: object) -> Request:
    return Request.of({"GroupName": SALT, "GroupId": SALT, parameter: value})


def looked_at_again() -> Iterator[Case]:
    """Groups that are looked at before and after something is changed."""
    once = Step(create(WORD, WORD, Tag="xy", GroupExDescriptions=["x", "y"]))
    look, renamed = Step(information(WORD)), Step(modify(WORD, GroupName=f"{WORD}b", Tag="yz"))
    yield Case("State.renaming", "looked at three times before", (once, look, look, look, renamed, look))
    again = Step(delete(WORD)), Step(create(WORD, WORD)), look
    yield Case("State.deletion", "made again with less", (once, *again))
