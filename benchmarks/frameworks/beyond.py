"""Requests that show what frameworks get wrong by default, and that `smoke` doesn't send."""

from __future__ import annotations

from conformance.exchange.cases import Case, Step
from conformance.exchange.salt import SALT
from conformance.strategies.sequences import create

__all__ = ["BEYOND", "PLAIN"]

_FORM = "Protocol.json.form"


def _body(more: str = "", group_id: str = SALT) -> str:
    return f'body={{"GroupName": "{group_id}", "GroupId": "{group_id}"{more}}}'


def _alone(clause: str, about: str, *twists: str) -> Case:
    return Case(clause, about, (Step(create(), twists=twists),))


PLAIN = _alone("Tag.optional", "a plain request, by which a run begins")
BEYOND: dict[str, Case] = {
    each.about: each
    for each in (
        _alone(_FORM, "UTF-16 with a byte order mark", "encoding=utf-16"),
        _alone(_FORM, "UTF-16 without a byte order mark", "encoding=utf-16-le"),
        _alone(_FORM, "UTF-32", "encoding=utf-32"),
        _alone(_FORM, "NaN in a member that isn't on the page", _body(', "X": NaN')),
        _alone("Protocol.json.depth", "1000 lists in each other", _body(f', "Tag": {"[" * 1000}{"]" * 1000}')),
        _alone("Tag.type", "a number of 5000 digits", _body(f', "Tag": {"9" * 5000}')),
        _alone("Protocol.method", "a method in small letters", "method=post"),
        Case(
            "Request.doubled-parameter",
            "an id, then another; an id, then null",
            (
                Step(create(), twists=(f'body={{"GroupName": "{SALT}", "GroupId": "!", "GroupId": "{SALT}"}}',)),
                Step(create(), twists=(_body(', "GroupId": null', f"{SALT}b"),)),
            ),
        ),
    )
}
