"""The outcomes that the page allows, in few words, and by hand for each limit: for the tests of the validator."""

from conformance.exchange.request import Request
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World
from conformance.strategies.edges import ABSENT

SALT = "abcdefghijklmn"
TWO, THREE = Accepted("2.0"), Accepted("3.0")
OK = {TWO, THREE}


def refused(*codes):
    return {Refused(each) for each in codes}


def value(*names):
    return {Refused(f"InvalidParameterValue.{each}") for each in names}


INVALID, VALUE = "InvalidParameter", "InvalidParameterValue"
PAGE, EMPTY, MISSING = "InvalidParameter.InvalidParameter", "MissingParameter.ErrorParameterEmpty", "MissingParameter"
ABSENCE = refused(MISSING, EMPTY, PAGE)
WRONG_TYPE = refused(INVALID, PAGE, VALUE)
NO_NAME = refused(EMPTY, MISSING, VALUE, PAGE) | value("GroupNameIllegal")
NO_ID = refused(EMPTY, MISSING, VALUE, PAGE) | value("GroupIdIllegal")
NO_DESCRIPTION = refused(EMPTY, INVALID, VALUE, PAGE) | value(
    "GroupExDescriptionsNameIllegal", "GroupExDescriptionsNameTooLong"
)
REPEATED = value("GroupExDescriptionsNameIdentical") | refused("FailedOperation.DuplicatedGroupDescription")
ID_EXISTS, NAME_EXISTS = value("GroupIdAlreadyExist"), value("GroupNameAlreadyExist")
BEING_DELETED = refused("FailedOperation.GroupInDeletedState")
CLOSED = value("FaceModelVersionIllegal") | refused(PAGE, "UnsupportedOperation")
EXT_B, EMOJI = "\U00020bb7", "\U0001f600"


def request_of(**changes):
    """A valid request but for the changes; `ABSENT` leaves a parameter out."""
    parameters = {"GroupName": SALT, "GroupId": SALT, **changes}
    return Request.of({name: given for name, given in parameters.items() if given is not ABSENT})


def outcomes(world=None, **changes):
    return predict(request_of(**changes), world or World()).outcomes


def with_group(group_id=SALT, name=SALT, **more):
    world = World(**more)
    world.created(Group(group_id, name))
    return world


GOLDEN = {
    "nothing but what is required": ({}, OK),
    "neither name nor id": ({"GroupName": ABSENT, "GroupId": ABSENT}, ABSENCE),
    # GroupName: [1,60]个字符, 中英文、-、_、数字
    "name absent": ({"GroupName": ABSENT}, ABSENCE),
    "name empty": ({"GroupName": ""}, NO_NAME),
    "name null": ({"GroupName": None}, ABSENCE | WRONG_TYPE),
    "name a number": ({"GroupName": 5}, WRONG_TYPE),
    "name a list": ({"GroupName": ["x"]}, WRONG_TYPE),
    "name true": ({"GroupName": True}, WRONG_TYPE),
    "name 1": ({"GroupName": "x"}, OK),
    "name 1 Han": ({"GroupName": "中"}, OK),
    "name 60": ({"GroupName": "xy" * 30}, OK),
    "name 60 Han": ({"GroupName": "中文" * 30}, OK),
    "name 61": ({"GroupName": "xy" * 30 + "x"}, value("GroupNameTooLong")),
    "name 61 Han": ({"GroupName": "中文" * 30 + "中"}, value("GroupNameTooLong")),
    "name 30 outside the basic plane": ({"GroupName": EXT_B * 30}, OK | value("GroupNameIllegal")),
    "name 31 outside the basic plane": ({"GroupName": EXT_B * 31}, OK | value("GroupNameIllegal", "GroupNameTooLong")),
    "name 60 outside the basic plane": ({"GroupName": EXT_B * 60}, OK | value("GroupNameIllegal", "GroupNameTooLong")),
    "name 61 outside the basic plane": ({"GroupName": EXT_B * 61}, value("GroupNameIllegal", "GroupNameTooLong")),
    "name of all its alphabet": ({"GroupName": "azAZ09-_一龥龦鿿"}, OK),
    "name with an id's mark": ({"GroupName": "a@b"}, value("GroupNameIllegal")),
    "name with a newline last": ({"GroupName": "ab\n"}, value("GroupNameIllegal")),
    "name with NUL": ({"GroupName": "a\0b"}, value("GroupNameIllegal")),
    "name of a space": ({"GroupName": " "}, NO_NAME),
    "name with a space": ({"GroupName": "a b"}, value("GroupNameIllegal")),
    "name with an emoji": ({"GroupName": f"a{EMOJI}"}, value("GroupNameIllegal")),
    "name of 31 emoji": ({"GroupName": EMOJI * 31}, value("GroupNameIllegal", "GroupNameTooLong")),
    "name with an accent": ({"GroupName": "é"}, OK | value("GroupNameIllegal")),
    "name with a Chinese comma": ({"GroupName": "中，文"}, OK | value("GroupNameIllegal")),
    "name of full width": ({"GroupName": "\uff21\uff11"}, OK | value("GroupNameIllegal")),
    "name with a lone surrogate": ({"GroupName": "a\ud800"}, value("GroupNameIllegal") | refused(INVALID, PAGE)),
    # GroupId: 英文、数字、-%@#&_, 长度限制64B
    "id absent": ({"GroupId": ABSENT}, ABSENCE),
    "id empty": ({"GroupId": ""}, NO_ID),
    "id null": ({"GroupId": None}, ABSENCE | WRONG_TYPE),
    "id a number": ({"GroupId": 5}, WRONG_TYPE),
    "id 1": ({"GroupId": "x"}, OK),
    "id 64": ({"GroupId": "x" * 64}, OK),
    "id 65": ({"GroupId": "x" * 65}, value("GroupIdTooLong")),
    "id of all its alphabet": ({"GroupId": "azAZ09-%@#&_"}, OK),
    "id with a dot": ({"GroupId": "a.b"}, value("GroupIdIllegal")),
    "id with an accent": ({"GroupId": "é"}, value("GroupIdIllegal")),
    "id of full width": ({"GroupId": "\uff21"}, value("GroupIdIllegal")),
    "id of a space": ({"GroupId": " "}, NO_ID),
    "id of 21 Han, 63 bytes": ({"GroupId": "中" * 21}, value("GroupIdIllegal")),
    "id of 22 Han, 66 bytes": ({"GroupId": "中" * 22}, value("GroupIdIllegal", "GroupIdTooLong")),
    "id with a lone surrogate": ({"GroupId": "a\ud800"}, value("GroupIdIllegal") | refused(INVALID, PAGE)),
    # GroupExDescriptions: 最多可以创建5个, [1,30]个字符, 不可重复
    "no descriptions": ({"GroupExDescriptions": []}, OK | refused(VALUE, INVALID)),
    "descriptions null": ({"GroupExDescriptions": None}, OK | WRONG_TYPE),
    "descriptions an object": ({"GroupExDescriptions": {"0": "x"}}, WRONG_TYPE),
    "descriptions a text": ({"GroupExDescriptions": "x"}, OK | WRONG_TYPE | refused("UnknownParameter")),
    "descriptions an empty text": (
        {"GroupExDescriptions": ""},
        WRONG_TYPE | NO_DESCRIPTION | refused("UnknownParameter"),
    ),
    "descriptions 5": ({"GroupExDescriptions": list("abcde")}, OK),
    "descriptions 6": ({"GroupExDescriptions": list("abcdef")}, value("GroupExDescriptionsExceed")),
    "descriptions 6, two alike": (
        {"GroupExDescriptions": list("abcdea")},
        value("GroupExDescriptionsExceed") | REPEATED,
    ),
    "a description a number": ({"GroupExDescriptions": ["x", 5]}, WRONG_TYPE),
    "a description a list": ({"GroupExDescriptions": [["x"]]}, WRONG_TYPE),
    "a description null": ({"GroupExDescriptions": ["x", None]}, OK | WRONG_TYPE | NO_DESCRIPTION),
    "no description but null": (
        {"GroupExDescriptions": [None]},
        OK | WRONG_TYPE | NO_DESCRIPTION | refused(VALUE, INVALID),
    ),
    "two descriptions null": ({"GroupExDescriptions": [None, None]}, OK | WRONG_TYPE | NO_DESCRIPTION | REPEATED),
    "five descriptions and null": (
        {"GroupExDescriptions": [*"abcde", None]},
        OK | WRONG_TYPE | NO_DESCRIPTION | value("GroupExDescriptionsExceed"),
    ),
    "a description empty": ({"GroupExDescriptions": [""]}, NO_DESCRIPTION),
    "a description 30": ({"GroupExDescriptions": ["x" * 30]}, OK),
    "a description 31": ({"GroupExDescriptions": ["x" * 31]}, value("GroupExDescriptionsNameTooLong")),
    "the last description 31 Han": (
        {"GroupExDescriptions": ["a", "中" * 31]},
        value("GroupExDescriptionsNameTooLong"),
    ),
    "a description 16 outside the basic plane": (
        {"GroupExDescriptions": [EXT_B * 16]},
        OK | value("GroupExDescriptionsNameIllegal", "GroupExDescriptionsNameTooLong"),
    ),
    "a description of a space": ({"GroupExDescriptions": [" "]}, value("GroupExDescriptionsNameIllegal")),
    "a description with a dot": ({"GroupExDescriptions": ["a", "a.b"]}, value("GroupExDescriptionsNameIllegal")),
    "two descriptions alike": ({"GroupExDescriptions": ["x", "x"]}, REPEATED),
    "two descriptions alike but for case": ({"GroupExDescriptions": ["x", "X"]}, OK | REPEATED),
    "two descriptions alike in Han": ({"GroupExDescriptions": ["学号", "y", "学号"]}, REPEATED),
    # Tag: [0,40]个字符
    "tag empty": ({"Tag": ""}, OK),
    "tag null": ({"Tag": None}, OK | WRONG_TYPE),
    "tag a number": ({"Tag": 5}, WRONG_TYPE),
    "tag 40": ({"Tag": "x" * 40}, OK),
    "tag 40 Han": ({"Tag": "中" * 40}, OK),
    "tag 41": ({"Tag": "x" * 41}, value("GroupTagTooLong")),
    "tag 21 outside the basic plane": ({"Tag": EXT_B * 21}, OK | value("GroupTagIllegal", "GroupTagTooLong")),
    "tag of a space": ({"Tag": " "}, value("GroupTagIllegal")),
    "tag with a comma": ({"Tag": "a,b"}, value("GroupTagIllegal")),
    # FaceModelVersion: “2.0”和“3.0“ 两个输入
    "version 3.0": ({"FaceModelVersion": "3.0"}, {THREE}),
    "version 2.0": ({"FaceModelVersion": "2.0"}, {TWO} | CLOSED),
    "version 4.0": ({"FaceModelVersion": "4.0"}, value("FaceModelVersionIllegal")),
    "version 3": ({"FaceModelVersion": "3"}, value("FaceModelVersionIllegal")),
    "version of a space": ({"FaceModelVersion": " "}, value("FaceModelVersionIllegal")),
    "version empty": ({"FaceModelVersion": ""}, OK | value("FaceModelVersionIllegal") | refused(EMPTY)),
    "version null": ({"FaceModelVersion": None}, OK | WRONG_TYPE | value("FaceModelVersionIllegal")),
    "version a fraction": ({"FaceModelVersion": 3.0}, WRONG_TYPE | value("FaceModelVersionIllegal")),
    # The request as a whole
    "an unknown parameter": ({"Unknown": "x"}, OK | refused("UnknownParameter")),
    "an indexed description in JSON": ({"GroupExDescriptions.0": "x"}, OK | refused("UnknownParameter")),
    "name too long, id illegal": (
        {"GroupName": "x" * 61, "GroupId": "!"},
        value("GroupNameTooLong", "GroupIdIllegal"),
    ),
    "name too long and illegal": ({"GroupName": "!" * 61}, value("GroupNameTooLong", "GroupNameIllegal")),
    "all five illegal": (
        {"GroupName": "!", "GroupId": "!", "GroupExDescriptions": ["!"], "Tag": "!", "FaceModelVersion": "!"},
        value(
            "GroupNameIllegal",
            "GroupIdIllegal",
            "GroupExDescriptionsNameIllegal",
            "GroupTagIllegal",
            "FaceModelVersionIllegal",
        ),
    ),
}

AGES = ("after-2020-11-26", "until-2020-11-26", "before-2020-04-02")
