"""The platform's single entry point."""

import logging
import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from app.errors import ApiError
from app.mistakes import active
from app.protocol import decoding
from app.protocol.decoding import Incoming
from app.schemas.common import ErrorBody, Meta, RequestModel, envelope
from app.schemas.groups import (
    CreateGroupRequest,
    GetGroupListRequest,
    GroupIdRequest,
    ModifyGroupRequest,
)

logger = logging.getLogger(__name__)
router = APIRouter()

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
REGION = re.compile(r"ap-[a-z]+(-[a-z0-9]+)*")
ACTIONS: dict[str, tuple[type[RequestModel], str]] = {
    "CreateGroup": (CreateGroupRequest, "create"),
    "DeleteGroup": (GroupIdRequest, "delete"),
    "GetGroupInfo": (GroupIdRequest, "info"),
    "GetGroupList": (GetGroupListRequest, "page"),
    "ModifyGroup": (ModifyGroupRequest, "modify"),
}


@router.api_route("/", methods=METHODS)
async def entry(request: Request) -> JSONResponse:
    meta: Meta | None = Meta()
    try:
        result = await handle(request)
        payload = result.model_dump(exclude_unset=active("default-version-left-out"))
    except ApiError as error:
        payload = error_payload(error)
        if active("auth-error-without-request-id") and is_auth(error):
            meta = None
    except RequestValidationError:
        raise
    except Exception:
        logger.exception("request failed")
        payload = error_payload(ApiError("InternalError"))
    return JSONResponse(envelope(payload, meta))


async def handle(request: Request) -> BaseModel:
    state = request.app.state
    incoming = await decoding.receive(request, state.settings.max_body_bytes)
    for name in ("Action", "Version", "Timestamp"):
        if not incoming.common(name):
            raise ApiError("MissingParameter", f"缺少参数 {name}。")
    state.verifier.verify(incoming)
    model, method = route(incoming, state.settings.version)
    parameters = parse(model, incoming)
    return await getattr(state.groups, method)(parameters)


def route(incoming: Incoming, version: str) -> tuple[type[RequestModel], str]:
    if incoming.common("Version") != version and not active("api-version-unchecked"):
        raise ApiError("NoSuchVersion")
    action = incoming.common("Action")
    if action not in ACTIONS:
        raise ApiError("InvalidAction")
    region = incoming.common("Region")
    if not region and not active("region-optional"):
        raise ApiError("MissingParameter", "缺少参数 Region。")
    if region and not REGION.fullmatch(region):
        raise ApiError("UnsupportedRegion")
    return ACTIONS[action]


def parse(model: type[RequestModel], incoming: Incoming) -> RequestModel:
    data = decoding.parameters(incoming)
    strict = incoming.method == "POST" and incoming.media_type == decoding.JSON
    if active("numbers-coerced-to-strings"):
        strict = False
    try:
        return model.model_validate(data, strict=strict)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        if active("validation-status-422"):
            raise RequestValidationError(errors) from None
        raise translate(errors) from None


def translate(errors: list[dict[str, Any]]) -> ApiError:
    """Picks one of pydantic's errors: what lacks comes before what is wrong."""
    codes = {"extra_forbidden": "UnknownParameter"}
    if not active("missing-parameter-code"):
        codes["missing"] = "MissingParameter"
    order = ["missing", "extra_forbidden"]
    first = min(
        errors,
        key=lambda item: order.index(item["type"]) if item["type"] in order else 9,
    )
    code = codes.get(first["type"], "InvalidParameter")
    name = ".".join(str(part) for part in first["loc"])
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = {"MissingParameter": "缺少参数", "UnknownParameter": "未知参数"}
    return ApiError(code, f"{text.get(code, '参数不合法:')} {name}。")


def error_payload(error: ApiError) -> dict[str, Any]:
    body = ErrorBody(Code=error.code, Message=error.message)
    return {"Error": body.model_dump()}


def is_auth(error: ApiError) -> bool:
    return error.code.startswith("AuthFailure.")
