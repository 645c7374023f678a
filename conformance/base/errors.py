"""The suite's own failures. A departure of a target from the page is never one of them."""

from __future__ import annotations

# Pytest's, as far as they mean the same.
EXIT_CODES = {
    0: "conforms",
    1: "does not conform",
    2: "interrupted",
    3: "the target can't be used, groups were left behind, or an internal error",
    4: "wrong usage",
    5: "nothing was judged, or not every clause that must be",
}


class SuiteError(Exception):
    """Something that the user can mend; the message says what is wrong, where, and what would be right."""

    exit_code = 3


class UsageError(SuiteError):
    """The command line, or a file that it names, is wrong."""

    exit_code = 4


class TargetUnusableError(SuiteError):
    """The target can't be judged: it can't be reached, or lets nobody in."""


class BudgetSpentError(Exception):
    """As many requests, or groups, as were allowed have been sent, or may have been created: the message says which."""


class TransportError(Exception):
    """A request got no answer: the connection failed before one was complete, or what came can't be read.

    Attributes:
        closed: whether the other side closed a connection. That may be a keep-alive that ended under the request.
        unreadable: whether something came, and was not waited for.
    """

    def __init__(self, message: str, *, closed: bool = False, unreadable: bool = False) -> None:
        super().__init__(message)
        self.closed, self.unreadable = closed, unreadable


class HungUpError(TransportError):
    """A request was sent whole, and nobody waited for its answer."""

    def __init__(self) -> None:
        super().__init__("the connection was cut before an answer")


class UnsupportedError(Exception):
    """A target has no way to do what was asked of it; the message says why, as a part of a sentence."""


class NotSentError(UnsupportedError):
    """A request isn't sent to a real account, since it could touch what isn't the run's; the message says why."""


class NotRecordedError(Exception):
    """A recording has no answer to a request."""
