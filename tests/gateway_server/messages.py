"""A request as it came, and the ways to refuse one."""

from dataclasses import dataclass, field
from http.client import HTTPMessage

from tests.gateway_server.choices import AUTHORIZATION, EMPTY, IAI, SIGNATURE

VERSION = "2020-03-03"
REGIONS = frozenset({
    "ap-bangkok", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-guangzhou", "ap-hongkong", "ap-jakarta", "ap-mumbai",
    "ap-nanjing", "ap-seoul", "ap-shanghai", "ap-singapore", "ap-tokyo", "eu-frankfurt", "na-ashburn",
    "na-siliconvalley", "na-toronto",
})  # fmt: skip
KB = 1024
GET_LIMIT, V1_POST_LIMIT, V3_POST_LIMIT = 32 * KB, KB * KB, 10 * KB * KB
READ_AT_MOST = 64 * KB * KB  # of a body that is too large: to answer on a connection that stays
WINDOW = 300
DELETED_STATE = 0.5  # seconds of the way "deleted-state"

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
COMMON_V1 = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature", "Region", "SignatureMethod", "Token",
             "Language", "RequestClient")  # fmt: skip

MESSAGES = {
    AUTHORIZATION: "Authorization in the request header is invalid.",
    "AuthFailure.SecretIdNotFound": "The SecretId is not found, please ensure that your SecretId is correct.",
    "AuthFailure.SignatureExpire": "The signature is expired, please request again.",
    SIGNATURE: "The provided credentials could not be validated. Please check your signature is correct.",
    "AuthFailure.TokenFailure": "Token error.",
    "FailedOperation.GroupInDeletedState": "The current group is being deleted. Please wait.",
    "InvalidAction": "The request `Action` is invalid or not found.",
    "NoSuchVersion": "The API version does not exist.",
    "RequestSizeLimitExceeded": "The request size exceeds the upper limit.",
    "UnsupportedProtocol": "HTTP(S) request protocol error; only GET and POST requests are supported.",
    "UnsupportedRegion": "The action does not support this region.",
    EMPTY: "A required parameter is empty.",
    f"{IAI}GroupIdAlreadyExist": "The group ID already exists. It must be unique.",
    f"{IAI}GroupNameAlreadyExist": "The group name already exists. It must be unique.",
    f"{IAI}GroupIdNotExist": "The group ID does not exist.",
    f"{IAI}GroupNumExceed": "The number of groups exceeds the limit. If you need more, please contact us.",
}


class Refusal(Exception):  # noqa: N818 - no error of this server
    """An answer with an error code."""

    def __init__(self, code, message=""):
        super().__init__(code)
        self.code, self.message = code, message or MESSAGES.get(code, f"Refused: {code}.")


class Status(Exception):  # noqa: N818 - no error of this server
    """An answer that is an HTTP status and nothing else."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def missing(name, code="MissingParameter"):
    """The refusal of a request without a parameter."""
    return Refusal(code, f"The request is missing a required parameter `{name}`.")


def mistyped(name, code="InvalidParameter"):
    """The refusal of a value of the wrong type."""
    return Refusal(code, f"The value type of parameter `{name}` is not valid.")


@dataclass
class Call:
    """One request, as it came."""

    method: str
    path: str
    query: bytes
    headers: HTTPMessage
    body: bytes | None  # None: over the limit
    fields: list = field(default_factory=list)  # of a query or a form
    values: dict = field(default_factory=dict)  # of the fields: one value a name
    common: dict = field(default_factory=dict)  # Action, Version, Region
    is_v3: bool = True

    def header(self, name):
        """A header; several of one name are joined, as HTTP says; None when there is none."""
        values = self.headers.get_all(name)
        return None if values is None else ", ".join(each.strip(" \t") for each in values)

    @property
    def media_type(self):
        """The media type without its parameters; empty when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()
