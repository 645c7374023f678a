"""A request as values, and what the suite knows of the account it goes to. No HTTP, no judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.contract import ACTION, VERSION


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, before it is HTTP.

    A plain sequence of pairs, on purpose: a conformance suite must be able to say wrong things, such as a
    parameter twice or of another type.

    Attributes:
        parameters: the action's own parameters in order; a value is anything that JSON can say.
        action: the action's name.
        version: the action's version.
        textual: whether it came as a form or a query, where every value is text and arrays are indexed.
    """

    parameters: tuple[tuple[str, object], ...]
    action: str = ACTION
    version: str = VERSION
    textual: bool = False

    @classmethod
    def of(cls, parameters: Mapping[str, object] | Iterable[tuple[str, object]], action: str = ACTION) -> Request:
        """A request from a mapping, or from pairs where a name may come twice."""
        pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
        return cls(tuple(pairs), action)

    def values(self, name: str) -> tuple[object, ...]:
        """All values given for a parameter, in order."""
        return tuple(value for each, value in self.parameters if each == name)

    @property
    def plain(self) -> object:
        """The parameters as JSON values: an object, or a list of pairs where a name comes twice."""
        doubled = len(self.names) < len(self.parameters)
        return [list(pair) for pair in self.parameters] if doubled else dict(self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names in order, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.parameters))


class Presence(StrEnum):
    """How sure it is that a group with some id or name is there."""

    THERE = "there"
    PERHAPS = "perhaps"
    DELETED = "deleted"


@dataclass(slots=True)
class _Index:
    """Texts in use, with a second index that ignores case."""

    exact: dict[str, Presence] = field(default_factory=dict)
    folded: dict[str, set[str]] = field(default_factory=dict)

    def put(self, text: str, presence: Presence) -> None:
        self.exact[text] = presence
        self.folded.setdefault(text.lower(), set()).add(text)

    def others_but_for_case(self, text: str) -> list[Presence]:
        return [self.exact[each] for each in sorted(self.folded.get(text.lower(), ())) if each != text]


@dataclass(slots=True)
class World:
    """What the suite knows of the account: its groups, and readings that are known beforehand.

    The validator reads it and changes nothing.

    Attributes:
        salt: a text that this run alone puts into ids and names; a group of somebody else can't have it.
            None where nobody else uses the account.
        known: reading id → values still possible, known before the first request (the account's age, say).
    """

    salt: str | None = None
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _ids: _Index = field(default_factory=_Index)
    _names: _Index = field(default_factory=_Index)
    _groups: dict[str, str] = field(default_factory=dict)

    def index(self, parameter: str) -> _Index:
        """The texts in use for GroupId or for GroupName."""
        return self._ids if parameter == "GroupId" else self._names

    def created(self, group_id: str, group_name: str) -> None:
        """A group was created."""
        self._put(group_id, group_name, Presence.THERE)

    def perhaps_created(self, group_id: str, group_name: str) -> None:
        """A creation was sent and its answer was lost: the group may be there or not."""
        if group_id not in self._groups:
            self._put(group_id, group_name, Presence.PERHAPS)

    def deleted(self, group_id: str) -> None:
        """A group was deleted, just now."""
        if group_id in self._groups:
            name = self._groups.pop(group_id)
            self._ids.put(group_id, Presence.DELETED)
            if name not in self._groups.values():
                self._names.put(name, Presence.DELETED)

    def _put(self, group_id: str, group_name: str, presence: Presence) -> None:
        for index, text in ((self._ids, group_id), (self._names, group_name)):
            # A lost answer makes nothing less sure that was sure before.
            if presence is not Presence.PERHAPS or index.exact.get(text) is not Presence.THERE:
                index.put(text, presence)
        self._groups[group_id] = group_name

    def may_be_foreign(self, text: str) -> bool:
        """Whether a group that the suite knows nothing of may already have this id or name."""
        return self.salt is not None and self.salt not in text.lower()

    @property
    def groups(self) -> Mapping[str, str]:
        """GroupId → GroupName of the groups that are, or may be, there."""
        return self._groups
