#!/usr/bin/env python3
"""A small in-memory double of the person-library calls of IAI 2020-03-03.

    python server.py --port 0 --secret-id X --secret-key Y [--mistake NAME[,NAME]]

First line of output: the base address.  `--list` prints the mistakes that can be switched on.
Without --mistake the server does what the documentation says; see README.md for the doubtful points.
"""
import argparse, datetime, json, re, sys, threading, time, urllib.parse, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mistakes import ACTIVE, COMBINED, TABLE, on
from rules import errors_of_descriptions, errors_of_id, errors_of_name, errors_of_tag, errors_of_version
from signing import sha, tc3, v1
from documented import IPV, PARAMS, REGIONS, TEXT, V1_COMMON

CONF = {"id": "", "key": "", "clock": 0, "account": "mid", "bind": ""}
VERSION, SERVICE, UNSIGNED = "2020-03-03", "iai", "UNSIGNED-PAYLOAD"

class Fail(Exception):
    def __init__(self, code, text="", more=()):
        self.code, self.text, self.more = code, text or TEXT.get(code, code), list(more)

def missing(name):
    return Fail("MissingParameter", "The request is missing a required parameter `%s`." % name)

def wrong_type(name):
    return Fail("InvalidParameter", "The value type of parameter `%s` is not valid." % name)

# ---------------------------------------------------------------- signatures
def check_clock(stamp):
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise Fail("InvalidParameter", "Parameter `Timestamp` type error.")
    late = time.time() + CONF["clock"] - int(stamp)
    if on("sig-future-ok"):
        late = max(late, 0)
    if abs(late) > 300 and not on("sig-no-expire"):
        raise Fail("AuthFailure.SignatureExpire", "The signature is expired, please request again.")

def check_id(secret_id):
    if secret_id != CONF["id"] and not on("sig-key-unchecked"):
        raise Fail("AuthFailure.SecretIdNotFound", "The SecretId is not found.")

def hosts(host):  # as sent, or (as one official client does) without the port
    return [CONF["bind"]] if on("sig-host-bind") else [host, host.rsplit(":", 1)[0]]

def bad():
    return Fail("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")

def check_tc3(method, query, headers, body):
    m = re.fullmatch(r"TC3-HMAC-SHA256\s+Credential=([^/,\s]+)/(\d{4}-\d\d-\d\d)/([^/,\s]+)/tc3_request,\s*"
                     r"SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})", headers["authorization"].strip(), re.A)
    if not m:
        raise Fail("AuthFailure.InvalidAuthorization", "The Authorization header is malformed.")
    secret_id, date, service, signed, signature = m.groups()
    stamp = headers.get("x-tc-timestamp")
    if stamp is None:
        raise missing("Timestamp")
    check_id(secret_id)
    check_clock(stamp)
    zone = datetime.timezone(datetime.timedelta(hours=8 if on("sig-date-local") else 0))
    day = datetime.datetime.fromtimestamp(int(stamp), zone).strftime("%Y-%m-%d")
    signed = ["content-type", "host"] if on("sig-headers-fixed") else signed.split(";")
    if (date != day and not on("sig-scope-date")) or service != SERVICE or not {"content-type", "host"} <= set(signed) \
            or signed != sorted(signed) or any(h not in headers for h in signed):
        raise bad()
    digest = sha(body)
    if on("sig-body-reserialised") and body:
        digest = sha(json.dumps(json.loads(body), ensure_ascii=False).encode())
    given = headers.get("x-tc-content-sha256", "")
    if given == UNSIGNED:
        digest = sha(UNSIGNED.encode())
    elif given and on("sig-body-trusted"):
        digest = given
    right = [tc3(CONF["key"], date, service, stamp, method, query if method == "GET" else "", dict(headers, host=h), signed, digest)
             for h in hosts(headers.get("host", ""))]
    if signature not in right and not on("sig-unchecked"):
        raise bad()
    check_token(headers.get("x-tc-token"))

def check_v1(method, headers, fields):
    for name in ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature"):
        if not fields.get(name):
            raise missing(name)
    if not re.fullmatch("[0-9]+", fields["Nonce"]):
        raise Fail("InvalidParameter", "Parameter `Nonce` type error.")
    check_id(fields["SecretId"])
    check_clock(fields["Timestamp"])
    sha256 = fields.get("SignatureMethod") == "HmacSHA256" and not on("sig-v1-sha1-only")
    right = [v1(CONF["key"], method, h, fields, "sha256" if sha256 else "sha1") for h in hosts(headers.get("host", ""))]
    if fields["Signature"] not in right and not on("sig-unchecked"):
        raise bad()
    check_token(fields.get("Token"))

def check_token(token):  # the only key here is a permanent one: no token belongs to it
    if token and not on("sig-token-ignored"):
        raise Fail("AuthFailure.TokenFailure", "The token is invalid.")

# ---------------------------------------------------------------- from the request to (action, parameters)
def pairs(raw):
    charset = "latin-1" if on("proto-form-latin1") else "utf-8"
    return urllib.parse.parse_qsl(raw, keep_blank_values=True, errors="strict", encoding=charset)

def unflatten(items):
    tree = {}
    for key, value in items:
        node, parts = tree, key.split(".")
        for p in parts[:-1]:
            node = node.setdefault(p, {})
            if not isinstance(node, dict):
                raise wrong_type(key)
        node[parts[-1]] = value

    def lists(node):
        if not isinstance(node, dict):
            return node
        if node and all(re.fullmatch("[0-9]{1,6}", k) for k in node):
            order = list(node) if on("proto-flat-arrival") else sorted(node, key=int)
            return [lists(node[k]) for k in order if not (k == "0" and on("proto-flat-from-1"))]
        return {k: lists(v) for k, v in node.items()}
    return {k: lists(v) for k, v in tree.items()}

def understand(method, query, headers, body):
    """Verify the signature; return action, version, region, parameters, is_text."""
    if method not in ("GET", "POST") or (method == "GET" and on("proto-get-refused")):
        raise Fail("UnsupportedProtocol", "Only GET and POST are supported.")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    v3 = "authorization" in headers
    if len(query) > 32 << 10 and method == "GET" or len(body) > (10 << 20 if v3 else 1 << 20):
        raise Fail("RequestSizeLimitExceeded") if v3 else bad()
    if not v3:
        if method == "POST" and kind == "application/json":
            raise missing("Authorization")
        text = "" if on("proto-form-ignored") else body.decode("latin-1")
        fields = dict(pairs(query) + (pairs(text) if method == "POST" else []))
        check_v1(method, headers, fields)
        rest = unflatten((k, v) for k, v in fields.items() if k not in V1_COMMON)
        return fields["Action"], fields["Version"], fields.get("Region"), rest, True
    check_tc3(method, query, headers, body)
    common = {k: headers.get("x-tc-" + k.lower()) for k in ("Action", "Version", "Region")}
    if on("proto-action-query"):
        common["Action"] = dict(pairs(query)).get("Action")
    for name in ("Action", "Version"):
        if not common[name]:
            raise missing(name)
    text = method == "GET" or kind == "application/x-www-form-urlencoded"
    if text:
        params = unflatten(pairs(query if method == "GET" else body.decode("latin-1")))
    elif kind != "application/json" or (on("proto-type-exact") and headers["content-type"] != "application/json"):
        raise Fail("InvalidParameter", "The Content-Type is not supported.")
    else:
        params = json.loads(body.decode("utf-8")) if body else {}
        if not isinstance(params, dict):
            raise Fail("InvalidParameter", "The body is not a JSON object.")
    return common["Action"], common["Version"], common["Region"], params, text

def check_shape(action, params, text):
    spec = PARAMS[action]
    for name, (required, _) in spec.items():
        if required and name not in params:
            if name == "GroupName" and on("code-absent-illegal"):
                raise Fail(IPV + "GroupNameIllegal")
            raise missing(name)
    for name in list(params):
        if name not in spec:
            if on("proto-unknown-ignored"):
                continue
            raise Fail("UnknownParameter", "The parameter `%s` is not recognized." % name)
        value, kind = params[name], spec[name][1]
        if kind == "s":
            if on("id-coerced") and isinstance(value, int) and name == "GroupId":
                params[name] = value = str(value)
            if on("tag-falsy-absent") and name == "Tag" and not value:
                params[name] = value = ""
            if not isinstance(value, str):
                raise wrong_type(name)
        elif kind == "u":
            if text and isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value):
                params[name] = value = int(value)
            if type(value) is not int or not 0 <= value < 1 << 64:
                raise wrong_type(name)
        else:
            if on("desc-json-string") and isinstance(value, str) and value.startswith("["):
                params[name] = value = json.loads(value)
            if on("desc-string-wrapped") and isinstance(value, str):
                params[name] = value = [value]
            if not isinstance(value, list):
                raise wrong_type(name)
            for i, item in enumerate(value):
                if kind == "l" and not isinstance(item, str):
                    raise wrong_type("%s.%d" % (name, i))
                if kind == "o":
                    if not isinstance(item, dict) or not isinstance(item.get("GroupExDescription"), str) \
                            or not re.fullmatch("[0-9]{1,9}", str(item.get("GroupExDescriptionIndex"))):
                        raise wrong_type("%s.%d" % (name, i))

# ---------------------------------------------------------------- the groups
GROUPS, LOCK = {}, threading.Lock()          # (scope, GroupId) -> group
RESERVED, OLD_NAMES, GRAVES = set(), set(), {}

def group_key(region, gid):
    return (region if on("uniq-region") else "", gid.lower() if on("uniq-id-fold") else gid)

def build_shared(items, so_far=[]):          # the classic default argument
    so_far.extend(i for i in items if i not in so_far)
    return so_far

def create(p, region, text):
    gid, name, tag = p["GroupId"], p["GroupName"], p.get("Tag", "")
    items, version = p.get("GroupExDescriptions", []), p.get("FaceModelVersion")
    if on("name-trim", "two-trim-cut"):
        name = name.strip()
    if on("two-trim-cut"):
        name = name[:60]
    if on("uniq-reserve-early"):
        if gid in RESERVED:
            raise Fail(IPV + "GroupIdAlreadyExist")
        RESERVED.add(gid)
    found = [*errors_of_id(gid), *errors_of_name(name), *errors_of_descriptions(items),
             *(errors_of_tag(tag) if "Tag" in p else []), *(errors_of_version(version, CONF["account"]) if version is not None else [])]
    if text and on("join-form-lengths"):
        found = [c for c in found if not c.endswith("TooLong")]
    if found:
        raise Fail(found[0], more=found[1:])
    key = group_key(region, gid)
    if version is None or version == "":
        version = "2.0" if CONF["account"] == "old" or on("store-default-2") else "3.0"
    if key in GROUPS and not on("uniq-upsert"):
        if on("uniq-freed-early"):
            del GROUPS[key]
        raise Fail(IPV + ("PersonIdAlreadyExist" if on("code-person") else "GroupIdAlreadyExist"),
                   TEXT[IPV + "GroupIdAlreadyExist"])
    check_name_free(name, key, version)
    if on("join-name-is-id") and name == gid:
        raise Fail(IPV + "GroupNameAlreadyExist")
    if len(GROUPS) >= 100000:
        raise Fail(IPV + "GroupNumExceed")
    if on("two-dedupe", "store-order"):
        items = sorted(set(items))
    if on("store-shared-list"):
        items = build_shared(items)
    if on("store-desc-last-lost"):
        items = [items[i] for i in range(len(items) - 1)]
    if on("store-tag-lost") or (on("join-tag-lost") and items):
        tag = ""
    if on("join-revive") and key in GRAVES:
        tag = tag or GRAVES[key]["Tag"]
    now = int((time.time() + CONF["clock"]) * 1000)
    GROUPS[key] = {"GroupName": name[:30] if on("store-name-cut") else name, "GroupId": gid.lower() if on("store-id-lower")
                   else gid, "GroupExDescriptions": items, "Tag": tag, "FaceModelVersion": version,
                   "CreationTimestamp": now, "UpdateTimestamp": now}
    shown = "3.0" if on("store-version-fixed") else version
    return {"FaceModelVersion": float(shown) if on("env-version-number") else shown}

def check_name_free(name, key, version):
    taken = {g["GroupName"] for k, g in GROUPS.items() if k != key and k[0] == key[0]
             and not (on("join-uniq-version") and g["FaceModelVersion"] != version)}
    if (name in taken or name in OLD_NAMES) and not on("uniq-name-unchecked"):
        raise Fail(IPV + "GroupNameAlreadyExist" + ("s" if on("code-plural-s") else ""))

def act(action, p, region, text):
    if action == "CreateGroup":
        return create(p, region, text)
    if action == "GetGroupList":
        limit, offset, scope = p.get("Limit", 10), p.get("Offset", 0), group_key(region, "")[0]
        rows = [g for k, g in GROUPS.items() if k[0] == scope]
        if limit > 1000:
            raise Fail(IPV + "LimitExceed")
        if offset > len(rows):
            raise Fail(IPV + "OffsetExceed")
        return {"GroupInfos": rows[offset:offset + limit], "GroupNum": len(rows)}
    key = group_key(region, p["GroupId"])
    for code in errors_of_id(p["GroupId"]):
        raise Fail(code)
    group = GROUPS.get(key)
    if group is None:
        raise Fail(IPV + "GroupIdNotExist")
    if action == "GetGroupInfo":
        number = str if on("env-number-string") else int
        return {k: number(v) if k[0] == "C" else v for k, v in group.items() if k != "UpdateTimestamp"}
    if action == "DeleteGroup":
        GRAVES[key] = GROUPS.pop(key)
        if on("uniq-never-freed"):
            OLD_NAMES.add(group["GroupName"])
        return {}
    items = list(group["GroupExDescriptions"])      # ModifyGroup
    for info in p.get("GroupExDescriptionInfos", []):
        at = min(int(info["GroupExDescriptionIndex"]), 5)
        items[at:at + 1] = [info["GroupExDescription"]]
    same = IPV + "GroupExDescriptionsNameIdentical", "FailedOperation.DuplicatedGroupDescription"
    for code in [*errors_of_name(p.get("GroupName", "a")), *errors_of_tag(p.get("Tag", "a")), *errors_of_descriptions(items)]:
        raise Fail(code.replace(*same))
    if "GroupName" in p and not on("uniq-modify-unchecked"):
        check_name_free(p["GroupName"], key, group["FaceModelVersion"])
    if on("uniq-rename-keeps-old") and "GroupName" in p:
        OLD_NAMES.add(group["GroupName"])
    group.update({k: p[k] for k in ("GroupName", "Tag") if k in p}, GroupExDescriptions=items,
                 UpdateTimestamp=int((time.time() + CONF["clock"]) * 1000))
    return {}

def answer(method, query, headers, body):
    """Return the content of `Response` without the RequestId."""
    try:
        action, version, region, params, text = understand(method, query, headers, body)
        if action not in PARAMS:
            raise Fail("InvalidAction", "The request `Action` is invalid or not found.")
        if version != VERSION and not on("proto-version-ignored"):
            raise Fail("NoSuchVersion", "The version does not exist.")
        if not region and not on("proto-region-optional"):
            raise missing("Region")
        if region and region not in REGIONS:
            raise Fail("UnsupportedRegion", "The action does not support this region.")
        check_shape(action, params, text)
        with LOCK:
            return act(action, params, region or "", text)
    except Fail as f:
        error = {"Code": f.code, "Message": f.text}
        if on("code-message-only"):
            del error["Code"]
        if on("join-error-list") and f.more:
            error = [error] + [{"Code": c, "Message": TEXT[c]} for c in f.more]
        return {"Error": error, "FaceModelVersion": ""} if on("env-error-beside") else {"Error": error}
    except (ValueError, RecursionError):            # not UTF-8, not JSON
        return {"Error": {"Code": "InvalidParameter", "Message": "The request cannot be decoded."}}
    except Exception as e:                          # a bug of this file
        print("internal:", repr(e), file=sys.stderr)
        return {"Error": {"Code": "InternalError", "Message": "内部错误。"}}

# ---------------------------------------------------------------- HTTP
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    log_message = lambda *args: None

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b""
            while n := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(n)
                self.rfile.readline()
            while self.rfile.readline().strip():    # trailers
                pass
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def serve(self):
        as_sent = dict(self.headers.items())
        headers = {k.lower(): v for k, v in as_sent.items()}
        if on("proto-header-case"):
            headers["x-tc-action"] = as_sent.get("X-TC-Action", "")
        if on("proto-body-unread") and headers.get("x-tc-action", "CreateGroup") not in PARAMS:
            content = {"Error": {"Code": "InvalidAction", "Message": "The request `Action` is invalid or not found."}}
        else:
            content = answer(self.command, self.path.partition("?")[2], headers, self.body())
        failed = "Error" in content
        if on("env-error-null") and not failed:
            content["Error"] = None
        if not (failed and on("env-reqid-missing")):
            content["RequestId"] = "00000000-0000-0000-0000-000000000000" if on("env-reqid-constant") else str(uuid.uuid4())
        text = json.dumps({"response" if on("env-lower") else "Response": content}, ensure_ascii=False)
        data = text.encode("gbk" if on("env-gbk") else "utf-8", "replace")
        self.send_response(400 if failed and on("code-status-400") else 200)
        self.send_header("Content-Type", "text/html" if on("env-html") else "application/json")
        self.send_header("Content-Length", str(len(text) if on("env-length-chars") else len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 64

def main():
    a = argparse.ArgumentParser()
    for name, usual in ("port", 0), ("clock", 0), ("secret-id", "id"), ("secret-key", "key"), ("mistake", ""):
        a.add_argument("--" + name, type=type(usual), default=usual)
    a.add_argument("--account", choices=["old", "mid", "new"], default="mid", help="when the account began (README)")
    a.add_argument("--list", action="store_true")
    a = a.parse_args()
    if a.list:
        return print("\n".join("%-22s %s" % (m["name"], m["done"]) for m in TABLE))
    for name in filter(None, a.mistake.split(",")):
        if name not in [m["name"] for m in TABLE]:
            sys.exit("unknown mistake: " + name)
        ACTIVE.update([name], COMBINED.get(name, ()))
    server = Server(("127.0.0.1", a.port), Handler)
    CONF.update(id=a.secret_id, key=a.secret_key, account=a.account, clock=a.clock,
                bind="127.0.0.1:%d" % server.server_port)
    print("http://127.0.0.1:%d" % server.server_port, flush=True)
    server.serve_forever()

if __name__ == "__main__":
    main()
