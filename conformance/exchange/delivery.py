"""Twists: the ways in which a request is delivered otherwise than plainly, each by a name. Pure.

A twist is written `name` or `name=argument`. Those of the first kind change what is signed, so that the signature is
right for what is sent; those of the second change the request after it was signed. The verdict never reads them: it is
made of the bytes that came out. One that has nothing to change says so: else a plain request would be sent in its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from conformance.base.credentials import Credentials, Secret
from conformance.exchange.draft import Draft, Form, Sender, draft, quoted, sign
from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.request import Request
from conformance.exchange.signing import UNSIGNED_PAYLOAD, Scheme, payload_hash, utc_date

__all__ = ["TWISTS", "Twist", "twisted"]

_UNKNOWN_ID = "AKIDnobodyHasThisOne00000000000EXAMPLE"
_LARGEST = 100_000_000  # bytes
# What a request may lack, as its sender has none.
_NOT_ALWAYS = frozenset({"Region", "Token"})


@dataclass(frozen=True, slots=True)
class Twist:
    """One way to deliver a request otherwise.

    Attributes:
        name: as it is written.
        about: what it does, to be read after "the request is sent …".
        before: changes the draft before it is signed.
        after: changes the request after it is signed.
    """

    name: str
    about: str
    before: Callable[[Draft, str], None] | None = None
    after: Callable[[HttpRequest, str], HttpRequest] | None = None


def twisted(  # noqa: PLR0917 -- those of `draft`, and the twists
    request: Request, sender: Sender, form: Form, timestamp: int, nonce: int, twists: Iterable[str]
) -> HttpRequest:
    """A signed HTTP request with twists.

    Raises:
        ValueError: as `draft`; or there is no such twist, or it can't be applied to this request.
    """
    made = draft(request, sender, form, timestamp, nonce)
    chosen = [(_of(each), each.partition("=")[2]) for each in twists]
    for twist, argument in chosen:
        if twist.before is not None:
            with _naming(twist, argument):
                twist.before(made, argument)
    http = sign(made)
    for twist, argument in chosen:
        if twist.after is not None:
            with _naming(twist, argument):
                http = twist.after(http, argument)
    return http


@contextmanager
def _naming(twist: Twist, argument: str) -> Iterator[None]:
    """Whatever a twist can't do with its argument, or with this request, is a ValueError that says so."""
    try:
        yield
    except (ValueError, LookupError, TypeError, OverflowError, ZeroDivisionError) as error:
        raise ValueError(f"the twist {twist.name}={argument} can't be applied: {error}") from error


def _of(written: str) -> Twist:
    name = written.partition("=")[0]
    if name not in TWISTS:
        raise ValueError(f"there is no twist {name!r}")
    return TWISTS[name]


def _need(there: object, what: str) -> None:
    if not there:
        raise ValueError(f"there is no {what} to change")


# --- Before signing --------------------------------------------------------------------------------------


def _of_version_3(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What version 1 doesn't have: a scope, signed headers, the hash of the body."""

    def before(made: Draft, argument: str) -> None:
        _need(made.scheme is Scheme.TC3, "Authorization")
        change(made, argument)

    return before


def _of_body(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What is done to the body of a POST of JSON."""

    def before(made: Draft, argument: str) -> None:
        _need(not made.textual, "body of JSON")
        change(made, argument)

    return before


def _of_fields(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What is done to the fields of a form or a query."""

    def before(made: Draft, argument: str) -> None:
        _need(made.textual and made.text is None, "form or query")
        change(made, argument)

    return before


def _number(argument: str) -> int:
    """So many bytes or characters."""
    number = int(argument)
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"{number} isn't between 0 and {_LARGEST}")
    return number


def _credentials(change: Callable[[Credentials], Credentials]) -> Callable[[Draft, str], None]:
    def before(made: Draft, _argument: str) -> None:
        made.credentials = change(made.credentials)

    return before


def _timestamp(made: Draft, argument: str) -> None:
    """So many seconds from now, with the date that belongs to it."""
    moment = int(made.common["Timestamp"]) + int(argument)
    made.common["Timestamp"], made.date = str(moment), utc_date(moment)


def _date(made: Draft, argument: str) -> None:
    made.date = (date.fromisoformat(made.date) + timedelta(days=int(argument))).isoformat()


def _common(name: str) -> Callable[[Draft, str], None]:
    def before(made: Draft, argument: str) -> None:
        made.common[name] = argument

    return before


def _no_common(made: Draft, argument: str) -> None:
    _need(argument in made.common or argument in _NOT_ALWAYS, argument)
    made.common.pop(argument, None)


def _set(attribute: str) -> Callable[[Draft, str], None]:
    return lambda made, argument: setattr(made, attribute, argument)


def _header(made: Draft, argument: str) -> None:
    name, _, value = argument.partition(":")
    made.more.append((name, value))


def _signed_header(made: Draft, argument: str) -> None:
    _header(made, argument)
    made.signed.append(argument.partition(":")[0].lower())


def _also_signed(made: Draft, argument: str) -> None:
    there = ["Host", *(name for name, _ in made.more), *(f"X-TC-{name}" for name in made.common)]
    there += [] if made.content_type is None else ["Content-Type"]
    _need(argument.lower() in {name.lower() for name in there}, argument)
    made.signed.append(argument.lower())


def _not_signed(made: Draft, argument: str) -> None:
    made.signed.remove(argument.lower())


def _no_content_type(made: Draft, _argument: str) -> None:
    made.content_type = None
    made.signed.remove("content-type")


def _host_without_port(made: Draft, _argument: str) -> None:
    made.host = re.sub(r":\d+$", "", made.host)


def _service_of_host(made: Draft, _argument: str) -> None:
    made.service = re.split(r"[.:]", made.host)[0]


def _unsigned_payload(made: Draft, _argument: str) -> None:
    made.payload = UNSIGNED_PAYLOAD.encode()
    made.more.append(("X-TC-Content-SHA256", UNSIGNED_PAYLOAD))


def _declared_hash(made: Draft, _argument: str) -> None:
    made.more.append(("X-TC-Content-SHA256", payload_hash(made.body)))


def _body(made: Draft, argument: str) -> None:
    made.body = argument.encode("utf-8", "surrogateescape")


def _charset(made: Draft, argument: str) -> None:
    made.body = made.body.decode("utf-8").encode(argument)


def _byte_order_mark(made: Draft, _argument: str) -> None:
    made.body = b"\xef\xbb\xbf" + made.body


def _cut(made: Draft, argument: str) -> None:
    made.body = made.body[: max(0, len(made.body) - _number(argument))]


def _append(made: Draft, argument: str) -> None:
    made.body += argument.encode("utf-8", "surrogateescape")


def _padded(made: Draft, argument: str) -> None:
    size = _number(argument)
    if size < len(made.body):
        raise ValueError(f"the body has {len(made.body)} bytes")
    made.body = made.body.ljust(size)


def _long_tag(made: Draft, argument: str) -> None:
    made.fields.append(("Tag", "x" * _number(argument)))


def _spaced(made: Draft, _argument: str) -> None:
    """White space wherever JSON allows it, but not in texts."""
    made.body = b" \r\n\t" + re.sub(rb'("(?:[^"\\]|\\.)*")', rb" \1\t\n", made.body) + b"\n "


def _compact(made: Draft, _argument: str) -> None:
    """No white space but in texts."""
    made.body = re.sub(rb'("(?:[^"\\]|\\.)*")|\s+', lambda match: match[1] or b"", made.body)


def _escaped(made: Draft, _argument: str) -> None:
    """Every character of every text as an escape, names of parameters too."""

    def escape(match: re.Match[str]) -> str:
        plain = match[1]
        if "\\" in plain:
            return match[0]
        units = plain.encode("utf-16-be")
        return '"' + "".join(f"\\u{units[i] * 256 + units[i + 1]:04x}" for i in range(0, len(units), 2)) + '"'

    made.body = re.sub(r'"((?:[^"\\]|\\.)*)"', escape, made.body.decode("utf-8")).encode("utf-8")


def _as_form(made: Draft, argument: str) -> None:
    """A form, whatever the signature."""
    made.form, made.content_type = Form.FORM, argument
    made.text = made.body.decode("utf-8")


def _misspelt(made: Draft, argument: str) -> None:
    """Another character at a place of the body, counted round."""
    place = int(argument[:-1]) % max(1, len(made.body))
    made.body = made.body[:place] + argument[-1].encode() + made.body[place + 1 :]


def _indices(made: Draft, argument: str) -> None:
    """The items of arrays get these indices, one after the other, and stand in this order."""
    numbers, items = argument.split(","), [index for index, (name, _) in enumerate(made.fields) if "." in name]
    if len(numbers) != len(items):
        raise ValueError(f"there are {len(items)} items for {len(numbers)} indices")
    for place, number in zip(items, numbers, strict=True):
        name, value = made.fields[place]
        made.fields[place] = f"{name.partition('.')[0]}.{number}", value


def _plus(made: Draft, _argument: str) -> None:
    made.quote = lambda text: quoted(text).replace("%20", "+")


def _everything_escaped(made: Draft, _argument: str) -> None:
    made.quote = lambda text: "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


# --- After signing ---------------------------------------------------------------------------------------


def _replace_header(http: HttpRequest, argument: str) -> HttpRequest:
    """Another value for a header that is there."""
    name, _, value = argument.partition(":")
    _need(header(http.headers, name) is not None, name)
    headers = tuple((each, value if each.lower() == name.lower() else old) for each, old in http.headers)
    return replace(http, headers=headers)


def _drop_header(http: HttpRequest, argument: str) -> HttpRequest:
    _need(header(http.headers, argument) is not None, argument)
    return replace(http, headers=tuple(each for each in http.headers if each[0].lower() != argument.lower()))


def _header_after(http: HttpRequest, argument: str) -> HttpRequest:
    name, _, value = argument.partition(":")
    return replace(http, headers=(*http.headers, (name, value)))


def _header_case(http: HttpRequest, argument: str) -> HttpRequest:
    change = {"upper": str.upper, "lower": str.lower}[argument]
    return replace(http, headers=tuple((change(name), value) for name, value in http.headers))


def _change_authorization(http: HttpRequest, argument: str) -> HttpRequest:
    old, _, new = argument.partition("→")
    return _replace_header(http, f"Authorization:{_changed(header(http.headers, 'Authorization') or '', old, new)}")


def _later(http: HttpRequest, argument: str) -> HttpRequest:
    moment = int(header(http.headers, "X-TC-Timestamp") or "") + int(argument)
    return _replace_header(http, f"X-TC-Timestamp:{moment}")


def _signature(change: Callable[[str], str]) -> Callable[[HttpRequest, str], HttpRequest]:
    def after(http: HttpRequest, _argument: str) -> HttpRequest:
        before, mark, signature = (header(http.headers, "Authorization") or "").rpartition("Signature=")
        _need(mark, "Signature")
        return _replace_header(http, f"Authorization:{before}Signature={change(signature)}")

    return after


def _change_digit(http: HttpRequest, argument: str) -> HttpRequest:
    place = _number(argument)

    def change(signature: str) -> str:
        return f"{signature[:place]}{_other_end(signature[place : place + 1])}{signature[place + 1 :]}"

    return _signature(change)(http, argument)


def _other_end(signature: str) -> str:
    return signature[:-1] + ("1" if signature[-1] == "0" else "0")


def _changed(text: str, old: str, new: str) -> str:
    _need(old in text, repr(old))
    if old == new:
        raise ValueError("it would change nothing")
    return text.replace(old, new, 1)


def _change_body(http: HttpRequest, argument: str) -> HttpRequest:
    old, _, new = argument.partition("→")
    body = http.body.decode("utf-8", "surrogateescape")
    return replace(http, body=_changed(body, old, new).encode("utf-8", "surrogateescape"))


def _change_query(http: HttpRequest, argument: str) -> HttpRequest:
    old, _, new = argument.partition("→")
    before, mark, query = http.url.partition("?")
    return replace(http, url=f"{before}{mark}{_changed(query, old, new)}")


def _change_field(http: HttpRequest, argument: str) -> HttpRequest:
    """Something in the query of a GET, or in the body of a POST."""
    return _change_query(http, argument) if http.method == "GET" else _change_body(http, argument)


def _flip(http: HttpRequest, argument: str) -> HttpRequest:
    """Another letter or digit at a place of the body, or of the query, counted round."""
    text = http.body.decode("latin-1") if http.body else http.query
    places = [index for index, each in enumerate(text) if each.isascii() and each.isalnum()]
    place = places[int(argument) % len(places)]
    changed = f"{text[:place]}{'y' if text[place] != 'y' else 'z'}{text[place + 1 :]}"
    if http.body:
        return replace(http, body=changed.encode("latin-1"))
    return replace(http, url=f"{http.url.partition('?')[0]}?{changed}")


def _append_body(http: HttpRequest, argument: str) -> HttpRequest:
    return replace(http, body=http.body + argument.encode("utf-8", "surrogateescape"))


def _append_query(http: HttpRequest, argument: str) -> HttpRequest:
    return replace(http, url=http.url + ("" if "?" in http.url else "?") + argument)


def _method(http: HttpRequest, argument: str) -> HttpRequest:
    return replace(http, method=argument)


def _path(http: HttpRequest, argument: str) -> HttpRequest:
    parts = urlsplit(http.url)
    return replace(http, url=f"{parts.scheme}://{parts.netloc}{argument}" + (f"?{parts.query}" if parts.query else ""))


_BEFORE: dict[str, tuple[str, Callable[[Draft, str], None]]] = {
    "other-key": (
        "signed with another key",
        _credentials(lambda pair: replace(pair, secret_key=Secret(f"{pair.secret_key.reveal()[::-1]}x"))),
    ),
    "unknown-id": (
        "signed for a SecretId that nobody has",
        _credentials(lambda pair: replace(pair, secret_id=Secret(_UNKNOWN_ID))),
    ),
    "timestamp": ("so many seconds from now", _timestamp),
    "timestamp-text": ("with this Timestamp", _common("Timestamp")),
    "date": ("with a scope so many days from its date", _of_version_3(_date)),
    "service": ("with a scope of this service", _of_version_3(_set("service"))),
    "service-of-host": ("with a scope of the host's first label", _of_version_3(_service_of_host)),
    "host-without-port": ("signed for the host without its port", _host_without_port),
    "action": ("with this Action", _common("Action")),
    "version": ("with this Version", _common("Version")),
    "region": ("with this Region", _common("Region")),
    "language": ("with this Language", _common("Language")),
    "token": ("with this Token", _common("Token")),
    "nonce": ("with this Nonce", _common("Nonce")),
    "signature-method": ("with this SignatureMethod", _common("SignatureMethod")),
    "without": ("without this common parameter", _no_common),
    "method": ("with this method", _set("method")),
    "content-type": ("with this Content-Type", _set("content_type")),
    "no-content-type": ("without a Content-Type, which isn't signed either", _no_content_type),
    "header": ("with one more header, unsigned", _header),
    "signed-header": ("with one more header, signed", _signed_header),
    "also-signed": ("with this header signed too", _of_version_3(_also_signed)),
    "not-signed": ("with this header not signed", _of_version_3(_not_signed)),
    "unsigned-payload": ("with a signature that leaves the body out, and says so", _of_version_3(_unsigned_payload)),
    "declared-hash": ("with the hash of its body in a header", _of_version_3(_declared_hash)),
    "body": ("with this body", _of_body(_body)),
    "encoding": ("with its body in this encoding", _of_body(_charset)),
    "byte-order-mark": ("with a byte order mark", _of_body(_byte_order_mark)),
    "cut": ("without its last so many bytes", _of_body(_cut)),
    "append": ("with this behind it", _of_body(_append)),
    "padded": ("filled up with spaces to so many bytes", _of_body(_padded)),
    "long-tag": ("with a Tag of so many characters", _of_fields(_long_tag)),
    "spaced": ("with white space in its JSON", _of_body(_spaced)),
    "compact": ("without white space in its JSON", _of_body(_compact)),
    "escaped": ("with every character of its JSON's texts escaped", _of_body(_escaped)),
    "misspelt": ("with another character at this place of its body", _of_body(_misspelt)),
    "as-form": ("as a POST of this Content-Type that holds what stands in its body", _of_body(_as_form)),
    "indices": ("with these indices of its array", _of_fields(_indices)),
    "plus": ("with + for a space", _of_fields(_plus)),
    "everything-escaped": ("with every character percent-encoded", _of_fields(_everything_escaped)),
}

_AFTER: dict[str, tuple[str, Callable[[HttpRequest, str], HttpRequest]]] = {
    "then-body": ("and then changed in its body", _change_body),
    "then-query": ("and then changed in its query", _change_query),
    "then-field": ("and then changed in its fields", _change_field),
    "then-flip": ("and then changed in one character", _flip),
    "then-append": ("and then given this behind it", _append_body),
    "then-append-query": ("and then given this behind its URL", _append_query),
    "then-header": ("and then given another value of this header", _replace_header),
    "then-authorization": ("and then changed in its Authorization", _change_authorization),
    "then-timestamp": ("and then given a Timestamp so many seconds later", _later),
    "then-add-header": ("and then given this header", _header_after),
    "then-without": ("and then stripped of this header", _drop_header),
    "then-method": ("and then with this method", _method),
    "then-path": ("and then to this path", _path),
    "header-case": ("with the names of its headers in this case", _header_case),
    "signature-end": ("with another digit at the end of its signature", _signature(_other_end)),
    "signature-digit": ("with another digit at this place of its signature", _change_digit),
    "signature-upper": ("with its signature in capitals", _signature(str.upper)),
    "signature-cut": ("with half of its signature", _signature(lambda text: text[:32])),
    "signature-empty": ("with an empty signature", _signature(lambda _text: "")),
    "signature-reversed": ("with its signature backwards", _signature(lambda text: text[::-1])),
}

TWISTS: dict[str, Twist] = {
    **{name: Twist(name, about, before=change) for name, (about, change) in _BEFORE.items()},
    **{name: Twist(name, about, after=change) for name, (about, change) in _AFTER.items()},
}
