"""Whole requests as templates, from which each sending makes a request with a salt of its own."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conformance.contract import CLAUSES, PARAMETERS, Clause
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT, SALT_CAPITALS
from conformance.strategies.edges import ABSENT
from conformance.strategies.parameters import edges_keeping, unsettled_names, values_breaking, values_keeping
from conformance.strategies.sequences import Sequence
from conformance.strategies.violations import several_faults, telling_apart, whole_requests

__all__ = ["breaking_one", "breaking_several", "keeping_all", "odd", "sequences", "unsettled", "with_edges_kept"]

_REQUIRED = {"GroupName": SALT, "GroupId": SALT}


def _breakable() -> tuple[Clause, ...]:
    """The clauses that one value can break: those on the account need a sequence."""
    return tuple(each for each in CLAUSES if each.breakable_alone)


@cache
@st.composite
def keeping_all(draw: st.DrawFn) -> Request:
    """Requests that must be accepted."""
    parameters: dict[str, object] = {}
    for name in PARAMETERS:
        if name in _REQUIRED or draw(st.booleans()):
            parameters[name] = draw(values_keeping(name))
    if parameters.get("FaceModelVersion") == "2.0" and draw(st.integers(0, 3)):
        parameters["FaceModelVersion"] = "3.0"  # “2.0” is closed to most accounts
    return Request.of(parameters)


@cache
def _edges_of(parameter: str) -> st.SearchStrategy[object]:
    return st.sampled_from(
        [edge.value for each in CLAUSES if each.subject == parameter for edge in edges_keeping(each)]
    )


@cache
@st.composite
def with_edges_kept(draw: st.DrawFn) -> Request:
    """Requests in which each parameter stands at an edge that it keeps."""
    parameters: dict[str, object] = dict(_REQUIRED)
    for name in PARAMETERS:
        if name in _REQUIRED or draw(st.booleans()):
            parameters[name] = draw(_edges_of(name))
    return Request.of(parameters)


@st.composite
def breaking_one(draw: st.DrawFn, clause: Clause) -> Request:
    """Requests that break one clause and no other.

    Args:
        clause: the clause; one that a request can break.
    """
    return _broken(draw, draw(_plain_or_kept()), clause)


@cache
def _plain_or_kept() -> st.SearchStrategy[Request]:
    return st.just(Request.of(_REQUIRED)) | keeping_all()


def _broken(draw: st.DrawFn, request: Request, clause: Clause) -> Request:
    parameters = dict(request.parameters)
    value = draw(values_breaking(clause))
    if value is ABSENT:
        del parameters[clause.parameter]
    elif clause.of_elements:
        others = parameters.get(clause.parameter)
        items: list[object] = list(others)[:4] if isinstance(others, list) else []
        items.insert(draw(st.integers(0, len(items))), value)
        parameters[clause.parameter] = items
    else:
        parameters[clause.parameter] = value
    return Request.of(parameters)


@cache
@st.composite
def breaking_several(draw: st.DrawFn) -> Request:
    """Requests that break two or three clauses, of different parameters or of one."""
    if draw(st.booleans()):
        return draw(_fixed_faults())
    request = draw(_plain_or_kept())
    for clause in draw(_some_clauses()):
        request = _broken(draw, request, clause)
    return request


@cache
def _fixed_faults() -> st.SearchStrategy[Request]:
    return st.sampled_from([template for _, _, _, template in several_faults()])


@cache
def _some_clauses() -> st.SearchStrategy[list[Clause]]:
    return st.lists(st.sampled_from(_breakable()), min_size=2, max_size=3, unique_by=lambda each: each.parameter)


@cache
@st.composite
def odd(draw: st.DrawFn) -> Request:
    """Requests on whose shape the page is silent: unknown, doubled, null and empty parameters."""
    if draw(st.booleans()):
        return draw(st.sampled_from([template for _, _, _, template in (*whole_requests(), *telling_apart())]))
    request = draw(_plain_or_kept())
    name = draw(st.sampled_from(PARAMETERS))
    match draw(st.sampled_from(["null", "doubled", "unknown"])):
        case "null":
            return Request.of({**dict(request.parameters), name: None})
        case "doubled":
            pairs = list(request.parameters)
            pairs.insert(draw(st.integers(0, len(pairs))), ("Tag", draw(values_keeping("Tag"))))
            return Request(tuple(pairs))
        case _:
            unknown = draw(st.sampled_from(["Unknown", "PersonId", "GroupNames", "X"]))
            return Request.of({**dict(request.parameters), unknown: draw(st.sampled_from(["", "x", 1, None, []]))})


def unsettled() -> st.SearchStrategy[Request]:
    """Requests with characters of which the page doesn't say whether they may be used."""
    names = unsettled_names()
    return st.one_of(
        names.map(lambda name: Request.of({**_REQUIRED, "GroupName": name})),
        names.map(lambda name: Request.of({**_REQUIRED, "Tag": name.removeprefix(SALT)})),
        names.map(lambda name: Request.of({**_REQUIRED, "GroupExDescriptions": [name.removeprefix(SALT)]})),
    )


@cache
@st.composite
def sequences(draw: st.DrawFn) -> Sequence:
    """Two to four creations that may share an id, a name, or either but for its case."""
    ids = st.sampled_from([SALT, f"{SALT}b", f"{SALT}-", SALT_CAPITALS])
    names = st.sampled_from([SALT, f"{SALT}b", f"{SALT}中", SALT_CAPITALS])
    count = draw(st.integers(2, 4))
    requests = []
    for _ in range(count):
        more = dict(draw(keeping_all()).parameters) if draw(st.booleans()) else {}
        requests.append(Request.of({**more, "GroupName": draw(names), "GroupId": draw(ids)}))
    return tuple(requests)
