"""Programs of others that are judged: each is made in a copy of its folder, and runs there."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

__all__ = ["built", "filled", "running"]

_KEY = {
    "TENCENTCLOUD_SECRET_ID": "AKIDbenchmarksothers000000000EXAMPLE",
    "TENCENTCLOUD_SECRET_KEY": "others-EXAMPLE",
    "TENCENTCLOUD_TOKEN": "",
}


def filled(words: Sequence[str], folder: Path, **values: object) -> list[str]:
    """A command with its places filled: `{folder}`, `{python}` for an interpreter of its own, and these values."""
    return [each.format(python=folder / "venv" / "bin" / "python", folder=folder, **values) for each in words]


@contextmanager
def built(source: Path, commands: Sequence[Sequence[str]]) -> Iterator[Path]:
    """A copy of a folder in which these commands were run.

    Raises:
        subprocess.CalledProcessError: one of them failed.
        OSError: one of them isn't there.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(source, Path(scratch) / source.name))
        for words in commands:
            subprocess.run(filled(words, folder), cwd=folder, check=True, stdout=subprocess.DEVNULL)
        yield folder


@contextmanager
def running(words: Sequence[str], folder: Path, stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    """A program that runs in a folder, until the end of the block; whose key pair the environment then has."""
    with (
        mock.patch.dict("os.environ", _KEY),
        subprocess.Popen(words, cwd=folder, stdout=stdout, stderr=subprocess.DEVNULL, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
