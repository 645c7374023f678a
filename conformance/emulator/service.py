"""The reference emulator: the actions behind a gateway, over an account in memory. HTTP values in and out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract import CODES, limit_of
from conformance.emulator.account import ReferenceAccount
from conformance.emulator.actions import ACTIONS, Actions
from conformance.emulator.behaviour import Behaviour, Reply, conforming
from conformance.emulator.gateway import RefusedError, TurnedAwayError, admit
from conformance.emulator.occasion import History
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import UndecodableError, decode


@dataclass
class Scripted:
    """An answer that was ordered beforehand.

    Attributes:
        code: the error code.
        group_ids: a glob over GroupId.
        times: how often it is still given; None for ever.
    """

    code: str
    group_ids: str = "*"
    times: int | None = None


@dataclass
class Emulator:
    """Answers HTTP requests as the page says, or as a fault spoils it; from several threads at once.

    Attributes:
        behaviour: how it answers.
        credentials: the only key pair it knows.
        clock: seconds since 1970.
        quota: how many groups the account may have.
        scripted: answers that were ordered beforehand, for CreateGroup.
        stubs: action that isn't one of ours → what stands under `Response`, beside a RequestId of the answer's own.
        look: called with each request, its answer, and the second in which it came.
    """

    behaviour: Behaviour = field(default_factory=conforming)
    credentials: Credentials = EXAMPLE_CREDENTIALS
    clock: Callable[[], float] = time.time
    quota: int = limit_of("State.quota")
    scripted: list[Scripted] = field(default_factory=list)
    stubs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    look: Callable[[HttpRequest, HttpResponse, float], HttpResponse] | None = field(default=None, repr=False)
    account: ReferenceAccount = field(default_factory=ReferenceAccount)
    _history: History = field(default_factory=History, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def anew(self, quota: int) -> Emulator:
        """An emulator that behaves alike, with an empty account that may have so many groups."""
        return Emulator(self.behaviour, self.credentials, self.clock, quota)

    def handle(self, http: HttpRequest, connection: object = None) -> HttpResponse:
        """The answer to a request; never raises on what a client can send.

        Args:
            http: the request.
            connection: tells connections apart; where it is None, one lasts until somebody asks to close it.
        """
        answer = self._handle_in_turn(http, connection)
        return answer if self.look is None else self.look(http, answer, self.clock())

    def _handle_in_turn(self, http: HttpRequest, connection: object) -> HttpResponse:
        arrived = time.monotonic()
        with self._history.at_work():
            if not self._lock.acquire(blocking=self.behaviour.waits):
                return self.refuse("FailedOperation.ConflictOperation")
            if not self.behaviour.atomic:
                self._lock.release()
                return self._handle(http, arrived, connection)
            try:
                return self._handle(http, arrived, connection)
            finally:
                self._lock.release()

    def _handle(self, http: HttpRequest, arrived: float, connection: object) -> HttpResponse:
        if not self.behaviour.conditional:
            return self._answer(http, self.behaviour, arrived)
        occasion = self._history.occasion(http, connection, self.clock(), self.account)
        answer = self._answer(http, self.behaviour.on(occasion), arrived)
        self._history.note(occasion, answer)
        return answer

    def _answer(self, http: HttpRequest, behaviour: Behaviour, arrived: float) -> HttpResponse:
        request = Request((), action="")
        actions = self._actions(behaviour, arrived)
        try:
            request = admit(http, behaviour, self.credentials, self.clock(), {*ACTIONS, *self.stubs})
            self._refuse_replay(http, behaviour)
            self._refuse_as_ordered(request)
            if request.action in self.stubs:
                reply = _reply(self.stubs[request.action], behaviour)
            else:
                reply = _reply(ACTIONS[request.action](actions, request), behaviour)
        except RefusedError as refused:
            if refused.code.startswith("AuthFailure."):
                _leave_unauthenticated(actions, http)
            reply = _refusal(refused.code, behaviour)
        except TurnedAwayError as turned_away:
            return HttpResponse(turned_away.status, (), b"")
        answer = _written(behaviour.finish(request, reply))
        return HttpResponse(answer.status, answer.headers, b"") if http.method == "HEAD" else answer

    def _actions(self, behaviour: Behaviour, arrived: float) -> Actions:
        return Actions(self.account, behaviour, self.clock, self.quota, arrived)

    def abandoned(self, http: HttpRequest) -> None:
        """A request whose sender doesn't wait for the answer."""
        left = self.behaviour.abandoned
        if not left:
            self.handle(http)
        else:
            self._actions(self.behaviour, time.monotonic()).leave(left, decode(http))

    def refuse(self, code: str) -> HttpResponse:
        """The answer that refuses a request with a code, whatever was asked."""
        return _written(_refusal(code, self.behaviour))

    def _refuse_replay(self, http: HttpRequest, behaviour: Behaviour) -> None:
        """The very same request, where that isn't answered again."""
        if behaviour.readings["replayed-request"] == "answered":
            return
        key = hash(http)
        if key in self.account.seen:
            taken = behaviour.taken("replayed-request")
            if taken != "answered":
                raise RefusedError(behaviour.code("replayed-request", taken))
        self.account.seen.add(key)

    def _refuse_as_ordered(self, request: Request) -> None:
        if request.action != "CreateGroup":
            return
        group_ids = [each for each in request.values("GroupId") if isinstance(each, str)] or [""]
        for each in self.scripted:
            if each.times != 0 and fnmatchcase(group_ids[-1], each.group_ids):
                if each.times is not None:
                    each.times -= 1
                raise RefusedError(each.code)


def _refusal(code: str, behaviour: Behaviour) -> Reply:
    code = behaviour.recode(code)
    message = CODES[code].message if code in CODES else "未知错误。"
    return _reply({"Error": {"Code": code, "Message": message}}, behaviour)


def _reply(result: Mapping[str, object], behaviour: Behaviour) -> Reply:
    body = {"Response": {**result, "RequestId": behaviour.request_id()}}
    return Reply(200, {"Content-Type": "application/json"}, body)


def _leave_unauthenticated(actions: Actions, http: HttpRequest) -> None:
    if "unauthenticated" not in actions.behaviour.leaves:
        return
    try:
        request = decode(http)
    except UndecodableError:
        return
    if request.action == "CreateGroup":
        actions.leave(frozenset({"group"}), request)


def _written(reply: Reply) -> HttpResponse:
    body = reply.body
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return HttpResponse(reply.status, tuple(reply.headers.items()), body)
