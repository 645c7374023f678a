"""The clauses on what requests do to the account: what they leave behind, and what happens when several come at once."""

from __future__ import annotations

from conformance.contract.citations import RESULT, page, platform
from conformance.contract.model import Clause
from conformance.contract.rules import Effect, Limit, Measure

__all__ = ["ACCOUNT_CLAUSES"]

_EXISTS = page(3, "如果人员库已存在返回错误")
_FAILED = platform("Error 的出现代表着该请求调用失败。", RESULT)


def _state() -> tuple[Clause, ...]:
    subject = "State"
    return (
        Clause("State.refused-leaves-nothing", subject, Effect(), (_FAILED,)),
        Clause("State.kept.GroupName", subject, Effect(), (page(17, "人员库名称"),), needs=("GetGroupInfo",)),
        Clause(
            "State.kept.GroupExDescriptions",
            subject,
            Effect(),
            (page(19, "该人员库下所有人员将拥有此描述字段。"),),
            needs=("GetGroupInfo",),
        ),
        Clause("State.kept.Tag", subject, Effect(), (page(20, "人员库信息备注"),), needs=("GetGroupInfo",)),
        Clause(
            "State.kept.FaceModelVersion",
            subject,
            Effect(),
            (page(21, "人脸识别服务所用的算法模型版本。"),),
            needs=("GetGroupInfo",),
        ),
        Clause("State.listed", subject, Effect(), (page(3, "用于创建一个空的人员库"),), needs=("GetGroupList",)),
        Clause(
            "State.deletion",
            subject,
            Effect(),
            (_EXISTS,),
            part_of=("GroupId.unique", "GroupName.unique"),
            needs=("DeleteGroup",),
        ),
        Clause(
            "State.renaming",
            subject,
            Effect(),
            (page(17, "可修改,不可重复"), page(148, "人员库名称不可重复。")),
            needs=("ModifyGroup",),
        ),
        Clause(
            "State.id-stays",
            subject,
            Effect(),
            (page(18, "不可修改"),),
            part_of=("State.kept.GroupName",),
            needs=("ModifyGroup", "GetGroupInfo"),
        ),
        Clause(
            "State.quota",
            subject,
            Effect(limit=Limit(10, Measure.TEN_THOUSAND)),
            (page(5, "1个APPID下最多创建10万个人员库(Group)"), page(151, "人员库数量超出限制。")),
            ("InvalidParameterValue.GroupNumExceed", "LimitExceeded"),
            reading="quota-code",
            needs=("small quota",),
        ),
    )


def _concurrency() -> tuple[Clause, ...]:
    subject = "Concurrency"
    race = ("FailedOperation.ConflictOperation", "InternalError")
    return (
        Clause(
            "Concurrency.same-id",
            subject,
            Effect(),
            (page(18, "不可重复"), _EXISTS),
            race,
            reading="race-code",
            part_of=("GroupId.unique", "GroupName.unique"),
        ),
        Clause(
            "Concurrency.same-name",
            subject,
            Effect(),
            (page(17, "不可重复"), _EXISTS),
            race,
            reading="race-code",
            part_of=("GroupId.unique", "GroupName.unique"),
        ),
        Clause("Concurrency.different", subject, Effect(), (page(3, "用于创建一个空的人员库"),)),
        Clause(
            "Concurrency.lost-answer",
            subject,
            Effect(),
            (_EXISTS,),
            part_of=("GroupId.unique", "GroupName.unique", "State.kept.GroupName"),
            needs=("connection",),
        ),
    )


ACCOUNT_CLAUSES: tuple[Clause, ...] = (*_state(), *_concurrency())
