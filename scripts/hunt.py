"""Search all that a run wrote for secrets, however hidden: `python -m scripts.hunt PLACE…`; 1 if one is there.

The secrets are those of the environment, and the documented example pair, with which is signed where it names none.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from conformance.base import credentials
from conformance.base.credentials import EXAMPLE_CREDENTIALS, Secret
from conformance.base.environment import secrets_of_environment
from conformance.privacy.search import found_in

__all__ = ["files_in", "hunt", "main"]

# Nobody writes a single file that large; those of a run are read whole.
_LARGEST = 64 * 1024 * 1024
# Bytes of a text that are searched at once: what undoes escapes in escapes costs more than twice for twice as much.
_PIECE, _OVERLAP = 256 * 1024, 16 * 1024
# Where the example pair may stand, wherever this is installed to.
_SOURCE = Path(credentials.__file__).read_bytes()


def hunt(places: Iterable[Path], secrets: Collection[Secret]) -> Iterator[tuple[Path, str]]:
    """Each file in which a secret stands, in its name or its content, and how it is hidden there."""
    texts = [each.reveal() for each in secrets]
    for file in files_in(places):
        content = file.read_bytes()
        name = f"{file}\n".encode("utf-8", "surrogateescape")
        pieces = _pieces(name + (b"" if _documents_the_pair(file, content) else content))
        how = next((how for each in pieces if (how := found_in(each, texts)) is not None), None)
        if how is not None:
            yield file, how


def _documents_the_pair(file: Path, content: bytes) -> bool:
    """Whether a file is the source that has the example pair, or compiled of it."""
    source = file.parent.parent / f"{file.name.partition('.')[0]}.py"
    return content == _SOURCE or (file.suffix == ".pyc" and source.is_file() and source.read_bytes() == _SOURCE)


def _pieces(content: bytes) -> Iterator[bytes]:
    """A long text in pieces that overlap by more than a secret is long, however written; what is packed as a whole."""
    if b"\0" in content:
        yield content
        return
    for start in range(0, len(content), _PIECE):
        yield content[max(0, start - _OVERLAP) : start + _PIECE]


def files_in(places: Iterable[Path]) -> Iterator[Path]:
    """The files in folders, and those that are named; no links, no sockets."""
    for place in places:
        for each in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if each.is_file() and not each.is_symlink() and each.stat().st_size <= _LARGEST:
                yield each


def main(words: list[str]) -> int:
    """Search what the words name; returns the exit code."""
    secrets = secrets_of_environment()
    if not secrets:
        sys.stderr.write("hunt: the environment names no secret to look for\n")
        return 4
    found = list(hunt(map(Path, words), [*secrets, *EXAMPLE_CREDENTIALS.texts]))
    for file, how in found:
        sys.stderr.write(f"hunt: a secret stands in {file} ({how})\n")
    sys.stderr.write(f"hunt: {sum(1 for _ in files_in(map(Path, words)))} files, {len(found)} with a secret\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
