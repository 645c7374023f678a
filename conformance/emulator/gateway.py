"""What stands before the actions: method, size, signature, and the reading of the request. As a service would do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from conformance.base.credentials import Credentials
from conformance.contract import DEEP_JSON, VERSION, limit_of
from conformance.emulator import auth
from conformance.emulator.behaviour import Behaviour
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.request import Request
from conformance.exchange.wire import UndecodableError, decode, received

__all__ = ["LARGEST_BODY", "RefusedError", "TurnedAwayError", "admit"]

_LARGEST_QUERY = limit_of("Protocol.size.get")
_LARGEST_FORM = limit_of("Protocol.size.version-1")
LARGEST_BODY = limit_of("Protocol.size.version-3")
# Possessive, so that a text without an end is looked at once.
_TEXTS = re.compile(rb'(?s)"(?:[^"\\]++|\\.)*+"?')
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_REGIONS = re.compile(r"(ap|na|eu|sa)-[a-z]+(-\d)?")


class RefusedError(Exception):
    """A request is refused with an error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TurnedAwayError(Exception):
    """A request is refused with an HTTP status, before the API answers it."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def admit(
    http: HttpRequest, behaviour: Behaviour, credentials: Credentials, now: float, actions: Collection[str]
) -> Request:
    """What a request asks of an action.

    Args:
        http: the request.
        behaviour: how it is taken.
        credentials: the only pair that is known.
        now: seconds since 1970.
        actions: the names of the actions that there are.

    Raises:
        RefusedError: it is refused with a code.
        TurnedAwayError: it is refused with an HTTP status.
    """
    http = behaviour.arrive(received(http))
    checks: list[Callable[[], None]] = [
        lambda: _method(http, behaviour),
        lambda: _size(http, behaviour),
        lambda: _refuse(auth.refusal(http, behaviour, credentials, now)),
    ]
    if behaviour.chosen("gateway-order", "protocol-first"):
        checks = [*checks[:2], lambda: _common(http, behaviour, actions), checks[2]]
    for check in checks:
        check()
    request = _read(behaviour.read(http), behaviour)
    _common(http, behaviour, actions)
    return replace(request, action=behaviour.action(request.action))


def _refuse(code: str | None) -> None:
    if code is not None:
        raise RefusedError(code)


def _method(http: HttpRequest, behaviour: Behaviour) -> None:
    if http.method in {"GET", "POST"} or not behaviour.checks("method"):
        return
    taken = behaviour.taken("other-method")
    if taken == "turned-away" or http.method == "CONNECT":  # a success would open a tunnel
        raise TurnedAwayError(405)
    raise RefusedError(behaviour.code("other-method", taken))


def _size(http: HttpRequest, behaviour: Behaviour) -> None:
    if http.method == "GET":
        too_large = len(http.query) > _LARGEST_QUERY * behaviour.largest
    else:
        limit = _LARGEST_FORM if header(http.headers, "Authorization") is None else LARGEST_BODY
        too_large = len(http.body) > limit * behaviour.largest
    if not too_large:
        return
    taken = behaviour.taken("too-large")
    if taken == "turned-away":
        raise TurnedAwayError(413)
    raise RefusedError(behaviour.code("too-large", taken))


def _common(http: HttpRequest, behaviour: Behaviour, actions: Collection[str]) -> None:
    """The common parameters, as far as they aren't part of the signature."""
    try:
        request = decode(_as_empty(http))
    except UndecodableError:
        return
    if not request.action and behaviour.checks("no-action"):
        raise RefusedError(behaviour.code_of("absent-action-code"))
    if not request.version and behaviour.checks("version"):
        raise RefusedError(behaviour.code_of("absent-version-code"))
    if behaviour.action(request.action) not in actions:
        raise RefusedError(behaviour.code_of("unknown-action-code"))
    if request.version != VERSION and behaviour.checks("version"):
        raise RefusedError(behaviour.code_of("unknown-version-code"))
    region = header(http.headers, "X-TC-Region") or dict(_fields(http)).get("Region")
    if not region and behaviour.chosen("absent-region", "refused"):
        raise RefusedError("MissingParameter")
    if region and not _REGIONS.fullmatch(region) and behaviour.chosen("unknown-region", "refused"):
        raise RefusedError("UnsupportedRegion")


def _as_empty(http: HttpRequest) -> HttpRequest:
    """The request without its body of JSON, which may be unreadable, so that its headers alone are read."""
    if http.method == "GET" or _media_type(http)[0] == _FORM:
        return http
    return replace(http, method="POST", headers=(("Content-Type", _JSON), *http.headers), body=b"{}")


def _fields(http: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, value in auth.fields(http)] if header(http.headers, "X-TC-Action") is None else []


def _media_type(http: HttpRequest) -> tuple[str, bool]:
    """The media type, and whether its charset is UTF-8 or none."""
    name, _, parameters = (header(http.headers, "Content-Type") or "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower(), charset in {"", "charset=utf-8", "charset=utf8"}


# --- Reading the parameters ------------------------------------------------------------------------------


def _read(http: HttpRequest, behaviour: Behaviour) -> Request:
    """What the request says, by its type."""
    if http.method == "GET":
        return _gathered(decode(http), http, behaviour)
    media_type, is_utf_8 = _media_type(http)
    version_3 = header(http.headers, "Authorization") is not None
    documented = is_utf_8 and media_type == (_JSON if version_3 else _FORM)
    if not documented:
        taken = behaviour.taken("other-content-type")
        if taken != "taken":
            raise RefusedError(behaviour.code("other-content-type", taken))
    if media_type == _FORM:
        return _gathered(decode(replace(http, method="POST")), http, behaviour)
    return _from_json(replace(http, method="POST", headers=(("Content-Type", _JSON), *http.headers)), behaviour)


def _from_json(http: HttpRequest, behaviour: Behaviour) -> Request:
    body = http.body
    if body.startswith(b"\xef\xbb\xbf"):
        if behaviour.chosen("byte-order-mark", "refused"):
            raise RefusedError(behaviour.code_of("malformed-body-code"))
        body = body[3:]
    if behaviour.chosen("invalid-utf-8", "replaced"):
        body = body.decode("utf-8", "replace").encode()
    elif not _is_utf_8(body):
        raise RefusedError(behaviour.code_of("malformed-body-code"))
    if behaviour.chosen("deep-json", "refused") and _is_deep(body):
        raise RefusedError(behaviour.code_of("malformed-body-code"))
    try:
        return decode(replace(http, body=body))
    except UndecodableError as error:
        raise RefusedError(behaviour.code_of("malformed-body-code")) from error


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_deep(body: bytes) -> bool:
    if body.count(b"[") + body.count(b"{") <= DEEP_JSON:
        return False
    depth = 0
    for bracket in re.findall(rb"[\[\]{}]", _TEXTS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEP_JSON:
            return True
    return False


_SURROGATES = re.compile("[\ud800-\udfff]")


def _repaired(value: Any) -> Any:
    """A value with U+FFFD for what is no character."""
    if isinstance(value, list):
        return [_repaired(each) for each in value]
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value


def _gathered(request: Request, http: HttpRequest, behaviour: Behaviour) -> Request:
    """The request of a form, if it is UTF-8, and its arrays count up from 0 or gaps are closed up."""
    if any(_SURROGATES.search(f"{name}={value}") for name, value in auth.fields(http)):
        if behaviour.chosen("invalid-utf-8", "refused"):
            raise RefusedError(behaviour.code_of("malformed-body-code"))
        request = replace(
            request, parameters=tuple((_repaired(name), _repaired(value)) for name, value in request.parameters)
        )
    indices = [int(match[1]) for name, _ in auth.fields(http) if (match := re.fullmatch(r"\w+\.(\d{1,6})", name))]
    if indices and sorted(indices) != list(range(len(indices))):
        taken = behaviour.taken("array-gaps")
        if taken != "closed-up":
            raise RefusedError(behaviour.code("array-gaps", taken))
    return request
