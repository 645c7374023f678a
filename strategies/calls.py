"""The cases of clients: what each is asked to send, and what is played at it. The smallest calls come first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

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

# Texts that programs send wrong, and what is special about them.
TEXTS: tuple[tuple[str, str], ...] = (
    ("Chinese", "腾讯深圳员工库"),
    ("emoji", "😀👩‍👩‍👧🇨🇳"),
    ("Han outside the basic plane", "𠮷𠀀𪚥"),
    ("marks of forms", "a+b&c=d%20e;f"),
    ("spaces around", "  a b  "),
    ("quotation marks and backslashes", "\"'\\`"),
    ("escapes that are meant as they stand", "\\u4e2d %E4%B8%AD &#20013;"),
    ("marks of HTML", "<a href=\"x\">&amp;</a>"),
    ("line breaks and tabs", "a\r\nb\tc"),
    ("control characters", "\x01\x1f\x7f\x85"),
    ("unreserved marks, and those that are nearly so", "-._~!*'()"),
    ("marks of URLs", "/?#[]@:$,"),
    ("accents, composed and decomposed", "é\u0065\u0301Å\u212b"),
    ("from right to left", "שלום\u202eمرحبا"),
    ("without width", "a\u200b\u200d\ufeffb"),
    ("line separators", "a\u2028b\u2029c"),
    ("wide letters", "ＡＢ１２　"),
    ("last of the basic plane", "\ufffd\uffff"),
    ("words that mean something elsewhere", "null"),
    ("a number", "007"),
    ("60 characters", "汉" * 60),
    ("ten thousand characters", "长" * 10_000),
)
_SURROGATES = (("a high half alone", "a\ud83db"), ("a low half alone", "\ude00x"), ("halves in the wrong order", "\ude00\ud83d"))
_NUL = "a\0b"
_DESCRIPTIONS = ("事业群", "部门名", "组名", "c", "a")


def _one(clause: str, about: str, *plays: str, is_slow: bool = False, **settings: object) -> CallCase:
    """A plain call."""
    call = Call(_PLAIN, **settings)  # type: ignore[arg-type] -- the call's own fields
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
        yield _one("sdk.request.signature", _named(scheme, method), signing=scheme, method=method)
        whole = {**_PLAIN, "GroupExDescriptions": ["a", "b"], "Tag": "t", "FaceModelVersion": "3.0"}
        about = f"every parameter, {_named(scheme, method)}"
        yield CallCase("sdk.request.value", about, (Call(whole, signing=scheme, method=method),))
    twice = (Call({"GroupName": f"a{SALT}", "GroupId": f"a{SALT}"}), Call(_PLAIN, client="kept"))
    yield CallCase("sdk.request.once", "a second call of the same client", twice)


def _values() -> Iterator[CallCase]:
    for scheme, method in _WAYS:
        how = _named(scheme, method)

        def case(clause: str, about: str, *, scheme: Scheme = scheme, method: str = method, **values: object) -> CallCase:
            parameters = {name: value for name, value in {**_PLAIN, **values}.items() if value != _UNSET}
            return CallCase(clause, about, (Call(parameters, scheme, method),))

        yield case("sdk.request.unset", f"no GroupName, {how}", GroupName=_UNSET)
        yield case("sdk.request.unset", f"no parameter at all, {how}", GroupName=_UNSET, GroupId=_UNSET)
        yield case("sdk.request.unset", f"a Tag that is null, {how}", Tag=None)
        empty = "sdk.request.empty" if (scheme, method) == (Scheme.TC3, "POST") else "sdk.request.empty.in-forms"
        yield case(empty, f"an empty Tag, {how}", Tag="")
        yield case(empty, f"an empty GroupName, {how}", GroupName="")
        yield case(empty, f"an empty list, {how}", GroupExDescriptions=[])
        yield case(empty, f"a list of an empty text, {how}", GroupExDescriptions=["a", "", "b"])
        yield case("sdk.request.list-order", f"a list, {how}", GroupExDescriptions=[*_DESCRIPTIONS])
        twelve = [f"d{number}" for number in range(12)]
        yield case("sdk.request.list-order", f"a list of twelve, {how}", GroupExDescriptions=twelve)
        yield case("sdk.request.list-order", f"a list of the same twice, {how}", GroupExDescriptions=["b", "a", "b"])
        yield case("sdk.request.list-null", f"null in a list, {how}", GroupExDescriptions=["a", None, "b"])


_UNSET = object()


def _texts() -> Iterator[CallCase]:
    for about, text in TEXTS:
        yield CallCase("sdk.request.text", about, (Call({**_PLAIN, "Tag": text}),))
    for (scheme, method), (about, text) in product(_WAYS, TEXTS):
        if len(text) < 100 and (scheme, method) != (Scheme.TC3, "POST"):
            everywhere = {"GroupName": text, "GroupId": SALT, "GroupExDescriptions": ["x", text], "Tag": text}
            call = Call(everywhere, scheme, method)
            yield CallCase("sdk.request.text", f"{about}, {_named(scheme, method)}", (call,))
    for scheme, method in _WAYS:
        yield CallCase("sdk.request.text", f"U+0000, {_named(scheme, method)}", (Call({**_PLAIN, "Tag": _NUL}, scheme, method),))
        for about, text in _SURROGATES:
            call = Call({**_PLAIN, "Tag": text}, scheme, method)
            yield CallCase("sdk.request.text.surrogates", f"{about}, {_named(scheme, method)}", (call,))


def _common() -> Iterator[CallCase]:
    clause = "sdk.request.common-parameters"
    for scheme in (Scheme.TC3, Scheme.SHA256):
        yield _one(clause, f"answers in English, {scheme}", signing=scheme, language="en-US")
        yield _one(clause, f"temporary credentials, {scheme}", signing=scheme, token=True)


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
