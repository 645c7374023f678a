"""The validator: what the page allows for a request, by hand for each limit and by rule for each edge."""

from copy import deepcopy

import pytest

from conformance.contract import CLAUSES, EXAMPLES, READING
from conformance.contract.rules import OpenVersions
from conformance.exchange.request import Request
from conformance.exchange.salt import fill_value
from conformance.oracle.prediction import Accepted, Refused, meet
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World
from conformance.strategies.edges import ABSENT, breaking, keeping, unsettled

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


# --- The printed examples --------------------------------------------------------------------------------


def answer_of(example):
    error = example.response.get("Error")
    return Refused(error["Code"]) if error else Accepted(example.response["FaceModelVersion"])


def parameters_of(example):
    return {name: list(given) if isinstance(given, tuple) else given for name, given in example.parameters}


@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda example: example.title)
def test_examples_that_need_no_group(example):
    """The printed answers to the examples that need no other group are the only ones allowed."""
    assert {answer_of(example)} == outcomes(**parameters_of(example))


@pytest.mark.parametrize(("name", "others"), [("另一个", set()), ("腾讯深圳员工库", NAME_EXISTS)])
def test_example_of_an_id_in_use(name, others):
    """The printed answer to an id in use is allowed, and so is the name's where the name is in use too."""
    example = EXAMPLES[0]
    world = with_group("TencentShenZhenEmployee", name)

    assert {answer_of(example), *others} == outcomes(world, **parameters_of(example))


# --- Golden cases ----------------------------------------------------------------------------------------

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
    "name 60": ({"GroupName": "x" * 60}, OK),
    "name 60 Han": ({"GroupName": "中" * 60}, OK),
    "name 61": ({"GroupName": "x" * 61}, value("GroupNameTooLong")),
    "name 61 Han": ({"GroupName": "中" * 61}, value("GroupNameTooLong")),
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


@pytest.mark.parametrize(("changes", "expected"), GOLDEN.values(), ids=GOLDEN)
def test_golden(changes, expected):
    """Exactly these outcomes are allowed."""
    assert expected == outcomes(**changes)


# --- Doubled parameters ----------------------------------------------------------------------------------


# What is said twice may be refused as such, or as no JSON at all.
DOUBLED = refused(
    INVALID, "InvalidParameter.InvalidParameter", "InvalidParameterValue", "InvalidRequest", "MissingParameter"
)


def doubled(*pairs):
    return predict(Request.of([*request_of().parameters, *pairs]), World())


def test_doubled():
    """Of two values, either may count, or the request may be refused."""
    prediction = doubled(("Tag", "x"), ("Tag", "!"))

    assert OK | value("GroupTagIllegal") | DOUBLED == prediction.outcomes


def test_doubled_alike():
    """Two values that are alike can be refused for being two, for nothing else."""
    assert doubled(("Tag", "x"), ("Tag", "x")).outcomes == OK | DOUBLED


def test_doubled_twice():
    """It is the first value of all doubled parameters that counts, or the last of all."""
    prediction = doubled(("Tag", "x"), ("Tag", "!"), ("FaceModelVersion", "4.0"), ("FaceModelVersion", "3.0"))

    assert value("GroupTagIllegal", "FaceModelVersionIllegal") | DOUBLED == prediction.outcomes


def test_doubled_version():
    """An acceptance names the version that counts."""
    prediction = doubled(("FaceModelVersion", "2.0"), ("FaceModelVersion", "3.0"))

    assert [{"doubled-parameter": frozenset({"last"})}] == [each.readings for each in prediction.ways_to(THREE)]
    assert {THREE, TWO} | CLOSED | DOUBLED == prediction.outcomes


# --- Forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Tag": ""}, OK),
        ({"GroupId": ""}, NO_ID | ABSENCE),
        ({"FaceModelVersion": ""}, OK | value("FaceModelVersionIllegal") | refused(EMPTY)),
        ({"GroupExDescriptions": ""}, OK | WRONG_TYPE | NO_DESCRIPTION | refused("UnknownParameter")),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_empty_in_a_form(changes, expected):
    """In a form, an empty value may be an absent one."""
    request = Request(request_of(**changes).parameters, textual=True)

    assert expected == predict(request, World()).outcomes


# --- Ids and names in use --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group_id", "name", "expected"),
    [
        (SALT, "n", ID_EXISTS),
        ("i", SALT, NAME_EXISTS),
        (SALT, SALT, ID_EXISTS | NAME_EXISTS),
        (SALT.upper(), "n", OK | ID_EXISTS),
        ("i", SALT.upper(), OK | NAME_EXISTS),
        (SALT[:-1], f"{SALT}x", OK),
    ],
)
def test_in_use(group_id, name, expected):
    """An id or name in use is refused; one that differs in case alone may be; any other is accepted."""
    assert expected == outcomes(with_group(), GroupId=group_id, GroupName=name)


def test_id_and_name_are_apart():
    """An id may be some group's name, and a name some group's id."""
    assert outcomes(with_group("a", "b"), GroupId="b", GroupName="a") == OK


def test_recreated():
    """A group just deleted may be gone, going, or still there."""
    world = with_group()
    world.deleted(SALT)

    assert outcomes(world) == OK | BEING_DELETED | ID_EXISTS | NAME_EXISTS


def test_recreated_with_another_id():
    """The name of a group just deleted is no surer than its id."""
    world = with_group()
    world.deleted(SALT)

    assert outcomes(world, GroupId="i") == OK | BEING_DELETED | NAME_EXISTS


def test_created_again():
    """A group that was created after all is in use."""
    world = with_group()
    world.deleted(SALT)
    world.created(Group(SALT, SALT))

    assert outcomes(world) == ID_EXISTS | NAME_EXISTS


def test_sensitive_in_spite_of_deletion():
    """Where a group differs from a deleted one in case alone, only a sensitive target creates that one again."""
    world = with_group("x", "x")
    world.deleted("x")
    world.created(Group("X", "n"))

    (way,) = predict(request_of(GroupId="x"), world).ways_to(THREE)

    assert frozenset({"sensitive"}) == way.readings.get("group-id-case")


def test_refused_in_spite_of_deletion():
    """A text deleted just now may be refused for a group that differs from it in case alone."""
    world = with_group("x", "x")
    world.deleted("x")
    world.created(Group("X", "n"))

    ways = predict(request_of(GroupId="x"), world).ways_to(*ID_EXISTS)

    assert any("recreate-after-delete" not in each.readings for each in ways)


def test_perhaps_created():
    """A group whose creation was not answered may be there; that tells nothing of the target."""
    world = World()
    world.perhaps_created(Group(SALT, SALT))
    prediction = predict(request_of(), world)

    assert prediction.outcomes == OK | ID_EXISTS | NAME_EXISTS
    assert {each.outcome for each in prediction.allowed if not each.conclusive} == ID_EXISTS | NAME_EXISTS


def test_perhaps_created_is_no_news():
    """A lost answer to a second creation doesn't make a group less sure."""
    world = with_group()
    world.perhaps_created(Group(SALT, SALT))

    assert outcomes(world) == ID_EXISTS | NAME_EXISTS


def test_perhaps_created_with_a_name_in_use():
    """A lost answer to a creation doesn't make a name less sure that another group has."""
    world = with_group("a", "n")
    world.perhaps_created(Group("b", "n"))

    assert outcomes(world, GroupName="n") == NAME_EXISTS


def test_foreign():
    """Where others use the account, an id or name without the salt may be theirs; that tells nothing of the target."""
    prediction = predict(request_of(GroupId="x"), World(salt=SALT))

    assert prediction.outcomes == OK | ID_EXISTS
    assert {each.outcome for each in prediction.allowed if not each.conclusive} == ID_EXISTS


# --- The account's age -----------------------------------------------------------------------------------

AGES = ("after-2020-11-26", "until-2020-11-26", "before-2020-04-02")


@pytest.mark.parametrize(
    ("age", "absent", "two"), [(AGES[0], THREE, CLOSED), (AGES[1], THREE, {TWO}), (AGES[2], TWO, {TWO})]
)
def test_account_age(age, absent, two):
    """The account's age tells the default, and whether “2.0” is still open."""
    world = World(known={"account-age": frozenset({age})})

    assert {absent} == outcomes(world)
    assert two == outcomes(world, FaceModelVersion="2.0")
    assert {THREE} == outcomes(world, FaceModelVersion="3.0")


@pytest.mark.parametrize(
    ("default", "two", "ages"),
    [
        (TWO, TWO, {"before-2020-04-02"}),
        (THREE, TWO, {"until-2020-11-26"}),
        (THREE, Refused("UnsupportedOperation"), {"after-2020-11-26"}),
        (TWO, Refused("UnsupportedOperation"), None),
    ],
)
def test_default_and_open_versions_agree(default, two, ages):
    """What an absent version means and whether “2.0” is taken fit one age of the account, or contradict each other."""
    (absent,) = predict(request_of(), World()).ways_to(default)
    (given,) = predict(request_of(FaceModelVersion="2.0"), World()).ways_to(two)

    both = meet(absent.readings, given.readings)

    assert ages == (both and both["account-age"])


# --- Several faults --------------------------------------------------------------------------------------


def orders(**changes):
    """The orders of checking under which each code answers."""
    found = {}
    for each in predict(request_of(**changes), World()).allowed:
        found.setdefault(each.outcome.code.rpartition(".")[2], set()).update(each.readings["check-order"])
    return found


def test_order_of_parameters():
    """Of two faulty parameters, a stated order tells which answers; the page itself may mean either."""
    assert {
        "GroupNameTooLong": {"page", "characters-first", "other"},
        "GroupIdIllegal": {"reverse", "other"},
    } == orders(GroupName="x" * 61, GroupId="!")


def test_order_within_a_parameter():
    """Of a length and an alphabet, a stated order tells which answers."""
    assert {
        "GroupTagTooLong": {"page", "other"},
        "GroupTagIllegal": {"characters-first", "reverse", "other"},
    } == orders(Tag="!" * 41)


def test_shape_before_content():
    """In every stated order, types come before what the texts say."""
    found = orders(GroupId="!", Tag=5)

    assert {"other"} == found["GroupIdIllegal"]


def test_one_fault_needs_no_order():
    """Where there is one fault, no order matters."""
    assert all("check-order" not in each.readings for each in predict(request_of(Tag="!"), World()).allowed)


def test_content_before_state():
    """In every stated order, what texts say comes before what the account holds."""
    prediction = predict(request_of(Tag="!"), with_group())

    assert {frozenset({"other"})} == {
        each.readings["check-order"] for code in ID_EXISTS | NAME_EXISTS for each in prediction.ways_to(code)
    }


@pytest.mark.parametrize("first", GOLDEN)
def test_a_second_fault_adds_its_code(first):
    """With a fault more, the same codes can answer and that fault's too, but no acceptance."""
    changes, expected = GOLDEN[first]
    if "GroupExDescriptions" not in changes:
        both = outcomes(**{**changes, "GroupExDescriptions": list("abcdef")})
        assert (expected - OK) | value("GroupExDescriptionsExceed") == both


# --- Every edge of every clause --------------------------------------------------------------------------


def edge_request(clause, edge):
    filled = fill_value(edge.value, SALT)
    return request_of(**{clause.parameter: [filled] if clause.of_elements else filled})


BREAKING = [(clause, each) for clause in CLAUSES for each in breaking(clause)]
KEEPING = [(clause, each) for clause in CLAUSES for each in keeping(clause)]
UNSETTLED = [(clause, reading, each) for clause in CLAUSES for reading, each in unsettled(clause)]


def test_breaking_edges():
    """An edge that breaks a clause breaks that one alone, and must be refused."""
    for clause, edge in BREAKING:
        prediction = predict(edge_request(clause, edge), World())
        # What is no text is none of the versions either.
        follows = {"FaceModelVersion.values"} if clause.id == "FaceModelVersion.type" else set()
        assert {clause.id} <= prediction.broken <= {clause.id, *follows}, (clause.id, edge)
        assert not prediction.open
        assert prediction.must_be_refused


def test_keeping_edges():
    """An edge that keeps a clause keeps all others too, and must be accepted by an account that may choose."""
    world = World(known={"account-age": frozenset(AGES[1:])})
    for clause, edge in KEEPING:
        prediction = predict(edge_request(clause, edge), world)
        closed = {each.id for each in CLAUSES if isinstance(each.rule, OpenVersions)} if edge.value == "2.0" else set()
        assert clause.id in prediction.kept | closed, (clause.id, edge)
        assert not prediction.broken
        assert any(isinstance(each, Accepted) for each in prediction.outcomes)
        assert prediction.must_be_accepted


def test_unsettled_edges():
    """An edge on which the page is unclear leaves its clause open, by the reading that it is for."""
    for clause, reading, edge in UNSETTLED:
        prediction = predict(edge_request(clause, edge), World())
        assert (frozenset(), {clause.id}) == (prediction.broken, prediction.open), (clause.id, edge)
        assert {reading} == {name for each in prediction.allowed for name in each.readings} - {"account-age"}


# --- Predictions by themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN)
def test_predictions(name):
    """A prediction is never empty, puts no clause into two classes, and names readings and values that exist."""
    prediction = predict(request_of(**GOLDEN[name][0]), World())

    assert prediction.allowed
    assert not prediction.kept & (prediction.broken | prediction.open)
    assert not prediction.broken & prediction.open
    for each in prediction.allowed:
        assert all(values <= READING[reading].names for reading, values in each.readings.items())
        assert prediction.ways_to(each.outcome)


@pytest.mark.parametrize("name", GOLDEN)
def test_pure(name):
    """A prediction changes nothing that is known of the account, and is the same the next time."""
    world = with_group(salt="other")
    before = deepcopy(world)
    request = request_of(**GOLDEN[name][0])

    first, second = predict(request, world), predict(request, world)

    assert first == second
    assert before == world
