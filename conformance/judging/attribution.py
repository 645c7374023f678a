"""Under which clause each departure of a run is counted: one mistake of a target is one finding. Pure.

An answer by itself tells whom it departs from (`blame`). Seen next to all the others, many are of one mistake: what a
target does wrong everywhere, it does wrong by GET, in a race and in a list as well. Each rule here tells where that
mistake is seen by itself. Nothing is dropped: a departure is only counted there, and the verdict stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.contract import CLAUSE, CLAUSES, Level
from conformance.contract.rules import AnswerRule, Effect, Gate, Typed
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.results import Results, Sighting

__all__ = ["RULES", "Evidence", "Rule", "attributed"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a run saw depart.

    Attributes:
        sightings: what was seen, by the number of its first request.
        kept: clauses that some answer showed to be kept.
        unread: clauses whose answers can't be read, as most of their level can't.
        held: clauses on parameters whose breach some answer told as it should.
        usual: clauses on answers from which most answers depart.
    """

    sightings: tuple[Sighting, ...]
    kept: frozenset[str]
    unread: frozenset[str]
    held: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()

    @classmethod
    def of(cls, results: Results, unread: frozenset[str]) -> Evidence:
        """What a run found."""
        in_order = sorted(results.sightings, key=lambda each: results.sightings[each].first)
        tallies = results.tallies
        kept = frozenset(id_ for id_, tally in tallies.items() if tally.kept)
        held = frozenset(id_ for id_, tally in tallies.items() if tally.broken and _is_on_parameters(id_))
        # Of a clause on answers, what departs is among what was held against it.
        malformed = [(id_, count) for (id_, kind), count in results.failed.items() if kind is Kind.MALFORMED]
        usual = frozenset(id_ for id_, count in malformed if 2 * count > tallies[id_].judged)
        return cls(tuple(in_order), kept, unread, held, usual)

    def first(self, which: Callable[[Sighting], bool]) -> Sighting | None:
        """What was seen first of such a kind."""
        return next(filter(which, self.sightings), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell what explains a sighting.

    Attributes:
        name: the mistake, in a few words.
        explains: the sighting that shows the mistake by itself; None where the rule says nothing.
    """

    name: str
    explains: Callable[[Sighting, Evidence], Sighting | None]


def attributed(
    results: Results, unread: frozenset[str], may_take: Callable[[Sighting, Sighting], bool]
) -> Mapping[Sighting, Sighting]:
    """What is counted elsewhere: sighting → that under whose clause and kind it is counted.

    Args:
        results: what a run found.
        unread: clauses whose answers can't be read, as most of their level can't.
        may_take: whether the second may take the first: what is excused takes nothing that isn't.
    """
    evidence = Evidence.of(results, unread)
    found: dict[Sighting, Sighting] = {}
    for each in evidence.sightings:
        for rule in RULES:
            explaining = rule.explains(each, evidence)
            if explaining is not None and _key(explaining) != _key(each):
                found[each] = explaining
                break
    ends = {each: _end(each, found) for each in found}
    return {each: end for each, end in ends.items() if _key(end) != _key(each) and may_take(each, end)}


def _end(sighting: Sighting, found: Mapping[Sighting, Sighting]) -> Sighting:
    """What explains at last; where several explain each other, the one that was seen first."""
    passed = [sighting]
    while (following := found.get(passed[-1])) is not None:
        if following in passed:
            circle = passed[passed.index(following) :]
            return min(circle, key=list(found).index)
        passed.append(following)
    return passed[-1]


def _key(sighting: Sighting) -> tuple[str, Kind]:
    return sighting.clause, sighting.kind


# --- What is known of clauses ------------------------------------------------------------------------------------

_IN_PAGE_ORDER = [each.id for each in CLAUSES]
_DOCUMENTED = "Response.Error.documented"
# What goes wrong with so many clauses isn't each mistaken by itself; nor with one kind of rule for so many parameters.
_MANY = 3
_MOST = 4
# Whoever refuses nothing of so many clauses refuses nothing at all.
_ANYTHING = 10
_UNREADABLE = "Response.envelope"
# Of what can't be read, these tell nothing further.
_OF_UNREADABLE = frozenset({"Response.http-status", "Response.content-type"})
_REPEATED = "Response.RequestId.unique"
_CONNECTION = "Protocol.connection"
_LISTED = "State.kept."
_SIGNATURE, _UNSIGNED = "Authentication.signature", "Authentication.authorization.present"
_OLD = "Authentication.version-1"
# Whoever doesn't compare signatures has nothing to compare these with.
_OF_SIGNATURES = frozenset({"Authentication.secret-id", "Authentication.scope.date", "Authentication.scope.service"})


def _is_of_answers(clause: str) -> bool:
    return isinstance(CLAUSE[clause].rule, AnswerRule)


def _is_on_parameters(clause: str) -> bool:
    return CLAUSE[clause].level is Level.PARAMETERS


def _is_of_delivery(clause: str) -> bool:
    """Whether a clause is on how, or when, a request is sent that is as any other."""
    rule = CLAUSE[clause].rule
    return isinstance(rule, Effect) or (isinstance(rule, Gate) and rule.permits)


def _breaches(seen: Sighting) -> frozenset[str]:
    """The clauses at issue that the request breaks, and not the answer."""
    return frozenset(each for each in seen.at_issue if not _is_of_answers(each))


def _is_alone(seen: Sighting) -> bool:
    """Whether a request that breaks nothing else shows it, delivered as usual unless the delivery is what it breaks."""
    clause, breaches = CLAUSE[seen.clause], _breaches(seen)
    delivered = seen.is_plain or isinstance(clause.rule, Gate)
    return delivered and len(breaches) == 1 and breaches <= {seen.clause, *clause.part_of}


# --- The rules ---------------------------------------------------------------------------------------------------


def _same_code_to_everything(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """By this way, a request with nothing but what it needs is refused with the same code."""
    if not seen.code:
        return None
    bare = [
        each
        for each in evidence.sightings
        if each.is_bare and each.kind is Kind.REJECTED_THOUGH_VALID and each.code == seen.code and each.by <= seen.by
    ]
    return min(
        bare,
        key=lambda each: (len(each.by), each.clause in evidence.kept, _IN_PAGE_ORDER.index(each.clause)),
        default=None,
    )


def _codes_of_its_own(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A code of the target's own is one clause's mistake; where there are many, codes are spelt otherwise as such."""
    if seen.kind is not Kind.UNDOCUMENTED_CODE and seen.clause != _DOCUMENTED:
        return None
    own = [each for each in evidence.sightings if each.kind is Kind.UNDOCUMENTED_CODE and each.is_plain]
    if len({each.clause for each in own}) < _MANY:
        return next(iter(own), None) if seen.clause == _DOCUMENTED else None
    return evidence.first(lambda each: each.clause == _DOCUMENTED)


def _same_code_to_that_breach(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A request that breaks one of these clauses alone is answered with the same wrong code."""
    if not seen.code or not seen.at_issue:
        return None
    return evidence.first(lambda each: each.code == seen.code and each.clause in seen.at_issue and _is_alone(each))


def _same_code_to_another_method(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A form whose signature was spoilt is told what one with a SignatureMethod of no meaning is, which is HmacSHA1."""
    if seen.clause != _SIGNATURE or seen.kind is not Kind.WRONG_REASON or not seen.by:
        return None
    return evidence.first(
        lambda each: each.clause == _OLD and each.kind is Kind.REJECTED_THOUGH_VALID and each.code == seen.code
    )


def _an_answer_of_before(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """The answer has the RequestId of an earlier one, which most have not: it speaks of that one's request."""
    if _REPEATED not in seen.at_issue or _is_of_answers(seen.clause) or _REPEATED in evidence.usual:
        return None
    return evidence.first(lambda each: each.clause == _REPEATED)


def _nothing_is_refused(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """Whatever parameters come is a success: the first clause on them tells it."""
    refused = any(each.code for each in evidence.sightings if _is_on_parameters(each.clause))
    if seen.kind is not Kind.ACCEPTED_THOUGH_INVALID or evidence.held or refused:
        return None
    alone = [each for each in evidence.sightings if each.kind is seen.kind and _is_alone(each)]
    return _first_on_page(alone) if len({each.clause for each in alone}) >= _ANYTHING else None


def _nobody_is_asked_who_it_is(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """Wrong signatures are taken: so is what they would show, and whatever is said of the sender, if none is needed."""
    if seen.kind is not Kind.ACCEPTED_THOUGH_INVALID or CLAUSE[seen.clause].level is not Level.AUTHENTICATION:
        return None
    taken = {each.clause: each for each in reversed(evidence.sightings) if each.kind is seen.kind}
    of_signatures = seen.clause in _OF_SIGNATURES or _SIGNATURE in CLAUSE[seen.clause].part_of
    return taken.get(_SIGNATURE) if of_signatures or _UNSIGNED in taken else None


def _a_breach_is_taken_alone(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """Something breaks several clauses, one of which isn't held by itself either.

    It is accepted, or refused for what comes after: a value of another type is taken for what it isn't, and what the
    gateway had to refuse reaches the action.
    """
    accepted, refused = seen.kind is Kind.ACCEPTED_THOUGH_INVALID, seen.kind is Kind.WRONG_REASON
    if not (refused or (accepted and _breaches(seen) != {seen.clause})):
        return None
    alone = [
        each
        for each in evidence.sightings
        if each.kind is Kind.ACCEPTED_THOUGH_INVALID
        and each.clause in {*seen.at_issue, seen.clause}
        and (accepted or isinstance(CLAUSE[each.clause].rule, Typed | Gate))
        and _is_alone(each)
    ]
    return next((each for each in alone if each.clause == seen.clause), alone[0] if alone else None)


def _same_of_every_parameter(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """One kind of rule isn't followed for most parameters, all in the same way: that is one mistake."""
    if seen.kind not in _NOT_FOLLOWED:
        return None
    rule = CLAUSE[seen.clause].rule
    # What is taken for another type may go wrong by what it is taken for.
    kinds = _NOT_HELD if isinstance(rule, Typed) and seen.kind in _NOT_HELD else {seen.kind}
    alike = [
        each
        for each in evidence.sightings
        if each.kind in kinds
        and not each.by
        and _is_on_parameters(each.clause)
        and isinstance(CLAUSE[each.clause].rule, type(rule))
        and _breaches(each) <= {each.clause}
    ]
    clauses = {each.clause for each in alike}
    if len(clauses) < _MOST or seen.clause not in clauses:
        return None
    return _first_on_page([each for each in alike if each.kind is Kind.ACCEPTED_THOUGH_INVALID] or alike)


_NOT_HELD = frozenset({Kind.ACCEPTED_THOUGH_INVALID, Kind.WRONG_REASON})
_NOT_FOLLOWED = _NOT_HELD | {Kind.REJECTED_THOUGH_VALID}


def _first_on_page(sightings: list[Sighting]) -> Sighting | None:
    return min(sightings, key=lambda each: _IN_PAGE_ORDER.index(each.clause), default=None)


def _same_delivered_plainly(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """The clause isn't held by what is sent plainly either."""
    if not (_is_of_delivery(seen.clause) or CLAUSE[seen.clause].part_of):
        return None
    wider = (seen.at_issue or frozenset(CLAUSE[seen.clause].part_of)) - {seen.clause}
    return evidence.first(
        lambda each: (
            each.clause in wider
            and (each.kind, each.code) == (seen.kind, seen.code)
            and (each.is_plain or each.aim == each.clause)
            and not _is_of_answers(each.clause)
        )
    )


def _shown_by_its_creation(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A list shows how groups of other cases were kept, which those cases show as well."""
    if seen.is_plain or seen.by or not seen.clause.startswith(_LISTED) or seen.kind is not Kind.WRONG_RESULT:
        return None
    return evidence.first(
        lambda each: (
            each.kind is seen.kind
            and (each.is_plain or bool(each.by))
            and seen.clause in (each.clause, *CLAUSE[each.clause].part_of)
        )
    )


def _taken_and_kept_otherwise(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A list shows groups which had to be refused, or that such a one was kept otherwise than it was asked for."""
    if seen.is_plain or seen.kind is not Kind.WRONG_RESULT:
        return None
    taken = [each for each in evidence.sightings if each.kind is Kind.ACCEPTED_THOUGH_INVALID]
    if seen.clause == "State.listed" and "State.refused-leaves-nothing" in seen.at_issue:
        return next(iter(taken), None)
    kept = seen.clause.removeprefix(_LISTED)
    return next((each for each in taken if each.is_plain and CLAUSE[each.clause].parameter == kept), None)


def _by_that_way_alone(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """What is sent plainly doesn't depart, and something else goes wrong by the same way that is of the way itself."""
    if not seen.by or _is_of_delivery(seen.clause) or isinstance(CLAUSE[seen.clause].rule, Gate | AnswerRule):
        return None
    if evidence.first(lambda each: each.is_plain and _key(each) == _key(seen)) is not None:
        return None
    return evidence.first(
        lambda each: (
            not each.by.isdisjoint(seen.by)
            and _is_of_delivery(each.clause)
            and CLAUSE[each.clause].level is Level.PROTOCOL
        )
    )


def _arrives_otherwise_by_that_way(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """What goes wrong with a parameter in fields alone is of one that is kept otherwise when it comes in fields."""
    parameter = CLAUSE[seen.clause].parameter
    kept = f"{_LISTED}{parameter}"
    if not seen.by or not _is_on_parameters(seen.clause):
        return None
    if evidence.first(lambda each: each.is_plain and (_key(each) == _key(seen) or each.clause == kept)) is not None:
        return None
    return evidence.first(
        lambda each: (
            each.kind is Kind.WRONG_RESULT and bool(each.by) and kept in (each.clause, *CLAUSE[each.clause].part_of)
        )
    )


def _departs_without_contradicting(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """What contradicts an earlier answer is read in two ways because one of the clauses isn't kept."""
    if seen.kind is not Kind.CONTRADICTION:
        return None
    others = [each for each in evidence.sightings if each.kind is not Kind.CONTRADICTION]
    own = [each for each in others if each.clause == seen.clause]
    return next(iter([*own, *(each for each in others if each.clause in seen.at_issue)]), None)


def _spoilt_by_what_was_before(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """A plain request behind a refused one can't be read by the target either: what it leaves behind is to blame."""
    if not _is_unread(seen) or _is_of_answers(seen.clause):
        return None
    return evidence.first(lambda each: each.clause == _CONNECTION and _is_unread(each) and each.code == seen.code)


def _answers_are_so_elsewhere(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """The answers are wrong in the same way to plain requests that were aimed at something else."""
    if seen.kind is not Kind.MALFORMED or _is_of_answers(seen.clause):
        return None
    of_answers = [each for each in seen.at_issue if _is_of_answers(each)]
    elsewhere = [each for each in evidence.sightings if each.clause in of_answers and each.is_plain]
    if of_answers and _UNREADABLE not in of_answers:  # it can be read, and is wrong in itself
        return next(iter(elsewhere), None)
    if not _is_of_delivery(seen.clause):  # it may have broken on the very request, unless it breaks on most
        elsewhere = [each for each in elsewhere if each.aim in evidence.unread]
    return next((each for each in elsewhere if seen.clause in evidence.unread or each.aim != seen.aim), None)


def _unread_of_many(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """What breaks any of many clauses is answered in a way of its own: so are the errors of whoever stands before."""
    if not _is_unread(seen) or _is_of_answers(seen.clause) or _is_of_delivery(seen.clause):
        return None
    alike = {
        each.clause
        for each in evidence.sightings
        if _is_unread(each) and _breaches(each) == {each.clause} and not _is_of_delivery(each.clause)
        and each.code[:_CLASS] == seen.code[:_CLASS]
    }  # fmt: skip
    if len(alike) < _MANY:
        return None
    return evidence.first(
        lambda each: each.clause == _UNREADABLE and each.aim == seen.aim and seen.clause in each.at_issue
    )


def _is_unread(seen: Sighting) -> bool:
    return seen.kind is Kind.MALFORMED and _UNREADABLE in seen.at_issue


# What tells the class of a status, in words.
_CLASS = len("HTTP 4")


def _cannot_be_read(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """No answer of the API at all: its status and its type are what they are because somebody else answered."""
    if not _is_unread(seen) or seen.clause not in _OF_UNREADABLE:
        return None
    return evidence.first(lambda each: each.clause == _UNREADABLE and each.aim == seen.aim)


def _unread_there_alone(seen: Sighting, evidence: Evidence) -> Sighting | None:
    """What can't be read answers a breach of the clause at which the request was aimed, and others can be read."""
    if not _is_unread(seen) or not _is_of_answers(seen.clause) or seen.aim in evidence.unread:
        return None
    aims = {each for each in seen.at_issue if each == seen.aim or not _is_of_answers(each)}
    own = evidence.first(lambda each: each.kind is seen.kind and each.clause in aims)
    of_answers = (_answers_are_so_elsewhere, _unread_of_many)
    return own if own is not None and all(rule(own, evidence) is None for rule in of_answers) else None


# In order: the first that explains is right, since those after it take what it looks at for granted.
RULES: tuple[Rule, ...] = (
    Rule("the answer to an earlier request comes again", _an_answer_of_before),
    Rule("nothing is refused", _nothing_is_refused),
    Rule("whatever goes by this way is refused so", _same_code_to_everything),
    Rule("codes are spelt in a way of its own", _codes_of_its_own),
    Rule("the code is wrong for that breach alone, too", _same_code_to_that_breach),
    Rule("a method of no meaning is refused so", _same_code_to_another_method),
    Rule("signatures aren't compared", _nobody_is_asked_who_it_is),
    Rule("one of its breaches is accepted alone, too", _a_breach_is_taken_alone),
    Rule("the same rule isn't followed for most parameters", _same_of_every_parameter),
    Rule("the same departs when sent plainly", _same_delivered_plainly),
    Rule("a list shows what its creation did", _shown_by_its_creation),
    Rule("a list shows what had to be refused", _taken_and_kept_otherwise),
    Rule("nothing but that way is wrong", _by_that_way_alone),
    Rule("in fields the parameter arrives otherwise", _arrives_otherwise_by_that_way),
    Rule("a clause departs that is read in two ways", _departs_without_contradicting),
    Rule("a connection is left so that the next request can't be read", _spoilt_by_what_was_before),
    Rule("answers are so to plain requests", _answers_are_so_elsewhere),
    Rule("many breaches are answered in a way of its own", _unread_of_many),
    Rule("no answer of the API", _cannot_be_read),
    Rule("it can't be read where that clause is broken", _unread_there_alone),
)
