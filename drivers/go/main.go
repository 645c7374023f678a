// The driver of the vendor's Go SDK; docs/drivers.md describes what it speaks.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unicode/utf16"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	iai "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/iai/v20200303"
)

type members = map[string]any

type call struct {
	Type, ID, Client, Signing, Method, Region, Language string
	Timeout                                             int
	Parameters                                          map[string]any
	Credentials, Server                                 map[string]string
}

// Whatever a library prints goes to standard error: standard output is the protocol's alone.
var protocol = os.Stdout

func say(message members) {
	line, _ := json.Marshal(message)
	fmt.Fprintf(protocol, "%s\n", line)
}

// text is a text of the protocol, or nil.
func text(value any) *string {
	switch found := value.(type) {
	case string:
		return &found
	case map[string]any:
		units := []uint16{}
		for _, each := range found["utf16"].([]any) {
			units = append(units, uint16(each.(float64)))
		}
		decoded := string(utf16.Decode(units))
		return &decoded
	}
	return nil
}

func clientFor(asked call) *iai.Client {
	where, _ := url.Parse(asked.Server["endpoint"])
	settings := profile.NewClientProfile()
	settings.SignMethod = asked.Signing
	settings.HttpProfile.ReqMethod = asked.Method
	settings.HttpProfile.ReqTimeout = asked.Timeout
	settings.HttpProfile.Scheme = strings.ToUpper(where.Scheme)
	settings.HttpProfile.Endpoint = where.Host
	if asked.Language != "" {
		settings.Language = asked.Language
	}
	// Clients share the connections of the process: a new one is to have new ones.
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	given := asked.Credentials
	pair := common.NewTokenCredential(given["secret_id"], given["secret_key"], given["token"])
	client, err := iai.NewClient(pair, asked.Region, settings)
	if err != nil {
		panic(err)
	}
	return client
}

func requestFor(asked call) *iai.CreateGroupRequest {
	request := iai.NewCreateGroupRequest()
	texts := map[string]**string{"GroupName": &request.GroupName, "GroupId": &request.GroupId,
		"Tag": &request.Tag, "FaceModelVersion": &request.FaceModelVersion}
	for name, value := range asked.Parameters {
		if list, ok := value.([]any); ok {
			request.GroupExDescriptions = []*string{}
			for _, each := range list {
				request.GroupExDescriptions = append(request.GroupExDescriptions, text(each))
			}
		} else {
			*texts[name] = text(value)
		}
	}
	return request
}

// perform makes a call, and tells what came of it.
func perform(client *iai.Client, request *iai.CreateGroupRequest) (result members) {
	defer func() {
		if caught := recover(); caught != nil {
			result = members{"error": members{"kind": "crash", "class": "panic", "message": fmt.Sprint(caught)}}
		}
	}()
	response, err := client.CreateGroup(request)
	var own *sdkerrors.TencentCloudSDKError
	if errors.As(err, &own) {
		return members{"error": members{"kind": "sdk", "class": "TencentCloudSDKError", "code": own.GetCode(),
			"message": own.GetMessage(), "request_id": own.GetRequestId()}}
	}
	if err != nil {
		return members{"error": members{"kind": "raw", "class": reflect.TypeOf(err).String(), "message": err.Error()}}
	}
	answer := members{}
	if response != nil && response.Response != nil {
		answer = members{"FaceModelVersion": response.Response.FaceModelVersion, "RequestId": response.Response.RequestId}
	}
	return members{"answer": answer}
}

func main() {
	os.Stdout = os.Stderr
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && len(info.Deps) > 0 {
		version = info.Deps[0].Version // the SDK is the only one
	}
	say(members{"type": "hello", "protocol": 1, "sdk": "tencentcloud-sdk-go", "version": version, "runtime": runtime.Version(),
		"methods": []string{"POST", "GET"}, "signing": []string{"TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"},
		"reach": []string{"endpoint"}, "can": []string{"kept", "timeout", "token", "language", "empty", "list-null", "nul"}})
	lines := bufio.NewReader(os.Stdin)
	var client *iai.Client
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked call
		json.Unmarshal(line, &asked)
		if asked.Type == "bye" {
			say(members{"type": "bye"})
			return
		}
		if client == nil || asked.Client == "new" {
			client = clientFor(asked)
		}
		result := perform(client, requestFor(asked))
		result["type"], result["id"] = "result", asked.ID
		say(result)
	}
}
