"""What a client sent, held against what it was asked to send: from the bytes that arrived. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.contract import ACTION, PARAMETERS, VERSION
from conformance.exchange.calls import Call
from conformance.exchange.messages import HttpRequest
from conformance.exchange.observed_calls import Arrival, ObservedCall, ObservedCase
from conformance.exchange.reading import common_parameter
from conformance.exchange.wire import UndecodableError, decode, received
from conformance.judging.client_checks import Check, departs, keeps
from conformance.judging.judge import DepartureKind
from conformance.oracle.authentication import Clock
from conformance.oracle.authentication import findings as authentication_findings

__all__ = ["checks_of_request", "has_half_pairs", "nonce_checks"]

_OTHERWISE = DepartureKind.SENT_OTHERWISE
_PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
# Seconds: between the arrival and the end of its call, and what a clock may be wrong by.
_APART = 60.0
_ABSENT = object()
_HALVES = "sdk.request.text.surrogates"


def checks_of_request(seen: ObservedCase, call: ObservedCall, arrival: Arrival) -> Iterator[Check]:
    """Every check of a request that arrived."""
    http = received(arrival.http)
    yield from _of_parameters(call, http)
    yield from _of_common(seen, call, http)
    yield from _of_signature(seen, call, http)


# --- Parameters --------------------------------------------------------------------------------------------


def _of_parameters(call: ObservedCall, http: HttpRequest) -> Iterator[Check]:
    try:
        request = decode(http)
    except UndecodableError as error:
        expected = "a request that can be read"
        yield departs("sdk.request.value", DepartureKind.MALFORMED, expected, str(error), call)
        return
    arrived = dict(request.parameters)
    if len(arrived) < len(request.parameters):
        what = f"{', '.join(name for name, _ in request.parameters)} arrived"
        yield departs("sdk.request.value", _OTHERWISE, "each parameter once", what, call)
    for name in dict.fromkeys((*PARAMETERS, *call.call.parameters, *arrived)):
        asked = call.call.parameters.get(name, _ABSENT)
        yield _of_parameter(call, name, asked, arrived.get(name, _ABSENT))


def _of_parameter(call: ObservedCall, name: str, asked: object, came: object) -> Check:
    clause = _clause_of(asked, came, call.call)
    if _is_as_asked(asked, came, call.call):
        return keeps(clause)
    expected = f"{name} isn't sent" if asked is _ABSENT else f"{name} as it was asked for: {_shown(asked)}"
    what = f"{name} wasn't sent" if came is _ABSENT else f"{name} arrived as {_shown(came)}"
    return departs(clause, _OTHERWISE, expected, what, call)


def _is_as_asked(asked: object, came: object, call: Call) -> bool:
    match asked:
        case None:  # set to nothing: left out, or said
            return came in (_ABSENT, None)
        case list():
            texts = [each for each in asked if each is not None]
            if not texts and (call.is_textual or None in asked) and came is _ABSENT:
                return True
            return isinstance(came, list) and came in (asked, texts)
        case _:
            return came is asked or came == asked


def _clause_of(asked: object, came: object, call: Call) -> str:
    """The clause of which a parameter is a case: by what was asked for and, of lists, by how it differs."""
    match asked:
        case str():
            return _clause_of_text(asked, call)
        case []:
            return "sdk.request.empty"
        case list() if None in asked:
            return "sdk.request.list-null"
        case list():
            if isinstance(came, list) and len(came) == len(asked) and came != asked:
                if sorted(map(str, came)) == sorted(map(str, asked)):
                    return "sdk.request.list-order"
                pairs = zip(asked, came, strict=True)
                return next(_clause_of_text(str(one), call) for one, other in pairs if one != other)
            odd = [_clause_of_text(str(each), call) for each in asked]
            return next((each for each in odd if each != "sdk.request.value"), "sdk.request.list-order")
        case _:
            return "sdk.request.unset"


def _clause_of_text(text: str, call: Call) -> str:
    if not text:
        return "sdk.request.empty.in-forms" if call.is_textual else "sdk.request.empty"
    if has_half_pairs(text):
        return _HALVES
    return "sdk.request.value" if _PLAIN.fullmatch(text) else "sdk.request.text"


def has_half_pairs(text: str) -> bool:
    """Whether a text has half a surrogate pair somewhere."""
    return any("\ud800" <= each <= "\udfff" for each in text)


def _texts_of(call: Call) -> str:
    values = [each for value in call.parameters.values() for each in (value if isinstance(value, list) else [value])]
    return "".join(each for each in values if isinstance(each, str))


def _shown(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) < 200 else f"{written[:200]}…"


# --- What every request has --------------------------------------------------------------------------------


def _of_common(seen: ObservedCase, call: ObservedCall, http: HttpRequest) -> Iterator[Check]:
    clause = "sdk.request.common-parameters"
    wanted: dict[str, str | None] = {"Action": ACTION, "Version": VERSION, "Region": seen.region}
    if call.call.language is not None:
        wanted["Language"] = call.call.language
    wrong = [name for name, value in wanted.items() if common_parameter(http, name) != value]
    if http.method != call.call.method:
        what = f"a {http.method} arrived"
        yield departs(clause, _OTHERWISE, f"a {call.call.method}, as was asked for", what, call)
    for name in wrong:
        came = common_parameter(http, name)
        what = f"{name} is absent" if came is None else f"{name} is {_shown(came)}"
        yield departs(clause, _OTHERWISE, f"{name} is {_shown(wanted[name])}", what, call)
    if not wrong:
        yield keeps(clause)


def _of_signature(seen: ObservedCase, call: ObservedCall, http: HttpRequest) -> Iterator[Check]:
    # What UTF-8 can't write is rarely signed as it is sent: that is of one piece with how it is sent.
    clause = _HALVES if has_half_pairs(_texts_of(call.call)) else "sdk.request.signature"
    credentials = seen.credentials_of(call)
    found = authentication_findings(http, credentials, Clock(call.after, _APART))
    broken = [each.clause.id for each in found if each.applies and not each.kept]
    scheme = _scheme_of(http)
    if scheme != call.call.signing:
        what = f"it is signed with {scheme}"
        yield departs(clause, _OTHERWISE, f"a signature with {call.call.signing}, as was asked for", what, call)
    elif broken:
        expected = f"a request signed with {call.call.signing} as the platform documents it"
        yield departs(clause, _OTHERWISE, expected, f"departs from {', '.join(broken)}", call)
    else:
        yield keeps(clause)


def nonce_checks(seen: ObservedCase) -> Iterator[Check]:
    """Whether no two requests of a case have the same Nonce, which only signatures of version 1 have."""
    clause, before = "sdk.request.nonce", set[str]()
    for call in seen.calls:
        for each in call.arrivals:
            nonce = common_parameter(each.http, "Nonce")
            if nonce is None or each.elsewhere:
                continue
            if nonce in before:
                expected = "a Nonce of its own for each request"
                yield departs(clause, _OTHERWISE, expected, f"{nonce[:40]} is that of a request before", call)
            elif before:
                yield keeps(clause)
            before.add(nonce)


def _scheme_of(http: HttpRequest) -> str:
    authorization = next((value for name, value in http.headers if name.lower() == "authorization"), None)
    if authorization is not None:
        return authorization.partition(" ")[0]
    if common_parameter(http, "Signature") is None:
        return "nothing"
    return common_parameter(http, "SignatureMethod") or "HmacSHA1"
