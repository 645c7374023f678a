"""What a request carries of its sender's secrets: taken out of it, remembered, and masked wherever else it stands.

Pure. Two ways lead to a secret: the place where it stands (a header, a field, a member of a name that tells), and the
text itself, once it is known. `Secrets` is the one place that knows them, for recordings as for what people read.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote, unquote_plus

from conformance.contract import PARAMETERS
from conformance.exchange.messages import Headers, HttpRequest
from conformance.exchange.reading import AUTHORIZATION

__all__ = ["NAMELESS", "SCRUBBED", "Secrets", "is_scrubbed"]

SCRUBBED = "SCRUBBED"
# What stands in the place of a signature of version 3, so that it still has the form of one.
NAMELESS = "0" * 64

_Value = TypeVar("_Value")

# Shorter texts than this, of somebody else's request, are no secrets, and stand everywhere.
_TELLING = 16
# Shorter texts than this aren't masked, though they were named as a secret: nothing would be left to read.
_MASKABLE = 6
# How many signatures are looked for in what comes later; each is of one request.
_REMEMBERED = 64

_SECRET_NAME = re.compile(
    r".*(?:secretid|secretkey|accesskey|accesskeyid|apikey|token|signature|password|passwd|authorization|credential)"
)
_ANY = "password"  # any secret, of which nobody says what it is
_SECRET_HEADER = re.compile(r"(?i)secret|token|key|signature|auth|cookie|passw|credential")
# What a signature of version 1, or 3, or a SecretId looks like, under whatever name it is sent.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[0-9a-fA-F]{64}|AKID[A-Za-z0-9]{32}")
# What a SecretId of the platform looks like, wherever it stands.
_LIKE_A_SECRET_ID = re.compile(rb"(?<![A-Za-z0-9])AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])")
_ACCOUNT = re.compile(r"(?i)\b((?:owner|sub)?uin|appid)(\W{0,4})\d{6,}")

_KEPT_HEADERS = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
        "host", "transfer-encoding", "x-tc-action", "x-tc-content-sha256", "x-tc-language", "x-tc-region",
        "x-tc-requestclient", "x-tc-timestamp", "x-tc-version",
    }
)  # fmt: skip
_HARMLESS_SCOPE = re.compile(r"[A-Za-z0-9_-]{0,20}")
_HARMLESS_NAMES = re.compile(r"[A-Za-z0-9;-]{0,500}")
_SIGNED_NAMES = re.compile(r"(?i)SignedHeaders *= *[a-z0-9;-]*")
_HARMLESS_CLIENT = re.compile(r"[A-Za-z_]{0,20}[0-9.]{0,20}")
_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?P<user>[^/?#]*)@")
_PART = re.compile(
    rb'(?is)(?P<head>\bname="?(?P<name>[^"\r\n;]*)"?[^\r\n]*+\r?\n(?:[^\r\n]++\r?\n)*+\r?\n)(?P<value>.*?)(?=\r?\n--|\Z)'
)
# JSON, well-formed or not, in its smallest parts.
_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s"\[\]{}:,]++', re.DOTALL)
_SHORT_ESCAPES = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
_PLAIN_JSON = frozenset({b"null", b"true", b"false"})
# In larger bodies members are looked for only where one of these stands.
_LARGE = 64 * 1024
_TELLS_OF_MEMBERS = re.compile(rb"(?i)secret|key|token|signature|passw|auth|credential|\\u")


def _is_secret(name: str) -> bool:
    """Whether what stands under a name is a secret by that name."""
    return name not in PARAMETERS and _SECRET_NAME.fullmatch(re.sub("[^a-z]", "", name.lower())) is not None


def is_scrubbed(name: str, value: str) -> bool:
    """Whether a field is left out: by its name, or because nobody knows it and it looks like an id or a signature."""
    if name in PARAMETERS:
        return False
    return _is_secret(name) or value == SCRUBBED or _LIKE_A_SECRET.fullmatch(value) is not None


# --- By the place ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Taken:
    """What was taken out of one request, by the place where it stood.

    Attributes:
        signatures: each of this request alone.
        others: ids, keys and tokens, of whoever sent it.
    """

    signatures: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def out_of(self, http: HttpRequest) -> HttpRequest:
        """The request without them."""
        url, mark, query = http.url.partition("?")
        headers: Headers = tuple((name, self._header(name, value, http)) for name, value in http.headers)
        return replace(
            http, url=f"{self._user(url)}{mark}{self._fields(query)}", headers=headers, body=self._body(http.body)
        )

    def _keep(self, name: str, value: str) -> str:
        """What stands in the place of a secret, which is remembered: under a name that tells nothing, a signature."""
        if not value or value == SCRUBBED:
            return value
        is_signature = name.lower().endswith("signature") or not _is_secret(name)
        (self.signatures if is_signature else self.others).update(_as_read(value))
        return SCRUBBED

    # --- Headers and URL -------------------------------------------------------------------------------

    def _header(self, name: str, value: str, http: HttpRequest) -> str:
        lowered = name.lower()
        if lowered == "authorization":
            return self._authorization(value, http)
        if lowered == "host":
            return self._user(value)
        if lowered in _KEPT_HEADERS:
            harmless = lowered != "x-tc-requestclient" or _HARMLESS_CLIENT.fullmatch(value)
            return value if harmless else SCRUBBED
        if _SECRET_HEADER.search(name):
            for each in (value, *re.split(r"[\s,;=]+", value)):
                self._keep(_ANY, each)
        return SCRUBBED

    def _authorization(self, value: str, http: HttpRequest) -> str:
        """As much of an Authorization as is known to be harmless; nothing of what has another form than a signature."""
        match = AUTHORIZATION.fullmatch(value)
        if match is None:
            harmless = {name.lower() for name, _ in http.headers}
            said = _SIGNED_NAMES.sub("", value)
            for each in (said, *said.split(), *re.split(r"[\s,;=/]+", said)):
                if each.lower() not in harmless:
                    self.others.update((each, *_of_basic(each)))
            return SCRUBBED
        self._keep("SecretId", match["id"])
        self._keep("Signature", match["signature"])
        scope = [_if_harmless(match[each], _HARMLESS_SCOPE) for each in ("date", "service", "ending")]
        names = _if_harmless(match["headers"], _HARMLESS_NAMES)
        return f"TC3-HMAC-SHA256 Credential={'/'.join((SCRUBBED, *scope))}, SignedHeaders={names}, Signature={NAMELESS}"

    def _user(self, url: str) -> str:
        """A URL, or a host, without the user's name and password before it."""
        match = _USER.match(url)
        if match is None:
            return url
        for each in (match["user"], *match["user"].split(":")):
            self._keep(_ANY, unquote(each))
        return (match["scheme"] or "") + url[match.end() :]

    # --- Fields and members ----------------------------------------------------------------------------

    def _body(self, body: bytes) -> bytes:
        """A body whatever its Content-Type says: as a form, as multipart, as JSON."""
        if b"=" in body and not body.lstrip().startswith((b"{", b"[", b"--")):
            body = self._fields(body.decode("latin-1")).encode("latin-1")
        if body.lstrip().startswith(b"--"):
            body = _PART.sub(self._part, body)
        if b":" in body and (len(body) < _LARGE or _TELLS_OF_MEMBERS.search(body)):
            body = b"".join(self.members(body))
        return body

    def _fields(self, text: str) -> str:
        """A query or a form; what is no secret stays as it stands."""

        def taken(one: str) -> str:
            name, equals, value = one.partition("=")
            if not (value and is_scrubbed(unquote_plus(name), unquote_plus(value))):
                return one
            for each in {unquote(value), unquote_plus(value)}:
                self._keep(unquote_plus(name), each)
            return f"{name}{equals}{SCRUBBED}"

        return "&".join(map(taken, text.split("&")))

    def _part(self, match: re.Match[bytes]) -> bytes:
        name, value = _text(match["name"]), _text(match["value"])
        if not (value and is_scrubbed(name, value)):
            return match[0]
        return match["head"] + self._keep(name, value).encode()

    def members(self, body: bytes) -> Iterator[bytes]:
        """JSON in pieces, with the texts and numbers under secret names replaced, however deep under them."""
        place = depth = 0
        hiding: int | None = None  # the depth of the member that is left out
        before, name = b"", ""
        for match in _JSON.finditer(body):
            token = match[0]
            if token in b"[{":
                depth += 1
            elif token in b"]}":
                depth -= 1
            elif token == b":":
                name = _string(before) if before.startswith(b'"') else ""
                if hiding is None and _is_secret(name):
                    hiding = depth
            elif token != b"," and self._is_left_out(token, name if before == b":" else "", hidden=hiding is not None):
                self._keep(name, _string(token))
                yield body[place : match.start()]
                yield f'"{SCRUBBED}"'.encode()
                place = match.end()
            if hiding is not None and (depth < hiding or (depth == hiding and token in b",]}")):
                hiding = None
            before = token
        yield body[place:]

    def _is_left_out(self, token: bytes, name: str, *, hidden: bool) -> bool:
        if hidden:
            return token not in _PLAIN_JSON and token != b'""'
        return bool(name) and token.startswith(b'"') and is_scrubbed(name, _string(token))


def _as_read(value: str) -> Iterator[str]:
    """A value as it was read, and as UTF-8 where it was read as Latin-1."""
    yield value
    if not value.isascii():
        try:
            yield value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return


def _of_basic(text: str) -> list[str]:
    """Name and password, where the text has them as HTTP's basic authentication writes them."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8").split(":")
    except (binascii.Error, ValueError):
        return []


def _if_harmless(text: str, harmless: re.Pattern[str]) -> str:
    return text if harmless.fullmatch(text) else SCRUBBED


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _string(token: bytes) -> str:
    """What a token of JSON says, or as it stands."""
    try:
        read = json.loads(token)
    except (ValueError, RecursionError):
        read = _text(token).strip('"')
    return read if isinstance(read, str) else _text(token)


# --- By the text -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """A text that nobody may see.

    Attributes:
        needle: what stands in every way to write it, in lower case; empty where nothing does.
        pattern: all the ways to write it in a query, a form or JSON.
        encoded: it in Base64, whatever stands before it, and in hexadecimal digits.
    """

    text: str
    needle: bytes
    pattern: re.Pattern[bytes]
    encoded: tuple[str, ...]

    def out_of(self, data: bytes, lowered: bytes) -> bytes:
        """The data without it; the letters' case doesn't matter."""
        may_be_there = self.needle in lowered or b"\\u00" in lowered or b"%" in lowered
        return self.pattern.sub(SCRUBBED.encode(), data) if may_be_there else data


@lru_cache(maxsize=1024)
def _known(text: str) -> _Known:
    runs = re.findall(rb"[a-z0-9]+", text.encode("utf-8", "surrogatepass").lower())
    pattern = re.compile(b"".join(map(_written, text)), re.IGNORECASE)
    return _Known(text, max(runs, key=len, default=b""), pattern, tuple(_encoded(text)))


def _written(character: str) -> bytes:
    """The ways in which a character is written; letters and digits are as they are."""
    if character.isascii() and character.isalnum():
        return b"(?:%s|\\\\+u00%02x|%%(?:25)*%02x)" % (character.encode(), ord(character), ord(character))
    plain = character.encode("utf-8", "surrogatepass")
    percent = quote(plain, safe="").encode() if not character.isascii() else b"%%%02X" % ord(character)
    # Plain comes last: a percent sign is the beginning of what it is written as.
    ways = [percent.replace(b"%", b"%25"), percent]
    units = character.encode("utf-16-be", "surrogatepass")
    ways.append(b"".join(rb"\\+u%02x%02x" % (units[i], units[i + 1]) for i in range(0, len(units), 2)))
    if character == " ":
        ways.append(rb"\+")
    if character in '"\\/':
        ways.append(rb"\\+" + re.escape(plain))
    elif character in _SHORT_ESCAPES:
        ways.append(rb"\\+" + _SHORT_ESCAPES[character])
    return b"(?:" + b"|".join((*ways, re.escape(plain))) + b")"


def _encoded(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) < _TELLING:
        return
    yield data.hex()
    yield data.hex().upper()
    for before in range(3):
        # Only those letters that depend neither on what stands before nor on what stands behind.
        inner = slice(-(-before * 8 // 6), (before + len(data)) * 8 // 6)
        stable = base64.b64encode(b"\0" * before + data)[inner].decode()
        yield stable
        yield stable.replace("+", "-").replace("/", "_")


@dataclass(slots=True)
class Secrets:
    """The texts that nobody else may see: those that were named, and what requests carried since.

    Attributes:
        own: those that were named: the environment's.
    """

    own: Collection[str] = ()
    _others: dict[str, None] = field(default_factory=dict)
    _signatures: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    @classmethod
    def of(cls, texts: Secrets | Iterable[str]) -> Secrets:
        """The texts as secrets; of those that are, themselves."""
        return texts if isinstance(texts, Secrets) else cls([each for each in texts if each])

    @property
    def lasting(self) -> list[str]:
        """All but signatures, which belong to one request each."""
        return [*self.own, *self._others]

    def taken_out(self, http: HttpRequest) -> tuple[HttpRequest, set[str]]:
        """A request without what it carries, which is remembered; and its signatures."""
        taken = _Taken()
        bare = taken.out_of(http)
        signatures = {each for each in taken.signatures if _is_telling(each)}
        self._others.update(dict.fromkeys(each for each in taken.others if _is_telling(each)))
        self._signatures.extend(sorted(signatures.difference(self._signatures)))
        url, headers = self.out_of(bare.url), self.out_of_headers(bare.headers)
        return replace(bare, url=url, headers=headers, body=self.out_of_bytes(bare.body)), signatures

    def learn(self, http: HttpRequest) -> None:
        """Remember what a request carries."""
        self.taken_out(http)

    def out_of(self, text: str) -> str:
        """A text without them."""
        return self.out_of_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def out_of_headers(self, headers: Headers) -> Headers:
        """Headers without them, names and values."""
        return tuple((self.out_of(name), self.out_of(value)) for name, value in headers)

    def out_of_bytes(self, data: bytes) -> bytes:
        """Bytes without them, as they stand in a query, a form or JSON."""
        lowered = data.lower()
        for each in self._longest_first():
            data = _known(each).out_of(data, lowered)
        for each in self._signatures if len(data) >= _TELLING else ():
            if not each.isalnum() or each.lower().encode() in lowered:
                data = _known(each).out_of(data, lowered)
        return _LIKE_A_SECRET_ID.sub(SCRUBBED.encode(), data) if b"akid" in lowered else data

    def _longest_first(self) -> list[str]:
        return sorted(self.lasting, key=len, reverse=True)

    # --- For people ------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """A text for a terminal or a report: without them, encoded or cut off by "…" either; and without accounts."""
        maskable = [each for each in (*self._longest_first(), *self._signatures) if len(each) >= _MASKABLE]
        data = b"".join(_Taken().members(text.encode("utf-8", "surrogatepass")))
        for known in map(_known, maskable):
            data = known.pattern.sub(SCRUBBED.encode(), data)
        shown = _LIKE_A_SECRET_ID.sub(SCRUBBED.encode(), data).decode("utf-8", "surrogatepass")
        for known in map(_known, maskable):
            for each in known.encoded:
                shown = shown.replace(each, SCRUBBED)
            shown = _without_beginning(shown, known.text)
        return _ACCOUNT.sub(rf"\1\2{SCRUBBED}", shown)

    def masked(self, value: _Value) -> _Value:
        """A value whose every text is masked, in tuples, lists, objects and other values."""
        return cast(_Value, _masked(value, self.mask))


def _without_beginning(text: str, secret: str) -> str:
    """A text in which the beginning of a secret doesn't stand before an ellipsis, either."""
    for place in [match.start() for match in re.finditer("…", text)][::-1]:
        for length in range(len(secret) - 1, _MASKABLE - 1, -1):
            if text[:place].lower().endswith(secret[:length].lower()):
                text = text[: place - length] + SCRUBBED + text[place:]
                break
    return text


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    match value:
        case StrEnum():
            return value
        case str():
            return mask(value)
        case bytes():
            return mask(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        case dict():
            return {mask(name): _masked(each, mask) for name, each in value.items()}
        case list():
            return [_masked(each, mask) for each in value]
        case tuple():
            return tuple(_masked(each, mask) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: _masked(getattr(value, each.name), mask) for each in fields(value)})
        case _:
            return value


def _is_telling(text: str) -> bool:
    """Whether a text is long and odd enough to be a secret wherever it stands."""
    return len(text) >= _TELLING and len(set(text)) > 1 and SCRUBBED not in text
