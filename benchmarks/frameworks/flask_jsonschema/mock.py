"""CreateGroup by Flask and jsonschema."""

import uuid

from flask import Flask, request
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

VALUE, NAME = "InvalidParameterValue.", "^[\u4e00-\u9fa5A-Za-z0-9_-]*$"
SCHEMA = {
    "type": "object",
    "required": ["GroupName", "GroupId"],
    "properties": {
        "GroupName": {"type": "string", "minLength": 1, "maxLength": 60, "pattern": NAME},
        "GroupId": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9%@#&_-]*$"},
        "GroupExDescriptions": {
            "type": "array",
            "maxItems": 5,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "maxLength": 30, "pattern": NAME},
        },
        "Tag": {"type": "string", "maxLength": 40, "pattern": NAME},
        "FaceModelVersion": {"type": "string", "enum": ["2.0", "3.0"]},
    },
}
CODES = {
    "required": "MissingParameter",
    "type": "InvalidParameter",
    "enum": VALUE + "FaceModelVersionIllegal",
    "maxItems": VALUE + "GroupExDescriptionsExceed",
    "uniqueItems": VALUE + "GroupExDescriptionsNameIdentical",
}
STEMS = {"Tag": "GroupTag", "GroupExDescriptions": "GroupExDescriptionsName"}
ENDS = {"maxLength": "TooLong", "pattern": "Illegal", "minLength": "Illegal"}

app = Flask(__name__)
validator = Draft202012Validator(SCHEMA)
groups = {}


@app.post("/")
def create():
    """Create a group."""
    group = request.get_json()
    if error := best_match(validator.iter_errors(group)):
        return refused(CODES.get(error.validator) or VALUE + stem(error) + ENDS[error.validator])
    if group["GroupId"] in groups:
        return refused(VALUE + "GroupIdAlreadyExist")
    if group["GroupName"] in groups.values():
        return refused(VALUE + "GroupNameAlreadyExist")
    groups[group["GroupId"]] = group["GroupName"]
    return answer(FaceModelVersion=group.get("FaceModelVersion", "3.0"))


def stem(error):
    """What the codes of a parameter begin with."""
    return STEMS.get(error.path[0], error.path[0])


def refused(code):
    """The answer with an error."""
    return answer(Error={"Code": code, "Message": code})


def answer(**members):
    """An answer as the page prints it."""
    return {"Response": members | {"RequestId": str(uuid.uuid4())}}
