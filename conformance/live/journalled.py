"""A target that lets nothing through that could touch a group of others, and writes the rest down before it is sent.

Whatever happens, what was sent can then be undone. It stands right before the connection, so that every way of sending
passes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial

from conformance.base.errors import NotSentError, TransportError, UnsupportedError
from conformance.contract import ACTION
from conformance.exchange.messages import Answer, Exchange, HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.exchange.request import Request
from conformance.exchange.wire import envelope
from conformance.judging.account_status import leaves_open
from conformance.live.account import LiveAccount
from conformance.live.guard import objection
from conformance.live.journal import Journal
from conformance.live.leniency import actions_of, ids_of, names_of, texts_of
from conformance.live.pace import Pace
from conformance.oracle.bodies import decodings
from conformance.privacy.places import NAMELESS, SCRUBBED, Extraction
from conformance.targets import Target

__all__ = ["JournalledTarget"]

# The sister actions that change something.
_CHANGING = frozenset({"DeleteGroup", "ModifyGroup"})


class JournalledTarget:
    """Another target, the guard before it, and the journal of what it may have created; see `Target`."""

    def __init__(self, target: Target, journal: Journal, account: LiveAccount | None = None) -> None:
        """Make a target of a target.

        Args:
            target: what answers.
            journal: where creations are written down.
            account: that is behind it; None for one of which nothing is known yet.
        """
        self.name, self.sender, self.exclusive = target.name, target.sender, False
        self._target, self._journal = target, journal
        self._account = LiveAccount(target, Pace(None)) if account is None else account

    def _admit(self, requests: Sequence[HttpRequest]) -> None:
        """Let requests through, and write down what each may do, before any of them is sent.

        Raises:
            NotSentError: one could touch a group of somebody else's; none is sent.
            JournalError: it can't be written down; none is sent.
        """
        for http in requests:
            met = partial(self._account_of(http).met, self._journal)
            why = objection(http, self._is_own, met, partial(self._others, http))
            if why is not None:
                raise NotSentError(f"not sent: {why}")
        for http in requests:
            self._begin(http)

    def _account_of(self, http: HttpRequest) -> LiveAccount:
        """The account in the Region that a request names; some services have groups of their own in each."""
        region = common_parameter(http, "Region") or ""
        return self._account if region == self.sender.region else self._account.in_region(region, self._journal)

    def _others(self, http: HttpRequest) -> set[str] | None:
        """The ids and names of others' groups; where they can't be listed, of those that a request could name."""
        asked = {id(each): each for each in (self._account, self._account_of(http))}
        found = [each.others(self._journal, self._texts(http)) for each in asked.values()]
        return None if None in found else set().union(*filter(None, found))

    def _texts(self, http: HttpRequest) -> frozenset[str]:
        """What could be read as an id or a name: signatures, by whatever name they are sent, and keys are neither."""
        own = [each.reveal() for each in self.sender.credentials.texts]
        return texts_of(Extraction().out_of(http), [*own, SCRUBBED, NAMELESS])

    def _is_own(self, group_id: str) -> bool:
        """Whether the journal says of an id that a group of the run's may be there."""
        return group_id not in self._account.foreign and self._is_there(group_id)

    def _begin(self, http: HttpRequest) -> None:
        """Write down what a request may do, before it is sent. Raises JournalError: then it mustn't be."""
        account, effects = self._account_of(http), list(_effects(http))
        if account.region is not None:
            self._journal.elsewhere(account.region)
            account.ids |= {group_id for action, group_id, _ in effects if action == ACTION}
        named = {each for action, *names in effects if action == ACTION for each in names}
        texts = self._texts(http)
        if any(each not in named and self._journal.entry(each) is None for each in texts):
            self._journal.sending(texts)
        for action, group_id, name in effects:
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
        self._account.clock.heard(exchange)
        parsed = envelope(answer) if isinstance(answer, HttpResponse) else None
        unsure = parsed is None or leaves_open(parsed)
        self._account.last_sent = self._account.clock.now()
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
        """The target's answer. Raises NotSentError, JournalError where nothing was sent."""
        self._admit([http])
        exchange = self._target.send(http)
        self._settle(exchange)
        return exchange

    def together(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers. Raises as `send`."""
        self._admit(requests)
        exchanges = self._target.together(requests)
        # An acceptance of the same id counts more than a refusal, whichever was first.
        for exchange in sorted(exchanges, key=lambda each: _is_acceptance(each.answer)):
            self._settle(exchange)
        return exchanges

    def pipelined(self, requests: Sequence[HttpRequest]) -> list[Exchange]:
        """The target's answers. Raises as `send`."""
        self._admit(requests)
        exchanges = self._target.pipelined(requests)
        for exchange in exchanges:
            self._settle(exchange)
        return exchanges

    def abandon(self, http: HttpRequest) -> Exchange:
        """That the connection was cut; what became of the creation is looked up later. Raises as `send`."""
        self._admit([http])
        exchange = Exchange(http, TransportError("not waited for"))
        try:
            exchange = self._target.abandon(http)
        finally:
            self._settle(exchange)
        return exchange

    def with_quota(self, _groups: int) -> Target:
        """Nothing is known of another account, and nobody would guard it."""
        raise UnsupportedError("the target has no account with a small quota")

    def close(self) -> None:
        """Let go of connections; the journal stays open, for cleaning up."""
        self._target.close()


def _is_acceptance(answer: Answer) -> bool:
    return isinstance(answer, HttpResponse) and envelope(answer).error is None


def _effects(http: HttpRequest) -> Iterator[tuple[str, str, str | None]]:
    """(action, GroupId, GroupName) for each way in which a request can be read; each once."""
    decoded = [each.request for each in decodings(http)]
    readings = {
        (request.action, group_id, name)
        for request in decoded
        if request is not None
        for group_id in _ids(request)
        for name in (request.last_text("GroupName"),)
    }
    if None in decoded and ACTION.lower() in actions_of(http):  # who reads it all the same isn't told how to
        readings |= {(ACTION, group_id, name) for group_id in ids_of(http) for name in names_of(http) or {None}}
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
    return texts | {stripped for each in texts if (stripped := each.strip())}
