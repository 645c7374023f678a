"""Cassettes that another program wrote, read by a YAML parser: vcrpy's own, or something else altogether. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["interactions_of"]

# What vcrpy writes isn't half as deep, and has hardly an alias.
_DEEPEST = 50
_MOST_ALIASES = 10_000


def interactions_of(text: str) -> list[object]:
    """The interactions of a cassette that vcrpy itself wrote, as values.

    Raises:
        ValueError: it is none; or it was this suite's, and its hashes can't be checked any more.
    """
    data = _yaml(text)
    if not isinstance(data, Mapping) or not isinstance(data.get("interactions"), list):
        raise ValueError("it is no cassette: YAML with `interactions` is one")  # noqa: TRY004 -- a mistake in a file
    if data.get("provenance") is not None:
        raise ValueError("it was written anew by another program: its hashes can't be checked")
    return list(data["interactions"])


def _yaml(text: str) -> object:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_bombs(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)  # noqa: S506 -- one of the two safe ones
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        problem = str(getattr(error, "problem", None) or error).split("\n")[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise ValueError(f"it can't be read as YAML{where}: {problem}") from error


def _refuse_bombs(events: Iterable[Any]) -> None:
    """Raise ValueError for YAML that would fill the stack or the memory: the loader in C ends the process by it."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent

    anchored: list[bool] = []
    aliases = 0
    for event in events:
        if isinstance(event, CollectionStartEvent):
            anchored.append(event.anchor is not None)
            if len(anchored) > _DEEPEST:
                raise ValueError("it is nested too deep")
        elif isinstance(event, CollectionEndEvent):
            anchored.pop()
        elif isinstance(event, AliasEvent):
            aliases += 1
            if any(anchored) or aliases > _MOST_ALIASES:  # what an alias stands for would be repeated itself
                raise ValueError("its aliases stand for too much")
