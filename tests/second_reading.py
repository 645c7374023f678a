"""A second reading of the page, by hand and from its sentences alone: what may answer a CreateGroup request.

It imports nothing of the project, so that a misreading must be made twice to go unseen. A fault is a pair: the
codes that may answer it, and whether it is one for sure.
"""

import itertools
import unicodedata

PARAMETERS = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")
EMPTY, ILLEGAL = "MissingParameter.ErrorParameterEmpty", "InvalidParameter.InvalidParameter"  # 必选参数为空, 参数不合法
PUNCTUATION = "·–—‘’“”…、。〈〉《》「」『』【】〔〕（），：；！？～"  # the page doesn't say whether it is 中文
WRONG = object()  # in the place of a value that is refused already
DOUBTS = {  # the page is silent on what these mean; it is the same for all parameters
    "doubled": ("last", "first", "refused"), "null": ("absent", "wrong"), "null item": ("wrong", "", "dropped"),
    "text for list": ("wrong", "one item", "unknown"), "empty in a form": ("there", "absent"),
    "empty version": ("illegal", "absent"),
}  # fmt: skip


def codes(parameters, ids=(), names=(), deleted_ids=(), deleted_names=(), form=False):
    """The codes that may answer, with “OK 2.0” and “OK 3.0” for the versions that an acceptance may name."""
    pairs = list(parameters.items()) if isinstance(parameters, dict) else list(parameters)
    given = {name: [value for each, value in pairs if each == name] for name, _ in pairs}
    values, lists = [value for _, value in pairs], given.get("GroupExDescriptions", [])
    doubtful = (
        len(given) < len(pairs), None in values, any(isinstance(each, list) and None in each for each in lists),
        any(isinstance(each, str) for each in lists), form and "" in values, "" in given.get("FaceModelVersion", []),
    )  # fmt: skip
    allowed = set()
    for way in itertools.product(*(DOUBTS[each] if asked else [""] for each, asked in zip(DOUBTS, doubtful))):
        faults, meant = understand(given, dict(zip(DOUBTS, way)))
        faults += required("GroupName", meant, 60, names, deleted_names)  # [1,60]个字符
        faults += required("GroupId", meant, 64, ids, deleted_ids)  # 长度限制64B
        faults += text("GroupTag", meant.get("Tag", ""), 40)  # [0,40]个字符
        faults += descriptions(meant.get("GroupExDescriptions"))
        faults += version(meant.get("FaceModelVersion"))
        allowed = allowed.union(*(each for each, _ in faults))
        if not any(sure for _, sure in faults):
            # 2020年4月2日开始,默认为“3.0”,之前使用过本接口的账号若未填写本参数默认为“2.0”
            allowed |= {f"OK {each}" for each in ([meant["FaceModelVersion"]] if "FaceModelVersion" in meant else ("2.0", "3.0"))}
    return allowed


def understand(given, way):
    """The faults in the shape of a request, and what its parameters mean then; the absent ones aren't there."""
    faults, meant = [], {}
    for name, values in given.items():
        value = values[0] if way["doubled"] == "first" else values[-1]
        listed = name == "GroupExDescriptions"
        if name not in PARAMETERS:
            faults.append(({"UnknownParameter"}, False))  # 用户多传未定义的参数会导致错误: the platform says so, not the page
        elif len(values) > 1 and way["doubled"] == "refused":
            faults.append(({"InvalidParameter"}, True))
            meant[name] = WRONG
        elif (value is None and way["null"] == "absent") or (value == "" and way["empty in a form"] == "absent"):
            continue
        elif name == "FaceModelVersion" and value == "" and way["empty version"] == "absent":  # 若未填写本参数
            continue
        elif listed and isinstance(value, str) and way["text for list"] == "unknown":
            faults.append(({"UnknownParameter"}, True))
        elif listed and isinstance(value, str) and way["text for list"] == "one item":
            meant[name] = [value]
        elif isinstance(value, list if listed else str):
            meant[name] = [way["null item"] if each is None else each for each in value ] # TODO
        else:
            faults.append(({"InvalidParameter", "InvalidParameterValue", ILLEGAL}, True))
            meant[name] = WRONG
    return faults, meant


def required(name, meant, most, used, deleted):
    """The faults of GroupName or GroupId."""
    value, code = meant.get(name), f"InvalidParameterValue.{name}"
    if value is None:  # 必选: 是
        return [({"MissingParameter", EMPTY, ILLEGAL}, True)]
    if value is WRONG:
        return []
    faults = text(name, value, most)
    if value.strip() == "":
        faults.append(({"MissingParameter", EMPTY, ILLEGAL, code + "Illegal", "InvalidParameterValue"}, value == ""))
    if value in used:  # 不可重复
        faults.append(({code + "AlreadyExist"}, True))
    elif value in deleted:  # 当前组正处于删除状态,请等待
        faults.append(({code + "AlreadyExist", "FailedOperation.GroupInDeletedState"}, False))
    elif value.casefold() in {each.casefold() for each in used}:
        faults.append(({code + "AlreadyExist"}, False))
    elif value.casefold() in {each.casefold() for each in deleted}:
        faults.append(({code + "AlreadyExist", "FailedOperation.GroupInDeletedState"}, False))
    return faults


def text(name, value, most):
    """The faults in the length and the characters of a text."""
    if value is WRONG:
        return []
    code, faults, is_id = f"InvalidParameterValue.{name}", [], name == "GroupId"
    size = len(value.encode("utf-8", "surrogatepass")) if is_id else len(value)
    units = 0 if is_id else len(value.encode("utf-16-le", "surrogatepass")) // 2
    if max(size, units) > most:  # is one 字符 outside the basic plane one or two?
        faults.append(({code + "TooLong"}, size > most))
    for each in set(value):
        if unicodedata.category(each) == "Cs":
            faults.append(({code + "Illegal", "InvalidParameter", ILLEGAL}, True))
        elif is_id or each.isascii():  # 英文、数字、-%@#&_ and 中英文、-、_、数字
            if not (each.isascii() and each.isalnum()) and each not in ("-%@#&_" if is_id else "-_"):
                faults.append(({code + "Illegal"}, True))
        elif not "\u4e00" <= each <= "\u9fff":
            faults.append(({code + "Illegal"}, not may_be_meant(each)))
    return faults


def may_be_meant(character):
    """Whether 中英文 and 数字 can be taken to mean a character besides ASCII and the main block of Han."""
    return (unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "Cn"
            or unicodedata.name(character, "").startswith(("CJK", "KANGXI")) or character in PUNCTUATION)  # fmt: skip


def descriptions(items):
    """The faults of the descriptions."""
    if items is None or items is WRONG:
        return []
    faults = [({"InvalidParameterValue", "InvalidParameter"}, False)] if items == [] else []
    if len(items) > 5:  # 最多可以创建5个
        faults.append(({"InvalidParameterValue.GroupExDescriptionsExceed"}, True))
    ...
