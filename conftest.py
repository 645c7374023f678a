"""This checkout's own wiring: the plugin, and what a bare `pytest` judges."""

from __future__ import annotations

import pytest

pytest_plugins = ["conformance.plugin"]


def pytest_configure(config: pytest.Config) -> None:
    """With --target, judge that target alone: `tests/` judges this project."""
    if config.option.target is not None and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.args[:] = [str(config.rootpath / "conformance" / "suite")]
