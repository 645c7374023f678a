"""A state machine over the five actions: histories of an account, made against a model of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from conformance.exchange.cases import Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.strategies.sequences import delete, information, listing, modify
from conformance.strategies.templates import keeping_all

__all__ = ["account_machine"]

_TEXTS = st.sampled_from([f"{SALT}{each}" for each in ("a", "b", "c", "ab", "A", "a-")])
_WRONG: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"Tag": "!"}, {"GroupExDescriptions": ["x", "x"]}, {"FaceModelVersion": "9.0"}, {"GroupName": f"{SALT}!"}]
)


def account_machine(send: Callable[[tuple[Step, ...]], None]) -> type[RuleBasedStateMachine]:
    """A state machine each of whose runs is one history, which is sent when it is whole.

    Args:
        send: gets the steps of a history; what it raises makes Hypothesis look for a shorter one.
    """

    class Account(RuleBasedStateMachine):
        """Which requests come next depends on a model: the groups that the page says are there."""

        def __init__(self) -> None:
            super().__init__()
            self.groups: dict[str, str] = {}
            self.steps: list[Step] = []

        def _send_later(self, request: Request) -> None:
            self.steps.append(Step(request))

        @rule(group_id=_TEXTS, name=_TEXTS, more=keeping_all())
        def create(self, group_id: str, name: str, more: Request) -> None:
            """Create a group, which succeeds if neither id nor name is in use."""
            self._send_later(Request.of({**dict(more.parameters), "GroupId": group_id, "GroupName": name}))
            if group_id not in self.groups and name not in self.groups.values():
                self.groups[group_id] = name

        @rule(group_id=_TEXTS, wrong=_WRONG)
        def fail_to_create(self, group_id: str, wrong: dict[str, Any]) -> None:
            """Ask for a group that can't be."""
            self._send_later(Request.of({"GroupName": group_id, "GroupId": group_id, **wrong}))

        @precondition(lambda self: self.groups)
        @rule(data=st.data())
        def delete(self, data: st.DataObject) -> None:
            """Delete a group that is there."""
            group_id = data.draw(st.sampled_from(sorted(self.groups)))
            self._send_later(delete(group_id))
            del self.groups[group_id]

        @precondition(lambda self: self.groups)
        @rule(data=st.data(), name=_TEXTS)
        def rename(self, data: st.DataObject, name: str) -> None:
            """Give a group another name, which succeeds if nobody has it."""
            group_id = data.draw(st.sampled_from(sorted(self.groups)))
            self._send_later(modify(group_id, GroupName=name))
            if name not in self.groups.values():
                self.groups[group_id] = name

        @rule(group_id=_TEXTS)
        def look(self, group_id: str) -> None:
            """Look at a group that may be there."""
            self._send_later(information(group_id))

        @rule()
        def list_all(self) -> None:
            """List the groups."""
            self._send_later(listing())

        def teardown(self) -> None:
            """Send the whole history."""
            if self.steps:
                send(tuple(self.steps))

    return Account
