"""The readings: every point on which the page is ambiguous or silent, with the ways to take it.

What the page does say is no reading. A point stands here only if two careful readers could build two services
from the page that differ on it.
"""

from __future__ import annotations

from conformance.contract.gateway_readings import GATEWAY_READINGS
from conformance.contract.model import VARIES, Reading, Value

_INVALID = "InvalidParameterValue."

_NAMES_CLAUSE = "GroupName.charset"


def _unsettled(id_: str, what: str, sample: str, *, uniform: bool = True, likely: str = "refused") -> Reading:
    """A reading on whether the alphabet of names covers a class of characters."""
    if uniform:
        values = [
            Value("refused", f"“中英文、-、_、数字” can be taken not to mean {what}"),
            Value("accepted", f"“中英文、-、_、数字” can be taken to mean {what} too"),
        ]
    else:
        values = [
            Value("none", f"“中英文、-、_、数字” can be taken to mean none of {what}"),
            Value("all", f"“中英文、-、_、数字” can be taken to mean all of {what}"),
            Value("some", f"what counts among {what} depends on the tables behind, of which the page says nothing"),
        ]
    values.sort(key=lambda value: value.name != likely)
    return Reading(
        id_, _NAMES_CLAUSE, f"Do names take {what}?", tuple(values), f"a GroupName with {sample}, otherwise valid"
    )


_codes = Value.of_codes

_ERROR_PARAMETER_EMPTY = (
    "ErrorParameterEmpty",
    "MissingParameter.ErrorParameterEmpty",
    "the page lists it: “必选参数为空。”",
)
_MISSING_PARAMETER = ("MissingParameter", "MissingParameter", "the platform's common code: “缺少参数。”")
_INVALID_PARAMETER = (
    "InvalidParameter",
    "InvalidParameter",
    "the platform's common code: “参数错误(包括参数格式、类型等错误)。”",
)
_PAGE_INVALID_PARAMETER = (
    "InvalidParameter.InvalidParameter",
    "InvalidParameter.InvalidParameter",
    "the page lists it: “参数不合法。”",
)
_INVALID_VALUE = ("InvalidParameterValue", "InvalidParameterValue", "the platform's common code: “参数取值错误。”")

# Where each parameter may have a way of its own, a target contradicts nothing by having several.
_VARIES = Value(VARIES, "the page doesn't say that it is the same for every parameter")

_ACTION_READINGS: tuple[Reading, ...] = (
    # --- What 字符 and 中英文 mean -------------------------------------------------------------------
    Reading(
        "character-unit",
        "GroupName.length.max",
        "What is one 字符 outside the basic plane?",
        (
            Value("code-points", "a character is a code point"),
            Value("utf16-units", "many languages count a character outside the basic plane as two"),
        ),
        "a GroupName of 31 to 60 characters outside the basic plane",
    ),
    _unsettled("han-main-block-end", "Han after U+9FA5", "U+9FA6", uniform=False, likely="none"),
    _unsettled("han-extension-a", "Han of extension A", "U+3400"),
    _unsettled("han-extension-b", "Han of extension B", "U+20BB7"),
    _unsettled("han-extension-c", "Han of extension C", "U+2A700"),
    _unsettled("han-extension-d", "Han of extension D", "U+2B740"),
    _unsettled("han-extension-e", "Han of extension E", "U+2B820"),
    _unsettled("han-extension-f", "Han of extension F", "U+2CEB0"),
    _unsettled("han-extension-g", "Han of extension G", "U+30000"),
    _unsettled("han-extension-h", "Han of extension H", "U+31350"),
    _unsettled("han-compatibility", "compatibility ideographs", "U+F900"),
    _unsettled("han-compatibility-supplement", "compatibility ideographs of the supplement", "U+2F800"),
    _unsettled("han-later-additions", "Han that Unicode added later", "U+4DB6", uniform=False, likely="none"),
    _unsettled("ideographic-zero", "〇, U+3007", "U+3007"),
    _unsettled("han-script-others", "radicals, strokes and 々", "U+3005", uniform=False, likely="none"),
    _unsettled("fullwidth-letters", "full-width letters", "U+FF21"),
    _unsettled("fullwidth-digits", "full-width digits", "U+FF11"),
    _unsettled("chinese-punctuation", "Chinese punctuation", "U+3002", uniform=False, likely="none"),
    _unsettled("other-letters", "letters of other scripts", "U+00E9", uniform=False, likely="none"),
    _unsettled("other-digits", "digits of other scripts", "U+0661", uniform=False, likely="none"),
    _unsettled("unassigned-characters", "unassigned code points", "U+0378", uniform=False, likely="none"),
    Reading(
        "lone-surrogate-code",
        _NAMES_CLAUSE,
        "Which code answers a text with a lone surrogate?",
        (
            Value("Illegal", "it is no character of the alphabet"),
            Value(
                "InvalidParameter",
                "it is no well-formed text: “参数错误(包括参数格式、类型等错误)。”",
                "InvalidParameter",
            ),
            Value(
                "InvalidParameter.InvalidParameter",
                "the page lists “参数不合法。”",
                "InvalidParameter.InvalidParameter",
            ),
        ),
        'a GroupName with the escape "\\ud800" alone, otherwise valid',
    ),
    # --- Absent, empty, null -------------------------------------------------------------------------
    Reading(
        "absent-required-code",
        "GroupName.required",
        "Which code answers an absent required parameter?",
        (*_codes(_MISSING_PARAMETER, _ERROR_PARAMETER_EMPTY, _PAGE_INVALID_PARAMETER), _VARIES),
        "a request without GroupId",
    ),
    Reading(
        "empty-group-name-code",
        "GroupName.length.min",
        "Which code answers an empty GroupName?",
        _codes(
            _ERROR_PARAMETER_EMPTY,
            _MISSING_PARAMETER,
            ("GroupNameIllegal", _INVALID + "GroupNameIllegal", "an empty name is not a legal name"),
            _INVALID_VALUE,
            _PAGE_INVALID_PARAMETER,
        ),
        {"GroupName": ""},
    ),
    Reading(
        "empty-group-id-code",
        "GroupId.length.min",
        "Which code answers an empty GroupId?",
        _codes(
            _ERROR_PARAMETER_EMPTY,
            _MISSING_PARAMETER,
            ("GroupIdIllegal", _INVALID + "GroupIdIllegal", "an empty id is not a legal id"),
            _INVALID_VALUE,
            _PAGE_INVALID_PARAMETER,
        ),
        {"GroupId": ""},
    ),
    Reading(
        "blank-required",
        _NAMES_CLAUSE,
        "Is a required text of white space alone empty?",
        (
            Value("text", "white space is text outside the alphabet"),
            Value("empty", "“必选参数为空。” can be taken to mean blank"),
            _VARIES,
        ),
        {"GroupName": " "},
    ),
    Reading(
        "empty-description-code",
        "GroupExDescriptions.element.length.min",
        "Which code answers an empty description?",
        _codes(
            (
                "GroupExDescriptionsNameIllegal",
                _INVALID + "GroupExDescriptionsNameIllegal",
                "an empty name is not a legal name",
            ),
            (
                "GroupExDescriptionsNameTooLong",
                _INVALID + "GroupExDescriptionsNameTooLong",
                "“长度超出限制” can be taken to mean outside [1,30]",
            ),
            _ERROR_PARAMETER_EMPTY,
            _INVALID_PARAMETER,
            _PAGE_INVALID_PARAMETER,
            _INVALID_VALUE,
        ),
        {"GroupExDescriptions": [""]},
    ),
    Reading(
        "empty-description-list",
        "GroupExDescriptions.count.min",
        "Is an empty list of descriptions taken?",
        (
            Value("accepted", "“最多可以创建5个。” has no lower bound"),
            Value("InvalidParameterValue", "another product of the platform refuses it so", "InvalidParameterValue"),
            Value("InvalidParameter", "an empty list can be taken for a malformed one", "InvalidParameter"),
        ),
        {"GroupExDescriptions": []},
    ),
    Reading(
        "empty-face-model-version",
        "FaceModelVersion.values",
        'What does FaceModelVersion = "" mean?',
        (
            Value("FaceModelVersionIllegal", "it is neither of the two inputs", _INVALID + "FaceModelVersionIllegal"),
            Value("default", "“若未填写本参数” can be taken to cover an empty one"),
            Value("ErrorParameterEmpty", "the page lists “必选参数为空。”", "MissingParameter.ErrorParameterEmpty"),
        ),
        {"FaceModelVersion": ""},
    ),
    Reading(
        "form-empty-text",
        "Request.null",
        "In a form or a query, is `Tag=` an empty text or an absent parameter?",
        (
            Value("empty", "the parameter is there"),
            Value("absent", "only version 3 POST is documented to carry empty texts"),
        ),
        "a GET with `GroupId=`",
    ),
    Reading(
        "null-parameter",
        "Request.null",
        "What does JSON null mean for a parameter?",
        (
            Value("absent", "null is no value"),
            Value("refused", "null is neither String nor Array"),
            _VARIES,
        ),
        {"Tag": None},
    ),
    Reading(
        "null-description",
        "Request.null",
        "What does JSON null mean for a description?",
        (
            Value("refused", "null is no String"),
            Value("empty", "null is an empty text"),
            Value("dropped", "null is no value"),
        ),
        {"GroupExDescriptions": ["x", None]},
    ),
    # --- Types and shapes ----------------------------------------------------------------------------
    Reading(
        "wrong-type-code",
        "GroupName.type",
        "Which code answers a value of the wrong type?",
        (*_codes(_INVALID_PARAMETER, _PAGE_INVALID_PARAMETER, _INVALID_VALUE), _VARIES),
        {"GroupName": 5},
    ),
    Reading(
        "text-for-list",
        "GroupExDescriptions.type",
        "What does a text where a list is expected mean?",
        (
            Value("refused", "it is of the wrong type"),
            Value("one-item", "gateways are known to take it for a list of one"),
            Value("UnknownParameter", "in a form, only GroupExDescriptions.N is documented", "UnknownParameter"),
        ),
        {"GroupExDescriptions": "x"},
    ),
    Reading(
        "unknown-parameter",
        "Request.unknown-parameter",
        "Is a parameter that isn't on the page refused?",
        (
            Value("refused", "“用户多传未定义的参数会导致错误”", "UnknownParameter"),
            Value("ignored", "the page itself doesn't say it"),
        ),
        {"Unknown": "x"},
    ),
    Reading(
        "doubled-parameter",
        "Request.doubled-parameter",
        "Which of two values of one parameter counts?",
        (
            Value("last", "most parsers keep the last"),
            Value("first", "some keep the first"),
            Value("refused", "a doubled parameter is a malformed one", "InvalidParameter"),
        ),
        'a body with "Tag" twice, the first too long',
    ),
    # --- Sameness, state, account --------------------------------------------------------------------
    Reading(
        "duplicate-description-code",
        "GroupExDescriptions.distinct",
        "Which of two documented codes answers a repeated description?",
        _codes(
            (
                "NameIdentical",
                _INVALID + "GroupExDescriptionsNameIdentical",
                "the page lists it: “人员库自定义描述字段名称不可重复。”",
            ),
            (
                "DuplicatedGroupDescription",
                "FailedOperation.DuplicatedGroupDescription",
                "the page lists it: “同一人员库中自定义描述字段不可重复。”",
            ),
        ),
        {"GroupExDescriptions": ["x", "x"]},
    ),
    Reading(
        "description-case",
        "GroupExDescriptions.distinct",
        "Are two descriptions that differ in case the same?",
        (
            Value("sensitive", "they are different texts"),
            Value("insensitive", "stores often compare without case"),
        ),
        {"GroupExDescriptions": ["x", "X"]},
    ),
    Reading(
        "group-id-case",
        "GroupId.unique",
        "Are two ids that differ in case the same?",
        (
            Value("sensitive", "they are different texts"),
            Value("insensitive", "stores often compare without case"),
        ),
        "a second group whose GroupId differs in case alone",
    ),
    Reading(
        "group-name-case",
        "GroupName.unique",
        "Are two names that differ in case the same?",
        (
            Value("sensitive", "they are different texts"),
            Value("insensitive", "stores often compare without case"),
        ),
        "a second group whose GroupName differs in case alone",
    ),
    Reading(
        "recreate-after-delete",
        "GroupId.unique",
        "Can a group be created again right after its deletion?",
        (
            Value("accepted", "a deleted group is gone"),
            Value("GroupInDeletedState", "“当前组正处于删除状态,请等待。”", "FailedOperation.GroupInDeletedState"),
            Value("AlreadyExist", "until the deletion is done the group is there"),
            Value(VARIES, "deletion takes a time that the page doesn't say"),
        ),
        "create, delete, create again",
    ),
    Reading(
        "account-age",
        "FaceModelVersion.default",
        "When did the account come to the service?",
        (
            Value("after-2020-11-26", "opened the service after 2020-11-26: only “3.0”"),
            Value("until-2020-11-26", "default “3.0”, both accepted"),
            Value("before-2020-04-02", "used the action before 2020-04-02: default “2.0”, both accepted"),
        ),
        'FaceModelVersion absent, and FaceModelVersion = "2.0"',
    ),
    Reading(
        "closed-version-code",
        "FaceModelVersion.open",
        "Which code answers “2.0” on an account that may only choose “3.0”?",
        _codes(
            ("FaceModelVersionIllegal", _INVALID + "FaceModelVersionIllegal", "the page lists “算法模型版本不合法。”"),
            _PAGE_INVALID_PARAMETER,
            ("UnsupportedOperation", "UnsupportedOperation", "the platform's common code: “操作不支持。”"),
        ),
        'FaceModelVersion = "2.0" on such an account',
    ),
    # --- The request and the answer as a whole ---------------------------------------------------------
    Reading(
        "check-order",
        "Request.check-order",
        "Which fault is reported when there are several?",
        (
            Value("page", "the page's order of parameters, shape before state; of ids and names in use, the id first"),
            Value("characters-first", "the same, an alphabet before a length"),
            Value("reverse", "the page's order backwards, shape before state"),
            Value("other", "the page states no order"),
        ),
        "GroupName too long and GroupId illegal in one request",
    ),
    Reading(
        "content-type-charset",
        "Response.content-type",
        "Does the answer's Content-Type name a charset?",
        (
            Value("bare", "application/json has been seen"),
            Value("charset", "a charset changes nothing in JSON (but the vendor's Python SDK then loses errors)"),
            Value(VARIES, "nothing documented ties it to the answer"),
        ),
        "any request",
    ),
)

READINGS: tuple[Reading, ...] = (*_ACTION_READINGS, *GATEWAY_READINGS)

READING: dict[str, Reading] = {each.id: each for each in READINGS}
DEFAULTS: dict[str, str] = {each.id: each.values[0].name for each in READINGS}
