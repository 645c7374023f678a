"""Conditions: on which occasions a fault shows. Each says why code is wrong only then, and brings a context.

Its context makes a case one in which it holds, so that a fault under it can be shown: by a case that shows the fault
alone, in that context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conformance.contract import ACTION
from conformance.emulator.behaviour import Reply, longest
from conformance.emulator.occasion import Occasion
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.messages import header
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_LENGTH, fill_text, salted
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form

__all__ = ["CONDITION", "CONDITIONS", "Condition"]

# Whether it holds; the parameter that the fault is about is told, "" for none.
Test = Callable[[Occasion, str], bool]
# What makes of a case one in which it holds; None where nothing can.
Context = Callable[[Case, str], Case | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """When a fault shows.

    Attributes:
        name: as it is written behind a fault's name.
        about: when, to be read after what is wrong.
        why: why code is wrong only then.
        weight: how likely it is beside the others.
        holds: whether it does on an occasion.
        context: makes a case one in which it holds.
        of_answer: whether it holds for an answer; None for a condition of the occasion.
        of_value: whether it is about a text of the parameter at fault.
    """

    name: str
    about: str
    why: str
    weight: int
    holds: Test
    context: Context
    of_answer: Callable[[Reply], bool] | None = None
    of_value: bool = False


# --- Contexts ------------------------------------------------------------------------------------------------


def _unchanged(case: Case, _subject: str) -> Case:
    return case


def _each(change: Callable[[Step], Step | None], *, action: str | None = None) -> Context:
    """Change each step of a case; or those that ask for an action."""

    def context(case: Case, _subject: str) -> Case | None:
        steps = [each if action not in {None, each.request.action} else change(each) for each in case.steps]
        return replace(case, steps=tuple(steps)) if None not in steps else None  # type: ignore[arg-type]

    return context


def _twisted(*twists: str) -> Context:
    return _each(lambda step: replace(step, twists=(*step.twists, *twists)))


def _of_json(*twists: str) -> Context:
    def change(step: Step) -> Step | None:
        is_json = step.form in {Form.JSON, Form.JSON_RAW} and step.scheme is Scheme.TC3
        return replace(step, twists=(*step.twists, *twists)) if is_json else None

    return _each(change)


def _in_form(form: Form, scheme: Scheme) -> Context:
    def change(step: Step) -> Step | None:
        sayable = all(
            isinstance(value, str) or (isinstance(value, list) and value and all(isinstance(one, str) for one in value))
            for _, value in step.request.parameters
        )
        # What twists a body of JSON can't be done to a form.
        return replace(step, form=form, scheme=scheme) if sayable and not step.twists else None

    return _each(change)


def _with(**more: object) -> Context:
    """With these values, where the parameter isn't the one that the fault is about."""

    def context(case: Case, subject: str) -> Case | None:
        if subject in more:
            return None

        def change(step: Step) -> Step:
            kept = [pair for pair in step.request.parameters if pair[0] not in more]
            return replace(step, request=replace(step.request, parameters=(*kept, *more.items())))

        return _each(change, action=ACTION)(case, subject)

    return context


def _without(*names: str) -> Context:
    def context(case: Case, subject: str) -> Case | None:
        if subject in names:
            return None

        def change(step: Step) -> Step:
            kept = tuple(pair for pair in step.request.parameters if pair[0] not in names)
            return replace(step, request=replace(step.request, parameters=kept))

        return _each(change, action=ACTION)(case, subject)

    return context


def _after(*requests: Request, sending: Sending = Sending.ALONE, copies: int = 1) -> Context:
    """After these."""
    steps = tuple(Step(each, sending=sending, copies=copies) for each in requests)
    return lambda case, _subject: replace(case, steps=(*steps, *case.steps))


def _after_plain(count: int) -> Context:
    others = (Request.of({"GroupName": f"{SALT}o{at}", "GroupId": f"{SALT}o{at}"}) for at in range(count))
    return _after(*others)


def _ordered(key: Callable[[int, str], object]) -> Context:
    def change(step: Step) -> Step:
        names = [name for name, _ in step.request.parameters]
        pairs = sorted(step.request.parameters, key=lambda pair: key(names.index(pair[0]), pair[0]))  # type: ignore[arg-type,return-value]
        return replace(step, request=replace(step.request, parameters=tuple(pairs)))

    return _each(change)


def _valued(change: Callable[[str], str]) -> Context:
    """With another text for the parameter, made of what it was."""

    def context(case: Case, subject: str) -> Case | None:
        def changed(value: object) -> object:
            if isinstance(value, list):
                return [changed(each) for each in value]
            return change(value) if isinstance(value, str) else value

        def step(step: Step) -> Step:
            parameters = (
                (name, changed(value) if name == subject else value) for name, value in step.request.parameters
            )
            return replace(step, request=replace(step.request, parameters=tuple(parameters)))

        return _each(step, action=ACTION)(case, subject) if subject else None

    return context


# --- Tests ---------------------------------------------------------------------------------------------------


def _delivered(test: Callable[[Occasion], bool]) -> Test:
    return lambda occasion, _subject: test(occasion)


def _has(name: str, value: str | None = None) -> Test:
    """Whether there is a header; or one that has a value."""

    def test(occasion: Occasion, _subject: str) -> bool:
        found = header(occasion.http.headers, name)
        return found is not None and (value is None or found.lower() == value.lower())

    return test


def _is_get(occasion: Occasion) -> bool:
    return occasion.http.method == "GET"


def _is_form(occasion: Occasion) -> bool:
    return not _is_get(occasion) and "urlencoded" in (header(occasion.http.headers, "Content-Type") or "")


def _is_json(occasion: Occasion) -> bool:
    return not _is_get(occasion) and not _is_form(occasion)


def _signed_by(scheme: Scheme) -> Callable[[Occasion], bool]:
    def test(occasion: Occasion) -> bool:
        if header(occasion.http.headers, "Authorization") is not None:
            return scheme is Scheme.TC3
        method = b"SignatureMethod=" + Scheme.SHA256.encode()
        is_256 = method in occasion.http.body or method.decode() in occasion.http.query
        return scheme is (Scheme.SHA256 if is_256 else Scheme.SHA1)

    return test


def _json(test: Callable[[bytes], bool]) -> Test:
    return lambda occasion, _subject: _is_json(occasion) and test(occasion.http.body)


def _given(name: str, test: Callable[[object], bool] = lambda _value: True) -> Test:
    return lambda occasion, _subject: any(map(test, occasion.request.values(name)))


def _absent(name: str) -> Test:
    return lambda occasion, _subject: not occasion.request.values(name)


def _value(test: Callable[[str], bool]) -> Test:
    """Whether a text of the parameter is so."""
    return lambda occasion, subject: any(map(test, occasion.texts(subject)))


def _equal(one: str, other: str) -> Test:
    return lambda occasion, _subject: not {*occasion.texts(one)}.isdisjoint(occasion.texts(other))


def _larger_than(size: int) -> Test:
    return lambda occasion, _subject: len(occasion.http.body) > size


def _nth(number: int) -> Callable[[Occasion], bool]:
    return lambda occasion: occasion.number % number == 0


def _counted(what: str, least: int) -> Test:
    return lambda occasion, _subject: getattr(occasion, what) >= least


def _minutes_from_midnight(occasion: Occasion) -> float:
    at = datetime.fromtimestamp(occasion.now, UTC)
    minutes = at.hour * 60 + at.minute
    return min(minutes, 24 * 60 - minutes)


def _is_error(reply: Reply) -> bool:
    return isinstance(reply.body, dict) and "Error" in reply.body["Response"]


def _has_code(ending: str) -> Callable[[Reply], bool]:
    return lambda reply: _is_error(reply) and str(reply.body["Response"]["Error"]["Code"]).endswith(ending)


def _always(_occasion: Occasion, _subject: str) -> bool:
    return True


_ID, _NAME, _TAG = longest("GroupId.length.max"), longest("GroupName.length.max"), longest("Tag.length.max")
_ITEMS = longest("GroupExDescriptions.count.max")
_FIVE = [f"{SALT}{at}" for at in range(_ITEMS)]


def _of_delivery() -> Iterator[Condition]:
    rare = "the other ways come into the code by another path, which fewer tests take"
    yield Condition("by-get", "by GET", rare, 4, _delivered(_is_get), _in_form(Form.QUERY, Scheme.TC3))
    yield Condition("in-forms", "in a form", rare, 4, _delivered(_is_form), _in_form(Form.FORM, Scheme.SHA1))
    yield Condition("in-json", "in a body of JSON", "the oldest part takes forms, and JSON came later", 3, _delivered(_is_json), _of_json())  # fmt: skip
    for scheme, word in ((Scheme.SHA1, "sha-1"), (Scheme.SHA256, "sha-256")):
        yield Condition(f"signed-by-{word}", f"signed by Hmac{word.upper()}", rare, 2, _delivered(_signed_by(scheme)), _in_form(Form.FORM, scheme))  # fmt: skip
    yield Condition("escaped", "with escapes in the JSON", "a text is looked at before it is decoded", 3, _json(lambda body: b"\\u" in body), _of_json("escaped"))  # fmt: skip
    yield Condition("raw-han", "with Han as they are in the JSON", "bytes are taken for characters", 2, _json(lambda body: any(each > 0x7F for each in body)), _each(lambda step: replace(step, form=Form.JSON_RAW, request=_named_in_han(step.request)), action=ACTION))  # fmt: skip
    yield Condition("compact", "in JSON without white space", "a pattern stands for a parser", 1, _json(lambda body: b'": ' not in body), _of_json("compact"))  # fmt: skip
    yield Condition("spaced", "in JSON with line ends", "a pattern stands for a parser", 1, _json(lambda body: b"\n" in body), _of_json("spaced"))  # fmt: skip
    yield Condition("id-first", "where GroupId stands before GroupName", "what is read first is taken for all", 1, lambda occasion, _: occasion.request.names[:1] == ("GroupId",), _ordered(lambda _at, name: (name != "GroupId", name != "GroupName")))  # fmt: skip
    yield Condition("name-first", "where GroupName stands before all others", "as the page's example has it", 1, lambda occasion, _: occasion.request.names[:1] == ("GroupName",), _ordered(lambda _at, name: name != "GroupName"))  # fmt: skip
    yield Condition("with-charset", "where Content-Type names a charset", "headers are compared whole", 2, _delivered(lambda occasion: "charset" in (header(occasion.http.headers, "Content-Type") or "")), _of_json("content-type=application/json; charset=utf-8"))  # fmt: skip
    yield Condition("small-headers", "where headers are in small letters", "headers are looked up by letter case", 2, _delivered(lambda occasion: any(name == "x-tc-action" for name, _ in occasion.http.headers)), _of_json("header-case=lower"))  # fmt: skip
    yield Condition("in-english", "where English is asked for", "a table of codes for each language", 2, _has("X-TC-Language", "en-US"), _of_json("language=en-US"))  # fmt: skip
    yield Condition("of-an-sdk", "where an SDK names itself", "SDKs are trusted", 1, _has("X-TC-RequestClient"), _of_json("header=X-TC-RequestClient:SDK_GO_1.0.1100"))  # fmt: skip
    yield Condition("behind-a-proxy", "where a proxy names the request", "what a proxy adds is taken over", 1, _has("X-Request-Id"), _of_json("header=X-Request-Id:5f1d7a52-0c7f-4c8e-9f38-2a1f4b6f9f10"))  # fmt: skip
    yield Condition("of-go", "for Go's client", "clients are told apart", 1, _has("User-Agent", "Go-http-client/1.1"), _of_json("header=User-Agent:Go-http-client/1.1"))  # fmt: skip
    yield Condition("closing", "where the connection is closed after it", "what is kept is kept by connection", 2, _has("Connection", "close"), _of_json("header=Connection:close"))  # fmt: skip
    for bytes_, word in ((512, "half a kilobyte"), (1024, "a kilobyte"), (4096, "four kilobytes")):
        yield Condition(f"over-{bytes_}-bytes", f"where the body is larger than {word}", "a buffer's edge", 1, _larger_than(bytes_), _of_json(f"padded={bytes_ + 64}"))  # fmt: skip


def _named_in_han(request: Request) -> Request:
    return replace(request, parameters=tuple(
        (name, "<han:4><salt:12>" if name == "GroupName" and value == SALT else value) for name, value in request.parameters
    ))  # fmt: skip


def _of_parameters() -> Iterator[Condition]:
    late = "a check stands in the branch of another parameter"
    examples = {"Tag": SALT, "GroupExDescriptions": [SALT, f"{SALT}b"], "FaceModelVersion": "3.0"}
    for name, value in examples.items():
        short = {"GroupExDescriptions": "descriptions", "FaceModelVersion": "version"}.get(name, name.lower())
        yield Condition(f"with-{short}", f"where {name} is given", late, 3, _given(name), _with(**{name: value}))
        yield Condition(f"without-{short}", f"where {name} isn't given", late, 3, _absent(name), _without(name))
    yield Condition("with-empty-tag", "where Tag is empty", "what is empty is taken for absent", 3, _given("Tag", lambda value: value == ""), _with(Tag=""))  # fmt: skip
    yield Condition("with-no-descriptions", "where the list is empty", "what is empty is taken for absent", 2, _given("GroupExDescriptions", lambda value: value == []), _with(GroupExDescriptions=[]))  # fmt: skip
    yield Condition("with-longest-tag", "where Tag is as long as it may be", "limits share a buffer", 1, _given("Tag", lambda value: isinstance(value, str) and len(value) == _TAG), _with(Tag=salted(_TAG)))  # fmt: skip
    yield Condition("with-longest-name", "where GroupName is as long as it may be", "limits share a buffer", 1, _given("GroupName", lambda value: isinstance(value, str) and len(value) == _NAME), _with(GroupName=salted(_NAME)))  # fmt: skip
    yield Condition("with-longest-id", "where GroupId is as long as it may be", "limits share a buffer", 1, _given("GroupId", lambda value: isinstance(value, str) and len(value) == _ID), _with(GroupId=salted(_ID)))  # fmt: skip
    yield Condition("with-five-descriptions", "where there are five descriptions", "a loop ends too early", 2, _given("GroupExDescriptions", lambda value: isinstance(value, list) and len(value) == _ITEMS), _with(GroupExDescriptions=_FIVE))  # fmt: skip
    yield Condition("with-one-description", "where there is one description", "a loop of pairs has none", 2, _given("GroupExDescriptions", lambda value: isinstance(value, list) and len(value) == 1), _with(GroupExDescriptions=[SALT]))  # fmt: skip
    yield Condition("with-everything", "where every parameter is given", late, 2, lambda occasion, _: len(occasion.request.names) >= 5, _with(Tag="t", GroupExDescriptions=["a", "b"], FaceModelVersion="3.0"))  # fmt: skip
    yield Condition("of-version-2", "for FaceModelVersion 2.0", "the old version has a table of its own", 1, _given("FaceModelVersion", lambda value: value == "2.0"), _with(FaceModelVersion="2.0"))  # fmt: skip
    yield Condition("id-as-name", "where id and name are the same", "texts are looked up in one table", 2, _equal("GroupId", "GroupName"), _with(GroupName=SALT, GroupId=SALT))  # fmt: skip
    yield Condition("tag-as-description", "where Tag is a description", "texts are looked up in one table", 1, _equal("Tag", "GroupExDescriptions"), _with(Tag=SALT, GroupExDescriptions=[SALT]))  # fmt: skip
    yield Condition("tag-as-name", "where Tag is the name", "texts are looked up in one table", 1, _equal("Tag", "GroupName"), _with(Tag=SALT, GroupName=SALT))  # fmt: skip


def _of_parity(text: str, parity: int) -> str:
    """A template whose text is of even length, or of odd."""
    return text if len(fill_text(text, "x" * SALT_LENGTH)) % 2 == parity else f"{text}a"


def _of_values() -> Iterator[Condition]:
    """Of a text of the parameter at fault. Each can be had beside any other thing that is wrong with the text."""
    kind = "values of one kind were tried"

    def leading(mark: str) -> Callable[[str], str]:
        return lambda text: mark + text

    yield Condition("of-digits-first", "where the text begins with a digit", "what looks like a number is one", 2, _value(lambda text: text[:1].isdigit()), _valued(leading("7")))  # fmt: skip
    yield Condition("of-capitals", "where the text has capitals", "texts are lowered before they are compared", 2, _value(lambda text: text != text.lower()), _valued(leading("Q")))  # fmt: skip
    yield Condition("of-small-letters", "where the text has no capital", kind, 1, _value(lambda text: text == text.lower()), _unchanged)  # fmt: skip
    yield Condition("of-han", "where the text has Han", "bytes and characters differ then", 3, _value(lambda text: any("\u4e00" <= each <= "\u9fa5" for each in text)), lambda case, subject: None if subject == "GroupId" else _valued(leading("组"))(case, subject))  # fmt: skip
    yield Condition("of-ascii", "where the text has no Han", kind, 2, _value(lambda text: bool(text) and not any("\u4e00" <= each <= "\u9fa5" for each in text)), _unchanged)  # fmt: skip
    yield Condition("of-hyphens", "where the text has a hyphen", "separators are split at", 1, _value(lambda text: "-" in text), _valued(leading("a-")))  # fmt: skip
    yield Condition("of-underscores", "where the text has an underscore", "it stands for any character in a database", 1, _value(lambda text: "_" in text), _valued(leading("a_")))  # fmt: skip
    yield Condition("of-even-length", "where the text's length is even", "units are counted in pairs", 1, _value(lambda text: len(text) % 2 == 0), _valued(lambda text: _of_parity(text, 0)))  # fmt: skip
    yield Condition("of-odd-length", "where the text's length is odd", "units are counted in pairs", 1, _value(lambda text: len(text) % 2 == 1), _valued(lambda text: _of_parity(text, 1)))  # fmt: skip
    yield Condition("of-short", "where the text has fewer than eight characters", kind, 1, _value(lambda text: len(text) < 8), _valued(lambda text: text.replace(SALT, "<salt:4>")))  # fmt: skip
    yield Condition("of-long", "where the text has more than twenty characters", "an old limit", 2, _value(lambda text: len(text) > 20), _valued(leading("<salt:21>")))  # fmt: skip


def _of_history() -> Iterator[Condition]:
    plain = Request.of({"GroupName": f"{SALT}o", "GroupId": f"{SALT}o"})
    wrong = Request.of({"GroupName": f"{SALT}o", "GroupId": "!"})
    load = "state is kept by process, and shows after a while"
    yield Condition("at-first", "on the first request", "tables are filled by the first", 1, lambda occasion, _: occasion.number == 1, _unchanged)  # fmt: skip
    yield Condition("but-at-first", "but for the first request", "tables are filled by the first", 1, lambda occasion, _: occasion.number > 1, _after(plain))  # fmt: skip
    for number, ordinal in ((2, "second"), (3, "third"), (10, "tenth")):
        yield Condition(f"every-{number}", f"on every {ordinal} request", "one of several workers is an old one", 2, _delivered(_nth(number)), _after_plain(number - 1))  # fmt: skip
    for number in (20, 100):
        yield Condition(f"after-{number}-requests", f"after {number} requests", load, 1, _counted("number", number + 1), _after_plain(number))  # fmt: skip
    for number in (5, 20, 100):
        yield Condition(f"after-{number}-groups", f"once there are {number} groups", load, 2, _counted("groups", number), _after_plain(number))  # fmt: skip
    yield Condition("after-an-error", "after a refusal", "what an error left is found by the next", 2, lambda occasion, _: bool(occasion.last_code), _after(wrong))  # fmt: skip
    yield Condition("after-a-success", "after a request that was carried out", "what it left is found by the next", 2, lambda occasion, _: occasion.last_code == "", _after(plain))  # fmt: skip
    yield Condition("after-a-large-body", "after a body of more than four kilobytes", "a buffer is used again", 1, lambda occasion, _: occasion.last_size > 4096, lambda case, _: replace(case, steps=(Step(plain, twists=("padded=5000",)), *case.steps)))  # fmt: skip
    yield Condition("once-refused", "where the id or name was refused before", "refusals are remembered", 2, lambda occasion, _: not occasion.identities.isdisjoint(occasion.refused), _after(Request.of({"GroupName": SALT, "GroupId": SALT, "FaceModelVersion": "9"})))  # fmt: skip
    yield Condition("once-deleted", "where the id or name was a deleted group's", "deletions leave something", 2, lambda occasion, _: not occasion.identities.isdisjoint(occasion.deleted), _after(Request.of({"GroupName": SALT, "GroupId": SALT}), Request.of({"GroupId": SALT}, "DeleteGroup")))  # fmt: skip
    yield Condition("on-a-new-connection", "for the first request of a connection", "a check is made once a connection", 2, lambda occasion, _: occasion.on_connection == 1, _of_json("header=Connection:close"))  # fmt: skip
    yield Condition("on-a-kept-connection", "for later requests of a connection", "a check is made once a connection", 2, lambda occasion, _: occasion.on_connection > 1, _after(plain))  # fmt: skip
    yield Condition("on-later-connections", "on all connections but the first", "one worker is an old one", 1, lambda occasion, _: occasion.connections > 1, lambda case, _: replace(case, steps=(Step(plain, twists=("header=Connection:close",)), *case.steps)))  # fmt: skip
    yield Condition("after-a-second", "once a second has passed", "what is cached runs out", 1, lambda occasion, _: occasion.seconds > 1, lambda case, _: replace(case, steps=(Step(plain), replace(case.steps[0], pause=1.1), *case.steps[1:])))  # fmt: skip
    yield Condition("by-day", "but for the hour before and after midnight UTC", "dates are made of local time", 1, lambda occasion, _: _minutes_from_midnight(occasion) > 60, _unchanged)  # fmt: skip
    yield Condition("at-once", "while another request is at hand", "what is shared isn't locked", 1, lambda occasion, _: occasion.others > 0, _each(lambda step: replace(step, sending=Sending.TOGETHER, copies=4) if step.sending is Sending.ALONE else None))  # fmt: skip


def _of_answers() -> Iterator[Condition]:
    both = "success and failure are written by different code"
    tests: list[tuple[str, str, int, Callable[[Reply], bool]]] = [
        ("on-errors", "on refusals", 4, _is_error),
        ("on-success", "where something was done", 3, lambda reply: not _is_error(reply)),
        ("on-too-long", "where a text is too long", 1, _has_code("TooLong")),
        ("on-illegal", "where a text is illegal", 1, _has_code("Illegal")),
        ("on-exists", "where something exists already", 2, _has_code("AlreadyExist")),
        ("on-missing", "where a parameter is missing", 1, _has_code("MissingParameter")),
        ("on-signature", "where the signature is wrong", 1, _has_code("SignatureFailure")),
        ("on-exceed", "where there are too many descriptions", 1, _has_code("Exceed")),
    ]  # fmt: skip
    for name, about, weight, test in tests:
        yield Condition(name, about, both, weight, _always, _unchanged, of_answer=test)


CONDITIONS: tuple[Condition, ...] = (
    *_of_delivery(), *_of_parameters(), *(replace(each, of_value=True) for each in _of_values()), *_of_history(), *_of_answers(),
)  # fmt: skip
CONDITION: dict[str, Condition] = {each.name: each for each in CONDITIONS}
