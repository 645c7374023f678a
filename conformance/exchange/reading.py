"""What any HTTP request says of itself: its common parameters, whose key signed it, and how. Pure."""

from __future__ import annotations

import re

from conformance.exchange.messages import HttpRequest, header
from conformance.exchange.wire import (
    fields_of,
    received,
)

__all__ = ["AUTHORIZATION", "OTHER_VERSIONS", "common_parameter", "secret_id_of", "signature_of"]

# Earlier versions of the product, with pages of their own: whether a service still knows them isn't on this one.
OTHER_VERSIONS = frozenset({"2018-03-01"})


AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,\s]+)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/(?P<ending>[^/,]*), *"
    r"SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>[0-9A-Fa-f]{64})"
)


_CREDENTIAL = re.compile(r"(?:^|[\s,])Credential=([^/,\s]+)")


def common_parameter(http: HttpRequest, name: str) -> str | None:
    """A common parameter by its plain name ("Region"): a header under version 3, else a field."""
    http = received(http)
    value = header(http.headers, f"X-TC-{name}")
    return value if value is not None else dict(fields_of(http)).get(name)


def secret_id_of(http: HttpRequest) -> str:
    """The SecretId that a request names: in its Authorization, else in the field; empty where it names none."""
    http = received(http)
    authorization = header(http.headers, "Authorization")
    if authorization is None:
        return dict(fields_of(http)).get("SecretId", "")
    match = _CREDENTIAL.search(authorization)
    return match[1] if match else ""


def signature_of(http: HttpRequest) -> str:
    """How a request is signed: its Authorization, else the field; empty where it isn't."""
    http = received(http)
    return header(http.headers, "Authorization") or dict(fields_of(http)).get("Signature", "")
