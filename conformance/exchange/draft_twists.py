"""Twists that change what is signed, so that the signature is right for what is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from conformance.base.credentials import Credentials, Secret
from conformance.exchange.draft import Draft, Form, quoted
from conformance.exchange.signing import UNSIGNED_PAYLOAD, Scheme, payload_hash, utc_date
from conformance.exchange.twist_arguments import need, number_of

__all__ = ["BEFORE"]

_UNKNOWN_ID = "AKIDnobodyHasThisOne00000000000EXAMPLE"
# What a request may lack, as its sender has none.
_NOT_ALWAYS = frozenset({"Region", "Token"})


def _of_version_3(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What version 1 doesn't have: a scope, signed headers, the hash of the body."""

    def before(made: Draft, argument: str) -> None:
        need(made.scheme is Scheme.TC3, "Authorization")
        change(made, argument)

    return before


def _of_body(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What is done to the body of a POST of JSON."""

    def before(made: Draft, argument: str) -> None:
        need(not made.textual, "body of JSON")
        change(made, argument)

    return before


def _of_fields(change: Callable[[Draft, str], None]) -> Callable[[Draft, str], None]:
    """What is done to the fields of a form or a query."""

    def before(made: Draft, argument: str) -> None:
        need(made.textual and made.text is None, "form or query")
        change(made, argument)

    return before


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
    need(argument in made.common or argument in _NOT_ALWAYS, argument)
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
    need(argument.lower() in {name.lower() for name in there}, argument)
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
    made.body = made.body[: max(0, len(made.body) - number_of(argument))]


def _append(made: Draft, argument: str) -> None:
    made.body += argument.encode("utf-8", "surrogateescape")


def _padded(made: Draft, argument: str) -> None:
    size = number_of(argument)
    if size < len(made.body):
        raise ValueError(f"the body has {len(made.body)} bytes")
    made.body = made.body.ljust(size)


def _long_tag(made: Draft, argument: str) -> None:
    made.fields.append(("Tag", "x" * number_of(argument)))


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


# By name: what each does, to be read after "the request is sent …".
BEFORE: dict[str, tuple[str, Callable[[Draft, str], None]]] = {
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
