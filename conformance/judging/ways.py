"""Ways to deliver a request that a target may not serve at all: told once, and not tried again and again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.contract import ACTION
from conformance.exchange.cases import Case, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import ID, NAME
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form

__all__ = ["PROBES", "Way", "Ways", "ways_of"]


class Way(StrEnum):
    """A way to deliver a request beside a POST of JSON to CreateGroup, signed with TC3-HMAC-SHA256."""

    GET = "get"
    FORM = "form"
    V1 = "v1"
    SISTERS = "sisters"

    @property
    def about(self) -> str:
        """The way in words, as the subject of a sentence."""
        return _ABOUT[self]


_ABOUT = {
    Way.GET: "requests by GET are",
    Way.FORM: "forms are",
    Way.V1: "signatures of version 1 are",
    Way.SISTERS: "actions beside CreateGroup are",
}


def ways_of(step: Step) -> frozenset[Way]:
    """The ways by which a step goes."""
    by = {
        Way.GET: step.form is Form.QUERY,
        Way.FORM: step.form is Form.FORM,
        Way.V1: step.scheme is not Scheme.TC3,
        Way.SISTERS: step.request.action != ACTION,
    }
    return frozenset(way for way, goes in by.items() if goes)


def _probe(clause: str, about: str, form: Form, scheme: Scheme = Scheme.TC3) -> Case:
    step = Step(Request.of({"GroupName": NAME if form is Form.JSON else ID, "GroupId": ID}), form, scheme)
    return Case(clause, about, (step,))


# A plain request by each way, in an order in which one that fails tells by which way.
PROBES: dict[Way, Case] = {
    Way.GET: _probe("Protocol.get", "whether GET is served", Form.QUERY),
    Way.V1: _probe("Authentication.version-1", "whether version 1 is served", Form.QUERY, Scheme.SHA256),
    Way.FORM: _probe("Protocol.form", "whether forms are served", Form.FORM, Scheme.SHA256),
}
_WAY_OF = {case.id: way for way, case in PROBES.items()}


@dataclass(slots=True)
class Ways:
    """What a target serves, as far as is known.

    Attributes:
        lacking: the ways that it doesn't serve, and why that is known.
    """

    lacking: dict[Way, str] = field(default_factory=dict)

    def learn(self, case: Case, why: str) -> None:
        """A case wasn't carried out; if it is a probe, its way isn't served."""
        if (way := _WAY_OF.get(case.id)) is not None:
            self.lacking[way] = f"{way.about}n't served: {why}"

    def why_not(self, case: Case) -> str | None:
        """Why a case can't be sent; None where it can."""
        needed = {way for step in case.steps for way in ways_of(step)}
        return next((why for way, why in self.lacking.items() if way in needed), None)
