"""Faults in what is kept and compared, in many values of each: cut and changed texts, sameness, lists, ways in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from conformance.emulator.faults.model import Fault, Spoil, arriving, compared, finishing, listing, put, wrap
from conformance.exchange.cases import Step
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT

__all__ = ["KEEPING_FAULTS"]

_Text = Callable[[str], str]

# As texts are spoilt on their way into a store, or out of it.
_CHANGES: dict[str, tuple[str, _Text, str]] = {
    "cut-at-8": ("cut after 8 characters", lambda t: t[:8], SALT),
    "cut-at-16": ("cut after 16 characters", lambda t: t[:16], f"{SALT}abcdef"),
    "cut-at-20": ("cut after 20 characters", lambda t: t[:20], f"{SALT}abcdefghij"),
    "cut-at-32": ("cut after 32 characters", lambda t: t[:32], f"{SALT}{'abcdefghij' * 2}"),
    "cut-at-32-bytes": ("cut after 32 bytes, in the middle of a character as well",
                        lambda t: t.encode("utf-8", "replace")[:32].decode("utf-8", "replace"), "员工组一二三四五六七八九十上"),
    "without-last": ("without their last character", lambda t: t[:-1], SALT),
    "without-digits": ("without digits", lambda t: "".join(c for c in t if not c.isdigit()), f"{SALT}7"),
    "without-signs": ("without hyphens and underscores", lambda t: t.replace("-", "").replace("_", ""), f"{SALT}-_a"),
    "underscores-as-spaces": ("with spaces for underscores", lambda t: t.replace("_", " "), f"{SALT}_a"),
    "hyphens-as-underscores": ("with underscores for hyphens", lambda t: t.replace("-", "_"), f"{SALT}-a"),
    "in-capitals": ("in capitals", str.upper, SALT),
    "swapped": ("with small letters for capitals and the other way round", str.swapcase, SALT),
    "titled": ("with a capital at the beginning", str.capitalize, SALT),
    "backwards": ("backwards", lambda t: t[::-1], SALT),
    "without-leading-zeros": ("without leading zeros", lambda t: t.lstrip("0") or t[-1:], f"00{SALT}"),
    "han-as-question-marks": ("with question marks for Han", lambda t: t.encode("ascii", "replace").decode(), "员工组"),
    "han-as-escapes": ("with escapes for Han", lambda t: t.encode("ascii", "backslashreplace").decode(), "员工组"),
    "as-latin-1": ("as UTF-8 that is read as Latin-1", lambda t: t.encode("utf-8", "replace").decode("latin-1"), "员工组"),
    "beyond-gbk-lost": ("without Han that GB 2312 doesn't have",
                        lambda t: t.encode("gb2312", "ignore").decode("gb2312"), "员工龥丂"),
    "quoted": ("in quotation marks", lambda t: f'"{t}"', SALT),
    "with-space": ("with a space behind them", lambda t: f"{t} ", SALT),
    "as-null-word": ("empty where they say null", lambda t: "" if t.lower() in {"null", "none"} else t, "null"),
    "of-digits-as-numbers": ("without what a number doesn't have",
                             lambda t: str(float(t)) if re.fullmatch(r"\d{1,12}", t) else t, "0012"),
}  # fmt: skip


# Texts that show something by being nothing else; a name must be new.
_WHOLE = frozenset({"null", "0012"})


def _looked_up(**more: object) -> tuple[Step, ...]:
    """A group is made, and looked at."""
    made = Request.of({"GroupName": SALT, "GroupId": SALT, **more})
    return Step(made), Step(Request.of({"GroupId": SALT}, action="GetGroupInfo"))


def _kept(what: str, change: Callable[[Any], object]) -> Spoil:
    def make(store: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def stored(parameters: dict[str, Any]) -> dict[str, Any]:
            kept = store(parameters)
            return {**kept, what: change(kept[what])}

        return stored

    return wrap("store", make)


def _of_items(change: _Text) -> Callable[[list[str]], object]:
    return lambda items: [change(each) for each in items]


def _storing_faults() -> Iterator[Fault]:
    for word, (about, change, text) in _CHANGES.items():
        yield Fault(f"tag-kept-{word}", f"Tags are kept {about}", ("State.kept.Tag",),
                    _kept("tag", change), "Tag", _looked_up(Tag=text))  # fmt: skip
        if word != "cut-at-32":  # which is longer than a description may be
            yield Fault(f"descriptions-kept-{word}", f"descriptions are kept {about}", ("State.kept.GroupExDescriptions",),
                    _kept("descriptions", _of_items(change)), "GroupExDescriptions", _looked_up(GroupExDescriptions=[text]))  # fmt: skip
        if text not in _WHOLE:
            yield Fault(f"name-shown-{word}", f"names are shown {about}", ("State.kept.GroupName",),
                    _shown_as(change), "GroupName", _named(text))  # fmt: skip
    lists: dict[str, tuple[str, Callable[[list[str]], list[str]]]] = {
        "in-a-row": ("joined to one text", lambda items: [",".join(items)] if items else []),
        "by-length": ("in the order of their lengths", lambda items: sorted(items, key=len)),
        "first-only": ("but for the first lost", lambda items: items[:1]),
        "last-only": ("but for the last lost", lambda items: items[-1:]),
        "without-last": ("but the last", lambda items: items[:-1]),
        "without-first": ("but the first", lambda items: items[1:]),
        "four": ("as far as the fourth", lambda items: items[:4]),
        "twice": ("twice each", lambda items: [each for each in items for _ in range(2)]),
        "as-a-set": ("in the order of a table of hashes", lambda items: sorted(items, key=lambda each: each[::-1])),
        "rotated": ("with the first at the end", lambda items: items[1:] + items[:1]),
    }
    items = ["ccc", "a", "bb", "dddd", "eeeee"]
    for word, (about, change_list) in lists.items():
        yield Fault(f"description-list-{word}", f"descriptions are kept {about}", ("State.kept.GroupExDescriptions",),
                    _kept("descriptions", change_list), "GroupExDescriptions", _looked_up(GroupExDescriptions=items))  # fmt: skip

    def of_the_one_before(behaviour: Any) -> None:
        before = [""]

        def swapped(tag: str) -> str:
            before[0], shown = tag, before[0]
            return shown

        _kept("tag", swapped)(behaviour)

    yield Fault("tag-of-another-group", "the Tag of the group before is kept", ("State.kept.Tag",), of_the_one_before,
                "Tag", _looked_up(Tag="a"))  # fmt: skip
    yield Fault("tag-kept-as-name", "the Tag is kept for a name", ("State.kept.GroupName",),
                wrap("store", lambda store: lambda kept: {**store(kept), "name": kept["tag"] or kept["name"]}),
                "Tag", _looked_up(Tag="a"))  # fmt: skip
    yield Fault("descriptions-for-tag", "the first description is kept for a Tag", ("State.kept.Tag",),
                wrap("store", lambda store: lambda kept: {**store(kept), "tag": (kept["descriptions"] or [kept["tag"]])[0]}),
                "Tag", _looked_up(Tag="a", GroupExDescriptions=["b"]))  # fmt: skip


def _named(text: str) -> tuple[Step, ...]:
    """A group of a name, which is looked at."""
    name = text if SALT in text else f"{text}<salt:8>"
    made = Request.of({"GroupName": name, "GroupId": SALT})
    return Step(made), Step(Request.of({"GroupId": SALT}, action="GetGroupInfo"))


def _shown_as(change: _Text) -> Spoil:
    """Names are compared as they are, and shown otherwise."""

    def shown(reply: Any) -> None:
        response = reply.body["Response"]
        if "GroupName" in response:
            response["GroupName"] = change(response["GroupName"])
        for each in response.get("GroupInfos", ()):
            each["GroupName"] = change(each["GroupName"])

    return finishing(shown)


# --- Sameness ------------------------------------------------------------------------------------------------


def _folds() -> Iterator[tuple[str, str, _Text, str, str]]:
    """What is compared of texts: (word, about, key, a text, another that is then the same)."""
    for size in (4, 8, 10, 15, 16, 20, 24, 31, 32, 40, 48, 50, 59):
        long = f"{SALT}{'abcdefghij' * 6}"[: size + len(SALT) - 14]
        long = long if size >= 14 else f"<salt:{size}>"
        yield f"first-{size}", f"their first {size} characters", lambda t, n=size: t[:n], f"{long}1", f"{long}2"  # type: ignore[misc]
    for size in (4, 6, 8, 12):
        yield f"last-{size}", f"their last {size} characters", lambda t, n=size: t[-n:], f"1{SALT}", f"2{SALT}"  # type: ignore[misc]
    pairs: list[tuple[str, str, _Text, str, str]] = [
        ("digits", "their digits", lambda t: "".join(filter(str.isdigit, t)) or t, "<salt>", "x<salt>"),
        ("letters", "their letters", lambda t: "".join(filter(str.isalpha, t)) or t, f"{SALT}1", f"{SALT}2"),
        ("ascii", "their ASCII characters", lambda t: t.encode("ascii", "ignore").decode() or t, f"{SALT}员", f"{SALT}工"),
        ("han", "their Han", lambda t: "".join(c for c in t if c > "\u2e80") or t, f"{SALT}员", f"{SALT}b员"),
        ("sorted", "their characters in any order", lambda t: "".join(sorted(t)), f"{SALT}ab", f"{SALT}ba"),
        ("numbers", "what number they are", lambda t: t.lstrip("0") if t.isdigit() else t, "<digits:9>", "0<digits:9>"),
        ("without-hyphens", "what they are without hyphens", lambda t: t.replace("-", ""), f"{SALT}a-b", f"{SALT}ab"),
        ("without-underscores", "what they are without underscores", lambda t: t.replace("_", ""), f"{SALT}a_b", f"{SALT}ab"),
        ("hyphens-as-underscores", "hyphens as underscores", lambda t: t.replace("-", "_"), f"{SALT}a-b", f"{SALT}a_b"),
        ("underscore-for-any", "an underscore for any character", lambda t: re.sub(r"(?<=.)_(?=.)", "x", t), f"{SALT}a_b", f"{SALT}axb"),
        ("runs", "each run of a character as one", lambda t: re.sub(r"(.)\1+", r"\1", t), f"{SALT}xaab", f"{SALT}xab"),
        ("zero-as-o", "0 as O and 1 as l", lambda t: t.translate(str.maketrans("0O1lI", "oolll")), f"{SALT}x0", f"{SALT}xO"),
        ("first-word", "what stands before a hyphen", lambda t: t.split("-")[0] or t, f"{SALT}-a", f"{SALT}-b"),
        ("first-part", "what stands before an underscore", lambda t: t.split("_")[0] or t, f"{SALT}_a", f"{SALT}_b"),
        ("length", "how long they are and how they begin", lambda t: f"{len(t)}{t[:3]}", f"{SALT}a", f"{SALT}b"),
        ("every-other", "every other character", lambda t: t[::2], f"{SALT}a1", f"{SALT}a2"),
        ("without-last", "all but the last character", lambda t: t[:-1] or t, f"{SALT}1", f"{SALT}2"),
        ("without-first", "all but the first character", lambda t: t[1:] or t, f"1{SALT}", f"2{SALT}"),
        ("gb2312", "what GB 2312 has of them", lambda t: t.encode("gb2312", "ignore").decode("gb2312") or t, f"{SALT}龥", f"{SALT}丂"),
        ("without-signs", "letters, digits and Han", lambda t: "".join(filter(str.isalnum, t)) or t, f"{SALT}-", f"{SALT}_"),
    ]  # fmt: skip
    yield from pairs


def _sameness_faults() -> Iterator[Fault]:
    for word, about, key, one, other in _folds():
        if "员" not in one and "龥" not in one:
            yield Fault(f"ids-compared-by-{word}", f"of ids is compared: {about}", ("GroupId.unique",), compared("id_key", key), "GroupId",
                        (Step(Request.of({"GroupName": f"{SALT}x", "GroupId": one})), Step(Request.of({"GroupName": f"{SALT}y", "GroupId": other}))))  # fmt: skip
        yield Fault(f"names-compared-by-{word}", f"of names is compared: {about}", ("GroupName.unique",), compared("name_key", key), "GroupName",
                    (Step(Request.of({"GroupName": one, "GroupId": f"{SALT}x"})), Step(Request.of({"GroupName": other, "GroupId": f"{SALT}y"}))))  # fmt: skip
    for number in (1, 5, 10, 50, 100):
        yield Fault(f"newest-{number}-names", f"names are looked for among the newest {number}", ("GroupName.unique",),
                    wrap("remembers", lambda right, n=number: lambda names: _newest(right(names), n)), "GroupName", _again_after(number, "GroupName"))  # type: ignore[misc] # fmt: skip
        yield Fault(f"oldest-{number}-names", f"names are looked for among the oldest {number}", ("GroupName.unique",),
                    wrap("remembers", lambda right, n=number: lambda names: dict(islice(right(names).items(), n))), "GroupName", _again_after(number, "GroupName", late=True))  # type: ignore[misc] # fmt: skip


def _newest(names: Mapping[str, str], number: int) -> Mapping[str, str]:
    return dict(islice(names.items(), max(0, len(names) - number), None))


def _again_after(number: int, same: str, *, late: bool = False) -> tuple[Step, ...]:
    """A creation, others, and one with the same name."""
    others = [Step(Request.of({"GroupName": f"{SALT}o{at}", "GroupId": f"{SALT}o{at}"})) for at in range(number)]
    first = Step(Request.of({"GroupName": SALT, "GroupId": SALT}))
    again = Step(Request.of({"GroupName": f"{SALT}z", "GroupId": f"{SALT}z", same: SALT}))
    return (*others, first, again) if late else (first, *others, again)


# --- Ways in -------------------------------------------------------------------------------------------------


def _delivery_faults() -> Iterator[Fault]:
    plain = Request.of({"GroupName": SALT, "GroupId": SALT})
    known, version, window = (
        ("Protocol.action.known",),
        ("Protocol.version.known",),
        ("Authentication.timestamp.window",),
    )

    def sent(*twists: str) -> tuple[Step, ...]:
        return (Step(plain, twists=twists),)

    def acting(change: _Text) -> Spoil:
        return wrap("action", lambda right: lambda name: change(right(name)))

    actions: list[tuple[str, str, _Text, str]] = [
        ("action-in-any-case", "an Action is taken in any letter case", lambda n: "CreateGroup" if n.lower() == "creategroup" else n, "action=creategroup"),
        ("action-by-its-end", "what ends with CreateGroup is CreateGroup", lambda n: "CreateGroup" if n.endswith("CreateGroup") else n, "action=iai.CreateGroup"),
        ("action-with-version", "what stands behind a hyphen is no part of an Action", lambda n: n.split("-")[0], "action=CreateGroup-2"),
        ("action-by-its-beginning", "the beginning of an Action suffices", lambda n: "CreateGroup" if n and "CreateGroup".startswith(n) else n, "action=Create"),
        ("action-plural", "an s at the end of an Action is ignored", lambda n: n.removesuffix("s"), "action=CreateGroups"),
    ]  # fmt: skip
    for name, about, change, twist in actions:
        yield Fault(name, about, known, acting(change), "", sent(twist))
    for seconds in (30, 120, 200, 240, 360, 400, 900, 3600):
        yield Fault(
            f"tolerance-{seconds}-seconds",
            f"{seconds} seconds are tolerated",
            window,
            put("tolerance", seconds),
            "",
            sent(f"timestamp=-{(300 + seconds) // 2}"),
        )

    def named_version(http: HttpRequest, test: Callable[[str], bool]) -> HttpRequest:
        found = header(http.headers, "X-TC-Version")
        if found is None or found == "2020-03-03" or not test(found):
            return http
        return replace(
            http, headers=tuple((n, "2020-03-03" if n.lower() == "x-tc-version" else v) for n, v in http.headers)
        )

    versions: list[tuple[str, str, Callable[[str], bool], str]] = [
        ("version-without-hyphens", "a Version may lack its hyphens", lambda v: v.replace("-", "") == "20200303", "version=20200303"),
        ("version-by-month", "a Version is compared to the month", lambda v: v.startswith("2020-03"), "version=2020-03-04"),
        ("version-later", "any later Version is taken", lambda v: v > "2020-03-03", "version=2021-01-01"),
        ("version-earlier", "any earlier date is taken for the Version", lambda v: "2010" < v < "2020-03-03", "version=2019-03-03"),
        ("version-any-date", "any date is taken for the Version", lambda v: re.fullmatch(r"\d{4}-\d\d-\d\d", v) is not None, "version=2017-03-12"),
    ]  # fmt: skip
    for name, about, test, twist in versions:
        yield Fault(name, about, version, arriving(lambda http, test=test: named_version(http, test)), "", sent(twist))  # type: ignore[misc]


def _list_faults() -> Iterator[Fault]:
    lists: dict[str, tuple[str, Callable[[list[Any]], list[Any]]]] = {
        "without-oldest": ("the oldest group is not listed", lambda groups: groups[1:]),
        "nine": ("nine groups are listed", lambda groups: groups[:9]),
        "without-tags": ("groups with a Tag are not listed", lambda groups: [each for each in groups if not each.tag]),
        "without-descriptions": ("groups with descriptions are not listed", lambda groups: [each for each in groups if not each.descriptions]),
        "of-version-3": ("groups of version 2.0 are not listed", lambda groups: [each for each in groups if each.version != "2.0"]),
        "oldest-twice": ("the oldest group is listed twice", lambda groups: groups[:1] + groups),
        "every-other": ("every other group is listed", lambda groups: groups[::2]),
    }  # fmt: skip
    for word, (about, choose) in lists.items():
        yield Fault(f"listed-{word}", about, ("State.listed",), listing(choose))


def _remembering_faults() -> Iterator[Fault]:
    """What is answered from a cache."""
    clauses = ("GroupId.unique", "GroupName.unique")
    again = (Step(Request.of({"GroupName": SALT, "GroupId": SALT})),) * 2
    yield Fault("repeat-accepted", "the same creation once more is accepted", clauses, _repeating, "", again)


def _repeating(behaviour: Any) -> None:
    seen: set[tuple[object, ...]] = set()
    refuse, accept, known = behaviour.refuse, behaviour.accept, [False]

    def looked_up(request: Request) -> str | None:
        key = (request.last_text("GroupId"), request.last_text("GroupName"))
        known[0] = key in seen
        seen.add(key)
        return refuse(request)  # type: ignore[no-any-return]

    behaviour.refuse = looked_up
    behaviour.accept = lambda request: accept(request) or known[0]


KEEPING_FAULTS: tuple[Fault, ...] = (
    *_storing_faults(), *_sameness_faults(), *_delivery_faults(), *_list_faults(), *_remembering_faults(),
)  # fmt: skip
