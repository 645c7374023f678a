"""This checkout's own wiring: the plugin, and what a bare `pytest` judges."""

from __future__ import annotations

import pytest

pytest_plugins = ["conformance.plugin"]


def pytest_ignore_collect(collection_path, config: pytest.Config) -> bool | None:
    """With --target, judge that target alone: `tests/` judges this project."""
    asked = config.option.target is not None and config.args_source is not pytest.Config.ArgsSource.ARGS
    return True if asked and collection_path == config.rootpath / "tests" else None
