"""A target that writes each creation down before it is sent, so that whatever happens it can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from conformance.base.errors import TransportError
from conformance.contract import ACTION
from conformance.exchange.messages import Answer, Exchange, HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.exchange.request import Request
from conformance.exchange.wire import envelope
from conformance.judging.account_status import leaves_open
from conformance.live.journal import Journal
from conformance.oracle.bodies import decodings
from conformance.targets import Target

__all__ = ["JournalledTarget"]

# The sister actions that change something: sent for groups of the journal alone.
_CHANGING = frozenset({"DeleteGroup", "ModifyGroup"})
# What may be sent besides: a service may take an Action in whatever letter case, and other actions do harm.
_HARMLESS = ("creategroup", "get")


class JournalledTarget:
    """Another target, and the journal of what it may have created; see `Target`."""

    def __init__(self, target: Target, journal: Journal, run: str) -> None:
        """Make a target of a target.

        Args:
            target: what answers.
            journal: where creations are written down.
            run: the run's part of each salt, which no id of anybody else has.
        """
        self.name, self.sender, self.exclusive = target.name, target.sender, False
        self._target, self._journal, self._run = target, journal, run

    def _foreign(self, http: HttpRequest) -> TransportError | None:
        """Why a request mustn't be sent: it may change or delete a group that isn't surely this run's."""
        effects = list(_effects(http))
        named = (common_parameter(http, "Action") or "").strip()
        for action in {named, *(action for action, _, _ in effects)} - _CHANGING - {""}:
            if not action.lower().startswith(_HARMLESS):
                return TransportError(f"not sent: nobody knows what {action} does to a real account")
        for action, group_id, _ in effects:
            # That a creation was answered with success isn't enough: a lenient service says that of any group.
            ours = self._journal.entry(group_id) is not None and self._run in group_id.lower()
            if action in _CHANGING and not ours:
                return TransportError(f"not sent: the group {group_id!r} may be somebody else's")
        return None

    def _begin(self, http: HttpRequest) -> None:
        """Write down what a request may do, before it is sent. Raises JournalError: then it mustn't be."""
        for action, group_id, name in _effects(http):
            if action == ACTION:
                self._journal.creating(group_id, name)
            elif action in _CHANGING and self._is_there(group_id):
                if action == "DeleteGroup":
                    self._journal.deleting(group_id)
                elif name is not None:
                    self._journal.renaming(group_id, name)

    def _deleted(self, group_id: str) -> None:
        if self._is_there(group_id):
            self._journal.deleted(group_id)

    def _is_there(self, group_id: str) -> bool:
        entry = self._journal.entry(group_id)
        return entry is not None and not entry.state.settled

    def _settle(self, exchange: Exchange) -> None:
        """Write down what came of it."""
        http, answer = exchange.sent, exchange.answer
        parsed = envelope(answer) if isinstance(answer, HttpResponse) else None
        unsure = parsed is None or leaves_open(parsed)
        effects = list(_effects(http))
        # Where a request may be taken to name several ids, nobody says which of them was given: they are looked up.
        named = {group_id for _, group_id, _ in effects}
        for action, group_id, _ in effects:
            if action == ACTION:
                if unsure:
                    self._journal.unknown(group_id)
                elif parsed is not None and parsed.error is not None:
                    self._journal.refused(group_id)
                elif len(named) == 1 and _says_plainly(http, group_id):
                    self._journal.created(group_id)
                else:
                    self._journal.unknown(group_id)
            elif action == "DeleteGroup" and not unsure and parsed is not None and parsed.error is None:
                self._deleted(group_id)

    def send(self, http: HttpRequest) -> Exchange:
        """The target's answer. Raises JournalError where nothing was sent."""
        if (refusal := self._foreign(http)) is not None:
            return Exchange(http, refusal)
        self._begin(http)
        exchange = self._target.send(http)
        self._settle(exchange)
        return exchange

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers."""
        for each in requests:
            self._begin(each)
        exchanges = self._target.together(requests)
        # An acceptance of the same id counts more than a refusal, whichever was first.
        for exchange in sorted(exchanges, key=lambda each: _is_acceptance(each.answer)):
            self._settle(exchange)
        return exchanges

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers."""
        for each in requests:
            self._begin(each)
        exchanges = self._target.pipelined(requests)
        for exchange in exchanges:
            self._settle(exchange)
        return exchanges

    def abandon(self, http: HttpRequest) -> Exchange:
        """That the connection was cut; what became of the creation is looked up later."""
        self._begin(http)
        exchange = Exchange(http, TransportError("not waited for"))
        try:
            exchange = self._target.abandon(http)
        finally:
            self._settle(exchange)
        return exchange

    def with_quota(self, groups: int) -> Target:
        """Nothing is known of another account."""
        return self._target.with_quota(groups)

    def close(self) -> None:
        """Let go of connections; the journal stays open, for cleaning up."""
        self._target.close()


def _is_acceptance(answer: Answer) -> bool:
    return isinstance(answer, HttpResponse) and envelope(answer).error is None


def _effects(http: HttpRequest) -> Iterator[tuple[str, str, str | None]]:
    """(action, GroupId, GroupName) for each way in which a request can be read; each once."""
    readings = {
        (request.action, group_id, name)
        for request in (each.request for each in decodings(http))
        if request is not None
        for group_id in _ids(request)
        for name in (request.last_text("GroupName"),)
    }
    yield from sorted(readings, key=repr)


def _says_plainly(http: HttpRequest, group_id: str) -> bool:
    """Whether this very text is the GroupId that a request gives, however it is read."""
    return all(each.request is None or each.request.values("GroupId") == (group_id,) for each in decodings(http))


def _ids(request: Request) -> set[str]:
    """The ids that a request may be taken to name, by whoever is lenient: numbers as texts, white space gone."""
    texts: set[str] = set()
    for value in request.values("GroupId"):
        values = value if isinstance(value, list) else [value]
        for each in values:
            if each is not None:
                texts |= {each} if isinstance(each, str) else {json.dumps(each), str(each)}
    return texts | {each.strip() for each in texts} - {""}
