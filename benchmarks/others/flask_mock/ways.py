"""How parameters come in: a JSON body, a form (two encodings) or a query string."""

import json
import logging
import re
from urllib.parse import parse_qsl, unquote

from flask import request

from errors import ApiError
from mistakes import mistaken

LIMITS = {
    "get": 32 * 1024,
    "form": 1024 * 1024,
    "multipart": 10 * 1024 * 1024,
    "json": 10 * 1024 * 1024,
}

COMMON_NAMES = {
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

LIST_KEY = re.compile(r"([A-Za-z]+)\.([0-9]{1,4})(?:\.([A-Za-z]+))?")


def which_way():
    if request.method not in ("GET", "POST"):
        raise ApiError("UnsupportedProtocol")
    if request.method == "GET":
        way, size = "get", len(request.query_string)
    else:
        if mistaken("form-logged-before-signature"):
            logging.debug("form: %s", request.form.to_dict())
        way, size = _way_of_body(), len(request.get_data())
    if size > LIMITS[way]:
        raise ApiError("RequestSizeLimitExceeded")
    return way


def _way_of_body():
    if mistaken("json-charset-refused"):
        media_type = request.headers.get("Content-Type", "")
    else:
        media_type = request.mimetype
    if media_type == "application/json":
        return "json"
    if media_type == "application/x-www-form-urlencoded":
        return "form"
    if media_type == "multipart/form-data":
        return "multipart"
    raise ApiError("InvalidRequest", "The Content-Type is not supported.")


def pairs_of(way):
    """Names and values as they were sent, for every way but JSON."""
    if way == "get":
        text = request.query_string.decode("utf-8", "replace")
    elif way == "form":
        text = request.get_data().decode("utf-8", "replace")
    else:
        return list(request.form.items(multi=True))

    if mistaken("form-decoded-before-split") and way == "form":
        parts = unquote(text).split("&")
        return [tuple(part.split("=", 1)) for part in parts if "=" in part]
    charset = "utf-8"
    if mistaken("get-decoded-as-latin-1") and way == "get":
        charset = "latin-1"
    pairs = parse_qsl(text, keep_blank_values=True, encoding=charset)
    if mistaken("get-percent-decoded-twice") and way == "get":
        return [(name, unquote(value)) for name, value in pairs]
    return pairs


def parameters_of(way):
    if way != "json":
        parameters = _unflatten(pairs_of(way))
        if mistaken("form-digits-become-numbers") and way == "form":
            return {name: _number(value) for name, value in parameters.items()}
        return parameters
    body = request.get_data()
    if not body:
        return {}
    try:
        parameters = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ApiError("InvalidParameter", "The body is not JSON.") from None
    if not isinstance(parameters, dict):
        raise ApiError("InvalidParameter", "The body is not a JSON object.")
    return parameters


def _number(value):
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def _unflatten(pairs):
    """Turns ``A.0``, ``A.1`` into a list and ``B.0.C`` into a list of objects."""
    parameters, lists = {}, {}
    for name, value in pairs:
        match = LIST_KEY.fullmatch(name)
        if match is None:
            if name not in COMMON_NAMES:
                parameters[name] = value
            continue
        stem, index, field = match[1], int(match[2]), match[3]
        items = lists.setdefault(stem, {})
        if field is None:
            items[index] = value
        elif isinstance(items.setdefault(index, {}), dict):
            items[index][field] = value
        else:
            raise ApiError("InvalidParameter", f"`{stem}` is given in two forms.")
    for stem, items in lists.items():
        if stem in parameters:
            raise ApiError("InvalidParameter", f"`{stem}` is given in two forms.")
        if mistaken("form-list-counted-from-one"):
            last = max(items)
            parameters[stem] = [items[n] for n in range(1, last + 1) if n in items]
        elif mistaken("form-list-in-order-sent"):
            parameters[stem] = list(items.values())
        elif mistaken("form-list-of-one-unwrapped") and len(items) == 1:
            parameters[stem] = next(iter(items.values()))
        else:
            parameters[stem] = [items[n] for n in sorted(items)]
    return parameters
