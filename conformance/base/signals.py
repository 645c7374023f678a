"""Signals that end a process, taken as Ctrl-C, so that it ends in its own way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

__all__ = ["termination_as_interrupt"]

# A system's, a terminal's that is closed, and Ctrl-\; not every system has all of them.
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")


@contextlib.contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """What ends a process is taken as Ctrl-C. uvicorn stops on some and then raises them again, which would end it.

    What is ignored stays so: `nohup` starts processes that outlive their terminal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in numbers}
    taken = [each for each in numbers if before[each] not in {signal.SIG_IGN, None}]
    for each in taken:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, before[each])
