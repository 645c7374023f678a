"""What others send to a server: whose it is, what was under way beside it, and what that leaves to be judged. Pure.

Nothing is known of an account beforehand, nor who else uses it. Each SecretId and each Region has a world of its own;
but two keys may belong to one account, and the page doesn't say that regions have groups of their own: what changes a
group in one world leaves it in doubt in the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.contract import ACTION, CODES, SISTERS, CodeKind
from conformance.exchange.compression import decompressed
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse, header
from conformance.exchange.reading import OTHER_VERSIONS, common_parameter
from conformance.exchange.wire import envelope
from conformance.judging.account_status import OF_THE_ACCOUNT, leaves_open
from conformance.judging.assessor import Assessor
from conformance.judging.ledger import Ledger, together
from conformance.judging.observed import GroupRef, ObservedExchange, group_ref, is_change
from conformance.judging.results import Failure
from conformance.oracle.world import World

__all__ = ["Opinion", "Traffic"]

_WRONGLY_SIGNED = "AuthFailure.SignatureFailure"
# So many refusals in a row are no mistake of one request.
_AGAIN_AND_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Opinion:
    """What there is to say of an exchange.

    Attributes:
        failures: its departures.
        unjudged: why it could not be judged; empty where it could.
        conclusive: whether, where it was judged, it tells something of the server: that a group exists may be so.
    """

    failures: tuple[Failure, ...] = ()
    unjudged: str = ""
    conclusive: bool = True


@dataclass(slots=True)
class _Concerned:
    """The worlds in which a doubt would change anything, by what it is about: the others needn't be asked."""

    _by_id: dict[bool, dict[str, dict[int, World]]] = field(default_factory=lambda: {True: {}, False: {}})
    _by_name: dict[str, dict[int, World]] = field(default_factory=dict)

    def note(self, world: World) -> None:
        """Look up what a world learnt."""
        for kind, text in world.doubtable.news:
            for index in self._by_id.values() if kind == "id" else (self._by_name,):
                index.setdefault(text, {})[id(world)] = world
        world.doubtable.news.clear()

    def doubt(self, subject: GroupRef, but: World | None = None) -> None:
        """Put in doubt what a change may have changed, in every world but one; of any group, in that one too."""
        if subject.group_id is None:
            for each in list(self._by_id[False]):
                self._doubt_in(self._taken(each, stays=False), GroupRef(each))
            return
        concerned = self._taken(subject.group_id.lower(), stays=subject.creates)
        if subject.name is not None:
            concerned |= self._by_name.pop(subject.name, {})
        if but is not None and concerned.pop(id(but), None) is not None:
            but.doubtable.news |= {("id", subject.group_id.lower()), ("name", subject.name or "")}
        self._doubt_in(concerned, subject)

    def _taken(self, folded: str, *, stays: bool) -> dict[int, World]:
        concerned = self._by_id[stays].pop(folded, {})
        if not stays:
            self._by_id[True].pop(folded, None)
        return concerned

    def _doubt_in(self, concerned: Mapping[int, World], subject: GroupRef) -> None:
        for world in concerned.values():
            _doubt(world, subject)
            # It need not be asked again before it learns more.
            world.doubtable.news -= {("id", (subject.group_id or "").lower()), ("name", subject.name or "")}
            self.note(world)


@dataclass(slots=True)
class Traffic:
    """What was overheard so far, with an assessor for each account and Region.

    Attributes:
        outset: what all of them start from: they write into the same results, and where nobody else uses its account,
            nobody else uses theirs.
    """

    outset: Assessor
    _assessors: dict[tuple[int, str], Assessor] = field(default_factory=dict)
    _refused: Counter[int] = field(default_factory=Counter)
    _let_in: set[int] = field(default_factory=set)
    _concerned: _Concerned = field(default_factory=_Concerned)

    def judge(self, heard: ObservedExchange) -> Opinion:
        """Judge an exchange, and learn from it."""
        self.outset.results.requests += 1
        if isinstance(heard.answer, HttpResponse):
            heard = replace(heard, answer=decompressed(heard.answer))
        here = self._assessor_of(heard)
        if heard.circumstances.unseen:
            self._concerned.doubt(GroupRef())
        subject = group_ref(heard.http)
        beside = _touching(heard.circumstances.overlapped, subject, here.world)
        for other in beside:
            _doubt(here.world, other)
        opinion = self._of_refusals(heard, here) or _opinion(heard, here, raced=bool(beside))
        for other in beside:
            _doubt(here.world, other)
        if is_change(heard.http) and not _is_surely_refused(heard.answer):
            self._changed(heard, subject, here)
        self._concerned.note(here.world)
        return opinion

    @property
    def ledger(self) -> Ledger:
        """What is left of the readings in all accounts and Regions."""
        return together([each.ledger for each in self._assessors.values()])

    def _of_refusals(self, heard: ObservedExchange, here: Assessor) -> Opinion | None:
        """What there is to say where one account is refused for its signatures again and again, and never let in.

        Nobody here has its key. Once may be a mistake of the sender's, or meant; where nothing else ever comes, the two
        sides don't sign alike.
        """
        account = heard.circumstances.account
        if heard.sender is not None or not isinstance(heard.answer, HttpResponse):
            return None
        parsed = envelope(heard.answer)
        if parsed.code != _WRONGLY_SIGNED:
            if parsed.problem is None and parsed.code not in OF_THE_ACCOUNT:
                self._let_in.add(account)
            return None
        self._refused[account] += 1
        if account in self._let_in or self._refused[account] < _AGAIN_AND_AGAIN:
            return None
        return Opinion(tuple(here.judge_refusals(heard, self._refused[account])))

    def _assessor_of(self, heard: ObservedExchange) -> Assessor:
        key = heard.circumstances.account, common_parameter(heard.http, "Region") or ""
        if key not in self._assessors:
            # Others make up their ids as they like: any group may be there before it is seen created.
            world = World(None if self.outset.world.ours is None else frozenset())
            self._assessors[key] = replace(self.outset, region=key[1], world=world, ledger=Ledger())
        return self._assessors[key]

    def _changed(self, heard: ObservedExchange, subject: GroupRef, here: Assessor) -> None:
        """Something was changed, or may have been: what that leaves in doubt, here and in every other world."""
        if not _is_plainly_done(heard, subject, here.world):
            _doubt(here.world, subject)
        self._concerned.doubt(subject, here.world)


def _opinion(heard: ObservedExchange, here: Assessor, *, raced: bool) -> Opinion:
    """What there is to say of an exchange, in the light of what is known.

    Args:
        heard: the exchange, its answer decompressed.
        here: what is known of the account.
        raced: whether what it is about may have been changed meanwhile.
    """
    action = common_parameter(heard.http, "Action")
    if (why := _why_unreadable(heard)) is not None:
        return Opinion(unjudged=why)
    if action != ACTION and action not in SISTERS:
        return Opinion(unjudged="it is for another action")
    if common_parameter(heard.http, "Version") in OTHER_VERSIONS:
        found = here.judge_other_version(heard) if action == ACTION else []
        return Opinion(tuple(found)) if found is not None else Opinion(unjudged="it is no answer of the API")
    if action == ACTION:
        creation = here.judge_creation(heard, raced=raced)
        found = creation.found if creation is not None else []
        conclusive = creation is not None and creation.conclusive
        unjudged = "" if found or conclusive else _why_it_tells_nothing(heard.answer)
        return Opinion(tuple(found), unjudged, conclusive or bool(found))
    if why := _why_it_tells_nothing(heard.answer):
        here.judge_look(heard)
        return Opinion(unjudged=why)
    if raced and not is_change(heard.http):
        return Opinion()  # it shows what was there before, or afterwards, or a part of either
    failures = here.judge_look(heard)
    return Opinion(tuple(failures)) if failures is not None else Opinion(unjudged="its body can't be read")


def _why_it_tells_nothing(answer: Answer) -> str:
    """Why an answer that proves nothing isn't one of the page's at all; empty where it may be."""
    if not isinstance(answer, HttpResponse):
        return "no answer came"
    parsed = envelope(answer)
    if parsed.problem is not None:
        return f"it is no answer of the API: {parsed.problem}"
    code = parsed.code or ""
    if code.startswith("AuthFailure"):
        return f"{code}, and nobody here has the key to tell whether that is right"
    of_the_platform = code in CODES and CODES[code].kind in {CodeKind.ACCOUNT_STANDING, CodeKind.PLATFORM}
    if of_the_platform or code in OF_THE_ACCOUNT:
        return f"{code} tells of the account, or of the service's state, alone"
    return ""


def _why_unreadable(heard: ObservedExchange) -> str | None:
    """Why an exchange can't be judged, whatever it says."""
    if encoding := _encoding(heard.http):
        return f"the request is compressed ({encoding})"
    if isinstance(heard.answer, HttpResponse) and (encoding := _encoding(heard.answer)):
        return f"the answer is compressed in a way that can't be read ({encoding})"
    return None


def _encoding(message: HttpRequest | HttpResponse) -> str:
    encoding = (header(message.headers, "Content-Encoding") or "").strip().lower()
    return encoding if message.body and encoding != "identity" else ""


# --- What a change leaves in doubt -----------------------------------------------------------------------


def _doubt(world: World, subject: GroupRef) -> None:
    """Put in doubt what a change may have changed."""
    if subject.group_id is None:
        world.all_in_doubt()
    else:
        world.in_doubt(subject.group_id, subject.name, stays=subject.creates)


def _touching(others: Iterable[GroupRef], subject: GroupRef, world: World) -> list[GroupRef]:
    """Those that may be about the same group, or the same name, as a request."""
    if subject.group_id is None:
        return list(others)
    texts = _texts(subject, world)
    return [each for each in others if each.group_id is None or not texts.isdisjoint(_texts(each, world))]


def _texts(subject: GroupRef, world: World) -> set[tuple[str, str]]:
    """What a request is about; case is left aside, for the page doesn't say whether it counts."""
    group_id = subject.group_id or ""
    group = world.groups.get(group_id)
    names = (subject.name, group.name if group is not None else None)
    return {("id", group_id.lower()), *(("name", each.lower()) for each in names if each is not None)}


def _is_surely_refused(answer: Answer) -> bool:
    """Whether an answer says for certain that nothing was changed."""
    if not isinstance(answer, HttpResponse):
        return False
    parsed = envelope(answer)
    return parsed.error is not None and not leaves_open(parsed)


def _is_plainly_done(heard: ObservedExchange, subject: GroupRef, world: World) -> bool:
    """Whether it is sure what a change did, and to which group, so that the world has learnt it already.

    What was deleted may be made again by somebody else at any time.
    """
    answer, group_id = heard.answer, subject.group_id
    if not isinstance(answer, HttpResponse) or (parsed := envelope(answer)).problem is not None:
        return False
    if parsed.error is not None or group_id is None or common_parameter(heard.http, "Version") in OTHER_VERSIONS:
        return False
    changes = common_parameter(heard.http, "Action") in SISTERS
    return group_id in world.groups and not (changes and world.is_alike(group_id))
