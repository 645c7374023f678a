"""Whom a refusal is laid to whose code the page doesn't allow: one table of rules, the first that applies. Pure.

That the answer departs is certain before; here it is only said from which clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

from conformance.contract import CLAUSE, CLAUSES, clause_on_whole
from conformance.contract.rules import Charset, Gate, MayBeAbsent, MinLength, Required, Unique
from conformance.oracle.prediction import Prediction

__all__ = [
    "RULES", "BlameRule", "Refusal", "blamed", "dependent_on", "guess", "in_page_order", "is_permitted",
    "otherwise_named", "owner_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal that isn't allowed.

    Attributes:
        prediction: what is allowed.
        code: what came.
        focus: the clause at which the request was aimed; None where it was aimed at none.
        misfires: whether the target is known to answer with this code to valid requests.
        message: what it says for people; empty where nothing.
        shown: clauses that earlier answers showed to be kept.
    """

    prediction: Prediction
    code: str
    focus: str | None = None
    misfires: bool = False
    message: str = ""
    shown: Container[str] = ()

    @property
    def owner(self) -> str | None:
        """The clause of which the code surely speaks; None where it speaks of too much, or of none."""
        return owner_of(self.code)

    @property
    def kept_owner(self) -> list[str]:
        """That clause, if the request keeps it; an account has room unless that is what is tried."""
        prediction = self.prediction
        has_room = self.owner == _ROOM and _ROOM not in prediction.broken | prediction.open
        return [self.owner] if self.owner is not None and (self.owner in prediction.kept or has_room) else []


@dataclass(frozen=True, slots=True)
class BlameRule:
    """One way to tell whom a refusal is laid to.

    Attributes:
        name: what it goes by, in a few words.
        applies: whether it tells anything of a refusal.
        whom: the clauses, by their ids.
    """

    name: str
    applies: Callable[[Refusal], bool]
    whom: Callable[[Refusal], list[str]]


def blamed(refusal: Refusal) -> list[str]:
    """The clauses that a refusal departs from, by the first of the rules that applies."""
    return next(each.whom(refusal) for each in RULES if each.applies(refusal))


# --- What is known of codes and clauses ------------------------------------------------------------------------

# Codes that speak of too much to tell a clause.
_GENERAL = frozenset(
    {
        "MissingParameter",
        "InvalidParameter",
        "InvalidParameterValue",
        "InvalidRequest",
        "UnknownParameter",
        "UnsupportedOperation",
        "InternalError",
        "FailedOperation.ConflictOperation",
    }
)

# The clause of which a code surely speaks: the first whose certain code it is, else that whose first choice it is.
_OWNER: dict[str, str] = {}
_SAID = [(each, code) for each in CLAUSES for code in each.codes]
for _clause, _code in sorted(_SAID, key=lambda said: (said[0].reading is not None, said[0].codes.index(said[1]))):
    if _code not in _GENERAL and not _code.startswith(("MissingParameter.", "InvalidParameter.")):
        _OWNER.setdefault(_code, _clause.id)

_ROOM = "State.quota"
# What a code that says "exists" speaks of, where an earlier request must have left the id or the name free.
_EXISTS_CODES = frozenset(code for each in CLAUSES if isinstance(each.rule, Unique) for code in each.codes)
_FREE = ("Authentication.creates-nothing", "State.refused-leaves-nothing", "State.deletion", "State.renaming")
# A required parameter is said to be absent.
_ABSENT_CODES = frozenset(code for each in CLAUSES if isinstance(each.rule, Required) for code in each.codes)
_PERMITTED = frozenset(each.id for each in CLAUSES if isinstance(each.rule, Gate) and each.rule.permits)
_SHORTEST = frozenset(each.id for each in CLAUSES if isinstance(each.rule, MinLength))
_OPTIONAL = {each.parameter: each.id for each in CLAUSES if isinstance(each.rule, MayBeAbsent)}
_ORDER_OF_CHECKS = clause_on_whole("order").id
_UNKNOWN = clause_on_whole("unknown").id
# What every request says of itself, beside the parameters of its action, and the clauses on whether it is there.
_COMMON = {
    "Action": "Protocol.action.present",
    "Version": "Protocol.version.present",
    "Region": "Protocol.region.present",
    "Timestamp": "Authentication.timestamp.form",
    "Nonce": "Authentication.nonce",
    "Authorization": "Authentication.authorization.present",
    "SecretId": "Authentication.secret-id",
}
_NAMES = re.compile(r"\b(?:X-TC-)?(" + "|".join(_COMMON) + r")\b")
# A code is taken for a misspelt one, or that of a neighbour, if so much of it is the same.
_NEARLY = 0.8


def owner_of(code: str) -> str | None:
    """The clause of which a code surely speaks; None where it speaks of too much, or of none."""
    return _OWNER.get(code)


def dependent_on(reading: str) -> frozenset[str]:
    """The clauses whose judgement depends on a reading."""
    return frozenset(
        each.id
        for each in CLAUSES
        if each.reading == reading
        or any(getattr(each.rule, field.name) == reading for field in fields(each.rule))
        or (isinstance(each.rule, Charset) and any(one.reading == reading for one in each.rule.alphabet.unsettled))
    )


def is_permitted(prediction: Prediction, focus: str | None) -> bool:
    """Whether what is at issue is that a request may be delivered as it is, such as by GET."""
    return focus is not None and focus in prediction.kept & _PERMITTED


def in_page_order(ids: Iterable[str]) -> list[str]:
    """Clauses in the order of the page."""
    wanted = frozenset(ids)
    return [each.id for each in CLAUSES if each.id in wanted]


# --- Predicates, and whom they blame ---------------------------------------------------------------------------


def _is_known_to_misfire(refusal: Refusal) -> bool:
    """The code comes to valid requests as well, so that it says nothing of what this one breaks."""
    return refusal.misfires and bool(refusal.kept_owner)


def _is_against_a_permission(refusal: Refusal) -> bool:
    """A permission is at issue, and the code speaks of nothing that the request breaks."""
    speaks_of_a_breach = refusal.owner is not None and not refusal.kept_owner
    at_issue = is_permitted(refusal.prediction, refusal.focus)
    return at_issue and not speaks_of_a_breach and not _is_known_to_misfire(refusal)


def _focus(refusal: Refusal) -> list[str]:
    return [refusal.focus] if refusal.focus is not None else []


def _free(refusal: Refusal) -> list[str]:
    """Why the id or the name must be free of which it is said that it exists."""
    said = refusal.code in _EXISTS_CODES and refusal.kept_owner
    return [each for each in _FREE if each in refusal.prediction.kept] if said else []


def _broken(refusal: Refusal) -> list[str]:
    return in_page_order(refusal.prediction.broken)


def _broken_at_gate(refusal: Refusal) -> list[str]:
    """What is broken of what the gateway asks: it is told before anything else."""
    return [each for each in _broken(refusal) if isinstance(CLAUSE[each].rule, Gate)]


def _broken_alike(refusal: Refusal) -> list[str]:
    """The breach whose code is nearly that which came; or the first, where all are breaches of the same kind."""
    broken = _broken(refusal)
    alike = {each: max(map(_likeness(refusal.code), CLAUSE[each].codes), default=0) for each in broken}
    nearest = max(broken, key=lambda each: alike[each], default=None)
    if nearest is not None and alike[nearest] >= _NEARLY:
        return [nearest]
    return broken[:1] if len({type(CLAUSE[each].rule) for each in broken}) == 1 else []


def _likeness(code: str) -> Callable[[str], float]:
    """How much of another code is the same, from 0 to 1; what both begin with, up to the point, isn't looked at."""
    last = code.rpartition(".")[2]
    return lambda other: SequenceMatcher(None, last, other.rpartition(".")[2], autojunk=False).ratio()


def _named(refusal: Refusal) -> list[str]:
    """The clause on what the message names, where the code speaks of nothing and one such thing alone is named."""
    found = set(_NAMES.findall(refusal.message)) if refusal.owner is None else set()
    return [_COMMON[each] for each in found if _COMMON[each] in refusal.prediction.kept] if len(found) == 1 else []


def _is_of_the_shortest(refusal: Refusal) -> bool:
    """The shortest text is refused: its limit is at issue, whatever else of the same subject the code speaks of."""
    focus, owner = refusal.focus, refusal.kept_owner
    at_issue = focus is not None and focus in refusal.prediction.kept & _SHORTEST
    return at_issue and any(CLAUSE[each].subject == CLAUSE[focus or ""].subject for each in owner)


def _left_out(refusal: Refusal) -> list[str]:
    """The permission to leave out the parameter of which the code speaks, if it was left out."""
    optional = _OPTIONAL.get(CLAUSE[refusal.owner].parameter) if refusal.owner is not None else None
    return [optional] if optional is not None and optional in refusal.prediction.kept else []


def _otherwise_named(refusal: Refusal) -> list[str]:
    """The parameter of which the code speaks was left out, and one that the page doesn't know counts as it."""
    return [_UNKNOWN] if _UNKNOWN in refusal.prediction.open and _left_out(refusal) else []


def otherwise_named(prediction: Prediction) -> list[str]:
    """The clause on parameters that the page doesn't know, where one may have been taken for one that must be there."""
    absent = prediction.broken and all(isinstance(CLAUSE[each].rule, Required) for each in prediction.broken)
    return [_UNKNOWN] if absent and _UNKNOWN in prediction.open else []


def _all_left_out(refusal: Refusal) -> list[str]:
    """The permissions to leave out those parameters that were, where the code says that one is absent."""
    said = refusal.code in _ABSENT_CODES and len(refusal.prediction.open) != 1
    left_out = in_page_order(refusal.prediction.kept.intersection(_OPTIONAL.values())) if said else []
    return [each for each in left_out if not _is_of_what_it_gives(refusal) or each not in refusal.shown]


def _is_of_what_it_gives(refusal: Refusal) -> bool:
    """Whether the request was aimed at a parameter that it gives, though it might be left out."""
    optional = _OPTIONAL.get(CLAUSE[refusal.focus].parameter) if refusal.focus is not None else None
    return optional is not None and optional not in refusal.prediction.kept


def _whoever_is_near(refusal: Refusal) -> list[str]:
    return guess(refusal.prediction, refusal.focus)


def guess(prediction: Prediction, focus: str | None) -> list[str]:
    """The clause at issue, where the answer doesn't name it."""
    if len(prediction.open) == 1:
        return list(prediction.open)
    if focus is not None and not (focus == _ORDER_OF_CHECKS and prediction.open):
        return [focus]
    return in_page_order(prediction.open)[:1] or ["Response.envelope"]


# --- The table -------------------------------------------------------------------------------------------------


def _telling(name: str, whom: Callable[[Refusal], list[str]]) -> BlameRule:
    """A rule that applies wherever it names somebody."""
    return BlameRule(name, lambda refusal: bool(whom(refusal)), whom)


# In order: the first that applies is right, since those after it take what it looks at for granted.
RULES: tuple[BlameRule, ...] = (
    BlameRule("the way to deliver it, which is permitted", _is_against_a_permission, _focus),
    _telling("what an earlier request must have left free", _free),
    BlameRule("a code that the target gives to valid requests", _is_known_to_misfire, lambda each: each.kept_owner),
    BlameRule("the only clause that is broken", lambda each: len(each.prediction.broken) == 1, _broken),
    _telling("what the gateway should have refused", _broken_at_gate),
    _telling("the breach whose code it nearly is", _broken_alike),
    BlameRule(
        "which of several breaches is told", lambda each: bool(each.prediction.broken), lambda _: [_ORDER_OF_CHECKS]
    ),
    BlameRule("the limit of the shortest text", _is_of_the_shortest, _focus),
    _telling("the clause of which the code speaks", lambda each: each.kept_owner),
    _telling("what the message names", _named),
    _telling("a parameter that isn't known counts as one", _otherwise_named),
    _telling("the parameter of which it speaks was left out", _left_out),
    _telling("one is said to be absent that may be", _all_left_out),
    BlameRule("nothing else tells it", lambda _: True, _whoever_is_near),
)
