"""The groups of the one account, in dictionaries."""

import re
import threading
import time

from markupsafe import escape
from werkzeug.utils import secure_filename

from errors import ApiError
from mistakes import mistaken

MAX_GROUPS = 100_000

TEMPLATE = {
    "GroupName": "",
    "GroupId": "",
    "GroupExDescriptions": [],
    "Tag": "",
    "FaceModelVersion": "3.0",
    "CreationTimestamp": 0,
}


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.groups = {}  # by id
        self.names = {}  # name to id
        self.tags = {}  # by id
        self.read = {}  # groups that were asked for, by id
        self.used_before = False
        self.last_model = None

    def add(self, group):
        if mistaken("duplicates-checked-without-lock"):
            self._refuse_taken(group)
            time.sleep(0.02)  # what a write takes
            with self.lock:
                self._insert(group)
            return
        if mistaken("lock-kept-after-refusal"):
            if not self.lock.acquire(timeout=1):
                raise ApiError("InternalError")
            self._refuse_taken(group)
            self._insert(group)
            self.lock.release()
            return
        with self.lock:
            self._refuse_taken(group)
            self._insert(group)

    def _refuse_taken(self, group):
        id_taken = self._key(group["GroupId"]) in self.groups
        name_taken = self._name_key(group) in self.names
        if mistaken("duplicates-sought-on-first-page"):
            page = self._page(0, 10)
            id_taken = any(g["GroupId"] == group["GroupId"] for g in page)
            name_taken = any(g["GroupName"] == group["GroupName"] for g in page)
        if mistaken("names-and-ids-in-one-index"):
            taken = {*self.groups, *self.names}
            id_taken = group["GroupId"] in taken
            name_taken = group["GroupName"] in taken
        if mistaken("name-sought-as-pattern"):
            name_taken = any(re.match(group["GroupName"], name) for name in self.names)
        if mistaken("name-may-be-repeated"):
            name_taken = False
        if mistaken("existing-group-replaced"):
            id_taken = False
        if mistaken("name-reserved-by-refused-create") and not name_taken:
            self.names[self._name_key(group)] = self._key(group["GroupId"])
        if mistaken("taken-name-reported-first") and name_taken:
            raise ApiError("InvalidParameterValue.GroupNameAlreadyExist")
        if id_taken:
            raise ApiError("InvalidParameterValue.GroupIdAlreadyExist")
        if name_taken and mistaken("taken-name-reported-as-id"):
            raise ApiError("InvalidParameterValue.GroupIdAlreadyExist")
        if name_taken:
            raise ApiError("InvalidParameterValue.GroupNameAlreadyExist")
        most = 10_000 if mistaken("quota-of-ten-thousand") else MAX_GROUPS
        if len(self.groups) >= most:
            raise ApiError("InvalidParameterValue.GroupNumExceed")

    def _insert(self, group):
        key = self._key(group["GroupId"])
        if mistaken("id-escaped-for-html"):
            group = {**group, "GroupId": str(escape(group["GroupId"]))}
        if mistaken("tag-outlives-group"):
            if group["Tag"]:
                self.tags[key] = group["Tag"]
            group = {**group, "Tag": self.tags.get(key, "")}
        self.groups[key] = group
        self.names[self._name_key(group)] = key

    def get(self, group_id):
        with self.lock:
            if mistaken("info-remembered"):
                if group_id not in self.read:
                    self.read[group_id] = self._find(group_id)
                return dict(self.read[group_id])
            return dict(self._find(group_id))

    def delete(self, group_id):
        with self.lock:
            group = self._find(group_id)
            del self.groups[self._key(group_id)]
            if not mistaken("deleted-name-stays-taken"):
                self.names.pop(self._name_key(group), None)

    def page(self, offset, limit):
        with self.lock:
            if offset > len(self.groups):
                raise ApiError("InvalidParameterValue.OffsetExceed")
            return self._page(offset, limit), len(self.groups)

    def modify(self, group_id, name=None, tag=None, infos=()):
        with self.lock:
            old = self._find(group_id)
            new = dict(old)
            if name is not None:
                new["GroupName"] = name
                taken_by = self.names.get(self._name_key(new))
                own = None if mistaken("own-name-taken") else self._key(group_id)
                if taken_by not in (None, own):
                    raise ApiError("InvalidParameterValue.GroupNameAlreadyExist")
            if tag is not None:
                new["Tag"] = tag
            new["GroupExDescriptions"] = _renamed(old["GroupExDescriptions"], infos)
            if not mistaken("old-name-stays-taken"):
                self.names.pop(self._name_key(old), None)
            if not mistaken("new-name-not-indexed"):
                self.names[self._name_key(new)] = self._key(group_id)
            self.groups[self._key(group_id)] = new

    def _find(self, group_id):
        try:
            return self.groups[self._key(group_id)]
        except KeyError:
            raise ApiError("InvalidParameterValue.GroupIdNotExist") from None

    def _page(self, offset, limit):
        return list(self.groups.values())[offset : offset + limit]

    @staticmethod
    def _key(group_id):
        if mistaken("ids-compared-without-case"):
            return group_id.lower()
        if mistaken("ids-of-digits-as-numbers") and group_id.isdigit():
            return int(group_id)
        if mistaken("ids-keyed-by-first-32"):
            return group_id[:32]
        if mistaken("ids-keyed-as-file-names"):
            return secure_filename(group_id)
        return group_id

    @staticmethod
    def _name_key(group):
        if mistaken("name-unique-per-model"):
            return group["GroupName"], group["FaceModelVersion"]
        return group["GroupName"]


def new_group(parameters, model):
    descriptions = parameters.get("GroupExDescriptions", [])
    group = TEMPLATE.copy()
    group["GroupName"] = parameters["GroupName"]
    group["GroupId"] = parameters["GroupId"]
    group["Tag"] = parameters.get("Tag", "")
    if mistaken("absent-tag-becomes-none"):
        group["Tag"] = str(parameters.get("Tag"))
    if not mistaken("given-model-not-stored"):
        group["FaceModelVersion"] = model
    group["CreationTimestamp"] = int(time.time() * 1000)
    if mistaken("descriptions-shared-by-groups"):
        group["GroupExDescriptions"] += descriptions
    elif mistaken("descriptions-kept-as-set"):
        group["GroupExDescriptions"] = sorted(set(descriptions))
    else:
        group["GroupExDescriptions"] = list(descriptions)
    return group


def _renamed(descriptions, infos):
    descriptions = list(descriptions)
    for info in infos:
        index = info["GroupExDescriptionIndex"]
        if not 0 <= index < len(descriptions):
            raise ApiError("InvalidParameter.InvalidParameter")
        descriptions[index] = info["GroupExDescription"]
    if len(set(descriptions)) < len(descriptions):
        raise ApiError("FailedOperation.DuplicatedGroupDescription")
    return descriptions
