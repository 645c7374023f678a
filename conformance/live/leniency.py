"""What any server, however lenient, could read in the bytes of a request: more than a documented one would. Pure.

Nobody knows how far the leniency of a service goes. So texts aren't parsed, they are collected: whatever stands between
quotes, marks or ends, as it is and with its escapes undone, once or in each other, in each encoding that fits. Guard,
journal and clean-up share this: what could be an id here is guarded, written down, and looked for.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from conformance.contract import PARAMETERS
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.wire import COMMON_FIELDS

__all__ = [
    "actions_of", "could_be", "could_be_made_of", "could_choose", "ids_of", "is_unmistakable", "key",
    "method_of_change", "names_of", "texts_of", "words_of_change",
]  # fmt: skip

# So many characters of a run's random texts, so many of them different, are in nobody else's ids and names.
_UNMISTAKABLE, _DIFFERENT = 8, 4
# Of a longer text, its beginning suffices to know it again.
_LONGEST = 1024
_UNPACKED = 16 * 1024 * 1024  # bytes
# Escapes in escapes in escapes: whoever undoes more than that isn't lenient, but mad.
_DEPTH = 3

# --- Texts that mean the same -----------------------------------------------------------------------------


def _without_percents(text: str) -> str:
    return unquote(text, errors="replace") if "%" in text else text


def _as_form(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace") if "+" in text or "%" in text else text


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _without_backslashes(text: str) -> str:
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        unit, byte, letter = match.groups()
        return chr(int(unit or byte, 16)) if letter is None else _LETTERS.get(letter, letter)

    joined = _ESCAPE.sub(plain, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs of surrogates are one character


def _without_entities(text: str) -> str:
    return html.unescape(text) if "&" in text else text


_CHANGES: tuple[Callable[[str], str], ...] = (_without_percents, _as_form, _without_backslashes, _without_entities)


def _plainer(text: str) -> set[str]:
    """A text, and what it is once escapes are undone, of each kind and in each other."""
    found = latest = {text}
    for _ in range(_DEPTH):
        latest = {change(each) for each in latest for change in _CHANGES} - found
        found = found | latest
    return found


# Controls, marks of direction and the like: nobody sees them.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def _folded(text: str) -> str:
    """A text without what nobody sees, in one case and one width."""
    if not text.isprintable():
        text = "".join(each for each in text if unicodedata.category(each) not in _UNSEEN)
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(100_000)
def key(text: str) -> str:
    """The same for all texts that a server could take for one another: trimmed, folded, unescaped."""
    for change in _CHANGES * 2:
        text = change(text)
    return "".join(_folded(text).split()).strip("\"'")


def could_be(there: str, sent: str, *, longer: bool = False) -> bool:
    """Whether a text that a service has could have been made of one that was sent; by equality, if they are short.

    Args:
        there: what it has.
        sent: of which it may have kept a part.
        longer: whether it may also have put something before or behind it, so that a text must be the run's own.
    """
    ours, theirs = key(sent), key(there)
    if ours == theirs:
        return bool(ours)
    return (theirs in ours and is_unmistakable(theirs)) or (longer and ours in theirs and is_unmistakable(ours))


_DIGITS = (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode)
_DIGESTS = ("md5", "sha1", "sha256", "blake2b")


def could_be_made_of(there: str, sent: str) -> bool:
    """Whether a service could have computed a text, or a part of it, of one that was sent."""
    theirs = key(there)
    return is_unmistakable(there) and any(theirs in each or each in theirs for each in _made_of(sent))


@lru_cache(10_000)
def _made_of(text: str) -> frozenset[str]:
    """What can be computed of a text, as keys: backwards, rotated, in other digits, as a digest of it."""
    if not is_unmistakable(text):
        return frozenset()
    data = text.encode("utf-8", "surrogatepass")
    found = [text[::-1], codecs.encode(text, "rot13"), data.hex()]
    found += [each(data).decode().rstrip("=") for each in _DIGITS]
    found += [hashlib.new(each, data, usedforsecurity=False).hexdigest() for each in _DIGESTS]
    return frozenset(map(key, found))


_WILD = {"%": ".*", "*": ".*", "_": ".", "?": "."}


_COMMON = 3


def could_choose(sent: str, there: str) -> bool:
    """Whether a service that takes an id for a part of ids, or for a pattern of one, could take one for another.

    What has three letters or fewer counts for the beginning alone: it is a part of some text in each account, so that
    nobody could send it, nor delete what was created by it.

    Args:
        sent: the id; an empty one is a part of all.
        there: the other, or a name, which some services take as well.
    """
    return any(_chooses(read(sent), read(there)) for read in (_folded, key))


def _chooses(pattern: str, text: str) -> bool:
    if not _WILD.keys() & set(pattern):  # as nearly always
        return pattern in text if len(pattern) > _COMMON else text.startswith(pattern)
    written = "".join(_WILD.get(each) or re.escape(each) for each in pattern)
    return re.search(written, text, re.DOTALL) is not None


def is_unmistakable(text: str) -> bool:
    """Whether a text is too long to be somebody else's by chance."""
    letters = key(text)
    return len(letters) >= _UNMISTAKABLE and len(set(letters)) >= _DIFFERENT


# --- Texts of a request -----------------------------------------------------------------------------------

# These headers say nothing of groups, whoever reads them. In each request they are other ones, or secret.
_OF_EVERY_REQUEST = frozenset(
    {
        "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
        "content-type", "expect", "host", "transfer-encoding", "user-agent", "x-tc-content-sha256",
        *(f"x-tc-{each.lower()}" for each in COMMON_FIELDS),
    }
)  # fmt: skip
_OF_SENDERS = re.compile(rf"(?i)(?:^|(?<=[?&]))(?:{'|'.join(sorted(COMMON_FIELDS))})=[^&]*")
_PARTS = re.compile(r"""[\s"'&=;,:{}\[\]<>()?/|\\]+""")
_FIELDS = re.compile("[&;?]")
# A text with these holds others, which are taken out of it.
_STRUCTURE = re.compile(r"""["{<\r\n]|^\[|^[^=]*=[^&]*&|^\w+=""")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|$)|' + r"'((?:[^'\\]|\\.)*)(?:'|$)", re.DOTALL)
_PLAIN_WORDS = frozenset({"", "true", "false", "null", "none", "offset", "limit"} | {key(each) for each in PARAMETERS})


def texts_of(http: HttpRequest, without: Iterable[str] = ()) -> frozenset[str]:
    """Every text of a request that could be read as an id or a name.

    Args:
        http: what is sent.
        without: texts that are nobody's id or name, such as secrets.
    """
    found: set[str] = set()
    for text in _passages(http):
        for each in _reread(_OF_SENDERS.sub("", text) if "=" in text else text):
            found.add(each)
            found.update(_PARTS.split(each))
            for field in _FIELDS.split(each):
                found.update(field.partition("=")[::2])
    secret = {key(each) for each in without}
    kept = {each[:_LONGEST] for each in found if not _STRUCTURE.search(each)}
    return frozenset(each for each in kept if key(each) not in _PLAIN_WORDS | secret)


def _reread(text: str) -> frozenset[str]:
    return _long_reread(text) if len(text) > _LONGEST else _undone(text)


def _undone(text: str) -> frozenset[str]:
    """A text with its escapes undone, and what stands in it between quotes, likewise."""
    found: set[str] = set()
    latest = {text}
    for _ in range(_DEPTH):
        latest = {plain for each in latest for plain in _plainer(each)} - found
        found |= latest
        latest = {match[1] or match[2] or "" for each in latest for match in _QUOTED.finditer(each)} - found
    return frozenset(found | latest)


_long_reread = lru_cache(2)(_undone)  # a body, of which several questions are asked


def _passages(http: HttpRequest) -> Iterator[str]:
    """The parts of a request in which ids may stand."""
    yield http.url.partition("://")[2].partition("/")[2]
    yield http.query
    for name, value in http.headers:
        if name.strip().lower() not in _OF_EVERY_REQUEST:
            yield value
    yield from _bodies(http)


def _bodies(http: HttpRequest) -> Iterator[str]:
    """What the body is in each encoding that fits."""
    codings = [_charset(http), "utf-8"]
    for body in {http.body, _unpacked(http.body), _unchunked(http)}:
        if b"\0" in body or body[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            codings += ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
        if not body.isascii():
            codings += ["latin-1", "gb18030"]
        for coding in dict.fromkeys(codings):
            yield body.decode(coding, "replace").removeprefix("\ufeff")


def _charset(http: HttpRequest) -> str:
    """The encoding that a request names, where it is one of texts; else UTF-8."""
    named = re.search(r"""(?i)charset\s*=\s*["']?([\w.:-]+)""", header(http.headers, "Content-Type") or "")
    try:
        return named[1] if named and isinstance(b"".decode(named[1]), str) else "utf-8"
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"


def _unpacked(body: bytes) -> bytes:
    """A body that is packed, as what it was before; another as it is."""
    for form in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(form).decompress(body, _UNPACKED) or body
        except zlib.error:
            continue
    return body


_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")


def _unchunked(http: HttpRequest) -> bytes:
    """A body in chunks, put together; another as it is."""
    if header(http.headers, "Transfer-Encoding") is None:
        return http.body
    whole, rest = b"", http.body
    while match := _CHUNK.match(rest):
        size = int(match[1], 16)
        whole, rest = whole + rest[match.end() : match.end() + size], rest[match.end() + size :].lstrip(b"\r\n")
    return whole + rest


# --- What a request could do ------------------------------------------------------------------------------

_VERBS = re.compile("delete|modify|remove|update|destroy|rename|erase|purge|upsert")
_METHODS = re.compile(r"method\W{0,8}(put|patch|delete|merge|move|copy|link|unlink)\b")
_ACTION = re.compile(r"""action["'\s]{0,8}[=:>]["'\s]{0,8}([^\W\d]\w*)""")
# "id" or "name", with nothing but "group" before it: first what is looked for in a long text, then what stands around.
_GROUP_ID, _GROUP_NAME = (
    re.compile(
        rf"""{first}(?i:(?:(?<![a-z].)|(?<=group.)(?<![a-z]group.)){rest}(?:[.\[]\d*\]?)?["'\]\s]{{0,8}}"""
        r"""[=:>\s]["'\[\s]{0,8}((?<=")(?:[^"\\]|\\.)*|(?<=')(?:[^'\\]|\\.)*|[^"'&,;}\]\s<]+))"""
    )
    for first, rest in (("[iI\u0130\u0131]", "d"), ("[nN]", "ame"))
)
_HARMLESS_METHODS = frozenset({"get", "post", "head", "options"})


@lru_cache(1)  # three questions are asked of each
def _aloud(http: HttpRequest) -> frozenset[str]:
    """All that a request says, in each way to read it, folded: to look for words."""
    texts = _plainer(http.url)
    for name, value in http.headers:
        texts |= _plainer(f"{name}: {value}")
    for body in _bodies(http):
        texts.update(_reread(body))
    return frozenset(map(_folded, texts))


def words_of_change(http: HttpRequest) -> bool:
    """Whether a request says anywhere, in any writing, that something is to be changed or deleted."""
    return any(_VERBS.search(each) for each in _aloud(http))


def method_of_change(http: HttpRequest) -> bool:
    """Whether the method of a request, or one that stands in its place, changes or deletes what it names."""
    if http.method.strip().lower() not in _HARMLESS_METHODS:
        return True
    return any(_METHODS.search(each) for each in _aloud(http))


def actions_of(http: HttpRequest) -> frozenset[str]:
    """Every action that a request could ask for, in small letters."""
    return frozenset(match[1] for each in _aloud(http) for match in _ACTION.finditer(each))


def ids_of(http: HttpRequest) -> frozenset[str]:
    """What stands behind any name that could be read as GroupId."""
    return _values(http, _GROUP_ID)


def names_of(http: HttpRequest) -> frozenset[str]:
    """What stands behind any name that could be read as GroupName."""
    return _values(http, _GROUP_NAME)


def _values(http: HttpRequest, behind: re.Pattern[str]) -> frozenset[str]:
    texts = [*(f"{name}: {value}" for name, value in http.headers), http.query, *_bodies(http)]
    return frozenset(match[1] for text in texts for each in _reread(text) for match in behind.finditer(each))
