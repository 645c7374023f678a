"""The command under a name that nobody else has: whatever package `conformance` lies in somebody's folder, ours runs.

`iai-conformance` starts here; `python -m iai_conformance` is the same, and `-p iai_conformance` is the pytest plugin.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

__all__ = ["main"]

_PACKAGE = Path(__file__).resolve().parent / "conformance"


def _load_ours() -> None:
    """Have `import conformance` mean the package beside this file, unless it is that one already."""
    loaded = sys.modules.get("conformance")
    if loaded is not None and Path(loaded.__file__ or "").resolve().parent == _PACKAGE:
        return
    if loaded is not None:
        raise ImportError(
            f"another package `conformance` is loaded already, from {loaded.__file__}: in one Python there can be one; "
            "run the suite in a process of its own, `iai-conformance run`"
        )
    spec = importlib.util.spec_from_file_location(
        "conformance", _PACKAGE / "__init__.py", submodule_search_locations=[str(_PACKAGE)]
    )
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 -- the file is beside this one
    package = importlib.util.module_from_spec(spec)
    sys.modules["conformance"] = package
    spec.loader.exec_module(package)


_load_ours()

# As a pytest plugin.
pytest_plugins = ["conformance.plugin"]


def main() -> int:
    """Run the command line; returns the exit code, of an early Ctrl-C too."""
    from conformance.__main__ import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
