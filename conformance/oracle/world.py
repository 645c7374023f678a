"""What the suite knows of the account that requests go to. No HTTP, no judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Chance(Enum):
    """Whether an answer may come."""

    NO = "no"
    YES = "yes"
    PERHAPS = "yes, and it proves nothing, since it may come for reasons that nobody knows"
    BY_READING = "as deletions are taken"


@dataclass(frozen=True, slots=True)
class PresenceState:
    """What is known of an id or a name that is, or was, in use, and what a creation with the same may be answered.

    Attributes:
        accepted: whether it may be accepted.
        exists: whether it may be told that the id, or the name, exists.
        in_deletion: whether it may be told that a deletion goes on.
        raced: whether it may be told of a conflict besides, having come at the same time.
        entered: by what an id or a name comes into this state.
    """

    accepted: Chance
    exists: Chance
    in_deletion: Chance
    raced: bool
    entered: str


_NO, _YES, _PERHAPS, _BY_READING = Chance


class Presence(Enum):
    """How sure it is that a group with some id or name is there; the rows of the table are `PresenceState`."""

    # fmt: off
    #                         accepted     exists       in deletion  raced  entered by
    THERE = PresenceState(    _NO,         _YES,        _NO,         False, "a creation, a change, or a look at it")
    JUST_NOW = PresenceState( _NO,         _YES,        _NO,         True,  "one of several creations sent at once")
    PERHAPS = PresenceState(  _YES,        _PERHAPS,    _NO,         False, "an unanswered creation; a stranger's")
    DELETED = PresenceState(  _BY_READING, _BY_READING, _BY_READING, False, "a deletion")
    LEAVING = PresenceState(  _YES,        _NO,         _BY_READING, False, "a deletion; then another got its name")
    AGAIN = PresenceState(    _YES,        _PERHAPS,    _BY_READING, False, "a deletion; then an unanswered creation")
    # fmt: on


_SURELY = frozenset(each for each in Presence if each.value.accepted is Chance.NO)
# The clauses by which what was in use gets free.
_FREED_BY = frozenset({"State.deletion", "State.renaming"})
_GOING = frozenset(each for each in Presence if each.value.in_deletion is not Chance.NO)


@dataclass(slots=True)
class _Index:
    """Texts in use, with a second index that ignores case."""

    exact: dict[str, Presence] = field(default_factory=dict)
    folded: dict[str, Counter[Presence]] = field(default_factory=dict)

    def put(self, text: str, presence: Presence) -> None:
        self.remove(text)
        self.exact[text] = presence
        self.folded.setdefault(text.lower(), Counter())[presence] += 1

    def remove(self, text: str) -> None:
        if text in self.exact:
            self.folded[text.lower()][self.exact.pop(text)] -= 1

    def others_but_for_case(self, text: str) -> list[Presence]:
        """What is known of texts that differ in case alone, each once, however many there are."""
        alike = self.folded.get(text.lower(), Counter())
        return [each for each in Presence if alike[each] > (self.exact.get(text) is each)]


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it was asked for; None for what isn't known, since the request can be understood in several ways.

    Attributes:
        group_id, name: as given.
        descriptions: in order.
        tag: "" where none was given.
        version: as the answer told it.
    """

    group_id: str
    name: str | None = None
    descriptions: tuple[str, ...] | None = None
    tag: str | None = None
    version: str | None = None

    def text(self, parameter: str) -> str | None:
        """Its GroupId, or its GroupName."""
        return self.group_id if parameter == "GroupId" else self.name

    def common(self, other: Group) -> Group:
        """What is the same in both, of one id; the rest isn't known."""
        same = {name: value for name in _KEPT if (value := getattr(self, name)) == getattr(other, name)}
        return Group(self.group_id, **same)


# What is kept of a group besides its id.
_KEPT = ("name", "descriptions", "tag", "version")


@dataclass(slots=True)
class _Groups:
    """Groups by their ids, and found by their names."""

    by_id: dict[str, Group] = field(default_factory=dict)
    _ids: dict[str | None, dict[str, None]] = field(default_factory=dict)

    def put(self, group: Group) -> None:
        self.pop(group.group_id)
        self.by_id[group.group_id] = group
        self._ids.setdefault(group.name, {})[group.group_id] = None

    def pop(self, group_id: str) -> Group | None:
        group = self.by_id.pop(group_id, None)
        if group is not None:
            del self._ids[group.name][group_id]
        return group

    def named(self, name: str) -> list[Group]:
        return [self.by_id[each] for each in self._ids.get(name, ())]


@dataclass(slots=True)
class _Doubtable:
    """What a doubt would still change: of everything else it leaves nothing less sure than it is.

    So a doubt costs no more than what was learnt since the last one.

    Attributes:
        ids: whether what is surely there stays → id in small letters → the ids of which something may change.
        news: the ids, in small letters, and the names that were added here since somebody looked.
    """

    ids: dict[bool, dict[str, set[str]]] = field(default_factory=lambda: {True: {}, False: {}})
    news: set[tuple[str, str]] = field(default_factory=set)

    def add(self, group_id: str) -> None:
        """Something was learnt of a group."""
        for each in self.ids.values():
            each.setdefault(group_id.lower(), set()).add(group_id)
        self.news.add(("id", group_id.lower()))

    def remove(self, folded: str, *, stays: bool) -> None:
        """All of these are in doubt."""
        for kind in {True, stays}:
            self.ids[kind].pop(folded, None)


@dataclass(slots=True)
class World:
    """What the suite knows of the account: its groups, and readings that are known beforehand.

    The validator reads it and changes nothing.

    Attributes:
        ours: the texts that this run alone puts into ids and names; a group of somebody else can't have one.
            None where nobody else uses the account.
        known: reading id → values still possible, known before the first request (the account's age, say).
        quota: how many groups the account may have; None where that is out of reach.
        clocks_apart: by how many seconds the time there may differ from what it is taken for.
        doubtable: what of it a change that somebody else may have made would leave in doubt.
    """

    ours: Container[str] | None = None
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    quota: int | None = None
    clocks_apart: float = 5.0
    _ids: _Index = field(default_factory=_Index)
    _names: _Index = field(default_factory=_Index)
    doubtable: _Doubtable = field(default_factory=_Doubtable)
    _groups: _Groups = field(default_factory=_Groups)
    _deleted: _Groups = field(default_factory=_Groups)
    _free: dict[str, str] = field(default_factory=dict)

    def index(self, parameter: str) -> _Index:
        """The texts in use for GroupId or for GroupName."""
        return self._ids if parameter == "GroupId" else self._names

    def created(self, group: Group, *, at_once: bool = False) -> None:
        """A group was created; `at_once` where others that are like it were asked for at the same time."""
        if (gone := self._deleted.pop(group.group_id)) is not None:
            self._deletion_done(gone)
        for gone in self._deleted.named(group.name) if group.name is not None else ():
            if self._ids.exact.get(gone.group_id) is Presence.DELETED:
                self._put_in(self._ids, gone.group_id, Presence.LEAVING)
        self._put(group, Presence.JUST_NOW if at_once else Presence.THERE)

    def perhaps_created(self, group: Group) -> None:
        """A creation was sent and its answer was lost: the group may be there or not."""
        if group.group_id not in self.groups or self.presence(group.group_id) is Presence.PERHAPS:
            self._put(group, Presence.PERHAPS)

    def perhaps_named(self, name: str) -> None:
        """A group that is, or may be, there may have this name."""
        self._put_text(self._names, name, Presence.PERHAPS)

    def foreign(self, group_id: str, name: str | None) -> None:
        """A group of somebody else was there before; it may have been deleted or renamed since."""
        for index, text in ((self._ids, group_id), (self._names, name)):
            if text is not None and text not in index.exact:
                self._put_in(index, text, Presence.PERHAPS)

    def must_be_free(self, clause: str, *texts: str) -> None:
        """A clause says that these ids or names are in nobody's use; as long as nobody takes them."""
        for text in texts:
            if not self.may_be_foreign(text):
                self._free[text] = clause

    def reasons_to_be_free(self, group_id: str | None, name: str | None) -> set[str]:
        """The clauses by which an id or a name must be free."""
        pairs = ((self._ids, group_id), (self._names, name))
        return {self._free[text] for index, text in pairs if text in self._free and text not in index.exact}

    def reason_to_wait(self, group_id: str | None, name: str | None) -> str | None:
        """The clause by which an id or a name that was deleted, or renamed, gets free, it may be after a while."""
        reasons = self.reasons_to_be_free(group_id, name) & _FREED_BY
        going = any(
            text is not None and index.exact.get(text) in _GOING
            for index, text in ((self._ids, group_id), (self._names, name))
        )
        return min(reasons, default="State.deletion" if going else None)

    def deleted(self, group_id: str) -> None:
        """A group was deleted, just now."""
        if (group := self._groups.pop(group_id)) is not None:
            self._deleted.put(group)
            self._put_in(self._ids, group_id, Presence.DELETED)
            if group.name is not None and not self.surely_named(group.name, group_id):
                perhaps = self._is_named(group.name, group_id)
                self._put_in(self._names, group.name, Presence.AGAIN if perhaps else Presence.DELETED)

    def _deletion_done(self, gone: Group) -> None:
        """The id of a deleted group was given again: then its name is free too."""
        presence = self._names.exact.get(gone.name) if gone.name is not None else None
        if gone.name is not None and presence is Presence.DELETED:
            self._names.remove(gone.name)
            self.must_be_free("State.deletion", gone.name)
        elif gone.name is not None and presence is Presence.AGAIN:
            self._put_in(self._names, gone.name, Presence.PERHAPS)

    def changed(self, group: Group) -> None:
        """A group has another name, tag or descriptions; the old name is free."""
        old = self.groups[group.group_id].name
        if old is not None and old != group.name and not self.surely_named(old, group.group_id):
            if self._is_named(old, group.group_id):
                self._put_in(self._names, old, Presence.PERHAPS)
            else:
                self._names.remove(old)
                self.must_be_free("State.renaming", old)
        self._put(group, Presence.THERE)

    def settled(self) -> None:
        """What was made at once is there now, like anything else."""
        for index in (self._ids, self._names):
            for text, presence in list(index.exact.items()):
                if presence is Presence.JUST_NOW:
                    index.put(text, Presence.THERE)

    def in_doubt(self, group_id: str, name: str | None, *, stays: bool) -> None:
        """A group, or one whose id differs in case alone, was perhaps created, deleted, or changed otherwise.

        Args:
            group_id: which.
            name: the name that it perhaps has now; None where it got none.
            stays: whether what is there for certain is there still, as it was.
        """
        folded = group_id.lower()
        for each in sorted(self.doubtable.ids[stays].get(folded, ())):
            presence, group = self._ids.exact.get(each), self.groups.get(each)
            if presence in _GOING and each in self._deleted.by_id:
                self._may_be_made_again(self._names, self._deleted.by_id[each].name)
            self._may_be_made_again(self._ids, each)
            if group is not None and not (stays and presence in _SURELY):
                self._forget(group)
        self.doubtable.remove(folded, stays=stays)
        self._may_be_made_again(self._names, name)

    def all_in_doubt(self) -> None:
        """Any group was perhaps created, deleted, or changed otherwise."""
        for each in list(self.doubtable.ids[False]):
            self.in_doubt(each, None, stays=False)

    def _may_be_made_again(self, index: _Index, text: str | None) -> None:
        if text is not None and index.exact.get(text) in _GOING:
            self._put_in(index, text, Presence.AGAIN)

    def _forget(self, group: Group) -> None:
        """Of a group nothing is sure any more but its id."""
        self._groups.put(Group(group.group_id))
        if self._ids.exact.get(group.group_id) in _SURELY:
            self._put_in(self._ids, group.group_id, Presence.PERHAPS)
        name = group.name
        if name is not None and self._names.exact.get(name) in _SURELY and not self.surely_named(name, group.group_id):
            self._put_in(self._names, name, Presence.PERHAPS)

    def _put(self, group: Group, presence: Presence) -> None:
        self._put_text(self._ids, group.group_id, presence)
        if group.name is not None:
            self._put_text(self._names, group.name, presence)
        self._groups.put(group)

    def _put_in(self, index: _Index, text: str, presence: Presence) -> None:
        """Write down what is known of an id or a name, and what a doubt may change by it."""
        index.put(text, presence)
        if index is self._ids:
            self.doubtable.add(text)
            return
        self.doubtable.news.add(("name", text))
        for each in (*self._groups.named(text), *self._deleted.named(text)):
            self.doubtable.add(each.group_id)

    def _put_text(self, index: _Index, text: str, presence: Presence) -> None:
        before = index.exact.get(text)
        if presence is not Presence.PERHAPS:
            self._put_in(index, text, presence)
        elif before not in _SURELY:  # a lost answer makes nothing less sure that was sure before
            self._put_in(index, text, Presence.AGAIN if before in _GOING else presence)

    def surely_named(self, name: str, but: str) -> bool:
        """Whether a group that is surely there has this name; another than that with the id `but`, however written."""
        return any(
            each.group_id.lower() != but.lower() and self._ids.exact.get(each.group_id) in _SURELY
            for each in self._groups.named(name)
        )

    def _is_named(self, name: str, but: str) -> bool:
        """Whether a group that is, or may be, there has this name; another than that with the id `but`."""
        return any(each.group_id != but for each in self._groups.named(name))

    def having(self, parameter: str, text: str) -> list[Group]:
        """The groups that are, or may be, there with this GroupId, or this GroupName."""
        if parameter == "GroupName":
            return self._groups.named(text)
        return [self.groups[text]] if text in self.groups else []

    def may_be_foreign(self, text: str) -> bool:
        """Whether a group that the suite knows nothing of may already have this id or name."""
        return self.ours is not None and text not in self.ours

    @property
    def groups(self) -> Mapping[str, Group]:
        """GroupId → the groups that are, or may be, there."""
        return self._groups.by_id

    def is_alike(self, group_id: str) -> bool:
        """Whether a group is, or was, there whose id differs in case alone: it may be taken for the same."""
        return bool(self._ids.others_but_for_case(group_id))

    def presence(self, group_id: str) -> Presence | None:
        """How sure it is that a group is there; None where nothing is known of it."""
        return self._ids.exact.get(group_id)
