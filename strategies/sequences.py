"""Requests that need others before them: sameness of ids and names, the account's state, many at once, the examples."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract import CLAUSE, EXAMPLES
from conformance.contract.rules import MaxLength
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_CAPITALS, salted

Sequence = tuple[Request, ...]


def create(group_id: str = SALT, group_name: str = SALT, **more: object) -> Request:
    """A template of a CreateGroup request, valid unless told otherwise."""
    return Request.of({"GroupName": group_name, "GroupId": group_id, **more})


def delete(group_id: str = SALT) -> Request:
    """A template of a DeleteGroup request."""
    return Request.of({"GroupId": group_id}, action="DeleteGroup")


def modify(group_id: str = SALT, **changed: object) -> Request:
    """A template of a ModifyGroup request."""
    return Request.of({"GroupId": group_id, **changed}, action="ModifyGroup")


def information(group_id: str = SALT) -> Request:
    """A template of a GetGroupInfo request."""
    return Request.of({"GroupId": group_id}, action="GetGroupInfo")


def listing() -> Request:
    """A GetGroupList request, for as many groups as one may ask for."""
    return Request.of({"Limit": 1000}, action="GetGroupList")


def given_again(clause: str, text: str) -> Case:
    """A group that asks for the id, or for the name, of one that is there.

    Args:
        clause: "GroupId.unique" or "GroupName.unique".
        text: the id, or the name.
    """
    parameters = {"GroupId": SALT, "GroupName": SALT, CLAUSE[clause].parameter: text}
    return Case.single(clause, "that of a group created long before", Request.of(parameters))


def uniqueness() -> Iterator[tuple[str, str, int, Sequence]]:
    """Sequences on the sameness of ids and names: (clause, about, rank, templates)."""
    by_id, by_name = "GroupId.unique", "GroupName.unique"
    long_id, long_name = _all_but_one("GroupId.length.max"), _all_but_one("GroupName.length.max")
    yield by_id, "the same id, another name", 0, (create(), create(group_name=f"{SALT}b"))
    yield by_name, "the same name, another id", 0, (create(), create(f"{SALT}b"))
    yield by_id, "the same id three times", 1, (create(), create(SALT, f"{SALT}b"), create(SALT, f"{SALT}c"))
    yield by_name, "the same name, another model version", 2, (create(FaceModelVersion="2.0"), create(f"{SALT}b"))
    yield by_name, "the same name and the same id after another group", 1, (
        create(), create(f"{SALT}b", f"{SALT}b"), create(f"{SALT}c", SALT), create(SALT, f"{SALT}c"),
    )  # fmt: skip
    yield by_id, "an id that begins with another, and a name with which another begins", 1, (
        create(SALT, f"{SALT}x"), create(f"{SALT}x", SALT),
    )  # fmt: skip
    yield by_id, "longest ids and names that differ at their end", 1, (
        create(f"{long_id}x", f"{long_name}x"), create(f"{long_id}y", f"{long_name}y"),
    )  # fmt: skip
    yield by_id, "an id that is another group's name, and a name that is its id", 1, (
        create(SALT, f"{SALT}n"), create(f"{SALT}n", SALT),
    )  # fmt: skip
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


def _case(clause: str, about: str, *requests: Request, quota: int | None = None) -> Case:
    return Case(clause, about, tuple(Step(each) for each in requests), quota)


def state() -> Iterator[tuple[int, Case]]:
    """Cases on what requests do to the account, each with its rank."""
    a, b, c = f"{SALT}a", f"{SALT}b", f"{SALT}c"
    everything = {
        "GroupExDescriptions": ["学号", "b-2", "A_3", "手机号"],
        "Tag": "不含实习生-A_1",
        "FaceModelVersion": "3.0",
    }
    yield 1, _case("State.kept.Tag", "everything", create(a, f"{b}腾讯", **everything), information(a))
    yield 1, _case("State.kept.GroupExDescriptions", "nothing but what is required", create(a, b), information(a))
    yield 2, _case(
        "State.kept.GroupName", "a second creation changes nothing",
        create(a, b, Tag="x", GroupExDescriptions=["x"]), create(a, c, Tag="y", GroupExDescriptions=["y"]),
        information(a),
    )  # fmt: skip
    yield (
        2,
        _case(
            "State.kept.FaceModelVersion", "of two groups", create(a, a), create(b, b), information(a), information(b)
        ),
    )
    yield from _refusals_leave_nothing()
    yield 1, _case("State.listed", "two groups and one refused", create(a, a), create(b, a), create(c, c), listing())
    yield 2, _case("State.deletion", "deleted, seen, and listed", create(a, b), delete(a), information(a), listing())
    yield 2, _case(
        "State.deletion", "the id is given again, then the name",
        create(a, a), delete(a), create(a, b), create(b, a), information(a),
    )  # fmt: skip
    yield 2, _case(
        "State.deletion", "the name is given again, then the id",
        create(a, a), delete(a), create(b, a), create(a, b), create(c, a),
    )  # fmt: skip
    yield 2, _case(
        "State.kept.Tag", "nothing is left of what was deleted",
        create(a, a, Tag="x", GroupExDescriptions=["x"]), delete(a), create(a, b), information(a),
    )  # fmt: skip
    yield 2, _case(
        "State.renaming", "the old name is free, the new one taken",
        create(a, a), modify(a, GroupName=b), create(b, b), create(c, a),
    )  # fmt: skip
    yield 2, _case(
        "State.renaming", "no other group's name", create(a, a), create(b, b), modify(a, GroupName=b), information(a)
    )  # fmt: skip
    yield 2, _case(
        "State.id-stays", "another name, the same id", create(a, a, Tag="x"), modify(a, GroupName=b), information(a)
    )  # fmt: skip
    yield 2, _case(
        "State.deletion", "no other group, though its id begins alike",
        create(a, a), create(f"{a}2", f"{a}2"), delete(a), information(f"{a}2"), create(f"{a}2", b),
    )  # fmt: skip
    yield 2, _case(
        "State.renaming", "looked at before each change, and after",
        create(a, a), information(a), modify(a, GroupName=b), information(a), delete(a), information(a),
    )  # fmt: skip
    yield 2, _case(
        "State.quota", "a group too many", create(a, a), create(b, b), create(c, c), create(f"{c}d", f"{c}d"),
        quota=3,
    )  # fmt: skip


def _refusals_leave_nothing() -> Iterator[tuple[int, Case]]:
    clause, a, b, c = "State.refused-leaves-nothing", f"{SALT}a", f"{SALT}b", f"{SALT}c"
    for about, wrong in (
        ("an illegal Tag", {"Tag": "!"}),
        ("a repeated description", {"GroupExDescriptions": ["x", "x"]}),
        ("an unknown version", {"FaceModelVersion": "9.0"}),
    ):
        yield 1, _case(clause, about, create(a, b, **wrong), create(a, c), create(c, b))
    yield 1, _case(
        clause, "an id that exists", create(a, a), create(a, b), create(b, b), create(c, a), create(c, c)
    )  # fmt: skip
    yield (
        2,
        _case(clause, "an illegal name", create(a, f"{a}!"), information(a), listing(), create(a, a), information(a)),
    )
    yield 2, _case(clause, "an illegal id", create(f"{a}!", a), create(a, a))


AT_ONCE = 6


def concurrency() -> Iterator[tuple[int, Case]]:
    """Cases of several requests at once, and of one whose answer is lost, each with its rank."""

    def together(clause: str, about: str, group_id: str, name: str, *then: Request) -> Case:
        many = Step(create(group_id, name), sending=Sending.TOGETHER, copies=AT_ONCE)
        return Case(clause, about, (many, *(Step(each) for each in then)))

    a, b = f"{SALT}a", f"{SALT}b"
    yield 1, together("Concurrency.same-id", "one id, several names", a, f"{a}<n>", create(a, b), information(a))
    yield 1, together("Concurrency.same-name", "one name, several ids", f"{a}<n>", a, create(b, a), create(b, b))
    yield 2, together("Concurrency.same-id", "the same request", a, a, create(b, a), create(a, b))
    yield 2, together("Concurrency.different", "several groups", f"{a}<n>", f"{a}<n>", listing())
    lost = Step(create(a, a, Tag="x"), sending=Sending.LOST)
    clause = "Concurrency.lost-answer"
    yield (
        1,
        Case(clause, "asked for again", (lost, *map(Step, (create(a, a), create(a, b), create(b, a), create(b, b))))),
    )
    yield 2, Case(clause, "looked up", (lost, *map(Step, (information(a), create(a, b), create(b, a)))))


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


def _all_but_one(clause: str) -> str:
    """A text that is one character shorter than the longest."""
    rule = CLAUSE[clause].rule
    assert isinstance(rule, MaxLength)  # noqa: S101 -- the contract's own table
    return salted(rule.limit - 1)
