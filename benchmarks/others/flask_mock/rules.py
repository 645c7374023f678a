"""What values the parameters of a group may have.

Every check returns the code of what is wrong, or None.
"""

import re
import unicodedata
from itertools import pairwise
from urllib.parse import quote

from errors import ApiError
from mistakes import mistaken

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORDS = re.compile(f"[{HAN}A-Za-z0-9_-]*")
WORDS_WITHOUT_HYPHEN = re.compile(f"[{HAN}A-Za-z0-9_]*")
ANY_WORDS = re.compile(r"[\w-]*")
WORDS_WITH_RANGE = re.compile(f"[{HAN}A-z0-9_-]*")
LETTER_FIRST = re.compile(f"[{HAN}A-Za-z][{HAN}A-Za-z0-9_-]*")
AT_LEAST_ONE_WORD = re.compile(f"[{HAN}A-Za-z0-9_-]+")
ID = re.compile(r"[A-Za-z0-9%@#&_-]*")
ID_WITH_RANGE = re.compile(r"[A-Za-z0-9_%-@#&]*")
ID_WITH_DIGITS = re.compile(r"[A-Za-z\d%@#&_-]*")
ID_WITHOUT_HASH = re.compile(r"[A-Za-z0-9%@&_-]*")
ID_WITH_BACKSLASH = re.compile(r"[A-Za-z0-9%@#&_\\-]*")
ID_OF_ANY_CASE = re.compile(r"[a-z0-9%@#&_-]*", re.IGNORECASE)
ID_LINE = re.compile(r"^[A-Za-z0-9%@#&_-]*$")
ID_WITH_LENGTH = re.compile(r"[A-Za-z0-9%@#&_-]{1,64}")

NAME_MAX = 60
ID_MAX = 64
TAG_MAX = 40
DESCRIPTION_MAX = 30
DESCRIPTIONS_MAX = 5
MODELS = ("2.0", "3.0")
MODEL = re.compile("[23].0")

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
    if mistaken("name-range-from-upper-to-lower"):
        pattern = WORDS_WITH_RANGE
    if mistaken("name-begins-with-letter"):
        pattern = LETTER_FIRST
    if mistaken("name-normalised-before-check"):
        name = unicodedata.normalize("NFKC", name)
    if mistaken("name-cut-to-sixty"):
        parameters["GroupName"] = name = name[:NAME_MAX]
    if not pattern.fullmatch(name):
        return "InvalidParameterValue.GroupNameIllegal"
    length = len(name)
    if mistaken("name-length-in-bytes"):
        length = len(name.encode("utf-8"))
    most = ID_MAX if mistaken("name-has-limit-of-id") else NAME_MAX
    if length > most:
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
    if mistaken("id-backslash-accepted"):
        pattern = ID_WITH_BACKSLASH
    if mistaken("id-folded-by-ignorecase"):
        pattern = ID_OF_ANY_CASE
    matched = pattern.fullmatch(group_id)
    if mistaken("id-newline-at-end"):
        matched = ID_LINE.match(group_id)
    if not matched:
        return "InvalidParameterValue.GroupIdIllegal"
    length = len(group_id.encode("utf-8"))
    if mistaken("id-length-percent-encoded"):
        length = len(quote(group_id))
    if length > ID_MAX or (mistaken("id-of-64-refused") and length >= ID_MAX):
        return "InvalidParameterValue.GroupIdTooLong"
    return None


def check_description(text):
    if mistaken("descriptions-empty-item-kept") and not text:
        return None
    if mistaken("descriptions-matched-at-start"):
        matched = AT_LEAST_ONE_WORD.match(text)
    else:
        matched = AT_LEAST_ONE_WORD.fullmatch(text)
    if not matched:
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
    if mistaken("descriptions-counted-by-index"):
        too_many = any(n > DESCRIPTIONS_MAX for n, _ in enumerate(descriptions))
    if mistaken("descriptions-counted-in-json-only"):
        too_many = False  # the schema counts them
    if too_many and mistaken("too-many-descriptions-is-too-long"):
        return "InvalidParameterValue.GroupExDescriptionsNameTooLong"
    if too_many:
        return "InvalidParameterValue.GroupExDescriptionsExceed"
    if mistaken("empty-description-list-crashes"):
        longest = max(len(text) for text in descriptions)
        if longest > DESCRIPTION_MAX:
            return "InvalidParameterValue.GroupExDescriptionsNameTooLong"
    if mistaken("descriptions-lengths-summed"):
        if sum(len(text) for text in descriptions) > DESCRIPTION_MAX:
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
    if mistaken("tag-has-alphabet-of-id"):
        pattern = ID
    if not pattern.fullmatch(tag) and not mistaken("tag-alphabet-unchecked"):
        return "InvalidParameterValue.GroupTagIllegal"
    most = DESCRIPTION_MAX if mistaken("tag-has-limit-of-description") else TAG_MAX
    if len(tag) > most:
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
    elif mistaken("model-sought-in-string"):
        known = model in ",".join(MODELS)
    elif mistaken("model-dot-unescaped"):
        known = MODEL.fullmatch(model) is not None
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
