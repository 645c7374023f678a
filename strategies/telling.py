"""Telling requests: for each clause one that breaks it, and some that keep all, with values of a seed.

They are sent again under each of the conditions of `conformance.strategies.conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from conformance.contract import CLAUSE, CLAUSES, Clause
from conformance.contract.rules import Charset, DistinctItems, MaxItems, MaxLength, OneOf, Required, Typed
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import ID, NAME, SALT, SALT_CAPITALS, WORD
from conformance.strategies.draws import (
    alphabet_of,
    descriptions,
    limit_of,
    most_descriptions,
    strangers_of,
    text,
    too_long,
    version,
    with_stranger,
)
from conformance.strategies.edges import breaking
from conformance.strategies.sequences import create, information

__all__ = ["Telling", "breaking_each", "of_the_action", "telling"]

_IDS = (SALT, ID, WORD, "<digits:12>", "<word>-1", SALT_CAPITALS)
_NAMES = (SALT, NAME, WORD, "<han:9>", "腾讯<han:8>", "<digits:12>", SALT_CAPITALS)
# Misspelt, of other actions, or of nobody.
_UNKNOWN = (
    "Tags", "groupTag", "GroupExDescription", "Remark", "GroupNames", "FaceModelVersions", "tag", "GroupID",
    "groupName", "Limit", "Offset", "PersonId", "PersonName", "GroupIds", "Image", "Url", "Description", "_",
)  # fmt: skip
_VALUES: tuple[object, ...] = ("x", "", 1, 0, True, [], {}, ["x"])
# How many items too many: mostly a few, since the sweeps have the rest.
_MANY = (1, 2, 3, 1, 2, 3, 1, 2, 3, 7, 20)


@dataclass(frozen=True, slots=True)
class Telling:
    """A request by which many services can be told from a right one, and what goes before and after it.

    Attributes:
        clause: at which it aims.
        about: what is special about it.
        step: the request.
        before, after: the steps around it, which are sent plainly.
        broken: the parameter that is wrong; None where none is, "" where it isn't a parameter.
    """

    clause: str
    about: str
    step: Step
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    broken: str | None = None

    def case(self, condition: str = "") -> Case:
        """The case that it makes."""
        about = f"{self.about}, {condition}" if condition else self.about
        return Case(self.clause, about, (*self.before, self.step, *self.after))


def telling(random: Random) -> Iterator[Telling]:
    """One request for each clause that a request can break, and some that must be accepted."""
    yield from of_the_action(random)
    yield from _of_the_gateway(random)


def of_the_action(random: Random) -> Iterator[Telling]:
    """Those on the action's own parameters, and on what it keeps."""
    told = [*breaking_each(random)]
    of_types = [each for each in told if isinstance(CLAUSE[each.clause].rule, Typed)]
    yield from (each for each in told if each not in of_types)
    yield random.choice(of_types)  # nobody checks one type otherwise than another
    yield from _taken(random)
    yield from keeping_all(random)


def breaking_each(random: Random) -> Iterator[Telling]:
    """Requests that break one clause each; two where characters or numbers of items can, since there are so many."""
    for clause in CLAUSES:
        if clause.breakable_alone:
            yield _breaking(random, clause)
        if isinstance(clause.rule, Charset | MaxItems):
            yield _breaking(random, clause)


def _breaking(random: Random, clause: Clause) -> Telling:
    parameters = _plain(random)
    _break(random, clause, parameters)
    return Telling(clause.id, "broken", Step(Request.of(parameters)), broken=clause.parameter)


def _of_the_gateway(random: Random) -> Iterator[Telling]:
    """What isn't about the action's parameters: a name that it doesn't know, a signature, common parameters."""
    for value in ("x", random.choice(_VALUES)):
        unknown = {**_plain(random), random.choice(_UNKNOWN): value}
        yield Telling("Request.unknown-parameter", "an unknown parameter", Step(Request.of(unknown)), broken="")
    other = f"20{random.randint(18, 24)}-{random.randint(1, 12):02}-{random.randint(4, 28):02}"
    for clause, twists in (
        ("Authentication.signature", ("other-key", f"signature-digit={random.randrange(64)}")),
        ("Protocol.version.known", (f"version={other}", "version=2020-03-04")),
        ("Protocol.region.present", ("without=Region",)),
        ("Authentication.timestamp.window", ("timestamp=-400", "timestamp=400", "timestamp=5000")),
    ):
        step = Step(Request.of(_plain(random)), twists=(random.choice(twists),))
        yield Telling(clause, "broken", step, broken="")


def _plain(random: Random) -> dict[str, object]:
    """The required parameters, of any form; and one more, now and then."""
    more = (("Tag", text(random, alphabet_of("Tag"), 9)), ("FaceModelVersion", "3.0"), ("", ""), ("", ""))
    name, value = random.choice(more)
    plain: dict[str, object] = {"GroupName": random.choice(_NAMES), "GroupId": random.choice(_IDS)}
    return {**plain, name: value} if name else plain


def _break(random: Random, clause: Clause, parameters: dict[str, object]) -> None:
    """Put what breaks a clause into otherwise legal parameters."""
    name, subject = clause.parameter, clause.subject
    match clause.rule:
        case Required():
            del parameters[name]
            return
        case MaxLength():
            value: object = too_long(random, subject)
        case Charset():
            value = with_stranger(random, subject, _stranger(random, subject))
        case MaxItems(limit=limit):
            value = descriptions(random, limit + random.choice(_MANY), least=2)
        case DistinctItems():
            value = _repeating(random)
        case OneOf(values=values) if random.random() < 0.6:  # else one of those that are known
            value = version(random, values)
        case _:
            value = random.choice([each.value for each in breaking(clause)])
    if clause.of_elements:
        others: list[object] = [*descriptions(random, random.randrange(most_descriptions()))]
        others.insert(random.randint(0, len(others)), value)
        value = others
    parameters[name] = value


def _stranger(random: Random, subject: str) -> str:
    """A character that people type, as often as all the others together."""
    strangers = list(strangers_of(subject).values())
    typed = [each for each in strangers if each.isascii() and each.isprintable()]
    return random.choice(typed if random.random() < 0.5 else strangers)


def _repeating(random: Random) -> list[str]:
    items = descriptions(random, random.randint(1, most_descriptions() - 1))
    items.insert(random.randint(0, len(items)), random.choice(items))
    return items


def _taken(random: Random) -> Iterator[Telling]:
    """An id, and a name, that another group has."""
    for clause, group_id, name in (("GroupId.unique", WORD, f"{WORD}b"), ("GroupName.unique", f"{WORD}b", WORD)):
        first = Step(create(WORD, WORD, **_optional(random)))
        yield Telling(clause, "taken", Step(create(group_id, name)), (first,), broken=CLAUSE[clause].parameter)
    group_id, name = random.choice(_IDS), random.choice(_NAMES)
    ways = ("GroupId.unique", (group_id, f"{name}b")), ("GroupName.unique", (f"{group_id}c", name))
    clause, second = random.choice(ways)
    step, first = Step(create(*second, FaceModelVersion="3.0")), Step(create(group_id, name))
    yield Telling(clause, "taken, with a version", step, (first,), broken=CLAUSE[clause].parameter)


def _optional(random: Random) -> dict[str, object]:
    """What a group may have besides, each now and then."""
    more = {"Tag": "x", "GroupExDescriptions": ["x", "y"], "FaceModelVersion": "3.0"}
    return {name: value for name, value in more.items() if random.random() < 0.5}


def keeping_all(random: Random) -> Iterator[Telling]:
    """Requests that must be accepted, and kept as they were sent: with everything, and with next to nothing."""
    group_id, name = random.choice(_IDS), random.choice(_NAMES)
    full = create(
        group_id, name,
        GroupExDescriptions=descriptions(random, most_descriptions()),
        Tag=text(random, alphabet_of("Tag"), random.randint(1, limit_of("Tag"))),
        FaceModelVersion="3.0",
    )  # fmt: skip
    look = (Step(information(group_id)),)
    yield Telling("State.kept.GroupExDescriptions", "everything", Step(full), after=look)
    bare = Step(create(group_id, f"{name}-_<han:3>"))
    yield Telling("State.kept.GroupName", "nothing but what is required", bare, after=look)
