"""Requests that need others before them: sameness of ids and names, deletion, the printed examples."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract import CLAUSE, EXAMPLES
from conformance.contract.model import MaxLength
from conformance.request import Request
from conformance.salt import SALT, SALT_CAPITALS, salted

Sequence = tuple[Request, ...]


def create(group_id: str = SALT, group_name: str = SALT, **more: object) -> Request:
    """A template of a CreateGroup request, valid unless told otherwise."""
    return Request.of({"GroupName": group_name, "GroupId": group_id, **more})


def delete(group_id: str = SALT) -> Request:
    """A template of a DeleteGroup request."""
    return Request.of({"GroupId": group_id}, action="DeleteGroup")


def uniqueness() -> Iterator[tuple[str, str, int, Sequence]]:
    """Sequences on the sameness of ids and names: (clause, about, rank, templates)."""
    by_id, by_name = "GroupId.unique", "GroupName.unique"
    long_id, long_name = _longest("GroupId.length.max"), _longest("GroupName.length.max")
    yield by_id, "the same id, another name", 0, (create(), create(group_name=f"{SALT}b"))
    yield by_name, "the same name, another id", 0, (create(), create(f"{SALT}b"))
    yield (
        by_id,
        "the same id after another group",
        1,
        (create(), create(f"{SALT}b", f"{SALT}b"), create(SALT, f"{SALT}c")),
    )
    yield by_name, "the same name after another group", 1, (
        create(),
        create(f"{SALT}b", f"{SALT}b"),
        create(f"{SALT}c", SALT),
    )  # fmt: skip
    yield by_id, "an id that begins with another", 1, (create(), create(f"{SALT}x", f"{SALT}x"))
    yield by_name, "a name that another begins with", 1, (create(f"{SALT}x", f"{SALT}x"), create())
    yield by_id, "longest ids that differ at their end", 1, (
        create(long_id),
        create(f"{long_id[:-1]}y", f"{SALT}b"),
    )  # fmt: skip
    yield by_name, "longest names that differ at their end", 1, (
        create(group_name=long_name),
        create(f"{SALT}b", f"{long_name[:-1]}y"),
    )  # fmt: skip
    yield by_id, "an id that is another group's name", 1, (create(SALT, f"{SALT}n"), create(f"{SALT}n", f"{SALT}m"))
    yield by_name, "a name that is another group's id", 1, (create(SALT, f"{SALT}n"), create(f"{SALT}m", SALT))
    yield by_id, "ids that differ in case", 2, (create(), create(SALT_CAPITALS, f"{SALT}b"))
    yield by_name, "names that differ in case", 2, (create(), create(f"{SALT}b", SALT_CAPITALS))
    yield by_name, "the same name in Han", 2, (create(group_name=f"{SALT}中文"), create(f"{SALT}b", f"{SALT}中文"))
    yield by_name, "names that differ in their Han", 2, (
        create(group_name=f"{SALT}中文"),
        create(f"{SALT}b", f"{SALT}文中"),
    )  # fmt: skip
    yield by_id, "the same id, other optional parameters", 2, (
        create(Tag="x"),
        create(SALT, f"{SALT}b", Tag="y", GroupExDescriptions=["x"]),
    )  # fmt: skip
    yield by_id, "created again right after deletion", 2, (create(), delete(), create())


def examples() -> Iterator[tuple[str, str, int, Sequence]]:
    """The exchanges printed on the page, each id and name with a salt: (clause, about, rank, templates)."""
    taken, illegal, first, second = (_salted_example(dict(each.parameters)) for each in EXAMPLES)
    yield "GroupId.unique", "printed examples 3 and 1: the id exists", 0, (first, taken)
    yield "GroupId.charset", "printed example 2: Han in an id", 0, (illegal,)
    yield "FaceModelVersion.values", "printed example 4", 0, (second,)


def _salted_example(parameters: dict[str, object]) -> Request:
    salted_values = {
        name: f"{value}{SALT}" if name in {"GroupName", "GroupId"} else value for name, value in parameters.items()
    }
    return Request.of(
        {name: list(value) if isinstance(value, tuple) else value for name, value in salted_values.items()}
    )


def _longest(clause: str) -> str:
    rule = CLAUSE[clause].rule
    assert isinstance(rule, MaxLength)  # noqa: S101 -- the contract's own table
    return salted(rule.limit)
