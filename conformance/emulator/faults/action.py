"""Faults in what the action itself does: parameters, uniqueness, requests as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial

from conformance.emulator.behaviour import Behaviour, TextRule, repeats, utf8_bytes
from conformance.emulator.faults.answers import ANSWER_FAULTS
from conformance.emulator.faults.model import Fault, Spoil, compared, finishing, put, recoded, refusing, wrap
from conformance.exchange.request import Request

__all__ = ["ACTION_FAULTS"]


_PREFIX = {"GroupName": "group-name", "GroupId": "group-id", "GroupExDescriptions": "description", "Tag": "tag"}
_CLAUSES = {name: name if name != "GroupExDescriptions" else f"{name}.element" for name in _PREFIX}
_VALUE = "InvalidParameterValue."


def _on_text(name: str, edit: Callable[[TextRule], None]) -> Spoil:
    return lambda behaviour: edit(behaviour.texts[name])


def _set(attribute: str, value: object) -> Callable[[TextRule], None]:
    return lambda rule: setattr(rule, attribute, value)


# --- Texts: the same mistakes in each of the four --------------------------------------------------------


def _longer(by: int) -> Callable[[TextRule], None]:
    return lambda rule: setattr(rule, "maximum", rule.maximum + by)


def _refit(make: Callable[[Callable[[str], bool], str], bool]) -> Callable[[TextRule], None]:
    """Test a text's characters in another way: `make` gets the right test and the text."""

    def edit(rule: TextRule) -> None:
        rule.fits = partial(make, rule.fits)

    return edit


def _also(extra: str) -> Callable[[TextRule], None]:
    return _refit(lambda fits, text: fits("".join(each for each in text if each not in extra)))


def _without(missing: str) -> Callable[[TextRule], None]:
    return _refit(lambda fits, text: fits(text) and not any(each in missing for each in text))


def _truncate(rule: TextRule) -> None:
    limit = rule.maximum
    rule.prepare = lambda text: text[:limit]


def _swap_codes(rule: TextRule) -> None:
    rule.long_code, rule.illegal_code = rule.illegal_code, rule.long_code


def _cut_at_null(rule: TextRule) -> None:
    rule.prepare = lambda text: text.split("\0")[0]


def _strip(rule: TextRule) -> None:
    rule.prepare = str.strip


def _text_faults(name: str) -> Iterator[Fault]:
    prefix, clause = _PREFIX[name], _CLAUSES[name]
    length, charset = (f"{clause}.length.max",), (f"{clause}.charset",)
    edits: list[tuple[str, str, tuple[str, ...], Callable[[TextRule], None]]] = [
        ("one-too-few", "the longest text is refused", length, _longer(-1)),
        ("one-too-many", "a text that is one too long is taken", length, _longer(1)),
        ("any-length", "no limit of length", length, _set("maximum", 10**9)),
        ("half-length", "half the limit of length", length, lambda rule: setattr(rule, "maximum", rule.maximum // 2)),
        ("truncates", "too long a text is cut and taken", length, _truncate),
        ("long-as-illegal", "too long is answered as illegal", length, lambda r: setattr(r, "long_code", r.illegal_code)),
        ("illegal-as-long", "illegal is answered as too long", charset, lambda r: setattr(r, "illegal_code", r.long_code)),
        ("codes-swapped", "too long and illegal are answered the wrong way round", length + charset, _swap_codes),
        ("trims", "white space around is taken off", charset, _strip),
        ("cuts-at-null", "what follows a NUL is lost", charset, _cut_at_null),
        ("any-character", "no alphabet", charset, _set("fits", lambda _text: True)),
        ("first-character-only", "only the first character is looked at", charset, _refit(lambda fits, text: fits(text[:1]))),
        ("last-character-only", "only the last character is looked at", charset, _refit(lambda fits, text: fits(text[-1:]))),
        ("ends-only", "only the ends are looked at", charset, _refit(lambda fits, text: fits(text[:1] + text[-1:]))),
        ("one-good-is-enough", "one legal character is enough", charset, _refit(lambda fits, text: any(map(fits, text)))),
        ("newline-at-end", "a newline at the end is taken", charset, _refit(lambda fits, text: fits(text.removesuffix("\n")))),
        ("takes-space", "a space is taken", charset, _also(" ")),
        ("takes-dot", "a dot is taken", charset, _also(".")),
        ("takes-emoji", "emoji are taken", charset, _also("\U0001f600\U0001f469\u200d\U0001f680")),
        ("takes-controls", "control characters are taken", charset, _also("".join(map(chr, range(32))))),
        ("takes-bracket", "the neighbour of Z is taken", charset, _also("[")),
        ("takes-slash-and-colon", "the neighbours of the digits are taken", charset, _also("/:")),
        ("no-capitals", "capitals are refused", charset, _without("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("no-z", "the last letter is refused", charset, _without("zZ")),
        ("no-nine", "the last digit is refused", charset, _without("9")),
        ("no-hyphen", "the hyphen is refused", charset, _without("-")),
        ("no-underscore", "the underscore is refused", charset, _without("_")),
    ]  # fmt: skip
    for suffix, about, clauses, edit in edits:
        yield Fault(f"{prefix}-{suffix}", f"{name}: {about}", clauses, _on_text(name, edit))


def _name_faults(name: str) -> Iterator[Fault]:
    """Mistakes that only texts in Chinese can show."""
    prefix, clause = _PREFIX[name], _CLAUSES[name]
    edits: list[tuple[str, str, str, Callable[[TextRule], None]]] = [
        ("counts-bytes", "bytes are counted for characters", "length.max", _set("measure", utf8_bytes)),
        ("counts-width", "Han count double", "length.max", _set("measure", lambda t: len(t) + sum(c > "\u1100" for c in t))),
        ("no-han", "Han are refused", "charset", _refit(lambda fits, text: fits(text) and all(c < "\u2e80" for c in text))),
        ("han-stops-short", "Han after U+9F00 are refused", "charset",
            _refit(lambda fits, text: fits(text) and not any("\u9f00" < c <= "\u9fa5" for c in text))),
        ("takes-at", "@ is taken", "charset", _also("@")),
    ]  # fmt: skip
    for suffix, about, aspect, edit in edits:
        yield Fault(f"{prefix}-{suffix}", f"{name}: {about}", (f"{clause}.{aspect}",), _on_text(name, edit))


def _id_faults() -> Iterator[Fault]:
    """Mistakes that only ids can show."""
    charset = ("GroupId.charset",)
    edits: list[tuple[str, str, Callable[[TextRule], None]]] = [
        *((f"no-{word}", f"{sign} is refused", _without(sign))
          for word, sign in {"percent": "%", "at": "@", "hash": "#", "ampersand": "&"}.items()),
        *((f"takes-{word}", f"{sign} is taken", _also(sign))
          for word, sign in {"dollar": "$", "plus": "+", "star": "*", "quote": "'", "tilde": "~", "backslash": "\\"}.items()),
        ("takes-han", "Han are taken", _also("腾讯深圳员工库中")),
        ("unicode-words", "letters and digits of any script are taken",
            _refit(lambda fits, text: all(fits(each) or each.isalnum() for each in text))),
        ("fullwidth", "full-width letters and digits are taken", _also("".join(map(chr, range(0xFF10, 0xFF5B))))),
        ("range-by-mistake", "a hyphen in the pattern makes a range from # to &", _also("#$%&")),
    ]  # fmt: skip
    for suffix, about, edit in edits:
        yield Fault(f"group-id-{suffix}", f"GroupId: {about}", charset, _on_text("GroupId", edit))


def _neighbouring_codes() -> Iterator[Fault]:
    """One parameter's mistake answered with another's code."""
    aspects = {"TooLong": ("long_code", "length.max"), "Illegal": ("illegal_code", "charset")}
    stems = {
        "GroupName": "GroupName",
        "GroupId": "GroupId",
        "GroupExDescriptions": "GroupExDescriptionsName",
        "Tag": "GroupTag",
    }
    for (name, _), (other, stem) in itertools.pairwise([*stems.items(), ("GroupName", "GroupName")]):
        for suffix, (attribute, aspect) in aspects.items():
            yield Fault(
                f"{_PREFIX[name]}-{suffix.lower()}-as-{_PREFIX[other]}",
                f"{name}: {suffix} is answered with the code of {other}",
                (f"{_CLAUSES[name]}.{aspect}",),
                _on_text(name, _set(attribute, f"{_VALUE}{stem}{suffix}")),
            )


# --- Presence, types, lists ------------------------------------------------------------------------------


def _presence_faults() -> Iterator[Fault]:
    def optional(name: str) -> Spoil:
        return lambda behaviour: behaviour.required.discard(name)

    def required(name: str) -> Spoil:
        return lambda behaviour: behaviour.required.add(name)

    for name in ("GroupName", "GroupId"):
        prefix = _PREFIX[name]
        yield Fault(f"{prefix}-optional", f"{name} may be left out", (f"{name}.required",), optional(name))
        yield Fault(
            f"{prefix}-empty",
            f"an empty {name} is taken",
            (f"{name}.length.min",),
            _on_text(name, _set("empty_code", None)),
        )
        yield Fault(
            f"{prefix}-no-single-character",
            f"a {name} of one character is refused",
            (f"{name}.length.min",),
            _on_text(name, _refit(lambda fits, text: len(text) > 1 and fits(text))),
        )
    for name in ("GroupExDescriptions", "Tag", "FaceModelVersion"):
        prefix = _PREFIX.get(name, "face-model-version")
        yield Fault(f"{prefix}-required", f"{name} must be there", (f"{name}.optional",), required(name))
    yield Fault(
        "description-empty",
        "an empty description is taken",
        ("GroupExDescriptions.element.length.min",),
        _on_text("GroupExDescriptions", _set("empty_code", None)),
    )
    yield Fault(
        "tag-not-empty",
        "an empty Tag is refused",
        ("Tag.length.min",),
        _on_text("Tag", _set("empty_code", f"{_VALUE}GroupTagIllegal")),
    )
    for code, name in ((f"{_VALUE}GroupIdNotExist", "group-id-not-exist"), ("InternalError", "internal-error")):
        yield Fault(
            f"absent-as-{name}",
            f"an absent required parameter is answered with {code}",
            ("GroupName.required", "GroupId.required"),
            recoded("MissingParameter", code),
        )


def _type_faults() -> Iterator[Fault]:
    for name in ("GroupName", "GroupId", "GroupExDescriptions", "GroupExDescriptions[]", "Tag", "FaceModelVersion"):
        clause = "GroupExDescriptions.element.type" if name.endswith("[]") else f"{name}.type"
        word = {"FaceModelVersion": "face-model-version", "GroupExDescriptions": "descriptions"}.get(name)
        prefix = word or _PREFIX[name.removesuffix("[]")]
        # A version that isn't a text is then compared as one, and so refused with the version's code.
        yield Fault(
            f"{prefix}-any-type",
            f"{name} is taken whatever its type",
            (clause,),
            lambda behaviour, name=name: behaviour.typed.discard(name),  # type: ignore[misc]
        )
    yield Fault(
        "wrong-type-as-illegal",
        "a wrong type is answered as an illegal name",
        ("GroupName.type", "GroupId.type", "Tag.type", "FaceModelVersion.type", "GroupExDescriptions.type"),
        recoded("InvalidParameter", f"{_VALUE}GroupNameIllegal"),
    )


def _looking_at(attribute: str, choose: Callable[[list[str]], list[str]]) -> Spoil:
    """Look at some of the descriptions alone."""
    return wrap(attribute, lambda looked_at: lambda items: choose(looked_at(items)))


def _list_faults() -> Iterator[Fault]:
    most = "GroupExDescriptions.count.max"
    distinct, length = "GroupExDescriptions.distinct", "GroupExDescriptions.element.length.max"
    charset = "GroupExDescriptions.element.charset"

    spoils: list[tuple[str, str, str, Spoil]] = [
        ("descriptions-four", "five descriptions are refused", most, put("max_items", 4)),
        ("descriptions-six", "six descriptions are taken", most, put("max_items", 6)),
        ("descriptions-any-number", "any number of descriptions is taken", most, put("max_items", 10**6)),
        ("descriptions-ten", "ten descriptions are taken", most, put("max_items", 10)),
        ("descriptions-exceed-as-too-long", "too many is answered as too long", most,
            recoded(f"{_VALUE}GroupExDescriptionsExceed", f"{_VALUE}GroupExDescriptionsNameTooLong")),
        ("descriptions-exceed-as-person", "too many is answered with the code for persons", most,
            recoded(f"{_VALUE}GroupExDescriptionsExceed", f"{_VALUE}PersonExDescriptionInfosExceed")),
        ("descriptions-first-length-only", "only the first's length is looked at", length, _looking_at("measured", lambda items: items[:1])),
        ("descriptions-last-length-only", "only the last's length is looked at", length, _looking_at("measured", lambda items: items[-1:])),
        ("descriptions-last-length-never", "the last's length is not looked at", length, _looking_at("measured", lambda items: items[:-1])),
        ("descriptions-first-charset-only", "only the first's characters are looked at", charset, _looking_at("matched", lambda items: items[:1])),
        ("descriptions-last-charset-only", "only the last's characters are looked at", charset, _looking_at("matched", lambda items: items[-1:])),
        ("descriptions-last-charset-never", "the last's characters are not looked at", charset, _looking_at("matched", lambda items: items[:-1])),
        ("descriptions-repeat", "repeated descriptions are taken", distinct, put("repeated", lambda _items: False)),
        ("descriptions-adjacent-only", "only neighbours are compared", distinct,
            put("repeated", lambda items: any(one == other for one, other in itertools.pairwise(items)))),
        ("descriptions-first-two-only", "only the first two are compared", distinct, put("repeated", lambda i: len(i) > 1 and i[0] == i[1])),
        ("descriptions-with-first-only", "each is compared with the first only", distinct, put("repeated", lambda i: i[:1] != [] and i[0] in i[1:])),
        ("descriptions-by-length", "descriptions of one length are said to repeat", distinct,
            put("repeated", repeats(lambda text: str(len(text))))),
        ("descriptions-by-first-character", "descriptions that begin alike are said to repeat", distinct,
            put("repeated", repeats(lambda text: text[:1]))),
        ("descriptions-repeat-as-name-exists", "repeated is answered with the name's code", distinct,
            put("repeated_code", f"{_VALUE}GroupNameAlreadyExist")),
        ("descriptions-repeat-as-person", "repeated is answered with the code for persons", distinct,
            put("repeated_code", f"{_VALUE}PersonExDescriptionsNameIdentical")),
        ("descriptions-repeat-as-invalid", "repeated is answered with a catch-all", distinct,
            put("repeated_code", "InvalidParameter.InvalidParameter")),
    ]  # fmt: skip
    for name, about, clause, spoil in spoils:
        yield Fault(name, about, (clause,), spoil)


# --- Model version, uniqueness -----------------------------------------------------------------------------


def _version_faults() -> Iterator[Fault]:
    values, default = "FaceModelVersion.values", "FaceModelVersion.default"

    def takes(test: Callable[[str], bool]) -> Spoil:
        return wrap("versions", lambda versions: lambda text: versions(text) or test(text))

    def is_number(text: str) -> bool:
        try:
            return float(text) in {2.0, 3.0}
        except ValueError:
            return False

    def disagrees(behaviour: Behaviour) -> None:
        behaviour.default, behaviour.closed = "2.0", frozenset({"2.0"})

    def forgets_default(behaviour: Behaviour) -> None:
        behaviour.closed = frozenset()
        behaviour.echo = lambda _given, _taken: "3.0"

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("any", "any version is taken", (values,), takes(lambda _text: True)),
        ("integer", "“3” is taken", (values,), takes(lambda text: text == "3")),
        ("numbers", "versions are compared as numbers", (values,), takes(is_number)),
        ("prefix", "what begins with a version is taken", (values,), takes(lambda text: text.startswith(("2.0", "3.0")))),
        ("suffix", "what ends with a version is taken", (values,), takes(lambda text: text.endswith(("2.0", "3.0")))),
        ("trims", "white space around is taken off", (values,), takes(lambda text: text.strip() in {"2.0", "3.0"})),
        ("four", "“4.0” is taken", (values,), takes(lambda text: text == "4.0")),
        ("one", "“1.0” is taken", (values,), takes(lambda text: text == "1.0")),
        ("between", "“2.5” is taken", (values,), takes(lambda text: text == "2.5")),
        ("no-three", "“3.0” is refused", (values,), wrap("versions", lambda versions: lambda text: text != "3.0" and versions(text))),
        ("as-invalid", "an unknown version is answered with a catch-all", (values,), put("version_code", "InvalidParameter.InvalidParameter")),
        ("as-tag", "an unknown version is answered with the tag's code", (values,), put("version_code", f"{_VALUE}GroupTagIllegal")),
        ("default-one", "the default is “1.0”", (default,), put("default", "1.0")),
        ("default-disagrees", "the default is “2.0”, which is refused when given", (default,), disagrees),
        ("always-three", "the answer says “3.0” whatever was given", ("Response.FaceModelVersion",), forgets_default),
        ("not-told", "the answer names no version", ("Response.FaceModelVersion",), put("echo", lambda _given, _taken: None)),
        ("told-as-number", "the answer names the version as a number", ("Response.FaceModelVersion",), put("echo", lambda _given, taken: float(taken))),
        ("told-as-given", "the answer repeats what was given, nothing for nothing", ("Response.FaceModelVersion", default), put("echo", lambda given, _taken: given or "")),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(f"face-model-version-{name}", f"FaceModelVersion: {about}", clauses, spoil)


def _uniqueness_faults() -> Iterator[Fault]:
    by_id, by_name = ("GroupId.unique",), ("GroupName.unique",)

    def swapped(behaviour: Behaviour) -> None:
        behaviour.id_exists_code, behaviour.name_exists_code = behaviour.name_exists_code, behaviour.id_exists_code

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("id-not-unique", "a second group with an id replaces the first", by_id, put("id_unique", False)),
        ("name-not-unique", "a name may be had twice", by_name, put("name_unique", False)),
        ("id-compared-short", "ids are compared by their first 32 characters", by_id, compared("id_key", lambda text: text[:32])),
        ("name-compared-short", "names are compared by their first 30 characters", by_name, compared("name_key", lambda text: text[:30])),
        ("id-compared-to-63", "ids are compared without their 64th character", by_id, compared("id_key", lambda text: text[:63])),
        ("name-compared-by-ascii", "names are compared by their ASCII characters", by_name,
            compared("name_key", lambda text: text.encode("ascii", "ignore").decode())),
        ("exists-codes-swapped", "an id that exists is answered as a name, and the other way round", by_id + by_name, swapped),
        ("id-exists-as-not-exist", "an id that exists is answered as one that doesn't", by_id, put("id_exists_code", f"{_VALUE}GroupIdNotExist")),
        ("id-exists-as-person", "an id that exists is answered with the person's code", by_id, put("id_exists_code", f"{_VALUE}PersonIdAlreadyExist")),
        ("name-exists-as-illegal", "a name that exists is answered as illegal", by_name, put("name_exists_code", f"{_VALUE}GroupNameIllegal")),
        ("name-exists-as-id", "a name that exists is answered with the id's code", by_name, put("name_exists_code", f"{_VALUE}GroupIdAlreadyExist")),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(name, about, clauses, spoil)


# --- Requests as a whole -------------------------------------------------------------------------------------


def _whole_faults() -> Iterator[Fault]:
    def has(name: str) -> Callable[[Request], bool]:
        return lambda request: bool(request.values(name))

    spoils: list[tuple[str, str, tuple[str, ...], Spoil]] = [
        ("accepts-everything", "nothing is refused", ("GroupName.length.max",), wrap("accept", lambda _accept: lambda _request: True)),
        ("refuses-everything", "everything is refused", ("GroupName.charset",), refusing(lambda _request: True, f"{_VALUE}GroupNameIllegal")),
        ("fails-on-valid", "valid requests are failed operations", ("GroupExDescriptions.optional",), finishing(
            lambda reply: reply.body["Response"].update(Error={"Code": "FailedOperation", "Message": "x"}) or reply.body["Response"].pop("FaceModelVersion"),
            lambda reply: "FaceModelVersion" in reply.body["Response"])),
        ("tag-unknown", "Tag is an unknown parameter", ("Tag.length.max", "Tag.charset", "Tag.length.min"), refusing(has("Tag"), "UnknownParameter")),
        ("descriptions-unknown", "GroupExDescriptions is an unknown parameter",
            ("GroupExDescriptions.count.max", "GroupExDescriptions.element.length.max"), refusing(has("GroupExDescriptions"), "UnknownParameter")),
        ("everything-optional-required", "a request without options is refused", ("GroupExDescriptions.optional",),
            refusing(lambda request: len(request.parameters) <= 2, "MissingParameter")),
        ("five-parameters-too-many", "a request with every parameter is refused", ("GroupName.length.max",),
            refusing(lambda request: len(request.names) >= 5, "InvalidParameter.InvalidParameter")),
        ("same-id-and-name", "an id that is the name as well is refused", ("GroupExDescriptions.optional",),
            refusing(lambda request: request.values("GroupId") == request.values("GroupName"), "InvalidParameter.InvalidParameter")),
    ]  # fmt: skip
    for name, about, clauses, spoil in spoils:
        yield Fault(name, about, clauses, spoil)


ACTION_FAULTS: tuple[Fault, ...] = (
    *itertools.chain.from_iterable(_text_faults(name) for name in _PREFIX),
    *itertools.chain.from_iterable(_name_faults(name) for name in _PREFIX if name != "GroupId"),
    *_id_faults(),
    *_neighbouring_codes(),
    *_presence_faults(),
    *_type_faults(),
    *_list_faults(),
    *_version_faults(),
    *_uniqueness_faults(),
    *ANSWER_FAULTS,
    *_whole_faults(),
)
