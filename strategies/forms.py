"""Plain ids and names in many forms: whoever is right only for those that look like a suite's shall be found."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract import ACTION, ARRAYS, CLAUSE
from conformance.exchange.cases import Case, Sending
from conformance.exchange.request import Request
from conformance.exchange.salt import ID, NAME, SALT
from conformance.exchange.wire import Form

__all__ = ["in_many_forms", "is_sayable"]


def in_many_forms(case: Case) -> Case:
    """A case of one request whose id and name take another form with each salt, where the case isn't about them.

    What is compared with other requests, or changed on its way, stays as it is. Of what isn't JSON the name has only
    what needs no escape, so that a reader who mistakes an escape fails the clause on escapes.
    """
    (step, *more) = case.steps
    if more or step.twists or step.sending is not Sending.ALONE or step.request.action != ACTION:
        return case
    plain = {"GroupId": ID, "GroupName": NAME if step.form in {Form.JSON, Form.JSON_RAW} else ID}
    plain.pop(CLAUSE[case.clause].parameter, None)
    parameters = tuple(
        (name, plain[name] if value == SALT and name in plain else value) for name, value in step.request.parameters
    )
    return replace(case, steps=(replace(step, request=replace(step.request, parameters=parameters)),))


def is_sayable(request: Request) -> bool:
    """Whether a form can say it: texts, and lists of texts that aren't empty."""
    return all(
        isinstance(value, str)
        or (name in ARRAYS and isinstance(value, list) and value and all(isinstance(each, str) for each in value))
        for name, value in request.parameters
    )
