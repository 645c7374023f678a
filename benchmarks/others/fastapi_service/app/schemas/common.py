from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from app.mistakes import active


def new_request_id() -> str:
    return str(uuid4())


class RequestModel(BaseModel):
    """Parameters of one action, named as on the wire."""

    if active("unknown-parameter-ignored"):
        model_config = ConfigDict()
    elif active("whitespace-stripped"):
        model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    elif active("numbers-coerced-to-strings"):
        model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    else:
        model_config = ConfigDict(extra="forbid")


class ErrorBody(BaseModel):
    Code: str
    Message: str


class Meta(BaseModel):
    if active("request-id-constant"):
        RequestId: str = new_request_id()
    else:
        RequestId: str = Field(default_factory=new_request_id)


def envelope(payload: dict[str, Any], meta: Meta | None) -> dict[str, Any]:
    body = dict(payload)
    if meta is not None:
        body.update(meta.model_dump())
    return {"Response": body}
