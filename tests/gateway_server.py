"""A second gateway: written from the documents alone, by somebody who saw nothing of this project's own emulator.

It serves CreateGroup, DeleteGroup, ModifyGroup, GetGroupInfo and GetGroupList of iai 2020-03-03 for one key pair, and
verifies TC3-HMAC-SHA256 and version-1 signatures. Standard library only.

    with GatewayServer("AKIDexample", "secret") as server:
        requests.post(server.url, ...)

`CHOICES` is the table of the points that the documents leave open; the first way of each is what it does by itself.
`MISTAKES` is the table of the mistakes it can be given. Both are closed: a name that isn't there is a ValueError.
As a program: `python gateway_server.py SECRET_ID SECRET_KEY [MISTAKE | CHOICE=WAY]...`; it prints its URL.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import socket
import sys
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IAI = "InvalidParameterValue."
SIGNATURE = "AuthFailure.SignatureFailure"
AUTHORIZATION = "AuthFailure.InvalidAuthorization"
EMPTY = "MissingParameter.ErrorParameterEmpty"
TYPES = ("InvalidParameter", "InvalidParameter.InvalidParameter")

# name -> (what is open, with the ambiguity of FACTS.md where it has one; the ways, the first by default)
CHOICES = {
    # the gateway
    "order": ("what is looked at first", ("authentication-first", "protocol-first", "body-first")),
    "region": ("A28: a request without Region", ("required", "optional")),
    "unknown_region": ("A28: a Region that isn't one", ("refused", "ignored")),
    "scope": ("A21: where an id or a name is unique", ("account", "region")),
    "other_method": ("A40: neither GET nor POST", ("UnsupportedProtocol", "405")),
    "other_path": ("a path that isn't /", ("404", "ignored")),
    "too_large": ("A35: a request over its size", ("documented", "RequestSizeLimitExceeded", "413")),
    "media_type": ("a Content-Type that isn't served", ("InvalidParameter", "InvalidRequest", "UnsupportedProtocol")),
    "get_content_type": ("a GET whose Content-Type is no form", ("refused", "ignored")),
    "malformed_json": ("A29: a body that is no JSON object", (*TYPES, "InvalidRequest")),
    "empty_body": ("a JSON POST of no byte at all", ("malformed", "object")),
    "byte_order_mark": ("a byte order mark before the JSON", ("refused", "taken")),
    "duplicate_keys": ("a key that comes twice, in JSON or text", ("refused", "last", "first")),
    "common_in_body": ("Action, Version, Region inside a JSON body", ("refused", "ignored")),
    "wrong_type": ("A29: a value of the wrong type", TYPES),
    "null": ("A9: a JSON null", ("absent", "refused")),
    "absent": ("A4: a required parameter is absent", ("MissingParameter", EMPTY, TYPES[1])),
    "index_gaps": ("A36: .0 and .2 without .1", ("refused", "MissingParameter", "compacted")),
    "empty_text": ("A5, A8: `Tag=` in a form or a query", ("empty", "absent")),
    # authentication
    "no_authorization": ("a v3 request without Authorization", ("MissingParameter", AUTHORIZATION, SIGNATURE)),
    "bad_authorization": ("A33: an Authorization that can't be read", (AUTHORIZATION, "MissingParameter", SIGNATURE)),
    "wrong_scope": ("a readable Authorization of wrong date, service or headers", (SIGNATURE, AUTHORIZATION)),
    "service": ("6.1: six SDKs sign the endpoint's first label", ("iai", "any")),
    "host": ("6.1: Node signs the host without its port", ("either", "as-sent")),
    "upper_case_signature": ("a TC3 signature in upper-case hex", ("refused", "taken")),
    "unsigned_payload": ("X-TC-Content-SHA256: UNSIGNED-PAYLOAD", ("taken", "refused")),
    "stray_token": ("a token beside a permanent key", ("refused", "ignored")),
    # the parameters
    "fault": ("A3, A12, A23-A25: which of several faults is said", ("first", "last")),
    "unit": ("A1: what a character is", ("code-points", "utf-16", "bytes")),
    "id_limit": ("A2: whether 64 bytes still do", ("inclusive", "exclusive")),
    "charset": ("A13-A15: names, descriptions and tags", ("narrow", "spaced", "wide")),
    "spaces": ("A16: white space around a text", ("illegal", "trimmed")),
    "empty": ("A5: a required parameter is empty", (EMPTY, "MissingParameter", "InvalidParameterValue", TYPES[1])),
    "empty_description": ("A6: a description is empty", (EMPTY, f"{IAI}GroupExDescriptionsNameIllegal", "taken")),
    "empty_list": ("A7: no description in the list", ("taken", "InvalidParameterValue", "InvalidParameter")),
    "same_descriptions": (
        "A10: the code of equal descriptions",
        (f"{IAI}GroupExDescriptionsNameIdentical", "FailedOperation.DuplicatedGroupDescription"),
    ),
    "same": ("A11, A22: when ids, names or descriptions are equal", ("exact", "case-folded")),
    "default_version": ("A18: FaceModelVersion when it isn't given", ("3.0", "2.0")),
    "version_2": ("A19: FaceModelVersion 2.0", ("taken", "refused")),
    "empty_version": ("A8: FaceModelVersion is empty", (f"{IAI}FaceModelVersionIllegal", EMPTY, "default")),
    "quota_code": ("A31: one group too many", (f"{IAI}GroupNumExceed", "LimitExceeded")),
    # the siblings
    "recreation": ("A26: an id just after its deletion", ("at-once", "deleted-state")),
    "list_order": ("the order of GetGroupList", ("oldest-first", "newest-first")),
    "list_nulls": ("what isn't set, in GetGroupList", ("empty", "null")),
    "offset_at_end": ("GetGroupList from the end on", ("empty", "refused")),
}

MISTAKES = {
    # authentication
    "signature-unchecked": "no signature is compared; everything around it is",
    "body-uncovered": "of a POST's signature only the shape is checked, so its body can be another",
    "query-uncovered": "of a GET's signature only the shape is checked, so its query can be another",
    "declared-hash-trusted": "a hash in X-TC-Content-SHA256 is taken for the body's",
    "authorization-cached": "an Authorization that was right once is not computed again",
    "expired-accepted": "a timestamp may be as old as it likes",
    "future-accepted": "a timestamp may be as far ahead as it likes",
    "scope-date-unchecked": "the date of the scope is believed, not compared with the timestamp",
    "signed-headers-trusted": "content-type and host needn't be among the signed headers",
    "secret-id-unchecked": "any secret id goes with the one key",
    "token-ignored": "no token is looked at",
    "sha256-of-v1-unknown": "a version-1 signature is verified as HmacSHA1 whatever SignatureMethod says",
    "v1-method-refused": "a SignatureMethod that isn't one of the two is refused instead of meaning HmacSHA1",
    # the wire
    "plus-kept": "`+` of a form or a query is not decoded to a space",
    "decoded-twice": "a value of a form or a query is percent-decoded twice",
    "get-array-order-lost": "the items of a GET's array come in the order of their text",
    "array-by-arrival": "the items of an array in text come as they arrive, whatever their indices",
    "bad-json-500": "a body that is no JSON is answered with HTTP 500",
    "trailing-garbage-accepted": "what follows the JSON object is not looked at",
    "put-accepted": "PUT is a POST",
    "unread-body": "the body of a refused method is left on the connection",
    "unknown-action-creates": "an Action that doesn't exist is a CreateGroup",
    "any-version": "Version is not looked at",
    "unknown-parameter-ignored": "a parameter that isn't defined is passed over",
    "sizes-unchecked": "no request is too large, as long as it can be read",
    "answer-with-charset": "Content-Type of the answer is `application/json; charset=utf-8`",
    "error-status": "an error comes with HTTP 400",
    "same-request-id": "every answer has the same RequestId",
    # the groups
    "refused-keeps-id": "a refused creation leaves its id taken",
    "refused-keeps-name": "a refused creation leaves its name taken",
    "race": "nothing locks the time between the check and the insertion",
    "tag-lost": "the tag is not kept",
    "version-lost": "FaceModelVersion is answered, and not kept",
    "descriptions-sorted": "the descriptions are kept sorted",
    "not-listed": "a created group is not in GetGroupList",
    "delete-keeps-name": "the name of a deleted group stays taken",
    "rename-keeps-old-name": "the old name of a renamed group stays taken",
    "rename-unchecked": "a group can be renamed to the name of another",
    "modify-clears-tag": "a modification without Tag clears the tag",
    "quota-off-by-one": "one group more than the quota",
}

VERSION = "2020-03-03"
REGIONS = frozenset({
    "ap-bangkok", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-guangzhou", "ap-hongkong", "ap-jakarta", "ap-mumbai",
    "ap-nanjing", "ap-seoul", "ap-shanghai", "ap-singapore", "ap-tokyo", "eu-frankfurt", "na-ashburn",
    "na-siliconvalley", "na-toronto",
})  # fmt: skip
KB = 1024
GET_LIMIT, V1_POST_LIMIT, V3_POST_LIMIT = 32 * KB, KB * KB, 10 * KB * KB
READ_AT_MOST = 64 * KB * KB  # of a body that is too large: to answer on a connection that stays
WINDOW = 300
DELETED_STATE = 0.5  # seconds of the way "deleted-state"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
COMMON_V1 = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature", "Region", "SignatureMethod", "Token",
             "Language", "RequestClient")  # fmt: skip

TEXT, TEXTS, NUMBER, INFOS = "string", "list", "uint64", "list of objects"
# action -> parameter -> (type, required)
ACTIONS = {
    "CreateGroup": {
        "GroupName": (TEXT, True),
        "GroupId": (TEXT, True),
        "GroupExDescriptions": (TEXTS, False),
        "Tag": (TEXT, False),
        "FaceModelVersion": (TEXT, False),
    },
    "DeleteGroup": {"GroupId": (TEXT, True)},
    "ModifyGroup": {
        "GroupId": (TEXT, True),
        "GroupName": (TEXT, False),
        "GroupExDescriptionInfos": (INFOS, False),
        "Tag": (TEXT, False),
    },
    "GetGroupInfo": {"GroupId": (TEXT, True)},
    "GetGroupList": {"Offset": (NUMBER, False), "Limit": (NUMBER, False)},
}
INFO = {"GroupExDescriptionIndex": (NUMBER, True), "GroupExDescription": (TEXT, True)}

MESSAGES = {
    AUTHORIZATION: "Authorization in the request header is invalid.",
    "AuthFailure.SecretIdNotFound": "The SecretId is not found, please ensure that your SecretId is correct.",
    "AuthFailure.SignatureExpire": "The signature is expired, please request again.",
    SIGNATURE: "The provided credentials could not be validated. Please check your signature is correct.",
    "AuthFailure.TokenFailure": "Token error.",
    "FailedOperation.GroupInDeletedState": "The current group is being deleted. Please wait.",
    "InvalidAction": "The request `Action` is invalid or not found.",
    "NoSuchVersion": "The API version does not exist.",
    "RequestSizeLimitExceeded": "The request size exceeds the upper limit.",
    "UnsupportedProtocol": "HTTP(S) request protocol error; only GET and POST requests are supported.",
    "UnsupportedRegion": "The action does not support this region.",
    EMPTY: "A required parameter is empty.",
    f"{IAI}GroupIdAlreadyExist": "The group ID already exists. It must be unique.",
    f"{IAI}GroupNameAlreadyExist": "The group name already exists. It must be unique.",
    f"{IAI}GroupIdNotExist": "The group ID does not exist.",
    f"{IAI}GroupNumExceed": "The number of groups exceeds the limit. If you need more, please contact us.",
}

CREDENTIAL = re.compile(r"TC3-HMAC-SHA256 +Credential=([^,\s]+) *, *SignedHeaders=([^,\s]+) *, *Signature=([^,\s]+)")
GROUP_ID = re.compile(r"[A-Za-z0-9\-%@#&_]*")
NAMES = {
    "narrow": re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fa5]*"),
    "spaced": re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff ,#.]*"),
    "wide": re.compile(r"[\w\-]*"),
}


class Refusal(Exception):  # noqa: N818 - no error of this server
    """An answer with an error code."""

    def __init__(self, code, message=""):
        super().__init__(code)
        self.code, self.message = code, message or MESSAGES.get(code, f"Refused: {code}.")


class Status(Exception):  # noqa: N818 - no error of this server
    """An answer that is an HTTP status and nothing else."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def missing(name, code="MissingParameter"):
    """The refusal of a request without a parameter."""
    return Refusal(code, f"The request is missing a required parameter `{name}`.")


def mistyped(name, code="InvalidParameter"):
    """The refusal of a value of the wrong type."""
    return Refusal(code, f"The value type of parameter `{name}` is not valid.")


def signature_v3(key, timestamp, scope, canonical):
    """The TC3-HMAC-SHA256 signature of a canonical request, in lower-case hex."""
    scope_text = "/".join(scope)
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope_text}\n{hashlib.sha256(canonical).hexdigest()}"
    derived = ("TC3" + key).encode()
    for each in (*scope, text):
        derived = hmac.new(derived, each.encode(), hashlib.sha256).digest()
    return derived.hex()


def canonical_request(method, query, headers, payload_hash):
    """The canonical request, of (name, value) pairs of the signed headers; ASCII order is made here."""
    pairs = sorted((name.lower(), value.strip(" \t").encode("latin-1").lower()) for name, value in headers)
    lines = b"".join(name.encode("latin-1") + b":" + value + b"\n" for name, value in pairs)
    signed = ";".join(name for name, _ in pairs)
    return b"\n".join([method.encode(), b"/", query, lines, signed.encode("latin-1"), payload_hash.encode()])


def signature_v1(key, method, host, fields, algorithm):
    """The version-1 signature of (name, value) pairs, in base64."""
    given = sorted((pair for pair in fields if pair[0] != "Signature"), key=lambda pair: pair[0])
    text = f"{method}{host}/?" + "&".join(f"{name}={value}" for name, value in given)
    signed = hmac.new(key.encode(), text.encode("utf-8", "surrogateescape"), algorithm)
    return base64.b64encode(signed.digest()).decode()


@dataclass
class Call:
    """One request, as it came."""

    method: str
    path: str
    query: bytes
    headers: HTTPMessage
    body: bytes | None  # None: over the limit
    fields: list = field(default_factory=list)  # of a query or a form
    values: dict = field(default_factory=dict)  # of the fields: one value a name
    common: dict = field(default_factory=dict)  # Action, Version, Region
    is_v3: bool = True

    def header(self, name):
        """A header; several of one name are joined, as HTTP says; None when there is none."""
        values = self.headers.get_all(name)
        return None if values is None else ", ".join(each.strip(" \t") for each in values)

    @property
    def media_type(self):
        """The media type without its parameters; empty when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


@dataclass
class Group:
    """One group."""

    name: str
    id: str
    descriptions: list
    tag: str
    version: str
    created: int
    updated: int


@dataclass
class Store:
    """The groups of one account, or of one region of it."""

    groups: dict = field(default_factory=dict)  # the key of an id -> Group
    names: dict = field(default_factory=dict)  # the key of a name -> the key of an id
    kept_ids: set = field(default_factory=set)  # of mistakes
    kept_names: set = field(default_factory=set)  # of mistakes
    deleted: dict = field(default_factory=dict)  # the key of an id -> when it is free again


class Options:
    """The choices and the mistakes of one server."""

    def __init__(self, mistakes, choices):
        self.mistakes = frozenset(mistakes)
        self.choices = {name: ways[0] for name, (_, ways) in CHOICES.items()} | dict(choices or {})
        if unknown := (self.mistakes - MISTAKES.keys()) | (self.choices.keys() - CHOICES.keys()):
            raise ValueError(f"no such mistake or choice: {', '.join(sorted(unknown))}")
        for name, way in self.choices.items():
            if way not in CHOICES[name][1]:
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name][1])}, not {way}")

    def errs(self, mistake):
        """Whether this mistake is made."""
        if mistake not in MISTAKES:
            raise KeyError(mistake)
        return mistake in self.mistakes

    def __getitem__(self, choice):
        return self.choices[choice]

    def takes(self, choice, way):
        """Whether this way was chosen."""
        if way not in CHOICES[choice][1]:
            raise KeyError(way)
        return self.choices[choice] == way


class Authentication:
    """Who is asking: one key pair, two versions of signatures."""

    def __init__(self, secret_id, secret_key, token, options, clock):
        self.secret_id, self.secret_key, self.token = secret_id, secret_key, token
        self.options, self.clock = options, clock
        self.seen = set()  # of a mistake

    def check(self, call):
        """Refuse a request that isn't signed as it should be."""
        (self._v3 if call.is_v3 else self._v1)(call)

    def _v3(self, call):
        header = call.header("Authorization")
        if not header:
            raise missing("Authorization", self.options["no_authorization"])
        parts = CREDENTIAL.fullmatch(header)
        scope = parts[1].rsplit("/", 3) if parts else ()
        if len(scope) != 4 or scope[3] != "tc3_request" or not all(scope):
            raise Refusal(self.options["bad_authorization"], MESSAGES[AUTHORIZATION])
        timestamp = self._number("Timestamp", call.header("X-TC-Timestamp"))
        self._known(scope[0])
        self._in_time(timestamp)
        signed = parts[2].split(";")
        self._scope(call, timestamp, scope, signed)
        if not (self.options.errs("authorization-cached") and header in self.seen):
            self._signature_v3(call, timestamp, scope[1:], signed, parts[3])
            self.seen.add(header)
        self._token(call.header("X-TC-Token"))

    def _scope(self, call, timestamp, scope, signed):
        """Compare the date and the service of the scope, and see that the headers that must be signed are."""
        date = time.strftime("%Y-%m-%d", time.gmtime(min(timestamp, 253402300799)))
        wrong = (
            (scope[1] != date and not self.options.errs("scope-date-unchecked"))
            or (scope[2] != "iai" and self.options.takes("service", "iai"))
            or (not {"content-type", "host"} <= set(signed) and not self.options.errs("signed-headers-trusted"))
            or any(call.header(name) is None for name in signed)
            or signed != sorted({name.lower() for name in signed})
        )
        if wrong:
            raise Refusal(self.options["wrong_scope"])

    def _signature_v3(self, call, timestamp, scope, signed, given):
        """Compute the signature for every payload and host that may have been meant, and compare."""
        if self._unchecked(call, re.fullmatch(r"[0-9a-f]{64}", given)):
            return
        declared = call.header("X-TC-Content-SHA256") or ""
        hashes = [hashlib.sha256(call.body if call.method != "GET" else b"").hexdigest()]
        if declared == "UNSIGNED-PAYLOAD" and self.options.takes("unsigned_payload", "taken"):
            hashes = [hashlib.sha256(declared.encode()).hexdigest()]
        elif re.fullmatch(r"[0-9a-f]{64}", declared) and self.options.errs("declared-hash-trusted"):
            hashes.append(declared)
        if self.options.takes("upper_case_signature", "taken"):
            given = given.lower()
        query = call.query if call.method == "GET" else b""
        others = [(name, call.header(name)) for name in signed if name != "host"]
        for host in self._hosts(call):
            headers = [*others, ("host", host)] if "host" in signed else others
            for payload_hash in hashes:
                canonical = canonical_request(call.method, query, headers, payload_hash)
                right = signature_v3(self.secret_key, timestamp, scope, canonical)
                if hmac.compare_digest(right.encode(), given.encode("latin-1")):
                    return
        raise Refusal(SIGNATURE)

    def _v1(self, call):
        """Check the order-free parameters of a version-1 request, and the signature over all of them."""
        values = call.values
        for name in ("SecretId", "Signature", "Timestamp", "Nonce"):
            if not values.get(name):
                raise missing(name)
        timestamp = self._number("Timestamp", values["Timestamp"])
        if self._number("Nonce", values["Nonce"]) == 0:
            raise Refusal("InvalidParameter", "Parameter `Nonce` type error.")
        self._known(values["SecretId"])
        self._in_time(timestamp)
        method = values.get("SignatureMethod", "HmacSHA1")
        if method not in ("HmacSHA1", "HmacSHA256") and self.options.errs("v1-method-refused"):
            raise Refusal("InvalidParameter", "The value of parameter `SignatureMethod` is not valid.")
        is_sha256 = method == "HmacSHA256" and not self.options.errs("sha256-of-v1-unknown")
        given = values["Signature"].strip()
        if not self._unchecked(call, re.fullmatch(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=", given)):
            algorithm = hashlib.sha256 if is_sha256 else hashlib.sha1
            rights = [
                signature_v1(self.secret_key, call.method, host, call.fields, algorithm) for host in self._hosts(call)
            ]
            if given not in rights:
                raise Refusal(SIGNATURE)
        self._token(values.get("Token"))

    def _unchecked(self, call, well_formed):
        """Whether a mistake lets the signature pass."""
        mistake = "query-uncovered" if call.method == "GET" else "body-uncovered"
        return self.options.errs("signature-unchecked") or (well_formed and self.options.errs(mistake))

    def _hosts(self, call):
        """The host as it was sent; and without its port, as Node signs it."""
        host = call.header("Host") or ""
        bare = re.sub(r":[0-9]+\Z", "", host)
        return [host, bare] if bare != host and self.options.takes("host", "either") else [host]

    def _number(self, name, text):
        if not text:
            raise missing(name)
        if not re.fullmatch(r"[0-9]{1,19}", text):
            raise Refusal("InvalidParameter", f"Parameter `{name}` type error.")
        return int(text)

    def _known(self, secret_id):
        if secret_id != self.secret_id and not self.options.errs("secret-id-unchecked"):
            raise Refusal("AuthFailure.SecretIdNotFound")

    def _in_time(self, timestamp):
        late = int(self.clock()) - timestamp
        if (late > WINDOW and not self.options.errs("expired-accepted")) or (
            late < -WINDOW and not self.options.errs("future-accepted")
        ):
            raise Refusal("AuthFailure.SignatureExpire")

    def _token(self, token):
        token = token or ""
        if not self.token and self.options.takes("stray_token", "ignored"):
            return
        if token != self.token and not self.options.errs("token-ignored"):
            raise Refusal("AuthFailure.TokenFailure")


def decoded(text, options):
    """The (name, value) pairs of a form or a query; bytes that are no UTF-8 are kept as lone surrogates."""
    unquote = urllib.parse.unquote if options.errs("plus-kept") else urllib.parse.unquote_plus
    pairs = []
    for piece in text.decode("utf-8", "surrogateescape").split("&"):
        name, _, value = piece.partition("=")
        if piece:
            pairs.append((unquote(name, errors="surrogateescape"), unquote(value, errors="surrogateescape")))
    return pairs


class Reader:
    """What is asked: the parameters of an action, out of JSON or text, each of its documented type."""

    def __init__(self, options):
        self.options = options

    def json(self, body):
        """The object of a JSON body."""
        if not body and self.options.takes("empty_body", "object"):
            return {}
        try:
            text = body.decode("utf-8-sig" if self.options.takes("byte_order_mark", "taken") else "utf-8")
            decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)
            if self.options.errs("trailing-garbage-accepted"):
                value, _ = decoder.raw_decode(text.lstrip(" \t\r\n"))
            else:
                value = decoder.decode(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        if self.options.errs("bad-json-500"):
            raise Status(500)
        raise Refusal(self.options["malformed_json"], "The request body is not a JSON object.")

    def _constant(self, name):
        raise ValueError(name)

    def _object(self, pairs):
        if len(dict(pairs)) < len(pairs) and self.options.takes("duplicate_keys", "refused"):
            raise ValueError("a key comes twice")
        return dict(reversed(pairs)) if self.options.takes("duplicate_keys", "first") else dict(pairs)

    def text(self, fields, *, is_v3):
        """The tree of a form's or a query's fields, without the common ones: dotted names are objects."""
        tree = {}
        if len(dict(fields)) < len(fields) and self.options.takes("duplicate_keys", "refused"):
            raise Refusal(self.options["wrong_type"], "A parameter comes twice.")
        for name, value in fields:
            if any("\ud800" <= each <= "\udfff" for each in name + value):
                raise mistyped(name.encode("utf-8", "replace").decode(), self.options["wrong_type"])
            if not is_v3 and name in COMMON_V1:
                continue
            if not value and "." not in name and self.options.takes("empty_text", "absent"):
                continue
            *path, last = name.split(".")
            node = tree
            for step in path[:10]:
                node = node.setdefault(step, {})
                if not isinstance(node, dict):
                    raise mistyped(name, self.options["wrong_type"])
            if last in node:
                if isinstance(node[last], dict):
                    raise mistyped(name, self.options["wrong_type"])
                if self.options.takes("duplicate_keys", "first"):
                    continue
            node[last] = urllib.parse.unquote(value) if self.options.errs("decoded-twice") else value
        return tree

    def arguments(self, action, given, call):
        """The arguments of an action: nothing unknown, nothing missing, each of its type."""
        known = ACTIONS[action]
        if call.method != "GET" and call.is_v3 and self.options.takes("common_in_body", "ignored"):
            given = {name: value for name, value in given.items() if name in known or name not in COMMON_V1}
        is_text = not call.is_v3 or call.method == "GET"
        return self._members(known, given, "", is_text=is_text, is_get=call.method == "GET")

    def _members(self, known, given, path, **how):
        """The members of an object, or of the request itself."""
        for name in given:
            if name not in known and not self.options.errs("unknown-parameter-ignored"):
                raise Refusal("UnknownParameter", f"The parameter `{path}{name}` is not recognized.")
        if self.options.takes("null", "absent"):
            given = {name: value for name, value in given.items() if value is not None}
        for name, (_, required) in known.items():
            if required and name not in given:
                raise missing(path + name, self.options["absent"])
        return {
            name: self._typed(known[name][0], path + name, value, **how)
            for name, value in given.items()
            if name in known
        }

    def _typed(self, kind, path, value, **how):
        """One value, if it is of its type."""
        if kind in (TEXTS, INFOS):
            items = self._items(path, value, **how)
            if kind == TEXTS:
                return [self._typed(TEXT, f"{path}.{index}", each, **how) for index, each in enumerate(items)]
            for index, each in enumerate(items):
                if not isinstance(each, dict):
                    raise mistyped(f"{path}.{index}", self.options["wrong_type"])
            return [self._members(INFO, each, f"{path}.{index}.", **how) for index, each in enumerate(items)]
        if kind == NUMBER:
            if how["is_text"] and isinstance(value, str) and re.fullmatch(r"[0-9]{1,20}", value):
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
                return value
        elif isinstance(value, str):
            return value.strip() if self.options.takes("spaces", "trimmed") else value
        raise mistyped(path, self.options["wrong_type"])

    def _items(self, path, value, *, is_text, is_get):
        """The items of an array: a JSON list, or the indices of a form or a query in their order."""
        if not is_text:
            if isinstance(value, list):
                return value
            raise mistyped(path, self.options["wrong_type"])
        if not isinstance(value, dict) or not all(re.fullmatch(r"0|[1-9][0-9]{0,8}", each) for each in value):
            raise mistyped(path, self.options["wrong_type"])
        indices = sorted(map(int, value))
        if indices != list(range(len(indices))) and not self.options.takes("index_gaps", "compacted"):
            if self.options.takes("index_gaps", "refused"):
                raise mistyped(path, self.options["wrong_type"])
            raise missing(next(f"{path}.{index}" for index in range(len(indices)) if index not in indices))
        if self.options.errs("array-by-arrival"):
            return list(value.values())
        items = [value[str(index)] for index in indices]
        return sorted(items, key=str) if is_get and self.options.errs("get-array-order-lost") else items


class Groups:
    """The five actions, over groups that are kept in memory."""

    def __init__(self, options, quota, clock, race_delay):
        self.options, self.quota, self.clock, self.race_delay = options, quota, clock, race_delay
        self.lock = threading.RLock()
        self.stores = {}

    def do(self, action, region, arguments):
        """Carry out an action; what it answers, without the RequestId."""
        acts = {
            "CreateGroup": self._create,
            "DeleteGroup": self._delete,
            "ModifyGroup": self._modify,
            "GetGroupInfo": self._info,
            "GetGroupList": self._list,
        }
        is_racing = action == "CreateGroup" and self.options.errs("race")
        with contextlib.nullcontext() if is_racing else self.lock:
            store = self.stores.setdefault(region if self.options.takes("scope", "region") else "", Store())
            return acts[action](store, arguments)

    def _create(self, store, given):
        group_id, name = self._key(given["GroupId"]), self._key(given["GroupName"])
        try:
            self._refuse(self._faults_of_creation(store, given))
        except Refusal:
            if self.options.errs("refused-keeps-id"):
                store.kept_ids.add(group_id)
            if self.options.errs("refused-keeps-name"):
                store.kept_names.add(name)
            raise
        if self.options.errs("race"):
            time.sleep(self.race_delay)
        now = int(self.clock() * 1000)
        version = given.get("FaceModelVersion") or self.options["default_version"]
        descriptions = list(given.get("GroupExDescriptions", ()))
        store.groups[group_id] = Group(
            name=given["GroupName"],
            id=given["GroupId"],
            descriptions=sorted(descriptions) if self.options.errs("descriptions-sorted") else descriptions,
            tag="" if self.options.errs("tag-lost") else given.get("Tag", ""),
            version=self.options["default_version"] if self.options.errs("version-lost") else version,
            created=now,
            updated=now,
        )
        store.names[name] = group_id
        return {"FaceModelVersion": version}

    def _faults_of_creation(self, store, given):
        """Every fault of a creation, in the order in which they are looked for."""
        group_id, name = given["GroupId"], given["GroupName"]
        yield from self._faults_of_id(group_id)
        yield from self._faults_of_text(name, "GroupName", 60, self.options["empty"])
        if "GroupExDescriptions" in given:
            yield from self._faults_of_descriptions(given["GroupExDescriptions"])
        yield from self._faults_of_text(given.get("Tag", ""), "GroupTag", 40)
        version = given.get("FaceModelVersion")
        if version == "":
            if not self.options.takes("empty_version", "default"):
                yield self.options["empty_version"]
        elif version not in (None, "2.0", "3.0") or (version == "2.0" and self.options.takes("version_2", "refused")):
            yield f"{IAI}FaceModelVersionIllegal"
        if len(store.groups) >= self.quota + self.options.errs("quota-off-by-one"):
            yield self.options["quota_code"]
        key = self._key(group_id)
        if time.monotonic() < store.deleted.get(key, 0):
            yield "FailedOperation.GroupInDeletedState"
        if key in store.groups or key in store.kept_ids:
            yield f"{IAI}GroupIdAlreadyExist"
        if self._key(name) in store.names or self._key(name) in store.kept_names:
            yield f"{IAI}GroupNameAlreadyExist"

    def _delete(self, store, given):
        group = self._found(store, given["GroupId"])
        key = self._key(group.id)
        del store.groups[key]
        if not self.options.errs("delete-keeps-name"):
            self._free(store, group.name, key)
        if self.options.takes("recreation", "deleted-state"):
            store.deleted[key] = time.monotonic() + DELETED_STATE
        return {}

    def _modify(self, store, given):
        group = self._found(store, given["GroupId"])
        key = self._key(group.id)
        descriptions = list(group.descriptions)
        for each in given.get("GroupExDescriptionInfos", ()):
            if each["GroupExDescriptionIndex"] < len(descriptions):
                descriptions[each["GroupExDescriptionIndex"]] = each["GroupExDescription"]
        self._refuse(self._faults_of_modification(store, given, group, descriptions))
        if "GroupName" in given:
            if not self.options.errs("rename-keeps-old-name"):
                self._free(store, group.name, key)
            group.name = given["GroupName"]
            store.names[self._key(group.name)] = key
        if "Tag" in given or self.options.errs("modify-clears-tag"):
            group.tag = given.get("Tag", "")
        group.descriptions = descriptions
        group.updated = int(self.clock() * 1000)
        return {}

    def _faults_of_modification(self, store, given, group, descriptions):
        """Every fault of a modification."""
        name = given.get("GroupName")
        if name is not None:
            yield from self._faults_of_text(name, "GroupName", 60, self.options["empty"])
        for each in given.get("GroupExDescriptionInfos", ()):
            if each["GroupExDescriptionIndex"] >= len(descriptions):
                yield f"{IAI}GroupExDescriptionsExceed"
            yield from self._faults_of_description(each["GroupExDescription"])
        if self._repeats(descriptions):
            yield "FailedOperation.DuplicatedGroupDescription"
        yield from self._faults_of_text(given.get("Tag", ""), "GroupTag", 40)
        if name is not None and not self.options.errs("rename-unchecked"):
            owner = store.names.get(self._key(name), self._key(group.id))
            if owner != self._key(group.id) or self._key(name) in store.kept_names:
                yield f"{IAI}GroupNameAlreadyExist"

    def _info(self, store, given):
        group = self._found(store, given["GroupId"])
        return {
            "GroupName": group.name,
            "GroupId": group.id,
            "GroupExDescriptions": group.descriptions,
            "Tag": group.tag,
            "FaceModelVersion": group.version,
            "CreationTimestamp": group.created,
        }

    def _list(self, store, given):
        offset, limit = given.get("Offset", 0), given.get("Limit", 10)
        groups = [] if self.options.errs("not-listed") else list(store.groups.values())
        if not 1 <= limit <= 1000:
            raise Refusal(f"{IAI}LimitExceed", "The number of returned results exceeds the limit.")
        is_after = offset >= len(groups) if self.options.takes("offset_at_end", "refused") else offset > len(groups)
        if offset and is_after:
            raise Refusal(f"{IAI}OffsetExceed", "The starting number is too large.")
        if self.options.takes("list_order", "newest-first"):
            groups.reverse()
        infos = [
            {
                "GroupName": each.name,
                "GroupId": each.id,
                "GroupExDescriptions": each.descriptions,
                "Tag": each.tag,
                "FaceModelVersion": each.version,
                "CreationTimestamp": each.created,
                "UpdateTimestamp": each.updated,
            }
            for each in groups[offset : offset + limit]
        ]
        if self.options.takes("list_nulls", "null"):
            infos = [{name: None if value in ("", []) else value for name, value in each.items()} for each in infos]
        return {"GroupInfos": infos, "GroupNum": len(groups)}

    def _found(self, store, group_id):
        """The group of an id."""
        if not group_id:
            raise Refusal(self.options["empty"])
        try:
            return store.groups[self._key(group_id)]
        except KeyError:
            raise Refusal(f"{IAI}GroupIdNotExist") from None

    def _free(self, store, name, key):
        """Free a name, if it is that group's."""
        if store.names.get(self._key(name)) == key:
            del store.names[self._key(name)]

    def _refuse(self, faults):
        """Refuse for the fault that is said of several."""
        if codes := list(faults):
            raise Refusal(codes[0] if self.options.takes("fault", "first") else codes[-1])

    def _faults_of_id(self, group_id):
        if not group_id:
            yield self.options["empty"]
        if len(group_id.encode("utf-8", "surrogatepass")) > 64 - self.options.takes("id_limit", "exclusive"):
            yield f"{IAI}GroupIdTooLong"
        if not GROUP_ID.fullmatch(group_id):
            yield f"{IAI}GroupIdIllegal"

    def _faults_of_text(self, text, stem, limit, empty=""):
        if not text and empty:
            yield empty
        if self._size(text) > limit:
            yield f"{IAI}{stem}TooLong"
        if not NAMES[self.options["charset"]].fullmatch(text):
            yield f"{IAI}{stem}Illegal"

    def _faults_of_descriptions(self, descriptions):
        if not descriptions and not self.options.takes("empty_list", "taken"):
            yield self.options["empty_list"]
        if len(descriptions) > 5:
            yield f"{IAI}GroupExDescriptionsExceed"
        for each in descriptions:
            yield from self._faults_of_description(each)
        if self._repeats(descriptions):
            yield self.options["same_descriptions"]

    def _faults_of_description(self, text):
        empty = "" if self.options.takes("empty_description", "taken") else self.options["empty_description"]
        return self._faults_of_text(text, "GroupExDescriptionsName", 30, empty)

    def _repeats(self, descriptions):
        return len({self._key(each) for each in descriptions}) < len(descriptions)

    def _size(self, text):
        """The length of a text in the chosen unit."""
        if self.options.takes("unit", "code-points"):
            return len(text)
        if self.options.takes("unit", "utf-16"):
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        return len(text.encode("utf-8", "surrogatepass"))

    def _key(self, text):
        """What makes two texts the same."""
        return text.casefold() if self.options.takes("same", "case-folded") else text


class Gateway:
    """One request in, one answer out; knows nothing of sockets."""

    def __init__(self, authentication, groups, options, regions):
        self.authentication, self.groups, self.options, self.regions = authentication, groups, options, regions
        self.reader = Reader(options)
        self.request_id = str(uuid.uuid4())  # of a mistake

    def takes(self, method):
        """Whether a method is one of the two."""
        return method in ("GET", "POST") or (method == "PUT" and self.options.errs("put-accepted"))

    def limit(self, call):
        """How many bytes of body are read of a request."""
        if self.options.errs("sizes-unchecked"):
            return READ_AT_MOST
        return V1_POST_LIMIT if call.method == "POST" and call.media_type == FORM else V3_POST_LIMIT

    def answer(self, call):
        """(HTTP status, object or None) that answers a request."""
        status = 200
        try:
            content = self._content(call)
        except Status as refused:
            return refused.status, None
        except Refusal as refused:
            content = {"Error": {"Code": refused.code, "Message": refused.message}}
            status = 400 if self.options.errs("error-status") else 200
        request_id = self.request_id if self.options.errs("same-request-id") else str(uuid.uuid4())
        return status, {"Response": {**content, "RequestId": request_id}}

    def _content(self, call):
        """What an action answers; its parts are looked at in the chosen order."""
        self._transport(call)
        given = None
        if self.options.takes("order", "body-first"):
            given = self._given(call)
        if self.options.takes("order", "authentication-first"):
            self.authentication.check(call)
            action, region = self._protocol(call)
        else:
            action, region = self._protocol(call)
            self.authentication.check(call)
        given = self._given(call) if given is None else given
        return self.groups.do(action, region, self.reader.arguments(action, given, call))

    def _transport(self, call):
        """The method, the path, the size and the media type; and with them the version of the signature."""
        if not self.takes(call.method):
            if self.options.takes("other_method", "405"):
                raise Status(405)
            raise Refusal("UnsupportedProtocol")
        if call.path != "/" and self.options.takes("other_path", "404"):
            raise Status(404)
        self._size(call)
        if call.method == "GET":
            if call.media_type not in ("", FORM) and self.options.takes("get_content_type", "refused"):
                raise Refusal(self.options["media_type"], "The Content-Type of a GET is not supported.")
            call.is_v3 = call.header("Authorization") is not None or call.header("X-TC-Action") is not None
            call.fields = decoded(call.query, self.options)
        elif call.media_type == FORM:
            call.is_v3 = False
            call.fields = decoded(call.body, self.options)
        elif call.media_type != JSON:
            raise Refusal(self.options["media_type"], "The Content-Type of the request is not supported.")
        call.values = dict(reversed(call.fields) if self.options.takes("duplicate_keys", "first") else call.fields)
        for name in ("Action", "Version", "Region"):
            call.common[name] = call.header(f"X-TC-{name}") if call.is_v3 else call.values.get(name)

    def _size(self, call):
        """Refuse what is too large: 32 KB of query, 1 MB of form, 10 MB of JSON."""
        too_long = call.method == "GET" and len(call.query) > GET_LIMIT and not self.options.errs("sizes-unchecked")
        if call.body is not None and not too_long:
            return
        if self.options.takes("too_large", "413"):
            raise Status(414 if too_long else 413)
        if self.options.takes("too_large", "documented") and call.media_type == FORM and call.method != "GET":
            raise Refusal(
                SIGNATURE,
                "The provided credentials could not be validated because of exceeding request size limit, "
                "please use new signature method TC3-HMAC-SHA256.",
            )
        raise Refusal("RequestSizeLimitExceeded")

    def _protocol(self, call):
        """The action and the region of a request."""
        action, version, region = (call.common[name] or "" for name in ("Action", "Version", "Region"))
        if not action:
            raise missing("Action")
        if not version and not self.options.errs("any-version"):
            raise missing("Version")
        if action not in ACTIONS:
            if not self.options.errs("unknown-action-creates"):
                raise Refusal("InvalidAction")
            action = "CreateGroup"
        if version != VERSION and not self.options.errs("any-version"):
            raise Refusal("NoSuchVersion")
        if not region and self.options.takes("region", "required"):
            raise missing("Region")
        if region and region not in self.regions and self.options.takes("unknown_region", "refused"):
            raise Refusal("UnsupportedRegion")
        return action, region

    def _given(self, call):
        """The parameters as they came, before anything is known of the action."""
        if call.is_v3 and call.method != "GET":
            return self.reader.json(call.body)
        return self.reader.text(call.fields, is_v3=call.is_v3)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def __getattr__(self, name):
        """Serve every method, known or not: the gateway says which are good."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self):
        gateway = self.server.gateway
        if len(self.headers.get_all("Host") or ()) != 1 and self.request_version == "HTTP/1.1":
            self.send_error(400)
            return
        target = self.path
        if re.match(r"https?://", target, re.IGNORECASE):  # as to a proxy
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        call = Call(self.command, path or "/", query.encode("latin-1"), self.headers, b"")
        try:
            if gateway.takes(call.method) or not gateway.options.errs("unread-body"):
                call.body = self._body(gateway.limit(call))
        except ValueError:
            self.send_error(400)
            return
        status, answer = (405, None) if call.method == "CONNECT" else gateway.answer(call)
        self._reply(status, answer)

    def _body(self, limit):
        """The body; None if it is over the limit, and then it has been read all the same."""
        kept, total = [], 0
        for piece in self._pieces():
            total += len(piece)
            if total > READ_AT_MOST:
                self.close_connection = True
                return None
            if total <= limit:
                kept.append(piece)
        return b"".join(kept) if total <= limit else None

    def _pieces(self):
        lengths = self.headers.get_all("Content-Length") or ["0"]
        codings = self.headers.get_all("Transfer-Encoding")
        if codings:
            if "Content-Length" in self.headers or [each.strip().lower() for each in codings] != ["chunked"]:
                raise ValueError("two ways to frame a body")
            while size := self._chunk_size():
                yield from self._exactly(size)
                if self.rfile.readline(3) not in (b"\r\n", b"\n"):
                    raise ValueError("a chunk is longer than it says")
            while self.rfile.readline(65537) not in (b"\r\n", b"\n", b""):
                pass
        elif len(set(lengths)) > 1 or not re.fullmatch(r"[0-9]{1,18}", lengths[0].strip()):
            raise ValueError("no length")
        else:
            yield from self._exactly(int(lengths[0]))

    def _chunk_size(self):
        text = self.rfile.readline(1025).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", text):
            raise ValueError("no chunk")
        return int(text, 16)

    def _exactly(self, left):
        while left:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                raise ConnectionResetError("the client went in the middle of its body")
            left -= len(piece)
            yield piece

    def send_error(self, code, message=None, explain=None):  # noqa: ARG002 - the base class's own names
        """Answer what is no HTTP request; a request line beyond all measure is only a request too large."""
        self.close_connection = True
        self.request_version = self.protocol_version
        if code == 414 and not self.server.gateway.options.takes("too_large", "413"):
            refused = Refusal("RequestSizeLimitExceeded")
            error = {"Error": {"Code": refused.code, "Message": refused.message}}
            self._reply(200, {"Response": {**error, "RequestId": str(uuid.uuid4())}})
        else:
            self._reply(code, None)

    def _reply(self, status, answer):
        options = self.server.gateway.options
        data = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace")
        self.send_response(status)
        if answer is not None:
            charset = "; charset=utf-8" if options.errs("answer-with-charset") else ""
            self.send_header("Content-Type", JSON + charset)
        if status == 405:
            self.send_header("Allow", "GET, POST")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        if self.close_connection:
            self._linger()

    def _linger(self):
        """Read what still comes, for a moment: a connection closed over unread bytes takes the answer with it."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            until = time.monotonic() + 5
            while time.monotonic() < until and self.connection.recv(65536):
                pass

    def log_message(self, *_):
        """Say nothing."""


class Listener(ThreadingHTTPServer):
    """The sockets of one server; it hangs up on everybody when it ends."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, gateway):
        self.gateway = gateway
        self.connections = set()
        super().__init__(address, Handler)

    def process_request(self, request, client_address):
        """Remember the connection."""
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        """Forget the connection."""
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that went away is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self):
        """Hang up on everybody."""
        super().server_close()
        for each in list(self.connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class GatewayServer:
    """The server, on a free port of 127.0.0.1, while the `with` lasts.

    `token`: the token that belongs to the key pair; empty for a permanent key.
    `quota`: how many groups there can be. `regions`: the regions that exist. `clock`: the time, in seconds.
    `race_delay`: how long the mistake "race" sleeps between the check and the insertion.
    """

    def __init__(
        self,
        secret_id,
        secret_key,
        mistakes=frozenset(),
        choices=None,
        *,
        token="",
        quota=100_000,
        regions=REGIONS,
        clock=time.time,
        race_delay=0.05,
        port=0,
    ):
        options = Options(mistakes, choices)
        authentication = Authentication(secret_id, secret_key, token, options, clock)
        self.gateway = Gateway(authentication, Groups(options, quota, clock, race_delay), options, frozenset(regions))
        self.port, self.listener, self.thread = port, None, None

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.listener = Listener(("127.0.0.1", self.port), self.gateway)
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()
        self.thread.join()


def main():
    """Serve until stopped."""
    secret_id, secret_key, *rest = sys.argv[1:]
    choices = dict(each.split("=", 1) for each in rest if "=" in each)
    with GatewayServer(secret_id, secret_key, {each for each in rest if "=" not in each}, choices) as server:
        print(server.url, flush=True)
        server.thread.join()


if __name__ == "__main__":
    main()
