"""The service itself: the five actions over one account that lives in memory; each rule a method of its own."""

from benchmarks.liars.servers.gateway import Gateway, code_points
from benchmarks.liars.servers.words import Fault, Group, value_fault

__all__ = ["FaceLibrary", "Fault", "value_fault"]


class FaceLibrary(Gateway):
    """The service. `process` is the way of a request; all else is a step of it."""

    # -- actions ----------------------------------------------------------------
    def dispatch(self, req):
        return {"CreateGroup": self.create_group, "DeleteGroup": self.delete_group,
                "ModifyGroup": self.modify_group, "GetGroupInfo": self.get_group_info,
                "GetGroupList": self.get_group_list}[req.action](req, req.params)

    def create_group(self, req, p):
        with self.lock:
            self.judge_content(req, p)
            self.judge_state(req, p)
            group = self.make_group(req, p)
            self.store(req, group)
        return self.created_reply(req, p, group)

    def judge_content(self, req, p):
        for rule in self.CONTENT_RULES:
            getattr(self, rule)(req, p)

    def judge_state(self, req, p):
        for rule in self.STATE_RULES:
            getattr(self, rule)(req, p)

    def all_faults(self, req, p):
        found = []
        for rule in self.CONTENT_RULES + self.STATE_RULES:
            try:
                getattr(self, rule)(req, p)
            except Fault as fault:
                found.append(fault)
        return found

    # letters -------------------------------------------------------------------
    def is_chinese(self, ch):
        c = ord(ch)
        return (c == 0x3007 or 0x3400 <= c <= 0x4DBF or 0x4E00 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF
                or 0x20000 <= c <= 0x2FA1F or 0x30000 <= c <= 0x323AF)

    def is_word(self, ch):
        """Chinese and English letters, digits, - and _"""
        return (ch.isascii() and (ch.isalnum() or ch in "-_")) or self.is_chinese(ch)

    def is_id(self, ch):
        return ch.isascii() and (ch.isalnum() or ch in "-%@#&_")

    def name_letters(self, text):
        return all(self.is_word(ch) for ch in text)

    def tag_letters(self, text):
        return all(self.is_word(ch) for ch in text)

    def description_letters(self, text):
        return all(self.is_word(ch) for ch in text)

    def id_letters(self, text):
        return all(self.is_id(ch) for ch in text)

    # rules of CreateGroup --------------------------------------------------------
    def required_filled(self, req, p):
        for name in ("GroupName", "GroupId"):
            if p[name] == "":
                raise Fault("MissingParameter.ErrorParameterEmpty")

    def id_charset(self, req, p):
        if not self.id_letters(p["GroupId"]):
            raise value_fault("GroupIdIllegal")

    def id_length(self, req, p):
        if len(p["GroupId"].encode("utf-8", "surrogatepass")) > self.ID_LIMIT:
            raise value_fault("GroupIdTooLong")

    def name_charset(self, req, p):
        if not self.name_letters(p["GroupName"]):
            raise value_fault("GroupNameIllegal")

    def name_length(self, req, p):
        if code_points(p["GroupName"]) > self.NAME_LIMIT:
            raise value_fault("GroupNameTooLong")

    def description_count(self, req, p):
        if len(p.get("GroupExDescriptions", ())) > self.DESCRIPTION_COUNT:
            raise value_fault("GroupExDescriptionsExceed")

    def description_filled(self, req, p):
        if any(text == "" for text in p.get("GroupExDescriptions", ())):
            raise value_fault("GroupExDescriptionsNameIllegal")

    def description_charset(self, req, p):
        if not all(self.description_letters(text) for text in p.get("GroupExDescriptions", ())):
            raise value_fault("GroupExDescriptionsNameIllegal")

    def description_length(self, req, p):
        if any(code_points(text) > self.DESCRIPTION_LIMIT for text in p.get("GroupExDescriptions", ())):
            raise value_fault("GroupExDescriptionsNameTooLong")

    def description_unique(self, req, p):
        texts = p.get("GroupExDescriptions", ())
        if len(set(texts)) != len(texts):
            raise value_fault("GroupExDescriptionsNameIdentical")

    def tag_charset(self, req, p):
        if not self.tag_letters(p.get("Tag", "")):
            raise value_fault("GroupTagIllegal")

    def tag_length(self, req, p):
        if code_points(p.get("Tag", "")) > self.TAG_LIMIT:
            raise value_fault("GroupTagTooLong")

    def face_models(self):
        return ("2.0", "3.0") if self.account == "legacy" else ("3.0",)

    def face_model(self, req, p):
        if "FaceModelVersion" in p and p["FaceModelVersion"] not in self.face_models():
            raise value_fault("FaceModelVersionIllegal")

    def default_model(self, req, p):
        return "2.0" if self.account == "legacy" else "3.0"

    def id_free(self, req, p):
        if p["GroupId"] in self.groups:
            raise value_fault("GroupIdAlreadyExist")

    def name_free(self, req, p):
        if p["GroupName"] in self.names:
            raise value_fault("GroupNameAlreadyExist")

    def room_left(self, req, p):
        if len(self.groups) >= self.MAX_GROUPS:
            raise value_fault("GroupNumExceed")

    def make_group(self, req, p):
        stamp = int(self.now() * 1000)
        return Group(id=p["GroupId"], name=p["GroupName"],
                     descriptions=list(p.get("GroupExDescriptions", ())), tag=p.get("Tag", ""),
                     model=p.get("FaceModelVersion") or self.default_model(req, p),
                     created=stamp, updated=stamp)

    def store(self, req, group):
        self.groups[group.id] = group
        self.names[group.name] = group.id

    def created_reply(self, req, p, group):
        return {"FaceModelVersion": group.model}

    # the other actions -------------------------------------------------------------
    def existing(self, req, p):
        if p["GroupId"] == "":
            raise Fault("MissingParameter.ErrorParameterEmpty")
        if not all(self.is_id(ch) for ch in p["GroupId"]):
            raise value_fault("GroupIdIllegal")
        if len(p["GroupId"].encode("utf-8", "surrogatepass")) > self.ID_LIMIT:
            raise value_fault("GroupIdTooLong")
        group = self.find(req, p["GroupId"])
        if group is None:
            raise value_fault("GroupIdNotExist")
        return group

    def find(self, req, group_id):
        return self.groups.get(group_id)

    def delete_group(self, req, p):
        with self.lock:
            self.remove(req, self.existing(req, p))
        return {}

    def remove(self, req, group):
        self.groups.pop(group.id, None)
        if self.names.get(group.name) == group.id:
            del self.names[group.name]

    def modify_group(self, req, p):
        with self.lock:
            group = self.existing(req, p)
            name = p.get("GroupName")
            if name is not None:
                if name == "":
                    raise Fault("MissingParameter.ErrorParameterEmpty")
                if not all(self.is_word(ch) for ch in name):
                    raise value_fault("GroupNameIllegal")
                if len(name) > self.NAME_LIMIT:
                    raise value_fault("GroupNameTooLong")
                if self.names.get(name, group.id) != group.id:
                    raise value_fault("GroupNameAlreadyExist")
            tag = p.get("Tag")
            if tag is not None:
                if not all(self.is_word(ch) for ch in tag):
                    raise value_fault("GroupTagIllegal")
                if len(tag) > self.TAG_LIMIT:
                    raise value_fault("GroupTagTooLong")
            texts = list(group.descriptions)
            for info in p.get("GroupExDescriptionInfos", ()):
                index, text = info.get("GroupExDescriptionIndex"), info.get("GroupExDescription")
                if index is None or text is None or index >= len(texts):
                    raise Fault("InvalidParameter.InvalidParameter")
                if text == "" or not all(self.is_word(ch) for ch in text):
                    raise value_fault("GroupExDescriptionsNameIllegal")
                if len(text) > self.DESCRIPTION_LIMIT:
                    raise value_fault("GroupExDescriptionsNameTooLong")
                texts[index] = text
            if len(set(texts)) != len(texts):
                raise Fault("FailedOperation.DuplicatedGroupDescription")
            self.apply_change(req, group, name, tag, texts)
        return {}

    def apply_change(self, req, group, name, tag, texts):
        if name is not None and name != group.name:
            self.rename(req, group, name)
        if tag is not None:
            group.tag = tag
        group.descriptions = texts
        group.updated = int(self.now() * 1000)

    def rename(self, req, group, name):
        if self.names.get(group.name) == group.id:
            del self.names[group.name]
        self.names[name] = group.id
        group.name = name

    def view(self, req, group):
        return {"GroupName": group.name, "GroupId": group.id,
                "GroupExDescriptions": list(group.descriptions), "Tag": group.tag,
                "FaceModelVersion": group.model, "CreationTimestamp": group.created}

    def get_group_info(self, req, p):
        with self.lock:
            return self.view(req, self.existing(req, p))

    def view_in_list(self, req, group):
        return {**self.view(req, group), "UpdateTimestamp": group.updated}

    def get_group_list(self, req, p):
        offset, limit = p.get("Offset", 0), p.get("Limit", 10)
        if limit > self.LIST_LIMIT:
            raise value_fault("LimitExceed")
        with self.lock:
            everything = list(self.groups.values())
            if offset > len(everything):
                raise value_fault("OffsetExceed")
            return {"GroupInfos": [self.view_in_list(req, g) for g in everything[offset:offset + limit]],
                    "GroupNum": len(everything)}
