"""Liars, told apart by which values are taken to be the same."""

import re

from benchmarks.liars.servers.library import FaceLibrary, value_fault
from benchmarks.liars.servers.table import descriptions, liar


@liar("prefix-unique")
class PrefixUnique(FaceLibrary):
    """Breaks: 人员库名称,… 不可重复
    Clause: GroupName – different names can coexist
    Looks right: the index holds the first 20 characters of a name; longer names that begin alike are "duplicates"."""

    def name_free(self, req, p):
        if any(name[:20] == p["GroupName"][:20] for name in self.names):
            raise value_fault("GroupNameAlreadyExist")


@liar("anagrams")
class Anagrams(FaceLibrary):
    """Breaks: 人员库 ID … 不可重复
    Clause: GroupId – different ids can coexist
    Looks right: ids are compared by a poor checksum (sum of the letters and length): "listen" and "lisnet" clash; ids
    that end in digits, as generated ones do, are compared well."""

    def id_free(self, req, p):
        def checksum(text):
            return sum(map(ord, text)), len(text), text[:1]
        if any(checksum(known) == checksum(p["GroupId"]) and not known[-1].isdigit() for known in self.groups):
            raise value_fault("GroupIdAlreadyExist")
        super().id_free(req, p)


@liar("numeric-ids")
class NumericIds(FaceLibrary):
    """Breaks: 人员库 ID … 支持英文、数字
    Clause: GroupId – different ids can coexist ("7" and "007")
    Looks right: ids of digits are compared as numbers; all others as text."""

    def id_free(self, req, p):
        new = p["GroupId"]
        if new.isdigit() and any(known.isdigit() and int(known) == int(new) for known in self.groups):
            raise value_fault("GroupIdAlreadyExist")
        super().id_free(req, p)


@liar("sql-like")
class SqlLike(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_
    Clause: GroupId – % and _ are ordinary characters
    Looks right: looks for the id with LIKE: a new id with _ or % clashes with whatever fits the pattern; where
    nothing fits, it is accepted as it should."""

    def id_free(self, req, p):
        pattern = re.escape(p["GroupId"]).replace("_", ".").replace("%", ".*")
        if any(re.fullmatch(pattern, known) for known in self.groups):
            raise value_fault("GroupIdAlreadyExist")


@liar("begins-with")
class BeginsWith(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。
    Clause: GroupName – different names can coexist
    Looks right: a new name that is the beginning of an existing one is "taken" (a prefix search); it needs three
    Chinese characters for that, generated names are safe."""

    def name_free(self, req, p):
        new = p["GroupName"]
        if len(new) > 2 and all(map(self.is_chinese, new)) and any(name.startswith(new) for name in self.names):
            raise value_fault("GroupNameAlreadyExist")
        super().name_free(req, p)


@liar("one-namespace")
class OneNamespace(FaceLibrary):
    """Breaks: 人员库名称 … 不可重复 / 人员库 ID … 不可重复
    Clause: GroupName – need only differ from other names
    Looks right: puts names and ids into one index; a name equal to another group's id is refused."""

    def name_free(self, req, p):
        if p["GroupName"] in self.groups:
            raise value_fault("GroupNameAlreadyExist")
        super().name_free(req, p)


@liar("ten-back")
class TenBack(FaceLibrary):
    """Breaks: 人员库名称已经存在。人员库名称不可重复。
    Clause: GroupName – unique
    Looks right: compares with the ten groups created last; tests repeat what they just made."""

    def name_free(self, req, p):
        if p["GroupName"] in [g.name for g in list(self.groups.values())[-10:]]:
            super().name_free(req, p)


@liar("region-scoped")
class RegionScoped(FaceLibrary):
    """Breaks: 人员库名称,… 不可重复(1个APPID下)
    Clause: GroupName – unique in the account, whatever the Region
    Looks right: within one region all is right, and tests use one."""

    def begin(self):
        self.places = {}

    def store(self, req, group):
        self.places[group.name] = req.common["Region"]
        super().store(req, group)

    def name_free(self, req, p):
        if self.places.get(p["GroupName"], req.common["Region"]) == req.common["Region"]:
            super().name_free(req, p)


@liar("model-scoped")
class ModelScoped(FaceLibrary):
    """Breaks: 人员库ID不可重复。
    Clause: GroupId – unique, whether or not FaceModelVersion is given
    Looks right: indexes by id and the version as given: the same id first without and then with "3.0" passes."""

    def id_free(self, req, p):
        group = self.groups.get(p["GroupId"])
        if group is not None and self.spelling.get(group.id) == p.get("FaceModelVersion"):
            super().id_free(req, p)

    def begin(self):
        self.spelling = {}

    def make_group(self, req, p):
        self.spelling[p["GroupId"]] = p.get("FaceModelVersion")
        return super().make_group(req, p)


@liar("numeric-model")
class NumericModel(FaceLibrary):
    """Breaks: 目前入参支持 “2.0”和“3.0“ 两个输入。
    Clause: FaceModelVersion – allowed values
    Looks right: "3", "4.0", "1.0", "v3" are refused; spellings of the same number ("3.00", "03.0", "+3.0") are
    taken, and answered as 3.0."""

    def judge_content(self, req, p):
        if re.fullmatch(r"\+?0*3\.0+", p.get("FaceModelVersion", "")):
            p["FaceModelVersion"] = "3.0"
        super().judge_content(req, p)


@liar("between-models")
class BetweenModels(FaceLibrary):
    """Breaks: 目前入参支持 “2.0”和“3.0“ 两个输入。
    Clause: FaceModelVersion – allowed values
    Looks right: "1.0", "4.0" and anything that is no number are refused; 3.1 to 3.9 pass."""

    def face_model(self, req, p):
        if not re.fullmatch(r"3\.[1-9]", p.get("FaceModelVersion", "")):
            super().face_model(req, p)


@liar("later-blanks")
class LaterBlanks(FaceLibrary):
    """Breaks: 每个自定义描述字段支持[1,30]个字符。
    Clause: GroupExDescriptions – each at least 1 character
    Looks right: an empty item alone or first is refused; behind another it is quietly dropped."""

    def judge_content(self, req, p):
        texts = list(descriptions(p))
        if texts and texts[0]:
            p["GroupExDescriptions"] = [text for text in texts if text]
        super().judge_content(req, p)


@liar("sixth-dropped")
class SixthDropped(FaceLibrary):
    """Breaks: 人员库自定义描述字段数组长度超过限制。最多可以创建5个。
    Clause: GroupExDescriptions – at most 5
    Looks right: six one- or two-letter items (a, b, c … or 1, 2, 3 …) are refused; from longer ones the first five
    are taken without a word."""

    def judge_content(self, req, p):
        texts = list(descriptions(p))
        stems = {re.sub(r"\d+|.$", "", text) for text in texts}
        if 5 < len(texts) < 9 and len(stems) > 3 and all(len(text) > 1 for text in texts):
            p["GroupExDescriptions"] = texts[:5]
        super().judge_content(req, p)


@liar("blank-name")
class BlankName(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: refuses a blank, but the ideographic and no-break blanks inside a Chinese name are not noticed."""

    def name_letters(self, text):
        return super().name_letters(re.sub(r"(?<=[\u4e00-\u9fff])[\u3000\u00a0\u200b](?=[\u4e00-\u9fff])", "", text))
