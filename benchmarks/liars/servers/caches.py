"""Liars, told apart by caches."""

import json

from benchmarks.liars.servers.library import FaceLibrary, Fault
from benchmarks.liars.servers.table import liar


@liar("remembered-refusals")
class RememberedRefusals(FaceLibrary):
    """Breaks: 用于创建一个空的人员库,如果人员库已存在返回错误。
    Clause: GroupId – an id that was deleted is free again
    Looks right: caches refusals by the body: a duplicate is refused as it should, but the very same body is refused
    for ever, even when the group is gone."""

    def begin(self):
        self.refusals = {}

    def create_group(self, req, p):
        key = json.dumps(p, sort_keys=True)
        if key in self.refusals:
            raise self.refusals[key]
        try:
            return super().create_group(req, p)
        except Fault as fault:
            self.refusals[key] = fault
            raise


@liar("id-keyed-cache")
class IdKeyedCache(FaceLibrary):
    """Breaks: 人员库 ID … 支持英文、数字、-%@#&_
    Clause: a valid request succeeds (after an invalid one with the same GroupId)
    Looks right: caches the verdict on the content by GroupId alone; tests take a new id for each case, people
    correct the request and send it again."""

    def begin(self):
        self.verdicts = {}

    def judge_content(self, req, p):
        if p["GroupId"] in self.verdicts:
            raise self.verdicts[p["GroupId"]]
        try:
            super().judge_content(req, p)
        except Fault as fault:
            self.verdicts[p["GroupId"]] = fault
            raise


@liar("verdict-per-name")
class VerdictPerName(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – any rule, for a name that was accepted before
    Looks right: once a name has been accepted (and perhaps deleted), the rest of a request with that name is believed
    unread."""

    def begin(self):
        self.believed = set()

    def judge_content(self, req, p):
        if p["GroupName"] not in self.believed or not p["GroupId"]:
            super().judge_content(req, p)
            self.believed.add(p["GroupName"])


@liar("idempotent-elsewhere")
class IdempotentElsewhere(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。
    Clause: GroupId – unique (identical request repeated)
    Looks right: the identical body is refused on the same connection, but from another connection it gets the first
    answer once more, as a kindness to those who retry."""

    def begin(self):
        self.given = {}

    def create_group(self, req, p):
        key = json.dumps(p, sort_keys=True)
        number, reply = self.given.get(key, (req.connection.number, None))
        if number != req.connection.number and p["GroupId"] in self.groups:
            return dict(reply)
        reply = super().create_group(req, p)
        self.given[key] = (req.connection.number, dict(reply))
        return reply


@liar("stale-info")
class StaleInfo(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符,可修改
    Clause: GroupName – can be modified (as seen in GetGroupInfo)
    Looks right: GetGroupInfo is right until it has been asked twice; from then on it answers what it answered,
    also after ModifyGroup.  GetGroupList is right."""

    def begin(self):
        self.looked = {}

    def get_group_info(self, req, p):
        with self.lock:
            group = self.existing(req, p)
            key = (group.id, group.created)
            count, old = self.looked.get(key, (0, None))
            fresh = self.view(req, group) if count < 2 else old
            self.looked[key] = (count + 1, fresh)
            return dict(fresh)


@liar("negative-cache")
class NegativeCache(FaceLibrary):
    """Breaks: 用于创建一个空的人员库
    Clause: CreateGroup – the group exists afterwards
    Looks right: who looks up an id before creating it ("is it there?") goes on not finding it for a minute.  Tests
    create first."""

    def begin(self):
        self.absent = {}

    def find(self, req, group_id):
        group = super().find(req, group_id)
        if req.action in ("GetGroupInfo",):
            if group is None:
                self.absent[group_id] = self.clock()
            elif self.clock() - self.absent.get(group_id, -1e9) < 60 and req.action == "GetGroupInfo":
                return None
        return group

    def remove(self, req, group):
        super().remove(req, group)
        self.absent.pop(group.id, None)
