"""The five actions, over groups that are kept in memory."""

import contextlib
import re
import threading
import time
from dataclasses import dataclass, field

from tests.gateway_server.choices import IAI
from tests.gateway_server.messages import DELETED_STATE, Refusal
from tests.page_texts import NAME, faults_of_text, in_bytes

NAMES = {
    "narrow": NAME,
    "spaced": re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff ,#.]*"),
    "wide": re.compile(r"[\w\-]*"),
}


@dataclass
class Group:
    """One group."""

    name: str
    id: str
    descriptions: list
    tag: str
    version: str
    created: int
    updated: int


@dataclass
class Store:
    """The groups of one account, or of one region of it."""

    groups: dict = field(default_factory=dict)  # the key of an id -> Group
    names: dict = field(default_factory=dict)  # the key of a name -> the key of an id
    kept_ids: set = field(default_factory=set)  # of mistakes
    kept_names: set = field(default_factory=set)  # of mistakes
    deleted: dict = field(default_factory=dict)  # the key of an id -> when it is free again


class Groups:
    """The five actions, over groups that are kept in memory."""

    def __init__(self, options, quota, clock, race_delay):
        self.options, self.quota, self.clock, self.race_delay = options, quota, clock, race_delay
        self.lock = threading.RLock()
        self.stores = {}

    def do(self, action, region, arguments):
        """Carry out an action; what it answers, without the RequestId."""
        acts = {
            "CreateGroup": self._create,
            "DeleteGroup": self._delete,
            "ModifyGroup": self._modify,
            "GetGroupInfo": self._info,
            "GetGroupList": self._list,
        }
        is_racing = action == "CreateGroup" and self.options.errs("race")
        with contextlib.nullcontext() if is_racing else self.lock:
            store = self.stores.setdefault(region if self.options.takes("scope", "region") else "", Store())
            return acts[action](store, arguments)

    def _create(self, store, given):
        group_id, name = self._key(given["GroupId"]), self._key(given["GroupName"])
        try:
            self._refuse(self._faults_of_creation(store, given))
        except Refusal:
            if self.options.errs("refused-keeps-id"):
                store.kept_ids.add(group_id)
            if self.options.errs("refused-keeps-name"):
                store.kept_names.add(name)
            raise
        if self.options.errs("race"):
            time.sleep(self.race_delay)
        now = int(self.clock() * 1000)
        version = given.get("FaceModelVersion") or self.options["default_version"]
        descriptions = list(given.get("GroupExDescriptions", ()))
        store.groups[group_id] = Group(
            name=given["GroupName"],
            id=given["GroupId"],
            descriptions=sorted(descriptions) if self.options.errs("descriptions-sorted") else descriptions,
            tag="" if self.options.errs("tag-lost") else given.get("Tag", ""),
            version=self.options["default_version"] if self.options.errs("version-lost") else version,
            created=now,
            updated=now,
        )
        store.names[name] = group_id
        return {"FaceModelVersion": version}

    def _faults_of_creation(self, store, given):
        """Every fault of a creation, in the order in which they are looked for."""
        group_id, name = given["GroupId"], given["GroupName"]
        yield from self._faults_of_id(group_id)
        yield from self._faults_of_text(name, "GroupName", self.options["empty"])
        if "GroupExDescriptions" in given:
            yield from self._faults_of_descriptions(given["GroupExDescriptions"])
        yield from self._faults_of_text(given.get("Tag", ""), "Tag")
        version = given.get("FaceModelVersion")
        if version == "":
            if not self.options.takes("empty_version", "default"):
                yield self.options["empty_version"]
        elif version not in (None, "2.0", "3.0") or (version == "2.0" and self.options.takes("version_2", "refused")):
            yield f"{IAI}FaceModelVersionIllegal"
        if len(store.groups) >= self.quota + self.options.errs("quota-off-by-one"):
            yield self.options["quota_code"]
        key = self._key(group_id)
        if time.monotonic() < store.deleted.get(key, 0):
            yield "FailedOperation.GroupInDeletedState"
        if key in store.groups or key in store.kept_ids:
            yield f"{IAI}GroupIdAlreadyExist"
        if self._key(name) in store.names or self._key(name) in store.kept_names:
            yield f"{IAI}GroupNameAlreadyExist"

    def _delete(self, store, given):
        group = self._found(store, given["GroupId"])
        key = self._key(group.id)
        del store.groups[key]
        if not self.options.errs("delete-keeps-name"):
            self._free(store, group.name, key)
        if self.options.takes("recreation", "deleted-state"):
            store.deleted[key] = time.monotonic() + DELETED_STATE
        return {}

    def _modify(self, store, given):
        group = self._found(store, given["GroupId"])
        key = self._key(group.id)
        descriptions = list(group.descriptions)
        for each in given.get("GroupExDescriptionInfos", ()):
            if each["GroupExDescriptionIndex"] < len(descriptions):
                descriptions[each["GroupExDescriptionIndex"]] = each["GroupExDescription"]
        self._refuse(self._faults_of_modification(store, given, group, descriptions))
        if "GroupName" in given:
            if not self.options.errs("rename-keeps-old-name"):
                self._free(store, group.name, key)
            group.name = given["GroupName"]
            store.names[self._key(group.name)] = key
        if "Tag" in given or self.options.errs("modify-clears-tag"):
            group.tag = given.get("Tag", "")
        group.descriptions = descriptions
        group.updated = int(self.clock() * 1000)
        return {}

    def _faults_of_modification(self, store, given, group, descriptions):
        """Every fault of a modification."""
        name = given.get("GroupName")
        if name is not None:
            yield from self._faults_of_text(name, "GroupName", self.options["empty"])
        for each in given.get("GroupExDescriptionInfos", ()):
            if each["GroupExDescriptionIndex"] >= len(descriptions):
                yield f"{IAI}GroupExDescriptionsExceed"
            yield from self._faults_of_description(each["GroupExDescription"])
        if self._repeats(descriptions):
            yield "FailedOperation.DuplicatedGroupDescription"
        yield from self._faults_of_text(given.get("Tag", ""), "Tag")
        if name is not None and not self.options.errs("rename-unchecked"):
            owner = store.names.get(self._key(name), self._key(group.id))
            if owner != self._key(group.id) or self._key(name) in store.kept_names:
                yield f"{IAI}GroupNameAlreadyExist"

    def _info(self, store, given):
        group = self._found(store, given["GroupId"])
        return {
            "GroupName": group.name,
            "GroupId": group.id,
            "GroupExDescriptions": group.descriptions,
            "Tag": group.tag,
            "FaceModelVersion": group.version,
            "CreationTimestamp": group.created,
        }

    def _list(self, store, given):
        offset, limit = given.get("Offset", 0), given.get("Limit", 10)
        groups = [] if self.options.errs("not-listed") else list(store.groups.values())
        if not 1 <= limit <= 1000:
            raise Refusal(f"{IAI}LimitExceed", "The number of returned results exceeds the limit.")
        is_after = offset >= len(groups) if self.options.takes("offset_at_end", "refused") else offset > len(groups)
        if offset and is_after:
            raise Refusal(f"{IAI}OffsetExceed", "The starting number is too large.")
        if self.options.takes("list_order", "newest-first"):
            groups.reverse()
        infos = [
            {
                "GroupName": each.name,
                "GroupId": each.id,
                "GroupExDescriptions": each.descriptions,
                "Tag": each.tag,
                "FaceModelVersion": each.version,
                "CreationTimestamp": each.created,
                "UpdateTimestamp": each.updated,
            }
            for each in groups[offset : offset + limit]
        ]
        if self.options.takes("list_nulls", "null"):
            infos = [{name: None if value in ("", []) else value for name, value in each.items()} for each in infos]
        return {"GroupInfos": infos, "GroupNum": len(groups)}

    def _found(self, store, group_id):
        """The group of an id."""
        if not group_id:
            raise Refusal(self.options["empty"])
        try:
            return store.groups[self._key(group_id)]
        except KeyError:
            raise Refusal(f"{IAI}GroupIdNotExist") from None

    def _free(self, store, name, key):
        """Free a name, if it is that group's."""
        if store.names.get(self._key(name)) == key:
            del store.names[self._key(name)]

    def _refuse(self, faults):
        """Refuse for the fault that is said of several."""
        if codes := list(faults):
            raise Refusal(codes[0] if self.options.takes("fault", "first") else codes[-1])

    def _faults_of_id(self, group_id):
        if not group_id:
            yield self.options["empty"]
        if in_bytes(group_id) == 64 and self.options.takes("id_limit", "exclusive"):
            yield f"{IAI}GroupIdTooLong"
        yield from faults_of_text("GroupId", group_id)

    def _faults_of_text(self, text, parameter, empty=""):
        if not text and empty:
            yield empty
        yield from faults_of_text(parameter, text, self._size, NAMES[self.options["charset"]].fullmatch)

    def _faults_of_descriptions(self, descriptions):
        if not descriptions and not self.options.takes("empty_list", "taken"):
            yield self.options["empty_list"]
        if len(descriptions) > 5:
            yield f"{IAI}GroupExDescriptionsExceed"
        for each in descriptions:
            yield from self._faults_of_description(each)
        if self._repeats(descriptions):
            yield self.options["same_descriptions"]

    def _faults_of_description(self, text):
        empty = "" if self.options.takes("empty_description", "taken") else self.options["empty_description"]
        return self._faults_of_text(text, "GroupExDescriptions", empty)

    def _repeats(self, descriptions):
        return len({self._key(each) for each in descriptions}) < len(descriptions)

    def _size(self, text):
        """The length of a text in the chosen unit."""
        if self.options.takes("unit", "code-points"):
            return len(text)
        if self.options.takes("unit", "utf-16"):
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        return in_bytes(text)

    def _key(self, text):
        """What makes two texts the same."""
        return text.casefold() if self.options.takes("same", "case-folded") else text
