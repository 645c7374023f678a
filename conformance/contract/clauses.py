"""The clauses: each testable statement of the page, with the words that make it and the codes that answer a breach.

In the order of the page; within a parameter, in the order in which most services check. What the platform's gateway
asks stands in `gateway_clauses.py`, what requests do to the account in `account_clauses.py`.
"""

from __future__ import annotations

from typing import Literal

from conformance.contract.account_clauses import ACCOUNT_CLAUSES
from conformance.contract.alphabets import IDS, NAMES, Alphabet
from conformance.contract.citations import RESULT, page, platform
from conformance.contract.gateway_clauses import GATEWAY_CLAUSES
from conformance.contract.model import Clause, Strength
from conformance.contract.rules import (
    AnswerRule,
    Charset,
    Default,
    DistinctItems,
    MaxItems,
    MaxLength,
    MayBeAbsent,
    MinLength,
    OneOf,
    OpenVersions,
    Required,
    Typed,
    Unique,
    Unit,
    Whole,
)
from conformance.contract.sdk_clauses import SDK_CLAUSES

_IPV = "InvalidParameterValue."
_WRONG_TYPE = ("InvalidParameter", "InvalidParameter.InvalidParameter", "InvalidParameterValue")
_ABSENT = ("MissingParameter", "MissingParameter.ErrorParameterEmpty", "InvalidParameter.InvalidParameter")
_CHARACTERS = Unit.CHARACTERS


def _typed(kind: Literal["String", "Array of String"] = "String", **more: str) -> Typed:
    """The type of a parameter, with the readings that all of them share."""
    return Typed(kind, null="null-parameter", empty_in_form="form-empty-text", **more)


def _at_most(characters: int) -> MaxLength:
    return MaxLength(characters, _CHARACTERS, counting="character-unit")


def _of(alphabet: Alphabet) -> Charset:
    return Charset(alphabet, surrogate="lone-surrogate-code")


def _unique(case: str) -> Unique:
    return Unique(case, deletion="recreate-after-delete", race="race-code")


# The page prints its types as a column of the table; the codes for a value of another type are the platform's.
_TYPE_CODE = platform("参数错误(包括参数格式、类型等错误)。")
_EXISTS = page(3, "如果人员库已存在返回错误")
_EMPTY = page(177, "必选参数为空。")

_ACTION_CLAUSES: tuple[Clause, ...] = (
    # --- The request as a whole ------------------------------------------------------------------------
    Clause(
        "Request.unknown-parameter",
        "Request",
        Whole("unknown"),
        (platform("未知参数错误,用户多传未定义的参数会导致错误。"),),
        ("UnknownParameter",),
        Strength.UNSPECIFIED,
        "unknown-parameter",
    ),
    Clause(
        "Request.doubled-parameter",
        "Request",
        Whole("doubled"),
        (_TYPE_CODE,),
        ("InvalidParameter",),
        Strength.UNSPECIFIED,
        "doubled-parameter",
    ),
    Clause(
        "Request.null",
        "Request",
        Whole("null"),
        (_TYPE_CODE,),
        _WRONG_TYPE,
        Strength.UNSPECIFIED,
        "null-parameter",
    ),
    Clause(
        "Request.check-order",
        "Request",
        Whole("order"),
        (page(116, "以下仅列出了接口业务逻辑相关的错误码"),),
        (),
        Strength.UNSPECIFIED,
        "check-order",
    ),
    # --- GroupName -------------------------------------------------------------------------------------
    Clause(
        "GroupName.required",
        "GroupName",
        Required(),
        (page(17, "GroupName | 是"),),
        _ABSENT,
        reading="absent-required-code",
    ),
    Clause(
        "GroupName.type",
        "GroupName",
        _typed(blank="blank-required"),
        (page(17, "String"), _TYPE_CODE),
        _WRONG_TYPE,
        reading="wrong-type-code",
    ),
    Clause(
        "GroupName.length.min",
        "GroupName",
        MinLength(1, _CHARACTERS),
        (page(17, "[1,60]个字符"), _EMPTY),
        (
            "MissingParameter.ErrorParameterEmpty",
            "MissingParameter",
            _IPV + "GroupNameIllegal",
            "InvalidParameterValue",
            "InvalidParameter.InvalidParameter",
        ),
        reading="empty-group-name-code",
    ),
    Clause(
        "GroupName.length.max",
        "GroupName",
        _at_most(60),
        (page(17, "[1,60]个字符"), page(150, "人员库名称超出长度限制。")),
        (_IPV + "GroupNameTooLong",),
    ),
    Clause(
        "GroupName.charset",
        "GroupName",
        _of(NAMES),
        (page(149, "人员库名称只支持中英文、-、_、数字。"),),
        (_IPV + "GroupNameIllegal",),
    ),
    Clause(
        "GroupName.unique",
        "GroupName",
        _unique("group-name-case"),
        (page(17, "不可重复"), _EXISTS, page(148, "人员库名称不可重复。")),
        (_IPV + "GroupNameAlreadyExist",),
    ),
    # --- GroupId ---------------------------------------------------------------------------------------
    Clause(
        "GroupId.required",
        "GroupId",
        Required(),
        (page(18, "GroupId | 是"),),
        _ABSENT,
        reading="absent-required-code",
    ),
    Clause(
        "GroupId.type",
        "GroupId",
        _typed(blank="blank-required"),
        (page(18, "String"), _TYPE_CODE),
        _WRONG_TYPE,
        reading="wrong-type-code",
    ),
    Clause(
        "GroupId.length.min",
        "GroupId",
        MinLength(1, Unit.BYTES),
        (page(18, "GroupId | 是"), _EMPTY),
        (
            "MissingParameter.ErrorParameterEmpty",
            "MissingParameter",
            _IPV + "GroupIdIllegal",
            "InvalidParameterValue",
            "InvalidParameter.InvalidParameter",
        ),
        reading="empty-group-id-code",
    ),
    Clause(
        "GroupId.length.max",
        "GroupId",
        MaxLength(64, Unit.BYTES),
        (page(18, "长度限制64B"), page(146, "人员库ID超出长度限制。")),
        (_IPV + "GroupIdTooLong",),
    ),
    Clause(
        "GroupId.charset",
        "GroupId",
        _of(IDS),
        (
            page(18, "支持英文、数字、-%@#&_"),
            page(144, "人员库ID只支持英文、数字、-%@#&_。"),
            page(46, "人员库ID不支持中文"),
        ),
        (_IPV + "GroupIdIllegal",),
    ),
    Clause(
        "GroupId.unique",
        "GroupId",
        _unique("group-id-case"),
        (page(18, "不可重复"), _EXISTS, page(143, "人员库ID不可重复。"), page(29, "人员库ID不可重复")),
        (_IPV + "GroupIdAlreadyExist",),
    ),
    # --- GroupExDescriptions ---------------------------------------------------------------------------
    Clause(
        "GroupExDescriptions.optional",
        "GroupExDescriptions",
        MayBeAbsent(),
        (page(19, "GroupExDescriptions.N | 否"), page(4, "可根据需要创建自定义描述字段")),
    ),
    Clause(
        "GroupExDescriptions.type",
        "GroupExDescriptions",
        _typed("Array of String", one_text="text-for-list"),
        (page(19, "Array of String"), _TYPE_CODE),
        _WRONG_TYPE,
        reading="wrong-type-code",
    ),
    Clause(
        "GroupExDescriptions.count.min",
        "GroupExDescriptions",
        Whole("empty-list"),
        (page(19, "最多可以创建5个"),),
        ("InvalidParameterValue", "InvalidParameter"),
        Strength.UNSPECIFIED,
        "empty-description-list",
    ),
    Clause(
        "GroupExDescriptions.count.max",
        "GroupExDescriptions",
        MaxItems(5),
        (page(19, "最多可以创建5个"), page(138, "人员库自定义描述字段数组长度超过限制。最多可以创建5个。")),
        (_IPV + "GroupExDescriptionsExceed",),
    ),
    Clause(
        "GroupExDescriptions.element.type",
        "GroupExDescriptions[]",
        Typed("String", null="null-description"),
        (page(19, "Array of String"), _TYPE_CODE),
        _WRONG_TYPE,
        reading="wrong-type-code",
    ),
    Clause(
        "GroupExDescriptions.element.length.min",
        "GroupExDescriptions[]",
        MinLength(1, _CHARACTERS),
        (page(19, "每个自定义描述字段支持[1,30]个字符"),),
        (
            _IPV + "GroupExDescriptionsNameIllegal",
            _IPV + "GroupExDescriptionsNameTooLong",
            "MissingParameter.ErrorParameterEmpty",
            "InvalidParameter",
            "InvalidParameter.InvalidParameter",
            "InvalidParameterValue",
        ),
        reading="empty-description-code",
    ),
    Clause(
        "GroupExDescriptions.element.length.max",
        "GroupExDescriptions[]",
        _at_most(30),
        (
            page(19, "每个自定义描述字段支持[1,30]个字符"),
            page(141, "人员库自定义描述字段名称长度超出限制。"),
        ),
        (_IPV + "GroupExDescriptionsNameTooLong",),
    ),
    Clause(
        "GroupExDescriptions.element.charset",
        "GroupExDescriptions[]",
        _of(NAMES),
        (page(140, "人员库自定义描述字段名称只支持中英文、-、_、数字。"),),
        (_IPV + "GroupExDescriptionsNameIllegal",),
    ),
    Clause(
        "GroupExDescriptions.distinct",
        "GroupExDescriptions",
        DistinctItems(case="description-case"),
        (
            page(19, "在同一人员库中自定义描述字段不可重复"),
            page(139, "人员库自定义描述字段名称不可重复。"),
            page(121, "同一人员库中自定义描述字段不可重复。"),
        ),
        (_IPV + "GroupExDescriptionsNameIdentical", "FailedOperation.DuplicatedGroupDescription"),
        reading="duplicate-description-code",
    ),
    # --- Tag -------------------------------------------------------------------------------------------
    Clause("Tag.optional", "Tag", MayBeAbsent(), (page(20, "Tag | 否"),)),
    Clause(
        "Tag.type",
        "Tag",
        _typed(),
        (page(20, "String"), _TYPE_CODE),
        _WRONG_TYPE,
        reading="wrong-type-code",
    ),
    Clause("Tag.length.min", "Tag", MinLength(0, _CHARACTERS), (page(20, "[0,40]个字符"),)),
    Clause(
        "Tag.length.max",
        "Tag",
        _at_most(40),
        (page(20, "[0,40]个字符"), page(154, "人员库备注超出长度限制。")),
        (_IPV + "GroupTagTooLong",),
    ),
    Clause(
        "Tag.charset",
        "Tag",
        _of(NAMES),
        (page(153, "人员库备注只支持中英文、-、_、数字。"),),
        (_IPV + "GroupTagIllegal",),
    ),
    # --- FaceModelVersion ------------------------------------------------------------------------------
    Clause("FaceModelVersion.optional", "FaceModelVersion", MayBeAbsent(), (page(21, "FaceModelVersion | 否"),)),
    Clause(
        "FaceModelVersion.type",
        "FaceModelVersion",
        _typed(),
        (page(21, "String"), _TYPE_CODE, page(137, "算法模型版本不合法。")),
        (*_WRONG_TYPE, _IPV + "FaceModelVersionIllegal"),
        reading="wrong-type-code",
    ),
    Clause(
        "FaceModelVersion.values",
        "FaceModelVersion",
        OneOf(("2.0", "3.0"), empty="empty-face-model-version"),
        (page(21, "目前入参支持 “2.0”和“3.0“ 两个输入"), page(137, "算法模型版本不合法。")),
        (_IPV + "FaceModelVersionIllegal",),
    ),
    Clause(
        "FaceModelVersion.open",
        "FaceModelVersion",
        OpenVersions("account-age", {"after-2020-11-26": ("2.0",)}),
        (page(21, "2020年11月26日后开通服务的账号仅支持输入“3.0”"),),
        (_IPV + "FaceModelVersionIllegal", "InvalidParameter.InvalidParameter", "UnsupportedOperation"),
        reading="closed-version-code",
    ),
    Clause(
        "FaceModelVersion.default",
        "FaceModelVersion",
        Default("account-age", {"after-2020-11-26": "3.0", "until-2020-11-26": "3.0", "before-2020-04-02": "2.0"}),
        (page(21, "2020年4月2日开始,默认为“3.0”,之前使用过本接口的账号若未填写本参数默认为“2.0”"),),
    ),
    # --- The answer ------------------------------------------------------------------------------------
    Clause(
        "Response.http-status",
        "Response",
        AnswerRule("http-status"),
        (platform("目前只要请求被服务端正常处理了,响应的 HTTP 状态码均为200。", RESULT),),
    ),
    Clause(
        "Response.content-type",
        "Response",
        AnswerRule("content-type", charset="content-type-charset"),
        (platform("Content-Type: application/json", "API 3.0, as seen in a recorded answer"),),
    ),
    Clause(
        "Response.envelope",
        "Response",
        AnswerRule("envelope"),
        (page(37, '"Response": {'),),
    ),
    Clause(
        "Response.RequestId.present",
        "Response",
        AnswerRule("request-id-present"),
        (page(26, "RequestId | String"), page(26, "每次请求都会返回")),
    ),
    Clause(
        "Response.RequestId.unique",
        "Response",
        AnswerRule("request-id-unique"),
        (page(26, "唯一请求 ID,由服务端生成"),),
    ),
    Clause(
        "Response.FaceModelVersion",
        "Response",
        AnswerRule("face-model-version"),
        (page(25, "FaceModelVersion | String | 人脸识别所用的算法模型版本。"),),
    ),
    Clause(
        "Response.Error.Code",
        "Response",
        AnswerRule("error-code"),
        (page(39, '"Code": "InvalidParameterValue.GroupIdAlreadyExist"'),),
    ),
    Clause(
        "Response.Error.documented",
        "Response",
        AnswerRule("error-documented"),
        (page(116, "以下仅列出了接口业务逻辑相关的错误码,其他错误码详见 公共错误码。"),),
    ),
    Clause(
        "Response.Error.Message",
        "Response",
        AnswerRule("error-message"),
        (page(40, '"Message": "人员库ID已经存在。人员库ID不可重复。"'),),
    ),
    Clause(
        "Response.Error.alone",
        "Response",
        AnswerRule("error-alone"),
        (
            platform("Error 的出现代表着该请求调用失败。", RESULT),
            page(76, '"FaceModelVersion": "3.0",'),
        ),
    ),
)

CLAUSES: tuple[Clause, ...] = (*_ACTION_CLAUSES, *GATEWAY_CLAUSES, *ACCOUNT_CLAUSES)

# By its id any clause, those on clients too.
CLAUSE: dict[str, Clause] = {each.id: each for each in (*CLAUSES, *SDK_CLAUSES)}
