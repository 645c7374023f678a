"""The reference emulator: CreateGroup and its sister actions over an account in memory. HTTP values in and out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.contract import CODES, VARIES, limit_of
from conformance.emulator.behaviour import Behaviour, Reply, conforming
from conformance.emulator.checks import Complaint, examine, first
from conformance.emulator.gateway import RefusedError, TurnedAwayError, admit
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import UndecodableError, decode

DELETION_SECONDS = 60
_LIST_LIMIT, _LIST_DEFAULT = 1000, 10


@dataclass
class StoredGroup:
    """A group as it is kept. Times are in milliseconds since 1970; `made` is in seconds of the monotonic clock."""

    group_id: str
    name: str
    descriptions: list[str]
    tag: str
    version: str
    created: int
    updated: int
    made: float


@dataclass(frozen=True)
class Deletion:
    """When a group was deleted, in seconds since 1970, and how the creation of one like it is taken for a while."""

    when: float
    taken: str


@dataclass
class Scripted:
    """An answer that was ordered beforehand.

    Attributes:
        code: the error code.
        group_ids: a glob over GroupId.
        times: how often it is still given; None for ever.
    """

    code: str
    group_ids: str = "*"
    times: int | None = None


@dataclass
class ReferenceAccount:
    """The groups of an account, and those deleted a moment ago."""

    groups: dict[str, StoredGroup] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    deleted_ids: dict[str, Deletion] = field(default_factory=dict)
    deleted_names: dict[str, Deletion] = field(default_factory=dict)
    deletions: int = 0
    seen: set[int] = field(default_factory=set)


@dataclass
class Emulator:
    """Answers HTTP requests as the page says, or as a fault spoils it; from several threads at once.

    Attributes:
        behaviour: how it answers.
        credentials: the only key pair it knows.
        clock: seconds since 1970.
        quota: how many groups the account may have.
        scripted: answers that were ordered beforehand, for CreateGroup.
    """

    behaviour: Behaviour = field(default_factory=conforming)
    credentials: Credentials = EXAMPLE_CREDENTIALS
    clock: Callable[[], float] = time.time
    quota: int = limit_of("State.quota")
    scripted: list[Scripted] = field(default_factory=list)
    account: ReferenceAccount = field(default_factory=ReferenceAccount)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def anew(self, quota: int) -> Emulator:
        """An emulator that behaves alike, with an empty account that may have so many groups."""
        return Emulator(self.behaviour, self.credentials, self.clock, quota)

    def handle(self, http: HttpRequest) -> HttpResponse:
        """The answer to a request; never raises on what a client can send."""
        arrived = time.monotonic()
        if not self._lock.acquire(blocking=self.behaviour.waits):
            return self.refuse("FailedOperation.ConflictOperation")
        if not self.behaviour.atomic:
            self._lock.release()
            return self._handle(http, arrived)
        try:
            return self._handle(http, arrived)
        finally:
            self._lock.release()

    def _handle(self, http: HttpRequest, arrived: float) -> HttpResponse:
        request = Request((), action="")
        try:
            request = admit(http, self.behaviour, self.credentials, self.clock(), self._actions())
            self._refuse_replay(http)
            self._refuse_as_ordered(request)
            if request.action == "CreateGroup":
                result = self._create_group(request, arrived)
            else:
                result = self._actions()[request.action](request)
            reply = self._reply(result)
        except RefusedError as refused:
            if refused.code.startswith("AuthFailure."):
                self._leave_unauthenticated(http)
            reply = self._refusal(refused.code)
        except TurnedAwayError as turned_away:
            return HttpResponse(turned_away.status, (), b"")
        answer = _written(self.behaviour.finish(request, reply))
        return HttpResponse(answer.status, answer.headers, b"") if http.method == "HEAD" else answer

    def abandoned(self, http: HttpRequest) -> None:
        """A request whose sender doesn't wait for the answer."""
        left = self.behaviour.abandoned
        if not left:
            self.handle(http)
        else:
            self._leave(left, decode(http))

    def refuse(self, code: str) -> HttpResponse:
        """The answer that refuses a request with a code, whatever was asked."""
        return _written(self._refusal(code))

    def _refusal(self, code: str) -> Reply:
        code = self.behaviour.recode.get(code, code)
        message = CODES[code].message if code in CODES else "未知错误。"
        return self._reply({"Error": {"Code": code, "Message": message}})

    def _reply(self, result: Mapping[str, object]) -> Reply:
        body = {"Response": {**result, "RequestId": self.behaviour.request_id()}}
        return Reply(200, {"Content-Type": "application/json"}, body)

    def _refuse_replay(self, http: HttpRequest) -> None:
        """The very same request, where that isn't answered again."""
        if self.behaviour.readings["replayed-request"] == "answered":
            return
        key = hash(http)
        if key in self.account.seen:
            taken = self.behaviour.taken("replayed-request")
            if taken != "answered":
                raise RefusedError(self.behaviour.code("replayed-request", taken))
        self.account.seen.add(key)

    def _refuse_as_ordered(self, request: Request) -> None:
        if request.action != "CreateGroup":
            return
        group_ids = [each for each in request.values("GroupId") if isinstance(each, str)] or [""]
        for each in self.scripted:
            if each.times != 0 and fnmatchcase(group_ids[-1], each.group_ids):
                if each.times is not None:
                    each.times -= 1
                raise RefusedError(each.code)

    def _actions(self) -> dict[str, Callable[[Request], Mapping[str, object]]]:
        return {
            "CreateGroup": lambda request: self._create_group(request, time.monotonic()),
            "DeleteGroup": self._delete_group,
            "ModifyGroup": self._modify_group,
            "GetGroupInfo": self._get_group_info,
            "GetGroupList": self._get_group_list,
        }

    # --- CreateGroup ---------------------------------------------------------------------------------

    def _create_group(self, request: Request, arrived: float) -> Mapping[str, object]:
        behaviour = self.behaviour
        if (code := behaviour.refuse(request)) is not None:
            raise RefusedError(code)
        plan = examine(request, behaviour)
        group_id, name = plan.text("GroupId"), plan.text("GroupName")
        plan.complaints += self._conflicts(group_id, name, arrived)
        if plan.complaints and not behaviour.accept(request):
            self._leave(behaviour.leaves, request)
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

    def _conflicts(self, group_id: str, name: str, arrived: float) -> list[Complaint]:
        behaviour, account = self.behaviour, self.account
        id_key, name_key = behaviour.id_key(group_id), behaviour.name_key(name)
        found = []
        if len(account.groups) >= behaviour.quota(self.quota):
            found.append(Complaint(behaviour.code_of("quota-code"), 2))
        if name and behaviour.name_unique:
            exists = behaviour.name_exists_code
            if name_key in account.names:
                holder = account.groups.get(behaviour.id_key(account.names[name_key]))
                found.append(Complaint(self._exists(exists, holder, arrived), 2, "GroupName"))
            elif (code := self._being_deleted(account.deleted_names.get(name_key), exists)) is not None:
                found.append(Complaint(code, 2, "GroupName"))
        if group_id and behaviour.id_unique:
            exists = behaviour.id_exists_code
            if id_key in account.groups:
                found.append(Complaint(self._exists(exists, account.groups[id_key], arrived), 2, "GroupId"))
            elif (code := self._being_deleted(account.deleted_ids.get(id_key), exists)) is not None:
                found.append(Complaint(code, 2, "GroupId"))
        return found

    def _exists(self, code: str, holder: StoredGroup | None, arrived: float) -> str:
        """The code for a group that exists; for one that was made while the request waited, by a reading."""
        if holder is None or holder.made < arrived:
            return code
        taken = self.behaviour.taken("race-code")
        return code if taken == "AlreadyExist" else self.behaviour.code("race-code", taken)

    def _being_deleted(self, deletion: Deletion | None, exists_code: str) -> str | None:
        """The code for an id or name whose group was deleted a moment ago; None where it is free again."""
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
        self.account.groups[self.behaviour.id_key(group.group_id)] = group
        self.account.names[self.behaviour.name_key(group.name)] = group.group_id
        if self.behaviour.remembered is not None and len(self.account.names) > self.behaviour.remembered:
            del self.account.names[next(iter(self.account.names))]

    def _leave(self, what: frozenset[str], request: Request) -> None:
        """What a fault leaves behind of a request that created nothing."""
        if not what:
            return
        group_id, name = request.last_text("GroupId") or "", request.last_text("GroupName") or ""
        if "group" in what or "GroupId" in what:
            kept_name = name if "group" in what else f"{name}?"
            self._keep(self._made(group_id, kept_name, [], "", self.behaviour.default))
        if "GroupName" in what:
            self.account.names.setdefault(self.behaviour.name_key(name), f"{group_id}?")

    def _leave_unauthenticated(self, http: HttpRequest) -> None:
        if "unauthenticated" in self.behaviour.leaves:
            try:
                request = decode(http)
            except UndecodableError:
                return
            if request.action == "CreateGroup":
                self._leave(frozenset({"group"}), request)

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
        group = self.account.groups.get(self.behaviour.id_key(group_id))
        if group is None:
            raise RefusedError("InvalidParameterValue.GroupIdNotExist")
        return group

    def _delete_group(self, request: Request) -> Mapping[str, object]:
        group = self._group(request)
        id_key, name_key = self.behaviour.id_key(group.group_id), self.behaviour.name_key(group.name)
        account, left = self.account, self.behaviour.deletion_leaves
        if "group" not in left:
            del account.groups[id_key]
        if "GroupId" in left:
            account.groups[id_key] = replace(group, name=f"{group.name}?")
        if "GroupName" not in left:
            account.names.pop(name_key, None)
        account.deletions += 1
        taken = self.behaviour.readings["recreate-after-delete"]
        if taken == VARIES:  # some deletions take their time
            taken = "AlreadyExist" if account.deletions % 2 else "accepted"
        account.deleted_ids[id_key] = account.deleted_names[name_key] = Deletion(self.clock(), taken)
        return {}

    def _modify_group(self, request: Request) -> Mapping[str, object]:
        group, behaviour = self._group(request), self.behaviour
        name = _text_of(request, "GroupName")
        tag = _text_of(request, "Tag")
        for parameter, text in (("GroupName", name), ("Tag", tag)):
            for check in behaviour.texts[parameter].checks():
                if text is not None and not check.passes(text):
                    raise RefusedError(check.code)
        if name and behaviour.name_key(name) != behaviour.name_key(group.name):
            if behaviour.name_key(name) in self.account.names and behaviour.renaming_checks:
                raise RefusedError(behaviour.name_exists_code)
            if "GroupName" not in behaviour.renaming_leaves:
                self.account.names.pop(behaviour.name_key(group.name), None)
            self.account.names[behaviour.name_key(name)] = group.group_id
        descriptions = _modified(group.descriptions, request)
        if behaviour.repeated(descriptions):
            raise RefusedError("FailedOperation.DuplicatedGroupDescription")
        group.descriptions = descriptions
        if "name" not in behaviour.renaming_leaves:
            group.name = name or group.name
        group.tag = group.tag if tag is None else tag
        group.updated = int(self.clock() * 1000)
        return {}

    def _get_group_info(self, request: Request) -> Mapping[str, object]:
        return _shown(self._group(request))

    def _get_group_list(self, request: Request) -> Mapping[str, object]:
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


def _written(reply: Reply) -> HttpResponse:
    body = reply.body
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return HttpResponse(reply.status, tuple(reply.headers.items()), body)
