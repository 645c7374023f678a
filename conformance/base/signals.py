"""Signals that end a process, taken as Ctrl-C or otherwise, so that it ends in its own way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

__all__ = ["termination_as_interrupt", "termination_calls"]

# A system's, a terminal's that is closed, and Ctrl-\; not every system has all of them.
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")


def termination_as_interrupt() -> contextlib.AbstractContextManager[None]:
    """What ends a process is taken as Ctrl-C. uvicorn stops on some and then raises them again, which would end it."""
    return termination_calls(signal.default_int_handler)


@contextlib.contextmanager
def termination_calls(handler: Callable[..., object]) -> Iterator[None]:
    """What ends a process calls this, as `signal.signal` does; in the main thread, elsewhere nothing changes.

    What is ignored stays so: `nohup` starts processes that outlive their terminal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in numbers}
    taken = [each for each in numbers if before[each] not in {signal.SIG_IGN, None}]
    for each in taken:
        signal.signal(each, handler)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, before[each])
