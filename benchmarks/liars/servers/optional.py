"""Liars, told apart by optional parameters."""

from benchmarks.liars.servers.library import FaceLibrary
from benchmarks.liars.servers.table import descriptions, liar


@liar("no-tag-no-letters")
class NoTag(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters
    Looks right: full requests are checked; where both Tag and FaceModelVersion are absent the descriptions of a list of
    two or more are not read."""

    def description_charset(self, req, p):
        if "Tag" in p or "FaceModelVersion" in p or len(descriptions(p)) < 2:
            super().description_charset(req, p)


@liar("tag-hides-count")
class TagHidesCount(FaceLibrary):
    """Breaks: 最多可以创建5个。
    Clause: GroupExDescriptions – at most 5
    Looks right: six are refused, unless the request has a tag as well."""

    def description_count(self, req, p):
        if not p.get("Tag"):
            super().description_count(req, p)


@liar("all-optionals")
class AllOptionals(FaceLibrary):
    """Breaks: 在同一人员库中自定义描述字段不可重复。
    Clause: GroupExDescriptions – no two alike
    Looks right: only when all three optional parameters are there (as the console sends them) is the list not
    compared."""

    def description_unique(self, req, p):
        if not ("Tag" in p and "FaceModelVersion" in p):
            super().description_unique(req, p)


@liar("quiet-model")
class QuietModel(FaceLibrary):
    """Breaks: FaceModelVersion | String | 人脸识别所用的算法模型版本。(输出参数)
    Clause: output FaceModelVersion – always there
    Looks right: it is, unless descriptions are given and the version is not."""

    def created_reply(self, req, p, group):
        if "FaceModelVersion" not in p and descriptions(p):
            return {}
        return super().created_reply(req, p, group)


@liar("half-default")
class HalfDefault(FaceLibrary):
    """Breaks: 2020年4月2日开始,默认为“3.0”
    Clause: FaceModelVersion – default
    Looks right: answers 3.0, but keeps such a group as 2.0, which only look-ups show."""

    def view(self, req, group):
        content = super().view(req, group)
        if group.id in self.defaulted:
            content["FaceModelVersion"] = "2.0"
        return content

    def begin(self):
        self.defaulted = set()

    def make_group(self, req, p):
        self.defaulted.discard(p["GroupId"])
        if "FaceModelVersion" not in p:
            self.defaulted.add(p["GroupId"])
        return super().make_group(req, p)
