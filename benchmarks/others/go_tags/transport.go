package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

const (
	maxBody   = 10 << 20
	jsonMedia = "application/json"
	formMedia = "application/x-www-form-urlencoded"
)

type service struct {
	secretID  string
	secretKey string
	store     *store
	trusted   sync.Map // connections that have sent a good signature
	failures  sync.Map // answers of errors by their code
}

func newService(secretID, secretKey string) *service {
	return &service{secretID: secretID, secretKey: secretKey, store: newStore()}
}

// common holds the common parameters of a request.
type common struct {
	Action    string
	Version   string
	Region    string
	Timestamp string
}

// call is one request as it came in, before its action reads it.
type call struct {
	http   *http.Request
	media  string
	body   []byte
	values url.Values // parameters of a query string or of a form
	common common
}

// Base is the part that all answers share.
type Base struct {
	Error     any    `json:"Error,omitempty"`
	RequestId string `json:"RequestId,omitempty"`
	RequestID string `json:"RequestID,omitempty"` // only when it is misspelled
}

func (b *Base) base() *Base { return b }

type errorBody struct {
	Code    string `json:"Code"`
	Message string `json:"Message"`
}

// untaggedError is an errorBody whose names follow another convention.
type untaggedError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type answer interface{ base() *Base }

type envelope struct {
	Response answer `json:"Response"`
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := requestID(r)
	result, failure := s.handle(w, r)
	status := http.StatusOK
	if failure != nil {
		result = &Base{Error: &errorBody{Code: failure.Code, Message: failure.Message}}
		if on("error-members-lower-case") {
			result = &Base{Error: &untaggedError{Code: failure.Code, Message: failure.Message}}
		}
		if on("error-status-400") {
			status = http.StatusBadRequest
		}
		if on("unknown-action-status-404") && failure.Code == "InvalidAction" {
			status = http.StatusNotFound
		}
	} else if on("error-object-always") {
		result.base().Error = &errorBody{}
	}
	if failure == nil || !on("error-without-request-id") {
		result.base().RequestId = id
	}
	if on("request-id-misspelled") {
		result.base().RequestID, result.base().RequestId = id, ""
	}
	if failure != nil && on("error-answers-cached") {
		kept, _ := s.failures.LoadOrStore(failure.Code, result)
		result = kept.(answer)
	}
	if _, created := result.(*createGroupAnswer); created && on("create-status-201") {
		status = http.StatusCreated
	}
	if on("content-type-set-too-late") {
		w.WriteHeader(status)
		w.Header().Set("Content-Type", jsonMedia)
	} else {
		w.Header().Set("Content-Type", jsonMedia)
		w.WriteHeader(status)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if failure != nil && on("error-without-envelope") {
		encoder.Encode(result)
		return
	}
	encoder.Encode(envelope{result})
}

func (s *service) handle(w http.ResponseWriter, r *http.Request) (answer, *apiError) {
	c, failure := readCall(w, r)
	if failure != nil {
		return nil, failure
	}
	if failure := s.authenticate(c); failure != nil {
		return nil, failure
	}
	act, failure := findAction(c.common)
	if failure != nil {
		return nil, failure
	}
	return act(s, c)
}

func findAction(c common) (action, *apiError) {
	if !knownVersion(c.Version) {
		return nil, commonError("NoSuchVersion", "The specified version `%s` is invalid.", c.Version)
	}
	act, ok := actions[c.Action]
	if !ok && on("action-any-case") {
		for name, candidate := range actions {
			if strings.EqualFold(name, c.Action) {
				act, ok = candidate, true
			}
		}
	}
	if !ok {
		return nil, commonError("InvalidAction", "The action `%s` does not exist.", c.Action)
	}
	if on("region-any-text") {
		return act, nil
	}
	if !strings.HasPrefix(c.Region, "ap-") || len(c.Region) == len("ap-") {
		return nil, commonError("UnsupportedRegion", "The region `%s` is not supported.", c.Region)
	}
	return act, nil
}

// readCall reads the body, the parameters and the common parameters.
func readCall(w http.ResponseWriter, r *http.Request) (*call, *apiError) {
	c := &call{http: r}
	switch r.Method {
	case http.MethodGet:
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, malformed("query string")
		}
		c.media, c.values = formMedia, values
	case http.MethodPost:
		body, failure := readBody(w, r)
		if failure != nil {
			return nil, failure
		}
		c.body = body
		c.media = mediaType(r.Header.Get("Content-Type"))
		switch c.media {
		case jsonMedia:
		case formMedia:
			values, err := url.ParseQuery(string(body))
			if err != nil {
				return nil, malformed("form")
			}
			c.values = values
		default:
			return nil, commonError("UnsupportedProtocol", "The content type `%s` is not supported.", c.media)
		}
	default:
		return nil, commonError("UnsupportedProtocol", "Only GET and POST are supported.")
	}
	return c, readCommon(c)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *apiError) {
	if on("body-by-content-length") {
		body := make([]byte, max(r.ContentLength, 0))
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, malformed("body")
		}
		return body, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, commonError("RequestSizeLimitExceeded", "The request is larger than %d bytes.", maxBody)
	}
	if err != nil {
		return nil, malformed("body")
	}
	return body, nil
}

func mediaType(header string) string {
	if on("content-type-compared-whole") {
		return header
	}
	media, _, err := mime.ParseMediaType(header)
	if err != nil {
		return header
	}
	return media
}

// readCommon takes the common parameters from the headers, or else from the
// query string or the form.
func readCommon(c *call) *apiError {
	find := func(name string) string {
		if value := c.http.Header.Get("X-TC-" + name); value != "" {
			return value
		}
		return c.values.Get(name)
	}
	c.common = common{find("Action"), find("Version"), find("Region"), find("Timestamp")}
	if c.common.Region == "" && on("region-optional") {
		c.common.Region = "ap-guangzhou"
	}
	for _, required := range []struct{ name, value string }{
		{"Action", c.common.Action},
		{"Version", c.common.Version},
		{"Region", c.common.Region},
		{"Timestamp", c.common.Timestamp},
	} {
		if required.value == "" {
			return missingParameter(required.name)
		}
	}
	return nil
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

type connectionKey struct{}

func withConnectionID(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, newID())
}

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && on("request-id-from-the-client") {
		return id
	}
	if id, ok := r.Context().Value(connectionKey{}).(string); ok && on("request-id-per-connection") {
		return id
	}
	return newID()
}
