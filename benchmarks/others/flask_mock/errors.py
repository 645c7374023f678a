"""The one exception of this server and the texts that go with its codes."""


class ApiError(Exception):
    def __init__(self, code, detail=None):
        super().__init__(code)
        self.code = code
        self.detail = detail


COMMON = {
    "AuthFailure.SecretIdNotFound": "The SecretId is not found.",
    "AuthFailure.SignatureExpire": "The signature has expired; check the timestamp.",
    "AuthFailure.SignatureFailure": "The provided signature does not match.",
    "InvalidAction": "The action does not exist.",
    "InvalidParameter": "A parameter is not valid.",
    "InvalidRequest": "The request cannot be read.",
    "MissingParameter": "A required parameter is missing.",
    "NoSuchVersion": "The version does not exist.",
    "RequestSizeLimitExceeded": "The request is too large.",
    "UnknownParameter": "The parameter is not known.",
    "UnsupportedProtocol": "Only GET and POST are supported.",
    "UnsupportedRegion": "The region is not supported.",
}

CHINESE = {
    "AuthFailure.InvalidAuthorization": "认证失败。",
    "FailedOperation.DuplicatedGroupDescription": "同一人员库中自定义描述字段不可重复。",
    "InternalError": "内部错误。",
    "InvalidParameter.InvalidParameter": "参数不合法。",
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
    "MissingParameter.ErrorParameterEmpty": "必选参数为空。",
}

ENGLISH = {
    "AuthFailure.InvalidAuthorization": "Authentication failed.",
    "FailedOperation.DuplicatedGroupDescription": "The custom description field must be unique in the group.",
    "InternalError": "Internal error.",
    "InvalidParameter.InvalidParameter": "Invalid parameter.",
    "InvalidParameterValue.FaceModelVersionIllegal": "The algorithm model version is invalid.",
    "InvalidParameterValue.GroupExDescriptionsExceed": "The array length of the group's custom description fields exceeds the limit. Up to 5 fields can be created.",
    "InvalidParameterValue.GroupExDescriptionsNameIdentical": "The name of the group's custom description field must be unique.",
    "InvalidParameterValue.GroupExDescriptionsNameIllegal": "The name of the group's custom description field contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
    "InvalidParameterValue.GroupExDescriptionsNameTooLong": "The name of the group's custom description field exceeds the length limit.",
    "InvalidParameterValue.GroupIdAlreadyExist": "The group ID already exists. It must be unique.",
    "InvalidParameterValue.GroupIdIllegal": "The group ID contains invalid characters. It can contain only letters, digits, and special symbols (-%@#&_).",
    "InvalidParameterValue.GroupIdNotExist": "The group ID does not exist.",
    "InvalidParameterValue.GroupIdTooLong": "The group ID exceeds the length limit.",
    "InvalidParameterValue.GroupNameAlreadyExist": "The group name already exists. It must be unique.",
    "InvalidParameterValue.GroupNameIllegal": "The group name contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
    "InvalidParameterValue.GroupNameTooLong": "The group name exceeds the length limit.",
    "InvalidParameterValue.GroupNumExceed": "The number of groups exceeds the limit. If you need more, please contact us.",
    "InvalidParameterValue.GroupTagIllegal": "The group remarks field contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
    "InvalidParameterValue.GroupTagTooLong": "The group remarks field exceeds the length limit.",
    "InvalidParameterValue.LimitExceed": "The number of returned results exceeds the limit.",
    "InvalidParameterValue.OffsetExceed": "The starting number is too large. Please check the length of the array to be requested.",
    "MissingParameter.ErrorParameterEmpty": "A required parameter is empty.",
}

# The English texts with one entry that was copied and not rewritten.
ENGLISH_WITH_COPY = {
    **ENGLISH,
    "InvalidParameterValue.GroupNameAlreadyExist": ENGLISH[
        "InvalidParameterValue.GroupIdAlreadyExist"
    ],
}

# The English texts as they were before the length codes were added.
ENGLISH_BEFORE_LENGTHS = {
    code: text for code, text in ENGLISH.items() if not code.endswith("TooLong")
}
