"""The error codes: the 69 of the action's page and the platform's 38 common ones, each with its message and kind.

The page's list serves the whole product; the kind tells which of its codes this action's requests can provoke.
"""

from __future__ import annotations

from conformance.contract.model import CodeKind, ErrorCode

_PARAMETERS = CodeKind.PARAMETERS
_ACCOUNT_STATE = CodeKind.ACCOUNT_STATE
_ACCOUNT_STANDING = CodeKind.ACCOUNT_STANDING
_PLATFORM = CodeKind.PLATFORM
_OTHER_ACTION = CodeKind.OTHER_ACTION

PAGE_CODES: tuple[ErrorCode, ...] = (
    ErrorCode("AuthFailure.InvalidAuthorization", "认证失败。", _PLATFORM, 119),
    ErrorCode("FailedOperation.ConflictOperation", "操作冲突,请勿同时操作相同的Person。", _ACCOUNT_STATE, 120),
    ErrorCode("FailedOperation.DuplicatedGroupDescription", "同一人员库中自定义描述字段不可重复。", _PARAMETERS, 121),
    ErrorCode("FailedOperation.GroupInDeletedState", "当前组正处于删除状态,请等待。", _ACCOUNT_STATE, 122),
    ErrorCode("FailedOperation.GroupPersonMapExist", "组中已包含对应的人员Id。", _OTHER_ACTION, 123),
    ErrorCode("FailedOperation.GroupPersonMapNotExist", "组中不包含对应的人员Id。", _OTHER_ACTION, 124),
    ErrorCode("FailedOperation.ImageDecodeFailed", "图片解码失败。", _OTHER_ACTION, 125),
    ErrorCode("FailedOperation.ImageDownloadError", "图片下载错误。", _OTHER_ACTION, 126),
    ErrorCode("FailedOperation.ImageFacedetectFailed", "人脸检测失败。", _OTHER_ACTION, 127),
    ErrorCode("FailedOperation.ImageSizeExceed", "base64编码后的图片数据大小不超过5M。", _OTHER_ACTION, 128),
    ErrorCode("FailedOperation.RequestLimitExceeded", "请求频率超过限制。", _PLATFORM, 129),
    ErrorCode("FailedOperation.RequestTimeout", "后端服务超时。", _PLATFORM, 130),
    ErrorCode("FailedOperation.SearchFacesExceed", "检索人脸个数超过限制。", _OTHER_ACTION, 131),
    ErrorCode("FailedOperation.ServerError", "算法服务异常,请重试。", _PLATFORM, 132),
    ErrorCode("InternalError", "内部错误。", _PLATFORM, 133),
    ErrorCode("InvalidParameter.InvalidParameter", "参数不合法。", _PARAMETERS, 134),
    ErrorCode("InvalidParameterValue.AccountFaceNumExceed", "账号脸数量超出限制。", _OTHER_ACTION, 135),
    ErrorCode(
        "InvalidParameterValue.DeleteFaceNumExceed",
        "删除人脸数量超出限制。每个人员至少需要包含一张人脸。",
        _OTHER_ACTION,
        136,
    ),
    ErrorCode("InvalidParameterValue.FaceModelVersionIllegal", "算法模型版本不合法。", _PARAMETERS, 137),
    ErrorCode(
        "InvalidParameterValue.GroupExDescriptionsExceed",
        "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
        _PARAMETERS,
        138,
    ),
    ErrorCode(
        "InvalidParameterValue.GroupExDescriptionsNameIdentical", "人员库自定义描述字段名称不可重复。", _PARAMETERS, 139
    ),
    ErrorCode(
        "InvalidParameterValue.GroupExDescriptionsNameIllegal",
        "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
        _PARAMETERS,
        140,
    ),
    ErrorCode(
        "InvalidParameterValue.GroupExDescriptionsNameTooLong",
        "人员库自定义描述字段名称长度超出限制。",
        _PARAMETERS,
        141,
    ),
    ErrorCode("InvalidParameterValue.GroupFaceNumExceed", "人员库人脸数量超出限制。", _OTHER_ACTION, 142),
    ErrorCode("InvalidParameterValue.GroupIdAlreadyExist", "人员库ID已经存在。人员库ID不可重复。", _ACCOUNT_STATE, 143),
    ErrorCode(
        "InvalidParameterValue.GroupIdIllegal",
        "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
        _PARAMETERS,
        144,
    ),
    ErrorCode("InvalidParameterValue.GroupIdNotExist", "人员库ID不存在。", _OTHER_ACTION, 145),
    ErrorCode("InvalidParameterValue.GroupIdTooLong", "人员库ID超出长度限制。", _PARAMETERS, 146),
    ErrorCode("InvalidParameterValue.GroupIdsExceed", "传入的人员库列表超过限制。", _OTHER_ACTION, 147),
    ErrorCode(
        "InvalidParameterValue.GroupNameAlreadyExist", "人员库名称已经存在。人员库名称不可重复。", _ACCOUNT_STATE, 148
    ),
    ErrorCode(
        "InvalidParameterValue.GroupNameIllegal",
        "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
        _PARAMETERS,
        149,
    ),
    ErrorCode("InvalidParameterValue.GroupNameTooLong", "人员库名称超出长度限制。", _PARAMETERS, 150),
    ErrorCode("InvalidParameterValue.GroupNumExceed", "人员库数量超出限制。如需增加,请联系我们。", _ACCOUNT_STATE, 151),
    ErrorCode(
        "InvalidParameterValue.GroupNumPerPersonExceed",
        "人员库数量超出限制。单个人员最多可被添加至100个人员库。",
        _OTHER_ACTION,
        152,
    ),
    ErrorCode(
        "InvalidParameterValue.GroupTagIllegal",
        "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
        _PARAMETERS,
        153,
    ),
    ErrorCode("InvalidParameterValue.GroupTagTooLong", "人员库备注超出长度限制。", _PARAMETERS, 154),
    ErrorCode("InvalidParameterValue.ImageEmpty", "图片为空。", _OTHER_ACTION, 155),
    ErrorCode("InvalidParameterValue.LimitExceed", "返回数量超出限制。", _OTHER_ACTION, 156),
    ErrorCode("InvalidParameterValue.NoFaceInGroups", "指定分组中没有人脸。", _OTHER_ACTION, 157),
    ErrorCode("InvalidParameterValue.NoFaceInPhoto", "图片中没有人脸。", _OTHER_ACTION, 158),
    ErrorCode("InvalidParameterValue.OffsetExceed", "起始序号过大。请检查需要请求的数组长度。", _OTHER_ACTION, 159),
    ErrorCode(
        "InvalidParameterValue.PersonExDescriptionInfosExceed",
        "人员自定义描述字段数组长度超过限制。最多5个。",
        _OTHER_ACTION,
        160,
    ),
    ErrorCode(
        "InvalidParameterValue.PersonExDescriptionsNameIdentical",
        "人员自定义描述字段名称不可重复。",
        _OTHER_ACTION,
        161,
    ),
    ErrorCode(
        "InvalidParameterValue.PersonExDescriptionsNameIllegal",
        "人员自定义描述字段名称包含非法字符。人员自定义描述字段名称只支持中英文、-、_、数字。",
        _OTHER_ACTION,
        162,
    ),
    ErrorCode(
        "InvalidParameterValue.PersonExDescriptionsNameTooLong",
        "人员自定义描述字段名称长度超出限制。",
        _OTHER_ACTION,
        163,
    ),
    ErrorCode("InvalidParameterValue.PersonExistInGroup", "组中已包含对应的人员Id。", _OTHER_ACTION, 164),
    ErrorCode(
        "InvalidParameterValue.PersonFaceNumExceed",
        "人员人脸数量超出限制。单个人员最多可以包含五张人脸。",
        _OTHER_ACTION,
        165,
    ),
    ErrorCode(
        "InvalidParameterValue.PersonGenderIllegal",
        "人员性别设置出错。0代表未填写,1代表男性,2代表女性。",
        _OTHER_ACTION,
        166,
    ),
    ErrorCode("InvalidParameterValue.PersonIdAlreadyExist", "人员ID已经存在。人员ID不可重复。", _OTHER_ACTION, 167),
    ErrorCode(
        "InvalidParameterValue.PersonIdIllegal",
        "人员ID包含非法字符。人员ID只支持英文、数字、-%@#&_。",
        _OTHER_ACTION,
        168,
    ),
    ErrorCode("InvalidParameterValue.PersonIdNotExist", "人员ID不存在。", _OTHER_ACTION, 169),
    ErrorCode("InvalidParameterValue.PersonIdTooLong", "人员ID超出长度限制。", _OTHER_ACTION, 170),
    ErrorCode(
        "InvalidParameterValue.PersonNameIllegal",
        "人员名称包含非法字符。人员名称只支持中英文、-、_、数字。",
        _OTHER_ACTION,
        171,
    ),
    ErrorCode("InvalidParameterValue.PersonNameTooLong", "人员名称超出长度限制。", _OTHER_ACTION, 172),
    ErrorCode("InvalidParameterValue.SearchPersonsExceed", "搜索的人员数目超过限制。", _OTHER_ACTION, 173),
    ErrorCode("InvalidParameterValue.UploadFaceNumExceed", "一次最多上传四张人脸。", _OTHER_ACTION, 174),
    ErrorCode("InvalidParameterValue.UrlIllegal", "URL格式不合法。", _OTHER_ACTION, 175),
    ErrorCode("LimitExceeded.ErrorFaceNumExceed", "人脸个数超过限制。", _OTHER_ACTION, 176),
    ErrorCode("MissingParameter.ErrorParameterEmpty", "必选参数为空。", _PARAMETERS, 177),
    ErrorCode("ResourceUnavailable.Delivering", "资源正在发货中。", _ACCOUNT_STANDING, 178),
    ErrorCode("ResourceUnavailable.Freeze", "账号已被冻结。", _ACCOUNT_STANDING, 179),
    ErrorCode("ResourceUnavailable.InArrears", "账号已欠费。", _ACCOUNT_STANDING, 180),
    ErrorCode("ResourceUnavailable.LowBalance", "余额不足。", _ACCOUNT_STANDING, 181),
    ErrorCode("ResourceUnavailable.NotExist", "计费状态未知,请确认是否已在控制台开通服务。", _ACCOUNT_STANDING, 182),
    ErrorCode("ResourceUnavailable.Recover", "资源已被回收。", _ACCOUNT_STANDING, 183),
    ErrorCode("ResourceUnavailable.StopUsing", "账号已停服。", _ACCOUNT_STANDING, 184),
    ErrorCode("ResourceUnavailable.UnknownStatus", "计费状态未知。", _ACCOUNT_STANDING, 185),
    ErrorCode("ResourcesSoldOut.ChargeStatusException", "计费状态异常。", _ACCOUNT_STANDING, 186),
    ErrorCode("UnsupportedOperation.UnknowMethod", "未知方法名。", _PLATFORM, 187),
)

COMMON_CODES: tuple[ErrorCode, ...] = (
    ErrorCode("ActionOffline", "接口已下线。", _PLATFORM),
    ErrorCode("AuthFailure.InvalidAuthorization", "请求头部的 Authorization 不符合腾讯云标准。", _PLATFORM),
    ErrorCode("AuthFailure.InvalidSecretId", "密钥非法(不是云 API 密钥类型)。", _PLATFORM),
    ErrorCode("AuthFailure.MFAFailure", "MFA 错误。", _PLATFORM),
    ErrorCode("AuthFailure.SecretIdNotFound", "密钥不存在。", _PLATFORM),
    ErrorCode("AuthFailure.SignatureExpire", "签名过期。", _PLATFORM),
    ErrorCode("AuthFailure.SignatureFailure", "签名错误。", _PLATFORM),
    ErrorCode("AuthFailure.TokenFailure", "token 错误。", _PLATFORM),
    ErrorCode("AuthFailure.UnauthorizedOperation", "请求未授权。", _PLATFORM),
    ErrorCode("DryRunOperation", "DryRun 操作。", _PLATFORM),
    ErrorCode("FailedOperation", "操作失败。", _PLATFORM),
    ErrorCode("InternalError", "内部错误。", _PLATFORM),
    ErrorCode("InvalidAction", "接口不存在。", _PLATFORM),
    ErrorCode("InvalidParameter", "参数错误(包括参数格式、类型等错误)。", _PARAMETERS),
    ErrorCode("InvalidParameterValue", "参数取值错误。", _PARAMETERS),
    ErrorCode("InvalidRequest", "请求 body 的 multipart 格式错误。", _PLATFORM),
    ErrorCode("IpInBlacklist", "IP 地址在黑名单中。", _PLATFORM),
    ErrorCode("IpNotInWhitelist", "IP 地址不在白名单中。", _PLATFORM),
    ErrorCode("LimitExceeded", "超过配额限制。", _ACCOUNT_STATE),
    ErrorCode("MissingParameter", "缺少参数。", _PARAMETERS),
    ErrorCode("NoSuchProduct", "产品不存在。", _PLATFORM),
    ErrorCode("NoSuchVersion", "接口版本不存在。", _PLATFORM),
    ErrorCode("RequestLimitExceeded", "请求的次数超过了频率限制。", _PLATFORM),
    ErrorCode("RequestLimitExceeded.GlobalRegionUinLimitExceeded", "主账号超过频率限制。", _PLATFORM),
    ErrorCode("RequestLimitExceeded.IPLimitExceeded", "IP 限频。", _PLATFORM),
    ErrorCode("RequestLimitExceeded.UinLimitExceeded", "主账号限频。", _PLATFORM),
    ErrorCode("RequestSizeLimitExceeded", "请求包超过限制大小。", _PLATFORM),
    ErrorCode("ResourceInUse", "资源被占用。", _PLATFORM),
    ErrorCode("ResourceInsufficient", "资源不足。", _PLATFORM),
    ErrorCode("ResourceNotFound", "资源不存在。", _PLATFORM),
    ErrorCode("ResourceUnavailable", "资源不可用。", _ACCOUNT_STANDING),
    ErrorCode("ResponseSizeLimitExceeded", "返回包超过限制大小。", _PLATFORM),
    ErrorCode("ServiceUnavailable", "当前服务暂时不可用。", _PLATFORM),
    ErrorCode("UnauthorizedOperation", "未授权操作。", _PLATFORM),
    ErrorCode("UnknownParameter", "未知参数错误,用户多传未定义的参数会导致错误。", _PARAMETERS),
    ErrorCode("UnsupportedOperation", "操作不支持。", _PARAMETERS),
    ErrorCode("UnsupportedProtocol", "http(s) 请求协议错误,只支持 GET 和 POST 请求。", _PLATFORM),
    ErrorCode("UnsupportedRegion", "接口不支持所传地域。", _PLATFORM),
)

# Where both lists have a code, the page's entry stands.
CODES: dict[str, ErrorCode] = {each.code: each for each in (*COMMON_CODES, *PAGE_CODES)}

# Requests come too fast, says one of these.
THROTTLED: frozenset[str] = frozenset(each for each in CODES if "RequestLimitExceeded" in each)

# The page lists a common code a second time, as one of the product's own: “参数错误。” and “参数不合法。”.
ALSO_WRITTEN: dict[str, str] = {"InvalidParameter": "InvalidParameter.InvalidParameter"}
