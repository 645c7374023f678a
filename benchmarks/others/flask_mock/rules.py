"""What values the parameters of a group may have.

Every check returns the code of what is wrong, or None.
"""

import re
from itertools import pairwise

from errors import ApiError
from mistakes import mistaken

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORDS = re.compile(f"[{HAN}A-Za-z0-9_-]*")
WORDS_WITHOUT_HYPHEN = re.compile(f"[{HAN}A-Za-z0-9_]*")
ANY_WORDS = re.compile(r"[\w-]*")
AT_LEAST_ONE_WORD = re.compile(f"[{HAN}A-Za-z0-9_-]+")
ID = re.compile(r"[A-Za-z0-9%@#&_-]*")
ID_WITH_RANGE = re.compile(r"[A-Za-z0-9_%-@#&]*")
ID_WITH_DIGITS = re.compile(r"[A-Za-z\d%@#&_-]*")
ID_WITHOUT_HASH = re.compile(r"[A-Za-z0-9%@&_-]*")
ID_WITH_LENGTH = re.compile(r"[A-Za-z0-9%@#&_-]{1,64}")

NAME_MAX = 60
ID_MAX = 64
TAG_MAX = 40
DESCRIPTION_MAX = 30
DESCRIPTIONS_MAX = 5
MODELS = ("2.0", "3.0")

_problems = []


def check_empty(parameters):
    names = ["GroupName", "GroupId"]
    if mistaken("empty-name-created"):
        names.remove("GroupName")
    for name in names:
        if parameters.get(name) == "":
            return "MissingParameter.ErrorParameterEmpty"
    return None


def check_name(parameters):
    if "GroupName" not in parameters:
        return None
    name = parameters["GroupName"]
    pattern = WORDS
    if mistaken("name-any-word-character"):
        pattern = ANY_WORDS
    if mistaken("name-hyphen-forgotten"):
        pattern = WORDS_WITHOUT_HYPHEN
    if mistaken("name-trimmed-before-check"):
        name = name.strip()
    if not pattern.fullmatch(name):
        return "InvalidParameterValue.GroupNameIllegal"
    length = len(name)
    if mistaken("name-length-in-bytes"):
        length = len(name.encode("utf-8"))
    if length > NAME_MAX:
        return "InvalidParameterValue.GroupNameTooLong"
    return None


def check_id(parameters):
    group_id = parameters["GroupId"]
    pattern = ID
    if mistaken("id-class-with-range"):
        pattern = ID_WITH_RANGE
    if mistaken("id-unicode-digits"):
        pattern = ID_WITH_DIGITS
    if mistaken("id-hash-forgotten"):
        pattern = ID_WITHOUT_HASH
    if mistaken("id-too-long-is-illegal"):
        pattern = ID_WITH_LENGTH
    if not pattern.fullmatch(group_id):
        return "InvalidParameterValue.GroupIdIllegal"
    length = len(group_id.encode("utf-8"))
    if length > ID_MAX or (mistaken("id-of-64-refused") and length >= ID_MAX):
        return "InvalidParameterValue.GroupIdTooLong"
    return None


def check_description(text):
    if mistaken("descriptions-empty-item-kept") and not text:
        return None
    if not AT_LEAST_ONE_WORD.fullmatch(text):
        return "InvalidParameterValue.GroupExDescriptionsNameIllegal"
    if len(text) > DESCRIPTION_MAX:
        return "InvalidParameterValue.GroupExDescriptionsNameTooLong"
    return None


def check_descriptions(parameters):
    descriptions = parameters.get("GroupExDescriptions")
    if descriptions is None:
        return None
    if mistaken("descriptions-fifth-refused"):
        too_many = len(descriptions) >= DESCRIPTIONS_MAX
    else:
        too_many = len(descriptions) > DESCRIPTIONS_MAX
    if too_many:
        return "InvalidParameterValue.GroupExDescriptionsExceed"
    if mistaken("empty-description-list-crashes"):
        longest = max(len(text) for text in descriptions)
        if longest > DESCRIPTION_MAX:
            return "InvalidParameterValue.GroupExDescriptionsNameTooLong"
    for text in descriptions:
        code = check_description(text)
        if code:
            return code
        if mistaken("descriptions-only-first-checked"):
            break
    if _repeats(descriptions):
        return "InvalidParameterValue.GroupExDescriptionsNameIdentical"
    return None


def _repeats(descriptions):
    if mistaken("descriptions-repeated"):
        return False
    if mistaken("descriptions-only-neighbours-compared"):
        return any(a == b for a, b in pairwise(descriptions))
    if mistaken("descriptions-compared-without-case"):
        descriptions = [text.lower() for text in descriptions]
    return len(set(descriptions)) < len(descriptions)


def check_tag(parameters):
    tag = parameters.get("Tag")
    if tag is None:
        return None
    pattern = AT_LEAST_ONE_WORD if mistaken("tag-empty-refused") else WORDS
    if not pattern.fullmatch(tag) and not mistaken("tag-alphabet-unchecked"):
        return "InvalidParameterValue.GroupTagIllegal"
    if len(tag) > TAG_MAX:
        return "InvalidParameterValue.GroupTagTooLong"
    return None


def check_model(parameters):
    model = parameters.get("FaceModelVersion")
    if model is None:
        return None
    if mistaken("model-compared-as-number"):
        try:
            known = float(model) in (2.0, 3.0)
        except ValueError:
            known = False
    else:
        known = model in MODELS
    return None if known else "InvalidParameterValue.FaceModelVersionIllegal"


BASIC = [check_empty, check_name, check_id]
OPTIONAL = [check_descriptions, check_tag, check_model]


def optional_checks(parameters):
    if mistaken("optional-checks-in-elif"):
        if "GroupExDescriptions" in parameters:
            return [check_descriptions]
        elif "Tag" in parameters:
            return [check_tag]
        elif "FaceModelVersion" in parameters:
            return [check_model]
    return OPTIONAL


def run(checks, parameters):
    problems = _problems if mistaken("problems-never-cleared") else []
    for check in checks:
        code = check(parameters)
        if code:
            problems.append(code)
    if problems:
        raise ApiError(problems[0])
