"""Values of one parameter, as templates: those that keep every clause on it, and those that break a given one.

GroupName and GroupId carry a salt wherever it fits; see `conformance.exchange.salt`.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conformance.contract import CLAUSE, CLAUSES, NAMES, Alphabet, Clause
from conformance.contract.rules import Charset, DistinctItems, MaxItems, MaxLength, OneOf, Typed
from conformance.exchange.salt import SALT, SALT_LENGTH
from conformance.strategies.edges import ABSENT, Edge, breaking, keeping, keeps_all
from conformance.strategies.text import lengths_up_to, texts, texts_with

__all__ = ["values_breaking", "values_keeping"]

_SALTED = frozenset({"GroupName", "GroupId"})


@cache
def _limit(subject: str) -> int:
    (limit,) = (each.rule.limit for each in CLAUSES if each.subject == subject and isinstance(each.rule, MaxLength))
    return limit


@cache
def _alphabet(subject: str) -> Alphabet:
    (alphabet,) = (each.rule.alphabet for each in CLAUSES if each.subject == subject and isinstance(each.rule, Charset))
    return alphabet


@cache
def _most() -> int:
    (limit,) = (each.rule.limit for each in CLAUSES if isinstance(each.rule, MaxItems))
    return limit


@cache
def _versions() -> tuple[str, ...]:
    (versions,) = (each.rule.values for each in CLAUSES if isinstance(each.rule, OneOf))
    return versions


@cache
@st.composite
def _salted_texts(draw: st.DrawFn, subject: str) -> str:
    """A legal text with a salt at one end."""
    length = draw(lengths_up_to(_limit(subject), least=SALT_LENGTH))
    filler = draw(texts(_alphabet(subject), length - SALT_LENGTH))
    return SALT + filler if draw(st.booleans()) else filler + SALT


@cache
def _texts(subject: str, *, least: int) -> st.SearchStrategy[str]:
    if subject in _SALTED:
        return st.just(SALT) | _salted_texts(subject)
    return lengths_up_to(_limit(subject), least=least).flatmap(lambda length: texts(_alphabet(subject), length))


@cache
def _descriptions(most: int, *, least: int = 1) -> st.SearchStrategy[list[str]]:
    """Lists of legal descriptions; no two alike, whatever their case."""
    return st.lists(
        _texts("GroupExDescriptions[]", least=1), min_size=least, max_size=most, unique_by=lambda text: text.lower()
    )


@cache
def values_keeping(parameter: str) -> st.SearchStrategy[object]:
    """Values of a parameter that keep every clause on it under every reading.

    Those are drawn that keep its length and its alphabet. What else there is they are held against: where few would
    keep it, Hypothesis complains, and they must be drawn otherwise.

    Args:
        parameter: "GroupName", "GroupId", "GroupExDescriptions", "Tag" or "FaceModelVersion".
    """
    return _values_of(parameter).filter(lambda template: keeps_all(parameter, template))


def _values_of(parameter: str) -> st.SearchStrategy[object]:
    match parameter:
        case "GroupExDescriptions":
            return _descriptions(_most())
        case "FaceModelVersion":
            return st.sampled_from(_versions())
        case "Tag":
            return _texts(parameter, least=0)
        case _:
            return _texts(parameter, least=1)


def values_breaking(clause: Clause) -> st.SearchStrategy[object]:
    """Values that break a clause; `ABSENT` where the parameter must be left out.

    Of a clause on elements, values of one element. Edges as often as all others together. Raises ValueError for a
    clause that no request can break.
    """
    return _breaking(clause.id)


@cache
def _breaking(id_: str) -> st.SearchStrategy[object]:
    clause = CLAUSE[id_]
    edges = [edge.value for edge in breaking(clause)]
    if not edges:
        raise ValueError(f"no single value breaks {clause.id}")
    sampled = st.sampled_from(edges)
    subject = clause.subject
    match clause.rule:
        case MaxLength(limit=limit):
            return sampled | _too_long(subject, limit)
        case Charset(alphabet=alphabet):
            return sampled | _with_stranger(subject, alphabet)
        case MaxItems(limit=limit):
            return sampled | _descriptions(limit + 5, least=limit + 1)
        case DistinctItems():
            return sampled | _repeating(_most())
        case OneOf(values=values):
            close = st.text("0123456789. vV", min_size=1, max_size=5)
            return sampled | close.filter(lambda text: text not in values) | texts_with(NAMES, 12)
        case Typed(kind=kind):
            return sampled | _not_of(kind)
        case _:
            return sampled


@cache
def _not_of(kind: str) -> st.SearchStrategy[object]:
    """JSON values of another type: neither null, on which the page is silent, nor empty or zero."""
    numbers = st.integers(1, 2**63) | st.integers(-(2**63), -1) | st.floats(0.5, 1e300)
    objects = st.dictionaries(st.sampled_from(["a", "Value", ""]), st.text("ab", max_size=3), min_size=1, max_size=2)
    if kind == "String":
        return numbers | objects | st.lists(st.text("ab", max_size=3), min_size=1, max_size=2)
    return numbers | objects


@cache
@st.composite
def _too_long(draw: st.DrawFn, subject: str, limit: int) -> str:
    length = draw(st.sampled_from([limit + 1, limit + 2, limit + 4, 2 * limit, 255, 256, 257, 4 * limit]))
    salt = SALT if subject in _SALTED else ""
    return salt + draw(texts(_alphabet(subject), length - (SALT_LENGTH if salt else 0)))


@cache
def _with_stranger(subject: str, alphabet: Alphabet) -> st.SearchStrategy[str]:
    salt = SALT if subject in _SALTED else ""
    room = _limit(subject) - (SALT_LENGTH if salt else 0)
    strange = texts_with(alphabet, room)
    return st.tuples(strange, st.booleans()).map(lambda pair: salt + pair[0] if pair[1] else pair[0] + salt)


@cache
@st.composite
def _repeating(draw: st.DrawFn, most: int) -> list[str]:
    """A list with one description twice, in any two places."""
    items = draw(_descriptions(most - 1))
    again = draw(st.sampled_from(items))
    items.insert(draw(st.integers(0, len(items))), again)
    return items


@cache
def unsettled_names() -> st.SearchStrategy[str]:
    """Names of Han outside the main block and the like, on which the page is unclear."""
    strange = st.sampled_from(
        ["\u3400", "\U00020bb7", "\uf900", "\u3007", "\uff21", "\uff11", "\u3005", "\uff0c", "\xe9", "\u0661"]
    )
    return st.lists(strange | st.sampled_from(NAMES.ascii), min_size=1, max_size=20).map(
        lambda parts: SALT + "".join(parts)
    )


def edges_keeping(clause: Clause) -> list[Edge]:
    """The edges that keep a clause, of those which are values."""
    return [edge for edge in keeping(clause) if edge.value is not ABSENT]
