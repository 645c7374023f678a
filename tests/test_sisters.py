"""What the sister actions show of CreateGroup: of each group, however sure it is that it is there, and what is kept."""

from copy import deepcopy

import pytest

from conformance.contract import CLAUSE, SISTERS
from conformance.oracle.world import Group, Presence, World
from tests.sister_answers import (
    DELETE,
    GROUP,
    ID,
    INFORMATION,
    KEPT,
    LIST,
    MODIFY,
    NAME,
    NOT_THERE,
    NOTHING,
    PRESENCES,
    REFUSED,
    REJECTED,
    SALT,
    WRONG,
    departed,
    done,
    error,
    kept,
    listing,
    seen,
    shown_as,
    told,
    world_of,
)
from tests.worlds import words_of

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
    world = World(ours=words_of(SALT))
    world.created(Group(ID, NAME, (), "", "3.0"))
    shown = done(GroupName=NAME, GroupExDescriptions=descriptions, Tag=tag, FaceModelVersion="3.0")

    assert told(seen(INFORMATION, shown, world)) == kept(*KEPT)


def test_what_was_not_said_plainly():
    """Of what a request didn't say plainly, nothing is asked."""
    world = World(ours=words_of(SALT))
    world.created(Group(ID))

    assert told(seen(INFORMATION, done(GroupName="x", GroupExDescriptions=["y"], Tag="z"), world)) == NOTHING


@pytest.mark.parametrize(("name", "value"), [("Tag", 0), ("Tag", False), ("Tag", []), ("GroupExDescriptions", 0)])
def test_false_is_no_empty_text(name, value):
    """A number, false or a list for an empty tag is of a wrong type."""
    world = World(ours=words_of(SALT))
    world.created(Group(ID, NAME, (), "", "3.0"))
    shown = {"GroupName": NAME, "GroupExDescriptions": [], "Tag": "", "FaceModelVersion": "3.0", name: value}

    assert told(seen(INFORMATION, done(**shown), world))[0] == {(f"State.kept.{name}", WRONG)}


@pytest.mark.parametrize("action", [INFORMATION, LIST])
@pytest.mark.parametrize(("group_id", "is_ours"), [(f"{SALT}x", True), ("ab", False)])
def test_a_lost_creation_where_others_may_have_been(action, group_id, is_ours):
    """Nobody said what came of it: by a short id, what is shown may be somebody else's that was there before."""
    world = World(ours=words_of(SALT))
    world.perhaps_created(Group(group_id, NAME, (), "", "3.0"))
    shown = Group(group_id, "another", (), "", "3.0")
    answer = done(**shown_as(shown)) if action == INFORMATION else listing(shown)

    departures, *_ = told(seen(action, answer, world, group_id))

    assert departures == ({("State.kept.GroupName", WRONG)} if is_ours else set())
    assert (world.presence(group_id) is Presence.THERE) == (is_ours and action == INFORMATION)
