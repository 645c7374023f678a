"""The reference emulator: CreateGroup and its sibling actions over an account in memory. HTTP values in and out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.contract import CODES, VERSION
from conformance.emulator import auth
from conformance.emulator.behaviour import Behaviour, Reply, conforming
from conformance.emulator.checks import Complaint, examine, first
from conformance.messages import HttpRequest, HttpResponse
from conformance.request import Request
from conformance.signing import EXAMPLE_CREDENTIALS, Credentials
from conformance.wire import UndecodableError, decode

DELETION_SECONDS = 60
_LIST_LIMIT, _LIST_DEFAULT = 1000, 10


@dataclass
class Group:
    """A group as it is kept. Times are in milliseconds since 1970."""

    group_id: str
    name: str
    descriptions: list[str]
    tag: str
    version: str
    created: int
    updated: int


class RefusedError(Exception):
    """An action refuses a request with an error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Account:
    """The groups of an account, and those deleted a moment ago."""

    groups: dict[str, Group] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    deleted_ids: dict[str, float] = field(default_factory=dict)
    deleted_names: dict[str, float] = field(default_factory=dict)
    recreations: int = 0


@dataclass
class Emulator:
    """Answers HTTP requests as the page says, or as a fault spoils it.

    Attributes:
        behaviour: how it answers.
        credentials: the only key pair it knows.
        strict_signing: see `auth.refusal`.
        clock: seconds since 1970.
    """

    behaviour: Behaviour = field(default_factory=conforming)
    credentials: Credentials = EXAMPLE_CREDENTIALS
    strict_signing: bool = False
    clock: Callable[[], float] = time.time
    account: Account = field(default_factory=Account)

    def handle(self, http: HttpRequest) -> HttpResponse:
        """The answer to a request; never raises on what a client can send."""
        request = Request((), action="")
        try:
            request = self._admit(http)
            result = self._actions()[request.action](request)
            reply = self._reply(result)
        except RefusedError as refused:
            reply = self._refusal(refused.code)
        return _written(self.behaviour.finish(request, reply))

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

    def _admit(self, http: HttpRequest) -> Request:
        """What the platform's gateway asks before an action sees the request."""
        if http.method not in {"GET", "POST"}:
            raise RefusedError("UnsupportedProtocol")
        code = auth.refusal(http, self.credentials, self.clock(), strict=self.strict_signing)
        if code is not None:
            raise RefusedError(code)
        try:
            request = decode(http)
        except UndecodableError as error:
            raise RefusedError("InvalidParameter") from error
        if not request.action or not request.version:
            raise RefusedError("MissingParameter")
        if request.version != VERSION:
            raise RefusedError("NoSuchVersion")
        if request.action not in self._actions():
            raise RefusedError("InvalidAction")
        return request

    def _actions(self) -> dict[str, Callable[[Request], Mapping[str, object]]]:
        return {
            "CreateGroup": self._create_group,
            "DeleteGroup": self._delete_group,
            "ModifyGroup": self._modify_group,
            "GetGroupInfo": self._get_group_info,
            "GetGroupList": self._get_group_list,
        }

    # --- CreateGroup ---------------------------------------------------------------------------------

    def _create_group(self, request: Request) -> Mapping[str, object]:
        behaviour = self.behaviour
        if (code := behaviour.refuse(request)) is not None:
            raise RefusedError(code)
        plan = examine(request, behaviour)
        group_id, name = plan.text("GroupId"), plan.text("GroupName")
        plan.complaints += self._conflicts(group_id, name)
        if plan.complaints and not behaviour.accept(request):
            raise RefusedError(first(plan.complaints, request, behaviour.readings["check-order"]).code)
        given = plan.values.get("FaceModelVersion")
        version = given if isinstance(given, str) else behaviour.default
        now = int(self.clock() * 1000)
        group = Group(group_id, name, plan.descriptions, plan.text("Tag"), version, now, now)
        self._keep(group)
        return {"FaceModelVersion": behaviour.echo(given if isinstance(given, str) else None, version)}

    def _conflicts(self, group_id: str, name: str) -> list[Complaint]:
        behaviour, account = self.behaviour, self.account
        id_key, name_key = behaviour.id_key(group_id), behaviour.name_key(name)
        found = []
        if name and behaviour.name_unique:
            if name_key in account.names:
                found.append(Complaint(behaviour.name_exists_code, 2, "GroupName"))
            elif (
                code := self._being_deleted(account.deleted_names.get(name_key), behaviour.name_exists_code)
            ) is not None:
                found.append(Complaint(code, 2, "GroupName"))
        if group_id and behaviour.id_unique:
            if id_key in account.groups:
                found.append(Complaint(behaviour.id_exists_code, 2, "GroupId"))
            elif (code := self._being_deleted(account.deleted_ids.get(id_key), behaviour.id_exists_code)) is not None:
                found.append(Complaint(code, 2, "GroupId"))
        return found

    def _being_deleted(self, when: float | None, exists_code: str) -> str | None:
        """The code for an id or name whose group was deleted at a time; None where it is free again."""
        if when is None or self.clock() - when > DELETION_SECONDS:
            return None
        behaviour = self.behaviour
        match behaviour.readings["recreate-after-delete"]:
            case "GroupInDeletedState":
                return behaviour.code_of("recreate-after-delete")
            case "AlreadyExist":
                return exists_code
            case "varies":
                self.account.recreations += 1
                return exists_code if self.account.recreations % 2 else None
            case _:
                return None

    def _keep(self, group: Group) -> None:
        self.account.groups[self.behaviour.id_key(group.group_id)] = group
        self.account.names[self.behaviour.name_key(group.name)] = group.group_id

    # --- Its siblings --------------------------------------------------------------------------------

    def _group(self, request: Request) -> Group:
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
        del self.account.groups[id_key]
        self.account.names.pop(name_key, None)
        self.account.deleted_ids[id_key] = self.account.deleted_names[name_key] = self.clock()
        return {}

    def _modify_group(self, request: Request) -> Mapping[str, object]:
        group, behaviour = self._group(request), self.behaviour
        name = _text_of(request, "GroupName")
        tag = _text_of(request, "Tag")
        for parameter, text in (("GroupName", name), ("Tag", tag)):
            rule = behaviour.texts[parameter]
            if text is not None and rule.measure(text) > rule.maximum:
                raise RefusedError(rule.long_code)
            if text is not None and not rule.fits(text):
                raise RefusedError(rule.illegal_code)
        if name and behaviour.name_key(name) != behaviour.name_key(group.name):
            if behaviour.name_key(name) in self.account.names:
                raise RefusedError(behaviour.name_exists_code)
            self.account.names.pop(behaviour.name_key(group.name), None)
            self.account.names[behaviour.name_key(name)] = group.group_id
        descriptions = _modified(group.descriptions, request)
        if behaviour.repeated(descriptions):
            raise RefusedError("FailedOperation.DuplicatedGroupDescription")
        group.name, group.descriptions = name or group.name, descriptions
        group.tag = group.tag if tag is None else tag
        group.updated = int(self.clock() * 1000)
        return {}

    def _get_group_info(self, request: Request) -> Mapping[str, object]:
        return _shown(self._group(request))

    def _get_group_list(self, request: Request) -> Mapping[str, object]:
        offset, limit = _number_of(request, "Offset", 0), _number_of(request, "Limit", _LIST_DEFAULT)
        if limit > _LIST_LIMIT:
            raise RefusedError("InvalidParameterValue.LimitExceed")
        groups = list(self.account.groups.values())
        shown = [{**_shown(each), "UpdateTimestamp": each.updated} for each in groups[offset : offset + limit]]
        return {"GroupInfos": shown, "GroupNum": len(groups)}


def _shown(group: Group) -> dict[str, object]:
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
