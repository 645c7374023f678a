"""What is asked, as values: an action, its version and its parameters. No HTTP, no judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.contract import ACTION, VERSION

__all__ = ["Request"]


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

    def last_text(self, name: str) -> str | None:
        """The last value of a parameter that is a text; None where none is."""
        texts = [value for value in self.values(name) if isinstance(value, str)]
        return texts[-1] if texts else None

    @property
    def plain(self) -> object:
        """The parameters as JSON values: an object, or a list of pairs where a name comes twice."""
        doubled = len(self.names) < len(self.parameters)
        return [list(pair) for pair in self.parameters] if doubled else dict(self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names in order, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.parameters))
