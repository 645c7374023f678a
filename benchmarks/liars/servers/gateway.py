"""The gateway of the service: protocol, signatures, parameters; each rule a method of its own."""

import base64
import hashlib
import hmac
import json
import re
import sys
import threading
import time
import urllib.parse
import uuid
from datetime import datetime, timezone

from benchmarks.liars.servers.words import (
    GET_LIMIT,
    PRODUCT,
    REGIONS,
    TEXTS,
    UNSIGNED,
    V1_LIMIT,
    V3_LIMIT,
    VERSION,
    Fault,
)


def sha256_hex(data):
    return hashlib.sha256(data).hexdigest()


def hmac256(key, text):
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()


def code_points(text):
    return len(text)


STRUCTURES = {
    "CreateGroup": ({"GroupName": "string", "GroupId": "string", "GroupExDescriptions": ["string"],
                     "Tag": "string", "FaceModelVersion": "string"}, ("GroupName", "GroupId")),
    "DeleteGroup": ({"GroupId": "string"}, ("GroupId",)),
    "ModifyGroup": ({"GroupId": "string", "GroupName": "string", "Tag": "string",
                     "GroupExDescriptionInfos": [{"GroupExDescriptionIndex": "uint64",
                                                  "GroupExDescription": "string"}]}, ("GroupId",)),
    "GetGroupInfo": ({"GroupId": "string"}, ("GroupId",)),
    "GetGroupList": ({"Offset": "uint64", "Limit": "uint64"}, ()),
}

V1_COMMON = ("Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature",
             "SignatureMethod", "Token", "Language", "RequestClient")

AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256\s+Credential=([^/\s,]+)/([^/\s,]+)/([^/\s,]+)/tc3_request\s*,"
    r"\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([^,\s]+)\Z")


class Gateway:
    """The service.  ``process`` is the way of a request; all else is a step of it."""

    MAX_GROUPS = 100_000
    NAME_LIMIT = 60
    ID_LIMIT = 64
    TAG_LIMIT = 40
    DESCRIPTION_LIMIT = 30
    DESCRIPTION_COUNT = 5
    LIST_LIMIT = 1000
    CLOCK_LEEWAY = 300

    # order in which the content of a CreateGroup request is judged
    CONTENT_RULES = ("required_filled", "id_charset", "id_length", "name_charset", "name_length",
                     "description_count", "description_filled", "description_charset",
                     "description_length", "description_unique", "tag_charset", "tag_length",
                     "face_model")
    # and what depends on what the account holds already
    STATE_RULES = ("id_free", "name_free", "room_left")

    def __init__(self, secret_id, secret_key, account="new", max_groups=None):
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.account = account
        if max_groups:
            self.MAX_GROUPS = max_groups
        self.lock = threading.RLock()
        self.groups = {}
        self.names = {}
        self.started = self.clock()
        self.begin()

    def begin(self):
        """For subclasses with a memory of their own."""

    # -- time ---------------------------------------------------------------
    def now(self):
        return time.time()

    def clock(self):
        return time.monotonic()

    # -- the way of a request -----------------------------------------------
    def answer(self, req):
        try:
            content = self.process(req)
        except Fault as fault:
            content = self.refuse(req, fault)
        except Exception as bug:      # a bug of ours must still be an answer
            print("bug: %r" % bug, file=sys.stderr)
            content = self.refuse(req, Fault("InternalError"))
        content["RequestId"] = self.request_id(req, content)
        return {"Response": content}

    def process(self, req):
        self.check_method(req)
        self.check_size(req)
        self.read_common(req)
        self.authenticate(req)
        self.check_version(req)
        self.check_action(req)
        self.check_region(req)
        self.read_params(req)
        return self.dispatch(req)

    def refuse(self, req, fault):
        return {"Error": {"Code": fault.code, "Message": self.message(req, fault)}}

    def message(self, req, fault):
        if fault.message:
            return fault.message
        chinese, english = TEXTS.get(fault.code, (fault.code, fault.code))
        return english if req.language == "en-US" else chinese

    def request_id(self, req, content):
        return str(uuid.uuid4())

    # -- protocol -------------------------------------------------------------
    def check_method(self, req):
        if req.method not in ("GET", "POST"):
            raise Fault("UnsupportedProtocol")

    def check_size(self, req):
        if req.method == "GET":
            if len(req.query) > GET_LIMIT:
                raise Fault("RequestSizeLimitExceeded")
            return
        if req.oversize or len(req.body) > V3_LIMIT:
            raise Fault("RequestSizeLimitExceeded")
        if len(req.body) > V1_LIMIT and not self.is_v3(req):
            raise Fault("AuthFailure.SignatureFailure",
                        "The provided credentials could not be validated because of exceeding request "
                        "size limit, please use new signature method TC3-HMAC-SHA256.")

    def is_v3(self, req):
        return bool(req.headers.get("Authorization") or req.headers.get("X-TC-Action")
                    or req.content_type == "application/json")

    def read_common(self, req):
        if self.is_v3(req):
            req.form = "v3"
            for name in ("Action", "Version", "Region", "Timestamp", "Token", "Language"):
                req.common[name] = req.header("X-TC-" + name)
            req.common["Authorization"] = req.header("Authorization")
            if req.method == "GET":
                req.fields = self.decode_pairs(req.query)
            needed = ("Action", "Version", "Timestamp", "Authorization")
        else:
            req.form = "v1"
            if req.method == "POST" and req.content_type not in ("application/x-www-form-urlencoded", ""):
                raise Fault("InvalidParameter", "The Content-Type of the request is not supported.")
            text = req.query if req.method == "GET" else self.body_text(req)
            req.fields = self.decode_pairs(text)
            for name, value in req.fields:
                if name in V1_COMMON:
                    req.common[name] = value
            needed = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature")
        req.language = req.common.get("Language") or ""
        req.action = req.common.get("Action") or ""
        for name in needed:
            if not req.common.get(name):
                raise self.missing(name)
        if not re.fullmatch(r"[0-9]{1,15}", req.common["Timestamp"]):
            raise Fault("InvalidParameter", "Parameter `Timestamp` type error.")
        if req.form == "v1":
            nonce = req.common["Nonce"]
            if not re.fullmatch(r"[0-9]{1,20}", nonce) or int(nonce) < 1:
                raise Fault("InvalidParameter", "Parameter `Nonce` type error.")

    def missing(self, name):
        return Fault("MissingParameter", "The request is missing a required parameter `%s`." % name)

    def body_text(self, req):
        try:
            return req.body.decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("InvalidParameter", "The request body is not valid UTF-8.") from None

    def decode_pairs(self, text):
        try:
            pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict")
        except ValueError:
            raise Fault("InvalidParameter", "The request is not valid UTF-8.") from None
        seen = set()
        for name, _ in pairs:
            if name in seen:
                raise Fault("InvalidParameter", "The parameter `%s` is given twice." % name)
            seen.add(name)
        return pairs

    def check_version(self, req):
        if req.common["Version"] != VERSION:
            raise Fault("NoSuchVersion")

    def check_action(self, req):
        if req.action not in STRUCTURES:
            raise Fault("InvalidAction")

    def check_region(self, req):
        region = req.common.get("Region")
        if not region:
            raise self.missing("Region")
        if region not in REGIONS:
            raise Fault("UnsupportedRegion")

    # -- signatures -----------------------------------------------------------
    def authenticate(self, req):
        if req.form == "v3":
            self.authenticate_v3(req)
        else:
            self.authenticate_v1(req)
        self.check_token(req)

    def check_clock(self, req):
        if abs(self.now() - int(req.common["Timestamp"])) > self.CLOCK_LEEWAY:
            raise Fault("AuthFailure.SignatureExpire")

    def check_token(self, req):
        # the one credential of this account is permanent: no token belongs to it
        if req.common.get("Token"):
            raise Fault("AuthFailure.TokenFailure")

    def hosts(self, req):
        """The name in the Host header; clients differ in whether they sign the port."""
        host = req.header("Host").lower()
        yield host
        bare = re.sub(r":\d+\Z", "", host)
        if bare != host:
            yield bare

    def services(self, req):
        """The product; several clients take the first label of the host instead."""
        return {PRODUCT, req.header("Host").split(":")[0].split(".")[0].lower()}

    def authenticate_v3(self, req):
        match = AUTHORIZATION.match(req.common["Authorization"])
        if not match:
            raise Fault("AuthFailure.InvalidAuthorization")
        secret_id, date, service, signed, signature = match.groups()
        names = signed.split(";")
        if "host" not in names or "content-type" not in names:
            raise Fault("AuthFailure.InvalidAuthorization")
        if secret_id != self.secret_id:
            raise Fault("AuthFailure.SecretIdNotFound")
        self.check_clock(req)
        self.check_signature_v3(req, date, service, names, signature)
        if req.method == "POST" and req.content_type != "application/json":
            # forms must be signed the old way
            raise Fault("AuthFailure.SignatureFailure")

    def check_signature_v3(self, req, date, service, names, signature):
        stamp = int(req.common["Timestamp"])
        if date != datetime.fromtimestamp(stamp, timezone.utc).strftime("%Y-%m-%d"):
            raise Fault("AuthFailure.SignatureFailure")
        if service not in self.services(req) or names != sorted(names):
            raise Fault("AuthFailure.SignatureFailure")
        for host in self.hosts(req):
            if self.same(self.signature_v3(req, date, service, names, host), signature):
                return
        raise Fault("AuthFailure.SignatureFailure")

    def same(self, right, given):
        return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))

    def signature_v3(self, req, date, service, names, host):
        lines = ""
        for name in names:
            value = host if name == "host" else req.header(name)
            lines += "%s:%s\n" % (name.lower(), value.lower().strip())
        payload = b"" if req.method == "GET" else req.body
        if req.header("X-TC-Content-SHA256") == UNSIGNED:
            payload = UNSIGNED.encode()
        canonical = "\n".join((req.method, "/", req.query if req.method == "GET" else "", lines,
                               ";".join(names), sha256_hex(payload)))
        scope = "%s/%s/tc3_request" % (date, service)
        text = "\n".join(("TC3-HMAC-SHA256", req.common["Timestamp"], scope,
                          sha256_hex(canonical.encode("utf-8"))))
        key = hmac256(("TC3" + self.secret_key).encode("utf-8"), date)
        key = hmac256(hmac256(key, service), "tc3_request")
        return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()

    def authenticate_v1(self, req):
        if req.common["SecretId"] != self.secret_id:
            raise Fault("AuthFailure.SecretIdNotFound")
        self.check_clock(req)
        self.check_signature_v1(req)

    def check_signature_v1(self, req):
        for host in self.hosts(req):
            if self.same(self.signature_v1(req, host), req.common["Signature"]):
                return
        raise Fault("AuthFailure.SignatureFailure")

    def signature_v1(self, req, host):
        algorithm = hashlib.sha256 if req.common.get("SignatureMethod") == "HmacSHA256" else hashlib.sha1
        pairs = sorted((k, v) for k, v in req.fields if k != "Signature")
        text = "%s%s/?%s" % (req.method, host, "&".join("%s=%s" % pair for pair in pairs))
        digest = hmac.new(self.secret_key.encode("utf-8"), text.encode("utf-8"), algorithm).digest()
        return base64.b64encode(digest).decode("ascii")

    # -- parameters -----------------------------------------------------------
    def read_params(self, req):
        structure, required = STRUCTURES[req.action]
        if req.form == "v3" and req.method == "POST":
            given, textual = self.read_json(req), False
        else:
            given, textual = self.read_flat(req), True
        for name in given:
            if name not in structure:
                self.unknown_parameter(req, name, given[name])
        req.params = {name: self.typed(req, name, structure[name], value, textual)
                      for name, value in given.items() if name in structure}
        for name in required:
            if name not in req.params:
                raise self.missing(name)

    def unknown_parameter(self, req, name, value):
        raise Fault("UnknownParameter", "The parameter `%s` is not recognized." % name)

    def read_json(self, req):
        def not_json(_):
            raise ValueError
        text = self.body_text(req)
        if not text:
            return {}
        try:
            given = json.loads(text, parse_constant=not_json)
        except (ValueError, RecursionError):
            raise Fault("InvalidParameter", "The request body is not valid JSON.") from None
        if not isinstance(given, dict):
            raise Fault("InvalidParameter", "The request body is not a JSON object.")
        return given

    def read_flat(self, req):
        """a.0=x & a.1=y  ->  {"a": {"0": "x", "1": "y"}}"""
        root = {}
        for name, value in req.fields:
            if req.form == "v1" and name in V1_COMMON:
                continue
            here = root
            parts = name.split(".")
            for part in parts[:-1]:
                here = here.setdefault(part, {})
                if not isinstance(here, dict):
                    raise self.wrong_type(parts[0], "array")
            if parts[-1] in here:
                raise self.wrong_type(parts[0], "array")
            here[parts[-1]] = value
        return root

    def wrong_type(self, path, kind):
        return Fault("InvalidParameter", "The value type of parameter `%s` is not valid, input type "
                                         "should be `%s`." % (path, kind))

    def typed(self, req, path, kind, value, textual):
        if kind == "string":
            if not isinstance(value, str):
                return self.not_a_string(req, path, value)
            return value
        if kind == "uint64":
            if textual and isinstance(value, str) and re.fullmatch(r"[0-9]{1,20}", value):
                value = int(value)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2 ** 64:
                raise self.wrong_type(path, "uint64")
            return value
        if isinstance(kind, list):
            if textual and isinstance(value, dict):
                if not all(re.fullmatch(r"[0-9]{1,6}", key) for key in value):
                    raise self.wrong_type(path, "array")
                value = [value[key] for key in sorted(value, key=int)]
            if not isinstance(value, list):
                raise self.wrong_type(path, "array")
            return [self.typed(req, "%s.%d" % (path, i), kind[0], item, textual)
                    for i, item in enumerate(value)]
        if not isinstance(value, dict):
            raise self.wrong_type(path, "object")
        for name in value:
            if name not in kind:
                raise Fault("UnknownParameter", "The parameter `%s.%s` is not recognized." % (path, name))
        return {name: self.typed(req, "%s.%s" % (path, name), kind[name], item, textual)
                for name, item in value.items()}

    def not_a_string(self, req, path, value):
        raise self.wrong_type(path, "string")
