"""What a run found: of which clause, shown by which requests, and what it could not see. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.contract import ACTION, CLAUSE
from conformance.contract.rules import AnswerRule
from conformance.exchange.cases import Case, Step
from conformance.exchange.driver_protocol import Hello
from conformance.exchange.messages import HttpRequest
from conformance.exchange.salt import ID, NAME, SALT
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.judging.judge import DepartureKind
from conformance.privacy.secrets import Secrets

__all__ = ["NOT_RECORDED", "PLAIN", "Failure", "Occurrences", "Results", "Sighting", "Staged", "Tally", "masked"]

# The parameters that every request needs, as plain as can be.
PLAIN = (("GroupName", SALT), ("GroupId", SALT))
# In the place of the departures of a case that a recording lacks.
NOT_RECORDED = ("not recorded",)
# How many failures of a kind are kept.
_SMALLEST = 3
# What shows groups that other requests made.
_LIST = "GetGroupList"
_JSON = frozenset({Form.JSON, Form.JSON_RAW})
# The kinds of departures in which the answer was a code.
_REFUSED = frozenset(
    {
        DepartureKind.REJECTED_THOUGH_VALID,
        DepartureKind.WRONG_REASON,
        DepartureKind.IMPOSSIBLE_CODE,
        DepartureKind.UNDOCUMENTED_CODE,
    }
)
# So many requests are few enough to be repeated body by body.
_FEW = 2


@dataclass(frozen=True, slots=True)
class Staged:
    """How a failure of a client was brought about.

    Attributes:
        about: what is special about the case.
        calls: what was asked of the client, as JSON values.
        played: what the server did, in words; empty where it answered as it should.
        again: the command that does the same again.
    """

    about: str
    calls: tuple[Mapping[str, object], ...]
    played: tuple[str, ...]
    again: str


@dataclass(frozen=True, slots=True, repr=False)
class Failure:
    """A departure, and the requests that show it.

    Attributes:
        clause, kind, expected, observed, at_issue: see `Departure`.
        sent: the requests in order, the last of which shows it.
        bodies: what was sent, as it went over the wire.
        number: how many requests the run had sent.
        case: the case as a template, up to that request.
        staged: how it was brought about; of clients alone.
    """

    clause: str
    kind: DepartureKind
    expected: tuple[str, ...]
    observed: str
    sent: tuple[Step, ...]
    bodies: tuple[HttpRequest, ...]
    number: int
    case: Case
    at_issue: frozenset[str] = frozenset()
    staged: Staged | None = None

    @property
    def size(self) -> tuple[bool, int, int, int]:
        """How large it is to read: whether it needs other cases; requests, parameters that aren't plain, characters."""
        last = self.case.steps[-1]
        remarkable = self._remarkable + len(last.twists) + (last.form not in _JSON)
        # Of the template: what a marker stands for is of any length.
        texts = [value for step in self.case.steps for _, value in step.request.parameters]
        characters = sum(len(str(each)) for each in texts if each not in (SALT, ID, NAME))
        return self.needs_others, len(self.bodies), remarkable, characters

    @property
    def _remarkable(self) -> int:
        """In how many parameters the last request isn't as plain as can be."""
        parameters = self.case.steps[-1].request.parameters
        plain = (SALT, ID, NAME)
        other = sum(name not in dict(PLAIN) or value not in plain for name, value in parameters)
        return other + sum(name not in dict(parameters) for name, _ in PLAIN)

    @property
    def sighting(self) -> Sighting:
        """What there is to know of it to tell what explains it."""
        steps = self.case.steps
        forms = {str(each.form) for each in steps if each.form not in _JSON}
        by = forms | {str(each.scheme) for each in steps if each.scheme is not Scheme.TC3}
        return Sighting(
            self.clause,
            self.kind,
            self.case.clause,
            self.observed if self.kind in _REFUSED or self._is_unread else "",
            self.at_issue,
            frozenset(by),
            is_plain=all(each.is_plain and each.request.action != _LIST for each in steps),
            is_bare=len(steps) == 1 and not steps[0].twists and not self._remarkable,
        )

    @property
    def _is_unread(self) -> bool:
        """Whether it is of a clause on requests, whose answer can't be read."""
        return self.kind is DepartureKind.MALFORMED and not isinstance(CLAUSE[self.clause].rule, AnswerRule)

    @property
    def is_plain(self) -> bool:
        """Whether it is a plain creation, or two, on any account: their bodies are all that there is to send again."""
        plain = all(each.is_plain and each.request.action == ACTION for each in self.sent)
        return plain and len(self.bodies) <= _FEW and self.case.quota is None

    @property
    def needs_others(self) -> bool:
        """Whether a list shows something of groups that none of the requests names."""
        if self.sent[-1].request.action != _LIST:
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


@dataclass(frozen=True, slots=True)
class Sighting:
    """Failures between which nothing differs that tells what explains them.

    Attributes:
        clause, kind, at_issue: see `Departure`.
        aim: the clause at which the request was aimed.
        code: the code that came, or the status of what can't be read; empty where the departure is in something else.
        by: the ways by which the request went, beside JSON and TC3-HMAC-SHA256.
        is_plain: whether it and all requests before it were delivered as usual, one after the other, and it shows
            nothing of other cases.
        is_bare: whether it is a request by itself, with nothing but what every request needs.
    """

    clause: str
    kind: DepartureKind
    aim: str
    code: str = ""
    at_issue: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    is_plain: bool = True
    is_bare: bool = False


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
        sightings: the same in as much detail as tells what explains it.
        tallies: clause → what was seen of it.
        codes: error code → how often it came.
        unseen: action, or case → why it could not be seen.
        unsupported: clause → what the target has no way to do, for want of which it wasn't seen.
        verdicts: case id → its departures, as `CLAUSE: KIND`, of the cases that a list names; to compare two runs.
        client: what the driver says of the client that is judged; None for servers.
        remarks: what a reader of the report should know besides, a sentence each.
        unrecorded: clauses of which a recording lacks cases.
        requests: how many were sent, of any action.
        groups_created: how many creations succeeded.
        groups_in_doubt: how many may have succeeded; nobody said.
    """

    failures: dict[tuple[str, DepartureKind], list[Failure]] = field(default_factory=dict)
    failed: Counter[tuple[str, DepartureKind]] = field(default_factory=Counter)
    first_failed: dict[tuple[str, DepartureKind], int] = field(default_factory=dict)
    aimed: dict[tuple[str, DepartureKind, str], Occurrences] = field(default_factory=dict)
    sightings: dict[Sighting, Occurrences] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=lambda: {id_: Tally() for id_ in CLAUSE})
    codes: Counter[str] = field(default_factory=Counter)
    unseen: dict[str, str] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    client: Hello | None = None
    remarks: list[str] = field(default_factory=list)
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
        for seen in (
            self.aimed.setdefault((*key, failure.case.clause), Occurrences(self.requests, failure)),
            self.sightings.setdefault(failure.sighting, Occurrences(self.requests, failure)),
        ):
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
