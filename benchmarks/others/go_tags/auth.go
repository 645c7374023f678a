package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"log"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	serviceName = "iai"
	validity    = 5 * time.Minute
)

var authorizationForm = regexp.MustCompile(
	`^TC3-HMAC-SHA256 Credential=([^/\s]+)/(\d{4}-\d\d-\d\d)/([^/\s]+)/tc3_request, *` +
		`SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$`)

var (
	errInvalidAuthorization = business("AuthFailure.InvalidAuthorization")
	errSignature            = commonError("AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please check your signature is correct.")
	errExpired              = commonError("AuthFailure.SignatureExpire", "The signature is expired.")
	errSecretID             = commonError("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
)

func (s *service) authenticate(c *call) *apiError {
	if on("connection-authenticated-once") {
		connection := c.http.Context().Value(connectionKey{})
		if _, trusted := s.trusted.Load(connection); trusted {
			return nil
		}
		failure := s.checkSignature(c)
		if failure == nil {
			s.trusted.Store(connection, true)
		}
		return failure
	}
	return s.checkSignature(c)
}

func (s *service) checkSignature(c *call) *apiError {
	header := c.http.Header.Get("Authorization")
	switch {
	case header != "":
		return s.authenticateTC3(c, header)
	case c.values.Has("Signature"):
		return s.authenticateV1(c)
	}
	return errInvalidAuthorization
}

func checkTimestamp(text string) (time.Time, *apiError) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, wrongType("Timestamp")
	}
	sent := time.Unix(seconds, 0)
	age := time.Since(sent)
	limit := validity
	if on("validity-in-hours") {
		limit = 5 * time.Hour
	}
	if age > limit {
		return sent, errExpired
	}
	if age < -limit && !on("future-timestamp-accepted") {
		return sent, errExpired
	}
	return sent, nil
}

func (s *service) knownSecretID(id string) bool {
	if on("secret-id-not-compared") {
		return id != ""
	}
	return id == s.secretID
}

// authenticateTC3 checks the TC3-HMAC-SHA256 signature in the header.
func (s *service) authenticateTC3(c *call, header string) *apiError {
	parts := authorizationForm.FindStringSubmatch(header)
	if parts == nil {
		return errInvalidAuthorization
	}
	id, date, service, signed, signature := parts[1], parts[2], parts[3], parts[4], parts[5]
	names := strings.Split(signed, ";")
	if !slices.Contains(names, "content-type") || !slices.Contains(names, "host") {
		return errInvalidAuthorization
	}
	sent, failure := checkTimestamp(c.common.Timestamp)
	if failure != nil {
		return failure
	}
	if !s.knownSecretID(id) {
		if on("unknown-id-as-signature-failure") {
			return errSignature
		}
		return errSecretID
	}
	if date != sent.UTC().Format(time.DateOnly) && !on("scope-date-not-compared") {
		return errSignature
	}
	if service != serviceName {
		return errSignature
	}
	if on("signed-headers-fixed") {
		names = []string{"content-type", "host"}
	}

	request := canonicalRequest(c, names)
	text := strings.Join([]string{
		"TC3-HMAC-SHA256",
		c.common.Timestamp,
		date + "/" + service + "/tc3_request",
		hexSHA256([]byte(request)),
	}, "\n")
	key := mac(sha256.New, []byte("TC3"+s.secretKey), date)
	key = mac(sha256.New, key, service)
	key = mac(sha256.New, key, "tc3_request")
	expected := hex.EncodeToString(mac(sha256.New, key, text))
	if !hmac.Equal([]byte(expected), []byte(signature)) {
		if on("signature-mismatch-only-logged") {
			log.Printf("signature mismatch: expected %s", expected)
			return nil
		}
		return errSignature
	}
	return nil
}

func canonicalRequest(c *call, names []string) string {
	query := ""
	if c.http.Method == "GET" {
		query = c.http.URL.RawQuery
		if on("query-encoded-again") {
			query = c.http.URL.Query().Encode()
		}
	}
	var headers strings.Builder
	for _, name := range names {
		value := c.http.Header.Get(name)
		if name == "host" {
			value = c.http.Host
		}
		if !on("signed-values-keep-case") {
			value = strings.ToLower(value)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	return strings.Join([]string{
		c.http.Method,
		c.http.URL.EscapedPath(),
		query,
		headers.String(),
		strings.Join(names, ";"),
		hexSHA256(c.body),
	}, "\n")
}

// authenticateV1 checks the older signature, a parameter among the others.
func (s *service) authenticateV1(c *call) *apiError {
	for _, name := range []string{"SecretId", "Nonce"} {
		if c.values.Get(name) == "" {
			return missingParameter(name)
		}
	}
	if _, failure := checkTimestamp(c.common.Timestamp); failure != nil && !on("v1-never-expires") {
		return failure
	}
	if !s.knownSecretID(c.values.Get("SecretId")) {
		return errSecretID
	}
	newHash := sha1.New
	if on("v1-default-sha256") {
		newHash = sha256.New
	}
	switch c.values.Get("SignatureMethod") {
	case "":
	case "HmacSHA1":
		newHash = sha1.New
	case "HmacSHA256":
		newHash = sha256.New
	default:
		return errSignature
	}

	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		if name == "Signature" {
			continue
		}
		value := c.values.Get(name)
		if on("v1-signs-encoded-values") {
			value = url.QueryEscape(value)
		}
		if on("v1-dots-become-underscores") {
			name = strings.ReplaceAll(name, ".", "_")
		}
		pairs = append(pairs, name+"="+value)
	}
	text := c.http.Method + c.http.Host + c.http.URL.Path + "?" + strings.Join(pairs, "&")
	expected := base64.StdEncoding.EncodeToString(mac(newHash, []byte(s.secretKey), text))
	if !hmac.Equal([]byte(expected), []byte(c.values.Get("Signature"))) {
		return errSignature
	}
	return nil
}

func mac(newHash func() hash.Hash, key []byte, text string) []byte {
	h := hmac.New(newHash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
