"""Twists that change a request after it was signed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.twist_arguments import need, number_of

__all__ = ["AFTER"]


def _replace_header(http: HttpRequest, argument: str) -> HttpRequest:
    """Another value for a header that is there."""
    name, _, value = argument.partition(":")
    need(header(http.headers, name) is not None, name)
    headers = tuple((each, value if each.lower() == name.lower() else old) for each, old in http.headers)
    return replace(http, headers=headers)


def _drop_header(http: HttpRequest, argument: str) -> HttpRequest:
    need(header(http.headers, argument) is not None, argument)
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
        need(mark, "Signature")
        return _replace_header(http, f"Authorization:{before}Signature={change(signature)}")

    return after


def _change_digit(http: HttpRequest, argument: str) -> HttpRequest:
    place = number_of(argument)

    def change(signature: str) -> str:
        return f"{signature[:place]}{_other_end(signature[place : place + 1])}{signature[place + 1 :]}"

    return _signature(change)(http, argument)


def _other_end(signature: str) -> str:
    return signature[:-1] + ("1" if signature[-1] == "0" else "0")


def _changed(text: str, old: str, new: str) -> str:
    need(old in text, repr(old))
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


# By name: what each does, to be read after "the request is sent …".
AFTER: dict[str, tuple[str, Callable[[HttpRequest, str], HttpRequest]]] = {
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
