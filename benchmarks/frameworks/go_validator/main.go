// CreateGroup by net/http, encoding/json and validator tags.
package main

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"sync"

	"github.com/go-playground/validator/v10"
)

type group struct {
	GroupName           string   `validate:"required,max=60,name"`
	GroupId             string   `validate:"required,max=64,id"`
	GroupExDescriptions []string `validate:"max=5,unique,dive,min=1,max=30,name"`
	Tag                 string   `validate:"max=40,name"`
	FaceModelVersion    string   `validate:"omitempty,oneof=2.0 3.0"`
}

const value = "InvalidParameterValue."

var (
	check = validator.New()
	codes = map[string]string{
		"required": "MissingParameter.ErrorParameterEmpty", "oneof": value + "FaceModelVersionIllegal",
		"unique": value + "GroupExDescriptionsNameIdentical", "GroupExDescriptions.max": value + "GroupExDescriptionsExceed",
		"GroupName.max": value + "GroupNameTooLong", "GroupName.name": value + "GroupNameIllegal",
		"GroupId.max": value + "GroupIdTooLong", "GroupId.id": value + "GroupIdIllegal",
		"Tag.max": value + "GroupTagTooLong", "Tag.name": value + "GroupTagIllegal",
	}
	ofDescriptions = map[string]string{
		"min": value + "GroupExDescriptionsNameIllegal", "max": value + "GroupExDescriptionsNameTooLong",
		"name": value + "GroupExDescriptionsNameIllegal",
	}
	mutex      sync.Mutex
	ids, names = map[string]bool{}, map[string]bool{}
)

func create(w http.ResponseWriter, r *http.Request) {
	var in group
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	mutex.Lock()
	defer mutex.Unlock()
	if err := check.Struct(in); err != nil {
		refuse(w, codeOf(err.(validator.ValidationErrors)[0]))
	} else if ids[in.GroupId] {
		refuse(w, value+"GroupIdAlreadyExist")
	} else if names[in.GroupName] {
		refuse(w, value+"GroupNameAlreadyExist")
	} else {
		ids[in.GroupId], names[in.GroupName] = true, true
		if in.FaceModelVersion == "" {
			in.FaceModelVersion = "3.0"
		}
		answer(w, map[string]any{"FaceModelVersion": in.FaceModelVersion})
	}
}

func codeOf(e validator.FieldError) string {
	if code, ok := codes[e.Tag()]; ok {
		return code
	}
	if code, ok := codes[e.Field()+"."+e.Tag()]; ok {
		return code
	}
	return ofDescriptions[e.Tag()]
}

func refuse(w http.ResponseWriter, code string) {
	answer(w, map[string]any{"Error": map[string]string{"Code": code, "Message": code}})
}

func answer(w http.ResponseWriter, members map[string]any) {
	members["RequestId"] = rand.Text()
	json.NewEncoder(w).Encode(map[string]any{"Response": members})
}

func matching(pattern string) validator.Func {
	expression := regexp.MustCompile(pattern)
	return func(field validator.FieldLevel) bool { return expression.MatchString(field.Field().String()) }
}

func main() {
	check.RegisterValidation("name", matching(`^[\x{4e00}-\x{9fa5}A-Za-z0-9_-]*$`))
	check.RegisterValidation("id", matching(`^[A-Za-z0-9%@#&_-]*$`))
	http.HandleFunc("POST /", create)
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
