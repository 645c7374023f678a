"""Limits and alphabets of a group's fields."""

import re

from app.errors import ApiError
from app.mistakes import active
from app.schemas.groups import CreateGroupRequest

PREFIX = "InvalidParameterValue."
CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
TEXT = f"[A-Za-z0-9_{CHINESE}-]*"

if active("id-alphabet-unicode"):
    GROUP_ID = r"[\w%@#&-]*"
elif active("id-alphabet-range"):
    GROUP_ID = r"[A-Za-z0-9%-@#&_]*"
elif active("id-percent-refused"):
    GROUP_ID = r"[A-Za-z0-9@#&_-]*"
else:
    GROUP_ID = r"[A-Za-z0-9%@#&_-]*"

NAME_LIMIT = 64 if active("name-limit-64") else 60
ID_LIMIT = 60 if active("id-limit-60") else 64
TAG_LIMIT = 60 if active("tag-limit-60") else 40
DESCRIPTION_LIMIT = 40 if active("description-limit-40") else 30
MAX_DESCRIPTIONS = 5


def matches(pattern: str, value: str) -> bool:
    if active("alphabet-dollar-anchor"):
        return re.match(f"^{pattern}$", value) is not None
    return re.fullmatch(pattern, value) is not None


def check_name(name: str) -> None:
    if not name and not active("name-empty-accepted"):
        raise ApiError("MissingParameter.ErrorParameterEmpty")
    length = len(name)
    if active("name-length-in-bytes"):
        length = len(name.encode("utf-8", "surrogatepass"))
    if length > NAME_LIMIT:
        raise ApiError(PREFIX + "GroupNameTooLong")
    if not matches(TEXT, name) and not active("name-alphabet-unchecked"):
        raise ApiError(PREFIX + "GroupNameIllegal")


def check_id(group_id: str) -> None:
    if not group_id:
        raise ApiError("MissingParameter.ErrorParameterEmpty")
    if len(group_id.encode("utf-8", "surrogatepass")) > ID_LIMIT:
        raise ApiError(PREFIX + "GroupIdTooLong")
    if not matches(GROUP_ID, group_id):
        if active("id-illegal-code"):
            raise ApiError(PREFIX + "PersonIdIllegal")
        raise ApiError(PREFIX + "GroupIdIllegal")


def check_tag(tag: str) -> None:
    if active("tag-empty-refused") and not tag:
        raise ApiError("MissingParameter.ErrorParameterEmpty")
    if len(tag) > TAG_LIMIT:
        raise ApiError(PREFIX + "GroupTagTooLong")
    if active("tag-alphabet-unchecked"):
        return
    if not matches(TEXT, tag):
        raise ApiError(PREFIX + "GroupTagIllegal")


def check_description(description: str) -> None:
    if len(description) > DESCRIPTION_LIMIT:
        raise ApiError(PREFIX + "GroupExDescriptionsNameTooLong")
    if not description or not matches(TEXT, description):
        raise ApiError(PREFIX + "GroupExDescriptionsNameIllegal")


def check_descriptions(descriptions: list[str]) -> None:
    if active("descriptions-five-refused"):
        too_many = len(descriptions) >= MAX_DESCRIPTIONS
    else:
        too_many = len(descriptions) > MAX_DESCRIPTIONS
    if too_many:
        raise ApiError(PREFIX + "GroupExDescriptionsExceed")
    for description in descriptions:
        check_description(description)
        if active("description-only-first-checked"):
            break
    if active("failed-create-keeps-group"):
        return  # the table's unique key refuses them
    if has_repetition(descriptions):
        raise ApiError(PREFIX + "GroupExDescriptionsNameIdentical")


def has_repetition(descriptions: list[str]) -> bool:
    if active("description-repetition-adjacent-only"):
        following = descriptions[1:]
        return any(one == two for one, two in zip(descriptions, following))
    return len(set(descriptions)) < len(descriptions)


def check_face_model_version(version: str) -> None:
    if active("version-compared-as-float"):
        try:
            known = float(version) in (2.0, 3.0)
        except ValueError:
            known = False
    else:
        known = version in ("2.0", "3.0")
    if not known:
        raise ApiError(PREFIX + "FaceModelVersionIllegal")


def check_create(request: CreateGroupRequest) -> None:
    check_name(request.GroupName)
    check_id(request.GroupId)
    if request.FaceModelVersion is not None:
        check_face_model_version(request.FaceModelVersion)
    if request.GroupExDescriptions is not None:
        check_descriptions(request.GroupExDescriptions)
    if active("legacy-model-skips-tag") and request.FaceModelVersion == "2.0":
        return
    if request.Tag is not None:
        check_tag(request.Tag)
