"""What a run found: of which clause, shown by which requests, and what it could not see. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.contract import ACTION, CLAUSE
from conformance.exchange.cases import Case, Step
from conformance.exchange.messages import HttpRequest
from conformance.exchange.salt import ID, NAME, SALT
from conformance.exchange.wire import Form
from conformance.judging.judge import DepartureKind
from conformance.privacy.secrets import Secrets

__all__ = ["NOT_RECORDED", "PLAIN", "Failure", "Occurrences", "Results", "Tally", "masked"]

# The parameters that every request needs, as plain as can be.
PLAIN = (("GroupName", SALT), ("GroupId", SALT))
# In the place of the departures of a case that a recording lacks.
NOT_RECORDED = ("not recorded",)
# How many failures of a kind are kept.
_SMALLEST = 3
# So many requests are few enough to be repeated body by body.
_FEW = 2


@dataclass(frozen=True, slots=True, repr=False)
class Failure:
    """A departure, and the requests that show it.

    Attributes:
        clause, kind, expected, observed: see `Departure`.
        sent: the requests in order, the last of which shows it.
        bodies: what was sent, as it went over the wire.
        number: how many requests the run had sent.
        case: the case as a template, up to that request.
    """

    clause: str
    kind: DepartureKind
    expected: tuple[str, ...]
    observed: str
    sent: tuple[Step, ...]
    bodies: tuple[HttpRequest, ...]
    number: int
    case: Case

    @property
    def size(self) -> tuple[bool, int, int, int]:
        """How large it is to read: whether it needs other cases; requests, parameters that aren't plain, characters."""
        last = self.case.steps[-1]
        parameters = last.request.parameters
        plain = (SALT, ID, NAME)
        remarkable = sum(name not in dict(PLAIN) or value not in plain for name, value in parameters) + len(last.twists)
        remarkable += last.form not in {Form.JSON, Form.JSON_RAW}
        left_out = sum(name not in dict(parameters) for name, _ in PLAIN)
        # Of the template: what a marker stands for is of any length.
        texts = [value for step in self.case.steps for _, value in step.request.parameters]
        characters = sum(len(str(each)) for each in texts if each not in plain)
        return self.needs_others, len(self.bodies), remarkable + left_out, characters

    @property
    def is_plain(self) -> bool:
        """Whether it is a plain creation, or two, on any account: their bodies are all that there is to send again."""
        plain = all(each.is_plain and each.request.action == ACTION for each in self.sent)
        return plain and len(self.bodies) <= _FEW and self.case.quota is None

    @property
    def needs_others(self) -> bool:
        """Whether a list shows something of groups that none of the requests names."""
        if self.sent[-1].request.action != "GetGroupList":
            return False
        told = " ".join((*self.expected, self.observed))
        return not any((each.request.last_text("GroupId") or "\0") in told for each in self.sent)


def masked(failure: Failure, secrets: Secrets) -> Failure:
    """A failure as people may see it: without what its requests carry, or anybody else did before, of secrets.

    Of what was sent stays what is shown: where it went, and the bodies of plain creations. Others may be of megabytes.
    """
    secrets.learn(*failure.bodies)

    def shown(http: HttpRequest) -> HttpRequest:
        return HttpRequest(http.method, http.url.partition("?")[0], (), http.body if failure.is_plain else b"")

    return secrets.masked(replace(failure, bodies=tuple(map(shown, failure.bodies))))


@dataclass(slots=True)
class Occurrences:
    """How often something was seen.

    Attributes:
        first: number of the request that first showed it.
        smallest: what is smallest to read of it.
        count: how often.
    """

    first: int
    smallest: Failure
    count: int = 0


@dataclass(slots=True)
class Tally:
    """What was seen of one clause."""

    kept: int = 0
    broken: int = 0
    open: int = 0

    @property
    def judged(self) -> int:
        """How many answers were held against it."""
        return self.kept + self.broken + self.open


@dataclass(slots=True, repr=False)
class Results:
    """What a run found so far.

    Attributes:
        failures: (clause, kind) → the failures of it that are smallest to read, the smallest first.
        failed: (clause, kind) → how many there were.
        first_failed: (clause, kind) → number of the request that first showed it.
        aimed: (clause, kind, clause at which the request was aimed) → how often that was seen.
        tallies: clause → what was seen of it.
        codes: error code → how often it came.
        unseen: action, or case → why it could not be seen.
        unsupported: clause → what the target has no way to do, for want of which it wasn't seen.
        verdicts: case id → its departures, as `CLAUSE: KIND`, of the cases that a list names; to compare two runs.
        unrecorded: clauses of which a recording lacks cases.
        requests: how many were sent, of any action.
        groups_created: how many creations succeeded.
        groups_in_doubt: how many may have succeeded; nobody said.
    """

    failures: dict[tuple[str, DepartureKind], list[Failure]] = field(default_factory=dict)
    failed: Counter[tuple[str, DepartureKind]] = field(default_factory=Counter)
    first_failed: dict[tuple[str, DepartureKind], int] = field(default_factory=dict)
    aimed: dict[tuple[str, DepartureKind, str], Occurrences] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=lambda: {id_: Tally() for id_ in CLAUSE})
    codes: Counter[str] = field(default_factory=Counter)
    unseen: dict[str, str] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unrecorded: set[str] = field(default_factory=set)
    requests: int = 0
    groups_created: int = 0
    groups_in_doubt: int = 0

    def add(self, failure: Failure) -> Failure:
        """Count a failure, and keep it if it is among the smallest to read."""
        key = failure.clause, failure.kind
        self.failed[key] += 1
        self.first_failed.setdefault(key, self.requests)
        kept = self.failures.setdefault(key, [])
        kept.append(failure)
        kept.sort(key=lambda each: each.size)
        del kept[_SMALLEST:]
        seen = self.aimed.setdefault((*key, failure.case.clause), Occurrences(self.requests, failure))
        seen.count += 1
        seen.smallest = min(seen.smallest, failure, key=lambda each: each.size)
        return failure

    def note_unseen(self, what: str, why: str) -> None:
        """Note what could not be seen, once."""
        self.unseen.setdefault(what, why)

    def note(self, name: str, failures: Iterable[Failure]) -> None:
        """Keep the verdict on a case, or on an interaction, by its name."""
        found = {f"{each.clause}: {each.kind}" for each in failures}
        self.verdicts[name] = tuple(sorted(found.union(self.verdicts.get(name, ()))))

    def not_recorded(self, case: Case) -> None:
        """Note that a recording lacks a case: its clause was not seen, which is never a pass."""
        self.unrecorded.add(case.clause)
        self.verdicts[case.id] = NOT_RECORDED
