"""What mustn't be sent to a real account: pure, of the bytes and of whose groups there are.

A service may read a request otherwise than its page says. So it isn't asked what a request means, but what it could
mean: see `leniency`. What could change or delete a group is sent only if nothing in it could be a group of others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from conformance.exchange.messages import HttpRequest
from conformance.live.leniency import (
    actions_of,
    could_be,
    could_choose,
    ids_of,
    key,
    method_of_change,
    names_of,
    texts_of,
    words_of_change,
)
from conformance.oracle.bodies import decodings

__all__ = ["objection"]

# The actions that change a group, and are sent for one of the run's own.
_CHANGING = frozenset({"deletegroup", "modifygroup"})
# A service may take an action in whatever letter case, and may know more of them than the page does.
_CREATING, _READING = "creategroup", "get"
# A pattern is many groups.
_WILD = frozenset("*%?")


def objection(
    http: HttpRequest,
    own: Callable[[str], bool],
    before: Callable[[Iterable[str]], Collection[str]],
    others: Callable[[], Iterable[str] | None],
) -> str | None:
    """Why a request mustn't be sent, to be read after "not sent: "; None if it may be.

    Args:
        http: as it would leave.
        own: whether the journal says of an id that a group of the run may be there under it.
        before: the ids and names of groups that were there before the run, or were seen to be others'; given the ids
            of a creation, those among them, too.
        others: every id and name that groups of others have now; None where that can't be found out. Asked only where
            a request could change one.
    """
    actions = actions_of(http)
    for action in sorted(actions):
        if not action.startswith((_CREATING, _READING)) and action not in _CHANGING:
            return f"nobody knows what {action} does to a real account"
    by_action = words_of_change(http) or bool(actions & _CHANGING)
    if by_action and (why := _not_plain(http, own)) is not None:
        return why
    if by_action or method_of_change(http):
        theirs = others()
        if theirs is None:
            return "it could change a group, and nobody can say which groups are there"
        return _touched(texts_of(http), theirs) or _chosen(ids_of(http), theirs)
    if actions and all(action.startswith(_READING) for action in actions):
        return None
    # Some replace a group of the same name; and what is created must be deleted again.
    ids = ids_of(http)
    theirs = before(ids)
    return _touched(ids | names_of(http), theirs) or _chosen(filter(None, ids), theirs)


def _not_plain(http: HttpRequest, own: Callable[[str], bool]) -> str | None:
    """Why a request that changes something isn't one that changes a group of the run, and nothing else."""
    readings = [each.request for each in decodings(http)]
    ids = {group_id for each in readings if each is not None for group_id in map(_text, each.values("GroupId"))}
    if None in readings or len(ids) != 1 or method_of_change(http):
        return "it could be read in several ways, and some of them might change a group of somebody else's"
    (group_id,) = ids
    if group_id is None or not own(group_id) or _WILD & set(group_id) or set(ids_of(http)) - {group_id}:
        return f"the group {group_id!r} may be somebody else's"
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _chosen(ids: Iterable[str], theirs: Iterable[str]) -> str | None:
    """Which of the ids could be a part of one of others, or a pattern of it."""
    theirs = tuple(theirs)
    for group_id in ids:
        if any(could_choose(group_id, there) for there in theirs):
            return f"{group_id!r} could be read as a part, or a pattern, of a group of somebody else's"
    return None


def _touched(texts: Iterable[str], theirs: Iterable[str]) -> str | None:
    """Which of the texts could be one of others."""
    texts, theirs = tuple(texts), tuple(theirs)
    keys = {key(each) for each in theirs}
    for text in texts:
        if key(text) in keys or any(could_be(there, text) for there in theirs):
            return f"{text!r} may be a group of somebody else's"
    return None
