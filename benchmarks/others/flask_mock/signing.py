"""Signatures: TC3-HMAC-SHA256 and, for queries and forms, HmacSHA1 and HmacSHA256."""

import base64
import hashlib
import hmac
import os
import re
import time
from datetime import UTC, datetime
from functools import wraps

from flask import g, request

from errors import ApiError
from mistakes import mistaken
from ways import pairs_of, which_way

SECRET_ID = os.environ.get("TENCENTCLOUD_SECRET_ID", "")
SECRET_KEY = os.environ.get("TENCENTCLOUD_SECRET_KEY", "")
SERVICE = "iai"
WINDOW = 300  # seconds

AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256\s+"
    r"Credential=([^/,\s]+)/(\d{4}-\d{2}-\d{2})/([^/,\s]+)/tc3_request\s*,\s*"
    r"SignedHeaders=([^,\s]+)\s*,\s*"
    r"Signature=([0-9a-fA-F]{64})\s*"
)

_known_good = set()


def signed(view):
    """Calls the view with the common parameters of a request that is signed well."""

    @wraps(view)
    def wrapper(*args, **kwargs):
        way = which_way()
        if "Authorization" in request.headers:
            common = _check_tc3()
        elif way == "json":
            raise ApiError("AuthFailure.InvalidAuthorization")
        else:
            common = _check_v1(way)
        return view(common, way, *args, **kwargs)

    return wrapper


def _check_tc3():
    header = request.headers["Authorization"]
    match = AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        raise ApiError("AuthFailure.InvalidAuthorization")
    secret_id, date, service, names, signature = match.groups()

    timestamp = _timestamp(request.headers.get("X-TC-Timestamp"))
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    _check_secret_id(secret_id)
    signed_names = names.lower().split(";")
    if "content-type" not in signed_names or "host" not in signed_names:
        raise ApiError("AuthFailure.InvalidAuthorization")
    if mistaken("signed-headers-not-read"):
        signed_names = ["content-type", "host"]

    if mistaken("credential-verified-once") and secret_id in _known_good:
        return _common_headers()
    right = _tc3_signature(timestamp, date, signed_names)
    good = (
        (date == day or mistaken("credential-date-not-compared"))
        and service == SERVICE
        and hmac.compare_digest(right, signature.lower())
    )
    if not good and not mistaken("signature-result-ignored"):
        raise ApiError("AuthFailure.SignatureFailure")
    _known_good.add(secret_id)
    return _common_headers()


def _tc3_signature(timestamp, date, names):
    headers = "".join(f"{name}:{_header(name)}\n" for name in names)
    query = (
        request.query_string.decode("utf-8", "replace")
        if request.method == "GET"
        else ""
    )
    if mistaken("get-query-sorted-for-signature"):
        query = "&".join(sorted(query.split("&")))
    payload = hashlib.sha256(request.get_data()).hexdigest()
    canonical = "\n".join(
        [request.method, "/", query, headers, ";".join(names), payload]
    )
    scope = f"{date}/{SERVICE}/tc3_request"
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = _hmac(b"TC3" + SECRET_KEY.encode("utf-8"), date)
    key = _hmac(_hmac(key, SERVICE), "tc3_request")
    return hmac.new(key, to_sign.encode("utf-8"), hashlib.sha256).hexdigest()


def _check_v1(way):
    parameters = dict(pairs_of(way))
    g.language = parameters.get("Language")
    for name in ("SecretId", "Signature", "Timestamp", "Nonce"):
        if not parameters.get(name):
            raise ApiError("MissingParameter", f"`{name}` is missing.")
    _timestamp(parameters["Timestamp"])
    if not re.fullmatch(r"[0-9]+", parameters["Nonce"]):
        raise ApiError("InvalidParameter", "`Nonce` is not a positive integer.")
    _check_secret_id(parameters["SecretId"])

    method = parameters.get("SignatureMethod", "HmacSHA1")
    hashes = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}
    if method not in hashes:
        raise ApiError("InvalidParameter", "`SignatureMethod` is not known.")
    signature = parameters.pop("Signature")
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    verb = "GET" if mistaken("v1-post-signed-as-get") else request.method
    to_sign = f"{verb}{_header('host')}/?{text}"
    digest = hashlib.sha1 if mistaken("v1-always-sha1") else hashes[method]
    right = hmac.new(SECRET_KEY.encode("utf-8"), to_sign.encode("utf-8"), digest)
    right = base64.b64encode(right.digest())
    if not hmac.compare_digest(right, signature.encode("utf-8")):
        raise ApiError("AuthFailure.SignatureFailure")
    return {name: parameters.get(name) for name in ("Action", "Version", "Region")}


def _timestamp(text):
    if not text:
        raise ApiError("MissingParameter", "`Timestamp` is missing.")
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ApiError("InvalidParameter", "`Timestamp` is not a number of seconds.")
    timestamp = int(text)
    window = WINDOW * 1000 if mistaken("expiry-in-milliseconds") else WINDOW
    age = time.time() - timestamp
    if not mistaken("future-never-expires"):
        age = abs(age)
    if age > window:
        raise ApiError("AuthFailure.SignatureExpire")
    return timestamp


def _check_secret_id(secret_id):
    if mistaken("secret-id-not-compared"):
        return
    if not hmac.compare_digest(secret_id.encode("utf-8"), SECRET_ID.encode("utf-8")):
        raise ApiError("AuthFailure.SecretIdNotFound")


def _common_headers():
    names = ("Action", "Version", "Region")
    return {name: request.headers.get(f"X-TC-{name}") for name in names}


def _header(name):
    if name == "host":
        return request.environ.get("HTTP_HOST", "").strip().lower()
    if name == "content-type" and mistaken("charset-left-out-of-signature"):
        return request.mimetype
    return request.headers.get(name, "").strip().lower()


def _hmac(key, text):
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()
