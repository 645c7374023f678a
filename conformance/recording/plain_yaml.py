"""Plain values out of YAML's events: texts, bytes, whole numbers, true, false, null, lists and objects. Pure.

YAML knows more: dates, numbers to the base of 60, keys that merge, tags that make objects. What stands there is taken
for the text that it is, or refused; and whatever would fill the stack or the memory is refused before it does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Any

from conformance.base.words import cited

__all__ = ["values_of"]

# What vcrpy writes isn't half as deep, and has hardly an alias; and of this API nobody records more.
_DEEPEST = 50
_MOST_EVENTS = 100_000
_MOST_ALIASED = 10_000  # values that aliases stand for

_TAG = "tag:yaml.org,2002:"
_CORE = {None, "!", *(f"{_TAG}{each}" for each in ("str", "binary", "int", "bool", "null", "map", "seq"))}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def values_of(events: Iterable[Any]) -> object:
    """The value of a stream with one document.

    Args:
        events: as `yaml.parse` yields them.

    Raises:
        ValueError: it has more than one, or what isn't taken: the message says what, and in which line.
    """
    return _Reader(events).document()


class _Reader:
    """Makes values of events, one after the other."""

    def __init__(self, events: Iterable[Any]) -> None:
        import yaml

        self._kinds = yaml
        self._events = self._counted(events)
        self._named: dict[str, tuple[object, int]] = {}
        self._read = self._aliased = 0
        self._depth = 0

    def _counted(self, events: Iterable[Any]) -> Iterator[Any]:
        for self._read, event in enumerate(events):
            if self._read > _MOST_EVENTS:
                raise ValueError(f"it has more than {_MOST_EVENTS} values")
            yield event

    def document(self) -> object:
        """The value of the only document; None where there is none."""
        kinds = self._kinds
        next(self._events)
        if isinstance(next(self._events), kinds.StreamEndEvent):
            return None
        value = self._value(next(self._events))
        next(self._events)
        if not isinstance(next(self._events), kinds.StreamEndEvent):
            raise ValueError("it has several documents; one is read")  # noqa: TRY004 -- a mistake in a file
        return value

    def _value(self, event: Any) -> object:
        kinds = self._kinds
        if isinstance(event, kinds.AliasEvent):
            return self._alias(event)
        if event.tag not in _CORE:
            raise ValueError(
                f"{_line(event)} has the tag “{cited(event.tag.replace(_TAG, '!!'))}”; only texts, bytes, whole "
                "numbers, true, false and null are read"
            )
        before, aliased = self._read, self._aliased
        if isinstance(event, kinds.ScalarEvent):
            value = _scalar(event)
        else:
            self._depth += 1
            if self._depth > _DEEPEST:
                raise ValueError(f"{_line(event)} is nested deeper than {_DEEPEST}")
            is_list = isinstance(event, kinds.SequenceStartEvent)
            value = list(self._items()) if is_list else self._members()
            self._depth -= 1
        if event.anchor is not None:
            self._named[event.anchor] = value, 1 + self._read - before + self._aliased - aliased
        return value

    def _items(self) -> Iterator[object]:
        while not isinstance(event := next(self._events), self._kinds.SequenceEndEvent):
            yield self._value(event)

    def _members(self) -> dict[str, object]:
        members: dict[str, object] = {}
        while not isinstance(event := next(self._events), self._kinds.MappingEndEvent):
            name = self._value(event)
            if not isinstance(name, str):
                raise ValueError(f"{_line(event)} has a name that is no text")  # noqa: TRY004 -- a mistake in a file
            if name in members:
                raise ValueError(f"{_line(event)} has the name “{cited(name)}” a second time")
            members[name] = self._value(next(self._events))
        return members

    def _alias(self, event: Any) -> object:
        if event.anchor not in self._named:
            raise ValueError(f"{_line(event)} has an alias of what isn't there, or not whole yet")
        value, size = self._named[event.anchor]
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            raise ValueError(f"{_line(event)}: the aliases up to here stand for more than {_MOST_ALIASED} values")
        return value


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _scalar(event: Any) -> object:
    text: str = event.value
    match (event.tag or "").removeprefix(_TAG):
        case "binary":
            return _decoded(event)
        case "str":
            return text
        case "!" | "" if not event.implicit[0]:  # in quotation marks
            return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _WHOLE.fullmatch(text) else text


def _decoded(event: Any) -> bytes:
    try:
        return base64.b64decode("".join(event.value.split()), validate=True)
    except ValueError as error:
        raise ValueError(f"{_line(event)} has bytes that are no Base64") from error
