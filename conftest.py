"""This checkout's own wiring: the plugin, what a bare `pytest` judges, and what several processes need.

What tests here record with `@pytest.mark.vcr` is scrubbed and sealed: `iai_cassettes` in `pyproject.toml` asks for it.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any

import pytest

pytest_plugins = ["conformance.plugin"]


def pytest_configure(config: pytest.Config) -> None:
    """With --iai-target, judge that target alone: `tests/` judges this project."""
    if config.option.iai_target is not None and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.args[:] = [str(config.rootpath / "conformance" / "suite")]


def pytest_collection_finish() -> None:
    """Have the garbage collector leave thousands of tests alone: each pytest within a test collects several times."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Escape lone surrogates in what a failure says: a process of pytest-xdist can't send them, and would end."""
    return _escaped((yield))


def _escaped(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case dict():
            return {_escaped(key): _escaped(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(_escaped, value))
        case _:
            return value
