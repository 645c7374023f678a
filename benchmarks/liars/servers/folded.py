"""Liars, told apart by what they take for one text, or don't find again."""

from benchmarks.liars.servers.library import FaceLibrary, value_fault
from benchmarks.liars.servers.table import descriptions, liar


@liar("folded-signs")
class FoldedSigns(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_
    Clause: GroupId – different ids can coexist
    Looks right: the column of keys is made for file names, in which @ is written #; ids that differ in nothing else
    are one."""

    def id_free(self, req, p):
        def key(text):
            return text.replace("@", "#")
        if key(p["GroupId"]) in map(key, self.groups):
            raise value_fault("GroupIdAlreadyExist")


@liar("folded-zero")
class FoldedZero(FaceLibrary):
    """Breaks: 人员库 ID … 不可重复
    Clause: GroupId – different ids can coexist
    Looks right: what people mistake when they read it aloud is one: 0 and O, in ids alone."""

    def id_free(self, req, p):
        def key(text):
            return text.replace("O", "0")
        if key(p["GroupId"]) in map(key, self.groups):
            raise value_fault("GroupIdAlreadyExist")


@liar("traditional")
class Traditional(FaceLibrary):
    """Breaks: 人员库名称,… 不可重复
    Clause: GroupName – different names can coexist
    Looks right: a search that knows both ways to write Chinese takes 國 and 国 for one."""
    SIMPLE = str.maketrans("國學員庫號門業", "国学员库号门业")

    def name_free(self, req, p):
        def key(text):
            return text.translate(self.SIMPLE)
        if key(p["GroupName"]) in map(key, self.names):
            raise value_fault("GroupNameAlreadyExist")


@liar("folded-descriptions")
class FoldedDescriptions(FaceLibrary):
    """Breaks: 每个自定义描述字段 … 在同一人员库中自定义描述字段不可重复
    Clause: GroupExDescriptions – different ones can stand side by side
    Looks right: makes column names of them, in which - is _; only two that differ in that are "repeated"."""

    def description_unique(self, req, p):
        texts = [text.replace("-", "_") for text in descriptions(p)]
        if len(set(texts)) != len(texts):
            raise value_fault("GroupExDescriptionsNameIdentical")


@liar("long-han-names")
class LongHanNames(FaceLibrary):
    """Breaks: 人员库名称已经存在。人员库名称不可重复。
    Clause: GroupName – unique
    Looks right: the index holds sixty bytes and gives up beyond; names with more than twenty Chinese characters may be
    there twice."""

    def name_free(self, req, p):
        if sum(map(self.is_chinese, p["GroupName"])) <= 20:
            super().name_free(req, p)


@liar("middling-ids")
class MiddlingIds(FaceLibrary):
    """Breaks: 人员库ID已经存在。人员库ID不可重复。
    Clause: GroupId – unique
    Looks right: short ids are compared, and the longest; those of 40 to 56 characters are not."""

    def id_free(self, req, p):
        if not 40 <= len(p["GroupId"]) <= 56:
            super().id_free(req, p)


@liar("two-hundred-names")
class TwoHundredNames(FaceLibrary):
    """Breaks: 人员库名称已经存在。人员库名称不可重复。
    Clause: GroupName – unique
    Looks right: remembers the last two hundred names; no test creates so many between a name and its repetition."""

    def name_free(self, req, p):
        if p["GroupName"] in list(self.names)[-200:]:
            super().name_free(req, p)


@liar("renamed-back")
class RenamedBack(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符,可修改,不可重复。
    Clause: GroupName – unique
    Looks right: a new name is taken, the old one free; who gets an old name back has one that others may take too."""

    def begin(self):
        self.old, self.loose = set(), set()

    def rename(self, req, group, name):
        if (group.id, name) in self.old:
            self.loose.add(name)
        self.old.add((group.id, group.name))
        super().rename(req, group, name)

    def name_free(self, req, p):
        if p["GroupName"] not in self.loose:
            super().name_free(req, p)
