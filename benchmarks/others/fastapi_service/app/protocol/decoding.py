"""Turns a received request into common and action parameters."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from app.errors import ApiError
from app.mistakes import active

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

COMMON_PARAMETERS = {
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
}


@dataclass
class Incoming:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    media_type: str
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_tc3_headers(self) -> bool:
        return "authorization" in self.headers or "x-tc-action" in self.headers

    def common(self, name: str) -> str | None:
        if self.has_tc3_headers:
            return self.headers.get(f"x-tc-{name.lower()}")
        return dict(self.pairs).get(name)


async def receive(request: Request, max_body_bytes: int) -> Incoming:
    if request.method not in ("GET", "POST"):
        raise ApiError("UnsupportedProtocol")
    body = await request.body()
    if len(body) > max_body_bytes:
        raise ApiError("RequestSizeLimitExceeded")
    content_type = request.headers.get("content-type", "")
    if active("content-type-charset"):
        media_type = content_type
    else:
        media_type = content_type.split(";")[0].strip().lower()
    incoming = Incoming(
        method=request.method,
        path=request.scope["path"],
        query=decode_utf8(request.scope["query_string"]),
        headers={key.lower(): value for key, value in request.headers.items()},
        body=body,
        media_type=media_type,
    )
    if incoming.method == "GET":
        incoming.pairs = parse_pairs(incoming.query)
    elif media_type == FORM:
        incoming.pairs = parse_pairs(decode_utf8(body))
    elif media_type != JSON:
        raise ApiError("UnsupportedProtocol", f"不支持的 Content-Type: {content_type}")
    return incoming


def decode_utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ApiError("InvalidParameter", "请求不是合法的 UTF-8。") from None


def parse_pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise ApiError("InvalidParameter") from None


def parameters(incoming: Incoming) -> dict[str, Any]:
    if incoming.method == "POST" and incoming.media_type == JSON:
        return from_json(incoming.body)
    pairs = [(key, value) for key, value in incoming.pairs if is_action_key(key)]
    if active("get-version-suffix-stripped") and incoming.method == "GET":
        pairs = [(key, value) for key, value in pairs if not key.endswith("Version")]
    if active("form-double-unquote"):
        pairs = [(unquote(key), unquote(value)) for key, value in pairs]
    return from_pairs(pairs)


def is_action_key(key: str) -> bool:
    return key not in COMMON_PARAMETERS


def from_json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ApiError("InvalidParameter", "请求体不是合法的 JSON。") from None
    if not isinstance(document, dict):
        raise ApiError("InvalidParameter", "请求体必须是 JSON 对象。")
    return document


def from_pairs(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in pairs:
        node = tree
        *parents, last = key.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                raise ApiError("InvalidParameter", f"参数 {key} 不合法。")
        if isinstance(node.get(last), dict):
            raise ApiError("InvalidParameter", f"参数 {key} 不合法。")
        node[last] = guess_type(value)
    return {key: collapse(value) for key, value in tree.items()}


def guess_type(value: str) -> str | int:
    if active("form-digits-become-integers") and value.isdigit():
        return int(value)
    return value


def collapse(node: Any) -> Any:
    """Makes a list of a mapping with the keys 0, 1, 2, …"""
    if not isinstance(node, dict):
        return node
    children = {key: collapse(value) for key, value in node.items()}
    if not all(is_index(key) for key in children):
        return children
    if active("form-list-counted-from-one"):
        items = []
        while str(len(items) + 1) in children:
            items.append(children[str(len(items) + 1)])
        return items
    return [children[key] for key in sorted(children, key=int)]


def is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10
