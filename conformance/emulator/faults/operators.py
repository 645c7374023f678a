"""Operators: the kinds of mistake that faults are, each with a weight and its reason, and the seam at which it is made.

The weight says how likely people make it, beside the others: from 1, as heard of once, to 8, as seen again and again in
mocks, emulators and gateways. A fault belongs to the first operator whose pattern its name matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from conformance.emulator.faults.model import Fault

__all__ = ["OPERATORS", "Operator", "Seam", "operator_of"]


class Seam(StrEnum):
    """Where in a service a mistake is made."""

    ARRIVAL = "arrival"
    SIGNATURE = "signature"
    READING = "reading"
    RULE = "rule"
    COMPARISON = "comparison"
    STORING = "storing"
    REPLY = "reply"
    BYTES = "bytes"
    TIMING = "timing"


@dataclass(frozen=True, slots=True)
class Operator:
    """A kind of mistake.

    Attributes:
        name: of the kind.
        seam: where it is made.
        weight: how likely it is, from 1 to 8.
        why: why people make it.
        pattern: of the names of its faults.
    """

    name: str
    seam: Seam
    weight: int
    why: str
    pattern: re.Pattern[str]


def _table() -> dict[Seam, list[tuple[str, int, str, str]]]:
    """By seam: (name, weight, why, pattern)."""
    name = r"(group-name|group-id|description|tag)"
    return {
        Seam.RULE: [
            ("limit-by-one", 8, "< is written for <=", rf"{name}-one-too-(few|many)|descriptions-(four|six)|quota-one-(more|less)"),
            ("limit-by-few", 2, "a limit is typed wrongly", rf"{name}-(two-too-few|two-too-many|four-too-many|a-tenth-more)|descriptions-(three|seven|eight)"),
            ("limit-doubled", 2, "a limit of bytes becomes one of characters, or two are added", rf"{name}-double-length|descriptions-ten"),
            ("limit-halved", 2, "the field is narrower than the page says", rf"{name}-half-length"),
            ("limit-of-others", 4, "another parameter's limit, or the column's, is copied", rf"{name}-at-most-.*"),
            ("limit-absent", 6, "a mock has none", rf"{name}-any-length|descriptions-any-number|quota-unchecked|three-too-long"),
            ("limit-wraps", 1, "a length is kept in too few bits", rf"{name}-length-in-.*"),
            ("limit-cuts", 4, "a column cuts what is too long", rf"{name}-truncates"),
            ("unit-of-bytes", 6, "len() of bytes", rf"{name}-counts-(bytes|gbk|utf-16-bytes|width|thirds|han-as-.*)"),
            ("unit-of-escapes", 2, "what is counted is still encoded", rf"{name}-counts-(escapes|percent-encoded)"),
            ("unit-of-some", 1, "what a pattern counts isn't every character", rf"{name}-counts-.*"),
            ("lengths-refused", 1, "a length is special in a store", rf"{name}-(no-lengths?-.*|no-odd-lengths)|descriptions-of-exactly-.*|descriptions-in-sum-.*"),
            ("least-length", 4, "names of one character look like a mistake", rf"{name}-(at-least-.*|no-single-character)"),
            ("emptiness", 6, "'' is falsy", rf"{name}-(empty|not-empty)"),
            ("presence", 6, "required and optional are mixed up", rf"({name}|descriptions|face-model-version)-(optional|required)|everything-optional-required"),
            ("alphabet-absent", 6, "a mock checks lengths alone", rf"{name}-any-character"),
            ("alphabet-unanchored", 5, "a pattern without ^ and $", rf"{name}-(first-character-only|last-character-only|ends-only|one-good-is-enough|sixteen-checked)"),
            ("alphabet-of-lines", 4, "$ and ^ mean lines", rf"{name}-(newline-at-end|first-line-checked|last-line-checked)"),
            ("alphabet-in-part", 1, "a loop steps over some", rf"{name}-(first-half-unchecked|second-half-unchecked|first-unchecked|last-unchecked|every-other-checked|han-unchecked-after|ascii-unchecked)"),
            ("alphabet-trims", 5, "texts are trimmed before they are checked", rf"{name}-(trims|white-space-out|cuts-at-null)"),
            ("alphabet-plus-sign", 4, "a class of characters has one more, or a range by mistake", rf"{name}-(takes-(dot|at|dollar|plus|star|quote|tilde|backslash|bracket|slash-and-colon)|range-by-mistake|also-(?!wide|no-break|zero|joiner|byte|line|middle|enum|title|dash|ellipsis|euro|copy|circled|accent|smiley|man|heart|replacement|private|tab|return|delete|escape|nul).*)"),
            ("alphabet-plus-space", 4, r"\s is in the class", rf"{name}-(takes-space|also-(tab|return|wide-space|no-break-space|line-separator))"),
            ("alphabet-plus-control", 2, "what can't be seen isn't thought of", rf"{name}-(takes-(other-)?controls|also-(delete|escape|nul|zero-width-space|joiner|byte-order-mark))"),
            ("alphabet-plus-emoji", 3, "emoji are letters to somebody", rf"{name}-(takes-emoji|also-(smiley|man|heart))"),
            ("alphabet-plus-marks", 3, "Chinese punctuation is taken for Chinese", rf"{name}-also-.*"),
            ("alphabet-plus-script", 4, r"\w knows every script", rf"{name}-(takes-han|unicode-words|fullwidth)"),
            ("alphabet-minus-sign", 4, "a sign is forgotten", rf"{name}-no-(hyphen|underscore|percent|at|hash|ampersand)"),
            ("alphabet-minus-letter", 2, "a range ends one too early", rf"{name}-no-(z|nine|capitals|letter-.|digit-.)"),
            ("alphabet-minus-han", 4, "a range of Han ends too early, or isn't there", rf"{name}-(no-han|han-stops-short|no-han-.*|no-first-han|no-last-han|no-leading-han)"),
            ("alphabet-by-place", 3, "identifiers begin with a letter", rf"{name}-no-(leading|trailing)-.*"),
            ("alphabet-by-kind", 2, "an id of one kind of character alone is taken for something else", rf"{name}-no-.*-alone"),
            ("alphabet-by-run", 2, "separators may not stand in a row", rf"{name}-no-(double-.*|hyphen-beside-.*|three-in-a-row)"),
            ("words-refused", 2, "words mean something to a language, or to a firewall", rf"{name}-no-(word|part)-.*"),
            ("types-coerced", 6, "a language turns numbers into texts", rf"({name}|descriptions|face-model-version)-any-type"),
            ("list-in-part", 4, "a loop returns in its first round", r"descriptions-(first|last)-(length|charset)-(only|never)"),
            ("list-repeats", 6, "nobody compares the items", r"descriptions-(repeat|adjacent-only|first-two-only|with-first-only)|descriptions-.*-may-repeat"),
            ("list-overcompares", 2, "items are compared by less than they are", r"descriptions-(by|without-signs).*"),
            ("version-values", 5, "versions are compared as numbers or by their beginning", r"face-model-version-(any|integer|numbers|prefix|suffix|trims|four|one|between|no-three)"),
            ("version-default", 4, "the default changed with the years", r"face-model-version-(default.*|always-three)|version-of-all"),
            ("wholes-refused", 2, "a combination isn't thought of", r"five-parameters-too-many|same-id-and-name|(tag|descriptions)-unknown|refuses-everything|fails-on-valid"),
            ("wholes-taken", 3, "a mock checks nothing", r"accepts-everything|unchecked-.*"),
        ],
        Seam.REPLY: [
            ("code-of-another", 5, "a line is copied and its code stays", rf"{name}-(toolong|illegal)-as-(group-name|group-id|description|tag)|exists-codes-swapped|(id|name)-exists-as-.*|.*-as-person(-exists)?|descriptions-repeat-as-.*|face-model-version-as-.*|quota-as-exists|descriptions-exceed-as-.*|no-face-in-photo"),
            ("codes-swapped", 4, "two checks share a code", rf"{name}-(long-as-illegal|illegal-as-long|codes-swapped)"),
            ("code-invented", 3, "a code is made up, or misspelt", r"undocumented-.*|.*-as-(misspelt|without-prefix)|codes-.*"),
            ("code-too-general", 5, "one code for all", r"one-code-for-all|bare-codes|.*-as-(invalid-value|invalid|failed|unsupported|unknown|unauthorized|not-found|limit|empty|missing)|unknown-as-.*|wrong-type-as-.*|absent-as-.*|region-as-.*|scope-as-exists"),
            ("code-of-a-crash", 4, "an exception that nobody catches", r".*-as-internal|internal-error-.*|server-error-.*|throttled-.*"),
            ("value-breaks", 3, "a value that a library doesn't take", rf"{name}-breaks-on-.*|emoji-as-http-500"),
            ("request-id", 4, "a constant in a mock", r"request-id-.*"),
            ("http-status", 5, "errors are HTTP errors elsewhere", r"http-.*"),
            ("envelope", 3, "written by hand", r"no-envelope|.*-envelope"),
            ("error-members", 3, "written by hand", r"error-.*"),
            ("version-told", 3, "the answer is a constant, or what was given", r"face-model-version-(not-told|told-.*)|version-missing"),
        ],
        Seam.BYTES: [
            ("content-type", 4, "a framework's default", r"text-.*|no-content-type|other-charset"),
            ("body-broken", 2, "what writes the body fails", r"not-json.*|empty-body|truncated-json|byte-order-mark|json-twice"),
        ],
        Seam.SIGNATURE: [
            ("signature-unchecked", 6, "mocks don't compare", r"signature-.*|body-uncovered|authorization-optional|secret-id-unchecked"),
            ("signature-refused", 3, "what is signed besides isn't thought of", r"(more-signed|extra)-headers-refused|signed-headers-.*|sha-1-unknown"),
            ("signature-code", 3, "codes of refusals are mixed up", r"secret-id-as-failure|expired-as-failure|failure-as-.*|malformed-authorization-.*"),
            ("clock-window", 4, "minutes for seconds, or no window", r"tolerance-.*|expired-accepted|future-accepted|timestamp-optional"),
            ("scope", 2, "the scope is parsed and forgotten", r"scope-.*"),
        ],
        Seam.ARRIVAL: [
            ("methods", 2, "a router takes them all", r"put-accepted|any-method|method-as-internal"),
            ("action-names", 4, "names are looked up leniently", r"(unknown-)?action-.*"),
            ("version-names", 4, "the Version isn't compared", r"any-version|(unknown-)?version-.*"),
            ("ways-unserved", 4, "only JSON was built", r"form-unknown|get-unknown|language-refused|headers-in-one-case|charset-refused"),
            ("sizes", 2, "a proxy's limits", r"no-size-limit|half-the-size|size-as-internal"),
        ],
        Seam.READING: [
            ("json-lenient", 4, "a lenient parser", r"last-brace-optional|trailing-.*-accepted|apostrophes-accepted|nan-accepted|invalid-bytes-dropped|list-of-object-accepted|bad-json-as-internal"),
            ("json-strict", 2, "a pattern for a parser", r"no-white-space-before|escapes-kept"),
            ("encodings", 4, "bytes are decoded as something else, or twice", r"body-as-latin-1|decoded-twice|plus-kept|han-lost-in-forms"),
            ("arrays-in-forms", 4, "indices are ignored", r"array-.*"),
        ],
        Seam.COMPARISON: [
            ("uniqueness-absent", 5, "nobody looks whether it exists", r"(id|name)-not-unique|renaming-unchecked|repeat-accepted"),
            ("sameness-by-prefix", 3, "an index over the beginning", r"(id|name)-compared-(short|to-63)|(ids|names)-compared-by-(first-\d+|without-last)"),
            ("sameness-by-suffix", 1, "an id is taken from its end", r"(ids|names)-compared-by-(last-\d+|without-first)"),
            ("sameness-by-part", 1, "what stands before a separator is looked up", r"(ids|names)-compared-by-(first-word|first-part|length|every-other)"),
            ("sameness-folded", 3, "a collation takes characters for the same", r"(ids|names)-compared-by-(without-.*|hyphens-as-underscores|underscore-for-any|runs|zero-as-o|sorted|letters|digits)"),
            ("sameness-of-numbers", 3, "ids of digits are numbers", r"(ids|names)-compared-by-numbers"),
            ("sameness-of-scripts", 2, "what a table of characters lacks is lost", r"(ids|names)-compared-by-(han|ascii|gb2312)|name-compared-by-ascii"),
            ("sameness-among-some", 3, "duplicates are looked for on the first page", r"(newest|oldest)-\d+-names|name-forgotten"),
        ],
        Seam.STORING: [
            ("kept-not", 4, "a member is forgotten", rf"{name}s?-lost|name-lowered-where-kept|(tag|name)-in-ascii"),
            ("kept-cut", 4, "a column is too short", r"(tag|descriptions|name)(-kept|-shown)?-(cut.*|without-last)"),
            ("kept-folded", 2, "letter case isn't kept", r"(tag|descriptions|name)(-kept|-shown)?-(in-capitals|swapped|titled|lowered)"),
            ("kept-escaped", 3, "what was escaped for a page or a store isn't undone", r"(tag|descriptions|name)(-kept|-shown)-(han-as-escapes|quoted|with-space|as-latin-1)"),
            ("kept-without-some", 2, "a store's character set lacks them", r"(tag|descriptions|name)(-kept|-shown)-.*"),
            ("kept-list", 4, "a list in one column, or a set", r"description-list-.*|descriptions-(sorted|backwards|first-three)"),
            ("kept-of-another", 3, "a shared object, or the wrong variable", r"tag-(of-another-group|kept-as-name|from-name)|descriptions-for-tag"),
            ("refusal-leaves", 4, "stored before all is checked", r"refused-.*|unauthenticated-creates"),
            ("deletion-leaves", 4, "an index isn't cleaned", r"deletion-keeps-.*"),
            ("renaming-leaves", 3, "an index isn't updated", r"renaming-.*"),
            ("lists-wrong", 2, "pages and filters", r"(not-)?listed.*"),
        ],
        Seam.TIMING: [
            ("race", 4, "look, then write", r"race|one-at-a-time"),
            ("hung-up", 2, "half of the work is undone", r"lost-answer-.*"),
        ],
    }  # fmt: skip


OPERATORS: tuple[Operator, ...] = tuple(
    Operator(name, seam, weight, why, re.compile(pattern))
    for seam, rows in _table().items()
    for name, weight, why, pattern in rows
)


def operator_of(fault: Fault) -> Operator:
    """The kind of mistake that a fault is. Raises LookupError for one of no kind."""
    return _named(fault.name)


@cache
def _named(name: str) -> Operator:
    for each in OPERATORS:
        if each.pattern.fullmatch(name):
            return each
    raise LookupError(f"no operator says what kind of mistake {name} is")
