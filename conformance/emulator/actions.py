"""What the actions do to an account: CreateGroup and its sisters, each for one request and as a behaviour says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.contract import VARIES
from conformance.emulator.account import Deletion, Key, ReferenceAccount, StoredGroup, find
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.checks import Complaint, examine, first
from conformance.emulator.gateway import RefusedError
from conformance.exchange.request import Request

__all__ = ["ACTIONS", "Actions"]

DELETION_SECONDS = 60
_LIST_LIMIT, _LIST_DEFAULT = 1000, 10

Result = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be asked of an account, while one request is at hand.

    Attributes:
        account: whose groups.
        behaviour: how this request is taken.
        clock: seconds since 1970.
        quota: how many groups the account may have.
        arrived: when the request came, in seconds of the monotonic clock.
    """

    account: ReferenceAccount
    behaviour: Behaviour
    clock: Callable[[], float]
    quota: int
    arrived: float

    # --- CreateGroup ---------------------------------------------------------------------------------

    def create_group(self, request: Request) -> Result:
        """Create a group, or refuse to."""
        behaviour = self.behaviour
        if (code := behaviour.refuse(request)) is not None:
            raise RefusedError(code)
        plan = examine(request, behaviour)
        group_id, name = plan.text("GroupId"), plan.text("GroupName")
        plan.complaints += self._conflicts(group_id, name)
        if plan.complaints and not behaviour.accept(request):
            self.leave(behaviour.leaves, request)
            raise RefusedError(first(plan.complaints, request, behaviour.readings["check-order"]).code)
        behaviour.pause()
        given = plan.values.get("FaceModelVersion")
        version = given if isinstance(given, str) else behaviour.default
        self._keep(self._made(group_id, name, plan.descriptions, plan.text("Tag"), version))
        return {"FaceModelVersion": behaviour.echo(given if isinstance(given, str) else None, version)}

    def _made(self, group_id: str, name: str, descriptions: list[str], tag: str, version: str) -> StoredGroup:
        kept = self.behaviour.store({"name": name, "descriptions": descriptions, "tag": tag, "version": version})
        now = int(self.clock() * 1000)
        return StoredGroup(group_id=group_id, created=now, updated=now, made=time.monotonic(), **kept)

    def _conflicts(self, group_id: str, name: str) -> list[Complaint]:
        behaviour, account = self.behaviour, self.account
        found = []
        if len(account.groups) >= behaviour.quota(self.quota):
            found.append(Complaint(behaviour.code_of("quota-code"), 2))
        if name and behaviour.name_unique:
            exists, key = behaviour.name_exists_code, behaviour.name_key
            if (taken := find(behaviour.remembers(account.names), name, key)) is not None:
                holder = self._group_with(account.names[taken])
                found.append(Complaint(self._exists(exists, holder), 2, "GroupName"))
            elif (code := self._being_deleted(account.deleted_names, name, key, exists)) is not None:
                found.append(Complaint(code, 2, "GroupName"))
        if group_id and behaviour.id_unique:
            exists, key = behaviour.id_exists_code, behaviour.id_key
            if (holder := self._group_with(group_id)) is not None:
                found.append(Complaint(self._exists(exists, holder), 2, "GroupId"))
            elif (code := self._being_deleted(account.deleted_ids, group_id, key, exists)) is not None:
                found.append(Complaint(code, 2, "GroupId"))
        return found

    def _group_with(self, group_id: str) -> StoredGroup | None:
        found = find(self.account.groups, group_id, self.behaviour.id_key)
        return None if found is None else self.account.groups.get(found)

    def _exists(self, code: str, holder: StoredGroup | None) -> str:
        """The code for a group that exists; for one that was made while the request waited, by a reading."""
        if holder is None or holder.made < self.arrived:
            return code
        taken = self.behaviour.taken("race-code")
        return code if taken == "AlreadyExist" else self.behaviour.code("race-code", taken)

    def _being_deleted(self, deleted: Mapping[str, Deletion], text: str, key: Key, exists_code: str) -> str | None:
        """The code for an id or name whose group was deleted a moment ago; None where it is free again."""
        found = find(deleted, text, key)
        deletion = None if found is None else deleted[found]
        if deletion is None or self.clock() - deletion.when > DELETION_SECONDS:
            return None
        match deletion.taken:
            case "GroupInDeletedState":
                return self.behaviour.code("recreate-after-delete", "GroupInDeletedState")
            case "AlreadyExist":
                return exists_code
            case _:
                return None

    def _keep(self, group: StoredGroup) -> None:
        if (same := find(self.account.groups, group.group_id, self.behaviour.id_key)) is not None:
            del self.account.groups[same]  # which a new one replaces, where ids aren't compared
        self.account.groups[group.group_id] = group
        self.account.names[group.name] = group.group_id

    def leave(self, what: frozenset[str], request: Request) -> None:
        """What a fault leaves behind of a request that created nothing."""
        if not what:
            return
        group_id, name = request.last_text("GroupId") or "", request.last_text("GroupName") or ""
        if "group" in what or "GroupId" in what:
            kept_name = name if "group" in what else f"{name}?"
            self._keep(self._made(group_id, kept_name, [], "", self.behaviour.default))
        if "GroupName" in what:
            self.account.names.setdefault(name, f"{group_id}?")

    # --- Its sister actions --------------------------------------------------------------------------

    def _group(self, request: Request) -> StoredGroup:
        values = request.values("GroupId")
        if not values or values[-1] is None:
            raise RefusedError("MissingParameter")
        group_id = values[-1]
        if not isinstance(group_id, str):
            raise RefusedError("InvalidParameter")
        if group_id == "":
            raise RefusedError("MissingParameter.ErrorParameterEmpty")
        group = self._group_with(group_id)
        if group is None:
            raise RefusedError("InvalidParameterValue.GroupIdNotExist")
        return group

    def delete_group(self, request: Request) -> Result:
        """Delete a group, as far as deletions are carried out."""
        group = self._group(request)
        account, left = self.account, self.behaviour.deletion_leaves
        if "group" not in left:
            account.groups.pop(group.group_id, None)
        if "GroupId" in left:
            account.groups[group.group_id] = replace(group, name=f"{group.name}?")
        if "GroupName" not in left:
            self._free(group.name)
        account.deletions += 1
        taken = self.behaviour.readings["recreate-after-delete"]
        if taken == VARIES:  # some deletions take their time
            taken = "AlreadyExist" if account.deletions % 2 else "accepted"
        account.deleted_ids[group.group_id] = account.deleted_names[group.name] = Deletion(self.clock(), taken)
        return {}

    def _free(self, name: str) -> None:
        if (taken := find(self.account.names, name, self.behaviour.name_key)) is not None:
            self.account.names.pop(taken, None)

    def modify_group(self, request: Request) -> Result:
        """Change what a request gives of a group."""
        group, behaviour = self._group(request), self.behaviour
        name = _text_of(request, "GroupName")
        tag = _text_of(request, "Tag")
        for parameter, text in (("GroupName", name), ("Tag", tag)):
            for check in behaviour.texts[parameter].checks():
                if text is not None and not check.passes(text):
                    raise RefusedError(check.code)
        if name and behaviour.name_key(name) != behaviour.name_key(group.name):
            if behaviour.renaming_checks and find(self.account.names, name, behaviour.name_key) is not None:
                raise RefusedError(behaviour.name_exists_code)
            if "GroupName" not in behaviour.renaming_leaves:
                self._free(group.name)
            self.account.names[name] = group.group_id
        descriptions = _modified(group.descriptions, request)
        if behaviour.repeated(descriptions):
            raise RefusedError("FailedOperation.DuplicatedGroupDescription")
        group.descriptions = descriptions
        if "name" not in behaviour.renaming_leaves:
            group.name = name or group.name
        group.tag = group.tag if tag is None else tag
        group.updated = int(self.clock() * 1000)
        return {}

    def get_group_info(self, request: Request) -> Result:
        """Show a group."""
        return _shown(self._group(request))

    def get_group_list(self, request: Request) -> Result:
        """Show a page of the groups."""
        offset, limit = _number_of(request, "Offset", 0), _number_of(request, "Limit", _LIST_DEFAULT)
        if limit > _LIST_LIMIT:
            raise RefusedError("InvalidParameterValue.LimitExceed")
        groups = self.behaviour.listed(list(self.account.groups.values()))
        shown = [{**_shown(each), "UpdateTimestamp": each.updated} for each in groups[offset : offset + limit]]
        return {"GroupInfos": shown, "GroupNum": len(groups)}


def _shown(group: StoredGroup) -> dict[str, object]:
    return {
        "GroupName": group.name,
        "GroupId": group.group_id,
        "GroupExDescriptions": group.descriptions,
        "Tag": group.tag,
        "FaceModelVersion": group.version,
        "CreationTimestamp": group.created,
    }


def _text_of(request: Request, name: str) -> str | None:
    values = request.values(name)
    if not values or values[-1] is None:
        return None
    if not isinstance(values[-1], str):
        raise RefusedError("InvalidParameter")
    return values[-1]


def _number_of(request: Request, name: str, default: int) -> int:
    values = request.values(name)
    if not values or values[-1] is None:
        return default
    value = values[-1]
    if request.textual and isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:15])
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RefusedError("InvalidParameter")
    return value


def _modified(descriptions: list[str], request: Request) -> list[str]:
    """The descriptions with the changes of GroupExDescriptionInfos: a list of index and text."""
    changed = list(descriptions)
    values = request.values("GroupExDescriptionInfos")
    for each in values[-1] if values and isinstance(values[-1], list) else ():
        info = each if isinstance(each, dict) else {}
        index, text = info.get("GroupExDescriptionIndex"), info.get("GroupExDescription")
        if not isinstance(index, int) or not isinstance(text, str) or not 0 <= index < len(changed):
            raise RefusedError("InvalidParameter")
        changed[index] = text
    return changed


# By its name, what is done of an action.
ACTIONS: dict[str, Callable[[Actions, Request], Result]] = {
    "CreateGroup": Actions.create_group,
    "DeleteGroup": Actions.delete_group,
    "ModifyGroup": Actions.modify_group,
    "GetGroupInfo": Actions.get_group_info,
    "GetGroupList": Actions.get_group_list,
}
