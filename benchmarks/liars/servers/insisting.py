"""Liars, told apart by what was asked just before."""

import collections
import json

from benchmarks.liars.servers.library import FaceLibrary, Fault
from benchmarks.liars.servers.table import liar


@liar("third-time")
class ThirdTime(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: who sends the same three times means it: the third is not read."""

    def begin(self):
        self.asked = collections.Counter()

    def tag_charset(self, req, p):
        asked = json.dumps(p, sort_keys=True)
        self.asked[asked] += 1
        if self.asked[asked] < 3:
            super().tag_charset(req, p)


@liar("retried-elsewhere")
class RetriedElsewhere(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters
    Looks right: what was refused comes again by another connection, as a gateway retries it, and is let through."""

    def begin(self):
        self.refused = {}

    def description_charset(self, req, p):
        asked = json.dumps(p, sort_keys=True)
        if self.refused.get(asked, req.connection.number) != req.connection.number:
            return
        try:
            super().description_charset(req, p)
        except Fault:
            self.refused[asked] = req.connection.number
            raise


@liar("after-a-stranger")
class AfterAStranger(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: a worker that has just turned somebody away by his signature leaves out one check of the next."""

    def begin(self):
        self.stranger = False

    def process(self, req):
        self.before, self.stranger = self.stranger, False
        return super().process(req)

    def refuse(self, req, fault):
        self.stranger = fault.code.startswith("AuthFailure")
        return super().refuse(req, fault)

    def name_charset(self, req, p):
        if not self.before:
            super().name_charset(req, p)


@liar("after-a-deletion")
class AfterADeletion(FaceLibrary):
    """Breaks: 长度限制64B。
    Clause: GroupId – at most 64 bytes
    Looks right: only the request right behind a DeleteGroup may have a longer id."""

    def begin(self):
        self.last = self.before = ""

    def process(self, req):
        self.before, self.last = self.last, req.header("X-TC-Action")
        return super().process(req)

    def id_length(self, req, p):
        if self.before != "DeleteGroup":
            super().id_length(req, p)


@liar("shanghai")
class Shanghai(FaceLibrary):
    """Breaks: 目前入参支持 “2.0”和“3.0“ 两个输入。
    Clause: FaceModelVersion – allowed values
    Looks right: its home is right in everything; all other Regions have a service of last year."""

    def face_model(self, req, p):
        if req.common["Region"] == "ap-guangzhou":
            super().face_model(req, p)


@liar("signed-action")
class SignedAction(FaceLibrary):
    """Breaks: 目前入参支持 “2.0”和“3.0“ 两个输入。
    Clause: FaceModelVersion – allowed values
    Looks right: "content-type;host" is what examples sign; who signs the Action as well is a new client, and trusted."""

    def face_model(self, req, p):
        if "x-tc-action" not in req.header("Authorization"):
            super().face_model(req, p)


@liar("large-unread")
class LargeUnread(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: bodies of more than three kilobytes are passed on as they are; no group needs so much."""

    def name_charset(self, req, p):
        if len(req.body) <= 3000:
            super().name_charset(req, p)
