"""Contexts: what stands around a telling value, since services are wrong in some contexts alone.

A check stands in the branch of another parameter, a header is looked up by its letter case, a text with Han takes
another path: none of it shows in requests that are alike but for the value at issue. Each case can be had in any number
of contexts; which of them are sent is chosen elsewhere, by how much each shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from random import Random

from conformance.contract import ACTION, ARRAYS, CLAUSE, rule_of, surely_kept
from conformance.contract.rules import OpenVersions
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import ID, NAME, SALT, fill, fill_text, salted
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.strategies.draws import limit_of
from conformance.strategies.forms import is_sayable
from conformance.strategies.sequences import create

__all__ = ["DIMENSIONS", "OTHER_WAYS", "UNSURE", "Dimension", "added_alone", "additions", "in_context", "probes"]

# What is changed of a step; the parameter at issue is told, "" for none. None where it can't be.
Change = Callable[[Step, str], Step | None]

_ANY_SALT = "confabcdefghij"
_VERSION = "FaceModelVersion"
# Which not every account may choose.
((_OLD,),) = rule_of(_VERSION, OpenVersions).closed.values()  # type: ignore[union-attr]
_SLACK = 64  # bytes
# The ids and names of requests that aren't about them.
_PLAIN = frozenset({SALT, ID, NAME})
_HAN_NAME = "班级_<han:9>"
_JSON_FORMS = frozenset({Form.JSON, Form.JSON_RAW})
_ANYBODYS = _PLAIN | {_HAN_NAME}
_BARE = Step(create())
# The parameters whose texts are anybody's own.
_FREE = frozenset({"GroupName", "GroupId", "Tag", *ARRAYS})
# What is done to a body leaves no room for other parameters, nor for another body.
_OF_BODIES = frozenset({
    "append", "as-form", "body", "byte-order-mark", "compact", "content-type", "cut", "declared-hash", "encoding",
    "escaped", "indices", "long-tag", "method", "misspelt", "padded", "spaced",
})  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")
# A whole salt, filled up to a length.
_FILLED = re.compile(r"<salt><(salt|han):(\d+)>(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that may be otherwise around a value.

    Attributes:
        name: what.
        why: why services are wrong in one of its choices alone.
        clause: on what it adds, where it is something by itself.
        choices: what is done to a step, each as often as it stands here; None for nothing.
        of_one: whether it changes values on which other steps of a case could rely.
        of_bodies: whether it changes what the body is made of.
    """

    name: str
    why: str
    clause: str | None
    choices: tuple[Change | None, ...]
    of_one: bool = False
    of_bodies: bool = False


# --- Delivery ------------------------------------------------------------------------------------------------


def _by(form: Form, scheme: Scheme) -> Change:
    """By another way, where what is asked can be said so; the name then has nothing that needs an escape."""

    def change(step: Step, subject: str) -> Step | None:
        if step.form is not Form.JSON or step.scheme is not Scheme.TC3 or step.twists or not is_sayable(step.request):
            return None
        # Of a doubled one each way may take another, and half a pair isn't written alike in any two.
        if len(step.request.names) < len(step.request.parameters) or _has_half_a_pair(step):
            return None
        plain = step.request.last_text("GroupName") == NAME and subject != "GroupName"
        return replace(_put("GroupName", ID, step) if plain else step, form=form, scheme=scheme)

    return change


def _has_half_a_pair(step: Step) -> bool:
    """Whether a text has a lone surrogate, which UTF-8 can't say."""
    return _HALF.search(json.dumps(step.request.plain, ensure_ascii=False)) is not None


def _twisted(*twists: str) -> Change:
    return lambda step, _subject: replace(step, twists=(*step.twists, *twists))


def _of_json(*twists: str) -> Change:
    """What is done to a body of JSON."""
    return lambda step, _subject: replace(step, twists=(*step.twists, *twists)) if _is_json(step) else None


def _is_json(step: Step) -> bool:
    return step.form in _JSON_FORMS


def _raw(step: Step, subject: str) -> Step | None:
    """Not escaped, with Han in the name where that isn't at issue."""
    if step.form is not Form.JSON or step.request.last_text("GroupName") is None or _has_half_a_pair(step):
        return None
    named = step if subject == "GroupName" else _put("GroupName", _HAN_NAME, step)
    return replace(named, form=Form.JSON_RAW)


def _padded(size: int) -> Change:
    """In a body of so many bytes, where it has fewer."""

    def change(step: Step, _subject: str) -> Step | None:
        plain = json.dumps(fill(step.request, _ANY_SALT).plain)
        if not _is_json(step) or {"escaped", "spaced"} & {*step.twists} or len(plain) + _SLACK > size:
            return None
        return replace(step, twists=(*step.twists, f"padded={size}"))

    return change


# --- Parameters ----------------------------------------------------------------------------------------------


def _ordered(key: Callable[[str, str], object]) -> Change:
    """With the parameters in another order, by their names and that of the one at issue."""

    def change(step: Step, subject: str) -> Step:
        pairs = sorted(step.request.parameters, key=lambda pair: key(pair[0], subject))  # type: ignore[arg-type,return-value]
        return replace(step, request=replace(step.request, parameters=tuple(pairs)))

    return change


def _with(name: str, value: object) -> Change:
    """With a parameter besides, if it isn't there or at issue."""

    def change(step: Step, subject: str) -> Step | None:
        if name == subject or name in step.request.names:
            return None
        request = replace(step.request, parameters=(*step.request.parameters, (name, value)))
        return replace(step, request=request)

    return change


def _put(name: str, value: object, step: Step) -> Step:
    pairs = ((each, value if each == name else old) for each, old in step.request.parameters)
    return replace(step, request=replace(step.request, parameters=tuple(pairs)))


def _named(name: str, value: str) -> Change:
    """With this text for an id or a name that is plain, and not at issue."""

    def change(step: Step, subject: str) -> Step | None:
        plain = step.request.last_text(name) in _PLAIN
        return _put(name, value, step) if plain and name != subject else None

    return change


def _named_alike(step: Step, subject: str) -> Step | None:
    """With one text as id and name."""
    both = {step.request.last_text(name) for name in ("GroupId", "GroupName")}
    if subject in {"GroupId", "GroupName"} or not both <= _PLAIN:
        return None
    return _put("GroupName", SALT, _put("GroupId", SALT, step))


def _tagged_alike(step: Step, subject: str) -> Step | None:
    """With a Tag that is the name."""
    if subject == "GroupName" or step.request.last_text("GroupName") not in _PLAIN:
        return None
    return _with("Tag", SALT)(_put("GroupName", SALT, step), subject)


def _described_alike(step: Step, subject: str) -> Step | None:
    """With a description that is the Tag."""
    tag = step.request.last_text("Tag")
    if subject == "Tag" or not tag or len(fill_text(tag, _ANY_SALT)) > limit_of("GroupExDescriptions[]"):
        return None
    return _with("GroupExDescriptions", ["学号", tag])(step, subject)


def _of_the_old_version(step: Step, subject: str) -> Step | None:
    """For the version that not every account may choose, where the value at issue is refused in any case."""
    values = fill(step.request, _ANY_SALT).values(subject)
    is_refused = bool(subject) and not all(surely_kept(subject, each) for each in values)
    return _with(_VERSION, _OLD)(step, subject) if is_refused else None


def _described(*items: str) -> Change:
    return _with("GroupExDescriptions", list(items))


# --- The text at issue ---------------------------------------------------------------------------------------


def _beginning(mark: str) -> Change:
    """With other characters in front of the text at issue, or of its items."""

    def change(step: Step, subject: str) -> Step | None:
        value = next(iter(step.request.values(subject)), None)
        items: list[object] = value if isinstance(value, list) and subject in ARRAYS else [value]
        texts = [each for each in items if isinstance(each, str) and each]
        if subject not in _FREE or not items or len(texts) < len(items):
            return None
        if subject == "GroupId" and not mark.isascii():
            return None
        limit = limit_of(f"{subject}[]" if subject in ARRAYS else subject)
        changed = [_begun(each, mark, limit) for each in texts]
        return None if None in changed else _put(subject, changed if subject in ARRAYS else changed[0], step)

    return change


def _begun(text: str, mark: str, limit: int) -> str | None:
    """The text with the mark; of the same length where that is at issue, and None where its first character is."""
    if filled := _FILLED.fullmatch(text):
        kind, length, end = filled[1], int(filled[2]), filled[3]
        return f"{mark}{SALT}<{kind}:{length - len(mark)}>{end}" if length > len(mark) else None
    if text.startswith((SALT, "xy")):
        return mark + text if len(fill_text(text, _ANY_SALT)) + len(mark) <= limit else None
    return mark + text[len(mark) :] if len(text) > len(mark) + 1 and len({*text}) == 1 else None


_ITEMS = ("学号", "入学年份", "a-1", "b_2", "Q3")
_LONGEST_ID, _LONGEST_NAME = salted(limit_of("GroupId")), salted(limit_of("GroupName"))

DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "way", "parameters come by another way into the same checks, or into others", None,
        (*(None,) * 6, _by(Form.QUERY, Scheme.TC3), _by(Form.QUERY, Scheme.SHA256), _by(Form.FORM, Scheme.SHA1),
         _by(Form.FORM, Scheme.SHA256)), of_bodies=True,
    ),
    Dimension(
        "text", "values of one kind were tried", None,
        (None, None, *map(_beginning, ("7", "Q", "组", "a-", "b_"))), of_one=True, of_bodies=True,
    ),
    Dimension(
        "tag", "a check stands in the branch of another parameter; what is empty is taken for absent", "Tag.charset",
        (None, None, None, _with("Tag", "x"), _with("Tag", "班级"), _tagged_alike, _with("Tag", ""), _with("Tag", ""),
         _with("Tag", "x" * limit_of("Tag"))), of_bodies=True,
    ),
    Dimension(
        "descriptions", "as with Tag; a loop ends too early, or has nothing to do", "GroupExDescriptions.count.min",
        (None, None, None, _described("x"), _described("x"), _described_alike, _described(*_ITEMS), _described(*_ITEMS),
         _described()), of_bodies=True,
    ),
    Dimension(
        "version", "a check stands in the branch of another parameter", "FaceModelVersion.values",
        (None, None, _with("FaceModelVersion", "3.0"), _with("FaceModelVersion", "3.0"), _of_the_old_version),
        of_bodies=True,
    ),
    Dimension(
        "identity", "texts are looked up in one table; limits share a buffer", None,
        (None, None, None, _named_alike, _named_alike, _named_alike, _named("GroupId", _LONGEST_ID),
         _named("GroupName", _LONGEST_NAME)), of_one=True, of_bodies=True,
    ),
    Dimension(
        "order", "what is read first is taken for all", None,
        (None, _ordered(lambda name, _: name != "GroupId"), _ordered(lambda name, _: name != "GroupName"),
         _ordered(lambda name, subject: name != subject), _ordered(lambda name, subject: name == subject)),
        of_bodies=True,
    ),
    Dimension(
        "escapes", "texts are looked at before they are decoded", "Protocol.json.same-text",
        (None, None, _of_json("escaped")), of_bodies=True,
    ),
    Dimension(
        "raw", "bytes are taken for characters", "Protocol.json.same-text",
        (None, None, None, _raw), of_one=True, of_bodies=True,
    ),
    Dimension(
        "white space", "a pattern stands for a parser", "Protocol.json.same-text",
        (None, None, _of_json("compact"), _of_json("spaced")), of_bodies=True,
    ),
    Dimension(
        "size", "a buffer's edge", "Protocol.json.same-text",
        (None, None, None, *map(_padded, (700, 1500, 4500))), of_bodies=True,
    ),
    Dimension(
        "content type", "headers are compared whole", "Protocol.json.same-text",
        (None, _of_json("content-type=application/json; charset=utf-8")), of_bodies=True,
    ),
    Dimension(
        "header names", "headers are looked up by letter case", "Protocol.header-names",
        (None, None, _twisted("header-case=lower"), _twisted("header-case=lower"), _twisted("header-case=upper")),
    ),
    Dimension(
        "language", "a table of codes for each language", "Protocol.language",
        (None, _twisted("language=en-US"), _twisted("language=en-US"), _twisted("language=zh-CN")),
    ),
    Dimension(
        "agent", "clients are told apart", "Authentication.other-headers",
        (None, *(_twisted(f"header=User-Agent:{each}") for each in ("Go-http-client/1.1", "HRSystem/2.3"))),
    ),
    Dimension(
        "SDK", "SDKs are trusted", "Authentication.other-headers",
        (None, *(_twisted(f"header=X-TC-RequestClient:SDK_{each}") for each in ("GO_1.0.1100", "PYTHON_3.0.1206"))),
    ),
    Dimension(
        "proxy", "what a proxy adds is taken over", "Authentication.other-headers",
        (None, None, _twisted("header=X-Request-Id:5f1d7a52-0c7f-4c8e-9f38-2a1f4b6f9f10"),
         _twisted("header=X-Forwarded-For:203.0.113.7")),
    ),
    Dimension(
        "clock", "the clocks of a server and of its tests are the same", "Authentication.timestamp.window",
        (None, None, None, _twisted("timestamp=-90"), _twisted("timestamp=90")),
    ),
    Dimension(
        "connection", "checks are made once a connection", "Authentication.other-headers",
        (None, None, _twisted("header=Connection:close")),
    ),
)  # fmt: skip


def in_context(case: Case, number: int, without: Collection[str] = ()) -> Case | None:
    """A case in one of its contexts: the same number gives the same.

    Args:
        case: as plain as can be.
        number: which context, from 1; those of one case have nothing to do with those of others.
        without: additions that are left out.

    Returns:
        None where it must stay as it is.
    """
    if case.quota is not None or any(each.sending is not Sending.ALONE or each.pause for each in case.steps):
        return None
    random = Random(f"{case.id} {number}")  # noqa: S311 -- no secret is drawn
    dealt = [(each, random.choice(each.choices)) for each in DIMENSIONS if len(case.steps) == 1 or not each.of_one]
    if any(_is_of_body(twist) for step in case.steps for twist in step.twists):
        dealt = [each for each in dealt if not each[0].of_bodies]
    subject = CLAUSE[case.clause].parameter
    steps = tuple(_changed(each, dealt, subject, without) for each in case.steps)
    if steps == case.steps:
        return None
    changed = _with_history(replace(case, steps=steps), random)
    return replace(changed, context=(case, number), left_out=frozenset(without))


def additions(plain: Step, step: Step) -> frozenset[str]:
    """What a step has that a plainer one doesn't, each by a name."""
    more = (each for each in step.request.parameters if each[0] not in plain.request.names)
    way = {f"{step.form} {step.scheme}"} if (step.form, step.scheme) != (plain.form, plain.scheme) else set[str]()
    return frozenset({*step.twists[len(plain.twists) :], *(f"{name}={value!r}" for name, value in more), *way})


# What not every right service takes: nothing else would show where it doesn't.
UNSURE = frozenset({f"{_VERSION}={_OLD!r}"})
# As they are named among additions.
OTHER_WAYS = frozenset(f"{form} {scheme}" for form in Form for scheme in Scheme if form not in _JSON_FORMS)


def added_alone(case: Case) -> frozenset[str] | None:
    """What a creation has beside what every creation needs; None where a case is anything else."""
    first, *more = case.steps
    identity = {first.request.last_text(name) for name in ("GroupId", "GroupName")}
    if more or first.request.action != ACTION or first.sending is not Sending.ALONE or not identity <= _ANYBODYS:
        return None
    return additions(_BARE, first)


def probes() -> Collection[Case]:
    """A plain creation with each addition alone, so that what is refused for itself can be left out of contexts."""
    found: dict[frozenset[str], Case] = {}
    for dimension in DIMENSIONS:
        for change in dimension.choices:
            step = None if change is None else change(_BARE, "")
            if dimension.clause is not None and step is not None and len(added := additions(_BARE, step)) == 1:
                found[added] = Case(dimension.clause, f"nothing but {next(iter(added))}", (step,))
    return found.values()


def _changed(
    step: Step, dealt: Iterable[tuple[Dimension, Change | None]], subject: str, without: Collection[str]
) -> Step:
    """A creation with what was dealt, as far as that leaves what is already otherwise in it as it is."""
    if step.request.action != ACTION:
        return step
    changed, twists = step, {_kind(each) for each in step.twists}
    for _, change in dealt:
        further = None if change is None else change(changed, subject)
        if further is None or not (_is_json(further) or is_sayable(further.request)):
            continue
        new = {_kind(each) for each in further.twists[len(step.twists) :]}
        if twists.isdisjoint(new) and additions(changed, further).isdisjoint(without):
            changed = further
    return changed


def _is_of_body(twist: str) -> bool:
    """Whether it leaves no room for other parameters, nor for another body."""
    return _kind(twist) in _OF_BODIES or twist.startswith("then-")


def _kind(twist: str) -> str:
    """What it changes: its name, and of a header that of the header."""
    return twist.partition(":" if twist.startswith("header=") else "=")[0]


def _with_history(case: Case, random: Random) -> Case:
    """After its id and name were refused before, or were those of a group that is gone; mostly after nothing."""
    kind, (first, *more) = random.choice((None,) * 10 + ("refused", "deleted")), case.steps
    identity = {name: first.request.last_text(name) for name in ("GroupId", "GroupName")}
    if kind is None or more or not _PLAIN & {*identity.values()}:
        return case
    names = {name: text if text in _PLAIN else f"{SALT}r" for name, text in identity.items()}
    if kind == "refused":
        return replace(case, steps=(Step(Request.of({**names, "FaceModelVersion": "9"})), first))
    deletion = Request.of({"GroupId": names["GroupId"]}, "DeleteGroup")
    return replace(case, steps=(Step(Request.of(names)), Step(deletion), first))
