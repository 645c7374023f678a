"""Requests that break several clauses, or are wrong in shape: unknown, doubled, null and empty parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from conformance.contract import CLAUSE, PARAMETERS, READINGS
from conformance.contract.rules import MaxItems, MaxLength
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_LENGTH, salted

Violation = tuple[str, str, int, Request]


def _longer(clause: str, by: int = 1) -> int:
    rule = CLAUSE[clause].rule
    assert isinstance(rule, MaxLength | MaxItems)  # noqa: S101 -- the contract's own table
    return rule.limit + by


def _request(**changed: object) -> Request:
    return Request.of({"GroupName": SALT, "GroupId": SALT, **changed})


def _renamed(name: str, rename: Callable[[str], str]) -> Request:
    pairs = ((rename(each) if each == name else each, value) for each, value in _request().parameters)
    return Request.of(tuple(pairs))


def whole_requests() -> Iterator[Violation]:
    """Requests that are wrong as a whole, or on which the page is silent: (clause, about, rank, template).

    Beside those that tell readings apart: the same of other parameters, and what takes more than parameters.
    """
    long_tag = "x" * _longer("Tag.length.max")
    yield "GroupExDescriptions.count.min", "an empty list", 1, _request(GroupExDescriptions=[])
    for text, about in (('["x"]', "a text that holds a list"), ("", "an empty text")):
        yield "GroupExDescriptions.type", about, 1, _request(GroupExDescriptions=text)
    yield "Request.unknown-parameter", "two unknown parameters", 3, _request(Limit=10, Filters=[])
    for name in PARAMETERS:
        yield "Request.null", f"{name} is null", 2, _request(**{name: None})
    yield "Request.doubled-parameter", "Tag twice, first too long", 2, Request(
        (*_request().parameters, ("Tag", long_tag), ("Tag", "x"))
    )  # fmt: skip
    yield "Request.doubled-parameter", "Tag twice, last too long", 2, Request(
        (*_request().parameters, ("Tag", "x"), ("Tag", long_tag))
    )  # fmt: skip
    for about, values in (
        ("first illegal", ("!", SALT)),
        ("last illegal", (SALT, "!")),
        ("first null", (None, SALT)),
        ("last null", (SALT, None)),
    ):
        pairs = tuple(("GroupId", each) for each in values)
        yield "Request.doubled-parameter", f"GroupId twice, {about}", 2, Request((("GroupName", SALT), *pairs))
    for name in ("GroupName", "GroupId"):
        yield f"{name}.required", f"{name.lower()} in its place", 2, _renamed(name, str.lower)
    yield "Request.unknown-parameter", "tag with an illegal character", 2, _request(tag="!")
    yield "GroupId.charset", "a space alone", 2, _request(GroupId=" ")
    yield "GroupName.length.max", "more than half the longest, outside the basic plane", 2, _request(
        GroupName=SALT + "\U00020bb7" * (_longer("GroupName.length.max", -20) - SALT_LENGTH)
    )  # fmt: skip
    yield "Tag.length.max", "more than half the longest, outside the basic plane", 2, _request(
        Tag="\U00020bb7" * _longer("Tag.length.max", -1)
    )  # fmt: skip


def telling_apart() -> Iterator[Violation]:
    """The requests by which the rows of readings say that their values are told apart."""
    for each in READINGS:
        if isinstance(each.told_apart_by, Mapping):
            yield each.clause, each.settling_request, 2, _request(**each.told_apart_by)


def several_faults() -> Iterator[Violation]:
    """Requests that break several clauses at once: (clause, about, rank, template)."""
    clause = "Request.check-order"
    long_name, long_id = salted(_longer("GroupName.length.max")), salted(_longer("GroupId.length.max"))
    long_tag = "x" * _longer("Tag.length.max")
    many = [f"x{each}" for each in range(_longer("GroupExDescriptions.count.max"))]
    long_description = "x" * _longer("GroupExDescriptions.element.length.max")
    bad = f"{SALT}!"
    faults: dict[str, dict[str, object]] = {
        "name too long, id illegal": {"GroupName": long_name, "GroupId": bad},
        "name illegal, id too long": {"GroupName": bad, "GroupId": long_id},
        "name too long and illegal": {"GroupName": f"{long_name}!"},
        "id too long and illegal": {"GroupId": f"{long_id}!"},
        "tag too long and illegal": {"Tag": f"{long_tag}!"},
        "description too long and illegal": {"GroupExDescriptions": [f"{long_description}!"]},
        "too many descriptions, one illegal": {"GroupExDescriptions": [*many[:-1], "!"]},
        "too many descriptions, two alike": {"GroupExDescriptions": [*many, many[0]]},
        "two descriptions alike and illegal": {"GroupExDescriptions": ["!", "!"]},
        "descriptions and tag illegal": {"GroupExDescriptions": ["!"], "Tag": "!"},
        "tag illegal, unknown version": {"Tag": "!", "FaceModelVersion": "9.0"},
        "name of a wrong type, id illegal": {"GroupName": 5, "GroupId": bad},
        "unknown parameter, name too long": {"Unknown": "x", "GroupName": long_name},
        "everything illegal": {
            "GroupName": bad, "GroupId": bad, "GroupExDescriptions": ["!"], "Tag": "!", "FaceModelVersion": "9.0",
        },
    }  # fmt: skip
    too_long: dict[str, object] = {
        "GroupName": long_name, "GroupId": long_id, "Tag": long_tag, "GroupExDescriptions": [long_description],
    }  # fmt: skip
    illegal: dict[str, object] = {"GroupName": bad, "GroupId": bad, "Tag": "!", "GroupExDescriptions": ["!"]}
    for how, values in (("too long", too_long), ("illegal", illegal)):
        for names in (*combinations(values, 3), tuple(values)):
            faults[f"{', '.join(names)} {how}"] = {each: values[each] for each in names}
    faults["everything too long, and too many"] = {**too_long, "GroupExDescriptions": [long_description, *many]}
    for about, changed in faults.items():
        yield clause, about, 2, _request(**changed)
    yield clause, "no name, id illegal", 2, Request.of({"GroupId": bad})
    yield clause, "neither name nor id", 2, Request.of({})
