"""What the platform's gateway asks of an HTTP request before an action sees it, as findings. Pure.

Everything is read from the bytes that were sent; what the suite adds is whose key signed them, and what time it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.base.credentials import Credentials, Secret
from conformance.contract import ACTION, CLAUSE, CODES, SISTERS, VERSION, limit_of
from conformance.exchange.draft import ARRAYS, INDEXED, URLENCODED, Sender
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.reading import OTHER_VERSIONS, common_parameter
from conformance.exchange.wire import fields_of, received
from conformance.oracle import authentication
from conformance.oracle.authentication import Clock
from conformance.oracle.bodies import media_type_of
from conformance.oracle.findings import TURNED_AWAY, Breach, Finding, breaks, depends, keeps, unsure

__all__ = ["findings", "size_clause_of"]

# The documents don't say what is counted, nor whether a KB has 1000 bytes: near the limit either answer is right.
_NEAR = 0.08


def findings(
    http: HttpRequest, sender: Sender | None, now: float, *, replayed: bool = False, clocks_apart: float = 5.0
) -> Iterator[Finding]:
    """Every clause on signature and protocol that has something to say of a request, held against it.

    Args:
        http: the request as it was sent.
        sender: who sent it, whose Region is empty where it isn't known to be one; None where nothing is known of them,
            so that no signature can be verified.
        now: when, in seconds since 1970.
        replayed: whether the very same bytes were sent before.
        clocks_apart: by how many seconds `now` may be wrong.
    """
    http = received(http)
    if sender is None:
        yield from _of_a_stranger(http, Clock(now, clocks_apart))
        return
    yield from authentication.findings(http, sender.credentials, Clock(now, clocks_apart))
    if replayed:
        yield depends("Authentication.replay")
    yield from _protocol(http, sender)


_STRANGER = Sender("", "", Credentials(Secret(""), Secret("")))


def _of_a_stranger(http: HttpRequest, clock: Clock) -> Iterator[Finding]:
    """What can be said of a request whose key isn't known: all but whether it is let in."""
    unknown = CLAUSE["Authentication.secret-id"]
    for each in (*authentication.findings(http, _STRANGER.credentials, clock), *_protocol(http, _STRANGER)):
        if each.clause is unknown:
            codes = sorted(code for code in CODES if code.startswith(("AuthFailure.", "UnauthorizedOperation")))
            yield Finding(unknown, breaches=tuple(Breach(code, conclusive=False) for code in codes), applies=False)
        else:
            yield each


# --- Protocol --------------------------------------------------------------------------------------------


def _protocol(http: HttpRequest, sender: Sender) -> Iterator[Finding]:
    if http.method not in {"GET", "POST"}:
        yield _of_other_method(http)
        return
    yield keeps("Protocol.method")
    common = {name: common_parameter(http, name) for name in ("Action", "Version", "Region", "Language")}
    yield from _of_size(http)
    yield from _present_and_known("action", common["Action"], known={ACTION, *SISTERS})
    if common["Version"] in OTHER_VERSIONS:
        yield keeps("Protocol.version.present")
        yield unsure("Protocol.version.known")
    else:
        yield from _present_and_known("version", common["Version"], known={VERSION})
    if not common["Region"]:
        yield depends("Protocol.region.present")
    elif not sender.region:  # others may know better which Regions there are
        yield replace(unsure("Protocol.region.known"), applies=False)
    elif common["Region"] != sender.region:
        yield depends("Protocol.region.known")
    else:
        yield keeps("Protocol.region.present")
        yield keeps("Protocol.region.known")
    if common["Language"] in {"zh-CN", "en-US"}:
        yield keeps("Protocol.language")
    names = [name for name, _ in http.headers if name.lower().startswith("x-tc-")]
    if names and (all(name.islower() for name in names) or all(name.isupper() for name in names)):
        yield keeps("Protocol.header-names")
    textual = http.method == "GET" or media_type_of(http) == (URLENCODED, "")
    if textual:
        yield keeps("Protocol.get" if http.method == "GET" else "Protocol.form")
        text = http.query if http.method == "GET" else http.body.decode("latin-1")
        if re.search(r"\+|%25|%2D|%5F|%[46][1-9A-F]|%[57][0-9A]", text):
            yield keeps("Protocol.form.escapes")
        yield from _of_indices(http)


def _of_other_method(http: HttpRequest) -> Finding:
    if http.method in {"HEAD", "CONNECT"}:  # their answers have no body, so nothing more can be seen
        return Finding(CLAUSE["Protocol.method"], (), (Breach(TURNED_AWAY),))
    return breaks("Protocol.method")


def _present_and_known(what: str, value: str | None, known: set[str]) -> Iterator[Finding]:
    if not value:
        yield breaks(f"Protocol.{what}.present")
        return
    yield keeps(f"Protocol.{what}.present")
    if value in known:
        yield keeps(f"Protocol.{what}.known")
    else:
        yield breaks(f"Protocol.{what}.known")


def size_clause_of(http: HttpRequest) -> str:
    """The clause on how large a request may be that is sent as this one."""
    if http.method == "GET":
        return "Protocol.size.get"
    return f"Protocol.size.version-{1 if header(http.headers, 'Authorization') is None else 3}"


def _of_size(http: HttpRequest) -> Iterator[Finding]:
    clause = size_clause_of(http)
    size, limit = len(http.query if http.method == "GET" else http.body), limit_of(clause)
    if size > limit * (1 + _NEAR):
        yield breaks(clause)
    elif size > limit * (1 - _NEAR):
        yield unsure(clause)
    elif size > limit * 0.5:
        yield keeps(clause)


def _of_indices(http: HttpRequest) -> Iterator[Finding]:
    """Whether the indices of an array count up from 0, in whatever order."""
    matches = [match for name, _ in fields_of(http) if (match := INDEXED.fullmatch(name)) and match["name"] in ARRAYS]
    indices = sorted(int(match["index"]) for match in matches)
    if not indices:
        return
    if indices == list(range(len(indices))):
        yield keeps("Protocol.form.array-gaps")
    else:
        yield depends("Protocol.form.array-gaps")
