"""Ways to deliver a request that a target may not serve at all: told once, and not tried again and again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.base.errors import TransportError
from conformance.contract import ACTION, CLAUSE
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import Answer
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form, envelope
from conformance.oracle.prediction import Prediction, Refused

__all__ = ["PROBES", "Way", "Ways", "is_way_probe", "probed_for", "ways_of"]


class Way(StrEnum):
    """A way to deliver a request beside a POST of JSON to CreateGroup, signed with TC3-HMAC-SHA256.

    Attributes:
        about: the way in words, a plural.
    """

    about: str

    GET = "get", "requests by GET"
    FORM = "form", "forms"
    V1 = "v1", "signatures of version 1"
    SISTERS = "sisters", "actions beside CreateGroup"

    def __new__(cls, word: str, about: str) -> Way:
        """A way whose value is the word alone."""
        way = str.__new__(cls, word)
        way._value_ = word
        way.about = about
        return way


def ways_of(case: Case) -> frozenset[Way]:
    """The ways by which a case goes. One that a sister action only follows doesn't need it: it ends before that."""
    by = {
        Way.GET: any(each.form is Form.QUERY for each in case.steps),
        Way.FORM: any(_is_form(each) for each in case.steps),
        Way.V1: any(each.scheme is not Scheme.TC3 for each in case.steps),
        Way.SISTERS: any(
            each.request.action != ACTION and each.request.action in CLAUSE[case.clause].needs for each in case.steps
        ),
    }
    return frozenset(way for way, goes in by.items() if goes)


def _is_form(step: Step) -> bool:
    return step.form is Form.FORM or any(each.startswith("as-form=") for each in step.twists)


# --- Probes --------------------------------------------------------------------------------------------------


def _probe(clause: str, about: str, form: Form, scheme: Scheme = Scheme.TC3) -> Case:
    return Case(clause, about, (Step(Request.of({"GroupName": SALT, "GroupId": SALT}), form, scheme),))


# A plain request by each way, in an order in which one that fails tells by which way.
PROBES: dict[Way, Case] = {
    Way.GET: _probe("Protocol.get", "whether GET is served", Form.QUERY),
    Way.V1: _probe("Authentication.version-1", "whether version 1 is served", Form.QUERY, Scheme.SHA256),
    Way.FORM: _probe("Protocol.form", "whether forms are served", Form.FORM, Scheme.SHA256),
}
_PROBE_IDS = frozenset(each.id for each in PROBES.values())


def is_way_probe(case: Case) -> bool:
    """Whether a case shows if a way is served at all."""
    return case.id in _PROBE_IDS


def probed_for(cases: Iterable[Case], drawn: Iterable[Way] = ()) -> frozenset[str]:
    """The ids of the probes that tell by which ways cases can be sent.

    Args:
        cases: those that are asked for.
        drawn: the ways by which cases go that are still to be drawn.
    """
    ways = frozenset(drawn).union(*map(ways_of, cases))
    for way, probe in reversed(PROBES.items()):
        if way in ways:
            ways |= ways_of(probe)
    return frozenset(probe.id for way, probe in PROBES.items() if way in ways)


# --- What is known of a target -------------------------------------------------------------------------------


@dataclass(slots=True)
class Ways:
    """By which ways a target is asked.

    Attributes:
        left_out: the ways that nobody shall try.
        lacking: the ways that it doesn't serve, and why that is known; a sentence.
        served: the ways by which a probe was carried out.
    """

    left_out: tuple[Way, ...] = ()
    lacking: dict[Way, str] = field(default_factory=dict)
    served: set[Way] = field(default_factory=set)

    def barred(self, case: Case) -> Way | None:
        """The way for want of which a case can't be sent; None where it can."""
        missing = (*self.left_out, *self.lacking)
        needed = ways_of(case) if missing else frozenset()
        return next((way for way in missing if way in needed), None)

    def why(self, way: Way) -> str:
        """Why nothing goes by a way that is left out, or that isn't served."""
        return f"left out by --without {way}" if way in self.left_out else self.lacking[way]

    def learn(self, case: Case, prediction: Prediction, answer: Answer) -> str | None:
        """Learn from what came of a case, if it is a probe.

        Returns:
            That its way isn't served; a sentence. None where it is, or where the answer is to be judged as any other.
        """
        if not is_way_probe(case):
            return None
        if _is_carried_out(answer):
            self.served |= ways_of(case)
            return None
        unknown = [each for each in Way if each in ways_of(case) - self.served]
        if not unknown or _is_allowed(answer, prediction):
            return None
        why = f"{' or '.join(each.about for each in unknown)} aren't served: {_told(answer)}"
        self.lacking |= dict.fromkeys(unknown, why)
        return why


def _is_carried_out(answer: Answer) -> bool:
    """Whether a request was accepted, however badly that is written."""
    if isinstance(answer, TransportError):
        return False
    parsed = envelope(answer)
    return b'"FaceModelVersion"' in answer.body if parsed.problem is not None else parsed.error is None


def _is_allowed(answer: Answer, prediction: Prediction) -> bool:
    code = None if isinstance(answer, TransportError) else envelope(answer).code
    return bool(prediction.ways_to(Refused(code))) if code else prediction.may_be_turned_away


def _told(answer: Answer) -> str:
    """What came, in a few words."""
    if isinstance(answer, TransportError):
        return str(answer)
    return envelope(answer).code or f"HTTP {answer.status}, and no answer of the API"
