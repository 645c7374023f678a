"""Faults in how texts and lists are checked, in many values of each: lengths and units, alphabets, words, codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

from conformance.emulator.behaviour import Behaviour, TextRule, longest, utf8_bytes
from conformance.emulator.faults.model import Fault, Spoil, finishing, recoded, refusing, wrap
from conformance.exchange.cases import Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_LENGTH, salted

__all__ = ["RULE_FAULTS"]

_VALUE = "InvalidParameterValue."
_PREFIX = {"GroupName": "group-name", "GroupId": "group-id", "GroupExDescriptions": "description", "Tag": "tag"}
_CLAUSE = {name: name if name != "GroupExDescriptions" else f"{name}.element" for name in _PREFIX}
_OF_IDS = "-%@#&_"

Edit = Callable[[TextRule], None]


def _with(name: str, text: str) -> tuple[Step, ...]:
    """A creation with a text for a parameter."""
    value: object = [text] if name == "GroupExDescriptions" else text
    return (Step(Request.of({"GroupName": SALT, "GroupId": SALT, name: value})),)


def _faults(name: str, rows: list[tuple[str, str, str, Edit, str]]) -> Iterator[Fault]:
    """Faults of one text: (suffix, about, aspect of its clause, edit of its rule, the text that shows it)."""
    for suffix, about, aspect, edit, text in rows:
        yield Fault(
            f"{_PREFIX[name]}-{suffix}",
            f"{name}: {about}",
            (f"{_CLAUSE[name]}.{aspect}",),
            lambda behaviour, edit=edit: edit(behaviour.texts[name]),  # type: ignore[misc]
            name,
            _with(name, text),
        )


# --- Lengths -------------------------------------------------------------------------------------------------


def _limit(change: Callable[[int], int]) -> Edit:
    return lambda rule: setattr(rule, "maximum", change(rule.maximum))


def _measured(change: Callable[[Callable[[str], int], str], int]) -> Edit:
    """Measure a text in another way: `change` gets the right measure and the text."""
    return lambda rule: setattr(rule, "measure", partial(change, rule.measure))


def _refused(test: Callable[[str], bool]) -> Edit:
    """Refuse legal texts too, as illegal."""

    def edit(rule: TextRule) -> None:
        fits = rule.fits
        rule.fits = lambda text: fits(text) and not test(text)

    return edit


def _thrice_the_bytes(rule: TextRule) -> None:
    rule.measure, rule.maximum = utf8_bytes, 3 * rule.maximum


def _too_long(test: Callable[[str], bool]) -> Edit:
    """Refuse legal texts too, as too long."""
    return _measured(lambda measure, text: 10**9 if test(text) else measure(text))


def _length_faults(name: str) -> Iterator[Fault]:
    limit = longest(f"{_CLAUSE[name]}.length.max")
    most = "length.max"
    least = "length.min" if name != "Tag" else "charset"
    rows: list[tuple[str, str, str, Edit, str]] = [
        ("two-too-few", "the two longest lengths are refused", most, _limit(lambda n: n - 2), salted(limit)),
        ("two-too-many", "two more are taken", most, _limit(lambda n: n + 2), salted(limit + 1)),
        ("four-too-many", "four more are taken", most, _limit(lambda n: n + 4), salted(limit + 1)),
        ("a-tenth-more", "a tenth more is taken", most, _limit(lambda n: n + n // 10), salted(limit + 1)),
        ("double-length", "twice as much is taken", most, _limit(lambda n: 2 * n), salted(limit + 1)),
        ("length-in-a-byte", "the length is kept in a byte", most, _measured(lambda m, t: m(t) % 256), salted(256)),
        ("length-in-two-bytes", "the length is kept in two bytes", most, _measured(lambda m, t: m(t) % 65536), salted(65537)),
        ("counts-different-characters", "each character counts once", most, _measured(lambda _m, t: len(set(t))), salted(limit + 1)),
        ("counts-without-hyphens", "hyphens don't count", most, _measured(lambda m, t: m(t.replace("-", ""))), f"{SALT}{'-a' * limit}"[: limit + 1 + len(SALT) - 14]),
        ("counts-without-digits", "digits don't count", most, _measured(lambda m, t: m("".join(c for c in t if not c.isdigit()))), f"<digits:{limit + 1}>"),
        ("counts-letters-and-digits", "signs don't count", most, _measured(lambda m, t: m("".join(filter(str.isalnum, t)))), f"{SALT}{'-_' * limit}"[: limit + 1 + len(SALT) - 14]),
        ("counts-percent-encoded", "it is counted as it is percent-encoded", most, _measured(lambda _m, t: len(quote(t.encode("utf-8", "surrogatepass"), safe=""))), f"{SALT}{'%' * (limit - SALT_LENGTH)}" if name == "GroupId" else f"<han:{limit // 3}>"),
        ("no-lengths-of-sixteen", "lengths that sixteen divides are refused", most, _too_long(lambda t: len(t) % 16 == 0), salted(16)),
        ("no-odd-lengths", "odd lengths are refused", most, _too_long(lambda t: len(t) % 2 == 1), salted(15)),
        ("at-least-two", "one character is refused", least, _refused(lambda t: len(t) == 1), "<salt:1>"),
        ("at-least-three", "fewer than three are refused", least, _refused(lambda t: 0 < len(t) < 3), "<salt:2>"),
        ("at-least-six", "fewer than six are refused", least, _refused(lambda t: 0 < len(t) < 6), "<salt:5>"),
    ]  # fmt: skip
    rows += [
        (f"at-most-{number}", f"{number} are taken at most", most, _limit(lambda _n, number=number: number), salted(min(number, limit) + 1))  # type: ignore[misc]
        for number in (16, 20, 32, 50, 64, 100, 128, 255, 256, 1024)
        if abs(number - limit) > 1
    ]  # fmt: skip
    for first, last in (
        (15, 15),
        (16, 16),
        (20, 20),
        (24, 24),
        (25, 29),
        (30, 39),
        (32, 32),
        (36, 36),
        (33, 64),
        (48, 48),
    ):
        if last < limit:
            word = f"{first}" if first == last else f"{first}-to-{last}"
            rows.append((f"no-length-{word}", f"lengths of {word} are refused", most, _too_long(lambda t, a=first, b=last: a <= len(t) <= b), salted(last)))  # type: ignore[misc] # fmt: skip
    if name != "GroupId":
        han = f"<han:{limit // 2}>"
        rows += [
            ("counts-gbk", "bytes of GBK are counted", most, _measured(lambda _m, t: len(t.encode("gbk", "replace"))), f"<han:{limit}>"),
            ("counts-utf-16-bytes", "bytes of UTF-16 are counted", most, _measured(lambda _m, t: len(t.encode("utf-16-le", "surrogatepass"))), salted(limit)),
            ("counts-escapes", "it is counted as it is escaped in JSON", most, _measured(lambda _m, t: len(json.dumps(t)) - 2), han),
            ("counts-thirds", "three bytes are one character", most, _measured(lambda _m, t: (utf8_bytes(t) + 2) // 3), salted(limit + 1)),
            ("counts-ascii-only", "Han don't count", most, _measured(lambda m, t: m("".join(filter(str.isascii, t)))), f"<han:{limit + 1}>"),
            ("counts-han-as-three-and-limit-of-bytes", "three times as many bytes are taken", most,
                _thrice_the_bytes, salted(limit + 1)),
        ]  # fmt: skip
    yield from _faults(name, rows)


# --- Alphabets -----------------------------------------------------------------------------------------------

_SIGNS = {
    "!": "exclamation-mark", '"': "double-quote", "#": "hash", "$": "dollar", "%": "percent", "&": "ampersand",
    "'": "apostrophe", "(": "parenthesis", ")": "closing-parenthesis", "*": "asterisk", "+": "plus", ",": "comma",
    "/": "slash", ":": "colon", ";": "semicolon", "<": "less", "=": "equals", ">": "greater", "?": "question-mark",
    "@": "at-sign", "[": "square-bracket", "\\": "backslash", "]": "closing-bracket", "^": "caret", "`": "backtick",
    "{": "brace", "|": "bar", "}": "closing-brace", "~": "tilde",
}  # fmt: skip
_FAR_SIGNS = {
    "\u3000": "wide-space", "\u00a0": "no-break-space", "\u200b": "zero-width-space", "\u200d": "joiner",
    "\ufeff": "byte-order-mark", "\u2028": "line-separator", "\uff0c": "wide-comma", "\u3002": "wide-full-stop",
    "\u00b7": "middle-dot", "\u3001": "enumeration-comma", "\uff08": "wide-parenthesis", "\u300a": "title-mark",
    "\u2014": "dash", "\u2026": "ellipsis", "\u20ac": "euro", "\u00a9": "copyright", "\u2460": "circled-one",
    "\u0301": "accent", "\U0001f600": "smiley", "\U0001f468": "man", "\u2764": "heart", "\ufffd": "replacement",
    "\ue000": "private-use", "\t": "tab", "\r": "return", "\x7f": "delete", "\x1b": "escape", "\0": "nul",
}  # fmt: skip
# Whether names may have these, the page leaves open.
_UNCLEAR = frozenset("\u2460\uff0c\u3002\u00b7\u3001\uff08\u300a\u2014\u2026")


def _also(extra: str) -> Edit:
    def edit(rule: TextRule) -> None:
        fits = rule.fits
        rule.fits = lambda text: fits("".join(each for each in text if each not in extra))

    return edit


def _where(place: Callable[[str], str]) -> Edit:
    """Look at the characters of one place alone."""

    def edit(rule: TextRule) -> None:
        fits = rule.fits
        rule.fits = lambda text: fits(place(text))

    return edit


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _alphabet_faults(name: str) -> Iterator[Fault]:
    charset = "charset"
    signs = {sign: word for sign, word in _SIGNS.items() if name != "GroupId" or sign not in _OF_IDS}
    signs |= {sign: word for sign, word in _FAR_SIGNS.items() if name == "GroupId" or sign not in _UNCLEAR}
    rows: list[tuple[str, str, str, Edit, str]] = [
        (f"also-{word}", f"{json.dumps(sign)} is taken", charset, _also(sign), f"{SALT}{sign}a")
        for sign, word in signs.items()
    ]
    rows += [
        ("no-leading-hyphen", "a hyphen at the beginning is refused", charset, _refused(lambda t: t[:1] == "-"), f"-{SALT}"),
        ("no-trailing-hyphen", "a hyphen at the end is refused", charset, _refused(lambda t: t[-1:] == "-"), f"{SALT}-"),
        ("no-leading-underscore", "an underscore at the beginning is refused", charset, _refused(lambda t: t[:1] == "_"), f"_{SALT}"),
        ("no-trailing-underscore", "an underscore at the end is refused", charset, _refused(lambda t: t[-1:] == "_"), f"{SALT}_"),
        ("no-leading-digit", "a digit at the beginning is refused", charset, _refused(lambda t: t[:1].isdigit()), f"7{SALT}"),
        ("no-leading-capital", "a capital at the beginning is refused", charset, _refused(lambda t: t[:1].isupper()), f"Q{SALT}"),
        ("no-digits-alone", "digits alone are refused", charset, _refused(lambda t: t.isascii() and t.isdigit()), "<digits:20>"),
        ("no-letters-alone", "letters alone are refused", charset, _refused(lambda t: t.isascii() and t.isalpha()), "<word>"),
        ("no-capitals-alone", "capitals alone are refused", charset, _refused(lambda t: t.isascii() and t.isalpha() and t.isupper()), "QWERTYUIOP"),
        ("no-signs-alone", "signs alone are refused", charset, _refused(lambda t: t != "" and not any(map(str.isalnum, t))), "-_--_-__-_-"),
        ("no-double-hyphen", "two hyphens in a row are refused", charset, _refused(lambda t: "--" in t), f"{SALT}--a"),
        ("no-double-underscore", "two underscores in a row are refused", charset, _refused(lambda t: "__" in t), f"{SALT}__a"),
        ("no-hyphen-beside-underscore", "hyphen beside underscore is refused", charset, _refused(lambda t: "-_" in t or "_-" in t), f"{SALT}-_a"),
        ("no-three-in-a-row", "a character three times in a row is refused", charset, _refused(lambda t: any(a == b == c for a, b, c in zip(t, t[1:], t[2:], strict=False))), f"{SALT}aaa"),
        ("no-leading-zero", "a zero at the beginning is refused", charset, _refused(lambda t: t[:1] == "0"), f"0{SALT}"),
        *((f"no-letter-{letter}", f"{letter} is refused", charset, _refused(lambda t, letter=letter: letter in t), f"{SALT}{letter}") for letter in "aiouIOXZ"),  # type: ignore[misc]
        *((f"no-digit-{digit}", f"{digit} is refused", charset, _refused(lambda t, digit=digit: digit in t), f"{SALT}{digit}") for digit in "018"),  # type: ignore[misc]
        *((f"no-word-{word.lower()}", f"the word {word} is refused", charset, _refused(lambda t, word=word: t.lower() == word.lower()), word)  # type: ignore[misc]
          for word in ("null", "true", "None", "undefined", "NaN", "admin", "select", "default", "0", "false")),
        *((f"no-part-{word}", f"what has the word {word} in it is refused", charset, _refused(lambda t, word=word: word in t.lower()), f"{SALT}-{word}-a")  # type: ignore[misc]
          for word in ("select", "drop", "script", "test", "admin", "union", "null", "or")),
        ("second-half-unchecked", "the second half isn't looked at", charset, _where(lambda t: t[: (len(t) + 1) // 2]), f"{SALT}!"),
        ("first-half-unchecked", "the first half isn't looked at", charset, _where(lambda t: t[len(t) // 2 :]), f"!{SALT}"),
        ("first-unchecked", "the first character isn't looked at", charset, _where(lambda t: t[1:]), f"!{SALT}"),
        ("last-unchecked", "the last character isn't looked at", charset, _where(lambda t: t[:-1]), f"{SALT}!"),
        ("sixteen-checked", "sixteen characters are looked at", charset, _where(lambda t: t[:16]), f"{SALT}abc!"),
        ("first-line-checked", "the first line is looked at", charset, _where(lambda t: t.split("\n")[0]), f"{SALT}\n!"),
        ("last-line-checked", "the last line is looked at", charset, _where(lambda t: t.split("\n")[-1]), f"!\n{SALT}"),
        ("every-other-checked", "every other character is looked at", charset, _where(lambda t: t[::2]), f"{SALT}a!a"),
        ("ascii-unchecked", "of the characters those that aren't ASCII are looked at", charset, _where(lambda t: "".join(c for c in t if not c.isascii())), f"{SALT}!"),
        ("white-space-out", "white space is left out", charset, _where(lambda t: "".join(t.split())), f"{SALT} a"),
    ]  # fmt: skip
    if name != "GroupId":
        rows += [
            ("no-han-beyond-gb2312", "Han that GB 2312 doesn't have are refused", charset, _refused(lambda t: any("\u4e00" <= c <= "\u9fa5" and not _in_gb2312(c) for c in t)), f"{SALT}\u9fa5\u4e02"),
            ("no-han-of-the-first-page", "Han before U+4F00 are refused", charset, _refused(lambda t: any("\u4e00" <= c < "\u4f00" for c in t)), f"{SALT}\u4e00\u4e09"),
            ("no-han-from-8000", "Han from U+8000 are refused", charset, _refused(lambda t: any("\u8000" <= c <= "\u9fa5" for c in t)), f"{SALT}\u8001\u9000"),
            ("no-first-han", "the first Han is refused", charset, _refused(lambda t: "\u4e00" in t), f"{SALT}\u4e00"),
            ("no-last-han", "the last Han is refused", charset, _refused(lambda t: "\u9fa5" in t), f"{SALT}\u9fa5"),
            ("no-han-alone", "Han alone are refused", charset, _refused(lambda t: t != "" and all("\u4e00" <= c <= "\u9fa5" for c in t)), "<han:8>"),
            ("no-han-beside-letters", "Han beside letters are refused", charset, _refused(lambda t: any("\u4e00" <= c <= "\u9fa5" for c in t) and any(c.isascii() for c in t)), f"{SALT}<han:2>"),
            ("no-leading-han", "Han at the beginning are refused", charset, _refused(lambda t: "\u4e00" <= t[:1] <= "\u9fa5"), f"<han:2>{SALT}"),
            ("han-unchecked-after", "what follows Han isn't looked at", charset, _where(lambda t: t[: next((i for i, c in enumerate(t) if c > "\u2e80"), len(t))]), "组<salt:6>!"),
        ]  # fmt: skip
    yield from _faults(name, rows)


# --- Lists, types and codes ----------------------------------------------------------------------------------


def _descriptions(*items: str) -> tuple[Step, ...]:
    return (Step(Request.of({"GroupName": SALT, "GroupId": SALT, "GroupExDescriptions": list(items)})),)


def _list_faults() -> Iterator[Fault]:
    subject, most, distinct = "GroupExDescriptions", "GroupExDescriptions.count.max", "GroupExDescriptions.distinct"
    five = tuple(f"{SALT}{at}" for at in range(5))

    def items(request: Request) -> list[str]:
        found = request.values(subject)
        return [each for each in found[-1] if isinstance(each, str)] if found and isinstance(found[-1], list) else []

    def repeats(key: Callable[[str], str]) -> Spoil:
        return wrap("repeated", lambda repeated: lambda texts: repeated([key(each) for each in texts]))

    def never(test: Callable[[list[str]], bool]) -> Spoil:
        return wrap("repeated", lambda repeated: lambda texts: not test(texts) and repeated(texts))

    longest_item, exceed = "GroupExDescriptions.element.length.max", f"{_VALUE}GroupExDescriptionsExceed"
    rows: list[tuple[str, str, str, Spoil, tuple[Step, ...]]] = [
        ("descriptions-three", "three descriptions are taken at most", most, _most(3), _descriptions(*five[:4])),
        ("descriptions-seven", "seven descriptions are taken", most, _most(7), _descriptions(*five, "x")),
        ("descriptions-eight", "eight descriptions are taken", most, _most(8), _descriptions(*five, "x")),
        ("descriptions-of-exactly-three", "three descriptions are refused", most, refusing(lambda r: len(items(r)) == 3, exceed), _descriptions(*five[:3])),
        ("descriptions-of-exactly-one", "one description is refused", most, refusing(lambda r: len(items(r)) == 1, exceed), _descriptions(SALT)),
        ("descriptions-in-sum-100", "descriptions of more than 100 characters in all are refused", longest_item, refusing(lambda r: sum(map(len, items(r))) > 100, f"{_VALUE}GroupExDescriptionsNameTooLong"), _descriptions(*(f"{salted(29)}{at}" for at in range(4)))),
        ("descriptions-by-sorted-letters", "anagrams are said to repeat", distinct, repeats(lambda t: "".join(sorted(t))), _descriptions("abcdef", "fedcba")),
        ("descriptions-by-prefix-of-ten", "ten characters are compared", distinct, repeats(lambda t: t[:10]), _descriptions(f"{SALT}1", f"{SALT}2")),
        ("descriptions-by-end", "the last five characters are compared", distinct, repeats(lambda t: t[-5:]), _descriptions(f"a{SALT}", f"b{SALT}")),
        ("descriptions-without-signs", "hyphens and underscores aren't compared", distinct, repeats(lambda t: t.replace("-", "").replace("_", "")), _descriptions("a-b", "a_b")),
        ("descriptions-by-digits", "digits aren't compared", distinct, repeats(lambda t: "".join(c for c in t if not c.isdigit())), _descriptions("a1", "a2")),
        ("descriptions-by-ascii", "Han aren't compared", distinct, repeats(lambda t: t.encode("ascii", "ignore").decode()), _descriptions("a人", "a员")),
        ("descriptions-of-two-may-repeat", "of two descriptions both may be the same", distinct, never(lambda t: len(t) == 2), _descriptions(SALT, SALT)),
        ("descriptions-of-five-may-repeat", "of five descriptions some may be the same", distinct, never(lambda t: len(t) == 5), _descriptions(*five[:4], five[0])),
        ("descriptions-last-may-repeat", "the last isn't compared", distinct, wrap("repeated", lambda f: lambda t: f(t[:-1])), _descriptions("a", "b", "a")),
        ("descriptions-first-may-repeat", "the first isn't compared", distinct, wrap("repeated", lambda f: lambda t: f(t[1:])), _descriptions("a", "b", "a")),
        ("descriptions-long-may-repeat", "long ones aren't compared", distinct, wrap("repeated", lambda f: lambda t: f([c for c in t if len(c) < 20])), _descriptions(salted(30), salted(30))),
        ("descriptions-han-may-repeat", "those in Han aren't compared", distinct, wrap("repeated", lambda f: lambda t: f(list(filter(str.isascii, t)))), _descriptions("人", "人")),
    ]  # fmt: skip
    for name, about, clause, spoil, witness in rows:
        yield Fault(name, about, (clause,), spoil, subject, witness)


def _most(number: int) -> Spoil:
    return lambda behaviour: setattr(behaviour, "max_items", number)


_CODES = {
    "GroupNameTooLong": ("GroupName.length.max",), "GroupNameIllegal": ("GroupName.charset",),
    "GroupIdTooLong": ("GroupId.length.max",), "GroupIdIllegal": ("GroupId.charset",),
    "GroupTagTooLong": ("Tag.length.max",), "GroupTagIllegal": ("Tag.charset",),
    "GroupExDescriptionsNameTooLong": ("GroupExDescriptions.element.length.max",),
    "GroupExDescriptionsNameIllegal": ("GroupExDescriptions.element.charset",),
    "GroupExDescriptionsExceed": ("GroupExDescriptions.count.max",),
    "FaceModelVersionIllegal": ("FaceModelVersion.values",),
    "GroupIdAlreadyExist": ("GroupId.unique",), "GroupNameAlreadyExist": ("GroupName.unique",),
}  # fmt: skip
_INSTEAD = {
    "invalid-value": "InvalidParameterValue", "invalid": "InvalidParameter", "internal": "InternalError",
    "failed": "FailedOperation", "missing": "MissingParameter", "unknown": "UnknownParameter",
    "unauthorized": "UnauthorizedOperation", "unsupported": "UnsupportedOperation", "not-found": "ResourceNotFound",
    "person-exists": f"{_VALUE}PersonIdAlreadyExist", "empty": "MissingParameter.ErrorParameterEmpty",
    "limit": "LimitExceeded.ErrorGroupNumExceed", "without-prefix": "", "misspelt": "",
}  # fmt: skip


def _code_faults() -> Iterator[Fault]:
    for code, clauses in _CODES.items():
        for word, other in _INSTEAD.items():
            instead = {"without-prefix": code, "misspelt": f"{_VALUE}{code}s"}.get(word, other)
            yield Fault(
                f"{_kebab(code)}-as-{word}",
                f"{code} is answered as {instead}",
                clauses,
                recoded(f"{_VALUE}{code}", instead),
            )


def _kebab(code: str) -> str:
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in code).lstrip("-")


def _crash_faults() -> Iterator[Fault]:
    """A value on which the code breaks, however right it is; or instead of a refusal."""
    marks = {
        "han": ("Han", lambda t: any("\u4e00" <= c <= "\u9fa5" for c in t), "<han:4>", ("GroupName", "Tag")),
        "hyphen": ("a hyphen", lambda t: "-" in t, f"{SALT}-a", ("GroupName", "GroupId", "Tag")),
        "digits": ("digits alone", lambda t: t.isdigit(), "<digits:20>", ("GroupName", "GroupId", "Tag")),
        "quote": ("a quotation mark", lambda t: '"' in t, f'{SALT}"', ("GroupName", "GroupId", "Tag")),
        "apostrophe": ("an apostrophe", lambda t: "'" in t, f"{SALT}'", ("GroupName", "GroupId", "Tag")),
        "backslash": ("a backslash", lambda t: "\\" in t, f"{SALT}\\", ("GroupName", "GroupId", "Tag")),
        "percent": ("a percent sign", lambda t: "%" in t, f"{SALT}%", ("GroupName", "GroupId")),
        "nul": ("a NUL", lambda t: "\0" in t, f"{SALT}\0", ("GroupName", "GroupId", "Tag")),
        "emoji": ("an emoji", lambda t: any(c > "\uffff" for c in t), f"{SALT}\U0001f600", ("GroupName", "GroupId")),
        "long": ("a thousand characters", lambda t: len(t) > 1000, salted(1001), ("GroupName", "GroupId", "Tag")),
    }  # fmt: skip
    for word, (about, test, text, names) in marks.items():
        for name in names:
            legal = word in {"han", "hyphen", "digits"} or (word == "percent" and name == "GroupId")
            aspect = "length.max" if word == "long" else "charset"
            yield Fault(
                f"{_PREFIX[name]}-breaks-on-{word}",
                f"{name}: {about} {'is' if legal else 'is refused by'} an error of the server",
                (f"{_CLAUSE[name]}.{aspect}",),
                _breaking(name, test),
                name,
                _with(name, text),
            )


def _breaking(name: str, test: Callable[[str], bool]) -> Spoil:
    def break_(reply: object) -> None:
        reply.status, reply.headers["Content-Type"], reply.body = 500, "text/html", b"<h1>500</h1>"  # type: ignore[attr-defined]

    def spoil(behaviour: Behaviour) -> None:
        behaviour.conditional.append((lambda occasion: any(map(test, occasion.texts(name))), finishing(break_)))

    return spoil


RULE_FAULTS: tuple[Fault, ...] = (
    *(fault for name in _PREFIX for fault in _length_faults(name)),
    *(fault for name in _PREFIX for fault in _alphabet_faults(name)),
    *_list_faults(),
    *_code_faults(),
    *_crash_faults(),
)
