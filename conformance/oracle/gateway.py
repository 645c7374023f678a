"""What the platform's gateway asks of an HTTP request before an action sees it, as findings. Pure.

Everything is read from the bytes that were sent; what the suite adds is whose key signed them, and what time it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from conformance.base.credentials import Credentials
from conformance.contract import ACTION, CLAUSE, CODES, DEEP_JSON, READING, SERVICE, SISTERS, VARIES, VERSION, limit_of
from conformance.contract.rules import Gate
from conformance.exchange.draft import ARRAYS, INDEXED, JSON, URLENCODED, Sender, to_json
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.reading import AUTHORIZATION, OTHER_VERSIONS, common_parameter
from conformance.exchange.request import Request
from conformance.exchange.signing import (
    TC3_ENDING,
    UNSIGNED_PAYLOAD,
    Scheme,
    canonical_request,
    payload_hash,
    string_to_sign,
    tc3_signature,
    utc_date,
    v1_signature,
    v1_string_to_sign,
)
from conformance.exchange.wire import (
    NoObjectError,
    TooDeepError,
    UndecodableError,
    decode,
    fields_of,
    form_data,
    received,
)
from conformance.oracle.findings import (
    TURNED_AWAY,
    Breach,
    Finding,
    breaches_of,
    breaks,
    depends,
    keeps,
    reading_of,
    unsure,
    when,
)
from conformance.oracle.prediction import EVERYWHERE, Box

__all__ = ["Decoded", "decodings", "findings"]

_UNSURE = 5  # seconds by which a request's way, and two clocks, may differ
# The documents don't say what is counted, nor whether a KB has 1000 bytes: near the limit either answer is right.
_NEAR = 0.08
_LONGEST_TIME = 15  # digits
# RFC 8259, section 9: a reader of JSON may set limits on the range of numbers. Python's own is no less than this.
_LONG_NUMBER = re.compile("(?<![0-9])[0-9]{4301}")  # looked for at the beginning of a number alone
# Possessive, so that a text without an end is looked at once.
_TEXTS = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"?')
_NOTHING = re.compile(r"[ \t\r\n]*+(?:null)?[ \t\r\n]*+")
_USUAL_HEADERS = frozenset(
    {
        "content-type", "host", "authorization", "x-tc-action", "x-tc-version", "x-tc-timestamp", "x-tc-region",
        "x-tc-token", "x-tc-language",
        # What any client adds on the way.
        "accept", "accept-encoding", "connection", "content-length", "user-agent",
    }
)  # fmt: skip


Expected = Callable[[str], str]  # host → the signature for it


def findings(http: HttpRequest, sender: Sender | None, now: float, *, replayed: bool = False) -> Iterator[Finding]:
    """Every clause on signature and protocol that has something to say of a request, held against it.

    Args:
        http: the request as it was sent.
        sender: who sent it, whose Region is empty where it isn't known to be one; None where nothing is known of them,
            so that no signature can be verified.
        now: when, in seconds since 1970.
        replayed: whether the very same bytes were sent before.
    """
    http = received(http)
    if sender is None:
        yield from _of_a_stranger(http, now)
        return
    yield from _authentication(http, sender.credentials, now)
    if replayed:
        yield depends("Authentication.replay")
    yield from _protocol(http, sender)


_STRANGER = Sender("", "", Credentials("", ""))


def _of_a_stranger(http: HttpRequest, now: float) -> Iterator[Finding]:
    """What can be said of a request whose key isn't known: all but whether it is let in."""
    unknown = CLAUSE["Authentication.secret-id"]
    for each in (*_authentication(http, _STRANGER.credentials, now), *_protocol(http, _STRANGER)):
        if each.clause is unknown:
            codes = sorted(code for code in CODES if code.startswith(("AuthFailure.", "UnauthorizedOperation")))
            yield Finding(unknown, breaches=tuple(Breach(code, conclusive=False) for code in codes), applies=False)
        else:
            yield each


# --- Readings --------------------------------------------------------------------------------------------


def _gate(clause: str) -> Gate:
    """The rule of a clause of the gateway."""
    rule = CLAUSE[clause].rule
    assert isinstance(rule, Gate)  # noqa: S101 -- the contract's own table
    return rule


def _leeway(clause: str) -> tuple[Box, Box]:
    """Where what isn't quite right is taken all the same, and where it isn't."""
    leeway = _gate(clause).leeway
    assert leeway is not None  # noqa: S101 -- the contract's tables name one
    return _taken_or_refused(leeway)


def _taken_or_refused(reading: str) -> tuple[Box, Box]:
    """The values of a reading under which something is taken, and that under which it is refused."""
    return when(reading, *(READING[reading].names - {"refused", VARIES})), when(reading, "refused")


# --- Authentication --------------------------------------------------------------------------------------


def _authentication(http: HttpRequest, credentials: Credentials, now: float) -> Iterator[Finding]:
    authorization = header(http.headers, "Authorization")
    fields = fields_of(http)
    if authorization is not None:
        yield keeps("Authentication.authorization.present")
        yield from _version_3(http, authorization, credentials, now)
    elif any(name == "Signature" for name, _ in fields):
        yield keeps("Authentication.authorization.present")
        yield from _version_1(http, fields, credentials, now)
    else:
        yield breaks("Authentication.authorization.present")


def _version_3(http: HttpRequest, authorization: str, credentials: Credentials, now: float) -> Iterator[Finding]:
    match = AUTHORIZATION.fullmatch(authorization)
    names = match["headers"].split(";") if match else []
    if match is None or match["ending"] != TC3_ENDING or not {"content-type", "host"} <= set(names):
        yield breaks("Authentication.authorization.form")
        return
    yield keeps("Authentication.authorization.form")
    timestamp = header(http.headers, "X-TC-Timestamp")
    yield from _of_timestamp(timestamp, now)
    if match["id"] != credentials.secret_id:
        yield breaks("Authentication.secret-id")
        return
    yield keeps("Authentication.secret-id")
    yield from _of_token(header(http.headers, "X-TC-Token"), credentials)
    if timestamp is None or not _is_number(timestamp):
        return
    yield (
        keeps("Authentication.scope.date")
        if match["date"] == _date_of(timestamp)
        else breaks("Authentication.scope.date")
    )
    yield _of_service(match["service"], http.host)
    yield from _of_signature(http, match, names, timestamp, credentials)
    lowered = {name.lower() for name, _ in http.headers}
    if lowered - _USUAL_HEADERS or set(names) - {"content-type", "host"}:
        yield keeps("Authentication.other-headers")


def _seconds(timestamp: str) -> float:
    """A number as seconds since 1970; infinite if it has more digits than any time near now (Python reads no 5000)."""
    digits = timestamp.lstrip("0")
    return int(digits or "0") if len(digits) <= _LONGEST_TIME else float("inf")


def _date_of(timestamp: str) -> str | None:
    """The date of a time in seconds since 1970; None for one that no calendar has."""
    try:
        return utc_date(int(_seconds(timestamp)))
    except (ValueError, OverflowError):
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _of_timestamp(timestamp: str | None, now: float) -> Iterator[Finding]:
    if timestamp is None or not _is_number(timestamp):
        form = "Authentication.timestamp.form"
        yield breaks(form, _gate(form).absent) if timestamp is None else breaks(form)
        return
    yield keeps("Authentication.timestamp.form")
    window = "Authentication.timestamp.window"
    apart, limit = abs(_seconds(timestamp) - now), limit_of(window)
    if abs(apart - limit) <= _UNSURE:
        yield unsure(window)
    elif apart > limit:
        yield breaks(window)
    else:
        yield keeps(window)


def _of_token(token: str | None, credentials: Credentials) -> Iterator[Finding]:
    if token == credentials.token:
        if token is not None:
            yield keeps("Authentication.token")
    elif credentials.token is None:
        yield depends("Authentication.token")
    else:
        # Temporary credentials without their token, or with another: not even the key is known then.
        codes = (*CLAUSE["Authentication.token"].codes, *CLAUSE["Authentication.secret-id"].codes)
        yield Finding(CLAUSE["Authentication.token"], (), tuple(Breach(code) for code in codes))


def _of_service(service: str, host: str) -> Finding:
    clause = "Authentication.scope.service"
    if service == SERVICE:
        return keeps(clause)
    first_label = re.split(r"[.:]", host.removeprefix("http://").removeprefix("https://"))[0]
    if service == first_label:
        accepted, refused = _leeway(clause)
        return Finding(CLAUSE[clause], (accepted,), breaches_of(CLAUSE[clause], refused))
    return breaks(clause)


def _of_signature(
    http: HttpRequest, match: re.Match[str], names: list[str], timestamp: str, credentials: Credentials
) -> Iterator[Finding]:
    """The signature against the one that belongs to what was sent."""
    sent = {name.lower(): value for name, value in reversed(http.headers)}  # of several, the first
    if any(name != "host" and name.lower() not in sent for name in names):
        malformed = breaks("Authentication.authorization.form")  # it isn't the request that was signed, either
        yield replace(malformed, breaches=(*malformed.breaches, *breaches_of(CLAUSE["Authentication.signature"])))
        return

    def compared(payload: bytes) -> list[Finding]:
        body_hash = payload_hash(payload)

        def expected(host: str) -> str:
            signed = [(name, host if name == "host" else sent[name.lower()]) for name in names]
            canonical = canonical_request(http.method, http.query, signed, body_hash)
            to_sign = string_to_sign(timestamp, match["date"], match["service"], canonical)
            return tc3_signature(credentials.secret_key, match["date"], match["service"], to_sign)

        return list(_compared(match["signature"], expected, http.host, hexadecimal=True))

    of_body = compared(http.body)
    if header(http.headers, "X-TC-Content-SHA256") != UNSIGNED_PAYLOAD:
        yield from of_body
    elif all(each.kept for each in of_body):
        # What the header leaves out is signed all the same: right for whoever doesn't know the header, or asks no more.
        yield from of_body
        yield _signed_though_declared_otherwise()
    else:
        yield from compared(UNSIGNED_PAYLOAD.encode())
        yield depends("Authentication.unsigned-payload")


@cache
def _signed_though_declared_otherwise() -> Finding:
    """Refused or not, it tells nothing of the reading."""
    clause = CLAUSE["Authentication.unsigned-payload"]
    return Finding(clause, (EVERYWHERE,), tuple(Breach(code) for code in clause.codes))


def _compared(given: str, expected: Expected, host: str, *, hexadecimal: bool) -> Iterator[Finding]:
    """A signature against the one that is expected for the host as sent; or, where it has a port, for it without."""
    clause = "Authentication.signature"
    right = expected(host)
    without_port = re.sub(r":\d+$", "", host)
    if right == given:
        yield keeps(clause)
        if hexadecimal:
            yield keeps("Authentication.signature.letter-case")
    elif hexadecimal and right == given.lower():
        yield depends("Authentication.signature.letter-case")
    elif without_port != host and expected(without_port) == given:
        accepted, refused = _leeway(clause)
        yield Finding(CLAUSE[clause], (accepted,), breaches_of(CLAUSE[clause], refused))
    else:
        yield breaks(clause)


def _version_1(
    http: HttpRequest, fields: list[tuple[str, str]], credentials: Credentials, now: float
) -> Iterator[Finding]:
    values = dict(fields)
    if not values.get("SecretId"):
        yield breaks("Authentication.authorization.form")
        return
    yield keeps("Authentication.authorization.form")
    yield from _of_timestamp(values.get("Timestamp"), now)
    nonce = values.get("Nonce")
    if nonce is None:
        yield depends("Authentication.nonce", _gate("Authentication.nonce").absent)
    elif _is_number(nonce) and int(nonce[:20]) > 0:
        yield keeps("Authentication.nonce")
    else:
        yield depends("Authentication.nonce")
    if values["SecretId"] != credentials.secret_id:
        yield breaks("Authentication.secret-id")
        return
    yield keeps("Authentication.secret-id")
    yield from _of_token(values.get("Token"), credentials)
    scheme = Scheme.SHA256 if values.get("SignatureMethod") == Scheme.SHA256 else Scheme.SHA1

    def expected(host: str) -> str:
        return v1_signature(credentials.secret_key, v1_string_to_sign(http.method, host, fields), scheme)

    yield from _compared(values["Signature"].rstrip("\n"), expected, http.host, hexadecimal=False)
    yield keeps("Authentication.version-1")


# --- Protocol --------------------------------------------------------------------------------------------


def _protocol(http: HttpRequest, sender: Sender) -> Iterator[Finding]:
    if http.method not in {"GET", "POST"}:
        yield _of_other_method(http)
        return
    yield keeps("Protocol.method")
    common = {name: common_parameter(http, name) for name in ("Action", "Version", "Region", "Language")}
    yield from _of_size(http)
    yield from _present_and_known("action", common["Action"], known={ACTION, *SISTERS})
    yield from _present_and_known("version", common["Version"], known={VERSION, *OTHER_VERSIONS})
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
    textual = http.method == "GET" or _media_type(http) == (URLENCODED, "")
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


def _of_size(http: HttpRequest) -> Iterator[Finding]:
    if http.method == "GET":
        clause, size = "Protocol.size.get", len(http.query)
    elif header(http.headers, "Authorization") is None:
        clause, size = "Protocol.size.version-1", len(http.body)
    else:
        clause, size = "Protocol.size.version-3", len(http.body)
    limit = limit_of(clause)
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


def _media_type(http: HttpRequest) -> tuple[str, str]:
    """The media type and its charset; a charset of UTF-8 is the same as none."""
    name, _, parameters = (header(http.headers, "Content-Type") or "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower(), "" if charset in {"charset=utf-8", "charset=utf8"} else charset


# --- The body --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decoded:
    """One way to read a request's parameters.

    Attributes:
        box: the readings under which it is read so.
        request: what it then says; None where it can't be read.
        findings: the clauses on how it is written.
    """

    box: Box
    request: Request | None
    findings: tuple[Finding, ...] = ()


def decodings(http: HttpRequest) -> Iterator[Decoded]:
    """The ways to read the parameters of a request, of whatever method."""
    http = received(http)
    if http.method not in {"GET", "POST"}:
        yield Decoded(EVERYWHERE, None)
    elif http.method == "GET":
        yield from _of_fields(decode(http))
    else:
        yield from _of_post(http)


def _of_post(http: HttpRequest) -> Iterator[Decoded]:
    media_type, charset = _media_type(http)
    version_3 = header(http.headers, "Authorization") is not None
    clause = "Protocol.content-type"
    if charset == "" and media_type == JSON and (version_3 or not fields_of(http)):
        yield from _of_json(http, http.body, keeps(clause))
    elif charset == "" and media_type == URLENCODED and not version_3:
        yield from _of_fields(decode(http), keeps(clause))
    else:
        other = depends(clause)
        as_form = replace(http, headers=(("Content-Type", URLENCODED), *http.headers))
        if media_type == URLENCODED:
            yield from _of_fields(decode(as_form), other)
        elif (parts := form_data(http)) is not None:
            yield from _of_fields(parts, other)
        else:
            yield from _of_json(http, http.body, other)


_MARK = b"\xef\xbb\xbf"
_SURROGATES = re.compile("[\ud800-\udfff]")


def _of_fields(request: Request, *found: Finding) -> Iterator[Decoded]:
    """The ways to read fields: bytes that are no UTF-8 can be taken in two."""
    if not any(_SURROGATES.search(each) for each in _texts(request.parameters)):
        yield Decoded(EVERYWHERE, request, found)
        return
    lenient, strict = _leeway("Protocol.json.form")
    yield Decoded(strict, None, (*found, breaks("Protocol.json.form")))
    replaced = tuple((str(_replaced(name)), _replaced(value)) for name, value in request.parameters)
    yield Decoded(lenient, replace(request, parameters=replaced), found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _replaced(value: object) -> object:
    if isinstance(value, list):
        return [_replaced(each) for each in value]
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value


def _of_json(http: HttpRequest, body: bytes, *found: Finding) -> Iterator[Decoded]:
    """The ways to read a body of JSON: a byte order mark, bytes that are no UTF-8, and depth can be taken in two."""
    if body.startswith(_MARK):
        mark = "Protocol.json.byte-order-mark"
        accepted, refused = _taken_or_refused(reading_of(CLAUSE[mark]))
        yield Decoded(refused, None, (*found, breaks(mark)))
        for each in _without_mark(http, body.removeprefix(_MARK), *found):
            yield Decoded({**each.box, **accepted}, each.request, (*each.findings, keeps(mark)))
        return
    yield from _without_mark(http, body, *found)


def _without_mark(http: HttpRequest, body: bytes, *found: Finding) -> Iterator[Decoded]:
    """The same, where no mark is taken for one any more: what follows the first is a character like any other."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        lenient, strict = _leeway("Protocol.json.form")
        yield Decoded(strict, None, (*found, breaks("Protocol.json.form")))
        for each in _without_mark(http, body.decode("utf-8", "replace").encode(), *found):
            yield replace(each, box={**each.box, **lenient})
        return
    box, shallow = EVERYWHERE, keeps("Protocol.json.depth")
    if _depth(text) > DEEP_JSON:
        box, refused = _taken_or_refused(reading_of(shallow.clause))
        yield Decoded(refused, None, (*found, breaks("Protocol.json.depth")))
        shallow = replace(shallow, applies=False)
    yield _read_json(http, text, box, (*found, shallow))
    if _LONG_NUMBER.search(text) and _LONG_NUMBER.search(_TEXTS.sub("", text)):
        yield Decoded(box, None, (*found, breaks("Protocol.json.form")))
    if _NOTHING.fullmatch(text):  # some take it for an object without members
        yield replace(_read_json(http, "{}", box, ()), findings=found)


def _read_json(http: HttpRequest, text: str, box: Box, found: tuple[Finding, ...]) -> Decoded:
    sent = replace(http, headers=(("Content-Type", JSON), *http.headers), body=text.encode())
    try:
        request = decode(sent)
    except TooDeepError:
        # Too deep for this suite: whatever refuses a shape is right.
        codes = ("UnknownParameter", "InvalidParameterValue.FaceModelVersionIllegal")
        refused = breaks("Protocol.json.depth")
        refused = replace(refused, breaches=(*refused.breaches, *(Breach(code) for code in codes)))
        return Decoded(box, None, (*found, refused))
    except NoObjectError:
        return Decoded(box, None, (*found, breaks("Protocol.json.object")))
    except UndecodableError:
        return Decoded(box, None, (*found, breaks("Protocol.json.form")))
    found = (*found, keeps("Protocol.json.form"), keeps("Protocol.json.object"))
    plainly = sent.body in {to_json(request, escaped=True), to_json(request, escaped=False)}
    if not plainly or ";" in (header(http.headers, "Content-Type") or ""):
        found = (*found, keeps("Protocol.json.same-text"))
    return Decoded(box, request, found)


def _depth(text: str) -> int:
    """How deep lists and objects are nested, by their opening brackets outside of texts."""
    deepest = depth = 0
    if text.count("[") + text.count("{") <= DEEP_JSON:
        return 0
    for each in _TEXTS.sub("", text):
        if each in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif each in "]}":
            depth -= 1
    return deepest
