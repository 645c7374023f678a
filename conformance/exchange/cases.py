"""Cases: requests, or short sequences of them, that belong together, with an id made of their content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from conformance.base.shapes import ANYTHING, FLAG, TEXT, Items, Members, Named, check, optional, whole
from conformance.contract import ACTION
from conformance.exchange.request import Request
from conformance.exchange.salt import CERTAIN, MARKER, fill, fill_text
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form

__all__ = ["Case", "Sending", "Step"]


_MOST_COPIES = 100
_LONGEST_PAUSE = 60  # seconds


class Sending(StrEnum):
    """How the copies of a step are sent."""

    ALONE = "alone"
    TWICE = "twice"  # the very same bytes again
    TOGETHER = "together"  # at once, each on a connection of its own
    PIPELINED = "pipelined"  # on one connection, without waiting for answers
    LOST = "lost"  # and the connection is cut before the answer


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a case, or several that are sent as one.

    Attributes:
        request: a template; the steps of a case share their salt.
        form: how it is written.
        scheme: how it is signed.
        twists: in what else its delivery differs from a plain one; see `conformance.exchange.delivery`.
        sending: how it is sent.
        copies: how many requests; in the n-th, `<n>` in a text is its number.
        pause: seconds to wait before it is sent.
    """

    request: Request
    form: Form = Form.JSON
    scheme: Scheme = Scheme.TC3
    twists: tuple[str, ...] = ()
    sending: Sending = Sending.ALONE
    copies: int = 1
    pause: float = 0.0

    @property
    def requests(self) -> int:
        """How many requests are sent."""
        return 2 if self.sending is Sending.TWICE else self.copies

    @property
    def is_plain(self) -> bool:
        """Whether it is one request, signed and written as usual."""
        return self == Step(self.request, self.form) and self.form in {Form.JSON, Form.JSON_RAW}

    def filled(self, salt: str) -> Step:
        """The step with its markers replaced."""
        return replace(
            self, request=fill(self.request, salt), twists=tuple(fill_text(each, salt) for each in self.twists)
        )

    def copy(self, number: int) -> Request:
        """The request of one of its copies."""
        values = ((name, _numbered(value, number)) for name, value in self.request.parameters)
        return replace(self.request, parameters=tuple(values))

    def to_json(self) -> dict[str, object]:
        """The step as JSON values; what is as usual is left out."""
        request = self.request
        written: dict[str, object] = {}
        if request.action != ACTION:
            written["action"] = request.action
        if self.form is not Form.JSON:
            written["form"] = str(self.form)
        if self.scheme is not Scheme.TC3:
            written["scheme"] = str(self.scheme)
        if self.twists:
            written["twists"] = list(self.twists)
        if self.sending is not Sending.ALONE:
            written["sending"] = str(self.sending)
        if self.copies != 1:
            written["copies"] = self.copies
        if self.pause:
            written["pause"] = self.pause
        written["parameters"] = request.plain
        return written

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Step:
        """The step that `to_json` wrote. Raises ValueError where it didn't."""
        known = {"action", "form", "scheme", "twists", "sending", "copies", "pause", "parameters"}
        if unknown := set(raw) - known:
            raise ValueError(f"a step has no {min(unknown)!r}: it has {', '.join(sorted(known))}")
        parameters, twists, copies = raw.get("parameters", {}), raw.get("twists", []), raw.get("copies", 1)
        if not isinstance(parameters, dict | list) or not isinstance(twists, list) or not isinstance(copies, int):
            raise ValueError("a step has an object of parameters, a list of twists, and a number of copies")  # noqa: TRY004
        if not isinstance(raw.get("action", ACTION), str):
            raise ValueError("an action is a text")  # noqa: TRY004 -- a mistake in a file, not in a program
        if isinstance(parameters, list) and not all(isinstance(each, list) and len(each) == 2 for each in parameters):
            raise ValueError("parameters are an object, or a list of pairs where a name comes twice")
        if not 1 <= copies <= _MOST_COPIES:
            raise ValueError(f"a step has from 1 to {_MOST_COPIES} copies, not {copies}")
        pause = raw.get("pause", 0.0)
        if not isinstance(pause, int | float) or not 0 <= pause <= _LONGEST_PAUSE:
            raise ValueError(f"a step waits from 0 to {_LONGEST_PAUSE} seconds, not {pause!r}")
        pairs = parameters.items() if isinstance(parameters, dict) else parameters
        request = Request(tuple((str(name), value) for name, value in pairs), str(raw.get("action", ACTION)))
        return cls(
            request,
            _one_of(Form, raw.get("form", Form.JSON), "form"),
            _one_of(Scheme, raw.get("scheme", Scheme.TC3), "scheme"),
            tuple(map(str, twists)),
            _one_of(Sending, raw.get("sending", Sending.ALONE), "sending"),
            copies,
            float(pause),
        )


_Named = TypeVar("_Named", bound=StrEnum)


def _one_of(kind: type[_Named], value: object, name: str) -> _Named:
    """The member of an enumeration. Raises ValueError that names them all."""
    try:
        return kind(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no {name}: there are {', '.join(kind)}") from error


def _numbered(value: object, number: int) -> object:
    return value.replace("<n>", str(number)) if isinstance(value, str) else value


_CASE = Members(
    {"id": TEXT, "clause": TEXT, "about": TEXT, "steps": Items(Named(ANYTHING))},
    {"quota": optional(whole(0, 10**9)), "aside": FLAG},
)


@dataclass(frozen=True)
class Case:
    """Requests that belong together.

    Attributes:
        clause: id of the clause that it aims at. It names and selects the case; the verdict never depends on it.
        about: what is special about it.
        steps: the requests, in order.
        quota: how many groups the account may have that it needs; None for any.
        probe: whether it is no case of a list, and aims at nothing: it finds out something between the steps of others,
            or is what others sent.
        context: of which plain case it was made, and in which of its contexts it is; None for a plain one.
        left_out: what was left out of that context.
    """

    clause: str
    about: str
    steps: tuple[Step, ...]
    quota: int | None = None
    probe: bool = False
    context: tuple[Case, int] | None = field(default=None, compare=False, repr=False)
    left_out: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """Ten hexadecimal digits made of the steps: the same wherever the case stands."""
        content = _dumps([each.to_json() for each in self.steps]) + ("aside" if self.probe else "")
        return hashlib.sha256(content.encode()).hexdigest()[:10]

    @property
    def requests(self) -> int:
        """How many requests it sends."""
        return sum(each.requests for each in self.steps)

    @classmethod
    def single(cls, clause: str, about: str, request: Request, form: Form = Form.JSON, *, probe: bool = False) -> Case:
        """A case of one request."""
        return cls(clause, about, (Step(request, form),), probe=probe)

    @property
    def is_short(self) -> bool:
        """Whether an id or name has room for no more than a part of a salt, so that it may be in use."""
        pairs = [pair for step in self.steps for pair in step.request.parameters]
        texts = [value for name, value in pairs if name in {"GroupId", "GroupName"} and isinstance(value, str)]
        return any(match[2] and int(match[2]) < CERTAIN for each in texts for match in MARKER.finditer(each))

    def to_line(self) -> str:
        """The case as one line of JSON, readable: only what can't be seen is escaped."""
        written: dict[str, object] = {"id": self.id, "clause": self.clause, "about": self.about}
        if self.quota is not None:
            written["quota"] = self.quota
        if self.probe:
            written["aside"] = True
        return _dumps({**written, "steps": [each.to_json() for each in self.steps]})

    @classmethod
    def from_line(cls, line: str) -> Case:
        """The case that a line says. Raises ValueError if its id isn't that of its content."""
        raw = json.loads(line)
        check(raw, _CASE, "a case")
        steps = tuple(Step.from_json(each) for each in raw["steps"])
        case = cls(raw["clause"], raw["about"], steps, raw.get("quota"), raw.get("aside", False))
        if case.id != raw["id"]:
            raise ValueError(f"case {raw['id']} was edited by hand: its content makes the id {case.id}")
        return case


_UNSEEN = re.compile(r"[^\x20-\x7e\u4e00-\u9fff\uff00-\uff5e\u2018-\u201d]")


def _dumps(value: object) -> str:
    """JSON in which every character that can't be seen, or not everywhere, is escaped."""
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], json.dumps(value, ensure_ascii=False))
