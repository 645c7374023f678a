"""The rules for the values: each function yields the codes of what is wrong."""
import itertools, re
from documented import IPV
from mistakes import on

ZH = "A-Za-z0-9_\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af-"   # Chinese and Latin letters, - _ digits

ID_RULE = {"id-class-range": "[A-Za-z0-9#-&@_%]+", "id-no-anchor": "[A-Za-z0-9%@#&_-]+.*",
           "id-newline": r"[A-Za-z0-9%@#&_-]+\n?", "id-isalnum": r"[\w%@#&-]+"}
NORMAL = "[%s]*" % ZH
TEXT_RULE = {"name-ascii": "[A-Za-z0-9_-]*", "name-class-A-z": "[%s]*" % ZH.replace("A-Za-z", "A-z"), "tag-unchecked": ".*"}

def illegal(s, what, rules, usual):
    rule = [r for n, r in rules.items() if on(n) and n.startswith(what)]
    return not re.fullmatch((rule or [usual])[0], s, re.S)

def size(s, unit_mistake):
    return len(s.encode("utf-8", "surrogatepass")) if on(unit_mistake) else len(s)

def errors_of_name(name):
    if name == "" and not on("name-empty-ok"):
        yield "MissingParameter.ErrorParameterEmpty"
    elif size(name, "name-bytes") > (59 if on("name-max-59") else 60) and not on("two-trim-cut"):
        yield IPV + "GroupNameTooLong"
    elif illegal(name, "name", TEXT_RULE, NORMAL):
        yield IPV + "GroupNameIllegal"

def errors_of_id(gid):
    if gid == "":
        yield "MissingParameter.ErrorParameterEmpty"
    elif len(gid.encode("utf-8", "surrogatepass")) > (65 if on("id-max-65") else 64):
        yield IPV + ("GroupNameTooLong" if on("code-name-for-id") else "GroupIdTooLong")
    elif illegal(gid, "id", ID_RULE, "[A-Za-z0-9%@#&_-]+"):
        yield ("InvalidParameter." if on("code-prefix") else IPV) + "GroupIdIllegal"

def errors_of_tag(tag):
    if tag == "" and on("tag-empty-refused"):
        yield "MissingParameter.ErrorParameterEmpty"
    elif size(tag, "tag-bytes") > 40:
        yield IPV + "GroupTagTooLong"
    elif illegal(tag, "tag", TEXT_RULE, NORMAL):
        yield IPV + "GroupTagIllegal"

def errors_of_descriptions(items):
    if len(items) >= (5 if on("desc-count-4") else 6):
        yield IPV + "GroupExDescriptionsExceed"
        return
    for d in items[:1] if on("desc-first-only") else ["".join(items)] if on("desc-len-total") and items else items:
        if len(d) > (31 if on("desc-max-31") else 30):
            yield IPV + "GroupExDescriptionsNameTooLong"
        elif illegal(d, "desc", TEXT_RULE, NORMAL) or (d == "" and not on("desc-empty-ok")):
            yield IPV + "GroupExDescriptionsNameIllegal"
    near = zip(items, items[1:]) if on("desc-adjacent") else itertools.combinations(items, 2)
    if any(a == b for a, b in near) and not on("two-dedupe"):
        yield IPV + "GroupExDescriptionsNameIdentical"

def errors_of_version(version, account):
    good = version in (("3.0",) if account == "new" else ("2.0", "3.0"))
    if on("version-numeric"):
        good = re.fullmatch(r"[23](\.0*)?", version)
    if not good and not (version == "" and on("version-empty-default")):
        yield IPV + "FaceModelVersionIllegal"
