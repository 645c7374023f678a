from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator

from app.mistakes import active
from app.schemas.common import RequestModel


def as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


if active("description-scalar-wrapped"):
    StringList = Annotated[list[str], BeforeValidator(as_list)]
else:
    StringList = list[str]

if active("version-illegal-code"):
    ModelVersion = Literal["2.0", "3.0"]
else:
    ModelVersion = str


class CreateGroupRequest(RequestModel):
    GroupName: str
    GroupId: str
    GroupExDescriptions: StringList | None = None
    Tag: str | None = None
    FaceModelVersion: ModelVersion | None = None


class CreateGroupResult(BaseModel):
    FaceModelVersion: str = "3.0"


class GroupIdRequest(RequestModel):
    GroupId: str


class GetGroupListRequest(RequestModel):
    Offset: int | None = None
    Limit: int | None = None


class GroupInfo(BaseModel):
    GroupName: str
    GroupId: str
    GroupExDescriptions: list[str]
    Tag: str
    FaceModelVersion: str
    CreationTimestamp: int


class GetGroupListResult(BaseModel):
    GroupInfos: list[GroupInfo]
    GroupNum: int


class GroupExDescriptionInfo(RequestModel):
    GroupExDescriptionIndex: int
    GroupExDescription: str


class ModifyGroupRequest(RequestModel):
    GroupId: str
    GroupName: str | None = None
    Tag: str | None = None
    GroupExDescriptionInfos: list[GroupExDescriptionInfo] | None = None


class EmptyResult(BaseModel):
    pass
