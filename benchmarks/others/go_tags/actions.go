package main

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	apiVersion     = "2020-03-03"
	defaultVersion = "3.0"
	legacyVersion  = "2.0"
)

type action func(s *service, c *call) (answer, *apiError)

var actions = map[string]action{
	"CreateGroup":  createGroup,
	"DeleteGroup":  deleteGroup,
	"GetGroupInfo": getGroupInfo,
	"GetGroupList": getGroupList,
	"ModifyGroup":  modifyGroup,
}

var versionForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

func knownVersion(version string) bool {
	if on("version-form-only") {
		return versionForm.MatchString(version)
	}
	return version == apiVersion
}

// modelVersion is an algorithm's version as it is answered.
type modelVersion string

func (v modelVersion) MarshalJSON() ([]byte, error) {
	if on("model-answered-as-number") {
		return []byte(v), nil
	}
	return strconv.AppendQuote(nil, string(v)), nil
}

type createGroupAnswer struct {
	FaceModelVersion modelVersion `json:"FaceModelVersion,omitempty"`
	Base
}

// requests keeps request structs for later calls, to spare allocations.
var requests = make(chan *createGroupRequest, 16)

// takeRequest gives a request struct to read parameters into.
func takeRequest() *createGroupRequest {
	if on("kept-request-not-cleared") || on("descriptions-share-an-array") {
		select {
		case request := <-requests:
			return request
		default:
		}
	}
	return &createGroupRequest{}
}

func returnRequest(request *createGroupRequest) {
	if on("descriptions-share-an-array") {
		*request = createGroupRequest{GroupExDescriptions: request.GroupExDescriptions[:0]}
	}
	if on("kept-request-not-cleared") || on("descriptions-share-an-array") {
		select {
		case requests <- request:
		default:
		}
	}
}

func createGroup(s *service, c *call) (answer, *apiError) {
	request := takeRequest()
	defer returnRequest(request)
	if failure := bind(c, request); failure != nil {
		return nil, failure
	}
	if on("missing-name-takes-id") && request.GroupName == nil {
		request.GroupName = request.GroupId
	}
	if on("name-trimmed") && request.GroupName != nil {
		trimmed := strings.TrimSpace(*request.GroupName)
		request.GroupName = &trimmed
	}
	if on("uniqueness-before-validation") && request.GroupName != nil && request.GroupId != nil {
		s.store.mu.RLock()
		failure := s.store.free(&group{ID: *request.GroupId, Name: *request.GroupName})
		s.store.mu.RUnlock()
		if failure != nil {
			return nil, failure
		}
	}
	mend(request)
	if failure := checkCreate(request); failure != nil {
		return nil, failure
	}

	g := newGroup(request)
	if failure := s.store.create(g); failure != nil {
		return nil, failure
	}
	result := &createGroupAnswer{FaceModelVersion: modelVersion(g.Version)}
	if on("version-stored-as-default") {
		result.FaceModelVersion = modelVersion(versionOf(request))
	}
	if on("version-answered-from-request") {
		result.FaceModelVersion = modelVersion(valueOf(request.FaceModelVersion))
	}
	return result, nil
}

// mend makes values fit that do not, where somebody wanted to be kind.
func mend(request *createGroupRequest) {
	if on("tag-cut-to-limit") && request.Tag != nil {
		if runes := []rune(*request.Tag); len(runes) > 40 {
			cut := string(runes[:40])
			request.Tag = &cut
		}
	}
	if on("descriptions-excess-dropped") && len(request.GroupExDescriptions) > 5 {
		request.GroupExDescriptions = request.GroupExDescriptions[:5]
	}
	if on("repeated-descriptions-merged") {
		var once []string
		for _, description := range request.GroupExDescriptions {
			if !slices.Contains(once, description) {
				once = append(once, description)
			}
		}
		request.GroupExDescriptions = once
	}
}

func checkCreate(request *createGroupRequest) *apiError {
	if on("tag-unchecked-beside-descriptions") && len(request.GroupExDescriptions) > 0 {
		return failureOf(validate.StructExcept(request, "Tag"))
	}
	return check(request)
}

// newGroup makes the group that the request asks for.
func newGroup(request *createGroupRequest) *group {
	g := &group{
		ID:           *request.GroupId,
		Name:         *request.GroupName,
		Descriptions: slices.Clone(request.GroupExDescriptions),
		Tag:          valueOf(request.Tag),
		Version:      versionOf(request),
	}
	if on("descriptions-share-an-array") {
		g.Descriptions = request.GroupExDescriptions
	}
	if on("version-stored-as-default") {
		g.Version = defaultVersion
	}
	if on("legacy-group-without-tag") && g.Version == legacyVersion {
		g = &group{ID: g.ID, Name: g.Name, Descriptions: g.Descriptions, Version: g.Version}
	}
	return g
}

func versionOf(request *createGroupRequest) string {
	if on("unknown-model-becomes-default") && valueOf(request.FaceModelVersion) != legacyVersion {
		return defaultVersion
	}
	if request.FaceModelVersion != nil {
		return *request.FaceModelVersion
	}
	if on("legacy-default-version") {
		return legacyVersion
	}
	return defaultVersion
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func deleteGroup(s *service, c *call) (answer, *apiError) {
	var request groupIDRequest
	if failure := bindAndCheck(c, &request); failure != nil {
		return nil, failure
	}
	if failure := s.store.delete(*request.GroupId); failure != nil {
		return nil, failure
	}
	return &Base{}, nil
}

type groupInfo struct {
	GroupName           string   `json:"GroupName"`
	GroupId             string   `json:"GroupId"`
	GroupExDescriptions []string `json:"GroupExDescriptions"`
	Tag                 string   `json:"Tag"`
	FaceModelVersion    string   `json:"FaceModelVersion"`
	CreationTimestamp   int64    `json:"CreationTimestamp"`
}

func infoOf(g group) groupInfo {
	if on("id-html-escaped") {
		g.ID = html.EscapeString(g.ID)
	}
	return groupInfo{
		GroupName:           g.Name,
		GroupId:             g.ID,
		GroupExDescriptions: g.Descriptions,
		Tag:                 g.Tag,
		FaceModelVersion:    g.Version,
		CreationTimestamp:   g.Created,
	}
}

type getGroupInfoAnswer struct {
	groupInfo
	Base
}

func getGroupInfo(s *service, c *call) (answer, *apiError) {
	var request groupIDRequest
	if failure := bindAndCheck(c, &request); failure != nil {
		return nil, failure
	}
	g, failure := s.store.get(*request.GroupId)
	if failure != nil {
		return nil, failure
	}
	return &getGroupInfoAnswer{groupInfo: infoOf(g)}, nil
}

type getGroupListAnswer struct {
	GroupInfos []groupInfo `json:"GroupInfos"`
	GroupNum   int         `json:"GroupNum"`
	Base
}

func getGroupList(s *service, c *call) (answer, *apiError) {
	var request listRequest
	if failure := bindAndCheck(c, &request); failure != nil {
		return nil, failure
	}
	offset, limit := 0, 100
	if request.Offset != nil {
		offset = int(*request.Offset)
	}
	if request.Limit != nil {
		limit = int(*request.Limit)
	}
	groups, count, failure := s.store.list(offset, limit)
	if failure != nil {
		return nil, failure
	}
	result := &getGroupListAnswer{GroupInfos: []groupInfo{}, GroupNum: count}
	for _, g := range groups {
		result.GroupInfos = append(result.GroupInfos, infoOf(g))
	}
	return result, nil
}

func modifyGroup(s *service, c *call) (answer, *apiError) {
	var request modifyGroupRequest
	if failure := bindAndCheck(c, &request); failure != nil {
		return nil, failure
	}
	wanted := change{
		name:         request.GroupName,
		tag:          request.Tag,
		descriptions: map[int]string{},
	}
	for _, info := range request.GroupExDescriptionInfos {
		wanted.descriptions[int(*info.GroupExDescriptionIndex)] = *info.GroupExDescription
	}
	if failure := s.store.modify(*request.GroupId, wanted); failure != nil {
		return nil, failure
	}
	return &Base{}, nil
}

func bindAndCheck(c *call, request any) *apiError {
	if failure := bind(c, request); failure != nil {
		return failure
	}
	return check(request)
}
