"""What may be recorded of a message: everything but who sent it. Pure.

Of an answer as little is left out as can be, for it is evidence; `docs/cassettes.md` has the whole rule. Two nets stand
one behind the other: here everything that is known to carry a secret is replaced, and what may name somebody; `search`
then looks for the secrets themselves, in every encoding, in what is left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from conformance.base.credentials import Secret
from conformance.base.errors import TransportError
from conformance.contract import CODES
from conformance.exchange.compression import decompressed
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.exchange.wire import envelope
from conformance.privacy.identities import is_short, without_identities
from conformance.privacy.secrets import NAMELESS, SCRUBBED, Secrets, is_scrubbed

__all__ = ["NAMELESS", "SCRUBBED", "is_scrubbed", "scrubbed", "scrubbed_answer", "scrubbed_request"]


def scrubbed_request(http: HttpRequest, secrets: Secrets | Collection[str | Secret] = ()) -> HttpRequest:
    """The request without SecretId, key, signature and token, and without the values of headers that tell nothing.

    Args:
        http: the request as it was sent.
        secrets: texts that mustn't be in it, in whatever place; they remember what it carries.
    """
    return Secrets.of(secrets).taken_out(http)[0]


def scrubbed(answer: Answer, secrets: Secrets, ours: Collection[str]) -> Answer:
    """An answer, or why there is none, as it may be recorded; see `scrubbed_answer`."""
    if isinstance(answer, HttpResponse):
        return scrubbed_answer(answer, secrets, ours)
    return TransportError(secrets.out_of(str(answer)), closed=answer.closed, unreadable=answer.unreadable)


def scrubbed_answer(
    answer: HttpResponse, secrets: Secrets | Collection[str | Secret] = (), ours: Collection[str] = ()
) -> HttpResponse:
    """The answer without what belongs to the account, or may: numbers and names, and groups that aren't ours.

    Args:
        answer: the answer as it came.
        secrets: texts that mustn't be in it.
        ours: the GroupIds that this recording asked for.
    """
    plain, known = decompressed(answer), Secrets.of(secrets)
    keeper = _Keeper(known, ours)
    headers = known.out_of_headers(
        tuple((known.out_of_hiding(name), keeper.header(name, value)) for name, value in plain.headers)
    )
    return keeper.answer(replace(plain, headers=headers, body=known.out_of_bytes(plain.body)))


_DATE = re.compile(r"[A-Za-z]{3}, [0-9A-Za-z -]{8,12} [0-9:]{8} GMT")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z.+-]+ *(; *charset *= *\"?[a-z0-9-]+\"?)? *;?", re.IGNORECASE)
_KEPT_HEADERS: dict[str, re.Pattern[str]] = {
    "connection": re.compile("[A-Za-z-]{0,20}"),
    "content-encoding": re.compile("[A-Za-z, -]{0,20}"),
    "content-length": re.compile("[0-9]{0,12}"),
    "content-type": _MEDIA_TYPE,
    "date": _DATE,
    "server": re.compile("$."),
    "transfer-encoding": re.compile("[A-Za-z, ]{0,30}"),
}


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Object(list[tuple[str, object]]):
    """The members of an object, in order; a name may be there twice."""


def _written(value: object) -> str:
    """JSON that says the same."""
    match value:
        case _Number():
            return str(value)
        case _Object():
            return "{" + ", ".join(f"{_written(name)}: {_written(each)}" for name, each in value) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=not _is_unicode(value))
        case _:
            return json.dumps(value)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in text)


Keep = Callable[[object], object]
# What the documents say of a group.
_GROUP = (
    "GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion", "CreationTimestamp", "UpdateTimestamp",
)  # fmt: skip


def _hidden(value: object) -> object:
    """A value of the same type that says nothing."""
    match value:
        case _Number():
            return value if is_short(value) else _Number("0")
        case str():
            return SCRUBBED if value else ""
        case _Object():
            return _Object((SCRUBBED, _hidden(each)) for _, each in value)
        case list():
            return [_hidden(each) for each in value]
        case _:
            return value


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Keeps of answers what may be kept.

    Attributes:
        secrets: texts that mustn't be in it.
        ours: the GroupIds that the recording asked for.
    """

    secrets: Secrets
    ours: Collection[str]

    def header(self, name: str, value: str) -> str:
        """As much of a header as says nothing of anybody."""
        usual = _KEPT_HEADERS.get(name.lower())
        if usual is None:
            return SCRUBBED
        return value if usual.fullmatch(value) else self.words(value)

    def answer(self, answer: HttpResponse) -> HttpResponse:
        """The answer, judged the same as it is; but for its headers."""
        readable = envelope(answer).problem is None
        try:
            body = self._of_the_api(answer.body) if readable else self._of_others(answer.body)
        except RecursionError:
            body = SCRUBBED.encode()
        kept = replace(answer, body=body)
        if (envelope(kept).problem is None) is readable:
            return kept
        return replace(answer, body=SCRUBBED.encode())

    def _of_others(self, body: bytes) -> bytes:
        """What isn't the API's: a page of a proxy, or JSON that is none."""
        try:
            return self.words(body.decode("utf-8")).encode("utf-8")
        except UnicodeDecodeError:
            return self.words(body.decode("latin-1")).encode("latin-1")

    def _of_the_api(self, body: bytes) -> bytes:
        read = json.loads(
            body, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
        kept = self._members(read, {"Response": self._response})
        return body if kept == read else _written(kept).encode("utf-8")

    def words(self, text: str) -> str:
        """Words without secrets and identities."""
        return without_identities(self.secrets.mask(text))

    def _in_words(self, value: object) -> object:
        """A text, in words; anything else hidden."""
        return self.words(value) if isinstance(value, str) and not isinstance(value, _Number) else _hidden(value)

    def _as_it_is(self, value: object) -> object:
        """What is evidence as it came; but for a secret, which nobody asked for."""
        match value:
            case _Number():
                return value
            case str():
                return self.secrets.out_of_hiding(value)
            case _Object():
                return _Object((self.secrets.out_of_hiding(name), self._as_it_is(each)) for name, each in value)
            case list():
                return [self._as_it_is(each) for each in value]
            case _:
                return value

    def _code(self, value: object) -> object:
        return value if isinstance(value, str) and value in CODES else self._in_words(value)

    def _members(self, value: object, kept: Mapping[str, Keep]) -> object:
        """An object with the members that are known, each kept in its way; the values of others are hidden."""
        if not isinstance(value, _Object):
            return _hidden(value)
        return _Object(
            (name, kept[name](each)) if name in kept else (self.words(name), _hidden(each)) for name, each in value
        )

    def _response(self, value: object) -> object:
        of_the_answer: dict[str, Keep] = {
            "RequestId": self._as_it_is,
            "FaceModelVersion": self._in_words,
            "Error": lambda error: self._members(error, {"Code": self._code, "Message": self._in_words}),
            "GroupInfos": self._list,
            "GroupNum": _hidden,
        }
        group_id = _last(value, "GroupId") if isinstance(value, _Object) else None
        of_the_group = () if group_id is not None and group_id not in self.ours else _GROUP
        return self._members(value, dict.fromkeys(of_the_group, self._as_it_is) | of_the_answer)

    def _list(self, value: object) -> object:
        if not isinstance(value, list) or isinstance(value, _Object):
            return _hidden(value)
        numbers: dict[str, int] = {}  # one that is listed twice is so still
        return [self._listed(index, each, numbers) for index, each in enumerate(value)]

    def _listed(self, place: int, group: object, numbers: dict[str, int]) -> object:
        """A group in a list: of somebody else's only stays that it was there."""
        if not isinstance(group, _Object):
            return _hidden(group)
        group_id = _last(group, "GroupId")
        if group_id in self.ours:
            return self._members(group, dict.fromkeys(_GROUP, self._as_it_is))
        number = numbers.setdefault(group_id, place) if group_id is not None else place
        return _Object([("GroupId", f"{SCRUBBED}-{number}")])


def _last(members: Iterable[tuple[str, object]], name: str) -> str | None:
    """The text of a member, the last one counts; None where it is no text."""
    found = [value for each, value in members if each == name]
    return found[-1] if found and isinstance(found[-1], str) and not isinstance(found[-1], _Number) else None
