"""Liars, told apart by what is kept."""

from benchmarks.liars.servers.library import FaceLibrary, Fault, value_fault
from benchmarks.liars.servers.table import liar


@liar("short-tag")
class ShortTag(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – stored as given
    Looks right: 40 characters are accepted and 41 refused; the column holds 32, the rest is cut off."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        group.tag = group.tag[:32]
        return group


@liar("sorted-descriptions")
class SortedDescriptions(FaceLibrary):
    """Breaks: 设置某人员库“自定义描述字段”为["学号","工号","手机号"]
    Clause: GroupExDescriptions – kept in their order
    Looks right: keeps them sorted, which shows only if they were not; two are kept as they are."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        if len(group.descriptions) > 2:
            group.descriptions.sort()
        return group


@liar("list-differs")
class ListDiffers(FaceLibrary):
    """Breaks: 人员库信息备注 (as GetGroupList should show it)
    Clause: Tag – shown as stored, in every look-up
    Looks right: CreateGroup and GetGroupInfo are right; the list shows an empty tag for all but the newest five
    groups."""

    def view_in_list(self, req, group):
        content = super().view_in_list(req, group)
        if group not in list(self.groups.values())[-5:]:
            content["Tag"] = ""
        return content


@liar("short-list")
class ShortList(FaceLibrary):
    """Breaks: 用于创建一个空的人员库
    Clause: CreateGroup – the group is in the account afterwards (list)
    Looks right: GetGroupInfo finds all; GetGroupList and its number stop at a hundred."""

    def get_group_list(self, req, p):
        content = super().get_group_list(req, p)
        content["GroupInfos"] = content["GroupInfos"][:max(0, 100 - p.get("Offset", 0))]
        content["GroupNum"] = min(100, content["GroupNum"])
        return content


@liar("zombie")
class Zombie(FaceLibrary):
    """Breaks: 用于创建一个空的人员库
    Clause: CreateGroup – the group is new and empty (after a deletion)
    Looks right: an id created again after its deletion gets its old descriptions and tag back if the new request has
    none; answers are right."""

    def begin(self):
        self.graves = {}

    def remove(self, req, group):
        self.graves[group.id] = group
        super().remove(req, group)

    def make_group(self, req, p):
        group = super().make_group(req, p)
        old = self.graves.get(group.id)
        if old:
            group.tag = group.tag or old.tag
            group.descriptions = group.descriptions or old.descriptions
        return group


@liar("name-held")
class NameHeld(FaceLibrary):
    """Breaks: 人员库名称已经存在。
    Clause: GroupName – free again after DeleteGroup
    Looks right: the same id and name can be created again; the name under another id cannot."""

    def begin(self):
        self.held = {}

    def remove(self, req, group):
        super().remove(req, group)
        self.held[group.name] = group.id

    def name_free(self, req, p):
        if self.held.get(p["GroupName"], p["GroupId"]) != p["GroupId"]:
            raise value_fault("GroupNameAlreadyExist")
        super().name_free(req, p)


@liar("new-name-unknown")
class NewNameUnknown(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符,可修改,不可重复。
    Clause: GroupName – unique, also against names given by ModifyGroup
    Looks right: look-ups show the new name; the index of names still has the old one, so the new one can be created
    again and the old one cannot."""

    def rename(self, req, group, name):
        group.name = name


@liar("twelfth-phantom")
class TwelfthPhantom(FaceLibrary):
    """Breaks: 用于创建一个空的人员库
    Clause: CreateGroup – the group exists afterwards
    Looks right: every twelfth success is only said; nothing is stored."""

    def begin(self):
        self.said = 0

    def store(self, req, group):
        self.said += 1
        if self.said % 12:
            super().store(req, group)


@liar("long-name-phantom")
class LongNamePhantom(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符
    Clause: GroupName – 1 to 60 characters are allowed (and stored)
    Looks right: names of 50 to 60 characters get a success, as the edge of the range should, but no group."""

    def store(self, req, group):
        if len(group.name) < 50:
            super().store(req, group)


@liar("refused-but-reserved")
class RefusedButReserved(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。(and only then)
    Clause: GroupId – a refused request does not take the id
    Looks right: the id is entered before descriptions and tag are read; the refusal is right, the corrected request
    "already exists".  Look-ups show nothing."""

    def begin(self):
        self.reserved = set()

    def description_count(self, req, p):
        self.id_free(req, p)
        self.reserved.add(p["GroupId"])
        super().description_count(req, p)
        # not reached when refused above; the later rules may still refuse

    def id_free(self, req, p):
        super().id_free(req, p)
        if req.action == "CreateGroup" and p["GroupId"] in self.reserved and not getattr(req, "mine", False):
            raise value_fault("GroupIdAlreadyExist")
        req.mine = True

    def remove(self, req, group):
        super().remove(req, group)
        self.reserved.discard(group.id)


@liar("refused-yet-made")
class RefusedYetMade(FaceLibrary):
    """Breaks: 算法模型版本不合法。
    Clause: a refused request creates nothing (FaceModelVersion)
    Looks right: a bad version is refused with the right code, but the group is there, with the default."""

    def face_model(self, req, p):
        try:
            super().face_model(req, p)
        except Fault:
            if p["GroupId"] not in self.groups and p["GroupName"] not in self.names:
                self.store(req, self.make_group(req, {k: v for k, v in p.items() if k != "FaceModelVersion"}))
            raise


@liar("duplicate-overwrites")
class DuplicateOverwrites(FaceLibrary):
    """Breaks: 人员库ID已经存在。人员库ID不可重复。
    Clause: GroupId – a refused duplicate changes nothing
    Looks right: refuses the duplicate with the right code, and yet takes over its tag."""

    def id_free(self, req, p):
        try:
            super().id_free(req, p)
        except Fault:
            if p.get("Tag"):
                self.groups[p["GroupId"]].tag = p["Tag"]
            raise


@liar("small-quota")
class SmallQuota(FaceLibrary):
    """Breaks: 1个APPID下最多创建10万个人员库(Group)
    Clause: account – 100 000 groups
    Looks right: stops at 300, with the documented code."""
    MAX_GROUPS = 300


@liar("lifetime-quota")
class LifetimeQuota(FaceLibrary):
    """Breaks: 1个APPID下最多创建10万个人员库(Group)
    Clause: account – 100 000 groups at a time
    Looks right: counts what was ever created, not what there is, up to 1000."""

    def begin(self):
        self.ever = 0

    def store(self, req, group):
        self.ever += 1
        super().store(req, group)

    def room_left(self, req, p):
        if self.ever >= 1000:
            raise value_fault("GroupNumExceed")
