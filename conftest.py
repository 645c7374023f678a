"""This checkout's own wiring: the plugin, what a bare `pytest` judges, and what several processes need.

What tests here record with `@pytest.mark.vcr` is scrubbed and sealed: `iai_cassettes` in `pyproject.toml` asks for it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path
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


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what each test printed where IAI_PRINTED names a file: unless it failed, it's lost else, and is searched."""
    path = os.environ.get("IAI_PRINTED")
    if path and report.when == "teardown" and "PYTEST_XDIST_WORKER" not in os.environ:  # of workers it is told here
        with Path(path).open("a", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(f"{text}\n" for _, text in report.sections)


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
