"""The edge to the terminal: whatever is written there passes through here, and nothing of it is obeyed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, cast

from conformance.base.words import shown

__all__ = ["shown_streams", "under"]


class _Shown:
    """A text stream on which control characters come out escaped; everything else of it is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text as it may be shown; the length of the text."""
        self._stream.write(shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several."""
        for each in lines:
            self.write(each)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def under(stream: TextIO) -> TextIO:
    """The stream itself, for what escapes by its own means, and colours."""
    return stream._stream if isinstance(stream, _Shown) else stream


@contextlib.contextmanager
def shown_streams() -> Iterator[None]:
    """For the time of a `with`, nothing that is written to the standard streams reaches a terminal as it is.

    After an exception that nobody caught they stay so: Python tells of it.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, _Shown(each)) for each in before)
    try:
        yield
    except SystemExit:
        sys.stdout, sys.stderr = before
        raise
    sys.stdout, sys.stderr = before
