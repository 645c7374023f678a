package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
)

type createGroupRequest struct {
	GroupName           *string  `json:"GroupName" validate:"required,min=1,max=60,zhname"`
	GroupId             *string  `json:"GroupId" validate:"required,min=1,maxbytes=64,groupid"`
	GroupExDescriptions []string `json:"GroupExDescriptions" validate:"omitempty,max=5,unique,dive,min=1,max=30,zhname"`
	Tag                 *string  `json:"Tag" validate:"omitempty,max=40,zhname"`
	FaceModelVersion    *string  `json:"FaceModelVersion" validate:"omitempty,oneof=2.0 3.0"`
}

type groupIDRequest struct {
	GroupId *string `json:"GroupId" validate:"required,min=1"`
}

type listRequest struct {
	Offset *int64 `json:"Offset" validate:"omitempty,min=0"`
	Limit  *int64 `json:"Limit" validate:"omitempty,min=0,max=1000"`
}

type modifyGroupRequest struct {
	GroupId                 *string           `json:"GroupId" validate:"required,min=1"`
	GroupName               *string           `json:"GroupName" validate:"omitempty,min=1,max=60,zhname"`
	Tag                     *string           `json:"Tag" validate:"omitempty,max=40,zhname"`
	GroupExDescriptionInfos []descriptionInfo `json:"GroupExDescriptionInfos" validate:"omitempty,max=5,dive"`
}

type descriptionInfo struct {
	GroupExDescriptionIndex *int64  `json:"GroupExDescriptionIndex" validate:"required,min=0"`
	GroupExDescription      *string `json:"GroupExDescription" validate:"required,min=1,max=30,zhname"`
}

// mistakenTags has, per mistake, the tags of createGroupRequest as somebody
// wrote them who did not know the page or the validator well.
var mistakenTags = map[string]map[string]string{
	"name-length-in-bytes":               {"GroupName": "required,min=1,maxbytes=60,zhname"},
	"name-limit-of-the-id":               {"GroupName": "required,min=1,max=64,zhname"},
	"name-any-letter":                    {"GroupName": "required,min=1,max=60,anyletter"},
	"empty-name-passes-required":         {"GroupName": "required,max=60,zhname"},
	"id-limit-exclusive":                 {"GroupId": "required,min=1,lt=64,groupid"},
	"id-class-makes-range":               {"GroupId": "required,min=1,maxbytes=64,groupidrange"},
	"id-regexp-without-end":              {"GroupId": "required,min=1,maxbytes=64,groupidstart"},
	"tag-alphabet-forgotten":             {"Tag": "omitempty,max=40"},
	"empty-tag-refused":                  {"Tag": "omitempty,min=1,max=40,zhname"},
	"descriptions-without-dive":          {"GroupExDescriptions": "omitempty,max=5,unique"},
	"dive-limits-swapped":                {"GroupExDescriptions": "omitempty,max=30,unique,dive,min=1,max=5,zhname"},
	"descriptions-not-unique":            {"GroupExDescriptions": "omitempty,max=5,dive,min=1,max=30,zhname"},
	"descriptions-unique-next-to-others": {"GroupExDescriptions": "omitempty,max=5,compactunique,dive,min=1,max=30,zhname"},
	"descriptions-sorted-in-place":       {"GroupExDescriptions": "omitempty,max=5,sortedunique,dive,min=1,max=30,zhname"},
	"version-as-number":                  {"FaceModelVersion": "omitempty,modelnumber"},
	"name-without-dash":                  {"GroupName": "required,min=1,max=60,alphanumunicode"},
	"han-basic-block-only":               {"GroupName": "required,min=1,max=60,basichan"},
	"id-tag-of-the-name":                 {"GroupId": "required,min=1,maxbytes=64,zhname"},
	"id-symbols-half-copied":             {"GroupId": "required,min=1,maxbytes=64,groupidhalf"},
	"id-limit-in-the-regexp":             {"GroupId": "required,min=1,groupidsized"},
	"id-starts-with-a-letter":            {"GroupId": "required,min=1,maxbytes=64,groupidletter"},
	"tag-required":                       {"Tag": "required,max=40,zhname"},
	"tag-letters-to-small-z":             {"Tag": "omitempty,max=40,lettersatoz"},
	"tag-length-in-utf16":                {"Tag": "omitempty,maxutf16=40,zhname"},
	"descriptions-printable-ascii":       {"GroupExDescriptions": "omitempty,max=5,unique,dive,min=1,max=30,printascii"},
	"description-gt-one":                 {"GroupExDescriptions": "omitempty,max=5,unique,dive,gt=1,max=30,zhname"},
	"descriptions-limited-together":      {"GroupExDescriptions": "omitempty,max=5,maxjoined=64,unique,dive,min=1,max=30,zhname"},
	"first-description-only":             {"GroupExDescriptions": "omitempty,max=5,unique,eachmax=30,eachname"},
	"unknown-model-becomes-default":      {"FaceModelVersion": "omitempty"},
}

var (
	zhName = regexp.MustCompile(`^[\p{Han}A-Za-z0-9_-]*$`)
	// anyLetter takes the letters of all scripts.
	anyLetter = regexp.MustCompile(`^[\p{L}\p{N}_-]*$`)

	groupID      = regexp.MustCompile(`^[A-Za-z0-9\-%@#&_]+$`)
	groupIDStart = regexp.MustCompile(`^[A-Za-z0-9\-%@#&_]+`)
	groupIDRange = regexp.MustCompile(`^[A-Za-z0-9%-@#&_]+$`)

	basicHan      = regexp.MustCompile(`^[\x{4e00}-\x{9fa5}A-Za-z0-9_-]*$`)
	lettersAToZ   = regexp.MustCompile(`^[\p{Han}A-z0-9_-]*$`)
	groupIDHalf   = regexp.MustCompile(`^[A-Za-z0-9\-%@_]+$`)
	groupIDSized  = regexp.MustCompile(`^[A-Za-z0-9\-%@#&_]{1,64}$`)
	groupIDLetter = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9\-%@#&_]*$`)
)

var validate = newValidator()

func newValidator() *validator.Validate {
	v := validator.New()
	matching := func(form *regexp.Regexp) validator.Func {
		return func(fl validator.FieldLevel) bool {
			return form.MatchString(fl.Field().String())
		}
	}
	for tag, check := range map[string]validator.Func{
		"zhname":        matching(zhName),
		"anyletter":     matching(anyLetter),
		"groupid":       matching(groupID),
		"groupidstart":  matching(groupIDStart),
		"groupidrange":  matching(groupIDRange),
		"maxbytes":      hasAtMostBytes,
		"compactunique": isUniqueCompacted,
		"sortedunique":  isUniqueSorted,
		"modelnumber":   isModelNumber,
		"basichan":      matching(basicHan),
		"lettersatoz":   matching(lettersAToZ),
		"groupidhalf":   matching(groupIDHalf),
		"groupidsized":  matching(groupIDSized),
		"groupidletter": matching(groupIDLetter),
		"maxutf16":      hasAtMostUnits,
		"maxjoined":     hasAtMostJoined,
		"eachmax":       isEachAtMost,
		"eachname":      isEachName,
	} {
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(err)
		}
	}
	return v
}

// applyMistakenTags must run before the validator sees its first request.
func applyMistakenTags() {
	if tags, ok := mistakenTags[mistake]; ok {
		validate.RegisterStructValidationMapRules(tags, createGroupRequest{})
	}
}

func limitOf(fl validator.FieldLevel) int {
	limit, err := strconv.Atoi(fl.Param())
	if err != nil {
		panic(fmt.Sprintf("%s wants a number, not %q", fl.GetTag(), fl.Param()))
	}
	return limit
}

func hasAtMostBytes(fl validator.FieldLevel) bool {
	return len(fl.Field().String()) <= limitOf(fl)
}

func hasAtMostUnits(fl validator.FieldLevel) bool {
	return len(utf16.Encode([]rune(fl.Field().String()))) <= limitOf(fl)
}

func hasAtMostJoined(fl validator.FieldLevel) bool {
	list := fl.Field().Interface().([]string)
	return utf8.RuneCountInString(strings.Join(list, ",")) <= limitOf(fl)
}

func isEachAtMost(fl validator.FieldLevel) bool {
	limit := limitOf(fl)
	for _, text := range fl.Field().Interface().([]string) {
		return utf8.RuneCountInString(text) <= limit
	}
	return true
}

func isEachName(fl validator.FieldLevel) bool {
	for _, text := range fl.Field().Interface().([]string) {
		return text != "" && zhName.MatchString(text)
	}
	return true
}

func isUniqueCompacted(fl validator.FieldLevel) bool {
	list := fl.Field().Interface().([]string)
	return len(slices.Compact(slices.Clone(list))) == len(list)
}

func isUniqueSorted(fl validator.FieldLevel) bool {
	list := fl.Field().Interface().([]string)
	slices.Sort(list)
	for i := 1; i < len(list); i++ {
		if list[i] == list[i-1] {
			return false
		}
	}
	return true
}

func isModelNumber(fl validator.FieldLevel) bool {
	number, err := strconv.ParseFloat(fl.Field().String(), 64)
	return err == nil && (number == 2 || number == 3)
}

// codes has the error code of each field and failed tag; "*" stands for any
// other tag. Elements of a list have "[]" after the list's name.
var codes = map[string]string{
	"GroupName.min":      "MissingParameter.ErrorParameterEmpty",
	"GroupName.max":      "InvalidParameterValue.GroupNameTooLong",
	"GroupName.maxbytes": "InvalidParameterValue.GroupNameTooLong",
	"GroupName.*":        "InvalidParameterValue.GroupNameIllegal",

	"GroupId.min":      "MissingParameter.ErrorParameterEmpty",
	"GroupId.maxbytes": "InvalidParameterValue.GroupIdTooLong",
	"GroupId.lt":       "InvalidParameterValue.GroupIdTooLong",
	"GroupId.*":        "InvalidParameterValue.GroupIdIllegal",

	"GroupExDescriptions.max":       "InvalidParameterValue.GroupExDescriptionsExceed",
	"GroupExDescriptions.maxjoined": "InvalidParameterValue.GroupExDescriptionsNameTooLong",
	"GroupExDescriptions.eachmax":   "InvalidParameterValue.GroupExDescriptionsNameTooLong",
	"GroupExDescriptions.eachname":  "InvalidParameterValue.GroupExDescriptionsNameIllegal",
	"GroupExDescriptions.*":         "InvalidParameterValue.GroupExDescriptionsNameIdentical",
	"GroupExDescriptions[].max":     "InvalidParameterValue.GroupExDescriptionsNameTooLong",
	"GroupExDescriptions[].*":       "InvalidParameterValue.GroupExDescriptionsNameIllegal",

	"GroupExDescription.max":      "InvalidParameterValue.GroupExDescriptionsNameTooLong",
	"GroupExDescription.*":        "InvalidParameterValue.GroupExDescriptionsNameIllegal",
	"GroupExDescriptionInfos.max": "InvalidParameterValue.GroupExDescriptionsExceed",

	"Tag.max":      "InvalidParameterValue.GroupTagTooLong",
	"Tag.maxutf16": "InvalidParameterValue.GroupTagTooLong",
	"Tag.*":        "InvalidParameterValue.GroupTagIllegal",

	"FaceModelVersion.*": "InvalidParameterValue.FaceModelVersionIllegal",

	"Limit.max": "InvalidParameterValue.LimitExceed",
}

func codeOf(field, tag string) string {
	switch {
	case on("tag-length-code-copied") && field == "Tag" && tag == "max":
		return "InvalidParameterValue.GroupNameTooLong"
	case on("person-code-for-group-list") && field == "GroupExDescriptions" && tag == "max":
		return "InvalidParameterValue.PersonExDescriptionInfosExceed"
	case on("model-code-not-mapped") && field == "FaceModelVersion":
		return "InvalidParameter.InvalidParameter"
	}
	if code, ok := codes[field+"."+tag]; ok {
		return code
	}
	if code, ok := codes[field+".*"]; ok {
		return code
	}
	return "InvalidParameter.InvalidParameter"
}

// check validates a request struct by its tags.
func check(request any) *apiError {
	return failureOf(validate.Struct(request))
}

// failureOf says what the first failed tag means; parameters that are missing
// come before values that are wrong.
func failureOf(err error) *apiError {
	if err == nil {
		return nil
	}
	fields, ok := err.(validator.ValidationErrors)
	if !ok {
		return business("InvalidParameter.InvalidParameter")
	}
	for _, field := range fields {
		if field.Tag() == "required" && !on("required-like-other-tags") {
			return missingParameter(field.Field())
		}
	}
	name := fields[0].Field()
	if list, _, isElement := strings.Cut(name, "["); isElement {
		name = list + "[]"
		if on("element-name-cut") {
			name = list
		}
	}
	failure := business(codeOf(name, fields[0].Tag()))
	if on("validator-text-leaks") {
		failure.Message = fields[0].Error()
	}
	return failure
}
