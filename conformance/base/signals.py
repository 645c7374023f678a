"""Signals that end a process, taken as Ctrl-C, so that it ends in its own way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

__all__ = ["termination_as_interrupt"]


@contextlib.contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """SIGTERM is taken as Ctrl-C. uvicorn stops on either and then raises it again, which would end the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
