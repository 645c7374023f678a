package main

import "fmt"

// apiError is what a client reads in Response.Error.
type apiError struct {
	Code    string
	Message string
}

// texts has the messages of the codes that the page lists.
var texts = map[string]string{
	"AuthFailure.InvalidAuthorization":           "认证失败。",
	"FailedOperation.DuplicatedGroupDescription": "同一人员库中自定义描述字段不可重复。",
	"InternalError":                                          "内部错误。",
	"InvalidParameter.InvalidParameter":                      "参数不合法。",
	"InvalidParameterValue.FaceModelVersionIllegal":          "算法模型版本不合法。",
	"InvalidParameterValue.GroupExDescriptionsExceed":        "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
	"InvalidParameterValue.GroupExDescriptionsNameIdentical": "人员库自定义描述字段名称不可重复。",
	"InvalidParameterValue.GroupExDescriptionsNameIllegal":   "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
	"InvalidParameterValue.GroupExDescriptionsNameTooLong":   "人员库自定义描述字段名称长度超出限制。",
	"InvalidParameterValue.GroupIdAlreadyExist":              "人员库ID已经存在。人员库ID不可重复。",
	"InvalidParameterValue.GroupIdIllegal":                   "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
	"InvalidParameterValue.GroupIdNotExist":                  "人员库ID不存在。",
	"InvalidParameterValue.GroupIdTooLong":                   "人员库ID超出长度限制。",
	"InvalidParameterValue.GroupNameAlreadyExist":            "人员库名称已经存在。人员库名称不可重复。",
	"InvalidParameterValue.GroupNameIllegal":                 "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
	"InvalidParameterValue.GroupNameTooLong":                 "人员库名称超出长度限制。",
	"InvalidParameterValue.GroupNumExceed":                   "人员库数量超出限制。如需增加,请联系我们。",
	"InvalidParameterValue.GroupTagIllegal":                  "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
	"InvalidParameterValue.GroupTagTooLong":                  "人员库备注超出长度限制。",
	"InvalidParameterValue.LimitExceed":                      "返回数量超出限制。",
	"InvalidParameterValue.OffsetExceed":                     "起始序号过大。请检查需要请求的数组长度。",
	"InvalidParameterValue.PersonExDescriptionInfosExceed":   "人员自定义描述字段数组长度超过限制。最多5个。",
	"MissingParameter.ErrorParameterEmpty":                   "必选参数为空。",
}

// business makes an error whose text the page gives.
func business(code string) *apiError {
	return &apiError{Code: code, Message: texts[code]}
}

func commonError(code, format string, args ...any) *apiError {
	return &apiError{Code: code, Message: fmt.Sprintf(format, args...)}
}

func missingParameter(name string) *apiError {
	return commonError("MissingParameter", "The request is missing a required parameter `%s`.", name)
}

func wrongType(name string) *apiError {
	return commonError("InvalidParameter", "The value type of parameter `%s` is not valid.", name)
}

func unknownParameter(name string) *apiError {
	return commonError("UnknownParameter", "The parameter `%s` is not recognized.", name)
}

func malformed(what string) *apiError {
	return commonError("InvalidParameter", "The %s of the request cannot be parsed.", what)
}
