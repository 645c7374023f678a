"""Cassettes that another program wrote, read by a YAML parser: vcrpy's own, or something else altogether. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recording.plain_yaml import values_of

__all__ = ["interactions_of"]


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

    try:
        return values_of(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = str(getattr(error, "problem", None) or error).split("\n")[0]
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise ValueError(f"it can't be read as YAML{where}: {problem}") from error
