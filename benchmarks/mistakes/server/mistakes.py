"""The table of mistakes.  Each entry: name, group, done (what was done), quote (the sentence it breaks), param, rule,
steps (the smallest requests: action, parameters, how), right (what the last step should answer), sure, args (of the server)."""

COMBINED = {  # two mistakes at once, made out of single ones
    "two-400-nocode": ("code-status-400", "code-message-only"), "two-noexpire-nokey": ("sig-no-expire", "sig-key-unchecked"),
    "two-trim-upsert": ("name-trim", "uniq-upsert"), "two-wrap-first": ("desc-string-wrapped", "desc-first-only")}
TABLE = []
ACTIVE = set()      # what is switched on
IPV, OK3 = "InvalidParameterValue.", 'ok {"FaceModelVersion":"3.0"}'


def on(*names):
    return not ACTIVE.isdisjoint(names)


def C(how=None, **p):       # CreateGroup with sane defaults; a value of ... leaves the parameter out
    p = {"GroupName": "n", "GroupId": "i", **p}
    return ("CreateGroup", {k: v for k, v in p.items() if v is not ...}, how or {})


def INFO(gid="i"):
    return ("GetGroupInfo", {"GroupId": gid}, {})


def M(name, done, quote, param, rule, steps, right, sure=True, args=()):
    TABLE.append(dict(name=name, group=name.split("-")[0], done=done, quote=quote, param=param, rule=rule,
                      steps=steps, right=right, sure=sure, args=list(args)))


NAME, ID = "人员库名称,[1,60]个字符,可修改,不可重复。", "人员库 ID,不可修改,不可重复。支持英文、数字、-%@#&_,长度限制64B。"
NAME_SET, TAG_SET = "人员库名称只支持中英文、-、_、数字。", "人员库备注只支持中英文、-、_、数字。"
ID_SET = "人员库ID只支持英文、数字、-%@#&_。"
TAG = "人员库信息备注,[0,40]个字符。"
DESC_N, DESC_1, DESC_U = "最多可以创建5个。", "每个自定义描述字段支持[1,30]个字符。", "在同一人员库中自定义描述字段不可重复。"
DESC_T = "GroupExDescriptions.N | 否 | Array of String"
DESC_SET = "人员库自定义描述字段名称只支持中英文、-、_、数字。"
VER = "目前入参支持 “2.0”和“3.0“ 两个输入。"
D = "GroupExDescriptions"
P = "(API 3.0) "

# ------------------------------------------------------------ validation
M("name-max-59", "`len(name) < 60` for `<= 60`", NAME, "GroupName", "length, upper end", [C(GroupName="a" * 60)], OK3)
M("name-bytes", "length of the UTF-8 bytes instead of characters", NAME, "GroupName", "length in characters", [C(GroupName="库" * 21)], OK3)
M("name-ascii", "`[\\w-]` with re.ASCII: Chinese refused", NAME_SET, "GroupName", "charset: Chinese", [C(GroupName="库")], OK3)
M("name-class-A-z", "`[A-z0-9…]`: lets ``[\\]^` `` pass", NAME_SET, "GroupName", "charset", [C(GroupName="a^b")], IPV + "GroupNameIllegal")
M("name-trim", "name is stripped before the checks (and stored stripped)", NAME_SET, "GroupName", "charset: blank", [C(GroupName=" n")], IPV + "GroupNameIllegal")
M("name-empty-ok", "lower end of the length not checked", NAME, "GroupName", "length, lower end / empty", [C(GroupName="")], "MissingParameter.ErrorParameterEmpty")
M("id-max-65", "`> 65` for `> 64`", ID, "GroupId", "length, upper end", [C(GroupId="a" * 65)], IPV + "GroupIdTooLong")
M("id-class-range", "unescaped `-` in the class: `[A-Za-z0-9#-&@_%]` is a range", ID, "GroupId", "charset: -", [C(GroupId="a-b")], OK3)
M("id-no-anchor", "re.match without an end anchor", ID_SET, "GroupId", "charset, whole value", [C(GroupId="a b")], IPV + "GroupIdIllegal")
M("id-newline", "re.match with `^…$` instead of fullmatch: trailing newline passes", ID_SET, "GroupId", "charset: newline", [C(GroupId="a\n")], IPV + "GroupIdIllegal")
M("id-isalnum", "str.isalnum() for “letters and digits”: every script passes", ID_SET, "GroupId", "charset: Chinese", [C(GroupId="库")], IPV + "GroupIdIllegal")
M("id-coerced", "str(GroupId): a JSON number is taken", "GroupId | 是 | String", "GroupId", "type", [C(GroupId=123)], "InvalidParameter")
M("tag-bytes", "length of the UTF-8 bytes instead of characters", TAG, "Tag", "length in characters", [C(Tag="库" * 14)], OK3)
M("tag-empty-refused", "an empty Tag is called an empty parameter", TAG, "Tag", "length, lower end", [C(Tag="")], OK3)
M("tag-unchecked", "only the length of Tag is checked", TAG_SET, "Tag", "charset", [C(Tag="a b")], IPV + "GroupTagIllegal")
M("tag-falsy-absent", "`if not tag`: 0, false, [] count as absent", "Tag | 否 | String", "Tag", "type", [C(Tag=0)], "InvalidParameter")
M("desc-count-4", "`len(list) < 5` for `<= 5`", DESC_N, D, "count, upper end", [C(GroupExDescriptions=list("abcde"))], OK3)
M("desc-max-31", "`> 31` for `> 30`", DESC_1, D, "item length, upper end", [C(GroupExDescriptions=["a" * 31])], IPV + "GroupExDescriptionsNameTooLong")
M("desc-empty-ok", "empty items pass", DESC_1, D, "item length, lower end", [C(GroupExDescriptions=[""])], IPV + "GroupExDescriptionsNameIllegal", False)
M("desc-first-only", "only the first item is checked", DESC_SET, D, "item charset, every item", [C(GroupExDescriptions=["a", "b c"])], IPV + "GroupExDescriptionsNameIllegal")
M("desc-len-total", "the 30 characters are counted over all items together", DESC_1, D, "item length, each", [C(GroupExDescriptions=["a" * 30, "b"])], OK3)
M("desc-adjacent", "only neighbours are compared", DESC_U, D, "items unique", [C(GroupExDescriptions=["a", "b", "a"])], IPV + "GroupExDescriptionsNameIdentical")
M("desc-string-wrapped", "a string is wrapped into a list", DESC_T, D, "type", [C(GroupExDescriptions="a")], "InvalidParameter")
M("desc-json-string", "a string with JSON in it is parsed", DESC_T, D, "type", [C(GroupExDescriptions='["a"]')], "InvalidParameter")
M("version-numeric", "compared as a number: “3” passes", VER, "FaceModelVersion", "enumeration", [C(FaceModelVersion="3")], IPV + "FaceModelVersionIllegal")
M("version-empty-default", "`version or default`: “” counts as absent", VER, "FaceModelVersion", "enumeration: empty", [C(FaceModelVersion="")], IPV + "FaceModelVersionIllegal", False)
# ------------------------------------------------------------ codes
M("code-name-for-id", "copy and paste: the name's code for a long id", "InvalidParameterValue.GroupIdTooLong | 人员库ID超出长度限制。", "GroupId", "code of the length", [C(GroupId="a" * 65)], IPV + "GroupIdTooLong")
M("code-prefix", "`InvalidParameter.` for `InvalidParameterValue.`", "InvalidParameterValue.GroupIdIllegal | 人员库ID包含非法字符。", "GroupId", "code of the charset", [C(GroupId="a b")], IPV + "GroupIdIllegal")
M("code-person", "the neighbour's code, PersonIdAlreadyExist", "示例1: \"Code\": \"InvalidParameterValue.GroupIdAlreadyExist\"", "GroupId", "code of the duplicate", [C(), C(GroupName="m")], IPV + "GroupIdAlreadyExist")
M("code-plural-s", "`GroupNameAlreadyExists` with an s", "InvalidParameterValue.GroupNameAlreadyExist", "GroupName", "code of the duplicate", [C(), C(GroupId="j")], IPV + "GroupNameAlreadyExist")
M("code-absent-illegal", "an absent name is matched as “” and called illegal", "GroupName | 是", "GroupName", "required, code", [C(GroupName=...)], "MissingParameter")
M("code-status-400", "HTTP 400 with an error", P + "目前只要请求被服务端正常处理了，响应的 HTTP 状态码均为200。", "(response)", "HTTP status", [C(GroupId="a b")], IPV + "GroupIdIllegal")
M("code-message-only", "Error has a Message only", "\"Error\": { \"Code\": …, \"Message\": … }", "(response)", "Error.Code present", [C(GroupId="a b")], IPV + "GroupIdIllegal")
# ------------------------------------------------------------ uniqueness
M("uniq-id-fold", "ids are compared case-folded", ID, "GroupId", "unique, exact", [C(GroupId="A"), C(GroupId="a", GroupName="m")], OK3, False)
M("uniq-name-unchecked", "only the id is looked up", NAME, "GroupName", "unique", [C(), C(GroupId="j")], IPV + "GroupNameAlreadyExist")
M("uniq-region", "one store per region", "人员库 ID,不可修改,不可重复。", "GroupId (Region)", "unique in the account", [C(), C({"region": "ap-shanghai"})], IPV + "GroupIdAlreadyExist", False)
M("uniq-reserve-early", "the id is reserved before the other checks and stays so after a refusal", ID, "GroupId", "refused call leaves no trace", [C(Tag="a b"), C()], OK3)
M("uniq-never-freed", "DeleteGroup does not free the name", NAME, "GroupName", "free after DeleteGroup", [C(), ("DeleteGroup", {"GroupId": "i"}, {}), C(GroupId="j")], OK3)
M("uniq-rename-keeps-old", "ModifyGroup does not free the old name", NAME, "GroupName", "free after a rename", [C(), ("ModifyGroup", {"GroupId": "i", "GroupName": "m"}, {}), C(GroupId="j")], OK3)
M("uniq-freed-early", "the clean-up after a refused duplicate deletes the first group", ID, "GroupId", "unique, every time", [C(), C(), C()], IPV + "GroupIdAlreadyExist")
M("uniq-upsert", "a second create overwrites", "如果人员库已存在返回错误。", "GroupId", "unique", [C(), C()], IPV + "GroupIdAlreadyExist")
M("uniq-modify-unchecked", "ModifyGroup may take another group's name", NAME, "GroupName", "unique after a rename", [C(), C(GroupId="j", GroupName="m"), ("ModifyGroup", {"GroupId": "j", "GroupName": "n"}, {})], IPV + "GroupNameAlreadyExist")
# ------------------------------------------------------------ storing
M("store-name-cut", "name cut to a column of 30", NAME, "GroupName", "stored whole", [C(GroupName="a" * 31), INFO()], '"GroupName":"%s"' % ("a" * 31))
M("store-id-lower", "id stored in lower case", "示例值:TencentShenZhenEmployee", "GroupId", "stored as given", [C(GroupId="Ab"), INFO("Ab")], '"GroupId":"Ab"')
M("store-order", "descriptions kept in a set, sorted on reading", "[\"学号\",\"工号\",\"手机号\"]", D, "order kept", [C(GroupExDescriptions=["b", "a"]), INFO()], '["b","a"]', False)
M("store-desc-last-lost", "fence post: the last description is lost", "该人员库下所有人员将拥有名为“学号”、“工号”、“手机号”的描述字段", D, "all stored", [C(GroupExDescriptions=["a"]), INFO()], '["a"]')
M("store-shared-list", "mutable default argument: descriptions leak into the next group", DESC_N, D, "per group", [C(GroupExDescriptions=["a"]), C(GroupId="j", GroupName="m"), INFO("j")], '"GroupExDescriptions":[]')
M("store-tag-lost", "Tag is checked but not stored", TAG, "Tag", "stored", [C(Tag="t"), INFO()], '"Tag":"t"')
M("store-default-2", "default version “2.0”", "2020年4月2日开始,默认为“3.0”", "FaceModelVersion", "default", [C()], OK3)
M("store-version-fixed", "the answer always says “3.0”", "FaceModelVersion | String | 人脸识别所用的算法模型版本。", "FaceModelVersion", "echoed", [C(FaceModelVersion="2.0")], 'ok {"FaceModelVersion":"2.0"}')
# ------------------------------------------------------------ envelope
M("env-reqid-missing", "no RequestId in errors", "RequestId … 每次请求都会返回", "RequestId", "present on errors", [C(GroupId="")], "MissingParameter.ErrorParameterEmpty")
M("env-reqid-constant", "a constant RequestId", "唯一请求 ID,由服务端生成", "RequestId", "unique", [C(), C()], IPV + "GroupIdAlreadyExist")
M("env-error-beside", "result fields beside Error", "示例1: Response has Error and RequestId only", "(response)", "Error alone", [C(GroupId="")], "MissingParameter.ErrorParameterEmpty")
M("env-error-null", "`\"Error\": null` in successes", "示例3: Response has FaceModelVersion and RequestId only", "(response)", "no Error on success", [C()], OK3)
M("env-html", "Content-Type text/html (the framework's default)", P + "Content-Type: application/json", "(response)", "content type", [C()], OK3)
M("env-gbk", "body in GBK", P + "UTF-8", "(response)", "charset", [C(GroupId="a b")], IPV + "GroupIdIllegal")
M("env-lower", "`response` for `Response`", "示例: { \"Response\": { …", "(response)", "envelope name", [C()], OK3)
M("env-version-number", "the version as a JSON number", "FaceModelVersion | String", "FaceModelVersion", "type in the answer", [C()], OK3)
M("env-number-string", "numbers as strings in GetGroupInfo", P + "CreationTimestamp: uint64", "CreationTimestamp", "type in the answer", [C(), INFO()], '"CreationTimestamp":"int"')
M("env-length-chars", "Content-Length counts characters, the body is UTF-8", P + "HTTP: Content-Length in bytes", "(response)", "whole body arrives", [C(GroupId="a b")], IPV + "GroupIdIllegal")
# ------------------------------------------------------------ protocol
M("proto-action-query", "Action is read from the query only", P + "X-TC-Action (v3: header)", "Action", "taken from the header", [C()], OK3)
M("proto-header-case", "header names compared with their case", P + "HTTP: header names have no case", "X-TC-Action", "header in any case", [C({"lower": True})], OK3)
M("proto-form-ignored", "the body of a form is not read", P + "POST application/x-www-form-urlencoded (must use v1)", "(request)", "form body", [C({"via": "form"})], OK3)
M("proto-form-latin1", "form decoded as Latin-1", P + "UTF-8", "(request)", "form charset", [C({"via": "form"}, GroupName="库")], OK3)
M("proto-get-refused", "only POST", P + "只支持 GET 和 POST 请求", "(request)", "GET", [C({"via": "get"})], OK3)
M("proto-unknown-ignored", "unknown parameters ignored", P + "用户多传未定义的参数会导致错误", "(any)", "unknown parameter", [C(Foo="x")], "UnknownParameter")
M("proto-version-ignored", "Version is not looked at", "Version … 本接口取值:2020-03-03。", "Version", "value", [C({"version": "2019-01-01"})], "NoSuchVersion")
M("proto-region-optional", "Region is not required", "Region | 是", "Region", "required", [C({"region": None})], "MissingParameter")
M("proto-flat-from-1", "`.N` counted from 1: item 0 is dropped", "示例3: GroupExDescriptions.0=事业群", D, "index 0", [C({"via": "form"}, GroupExDescriptions=["a"]), INFO()], '["a"]')
M("proto-flat-arrival", "`.N` in order of arrival instead of index", "GroupExDescriptions.N", D, "index gives the order", [C({"via": "form", "reverse": True}, GroupExDescriptions=["a", "b"]), INFO()], '["a","b"]', False)
M("proto-type-exact", "`application/json; charset=utf-8` refused", P + "signature example sends `application/json; charset=utf-8`", "Content-Type", "parameter of the media type", [C({"type": "application/json; charset=utf-8"})], OK3)
M("proto-body-unread", "early refusal without reading the body: the rest spoils the next request on the connection", P + "HTTP/1.1 keep-alive", "(connection)", "keep-alive after an error", [("NoSuch", {"GroupId": "i"}, {}), C()], OK3)
# ------------------------------------------------------------ signature
M("sig-host-bind", "signs its own address instead of the Host header", P + "canonical headers: host as sent", "Authorization", "host", [C({"host": "iai.tencentcloudapi.com"})], OK3)
M("sig-no-expire", "the timestamp is not looked at", P + "签名过期。相差不得超过五分钟", "X-TC-Timestamp", "five minutes", [C({"late": 3600})], "AuthFailure.SignatureExpire")
M("sig-future-ok", "only the past is checked", P + "相差不得超过五分钟", "X-TC-Timestamp", "five minutes, both ways", [C({"late": -3600})], "AuthFailure.SignatureExpire")
M("sig-scope-date", "the date of the scope is not compared with the timestamp", P + "scope date = UTC date of X-TC-Timestamp", "Authorization", "date", [C({"date": "2020-01-01"})], "AuthFailure.SignatureFailure", False)
M("sig-date-local", "scope date computed in UTC+8 (shows from 16 to 24 h UTC only)", P + "scope date = UTC date of X-TC-Timestamp", "Authorization", "date in UTC", [C({"at": 1800043200 + 72000 - 1800043200 % 86400})], OK3, True, ["--clock", "@"])
M("sig-body-reserialised", "hash of the body parsed and dumped again", P + "sha256(payload) of the bytes sent", "Authorization", "payload as sent", [C({"raw": '{"GroupName":"n","GroupId":"i"}'})], OK3)
M("sig-body-trusted", "the hash in X-TC-Content-SHA256 is believed", P + "sha256(payload)", "Authorization", "payload signed", [C({"sent": '{"GroupName": "n", "GroupId": "z"}', "hash_header": True})], "AuthFailure.SignatureFailure")
M("sig-unchecked", "only the form of Authorization is checked", P + "AuthFailure.SignatureFailure 签名错误", "Authorization", "signature", [C({"key": "wrong"})], "AuthFailure.SignatureFailure")
M("sig-headers-fixed", "SignedHeaders ignored, always content-type;host", P + "SignedHeaders: \"content-type;host[;…]\"", "Authorization", "signed headers", [C({"signed": ["x-tc-action"]})], OK3)
M("sig-key-unchecked", "the SecretId is not compared", P + "AuthFailure.SecretIdNotFound 密钥不存在", "SecretId", "known key", [C({"id": "nobody"})], "AuthFailure.SecretIdNotFound")
M("sig-token-ignored", "X-TC-Token is not looked at", P + "AuthFailure.TokenFailure token 错误", "X-TC-Token", "token of the key", [C({"token": "bad"})], "AuthFailure.TokenFailure")
M("sig-v1-sha1-only", "SignatureMethod ignored", P + "only HmacSHA256 selects SHA256", "SignatureMethod", "HmacSHA256", [C({"via": "form", "algo": "HmacSHA256"})], OK3)
M("sig-v1-encoded", "v1 text to sign with URL-encoded values", P + "values are not URL-encoded in the text to sign", "Signature", "text to sign", [C({"via": "form"}, GroupName="库")], OK3)
# ------------------------------------------------------------ two things together
M("two-trim-cut", "name stripped, then cut to 60 instead of refused", NAME, "GroupName", "length, upper end (and charset)", [C(GroupName="a" * 61)], IPV + "GroupNameTooLong")
M("two-dedupe", "duplicate descriptions dropped silently, order lost", DESC_U, D, "items unique (and order)", [C(GroupExDescriptions=["a", "a"])], IPV + "GroupExDescriptionsNameIdentical")
M("two-400-nocode", "HTTP 400 and a Message only", P + "响应的 HTTP 状态码均为200", "(response)", "HTTP status and Error.Code", [C(GroupId="a b")], IPV + "GroupIdIllegal")
M("two-noexpire-nokey", "neither timestamp nor SecretId is checked", P + "相差不得超过五分钟", "X-TC-Timestamp, SecretId", "five minutes; known key", [C({"late": 3600, "id": "nobody"})], "AuthFailure.S")
M("two-trim-upsert", "name stripped and a second create overwrites", "如果人员库已存在返回错误。", "GroupName, GroupId", "charset; unique", [C(), C(GroupName="n ")], IPV + "GroupNameIllegal")
M("two-wrap-first", "a string is wrapped into a list; only the first item checked", DESC_T, D, "type; every item", [C(GroupExDescriptions="a"), C(GroupId="j", GroupName="m", GroupExDescriptions=["a", "b c"])], IPV + "GroupExDescriptionsNameIllegal")
M("join-tag-lost", "Tag is lost only if there are descriptions too", TAG, "Tag (with GroupExDescriptions)", "stored", [C(Tag="t", GroupExDescriptions=["a"]), INFO()], '"Tag":"t"')
M("join-form-lengths", "the form's own code path has no length checks", NAME, "GroupName (in a form)", "length, upper end", [C({"via": "form"}, GroupName="a" * 61)], IPV + "GroupNameTooLong")
M("join-uniq-version", "names compared only among groups of the same version", NAME, "GroupName (with FaceModelVersion)", "unique", [C(FaceModelVersion="2.0"), C(GroupId="j")], IPV + "GroupNameAlreadyExist")
M("join-name-is-id", "a name equal to its id is called a duplicate", NAME, "GroupName (with GroupId)", "unique among names", [C(GroupName="x", GroupId="x")], OK3)
M("join-revive", "create after delete revives the old row with its Tag", "用于创建一个空的人员库", "Tag (after DeleteGroup)", "nothing left over", [C(Tag="t"), ("DeleteGroup", {"GroupId": "i"}, {}), C(), INFO()], '"Tag":""')
M("join-error-list", "with two broken parameters Error is a list", "\"Error\": { \"Code\": …, \"Message\": … }", "(response)", "Error is one object", [C(GroupId="a b", Tag="a b")], IPV)
