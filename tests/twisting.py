"""Requests with twists, and whether their signature is right."""

import re
from dataclasses import replace
from urllib.parse import unquote

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.exchange.delivery import twisted
from conformance.exchange.draft import Form, Sender
from conformance.exchange.messages import header
from conformance.exchange.request import Request
from conformance.exchange.signing import (
    UNSIGNED_PAYLOAD,
    Scheme,
    canonical_request,
    payload_hash,
    string_to_sign,
    tc3_signature,
    v1_signature,
    v1_string_to_sign,
)
from conformance.exchange.wire import fields_of
from conformance.oracle.validator import predict_http
from conformance.oracle.world import World

NOW = 1_700_000_000
TODAY = "2023-11-14"
ENDPOINT = "http://127.0.0.1:8080"
TEMPORARY = Credentials(EXAMPLE_CREDENTIALS.secret_id, EXAMPLE_CREDENTIALS.secret_key, "token")
V3, RAW, GET, FORM, FORM_256, GET_1 = "v3", "raw", "get", "form", "form-256", "get-1"
HOW = {
    V3: (Form.JSON, Scheme.TC3),
    RAW: (Form.JSON_RAW, Scheme.TC3),
    GET: (Form.QUERY, Scheme.TC3),
    FORM: (Form.FORM, Scheme.SHA1),
    FORM_256: (Form.FORM, Scheme.SHA256),
    GET_1: (Form.QUERY, Scheme.SHA1),
}
OF_VERSION_3, OF_VERSION_1 = (V3, RAW, GET), (FORM, FORM_256, GET_1)
REQUEST = Request.of({"GroupName": "学 b", "GroupId": "i", "GroupExDescriptions": ["a", "b"]})
JSON_BODY = rb'{"GroupName": "\u5b66 b", "GroupId": "i", "GroupExDescriptions": ["a", "b"]}'
BODY = dict(REQUEST.parameters)
ANYTHING = object()


def sender_of(how):
    return Sender(ENDPOINT, "ap-guangzhou", TEMPORARY, HOW[how][1])


def sent(how, *twists, request=REQUEST):
    return twisted(request, sender_of(how), HOW[how][0], NOW, 7, twists)


def parts(http, how):
    """Whatever a request is made of, but for the signature itself; of several headers of one name, each."""
    found = {"method": http.method, "path": http.url.partition("?")[0]}
    for name, value in http.headers:
        key = name
        while key in found:
            key += "+"
        found[key] = value
    if how in OF_VERSION_3:
        found |= {"query": http.query, "body": http.body}
        authorization = found.pop("Authorization", "")
        for name, value in re.findall(r"(Credential|SignedHeaders)=([^,]*)", authorization):
            found[name] = value
        found["rest"] = re.sub(r"(Credential|SignedHeaders)=[^,]*|Signature=[0-9a-f]{64}", "", authorization)
    else:
        text = http.query if how == GET_1 else http.body.decode()
        names = [each.partition("=")[0] for each in text.split("&")]
        found |= {f"{unquote(each.partition('=')[0])}=": each.partition("=")[2] for each in text.split("&")}
        found |= {"names": names, "other": http.body if how == GET_1 else http.query}
        found.pop("Signature=", None)
    return found


def changes(how, *twists):
    """What differs from the plain request; None for what is no longer there."""
    plain, other = parts(sent(how), how), parts(sent(how, *twists), how)
    return {name: other.get(name) for name in {*plain, *other} if plain.get(name) != other.get(name)}


def is_right(http, credentials=TEMPORARY, host=None):
    """Whether the signature is that of what is sent, whatever else is wrong with it."""
    host = host or header(http.headers, "Host")
    authorization = header(http.headers, "Authorization")
    if authorization is None:
        typed = (("Content-Type", "application/x-www-form-urlencoded"),)
        fields = fields_of(replace(http, method="GET" if http.query else "POST", headers=typed))
        scheme = Scheme.SHA256 if dict(fields).get("SignatureMethod") == Scheme.SHA256 else Scheme.SHA1
        to_sign = v1_string_to_sign(http.method, host, fields)
        return dict(fields).get("Signature") == v1_signature(credentials.secret_key, to_sign, scheme)
    match = re.search(r"Credential=\S*/(\S*)/(\S*)/tc3_request, SignedHeaders=(\S*), Signature=(\S*)", authorization)
    if match is None:
        return False
    date, service, names, signature = match.groups()
    values = [(each, host if each == "host" else header(http.headers, each) or "") for each in names.split(";")]
    unsigned = header(http.headers, "X-TC-Content-SHA256") == UNSIGNED_PAYLOAD
    canonical = canonical_request(
        http.method, http.query, values, payload_hash(UNSIGNED_PAYLOAD.encode() if unsigned else http.body)
    )
    to_sign = string_to_sign(header(http.headers, "X-TC-Timestamp") or "", date, service, canonical)
    return signature == tc3_signature(credentials.secret_key, date, service, to_sign)


def predicted(http, how, sender=None):
    return predict_http(http, sender or sender_of(how), NOW, World())
