package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type Client struct {
	endpoint, secretID, secretKey, region string
	http                                  *http.Client
}

func NewClient(endpoint, secretID, secretKey, region string, timeout time.Duration) *Client {
	return &Client{strings.TrimRight(endpoint, "/"), secretID, secretKey, region, &http.Client{Timeout: timeout}}
}

type CreateGroupRequest struct {
	GroupName           string   `json:"GroupName"`
	GroupId             string   `json:"GroupId"`
	GroupExDescriptions []string `json:"GroupExDescriptions,omitempty"`
	Tag                 string   `json:"Tag,omitempty"`
	FaceModelVersion    string   `json:"FaceModelVersion,omitempty"`
}

type CreateGroupResponse struct{ FaceModelVersion, RequestId string }

type APIError struct{ Code, Message, RequestId string }

func (e *APIError) Error() string {
	return fmt.Sprintf("%s: %s (RequestId %s)", e.Code, e.Message, e.RequestId)
}

func sha(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

func (c *Client) CreateGroup(r *CreateGroupRequest) (*CreateGroupResponse, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest("POST", c.endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	ts, scope := strconv.FormatInt(now.Unix(), 10), now.Format("2006-01-02")+"/iai/tc3_request"
	canonical := "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:" + req.URL.Host + "\n\ncontent-type;host\n" + sha(body)
	toSign := "TC3-HMAC-SHA256\n" + ts + "\n" + scope + "\n" + sha([]byte(canonical))
	key := mac(mac(mac([]byte("TC3"+c.secretKey), now.Format("2006-01-02")), "iai"), "tc3_request")
	req.Header.Set("Authorization", fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host, Signature=%s",
		c.secretID, scope, hex.EncodeToString(mac(key, toSign))))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("X-TC-Action", "CreateGroup")
	req.Header.Set("X-TC-Version", "2020-03-03")
	req.Header.Set("X-TC-Timestamp", ts)
	req.Header.Set("X-TC-Region", c.region)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("unexpected status %s", resp.Status)
	}
	var out struct {
		Response struct {
			CreateGroupResponse
			Error *APIError
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return nil, err
	}
	if e := out.Response.Error; e != nil {
		e.RequestId = out.Response.RequestId
		return nil, e
	}
	return &out.Response.CreateGroupResponse, nil
}
