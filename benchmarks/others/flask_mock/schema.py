"""Names, types and presence of the parameters of each action."""

import uuid

from errors import ApiError
from mistakes import mistaken

TYPES = {
    "CreateGroup": {
        "GroupName": "string",
        "GroupId": "string",
        "GroupExDescriptions": "strings",
        "Tag": "string",
        "FaceModelVersion": "string",
    },
    "DeleteGroup": {"GroupId": "string"},
    "GetGroupInfo": {"GroupId": "string"},
    "GetGroupList": {"Offset": "integer", "Limit": "integer"},
    "ModifyGroup": {
        "GroupId": "string",
        "GroupName": "string",
        "GroupExDescriptionInfos": "infos",
        "Tag": "string",
    },
}

REQUIRED = {
    "CreateGroup": ["GroupName", "GroupId"],
    "DeleteGroup": ["GroupId"],
    "GetGroupInfo": ["GroupId"],
    "GetGroupList": [],
    "ModifyGroup": ["GroupId"],
}


def conform(action, parameters, way, given={}):  # noqa: B006
    """Returns the parameters that were given, each of its type."""
    types = TYPES[action]
    if not mistaken("parameters-kept-in-default-argument"):
        given = {}
    for name, value in parameters.items():
        if mistaken("parameter-names-without-case"):
            name = {known.lower(): known for known in types}.get(name.lower(), name)
        if name not in types:
            if mistaken("unknown-parameters-ignored"):
                continue
            if mistaken("unknown-parameter-ignored-in-get") and way == "get":
                continue
            raise ApiError("UnknownParameter", f"`{name}` is not a known parameter.")
        if value is not None:
            given[name] = _convert(name, value, types[name], way)

    required = REQUIRED[action]
    if mistaken("absent-name-internal-error"):
        required = ["GroupId"] if "GroupId" in required else []
    if mistaken("tag-required") and action == "CreateGroup":
        required = [*required, "Tag"]
    if mistaken("absent-id-generated") and action == "CreateGroup":
        given.setdefault("GroupId", uuid.uuid4().hex)
    for name in required:
        if name not in given:
            raise ApiError("MissingParameter", f"`{name}` is missing.")
    return given


def _convert(name, value, kind, way):
    wrong_type = ApiError("InvalidParameter", f"`{name}` is of a wrong type.")
    if kind == "string":
        if mistaken("numbers-become-strings") and type(value) in (int, float):
            return str(value)
        if not isinstance(value, str):
            raise wrong_type
        return value
    if kind == "integer":
        if way != "json" and isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                raise wrong_type from None
        if type(value) is not int:
            raise wrong_type
        return value
    if kind == "strings":
        if mistaken("descriptions-string-split") and isinstance(value, str):
            return list(value)
        if not isinstance(value, list):
            raise wrong_type
        if mistaken("descriptions-null-items-dropped"):
            value = [item for item in value if item is not None]
        if mistaken("descriptions-counted-in-json-only"):
            if way == "json" and len(value) > 5:
                raise ApiError("InvalidParameterValue.GroupExDescriptionsExceed")
        return [_convert(name, item, "string", way) for item in value]
    return _infos(name, value, way, wrong_type)


def _infos(name, value, way, wrong_type):
    fields = {"GroupExDescriptionIndex": "integer", "GroupExDescription": "string"}
    if not isinstance(value, list):
        raise wrong_type
    infos = []
    for item in value:
        if not isinstance(item, dict):
            raise wrong_type
        for field in item:
            if field not in fields:
                raise ApiError("UnknownParameter", f"`{name}.{field}` is not known.")
        for field in fields:
            if item.get(field) is None:
                raise ApiError("MissingParameter", f"`{name}.{field}` is missing.")
        infos.append(
            {f: _convert(name, item[f], kind, way) for f, kind in fields.items()}
        )
    return infos
