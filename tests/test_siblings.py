"""What the sister actions show of CreateGroup: right answers, wrong ones, and those that tell nothing."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import CLAUSE, SISTERS
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import envelope
from conformance.judging.judge import DepartureKind as Kind
from conformance.judging.sisters import Seen, see
from conformance.oracle.world import Group, Presence, World

SALT = "abcdefghijklmn"
ID, NAME = f"i{SALT}", f"n{SALT}"
GROUP = Group(ID, NAME, ("a", "b"), "t", "3.0")
DELETE, MODIFY, INFORMATION, LIST = SISTERS
NOT_THERE, TAKEN = "InvalidParameterValue.GroupIdNotExist", "InvalidParameterValue.GroupNameAlreadyExist"
REFUSED = "State.refused-leaves-nothing"
KEPT = {f"State.kept.{each}" for each in ("GroupName", "GroupExDescriptions", "Tag", "FaceModelVersion")}
WRONG, REJECTED, ACCEPTED = Kind.WRONG_RESULT, Kind.REJECTED_THOUGH_VALID, Kind.ACCEPTED_THOUGH_INVALID


def answer(response):
    return envelope(HttpResponse(200, (), json.dumps({"Response": response}).encode()))


def done(**members):
    return answer({**members, "RequestId": "r"})


def error(code):
    return answer({"Error": {"Code": code, "Message": "m"}, "RequestId": "r"})


def seen(action, given_answer, world, group_id=ID, **parameters):
    own = {} if action == LIST else {"GroupId": group_id}
    return see(Request.of({**own, **parameters}, action), given_answer, world)


def told(shown):
    """Which clauses it says not to be kept, and how; which it says to be kept; and whether it tells nothing."""
    return {(each.clause, each.kind) for each in shown.departures}, shown.kept, shown.unserved


def departed(*pairs, kept=()):
    return set(pairs), set(kept), None


def kept(*clauses):
    return set(), set(clauses), None


NOTHING = kept()


def world_of(presence, salt=SALT):
    """A world in which the group is so."""
    world = World(salt=salt)
    match presence:
        case "there":
            world.created(GROUP)
        case "just now":
            world.created(GROUP, at_once=True)
        case "perhaps":
            world.perhaps_created(GROUP)
        case "deleted":
            world.created(GROUP)
            world.deleted(ID)
        case "leaving":
            world.created(GROUP)
            world.deleted(ID)
            world.created(Group(f"j{SALT}", NAME))
        case "again":
            world.created(GROUP)
            world.deleted(ID)
            world.perhaps_created(GROUP)
        case "refused":
            world.must_be_free(REFUSED, ID, NAME)
        case "not let in":
            world.must_be_free("Authentication.creates-nothing", ID, NAME)
        case "like another":
            world.created(replace(GROUP, group_id=ID.upper(), name=f"m{SALT}"))
    return world


PRESENCES = (
    "there", "just now", "perhaps", "deleted", "leaving", "again", "never", "refused", "not let in", "like another"
)  # fmt: skip


def shown_as(group):
    """A group as GetGroupInfo and GetGroupList show it."""
    return {
        "GroupId": group.group_id,
        "GroupName": group.name,
        "GroupExDescriptions": list(group.descriptions or ()),
        "Tag": group.tag,
        "FaceModelVersion": group.version,
    }


def listing(*groups, number=None):
    return done(GroupInfos=[shown_as(each) for each in groups], GroupNum=len(groups) if number is None else number)


# --- Every action, every presence ------------------------------------------------------------------------

NO_SUCH = (REFUSED, WRONG)
LOOKED = "Authentication.creates-nothing"
TABLE = {
    DELETE: (
        done,
        {
            "there": kept("State.deletion"),
            "just now": kept("State.deletion"),
            "perhaps": kept("State.deletion"),
            "deleted": kept("State.deletion"),
            "leaving": kept("State.deletion"),
            "again": kept("State.deletion"),
            "never": departed(NO_SUCH, kept=["State.deletion"]),
            "refused": departed(NO_SUCH, kept=["State.deletion"]),
            "not let in": departed((LOOKED, WRONG), kept=["State.deletion"]),
            "like another": kept("State.deletion"),
        },
    ),
    f"{DELETE}: not there": (
        lambda: error(NOT_THERE),
        {**dict.fromkeys(PRESENCES, NOTHING), "there": departed(("State.deletion", REJECTED))},
    ),
    INFORMATION: (
        lambda: done(**shown_as(GROUP)),
        {
            "there": kept(*KEPT),
            "just now": kept(*KEPT),
            "perhaps": kept(*KEPT),
            "deleted": NOTHING,
            "leaving": NOTHING,
            "again": NOTHING,  # it may be the one that was deleted that is still shown
            "never": departed(NO_SUCH),
            "refused": departed(NO_SUCH),
            "not let in": departed((LOOKED, WRONG)),
            "like another": NOTHING,
        },
    ),
    f"{INFORMATION}: not there": (
        lambda: error(NOT_THERE),
        {
            "there": departed(("State.kept.GroupName", WRONG)),
            "just now": NOTHING,
            "perhaps": NOTHING,
            "deleted": kept("State.deletion"),
            "leaving": NOTHING,
            "again": NOTHING,
            "never": kept(REFUSED),
            "refused": kept(REFUSED),
            "not let in": kept(LOOKED),
            "like another": kept(REFUSED),
        },
    ),
    LIST: (
        lambda: listing(GROUP),
        {
            "there": kept("State.listed", *KEPT),
            "just now": kept("State.listed", *KEPT),
            "perhaps": kept("State.listed", *KEPT),
            "deleted": kept("State.listed"),
            "leaving": departed(("State.listed", WRONG)),  # the other group, which has its name now, isn't listed
            "again": kept("State.listed"),
            "never": kept("State.listed"),  # it may be of another run
            "refused": departed(("State.listed", WRONG)),
            "not let in": departed(("State.listed", WRONG)),
            "like another": departed(("State.listed", WRONG)),
        },
    ),
    f"{LIST}: empty": (
        listing,
        {
            **dict.fromkeys(PRESENCES, kept("State.listed")),
            "there": departed(("State.listed", WRONG)),
            "leaving": departed(("State.listed", WRONG)),
            "like another": departed(("State.listed", WRONG)),
        },
    ),
    MODIFY: (
        done,
        {
            **dict.fromkeys(PRESENCES, NOTHING),
            "there": kept("State.renaming"),
            "just now": kept("State.renaming"),
            "perhaps": kept("State.renaming"),
        },
    ),
}
ROWS = [
    pytest.param(name.partition(":")[0], make, presence, expected, id=f"{name}, {presence}")
    for name, (make, row) in TABLE.items()
    for presence, expected in row.items()
]


@pytest.mark.parametrize(("action", "make", "presence", "expected"), ROWS)
def test_each_presence(action, make, presence, expected):
    """What an answer shows, by what is known of the group: exactly these clauses, departed from or kept."""
    more = {"Tag": "u"} if action == MODIFY else {}

    assert told(seen(action, make(), world_of(presence), **more)) == expected


def test_every_presence_is_tried():
    """The table has each presence, for each action."""
    assert {name.partition(":")[0] for name in TABLE} == set(SISTERS)
    assert all(row.keys() == set(PRESENCES) for _, row in TABLE.values())
    assert {world_of(each).presence(ID) for each in PRESENCES} == {*Presence, None}


@pytest.mark.parametrize("presence", PRESENCES)
@pytest.mark.parametrize("action", [DELETE, INFORMATION])
def test_strangers_groups(action, presence):
    """A group without the run's salt, of which nothing is known, may be somebody else's: there, or not."""
    world = world_of(presence)

    assert told(seen(action, done(), world, "x"))[0] == set()
    assert told(seen(action, error(NOT_THERE), world, "x"))[0] == set()


@pytest.mark.parametrize("action", [DELETE, INFORMATION])
def test_strangers_where_there_are_none(action):
    """Where nobody else uses the account, no such group can be there."""
    assert told(seen(action, done(), World(), "x"))[0] == {NO_SUCH}


# --- What is learnt --------------------------------------------------------------------------------------


@pytest.mark.parametrize("presence", PRESENCES)
def test_a_deletion_is_learnt(presence):
    """After a deletion that succeeded no group with this id is there; after one that didn't, nothing has changed."""
    world = world_of(presence)
    before = deepcopy(world)
    seen(DELETE, error(NOT_THERE), world)
    unchanged = world == before
    seen(DELETE, done(), world)

    assert unchanged
    assert ID not in world.groups
    assert world.presence(ID) is (before.presence(ID) if ID not in before.groups else Presence.DELETED)


def test_a_group_that_may_be_there_is_learnt():
    """A group that is shown is there; that it isn't shown proves nothing yet."""
    world = world_of("perhaps")
    seen(INFORMATION, error(NOT_THERE), world)
    still = world.presence(ID)
    seen(INFORMATION, done(**shown_as(GROUP)), world)

    assert (still, world.presence(ID)) == (Presence.PERHAPS, Presence.THERE)


@pytest.mark.parametrize("presence", PRESENCES)
@pytest.mark.parametrize("action", [INFORMATION, LIST])
def test_looking_changes_nothing_else(action, presence):
    """Whatever is shown, or not, makes no group and takes none away."""
    world = world_of(presence)
    before = deepcopy(world)
    for each in (done(**shown_as(GROUP), GroupInfos=[shown_as(GROUP)], GroupNum=1), error(NOT_THERE), listing()):
        seen(action, each, world)

    assert world.groups == before.groups
    assert presence == "perhaps" or world == before


# --- What is kept ----------------------------------------------------------------------------------------

CHANGES = {
    "GroupName": ["", f"{NAME}x", NAME.upper(), None, 5, [NAME]],
    "GroupExDescriptions": [[], ["b", "a"], ["a"], ["a", "b", "b"], None, "a", {"0": "a"}, [["a"], "b"], 5],
    "Tag": ["", "T", "t ", None, 5, ["t"], {}],
    "FaceModelVersion": ["", "2.0", 3.0, ["3.0"]],
}
BLANK = {"Tag": "", "GroupExDescriptions": []}


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in CHANGES.items() for value in values], ids=repr
)
def test_what_is_not_kept(name, value, listed):
    """A member that isn't as it was asked for departs from its clause, the others are kept.

    It is told as it is shown, and null as what it means: an empty object is of a wrong type, no empty tag.
    """
    shown = {**shown_as(GROUP), name: value}
    given_answer = done(GroupInfos=[shown], GroupNum=1) if listed else done(**shown)
    found = seen(LIST if listed else INFORMATION, given_answer, world_of("there"))

    assert [(each.clause, each.kind) for each in found.departures] == [(f"State.kept.{name}", WRONG)]
    assert found.kept == KEPT - {f"State.kept.{name}"}
    assert found.departures[0].observed == f"{name} is {BLANK.get(name) if value is None else value!r}"
    assert (ID in found.departures[0].expected[0]) == listed
    assert str(CLAUSE[f"State.kept.{name}"].citations[0]) in found.departures[0].expected[0]


@pytest.mark.parametrize("absent", ["GroupName", "GroupExDescriptions", "Tag", "FaceModelVersion"])
def test_what_is_not_shown(absent):
    """A member that isn't shown at all isn't kept; but an answer needn't tell the version."""
    shown = {name: value for name, value in shown_as(GROUP).items() if name != absent}
    expected = set() if absent == "FaceModelVersion" else {(f"State.kept.{absent}", WRONG)}

    assert told(seen(INFORMATION, done(**shown), world_of("there"))) == (
        expected,
        KEPT - {f"State.kept.{absent}"},
        None,
    )


@pytest.mark.parametrize("descriptions", [[], None])
@pytest.mark.parametrize("tag", ["", None])
def test_what_was_not_given(descriptions, tag):
    """Of a group without descriptions and tag, none are shown, or null."""
    world = World(salt=SALT)
    world.created(Group(ID, NAME, (), "", "3.0"))
    shown = done(GroupName=NAME, GroupExDescriptions=descriptions, Tag=tag, FaceModelVersion="3.0")

    assert told(seen(INFORMATION, shown, world)) == kept(*KEPT)


def test_what_was_not_said_plainly():
    """Of what a request didn't say plainly, nothing is asked."""
    world = World(salt=SALT)
    world.created(Group(ID))

    assert told(seen(INFORMATION, done(GroupName="x", GroupExDescriptions=["y"], Tag="z"), world)) == NOTHING


@pytest.mark.parametrize(("name", "value"), [("Tag", 0), ("Tag", False), ("Tag", []), ("GroupExDescriptions", 0)])
def test_false_is_no_empty_text(name, value):
    """A number, false or a list for an empty tag is of a wrong type."""
    world = World(salt=SALT)
    world.created(Group(ID, NAME, (), "", "3.0"))
    shown = {"GroupName": NAME, "GroupExDescriptions": [], "Tag": "", "FaceModelVersion": "3.0", name: value}

    assert told(seen(INFORMATION, done(**shown), world))[0] == {(f"State.kept.{name}", WRONG)}


# --- Renaming --------------------------------------------------------------------------------------------

NEW = f"m{SALT}"
OTHER = Group(f"j{SALT}", NEW)


@pytest.mark.parametrize("presence", ["there", "just now", "perhaps"])
def test_renamed(presence):
    """A group that could be renamed has the new name; the old one must be free; the rest is as it was."""
    world = world_of(presence)
    found = seen(MODIFY, done(), world, GroupName=NEW)

    assert told(found) == kept("State.renaming")
    assert dict(world.groups) == {ID: replace(GROUP, name=NEW)}
    assert world.presence(ID) is Presence.THERE
    assert world.reasons_to_be_free(None, NAME) == {"State.renaming"}


@pytest.mark.parametrize(
    ("parameters", "changed"),
    [
        ({"Tag": "u"}, {"tag": "u"}),
        ({"Tag": ""}, {"tag": ""}),
        ({"Tag": 5}, {"tag": None}),
        ({"GroupName": ""}, {}),
        ({}, {}),
        ({"GroupExDescriptionInfos": []}, {"descriptions": None}),
    ],
)
def test_modified_otherwise(parameters, changed):
    """What was modified is as it was asked for; or isn't known any more."""
    world = world_of("there")
    seen(MODIFY, done(), world, **parameters)

    assert world.groups[ID] == replace(GROUP, **changed)
    assert world.reasons_to_be_free(None, NAME) == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NEW, kept("State.renaming")),
        (NEW.upper(), kept("State.renaming")),
        (NAME, kept("State.renaming")),
        (f"o{SALT}", departed(("State.renaming", REJECTED))),
        ("x", kept("State.renaming")),
        ("", kept("State.renaming")),
    ],
    ids=["taken", "taken but for case", "its own", "free", "a stranger's", "none"],
)
def test_a_name_that_is_said_to_be_taken(name, expected):
    """A new name is refused for another group that has it, or may; not where nobody can have it."""
    world = world_of("there")
    world.created(OTHER)
    before = deepcopy(world)

    assert told(seen(MODIFY, error(TAKEN), world, GroupName=name)) == expected
    assert world == before


@pytest.mark.parametrize("presence", ["perhaps", "deleted", "leaving", "never", "refused"])
def test_a_name_refused_to_a_group_that_is_not_surely_there(presence):
    """Whoever isn't surely there can be refused anything."""
    assert told(seen(MODIFY, error(TAKEN), world_of(presence), GroupName=f"o{SALT}"))[0] == set()


def test_a_taken_name_is_given_again():
    """A group can't have the name of another that is there."""
    world = world_of("there")
    world.created(OTHER)

    assert told(seen(MODIFY, done(), world, GroupName=NEW))[0] == {("State.renaming", ACCEPTED)}


def test_its_own_name_is_given_again():
    """A group may have its own name again, or in another case."""
    for name in (NAME, NAME.upper()):
        assert told(seen(MODIFY, done(), world_of("there"), GroupName=name)) == kept("State.renaming")


def test_what_departs_is_not_kept():
    """A clause isn't kept by an answer that departs from it."""
    world = world_of("there")
    world.created(OTHER)
    found = seen(MODIFY, done(), world, GroupName=NEW)

    assert "State.renaming" not in found.kept


def test_the_name_of_a_group_that_may_not_be_there():
    """A name may be given that a group has of which it isn't known whether it is there."""
    world = world_of("there")
    world.perhaps_created(OTHER)

    assert told(seen(MODIFY, done(), world, GroupName=NEW))[0] == set()


@pytest.mark.parametrize("after", [False, True])
def test_the_name_of_a_group_that_was_deleted(after):
    """The name of a deleted group may be in use for a while, for a rename as for a creation."""
    world = world_of("there")
    world.created(OTHER)
    world.deleted(OTHER.group_id)
    name = NEW.upper() if after else NEW

    assert told(seen(MODIFY, error(TAKEN), world, GroupName=name))[0] == set()


# --- Lists -----------------------------------------------------------------------------------------------


def listed(*entries, number=None, world=None):
    members = {"GroupInfos": list(entries), "GroupNum": len(entries) if number is None else number}
    return seen(LIST, done(**members), world or world_of("there"))


def test_a_list_with_strangers():
    """A list may hold groups of others; where there are none, it mayn't."""
    stranger = {"GroupId": "x", "GroupName": 5}
    alone = world_of("there", salt=None)

    assert told(listed(stranger, shown_as(GROUP))) == kept("State.listed", *KEPT)
    assert told(listed(stranger, shown_as(GROUP), world=alone))[0] == {("State.listed", WRONG)}


def test_listed_twice():
    """A group that is listed twice is wrong, and neither is looked at."""
    found = listed(shown_as(GROUP), shown_as(GROUP))

    assert told(found) == departed(("State.listed", WRONG))
    assert "2 times" in found.departures[0].observed


@pytest.mark.parametrize("number", [2, 10**30, None, "1", [1], 1.0, {}])
def test_a_part_of_a_list(number):
    """Of a list that may go on, only what is there is judged."""
    entries, members = [shown_as(GROUP)], {} if number is None else {"GroupNum": number}
    world = world_of("there")
    world.created(OTHER)

    assert told(seen(LIST, done(GroupInfos=entries, **members), world)) == kept(*KEPT)
    assert told(seen(LIST, done(GroupInfos=[], **members), world)) == NOTHING


def test_a_number_that_is_false():
    """False is no number of groups: it doesn't tell that the list is whole."""
    assert told(seen(LIST, done(GroupInfos=[], GroupNum=False), world_of("there"))) == NOTHING


@pytest.mark.parametrize(
    "entry", [None, 5, "x", [], {}, {"GroupId": None}, {"GroupId": 5}, {"GroupId": [ID]}], ids=repr
)
def test_entries_that_are_none(entry):
    """What has no GroupId isn't taken for a group."""
    assert told(listed(entry, shown_as(GROUP))) == kept("State.listed", *KEPT)
    assert told(listed(entry)) == departed(("State.listed", WRONG))


def test_the_newest_of_many_are_named():
    """Of many groups that aren't listed, the three newest are named, and how many there are."""
    world = World()
    for number in range(5):
        world.created(Group(f"{number}{SALT}", f"{number}{SALT}"))
    (departure,) = listed(world=world).departures

    assert departure.observed == ", ".join(f"{each}{SALT} is not listed" for each in "432") + " and 5 in all"


def test_those_that_were_deleted_may_be_listed():
    """How long a deletion takes isn't said: a list may show its group, as it was or otherwise."""
    assert told(listed({"GroupId": ID, "GroupName": 5}, world=world_of("deleted"))) == kept("State.listed")


# --- Answers that tell nothing ---------------------------------------------------------------------------

NOT_SERVED = ["InvalidAction", "UnsupportedOperation.UnknowMethod", "UnsupportedOperation", "UnauthorizedOperation"]
PASSING = ["InternalError", "RequestLimitExceeded", "AuthFailure.SignatureFailure", "x", "InvalidParameterValue"]
MORE = {DELETE: {}, MODIFY: {"GroupName": NEW}, INFORMATION: {}, LIST: {}}


@pytest.mark.parametrize("presence", ["there", "perhaps", "leaving", "never", "refused"])
@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize("code", [*NOT_SERVED, *PASSING])
def test_other_errors(action, code, presence):
    """Any other error tells nothing of the groups; only some say that the action isn't there."""
    world = world_of(presence)
    before = deepcopy(world)
    found = seen(action, error(code), world, **MORE[action])

    assert told(found) == (set(), set(), code)
    assert found.passing == (code in PASSING)
    assert world == before


@pytest.mark.parametrize("presence", ["deleted", "again"])
def test_other_errors_on_a_deleted_group(presence):
    """Of a deleted group GetGroupInfo may say what it likes."""
    assert told(seen(INFORMATION, error("FailedOperation.GroupInDeletedState"), world_of(presence))) == NOTHING


@pytest.mark.parametrize("action", [INFORMATION, LIST])
def test_one_that_was_perhaps_made_again_is_not_compared(action):
    """After a deletion and a lost answer, what is shown may be either group: nothing of it must be as asked for."""
    world = world_of("again")
    shown = shown_as(Group(ID, NEW, (), "v", "2.0"))
    before = deepcopy(world)

    assert told(seen(action, done(**shown, GroupInfos=[shown], GroupNum=1), world))[0] == set()
    assert world == before


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no Response": b"{}",
    "no object": b'{"Response": null}',
    "a list": b'{"Response": [{"GroupId": "x"}]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_answers(action, body):
    """An answer that can't be read tells nothing, and why."""
    world = world_of("there")
    before = deepcopy(world)
    read = envelope(HttpResponse(200, (), body))

    assert told(seen(action, read, world, **MORE[action])) == (set(), set(), read.problem)
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
def test_no_answer(action):
    """That no answer came tells nothing."""
    world = world_of("there")
    before = deepcopy(world)

    assert told(seen(action, None, world, **MORE[action])) == (set(), set(), "no answer")
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
@pytest.mark.parametrize(
    "odd", ["x", 5, True, False, 0, "", [], [NOT_THERE], {}, {"Code": None}, {"Code": 5}], ids=repr
)
def test_errors_without_a_code(action, odd):
    """An error without a code tells nothing."""
    world = world_of("there")
    before = deepcopy(world)

    assert told(seen(action, answer({"Error": odd}), world, **MORE[action])) == (
        set(),
        set(),
        "an error without a code",
    )
    assert world == before


@pytest.mark.parametrize("action", SISTERS)
def test_an_error_of_null_is_none(action):
    """Null where an error may stand is none."""
    plain, null = (
        {**shown_as(GROUP), "GroupInfos": [shown_as(GROUP)], "GroupNum": 1, **more} for more in ({}, {"Error": None})
    )
    found = [seen(action, answer(each), world_of("there"), **MORE[action]) for each in (plain, null)]

    assert found[0].kept
    assert found[0] == found[1]


@pytest.mark.parametrize("infos", [None, 5, "x", {}, {"0": {"GroupId": ID}}, True], ids=repr)
def test_a_list_that_is_none(infos):
    """Where GroupInfos is no list, nothing is told of any group."""
    assert told(seen(LIST, done(GroupInfos=infos, GroupNum=0), world_of("there"))) == (
        set(),
        set(),
        "GroupInfos is no list",
    )


def test_no_sister():
    """Any other action is a mistake of the caller's."""
    with pytest.raises(ValueError, match="CreateGroup is no sister action"):
        seen("CreateGroup", done(), World())


@pytest.mark.parametrize("action", [DELETE, MODIFY, INFORMATION])
@pytest.mark.parametrize("parameters", [(), (("GroupId", None),), (("GroupId", 5),), (("GroupId", [ID]),)], ids=repr)
def test_requests_without_an_id(action, parameters):
    """A request that names no group, answered as if it did, shows nothing of the groups that are there."""
    world = world_of("there")
    before = deepcopy(world)
    found = see(Request(parameters, action), done(**shown_as(GROUP)), world)

    assert {each.clause for each in found.departures} <= {REFUSED}
    assert not found.kept & KEPT
    assert world == before


# --- Anything --------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.sampled_from([ID, NAME, "", "a", "3.0", NOT_THERE, TAKEN]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["GroupId", "GroupName", "Tag", "Code"]), children, max_size=3)
    ),
    max_leaves=5,
)
MEMBERS = ["Error", "GroupInfos", "GroupNum", "GroupId", "GroupName", "GroupExDescriptions", "Tag", "FaceModelVersion"]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(SISTERS),
    st.sampled_from(PRESENCES),
    st.dictionaries(st.sampled_from(MEMBERS), VALUES),
    st.lists(st.tuples(st.sampled_from(["GroupId", "GroupName", "Tag"]), VALUES), max_size=4),
)
def test_any_answer(action, presence, response, parameters):
    """Whatever is asked and answered is seen: its clauses are there, and nothing is told where it tells nothing."""
    world = world_of(presence)
    found = see(Request(tuple(parameters), action), answer(response), world)

    assert isinstance(found, Seen)
    assert (found.kept | {each.clause for each in found.departures}) <= CLAUSE.keys()
    assert all(each.expected and each.observed for each in found.departures)
    assert found.unserved is None or not (found.departures or found.kept)
    assert all(group_id == each.group_id for group_id, each in world.groups.items())
