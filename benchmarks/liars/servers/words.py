"""What the service says: its codes with their texts, and what passes between its parts."""

from dataclasses import dataclass, field

PRODUCT = "iai"
VERSION = "2020-03-03"
REGIONS = frozenset("""
    ap-guangzhou ap-shanghai ap-beijing ap-nanjing ap-chengdu ap-chongqing
    ap-hongkong ap-taipei ap-singapore ap-jakarta ap-bangkok ap-seoul ap-tokyo
    ap-mumbai ap-shanghai-fsi ap-shenzhen-fsi ap-beijing-fsi eu-frankfurt
    na-siliconvalley na-ashburn na-toronto sa-saopaulo
""".split())

UNSIGNED = "UNSIGNED-PAYLOAD"
KILO = 1024
GET_LIMIT = 32 * KILO
V1_LIMIT = KILO * KILO
V3_LIMIT = 10 * KILO * KILO

# code -> (Chinese text, English text)
TEXTS = {
    "InvalidParameterValue.GroupNameIllegal": (
        "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
        "The group name contains invalid characters. It can contain only letters, `-`, `_`, and digits."),
    "InvalidParameterValue.GroupNameTooLong": (
        "人员库名称超出长度限制。", "The group name exceeds the length limit."),
    "InvalidParameterValue.GroupNameAlreadyExist": (
        "人员库名称已经存在。人员库名称不可重复。", "The group name already exists. It must be unique."),
    "InvalidParameterValue.GroupIdIllegal": (
        "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
        "The group ID contains invalid characters. It can contain only letters, digits, and special symbols (-%@#&_)."),
    "InvalidParameterValue.GroupIdTooLong": (
        "人员库ID超出长度限制。", "The group ID exceeds the length limit."),
    "InvalidParameterValue.GroupIdAlreadyExist": (
        "人员库ID已经存在。人员库ID不可重复。", "The group ID already exists. It must be unique."),
    "InvalidParameterValue.GroupIdNotExist": (
        "人员库ID不存在。", "The group ID does not exist."),
    "InvalidParameterValue.GroupExDescriptionsExceed": (
        "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
        "The array length of the group's custom description fields exceeds the limit. Up to 5 fields can be created."),
    "InvalidParameterValue.GroupExDescriptionsNameIdentical": (
        "人员库自定义描述字段名称不可重复。", "The name of the group's custom description field must be unique."),
    "InvalidParameterValue.GroupExDescriptionsNameIllegal": (
        "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
        "The name of the group's custom description field contains invalid characters. "
        "It can contain only letters, `-`, `_`, and digits."),
    "InvalidParameterValue.GroupExDescriptionsNameTooLong": (
        "人员库自定义描述字段名称长度超出限制。",
        "The name of the group's custom description field exceeds the length limit."),
    "InvalidParameterValue.GroupTagIllegal": (
        "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
        "The group remarks field contains invalid characters. It can contain only letters, `-`, `_`, and digits."),
    "InvalidParameterValue.GroupTagTooLong": (
        "人员库备注超出长度限制。", "The group remarks field exceeds the length limit."),
    "InvalidParameterValue.FaceModelVersionIllegal": (
        "算法模型版本不合法。", "The algorithm model version is invalid."),
    "InvalidParameterValue.GroupNumExceed": (
        "人员库数量超出限制。如需增加,请联系我们。",
        "The number of groups exceeds the limit. If you need more, please contact us."),
    "InvalidParameterValue.LimitExceed": (
        "返回数量超出限制。", "The number of returned results exceeds the limit."),
    "InvalidParameterValue.OffsetExceed": (
        "起始序号过大。请检查需要请求的数组长度。",
        "The starting number is too large. Please check the length of the array to be requested."),
    "InvalidParameter.InvalidParameter": ("参数不合法。", "Invalid parameter."),
    "MissingParameter.ErrorParameterEmpty": ("必选参数为空。", "A required parameter is empty."),
    "FailedOperation.DuplicatedGroupDescription": (
        "同一人员库中自定义描述字段不可重复。", "The custom description field must be unique in the group."),
    "InternalError": ("内部错误。", "Internal error."),
    "AuthFailure.InvalidAuthorization": (
        "请求头部的 `Authorization` 不符合腾讯云标准。", "The `Authorization` in the request header is invalid."),
    "AuthFailure.SecretIdNotFound": (
        "密钥不存在。", "The SecretId is not found, please ensure that your SecretId is correct."),
    "AuthFailure.SignatureExpire": (
        "签名过期。", "The signature is expired, please request again."),
    "AuthFailure.SignatureFailure": (
        "签名错误。", "The provided credentials could not be validated. Please check your signature is correct."),
    "AuthFailure.TokenFailure": ("token 错误。", "Token error."),
    "InvalidAction": ("接口不存在。", "The request `Action` is invalid or not found."),
    "NoSuchVersion": ("接口版本不存在。", "The API version does not exist."),
    "UnsupportedRegion": ("接口不支持所传地域。", "The API does not support the requested region."),
    "UnsupportedProtocol": (
        "HTTP(S)请求协议错误,只支持 GET 和 POST 请求。",
        "HTTP(S) request protocol error; only GET and POST requests are supported."),
    "RequestSizeLimitExceeded": (
        "请求包超过限制大小。", "The request size exceeds the upper limit."),
    "InvalidParameter": ("参数错误。", "Incorrect parameter."),
    "UnknownParameter": ("未知参数错误。", "Unknown parameter."),
    "MissingParameter": ("缺少参数。", "A parameter is missing."),
}


class Fault(Exception):
    """A refusal: a code of the documentation, perhaps with a text of its own."""

    def __init__(self, code, message=None):
        super().__init__(code)
        self.code = code
        self.message = message


def value_fault(name):
    return Fault("InvalidParameterValue." + name)


@dataclass
class Connection:
    number: int
    peer: str
    opened: float
    requests: int = 0


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: object
    body: bytes
    connection: Connection
    arrived: float
    number: int
    nth_on_connection: int
    oversize: bool = False
    # filled in on the way
    form: str = ""                      # "v3" or "v1"
    common: dict = field(default_factory=dict)
    fields: list = field(default_factory=list)   # decoded pairs of a query or form
    action: str = ""
    language: str = ""
    params: dict = field(default_factory=dict)

    def header(self, name, default=""):
        value = self.headers.get(name)
        return default if value is None else value.strip()

    @property
    def content_type(self):
        return self.header("Content-Type").split(";")[0].strip().lower()


@dataclass
class Group:
    id: str
    name: str
    descriptions: list
    tag: str
    model: str
    created: int
    updated: int

