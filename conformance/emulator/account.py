"""What an account holds: its groups, the names that are taken, and what was deleted a moment ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Deletion", "Key", "ReferenceAccount", "StoredGroup", "exactly", "find"]

# Two texts are the same if their keys are.
Key = Callable[[str], str]


@dataclass
class StoredGroup:
    """A group as it is kept. Times are in milliseconds since 1970; `made` is in seconds of the monotonic clock."""

    group_id: str
    name: str
    descriptions: list[str]
    tag: str
    version: str
    created: int
    updated: int
    made: float


@dataclass(frozen=True)
class Deletion:
    """When a group was deleted, in seconds since 1970, and how the creation of one like it is taken for a while."""

    when: float
    taken: str


@dataclass
class ReferenceAccount:
    """The groups of an account by their ids, each name that is taken and by which id, and what was deleted lately.

    Ids and names are kept as they were given; what is the same as what, `find` is told each time.
    """

    groups: dict[str, StoredGroup] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    deleted_ids: dict[str, Deletion] = field(default_factory=dict)
    deleted_names: dict[str, Deletion] = field(default_factory=dict)
    deletions: int = 0
    seen: set[int] = field(default_factory=set)


def exactly(text: str) -> str:
    """The key by which no two texts are the same."""
    return text


def find(texts: Mapping[str, object], text: str, key: Key) -> str | None:
    """The one of some texts that is the same as another: if there are several, itself or the newest."""
    if text in texts:
        return text
    if key is exactly:
        return None
    wanted = key(text)
    return next((each for each in reversed(list(texts)) if key(each) == wanted), None)
