"""The reference validator: Request + World → Prediction. Pure; the page's rules, applied one by one.

A request is first understood (`interpretation`: null, doubled, a text for a list can mean several things), then every
clause is asked (`_find`), then the findings become outcomes (`_outcomes`): accepted if every clause is kept, else
the code of a broken clause; of which, where there are several, the page doesn't say.

What each kind of rule means is said in `_find`, its readings by the rule: none is named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from conformance.contract import (
    ALSO_WRITTEN,
    CLAUSE,
    CLAUSES,
    PARAMETERS,
    READING,
    RESULT,
    Clause,
    Unit,
    clause_on_whole,
    clauses_of,
)
from conformance.contract.alphabets import ACCEPTED, REFUSED
from conformance.contract.rules import (
    AnswerRule,
    Charset,
    Default,
    DistinctItems,
    Effect,
    Gate,
    Handling,
    MaxLength,
    MayBeAbsent,
    MinLength,
    OneOf,
    OpenVersions,
    Plain,
    Required,
    Rule,
    Typed,
    Unique,
    Whole,
)
from conformance.exchange.draft import Sender
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.oracle import gateway
from conformance.oracle.bodies import Decoded, decodings
from conformance.oracle.check_orders import ORDERS, READING_OF_ORDER
from conformance.oracle.findings import (
    TURNED_AWAY,
    Breach,
    Finding,
    breaches_of,
    breaks,
    by_reading,
    depends,
    keeps,
    silent,
    when,
)
from conformance.oracle.interpretation import Interpretation, Mark, Meaning, understand
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
from conformance.oracle.world import Chance, Group, Presence, World

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
    gate = tuple(gateway.findings(http, sender, now, replayed=replayed, clocks_apart=world.clocks_apart))
    return _prediction(gate, decodings(http), world)


def _prediction(gate: tuple[Finding, ...], decodings: Iterable[Decoded], world: World) -> Prediction:
    allowed: dict[tuple[Outcome, tuple[str, ...], tuple[tuple[str, frozenset[str]], ...], Group | None], Allowed] = {}
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
                allowed.setdefault((each.outcome, each.clauses, tuple(each.readings.items()), each.group), each)
            found = (*at_gate, *findings)
            kept |= {each.clause.id for each in found if each.applies and each.kept}
            breakable |= {each.clause.id for each in found if each.breaches}
            surely = {each.clause.id for each in found if not each.kept}
            broken = surely if broken is None else broken & surely
    broken = broken or set()
    return Prediction(
        tuple(allowed.values()), frozenset(kept - breakable), frozenset(broken), frozenset(breakable - broken)
    )


def _understandings(decoded: Decoded, world: World) -> Iterator[Interpretation]:
    if decoded.request is None:
        yield Interpretation(decoded.box, {})
        return
    for each in understand(decoded.request, world):
        both = meet(each.box, decoded.box)
        if both is not None:
            yield replace(each, box=both)


# --- Finding -------------------------------------------------------------------------------------------


def _unknown(request: Request) -> Iterator[Finding]:
    """Whether the request has a parameter that the page doesn't know."""
    if any(name not in PARAMETERS for name in request.names):
        yield depends(clause_on_whole("unknown").id)


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
    for item in _standing_for_all(clause.rule, meaning):
        finding = _find(clause, item, world)
        if finding.breaches:
            kept = meet_all(kept, finding.kept)
            breaches.update(((each.code, tuple(each.box.items())), each) for each in finding.breaches)
    return Finding(clause, tuple(kept), tuple(breaches.values()))


def _standing_for_all(rule: Rule, items: list[str | Mark]) -> Iterable[str | Mark]:
    """Few items of which a rule finds what it finds of all: a request may have a million."""
    match rule:
        case Charset():
            return ("".join(each for each in items if isinstance(each, str)),)
        case MaxLength(unit=unit):
            return {_lengths(each, unit): each for each in items if isinstance(each, str)}.values()
        case _:
            return dict.fromkeys(items)


def _lengths(text: str, unit: Unit) -> tuple[int, int]:
    """All of a text that a limit in this unit depends on."""
    return len(text), len(text.encode("utf-8" if unit is Unit.BYTES else "utf-16", "surrogatepass"))


def _find(clause: Clause, value: Meaning, world: World) -> Finding:
    """One clause held against one value."""
    match clause.rule:
        case Required():
            return breaks(clause.id) if value is Mark.ABSENT else keeps(clause.id)
        case MayBeAbsent() | Default():
            return Finding(clause, applies=value is Mark.ABSENT)
        case Typed():
            return breaks(clause.id) if value is Mark.MISTYPED else Finding(clause, applies=value is not Mark.ABSENT)
        case MinLength(limit=limit) if isinstance(value, str):
            return _shortness(clause, limit, value)
        case MaxLength() as rule if isinstance(value, str):
            return _length(clause, rule, value)
        case Charset() as rule if isinstance(value, str):
            return _charset(clause, rule, value)
        case DistinctItems() as rule if isinstance(value, list):
            return _distinct(clause, rule, [each for each in value if isinstance(each, str)])
        case OneOf() as rule if isinstance(value, str):
            return _listed(clause, rule, value)
        case OpenVersions() as rule if isinstance(value, str):
            return _open_version(clause, rule, value)
        case Unique() as rule if isinstance(value, str):
            return _unique(clause, rule, value, world)
        case Whole(name="empty-list"):
            return depends(clause.id) if value == [] else silent(clause.id)
        case Plain() as rule if isinstance(value, rule.speaks_of):
            return keeps(clause.id) if rule.surely_kept_by(value) else breaks(clause.id)
        case (
            Plain()
            | MinLength()
            | MaxLength()
            | Charset()
            | DistinctItems()
            | OneOf()
            | OpenVersions()
            | Unique()
            | Whole()
            | AnswerRule()
            | Gate()
            | Effect()
            | Handling()
        ):
            return silent(clause.id)  # the value is absent or of another type: nothing to say
        case _:
            assert_never(clause.rule)


def _shortness(clause: Clause, limit: int, text: str) -> Finding:
    if limit == 0:
        return Finding(clause, applies=text == "")
    return breaks(clause.id) if text == "" else keeps(clause.id)


def _length(clause: Clause, rule: MaxLength, text: str) -> Finding:
    if rule.surely_kept_by(text):
        return keeps(clause.id)
    if rule.counting is None or len(text) > rule.limit:
        return breaks(clause.id)
    breaches = breaches_of(clause, when(rule.counting, "utf16-units"))
    return Finding(clause, (when(rule.counting, "code-points"),), breaches)


def _charset(clause: Clause, rule: Charset, text: str) -> Finding:
    if rule.surely_kept_by(text):
        return keeps(clause.id)
    kept: list[Box] = [EVERYWHERE]
    breaches: list[Breach] = []
    for character, unsettled in rule.alphabet.doubts(text):
        if "\ud800" <= character <= "\udfff":
            kept = []
            breaches += [
                Breach(value.code or clause.codes[0], when(rule.surrogate, value.name))
                for value in READING[rule.surrogate].values
            ]
        elif unsettled is None:
            kept = []
            breaches += breaches_of(clause)
        else:
            names = READING[unsettled.reading].names
            kept = meet_all(kept, ({unsettled.reading: names & ACCEPTED},))
            breaches += breaches_of(clause, {unsettled.reading: names & REFUSED})
    return Finding(clause, tuple(kept), tuple(breaches))


def _distinct(clause: Clause, rule: DistinctItems, items: list[str]) -> Finding:
    if rule.surely_kept_by(items):
        return keeps(clause.id)
    if len(set(items)) < len(items):
        return breaks(clause.id)
    return Finding(clause, (when(rule.case, "sensitive"),), breaches_of(clause, when(rule.case, "insensitive")))


def _listed(clause: Clause, rule: OneOf, text: str) -> Finding:
    if text == "" and rule.empty is not None:
        return breaks(clause.id, rule.empty)
    return keeps(clause.id) if rule.surely_kept_by(text) else breaks(clause.id)


def _open_version(clause: Clause, rule: OpenVersions, text: str) -> Finding:
    ages = frozenset(age for age, versions in rule.closed.items() if text in versions)
    if not ages:
        return keeps(clause.id)
    others = READING[rule.age].names - ages
    return Finding(clause, ({rule.age: others},), breaches_of(clause, {rule.age: ages}))


def _unique(clause: Clause, rule: Unique, text: str, world: World) -> Finding:
    """A text held against those in use: the same one, those that differ in case alone, and those of strangers."""
    index = world.index(clause.parameter)
    kept: list[Box] = [EVERYWHERE]
    breaches: list[Breach] = []
    if (presence := index.exact.get(text)) is not None:
        kept, breaches = _held_against(presence, clause, rule)
    elif world.may_be_foreign(text):
        breaches = [Breach(code, conclusive=False) for code in clause.codes]
    same = when(rule.case, "insensitive")
    for other in dict.fromkeys(index.others_but_for_case(text)):
        kept_too, found = _held_against(other, clause, rule)
        kept = meet_all(kept, [when(rule.case, "sensitive"), *meet_all(kept_too, [same])])
        breaches += [Breach(each.code, box, each.conclusive) for each in found for box in meet_all([each.box], [same])]
    return Finding(clause, tuple(kept), tuple(breaches))


def _held_against(presence: Presence, clause: Clause, rule: Unique) -> tuple[list[Box], list[Breach]]:
    """What follows from a group with the same text, by the row of how sure it is that it is there."""
    state, (exists,) = presence.value, clause.codes
    in_deletion = "GroupInDeletedState"
    kept = {
        Chance.NO: [],
        Chance.BY_READING: [when(rule.deletion, "accepted")],
    }.get(state.accepted, [EVERYWHERE])
    return kept, [
        *_said(READING[rule.deletion].code(in_deletion), state.in_deletion, when(rule.deletion, in_deletion)),
        *_said(exists, state.exists, when(rule.deletion, "AlreadyExist")),
        *(by_reading(rule.race) if state.raced else ()),
    ]


def _said(code: str, chance: Chance, box: Box) -> Iterator[Breach]:
    """A code that may be told: under a box where that depends on a reading."""
    if chance is not Chance.NO:
        yield Breach(code, box if chance is Chance.BY_READING else EVERYWHERE, chance is not Chance.PERHAPS)


def _of_account(meanings: dict[str, Meaning], world: World) -> Iterator[Finding]:
    """What earlier requests mean for this one, beside the ids and names in use."""
    group_id, name = (meanings[each] for each in ("GroupId", "GroupName"))
    reasons = world.reasons_to_be_free(
        group_id if isinstance(group_id, str) else None, name if isinstance(name, str) else None
    )
    for reason in sorted(reasons):
        yield Finding(CLAUSE[reason])
    if world.quota is not None:
        full = len(world.groups) >= world.quota
        yield breaks("State.quota") if full else keeps("State.quota")


# --- Outcomes ------------------------------------------------------------------------------------------


def _is_at_any_time(finding: Finding) -> bool:
    """Whether a finding of the gateway may come after those on the action's own parameters, too."""
    return isinstance(finding.clause.rule, Gate) and finding.clause.rule.at_any_time


def _outcomes(
    at_gate: tuple[Finding, ...], findings: list[Finding], understood: Interpretation, *, read: bool
) -> Iterator[Allowed]:
    """What may come back, given what was found at the gateway and in the parameters; `read` if these can be read."""
    turned_back = [each for each in at_gate if each.breaches]
    for finding in turned_back:  # in whatever order
        yield from _refusals(finding, [understood.box])
    if not read:
        return
    let_in: list[Box] = [understood.box]
    for finding in turned_back:
        if not _is_at_any_time(finding):
            let_in = meet_all(let_in, finding.kept)
    if not let_in:
        return
    faulty = [each for each in findings if each.breaches]
    yield from _acceptance([*filter(_is_at_any_time, turned_back), *faulty], let_in, understood)
    if len(faulty) < 2:
        for finding in faulty:
            yield from _refusals(finding, let_in)
        return
    for order, key in ORDERS.items():
        ahead = meet_all(let_in, [when(READING_OF_ORDER, order)])
        for finding in sorted(faulty, key=key):
            yield from _refusals(finding, ahead)
            if order != "other":  # in a stated order, a later clause is asked only if the earlier ones are kept
                ahead = meet_all(ahead, finding.kept)


def _acceptance(faulty: list[Finding], boxes: list[Box], understood: Interpretation) -> Iterator[Allowed]:
    """Accepted, where every clause can be kept; with the model version that the request or the default names."""
    for finding in faulty:
        boxes = meet_all(boxes, finding.kept)
    version = understood.meanings[RESULT]
    if isinstance(version, str):
        versions: list[tuple[str, Box, tuple[str, ...]]] = [(version, EVERYWHERE, (_LISTED.id,))]
    elif version is Mark.ABSENT:
        versions = [(each, box, (_DEFAULT.id,)) for each, box in _DEFAULT_VERSIONS]
    else:
        return
    for text, needed, clauses in versions:
        for box in meet_all(boxes, [needed]):
            yield Allowed(Accepted(text), clauses, box, group=understood.group)


# The clauses on the value that an acceptance names: which there are, and what its absence means.
(_LISTED,) = (each for each in clauses_of(RESULT) if isinstance(each.rule, OneOf))
(_DEFAULT,) = (each for each in clauses_of(RESULT) if isinstance(each.rule, Default))


def _default_versions(rule: Rule) -> tuple[tuple[str, Box], ...]:
    """The versions that an absent parameter can mean, each with the ages of account for which it does."""
    assert isinstance(rule, Default)  # noqa: S101 -- the contract's own table
    return tuple(
        (version, {rule.age: frozenset(age for age, each in rule.version.items() if each == version)})
        for version in sorted(set(rule.version.values()), reverse=True)
    )


_DEFAULT_VERSIONS = _default_versions(_DEFAULT.rule)


def _refusals(finding: Finding, boxes: list[Box]) -> Iterator[Allowed]:
    told = {each.code for each in finding.breaches}
    for breach in finding.breaches:
        codes = [breach.code, *({ALSO_WRITTEN[breach.code]} - told if breach.code in ALSO_WRITTEN else ())]
        for code in codes:
            outcome = TurnedAway() if code == TURNED_AWAY else Refused(code)
            for box in meet_all(boxes, [breach.box]):
                yield Allowed(outcome, (finding.clause.id,), box, breach.conclusive)
