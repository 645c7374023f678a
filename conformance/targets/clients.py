"""A client as a target: its driver, and the server that plays at it. What was really sent is what the server saw."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.base.credentials import Credentials
from conformance.base.errors import UnsupportedError
from conformance.base.hosts import SERVICE_HOST
from conformance.emulator import Emulator
from conformance.exchange.calls import Call, CallCase
from conformance.exchange.driver_protocol import Ability, Hello, Reach, Unsupported, call_message
from conformance.exchange.messages import Exchange, HttpRequest
from conformance.exchange.observed_calls import TOKEN, Ended, ObservedCall, ObservedCase
from conformance.exchange.plays import PLAY, Trick
from conformance.exchange.wire import Sender
from conformance.targets.drivers import DriverProcess
from conformance.targets.stage import Act, Stage

__all__ = ["ClientTarget", "needs_of"]

# So many drivers wait for time-outs side by side.
_SIDE_BY_SIDE = 6
# A result must have come after so many times the time-out that was asked for.
_PATIENCE = 2
_USUAL_TIMEOUT = Call({}).timeout
_NO_SERVER = "requests go through the client's calls alone"


def needs_of(call: Call) -> frozenset[Ability]:
    """What a client must be able to do for a call, beside its method and its signing."""
    values = [each for value in call.parameters.values() for each in (value if isinstance(value, list) else [value])]
    texts = "".join(each for each in values if isinstance(each, str))
    needed = {
        Ability.KEPT: call.client == "kept",
        Ability.RETRIES: call.retries == "own",
        Ability.TIMEOUT: call.timeout != _USUAL_TIMEOUT,
        Ability.TOKEN: call.token,
        Ability.LANGUAGE: call.language is not None,
        Ability.EMPTY: any(value in ("", []) for value in call.parameters.values()) or "" in values,
        Ability.NULL: None in call.parameters.values(),
        Ability.LIST_NULL: any(isinstance(value, list) and None in value for value in call.parameters.values()),
        Ability.SURROGATES: any("\ud800" <= each <= "\udfff" for each in texts),
        Ability.NUL: "\0" in texts,
    }
    return frozenset(ability for ability, is_needed in needed.items() if is_needed)


def _why_not(call: Call, hello: Hello) -> str:
    """What a client can't do of a call; empty where it can."""
    if call.method not in hello.methods:
        return f"it sends no {call.method}"
    if call.signing not in hello.signing:
        return f"it doesn't sign with {call.signing}"
    if lacking := needs_of(call) - hello.can:
        return f"it can't: {', '.join(sorted(lacking))}"
    return ""


@dataclass(slots=True, repr=False)
class _Booth:
    """One driver, and the server for it alone: one call in flight at a time."""

    driver: DriverProcess
    stage: Stage
    credentials: Credentials
    region: str
    usual: float = 0.0
    _asked: int = 0
    _stray: tuple[str, ...] = ()  # what the driver wrote before its hello
    _seen: list[tuple[ObservedCase, list[Act]]] = field(default_factory=list)

    def observe(self, case: CallCase, salt: str) -> ObservedCase:
        """Make the calls of a case, and see what comes of them. Raises TargetUnusableError."""
        seen: list[ObservedCall] = []
        acts: list[Act] = []
        for index, template in enumerate(case.calls):
            if not self.driver.is_running:
                self._stray = self.driver.start()[1]
            is_last = index == len(case.calls) - 1
            plays = case.plays if is_last else ("as-it-is",)
            word = salt if any("<salt>" in str(each) for each in template.parameters.values()) else ""
            act = Act([PLAY[each] for each in plays], word)
            acts.append(act)
            seen.append(self._call(template.filled(salt), act))
            if isinstance(seen[-1].outcome, Ended | Unsupported):
                break
        assert self.driver.hello is not None  # noqa: S101 -- it was started
        observed = ObservedCase(case, salt, seen, self.driver.hello, self.credentials, self.region)
        self._seen.append((observed, acts))
        return observed

    def late(self) -> Iterator[tuple[ObservedCase, ObservedCall, int]]:
        """The calls for which more arrived after their results, and how much."""
        for observed, acts in self._seen:
            for call, act in zip(observed.calls, acts, strict=True):
                if len(act.arrivals) > len(call.arrivals):
                    yield observed, call, len(act.arrivals) - len(call.arrivals)

    def _call(self, call: Call, act: Act) -> ObservedCall:
        hello = self.driver.hello
        assert hello is not None  # noqa: S101 -- it was started
        self._asked += 1
        id_ = f"call-{self._asked}"
        if why := _why_not(call, hello):
            return ObservedCall(call, (), Unsupported(id_, why), asked=False)
        server = self._server(hello.reach[0], deaf=act.plays[0].trick is Trick.DEAF)
        self.stage.emulator.credentials = credentials = self._credentials(call)
        self.stage.begin(act, is_proxy=hello.reach[0] is Reach.PROXY)
        given = {"secret_id": credentials.secret_id.reveal(), "secret_key": credentials.secret_key.reveal()}
        if credentials.token is not None:
            given["token"] = credentials.token.reveal()
        line = call_message(id_, call, server, given, self.region)
        reply = self.driver.ask(id_, line, _PATIENCE * (call.timeout + self.usual))
        act.over.set()
        arrived, stray = tuple(act.arrivals), (*self._stray, *reply.stray)
        self._stray = ()
        return ObservedCall(call, arrived, reply.outcome, reply.told, reply.seconds, stray, time.time())

    def _credentials(self, call: Call) -> Credentials:
        return replace(self.credentials, token=TOKEN) if call.token else self.credentials

    def _server(self, reach: Reach, *, deaf: bool) -> dict[str, str]:
        address = self.stage.deaf if deaf else self.stage.address
        match reach:
            case Reach.ENDPOINT:
                return {"reach": str(reach), "endpoint": f"http://{address}"}
            case Reach.PROXY:
                return {"reach": str(reach), "endpoint": f"http://{SERVICE_HOST}", "proxy": f"http://{address}"}
            case Reach.RESOLUTION:
                port = address.rpartition(":")[2]
                return {"reach": str(reach), "endpoint": f"http://{SERVICE_HOST}:{port}", "address": address}


class ClientTarget:
    """A client that is judged: a driver's command, started when it is first needed."""

    exclusive = True

    def __init__(
        self, name: str, command: Sequence[str], sender: Sender, folder: Path | None = None, side_by_side: int = 1
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            name: as the user wrote it.
            command: the driver's program and its arguments.
            sender: with whose key and region it is asked to sign.
            folder: in which the driver works.
            side_by_side: how many drivers make calls; more than one, where each starts a process a call.
        """
        self.name, self.sender = name, sender
        self._command, self._folder = command, folder
        self._booths: list[_Booth] = []
        self._free: list[_Booth] = []
        self._first: _Booth | None = None
        self.side_by_side = side_by_side
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE if side_by_side == 1 else side_by_side, "client")
        self._usual = 0.0
        self._waited: dict[str, Future[ObservedCase]] = {}

    def observe(self, case: CallCase, salt: str) -> ObservedCase:
        """What is seen of a case; one that was begun before is waited for. Raises TargetUnusableError."""
        if (begun := self._waited.pop(case.id, None)) is not None:
            return begun.result()
        if self._first is None:
            self._first = self._booth()
        seen = self._first.observe(case, salt)
        self._usual = self._usual or max(each.seconds for each in seen.calls)
        return seen

    def hello(self) -> Hello:
        """What the driver says; it is started, if it wasn't. Raises TargetUnusableError."""
        if self._first is None:
            self._first = self._booth()
        if not self._first.driver.is_running:
            self._first.driver.start()
        assert self._first.driver.hello is not None  # noqa: S101 -- it was started
        return self._first.driver.hello

    def begin(self, cases: Sequence[tuple[CallCase, str]]) -> None:
        """Begin cases that wait, side by side, each with its salt."""
        for case, salt in cases:
            self._waited[case.id] = self._pool.submit(self._aside, case, salt)

    def _aside(self, case: CallCase, salt: str) -> ObservedCase:
        booth = self._free.pop() if self._free else self._booth()
        # What a call takes without any waiting, such as a program that starts, is no part of a time-out.
        booth.usual = self._usual
        try:
            return booth.observe(case, salt)
        finally:
            self._free.append(booth)

    def _booth(self) -> _Booth:
        driver = DriverProcess(self._command, self._folder)
        booth = _Booth(driver, Stage(Emulator()), self.sender.credentials, self.sender.region)
        self._booths.append(booth)
        return booth

    def leave(self) -> list[str]:
        """Let the drivers go; what was wrong with how they left, a part of a sentence each."""
        return [wrong for each in self._booths if (wrong := each.driver.leave())]

    def late(self) -> list[tuple[ObservedCase, ObservedCall, int]]:
        """Each call for which more arrived after its result, and how much."""
        return [found for each in self._booths for found in each.late()]

    # --- What only servers do ------------------------------------------------------------------------------

    def send(self, _http: HttpRequest) -> Exchange:
        """A client sends its own requests alone."""
        raise UnsupportedError(_NO_SERVER)

    def together(self, _requests: Sequence[HttpRequest]) -> list[Exchange]:
        """As `send`."""
        raise UnsupportedError(_NO_SERVER)

    def pipelined(self, _requests: Sequence[HttpRequest]) -> list[Exchange]:
        """As `send`."""
        raise UnsupportedError(_NO_SERVER)

    def abandon(self, _http: HttpRequest) -> Exchange:
        """As `send`."""
        raise UnsupportedError(_NO_SERVER)

    def with_quota(self, _groups: int) -> ClientTarget:
        """As `send`."""
        raise UnsupportedError(_NO_SERVER)

    def close(self) -> None:
        """Stop the drivers and their servers."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for each in self._booths:
            each.driver.stop()
            each.stage.close()
