"""The reference validator: Request + World → Prediction. Pure; the page's rules, applied one by one.

A value is first understood (`meaning`: null, doubled, a text for a list can mean several things), then every
clause is asked (`_find`), then the findings become outcomes (`_outcomes`): accepted if every clause is kept, else
the code of a broken clause; of which, where there are several, the page doesn't say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from conformance.contract import CLAUSE, CLAUSES, PARAMETERS, READING, Alphabet, Clause, Unit
from conformance.contract.alphabets import ACCEPTED, REFUSED
from conformance.contract.model import (
    Answer,
    Charset,
    Default,
    DistinctItems,
    Effect,
    Gate,
    MaxItems,
    MaxLength,
    MinLength,
    OneOf,
    OpenVersions,
    Optional,
    Required,
    Typed,
    Unique,
    Whole,
)
from conformance.exchange.draft import Sender
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.oracle import gateway
from conformance.oracle.findings import TURNED_AWAY, Breach, Finding, by_reading, when
from conformance.oracle.gateway import Decoded
from conformance.oracle.interpretation import Mark, Meaning, Understood, understand
from conformance.oracle.prediction import (
    EVERYWHERE,
    Accepted,
    Allowed,
    Box,
    Outcome,
    Prediction,
    Refused,
    TurnedAway,
    meet,
    meet_all,
)
from conformance.oracle.world import Presence, World

__all__ = ["predict", "predict_http"]


def predict(request: Request, world: World) -> Prediction:
    """The outcomes that the page allows for a CreateGroup request, each with the clauses and readings behind it.

    Args:
        request: what was sent, as the wire decodes it.
        world: what is known of the account; it is not changed.
    """
    return _prediction((), [Decoded(EVERYWHERE, request)], world)


def predict_http(
    http: HttpRequest, sender: Sender | None, now: float, world: World, *, replayed: bool = False
) -> Prediction:
    """The outcomes that the documents allow for an HTTP request, signature and protocol included.

    Args:
        http: the request as it was sent.
        sender: whose key signed it, or should have; None where that isn't known.
        now: when it was sent, in seconds since 1970.
        world: what is known of the account; it is not changed.
        replayed: whether the very same bytes were sent before.
    """
    gate = tuple(gateway.findings(http, sender, now, replayed=replayed))
    return _prediction(gate, gateway.decodings(http), world)


def _prediction(gate: tuple[Finding, ...], decodings: Iterable[Decoded], world: World) -> Prediction:
    allowed: dict[tuple[Outcome, tuple[str, ...], tuple[tuple[str, frozenset[str]], ...]], Allowed] = {}
    kept: set[str] = set()
    broken: set[str] | None = None
    breakable: set[str] = set()
    for decoded in decodings:
        at_gate = (*gate, *decoded.findings)
        for understood in _understandings(decoded, world):
            findings: list[Finding] = []
            if decoded.request is not None:
                findings = [
                    *understood.refusals,
                    *_unknown(decoded.request),
                    *_findings(understood.meanings, world),
                    *_of_account(understood.meanings, world),
                ]
            for each in _outcomes(at_gate, findings, understood, read=decoded.request is not None):
                allowed.setdefault((each.outcome, each.clauses, tuple(each.readings.items())), each)
            found = (*at_gate, *findings)
            kept |= {each.clause.id for each in found if each.applies and each.kept}
            breakable |= {each.clause.id for each in found if each.breaches}
            surely = {each.clause.id for each in found if not each.kept}
            broken = surely if broken is None else broken & surely
    broken = broken or set()
    return Prediction(
        tuple(allowed.values()), frozenset(kept - breakable), frozenset(broken), frozenset(breakable - broken)
    )


def _understandings(decoded: Decoded, world: World) -> Iterator[Understood]:
    if decoded.request is None:
        yield Understood(decoded.box, {})
        return
    for each in understand(decoded.request, world):
        both = meet(each.box, decoded.box)
        if both is not None:
            yield replace(each, box=both)


# --- Finding -------------------------------------------------------------------------------------------


def _unknown(request: Request) -> Iterator[Finding]:
    """Whether the request has a parameter that the page doesn't know."""
    if any(name not in PARAMETERS for name in request.names):
        code = READING["unknown-parameter"].code("refused")
        yield Finding(
            CLAUSE["Request.unknown-parameter"],
            (when("unknown-parameter", "ignored"),),
            (Breach(code, when("unknown-parameter", "refused")),),
        )


_ORDER: dict[str, int] = {clause.id: place for place, clause in enumerate(CLAUSES)}
_CLAUSES_OF: dict[str, tuple[Clause, ...]] = {
    name: tuple(clause for clause in CLAUSES if clause.parameter == name) for name in PARAMETERS
}


def _findings(meanings: dict[str, Meaning], world: World) -> Iterator[Finding]:
    """Every clause on the request's parameters, held against one meaning."""
    for name, meaning in meanings.items():
        for clause in _CLAUSES_OF[name]:
            if clause.of_elements:
                yield _of_elements(clause, meaning, world)
            else:
                yield _find(clause, meaning, world)


def _of_elements(clause: Clause, meaning: Meaning, world: World) -> Finding:
    """A clause on elements, held against each of a list."""
    if not isinstance(meaning, list) or not meaning:
        return Finding(clause, applies=False)
    kept: list[Box] = [EVERYWHERE]
    breaches: dict[tuple[str, tuple[tuple[str, frozenset[str]], ...]], Breach] = {}
    for item in meaning:
        finding = _find(clause, item, world)
        if finding.breaches:
            kept = meet_all(kept, finding.kept)
            breaches.update(((each.code, tuple(each.box.items())), each) for each in finding.breaches)
    return Finding(clause, tuple(kept), tuple(breaches.values()))


def _find(clause: Clause, value: Meaning, world: World) -> Finding:
    """One clause held against one value."""
    match clause.rule:
        case Required():
            return _broken_by_reading(clause) if value is Mark.ABSENT else Finding(clause)
        case Optional():
            return Finding(clause, applies=value is Mark.ABSENT)
        case Typed():
            return (
                _broken_by_reading(clause)
                if value is Mark.MISTYPED
                else Finding(clause, applies=value is not Mark.ABSENT)
            )
        case Default():
            return Finding(clause, applies=value is Mark.ABSENT)
        case MinLength(limit=limit) if isinstance(value, str):
            return _shortness(clause, limit, value)
        case MaxLength(limit=limit, unit=unit) if isinstance(value, str):
            return _length(clause, limit, unit, value)
        case Charset(alphabet=alphabet) if isinstance(value, str):
            return _charset(clause, alphabet, value)
        case MaxItems(limit=limit) if isinstance(value, list):
            return _broken(clause) if len(value) > limit else Finding(clause)
        case DistinctItems() if isinstance(value, list):
            return _distinct(clause, [each for each in value if isinstance(each, str)])
        case OneOf(values=values) if isinstance(value, str):
            if value == "":
                return _broken_by_reading(clause, "empty-face-model-version")
            return Finding(clause) if value in values else _broken(clause)
        case OpenVersions(closed=closed) if isinstance(value, str):
            ages = frozenset(age for age, versions in closed.items() if value in versions)
            if not ages:
                return Finding(clause)
            others = READING["account-age"].names - ages
            return _broken_by_reading(clause, box={"account-age": ages}, kept=({"account-age": others},))
        case Unique() if isinstance(value, str):
            return _unique(clause, value, world)
        case Whole(name="empty-list"):
            if value != []:
                return Finding(clause, applies=False)
            return _broken_by_reading(clause, kept=(when("empty-description-list", "accepted"),))
        case (
            MinLength()
            | MaxLength()
            | Charset()
            | MaxItems()
            | DistinctItems()
            | OneOf()
            | OpenVersions()
            | Unique()
            | Whole()
            | Answer()
            | Gate()
            | Effect()
        ):
            return Finding(clause, applies=False)  # the value is absent or of another type: nothing to say
        case _:
            assert_never(clause.rule)


def _broken(clause: Clause) -> Finding:
    """The clause is broken, and each of its codes answers."""
    return Finding(clause, (), tuple(Breach(code) for code in clause.codes))


def _broken_by_reading(
    clause: Clause, reading: str | None = None, box: Box = EVERYWHERE, kept: tuple[Box, ...] = ()
) -> Finding:
    """The clause is broken, and a reading tells the code; one of the clause's that it lacks may always come."""
    always = () if reading else clause.codes
    reading = reading or clause.reading
    assert reading is not None  # noqa: S101 -- the contract's tables name one
    breaches = by_reading(reading, box)
    told = {each.code for each in breaches}
    return Finding(clause, kept, (*breaches, *(Breach(code, box) for code in always if code not in told)))


def _shortness(clause: Clause, limit: int, text: str) -> Finding:
    if limit == 0:
        return Finding(clause, applies=text == "")
    if text == "":
        return _broken_by_reading(clause)
    return Finding(clause)


def _length(clause: Clause, limit: int, unit: Unit, text: str) -> Finding:
    if unit is Unit.BYTES:
        return _broken(clause) if len(text.encode("utf-8", "surrogatepass")) > limit else Finding(clause)
    if len(text) > limit:
        return _broken(clause)
    utf16_units = len(text) + sum(character > "\uffff" for character in text)
    if utf16_units > limit:
        breaches = tuple(Breach(code, when("character-unit", "utf16-units")) for code in clause.codes)
        return Finding(clause, (when("character-unit", "code-points"),), breaches)
    return Finding(clause)


def _charset(clause: Clause, alphabet: Alphabet, text: str) -> Finding:
    if alphabet.certain(text):
        return Finding(clause)
    kept: list[Box] = [EVERYWHERE]
    breaches: list[Breach] = []
    for character, unsettled in alphabet.doubts(text):
        if "\ud800" <= character <= "\udfff":
            kept = []
            breaches += [
                Breach(value.code or clause.codes[0], when("lone-surrogate-code", value.name))
                for value in READING["lone-surrogate-code"].values
            ]
        elif unsettled is None:
            kept = []
            breaches += [Breach(code) for code in clause.codes]
        else:
            names = READING[unsettled.reading].names
            kept = meet_all(kept, ({unsettled.reading: names & ACCEPTED},))
            breaches += [Breach(code, {unsettled.reading: names & REFUSED}) for code in clause.codes]
    return Finding(clause, tuple(kept), tuple(breaches))


def _distinct(clause: Clause, items: list[str]) -> Finding:
    if len(set(items)) < len(items):
        return _broken_by_reading(clause)
    if len({each.lower() for each in items}) < len(items):
        return _broken_by_reading(
            clause, box=when("description-case", "insensitive"), kept=(when("description-case", "sensitive"),)
        )
    return Finding(clause)


def _unique(clause: Clause, text: str, world: World) -> Finding:
    """A text held against those in use: the same one, those that differ in case alone, and those of strangers."""
    index = world.index(clause.parameter)
    case = "group-id-case" if clause.parameter == "GroupId" else "group-name-case"
    kept: list[Box] = [EVERYWHERE]
    breaches: list[Breach] = []
    if (presence := index.exact.get(text)) is not None:
        kept, breaches = _held_against(presence, clause)
    elif world.may_be_foreign(text):
        breaches = [Breach(code, conclusive=False) for code in clause.codes]
    for other in dict.fromkeys(index.others_but_for_case(text)):
        kept_too, found = _held_against(other, clause)
        kept = meet_all(kept, [when(case, "sensitive"), *meet_all(kept_too, [when(case, "insensitive")])])
        breaches += [
            Breach(each.code, box, each.conclusive)
            for each in found
            for box in meet_all([each.box], [when(case, "insensitive")])
        ]
    return Finding(clause, tuple(kept), tuple(breaches))


def _held_against(presence: Presence, clause: Clause) -> tuple[list[Box], list[Breach]]:
    """What follows from a group with the same text, by how sure it is that it is there."""
    (exists,) = clause.codes
    match presence:
        case Presence.THERE:
            return [], [Breach(exists)]
        case Presence.JUST_NOW:
            return [], [Breach(exists), *by_reading("race-code")]
        case Presence.PERHAPS:
            return [EVERYWHERE], [Breach(exists, conclusive=False)]
        case Presence.DELETED:
            reading = "recreate-after-delete"
            in_deletion = READING[reading].code("GroupInDeletedState")
            return [when(reading, "accepted")], [
                Breach(in_deletion, when(reading, "GroupInDeletedState")),
                Breach(exists, when(reading, "AlreadyExist")),
            ]
        case Presence.LEAVING:
            reading = "recreate-after-delete"
            in_deletion = READING[reading].code("GroupInDeletedState")
            return [EVERYWHERE], [Breach(in_deletion, when(reading, "GroupInDeletedState"))]
        case Presence.AGAIN:
            reading = "recreate-after-delete"
            in_deletion = READING[reading].code("GroupInDeletedState")
            return [EVERYWHERE], [
                Breach(in_deletion, when(reading, "GroupInDeletedState")),
                Breach(exists, conclusive=False),
            ]
        case _:
            assert_never(presence)


def _of_account(meanings: dict[str, Meaning], world: World) -> Iterator[Finding]:
    """What earlier requests mean for this one, beside the ids and names in use."""
    group_id, name = (meanings[each] for each in ("GroupId", "GroupName"))
    reasons = world.reasons_to_be_free(
        group_id if isinstance(group_id, str) else None, name if isinstance(name, str) else None
    )
    for reason in sorted(reasons):
        yield Finding(CLAUSE[reason])
    if world.quota is not None:
        clause = CLAUSE["State.quota"]
        full = len(world.groups) >= world.quota
        yield Finding(clause, (), by_reading("quota-code")) if full else Finding(clause)


# --- Outcomes ------------------------------------------------------------------------------------------


# Common parameters of which it isn't documented that they are looked at before the action's own.
_AT_ANY_TIME = frozenset({"Protocol.region.present", "Protocol.region.known"})


def _outcomes(
    at_gate: tuple[Finding, ...], findings: list[Finding], understood: Understood, *, read: bool
) -> Iterator[Allowed]:
    """What may come back, given what was found at the gateway and in the parameters; `read` if these can be read."""
    turned_back = [each for each in at_gate if each.breaches]
    for finding in turned_back:  # in whatever order
        yield from _refusals(finding, [understood.box])
    if not read:
        return
    let_in: list[Box] = [understood.box]
    for finding in turned_back:
        if finding.clause.id not in _AT_ANY_TIME:
            let_in = meet_all(let_in, finding.kept)
    if not let_in:
        return
    faulty = [each for each in findings if each.breaches]
    kept = [each for each in turned_back if each.clause.id in _AT_ANY_TIME] + faulty
    yield from _acceptance(kept, let_in, understood)
    if len(faulty) < 2:
        for finding in faulty:
            yield from _refusals(finding, let_in)
        return
    for order, key in _ORDERS.items():
        ahead = meet_all(let_in, [when("check-order", order)])
        for finding in sorted(faulty, key=key):
            yield from _refusals(finding, ahead)
            if order != "other":  # in a stated order, a later clause is asked only if the earlier ones are kept
                ahead = meet_all(ahead, finding.kept)


def _acceptance(faulty: list[Finding], boxes: list[Box], understood: Understood) -> Iterator[Allowed]:
    """Accepted, where every clause can be kept; with the model version that the request or the default names."""
    for finding in faulty:
        boxes = meet_all(boxes, finding.kept)
    version = understood.meanings["FaceModelVersion"]
    if isinstance(version, str):
        versions: list[tuple[str, Box, tuple[str, ...]]] = [(version, EVERYWHERE, ("FaceModelVersion.values",))]
    elif version is Mark.ABSENT:
        versions = [(each, box, ("FaceModelVersion.default",)) for each, box in _DEFAULT_VERSIONS]
    else:
        return
    for text, needed, clauses in versions:
        for box in meet_all(boxes, [needed]):
            yield Allowed(Accepted(text), clauses, box)


def _default_versions() -> tuple[tuple[str, Box], ...]:
    """The versions that an absent FaceModelVersion can mean, each with the ages of account for which it does."""
    rule = CLAUSE["FaceModelVersion.default"].rule
    assert isinstance(rule, Default)  # noqa: S101 -- the contract's own table
    return tuple(
        (version, {"account-age": frozenset(age for age, each in rule.version.items() if each == version)})
        for version in sorted(set(rule.version.values()), reverse=True)
    )


_DEFAULT_VERSIONS = _default_versions()


def _refusals(finding: Finding, boxes: list[Box]) -> Iterator[Allowed]:
    for breach in finding.breaches:
        outcome = TurnedAway() if breach.code == TURNED_AWAY else Refused(breach.code)
        for box in meet_all(boxes, [breach.box]):
            yield Allowed(outcome, (finding.clause.id,), box, breach.conclusive)


def _stage(clause: Clause) -> int:
    """Shape (0) before content (1) before state (2)."""
    match clause.rule:
        case Whole() | Required() | Typed():
            return 0
        case Unique() | Effect():
            return _STATE
        case _:
            return 1


_STATE = 2


def _page_order(finding: Finding) -> tuple[int, int]:
    """The page's order; but an id in use before a name in use, as the first printed example answers."""
    stage, place = _stage(finding.clause), _ORDER[finding.clause.id]
    return stage, -place if stage == _STATE else place


def _characters_first(finding: Finding) -> tuple[int, int, bool, int]:
    clause = finding.clause
    stage, place = _page_order(finding)
    if stage != _STATE:
        place = PARAMETERS.index(clause.parameter) if clause.parameter in PARAMETERS else -1
    return stage, place, not isinstance(clause.rule, Charset), _ORDER[clause.id]


def _reverse_order(finding: Finding) -> tuple[int, int]:
    stage, place = _page_order(finding)
    return stage, -place


_ORDERS: dict[str, Callable[[Finding], tuple[int, ...]]] = {
    "page": _page_order,
    "characters-first": _characters_first,
    "reverse": _reverse_order,
    "other": _page_order,
}
