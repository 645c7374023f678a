"""Errors as the platform answers them."""

MESSAGES = {
    "AuthFailure.InvalidAuthorization": "认证失败。",
    "AuthFailure.SecretIdNotFound": "SecretId 不存在。",
    "AuthFailure.SignatureExpire": "签名过期。",
    "AuthFailure.SignatureFailure": "签名错误。",
    "InternalError": "内部错误。",
    "InvalidAction": "接口不存在。",
    "InvalidParameter": "参数错误。",
    "MissingParameter": "缺少参数错误。",
    "NoSuchVersion": "接口版本不存在。",
    "RequestSizeLimitExceeded": "请求包超过限制大小。",
    "UnknownParameter": "未知参数错误。",
    "UnsupportedProtocol": "请求协议错误,只支持 GET 和 POST 请求。",
    "UnsupportedRegion": "接口不支持所传地域。",
    "MissingParameter.ErrorParameterEmpty": "必选参数为空。",
    "InvalidParameterValue.FaceModelVersionIllegal": "算法模型版本不合法。",
    "InvalidParameterValue.GroupExDescriptionsExceed": "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
    "InvalidParameterValue.GroupExDescriptionsNameIdentical": "人员库自定义描述字段名称不可重复。",
    "InvalidParameterValue.GroupExDescriptionsNameIllegal": "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
    "InvalidParameterValue.GroupExDescriptionsNameTooLong": "人员库自定义描述字段名称长度超出限制。",
    "InvalidParameterValue.GroupIdAlreadyExist": "人员库ID已经存在。人员库ID不可重复。",
    "InvalidParameterValue.GroupIdIllegal": "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
    "InvalidParameterValue.GroupIdNotExist": "人员库ID不存在。",
    "InvalidParameterValue.GroupIdTooLong": "人员库ID超出长度限制。",
    "InvalidParameterValue.GroupNameAlreadyExist": "人员库名称已经存在。人员库名称不可重复。",
    "InvalidParameterValue.GroupNameIllegal": "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
    "InvalidParameterValue.GroupNameTooLong": "人员库名称超出长度限制。",
    "InvalidParameterValue.GroupNumExceed": "人员库数量超出限制。如需增加,请联系我们。",
    "InvalidParameterValue.GroupTagIllegal": "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
    "InvalidParameterValue.GroupTagTooLong": "人员库备注超出长度限制。",
    "InvalidParameterValue.LimitExceed": "返回数量超出限制。",
    "InvalidParameterValue.OffsetExceed": "起始序号过大。请检查需要请求的数组长度。",
    "InvalidParameterValue.PersonIdIllegal": "人员ID包含非法字符。人员ID只支持英文、数字、-%@#&_。",
}


class ApiError(Exception):
    def __init__(self, code: str, message: str | None = None):
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES[code]
