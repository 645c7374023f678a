"""Checks the signatures TC3-HMAC-SHA256, HmacSHA1 and HmacSHA256."""

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import datetime, timezone

from app.errors import ApiError
from app.mistakes import active
from app.protocol.decoding import FORM, JSON, Incoming
from app.settings import Settings

AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256\s+"
    r"Credential=(?P<id>[^/,\s]+)/(?P<date>[^/,\s]+)/(?P<service>[^/,\s]+)/tc3_request,"
    r"\s*SignedHeaders=(?P<headers>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-fA-F]+)"
)


class SignatureVerifier:
    def __init__(self, settings: Settings):
        self._settings = settings
        self._verified: set[str] = set()

    def verify(self, incoming: Incoming) -> None:
        if incoming.has_tc3_headers:
            self._verify_tc3(incoming)
        else:
            self._verify_v1(incoming)

    def _verify_tc3(self, incoming: Incoming) -> None:
        authorization = incoming.headers.get("authorization", "").strip()
        match = AUTHORIZATION.fullmatch(authorization)
        if match is None:
            raise ApiError("AuthFailure.InvalidAuthorization")
        timestamp = self._timestamp(incoming)
        self._check_age(timestamp)
        self._check_secret_id(match["id"])
        if active("verified-authorization-cached") and authorization in self._verified:
            return

        names = match["headers"].split(";")
        if active("signed-headers-fixed"):
            names = ["content-type", "host"]
        if not {"content-type", "host"} <= set(names):
            raise ApiError("AuthFailure.InvalidAuthorization")
        date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
        if (match["date"], match["service"]) != (date, self._settings.service):
            raise ApiError("AuthFailure.SignatureFailure")
        for lower in (True, False):
            expected = self._tc3_signature(incoming, names, timestamp, date, lower)
            if hmac.compare_digest(expected, match["signature"].lower()):
                if active("verified-authorization-cached"):
                    self._verified.add(authorization)
                return
        raise ApiError("AuthFailure.SignatureFailure")

    def _tc3_signature(
        self,
        incoming: Incoming,
        names: list[str],
        timestamp: int,
        date: str,
        lower: bool,
    ) -> str:
        lines = []
        for name in names:
            value = incoming.headers.get(name, "").strip()
            lines.append(f"{name}:{value.lower() if lower else value}\n")
        canonical = "\n".join(
            [
                incoming.method,
                "/",
                incoming.query,
                "".join(lines),
                ";".join(names),
                hashlib.sha256(self._signed_payload(incoming)).hexdigest(),
            ]
        )
        scope = f"{date}/{self._settings.service}/tc3_request"
        digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
        text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
        key = f"TC3{self._settings.secret_key}".encode("utf-8")
        for part in (date, self._settings.service, "tc3_request"):
            key = hmac.digest(key, part.encode("utf-8"), "sha256")
        return hmac.digest(key, text.encode("utf-8"), "sha256").hex()

    def _signed_payload(self, incoming: Incoming) -> bytes:
        if active("signature-over-reserialized-json") and incoming.media_type == JSON:
            try:
                return json.dumps(json.loads(incoming.body)).encode("utf-8")
            except ValueError:
                return incoming.body
        return incoming.body

    def _verify_v1(self, incoming: Incoming) -> None:
        values = dict(incoming.pairs)
        for name in ("Timestamp", "Nonce", "SecretId", "Signature"):
            if not values.get(name):
                raise ApiError("MissingParameter", f"缺少参数 {name}。")
        if not active("v1-timestamp-unchecked"):
            self._check_age(self._timestamp(incoming))
        self._check_secret_id(values["SecretId"])
        algorithm = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}.get(
            values.get("SignatureMethod", "HmacSHA1")
        )
        if algorithm is None or (
            incoming.method == "POST" and incoming.media_type != FORM
        ):
            raise ApiError("AuthFailure.InvalidAuthorization")
        signature = values.pop("Signature")
        joined = "&".join(f"{key}={values[key]}" for key in sorted(values))
        host = incoming.headers.get("host", "")
        text = f"{incoming.method}{host}{incoming.path}?{joined}".encode("utf-8")
        digest = hmac.digest(self._settings.secret_key.encode(), text, algorithm)
        expected = base64.b64encode(digest)
        if not hmac.compare_digest(expected, signature.encode("utf-8")):
            raise ApiError("AuthFailure.SignatureFailure")

    def _timestamp(self, incoming: Incoming) -> int:
        value = incoming.common("Timestamp") or ""
        if not re.fullmatch(r"[0-9]{1,11}", value):
            raise ApiError("InvalidParameter", "Timestamp 不合法。")
        return int(value)

    def _check_age(self, timestamp: int) -> None:
        if abs(time.time() - timestamp) > self._settings.signature_lifetime:
            raise ApiError("AuthFailure.SignatureExpire")

    def _check_secret_id(self, secret_id: str) -> None:
        if active("secret-id-unchecked"):
            return
        if secret_id != self._settings.secret_id:
            raise ApiError("AuthFailure.SecretIdNotFound")
