"""The clauses on what the platform's gateway asks of an HTTP request before an action sees it: signature and protocol."""

from __future__ import annotations

from conformance.contract.citations import REQUEST, SIGNATURE_1, SIGNATURE_3, page, platform
from conformance.contract.model import Clause, Strength
from conformance.contract.rules import Effect, Gate, Limit, Measure

__all__ = ["GATEWAY_CLAUSES"]

_AUTH = "AuthFailure."
_SILENT = Strength.UNSPECIFIED
_WRONG_SIGNATURE = platform("签名错误。")
_SIGNED_HEADERS = "content-type 和 host 为必选头部"
_COMPARED = platform("如果请求被篡改,将导致哈希值不一致,腾讯云 API 将拒绝本次请求。", SIGNATURE_3)
_SIZES = "GET 请求的请求包大小不得超过32KB"
_FORMAT = platform("参数错误(包括参数格式、类型等错误)。")
_MALFORMED = (
    "InvalidParameter",
    "InvalidRequest",
    "InvalidParameter.InvalidParameter",
    "InvalidParameterValue",
    "MissingParameter",
)
_TOO_LARGE = ("RequestSizeLimitExceeded", _AUTH + "SignatureFailure")
_SCOPE_CODES = (_AUTH + "SignatureFailure", _AUTH + "InvalidAuthorization", _AUTH + "SignatureExpire")


def _authentication() -> tuple[Clause, ...]:
    subject = "Authentication"
    return (
        Clause(
            "Authentication.authorization.present",
            subject,
            Gate(),
            (platform("每个请求都需要在公共请求参数中指定该签名结果", SIGNATURE_3),),
            (_AUTH + "InvalidAuthorization", "MissingParameter", _AUTH + "SignatureFailure"),
            reading="absent-authorization-code",
        ),
        Clause(
            "Authentication.authorization.form",
            subject,
            Gate(),
            (platform("请求头部的 Authorization 不符合腾讯云标准。"), platform(_SIGNED_HEADERS, SIGNATURE_3)),
            (_AUTH + "InvalidAuthorization", _AUTH + "SignatureFailure", "MissingParameter"),
            reading="malformed-authorization-code",
        ),
        Clause(
            "Authentication.secret-id",
            subject,
            Gate(),
            (platform("密钥不存在。"), platform("密钥非法(不是云 API 密钥类型)。")),
            (_AUTH + "SecretIdNotFound", _AUTH + "InvalidSecretId"),
            reading="unknown-secret-id-code",
        ),
        Clause(
            "Authentication.signature",
            subject,
            Gate(leeway="signed-port"),
            (_WRONG_SIGNATURE, _COMPARED),
            (_AUTH + "SignatureFailure",),
        ),
        Clause(
            "Authentication.signature.body",
            subject,
            Gate(),
            (platform("对 HTTP 请求正文做 SHA256 哈希", SIGNATURE_3), _COMPARED),
            (_AUTH + "SignatureFailure",),
            part_of=("Authentication.signature",),
        ),
        Clause(
            "Authentication.signature.query",
            subject,
            Gate(),
            (platform("对于 GET 请求,则为 URL 中问号(?)后面的字符串内容", SIGNATURE_3), _COMPARED),
            (_AUTH + "SignatureFailure",),
            part_of=("Authentication.signature",),
        ),
        Clause(
            "Authentication.signature.headers",
            subject,
            Gate(),
            (platform("说明此次请求有哪些头部参与了签名", SIGNATURE_3), _COMPARED),
            (_AUTH + "SignatureFailure",),
            part_of=("Authentication.signature",),
        ),
        Clause(
            "Authentication.signature.letter-case",
            subject,
            Gate(),
            (platform("Lowercase(HexEncode(", SIGNATURE_3),),
            (_AUTH + "SignatureFailure", _AUTH + "InvalidAuthorization"),
            _SILENT,
            "upper-case-signature",
        ),
        Clause(
            "Authentication.scope.date",
            subject,
            Gate(),
            (platform("Date 为 UTC 标准时间的日期,取值需要和公共参数 X-TC-Timestamp 换算的 UTC 标准时间日期一致", SIGNATURE_3),),
            _SCOPE_CODES,
            reading="scope-code",
        ),
        Clause(
            "Authentication.scope.service",
            subject,
            Gate(leeway="scope-of-host"),
            (platform("service 为产品名,必须与调用的产品域名一致", SIGNATURE_3),),
            _SCOPE_CODES,
            reading="scope-code",
        ),
        Clause(
            "Authentication.timestamp.window",
            subject,
            Gate(limit=Limit(5, Measure.MINUTES)),
            (platform("如果与服务器时间相差超过5分钟,会引起签名过期错误。", SIGNATURE_3), platform("签名过期。")),
            (_AUTH + "SignatureExpire",),
        ),
        Clause(
            "Authentication.timestamp.form",
            subject,
            Gate(absent="absent-timestamp-code"),
            (platform("X-TC-Timestamp | Integer | 是", SIGNATURE_3), _FORMAT),
            (
                "InvalidParameter",
                "MissingParameter",
                _AUTH + "SignatureExpire",
                _AUTH + "SignatureFailure",
                _AUTH + "InvalidAuthorization",
            ),
            reading="timestamp-form-code",
        ),
        Clause(
            "Authentication.nonce",
            subject,
            Gate(absent="absent-nonce"),
            (platform("随机正整数,与 Timestamp 联合起来,用于防止重放攻击。", SIGNATURE_1), _FORMAT),
            ("InvalidParameter", "MissingParameter"),
            _SILENT,
            "nonce",
        ),
        Clause(
            "Authentication.token",
            subject,
            Gate(),
            (platform("token 错误。"), platform("长期密钥不需要 Token。", SIGNATURE_3)),
            (_AUTH + "TokenFailure",),
            _SILENT,
            "wrong-token",
        ),
        Clause(
            "Authentication.unsigned-payload",
            subject,
            Gate(),
            (platform("X-TC-Content-SHA256: UNSIGNED-PAYLOAD", "the vendor's SDKs"),),
            (_AUTH + "SignatureFailure",),
            _SILENT,
            "unsigned-payload",
        ),
        Clause(
            "Authentication.replay",
            subject,
            Effect(),
            (platform("用于防止重放攻击", SIGNATURE_1),),
            (_AUTH + "SignatureFailure", _AUTH + "SignatureExpire"),
            _SILENT,
            "replayed-request",
        ),
        Clause(
            "Authentication.other-headers",
            subject,
            Gate(permits=True),
            (platform("也可加入自定义的头部参与签名以提高自身请求的唯一性和安全性。", SIGNATURE_3),),
        ),
        Clause(
            "Authentication.version-1",
            subject,
            Gate(permits=True),
            (platform("只有指定此参数为 HmacSHA256 时,才使用 HmacSHA256 算法验证签名,其他情况均使用 HmacSHA1 验证签名。", SIGNATURE_1),),
        ),
        Clause(
            "Authentication.creates-nothing",
            subject,
            Effect(),
            (_COMPARED,),
        ),
    )  # fmt: skip


def _protocol() -> tuple[Clause, ...]:
    subject = "Protocol"
    return (
        Clause(
            "Protocol.method",
            subject,
            Gate(),
            (platform("http(s) 请求协议错误,只支持 GET 和 POST 请求。"),),
            ("UnsupportedProtocol",),
            reading="other-method",
        ),
        Clause(
            "Protocol.get",
            subject,
            Gate(permits=True),
            (platform("推荐使用 POST 请求,因为两者的结果并无差异", SIGNATURE_3),),
        ),
        Clause(
            "Protocol.form",
            subject,
            Gate(permits=True),
            (platform("application/x-www-form-urlencoded,必须使用签名方法 v1", REQUEST),),
        ),
        Clause(
            "Protocol.form.escapes",
            subject,
            Gate(permits=True),
            (platform("参考 RFC3986 进行 URLEncode,字符集 UTF8", SIGNATURE_3),),
        ),
        Clause(
            "Protocol.form.array-order",
            subject,
            Effect(),
            (page(69, "&GroupExDescriptions.0="),),
            part_of=("State.kept.GroupExDescriptions",),
            needs=("GetGroupInfo",),
        ),
        Clause(
            "Protocol.form.array-gaps",
            subject,
            Gate(),
            (page(19, "GroupExDescriptions.N"),),
            ("InvalidParameter", "InvalidParameter.InvalidParameter", "InvalidParameterValue", "MissingParameter"),
            _SILENT,
            "array-gaps",
        ),
        Clause(
            "Protocol.json.form",
            subject,
            Gate(leeway="invalid-utf-8"),
            (platform("application/json(推荐)", REQUEST), _FORMAT),
            _MALFORMED,
            reading="malformed-body-code",
        ),
        Clause(
            "Protocol.json.object",
            subject,
            Gate(),
            (platform("application/json(推荐)", REQUEST), _FORMAT),
            _MALFORMED,
            reading="malformed-body-code",
        ),
        Clause(
            "Protocol.json.same-text",
            subject,
            Gate(permits=True),
            (platform("均使用UTF-8编码。", REQUEST),),
        ),
        Clause(
            "Protocol.json.byte-order-mark",
            subject,
            Gate(code="malformed-body-code"),
            (platform("均使用UTF-8编码。", REQUEST),),
            _MALFORMED,
            _SILENT,
            "byte-order-mark",
        ),
        Clause(
            "Protocol.json.depth",
            subject,
            Gate(code="malformed-body-code"),
            (_FORMAT,),
            _MALFORMED,
            _SILENT,
            "deep-json",
        ),
        Clause(
            "Protocol.content-type",
            subject,
            Gate(),
            (platform("POST 请求支持的 Content-Type 类型", REQUEST), platform("请求 body 的 multipart 格式错误。")),
            (*_MALFORMED, "UnsupportedProtocol", "UnsupportedOperation", _AUTH + "SignatureFailure"),
            _SILENT,
            "other-content-type",
        ),
        Clause(
            "Protocol.size.get",
            subject,
            Gate(limit=Limit(32, Measure.KB)),
            (platform(_SIZES, REQUEST), platform("请求包超过限制大小。")),
            _TOO_LARGE,
            reading="too-large",
        ),
        Clause(
            "Protocol.size.version-1",
            subject,
            Gate(limit=Limit(1, Measure.MB)),
            (platform("POST 请求使用签名方法 v1(HmacSHA1、HmacSHA256)时不得超过1MB", REQUEST), platform("请求包超过限制大小。")),
            _TOO_LARGE,
            reading="too-large",
        ),
        Clause(
            "Protocol.size.version-3",
            subject,
            Gate(limit=Limit(10, Measure.MB)),
            (platform("POST 请求使用签名方法 v3(TC3-HMAC-SHA256)时支持10MB", REQUEST), platform("请求包超过限制大小。")),
            _TOO_LARGE,
            reading="too-large",
        ),
        Clause(
            "Protocol.action.present",
            subject,
            Gate(),
            (page(14, "Action | 是 | String"), platform("缺少参数。")),
            ("MissingParameter", "InvalidAction", "UnsupportedOperation.UnknowMethod"),
            reading="absent-action-code",
        ),
        Clause(
            "Protocol.action.known",
            subject,
            Gate(),
            (page(14, "公共参数,本接口取值:CreateGroup。"), platform("接口不存在。"), page(187, "未知方法名。")),
            ("InvalidAction", "UnsupportedOperation.UnknowMethod"),
            reading="unknown-action-code",
        ),
        Clause(
            "Protocol.version.present",
            subject,
            Gate(),
            (page(15, "Version | 是 | String"), platform("缺少参数。")),
            ("MissingParameter", "NoSuchVersion", "InvalidAction"),
            reading="absent-version-code",
        ),
        Clause(
            "Protocol.version.known",
            subject,
            Gate(),
            (page(15, "公共参数,本接口取值:2020-03-03。"), platform("接口版本不存在。")),
            ("NoSuchVersion", "InvalidAction"),
            reading="unknown-version-code",
        ),
        Clause(
            "Protocol.region.present",
            subject,
            Gate(at_any_time=True),
            (page(16, "Region | 是 | String"), platform("缺少参数。")),
            ("MissingParameter",),
            _SILENT,
            "absent-region",
        ),
        Clause(
            "Protocol.region.known",
            subject,
            Gate(at_any_time=True),
            (page(16, "公共参数,详见产品支持的 地域列表。"), platform("接口不支持所传地域。")),
            ("UnsupportedRegion",),
            _SILENT,
            "unknown-region",
        ),
        Clause(
            "Protocol.language",
            subject,
            Gate(permits=True),
            (platform("X-TC-Language", "API 3.0, common parameters"),),
        ),
        Clause(
            "Protocol.header-names",
            subject,
            Gate(permits=True),
            (platform("Field names are case-insensitive", "RFC 9110, section 5.1"),),
        ),
        Clause(
            "Protocol.connection",
            subject,
            Effect(),
            (platform("a client that supports persistent connections MAY pipeline its requests", "RFC 9112, section 9.3.2"),),
            needs=("connection",),
        ),
    )  # fmt: skip


GATEWAY_CLAUSES: tuple[Clause, ...] = (*_authentication(), *_protocol())
