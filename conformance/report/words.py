"""Numbers and steps in words: how many, what was sent and, where that isn't as usual, how."""

from __future__ import annotations

import json

from conformance.exchange.cases import Sending, Step
from conformance.exchange.delivery import TWISTS
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form

__all__ = ["delivery", "sent"]

_FORMS = {Form.JSON: "", Form.JSON_RAW: "unescaped", Form.FORM: "as a form", Form.QUERY: "as a GET"}
_SENDINGS = {
    Sending.ALONE: "",
    Sending.TWICE: "twice, byte by byte the same",
    Sending.TOGETHER: "{copies} at once",
    Sending.PIPELINED: "{copies} on one connection before the first answer",
    Sending.LOST: "and the connection cut before the answer",
}


def sent(step: Step) -> str:
    """The action and the parameters of a step."""
    return f"{step.request.action} {json.dumps(step.request.plain, ensure_ascii=False)}"


def delivery(step: Step) -> str:
    """How a step is delivered, where it isn't as usual; else empty."""
    words = [
        _FORMS[step.form],
        "" if step.scheme is Scheme.TC3 else f"signed with {step.scheme}",
        *(f"{TWISTS[each.partition('=')[0]].about} ({each})" for each in step.twists),
        _SENDINGS[step.sending].format(copies=step.copies),
    ]
    return ", ".join(each for each in words if each)
