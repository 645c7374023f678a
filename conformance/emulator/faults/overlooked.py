"""Faults that few requests show: in values that come by another way, in many mistakes at once, after many groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from conformance.emulator.behaviour import Behaviour, Reply
from conformance.emulator.faults.model import Fault, Spoil, finishing, put, wrap
from conformance.emulator.occasion import Occasion
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request

__all__ = ["OVERLOOKED_FAULTS"]

_CHARSETS = {
    "GroupName": "GroupName.charset",
    "GroupId": "GroupId.charset",
    "GroupExDescriptions": "GroupExDescriptions.element.charset",
    "Tag": "Tag.charset",
}
_PREFIX = {"GroupName": "group-name", "GroupId": "group-id", "GroupExDescriptions": "description", "Tag": "tag"}
# But for the two that everybody thinks of.
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0)))) - {"\n", "\0"}
_FOUR_BYTES_FROM = 0xF0


def _taking_controls(name: str) -> Spoil:
    def spoil(behaviour: Behaviour) -> None:
        fits = behaviour.texts[name].fits
        behaviour.texts[name].fits = lambda text: fits("".join(each for each in text if each not in _CONTROLS))

    return spoil


def _taking_three_too_long(behaviour: Behaviour) -> None:
    """More mistakes than are counted."""

    def is_too_long(request: Request, name: str) -> bool:
        rule = behaviour.texts[name]
        values = [one for each in request.values(name) for one in (each if isinstance(each, list) else [each])]
        return any(isinstance(each, str) and rule.measure(each) > rule.maximum for each in values)

    accept = behaviour.accept
    behaviour.accept = lambda request: (
        accept(request) or sum(is_too_long(request, name) for name in behaviour.texts) >= 3
    )


def _unchecked_where(test: Callable[[HttpRequest], bool]) -> Spoil:
    def spoil(behaviour: Behaviour) -> None:
        behaviour.conditional.append((lambda occasion: test(occasion.http), wrap("accept", lambda _: lambda _: True)))

    return spoil


def _breaking_on_four_bytes(behaviour: Behaviour) -> None:
    """Break on characters outside the basic plane that come as they are, as a database of three bytes does."""

    def break_(reply: Reply) -> None:
        reply.status, reply.headers["Content-Type"], reply.body = 500, "text/html", b"<h1>Server Error</h1>"

    def holds(occasion: Occasion) -> bool:
        return any(each >= _FOUR_BYTES_FROM for each in occasion.http.body)

    behaviour.conditional.append((holds, finishing(break_)))


def _newest_twenty(names: Mapping[str, str]) -> Mapping[str, str]:
    return dict(islice(names.items(), max(0, len(names) - 20), None))


def _faults() -> Iterator[Fault]:
    for name, clause in _CHARSETS.items():
        about = f"{name}: control characters are taken, but newline and NUL"
        yield Fault(f"{_PREFIX[name]}-takes-other-controls", about, (clause,), _taking_controls(name))
    values = ("GroupName.charset", "GroupName.length.max", "GroupId.charset")
    lengths = ("GroupName.length.max", "GroupId.length.max", "Tag.length.max")
    by_get, by_form = (
        _unchecked_where(lambda http: http.method == "GET"),
        _unchecked_where(lambda http: http.method == "POST" and not http.body.startswith(b"{")),
    )
    yield Fault("three-too-long", "three texts that are too long are taken together", lengths, _taking_three_too_long)
    yield Fault("unchecked-by-get", "no value is checked that comes by GET", values, by_get)
    yield Fault("unchecked-in-forms", "no value is checked that comes in a form", values, by_form)
    about = "a name is free again after twenty other groups"
    yield Fault("name-forgotten", about, ("GroupName.unique",), put("remembers", _newest_twenty))
    about = "HTTP 500 on an emoji that isn't escaped"
    yield Fault("emoji-as-http-500", about, tuple(_CHARSETS.values()), _breaking_on_four_bytes)


OVERLOOKED_FAULTS: tuple[Fault, ...] = tuple(_faults())
