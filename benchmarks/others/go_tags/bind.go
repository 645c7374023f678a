package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// commonNames are the parameters that may stand in a query string or a form
// beside those of the action.
var commonNames = []string{
	"Action", "Version", "Region", "Timestamp", "Nonce", "SecretId",
	"Signature", "SignatureMethod", "Token", "Language", "RequestClient",
}

// bind reads the parameters of the call into a request struct.
func bind(c *call, request any) *apiError {
	body := c.body
	if c.media == formMedia {
		fields, failure := fieldsOf(c.values, reflect.TypeOf(request).Elem())
		if failure != nil {
			return failure
		}
		encoded, err := json.Marshal(fields)
		if err != nil {
			return malformed("form")
		}
		body = encoded
	}
	return bindJSON(body, request)
}

func bindJSON(body []byte, request any) *apiError {
	var members map[string]json.RawMessage
	unmarshal := json.Unmarshal
	if on("trailing-data-ignored") {
		unmarshal = func(data []byte, value any) error {
			return json.NewDecoder(bytes.NewReader(data)).Decode(value)
		}
	}
	if err := unmarshal(body, &members); err != nil || members == nil {
		return malformed("body")
	}
	if on("numbers-become-strings") || on("string-becomes-list") {
		body = weaken(members, reflect.TypeOf(request).Elem())
	}
	if failure := checkNames(body, reflect.TypeOf(request).Elem(), ""); failure != nil {
		return failure
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if !on("unknown-members-ignored") {
		decoder.DisallowUnknownFields()
	}
	err := decoder.Decode(request)
	var typeError *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typeError):
		if on("wrong-type-is-internal-error") {
			return business("InternalError")
		}
		return wrongType(typeError.Field)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return unknownParameter(strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`))
	}
	return malformed("body")
}

// checkNames refuses members that the struct does not have under exactly that
// name: encoding/json by itself takes any case.
func checkNames(data json.RawMessage, t reflect.Type, path string) *apiError {
	if on("unknown-members-ignored") || on("member-names-any-case") {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice:
		var elements []json.RawMessage
		if json.Unmarshal(data, &elements) != nil {
			return nil // decoding will tell
		}
		for i, element := range elements {
			if failure := checkNames(element, t.Elem(), path+strconv.Itoa(i)+"."); failure != nil {
				return failure
			}
		}
	case reflect.Struct:
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return nil
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			field, ok := fieldNamed(t, name)
			if !ok {
				return unknownParameter(path + name)
			}
			if failure := checkNames(members[name], field.Type, path+name+"."); failure != nil {
				return failure
			}
		}
	}
	return nil
}

func fieldNamed(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if field := t.Field(i); field.Tag.Get("json") == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// weaken turns values of another type into what the field wants.
func weaken(members map[string]json.RawMessage, t reflect.Type) []byte {
	for name, value := range members {
		field, ok := fieldNamed(t, name)
		if !ok || len(value) == 0 {
			continue
		}
		first := value[0]
		isNumber := first == '-' || '0' <= first && first <= '9'
		isList := field.Type.Kind() == reflect.Slice
		isText := field.Type == reflect.TypeFor[*string]()
		if isText && isNumber && on("numbers-become-strings") {
			members[name] = json.RawMessage(strconv.Quote(string(value)))
		}
		if isList && first == '"' && on("string-becomes-list") {
			members[name] = json.RawMessage("[" + string(value) + "]")
		}
	}
	body, _ := json.Marshal(members)
	return body
}

// fieldsOf makes of flat parameters (A=1, L.0=x, L.0.B=2) what the same
// request has as JSON; the struct's fields tell the types.
func fieldsOf(values url.Values, t reflect.Type) (map[string]any, *apiError) {
	fields := map[string]any{}
	lists := map[string]map[int]url.Values{}
	for name := range values {
		if slices.Contains(commonNames, name) {
			continue
		}
		head, rest, nested := strings.Cut(name, ".")
		field, ok := fieldNamed(t, head)
		if !ok {
			if on("unknown-members-ignored") || on("form-unknown-names-ignored") {
				continue
			}
			return nil, unknownParameter(name)
		}
		isList := field.Type.Kind() == reflect.Slice
		if nested != isList {
			return nil, wrongType(head)
		}
		value := values.Get(name)
		if on("form-decoded-twice") {
			if again, err := url.QueryUnescape(value); err == nil {
				value = again
			}
		}
		if value == "" && on("form-empty-value-refused") {
			return nil, business("MissingParameter.ErrorParameterEmpty")
		}
		if !isList {
			scalar, failure := scalarOf(head, value, field.Type)
			if failure != nil {
				return nil, failure
			}
			fields[head] = scalar
			continue
		}
		number, inner, _ := strings.Cut(rest, ".")
		index, err := strconv.Atoi(number)
		if err != nil || index < 0 {
			return nil, unknownParameter(name)
		}
		if lists[head] == nil {
			lists[head] = map[int]url.Values{}
		}
		if lists[head][index] == nil {
			lists[head][index] = url.Values{}
		}
		lists[head][index].Set(inner, value)
	}
	for name, elements := range lists {
		field, _ := fieldNamed(t, name)
		list, failure := listOf(name, elements, field.Type.Elem())
		if failure != nil {
			return nil, failure
		}
		fields[name] = list
	}
	return fields, nil
}

func listOf(name string, elements map[int]url.Values, t reflect.Type) ([]any, *apiError) {
	list := []any{}
	for _, index := range slices.Sorted(maps.Keys(elements)) {
		if index == 0 && on("form-lists-from-one") {
			continue
		}
		if len(list) == 5 && on("form-lists-read-to-five") {
			break
		}
		element := elements[index]
		if t.Kind() == reflect.Struct {
			fields, failure := fieldsOf(element, t)
			if failure != nil {
				return nil, failure
			}
			list = append(list, fields)
			continue
		}
		if !element.Has("") || len(element) > 1 {
			return nil, wrongType(name)
		}
		scalar, failure := scalarOf(name, element.Get(""), t)
		if failure != nil {
			return nil, failure
		}
		list = append(list, scalar)
	}
	return list, nil
}

func scalarOf(name, value string, t reflect.Type) (any, *apiError) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Int64 || on("form-guesses-numbers") {
		number, err := strconv.ParseInt(value, 10, 64)
		if err == nil {
			return number, nil
		}
		if t.Kind() == reflect.Int64 {
			return nil, wrongType(name)
		}
	}
	return value, nil
}
