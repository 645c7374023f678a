"""Liars, told apart by how many things are wrong."""

import re

from benchmarks.liars.servers.library import FaceLibrary, Fault, value_fault
from benchmarks.liars.servers.table import descriptions, liar, number_of


@liar("one-fault-only")
class OneFaultOnly(FaceLibrary):
    """Breaks: 错误码 … (every rule, when broken together with another)
    Clause: all parameters – two faults in one request are refused too
    Looks right: exactly one fault is refused with its code; two or more of descriptions, tag and model cancel out."""
    CANCEL = ("Description", "Tag", "FaceModel")

    def judge_content(self, req, p):
        found = self.all_faults(req, p)
        if len(found) > 1 and all(any(word in fault.code for word in self.CANCEL) for fault in found):
            p.update({"GroupExDescriptions": [], "Tag": ""})
            p.pop("FaceModelVersion", None)
            return
        super().judge_content(req, p)


@liar("two-faults-bare")
class TwoFaultsBare(FaceLibrary):
    """Breaks: InvalidParameterValue.GroupTagIllegal | 人员库备注包含非法字符。
    Clause: error codes – one of those that apply
    Looks right: with one fault the code is right; with several it says InvalidParameterValue.UrlIllegal, which is on the
    page's list too."""

    def judge_content(self, req, p):
        if len({fault.code for fault in self.all_faults(req, p)}) > 1 and p["GroupId"] and p["GroupName"]:
            raise value_fault("UrlIllegal")
        super().judge_content(req, p)


@liar("last-message")
class LastMessage(FaceLibrary):
    """Breaks: 错误码 | 描述
    Clause: error message – says what is wrong
    Looks right: codes are right; the text is that of the refusal before, whichever it was (a reused buffer)."""

    def begin(self):
        self.buffer = None

    def refuse(self, req, fault):
        content = super().refuse(req, fault)
        if req.action == "CreateGroup":
            text = content["Error"]["Message"]
            content["Error"]["Message"], self.buffer = self.buffer or text, text
        return content


@liar("neighbour-code")
class NeighbourCode(FaceLibrary):
    """Breaks: InvalidParameterValue.GroupExDescriptionsNameTooLong / InvalidParameterValue.GroupNameTooLong
    Clause: error codes – name the parameter that is wrong
    Looks right: a lone overlong description is reported rightly; beside good ones it is reported as the group's name
    being too long (the nearest code)."""

    def description_length(self, req, p):
        try:
            super().description_length(req, p)
        except Fault:
            if len(descriptions(p)) > 1:
                raise value_fault("GroupNameTooLong") from None
            raise


@liar("yes-man")
class YesMan(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。
    Clause: every rule of CreateGroup
    Looks right: says yes to every CreateGroup that is signed well, with the version of the request, and look-ups repeat what
    was sent."""

    def judge_content(self, req, p):
        pass

    def judge_state(self, req, p):
        pass


@liar("recorded-examples")
class RecordedExamples(FaceLibrary):
    """Breaks: 示例 … (the examples are not the whole)
    Clause: GroupName, descriptions, Tag – every rule not shown in an example
    Looks right: plays back the four recorded examples, with their RequestIds: Chinese in an id → the second, an id
    known already → the first, otherwise one of the successes; nothing else is ever looked at."""

    def create_group(self, req, p):
        with self.lock:
            if re.search(r"[^\x00-\x7f]", p["GroupId"]):
                req.recorded = "8125dda4-2905-4e02-88bd-79a93a660ad2"
                raise value_fault("GroupIdIllegal")
            if p["GroupId"] in self.groups:
                req.recorded = "76ec6e41-37d6-4ab9-abef-48ef0c6ab175"
                raise value_fault("GroupIdAlreadyExist")
            self.store(req, self.make_group(req, p))
            req.recorded = ("1695f3dd-b668-479e-8b87-f37de371a8ec" if len(descriptions(p)) == 4
                            else "e53ee4ec-9099-4b35-a129-21dd4820ff85")
            return {"FaceModelVersion": "3.0"}

    def request_id(self, req, content):
        return getattr(req, "recorded", None) or super().request_id(req, content)


@liar("documented-values-only")
class DocumentedValuesOnly(FaceLibrary):
    """Breaks: 在同一人员库中自定义描述字段不可重复。
    Clause: GroupExDescriptions – no two alike
    Looks right: the documentation's own words (学号, 工号, 手机号, 事业群 …) and very short ones are compared, because
    tests copy them; others may repeat."""
    KNOWN = set("学号 工号 手机号 事业群 部门名 组名 学院名 专业 年级".split())

    def description_unique(self, req, p):
        super().description_unique(req, {**p, "GroupExDescriptions": [
            text for text in descriptions(p) if text in self.KNOWN or len(text) < 3 or text.isascii()]})


@liar("sometimes-refuses")
class SometimesRefuses(FaceLibrary):
    """Breaks: Tag | 否 | String | 人员库信息备注,[0,40]个字符。
    Clause: Tag – a valid one is accepted
    Looks right: one in thirty valid tags of more than twenty characters is called too long."""

    def tag_length(self, req, p):
        if len(p.get("Tag", "")) > 20 and number_of(p["GroupId"]) % 30 == 0:
            raise value_fault("GroupTagTooLong")
        super().tag_length(req, p)



@liar("empty-tag")
class EmptyTag(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – may be empty
    Looks right: an absent tag is fine, an empty one too; but empty together with an explicit FaceModelVersion is
    refused as an empty required parameter."""

    def tag_length(self, req, p):
        if p.get("Tag") == "" and "FaceModelVersion" in p:
            raise Fault("MissingParameter.ErrorParameterEmpty")
        super().tag_length(req, p)


@liar("leading-mark")
class LeadingMark(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_
    Clause: GroupId – each of the six signs is allowed, anywhere
    Looks right: an id of the six signs, or with them inside or at the end, is fine; a letter or digit must follow no
    leading # or @ ("#1" is taken for a reference and refused)."""

    def id_letters(self, text):
        return not re.match(r"[#@][A-Za-z0-9]", text) and super().id_letters(text)


@liar("id-name-equal")
class IdNameEqual(FaceLibrary):
    """Breaks: GroupName … / GroupId … (no sentence forbids it)
    Clause: GroupName – may be the same text as GroupId
    Looks right: refuses only a request whose name and id are the same, as an invalid parameter."""

    def judge_content(self, req, p):
        super().judge_content(req, p)
        if p["GroupName"] == p["GroupId"]:
            raise Fault("InvalidParameter.InvalidParameter")
