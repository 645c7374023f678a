package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
	"unicode/utf16"
)

type call struct {
	Type, ID, Client string
	Parameters       map[string]any
	Timeout          int
	Region           string
	Credentials      struct {
		SecretID  string `json:"secret_id"`
		SecretKey string `json:"secret_key"`
	}
	Server struct{ Endpoint string }
}

type object = map[string]any

type unsupported string

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		panic(unsupported("a string can't be null"))
	case object:
		var units []uint16
		for _, u := range v["utf16"].([]any) {
			units = append(units, uint16(u.(float64)))
		}
		runes := utf16.Decode(units)
		for i, u := range utf16.Encode(runes) {
			if u != units[i] {
				panic(unsupported("a string can't hold half a surrogate pair"))
			}
		}
		return string(runes)
	}
	panic(unsupported("a string can't hold a list"))
}

func request(parameters object) (r *CreateGroupRequest, why string) {
	defer func() {
		if p := recover(); p != nil {
			u, ok := p.(unsupported)
			if !ok {
				panic(p)
			}
			why = string(u)
		}
	}()
	r = &CreateGroupRequest{}
	for name, v := range parameters {
		switch name {
		case "GroupName":
			r.GroupName = text(v)
		case "GroupId":
			r.GroupId = text(v)
		case "Tag":
			r.Tag = text(v)
		case "FaceModelVersion":
			r.FaceModelVersion = text(v)
		case "GroupExDescriptions":
			list, ok := v.([]any)
			if !ok {
				return nil, "a list can't be anything else"
			}
			for _, e := range list {
				r.GroupExDescriptions = append(r.GroupExDescriptions, text(e))
			}
		default:
			return nil, "the client has no parameter " + name
		}
	}
	return r, ""
}

func create(c *Client, r *CreateGroupRequest) (answer, failure object) {
	defer func() {
		if p := recover(); p != nil {
			answer, failure = nil, object{"kind": "crash", "class": fmt.Sprintf("%T", p), "message": fmt.Sprint(p)}
		}
	}()
	resp, err := c.CreateGroup(r)
	if err == nil {
		return object{"FaceModelVersion": resp.FaceModelVersion, "RequestId": resp.RequestId}, nil
	}
	if e, ok := err.(*APIError); ok {
		return nil, object{"kind": "sdk", "class": "APIError", "code": e.Code, "message": e.Message, "request_id": e.RequestId}
	}
	failure = object{"kind": "raw", "class": fmt.Sprintf("%T", err), "message": err.Error()}
	if cause := errors.Unwrap(err); cause != nil {
		failure["cause"] = fmt.Sprintf("%T", cause)
	}
	return nil, failure
}

func main() {
	out := json.NewEncoder(os.Stdout)
	say := func(o object) {
		if err := out.Encode(o); err != nil {
			panic(err)
		}
	}
	say(object{"type": "hello", "protocol": 1, "sdk": "goclient", "version": "0.1", "runtime": runtime.Version(),
		"methods": []string{"POST"}, "signing": []string{"TC3-HMAC-SHA256"},
		"reach": []string{"endpoint"}, "can": []string{"kept", "timeout", "nul"}})
	var client *Client
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m call
		if err := json.Unmarshal(line, &m); err != nil {
			panic(err)
		}
		switch m.Type {
		case "bye":
			say(object{"type": "bye"})
			return
		case "call":
			r, why := request(m.Parameters)
			if why != "" {
				say(object{"type": "unsupported", "id": m.ID, "reason": why})
				continue
			}
			if client == nil || m.Client == "new" {
				client = NewClient(m.Server.Endpoint, m.Credentials.SecretID, m.Credentials.SecretKey, m.Region, time.Duration(m.Timeout)*time.Second)
			}
			if answer, failure := create(client, r); failure != nil {
				say(object{"type": "result", "id": m.ID, "error": failure})
			} else {
				say(object{"type": "result", "id": m.ID, "answer": answer})
			}
		}
	}
}
