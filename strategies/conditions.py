"""Conditions: ways to send the same telling requests again, since many services are right only as they are asked.

A service is tried by its makers in few ways: with one library, on one connection, in one order, with the values that
come to mind. What it does otherwise nobody looked at; and one that wants to look right needs to be right only there.
So each run sends the telling requests again under every condition of the table, with other values each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

from conformance.contract import CLAUSES, PARAMETERS
from conformance.contract.rules import Required
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import ID, SALT, WORD, salted
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.strategies.draws import alphabet_of, descriptions, drawing, limit_of, most_descriptions, text
from conformance.strategies.forms import is_sayable
from conformance.strategies.sequences import create, delete, information
from conformance.strategies.telling import Telling, telling

__all__ = ["ANOTHER_CLIENT", "CONDITIONS", "LATE", "Condition", "under_any", "under_conditions"]

# How a telling request is sent under a condition; None where it can't be.
Under = Callable[[Telling, Random], Telling | None]

_REQUIRED = tuple(each.parameter for each in CLAUSES if isinstance(each.rule, Required))
_OPTIONAL = tuple(each for each in PARAMETERS if each not in _REQUIRED)
_IN_THE_CROWD = 4
_PAUSE = 1.3  # seconds: more than a second, by which many tell who is a program


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition under which telling requests are sent again.

    Attributes:
        name: what is otherwise, in a few words.
        why: why services are right without it and wrong under it.
        under: the request as it is then sent; None where it can't be, or would tell nothing.
        alone: whether it takes no more requests than the telling one.
        every: of how many requests one is sent so, and the others plainly between.
    """

    name: str
    why: str
    under: Under
    alone: bool = True
    every: int = 1


def _step(change: Callable[[Step, Random], Step]) -> Under:
    """What is changed of the telling step alone."""
    return lambda told, random: replace(told, step=change(told.step, random))


def _twisted(*choices: str) -> Under:
    """Delivered otherwise, in one of several ways."""
    return _step(lambda step, random: replace(step, twists=(*step.twists, random.choice(choices))))


def _as_another_client(told: Telling, random: Random) -> Telling | None:
    """Several of the others at once: who is wrong under one of them is wrong under all."""
    for under in (
        _of_json(_step(_reordered)),
        _of_json(_twisted("compact")),
        _twisted(*(f"header=X-TC-RequestClient:{each}" for each in _SDKS)),
        _twisted(*(f"header=User-Agent:{each}" for each in _UNKNOWN_AGENTS)),
        _twisted("language=en-US"),
        _twisted("timestamp=-90", "timestamp=90"),
        _twisted("header=Connection:close"),
    ):
        told = under(told, random) or told
    return told


def _of_json(under: Under) -> Under:
    """What can be done to a plain body of JSON."""
    return lambda told, random: under(told, random) if told.step.form is Form.JSON else None


def _with(more: Callable[[Random], dict[str, object]]) -> Under:
    """With these parameters besides, as far as the request doesn't have them."""

    def under(told: Telling, random: Random) -> Telling:
        there = dict(told.step.request.parameters)
        added = {name: value for name, value in more(random).items() if name not in there}
        return _asking(told, {**there, **added})

    return under


def _asking(told: Telling, parameters: Mapping[str, object]) -> Telling:
    """The same with other parameters."""
    request = replace(told.step.request, parameters=tuple(parameters.items()))
    return replace(told, step=replace(told.step, request=request))


def _everything(random: Random) -> dict[str, object]:
    return {
        "GroupExDescriptions": descriptions(random, most_descriptions()),
        "Tag": text(random, alphabet_of("Tag"), random.randint(1, limit_of("Tag"))),
        "FaceModelVersion": "3.0",
    }


def _beside(names: tuple[str, ...]) -> Under:
    """With these optional parameters and no other, but for what is wrong."""

    def under(told: Telling, random: Random) -> Telling | None:
        if told.broken is None or told.broken in {"", *names} or (told.before and len(names) > 1):
            return None
        values, kept = _everything(random), {*_REQUIRED, told.broken}
        there = {name: value for name, value in told.step.request.parameters if name in kept}
        return _asking(told, {**there, **{name: values[name] for name in names}})

    return under


def _at_limits(told: Telling, random: Random) -> Telling | None:
    """Whatever isn't wrong is as long as it may be."""
    if not told.broken or told.before:
        return None
    longest = text(random, alphabet_of("GroupExDescriptions[]"), limit_of("GroupExDescriptions[]") - 1)
    full: dict[str, object] = {
        "GroupExDescriptions": [f"{longest}{each}" for each in range(most_descriptions())],
        "Tag": text(random, alphabet_of("Tag"), limit_of("Tag")),
        "FaceModelVersion": "3.0",
    }
    full |= {name: salted(limit_of(name), han=name == "GroupName") for name in _REQUIRED}
    wrong = {name: value for name, value in told.step.request.parameters if name == told.broken}
    del full[told.broken]  # it may be wrong by its absence
    return _asking(told, {**full, **wrong})


def _of_one_text(told: Telling, _random: Random) -> Telling | None:
    """The id is the name."""
    if told.before or told.broken in _REQUIRED:
        return None
    return _asking(told, {**dict(told.step.request.parameters), "GroupName": WORD, "GroupId": WORD})


def _elsewhere(told: Telling, random: Random) -> Telling | None:
    """In another Region; but for what is taken, since the page doesn't say that Regions share their groups."""
    if not told.broken or told.before:
        return None
    return _twisted(*(f"region={each}" for each in _REGIONS))(told, random)


def _again(told: Telling, _random: Random) -> Telling | None:
    """Refused three times, the last two on another connection."""
    if not told.broken:
        return None
    first = replace(told.step, twists=(*told.step.twists, "header=Connection:close"))
    return replace(told, before=(*told.before, first), after=(told.step,))


def _in_plain_utf8(told: Telling, _random: Random) -> Telling | None:
    """With Han in it, where that can be."""
    if told.step.form is not Form.JSON:
        return None
    if not told.before and told.broken != "GroupName" and not told.after:
        told = _asking(told, {**dict(told.step.request.parameters), "GroupName": "腾讯<han:9>"})
    return replace(told, step=replace(told.step, form=Form.JSON_RAW))


def _right_after(*before: Step) -> Under:
    """After requests that have nothing to do with it."""
    return lambda told, _random: replace(told, before=before) if told.broken and not told.before else None


_OTHER = create(f"{SALT}z", f"{SALT}z")


def _empty(_random: Random) -> dict[str, object]:
    return {"Tag": "", "FaceModelVersion": "3.0"}


def _bare(told: Telling, _random: Random) -> Telling | None:
    """Without what is neither required nor wrong."""
    request = told.step.request
    kept = {"GroupName", "GroupId", told.broken}
    if told.broken in {None, ""}:
        return None
    request = replace(request, parameters=tuple(each for each in request.parameters if each[0] in kept))
    return replace(told, step=replace(told.step, request=request))


def _reordered(step: Step, random: Random) -> Step:
    pairs = step.request.parameters
    orders = (pairs[::-1], sorted(pairs, key=lambda pair: pair[0]), random.sample(pairs, len(pairs)))
    return replace(step, request=replace(step.request, parameters=tuple(random.choice(orders))))


def _in_form(*ways: tuple[Form, Scheme]) -> Under:
    """In a form or a query, where what is asked can be said so."""

    def under(told: Telling, random: Random) -> Telling | None:
        form, scheme = random.choice(ways)
        of_version_3 = any(each.startswith("signature-") for each in told.step.twists)
        if of_version_3 or not is_sayable(told.step.request):
            return None
        request = told.step.request if told.broken is None or told.before else _without_escapes(told)
        step = replace(told.step, request=request, form=form, scheme=scheme)
        return replace(told, step=_reordered(step, random) if random.random() < 0.5 else step)

    return under


def _without_escapes(told: Telling) -> Request:
    """Nothing but what is wrong needs an escape, so that who mistakes one fails no clause on something else."""
    request = told.step.request
    kept = {"GroupName", "GroupId", told.broken}
    plain = {"GroupName": ID} if told.broken != "GroupName" else {}
    parameters = (
        (name, plain.get(name, value)) for name, value in request.parameters if told.broken == "" or name in kept
    )
    return replace(request, parameters=tuple(parameters))


def _in_the_crowd(told: Telling, _random: Random) -> Telling | None:
    """With others that are wrong like it, each of an id or a name of its own, lest they be replays."""
    if told.broken is None or told.before:  # one of several that are right would win
        return None
    own = "GroupId" if told.broken == "GroupName" else "GroupName"
    request = told.step.request
    numbered = tuple((name, f"{WORD}<n>" if name == own else value) for name, value in request.parameters)
    step = replace(
        told.step, request=replace(request, parameters=numbered), sending=Sending.TOGETHER, copies=_IN_THE_CROWD
    )
    return replace(told, step=step)


def _identity(told: Telling) -> tuple[str, str] | None:
    """The id and the name of a request, where both are right, and nothing comes before it."""
    request = told.step.request
    group_id, name = request.last_text("GroupId"), request.last_text("GroupName")
    if told.before or not group_id or not name or told.broken in {"GroupId", "GroupName"}:
        return None
    return group_id, name


def _used_before(told: Telling, _random: Random) -> Telling | None:
    both = _identity(told)
    if both is None:
        return None
    group_id, name = both
    first = create(group_id, name, Tag="x", GroupExDescriptions=["x", "y"])
    return replace(told, before=(Step(first), Step(delete(group_id))))


def _corrected(told: Telling, _random: Random) -> Telling | None:
    both = _identity(told)
    return None if both is None or not told.broken else replace(told, after=(Step(create(*both)),))


def _looked_up(told: Telling, _random: Random) -> Telling | None:
    """Looked up before and after; a refused one isn't there."""
    both = _identity(told)
    if both is None:
        return None
    look = Step(information(both[0]))
    return replace(told, before=(look,), after=(look,))


def _after_its_reason(told: Telling, _random: Random) -> Telling | None:
    """Refused since another group has its name; sent once more when that group is surely gone, its id given again."""
    if told.clause != "GroupName.unique" or len(told.before) != 1:
        return None
    first = told.before[0].request.last_text("GroupId") or ""
    return replace(told, after=(Step(delete(first)), Step(create(first, SALT)), told.step))


_REGIONS = ("ap-shanghai", "ap-beijing", "ap-chengdu", "ap-hongkong", "ap-singapore")
_HEADERS = (
    "header=Accept:application/json", "header=Accept-Encoding:identity", "header=X-Forwarded-For:203.0.113.7",
    "header=X-TC-TraceId:8f2d6c1e-5b0a-4c37-9d1e-2a7b90c4f3e5",
)  # fmt: skip
_SIZES = (30_000, 50_000, 70_000)  # bytes: more than any of these requests has
_SDKS = ("SDK_PYTHON_3.0.1206", "SDK_GO_1.0.1100", "SDK_JAVA_3.1.1090", "SDK_NODEJS_4.0.900", "SDK_PHP_3.0.1300")
_UNKNOWN_AGENTS = ("Dalvik/2.1.0 (Linux; U; Android 14)", "HRSystem/2.3", "GuzzleHttp/7", "Ruby")
_AGENTS = (
    *_UNKNOWN_AGENTS, "Go-http-client/1.1", "okhttp/4.12.0", "axios/1.7.9", "Java/17.0.2", "curl/8.5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
)  # fmt: skip

ANOTHER_CLIENT = Condition(
    "as another client sends it", "it was tried with one client, in one language, from one machine", _as_another_client
)

LATE = Condition("late", "it is right as long as a test lasts", lambda told, _random: told)

CONDITIONS: tuple[Condition, ...] = (
    ANOTHER_CLIENT,
    Condition("with an id and a name that were used before", "what was found right once is believed",
              _used_before, alone=False),
    Condition("right after a deletion", "what a deletion leaves behind is in the way",
              _right_after(Step(_OTHER), Step(delete(f"{SALT}z"))), alone=False),
    Condition("right after a wrong signature", "what the last request left behind is still there",
              _right_after(Step(_OTHER, twists=("other-key",))), alone=False),
    Condition("and asked for again", "who insists is let through; or what was seen once isn't looked at again",
              _again, alone=False),
    Condition("and corrected", "a refusal is remembered, or has taken the id already", _corrected, alone=False),
    Condition("looked up before", "that a group isn't there is remembered", _looked_up, alone=False),
    Condition("and again when its reason is gone", "refusals are kept by what was asked",
              _after_its_reason, alone=False),
    Condition(
        "on new connections", "checks are made once a connection, or not for its first request",
        _twisted("header=Connection:close"),
    ),
    Condition("of an SDK", "what SDKs check themselves isn't checked again",
              _twisted(*(f"header=X-TC-RequestClient:{each}" for each in _SDKS))),
    Condition("of another client", "whoever knows the tools of testers is right for them alone",
              _twisted(*(f"header=User-Agent:{each}" for each in _AGENTS))),
    Condition("in another language", "errors are looked up by language, and one table is older",
              _twisted("language=en-US", "language=zh-CN", "language=en-US", "header=Accept-Language:en")),
    Condition("by a clock that is off", "the clocks of a server and of its tests are the same",
              _twisted(*(f"timestamp={each}" for each in (-200, -90, -20, 20, 90, 200)))),
    Condition("with headers written otherwise", "headers are found as one library writes them",
              _twisted("header-case=lower", "header-case=upper", "signed-header=X-Custom:a")),
    Condition("with other headers", "a client is known by what it sends besides",
              _step(lambda step, _random: replace(step, twists=(*step.twists, *_HEADERS)))),
    Condition("with its Action signed", "of what else is signed nobody thought, and it is believed",
              _of_json(_twisted("also-signed=X-TC-Action"))),
    Condition("with its members in another order", "a parser that reads as it goes has read half of them",
              _of_json(_step(_reordered))),
    Condition("in compact JSON", "other languages write JSON without spaces", _of_json(_twisted("compact"))),
    Condition("in JSON written otherwise", "a quick look at the bytes isn't a parser",
              _of_json(_twisted("spaced", "escaped"))),
    Condition("in a large body", "what is large isn't read to its end",
              _of_json(_twisted(*(f"padded={each}" for each in _SIZES)))),
    Condition("in plain UTF-8", "other languages don't escape what isn't ASCII", _in_plain_utf8),
    Condition("by GET", "parameters come by another way into the same checks, or into others",
              _in_form((Form.QUERY, Scheme.TC3), (Form.QUERY, Scheme.SHA1), (Form.QUERY, Scheme.SHA256))),
    Condition("in a form", "as by GET", _in_form((Form.FORM, Scheme.SHA1), (Form.FORM, Scheme.SHA256))),
    Condition("with everything else", "checks end at the first that passes, or are made of what is there alone",
              _with(_everything)),
    Condition("with what may be empty", "an empty value is taken for an absent one", _with(_empty)),
    Condition("with nothing else", "a check hangs on another parameter", _bare),
    *(
        Condition(f"with {' and '.join(names)} alone", "a check hangs on which of the others are there", _beside(names))
        for count in (1, 2)
        for names in combinations(_OPTIONAL, count)
    ),
    Condition("with everything else as long as it may be", "lengths are added up, or one buffer holds all", _at_limits),
    Condition("with one text as id and name", "a pair that is alike is taken for a test", _of_one_text),
    Condition("in another Region", "each Region has a service of its own, one of them an older one", _elsewhere),
    Condition("several at once", "under load checks are left out, or share what isn't theirs",
              _in_the_crowd, alone=False),
    Condition("at an uneven pace", "who asks evenly is a program",
              _step(lambda step, _random: replace(step, pause=_PAUSE)), alone=False, every=4),
)  # fmt: skip


def under_conditions(seed: int, conditions: Iterable[Condition] = CONDITIONS) -> Iterator[Case]:
    """The telling requests under each condition, with values of a seed."""
    for condition in conditions:
        random = drawing(seed, condition.name)
        told = list(telling(random))
        random.shuffle(told)
        for at, each in enumerate(told):
            changed = each if at % condition.every else condition.under(each, random)
            if changed is not None:
                yield changed.case(condition.name)


def under_any(told: Iterable[Telling], random: Random) -> Iterator[Case]:
    """Requests each of which is sent under some condition that takes no other requests; every third plainly."""
    conditions = [each for each in CONDITIONS if each.alone]
    for at, each in enumerate(told):
        condition = random.choice(conditions)
        changed = condition.under(each, random) if at % 3 else None
        yield each.case() if changed is None else changed.case(condition.name)
