"""Loads the plugin where only `--pyargs conformance.suite` was said, without `-p conformance.plugin`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the plugin, in time for its options."""
    if not pluginmanager.has_plugin("conformance.plugin"):
        pluginmanager.import_plugin("conformance.plugin")
