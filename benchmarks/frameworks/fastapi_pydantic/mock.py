"""CreateGroup by FastAPI and pydantic."""

import uuid
from typing import Annotated, Literal

from fastapi import FastAPI
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator

VALUE, NAME = "InvalidParameterValue.", "^[\u4e00-\u9fa5A-Za-z0-9_-]*$"
Description = Annotated[str, Field(min_length=1, max_length=30, pattern=NAME)]
STEMS = {"Tag": "GroupTag", "GroupExDescriptions": "GroupExDescriptionsName"}
ENDS = {"string_too_long": "TooLong", "string_too_short": "Illegal", "string_pattern_mismatch": "Illegal"}
CODES = {
    "missing": "MissingParameter",
    "string_type": "InvalidParameter",
    "list_type": "InvalidParameter",
    "literal_error": VALUE + "FaceModelVersionIllegal",
    "too_long": VALUE + "GroupExDescriptionsExceed",
    "value_error": VALUE + "GroupExDescriptionsNameIdentical",
}


class Group(BaseModel):
    """What a request carries."""

    GroupName: str = Field(min_length=1, max_length=60, pattern=NAME)
    GroupId: str = Field(min_length=1, max_length=64, pattern="^[A-Za-z0-9%@#&_-]*$")
    GroupExDescriptions: list[Description] = Field([], max_length=5)
    Tag: str = Field("", max_length=40, pattern=NAME)
    FaceModelVersion: Literal["2.0", "3.0"] = "3.0"

    @field_validator("GroupExDescriptions")
    @classmethod
    def distinct(cls, descriptions):
        """None may come twice."""
        if len(set(descriptions)) < len(descriptions):
            raise ValueError("repeated")
        return descriptions


app = FastAPI()
groups = {}


@app.post("/")
def create(group: Group):
    """Create a group."""
    if group.GroupId in groups:
        return refused(VALUE + "GroupIdAlreadyExist")
    if group.GroupName in groups.values():
        return refused(VALUE + "GroupNameAlreadyExist")
    groups[group.GroupId] = group.GroupName
    return answer(FaceModelVersion=group.FaceModelVersion)


@app.exception_handler(RequestValidationError)
async def invalid(request, found):
    """Answer a value that is invalid by its code; whatever else is wrong as FastAPI does."""
    error = found.errors()[0]
    if error["type"] in CODES:
        return answering(CODES[error["type"]])
    if error["type"] in ENDS:
        return answering(VALUE + STEMS.get(error["loc"][1], error["loc"][1]) + ENDS[error["type"]])
    return await request_validation_exception_handler(request, found)


def answering(code):
    """The answer with an error, as an exception handler gives it."""
    return JSONResponse(refused(code))


def refused(code):
    """The answer with an error."""
    return answer(Error={"Code": code, "Message": code})


def answer(**members):
    """An answer as the page prints it."""
    return {"Response": members | {"RequestId": str(uuid.uuid4())}}
