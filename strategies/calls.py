"""The cases of clients: what each is asked to send, and what is played at it. The smallest calls come first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from conformance.contract import CODES
from conformance.exchange.calls import Call, CallCase
from conformance.exchange.plays import PLAYS, Play
from conformance.exchange.salt import SALT
from conformance.exchange.signing import Scheme

__all__ = ["TEXTS", "call_cases", "is_quick"]

# Seconds that a client is told to wait where it has to wait in vain.
_TIMEOUT = 3
_PLAIN: Mapping[str, object] = {"GroupName": SALT, "GroupId": SALT}
_WAYS = tuple(product((Scheme.TC3, Scheme.SHA256, Scheme.SHA1), ("POST", "GET")))
# Those that write values in ways of their own: what is signed with HmacSHA1 is written as with HmacSHA256.
_WRITTEN = _WAYS[:4]

# Texts that programs send wrong, and what is special about them.
TEXTS: tuple[tuple[str, str], ...] = (
    ("Chinese", "腾讯深圳员工库"),
    ("emoji", "😀👩‍👩‍👧🇨🇳"),
    ("Han outside the basic plane", "𠮷𠀀𪚥"),
    ("marks of forms", "a+b&c=d%20e;f"),
    ("spaces around", "  a b  "),
    ("quotation marks and backslashes", "\"'\\`"),
    ("escapes that are meant as they stand", "\\u4e2d %E4%B8%AD &#20013;"),
    ("marks of HTML", '<a href="x">&amp;</a>'),
    ("line breaks and tabs", "a\r\nb\tc"),
    ("control characters", "\x01\x1f\x7f\x85"),
    ("unreserved marks, and those that are nearly so", "-._~!*'()"),
    ("marks of URLs", "/?#[]@:$,"),
    ("accents, composed and decomposed", "é\u0065\u0301Å\u212b"),
    ("from right to left", "\u05e9\u05dc\u05d5\u05dd\u202e\u0645\u0631\u062d\u0628\u0627"),
    ("without width", "a\u200b\u200d\ufeffb"),
    ("line separators", "a\u2028b\u2029c"),
    ("wide letters", "\uff21\uff22\uff11\u3000"),
    ("last of the basic plane", "\ufffd\uffff"),
    ("words that mean something elsewhere", "null"),
    ("a number", "007"),
    ("60 characters", "汉" * 60),
    ("ten thousand characters", "长" * 10_000),
)
_SURROGATES = (
    ("a high half alone", "a\ud83db"),
    ("a low half alone", "\ude00x"),
    ("halves in the wrong order", "\ude00\ud83d"),
)
_NUL = "a\0b"
_UNSET = object()
_LISTS = (
    ("of five", ["事业群", "部门名", "组名", "c", "a"]),
    ("of twelve", [f"d{number}" for number in range(12)]),
    ("of the same twice", ["b", "a", "b"]),
)


def _one(clause: str, about: str, *plays: str, is_slow: bool = False, **settings: Any) -> CallCase:
    """A plain call, with some of the settings of calls."""
    call = Call(_PLAIN, **settings)
    return CallCase(clause, about, (call,), plays or ("as-it-is",), is_slow)


def call_cases() -> Iterator[CallCase]:
    """Every case, in the order in which they are played; those that wait come last."""
    yield _one("sdk.answer.fields", "a plain call")
    yield from _ways()
    yield from _values()
    yield from _texts()
    yield from _common()
    slow = []
    for play in PLAYS[1:]:
        for case in _of_play(play):
            if case.is_slow:
                slow.append(case)
            else:
                yield case
    yield from _lost()
    yield from _retries()
    yield from slow


def _named(scheme: Scheme, method: str) -> str:
    return f"{scheme} by {method}"


def _ways() -> Iterator[CallCase]:
    for scheme, method in _WAYS:
        if (scheme, method) != _WAYS[0]:  # that is the plain call
            yield _one("sdk.request.signature", _named(scheme, method), signing=scheme, method=method)
        whole = {**_PLAIN, "GroupExDescriptions": ["a", "b"], "Tag": "t", "FaceModelVersion": "3.0"}
        about = f"every parameter, {_named(scheme, method)}"
        yield CallCase("sdk.request.value", about, (Call(whole, signing=scheme, method=method),))
    for scheme, method in _WAYS:
        if scheme is not Scheme.TC3:
            first = Call({"GroupName": f"a{SALT}", "GroupId": f"a{SALT}"}, scheme, method)
            about = f"two calls, {_named(scheme, method)}"
            yield CallCase("sdk.request.nonce", about, (first, Call(_PLAIN, scheme, method)))
    twice = (Call({"GroupName": f"a{SALT}", "GroupId": f"a{SALT}"}), Call(_PLAIN, client="kept"))
    yield CallCase("sdk.request.once", "a second call of the same client", twice)


def _with(clause: str, about: str, way: tuple[Scheme, str], **values: object) -> CallCase:
    """A call by one of the ways, some of whose parameters are others, or unset."""
    parameters = {name: value for name, value in {**_PLAIN, **values}.items() if value is not _UNSET}
    return CallCase(clause, about, (Call(parameters, *way),))


def _values() -> Iterator[CallCase]:
    for way in _WRITTEN:
        how = _named(*way)
        yield _with("sdk.request.unset", f"no GroupName, {how}", way, GroupName=_UNSET)
        yield _with("sdk.request.unset", f"no parameter at all, {how}", way, GroupName=_UNSET, GroupId=_UNSET)
        yield _with("sdk.request.unset", f"a Tag that is null, {how}", way, Tag=None)
        empty = "sdk.request.empty" if way == _WAYS[0] else "sdk.request.empty.in-forms"
        yield _with(empty, f"an empty Tag, {how}", way, Tag="")
        yield _with(empty, f"an empty GroupName, {how}", way, GroupName="")
        yield _with(empty, f"an empty list, {how}", way, GroupExDescriptions=[])
        yield _with(empty, f"a list of an empty text, {how}", way, GroupExDescriptions=["a", "", "b"])
        for about, texts in _LISTS:
            yield _with("sdk.request.list-order", f"a list {about}, {how}", way, GroupExDescriptions=texts)
        yield _with("sdk.request.list-null", f"null in a list, {how}", way, GroupExDescriptions=["a", None, "b"])


def _texts() -> Iterator[CallCase]:
    for about, text in TEXTS:
        yield CallCase("sdk.request.text", about, (Call({**_PLAIN, "Tag": text}),))
    for (scheme, method), (about, text) in product(_WRITTEN[1:], TEXTS):
        if len(text) < 100:
            everywhere = {"GroupName": text, "GroupId": SALT, "GroupExDescriptions": ["x", text], "Tag": text}
            call = Call(everywhere, scheme, method)
            yield CallCase("sdk.request.text", f"{about}, {_named(scheme, method)}", (call,))
    for way in _WRITTEN:
        yield _with("sdk.request.text", f"U+0000, {_named(*way)}", way, Tag=_NUL)
        for about, text in _SURROGATES:
            yield _with("sdk.request.text.surrogates", f"{about}, {_named(*way)}", way, Tag=text)


def _common() -> Iterator[CallCase]:
    clause = "sdk.request.common-parameters"
    for scheme, method in _WRITTEN:
        how: dict[str, Any] = {"signing": scheme, "method": method}
        yield _one(clause, f"answers in English, {_named(scheme, method)}", language="en-US", **how)
        yield _one(clause, f"temporary credentials, {_named(scheme, method)}", token=True, **how)


def _of_play(play: Play) -> Iterator[CallCase]:
    if play.trick.value == "lost":
        return
    timeout = {"timeout": _TIMEOUT} if play.is_slow else {}
    yield _one(play.clause, play.about, play.id, is_slow=play.is_slow, **timeout)
    if play.id == "reset-before":
        yield _one(play.clause, f"{play.about}, at a GET", play.id, method="GET")
    if play.id in {"redirect-302", "redirect-307"}:
        for scheme in (Scheme.TC3, Scheme.SHA256):
            about = f"{play.about}, with temporary credentials and {scheme}"
            yield _one(play.clause, about, play.id, token=True, signing=scheme)


def _lost() -> Iterator[CallCase]:
    clause = "sdk.resilience.lost-answer-not-resent"
    for method in ("POST", "GET"):
        where = clause if method == "POST" else f"{clause}.get"
        yield _one(where, f"a {method} is carried out, and its answer lost", "lost", "as-it-is", method=method)
        first = Call({"GroupName": f"a{SALT}", "GroupId": f"a{SALT}"}, method=method)
        calls = (first, Call(_PLAIN, method=method, client="kept"))
        yield CallCase(where, f"the same of a {method} on a connection that was kept", calls, ("lost", "as-it-is"))


def _retries() -> Iterator[CallCase]:
    """With the SDK's own retries: whatever comes first, a group that was made is told as made."""
    clause = "sdk.resilience.retry-does-not-collide"
    for about, plays in (
        ("too many requests, then a success", ("code-RequestLimitExceeded", "as-it-is")),
        ("an error of the server, then a success", ("code-InternalError", "as-it-is")),
        ("an answer that is lost", ("lost", "as-it-is")),
        ("an answer that is reset", ("reset-amid", "as-it-is")),
        ("the status 500, then a success", ("status-500", "as-it-is")),
        ("a success", ("as-it-is",)),
    ):
        yield _one(clause, f"the SDK's own retries: {about}", *plays, is_slow=True, retries="own")


def is_quick(case: CallCase) -> bool:
    """Whether a case belongs to the smoke list: it waits for nothing, and isn't one of a hundred alike."""
    of_code = case.plays[0].removeprefix("code-")
    return not case.is_slow and not (of_code in CODES and of_code not in _FEW_CODES)


_FEW_CODES = ("InternalError", "InvalidParameterValue.GroupIdAlreadyExist")
