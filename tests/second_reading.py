"""A second reading of the page, by hand and from its sentences alone: what may answer a CreateGroup request.

It imports nothing of the project, so that a misreading must be made twice to go unseen. A fault is a pair: the
codes that may answer it, and whether it surely is one.
"""

import itertools
import unicodedata
from enum import Enum

VALUE, PAGE = "InvalidParameterValue", "InvalidParameter.InvalidParameter"  # 参数不合法
EMPTY = "MissingParameter.ErrorParameterEmpty"  # 必选参数为空
PARAMETERS = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")
PUNCTUATION = "·–—‘’“”…、。〈〉《》「」『』【】〔〕（），：；！？～"  # noqa: RUF001 -- the page doesn't say whether it is 中文
RADICALS = ("CJK RADICAL", "CJK STROKE", "KANGXI RADICAL")


class Not(Enum):
    """What stands for a value that is neither text nor list, with the codes that answer it."""

    ABSENT = ()
    MISTYPED = ("InvalidParameter", VALUE, PAGE)
    UNKNOWN = ("UnknownParameter",)
    DOUBLED = ("InvalidParameter", PAGE, VALUE, "InvalidRequest", "MissingParameter")  # or no JSON at all


def codes(parameters, used=((), ()), gone=((), ()), *, form=False):
    """The codes that may answer, with “OK 2.0” and “OK 3.0” for the versions that an acceptance may name.

    The ids and the names that groups have, and those that deleted groups had, come in pairs.
    """
    pairs = list(parameters.items() if isinstance(parameters, dict) else parameters)
    given = {name: [value for each, value in pairs if each == name] for name, _ in pairs}
    lists = given.get("GroupExDescriptions", [])
    doubts = (  # the page is silent on what these mean
        ["last", "first", Not.DOUBLED] if len(given) < len(pairs) else [""],
        [Not.ABSENT, Not.MISTYPED] if any(value is None for _, value in pairs) else [""],
        [Not.ABSENT, Not.MISTYPED, ""] if any(isinstance(each, list) and None in each for each in lists) else [""],
        [Not.MISTYPED, Not.UNKNOWN, "one item"] if any(isinstance(each, str) for each in lists) else [""],
        [Not.ABSENT, ""] if form and any(value == "" for _, value in pairs) else [""],
        [Not.ABSENT, ""] if "" in given.get("FaceModelVersion", []) else [""],
    )
    allowed = {"UnknownParameter"} if set(given) - set(PARAMETERS) else set()  # so the platform, but not the page
    for way in itertools.product(*doubts):
        meant = [meaning(each, given.get(each, [Not.ABSENT]), way) for each in PARAMETERS]
        name, group_id, items, tag, version = meant
        faults = [
            ({*each.value}, True)
            for each in (*meant, *(items if isinstance(items, list) else []))
            if isinstance(each, Not) and each.value
        ]
        faults += [({"MissingParameter", EMPTY, PAGE}, True) for each in (name, group_id) if each is Not.ABSENT]  # 必选
        faults += text(name, "GroupName", 60) + text(group_id, "GroupId", 64)  # [1,60]个字符, 长度限制64B
        faults += taken(name, "GroupName", used[1], gone[1]) + taken(group_id, "GroupId", used[0], gone[0])
        faults += descriptions(items) + text(tag, "GroupTag", 40)  # [0,40]个字符
        if version == "2.0":  # 2020年11月26日后开通服务的账号仅支持输入“3.0”
            faults.append(({f"{VALUE}.FaceModelVersionIllegal", PAGE, "UnsupportedOperation"}, False))
        elif version not in {"3.0", Not.ABSENT, Not.DOUBLED}:  # 目前入参支持 “2.0”和“3.0“ 两个输入
            faults.append(({f"{VALUE}.FaceModelVersionIllegal", *([] if version else [EMPTY])}, True))
        allowed = allowed.union(*(each for each, _ in faults))
        if not any(surely for _, surely in faults):  # 默认为“3.0”, 之前使用过本接口的账号默认为“2.0”
            allowed |= {"OK 2.0", "OK 3.0"} if version is Not.ABSENT else {f"OK {version}"}
    return allowed


def meaning(name, values, way):
    """What the values of a parameter mean under one way to take what is doubtful."""
    doubled, null, null_item, text_for_list, empty_in_form, empty_version = way
    value = values[0 if doubled == "first" else -1]
    if len(values) > 1 and doubled is Not.DOUBLED:
        return doubled
    if value is None:
        return null
    if value == "" and Not.ABSENT in {empty_in_form, empty_version if name == "FaceModelVersion" else ""}:
        return Not.ABSENT
    if name == "GroupExDescriptions" and isinstance(value, str):
        return [value] if text_for_list == "one item" else text_for_list
    if name == "GroupExDescriptions" and isinstance(value, list):
        items = [null_item if each is None else each if isinstance(each, str) else Not.MISTYPED for each in value]
        return [each for each in items if each is not Not.ABSENT]
    return value if isinstance(value, str | Not) else Not.MISTYPED


def text(value, name, most):
    """The faults in the length and in the characters of a text."""
    if not isinstance(value, str):
        return []
    illegal, is_id, faults = f"{VALUE}.{name}Illegal", name == "GroupId", []
    if name in {"GroupName", "GroupId"} and value.strip() == "":  # 必选参数为空: nothing, or nothing but blanks?
        faults.append(({EMPTY, "MissingParameter", illegal, VALUE, PAGE}, value == ""))
    size = len(value.encode("utf-8", "surrogatepass")) if is_id else len(value)
    if max(size, 0 if is_id else len(value.encode("utf-16-le", "surrogatepass")) // 2) > most:  # what is one 字符?
        faults.append(({f"{VALUE}.{name}TooLong"}, size > most))
    for each in set(value) - set("-%@#&_" if is_id else "-_"):  # 英文、数字、-%@#&_ or 中英文、-、_、数字
        kind = unicodedata.category(each)
        letter = kind[0] in "LN" or kind == "Cn" or unicodedata.name(each, "").startswith(RADICALS)
        if kind == "Cs":
            faults.append(({illegal, "InvalidParameter", PAGE}, True))
        elif "\u9fa5" < each <= "\u9fff":  # 中文 of later tables
            faults.append(({illegal}, is_id))
        elif not (each.isalnum() if each.isascii() else not is_id and "\u4e00" <= each <= "\u9fa5"):
            faults.append(({illegal}, each.isascii() or is_id or not (letter or each in PUNCTUATION)))
    return faults


def taken(value, name, used, gone):
    """The faults of an id or name that another group has, or that a deleted group had."""
    if not isinstance(value, str) or value == "":
        return []
    exists = f"{VALUE}.{name}AlreadyExist"
    if value in used:  # 不可重复
        return [({exists}, True)]
    alike = {each for each in (*used, *gone) if each.casefold() == value.casefold()}  # are x and X the same?
    going = {"FailedOperation.GroupInDeletedState"} if alike & set(gone) else set()  # 当前组正处于删除状态,请等待
    return [({exists, *going}, False)] if alike else []


def descriptions(items):
    """The faults of a list of descriptions."""
    if not isinstance(items, list):
        return []
    kind, texts = f"{VALUE}.GroupExDescriptions", [each for each in items if isinstance(each, str)]
    faults = [({f"{kind}Exceed"}, True)] if len(items) > 5 else []  # 最多可以创建5个
    faults += [({VALUE, "InvalidParameter", PAGE}, False)] if items == [] else []
    if "" in texts:  # [1,30]个字符
        faults.append(({f"{kind}NameIllegal", f"{kind}NameTooLong", EMPTY, "InvalidParameter", PAGE, VALUE}, True))
    if len({each.casefold() for each in texts}) < len(texts):  # 不可重复
        twice = {f"{kind}NameIdentical", "FailedOperation.DuplicatedGroupDescription"}
        faults.append((twice, len(set(texts)) < len(texts)))
    return faults + [fault for each in texts for fault in text(each, "GroupExDescriptionsName", 30)]
