"""The readings on which the platform's documents are unclear: signatures, protocol, the account under several requests."""

from __future__ import annotations

from conformance.contract.model import VARIES, Reading, Value

__all__ = ["DEEP_JSON", "GATEWAY_READINGS"]

# Nobody documents how deep JSON may be nested; what is no deeper must be read.
DEEP_JSON = 50

_codes = Value.of_codes
_VARIES = Value(VARIES, "nothing documented says that it is the same each time")

_FORMAT = "“参数错误(包括参数格式、类型等错误)。”"
_INVALID_PARAMETER = ("InvalidParameter", "InvalidParameter", f"the common code for formats: {_FORMAT}")
_MISSING_PARAMETER = ("MissingParameter", "MissingParameter", "the common code “缺少参数。”")
_SIGNATURE_FAILURE = ("SignatureFailure", "AuthFailure.SignatureFailure", "the common code “签名错误。”")
_SIGNATURE_EXPIRE = ("SignatureExpire", "AuthFailure.SignatureExpire", "the common code “签名过期。”")
_INVALID_AUTHORIZATION = (
    "InvalidAuthorization",
    "AuthFailure.InvalidAuthorization",
    "“请求头部的 Authorization 不符合腾讯云标准。”",
)
_INVALID_REQUEST = ("InvalidRequest", "InvalidRequest", "the common code for bodies of a wrong format")
_PAGE_INVALID_PARAMETER = (
    "InvalidParameter.InvalidParameter",
    "InvalidParameter.InvalidParameter",
    "the page lists “参数不合法。”",
)
_INVALID_VALUE = ("InvalidParameterValue", "InvalidParameterValue", "the common code “参数取值错误。”")
_INVALID_ACTION = ("InvalidAction", "InvalidAction", "the common code “接口不存在。”")
_UNKNOWN_METHOD = ("UnknowMethod", "UnsupportedOperation.UnknowMethod", "the page lists “未知方法名。”")
_MALFORMED = (_INVALID_PARAMETER, _INVALID_REQUEST, _PAGE_INVALID_PARAMETER, _INVALID_VALUE, _MISSING_PARAMETER)

GATEWAY_READINGS: tuple[Reading, ...] = (
    # --- Signatures ------------------------------------------------------------------------------------
    Reading(
        "absent-authorization-code",
        "Authentication.authorization.present",
        "Which code answers a request that isn't signed at all?",
        (*_codes(_INVALID_AUTHORIZATION, _MISSING_PARAMETER, _SIGNATURE_FAILURE), _VARIES),
        "a request without Authorization",
    ),
    Reading(
        "malformed-authorization-code",
        "Authentication.authorization.form",
        "Which code answers an Authorization that isn't one?",
        (*_codes(_INVALID_AUTHORIZATION, _SIGNATURE_FAILURE, _MISSING_PARAMETER), _VARIES),
        "Authorization: Basic …",
    ),
    Reading(
        "unknown-secret-id-code",
        "Authentication.secret-id",
        "Which code answers a SecretId that nobody has?",
        (
            *_codes(
                ("SecretIdNotFound", "AuthFailure.SecretIdNotFound", "the common code “密钥不存在。”"),
                ("InvalidSecretId", "AuthFailure.InvalidSecretId", "the common code “密钥非法(不是云 API 密钥类型)。”"),
            ),
            _VARIES,
        ),
        "a signature by a SecretId that was never issued",
    ),
    Reading(
        "upper-case-signature",
        "Authentication.signature.letter-case",
        "Is a signature in capital hexadecimal digits taken?",
        (
            Value("refused", "“Lowercase(HexEncode(…” makes it another text", "AuthFailure.SignatureFailure"),
            Value("malformed", "no signature is written so", "AuthFailure.InvalidAuthorization"),
            Value("accepted", "hexadecimal digits mean the same in either case"),
        ),
        "a right signature in capitals",
    ),
    Reading(
        "scope-code",
        "Authentication.scope.date",
        "Which code answers a scope of another day or service?",
        (*_codes(_SIGNATURE_FAILURE, _INVALID_AUTHORIZATION, _SIGNATURE_EXPIRE), _VARIES),
        "a Credential with yesterday's date, otherwise properly signed",
    ),
    Reading(
        "scope-of-host",
        "Authentication.scope.service",
        "At a host that isn't the platform's, may the scope name another product, or the host's first label?",
        (
            Value(
                "accepted", "“service 为产品名,通常为域名前缀”: several SDKs take it from whatever host they are given"
            ),
            Value("refused", "the product is iai wherever it is served"),
            Value("ignored", "what the host isn't named after, nobody there can compare"),
        ),
        "a Credential with the first label of the target's host, or with another product, otherwise properly signed",
    ),
    Reading(
        "signed-port",
        "Authentication.signature.headers",
        "May the signed host lack the port to which the request is sent?",
        (
            Value("accepted", "the platform's own host has no port, and some SDKs never sign one"),
            Value("refused", "the signed headers are those that are sent"),
        ),
        "a request to a host with a port, signed without it",
    ),
    Reading(
        "timestamp-form-code",
        "Authentication.timestamp.form",
        "Which code answers a Timestamp that is no number?",
        (
            *_codes(
                _INVALID_PARAMETER, _MISSING_PARAMETER, _SIGNATURE_EXPIRE, _SIGNATURE_FAILURE, _INVALID_AUTHORIZATION
            ),
            _VARIES,
        ),
        "X-TC-Timestamp: now",
    ),
    Reading(
        "absent-timestamp-code",
        "Authentication.timestamp.form",
        "Which code answers a request without a Timestamp?",
        (
            *_codes(
                _MISSING_PARAMETER, _INVALID_PARAMETER, _SIGNATURE_EXPIRE, _SIGNATURE_FAILURE, _INVALID_AUTHORIZATION
            ),
            _VARIES,
        ),
        "a request without X-TC-Timestamp",
    ),
    Reading(
        "nonce",
        "Authentication.nonce",
        "Is a Nonce that is no positive number refused?",
        (
            *_codes(_INVALID_PARAMETER, _MISSING_PARAMETER),
            Value("ignored", "it is only there to tell replays"),
            _VARIES,
        ),
        "a request signed with version 1, Nonce=x",
    ),
    Reading(
        "absent-nonce",
        "Authentication.nonce",
        "Is a request of version 1 refused that has no Nonce?",
        (
            *_codes(_MISSING_PARAMETER, _INVALID_PARAMETER),
            Value("ignored", "it is only there to tell replays"),
        ),
        "a request signed with version 1, without Nonce",
    ),
    Reading(
        "wrong-token",
        "Authentication.token",
        "Is a token refused that wasn't issued for the key?",
        (
            Value("refused", "“token 错误。”", "AuthFailure.TokenFailure"),
            Value("ignored", "“长期密钥不需要 Token。”"),
        ),
        "a request of a permanent key with a token",
    ),
    Reading(
        "unsigned-payload",
        "Authentication.unsigned-payload",
        "May the signature leave the body out, where a header says so?",
        (
            Value("accepted", "the vendor's SDKs can do it"),
            Value("refused", "the document on signatures doesn't know it", "AuthFailure.SignatureFailure"),
        ),
        "X-TC-Content-SHA256: UNSIGNED-PAYLOAD",
    ),
    Reading(
        "replayed-request",
        "Authentication.replay",
        "Is the same signed request answered again?",
        (
            Value("answered", "within five minutes the signature is right"),
            *_codes(_SIGNATURE_FAILURE, _SIGNATURE_EXPIRE),
            _VARIES,
        ),
        "one request, byte by byte the same, twice",
    ),
    Reading(
        "gateway-order",
        "Authentication.signature",
        "Is a signature looked at before the rest of the protocol?",
        (
            Value("authentication-first", "nobody is told anything before it is known who asks"),
            Value("protocol-first", "what can't be read can't be asked who sent it"),
        ),
        "an unknown Action, wrongly signed: either answer is right, and settles nothing",
    ),
    # --- Protocol --------------------------------------------------------------------------------------
    Reading(
        "other-method",
        "Protocol.method",
        "What answers a method other than GET and POST?",
        (
            *_codes(("UnsupportedProtocol", "UnsupportedProtocol", "“只支持 GET 和 POST 请求”")),
            Value("turned-away", "an HTTP server may refuse it, or answer OPTIONS, before the API sees it"),
            _VARIES,
        ),
        "PUT",
    ),
    Reading(
        "malformed-body-code",
        "Protocol.json.form",
        "Which code answers a body that can't be read?",
        (*_codes(*_MALFORMED), _VARIES),
        "a body that lacks its last brace",
    ),
    Reading(
        "byte-order-mark",
        "Protocol.json.byte-order-mark",
        "May a byte order mark stand before the JSON?",
        (
            Value("refused", "it is no part of JSON"),
            Value("accepted", "a reader of JSON may pass over it"),
        ),
        "a body that begins with EF BB BF",
    ),
    Reading(
        "deep-json",
        "Protocol.json.depth",
        f"Is JSON read that is nested more than {DEEP_JSON} deep?",
        (
            Value("read", "JSON has no limit of depth; then the value is of a wrong type"),
            Value("refused", "many readers have a limit"),
        ),
        "a value of 200 lists in each other",
    ),
    Reading(
        "invalid-utf-8",
        "Protocol.json.form",
        "Are bytes that are no UTF-8 refused, or taken for U+FFFD, in JSON and in forms?",
        (
            Value("refused", "“均使用UTF-8编码。”"),
            Value("replaced", "many readers put U+FFFD in their place, which no name has"),
        ),
        "a GroupName with the byte FF",
    ),
    Reading(
        "other-content-type",
        "Protocol.content-type",
        "What answers a body of a type that isn't documented for the signature?",
        (
            *_codes(
                _INVALID_PARAMETER,
                _INVALID_REQUEST,
                _PAGE_INVALID_PARAMETER,
                _INVALID_VALUE,
                _MISSING_PARAMETER,
                ("UnsupportedProtocol", "UnsupportedProtocol", "the common code for a wrong protocol"),
                ("UnsupportedOperation", "UnsupportedOperation", "the common code “操作不支持。”"),
                ("SignatureFailure", "AuthFailure.SignatureFailure", "each type “必须使用签名方法” of its own"),
            ),
            Value("taken", "the body is read as what it is"),
            _VARIES,
        ),
        "Content-Type: text/plain with a body of JSON",
    ),
    Reading(
        "too-large",
        "Protocol.size.version-3",
        "What answers a request that is too large?",
        (
            *_codes(
                ("RequestSizeLimitExceeded", "RequestSizeLimitExceeded", "the common code “请求包超过限制大小。”"),
                ("SignatureFailure", "AuthFailure.SignatureFailure", "documented for forms of more than 1 MB"),
            ),
            Value("turned-away", "an HTTP server may refuse it before the API sees it"),
            _VARIES,
        ),
        "a body of 11 MB",
    ),
    Reading(
        "array-gaps",
        "Protocol.form.array-gaps",
        "What do indices mean that don't count up from 0?",
        (
            Value("closed-up", "the items are those that are there"),
            *_codes(_INVALID_PARAMETER, _PAGE_INVALID_PARAMETER, _INVALID_VALUE, _MISSING_PARAMETER),
            _VARIES,
        ),
        "GroupExDescriptions.0 and GroupExDescriptions.2",
    ),
    Reading(
        "absent-action-code",
        "Protocol.action.present",
        "Which code answers a request without an Action?",
        _codes(_MISSING_PARAMETER, _INVALID_ACTION, _UNKNOWN_METHOD),
        "a request without X-TC-Action",
    ),
    Reading(
        "unknown-action-code",
        "Protocol.action.known",
        "Which of two documented codes answers an unknown Action?",
        _codes(_INVALID_ACTION, _UNKNOWN_METHOD),
        "Action=CreateGroups",
    ),
    Reading(
        "absent-version-code",
        "Protocol.version.present",
        "Which code answers a request without a Version?",
        _codes(
            _MISSING_PARAMETER,
            ("NoSuchVersion", "NoSuchVersion", "the common code “接口版本不存在。”"),
            _INVALID_ACTION,
        ),
        "a request without X-TC-Version",
    ),
    Reading(
        "unknown-version-code",
        "Protocol.version.known",
        "Which code answers an unknown Version?",
        _codes(
            ("NoSuchVersion", "NoSuchVersion", "the common code “接口版本不存在。”"),
            ("InvalidAction", "InvalidAction", "that version has no such action"),
        ),
        "Version=2099-01-01",
    ),
    Reading(
        "absent-region",
        "Protocol.region.present",
        "Must Region be there?",
        (
            Value("refused", "the page: “Region | 是”", "MissingParameter"),
            Value("ignored", "the pages of the same action's other versions don't need it"),
        ),
        "a request without X-TC-Region",
    ),
    Reading(
        "unknown-region",
        "Protocol.region.known",
        "Is a Region refused that isn't one?",
        (
            Value("refused", "“接口不支持所传地域。”", "UnsupportedRegion"),
            Value("ignored", "“即使传递该参数也不会生效”, where an action doesn't need it"),
        ),
        "X-TC-Region: mars-north",
    ),
    # --- The account under several requests --------------------------------------------------------------
    Reading(
        "quota-code",
        "State.quota",
        "Which of two documented codes answers a group too many?",
        _codes(
            ("GroupNumExceed", "InvalidParameterValue.GroupNumExceed", "the page lists “人员库数量超出限制。”"),
            ("LimitExceeded", "LimitExceeded", "the common code “超过配额限制。”"),
        ),
        "a group more than the account may have",
    ),
    Reading(
        "race-code",
        "Concurrency.same-id",
        "What answers those of several simultaneous creations that come too late?",
        (
            Value("AlreadyExist", "the group exists by then"),
            *_codes(
                ("ConflictOperation", "FailedOperation.ConflictOperation", "the page lists “操作冲突”"),
                ("InternalError", "InternalError", "the page lists “内部错误。”"),
            ),
            _VARIES,
        ),
        "six creations of one id at once",
    ),
)
