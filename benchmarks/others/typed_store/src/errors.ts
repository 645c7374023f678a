export type Language = "zh-CN" | "en-US";

const TEXTS = {
  "AuthFailure.InvalidAuthorization": ["认证失败。", "Authentication failed."],
  "AuthFailure.SecretIdNotFound": [
    "密钥不存在。",
    "The SecretId is not found.",
  ],
  "AuthFailure.SignatureExpire": ["签名过期。", "The signature has expired."],
  "AuthFailure.SignatureFailure": [
    "签名错误。",
    "The signature is not correct.",
  ],
  "FailedOperation.DuplicatedGroupDescription": [
    "同一人员库中自定义描述字段不可重复。",
    "The custom description field must be unique in the group.",
  ],
  InternalError: ["内部错误。", "Internal error."],
  InvalidAction: ["接口不存在。", "The action does not exist."],
  InvalidParameter: ["参数错误。", "A parameter is invalid."],
  "InvalidParameter.InvalidParameter": ["参数不合法。", "Invalid parameter."],
  "InvalidParameterValue.FaceModelVersionIllegal": [
    "算法模型版本不合法。",
    "The algorithm model version is invalid.",
  ],
  "InvalidParameterValue.GroupExDescriptionsExceed": [
    "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
    "The array length of the group's custom description fields exceeds the limit. Up to 5 fields can be created.",
  ],
  "InvalidParameterValue.GroupExDescriptionsNameIllegal": [
    "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
    "The name of the group's custom description field contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
  ],
  "InvalidParameterValue.GroupExDescriptionsNameTooLong": [
    "人员库自定义描述字段名称长度超出限制。",
    "The name of the group's custom description field exceeds the length limit.",
  ],
  "InvalidParameterValue.GroupIdAlreadyExist": [
    "人员库ID已经存在。人员库ID不可重复。",
    "The group ID already exists. It must be unique.",
  ],
  "InvalidParameterValue.GroupIdIllegal": [
    "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
    "The group ID contains invalid characters. It can contain only letters, digits, and special symbols (-%@#&_).",
  ],
  "InvalidParameterValue.GroupIdNotExist": [
    "人员库ID不存在。",
    "The group ID does not exist.",
  ],
  "InvalidParameterValue.GroupIdTooLong": [
    "人员库ID超出长度限制。",
    "The group ID exceeds the length limit.",
  ],
  "InvalidParameterValue.GroupNameAlreadyExist": [
    "人员库名称已经存在。人员库名称不可重复。",
    "The group name already exists. It must be unique.",
  ],
  "InvalidParameterValue.GroupNameIllegal": [
    "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
    "The group name contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
  ],
  "InvalidParameterValue.GroupNameTooLong": [
    "人员库名称超出长度限制。",
    "The group name exceeds the length limit.",
  ],
  "InvalidParameterValue.GroupNumExceed": [
    "人员库数量超出限制。如需增加,请联系我们。",
    "The number of groups exceeds the limit. If you need more, please contact us.",
  ],
  "InvalidParameterValue.GroupTagIllegal": [
    "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
    "The group remarks field contains invalid characters. It can contain only letters, `-`, `_`, and digits.",
  ],
  "InvalidParameterValue.GroupTagTooLong": [
    "人员库备注超出长度限制。",
    "The group remarks field exceeds the length limit.",
  ],
  "InvalidParameterValue.LimitExceed": [
    "返回数量超出限制。",
    "The number of returned results exceeds the limit.",
  ],
  InvalidRequest: ["请求地址错误。", "The request path is not valid."],
  MissingParameter: ["缺少参数错误。", "A required parameter is missing."],
  "MissingParameter.ErrorParameterEmpty": [
    "必选参数为空。",
    "A required parameter is empty.",
  ],
  NoSuchVersion: ["接口版本不存在。", "The API version does not exist."],
  RequestSizeLimitExceeded: [
    "请求包超过限制大小。",
    "The request is larger than the limit.",
  ],
  UnknownParameter: ["未知参数错误。", "A parameter is not recognized."],
  UnsupportedProtocol: [
    "HTTP(S)请求协议错误,只支持 GET 和 POST 请求。",
    "Only GET and POST requests are supported.",
  ],
  UnsupportedRegion: ["接口不支持所传地域。", "The region is not supported."],
} as const satisfies Record<string, readonly [string, string]>;

export type ErrorCode = keyof typeof TEXTS;

export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly parameter?: string,
  ) {
    super(code);
  }

  text(language: Language): string {
    const text = TEXTS[this.code][language === "en-US" ? 1 : 0];
    return this.parameter === undefined
      ? text
      : `${text} (\`${this.parameter}\`)`;
  }
}
