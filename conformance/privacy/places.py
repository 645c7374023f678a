"""Where a request carries its sender's secrets: headers, fields and members whose names tell. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, unquote_plus

from conformance.contract import PARAMETERS
from conformance.exchange.messages import Headers, HttpRequest
from conformance.exchange.reading import AUTHORIZATION

__all__ = ["NAMELESS", "SCRUBBED", "Extraction", "is_scrubbed"]

SCRUBBED = "SCRUBBED"
# What stands in the place of a signature of version 3, so that it still has the form of one.
NAMELESS = "0" * 64

_SECRET_NAME = re.compile(
    r".*(?:secretid|secretkey|accesskey|accesskeyid|apikey|token|signature|password|passwd|authorization|credential)"
)
_ANY = "password"  # any secret, of which nobody says what it is
_SECRET_HEADER = re.compile(r"(?i)secret|token|key|signature|auth|cookie|passw|credential")
# What a signature of version 1, or 3, or a SecretId looks like, under whatever name it is sent.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[0-9a-fA-F]{64}|AKID[A-Za-z0-9]{32}")

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
_PLAIN_JSON = frozenset({b"null", b"true", b"false"})
# JSON has a secret only where one of these stands: a part of a name that tells, a letter that is written as an escape,
# a SecretId, the end of a signature of version 1; or one of version 3.
_TELLING = (b"secret", b"key", b"token", b"signature", b"passw", b"auth", b"credential", b"\\u00", b"akid", b'="')
_SIGNATURE = re.compile(rb"[0-9A-Fa-f]{64}")


def _is_secret(name: str) -> bool:
    """Whether what stands under a name is a secret by that name."""
    return name not in PARAMETERS and _SECRET_NAME.fullmatch(re.sub("[^a-z]", "", name.lower())) is not None


def is_scrubbed(name: str, value: str) -> bool:
    """Whether a field is left out: by its name, or because nobody knows it and it looks like an id or a signature."""
    if name in PARAMETERS:
        return False
    return _is_secret(name) or value == SCRUBBED or _LIKE_A_SECRET.fullmatch(value) is not None


@dataclass(slots=True, repr=False)
class Extraction:
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
        return self.members(body)

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

    def members(self, data: bytes) -> bytes:
        """Data that may have JSON, without the texts and numbers under secret names, however deep under them."""
        if b":" not in data:
            return data
        lowered = data.lower()
        if any(each in lowered for each in _TELLING) or _SIGNATURE.search(data):
            return b"".join(self._members(data))
        return data

    def _members(self, body: bytes) -> Iterator[bytes]:
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
