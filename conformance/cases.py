"""Cases: requests, or short sequences of them, that belong together, with an id made of their content."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from conformance.contract import ACTION
from conformance.request import Request
from conformance.wire import Form

__all__ = ["Case", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a case.

    Attributes:
        request: a template; the steps of a case share their salt.
        form: how it is written.
    """

    request: Request
    form: Form = Form.JSON


@dataclass(frozen=True, slots=True)
class Case:
    """Requests that belong together.

    Attributes:
        clause: id of the clause that it aims at. It names and selects the case; the verdict never depends on it.
        about: what is special about it.
        steps: the requests, in order.
    """

    clause: str
    about: str
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """Ten hexadecimal digits made of the steps: the same wherever the case stands."""
        return hashlib.sha256(_dumps([_step_to_json(each) for each in self.steps]).encode()).hexdigest()[:10]

    @classmethod
    def single(cls, clause: str, about: str, request: Request, form: Form = Form.JSON) -> Case:
        """A case of one request."""
        return cls(clause, about, (Step(request, form),))

    def to_line(self) -> str:
        """The case as one line of JSON, readable: only what can't be seen is escaped."""
        steps = [_step_to_json(each) for each in self.steps]
        return _dumps({"id": self.id, "clause": self.clause, "about": self.about, "steps": steps})

    @classmethod
    def from_line(cls, line: str) -> Case:
        """The case that a line says. Raises ValueError if its id isn't that of its content."""
        raw = json.loads(line)
        case = cls(raw["clause"], raw["about"], tuple(_step_from_json(each) for each in raw["steps"]))
        if case.id != raw["id"]:
            raise ValueError(f"case {raw['id']} was edited by hand: its content makes the id {case.id}")
        return case


def _step_to_json(step: Step) -> dict[str, object]:
    request = step.request
    written: dict[str, object] = {}
    if request.action != ACTION:
        written["action"] = request.action
    if step.form is not Form.JSON:
        written["form"] = str(step.form)
    written["parameters"] = request.plain
    return written


def _step_from_json(raw: dict[str, object]) -> Step:
    parameters = raw["parameters"]
    pairs = parameters.items() if isinstance(parameters, dict) else parameters
    assert isinstance(pairs, (list, type({}.items())))  # noqa: S101 -- a shape that `to_line` writes
    request = Request(tuple((str(name), value) for name, value in pairs), str(raw.get("action", ACTION)))
    return Step(request, Form(str(raw.get("form", Form.JSON))))


_UNSEEN = re.compile(r"[^\x20-\x7e\u4e00-\u9fff\uff00-\uff5e\u2018-\u201d]")


def _dumps(value: object) -> str:
    """JSON in which every character that can't be seen, or not everywhere, is escaped."""
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], json.dumps(value, ensure_ascii=False))
