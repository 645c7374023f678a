"""Texts that are easily taken for others: ids, names and descriptions nearly alike, and words that mean something."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from random import Random

from conformance.contract import NAMES
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, WORD
from conformance.exchange.wire import Form
from conformance.strategies.characters import UNSETTLED_SAMPLES
from conformance.strategies.draws import Place, alphabet_of, most_descriptions, text
from conformance.strategies.sequences import create, information

__all__ = ["WORDS", "in_a_row", "looked_at", "many_alike", "misread", "nearly_alike"]

# Pairs of texts that aren't the same, and why they are taken to be: the second is created after the first.
_ALIKE = (
    ("<digits:12>", "0<digits:12>", "the same number"),
    (f"{WORD}ax", f"{WORD}_x", "a pattern with _"),
    (f"{WORD}-_", f"{WORD}_-", "the same characters"),
    (f"ab{WORD}", f"ba{WORD}", "the same characters, digits not among them"),
    (f"{WORD}01", f"{WORD}1", "the same number behind"),
    (f"{WORD}-1", f"{WORD}1", "the same but for signs"),
    (f"{SALT}a{WORD}", f"{SALT}b{WORD}", "alike but for one in the middle"),
    (f"{WORD}1e3", f"{WORD}1000", "the same number otherwise"),
)
_ALIKE_IDS = (
    (f"{WORD}abc", f"{WORD}%c", "a pattern with %"),
    (f"{WORD}%41", f"{WORD}A", "the same if decoded again"),
    (f"{WORD}@x", f"{WORD}", "the same before @"),
    (f"{WORD}#1", f"{WORD}", "the same before #"),
    (f"{WORD}&x", f"{WORD}", "the same before &"),
)
_ALIKE_NAMES = (
    ("<han:9>人员", "<han:9>", "Han with which another begins"),
    ("人员<han:9>", "<han:9>", "Han with which another ends"),
    ("<han:9>一", "<han:9>二", "Han, the last another"),
)
# Characters that are taken for one another: they look alike, or a table says so. No two are one letter in two cases.
_LOOKALIKES = ("0", "O", "Q", "1", "l", "I", "5", "S", "2", "Z", "8", "B")
_HAN_ALIKE = ("国", "國", "学", "學", "员", "員")
_DESCRIPTIONS = (
    ["a-b", "a_b", "ab", "ab-", "-ab"],
    ["1", "01", "10", "1-0", "1_0"],
    ["国", "國", "国国", "国-", "学"],
    ["abc", "acb", "ab", "abcd", "bc"],
    ["0", "O", "l", "1", "I"],
)
# Texts that are taken for other values, and words at which a guard, a database or a file system starts.
_MISREAD = (
    "null", "true", "0", "NaN", "-", "None", "undefined", "1e5", "-1", "007", "_", "False", "nil", "yes", "--",
    "off", "00", "2024-01-01", "1-2", "0x10", "1_000", "Infinity", "__proto__", "constructor", "length",
)  # fmt: skip
_GUARDED = (
    "select", "union", "drop", "script", "exec", "alert", "delete", "insert", "or-1-1", "eval", "admin", "root",
    "test", "default", "system", "con", "aux", "cmd", "onload", "shell",
)  # fmt: skip
# Of both, those that names and ids may have in them; a real account isn't sent what could be taken for a deletion.
WORDS = tuple(
    each for each in (*_MISREAD, *_GUARDED) if each.isascii() and any(map(str.isalpha, each)) and each != "delete"
)
# Characters, of readings, for which some services keep others that look or sort alike.
_FOLDED = frozenset({"fullwidth-letters", "fullwidth-digits", "han-compatibility", "other-letters", "other-digits"})


def in_a_row() -> Case:
    """Groups each of whose ids, and names, stores take for the first one's; these are asked for again at the end.

    So many stand between that no small cache has the first any more, nor has a page of a list.
    """
    first = f"{WORD}ax1"
    both = (
        f"{WORD}_x1", f"{WORD}ax01", f"{WORD}a-x1", f"{WORD}a_x1", f"{WORD}xa1", f"-{WORD}ax1", f"{WORD}bx1",
        f"{WORD}ax1e0", f"{WORD}ax1-", f"{WORD}ax1_", f"{WORD}ax", f"{WORD}ax11", f"{WORD}ax10", f"{WORD}ax2",
        f"ax1{WORD}", f"{WORD}aax1",
    )  # fmt: skip
    ids = (
        f"{WORD}%1", f"{WORD}%61x1", f"{WORD}ax1@y", f"{WORD}ax1#y", f"{WORD}ax1&y", f"{WORD}ax1%", f"%ax1{WORD}",
        f"{WORD}#%@&ax1",
    )  # fmt: skip
    names = (
        f"{WORD}ax1人员", f"人员{WORD}ax1", f"{WORD}ax一", f"{WORD}--x1", f"{WORD}axl", f"{WORD}ax1一", f"一{WORD}ax1",
        f"{WORD}学ax1",
    )  # fmt: skip
    pairs = (first, first), *zip(both, both, strict=True), *zip(ids, names, strict=True)
    again = (first, f"{SALT}b"), (f"{SALT}b", first)
    steps = tuple(Step(create(*each)) for each in (*pairs, *again))
    return Case("GroupName.unique", "many that are easily taken for the first, then the first again", steps)


def nearly_alike() -> Iterator[Case]:
    """Ids and names that stores take for the same, and that aren't; those first that differ in one sign alone."""
    yield _side_by_side(Place.LAST, ("", *_signs("GroupId")), ("", *_signs("GroupName"), "0", "O", "1", "l"))
    for first, second, why in (*_ALIKE, *_ALIKE_IDS):
        steps = Step(create(first, f"{SALT}a")), Step(create(second, f"{SALT}b"))
        yield Case("GroupId.unique", f"ids: {why}", steps)
    for first, second, why in (*_ALIKE, *_ALIKE_NAMES):
        steps = Step(create(f"{SALT}a", first)), Step(create(f"{SALT}b", second))
        yield Case("GroupName.unique", f"names: {why}", steps)


def many_alike(random: Random) -> Iterator[Case]:
    """The same in every place, and of characters that look alike."""
    for place in Place:
        ids, names = (("", *_signs(each), "--", "__", "-_") for each in ("GroupId", "GroupName"))
        yield _side_by_side(place, ids, names)
    yield _side_by_side(random.choice([*Place]), _LOOKALIKES, (*_LOOKALIKES, *_HAN_ALIKE))
    for texts in _DESCRIPTIONS:
        yield looked_at("GroupExDescriptions", f"{', '.join(texts)}", GroupExDescriptions=texts)


def _signs(subject: str) -> tuple[str, ...]:
    return tuple(each for each in alphabet_of(subject).ascii if not each.isalnum())


def _side_by_side(place: Place, ids: tuple[str, ...], names: tuple[str, ...]) -> Case:
    """Groups whose ids, and whose names, are the same but for these parts; what has none more gets a number."""
    steps = tuple(
        Step(create(_with_part(f"{number}x", place) if group_id is None else _with_part(group_id, place),
                    _with_part(f"{number}x", place) if name is None else _with_part(name, place)))
        for number, (group_id, name) in enumerate(zip_longest(ids, names), 10)
    )  # fmt: skip
    return Case("GroupId.unique", f"ids and names alike but for a part, {place.name.lower()}", steps)


def _with_part(part: str, place: Place) -> str:
    match place:
        case Place.FIRST:
            return f"{part}{WORD}"
        case Place.LAST:
            return f"{WORD}{part}"
        case Place.WITHIN:
            return f"{WORD}{part}k"


def misread(random: Random) -> Iterator[Case]:
    """Values that are easily taken for others, and what is then kept of them."""
    for texts in _by_five(random, _MISREAD):
        yield looked_at("GroupExDescriptions", ", ".join(texts), Tag=texts[-1], GroupExDescriptions=texts)
    for texts in _by_five(random, _GUARDED):
        own = {"GroupName": f"{texts[0]}-{WORD}", "GroupId": f"{WORD}_{texts[1]}"}
        yield looked_at("GroupExDescriptions", ", ".join(texts), **own, Tag="-".join(texts), GroupExDescriptions=texts)
    yield looked_at("Tag", "one text everywhere", Tag=SALT, GroupExDescriptions=[SALT])
    for about, value in (("a text", text(random, NAMES, 5)), ("a text with a comma", "学号,工号")):
        for form in (Form.JSON, Form.QUERY):
            asked = Request.of({"GroupName": SALT, "GroupId": SALT, "GroupExDescriptions": value})
            yield Case("GroupExDescriptions.type", f"{about}, {form}", (Step(asked, form), Step(information(SALT))))
    for name, (sample, *_) in UNSETTLED_SAMPLES.items():
        kept = f"{text(random, NAMES, 3)}{sample}{text(random, NAMES, 3)}"
        ways = {"GroupName": f"{WORD}{sample}", "Tag": kept, "GroupExDescriptions": [kept]}
        for parameter in ways if name in _FOLDED else random.sample(list(ways), 1):
            yield looked_at(parameter, name, **{parameter: ways[parameter]})


def _by_five(random: Random, texts: tuple[str, ...]) -> Iterator[list[str]]:
    """All of them, as many at a time as there may be descriptions."""
    shuffled = random.sample(texts, len(texts))
    yield from (shuffled[at : at + most_descriptions()] for at in range(0, len(shuffled), most_descriptions()))


def looked_at(parameter: str, about: str, **more: object) -> Case:
    """A group that is created with something, and looked at."""
    created = Request.of({"GroupName": SALT, "GroupId": SALT, **more})
    group_id = created.last_text("GroupId") or ""
    return Case(f"State.kept.{parameter}", about, (Step(created), Step(information(group_id))))
